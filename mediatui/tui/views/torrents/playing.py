"""From the list to a file: playing one, and what the service reports of it before that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content

from mediatui.archive.links import link_to_play
from mediatui.model.errors import MediatuiError
from mediatui.model.human import size_text
from mediatui.model.text import printable
from mediatui.model.torrent import DOWNLOADED, Torrent
from mediatui.store.torrents.listing import files_of, links_of
from mediatui.system.threads import in_thread
from mediatui.tui.views.torrents.actions import TorrentActions
from mediatui.tui.widgets.detail_pane import fact_lines, heading_lines

if TYPE_CHECKING:
    from mediatui.commands.play import Streams

_LABEL = 10


class PlaysTorrents(TorrentActions):
    """A view whose torrents can be played. Both keys are for the torrent under the cursor, or the first marked one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "play", "play", show=False, id="torrent.play", tooltip="Play a file (1 request)"),
        Binding(
            "m", "media", show=False, id="torrent.media", tooltip="Tracks, codecs, streaming addresses (3 requests)"
        ),
    ]
    _pending: tuple[str, Torrent] | None = None

    async def action_play(self) -> None:
        await self._choose("play")

    async def action_media(self) -> None:
        await self._choose("media")

    async def _choose(self, what: str) -> None:
        """Goes on with the only video of a torrent, or asks for a file of several."""
        if not self._ids():
            return
        torrent = self.targets()[0]
        reader = self.workspace.reader
        if torrent.details_at is None and torrent.status == DOWNLOADED:
            self.say("Its files are not known yet: ctrl+r fetches them (1 request).", "warning")
            return
        try:
            link, several = link_to_play(torrent, files_of(reader, torrent.id), links_of(reader, torrent.id), None)
        except MediatuiError as error:
            self.say(error.sentence, "error")
            return
        if several == 1 or link.file_id is None:
            self._go_on(what, torrent, link.file_id)
            return
        self._pending = what, torrent
        names = [
            (f"{file.file_id} {printable(file.path.rpartition('/')[2])}  ", "")
            for file in sorted(files_of(reader, torrent.id), key=lambda file: file.path)
            if file.selected
        ]
        self.host.prompt.open("file", f"{what} file: ", str(link.file_id), hint=names)

    def entered(self, mode: str, text: str) -> bool:
        """Takes the number of a file."""
        if mode != "file" or self._pending is None:
            return super().entered(mode, text)
        (what, torrent), self._pending = self._pending, None
        if text.strip().isdecimal() and len(text.strip()) < 10:
            self._go_on(what, torrent, int(text))
        else:
            self.say(f'"{text.strip()}" is no number of a file; the details list them.', "error")
        return True

    def _go_on(self, what: str, torrent: Torrent, file_id: int | None) -> None:
        if what == "play":
            self._play(torrent, file_id)
        else:
            self._read_media(torrent, file_id)

    @work(group="play", exclusive=True, exit_on_error=False)
    async def _play(self, torrent: Torrent, file_id: int | None) -> None:
        """Opens the player, or copies and shows the address."""
        from mediatui.commands.play import open_file, start

        self.say("Asking for the direct link: 1 request.")
        try:
            opened = await open_file(self.workspace, torrent.id, file_id)
        except MediatuiError as error:
            self.say(error.sentence, "error")
            return
        url, player = opened.made.download, self.workspace.settings.play.player
        name, why = await in_thread(lambda: start(player, url, demo=self.workspace.demo))
        if name:
            self.say(f"{printable(opened.made.filename)}: {name} plays it.")
        else:
            self.host.copy_text(url, f"{why} Address")

    @work(group="media", exclusive=True, exit_on_error=False)
    async def _read_media(self, torrent: Torrent, file_id: int | None) -> None:
        """Shows what the service reports of a file."""
        from mediatui.commands.play import read_streams

        self.say("Asking for tracks and addresses: 3 requests.")
        try:
            streams = await read_streams(self.workspace, torrent.id, file_id)
        except MediatuiError as error:
            self.say(error.sentence, "error")
            return
        self.say(f"{printable(streams.opened.made.filename)}: as the service describes it.")
        self.show_media(torrent.key, tuple(media_lines(streams)))

    def show_media(self, key: int, lines: tuple[Content, ...]) -> None:
        """Shows lines about a file of the torrent with this key."""


def media_lines(streams: Streams) -> Iterator[Content]:
    """What the service reports of a file, for the pane: its length and tracks, then the addresses it streams at."""
    from mediatui.commands.play import media_facts

    made, media = streams.opened.made, streams.media
    yield from heading_lines(f"media of {printable(made.filename)}")
    facts = [("size", size_text(made.bytes) if made.bytes else "")]
    facts += [("media", "the service knows nothing of it")] if media is None else media_facts(media)
    yield from fact_lines(facts, _LABEL)
    addresses = [(f"{one.format}", one.url) for one in streams.addresses]
    yield from fact_lines([*addresses, ("direct", made.download)], _LABEL)
