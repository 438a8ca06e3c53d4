"""How the transfers of the demo are stored: made of the torrents of the account, and of strangers to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from mediatui.acquire.mapping.local import LocalItems
from mediatui.acquire.mapping.rank import rank
from mediatui.acquire.mapping.release_name import read_name
from mediatui.demo.seed import SimTorrent, make_stranger
from mediatui.model.target import MappedTarget
from mediatui.model.transfer import FREE, Event, Hold, State, Who
from mediatui.store.library.media import iterate_media
from mediatui.store.transfers.change import NewTransfer, Noted, change, create
from mediatui.store.transfers.files import store_files
from mediatui.store.transfers.rows import note_look
from mediatui.store.transfers.targets import set_targets, targets_of

DAY_S, HOUR_S = 86_400.0, 3_600.0
STRANGERS = {
    "target": "a" * 40, "refused": "b" * 40, "queued": "c" * 40, "gone": "d" * 40, "forgotten": "e" * 40,
    "paused": "f" * 40, "two": "ab" * 20, "limit": "bc" * 20, "known": "cd" * 20, "silent": "de" * 20,
}  # fmt: skip
"""Hashes that are not on the account."""
TO_DOWNLOADING: Sequence[tuple[Event, Who, State]] = (
    (Event.SEND, "user", State.SENDING), (Event.SENT, "job", State.DOWNLOADING),
)  # fmt: skip


class Shelf:
    """Where the transfers of the demo are stored: the database, and what its library knows."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._items = LocalItems(connection)

    def change(self, number: int, *how: Any, **more: Any) -> None:
        """Changes a transfer, as ``store.transfers.change`` does."""
        change(self.connection, number, *how, **more)

    def aims(self, name: str, at: float) -> Sequence[MappedTarget]:
        """What a release is for, where that is clear."""
        release = read_name(name)
        chosen = rank(release, self._items.of_release(release), date.fromtimestamp(at).isoformat()).chosen
        return () if chosen is None else chosen.mapped

    def look_after(self, number: int, service: str) -> None:
        """Has a Sonarr or Radarr look after what a transfer is for, where it knows that."""
        mapped = targets_of(self.connection, number)
        kind = "film" if service == "radarr" else "episode"
        known = {
            (one.title, one.year): one.service_id for one in iterate_media(self.connection, kind)
            if one.source == service
        }  # fmt: skip
        with_service = [
            replace(one, target=replace(one.target, service=service, service_id=found))
            if (found := known.get((one.target.title, one.target.year))) else one
            for one in mapped
        ]  # fmt: skip
        set_targets(self.connection, number, with_service)

    def new(self, name: str, at: float, hold: Hold = FREE, service: str = "") -> int:
        """Stores a transfer of a stranger; returns its number."""
        stranger = make_stranger(STRANGERS[name])
        asks = hold.code == "target"
        aims = () if asks else self.aims(stranger.original_filename, at)
        new = NewTransfer(
            "arr" if service else "debrid", stranger.hash, stranger.original_filename,
            auto="import", without_target=not aims and not asks, service=service,
        )  # fmt: skip
        number = create(self.connection, new, "user", hold=hold, now=at)
        set_targets(self.connection, number, aims)
        return number

    def not_sent(self, name: str, hold: Hold, why: str, at: float, service: str = "") -> int:
        """The same for one that could not be sent."""
        number = self.new(name, at, service=service)
        self.change(number, Event.SEND, "user", State.WANTED, State.SENDING, now=at)
        self.change(number, Event.NOT_SENT, "job", State.SENDING, State.WANTED, hold=replace(hold, since=at), why=why,
                    now=at)  # fmt: skip
        return number

    def of(
        self, torrent: SimTorrent, steps: Sequence[tuple[Event, Who, State]], at: float, *, is_new: bool = True
    ) -> int:
        """Stores a transfer of a torrent of the account, that went these steps; returns its number."""
        aims = self.aims(torrent.original_filename, at)
        new = NewTransfer(
            "debrid", torrent.hash, torrent.original_filename, torrent.size or None, without_target=not aims
        )
        number = create(self.connection, new, "user", now=at)
        set_targets(self.connection, number, aims)
        self.walk(number, State.WANTED, steps, at, Noted(entry_id=torrent.id, entry_is_new=is_new))
        store_files(self.connection, number, torrent.files())
        note_look(self.connection, number, torrent.status, torrent.progress, None, at, None)
        return number

    def fetching(self, torrent: SimTorrent, now: float) -> int:
        """The same for one that is being brought into staging."""
        number = self.of(torrent, TO_DOWNLOADING, now - 4 * HOUR_S)
        self.change(number, Event.WHOLE, "job", State.DOWNLOADING, State.READY, why="all its links are there",
                    noted=Noted(size=torrent.size, auto="import"), now=now - 3 * HOUR_S)  # fmt: skip
        self.change(number, Event.FETCH, "job", State.READY, State.FETCHING, now=now - 2 * HOUR_S)
        return number

    def not_staged(self, torrent: SimTorrent, hold: Hold, now: float) -> None:
        """A transfer whose links could not be placed in staging."""
        number = self.fetching(torrent, now)
        why = "could not be read" if hold.code == "files" else "not on the mount yet"
        self.change(number, Event.FETCH_STOPPED, "job", State.FETCHING, State.READY, hold=hold, why=why,
                    now=now - HOUR_S)  # fmt: skip

    def end(self, torrent: SimTorrent, event: Event, to: State, at: float) -> None:
        """A transfer that has ended."""
        number = self.of(torrent, TO_DOWNLOADING, at - DAY_S)
        self.change(number, event, "user", State.DOWNLOADING, to, now=at)

    def walk(
        self, number: int, state: State, steps: Sequence[tuple[Event, Who, State]], at: float,
        noted: Noted | None = None,
    ) -> None:  # fmt: skip
        """Has a transfer go some steps."""
        for event, who, to in steps:
            self.change(number, event, who, state, to, noted=noted or Noted(), now=at)
            state = to
