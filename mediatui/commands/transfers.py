"""The list of transfers, one of them whole, and what a person does with them."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediatui.commands.options import flag, word, words
from mediatui.commands.transfer_columns import TRANSFER_COLUMNS, ShownTransfer, target_text, then_text
from mediatui.model.arr import named_title
from mediatui.model.cells import cell_width, cut_end
from mediatui.model.human import counted, date_time, size_text
from mediatui.model.stuck import GROUPS, Group
from mediatui.model.text import printable

if TYPE_CHECKING:
    import sqlite3

    from mediatui.acquire.acts import Act
    from mediatui.commands.answer import Answer
    from mediatui.model.transfer import ServiceHold, Transfer


@dataclass(frozen=True, slots=True)
class Transfers:
    """The options of ``transfers``."""

    query: tuple[str, ...] = words(
        "[QUERY]", query=True, examples=("state:", "hold:", "waits:you", "code:", "route:", "for:")
    )
    why: bool = flag("Group them by what they wait for, with the command that helps.")


@dataclass(frozen=True, slots=True)
class OneTransfer:
    """The options of the commands about one transfer."""

    transfer: int | None = word("N", "the number of a transfer", kind="number")


@dataclass(frozen=True, slots=True)
class OnePlace:
    """The options of ``transfers pick``."""

    transfer: int | None = word("N", "the number of a transfer", kind="number")
    place: str | None = word("PLACE", "one of the places that fit, by its number (1, 2, …) or its path")


@dataclass(frozen=True, slots=True)
class SomeTransfers:
    """The options of what is done with transfers by their numbers."""

    transfers: tuple[str, ...] = words("N...", required=True)


@dataclass(frozen=True, slots=True)
class SomeHashes:
    """The options of what is done with transfers, or with info-hashes without one."""

    transfers: tuple[str, ...] = words("N|HASH...", required=True)


@dataclass(frozen=True, slots=True)
class Follow:
    """The options of ``transfers run``."""

    once: bool = flag("One pass, then end.")


def _known(connection: sqlite3.Connection, now: float) -> tuple[list[ShownTransfer], dict[str, ServiceHold]]:
    from mediatui.model.stuck import why_stuck
    from mediatui.store.transfers.holds import service_holds
    from mediatui.store.transfers.rows import all_transfers
    from mediatui.store.transfers.targets import targets_of_all

    holds, targets = service_holds(connection), targets_of_all(connection)
    rows = [
        ShownTransfer(one, why_stuck(one, holds, now), targets.get(one.id, ())) for one in all_transfers(connection)
    ]
    return rows, holds


async def list_transfers(answer: Answer, options: Transfers) -> int:
    """Lists the transfers that fit, those that have not ended unless others are asked for. No request is made."""
    from mediatui.acquire.query import chosen
    from mediatui.acquire.rows import as_row
    from mediatui.commands.server_reports import report_row, unended_rows, unended_texts

    now = time.time()
    async with answer.workspace() as workspace:
        known, holds = await workspace.read(_known, now)
        unreported = await workspace.read(unended_texts, now)
        reports = await workspace.read(unended_rows)
    rows = [
        ShownTransfer(*row) for row in chosen(options.query, ((one.transfer, one.stuck, one.targets) for one in known))
    ]
    for row in rows:
        answer.row("transfer", as_row(row.transfer, holds, now, row.targets))
    if options.why:
        _group(answer, rows)
    else:
        answer.table(TRANSFER_COLUMNS, rows)
    ended = sum(one.transfer.ended_at is not None for one in known)
    more = f" {ended:,} ended: transfers state:ended" if ended and not options.query else ""
    waits = sum(row.stuck.group == "you" for row in rows)
    waiting = f", {waits:,} wait{'s' if waits == 1 else ''} for you" if waits else ""
    for report in reports:
        answer.row("report", report_row(report))
    for text in unreported:
        answer.line(f"media servers: {text}")
    summary = f"{counted(len(rows), 'transfer')}{waiting}.{more}"
    answer.result(
        summary, counts={"transfers": len(rows), "waits_for_you": waits, "ended": ended, "reports": len(reports)}
    )
    return 0


def _group(answer: Answer, rows: Sequence[ShownTransfer]) -> None:
    groups: Sequence[Group] = ("you", "time", "works", "ended")
    for group in groups:
        found = [row for row in rows if row.stuck.group == group]
        if not found:
            continue
        answer.line(f"{GROUPS[group]} ({len(found):,})")
        width = min(28, max(cell_width(printable(row.transfer.name or row.transfer.hash)) for row in found))
        for row in found:
            name = cut_end(printable(row.transfer.name or row.transfer.hash), width)
            name += " " * (width - cell_width(name))
            does = row.stuck.helps if group in ("you", "ended") else row.stuck.next
            line = f"  {row.transfer.id:>4}  {name}  {row.transfer.state:<11}  {printable(row.stuck.why)}"
            answer.line(f"{line}{f'  {does}' if does else ''}")


async def show_transfer(answer: Answer, options: OneTransfer) -> int:
    """Shows one transfer whole: its facts, why it is where it is, what helps, and its files. Raises NoTransfer."""
    from mediatui.acquire.answers import answers_of
    from mediatui.acquire.rows import as_row, file_row
    from mediatui.commands.server_reports import report_row, report_texts
    from mediatui.model.stuck import why_stuck
    from mediatui.store.transfers.files import files_of
    from mediatui.store.transfers.holds import service_holds
    from mediatui.store.transfers.placed import placed_links
    from mediatui.store.transfers.replaced import replaced_by
    from mediatui.store.transfers.rows import find_transfer
    from mediatui.store.transfers.targets import targets_of

    now = time.time()
    async with answer.workspace() as workspace:
        transfer = await workspace.read(find_transfer, options.transfer or 0)
        holds = await workspace.read(service_holds)
        files = await workspace.read(files_of, transfer.id)
        targets = await workspace.read(targets_of, transfer.id)
        replaced = await workspace.read(replaced_by, transfer.id)
        placed = await workspace.read(placed_links, transfer)
        reports = await workspace.read(report_texts, transfer.id, now)
    stuck = why_stuck(transfer, holds, now)
    answer.row("transfer", as_row(transfer, holds, now, targets))
    facts = [
        ("name", printable(transfer.name)), ("state", transfer.state.value), ("why", printable(stuck.why)),
        ("next", stuck.next), ("helps", stuck.helps and f"mediatui --headless {stuck.helps}"),
        ("route", transfer.route), ("service", named_title(transfer.service)), ("hash", transfer.hash),
        ("entry", f"{transfer.entry_id}{'' if transfer.entry_is_new else ' (was there)'}" if transfer.entry_id else ""),
        ("size", "" if transfer.size is None else size_text(transfer.size)),
        ("target", target_text(transfer, targets)), ("then", then_text(transfer)),
        ("added", date_time(transfer.created_at)), ("changed", date_time(transfer.changed_at)),
        ("ended", "" if transfer.ended_at is None else date_time(transfer.ended_at)),
    ]  # fmt: skip
    for name, value in facts:
        if value:
            answer.line(f"{name:<8} {value}")
    listed = transfer.hold.detail.get("options") if transfer.hold.code == "target" else None
    for one in listed if isinstance(listed, list) else []:
        answer.line(f"  may be   {printable(str(one))}")
    asked = transfer.hold.detail.get("asked")
    for one in asked if isinstance(asked, list) else ():
        answer.line(f"  asks     {printable(str(one))}")
    for link in replaced:
        path, target = os.fsdecode(link.path), os.fsdecode(link.target)
        fields = {"path": path, "target": target, "season": link.season, "episodes": link.episodes}
        of = f" ({link.numbers})" if link.numbers else ""
        text = f"  replaces {printable(path)}{of}, which led to {printable(target)}"
        answer.row("replaced", {"transfer_id": transfer.id, **fields}, text)
    for found in placed:
        path, target = os.fsdecode(found.path), os.fsdecode(found.target)
        fields = {"path": path, "target": target, "state": found.state}
        state = "" if found.state == "ok" else f"  {found.state}"
        answer.row("link", {"transfer_id": transfer.id, **fields}, f"  in the library  {printable(path)}{state}")
    for one in answers_of(transfer):
        if one.command:
            blank = "…" if one.is_begun else ""
            answer.line(f"  {one.word:<15}  mediatui --headless {printable(one.command)}{blank}")
    for file in files:
        text = f"  {'' if file.wanted else 'left  '}{printable(file.path)}  {size_text(file.size)}"
        state = "".join(f"  {printable(part)}" for part in (file.word, file.why) if part)
        answer.row("file", {"transfer_id": transfer.id, **file_row(file)}, f"{text}{state}")
    for report, text in reports:
        answer.row("report", report_row(report), f"  {text}")
    answer.result(counts={"transfer": transfer.id, "files": len(files), "reports": len(reports)})
    return 0


async def show_history(answer: Answer, options: OneTransfer) -> int:
    """Shows what happened to a transfer, the oldest first. Raises NoTransfer."""
    from mediatui.store.transfers.rows import find_transfer, history_of

    async with answer.workspace() as workspace:
        transfer = await workspace.read(find_transfer, options.transfer or 0)
        history = await workspace.read(history_of, transfer.id)
    for one in history:
        moved = f"{one.from_state or 'new'} → {one.to_state}" if one.from_state != one.to_state else one.to_state
        hold = "" if one.hold == "none" else f"  [{one.hold}{f': {one.code}' if one.code else ''}]"
        why = f"  {printable(one.why)}" if one.why else ""
        fields = {
            "transfer_id": one.transfer_id, "at": one.at, "who": one.who, "event": one.event,
            "from_state": one.from_state or None, "to_state": one.to_state, "hold": one.hold, "code": one.code or None,
            "why": one.why, "facts": dict(one.facts),
        }  # fmt: skip
        answer.row("event", fields, f"{date_time(one.at)}  {one.who:<5}  {one.event}: {moved}{hold}{why}")
    answer.result(counts={"transfer": transfer.id, "events": len(history)})
    return 0


async def _act(answer: Answer, act: Act, given: Sequence[str]) -> int:
    """Does one thing with each of some transfers; one that cannot be done is named, and the others go on."""
    from mediatui.acquire.acts import act_on
    from mediatui.acquire.rows import as_row
    from mediatui.model.errors import MediatuiError
    from mediatui.store.transfers.holds import service_holds

    problems: dict[str, MediatuiError] = {}
    done: list[Transfer | str] = []
    now = time.time()
    async with answer.workspace() as workspace:
        for one in dict.fromkeys(given):
            try:
                done.append(await workspace.db.write(act_on, act, one, now))
            except MediatuiError as error:
                problems[one] = error
        holds = await workspace.read(service_holds)
    if problems and not done:
        raise next(iter(problems.values()))
    for changed in done:
        if isinstance(changed, str):
            answer.row("hash", {"hash": changed, "ignored": act == "ignore"}, f"{changed}  {act}d")
            continue
        row = as_row(changed, holds, now)
        answer.row("transfer", row, f"{changed.id}  {printable(changed.name or changed.hash)}: {row['why']}")
    for text, problem in problems.items():
        answer.row("failure", {"transfer": text, "reason": problem.message})
        answer.said("error", f"{printable(text)}: {problem.sentence}")
    failed = f", {len(problems):,} failed" if problems else ""
    counts = {"done": len(done), "failed": len(problems)}
    answer.result(f"{act.capitalize()}: {len(done):,} done{failed}.", ok=not problems, counts=counts)
    return 1 if problems else 0


async def pause(answer: Answer, options: SomeTransfers) -> int:
    """Puts transfers aside until they are resumed."""
    return await _act(answer, "pause", options.transfers)


async def resume(answer: Answer, options: SomeTransfers) -> int:
    """Lets paused transfers go on, from where they were."""
    return await _act(answer, "resume", options.transfers)


async def retry(answer: Answer, options: SomeTransfers) -> int:
    """Lets transfers be tried again at once; ended ones are taken up where they were."""
    return await _act(answer, "retry", options.transfers)


async def pick(answer: Answer, options: OnePlace) -> int:
    """Says from which of several places the files of a transfer are taken. Raises UsageError."""
    from mediatui.acquire.mount.pick import pick_place
    from mediatui.acquire.rows import as_row
    from mediatui.store.transfers.holds import service_holds

    now = time.time()
    async with answer.workspace() as workspace:
        changed = await workspace.db.write(pick_place, options.transfer or 0, options.place or "", now)
        row = as_row(changed, await workspace.read(service_holds), now)
    answer.row("transfer", row, f"{changed.id}  {printable(changed.name or changed.hash)}: {row['why']}")
    answer.result("Picked: 1 done.", counts={"done": 1})
    return 0


async def forget(answer: Answer, options: SomeTransfers) -> int:
    """Ends transfers; nothing is deleted."""
    return await _act(answer, "forget", options.transfers)


async def done(answer: Answer, options: SomeTransfers) -> int:
    """Ends transfers as dealt with by hand."""
    return await _act(answer, "done", options.transfers)


async def ignore(answer: Answer, options: SomeHashes) -> int:
    """Leaves transfers, or hashes, alone from now on."""
    return await _act(answer, "ignore", options.transfers)


async def unignore(answer: Answer, options: SomeHashes) -> int:
    """Takes that back."""
    return await _act(answer, "unignore", options.transfers)
