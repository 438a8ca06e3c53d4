"""Scores a file as what a dead link may have led to, and says why in words."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mediatui.library.maintenance.known_titles import KnownTitles
from mediatui.library.maintenance.repair_links.ambiguous_titles import AmbiguousTitles
from mediatui.library.maintenance.repair_links.matching_numbers import (
    numbers_in_first_season,
    points_by_date,
    points_by_numbers,
    points_by_year,
)
from mediatui.library.maintenance.repair_links.parsed_names import ParsedNames
from mediatui.library.maintenance.repair_links.wanted import Wanted, series_folder
from mediatui.library.maintenance.same_series import names_of
from mediatui.library.maintenance.snapshot import LibrarySnapshot, TreeLink
from mediatui.library.maintenance.tools import MIN_SCORE
from mediatui.model.candidate import Candidate
from mediatui.names.claims import claims_of, why_another
from mediatui.names.dates import date_of
from mediatui.names.episode_numbers import episodes_of
from mediatui.names.parsed import ParsedName
from mediatui.names.series_names import Show, has_own_title, is_named, named_series
from mediatui.names.titles import fold_title, folded_similarity, same_title

OTHER_YEAR = 80
"""The highest score of a film of another year: a remake has the same title and is another film."""
SAME_TITLE = 90
"""From this likeness on a file with the name of the old file counts as that file; any other file is proposed without a
person only if it has the same title."""
OTHER_TITLE = 60
"""Below this likeness titles are of different things, whatever their numbers, and score less than this."""
NEAR_BONUS = 1


@dataclass(frozen=True, slots=True)
class Likeness:
    """How a file compares with what is wanted: how alike the titles are (0 to 100), whether they are the same, and the
    year in the file's name or folder."""

    percent: int
    same: bool
    year: int | None
    by_folder_alone: bool = False
    """Whether the file of an episode has a title of its own, which is another one than its folder's."""
    also: tuple[str, ...] = ()
    """The alternative titles that make the titles the same, or that the file's own name gives where its folder has a
    main one."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A file beside what a link wants. ``most`` is the highest score it may get, ``words`` are its reason so far;
    ``same_file`` says that by its name it is the file the link led to. ``likeness`` is None for an episode whose link
    has neither number nor date."""

    path: bytes
    name: str
    folders: Sequence[str]
    near: bool
    allowed: bool
    most: int
    same_file: bool = False
    likeness: Likeness | None = None
    words: tuple[str, ...] = ()


