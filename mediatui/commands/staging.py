"""What lies in staging, and clearing it of what is of use no more."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mediatui.commands.columns import Column
from mediatui.commands.options import to_apply
from mediatui.model.human import clock_time, counted, date_time
from mediatui.model.text import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mediatui.commands.answer import Answer
    from mediatui.commands.workspace import Workspace
    from mediatui.model.plan import Plan
    from mediatui.model.transfer import Transfer
    from mediatui.system.staged_links import StagedEntry


@dataclass(frozen=True, slots=True)
class Staging:
    """The options of ``staging``: it has none."""


@dataclass(frozen=True, slots=True)
class Clean:
    """The options of ``staging clean``."""

    apply: bool = to_apply()


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """Something in staging, its path below that, and whose it is (None: nobody's)."""

    entry: StagedEntry
    shown: str
    owner: Transfer | None


def _state(row: ShownEntry) -> str:
    return "no transfer's" if row.owner is None else row.owner.state.value


STAGING_COLUMNS: Final[tuple[Column[ShownEntry], ...]] = (
    Column("N", headless=lambda row: "" if row.owner is None else f"{row.owner.id}", right=True),
    Column("State", headless=_state),
    Column("Since", lambda row: clock_time(row.entry.changed_at)[:5], lambda row: date_time(row.entry.changed_at)),
    Column("In staging", headless=lambda row: printable(row.shown), cut="name", least=24),
    Column("Leads to", headless=lambda row: printable(os.fsdecode(row.entry.target)), cut="path", least=20),
)


async def _entries(workspace: Workspace) -> tuple[bytes, Sequence[StagedEntry]]:
    """The folder of staging, and what lies in it. Raises UsageError."""
    from mediatui.model.errors import UsageError
    from mediatui.settings.places import staging_folder
    from mediatui.system.helper_process import TimedOut, ask
    from mediatui.system.staged_links import staged_entries
    from mediatui.system.threads import in_thread

    folder = staging_folder(workspace.settings)
    if folder is None:
        raise UsageError(
            "There is no folder for staging.", "Set one: mediatui config set staging.folder /a/local/folder"
        )
    shown = printable(os.fsdecode(folder))
    try:
        return folder, await in_thread(lambda: ask(staged_entries, folder))
    except TimedOut:
        raise UsageError(f"{shown} does not answer.", "See mediatui doctor.") from None
    except OSError as error:
        raise UsageError(f"{shown} cannot be read ({error.strerror}).", "See mediatui doctor.") from error


async def list_staging(answer: Answer, options: Staging) -> int:
    """Lists what lies in staging, and whose it is. No mount is asked."""
    from mediatui.acquire.mount.cleaning import owners

    async with answer.workspace() as workspace:
        folder, entries = await _entries(workspace)
        whose = await workspace.read(owners)
    below = len(folder) + 1
    rows = [ShownEntry(one, os.fsdecode(one.path[below:]), whose.get(one.path)) for one in entries]
    for row in rows:
        owner = row.owner
        fields = {
            "path": os.fsdecode(row.entry.path), "target": os.fsdecode(row.entry.target) or None,
            "changed_at": row.entry.changed_at, "transfer_id": None if owner is None else owner.id,
            "state": None if owner is None else owner.state.value,
        }  # fmt: skip
        answer.row("staged", fields)
    answer.table(STAGING_COLUMNS, rows)
    ended = sum(row.owner is not None and row.owner.ended_at is not None for row in rows)
    strange = sum(row.owner is None for row in rows)
    more = f" {ended:,} of ended transfers: mediatui --headless staging clean --apply" if ended else ""
    nobody = f", {strange:,} of no transfer" if strange else ""
    answer.result(
        f"{counted(len(rows), 'entry', 'entries')} in staging{nobody}.{more}",
        counts={"entries": len(rows), "ended": ended, "strange": strange},
    )
    return 0


async def make_plan(workspace: Workspace, options: Clean, answer: Answer) -> Plan:
    """The plan that takes the links of ended transfers out of staging; raises UsageError."""
    from mediatui.acquire.mount.cleaning import plan_clean

    _, entries = await _entries(workspace)
    return await workspace.read(plan_clean, entries)
