"""Reading transfers: rows and their history; and noting the last look at the client, which is no change."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable
from typing import Final

from mediatui.model.errors import UsageError
from mediatui.model.transfer import ROUTES, Event, Hold, HoldKind, Route, State, Transfer, TransferEvent, last_rest
from mediatui.store.json_columns import object_in

_COLUMNS: Final = (
    "id, route, account, hash, name, size, state, hold, code, detail, tries, held_since, retry_at, auto, entry_id, "
    'entry_is_new, without_target, cached_only, "select", status, progress, seeders, progress_at, absent_at, '
    "created_at, changed_at, ended_at, "
    "EXISTS (SELECT 1 FROM transfer_targets WHERE transfer_id = transfers.id), service, "
    "coalesce((SELECT target.service FROM transfer_targets target WHERE transfer_id = transfers.id "
    "AND target.service_id > 0 ORDER BY position LIMIT 1), '')"
)
DAY_S: Final = 86_400
UNSENT_DAYS: Final = 7
ENDED_DAYS: Final = 30
_EVENTS: Final = "transfer_id, at, who, event, from_state, to_state, hold, code, why, facts"


class NoTransfer(UsageError):
    """There is no transfer of this number."""

    kind = "no-transfer"

    def __init__(self, message: str) -> None:
        super().__init__(message, "List them with: mediatui --headless transfers")


def read_transfer(connection: sqlite3.Connection, transfer_id: int) -> Transfer | None:
    """A transfer by its number, or None."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM transfers WHERE id = ?", (transfer_id,)).fetchone()
    return None if row is None else _transfer(row)


def find_transfer(connection: sqlite3.Connection, transfer_id: int) -> Transfer:
    """A transfer by its number; raises NoTransfer."""
    found = read_transfer(connection, transfer_id)
    if found is None:
        raise NoTransfer(f"There is no transfer {transfer_id}.")
    return found


def all_transfers(connection: sqlite3.Connection) -> list[Transfer]:
    """Every transfer, the newest first."""
    return [_transfer(row) for row in connection.execute(f"SELECT {_COLUMNS} FROM transfers ORDER BY id DESC")]


def under_way(connection: sqlite3.Connection, route: Route | None = None) -> list[Transfer]:
    """The transfers that have not ended, in order of age."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM transfers WHERE ended_at IS NULL AND (? IS NULL OR route = ?) ORDER BY id",
        (route, route),
    )
    return [_transfer(row) for row in rows]


def transfers_by_id(connection: sqlite3.Connection, ids: Iterable[int]) -> list[Transfer]:
    """The transfers with these numbers, in order of age."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM transfers WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(list(ids)),),
    )
    return [_transfer(row) for row in rows]


def forgotten_unselected(connection: sqlite3.Connection) -> list[Transfer]:
    """The transfers that a person has forgotten whose own entry still waits for its files to be selected."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM transfers WHERE state = 'forgotten' AND entry_is_new AND EXISTS (SELECT 1 FROM "
        "torrents WHERE torrents.id = entry_id AND gone_at IS NULL AND torrents.status = 'waiting_files_selection')"
    )
    return [_transfer(row) for row in rows]


def transfers_of_hash(connection: sqlite3.Connection, info_hash: str) -> list[Transfer]:
    """The transfers of a hash, the newest first."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM transfers WHERE hash = ? ORDER BY id DESC", (info_hash,))
    return [_transfer(row) for row in rows]


def failed_hashes(connection: sqlite3.Connection, since: float) -> frozenset[str]:
    """The info-hashes of the transfers that have failed since then."""
    rows = connection.execute("SELECT hash FROM transfers WHERE state = ? AND ended_at >= ?", (State.FAILED, since))
    return frozenset(row[0] for row in rows)


