"""The link of each file of a torrent, what opening it shows, and the file that direct links are written to."""

from __future__ import annotations

import contextlib
import os
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mediatui.model.account import DebridAccount, Unrestricted
from mediatui.model.errors import MediatuiError, StoreError, UsageError
from mediatui.model.human import counted
from mediatui.model.selection import is_video
from mediatui.model.text import printable
from mediatui.model.torrent import Torrent, TorrentFile

OF_ONE_LINK: Final = ("dead-link", "not-found", "infringing", "permanent", "transient")
"""The kinds of errors that are about the link that was to be opened; after any other no link opens."""


@dataclass(frozen=True, slots=True)
class FileLink:
    """A link and the file it opens; ``file_id`` is None when the file is not known (an archive of many files)."""

    link: str
    file_id: int | None
    name: str


def choose_links(
    torrent: Torrent, files: Sequence[TorrentFile], links: Sequence[str], wanted: Sequence[int]
) -> list[FileLink]:
    """The links of a torrent; if ids are given, only those of the files with these ids.

    The i-th link is that of the i-th selected file (NOTES.md 4) unless their numbers differ. Raises UsageError.
    """
    name = printable(torrent.filename)
    if not links:
        raise UsageError(
            f"No link of {name} is known.",
            "A torrent that is not finished has none; a sync fetches those of others: mediatui --headless sync",
        )
    selected = [file for file in files if file.selected]
    if len(selected) != len(links):
        if wanted:
            held = f"{counted(len(links), 'link')} for {counted(len(selected), 'file')}"
            raise UsageError(
                f"{name} has {held}: the file of a link is not known.",
                "Leave --file out to get them all.",
            )
        return [FileLink(link, None, f"{name} ({number})") for number, link in enumerate(links, 1)]
    pairs = {
        file.file_id: FileLink(link, file.file_id, printable(file.path))
        for file, link in zip(selected, links, strict=True)
    }
    missing = [file_id for file_id in wanted if file_id not in pairs]
    if missing:
        ids = ", ".join(map(str, list(pairs)[:20])) + (", …" if len(pairs) > 20 else "")
        raise UsageError(
            f"{name} has no selected file {', '.join(map(str, missing))}.", f"Selected files: {ids}; see show."
        )
    return [pairs[file_id] for file_id in wanted] if wanted else list(pairs.values())


def link_to_play(
    torrent: Torrent, files: Sequence[TorrentFile], links: Sequence[str], wanted: int | None
) -> tuple[FileLink, int]:
    """The link of the file to play, and how many there are to choose from: the file with the id ``wanted``, else the
    first video in the order of their names, else the first file. Raises UsageError."""
    if wanted is not None:
        return choose_links(torrent, files, links, [wanted])[0], 1
    all_links = choose_links(torrent, files, links, ())
    videos = {file.file_id for file in files if is_video(file)}
    playable = [link for link in all_links if link.file_id in videos] or all_links
    return min(playable, key=lambda link: _in_order(link.name)), len(playable)


def _in_order(name: str) -> list[tuple[int, str]]:
    """A key that sorts names with numbers by the numbers."""
    return [(int(part), "") if part.isdecimal() else (-1, part.lower()) for part in re.split(r"(\d{1,18})", name)]


def file_opened(files: Sequence[TorrentFile], asked: TorrentFile, made: Unrestricted) -> TorrentFile:
    """The file a link opens by what the service says of it: another one of ``files`` when it has exactly that name or,
    if no file has the name, exactly that size; else ``asked``, since a name that no file has is only a renaming."""
    named = [file for file in files if _name_of(file.path) == _name_of(made.filename)]
    alike = named if len(named) == 1 else [file for file in named or files if made.bytes and file.bytes == made.bytes]
    return alike[0] if len(alike) == 1 and asked not in alike else asked


def _name_of(path: str) -> str:
    return unicodedata.normalize("NFC", path.rpartition("/")[2])


@dataclass(frozen=True, slots=True)
class OpenedLink:
    """A link that was opened for a file, and ``note``: what has to be said of it, empty when it was as expected."""

    made: Unrestricted
    note: str = ""


class LinkOpener:
    """Opens links of one torrent. Where the service says that it opened another file of the torrent it is believed, and
    the link of the file that was asked for is searched for."""

    def __init__(self, account: DebridAccount, files: Sequence[TorrentFile], links: Sequence[str]) -> None:
        self._account = account
        selected = [file for file in files if file.selected]
        self._pairs = list(zip(selected, links, strict=True)) if len(selected) == len(links) else []
        self._made: dict[str, Unrestricted] = {}

    async def open(self, wanted: FileLink) -> OpenedLink:
        """A direct link for the file of ``wanted``. Raises ServiceError, and MisplacedLink when its link was not
        found."""
        by_id = {file.file_id: (file, link) for file, link in self._pairs}
        if wanted.file_id is None or wanted.file_id not in by_id:
            return OpenedLink(await self._open(wanted.link))
        asked, link = by_id[wanted.file_id]
        for file, opened in self._pairs:
            if opened != link and opened in self._made and self._is_of(file, self._made[opened], asked):
                return OpenedLink(self._made[opened], f"{wanted.name}: {_SWAPPED}")
        tried: set[str] = set()
        place = asked
        while link not in tried:
            tried.add(link)
            made = await self._open(link)
            found = file_opened([file for file, _ in self._pairs], place, made)
            if found == asked:
                return OpenedLink(made, "" if len(tried) == 1 else f"{wanted.name}: {_SWAPPED}")
            place, link = by_id[found.file_id]
        name = printable(_name_of(found.path))
        raise MisplacedLink(
            f"{wanted.name}: the service opens another file for its link ({name}), and its own was not found."
        )

    def _is_of(self, place: TorrentFile, made: Unrestricted, asked: TorrentFile) -> bool:
        return file_opened([file for file, _ in self._pairs], place, made) == asked

    async def renew(self, wanted: FileLink) -> OpenedLink:
        """A fresh direct link in place of those made before. Raises as ``open``."""
        self._made.clear()
        return await self.open(wanted)

    async def _open(self, link: str) -> Unrestricted:
        if link not in self._made:
            self._made[link] = await self._account.unrestrict(link)
        return self._made[link]


_SWAPPED = "the service opens another file for its link; this is the one of the file that was asked for."


class MisplacedLink(MediatuiError):
    """The link of a file opens another file, and no other link of the torrent was found to open it."""

    kind = "misplaced-link"


@contextlib.contextmanager
def secret_file(file: Path) -> Iterator[Callable[[str], None]]:
    """Creates a file that only its owner may read, and yields a function that writes a line to it.

    The file is created before anything is requested, so that no link is made that cannot be written; it is removed
    again when it stays empty. An existing file is not replaced. Raises UsageError, StoreError.
    """
    lines = 0

    def write(line: str) -> None:
        nonlocal lines
        stream.write(f"{line}\n")
        stream.flush()
        lines += 1

    try:
        stream = open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8")  # noqa: SIM115
    except FileExistsError as error:
        raise UsageError(f"{printable(str(file))} is there already.", "Give another name with -o.") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise _unwritable(file, error) from error
    try:
        with stream:
            yield write
    except OSError as error:
        raise _unwritable(file, error) from error
    finally:
        if not lines:
            with contextlib.suppress(OSError):
                file.unlink()


def _unwritable(file: Path, error: OSError | ValueError) -> StoreError:
    why = error.strerror if isinstance(error, OSError) else None
    return StoreError(f"{printable(str(file))} cannot be written ({why or error}).", "Name another place with -o.")
