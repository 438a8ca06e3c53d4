"""Finds films on storage by title and year."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from mediatui.library.maintenance.snapshot import LibrarySnapshot
from mediatui.model.text import fold
from mediatui.names.claims import claims_of, is_extra
from mediatui.names.episode_numbers import episodes_of
from mediatui.names.parsed import known_names, library_title
from mediatui.names.titles import fold_title

TitleYear = tuple[str, int]
"""A folded title, and a year."""
CHUNK = 500
_YEAR: Final = re.compile(rb"(?<![0-9])(?:18[89]|19[0-9]|20[0-9])[0-9](?![0-9])")
_SHORT = 4
"""A title whose longest word is shorter cannot rule out names."""


class Titles:
    """Titles and years of names; parsed names are stored."""

    def __init__(self, snapshot: LibrarySnapshot) -> None:
        self._snapshot = snapshot

    def of(self, names: Collection[str]) -> dict[str, TitleYear]:
        """Folded title and year of each name that has both."""
        found: dict[str, TitleYear] = {}
        unclear: list[str] = []
        for name in names:
            if own := library_title(name):
                found[name] = (fold_title(own[0]), own[1])
            else:
                unclear.append(name)
        known = known_names(self._snapshot.connection, unclear)
        if known.fresh:
            self._snapshot.reporter.store("names", known.fresh)
        for name, parsed in known.parsed.items():
            if parsed.folded and parsed.year is not None and parsed.kind == "film":
                found[name] = (parsed.folded, parsed.year)
        return {name: title_year for name, title_year in found.items() if title_year[0]}


def find_films(snapshot: LibrarySnapshot, wanted: Collection[TitleYear]) -> dict[TitleYear, list[bytes]]:
    """The videos on storage whose name, or else whose folder, has one of these titles and years; the folder counts only
    where no file in it has another. Only names that could match are parsed; samples, trailers and other extras, single
    parts and episodes are left out."""
    storage = snapshot.storage
    snapshot.reporter.phase("looking for films on storage", len(storage.folders))
    words = _words(wanted)
    titles = Titles(snapshot)
    found: dict[TitleYear, list[bytes]] = {}
    waiting: list[tuple[bytes, str, str]] = []

    def match_waiting() -> None:
        title_years = titles.of({name for _, *both in waiting for name in both})
        of_folders: dict[bytes, set[TitleYear]] = {}
        for path, name, above in waiting:
            if name in title_years and not is_extra(name, above):
                of_folders.setdefault(os.path.dirname(path), set()).add(title_years[name])
        for path, name, above in waiting:
            title = title_years.get(name)
            if title is None and (title := title_years.get(above)):  # a folder of several films names none of them
                title = title if of_folders.get(os.path.dirname(path), {title}) == {title} else None
            if title is not None and title in wanted and _is_whole(name, above, title[0]):
                found.setdefault(title, []).append(path)
        waiting.clear()

    for number, folder in enumerate(storage.folders):
        for path, name, above in _possible(snapshot, folder, words):
            waiting.append((path, name, above))
        if len(waiting) >= CHUNK:
            match_waiting()
            snapshot.reporter.progress(number, len(storage.folders), os.fsdecode(folder))
    match_waiting()
    return found


def _is_whole(name: str, folder: str, title: str) -> bool:
    """Whether a file is neither an extra of the film nor a part of it, by its name and that of its folder."""
    claims = claims_of(name, [folder], (title,))
    return not claims.extras and not claims.parts


def _words(wanted: Collection[TitleYear]) -> dict[bytes, set[str]]:
    """For each year the longest words of the titles; an empty word where any name may match."""
    words: dict[bytes, set[str]] = {}
    for title, year in wanted:
        longest = max((word for word in title.split() if word.isalpha()), key=len, default="")
        words.setdefault(b"%d" % year, set()).add(longest if len(longest) >= _SHORT else "")
    return words


def _possible(
    snapshot: LibrarySnapshot, folder: bytes, words: dict[bytes, set[str]]
) -> Iterator[tuple[bytes, str, str]]:
    """The videos directly in a folder that may be one of the films: path, name, name of the folder."""
    parts = os.fsdecode(folder).split("/")
    for name in snapshot.storage.folders[folder]:
        if not snapshot.places.is_video(name):
            continue
        both = name + b" " + os.path.basename(folder)
        years = [year for year in _YEAR.findall(both) if year in words]
        if not years:
            continue
        text = os.fsdecode(name)
        folded = fold(os.fsdecode(both))
        likely = any(word in folded for year in years for word in words[year])
        if likely and episodes_of(text, parts) is None:
            yield folder + b"/" + name, text, parts[-1]


def narrowest(paths: Sequence[bytes], words: int = 2) -> list[bytes]:
    """Paths that are one file in several views of a mount (``<view>/<torrent>/<file>``) as the first of them."""
    first: dict[tuple[bytes, ...], bytes] = {}
    for path in sorted(paths):
        first.setdefault(tuple(path.rsplit(b"/", words)[1:]), path)
    return list(first.values())
