"""Which subtitles belong to which video, and what their links are called beside it."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import Final

from mediatui.model.languages import LONG, short_language
from mediatui.model.transfer_file import TransferFile

FLAGS: Final = ("forced", "sdh", "cc", "hi", "default")
"""What stands beside the language of subtitles and is none."""
_FOLDER: Final = re.compile(r"sub(?:title)?s?", re.IGNORECASE)
_NUMBERED: Final = re.compile(r"[0-9]+_(?P<language>[^\W\d_]+)(?:[^\w].*)?")


def video_of(path: str, videos: Sequence[TransferFile]) -> TransferFile | None:
    """The video that subtitles belong to: the one whose name theirs begins with, or that their folder below ``Subs`` is
    called like; else the only one. None when that is not clear."""
    *folders, name = path.split("/")
    stem = os.path.splitext(name)[0]
    named = [one for one in videos if _begins(stem, _stem(one))] or [one for one in videos if _stem(one) in folders]
    if len(named) == 1:
        return named[0]
    return videos[0] if not named and len(videos) == 1 else None


def _stem(file: TransferFile) -> str:
    return os.path.splitext(file.path.rpartition("/")[2])[0]


def _begins(stem: str, video: str) -> bool:
    return stem == video or stem.startswith(f"{video}.")


def suffix_of(path: str) -> str:
    """What stands behind the name of the video: the language, flags and the ending (``.fr.forced.srt``). The language
    is what stands right before the ending, flags aside, or behind a number in a folder ``Subs``; else there is none."""
    *folders, name = path.split("/")
    stem, ending = os.path.splitext(name)
    flags: list[str] = []
    parts = stem.split(".")
    while len(parts) > 1 and parts[-1].lower() in FLAGS:
        flags.insert(0, parts.pop().lower())
    language = short(parts[-1]) if len(parts) > 1 else ""
    if not language and any(_FOLDER.fullmatch(folder) for folder in folders):
        found = _NUMBERED.fullmatch(stem)
        language = short(found["language"]) if found is not None else ""
    return "".join(f".{part}" for part in (language, *flags) if part) + ending.lower()


def short(word: str) -> str:
    """The two letters of a language by its code or English name; empty for what is none."""
    lowered = word.lower()
    code = short_language(lowered)
    return code if code in LONG else NAMES.get(lowered, "")


NAMES: Final = {
    "english": "en", "french": "fr", "german": "de", "spanish": "es", "italian": "it", "portuguese": "pt",
    "dutch": "nl", "polish": "pl", "russian": "ru", "japanese": "ja", "korean": "ko", "chinese": "zh", "swedish": "sv",
    "danish": "da", "norwegian": "no", "finnish": "fi", "czech": "cs", "hungarian": "hu", "greek": "el",
    "turkish": "tr",
    "arabic": "ar", "hebrew": "he", "romanian": "ro", "ukrainian": "uk",
}  # fmt: skip
