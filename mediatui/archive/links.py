"""The link of each file of a torrent, and the file that direct links are written to."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mediatui.model.errors import StoreError, UsageError
from mediatui.model.text import printable
from mediatui.model.torrent import Torrent, TorrentFile


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
            raise UsageError(
                f"{name} has {len(links):,} links for {len(selected):,} files: the file of a link is not known.",
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
