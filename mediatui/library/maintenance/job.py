"""Runs a tool of maintenance as a job, stores its report, and makes the plan a report proposes."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import pickle
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mediatui.changes.folder_guard import read_owned_folders
from mediatui.changes.left_roots import forget_left_roots
from mediatui.changes.mount_guard import compare_mount, lost_views
from mediatui.changes.owned_folders import KEPT_WORDS, OwnedFolders
from mediatui.changes.steps.folders import RemoveEmptyDir
from mediatui.changes.steps.moves import MovePath
from mediatui.library.maintenance.library_paths import LEFT_AS_IT_IS, LibraryPaths
from mediatui.library.maintenance.media_services import ask_services, services_not_read
from mediatui.library.maintenance.process import Task
from mediatui.library.maintenance.stored_findings import findings_at, iterate_findings
from mediatui.library.maintenance.tools import IN_PART, TOOLS, ToolOptions, check_options
from mediatui.library.roots import Library, configured_library, find_scope
from mediatui.model.errors import MediatuiError, UsageError
from mediatui.model.human import counted
from mediatui.model.plan import Plan, Step
from mediatui.model.text import printable
from mediatui.model.views import sentence_of_not_judged
from mediatui.runtime.context import Context
from mediatui.runtime.events import Changed, Event, Finished, FoundRow, Phase, Progress, Said
from mediatui.store.library.findings import ignored_paths
from mediatui.store.library.held_up import held_up_mounts
from mediatui.store.library.reports import Report, add_findings, create_report, end_report, newest_report, read_report
from mediatui.system.mounts import Mount, MountState
from mediatui.system.own_process import start_process
from mediatui.system.patience import Patience

if TYPE_CHECKING:
    from mediatui.services.arr.folders import ServiceFolders
    from mediatui.settings import Settings

EXPIRES_S = 600.0
"""A report older than this proposes no changes: the library may have changed since."""
SERVERS = (
    "No media server is known here: below a series library of Jellyfin a folder of ranges or genres becomes a series; "
    "give it those folders as locations then."
)
CLOSE_S = 5.0
"""How long a process that was killed may take to end."""


class AnalysisFailed(MediatuiError):
    """The process that analysed ended without a result."""

    kind = "analysis"


async def maintain(ctx: Context, options: ToolOptions) -> AsyncGenerator[Event, None]:
    """The job: analyses, changes nothing, leaves a report. Raises UsageError, AnalysisFailed."""
    tool = check_options(options)
    for said in await forget_left_roots(ctx):
        yield said
    if options.max_per_dir is None and tool.name == "cleanup":
        options = dataclasses.replace(options, max_per_dir=ctx.settings.library.max_per_dir)
    service_folders: tuple[ServiceFolders, ...] = ()
    owned = OwnedFolders((), ())
    if tool.moves_folders:
        if any(service.enabled for service in ctx.settings.services):
            yield Phase("asking whose the folders are")
        owned, service_folders = await read_owned_folders(ctx)
    if tool.asks_services:
        async with contextlib.aclosing(ask_services(ctx, service_folders)) as asked:
            async for event in asked:
                yield event
    elif tool.name == "repair-links":
        for title in await services_not_read(ctx):
            why = f"What {title} knows was not read yet: files named by alternative titles are not found."
            yield Said("warning", f"{why} Run integrity first.")
    scope = tuple(await find_scope(configured_library(ctx.settings), options.paths)) if options.paths else ()
    places, warnings = await find_places(ctx)
    for warning in warnings:
        yield Said("warning", warning)
    async with ctx.db.transaction() as connection:
        report = await create_report(connection, tool.name, dataclasses.asdict(options), ctx.clock())
    status, summary, counts = "failed", "", dict[str, object]()
    found = 0
    ignored = await ctx.db.read(ignored_paths, tool.name)
    tally: Counter[str] = Counter()
    hidden: Counter[str] = Counter()
    total: int | None = None
    unjudged: list[dict[str, object]] = []
    hidden_names: Counter[str] = Counter()
    try:
        async with contextlib.aclosing(messages_of(Task(options, places, str(ctx.db.path), owned, scope))) as messages:
            async for kind, content in messages:
                if kind == "found":
                    async with ctx.db.transaction() as connection:
                        await add_findings(connection, report, found, content)
                    found += len(content)
                    tally.update(finding.category for finding in content if finding.path not in ignored)
                    hidden.update(finding.category for finding in content if finding.path in ignored)
                elif kind == "store":
                    await store_rows(ctx, *content)
                elif kind == "phase":
                    name, total = content
                    yield Phase(name, total)
                elif kind == "progress":
                    done, of, current = content
                    yield Progress(done, of or total, current=printable(current, empty="") or _counters(tally))
                elif kind == "said":
                    yield Said(*content)
                elif kind == "error":
                    raise UsageError(*content)
                elif kind == "away":
                    places.dead.update(content)
                elif kind == "unjudged":
                    unjudged = content
                    for row in content:
                        yield FoundRow("unjudged", row)
                elif kind == "left out":
                    hidden_names.update(content)
                elif kind == "done":
                    await _expect_mounts(ctx, places)
                    counts = {"report": report, "findings": tally.total(), "categories": dict(tally), **content}
                    if unjudged:
                        counts["unjudged"] = unjudged
                    if places.dead:
                        counts["mounts_away"] = {os.fsdecode(place): why for place, why in places.dead.items()}
                    if hidden_names:
                        counts["left_out"] = dict(hidden_names)
                    if tool.moves_folders:
                        counts["whose"] = owned.describe_known_folders()
                    status = "done"
        if status != "done":
            raise AnalysisFailed(
                f"The analysis of {tool.name} ended without a result.", "Try again; the log may say more."
            )
        outcomes = counts.get("outcomes")
        by_category = Counter(outcomes) - hidden if isinstance(outcomes, dict) and not scope else tally
        not_judged = sentence_of_not_judged(unjudged, places.dead.values())
        summary = " ".join(
            filter(None, (f"{_counters(by_category) or 'nothing found'}.", not_judged, *left_out(counts)))
        )
    except (asyncio.CancelledError, GeneratorExit):
        status = "cancelled"
        raise
    finally:
        async with ctx.db.transaction() as connection:
            await end_report(connection, report, status, summary, counts, ctx.clock())  # type: ignore[arg-type]
    yield Changed("reports", None)
    yield Finished("done", summary, counts)


def _counters(tally: Counter[str]) -> str:
    return ", ".join(f"{count:,} {category}" for category, count in tally.most_common())


async def store_rows(ctx: Context, table: str, rows: Sequence[Any]) -> None:
    """Stores what an analysis learned: names it parsed, films and episodes it knows."""
    from mediatui.store.library.media import drop_media, overwrite_media, set_media_links
    from mediatui.store.library.names import store_names

    write: Mapping[str, Callable[[Any, Any], Awaitable[None]]] = {
        "names": store_names, "media": overwrite_media, "media links": set_media_links, "media gone": drop_media,
    }  # fmt: skip
    async with ctx.db.transaction() as connection:
        await write[table](connection, rows)


async def find_places(ctx: Context) -> tuple[LibraryPaths, list[str]]:
    """The paths of the library, and a warning for each mount that is away: the state of what needs it is unknown."""
    library = configured_library(ctx.settings)
    mount_states = await _check_mounts(ctx, library.mounts)
    dead = {mount_state.mount.path: mount_state.problem for mount_state in mount_states if mount_state.problem}
    dead |= await lost_views(ctx, dead)
    real = {
        mount_state.mount.path: mount_state.real
        for mount_state in mount_states
        if mount_state.real and mount_state.real != mount_state.mount.path
    }
    places = _configured(ctx.settings, library, dead, real)
    return places, [f"{problem}: {LEFT_AS_IT_IS}." for problem in dead.values()]


async def _check_mounts(ctx: Context, mounts: Sequence[Mount]) -> list[MountState]:
    """The state of the mounts now, checked concurrently. A mount that late reads hold up is given the longest time
    limit."""
    patience = Patience(ctx.settings.library.mount_timeout_s, await ctx.db.read(held_up_mounts, ctx.clock()))

    return list(await asyncio.gather(*(compare_mount(ctx, mount, patience.limit(mount.path)) for mount in mounts)))


async def _expect_mounts(ctx: Context, places: LibraryPaths) -> None:
    """Raises AnalysisFailed when a mount went away during an analysis, which took what the mount held for gone."""
    left = [mount for mount in configured_library(ctx.settings).mounts if not places.away(mount.path)]
    for mount_state in await _check_mounts(ctx, left):
        if mount_state.problem:
            raise AnalysisFailed(
                f"{printable(mount_state.problem)}: it went away meanwhile.", "Run it again when it is back."
            )


def _configured(
    settings: Settings, library: Library, dead: dict[bytes, str], through: Mapping[bytes, bytes]
) -> LibraryPaths:
    given = settings.library
    storage = tuple(os.path.normpath(os.fsencode(path)) for path in given.storage)
    mounts = tuple(mount.path for mount in library.mounts if mount.path not in storage)
    extensions = tuple(extension.lower() for extension in given.video_extensions)
    return LibraryPaths(
        library.roots, mounts, storage, dead, extensions, given.small_file_bytes, through, given.mount_timeout_s,
        given.workers,
    )  # fmt: skip


async def messages_of(task: Task) -> AsyncGenerator[tuple[str, Any], None]:
    """The messages of the process that analyses. Closing the generator kills the process: use
    ``contextlib.aclosing``."""
    try:
        process = await start_process("mediatui.library.maintenance.process")
    except OSError as error:
        raise AnalysisFailed(f"The analysis could not be started: {error.strerror}.") from error
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    errors = asyncio.create_task(process.stderr.read())
    try:
        process.stdin.write(pickle.dumps(task))
        await process.stdin.drain()
        process.stdin.close()
        while True:
            try:
                size = int.from_bytes(await process.stdout.readexactly(4), "big")
                yield pickle.loads(await process.stdout.readexactly(size))
            except asyncio.IncompleteReadError:
                break
        if await process.wait():
            last = (await errors).decode("utf-8", "replace").strip().splitlines()[-1:]
            raise AnalysisFailed(f"The analysis broke off: {printable(' '.join(last), empty='it was killed')}")
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        with contextlib.suppress(OSError, TimeoutError):  # a process that hangs on a dead mount is abandoned
            async with asyncio.timeout(CLOSE_S):
                while await process.stdout.read(65_536):
                    pass
                await asyncio.gather(process.wait(), errors)
        errors.cancel()


def plan_report(
    connection: sqlite3.Connection,
    tool: str,
    categories: Sequence[str] = (),
    report: int | None = None,
    positions: Sequence[int] | None = None,
) -> Plan:
    """The plan of the newest report of a tool (or of one by its number), of these categories or of all that propose
    steps; with ``positions`` of the findings at these places of the report alone. Raises UsageError when there is no
    report, when its run did not succeed, and when it is too old."""
    found = newest_report(connection, tool) if report is None else read_report(connection, report)
    if found is None:
        raise UsageError(f"{tool} was not run yet.", f"Run it first: mediatui --headless {tool}")
    _usable(found)
    steps: list[Step] = []
    notes: list[tuple[str, str]] = []
    wanted = [word for word in TOOLS[tool].categories if not categories or word in categories]
    chosen = None if positions is None else findings_at(connection, found.id, positions)
    for stored in iterate_findings(connection, found.id, wanted) if chosen is None else chosen:
        finding = stored.finding
        steps += finding.steps
        if not finding.steps:
            notes.append((printable(os.fsdecode(finding.path)), finding.reason))
    looked_at = found.counts.get("looked_at")
    title = f"{TOOLS[tool].title}: {counted(len(steps), 'change')}"
    return Plan(
        tool, title, tuple(steps), tuple(notes), looked_at=looked_at if isinstance(looked_at, int) else None,
        says=tuple(_folder_sentences(steps, found.counts)),
    )  # fmt: skip


def _folder_sentences(steps: Sequence[Step], counts: Mapping[str, object]) -> list[str]:
    """Sentences for a plan that moves folders: who owns them, and which servers may see them differently afterwards."""
    moves = [step for step in steps if isinstance(step, MovePath)]
    whose = counts.get("whose")
    if not (moves or any(isinstance(step, RemoveEmptyDir) for step in steps)) or not isinstance(whose, list):
        return []
    said = [str(sentence) for sentence in whose]
    return [*said, SERVERS] if any(not step.target for step in moves) else said


def left_out(counts: Mapping[str, object]) -> list[str]:
    """Sentences about what a tool did not look for and what it kept."""
    skipped, kept = counts.get("not_looked_for"), counts.get("kept")
    said = [
        f"{word} was not looked for{'' if str(why).startswith(IN_PART) else ':'} {why}."
        for word, why in _pairs(skipped)
    ]
    return said + [f"{count:,} empty kept: {KEPT_WORDS.get(key, key)}." for key, count in _pairs(kept)]


def _pairs(counts: object) -> list[tuple[str, object]]:
    return list(counts.items()) if isinstance(counts, Mapping) else []


def _usable(report: Report) -> None:
    if report.status != "done":
        raise UsageError(f"The last run of {report.tool} was {report.status}.", "Run it again.")
    if report.ended_at is None or time.time() - report.ended_at > EXPIRES_S:
        raise UsageError(
            f"What {report.tool} found is older than {EXPIRES_S / 60:.0f} minutes; the library may have changed.",
            "Run it again: it is quick.",
        )
