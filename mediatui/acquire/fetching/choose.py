"""Which files of a torrent are fetched: everything but samples, proofs, texts and pictures, and what is off there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mediatui.model.selection import SUBTITLES

SAMPLE_SHARE: Final = 0.1
"""A sample is smaller than this share of the biggest video."""
_SAMPLE: Final = re.compile(rb"(?:\A|[^a-z0-9])samples?(?:[^a-z0-9]|\Z)", re.IGNORECASE)
_PROOF: Final = re.compile(rb"(?:\A|[^a-z0-9])proofs?(?:[^a-z0-9]|\Z)", re.IGNORECASE)
_TEXTS: Final = (b".nfo", b".txt", b".url", b".sfv", b".md5")
_PICTURES: Final = (b".jpg", b".jpeg", b".png", b".gif", b".webp", b".bmp")
_SUBTITLES: Final = tuple(f".{ending}".encode() for ending in SUBTITLES)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file of a torrent: its path in parts, its size in bytes, and whether it is wanted at the seedbox (its priority
    there is not 0)."""

    path: tuple[bytes, ...]
    size: int
    wanted: bool = True
    padding: bool = False


def left_out(
    files: Sequence[Candidate], *, video_endings: tuple[bytes, ...], sample_below: int, keep_extras: bool
) -> dict[int, str]:
    """The files that are not fetched, by position, and why. ``sample_below`` are bytes. Subtitles always come, unless
    they are off there."""
    biggest = max((file.size for file in files if _ends(file, video_endings)), default=0)
    found: dict[int, str] = {}
    for position, file in enumerate(files):
        if file.padding:
            found[position] = "padding"
        elif not file.wanted:
            found[position] = "off at the seedbox"
        elif not keep_extras and not _ends(file, _SUBTITLES):
            why = _why_extra(file, video_endings, sample_below, biggest)
            if why:
                found[position] = why
    return found


def _why_extra(file: Candidate, video_endings: tuple[bytes, ...], sample_below: int, biggest: int) -> str:
    if _ends(file, (*_TEXTS, *_PICTURES)):
        return "a text" if _ends(file, _TEXTS) else "a picture"
    around = file.path[-2:]
    small = file.size < sample_below and file.size < SAMPLE_SHARE * biggest
    if small and any(map(_SAMPLE.search, around)):
        return "a sample"
    return "a proof" if not _ends(file, video_endings) and any(map(_PROOF.search, around)) else ""


def _ends(file: Candidate, endings: tuple[bytes, ...]) -> bool:
    return file.path[-1].lower().endswith(endings)
