"""Reports to media servers: what changed, whether it was sent, and whether the server was seen to have it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from mediatui.model.media_server import ServerName
from mediatui.model.secrets import mask_secrets
from mediatui.model.transfer import is_over

ReportKind = Literal["placed", "swapped", "removed"]
ReportState = Literal["waiting", "sent", "proven", "missed"]
FOLDER_GONE: Final = b"/."
"""The end of the path of a report that is of a folder which was removed or moved away."""
KEPT_S: Final = 7 * 86_400.0
"""How long what has ended is kept."""
_COLUMNS: Final = (
    "server, path, kind, state, transfer, changed_at, due_at, tries, why, reported, sent_at, reread, proven_at, "
    "is_moved"
)


@dataclass(frozen=True, slots=True)
class Report:
    """One changed link for one server; one that ``is_moved`` only has another path. ``due_at`` is when it is sent or
    read back, ``why`` what it waits for or what came of it, ``reported`` the folder that was named to the server; times
    are epoch seconds."""

    server: ServerName
    path: bytes
    kind: ReportKind
    state: ReportState
    transfer: int | None
    changed_at: float
    due_at: float
    tries: int
    why: str
    reported: str
    sent_at: float | None
    reread: int
    proven_at: float | None
    is_moved: int

    def is_due(self, now: float) -> bool:
        """Whether it is to be sent or read back: its time has come, or the clock was set back meanwhile."""
        return is_over(self.changed_at if self.sent_at is None else self.sent_at, self.due_at, now)

    @property
    def place(self) -> bytes:
        """The path of the link; of a folder that went (``FOLDER_GONE``) that of the folder."""
        return self.path.removesuffix(FOLDER_GONE)


def note_change(
    connection: sqlite3.Connection,
    servers: Iterable[ServerName],
    path: bytes,
    kind: ReportKind,
    transfer: int | None,
    now: float,
    due_at: float,
    is_moved: bool = False,
) -> None:
    """Notes for each server that a link changed: a report of it that is under way begins anew."""
    connection.executemany(
        "INSERT INTO server_reports (server, path, kind, transfer, changed_at, due_at, is_moved) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (server, path) DO UPDATE SET kind = excluded.kind, state = 'waiting', tries = 0, why = '', "
        "transfer = coalesce(excluded.transfer, transfer), changed_at = excluded.changed_at, due_at = excluded.due_at, "
        "reported = '', sent_at = NULL, reread = 0, proven_at = NULL, is_moved = excluded.is_moved",
        [(server, path, kind, transfer, now, due_at, is_moved) for server in servers],
    )


def reports_in(connection: sqlite3.Connection, *states: ReportState) -> list[Report]:
    """The reports in these states, the oldest change first."""
    return _read(connection, f"state IN ({', '.join('?' * len(states))})", states)


def reports_of_transfer(connection: sqlite3.Connection, transfer: int) -> list[Report]:
    """The reports of what a transfer brought."""
    return _read(connection, "transfer = ?", (transfer,))


def is_report_due(connection: sqlite3.Connection, now: float, *, kept: bool = False) -> bool:
    """Whether something is to be sent or read back now; with ``kept`` what could not be sent before counts too."""
    found = connection.execute(
        "SELECT 1 FROM server_reports WHERE state IN ('waiting', 'sent') AND (due_at <= ? OR (? AND tries > 0) "
        "OR coalesce(sent_at, changed_at) > ?) LIMIT 1",
        (now, kept, now),
    ).fetchone()
    return found is not None


def count_unended(connection: sqlite3.Connection) -> int:
    """How many reports have not ended."""
    row = connection.execute("SELECT count(*) FROM server_reports WHERE state IN ('waiting', 'sent')").fetchone()
    return int(row[0])


def postpone(
    connection: sqlite3.Connection, reports: Sequence[Report], why: str, due_at: float, tries: int = 0
) -> None:
    """Keeps reports for later, with the reason; ``tries`` more of them have failed."""
    connection.executemany(
        "UPDATE server_reports SET why = ?, due_at = ?, tries = tries + ? WHERE server = ? AND path = ?",
        [(mask_secrets(why), due_at, tries, one.server, one.path) for one in reports],
    )


def note_sent(
    connection: sqlite3.Connection, reports: Sequence[Report], reported: str, now: float, look_at: float, reread: bool
) -> None:
    """Notes that reports were sent, to be read back at ``look_at``."""
    connection.executemany(
        "UPDATE server_reports SET state = 'sent', why = '', reported = ?, sent_at = ?, due_at = ?, tries = 0, "
        "reread = ? WHERE server = ? AND path = ? AND changed_at = ?",
        [(reported, now, look_at, reread, one.server, one.path, one.changed_at) for one in reports],
    )


def end_report(connection: sqlite3.Connection, report: Report, state: ReportState, why: str, now: float) -> None:
    """Ends a report: ``proven``, or ``missed`` with the reason; one whose link changed since goes on."""
    connection.execute(
        "UPDATE server_reports SET state = ?, why = ?, proven_at = ? WHERE server = ? AND path = ? AND changed_at = ?",
        (state, mask_secrets(why), now if state == "proven" else None, report.server, report.path, report.changed_at),
    )


def read_back_again(connection: sqlite3.Connection, reports: Iterable[Report], due_at: float) -> None:
    """Has reports that were proven read back once more: what follows from them could not be done."""
    connection.executemany(
        "UPDATE server_reports SET state = 'sent', due_at = ?, proven_at = NULL "
        "WHERE server = ? AND path = ? AND changed_at = ? AND state = 'proven'",
        [(due_at, one.server, one.path, one.changed_at) for one in reports],
    )


def drop_reports(connection: sqlite3.Connection, reports: Iterable[Report]) -> None:
    """Forgets reports of what somebody else changed since."""
    connection.executemany(
        "DELETE FROM server_reports WHERE server = ? AND path = ? AND changed_at = ?",
        [(one.server, one.path, one.changed_at) for one in reports],
    )


def forget_ended(connection: sqlite3.Connection, servers: Sequence[ServerName], now: float) -> None:
    """Forgets what ended long ago, and what is for servers that are not told any more."""
    connection.execute(
        "DELETE FROM server_reports WHERE state IN ('proven', 'missed') AND changed_at < ?", (now - KEPT_S,)
    )
    connection.execute("DELETE FROM server_watched WHERE noted_at < ?", (now - KEPT_S,))
    connection.execute(
        f"DELETE FROM server_reports WHERE server NOT IN ({', '.join('?' * len(servers))}) "
        "AND state IN ('waiting', 'sent')",
        servers,
    )


def _read(connection: sqlite3.Connection, where: str, values: Sequence[object]) -> list[Report]:
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM server_reports WHERE {where} ORDER BY changed_at, path", tuple(values)
    )
    return [Report(*row) for row in rows]
