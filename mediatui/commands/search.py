"""Searching releases, and the searches that are kept."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mediatui.commands.options import flag, number, text, word, words
from mediatui.commands.release_columns import (
    INDEXER_COLUMNS,
    RELEASE_COLUMNS,
    SEARCH_COLUMNS,
    ShownRelease,
    ShownSearch,
    answer_text,
)
from mediatui.model.errors import MediatuiError, UsageError
from mediatui.model.human import counted, date_time
from mediatui.model.release import IndexerAnswer
from mediatui.model.text import printable

if TYPE_CHECKING:
    import sqlite3

    from mediatui.acquire.search.options import SearchOptions
    from mediatui.acquire.search.row import ReleaseRow
    from mediatui.acquire.search.wanted import WantedKind
    from mediatui.commands.answer import Answer
    from mediatui.model.release import Search
    from mediatui.runtime.events import Event, Finished
    from mediatui.runtime.jobs import Job
    from mediatui.settings import Settings

WHERE = ("is:pack", "res:1080", "lang:french", "-is:cam", "seeders:>10", "badge:unknown")
SORT = "Sort key: score, age, size, seeders, title, res, indexer."
SORT_KEYS = ("score", "age", "size", "seeders", "title", "res", "indexer")


class SearchFailed(MediatuiError):
    """A search that ended without an answer."""

    def __init__(self, ended: Finished) -> None:
        super().__init__(ended.error or "", ended.hint)
        self.kind = ended.error_kind or "error"
        self.exit_code = ended.exit_code or 1


@dataclass(frozen=True, slots=True)
class SearchReleases:
    """The options of ``search``."""

    words: tuple[str, ...] = words("[TEXT]...")
    film: bool = flag("Search for a film.")
    series: bool = flag("Search for a series.")
    season: int | None = number("Of a series, this season.", least=0)
    episode: int | None = number("Of the season, this episode, or a pack of it.", least=0)
    tmdb: int | None = number("The film of this id at TMDB; with --series, the series.")
    tvdb: int | None = number("The series of this id at TVDB.")
    imdb: str | None = text("The film or series of this id at IMDb.", "ID", examples=("tt0133093",))
    indexers: tuple[str, ...] = text("Ask just this indexer.", "NAME", "--indexer", many=True)
    categories: tuple[int, ...] = number("Only this category of Prowlarr, such as 2040.", "--category", many=True)
    where: str | None = text("Only what this query matches.", "QUERY", examples=WHERE)
    sort: str | None = text(SORT, "KEY", examples=SORT_KEYS)
    limit: int | None = number("At most N releases.")
    media: str | None = text(
        "Search films and series themselves instead, by words or an id; of one series the seasons, with --season its "
        "episodes.", "TEXT", examples=("dune 2021", "tmdb:603", "tvdb:81189", "tt0133093"),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShowSearch:
    """The options of ``search show``."""

    search: int | None = word("N", "the number of a search", kind="number")
    where: str | None = text("Only what this query matches.", "QUERY", examples=WHERE)
    sort: str | None = text(SORT, "KEY", examples=SORT_KEYS)
    limit: int | None = number("At most N releases.")


async def search(answer: Answer, options: SearchReleases) -> int:
    """Asks the indexers, shows what they found and how each answered; returns the exit code. For a program, rows come
    as they are found, unless they are to be narrowed or sorted."""
    from mediatui.acquire.search.query import parse, sorted_by
    from mediatui.commands.job_kinds import SEARCH
    from mediatui.runtime.events import Finished, FoundRow

    if options.media is not None:
        from mediatui.commands.media import show_media

        return await show_media(answer, media_text(options), media_kind(options), options.season)
    wanted = job_options(options)
    parse(options.where or "")
    sorted_by((), options.sort or "score")
    streams = answer.json and options.where is None and options.sort is None and options.limit is None

    number = 0

    def show(job: Job, event: Event) -> None:
        nonlocal number
        if job is not started or isinstance(event, Finished):
            return
        if not isinstance(event, FoundRow):
            answer.event(event)
        elif event.type == "search":
            number = int(str(event.row["id"]))
        elif event.type == "indexer":
            one: Any = event.row
            answer.row("indexer", one)
            answer.said("info", f"{printable(one['indexer'])}: {answer_text(IndexerAnswer(**one))}")
        elif streams:
            answer.row(event.type, event.row)

    async with answer.workspace() as workspace:
        started = workspace.runner.start(SEARCH, wanted)
        unobserve = workspace.runner.observe(show)
        try:
            ended = await started.wait()
        except BaseException:
            started.cancel()
            await started.wait()
            if number:
                answer.said("warning", f"What was found so far is kept: mediatui --headless search show {number}")
            raise
        finally:
            unobserve()
        found = ended.counts.get("search")
        if isinstance(found, int) and not streams:
            settings = workspace.settings
            kept, rows = await workspace.read(read_search, found, settings)
            shown = _show(answer, kept, rows, options)
            if ended.error is None and (options.where is not None or options.limit is not None):
                ended = dataclasses.replace(ended, summary=f"{shown:,} shown of {ended.summary}")
    return _end(answer, ended)


async def list_searches(answer: Answer, options: object) -> int:
    """The searches that are kept, the newest first."""
    from mediatui.acquire.search.options import read_options
    from mediatui.store.releases.rows import all_searches

    async with answer.workspace() as workspace:
        kept = await workspace.read(all_searches)
    shown = [ShownSearch(one, read_options(one).shown) for one in kept]
    for one in shown:
        kept_one = one.search
        fields = {"id": kept_one.id, "text": kept_one.text, "options": one.options, "at": kept_one.at}
        answers = [dataclasses.asdict(answer) for answer in kept_one.indexers]
        answer.row("search", {**fields, "releases": kept_one.rows, "indexers": answers})
    answer.table(SEARCH_COLUMNS, shown)
    answer.result(f"{counted(len(kept), 'search', 'searches')} kept.", counts={"searches": len(kept)})
    return 0


async def show_search(answer: Answer, options: ShowSearch) -> int:
    """What a search found, as it is known now. No request is made."""
    assert options.search is not None
    async with answer.workspace() as workspace:
        settings = workspace.settings
        kept, rows = await workspace.read(read_search, options.search, settings)
    for one in kept.indexers:
        answer.row("indexer", dataclasses.asdict(one))
    shown = _show(answer, kept, rows, options)
    when = date_time(kept.at)
    summary = f"{counted(shown, 'release')} of search {kept.id}, {printable(kept.text)}, {when}."
    answer.result(summary, counts={"search": kept.id, "releases": len(rows), "shown": shown})
    return 0


def media_text(options: SearchReleases) -> str:
    """The words or the id of a search for films and series themselves. Raises UsageError for options that are for
    releases."""
    others = ("episode", "tmdb", "tvdb", "imdb", "indexers", "categories", "where", "sort", "limit")
    given = [name for name in others if getattr(options, name) not in (None, ())]
    if given:
        flag = {"indexers": "indexer", "categories": "category"}.get(given[0], given[0])
        hint = "An id is given as a word: search --media tmdb:603"
        raise UsageError(f"--{flag} is for releases and does not go with --media.", hint)
    return " ".join((options.media or "", *options.words))


def media_kind(options: SearchReleases) -> WantedKind | None:
    """The kind that is searched for; None for both. Raises UsageError for two of them."""
    if options.film and options.series:
        raise UsageError("--film and --series do not go together.", "Leave out both to search for anything.")
    return "film" if options.film else "series" if options.series or options.season is not None else None


def job_options(options: SearchReleases) -> SearchOptions:
    """The options of the job. Raises UsageError for options that do not go together."""
    from mediatui.acquire.search.options import SearchOptions
    from mediatui.acquire.search.query import asks_for_usenet

    if options.film and options.series:
        raise UsageError("--film and --series do not go together.", "Leave out both to search for anything.")
    if options.film and (options.season is not None or options.episode is not None):
        raise UsageError("A film has no season and no episode.", "Leave out --film.")
    if options.episode is not None and options.season is None:
        raise UsageError("--episode goes with --season.", "Say which season it is of.")
    given = [name for name in ("tmdb", "tvdb", "imdb") if getattr(options, name) is not None]
    if len(given) > 1:
        raise UsageError(f"--{given[0]} and --{given[1]} do not go together.", "One id is enough.")
    if options.tvdb is not None and options.film:
        raise UsageError("TVDB's ids are those of series.", "For a film give --tmdb or --imdb.")
    typed = " ".join(" ".join(options.words).split())
    if not typed and not given:
        raise UsageError("There is nothing to search for.", "Give the words of a title, or an id.")
    series = options.series or options.season is not None or options.tvdb is not None
    kind: WantedKind | None = "series" if series else "film" if options.film or options.tmdb else None
    return SearchOptions(
        typed, kind, options.season, options.episode, options.indexers, options.categories,
        asks_for_usenet(options.where or ""), options.tmdb or 0, options.tvdb or 0, _imdb(options.imdb),
    )  # fmt: skip


def _imdb(text: str | None) -> int:
    """The number of an id at IMDb, 0 for none. Raises UsageError for what is none."""
    if text is None:
        return 0
    number = text.strip().lower().removeprefix("tt")
    if not (number.isdecimal() and number.isascii() and 0 < int(number) < 10**10):
        raise UsageError(f"{printable(text)!r} is no id of IMDb.", "One looks like tt0133093.")
    return int(number)


def read_search(connection: sqlite3.Connection, number: int, settings: Settings) -> tuple[Search, list[ReleaseRow]]:
    """A search that is kept, and its releases with what is known of them now. Raises NoSearch."""
    from mediatui.acquire.search.job import read_wanted
    from mediatui.acquire.search.options import read_options
    from mediatui.acquire.search.row import rows_of
    from mediatui.store.releases.rows import find_search, releases_of

    kept = find_search(connection, number)
    wanted, preferred = read_wanted(connection, read_options(kept)), settings.acquire.preferred
    return kept, rows_of(connection, releases_of(connection, number), wanted, preferred)


def _show(answer: Answer, kept: Search, rows: Sequence[ReleaseRow], options: SearchReleases | ShowSearch) -> int:
    """Shows the releases that are asked for; returns how many. Those that have nothing to do with the search are for
    programs only."""
    from mediatui.acquire.search.query import parse, sorted_by
    from mediatui.acquire.search.row import as_json

    fits = parse(options.where or "")
    found = [row for row in rows if fits(row) and (answer.json or row.release.related)]
    found = sorted_by(found, options.sort or "score")[: options.limit]
    for row in found:
        answer.row("release", as_json(row))
    now = time.time()
    answer.table(RELEASE_COLUMNS, (ShownRelease(row, now) for row in found))
    if found:
        answer.line()
    answer.table(INDEXER_COLUMNS, kept.indexers)
    answer.line()
    return len(found)


def _end(answer: Answer, ended: Finished) -> int:
    """Ends the command as its job ended."""
    if ended.error is not None:
        raise SearchFailed(ended)
    code = {"partial": 1, "cancelled": 130}.get(ended.outcome, 0)
    counts = {"outcome": ended.outcome, "summary": ended.summary, **ended.counts}
    answer.result(ended.summary, ok=not code, counts=counts)
    return code
