"""The videos on storage, indexed once: shows and films by the words of their names, episodes by their numbers."""

from __future__ import annotations

import bisect
import heapq
import os
from collections.abc import Iterable, Iterator, Sequence

from mediatui.library.maintenance.repair_links.matching_numbers import numbers_in_first_season
from mediatui.library.maintenance.repair_links.wanted import Wanted, series_folder
from mediatui.library.maintenance.same_series import names_of
from mediatui.library.maintenance.snapshot import LibrarySnapshot, TreeLink
from mediatui.model.text import fold
from mediatui.names.counted_episodes import counted_episode
from mediatui.names.dates import date_of
from mediatui.names.episode_numbers import placed_episodes
from mediatui.names.extras import HINT
from mediatui.names.seasons import cut_name
from mediatui.names.titles import fold_title, folded_similarity
from mediatui.names.word_index import WordIndex

MOST_COMPARED = 8
"""How many films whose names begin most like the title are compared in detail."""


class StoredVideos:
    """Finds the videos that a dead link may have led to: those beside its old file, and those of like names."""

    def __init__(self, snapshot: LibrarySnapshot) -> None:
        self._snapshot = snapshot
        self._shows = WordIndex()
        self._episodes: dict[int, tuple[bytes, ...]] = {}
        self._dated: dict[tuple[int, str], list[bytes]] = {}
        self._films = WordIndex()
        self._film_paths: list[bytes] = []
        self._film_names: list[str] = []
        self._sorted_folders: list[bytes] | None = None
        self._index()

    def _index(self) -> None:
        places = self._snapshot.places
        self._snapshot.reporter.phase("indexing names", len(self._snapshot.storage.folders))
        for number, (folder, names) in enumerate(self._snapshot.storage.folders.items()):
            self._index_folder(number, folder, [name for name in names if places.is_video(name)])
            if number % 500 == 0:
                self._snapshot.reporter.progress(number, len(self._snapshot.storage.folders))

    def _index_folder(self, number: int, folder: bytes, names: Sequence[bytes]) -> None:
        """Indexes the videos directly in a folder: episodes under the folder's number, every other video as a film."""
        folders = names_of(folder)
        words: set[str] = set()
        begun: set[str] = set()
        for raw in names:
            name, path = os.fsdecode(raw), self._snapshot.storage.shared(folder + b"/" + raw)
            numbers = numbers_in_first_season(name, folders)
            if numbers is None and (date := date_of(name)):
                self._dated.setdefault((number, date), []).append(path)
                words |= _words(name[: name.find(date[:4])]) | _words(series_folder(folders))
            if numbers is None:
                folded = fold_title(name), fold_title(folders[-1])
                self._films.add(len(self._film_paths), {word for title in folded for word in title.split()})
                self._film_paths.append(path)
                self._film_names.append("\n".join(folded))
                continue
            for episode in numbers.episodes:
                key = _episode_key(number, numbers.season, episode)
                self._episodes[key] = (*self._episodes.get(key, ()), path)
            placed = placed_episodes(cut_name(name))
            beginning = name[: placed.start] if placed else (counted_episode(name) or ("",))[0]
            if beginning not in begun:
                begun.add(beginning)
                words |= _words(beginning)
            if not words or len(begun) == 1:
                words |= _words(series_folder(folders)) | _words(folders[-1])
        if words:
            self._shows.add(number, words)

    def near(self, link: TreeLink) -> Iterator[bytes]:
        """The videos in the folder of the dead target, and directly in the folder above it; those in the folder that a
        link of the wrong kind leads to."""
        folder = os.path.dirname(link.pointed)
        storage = self._snapshot.storage
        if link.state == "wrong kind":
            yield from self._videos_in(link.pointed)
            return
        for place in (folder, os.path.dirname(folder)):
            if place not in storage.tops:
                for name in storage.folders.get(place, ()):
                    if self._snapshot.places.is_video(name):
                        yield place + b"/" + name

    def _videos_in(self, folder: bytes) -> Iterator[bytes]:
        """The videos in a folder and below."""
        if self._sorted_folders is None:
            self._sorted_folders = sorted(self._snapshot.storage.folders)
        first = bisect.bisect_left(self._sorted_folders, folder + b"/")
        last = bisect.bisect_left(self._sorted_folders, folder + b"0")
        for place in (folder, *self._sorted_folders[first:last]):
            for name in self._snapshot.storage.folders.get(place, ()):
                if self._snapshot.places.is_video(name):
                    yield place + b"/" + name

    def alike(self, wanted: Wanted) -> Iterator[bytes]:
        """Files from the index whose names hold the words of a title, all words of an alternative one; for an episode
        those of the same numbers."""
        if not wanted.is_episode:
            for title in wanted.titles:
                yield from self._likeliest(title, self._films.holding(title))
            for title in wanted.also.titles:
                yield from self._beginning_with(title, self._films.holding_all(title))
            return
        shows = {show for title in wanted.titles for show in self._shows.holding(title)}
        shows.update(show for title in wanted.also.titles for show in self._shows.holding_all(title))
        for show in sorted(shows):
            if wanted.date:
                yield from self._dated.get((show, wanted.date), ())
            elif wanted.numbers is not None:
                key = _episode_key(show, wanted.numbers.season, wanted.numbers.episodes[0])
                yield from self._episodes.get(key, ())

    def _likeliest(self, title: str, films: Iterable[int]) -> list[bytes]:
        """Those of the films whose names begin most like a title."""

        best: list[tuple[int, bool, int, bytes]] = []
        for order, at in enumerate(films):
            least = best[0][0] if len(best) == MOST_COMPARED else 0
            beginnings = self._film_beginnings(at, len(title))
            likeness = max(folded_similarity(title, beginning, least) for beginning in beginnings)
            if likeness >= least:
                path = self._film_paths[at]
                name = os.fsdecode(os.path.basename(path))
                is_film = HINT.search(fold(name)) is None  # extras do not keep the film itself from being compared
                (heapq.heappushpop if len(best) == MOST_COMPARED else heapq.heappush)(
                    best, (likeness, is_film, -order, path)
                )
        return [path for *_, path in sorted(best, reverse=True)]

    def _beginning_with(self, title: str, films: Iterable[int]) -> list[bytes]:
        """Those of the films whose names begin with a title; an alternative title that is only alike finds nothing."""
        return [self._film_paths[at] for at in sorted(films) if title in self._film_beginnings(at, len(title))]

    def _film_beginnings(self, at: int, length: int) -> set[str]:
        """How the names of a film's file and of its folder begin, folded."""
        return {name[:length] for name in self._film_names[at].split("\n")}


def _episode_key(folder: int, season: int, episode: int) -> int:
    """One number for the number of a folder, a season and an episode (of at most five digits each): a hundred thousand
    of them take a third of the memory of tuples."""
    return (folder * 100_000 + season) * 100_000 + episode


def _words(name: str) -> set[str]:
    return set(fold_title(name).split()) - {""}
