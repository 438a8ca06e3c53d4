"""Marking the release that a dead link is from as failed, before the link goes and another is searched.

A release is blocklisted only if the blocklist says so: else a search would bring the same again. So what is not on it
after the mark keeps its link, and nothing is searched in its place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from mediatui.changes.folder_guard import Kept
from mediatui.changes.in_root_dir import Outdated
from mediatui.changes.step_run import Outcome, StepRun
from mediatui.changes.steps.bases import ArrStep
from mediatui.changes.steps.registry import StepKind, Undone
from mediatui.changes.steps.stored import read_steps_of_item
from mediatui.changes.steps.symlinks import UnlinkSymlink, expect_removable, unlink_symlink
from mediatui.changes.steps.with_service import with_service
from mediatui.model.plan import StepWords
from mediatui.model.text import printable
from mediatui.services.errors import NotFound, ServiceError
from mediatui.store.changes.journal import Line

if TYPE_CHECKING:
    from mediatui.services.arr.activity import HistoryEvent
    from mediatui.services.arr.client import Arr
    from mediatui.services.arr.library import ArrLibrary

NOTICE: Final = "blocklist"
STAYS: Final = "the link stays"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrBlocklist(ArrStep):
    """Marks the release (``release``, the line ``event`` of the history) that these episodes (``ids``), or this film,
    are from as failed, and looks whether it is on the blocklist. ``item`` is the series or the film; ``path``,
    ``target``, ``state`` and ``torrent`` are of the dead link."""

    KIND: ClassVar[str] = "arr_blocklist"
    WORDS: ClassVar[StepWords] = StepWords("blocklist", "release blocklisted", "releases blocklisted")

    item: int
    title: str
    ids: tuple[int, ...]
    event: int
    release: str
    path: str
    target: str
    state: str
    torrent: str | None = None
    reason: str = ""
    cannot_undo: str = "the release stays on their blocklist"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlinkWhenBlocked(UnlinkSymlink):
    """Removes a dead link once the release it is from is on the blocklist of the service; without that it stays."""

    KIND: ClassVar[str] = "unlink_when_blocked"

    service: str
    item: int


def latest_grab(grabs: Iterable[HistoryEvent], ids: Collection[int]) -> HistoryEvent | None:
    """The last grab of one of these episodes, or of this film; None when there was none."""
    mine = (one for one in grabs if (one.episode_id or one.movie_id) in ids)
    return max(mine, key=lambda one: one.id, default=None)


async def why_not_blocked(act: StepRun, arr: Arr, grab: HistoryEvent, ids: Collection[int]) -> str:
    """Marks a release as failed, unless it is on the blocklist; why nothing is to be searched, because it is not there
    all the same (empty: it is). Raises ServiceError."""
    if await _is_blocked(arr, grab, ids):
        return ""
    said = ""
    try:
        await arr.mark_failed(grab.id)
    except ServiceError as error:
        said = f" ({error.message.rstrip('.')})"
    if await _is_blocked(arr, grab, ids):
        await act.note(NOTICE, {"release": grab.source_title, "event": grab.id})
        return ""
    return f"{arr.title} did not blocklist it{said}: a search would bring the same; {STAYS}"


async def _is_blocked(arr: Arr, grab: HistoryEvent, ids: Collection[int]) -> bool:
    """Whether the release of a grab is on the blocklist, put there after it was grabbed."""
    wanted = set(ids)
    return any(
        one.source_title == grab.source_title
        and (one.movie_id in wanted or bool(wanted & {*one.episode_ids}))
        and (one.date or 0) >= (grab.date or 0)
        for one in await arr.blocked()
    )


async def blocklist(act: StepRun, step: ArrBlocklist) -> Outcome:
    """Whether the release of a link that is dead still is on the blocklist now. Raises GuardTripped as a removal
    does."""
    link = UnlinkSymlink(what=step.what, path=step.path, target=step.target, state=step.state, torrent=step.torrent)
    try:
        await expect_removable(act, link)
    except Kept as kept:
        return Outcome("failed" if kept.for_now else "skipped", f"nothing was marked: {kept}")
    except Outdated as moved:
        return Outcome("skipped", f"nothing was marked: {moved}")
    return await with_service(act, step.service, lambda library: _blocklist(act, step, library))


async def _blocklist(act: StepRun, step: ArrBlocklist, library: ArrLibrary) -> Outcome:
    try:
        grab = latest_grab(await library.arr.grabs(step.item), step.ids)
    except NotFound as error:
        return Outcome("skipped", error.message)
    if grab is None or grab.id != step.event:
        return Outcome("skipped", f"nothing was marked: the last release it grabbed is another now; {STAYS}")
    why = await why_not_blocked(act, library.arr, grab, step.ids)
    return Outcome("failed", why) if why else Outcome("done")


async def unlink_when_blocked(act: StepRun, step: UnlinkWhenBlocked) -> Outcome:
    """Removes the link, unless its release is not on the blocklist. Raises GuardTripped as a removal does."""
    if any(one.path == step.path for one in await not_blocked(act, step.service, step.item)):
        return Outcome("skipped", f"{STAYS}: the release it is from is not on the blocklist")
    return await unlink_symlink(act, step)


async def not_blocked(act: StepRun, service: str, item: int) -> list[ArrBlocklist]:
    """The steps of this batch that were to blocklist something of a series or film, and did not."""
    return [one for one, ended in await _blocklist_steps(act, service, item) if ended != "done"]


async def blocked(act: StepRun, service: str, item: int) -> list[ArrBlocklist]:
    """The steps of this batch that have blocklisted something of a series or film."""
    return [one for one, ended in await _blocklist_steps(act, service, item) if ended == "done"]


async def _blocklist_steps(act: StepRun, service: str, item: int) -> list[tuple[ArrBlocklist, str]]:
    stored = await act.ctx.db.read(read_steps_of_item, act.batch, ArrBlocklist.KIND, service, item)
    return [(one.step, one.outcome) for one in stored if isinstance(one.step, ArrBlocklist)]


def _stays_blocked(notices: Sequence[Line], lines: Sequence[Line]) -> Undone:
    """What an undo says of marks: nothing takes them back."""
    why = "the release it was from stays on their blocklist"
    return (), [(printable(what), why) for what in dict.fromkeys(line.what for line in notices)]


STEPS = (
    StepKind(ArrBlocklist, blocklist, notice=NOTICE, after_notice=_stays_blocked),
    StepKind(UnlinkWhenBlocked, unlink_when_blocked),
)