class Scorer:
    """Compares files with what links want: ``compare`` first, which is cheap, then ``judge`` the best of them."""

    def __init__(self, snapshot: LibrarySnapshot, names: ParsedNames, known_titles: KnownTitles) -> None:
        self._snapshot = snapshot
        self._names = names
        self._ambiguous_titles = AmbiguousTitles(snapshot, known_titles)

    def compare(self, link: TreeLink, wanted: Wanted, path: bytes, near: bool) -> Compared:
        """Compares the title and number of a file; ``near`` says that it lies beside the file the link led to."""
        name, folders = os.fsdecode(os.path.basename(path)), names_of(os.path.dirname(path))
        first_season = wanted.numbers is not None and wanted.numbers.season == 1
        numbers = (numbers_in_first_season if first_season else episodes_of)(name, folders)
        same_name = os.path.basename(path) == os.path.basename(link.pointed)
        allowed = numbers == wanted.numbers if wanted.is_episode else numbers is None
        if wanted.date:
            allowed = numbers is None and date_of(name) == wanted.date
        elif wanted.is_episode and wanted.numbers is None:
            most, why = 100 if same_name else 0, "the link has no episode number"
            return Compared(path, name, folders, near, False, most, words=(why,))
        likeness = self._likeness(wanted, name, folders)
        if same_name and allowed and (near or likeness.percent >= SAME_TITLE):
            return Compared(path, name, folders, near, allowed, 100, True, likeness)
        if wanted.date:
            points, word = points_by_date(allowed)
        elif wanted.is_episode:
            points, word = points_by_numbers(wanted.numbers, numbers)
        else:
            points, word = points_by_year(wanted.year, likeness.year)
        title = "an alternative title" if likeness.also else f"title {likeness.percent} %"
        score, words = likeness.percent + points, (title, word) if word else (title,)
        if near:
            score, words = score + NEAR_BONUS, (*words, "beside the old file")
        most = 99
        if not likeness.same:  # points for numbers do not make another show or film the same one
            most = MIN_SCORE - 1 if likeness.percent >= OTHER_TITLE else OTHER_TITLE - 1
        return Compared(path, name, folders, near, allowed, max(0, min(most, score)), False, likeness, words)

    def judge(self, wanted: Wanted, file: Compared) -> Candidate:
        """A file that was compared as a candidate: what else its name says may lower its score."""
        likeness = file.likeness
        if likeness is None:
            return Candidate(file.path, file.most, file.words[0], file.allowed)
        caveats = list(self._caveats(wanted, likeness))
        another = self._why_another(wanted, likeness, file) if file.allowed else ""  # others are never taken
        if another:
            caveats.append((MIN_SCORE - 1, another))
        most = min((most for most, _ in caveats), default=99)
        if file.same_file:
            if file.near and likeness.percent < SAME_TITLE and not self._has_title_and_numbers(file.name):
                why = "the same file name, which has no title"  # 01.mkv, movie.mkv
                return Candidate(file.path, MIN_SCORE - 1, why, file.allowed)
            if caveats and (wanted.is_episode or another or likeness.also or most == OTHER_YEAR):
                why = ", ".join(["the same file name", *(why for _, why in caveats)])
                return Candidate(file.path, most, why, file.allowed)
            return Candidate(file.path, 100, "the same file name")
        if likeness.same and likeness.by_folder_alone:
            caveats.append((MIN_SCORE - 1, "its own name has another title"))
        if not wanted.is_episode and self._is_one_of_several(wanted, file.path, file.name):
            caveats.append((MIN_SCORE - 1, "its own name is not the film's, and other videos lie beside it"))
        score = min([file.most, *(most for most, _ in caveats)])
        return Candidate(file.path, score, ", ".join([*file.words, *(word for _, word in caveats)]), file.allowed)

    def _caveats(self, wanted: Wanted, likeness: Likeness) -> Iterator[tuple[int, str]]:
        """Why a candidate of the right title may still be something else, each with the highest score it may get."""
        if wanted.named is not None:
            yield MIN_SCORE - 1, f"Sonarr says {wanted.numbers}, its name {wanted.named}"
        titles = likeness.also or wanted.titles
        if wanted.year and likeness.year:
            apart = abs(wanted.year - likeness.year)
            if apart > (0 if likeness.also else 1):
                yield OTHER_YEAR, f"another year ({likeness.year})"
        elif not wanted.is_episode:
            yield MIN_SCORE - 1, "no year to compare"
        if not wanted.is_episode:
            if self._ambiguous_titles.of_several_films(wanted, titles, likeness.year):
                yield MIN_SCORE - 1, "several films of this title and year are known"
        elif self._ambiguous_titles.of_several_series(wanted, titles, likeness.year if wanted.year else None):
            no_year = "" if wanted.year and likeness.year else "no year to compare, and "
            yield MIN_SCORE - 1, f"{no_year}the library has several series of this title"

    @staticmethod
    def _why_another(wanted: Wanted, likeness: Likeness, file: Compared) -> str:
        """Why a file is another half, part, cut or an extra, in words; empty where it may be what is wanted."""
        titles = (*wanted.titles, *likeness.also)
        claims = claims_of(file.name, file.folders, titles, is_episode=wanted.is_episode)
        return why_another(claims, wanted.link, wanted.old, is_episode=wanted.is_episode)

    def _is_one_of_several(self, wanted: Wanted, path: bytes, name: str) -> bool:
        """Whether only a file's folder has the title of the film, and that folder holds several videos."""
        parsed = self._names.parse(name)
        if _has_same_title(wanted.all_titles, [(parsed.folded, parsed.year)]):
            return False
        beside = self._snapshot.storage.folders.get(os.path.dirname(path), ())
        return sum(map(self._snapshot.places.is_video, beside)) > 1

    def _has_title_and_numbers(self, name: str) -> bool:
        """Whether a name has a title, and the year or numbers that identify a film or an episode of it."""
        parsed = self._names.parse(name)
        return parsed.folded != "" and (parsed.year is not None or parsed.strict)

    def _likeness(self, wanted: Wanted, name: str, folders: Sequence[str]) -> Likeness:
        """How alike the titles are at best, and the year in the file's name or folder."""
        parsed_names = [self._names.parse(name)]
        if wanted.is_episode:
            above = series_folder(folders)
            if above:
                parsed_names.append(self._names.parse(above))
        elif folders and (not parsed_names[0].folded or parsed_names[0].year is None):
            parsed_names.append(self._names.parse(folders[-1]))
        titles: Sequence[tuple[str, int | None]] = [(parsed.folded, parsed.year) for parsed in parsed_names]
        if wanted.is_episode and not _has_same_title(
            wanted.all_titles, titles
        ):  # a year may be the title's (Space 1999)
            whole = [(fold_title(f"{parsed.full_title} {parsed.year}"), None) for parsed in parsed_names if parsed.year]
            titles = whole if whole and _has_same_title(wanted.all_titles, whole) else titles
        best = max((folded_similarity(a, b) for a in wanted.titles for b in {b for b, _ in titles}), default=0)
        same = _has_same_title(wanted.titles, titles)
        also = () if same else tuple(title for title in wanted.also.titles if _has_same_title([title], titles))
        foreign = False
        if wanted.is_episode and (same or wanted.also.titles) and has_own_title(name):
            foreign = not _named_by(wanted.titles, parsed_names)
        if foreign and (by_name := _named_by(wanted.also.titles, parsed_names)):
            foreign, also = False, by_name
        year = next((year for _, year in titles if year is not None), None)
        return Likeness(100 if also else best, same or bool(also), year, foreign, also)


def _named_by(titles: Sequence[str], names: Sequence[ParsedName]) -> tuple[str, ...]:
    """Those of the titles that an episode's own name gives; or that its folder gives, whose title the name
    abbreviates."""
    found = named_series(names[0], names[1] if len(names) > 1 else None)
    return tuple(title for title in titles if is_named(found, Show(title, None), year_needed=False))


def _has_same_title(wanted: Iterable[str], titles: Iterable[tuple[str, int | None]]) -> bool:
    return any(same_title(a, b) for a in wanted for b in {b for b, _ in titles})
