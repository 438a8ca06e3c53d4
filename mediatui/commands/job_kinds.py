"""The jobs there are, each with the lane it runs in. The code of one is imported when it begins: the screen stands
before that."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Callable
from typing import TYPE_CHECKING, Any

from mediatui.commands.command import load
from mediatui.runtime.jobs import JobKind
from mediatui.system.threads import in_thread

if TYPE_CHECKING:
    from mediatui.acquire.fetching.job import FetchPath
    from mediatui.acquire.follow import FollowOptions
    from mediatui.acquire.importing.job import ImportDue
    from mediatui.acquire.mount.fetch import FetchOptions
    from mediatui.acquire.replacing.job import LookOptions
    from mediatui.acquire.search.options import SearchOptions
    from mediatui.archive.check import CheckOptions
    from mediatui.archive.download import DownloadOptions
    from mediatui.archive.sync.job import SyncOptions
    from mediatui.changes.apply import ApplyOptions
    from mediatui.changes.owner import AccountOwner
    from mediatui.library.maintenance.tools import ToolOptions
    from mediatui.library.refresh import RefreshOptions
    from mediatui.library.scan.job import ScanOptions
    from mediatui.model.plan import JobLane
    from mediatui.runtime.context import Context
    from mediatui.runtime.events import Event


def _work(reference: str) -> Callable[[Context, Any], AsyncGenerator[Event, None]]:
    """The work that ``module:name`` stands for, imported when it begins: in a thread, for keys do not wait for it."""

    async def work(ctx: Context, options: Any) -> AsyncGenerator[Event, None]:
        begin = await in_thread(lambda: load(reference))
        async with contextlib.aclosing(begin(ctx, options)) as events:
            async for event in events:
                yield event

    return work


SYNC: JobKind[SyncOptions] = JobKind("sync", "account", _work("archive.sync.job:sync"))
CLEAR: JobKind[None] = JobKind("clear", "account", _work("archive.clear:clear"))
ADOPT: JobKind[AccountOwner] = JobKind("account adopt", "account", _work("archive.adopt:adopt"))
SCAN: JobKind[ScanOptions] = JobKind("scan", "library", _work("library.scan.job:scan"))
MAINTAIN: JobKind[ToolOptions] = JobKind(
    "maintain", "library", _work("library.maintenance.job:maintain"), lambda options: options.tool
)
SEARCH_AGAIN: JobKind[ToolOptions] = JobKind(
    "look again", "library", _work("library.maintenance.repair_links.search_by_title:search_by_title")
)
CHECK: JobKind[CheckOptions] = JobKind("check", "account", _work("archive.check:check"))
SEARCH: JobKind[SearchOptions] = JobKind("search", "search", _work("acquire.search.job:search"))
DOWNLOAD: JobKind[DownloadOptions] = JobKind("download", "download", _work("archive.download:download"))
"""It may take hours: transfers do not wait for it."""
REMOTE_FETCH: JobKind[FetchPath] = JobKind("remote fetch", "download", _work("acquire.fetching.job:fetch_path"))
REFRESH: JobKind[RefreshOptions] = JobKind("library refresh", "services", _work("library.refresh:refresh"))
FOLLOW: JobKind[FollowOptions] = JobKind("transfers run", "account", _work("acquire.follow:follow"))
FETCH: JobKind[FetchOptions] = JobKind("transfers fetch", "transfer", _work("acquire.mount.fetch:fetch"))
IMPORT: JobKind[ImportDue] = JobKind("transfers import", "library", _work("acquire.importing.job:import_due"))
LOOK_AGAIN: JobKind[LookOptions] = JobKind("replace", "account", _work("acquire.replacing.job:look_again_due"))
_APPLY = _work("changes.apply:apply")
APPLY: dict[JobLane, JobKind[ApplyOptions]] = {
    "account": JobKind("apply", "account", _APPLY),
    "library": JobKind("apply", "library", _APPLY),
}
