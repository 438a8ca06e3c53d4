"""The job of a search: every indexer is asked alone, several at once, and its rows are there as it answers."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from typing import TYPE_CHECKING, Final

from mediatui.acquire.search.ask import IndexerRows, ask_indexer
from mediatui.acquire.search.gather import Gathered
from mediatui.acquire.search.identify import Note, identify_once, known_titles
from mediatui.acquire.search.options import SearchOptions
from mediatui.acquire.search.parsed import with_parsed
from mediatui.acquire.search.row import ReleaseRow, as_json, rows_of
from mediatui.acquire.search.wanted import Wanted, wanted_by_id, wanted_of
from mediatui.model.errors import UsageError
from mediatui.model.human import counted
from mediatui.model.release import FoundRelease, IndexerAnswer, Release
from mediatui.model.text import join_words, printable
from mediatui.runtime.context import Context
from mediatui.runtime.events import Event, Finished, FoundRow, Phase, Progress, Said
from mediatui.store.releases.rows import begin_search, store_answers, store_releases
from mediatui.system.threads import in_thread

if TYPE_CHECKING:
    from mediatui.services.prowlarr.client import Prowlarr
    from mediatui.services.prowlarr.records import Indexer

ROWS_AT_ONCE: Final = 100
NO_ANSWER: Final = 3
"""Exit code: no indexer answered."""


def read_wanted(connection: sqlite3.Connection, options: SearchOptions) -> Wanted:
    """What a search is for. Of a film or series by its id, titles and year are those the library knows, else the words
    typed. Raises UsageError when there are neither."""
    ids = options.ids
    if not ids:
        return wanted_of(options.text, options.kind, options.season, options.episode)
    kind = options.kind or "film"
    titles, year = known_titles(connection, kind, ids)
    titles, year = [*options.titles, *titles], options.year or year
    if options.text:
        said = wanted_of(options.text, kind, options.season, options.episode)
        titles, year = [options.text, *titles], year or said.year
    if not titles:
        raise UsageError(
            "The library knows no title of that id.",
            "Give the words of its title too: search TEXT with the id; or set metadata.tmdb_key or metadata.tvdb_key.",
        )
    return wanted_by_id(ids, titles, year, kind, options.season, options.episode, options.also)


async def search(ctx: Context, options: SearchOptions) -> AsyncGenerator[Event, None]:
    """Asks the indexers and stores what they find. Ends with exit code 1 when some of them did not answer, with 3 when
    none did. Raises UsageError, ServiceError when Prowlarr itself does not answer."""
    if not ctx.settings.prowlarr.enabled:
        raise UsageError(
            "Releases are searched with Prowlarr, and prowlarr.enabled is false.",
            "Set prowlarr.url and prowlarr.api_key, then: mediatui config set prowlarr.enabled true",
        )
    yield Phase("asking Prowlarr for its indexers")
    prowlarr = ctx.prowlarr()
    naming = asyncio.ensure_future(_identified(ctx, options))  # both at once: neither needs the other
    try:
        asking = asyncio.ensure_future(prowlarr.indexers())
        async with contextlib.aclosing(_said_meanwhile(prowlarr, asking)) as texts:
            async for text in texts:
                yield Said("info", text)
        indexers = _chosen(await asking, options, ctx.settings.prowlarr.indexers)
        options, notes = await naming
        for level, note in notes:
            yield Said(level, note)
        wanted = await ctx.db.read(read_wanted, options)
        number = await ctx.db.write(begin_search, options.called or wanted.titles[0], options.stored, ctx.clock())
        yield FoundRow("search", {"id": number, "text": options.called or wanted.titles[0], "options": options.shown})
        yield Phase(f"asking {counted(len(indexers), 'indexer')}", len(indexers))
        running = _Search(ctx, prowlarr, options, wanted, number)
        async with contextlib.aclosing(running.run(indexers)) as events:
            async for event in events:
                yield event
    finally:
        naming.cancel()
        await asyncio.gather(naming, return_exceptions=True)
        await prowlarr.close()
    yield running.finished(number)


async def _identified(ctx: Context, options: SearchOptions) -> tuple[SearchOptions, list[Note]]:
    section = ctx.settings.metadata
    if not section.in_use:
        return options, []
    return await identify_once(ctx.db, ctx.catalogs(), options, section.languages, ctx.clock())


async def _said_meanwhile(prowlarr: Prowlarr, asking: asyncio.Future[list[Indexer]]) -> AsyncGenerator[str, None]:
    """What is to be said while Prowlarr is asked, as that it is starting up: each text once."""
    said: asyncio.Queue[str] = asyncio.Queue()
    prowlarr.on_wait(said.put_nowait)
    asking.add_done_callback(lambda _: said.put_nowait(""))
    before = ""
    try:
        while text := await said.get():
            if text != before:
                yield text
            before = text
    finally:
        asking.cancel()


class _Search:
    """One search while it runs."""

    def __init__(self, ctx: Context, prowlarr: Prowlarr, options: SearchOptions, wanted: Wanted, number: int) -> None:
        self._ctx, self._prowlarr, self._options, self._wanted = ctx, prowlarr, options, wanted
        self._gathered = Gathered(self._wanted, number, ctx.clock())
        self._number = number
        self._queue: asyncio.Queue[IndexerRows | IndexerAnswer] = asyncio.Queue()
        self._answers: list[IndexerAnswer] = []
        self._begun = asyncio.Event()
        """Set once the first rows are stored: until then nothing else takes the processor from them."""

    async def run(self, indexers: Sequence[Indexer]) -> AsyncGenerator[Event, None]:
        """The events of the search, until every indexer has answered or was given up."""
        slots = asyncio.Semaphore(self._ctx.settings.prowlarr.parallel)
        tasks = [asyncio.create_task(self._ask(indexer, slots)) for indexer in indexers]
        try:
            while len(self._answers) < len(indexers):
                found, ended = await self._next()
                stored = await self._store(found)
                if found:
                    self._begun.set()
                for count, row in enumerate(stored, 1):
                    yield FoundRow("release", as_json(row))
                    if count % ROWS_AT_ONCE == 0:
                        await asyncio.sleep(0)  # thousands of rows let others have their turn
                for answer in ended:
                    unrelated = self._gathered.unrelated[answer.indexer_id]
                    self._answers.append(dataclasses.replace(answer, unrelated=unrelated))
                    await self._ctx.db.write(store_answers, self._number, self._answers)
                    yield FoundRow("indexer", dataclasses.asdict(self._answers[-1]))
                    yield Progress(len(self._answers), len(indexers), printable(answer.indexer), steady=False)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _ask(self, indexer: Indexer, slots: asyncio.Semaphore) -> None:
        async with slots:
            began = time.monotonic()
            try:
                async with contextlib.aclosing(
                    ask_indexer(self._prowlarr, indexer, self._wanted, self._options.categories, self._ctx.clock)
                ) as answers:
                    async for answer in answers:
                        self._queue.put_nowait(answer)
                        if isinstance(answer, IndexerRows) and answer.rows:
                            await self._begun.wait()
            except Exception as error:  # one indexer must not end the search of the others
                ms = int((time.monotonic() - began) * 1000)
                said = f"{type(error).__name__}: {printable(str(error), empty='')}"
                self._queue.put_nowait(IndexerAnswer(indexer.id, indexer.name, "did not answer", ms=ms, detail=said))

    async def _next(self) -> tuple[list[IndexerRows], list[IndexerAnswer]]:
        """Everything that came since it was asked last; waits for something to come."""
        arrived = [await self._queue.get()]
        while not self._queue.empty():
            arrived.append(self._queue.get_nowait())
        rows = [one for one in arrived if isinstance(one, IndexerRows)]
        return rows, [one for one in arrived if isinstance(one, IndexerAnswer)]

    async def _store(self, found: Sequence[IndexerRows]) -> list[ReleaseRow]:
        """Takes rows in; those of releases that are new."""
        rows = [row for one in found for row in one.rows if self._options.usenet or row.protocol == "torrent"]
        places, parsed = await in_thread(lambda: self._take(rows))  # of thousands it takes a while
        if not places:
            return []
        releases = self._gathered.releases
        new = [at for at in places if not releases[at].number]
        stored = await self._ctx.db.write(store_releases, parsed)
        for at, release in zip(places, stored, strict=True):
            releases[at] = release
        preferred = self._ctx.settings.acquire.preferred
        return await self._ctx.db.read(rows_of, [releases[at] for at in new], self._wanted, preferred)

    def _take(self, rows: Sequence[FoundRelease]) -> tuple[list[int], list[Release]]:
        """Puts rows together with those before; the places of the releases that changed, and what their titles say."""
        places = self._gathered.add(rows)
        return places, [with_parsed(self._gathered.releases[at]) for at in places]

    def finished(self, number: int) -> Finished:
        """How the search ended."""
        releases, answers = self._gathered.releases, self._answers
        related = sum(release.related for release in releases)
        asked = [one for one in answers if one.outcome not in ("switched off", "not asked")]
        silent = [one for one in asked if one.outcome != "answered"]
        counts = Counter(one.outcome for one in answers)
        others = f" ({len(releases) - related:,} more have nothing to do with it)" if len(releases) > related else ""
        summary = f"{counted(related, 'release')}{others}, search {number}."
        if silent:
            summary += f" {join_words([f'{printable(one.indexer)} {_words(one)}' for one in silent])}."
        totals = {
            "search": number, "releases": len(releases), "related": related, "indexers": len(answers),
            "answered": counts["answered"], "silent": len(silent),
        }  # fmt: skip
        if asked and len(silent) == len(asked):
            hint = "Their lines say what is known of each; Prowlarr's own page System, Events says more."
            return Finished("failed", summary, totals, f"No indexer answered. {summary}", "no-answer", hint, NO_ANSWER)
        return Finished("partial" if silent else "done", summary, totals)


def _words(answer: IndexerAnswer) -> str:
    return answer.outcome if answer.outcome == "did not answer" else f"is {answer.outcome}"


def _chosen(indexers: Sequence[Indexer], options: SearchOptions, configured: Sequence[str]) -> list[Indexer]:
    """The indexers to ask: those named, else those of the settings, else all; those of usenet where that is wanted.
    Raises UsageError for a name that none has."""
    named = options.indexers or tuple(configured)
    by_name = {one.name.casefold(): one for one in indexers}
    if unknown := [name for name in named if name.casefold() not in by_name]:
        where = "--indexer" if options.indexers else "prowlarr.indexers"
        raise UsageError(
            f"Prowlarr has no indexer {join_words([printable(name) for name in unknown], 'or')} ({where}).",
            f"There are: {', '.join(printable(one.name) for one in indexers) or 'none'}.",
        )
    chosen = [by_name[name] for name in dict.fromkeys(map(str.casefold, named))] if named else list(indexers)
    chosen = [one for one in chosen if one.can_search and (options.usenet or one.protocol == "torrent")]
    if not chosen:
        raise UsageError("Prowlarr has no indexer of torrents to search.", "Add one in Prowlarr.")
    return chosen
