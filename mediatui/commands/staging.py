"""What lies in staging, and taking it out of there."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediatui.commands.options import flag, to_apply, words
from mediatui.commands.staging_columns import STAGING_COLUMNS, ShownStaged, leads_to
from mediatui.model.human import counted, size_text
from mediatui.model.text import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mediatui.acquire.mount.staged import StagedItem
    from mediatui.commands.answer import Answer
    from mediatui.commands.workspace import Workspace
    from mediatui.model.plan import Plan


@dataclass(frozen=True, slots=True)
class Staging:
    """The options of ``staging``."""

    leftovers: bool = flag("Only what is left over: of ended transfers, or of none and old.")


@dataclass(frozen=True, slots=True)
class Clean:
    """The options of ``staging clean``."""

    paths: tuple[str, ...] = words("[PATH]...")
    apply: bool = to_apply()


@dataclass(frozen=True, slots=True)
class Again:
    """The options of ``staging again``."""

    transfers: tuple[str, ...] = words("N...", required=True)
    apply: bool = to_apply()


@dataclass(frozen=True, slots=True)
class InStaging:
    """What lies in the ``folder`` of staging, the bytes that are ``free`` there, and whether ``all`` of it is known."""

    folder: bytes
    items: Sequence[StagedItem]
    free: int
    all: bool


async def read_staging(workspace: Workspace) -> InStaging:
    """What lies in staging, and whose it is; no mount is asked. Raises UsageError."""
    from mediatui.acquire.mount.staged import staged_items
    from mediatui.model.errors import UsageError
    from mediatui.settings.places import staging_folder
    from mediatui.system.helper_process import TimedOut, ask
    from mediatui.system.staged_links import MOST, room_in, staged_entries
    from mediatui.system.threads import in_thread

    folder = staging_folder(workspace.settings)
    if folder is None:
        raise UsageError(
            "There is no folder for staging.", "Set one: mediatui config set staging.folder /a/local/folder"
        )
    shown = printable(os.fsdecode(folder))
    try:
        entries, (free, _) = await in_thread(lambda: (ask(staged_entries, folder), ask(room_in, folder)))
    except TimedOut:
        raise UsageError(f"{shown} does not answer.", "See mediatui doctor.") from None
    except OSError as error:
        raise UsageError(f"{shown} cannot be read ({error.strerror}).", "See mediatui doctor.") from error
    days = workspace.settings.staging.leftover_days
    items = await workspace.read(staged_items, folder, entries, days, time.time())
    return InStaging(folder, items, free, len(entries) < MOST)


def room_text(workspace: Workspace, free: int) -> str:
    """How much is free in staging, and how much of that is kept."""
    keep = workspace.settings.staging.keep_free_gb
    kept = f", {size_text(int(keep * 1e9))} of it kept" if keep else ""
    return f"{size_text(free)} free{kept}"


async def list_staging(answer: Answer, options: Staging) -> int:
    """Lists what lies in staging, and whose it is. No mount is asked. Raises UsageError."""
    async with answer.workspace() as workspace:
        found = await read_staging(workspace)
        room = room_text(workspace, found.free)
    rows = [item for item in found.items if item.is_leftover or not options.leftovers]
    for item in rows:
        entry, owner = item.entry, item.owner
        fields = {
            "path": os.fsdecode(entry.path), "target": leads_to(item) or None, "kind": entry.kind,
            "size": item.size, "proof": item.proof, "changed_at": entry.changed_at, "leftover": item.is_leftover,
            "transfer_id": None if owner is None else owner.id, "state": None if owner is None else owner.state.value,
        }  # fmt: skip
        answer.row("staged", fields)
    answer.table(STAGING_COLUMNS, [ShownStaged(item.below, (item,)) for item in rows])
    ended = sum(item.owner is not None and item.owner.ended_at is not None for item in found.items)
    strange = sum(item.owner is None for item in found.items)
    left = sum(item.is_leftover for item in found.items)
    more = f" {ended:,} of ended transfers: mediatui --headless staging clean --apply." if ended else ""
    nobody = f", {strange:,} of no transfer" if strange else ""
    cut = "" if found.all else " There is more: only so much is listed."
    answer.result(
        f"{counted(len(found.items), 'entry', 'entries')} in staging{nobody}; {room}.{more}{cut}",
        counts={"entries": len(rows), "ended": ended, "strange": strange, "leftovers": left, "free": found.free},
    )
    return 0


async def make_plan(workspace: Workspace, options: Clean, answer: Answer) -> Plan:
    """The plan that takes out of staging what is named, else what is left of ended transfers; raises UsageError."""
    from mediatui.acquire.mount.cleaning import plan_clean, plan_remove

    found = await read_staging(workspace)
    if not options.paths:
        return plan_clean(found.folder, found.items)
    return plan_remove(found.folder, found.items, [_named(found, text) for text in options.paths])


def _named(found: InStaging, text: str) -> bytes:
    """The path of something in staging, given whole or below that. Raises UsageError."""
    from mediatui.model.errors import UsageError
    from mediatui.model.path import is_below

    path = os.path.normpath(os.path.join(found.folder, os.fsencode(os.path.expanduser(text))))
    if not is_below(path, found.folder):
        raise UsageError(f"{printable(text)} does not lie in staging.", f"That is {os.fsdecode(found.folder)}.")
    if not any(item.entry.path == path or is_below(item.entry.path, path) for item in found.items):
        raise UsageError(f"{printable(text)} is not there.", "mediatui --headless staging lists what is.")
    return path


async def plan_to_fetch_again(workspace: Workspace, options: Again, answer: Answer) -> Plan:
    """The plan that has staged transfers fetched again; raises UsageError."""
    from mediatui.acquire.mount.cleaning import plan_again
    from mediatui.model.errors import UsageError

    wrong = next((one for one in options.transfers if not one.isdecimal() or len(one) > 15), None)
    if wrong is not None:
        raise UsageError(f"{printable(wrong)!r} is no number of a transfer.", "List them: mediatui --headless staging")
    return await workspace.read(plan_again, [int(one) for one in options.transfers])