def _transfer(row: Iterable[object]) -> Transfer:
    (
        id_, route, account, info_hash, name, size, state, hold, code, detail, tries, held_since, retry_at, auto,
        entry_id, is_new, without_target, cached_only, select, status, progress, seeders, progress_at, absent_at,
        created_at, changed_at, ended_at, has_target, service, looked_after_by,
    ) = tuple(row)  # fmt: skip
    is_known = hold in tuple(HoldKind) and route in ROUTES  # of what is not understood nothing is done
    return Transfer(
        int(str(id_)), _route(route), int(str(account)), str(info_hash), str(name), _whole(size),
        read_state(str(state)) if is_known else State.UNKNOWN,
        Hold(read_hold(str(hold)), str(code), object_in(detail), int(str(tries)), _float(held_since), _float(retry_at)),
        str(auto), str(entry_id), bool(is_new), bool(without_target), bool(cached_only), str(select), str(status),
        _float(progress), _whole(seeders), _float(progress_at), _float(absent_at), _float(created_at) or 0.0,
        _float(changed_at) or 0.0, _float(ended_at), bool(has_target), str(service), str(looked_after_by),
    )  # fmt: skip


def read_state(text: str) -> State:
    """The state of this word; ``unknown`` for a word that is none."""
    return State(text) if text in tuple(State) else State.UNKNOWN


def read_hold(text: str) -> HoldKind:
    """The kind of hold of this word. A word that is none pauses: nothing goes on by itself that is not understood."""
    return HoldKind(text) if text in tuple(HoldKind) else HoldKind.PAUSED


def _route(value: object) -> Route:
    return "seedbox" if value == "seedbox" else "arr" if value == "arr" else "debrid"


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _float(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def history_of(connection: sqlite3.Connection, transfer_id: int) -> list[TransferEvent]:
    """The history of a transfer, oldest first."""
    rows = connection.execute(
        f"SELECT {_EVENTS} FROM transfer_events WHERE transfer_id = ? ORDER BY id", (transfer_id,)
    )
    return [TransferEvent(*(*tuple(row)[:9], object_in(row[9]))) for row in rows]


def batches_of_imports(connection: sqlite3.Connection, transfer_id: int) -> list[int]:
    """The batches that began imports of a transfer, the last one last; 0 where its history does not say."""
    begun = [event for event in history_of(connection, transfer_id) if event.event == Event.IMPORT]
    batches = [event.facts.get("batch") for event in begun]
    return [batch if isinstance(batch, int) else 0 for batch in batches]


def state_to_retry(connection: sqlite3.Connection, transfer_id: int) -> State:
    """Where a retry takes an ended transfer up: the last state in which it could rest."""
    return last_rest([event.to_state for event in history_of(connection, transfer_id)])


def note_look(
    connection: sqlite3.Connection,
    transfer_id: int,
    status: str,
    progress: float | None,
    seeders: int | None,
    progress_at: float | None,
    absent_at: float | None,
) -> None:
    """Notes what the client last said of a transfer; no event, the state stays."""
    connection.execute(
        "UPDATE transfers SET status = ?, progress = ?, seeders = ?, progress_at = ?, absent_at = ? WHERE id = ?",
        (status, progress, seeders, progress_at, absent_at, transfer_id),
    )


def store_blob(connection: sqlite3.Connection, info_hash: str, content: bytes, now: float) -> None:
    """Keeps the .torrent a transfer was or may be sent from; those that were not sent for a week go, and those of
    transfers that ended a month ago."""
    connection.execute(
        "DELETE FROM torrent_blobs WHERE at < ? AND NOT EXISTS (SELECT 1 FROM transfers WHERE "
        "transfers.hash = torrent_blobs.hash AND (ended_at IS NULL OR ended_at > ?))",
        (now - UNSENT_DAYS * DAY_S, now - ENDED_DAYS * DAY_S),
    )
    connection.execute(
        "INSERT OR REPLACE INTO torrent_blobs (hash, data, at) VALUES (?, ?, ?)",
        (info_hash, zlib.compress(content), now),
    )


def blob_of(connection: sqlite3.Connection, info_hash: str) -> bytes:
    """The .torrent of a hash; empty when none is kept, or what is kept is damaged."""
    row = connection.execute("SELECT data FROM torrent_blobs WHERE hash = ?", (info_hash,)).fetchone()
    try:
        return b"" if row is None else zlib.decompress(row[0])
    except zlib.error:
        return b""
