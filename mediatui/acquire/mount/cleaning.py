"""Taking things out of staging: what is of use no more, what a person names, and what is to be fetched again."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from mediatui.acquire.mount.staged import StagedItem
from mediatui.changes.steps.folders import RemoveEmptyDir
from mediatui.changes.steps.stage_remove import NOT_BACK, StageRemove
from mediatui.changes.steps.staging import Because, TakeLink, links_to_take
from mediatui.model.human import counted
from mediatui.model.path import folders_above, is_below
from mediatui.model.plan import Plan, Step
from mediatui.model.text import printable
from mediatui.model.transfer import State
from mediatui.store.transfers.files import files_of
from mediatui.store.transfers.rows import find_transfer

BUSY: Final = {State.FETCHING: "is being fetched", State.IMPORTING: "is being imported"}
"""What keeps things of a transfer where they are."""


def plan_clean(folder: bytes, items: Sequence[StagedItem]) -> Plan:
    """The plan that takes out what is left of ended transfers: links, beginnings of files, and whole files of those
    that are in the library. Of others files stay, as does what no transfer placed there."""
    steps: list[Step] = []
    notes: list[tuple[str, str]] = []
    for item in items:
        if item.owner is None:
            notes.append((_shown(item), "no transfer placed it there"))
        elif item.owner.ended_at is not None:
            if item.entry.kind == "link" or item.is_part or item.owner.state in (State.DONE, State.CLEANED):
                _add(steps, notes, item, "gone")
            elif item.entry.kind != "folder":
                notes.append((_shown(item), f"transfer {item.owner.id} is {item.owner.state}: name it to have it gone"))
    return _plan("staging clean", folder, items, steps, notes)


def plan_remove(folder: bytes, items: Sequence[StagedItem], paths: Collection[bytes]) -> Plan:
    """The plan that takes out what lies at these paths, or below them."""
    steps: list[Step] = []
    notes: list[tuple[str, str]] = []
    for item in items:
        if any(item.entry.path == path or is_below(item.entry.path, path) for path in paths):
            _add(steps, notes, item, "undone")
    return _plan("staging clean", folder, items, steps, notes)


def _add(steps: list[Step], notes: list[tuple[str, str]], item: StagedItem, because: Because) -> None:
    entry, owner = item.entry, item.owner
    if owner is not None and owner.state in BUSY:
        notes.append((_shown(item), f"transfer {owner.id} {BUSY[owner.state]}"))
    elif entry.kind == "other":
        notes.append((_shown(item), "it is neither a file nor a link"))
    elif entry.kind == "folder":
        steps.append(RemoveEmptyDir(what=_shown(item), path=os.fsdecode(entry.path)))
    elif owner is not None and item.file is not None and entry.target == item.file.remote:
        ended = owner.ended_at is not None
        steps.append(
            TakeLink(
                what=printable(os.fsdecode(os.path.basename(entry.path))), transfer=owner.id, file=item.file.path,
                path=os.fsdecode(entry.path), target=os.fsdecode(entry.target), size=item.file.size,
                because="gone" if ended else because,
            )
        )  # fmt: skip
    else:
        steps.append(
            StageRemove(
                what=_shown(item), path=os.fsdecode(entry.path), target=os.fsdecode(entry.target), bytes=entry.size,
                stamp=entry.stamp, cannot_undo="" if entry.target else NOT_BACK,
            )
        )  # fmt: skip


def _plan(
    command: str, folder: bytes, items: Sequence[StagedItem], steps: list[Step], notes: list[tuple[str, str]]
) -> Plan:
    gone = {os.fsencode(step.path) for step in steps if isinstance(step, TakeLink | StageRemove | RemoveEmptyDir)}
    folders = [step for step in steps if isinstance(step, RemoveEmptyDir)]
    ordered = [step for step in steps if not isinstance(step, RemoveEmptyDir)]
    emptied = [
        RemoveEmptyDir(what=printable(os.fsdecode(path)), path=os.fsdecode(path))
        for path in _emptied(folder, items, gone)
    ]
    links = sum(isinstance(step, TakeLink) or (isinstance(step, StageRemove) and bool(step.target)) for step in ordered)
    files = [step for step in ordered if isinstance(step, StageRemove) and not step.target]
    parts = [counted(links, "link")] if links or not (files or folders) else []
    parts += [counted(len(files), "file")] if files else []
    parts += [counted(len(folders), "empty folder")] if folders and not parts else []
    says = _says(ordered)
    return Plan(command, f"Take {' and '.join(parts)} out of staging", (*ordered, *folders, *emptied), tuple(notes),
                says=says)  # fmt: skip


def _says(steps: Sequence[Step]) -> tuple[str, ...]:
    """What becomes of transfers that lose a link."""
    waiting = {step.transfer for step in steps if isinstance(step, TakeLink) and step.because == "undone"}
    if not waiting:
        return ()
    few = len(waiting) == 1
    return (f"{counted(len(waiting), 'transfer')} {'is' if few else 'are'} put aside then, until resumed.",)


def _emptied(folder: bytes, items: Sequence[StagedItem], gone: Collection[bytes]) -> Iterator[bytes]:
    """The folders in which nothing is left then, the innermost first."""
    above = {one for path in gone for one in folders_above(path) if is_below(one, folder)}
    staying = [item.entry.path for item in items if item.entry.path not in gone]
    for path in sorted(above - set(gone), key=len, reverse=True):
        if not any(is_below(one, path) for one in staying):
            yield path


def plan_again(connection: sqlite3.Connection, numbers: Sequence[int]) -> Plan:
    """The plan that has staged transfers fetched again: their links go, and the next run looks for their files anew.
    Raises NoTransfer."""
    steps: list[Step] = []
    notes: list[tuple[str, str]] = []
    found = [find_transfer(connection, number) for number in dict.fromkeys(numbers)]
    for one in found:
        if one.state == State.STAGED:
            steps += links_to_take(one.id, files_of(connection, one.id), "again")
        else:
            notes.append((printable(one.name or one.hash), f"it is {one.state}: only what is staged is fetched again"))
    staged = len(found) - len(notes)
    says = ("The next run looks for the files on the mount anew.",) if staged else ()
    return Plan("staging again", f"Fetch {counted(staged, 'transfer')} again", tuple(steps), tuple(notes), says=says)


def _shown(item: StagedItem) -> str:
    return printable(item.below)
