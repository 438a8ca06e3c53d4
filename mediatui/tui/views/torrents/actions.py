"""What can be done with torrents from a list of them: the same keys wherever torrents are listed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual import work
from textual.binding import Binding, BindingType

from mediatui.archive.backup import export_to_file, magnet, read_format
from mediatui.model.choices import EXPORT_FORMATS
from mediatui.model.errors import MediatuiError, UsageError
from mediatui.model.text import cut_middle, printable
from mediatui.model.torrent import UNSELECTED, Torrent
from mediatui.store.conditions import torrents_with_ids
from mediatui.store.torrents.listing import links_of
from mediatui.tui.view import View
from mediatui.tui.widgets.menu import Choice, choices_of

if TYPE_CHECKING:
    from mediatui.tui.views.torrents.files import FilesView

LONGEST_NAME = 40
NAMED_LEFT = 3
"""How many torrents are named of which direct links are missing."""
COPIED = ("name", "magnet", "hash", "links", "direct")


class TorrentActions(View):
    """A view with torrents to act on. Every action is for the marked ones, else the one under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "repair", "repair", id="torrent.repair", tooltip="Add the same files again, safely"),
        Binding("c", "check", "check", show=False, id="torrent.check", tooltip="Check whether the links still open"),
        Binding("d", "delete", "delete", id="torrent.delete", tooltip="Delete from the account (undoable)"),
        Binding("y", "copy", "copy", id="torrent.copy", tooltip="Copy name, magnet, links or direct links"),
        Binding("x", "export", "export", show=False, id="torrent.export", tooltip="Write them to a file"),
        Binding("ctrl+r", "refresh_row", "fetch again", show=False, id="torrent.refresh", tooltip="1 request each"),
        Binding("f", "files", "choose files", show=False, id="torrent.files", tooltip="Of a torrent that waits for it"),
    ]

    NO_TARGET: ClassVar[str] = "There is no torrent under the cursor."
    _form = ""
    """What is exported, while the name of its file is typed."""

    def targets(self) -> list[Torrent]:
        """The torrents an action is for."""
        return []

    def _ids(self) -> Sequence[str]:
        found = [torrent.id for torrent in self.targets()]
        if not found:
            self.say(self.NO_TARGET, "warning")
        return found

    def _free_ids(self) -> Sequence[str]:
        """Those that are not being worked on already."""
        working = self.host.plans.working
        chosen = self._ids()
        found = [torrent for torrent in chosen if torrent not in working]
        if chosen and not found:
            self.say(f"It is being worked on already: … {working[chosen[0]]}.", "warning")
        return found

    def action_repair(self) -> None:
        if ids := self._free_ids():
            self.host.plans.repair(ids)

    def action_check(self) -> None:
        if ids := self._ids():
            self.host.plans.check(ids)

    def action_delete(self) -> None:
        if ids := self._free_ids():
            self.host.plans.delete(ids)

    def action_files(self) -> None:
        if self._free_ids():
            self._choose_files(self.targets()[0])

    def action_refresh_row(self) -> None:
        if ids := self._ids():
            self._refresh_rows(ids)

    @work(group="torrents-fetch", exit_on_error=False)
    async def _refresh_rows(self, ids: Sequence[str]) -> None:
        from mediatui.archive.sync.refresh import refresh_rows

        self.say(f"Fetching {len(ids):,}: {len(ids):,} request{'s' if len(ids) > 1 else ''}.")
        try:
            changed = await refresh_rows(self.workspace.db, self.workspace.connect(), ids)
        except MediatuiError as error:
            self.say(error.sentence, "error")
            return
        self.refreshed(changed)
        self.say(f"{len(changed):,} refreshed.")

    def refreshed(self, ids: Sequence[str]) -> None:
        """Called with the ids of torrents that were fetched again."""

    @work(group="torrents-files", exclusive=True, exit_on_error=False)
    async def _choose_files(self, torrent: Torrent) -> None:
        """Opens the tree of a torrent's files, fetched first (one request) when they are not known."""
        from mediatui.store.torrents.listing import files_of

        if torrent.status != UNSELECTED:
            self.say("Only a torrent that waits for it has its files chosen; r mends others.", "warning")
            return
        files = await self.workspace.read(files_of, torrent.id)
        if not files:
            self.say("Fetching its files: 1 request.")
            from mediatui.archive.sync.refresh import refresh_rows

            try:
                await refresh_rows(self.workspace.db, self.workspace.connect(), [torrent.id])
            except MediatuiError as error:
                self.say(error.sentence, "error")
                return
            files = await self.workspace.read(files_of, torrent.id)
            if not self.display:
                return  # one has gone elsewhere meanwhile
        await self.host.open_view("files")
        cast("FilesView", self.host.view).show(torrent, files)

    # Taking them elsewhere

    def action_copy(self) -> None:
        if self._ids():
            self.host.prompt.choose("copy", self.copied(), self.copy_taken)

    def copied(self) -> list[Choice]:
        """What can be copied."""
        return choices_of(COPIED, ["", "", "", "", "(1 request each)"])

    def copy_taken(self, kind: str) -> None:
        """Copies what was chosen, one a line; the value is shown too."""
        if kind == "direct":
            self._direct(None)
        else:
            lines: list[str] = []
            for torrent in self.targets():
                if kind == "links":
                    lines += links_of(self.workspace.reader, torrent.id)
                else:
                    lines.append({"name": torrent.filename, "hash": torrent.hash}.get(kind) or magnet(torrent))
            self.host.copy_text("\n".join(lines), kind)

    def action_export(self) -> None:
        if self._ids():
            kinds = [*choices_of(EXPORT_FORMATS), Choice("l", "direct links", "(1 request each)")]
            self.host.prompt.choose("export as", kinds, self._export_taken)

    def _export_taken(self, form: str) -> None:
        self._form = form
        self.host.prompt.open("export", f"write {form} to the file: ")

    def entered(self, mode: str, text: str) -> bool:
        """Takes the name of the file to export to."""
        if mode != "export":
            return super().entered(mode, text)
        self._file_entered(text.strip())
        return True

    def _file_entered(self, name: str) -> None:
        """Writes the torrents to a file."""
        if not name:
            self.say("Nothing was written: there was no file name.", "warning")
        elif self._form in EXPORT_FORMATS:
            self._export(self._form, Path(name).expanduser())
        else:
            self._direct(Path(name).expanduser())

    @work(group="export", exit_on_error=False)
    async def _export(self, form: str, file: Path) -> None:
        condition = torrents_with_ids([torrent.id for torrent in self.targets()])
        try:
            known = read_format(form)
            count = await self.workspace.read(lambda c: export_to_file(c, file, known, condition))
        except MediatuiError as error:
            self.say(error.sentence, "error")
            return
        self.say(f"{count:,} torrents written to {file}.")

    @work(group="direct", exclusive=True, exit_on_error=False)
    async def _direct(self, file: Path | None) -> None:
        """Asks for direct links, one request each; copies them, or writes them to ``file``. What cannot be had is named
        with the reason, and the others go on."""
        from mediatui.archive.links import secret_file

        lines: list[str] = []
        left: list[str] = []
        torrents = self.targets()
        try:
            with contextlib.ExitStack() as opened:
                write = opened.enter_context(secret_file(file)) if file is not None else None
                self.workspace.connect()
                for torrent in torrents:
                    if why := await self._direct_links_of(torrent, lines, write):
                        left.append(why)
            which = f" of {len(torrents) - len(left):,} of {len(torrents):,} torrents" if len(torrents) > 1 else ""
            missing = f" Not of {'; '.join(left[:NAMED_LEFT])}{' …' if len(left) > NAMED_LEFT else ''}" if left else ""
            if not lines:
                self.say(f"No direct link was made.{missing}", "error")
            elif file is not None:
                done = f"{len(lines):,} direct links{which} written to {file}, readable by you only.{missing}"
                self.say(done, "warning" if left else "info")
            else:
                self.host.copy_text("\n".join(lines), f"direct links{which}")
                if left:
                    self.say(f"{len(lines):,} direct links{which} copied.{missing}", "warning")
        except MediatuiError as error:
            done = f" {len(lines):,} had come before." if lines else ""
            self.say(f"{error.sentence}{done}", "error")

    async def _direct_links_of(self, torrent: Torrent, lines: list[str], write: Callable[[str], None] | None) -> str:
        """Makes the direct links of a torrent; returns its name with the reason when it has not all of them. Raises
        ServiceError when those of others could not be made either."""
        from mediatui.archive.links import OF_ONE_LINK, choose_links
        from mediatui.services.errors import ServiceError
        from mediatui.store.torrents.listing import files_of

        name = cut_middle(printable(torrent.filename), LONGEST_NAME)
        files = await self.workspace.read(files_of, torrent.id)
        links = await self.workspace.read(links_of, torrent.id)
        try:
            chosen = choose_links(torrent, files, links, ())
        except UsageError:
            return f"{name}: no link of it is known ({torrent.status.replace('_', ' ')})"
        why = ""
        for link in chosen:
            self.say(f"Asking for direct links: {len(lines) + 1:,} …")
            try:
                made = (await self.workspace.connect().unrestrict(link.link)).download
            except ServiceError as error:
                if error.kind not in OF_ONE_LINK:
                    raise
                why = why or f"{name}: {error.message.rstrip('.')}"
                continue
            lines.append(made)
            if write is not None:
                write(made)
        return why
