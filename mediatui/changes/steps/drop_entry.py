"""Removing an entry again that was added to the account for a transfer and is of no use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from mediatui.changes.step_run import Outcome, StepRun
from mediatui.changes.steps.entries import fetch
from mediatui.changes.steps.entry_users import why_entry_stays
from mediatui.changes.steps.registry import StepKind
from mediatui.changes.steps.torrents import GONE, OTHER, remove
from mediatui.model.plan import Step, StepWords

LEAVES = "remove added entry"
"""The word of the journal for an entry that was added for a transfer and removed again: nothing is left to undo."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DropEntry(Step):
    """Removes an entry that was added for a transfer and is of no use; one that something else uses stays."""

    KIND: ClassVar[str] = "drop_entry"
    WORDS: ClassVar[StepWords] = StepWords("remove added torrent", "added torrent removed", "added torrents removed")
    REMOVES: ClassVar[bool] = True
    REQUESTS: ClassVar[int] = 2

    id: str
    hash: str
    name: str
    transfer: int
    reason: str = ""

    @property
    def torrent_id(self) -> str:
        return self.id


async def drop_entry(act: StepRun, step: DropEntry) -> Outcome:
    """Removes an entry of no use, unless something uses it now."""
    detail = await fetch(act, step.id)
    if detail is None:
        return GONE
    if detail.row.hash != step.hash:
        return OTHER
    if kept := await why_entry_stays(act, step.id, step.transfer):
        return Outcome("skipped", f"{kept}, so it stays")
    begun = [line.seq for line in await act.lines() if line.kind == LEAVES and line.outcome is None]
    await remove(act, detail, begun[0] if begun else None, why=step.reason, kind=LEAVES)
    return Outcome("done")


STEPS = (StepKind(DropEntry, drop_entry),)
