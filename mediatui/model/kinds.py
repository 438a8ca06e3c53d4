"""Films or episodes, by the names of the folders a path lies in."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence

from mediatui.model.path import is_below
from mediatui.model.text import fold

KIND_WORDS: Mapping[str, str] = {
    **dict.fromkeys(("film", "films", "movie", "movies", "cinema"), "film"),
    **dict.fromkeys(("serie", "series", "show", "shows", "tv", "tv shows", "tvshows", "anime", "animes"), "episode"),
}
"""Names of category folders, folded, with the kind of what is in them: films or episodes."""
EITHER = ("anime", "animes")
"""Folders with these names usually hold episodes, but may hold films too."""
_OF_SERVICE = {"sonarr": "episode", "radarr": "film"}


def kind_of(path: bytes, roots: Sequence[bytes]) -> str:
    """``film`` or ``episode`` by the names of the folders a path lies in; empty when they show neither."""
    return next((KIND_WORDS[word] for word in _words(path, roots)), "")


def may_hold(service: str, path: bytes, roots: Sequence[bytes]) -> bool:
    """Whether Sonarr or Radarr (``service`` is the word of the kind) may manage a path: false when all the folder names
    that show a kind show that of the other service."""
    kinds = {KIND_WORDS[word] for word in _words(path, roots) if word not in EITHER}
    return not kinds or _OF_SERVICE[service] in kinds


def _words(path: bytes, roots: Sequence[bytes]) -> Iterator[str]:
    root = next((root for root in roots if is_below(path, root)), b"")
    for part in (os.path.basename(root), *path[len(root) + 1 :].split(b"/")[:-1]):
        word = fold(os.fsdecode(part)).strip()
        if word in KIND_WORDS:
            yield word
