"""From a torrent to its files: playing one, what the service reports of it, and fetching them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mediatui.commands.options import file, number, word

if TYPE_CHECKING:
    from mediatui.archive.download import DownloadOptions
    from mediatui.archive.links import FileLink
    from mediatui.commands.answer import Answer
    from mediatui.commands.workspace import Workspace
    from mediatui.model.account import Unrestricted
    from mediatui.model.stream import MediaInfo, StreamAddress

_WHICH = "File N; without it the first video."


@dataclass(frozen=True, slots=True)
class Play:
    """The options of ``play``."""

    wanted: str = word("ID", "the id of a torrent")
    file: int | None = number(_WHICH, "--file", least=0)


@dataclass(frozen=True, slots=True)
class Stream:
    """The options of ``stream``."""

    wanted: str = word("ID", "the id of a torrent")
    file: int | None = number(_WHICH, "--file", least=0)


@dataclass(frozen=True, slots=True)
class Download:
    """The options of ``download``."""

    wanted: str = word("ID", "the id of a torrent")
    files: tuple[int, ...] = number("Only file N.", "--file", least=0, many=True)
    folder: Path = file("Into the folder DIR.", "-o", "--output", metavar="DIR", required=True)


@dataclass(frozen=True, slots=True)
class Opened:
    """A file with a direct link: which torrent, which of its files, and ``note``, what has to be said of it."""

    torrent_id: str
    link: FileLink
    made: Unrestricted
    note: str = ""


@dataclass(frozen=True, slots=True)
class Streams:
    """What the service reports of a file: its media (None: it knows nothing) and the addresses it streams at."""

    opened: Opened
    media: MediaInfo | None
    addresses: tuple[StreamAddress, ...]


async def open_file(workspace: Workspace, wanted: str, file_id: int | None) -> Opened:
    """A direct link for a file of a torrent, or for the first video: one request, and one more where
    its details are not known yet. Raises UsageError, ServiceError."""
    from mediatui.archive.links import LinkOpener, link_to_play
    from mediatui.archive.sync.refresh import files_and_links
    from mediatui.store.torrents.listing import find_torrent

    torrent = await workspace.read(find_torrent, wanted)
    account = workspace.connect()
    files, links = await files_and_links(workspace.db, account, torrent)
    link, several = link_to_play(torrent, files, links, file_id)
    opened = await LinkOpener(account, files, links).open(link)
    note = opened.note
    if several > 1:
        note = f"{link.name} is the first of {several:,}: --file N takes another. {note}".rstrip()
    return Opened(torrent.id, link, opened.made, note)


async def read_streams(workspace: Workspace, wanted: str, file_id: int | None) -> Streams:
    """What the service reports of a file: three requests. Raises UsageError, ServiceError."""
    opened = await open_file(workspace, wanted, file_id)
    account = workspace.connect()
    media = await account.media_info(opened.made.id)
    return Streams(opened, media, await account.stream_addresses(opened.made.id))


async def play(answer: Answer, options: Play) -> int:
    """Opens a player, or gives the address where no window could be seen."""
    from mediatui.system.threads import in_thread

    async with answer.workspace() as workspace:
        player, demo = workspace.settings.play.player, workspace.demo
        opened = await open_file(workspace, options.wanted, options.file)
    if opened.note:
        answer.said("info", opened.note)
    name, why = await in_thread(lambda: start(player, opened.made.download, demo=demo))
    fields = {"torrent_id": opened.torrent_id, "file": opened.link.file_id, "filename": opened.made.filename}
    if name:
        answer.row("play", {**fields, "player": name, "address": None, "reason": ""})
        answer.result(f"{opened.made.filename}: {name} plays it.", counts={**fields, "player": name})
        return 0
    answer.row("play", {**fields, "player": None, "address": opened.made.download, "reason": why}, opened.made.download)
    copied = await answer.copy(opened.made.download, "Address")
    answer.result(f"{why} {copied}.".removesuffix(" ."), counts={**fields, "player": None, "reason": why})
    return 0


def start(configured: list[str], url: str, *, demo: bool = False) -> tuple[str, str]:
    """Starts the player for an address or the path of a file: the name of the program and an empty text, or an empty
    name and why there is only the address. Blocks for some tenths of a second."""
    from mediatui.system.player import find_player, is_remote, start_player

    if demo:
        return "", "Nothing of the demo can be played outside of it."
    if is_remote():
        return "", "Over SSH without a display no player can be seen: this is the address."
    words = find_player(configured)
    if words is None:
        return "", "No player was found (mpv, vlc, xdg-open); play.player names another. This is the address."
    failed = start_player(words, url)
    return (words[0], "") if not failed else ("", f"{words[0]} could not be started ({failed}). This is the address.")


async def stream(answer: Answer, options: Stream) -> int:
    """Streaming addresses, tracks, codecs and length of a file."""
    async with answer.workspace() as workspace:
        streams = await read_streams(workspace, options.wanted, options.file)
    opened = streams.opened
    if opened.note:
        answer.said("info", opened.note)
    if answer.json:
        write_rows(answer, streams)
    else:
        for line in stream_lines(streams):
            answer.line(line)
    counts = {
        "torrent_id": opened.torrent_id, "file": opened.link.file_id, "filename": opened.made.filename,
        "addresses": len(streams.addresses), "tracks": 0 if streams.media is None else len(streams.media.tracks),
    }  # fmt: skip
    answer.result("", counts=counts)
    return 0


def write_rows(answer: Answer, streams: Streams) -> None:
    """What is known of a file, as rows for a program."""
    import dataclasses

    if streams.media is not None:
        answer.row("media", dataclasses.asdict(streams.media))
    for address in streams.addresses:
        answer.row("stream", dataclasses.asdict(address))
    answer.row("link", {"file": streams.opened.link.file_id, "download": streams.opened.made.download})


def stream_lines(streams: Streams) -> list[str]:
    """What is known of a file, for people: its length and tracks, then the addresses."""
    from mediatui.model.human import size_text

    made, media = streams.opened.made, streams.media
    lines = [made.filename]
    facts = [("size", size_text(made.bytes) if made.bytes else "")]
    if media is None:
        facts.append(("media", "the service knows nothing of it"))
    else:
        facts += media_facts(media)
    lines += [f"  {name:<10} {text}" for name, text in facts if text]
    if not streams.addresses:
        lines.append("  the service does not stream it")
    lines += [f"  {f'{one.format} {one.quality}':<18} {one.url}" for one in streams.addresses]
    lines.append(f"  {'direct':<18} {made.download}")
    return lines


def media_facts(media: MediaInfo) -> list[tuple[str, str]]:
    """Length, bit rate and tracks in words, each with its name."""
    from mediatui.model.human import duration

    number = "".join(f"{letter}{text.zfill(2)}" for letter, text in (("S", media.season), ("E", media.episode)) if text)
    facts = [
        ("title", " ".join(part for part in (media.name, f"({media.year})" if media.year else "", number) if part)),
        ("kind", media.kind),
        ("length", duration(media.duration_s) if media.duration_s else ""),
        ("bit rate", _bit_rate(media.bitrate)),
    ]
    return [*facts, *((track.kind, track.text) for track in media.tracks)]


def _bit_rate(bits: int) -> str:
    """Bits a second in words; empty for none."""
    return "" if not bits else f"{bits / 1e6:.1f} Mbit/s" if bits >= 1e6 else f"{bits / 1e3:.0f} kbit/s"


def job_options(options: Download) -> DownloadOptions:
    """The options of the job; raises UsageError for a folder that cannot be meant."""
    import os

    from mediatui.archive.download import DownloadOptions
    from mediatui.model.errors import UsageError

    try:
        folder = os.path.abspath(options.folder.expanduser())
    except (RuntimeError, ValueError) as error:
        raise UsageError(f"{options.folder} is no folder: {error}.", "Name another one with -o.") from error
    return DownloadOptions(options.wanted, options.files, folder)
