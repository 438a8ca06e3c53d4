"""What is done with releases: sending them, leaving them alone, copying."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from mediatui.acquire.acts import Act, act_on
from mediatui.acquire.search.row import ReleaseRow
from mediatui.model.errors import MediatuiError
from mediatui.model.human import counted
from mediatui.model.magnet import magnet_link
from mediatui.model.text import cut_middle, printable
from mediatui.tui.choosing_target import ChoosesTarget, Choosing
from mediatui.tui.widgets.menu import Choice

LONGEST_NAME = 40
ROUTES = (
    Choice("d", "Real-Debrid", "the account; what is private too, for it was named", "debrid"),
    Choice("a", "Sonarr or Radarr", "their own download client fetches it and they import it", "arr"),
)


class ReleaseActs(ChoosesTarget):
    """A view with releases to act on: the marked ones, else the one under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("plus", "grab", "send", id="search.grab", tooltip="Send to the account, as transfers"),
        Binding("m", "map", "what for", id="search.map", tooltip="Choose which film, season or episode it is for"),
        Binding(
            "M", "map_and_grab", "choose, send", show=False, id="search.map-grab", tooltip="Choose what it is for, send"
        ),
        Binding("w", "route", "route", show=False, id="search.route", tooltip="Choose which way it comes, send"),
        Binding("H", "ignore", "ignore", show=False, id="search.ignore", tooltip="Leave alone, or take that back"),
        Binding("y", "copy", "copy", show=False, id="search.copy", tooltip="Copy magnet links"),
        Binding("ctrl+r", "refresh", "read again", show=False, id="search.refresh", tooltip="What Sonarr, Radarr know"),
    ]

    def targets(self) -> Sequence[ReleaseRow]:
        """The marked releases, else the one under the cursor."""
        raise NotImplementedError

    def acted(self) -> None:
        """Called when something was done with releases: the marks are used up, and rows have changed."""

    # What is done with releases

    def action_grab(self) -> None:
        """Sends the releases; asks for a magnet, a hash or a file where there are none."""
        if chosen := self.targets():
            self._grab(tuple(row.release.name for row in chosen))
        else:
            self.host.plans.ask_what_to_grab()

    def _grab(self, names: tuple[str, ...], route: str = "") -> None:
        from mediatui.tui.to_grab import ToGrab

        self.host.plans.grab(ToGrab(names, choose=self.action_map_and_grab, route=route))

    def action_route(self) -> None:
        """Asks which way the releases are to come, and sends them."""
        names = tuple(row.release.name for row in self.targets())
        if not names:
            self.say("There is no release here: s searches.", "warning")
            return
        self.host.prompt.choose(f"{_named(self.targets())} comes by", ROUTES, functools.partial(self._grab, names))

    def action_map(self) -> None:
        """Chooses what the releases are for when they are sent."""
        self._map(self.targets())

    def action_map_and_grab(self) -> None:
        """Chooses what the releases are for, and sends them."""
        if chosen := self.targets():
            self._map(chosen, functools.partial(self._grab, tuple(row.release.name for row in chosen)))
        else:
            self.say("There is no release here: s searches.", "warning")

    def _map(self, chosen: Sequence[ReleaseRow], then: Callable[[], None] | None = None) -> None:
        if chosen:
            names = tuple(row.release.name for row in chosen)
            self.choose_target(Choosing(names, _named(chosen), then=then))

    def _with_hash(self) -> Sequence[ReleaseRow]:
        chosen = self.targets()
        known = [row for row in chosen if row.release.hashes]
        if chosen and not known:
            self.say("Its indexer does not say its hash: + fetches its .torrent and sends it.", "warning")
        return known

    def action_ignore(self) -> None:
        chosen = self._with_hash()
        minded = [row for row in chosen if "ignored" not in row.known.markers]
        if chosen:
            self._ignore("ignore" if minded else "unignore", minded or chosen)

    @work(group="release-act", exit_on_error=False)
    async def _ignore(self, act: Act, chosen: Sequence[ReleaseRow]) -> None:
        now = time.time()
        try:
            for given in {one for row in chosen for one in row.release.hashes}:
                await self.workspace.db.write(act_on, act, given, now)
        except MediatuiError as error:
            self.say(error.sentence, "error")
        else:
            done = "ignored: not sent from now on; H takes that back" if act == "ignore" else "not ignored any more"
            self.say(f"{_named(chosen)}: {done}.")
        self.acted()

    def action_copy(self) -> None:
        if chosen := self._with_hash():
            links = [magnet_link(row.release.hashes[0], row.release.first.title) for row in chosen]
            what = "Magnet link" if len(links) == 1 else f"{len(links):,} magnet links"
            self.host.copy_text("\n".join(links), what)

    def action_refresh(self) -> None:
        """Reads what Sonarr and Radarr know."""
        from mediatui.commands.job_kinds import REFRESH
        from mediatui.library.refresh import RefreshOptions

        self.workspace.runner.start(REFRESH, RefreshOptions())

    async def refresh_what_is_due(self) -> None:
        """Reads what those services know whose copy is missing or too old: badges say what the library has."""
        from mediatui.commands.job_kinds import REFRESH
        from mediatui.library.refresh import RefreshOptions, due_services

        runner = self.workspace.runner
        due = await self.workspace.read(due_services, self.workspace.settings, time.time())
        if due and not any(job.lane == REFRESH.lane for job in runner.running):
            runner.start(REFRESH, RefreshOptions(due))


def _named(rows: Sequence[ReleaseRow]) -> str:
    """One by its name, several by their number."""
    if len(rows) == 1:
        return cut_middle(printable(rows[0].release.first.title), LONGEST_NAME)
    return counted(len(rows), "release")
