"""repair-links: for each dead link, the files it could point at, scored, and why.

A link of an episode is only ever pointed at a file whose season and episode integers are the same by our own strict
rule (or by what Sonarr says of the link): other files are shown, never proposed.
"""

from __future__ import annotations

import bisect
import heapq
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mediatui.changes.steps.symlinks import RelinkSymlink
from mediatui.library.maintenance.repair_links.ambiguous_titles import AmbiguousTitles
from mediatui.library.maintenance.repair_links.matching_numbers import (
    numbers_in_first_season,
    points_by_date,
    points_by_numbers,
    points_by_year,
)
from mediatui.library.maintenance.repair_links.said_by_link import claims_of_link
from mediatui.library.maintenance.snapshot import LibrarySnapshot, TreeLink, judge_link
from mediatui.library.maintenance.tools import MIN_SCORE, ToolOptions
from mediatui.model.candidate import Candidate
from mediatui.model.finding import Finding
from mediatui.model.kinds import kind_of
from mediatui.model.text import fold, printable
from mediatui.names.claims import NO_CLAIMS, NameClaims, claims_of, why_another
from mediatui.names.counted_episodes import counted_episode, date_of
from mediatui.names.episode_numbers import (
    EpisodeNumbers,
    cut_name,
    episodes_of,
    placed_episodes,
    season_of_folder,
)
from mediatui.names.extras import HINT
from mediatui.names.parsed import ParsedName, known_names, library_title
from mediatui.names.titles import fold_title, folded_similarity, same_title
from mediatui.names.word_index import WordIndex
from mediatui.store.library.media import media_of_link
from mediatui.store.library.names import NameRow

OFFERED = 50
"""The least score at which a candidate is listed."""
MOST_LISTED = 10
MOST_COMPARED = 8
"""How many films whose names begin most like the title are compared in detail."""
OTHER_YEAR = 80
"""The highest score of a film of another year: a remake has the same title and is another film."""
SAME_TITLE = 90
"""From this likeness on a file with the name of the old file counts as that file; any other file is proposed without a
person only if it has the same title."""
OTHER_TITLE = 60
"""Below this likeness titles are of different things, whatever their numbers, and score less than this."""
NEAR_BONUS = 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a link should lead to, by its own name, its folders, and what is known of it. ``named`` are the numbers in
    its name where Sonarr's differ; ``date`` is that of an episode without numbers, as YYYY-MM-DD; ``link`` and ``old``
    is what its name and the file it led to say beyond that."""

    titles: tuple[str, ...]
    year: int | None
    numbers: EpisodeNumbers | None
    is_episode: bool
    named: EpisodeNumbers | None = None
    date: str = ""
    link: NameClaims = NO_CLAIMS
    old: NameClaims = NO_CLAIMS


@dataclass(frozen=True, slots=True)
class Likeness:
    """How a file compares with what is wanted: how alike the titles are (0 to 100), whether they are the same, and the
    year in the file's name or folder."""

    percent: int
    same: bool
    year: int | None


