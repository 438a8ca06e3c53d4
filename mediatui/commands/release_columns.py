"""The columns of releases, of searches and of the answers of indexers, each declared once for both faces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mediatui.commands.columns import Column
from mediatui.model.human import counted, date, date_time, short_moment, size_text
from mediatui.model.release import IndexerAnswer, Search
from mediatui.model.target import shown_targets, targets_from_text
from mediatui.model.text import printable

if TYPE_CHECKING:
    from mediatui.acquire.search.row import ReleaseRow


@dataclass(frozen=True, slots=True)
class ShownRelease:
    """A release to show, at what time (epoch seconds)."""

    row: ReleaseRow
    now: float


def _title(shown: ShownRelease) -> str:
    return printable(shown.row.release.first.title)


def _size(shown: ShownRelease) -> str:
    size = shown.row.release.first.size
    return "?" if size is None else size_text(size)


def _seeders(shown: ShownRelease) -> str:
    seeders = shown.row.release.first.seeders
    return "" if seeders is None else f"{seeders:,}"


def _age(shown: ShownRelease) -> str:
    """How old a release is, in one unit: ``12m``, ``5h``, ``412d``."""
    at = shown.row.release.first.published_at
    if at is None:
        return ""
    minutes = max(0, int(shown.now - at) // 60)
    return f"{minutes}m" if minutes < 60 else f"{minutes // 60}h" if minutes < 1440 else f"{minutes // 1440:,}d"


def _indexer(shown: ShownRelease) -> str:
    release = shown.row.release
    more = f" +{len(release.also)}" if release.also else ""
    return f"{printable(release.first.indexer)}{more}"


def _here(shown: ShownRelease) -> str:
    known = shown.row.known
    refused = f"refused {date(known.refused_at)}"
    words = [refused if marker == "refused" else marker for marker in known.markers if marker != "new"]
    return ", ".join((known.text, *words))


def _score(shown: ShownRelease) -> str:
    return f"{shown.row.score}"


def _number(shown: ShownRelease) -> str:
    return shown.row.release.name


def chosen_for(row: ReleaseRow) -> str:
    """What a person chose a release for; empty when nothing was."""
    chosen = targets_from_text(row.release.target)
    return f"{printable(shown_targets(chosen))}, chosen by you" if chosen else ""


def for_text(row: ReleaseRow) -> str:
    """What a name says it is of: ``S02``, ``S02E03-E05``, ``S01-S04``, a date, an absolute number, the year of a film;
    empty when it says nothing."""
    columns = row.columns
    if columns.date:
        return columns.date
    episodes = _range("E", columns.episodes or columns.absolute)
    return f"{_range('S', columns.seasons)}{episodes}" or (str(columns.year) if columns.year else "")


def _for(shown: ShownRelease) -> str:
    """What a release is for: what a person chose, with a sign, else what its name says."""
    chosen = targets_from_text(shown.row.release.target)
    if not chosen:
        return for_text(shown.row)
    return f"{chosen[0].target.numbers or chosen[0].target.year or 'film'} ✓"


def _range(letter: str, numbers: Sequence[int]) -> str:
    if not numbers:
        return ""
    last = f"-{letter}{numbers[-1]:02d}" if len(numbers) > 1 else ""
    return f"{letter}{numbers[0]:02d}{last}"


def _resolution(shown: ShownRelease) -> str:
    return str(shown.row.columns.resolution or "")


def _languages(shown: ShownRelease) -> str:
    return " ".join(shown.row.columns.languages[:2])


RELEASE_COLUMNS: Final[tuple[Column[ShownRelease], ...]] = (
    Column("N", headless=_number),
    Column("Score", _score, right=True, rank=7, spare=True, sort="score"),
    Column("Title", _title, _title, cut="name", least=32, sort="title"),
    Column("Size", _size, _size, right=True, rank=2, sort="size"),
    Column("Age", _age, _age, right=True, rank=4, sort="age"),
    Column("Seeds", _seeders, _seeders, right=True, rank=3, sort="seeders"),
    Column("Res", _resolution, right=True, rank=5, spare=True, sort="res"),
    Column("Lang", _languages, rank=6, spare=True),
    Column("For", _for, rank=5),
    Column("Indexer", _indexer, _indexer, rank=8, sort="indexer"),
    Column("Here", _here, _here, rank=1, keeps=True),
)


def answer_text(answer: IndexerAnswer) -> str:
    """How an indexer answered, in words."""
    if answer.outcome == "answered":
        parts = [counted(answer.rows, "row")]
        if answer.unrelated:
            parts.append(f"{answer.unrelated:,} {'has' if answer.unrelated == 1 else 'have'} nothing to do with it")
        if answer.queries > 1:
            parts.append(counted(answer.queries, "query", "queries"))
    else:
        parts = [f"{answer.outcome}, {counted(answer.rows, 'row')} before that" if answer.rows else answer.outcome]
    if answer.until is not None:
        until = f"until {short_moment(answer.until)}"
        parts = [f"paused {until}"] if parts == ["paused"] else [*parts, f"paused {until}"]
    if answer.detail:
        parts.append(printable(answer.detail))
    return ", ".join(parts)


INDEXER_COLUMNS: Final[tuple[Column[IndexerAnswer], ...]] = (
    Column("Indexer", headless=lambda one: printable(one.indexer)),
    Column("ms", headless=lambda one: f"{one.ms:,}" if one.queries else "", right=True),
    Column("Answer", headless=answer_text),
)


@dataclass(frozen=True, slots=True)
class ShownSearch:
    """A stored search, and its options as they are typed."""

    search: Search
    options: str


SEARCH_COLUMNS: Final[tuple[Column[ShownSearch], ...]] = (
    Column("N", headless=lambda one: f"{one.search.id}", right=True),
    Column("When", headless=lambda one: date_time(one.search.at)),
    Column("Searched", headless=lambda one: printable(f"{one.search.text} {one.options}".strip()), cut="end", least=20),
    Column("Releases", headless=lambda one: f"{one.search.rows:,}", right=True),
    Column("Indexers", headless=lambda one: _answered(one.search)),
)


def _answered(search: Search) -> str:
    answered = sum(one.outcome == "answered" for one in search.indexers)
    return f"{answered:,} of {len(search.indexers):,} answered"
