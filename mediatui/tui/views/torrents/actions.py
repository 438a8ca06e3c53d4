"""What can be done with torrents from a list of them: the same keys wherever torrents are listed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual import work
from textual.binding import Binding, BindingType

from mediatui.model.errors import MediatuiError
from mediatui.model.torrent import UNSELECTED, Torrent
from mediatui.tui.views.torrents.taking import TakesTorrents

if TYPE_CHECKING:
    from mediatui.tui.views.torrents.files import FilesView

LONGEST_NAME = 40
NAMED_LEFT = 3
"""How many torrents are named of which direct links are missing."""
COPIED = ("name", "magnet", "hash", "links", "direct")


class TorrentActions(TakesTorrents):
    """A view with torrents to act on. Every action is for the marked ones, else the one under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "repair", "repair", id="torrent.repair", tooltip="Add the same files again, safely"),
        Binding("c", "check", "check", show=False, id="torrent.check", tooltip="Check whether the links still open"),
        Binding("d", "delete", "delete", id="torrent.delete", tooltip="Delete from the account (undoable)"),
        Binding("I", "import", "import", show=False, id="torrent.import", tooltip="Take on for the library"),
        Binding("ctrl+r", "refresh_row", "fetch again", show=False, id="torrent.refresh", tooltip="1 request each"),
        Binding("f", "files", "choose files", show=False, id="torrent.files", tooltip="Of a torrent that waits for it"),
    ]

    def _ids(self) -> Sequence[str]:
        found = [torrent.id for torrent in self.targets()]
        if not found:
            self.say(self.NO_TARGET, "warning")
        return found

    def _free_ids(self) -> Sequence[str]:
        """Those that are not being worked on already."""
        working = self.host.working
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

    def action_import(self) -> None:
        if ids := self._ids():
            self.host.plans.take_on(ids)

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