class Finder:
    """Finds candidates in a library snapshot. Storage is indexed once: shows and films by the words of their names,
    episodes by the folder they lie in and their numbers."""

    def __init__(self, snapshot: LibrarySnapshot) -> None:
        self._snapshot = snapshot
        self._ambiguous_titles = AmbiguousTitles(snapshot)
        self._shows = WordIndex()
        self._episodes: dict[tuple[int, int, int], list[bytes]] = {}
        self._dated: dict[tuple[int, str], list[bytes]] = {}
        self._films = WordIndex()
        self._film_paths: list[bytes] = []
        self._sorted_folders: list[bytes] | None = None
        self._parsed: dict[str, ParsedName] = {}
        self._fresh: list[NameRow] = []
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
        folders = _folder_names(folder)
        words: set[str] = set()
        begun: set[str] = set()
        for raw in names:
            name, path = os.fsdecode(raw), folder + b"/" + raw
            numbers = numbers_in_first_season(name, folders)
            if numbers is None and (date := date_of(name)):
                self._dated.setdefault((number, date), []).append(path)
                words |= _words(name[: name.find(date[:4])]) | _words(_series_folder(folders))
            if numbers is None:
                self._films.add(len(self._film_paths), {*_words(name), *_words(folders[-1])})
                self._film_paths.append(path)
                continue
            for episode in numbers.episodes:
                self._episodes.setdefault((number, numbers.season, episode), []).append(path)
            placed = placed_episodes(cut_name(name))
            beginning = name[: placed.start] if placed else (counted_episode(name) or ("",))[0]
            if beginning not in begun:
                begun.add(beginning)
                words |= _words(beginning)
            if not words or len(begun) == 1:
                words |= _words(_series_folder(folders)) | _words(folders[-1])
        if words:
            self._shows.add(number, words)

    def candidates(self, link: TreeLink, title: str = "") -> list[Candidate]:
        """The files a dead link could point at, best first, those that score at least OFFERED; with a ``title`` that
        somebody typed, the files found by that."""
        wanted = self._titled(self.wanted(link), title) if title else self.wanted(link)
        found: dict[bytes, Candidate] = {}
        near = set(self._near(link))
        for path in (*near, *self._alike(wanted)):
            if path not in found:
                candidate = self._score(link, wanted, path, path in near)
                if candidate.score >= OFFERED:
                    found[path] = candidate
        name = os.fsdecode(os.path.basename(link.pointed))
        resolution = _resolution(name)

        def rank(file: Candidate) -> tuple[bool, int, bool, int, bytes]:
            file_name = os.fsdecode(os.path.basename(file.path))
            return (
                not file.allowed, -file.score, _resolution(file_name) != resolution,
                -folded_similarity(fold(file_name), fold(name)), file.path,
            )  # fmt: skip

        return sorted(found.values(), key=rank)[:MOST_LISTED]

    def wanted(self, link: TreeLink) -> Wanted:
        """What a link should lead to; the records of Sonarr and Radarr take precedence over its name."""
        name, folders = os.fsdecode(os.path.basename(link.path)), _folder_names(os.path.dirname(link.path))
        numbers = episodes_of(name, folders)
        is_episode = numbers is not None or kind_of(link.path, self._snapshot.places.roots) == "episode"
        titles: list[str] = []
        year, named = None, None
        media = media_of_link(self._snapshot.connection, link.path)
        if media is not None:
            titles += filter(None, (media.title, media.original_title))
            year = media.year
            if media.kind == "episode" and media.season is not None and media.episodes:
                is_episode = True
                by_service = EpisodeNumbers(media.season, media.episodes)
                agrees = numbers is not None and (
                    by_service.season == numbers.season and set(by_service.episodes) <= set(numbers.episodes)
                )
                if not agrees:
                    numbers, named = by_service, numbers
        own = library_title(name)
        if is_episode:
            shown = _series_folder(folders)
            series = library_title(shown)
            titles.append(series[0] if series else shown)
            year = year or (series[1] if series else None)
        if own is not None:
            titles.append(own[0])
            year = year or own[1]
        elif not titles or not is_episode:
            parsed = self._parse(name)
            titles.append(parsed.full_title)
            year = year or parsed.year
        known = tuple(dict.fromkeys(filter(None, map(fold_title, titles))))
        date = date_of(name) if is_episode and numbers is None else ""
        return Wanted(
            known, year, numbers, is_episode, named, date, *claims_of_link(link, known, is_episode=is_episode)
        )

    def _titled(self, wanted: Wanted, text: str) -> Wanted:
        """``wanted`` with another title, and with the year after the title, if it has one."""
        own = library_title(text)
        parsed = self._parse(text)
        title, year = own or (parsed.full_title or text, parsed.year)
        return replace(wanted, titles=(fold_title(title) or fold_title(text),), year=year)

    def _near(self, link: TreeLink) -> Iterator[bytes]:
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

    def _alike(self, wanted: Wanted) -> Iterator[bytes]:
        """Files from the index whose names hold the words of a title; for an episode those of the same numbers."""
        if not wanted.is_episode:
            for title in wanted.titles:
                yield from self._films_like(title)
        elif wanted.date:
            for title in wanted.titles:
                for show in self._shows.holding(title):
                    yield from self._dated.get((show, wanted.date), ())
        elif wanted.numbers is not None:
            season, episode = wanted.numbers.season, wanted.numbers.episodes[0]
            for title in wanted.titles:
                for show in self._shows.holding(title):
                    yield from self._episodes.get((show, season, episode), ())

    def _films_like(self, title: str) -> list[bytes]:
        """The films whose names begin most like a title."""
        found = [self._film_paths[at] for at in self._films.holding(title)]

        def likeness(path: bytes) -> tuple[int, bool]:
            folder, _, name = path.rpartition(b"/")
            shown = (os.fsdecode(name), os.fsdecode(os.path.basename(folder)))
            best = max(folded_similarity(title, fold_title(text)[: len(title)]) for text in shown)
            return best, HINT.search(fold(shown[0])) is None  # extras do not keep the film itself from being compared

        return heapq.nlargest(MOST_COMPARED, found, key=likeness)

    def _score(self, link: TreeLink, wanted: Wanted, path: bytes, near: bool) -> Candidate:
        name, folders = os.fsdecode(os.path.basename(path)), _folder_names(os.path.dirname(path))
        first_season = wanted.numbers is not None and wanted.numbers.season == 1
        numbers = (numbers_in_first_season if first_season else episodes_of)(name, folders)
        same_name = os.path.basename(path) == os.path.basename(link.pointed)
        allowed = numbers == wanted.numbers if wanted.is_episode else numbers is None
        if wanted.date:
            allowed = numbers is None and date_of(name) == wanted.date
        elif wanted.is_episode and wanted.numbers is None:
            return Candidate(path, 100 if same_name else 0, "the link has no episode number", allowed=False)
        likeness = self._likeness(wanted, name, folders)
        caveats = list(self._caveats(wanted, likeness))
        another = self._why_another(wanted, name, folders) if allowed else ""  # others are never taken
        if another:
            caveats.append((MIN_SCORE - 1, another))
        most = min((most for most, _ in caveats), default=99)
        if same_name and allowed and (near or likeness.percent >= SAME_TITLE):
            if near and likeness.percent < SAME_TITLE and not self._has_title_and_numbers(name):  # 01.mkv, movie.mkv
                return Candidate(path, MIN_SCORE - 1, "the same file name, which has no title", allowed)
            if caveats and (wanted.is_episode or another or most == OTHER_YEAR):
                return Candidate(path, most, ", ".join(["the same file name", *(why for _, why in caveats)]), allowed)
            return Candidate(path, 100, "the same file name")
        if wanted.date:
            points, word = points_by_date(allowed)
        elif wanted.is_episode:
            points, word = points_by_numbers(wanted.numbers, numbers)
        else:
            points, word = points_by_year(wanted.year, likeness.year)
        score, why = likeness.percent + points, [f"title {likeness.percent} %", *filter(None, (word,))]
        if near:
            score, why = score + NEAR_BONUS, [*why, "beside the old file"]
        if not likeness.same:  # points for numbers do not make another show or film the same one
            most = min(most, MIN_SCORE - 1 if likeness.percent >= OTHER_TITLE else OTHER_TITLE - 1)
        if not wanted.is_episode and self._is_one_of_several(wanted, path, name):
            caveats.append((MIN_SCORE - 1, "its own name is not the film's, and other videos lie beside it"))
            most = min(most, MIN_SCORE - 1)
        return Candidate(path, max(0, min(most, score)), ", ".join([*why, *(word for _, word in caveats)]), allowed)

    def _caveats(self, wanted: Wanted, likeness: Likeness) -> Iterator[tuple[int, str]]:
        """Why a candidate of the right title may still be something else, each with the highest score it may get."""
        if wanted.named is not None:
            yield MIN_SCORE - 1, f"Sonarr says {wanted.numbers}, its name {wanted.named}"
        if wanted.year and likeness.year:
            if abs(wanted.year - likeness.year) > 1:
                yield OTHER_YEAR, f"another year ({likeness.year})"
        elif not wanted.is_episode:
            yield MIN_SCORE - 1, "no year to compare"
        elif not self._ambiguous_titles.series.isdisjoint(wanted.titles):
            yield MIN_SCORE - 1, "no year to compare, and the library has several series of this title"
        if not wanted.is_episode and any(
            (title, wanted.year) in self._ambiguous_titles.films for title in wanted.titles
        ):
            yield MIN_SCORE - 1, "several films of this title and year are known"

    @staticmethod
    def _why_another(wanted: Wanted, name: str, folders: Sequence[str]) -> str:
        """Why a file is another half, part, cut or an extra, in words; empty where it may be what is wanted."""
        claims = claims_of(name, folders, wanted.titles, is_episode=wanted.is_episode)
        return why_another(claims, wanted.link, wanted.old, is_episode=wanted.is_episode)

    def _is_one_of_several(self, wanted: Wanted, path: bytes, name: str) -> bool:
        """Whether only a file's folder has the title of the film, and that folder holds several videos."""
        parsed = self._parse(name)
        if _has_same_title(wanted, [(parsed.folded, parsed.year)]):
            return False
        beside = self._snapshot.storage.folders.get(os.path.dirname(path), ())
        return sum(map(self._snapshot.places.is_video, beside)) > 1

    def _has_title_and_numbers(self, name: str) -> bool:
        """Whether a name has a title, and the year or numbers that identify a film or an episode of it."""
        parsed = self._parse(name)
        return parsed.folded != "" and (parsed.year is not None or parsed.strict)

    def _likeness(self, wanted: Wanted, name: str, folders: Sequence[str]) -> Likeness:
        """How alike the titles are at best, and the year in the file's name or folder."""
        parsed_names = [self._parse(name)]
        if wanted.is_episode:
            series_folder = _series_folder(folders)
            if series_folder:
                parsed_names.append(self._parse(series_folder))
        elif folders and (not parsed_names[0].folded or parsed_names[0].year is None):
            parsed_names.append(self._parse(folders[-1]))
        titles: Sequence[tuple[str, int | None]] = [(parsed.folded, parsed.year) for parsed in parsed_names]
        if wanted.is_episode and not _has_same_title(wanted, titles):  # a year may be the title's (Space 1999)
            whole = [(fold_title(f"{parsed.full_title} {parsed.year}"), None) for parsed in parsed_names if parsed.year]
            titles = whole if _has_same_title(wanted, whole) else titles
        best = max((folded_similarity(a, b) for a in wanted.titles for b, _ in titles), default=0)
        year = next((year for _, year in titles if year is not None), None)
        return Likeness(best, _has_same_title(wanted, titles), year)

    def _parse(self, name: str) -> ParsedName:
        if name not in self._parsed:
            known = known_names(self._snapshot.connection, [name])
            self._parsed |= known.parsed
            self._fresh += known.fresh
            if len(self._fresh) >= 500:
                self.flush()
        return self._parsed[name]

    def flush(self) -> None:
        """Sends the names that were parsed, to be stored."""
        if self._fresh:
            self._snapshot.reporter.store("names", self._fresh)
            self._fresh = []


