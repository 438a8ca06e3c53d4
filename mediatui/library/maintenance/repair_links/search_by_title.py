"""Searches the file of one link by a title somebody typed: a job, because it lists the whole storage."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncGenerator

from mediatui.changes.owned_folders import OwnedFolders
from mediatui.library.maintenance.job import find_places, messages_of, store_rows
from mediatui.library.maintenance.process import Task
from mediatui.library.maintenance.tools import ToolOptions
from mediatui.model.errors import UsageError
from mediatui.model.human import counted
from mediatui.model.text import printable
from mediatui.runtime.context import Context
from mediatui.runtime.events import Event, Finished, Phase, Progress, Said


async def search_by_title(ctx: Context, options: ToolOptions) -> AsyncGenerator[Event, None]:
    """The job: gives the candidates of ``options.link`` by ``options.title`` in the counts of its last event, as facts
    of a finding (``candidates``). Changes nothing, leaves no report. Raises UsageError."""
    places, warnings = await find_places(ctx)
    for warning in warnings:
        yield Said("warning", warning)
    candidates: list[object] = []
    async with contextlib.aclosing(
        messages_of(Task(options, places, str(ctx.db.path), OwnedFolders((), ())))
    ) as messages:
        async for kind, content in messages:
            if kind == "found":
                candidates = list(content[0].facts["candidates"])
            elif kind == "store":
                await store_rows(ctx, *content)
            elif kind == "phase":
                yield Phase(*content)
            elif kind == "progress":
                done, of, current = content
                yield Progress(done, of, current=printable(current, empty=""))
            elif kind == "said":
                yield Said(*content)
            elif kind == "error":
                raise UsageError(*content)
    name = printable(os.path.basename(options.link))
    count = counted(len(candidates), "file") if candidates else "no file"
    yield Finished(
        "done", f"{count} like {printable(options.title)} for {name}.", {"link": options.link, "candidates": candidates}
    )
