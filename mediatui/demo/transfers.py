"""The demo's transfers: one in every state and of every kind of hold there is without a seedbox."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from mediatui.acquire.mapping.local import LocalItems
from mediatui.acquire.mapping.rank import rank
from mediatui.acquire.mapping.release_name import read_name
from mediatui.demo.seed import SimTorrent, make_stranger
from mediatui.model.human import duration
from mediatui.model.target import MappedTarget
from mediatui.model.transfer import FREE, Event, Hold, HoldKind, State, Who
from mediatui.store.transfers.change import NewTransfer, Noted, change, create
from mediatui.store.transfers.files import store_files
from mediatui.store.transfers.holds import note_refused
from mediatui.store.transfers.rows import note_look
from mediatui.store.transfers.targets import set_targets

DAY_S, HOUR_S = 86_400.0, 3_600.0
STRANGERS = {
    "target": "a" * 40, "refused": "b" * 40, "queued": "c" * 40, "gone": "d" * 40, "forgotten": "e" * 40,
    "paused": "f" * 40,
}  # fmt: skip
"""Hashes that are not on the account."""
_TO_DOWNLOADING: Sequence[tuple[Event, Who, State]] = (
    (Event.SEND, "user", State.SENDING), (Event.SENT, "job", State.DOWNLOADING),
)  # fmt: skip


def store_transfers(connection: sqlite3.Connection, torrents: Sequence[SimTorrent], now: float) -> None:
    """Stores the transfers of the demo; those that are on the account are of its ``torrents``."""
    by_status: dict[str, list[SimTorrent]] = defaultdict(list)
    for torrent in torrents:
        by_status[torrent.status].append(torrent)
    whole = [one for one in by_status["downloaded"] if one.shape in ("film", "season") and one.link_code is None]
    _end(connection, whole[21], Event.BY_HAND, State.BY_HAND, now - 3 * DAY_S)
    ready = _of(connection, whole[22], _TO_DOWNLOADING, now - 2 * HOUR_S)
    change(connection, ready, Event.WHOLE, "job", State.DOWNLOADING, State.READY, why="all its links are there",
           noted=Noted(size=whole[22].size), now=now - HOUR_S)  # fmt: skip
    looked: dict[str, object] = {"looks": 84, "cache": 60, "refreshes": "library.rclone_rc"}
    hold = Hold(HoldKind.WAITING, "not-on-mount", looked, 2, now - 2 * HOUR_S, now + HOUR_S)
    _not_staged(connection, whole[23], hold, now)
    expired = {"expired": whole[24].files()[0].path.lstrip("/")}
    _not_staged(connection, whole[24], Hold(HoldKind.CHOICE, "files", expired, since=now - HOUR_S), now)
    for working in by_status["downloading"][:2]:
        number = _of(connection, working, _TO_DOWNLOADING, now - HOUR_S)
        note_look(connection, number, working.status, working.progress, 4, now - 600, None)
    for quiet in by_status["queued"][:1]:
        number = _of(connection, quiet, _TO_DOWNLOADING, now - 4 * HOUR_S)
        note_look(connection, number, quiet.status, quiet.progress, 0, now - 3 * HOUR_S, None)
        hold = Hold(HoldKind.WAITING, "stalled", {"quiet": duration(3 * HOUR_S)}, 6, now - 2.5 * HOUR_S, now + 1_200)
        change(connection, number, Event.HELD, "job", State.DOWNLOADING, hold=hold, why="no byte for 3h", now=now - 600)
    if hanging := by_status["dead"][:1]:
        dead = _of(connection, hanging[0], _TO_DOWNLOADING, now - DAY_S)
        hold = Hold(HoldKind.CHOICE, "rd-dead", {"status": "dead", "kept": "it was there before"})
        change(connection, dead, Event.PERMANENT, "job", State.DOWNLOADING, State.FAILED, hold=hold,
               why="Real-Debrid says: dead", now=now - 20 * HOUR_S)  # fmt: skip
    if packed := [one for one in by_status["downloaded"] if one.shape == "rar"]:
        archive = _of(connection, packed[0], _TO_DOWNLOADING, now - 5 * HOUR_S)
        hold = Hold(HoldKind.CHOICE, "partial", {"archived": packed[0].file_count}, since=now - 4 * HOUR_S)
        change(connection, archive, Event.HELD, "job", State.DOWNLOADING, hold=hold, why="one link for all its files",
               now=now - 4 * HOUR_S)  # fmt: skip
    _of_strangers(connection, now)


def _not_staged(connection: sqlite3.Connection, torrent: SimTorrent, hold: Hold, now: float) -> None:
    """A transfer whose links could not be placed in staging."""
    number = _of(connection, torrent, _TO_DOWNLOADING, now - 4 * HOUR_S)
    change(connection, number, Event.WHOLE, "job", State.DOWNLOADING, State.READY, why="all its links are there",
           noted=Noted(size=torrent.size, auto="import"), now=now - 3 * HOUR_S)  # fmt: skip
    change(connection, number, Event.FETCH, "job", State.READY, State.FETCHING, now=now - 2 * HOUR_S)
    why = "could not be read" if hold.code == "files" else "not on the mount yet"
    change(connection, number, Event.FETCH_STOPPED, "job", State.FETCHING, State.READY, hold=hold, why=why,
           now=now - HOUR_S)  # fmt: skip


def _of_strangers(connection: sqlite3.Connection, now: float) -> None:
    """Transfers of what is not on the account."""
    _new(connection, "target", now - 40 * 60, hold=Hold(HoldKind.CHOICE, "target", since=now - 40 * 60))
    _new(connection, "queued", now - 60)
    refused = _new(connection, "refused", now - 3 * HOUR_S)
    change(connection, refused, Event.SEND, "user", State.WANTED, State.SENDING, now=now - 3 * HOUR_S)
    hold = Hold(HoldKind.CHOICE, "refused", {"date": now - 3 * HOUR_S}, since=now - 3 * HOUR_S)
    change(connection, refused, Event.NOT_SENT, "job", State.SENDING, State.WANTED, hold=hold,
           why="refused twice (451), while others were accepted", now=now - 3 * HOUR_S)  # fmt: skip
    note_refused(connection, "realdebrid", STRANGERS["refused"], "", "rd-pause", now - 3 * HOUR_S)
    gone = _new(connection, "gone", now - 2 * DAY_S)
    _walk(connection, gone, State.WANTED, _TO_DOWNLOADING, now - 2 * DAY_S)
    change(connection, gone, Event.VANISHED, "job", State.DOWNLOADING, State.WANTED,
           hold=Hold(HoldKind.CHOICE, "gone", since=now - DAY_S), why="the account does not list it any more",
           now=now - DAY_S)  # fmt: skip
    forgotten = _new(connection, "forgotten", now - 4 * DAY_S)
    change(connection, forgotten, Event.FORGET, "user", State.WANTED, State.FORGOTTEN, now=now - 3 * DAY_S)
    paused = _new(connection, "paused", now - 6 * HOUR_S)
    change(connection, paused, Event.PAUSE, "user", State.WANTED, hold=Hold(HoldKind.PAUSED, since=now - 5 * HOUR_S),
           now=now - 5 * HOUR_S)  # fmt: skip


def _new(connection: sqlite3.Connection, name: str, at: float, hold: Hold = FREE) -> int:
    stranger = make_stranger(STRANGERS[name])
    aims = () if hold.code == "target" else _aims(connection, stranger.original_filename, at)
    bare = not aims and hold.code != "target"
    new = NewTransfer("debrid", stranger.hash, stranger.original_filename, without_target=bare)
    number = create(connection, new, "user", hold=hold, now=at)
    set_targets(connection, number, aims)
    return number


def _aims(connection: sqlite3.Connection, name: str, at: float) -> Sequence[MappedTarget]:
    """What a release is for, where that is clear."""
    release = read_name(name)
    items = LocalItems(connection).of_release(release)
    chosen = rank(release, items, date.fromtimestamp(at).isoformat()).chosen
    return () if chosen is None else chosen.mapped


def _of(
    connection: sqlite3.Connection,
    torrent: SimTorrent,
    steps: Sequence[tuple[Event, Who, State]],
    at: float,
    *,
    is_new: bool = True,
) -> int:
    aims = _aims(connection, torrent.original_filename, at)
    new = NewTransfer(
        "debrid", torrent.hash, torrent.original_filename, torrent.size or None, without_target=not aims
    )  # fmt: skip
    number = create(connection, new, "user", now=at)
    set_targets(connection, number, aims)
    _walk(connection, number, State.WANTED, steps, at, Noted(entry_id=torrent.id, entry_is_new=is_new))
    store_files(connection, number, torrent.files())
    note_look(connection, number, torrent.status, torrent.progress, None, at, None)
    return number


def _end(connection: sqlite3.Connection, torrent: SimTorrent, event: Event, to: State, at: float) -> None:
    number = _of(connection, torrent, _TO_DOWNLOADING, at - DAY_S)
    change(connection, number, event, "user", State.DOWNLOADING, to, now=at)


def _walk(
    connection: sqlite3.Connection,
    number: int,
    state: State,
    steps: Sequence[tuple[Event, Who, State]],
    at: float,
    noted: Noted | None = None,
) -> None:
    for event, who, to in steps:
        change(connection, number, event, who, state, to, noted=noted or Noted(), now=at)
        state = to