def _has_same_title(wanted: Wanted, titles: Iterable[tuple[str, int | None]]) -> bool:
    return any(same_title(a, b) for a in wanted.titles for b, _ in titles)


def _folder_names(folder: bytes) -> list[str]:
    return [part for part in os.fsdecode(folder).split("/") if part]


def _series_folder(folders: Sequence[str]) -> str:
    """The folder of a series: the nearest that is no season's."""
    return next((name for name in reversed(folders) if season_of_folder(name) is None), folders[-1] if folders else "")


def _words(name: str) -> set[str]:
    return set(fold_title(name).split()) - {""}


def _resolution(name: str) -> str:
    lowered = name.lower()
    return next((word for word in ("2160p", "1080p", "720p", "480p") if word in lowered), "")


def find(snapshot: LibrarySnapshot, options: ToolOptions) -> Mapping[str, object]:
    """Reports every dead link with its candidates; those that score ``min_score`` or more are proposed."""
    if options.link:
        return _find_titled(snapshot, options)
    tree = snapshot.tree
    dead = [link for link in tree.links if link.state in ("broken", "loop", "wrong kind")]
    finder = Finder(snapshot)
    snapshot.reporter.phase("looking for candidates", len(dead))
    counts: Counter[str] = Counter()
    for number, link in enumerate(dead, 1):
        finding = finding_of(link, finder.candidates(link), options.min_score)
        counts["proposed"] += bool(finding.steps)
        snapshot.reporter.found(finding)
        if number % 20 == 0:
            snapshot.reporter.progress(number, len(dead), os.path.basename(os.fsdecode(link.path)))
    finder.flush()
    unknown = sum(1 for link in tree.links if link.state == "unknown")
    return {"looked_at": len(tree.links), "dead": len(dead), "unknown": unknown, "proposed": counts["proposed"]}


