"""Asking one indexer: its queries one after the other, and why it found nothing.

An empty answer alone says nothing: it may have failed, be paused, or be at its limit. Prowlarr's list of paused
indexers and their capabilities tell, and no clock is compared.
"""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mediatui.acquire.search.parsed import columns_once
from mediatui.acquire.search.queries import PAUSE_S, queries_for
from mediatui.acquire.search.wanted import Wanted, covers, folded_name, is_related
from mediatui.model.release import FoundRelease, IndexerAnswer, Outcome
from mediatui.services.errors import ServiceError

if TYPE_CHECKING:
    from mediatui.services.prowlarr.client import Prowlarr
    from mediatui.services.prowlarr.records import Indexer

_STATES: Final[dict[str, Outcome]] = {
    "paused": "paused", "at its limit": "at its limit", "switched off": "switched off", "unknown": "switched off",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class IndexerRows:
    """Rows of an indexer, as they came."""

    rows: Sequence[FoundRelease]


async def ask_indexer(
    prowlarr: Prowlarr,
    indexer: Indexer,
    wanted: Wanted,
    categories: Sequence[int],
    clock: Callable[[], float],
) -> AsyncGenerator[IndexerRows | IndexerAnswer, None]:
    """The rows of an indexer, and at the end how it answered. Never raises ServiceError."""
    from mediatui.services.prowlarr.client import NobodyAsked

    began = time.monotonic()
    answer = IndexerAnswer(indexer.id, indexer.name, "answered")
    if not indexer.enabled:
        yield dataclasses.replace(answer, outcome="switched off")
        return
    queries = queries_for(indexer, wanted, categories)
    if not queries:
        yield dataclasses.replace(answer, outcome="not asked", detail="it has none of these categories")
        return
    covered, empty, known = False, 0, set[str]()
    for at, query in enumerate(queries):
        if at:
            if covered and query.rest:
                break
            await asyncio.sleep(PAUSE_S)
        came = 0
        answer = dataclasses.replace(answer, queries=at + 1)
        try:
            async for some in prowlarr.search(indexer.id, query.text, query.type, query.categories):
                rows = [dataclasses.replace(row, indexer=indexer.name, priority=indexer.priority) for row in some]
                came += len(rows)
                known.update(row.guid for row in rows)
                answer = dataclasses.replace(answer, rows=len(known))
                covered = covered or (len(queries) > 1 and any(_has_it(wanted, row) for row in rows))
                yield IndexerRows(rows)
            if not came:
                empty += 1
                answer = await _why_empty(prowlarr, answer, clock, was_asked=True)
        except NobodyAsked:
            answer = await _why_empty(prowlarr, answer, clock, was_asked=False)
        except ServiceError as error:
            answer = dataclasses.replace(answer, outcome="did not answer", detail=error.message)
        if answer.outcome != "answered":
            break
    if answer.outcome == "answered" and empty and answer.rows:
        answer = dataclasses.replace(answer, detail="answers unevenly")
    yield dataclasses.replace(answer, ms=int((time.monotonic() - began) * 1000))


def _has_it(wanted: Wanted, row: FoundRelease) -> bool:
    """Whether a row has to do with what is wanted and has its season and episode."""
    return covers(wanted, columns_once(row.title)) and is_related(wanted, row, folded_name(row.title))


async def _why_empty(
    prowlarr: Prowlarr, answer: IndexerAnswer, clock: Callable[[], float], *, was_asked: bool
) -> IndexerAnswer:
    """The answer with the reason why nothing came; as it was when the indexer is well and has nothing."""
    try:
        pause = next((one for one in await prowlarr.pauses() if one.indexer_id == answer.indexer_id), None)
        if pause is not None:
            outcome: Outcome = "did not answer" if was_asked else "paused"
            return dataclasses.replace(answer, outcome=outcome, until=pause.until)
        state = await prowlarr.look_at(answer.indexer_id)
    except ServiceError as error:
        return dataclasses.replace(answer, outcome="did not answer", detail=error.message)
    if state.state == "answers":
        return answer if was_asked else dataclasses.replace(answer, outcome="did not answer", detail="it was not asked")
    until = None if state.seconds is None else int(clock() + state.seconds)
    return dataclasses.replace(answer, outcome=_STATES[state.state], detail=state.said, until=until)
