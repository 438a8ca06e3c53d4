"""Choosing the files of a torrent to select: video only, all, or those of given ids."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from mediatui.model.errors import UsageError
from mediatui.model.text import printable
from mediatui.model.torrent import TorrentFile

VIDEO: Final = frozenset(("mkv", "mp4", "avi", "mov", "m4v", "webm", "ts", "m2ts", "wmv"))
"""The endings that ``video`` selects; selecting other kinds makes the service pack everything into RAR
(services/realdebrid/NOTES.md 20)."""
SUBTITLES: Final = frozenset(("srt", "ass", "ssa", "sub", "idx", "vtt", "sup"))
EXTRA_BELOW: Final = 100_000_000
"""A file counts as a sample, a trailer or an extra only below this size (bytes)."""
_EXTRA = re.compile(r"(?:^|[^a-z])(?:sample|trailer|extras?|featurette|bonus)(?:[^a-z]|$)", re.IGNORECASE)


def is_video(file: TorrentFile) -> bool:
    """Whether a file is a film or an episode: a video that is not a small sample, trailer or extra."""
    if file.path.rpartition(".")[2].lower() not in VIDEO:
        return False
    return file.bytes >= EXTRA_BELOW or not _EXTRA.search(file.path)


def is_subtitle(file: TorrentFile) -> bool:
    """Whether a file holds subtitles."""
    return file.path.rpartition(".")[2].lower() in SUBTITLES


def choose_files(files: Sequence[TorrentFile], selection: Sequence[int] | None, select: str) -> tuple[int, ...]:
    """The ids to select: ``selection`` when given, else the files that ``select`` names; empty when none match."""
    if selection:
        return tuple(selection)
    if select == "all":
        return tuple(file.file_id for file in files)
    return tuple(file.file_id for file in files if is_video(file))


def read_selection(text: str) -> tuple[tuple[int, ...] | None, str]:
    """``video``, ``all`` or ids such as ``1,3-5``: the ids (None for the words) and the word. Raises UsageError."""
    wanted = text.strip().lower()
    if wanted in ("video", "all"):
        return None, wanted
    ids: set[int] = set()
    for part in wanted.split(","):
        match = re.fullmatch(r"\s*([0-9]{1,6})(?:\s*-\s*([0-9]{1,6}))?\s*", part)
        if match is None or int(match[1]) < 1 or (match[2] and int(match[2]) < int(match[1])):
            raise UsageError(
                f'"{printable(text, empty="")}" selects no files.', "Give video, all, or file ids such as 1,3-5."
            )
        last = int(match[2] or match[1])
        if last - int(match[1]) > 100_000:
            raise UsageError(f'"{printable(text, empty="")}" is too large a range.', "File ids such as 1,3-5.")
        ids.update(range(int(match[1]), last + 1))
    return tuple(sorted(ids)), "ids"