def _find_titled(snapshot: LibrarySnapshot, options: ToolOptions) -> Mapping[str, object]:
    link = judge_link(os.fsencode(options.link), snapshot.places, snapshot.storage)
    finder = Finder(snapshot)
    snapshot.reporter.found(finding_of(link, finder.candidates(link, options.title), options.min_score))
    finder.flush()
    return {"looked_at": 1}


def finding_of(link: TreeLink, candidates: Sequence[Candidate], min_score: int) -> Finding:
    """The finding of a dead link."""
    facts = {"candidates": [candidate.as_fact() for candidate in candidates], "state": link.state}
    best = next((candidate for candidate in candidates if candidate.allowed), None)
    if best is None:
        why = "no file like it was found" if not candidates else f"only {candidates[0].why}"
        return Finding("no candidate", link.path, why, link.target, facts)
    reason = f"{best.score}: {printable(os.fsdecode(os.path.basename(best.path)))} ({best.why})"
    steps = (relink(link, best),) if best.score >= min_score else ()
    return Finding("repair", link.path, reason, link.target, {**facts, "score": best.score}, steps)


def relink(link: TreeLink, candidate: Candidate) -> RelinkSymlink:
    """The step that points a link at a candidate."""
    path = os.fsdecode(link.path)
    return RelinkSymlink(
        what=printable(path), path=path, target=os.fsdecode(link.target), new_target=os.fsdecode(candidate.path),
        reason=f"{candidate.score}: {candidate.why}", state="wrong kind" if link.state == "wrong kind" else "broken",
    )  # fmt: skip
