"""Telling Sonarr and Radarr what changed, series by series and film by film; never about a whole library.

A batch that changes links ends with an ``ArrFind`` for each service that wants to hear of it. That step asks the
service once for its list, finds what the changed links belong to, and puts the rescans and searches after itself: so
each is a step like any other, with an outcome, and is tried again with the failed ones. A service that fails fails its
own steps only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from mediatui.changes.act import Act, Outcome
from mediatui.context import Context
from mediatui.model.arr import ArrKind
from mediatui.model.errors import UsageError
from mediatui.model.plan import (
    ArrFind,
    ArrRescan,
    ArrSearch,
    Plan,
    Step,
    StoredStep,
    UnlinkSymlink,
)
from mediatui.model.text import join_words, printable
from mediatui.services.errors import NotFound, ServiceError
from mediatui.store.journal import Batch, append_steps, read_batch, read_steps

if TYPE_CHECKING:
    from mediatui.services.arr import Arr
    from mediatui.services.arr_library import Affected
    from mediatui.services.arr_records import CommandEnd
    from mediatui.settings import Settings
    from mediatui.settings.model import ArrSettings

MOST_S = 600.0
POLL_S = 1.0
TOLD = {ArrRescan.KIND: "tell to rescan", ArrSearch.KIND: "tell to search"}
"""Words of the journal."""


def services_to_tell(settings: Settings) -> list[ArrSettings]:
    """The services that want to hear of changes."""
    return [service for service in settings.services if service.enabled and service.after_change != "none"]


def who_is_told(settings: Settings, plan: Plan) -> str:
    """Which services hear of a plan once it was applied, as a sentence; empty when none does, or steps of its own say
    so."""
    names = [service.title for service in services_to_tell(settings)]
    if not names or not any(step.library_paths for step in plan.steps):
        return ""
    if any(isinstance(step, ArrRescan) for step in plan.steps):
        return ""
    return f"{join_words(names)} {'is' if len(names) == 1 else 'are'} told what changed."


async def add_finds(ctx: Context, batch: Batch, due: Sequence[StoredStep]) -> bool:
    """Puts an ``ArrFind`` for each service to tell at the end of a batch that is about to change links; whether it did.
    A batch that tells of all its links by itself gets none."""
    services = services_to_tell(ctx.settings)
    paths = {path for stored in due for path in stored.step.library_paths}
    if not services or not paths:
        return False
    told = {path for stored in due if isinstance(stored.step, ArrRescan) for path in stored.step.paths}
    if paths <= told:
        return False
    waiting = {stored.step.service for stored in due if isinstance(stored.step, ArrFind)}
    steps = [ArrFind(what=one.title, service=one.name) for one in services if one.name not in waiting]
    if steps:
        async with ctx.db.transaction() as connection:
            await append_steps(connection, batch.batch, steps)
    return bool(steps)


async def find_affected(act: Act, step: ArrFind) -> Outcome:
    """Finds what the links changed by the batch so far belong to, and adds the steps that tell of it."""
    try:
        service = act.ctx.settings.arr(step.service)
    except UsageError as error:
        return Outcome("failed", f"{error.message} {error.hint}")
    batch = await act.ctx.db.read(read_batch, act.batch)
    stored = await act.ctx.db.read(read_steps, act.batch)
    rescans = [one.step for one in stored if isinstance(one.step, ArrRescan) and one.step.service == step.service]
    told = {path for one in rescans for path in one.paths}
    done = [one.step for one in stored if one.outcome == "done"]
    changed = list(dict.fromkeys(path for one in done for path in one.library_paths if path not in told))
    if service not in services_to_tell(act.ctx.settings) or not changed:
        return Outcome("skipped", "there is nothing to tell")
    gone: list[str] = []
    if batch is not None and batch.undoes is None and service.after_change == "search":
        gone = [one.path for one in done if isinstance(one, UnlinkSymlink) and not one.keeper and one.path in changed]
    return await _with(act, service.name, lambda arr: _add_steps(act, arr, changed, gone))


async def _add_steps(act: Act, arr: Arr, changed: Sequence[str], gone: Sequence[str]) -> Outcome:
    from mediatui.services.arr_library import ArrLibrary, configured_path_map

    library = ArrLibrary(arr, configured_path_map(act.ctx.settings, arr.name))
    affected = await library.affected(changed)
    # What a file is the file of has to be asked before the rescan: then its record is gone.
    held = [(one, await library.held(one, gone)) for one in affected if not set(gone).isdisjoint(one.paths)]
    steps = steps_to_tell(arr, affected, held)
    async with act.ctx.db.transaction() as connection:
        await append_steps(connection, act.batch, steps)
    known = {path for one in affected for path in one.paths}
    unknown = sum(path not in known for path in changed)
    found = f"{len(affected):,} {_word(arr.kind, len(affected))}"
    if unknown:
        found += f"; {unknown:,} of {len(changed):,} changed paths it does not know"
    return Outcome("done", found)


def steps_to_tell(
    arr: Arr, affected: Sequence[Affected], held: Sequence[tuple[Affected, dict[str, tuple[int, ...]]]] = ()
) -> list[Step]:
    """A rescan for each of ``affected``, then a search for each of ``held``: the ids at its paths."""
    steps: list[Step] = []
    for one in affected:
        what = f"{arr.title}: {printable(one.title)}"
        steps.append(ArrRescan(what=what, service=arr.name, item=one.item, title=one.title, paths=one.paths))
    for one, ids_at in held:
        ids = tuple(dict.fromkeys(number for numbers in ids_at.values() for number in numbers))
        if ids:
            also = f", {len(ids):,} {'episode' if len(ids) == 1 else 'episodes'}" if arr.kind == "sonarr" else ""
            what = f"{arr.title}: {printable(one.title)}{also}"
            paths = tuple(ids_at)
            steps.append(ArrSearch(what=what, service=arr.name, item=one.item, title=one.title, ids=ids, paths=paths))
    return steps


async def rescan(act: Act, step: ArrRescan) -> Outcome:
    """Has the series or film looked at again, and waits for the end of that."""
    return await _with(act, step.service, lambda arr: _command(act, arr, lambda: arr.rescan(step.item)))


async def search(act: Act, step: ArrSearch) -> Outcome:
    """Has a release looked for, for those of the episodes (or the film) that are missing now, and waits for the end."""
    from mediatui.services.arr_library import missing

    async def look(arr: Arr) -> Outcome:
        bare = await missing(arr, step.item, step.ids)
        if not bare:
            return Outcome("skipped", f"{arr.title} misses nothing of it now")
        return await _command(act, arr, lambda: arr.search(bare))

    return await _with(act, step.service, look)


async def _with(act: Act, name: str, work: Callable[[Arr], Awaitable[Outcome]]) -> Outcome:
    """What comes of ``work`` with a client; a service that fails, or is no longer configured, is a failed step."""
    try:
        arr = act.ctx.arr(name)
    except UsageError as error:
        return Outcome("failed", f"{error.message} {error.hint}".strip())
    try:
        return await work(arr)
    except (ServiceError, UsageError) as error:
        return Outcome("failed", f"{error.message} {error.hint}".strip())
    finally:
        await arr.close()


async def _command(act: Act, arr: Arr, send: Callable[[], Awaitable[int]]) -> Outcome:
    """Sends a command and follows it; one that was sent before, by a run that was killed, is followed first."""
    kind = TOLD[act.step.KIND]
    sent = [line.after.get("command") for line in await act.lines() if line.kind == kind]
    command = sent[-1] if sent else None
    if isinstance(command, int) and (before := await _follow_again(act, arr, command)) is not None:
        return before
    command = await send()
    await act.note(kind, {"command": command})
    return _outcome(arr, await _follow(act, arr, command))


async def _follow_again(act: Act, arr: Arr, command: int) -> Outcome | None:
    """How an earlier command ended well or still goes on; None when it is to be sent again."""
    try:
        end = await _follow(act, arr, command)
    except NotFound:
        return None
    return None if end is not None and end.ended and not end.succeeded else _outcome(arr, end)


async def _follow(act: Act, arr: Arr, command: int) -> CommandEnd | None:
    """What a command has come to at its end, or after so long; None when the batch was stopped meanwhile."""
    act.tell(f"waits for command {command}")
    waits = act.scale
    end = asyncio.create_task(arr.wait_for(command, most_s=MOST_S * waits, poll_s=POLL_S * waits))
    stop = asyncio.create_task(act.stopping.wait())
    try:
        await asyncio.wait({end, stop}, return_when=asyncio.FIRST_COMPLETED)
        return end.result() if end.done() else None
    finally:
        for task in (end, stop):
            task.cancel()
        await asyncio.gather(end, stop, return_exceptions=True)


def _outcome(arr: Arr, end: CommandEnd | None) -> Outcome:
    if end is None:
        return Outcome("done", "it was told; its end was not waited for")
    said = f"{end.status}, {end.result}" + (f": {printable(end.message)}" if end.message else "")
    if end.succeeded:
        return Outcome("done", said)
    if end.ended:
        return Outcome("failed", f"{arr.title} ended it as {said}")
    return Outcome("failed", f"{arr.title} was told, and has not ended it in time ({said})")


def _word(kind: ArrKind, count: int) -> str:
    return "series" if kind == "sonarr" else "film" if count == 1 else "films"
