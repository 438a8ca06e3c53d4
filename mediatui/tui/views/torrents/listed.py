"""A list of torrents beside the details of the one under the cursor."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from mediatui.model.torrent import Torrent
from mediatui.tui.details_view import DetailsView
from mediatui.tui.query_filter import QueryView
from mediatui.tui.views.torrents.detail import detail_lines
from mediatui.tui.views.torrents.playing import PlaysTorrents
from mediatui.tui.widgets.pane_lines import PaneLine


class ListsTorrents(PlaysTorrents, DetailsView, QueryView):
    """A list whose keys are those of torrents, and the details."""

    _media: tuple[int, tuple[Content, ...]] | None = None
    """What the service reported of a file, and the key of its torrent."""

    def torrent_lines(self, key: int | None) -> Iterable[PaneLine]:
        """The details of a torrent, with what the service reported of its file."""
        media = self._media[1] if self._media is not None and self._media[0] == key else ()
        return detail_lines(self.workspace.reader, key, media)

    async def show_media(self, torrent: Torrent, lines: tuple[Content, ...]) -> None:
        """Shows them in the details of the torrent, which are opened if it is still under the cursor."""
        self._media = torrent.key, lines
        if self.display and self._panes.list.cursor_key == torrent.key:
            self._panes.open()
