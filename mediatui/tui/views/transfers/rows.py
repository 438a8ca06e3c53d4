"""The transfers as rows: what waits for a person first, the chips and their counts, and headings by why they wait."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from mediatui.acquire.query import chosen
from mediatui.commands.columns import screen_cells, shown_on_screen
from mediatui.commands.server_reports import unended_texts
from mediatui.commands.transfer_columns import TRANSFER_COLUMNS, ShownTransfer, state_sign
from mediatui.model.human import counted, duration
from mediatui.model.stuck import GROUPS, held_title, sentence_of, why_stuck
from mediatui.model.transfer import ServiceHold
from mediatui.store.transfers.files import count_staged
from mediatui.store.transfers.holds import service_holds
from mediatui.store.transfers.rows import all_transfers
from mediatui.store.transfers.targets import targets_of_all
from mediatui.tui.widgets.rows import Row

COLUMNS: Final = shown_on_screen(TRANSFER_COLUMNS)
_STATE: Final = next(at for at, column in enumerate(COLUMNS) if column.title == "State")
CHIPS: Final = (
    ("", "all"),
    ("waits:you", "waits for you"),
    ("waits:time", "waits for time"),
    ("waits:works", "works"),
    ("state:ended", "ended"),
)
"""The queries of the chips, and their words."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The transfers of a chip and a filter, what each chip would show within the filter, what holds services, how many
    there are that have not ended, and how many have something in staging."""

    rows: Sequence[ShownTransfer]
    counts: Sequence[int]
    held: Sequence[str]
    open: int
    staged: int


def read_transfers(connection: sqlite3.Connection, chip: str, query: str, now: float) -> Listed:
    """The transfers that are listed. Raises UsageError for a query that is none."""
    holds = service_holds(connection)
    targets = targets_of_all(connection)
    known = [(one, why_stuck(one, holds, now), targets.get(one.id, ())) for one in all_transfers(connection)]
    found = {name: chosen([name, query], known) for name, _ in CHIPS}
    rows = [ShownTransfer(*row) for row in found[chip]]
    order = list(GROUPS)
    held = [hold_text(hold, [ShownTransfer(*row) for row in known], now) for hold in holds.values()]
    held += unended_texts(connection, now)
    rows.sort(key=lambda row: order.index(row.stuck.group))
    under_way = sum(one.ended_at is None for one, _, _ in known)
    return Listed(rows, [len(found[name]) for name, _ in CHIPS], held, under_way, count_staged(connection))


def hold_text(hold: ServiceHold, rows: Sequence[ShownTransfer], now: float) -> str:
    """What holds a service, since when and until when, and how many of the transfers wait for it."""
    title = held_title(hold.service)
    why = sentence_of(hold.code, {"service": title, **hold.detail}, now)
    waiting = sum(row.stuck.why.startswith(why) for row in rows)
    left = None if hold.retry_at is None else hold.retry_at - now
    then = "" if left is None else f", next try in {duration(left)}" if left >= 1 else ", tried next"
    since = time.strftime("%H:%M", time.localtime(hold.since))
    wait = "waits" if waiting == 1 else "wait"
    about = "" if title in why else f"{title}: "
    return f"{about}{why} since {since}{then}; {counted(waiting, 'transfer')} {wait}"


def row_of(shown: ShownTransfer) -> Row:
    """A transfer as a row; its state has the colour of what it waits for."""
    _, tone = state_sign(shown.transfer, shown.stuck)
    return Row(shown.transfer.id, screen_cells(COLUMNS, shown), also=((_STATE, tone),))


def grouped_rows(rows: Sequence[ShownTransfer]) -> Iterator[Row]:
    """The rows below a heading for each reason."""
    groups: dict[tuple[str, str], list[ShownTransfer]] = {}
    for row in rows:
        hold = row.transfer.hold
        groups.setdefault((row.stuck.group, hold.code or hold.kind + row.transfer.state), []).append(row)
    for number, ((group, _), members) in enumerate(groups.items(), 1):
        reasons = {row.stuck.why for row in members}
        shown = reasons.pop() if len(reasons) == 1 else members[0].transfer.hold.code or members[0].transfer.state
        waits = next(words for name, words in GROUPS.items() if name == group)
        yield Row(-number, (f"{waits} · {shown} {len(members):,}", ""), heading=True)
        yield from (row_of(row) for row in members)
