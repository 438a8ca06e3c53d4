"""The journal command: what was changed, batch by batch, and everything about one."""

from __future__ import annotations

import dataclasses
import sqlite3

from mediatui.changes.apply import as_row
from mediatui.changes.steps.stored import read_steps
from mediatui.commands.journal import SHOWN, Journal
from mediatui.commands.journal_columns import JOURNAL_COLUMNS
from mediatui.commands.open_archive import open_archive
from mediatui.headless.changes import describe_step
from mediatui.headless.output import Output
from mediatui.model.errors import UsageError
from mediatui.model.human import date_time
from mediatui.model.text import printable
from mediatui.runtime.events import FoundRow
from mediatui.runtime.invocation import Invocation
from mediatui.store.changes.journal import read_batch, read_lines, recent_batches, shown_word


def run_journal(invocation: Invocation, output: Output, options: Journal) -> int:
    """What was changed, the newest first; of one batch the steps and the journal."""
    with open_archive(invocation) as connection:
        if options.batch is not None:
            return _one(connection, output, options.batch)
        found = recent_batches(connection, options.limit or SHOWN)
        for one in found:
            output.row("batch", dataclasses.asdict(one))
        if not output.json and found:
            output.table(JOURNAL_COLUMNS, found)
    output.result("" if found else "Nothing was changed yet.", counts={"batches": len(found)})
    return 0


def _one(connection: sqlite3.Connection, output: Output, number: int) -> int:
    batch = read_batch(connection, number)
    if batch is None:
        raise UsageError(f"There is no batch {number}.", "List them with: mediatui --headless journal")
    for stored in read_steps(connection, number):
        row = as_row(stored.step, stored.outcome, stored.reason)
        output.row("step", row, describe_step(FoundRow("step", row)))
    for line in read_lines(connection, number):
        undone = "" if line.undone_at is None else f", undone {date_time(line.undone_at)}"
        line = dataclasses.replace(line, kind=shown_word(line.kind), outcome=line.outcome and shown_word(line.outcome))
        text = f"{date_time(line.at)}  {line.kind:<17} {line.outcome or 'begun'}  {printable(line.what)}{undone}"
        output.row("line", dataclasses.asdict(line), text)
    output.result(f"{batch.title}: {batch.state}.", counts={"batch": number, "state": batch.state})
    return 0
