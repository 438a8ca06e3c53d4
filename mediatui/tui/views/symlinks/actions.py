"""What can be done with links of the library: repair their torrent, point elsewhere, search again, remove, copy."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import ClassVar, cast

from textual import work
from textual.binding import Binding, BindingType

from mediatui.archive.links_to_files import file_of_target
from mediatui.library.links.relink import choose_alone, find_candidates, lookalikes, plan_relink
from mediatui.library.links.unlink import unlink_step
from mediatui.library.roots import configured_library
from mediatui.library.scan.history import require_typed_count
from mediatui.model.candidate import Candidate
from mediatui.model.errors import MediatuiError
from mediatui.model.human import counted
from mediatui.model.link import KEPT_BY_GUARDS, REMOVABLE
from mediatui.model.plan import Plan
from mediatui.model.text import printable
from mediatui.model.torrent import Torrent
from mediatui.store.library.links import LibraryLink
from mediatui.store.torrents.listing import files_of
from mediatui.system.threads import in_thread
from mediatui.tui.open_player import open_player
from mediatui.tui.views.symlinks.detail import is_file
from mediatui.tui.views.symlinks.relink import RelinkView
from mediatui.tui.views.torrents.playing import Meant, PlaysTorrents
from mediatui.tui.views.torrents.taking import COPIED
from mediatui.tui.widgets.menu import Choice, choices_of

MOST_AT_ONCE = 500
"""How many links are searched for elsewhere in one go."""


class LinkActions(PlaysTorrents):
    """A view with links to act on. Every action is for the marked ones, else the one under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "repair", "repair", id="links.repair", tooltip="Mend the torrent behind, then the link"),
        Binding("L", "relink", "relink", id="links.relink", tooltip="Point the link at the same file elsewhere"),
        Binding("E", "replace", "replace", id="links.replace", tooltip="Another file, and the link is never absent"),
        Binding("F", "ask", "search", id="links.ask", tooltip="Have Sonarr or Radarr search for another release"),
        Binding("d", "remove", "remove", id="links.remove", tooltip="Remove links, never their targets (undoable)"),
    ]

    @property
    def no_links(self) -> str:
        """What is said when an action has no links."""
        return "Choose links first: enter or tab goes to them."

    def chosen_links(self) -> list[LibraryLink]:
        """The links an action is for."""
        return []

    def torrent_of(self, link: LibraryLink) -> Torrent | None:
        """The torrent behind a link, None when none is known."""
        return None

    def _links_or_say(self) -> list[LibraryLink]:
        found = self.chosen_links()
        if not found:
            self.say(self.no_links)
        return found

    def action_repair(self) -> None:
        """Proposes to mend links through their torrents."""
        chosen = self._links_or_say()
        known = [link for link in chosen if link.torrent_id is not None and link.state != "ok"]
        if known:
            self.host.plans.mend_links(known)
        elif chosen and all(link.state == "ok" for link in chosen):
            self.say("These links are well.")
        elif chosen:
            self.say("No torrent is known behind this link; L searches for the file elsewhere.", "warning")

    def action_remove(self) -> None:
        """Proposes to remove links, only those that are certainly dead."""
        chosen = self._links_or_say()
        if not chosen:
            return
        dead = [link for link in chosen if link.state in REMOVABLE]
        kept = [
            (printable(os.fsdecode(link.path)), f"it is {link.state}: that is not removed")
            for link in chosen
            if link.state not in REMOVABLE
        ]
        title = f"Remove {counted(len(dead), 'link')}"
        plan = Plan("scan", title, tuple(unlink_step(link) for link in dead), tuple(kept))
        self._propose_removal(plan)

    def _propose_removal(self, plan: Plan) -> None:
        settings = self.workspace.settings
        self.host.plans.propose(lambda connection: require_typed_count(connection, settings, plan))

    # Playing and fetching

    def files_meant(self) -> list[Meant]:
        """The files that links point at, each torrent once; a whole torrent where the file of a link is not known."""
        meant: dict[str, Meant] = {}
        for link in self.chosen_links():
            torrent = self.torrent_of(link)
            if torrent is None:
                continue
            file = file_of_target(files_of(self.workspace.reader, torrent.id), os.fsdecode(link.target))
            before = meant.get(torrent.id)
            if file is None or (before is not None and not before.files):
                meant[torrent.id] = Meant(torrent)
            elif before is None or file.file_id not in before.files:
                meant[torrent.id] = Meant(torrent, (*(before.files if before else ()), file.file_id))
        return list(meant.values())

    async def action_play(self) -> None:
        """Plays the file a link leads to, or that of its torrent where it is not there."""
        if links := self._links_or_say():
            self._play_link(links[0])

    async def action_media(self) -> None:
        if self._links_or_say():
            self._choose("media")

    def action_download(self) -> None:
        if self._links_or_say():
            super().action_download()

    @work(group="play", exclusive=True, exit_on_error=False)
    async def _play_link(self, link: LibraryLink) -> None:
        if link.state == "ok" and await in_thread(lambda: is_file(link.path)):
            await open_player(self, os.fsdecode(link.path))
        else:
            self._choose("play")

    # Another file, or another release

    def action_replace(self) -> None:
        """Proposes to have dead links lead to other files; they stay where they are until these are proven."""
        chosen = self._links_or_say()
        wrong = [os.fsdecode(link.path) for link in chosen if link.state != "ok"]
        if wrong:
            self.host.plans.replace(wrong)
        elif chosen:
            self.say("These links are well.")

    def action_ask(self) -> None:
        """Proposes to have Sonarr or Radarr search for another release in place of dead links."""
        chosen = self._links_or_say()
        if chosen:
            self.say("Asking Sonarr and Radarr what they have there …")
            self._ask(chosen)

    @work(group="ask", exclusive=True, exit_on_error=False)
    async def _ask(self, links: Sequence[LibraryLink]) -> None:
        from mediatui.library.links.search_again import plan_search_again

        try:
            plan = await plan_search_again(self.workspace.settings, links, self.workspace.arr, report=self.say)
        except MediatuiError as error:
            self.say(error.sentence, "error")
            return
        self._propose_removal(plan)

    # Pointing elsewhere

    def action_relink(self) -> None:
        """Searches for the files of links elsewhere. For one link there is a choice, for many only what is sure."""
        marked = self._links_or_say()
        chosen = [link for link in marked if link.state not in ("ok", *KEPT_BY_GUARDS)]
        if len(chosen) > MOST_AT_ONCE:
            self.say(f"At most {MOST_AT_ONCE:,} at once; {len(chosen):,} are marked.", "warning")
        elif chosen:
            self.say("Searching for the files elsewhere …")
            self._relink(chosen)
        elif any(link.state != "ok" for link in marked):
            self.say("By their mount it is not known whether these links are dead; S scans again.", "warning")
        elif marked:
            self.say("These links are well.")

    @work(group="relink", exclusive=True, exit_on_error=False)
    async def _relink(self, links: Sequence[LibraryLink]) -> None:
        found: list[tuple[LibraryLink, list[Candidate]]] = []
        try:
            mounts = configured_library(self.workspace.settings).mounts
            for like in await self.workspace.read(lookalikes, links):
                found.append((like.link, await in_thread(lambda like=like: find_candidates(like, mounts))))  # type: ignore[misc]  # bound at once
        except MediatuiError as error:
            self.say(error.sentence, "error")
            return
        if len(found) == 1:
            self.say("")
            view = await self.host.show_view("relink", load=False)
            cast(RelinkView, view).offer(*found[0])
            await self.host.open_view("relink")
            return
        sure = [(link, one) for link, candidates in found if (one := choose_alone(candidates)) is not None]
        notes = {
            printable(os.fsdecode(link.path)): f"{len(several):,} candidates: choose one"
            if several
            else "found nowhere"
            for link, several in found
            if choose_alone(several) is None
        }
        plan = plan_relink(sure, notes)
        self.host.plans.propose(lambda connection: plan)

    # Taking them elsewhere

    def action_export(self) -> None:
        if self._links_or_say():
            super().action_export()

    def action_copy(self) -> None:
        if self._links_or_say():
            self.host.prompt.choose("copy", self.copied(), self.copy_taken)

    def copied(self) -> list[Choice]:
        """What can be copied: of the links, and of the torrents behind them."""
        return choices_of(("path", "target", *(f"{word} of the torrent" for word in COPIED[:-1])))

    def copy_taken(self, kind: str) -> None:
        """Copies paths or targets of the links, or what else was chosen of the torrents behind them."""
        if kind not in ("path", "target"):
            super().copy_taken(kind.removesuffix(" of the torrent"))
            return
        texts = [getattr(link, kind).decode("utf-8", "replace") for link in self.chosen_links()]
        self.host.copy_text("\n".join(texts), counted(len(texts), kind))
