"""Reports to media servers as the faces show them: the job, what waits, and what a server has not taken."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from typing import TYPE_CHECKING, Final

from mediatui.model.human import counted, duration
from mediatui.model.media_server import SERVER_TITLES
from mediatui.model.text import printable
from mediatui.runtime.jobs import JobKind
from mediatui.store.servers.reports import Report, reports_in, reports_of_transfer

if TYPE_CHECKING:
    from mediatui.changes.reporting.send import ReportOptions
    from mediatui.runtime.context import Context
    from mediatui.runtime.events import Event

DAY_S: Final = 86_400.0


def _report(ctx: Context, options: ReportOptions) -> AsyncGenerator[Event, None]:
    from mediatui.changes.reporting.send import report_to_servers

    return report_to_servers(ctx, options)


REPORT: Final[JobKind[ReportOptions]] = JobKind("media servers", "servers", _report)


def unended_texts(connection: sqlite3.Connection, now: float) -> list[str]:
    """What waits to be reported and why, and what servers have not taken in the last day; without full stops."""
    return [one for one in (waiting_text(connection), *missed_texts(connection, now)) if one]


def waiting_text(connection: sqlite3.Connection) -> str:
    """What waits to be reported, and why; empty when nothing does."""
    waiting = [one for one in reports_in(connection, "waiting") if one.why]
    if not waiting:
        return ""
    reasons = Counter(one.why for one in waiting)
    wait = "waits" if len(waiting) == 1 else "wait"
    return f"{counted(len(waiting), 'report')} {wait}: {printable(reasons.most_common(1)[0][0])}"


def missed_texts(connection: sqlite3.Connection, now: float) -> list[str]:
    """What servers have not taken in the last day, by the reason."""
    found = []
    missed = [one for one in reports_in(connection, "missed") if now - one.changed_at < DAY_S]
    for why, count in Counter(one.why for one in missed).most_common(2):
        name = next(_name(one) for one in missed if one.why == why)
        more = f" and {count - 1:,} more" if count > 1 else ""
        found.append(f"{name}{more}: {printable(why)}")
    return found


def report_texts(connection: sqlite3.Connection, transfer: int, now: float) -> list[tuple[Report, str]]:
    """What became of the reports of what a transfer brought, each as words."""
    return [(one, f"{_name(one)}: {_state(one, now)}") for one in reports_of_transfer(connection, transfer)]


def report_row(report: Report) -> dict[str, object]:
    """A report as a row of output."""
    return {
        "server": report.server, "path": os.fsdecode(report.place), "kind": report.kind, "state": report.state,
        "reason": report.why, "due_at": report.due_at, "sent_at": report.sent_at, "tries": report.tries,
        "proven_at": report.proven_at, "folder": report.reported or None, "transfer_id": report.transfer,
    }  # fmt: skip


def _state(one: Report, now: float) -> str:
    title, left = SERVER_TITLES[one.server], duration(max(one.due_at - now, 0.0))
    match one.state:
        case "waiting":
            return f"{title} is told {f'later: {printable(one.why)}' if one.why else f'in {left}'}"
        case "sent":
            return f"reported to {title}, read back in {left}"
        case "proven":
            return f"{title} {'has dropped it' if one.kind == 'removed' else 'has it'}"
    return printable(one.why)


def _name(one: Report) -> str:
    return printable(os.path.basename(os.fsdecode(one.place)))


def is_due(connection: sqlite3.Connection, now: float, *, kept: bool = False) -> bool:
    """Whether the job has something to do; with ``kept`` what could not be sent before counts too."""
    from mediatui.store.servers.reports import is_report_due

    return is_report_due(connection, now, kept=kept)


def unended_rows(connection: sqlite3.Connection) -> Sequence[Report]:
    """The reports that have not ended, and those that a server has not taken."""
    return reports_in(connection, "waiting", "sent", "missed")
