"""From a list to a file: playing one, what the service reports of it, and fetching files."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from textual import work
from textual.binding import Binding
from textual.content import Content

from mediatui.model.errors import MediatuiError
from mediatui.model.human import counted, size_text
from mediatui.model.text import printable
from mediatui.model.torrent import DOWNLOADED, Torrent
from mediatui.store.facts import read_fact, store_fact
from mediatui.store.torrents.listing import files_of, links_of
from mediatui.tui.open_player import open_player
from mediatui.tui.views.torrents.actions import TorrentActions
from mediatui.tui.widgets.detail_pane import fact_lines, heading_lines
from mediatui.tui.widgets.menu import Choice

if TYPE_CHECKING:
    from mediatui.commands.play import Streams

MOST_FETCHED: Final = 100
"""From how many torrents files are fetched in one go."""
FOLDER_FACT: Final = "download.folder"
"""The fact that holds where files were fetched to the last time."""
PLAYING: Final[tuple[Binding, ...]] = (
    Binding("w", "play", "play", id="torrent.play", tooltip="Play a file (1 request)"),
    Binding("m", "media", "media", id="torrent.media", tooltip="Tracks, codecs, streaming addresses (3 requests)"),
    Binding("W", "download", "download", id="torrent.download", tooltip="Fetch the files (1 request each)"),
)
"""The keys of a view whose torrents can be played, to stand behind its own."""
_LABEL: Final = 10


@dataclass(frozen=True, slots=True)
class Meant:
    """A torrent to play or to fetch from; ``files`` are the ids of those of its files that are meant, none: all."""

    torrent: Torrent
    files: tuple[int, ...] = ()


class PlaysTorrents(TorrentActions):
    """A view whose torrents can be played and fetched. A player takes the torrent under the cursor, or the first marked
    one."""

    _wanted: Sequence[Meant] = ()
    _left_out = ""

    def files_meant(self) -> list[Meant]:
        """What is to be played or fetched."""
        return [Meant(torrent) for torrent in self.targets()]

    async def action_play(self) -> None:
        self._choose("play")

    async def action_media(self) -> None:
        self._choose("media")

    def _choose(self, what: str) -> None:
        """Goes on with the file that is meant, or with the only video of a torrent, or asks for one of several."""
        from mediatui.archive.links import link_to_play

        if not self._ids() or not (meant := self.files_meant()):
            return
        torrent, files = meant[0].torrent, files_of(self.workspace.reader, meant[0].torrent.id)
        if torrent.details_at is None and torrent.status == DOWNLOADED:
            self.say("Its files are not known yet: ctrl+r fetches them (1 request).", "warning")
            return
        wanted = meant[0].files[0] if meant[0].files else None
        try:
            link, several = link_to_play(torrent, files, links_of(self.workspace.reader, torrent.id), wanted)
        except MediatuiError as error:
            self.say(error.sentence, "error")
            return
        if several == 1 or link.file_id is None:
            self._go_on(what, torrent, link.file_id)
            return
        chosen = sorted((file for file in files if file.selected), key=lambda file: file.path)
        choices = [
            Choice(
                str(at) if at < 10 else "",
                printable(file.path.rpartition("/")[2]),
                size_text(file.bytes),
                str(file.file_id),
            )
            for at, file in enumerate(chosen, 1)
        ]
        self.host.prompt.choose(
            f"{what} file", choices, lambda taken: self._go_on(what, torrent, int(taken)), at=str(link.file_id)
        )

    def entered(self, mode: str, text: str) -> bool:
        """Takes the folder for files."""
        if mode != "download" or not self._wanted:
            return super().entered(mode, text)
        self._fetch_into(text)
        return True

    def _go_on(self, what: str, torrent: Torrent, file_id: int | None) -> None:
        if what == "play":
            self._play(torrent, file_id)
        else:
            self._read_media(torrent, file_id)

    @work(group="play", exclusive=True, exit_on_error=False)
    async def _play(self, torrent: Torrent, file_id: int | None) -> None:
        """Opens the player with a direct link, or copies and shows that."""
        from mediatui.commands.play import open_file

        self.say("Asking for the direct link: 1 request.")
        try:
            opened = await open_file(self.workspace, torrent.id, file_id)
        except MediatuiError as error:
            self.say(error.sentence, "error")
            return
        await open_player(self, opened.made.download, opened.made.filename)

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
        await self.show_media(torrent, tuple(media_lines(streams)))

    async def show_media(self, torrent: Torrent, lines: tuple[Content, ...]) -> None:
        """Shows lines about a file of a torrent, in a view of their own unless there are details to show them in."""
        from mediatui.tui.views.answer.view import AnswerView

        if self.display:
            await self.host.open_view("answer")
            cast(AnswerView, self.host.view).show_lines(lines[1].plain, [line.plain for line in lines[2:]])

    # Fetching

    def action_download(self) -> None:
        """Asks where files are to be fetched to."""
        from mediatui.archive.links import choose_links

        if not self._ids():
            return
        meant, reader = self.files_meant(), self.workspace.reader
        if len(meant) > MOST_FETCHED:
            self.say(f"At most {MOST_FETCHED} torrents at once; {len(meant):,} are marked.", "warning")
            return
        ready: list[Meant] = []
        size, why = 0, ""
        for one in meant:
            known = files_of(reader, one.torrent.id)
            if one.torrent.details_at is not None:
                try:
                    choose_links(one.torrent, known, links_of(reader, one.torrent.id), one.files)
                except MediatuiError as error:
                    why = why or error.message
                    continue
            size += sum(file.bytes for file in known if file.file_id in one.files) if one.files else one.torrent.bytes
            ready.append(one)
        if not ready:
            if why:
                self.say(why, "warning")
            return
        left = len(meant) - len(ready)
        self._wanted, self._left_out = ready, f" Without {left:,} that cannot be fetched: {why}" if left else ""
        files = sum(len(one.files) or one.torrent.links_count or 1 for one in ready)
        what = counted(len(ready), "torrent") if len(ready) > 1 else counted(files, "file")
        fact = read_fact(reader, FOLDER_FACT)
        folder = str(fact[0].get("path", "")) if fact is not None else ""
        self.host.prompt.open("download", f"fetch {what}, {size_text(size)} to: ", folder or default_folder())

    def _fetch_into(self, text: str) -> None:
        """Starts the job that fetches, and keeps the folder for the next time."""
        from dataclasses import replace

        from mediatui.commands.job_kinds import DOWNLOAD
        from mediatui.commands.play import Download, job_options

        (first, *others), self._wanted = self._wanted, ()
        try:
            options = job_options(Download(first.torrent.id, first.files, Path(text.strip())))
            self.workspace.connect()
        except MediatuiError as error:
            self.say(error.sentence, "error")
            return
        options = replace(options, others=tuple((one.torrent.id, one.files) for one in others))
        self.workspace.runner.start(DOWNLOAD, options)
        self.say(f"Fetching into {printable(options.folder)}; ctrl+c stops it, W carries on.{self._left_out}")
        self._keep_folder(text.strip())

    @work(group="keep-folder", exclusive=True, exit_on_error=False)
    async def _keep_folder(self, folder: str) -> None:
        async with self.workspace.db.transaction() as connection:
            await store_fact(connection, FOLDER_FACT, {"path": folder}, time.time())


def default_folder() -> str:
    """Where files go unless another folder was named before: ``~/Downloads`` where there is one, else home."""
    return "~/Downloads" if os.path.isdir(os.path.expanduser("~/Downloads")) else "~"


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
