"""The demo's transfers: one in every state and of every kind of hold there is without a seedbox."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence

from mediatui.demo.library_plan import Folders, spare_torrents
from mediatui.demo.seed import SimTorrent, make_stranger
from mediatui.demo.shelf import DAY_S, HOUR_S, STRANGERS, TO_DOWNLOADING, Shelf
from mediatui.demo.staged import store_staged
from mediatui.model.human import counted, duration
from mediatui.model.transfer import Event, Hold, HoldKind, State
from mediatui.names.release_columns import columns_of
from mediatui.store.transfers.change import Noted
from mediatui.store.transfers.holds import note_refused
from mediatui.store.transfers.rows import note_look


def store_transfers(
    connection: sqlite3.Connection, torrents: Sequence[SimTorrent], now: float, places: Folders | None = None
) -> None:
    """Stores the transfers of the demo; those that are on the account are of its ``torrents``. Without ``places``, the
    folders of the library, none is in staging."""
    shelf = Shelf(connection)
    by_status: dict[str, list[SimTorrent]] = defaultdict(list)
    for torrent in torrents:
        by_status[torrent.status].append(torrent)
    whole = [one for one in by_status["downloaded"] if one.shape in ("film", "season") and one.link_code is None]
    shelf.end(whole[21], Event.BY_HAND, State.BY_HAND, now - 3 * DAY_S)
    resting = next(spare_torrents(whole[25:]), whole[22])
    ready = shelf.of(resting, TO_DOWNLOADING, now - 2 * HOUR_S)
    shelf.change(ready, Event.WHOLE, "job", State.DOWNLOADING, State.READY, why="all its links are there",
                 noted=Noted(size=resting.size), now=now - HOUR_S)  # fmt: skip
    _at_the_mount(shelf, whole, now)
    _downloading(shelf, by_status, now)
    _of_strangers(shelf, now)
    if places is not None:
        store_staged(shelf, (one for one in whole[25:] if one is not resting), now, places)


def _at_the_mount(shelf: Shelf, whole: Sequence[SimTorrent], now: float) -> None:
    """Transfers that the mount keeps from going on."""
    looked: dict[str, object] = {"looks": 84, "cache": 60, "refreshes": "library.rclone_rc"}
    hold = Hold(HoldKind.WAITING, "not-on-mount", looked, 2, now - 2 * HOUR_S, now + HOUR_S)
    shelf.not_staged(whole[23], hold, now)
    expired = {"expired": whole[24].files()[0].path.lstrip("/")}
    shelf.not_staged(whole[24], Hold(HoldKind.CHOICE, "files", expired, since=now - HOUR_S), now)


def _downloading(shelf: Shelf, by_status: Mapping[str, Sequence[SimTorrent]], now: float) -> None:
    """Transfers that the account has not whole, or not as they were wanted."""
    for working in by_status["downloading"][:2]:
        number = shelf.of(working, TO_DOWNLOADING, now - HOUR_S)
        note_look(shelf.connection, number, working.status, working.progress, 4, now - 600, None)
    for magnet in by_status["magnet_conversion"][:1]:
        number = shelf.of(magnet, TO_DOWNLOADING, now - 5 * 60)
        note_look(shelf.connection, number, magnet.status, 0.0, None, now - 5 * 60, None)
    for quiet in by_status["queued"][:1]:
        number = shelf.of(quiet, TO_DOWNLOADING, now - 4 * HOUR_S)
        note_look(shelf.connection, number, quiet.status, quiet.progress, 0, now - 3 * HOUR_S, None)
        hold = Hold(HoldKind.WAITING, "stalled", {"quiet": duration(3 * HOUR_S)}, 6, now - 2.5 * HOUR_S, now + 1_200)
        shelf.change(number, Event.HELD, "job", State.DOWNLOADING, hold=hold, why="no byte for 3h", now=now - 600)
    if hanging := by_status["dead"][:1]:
        dead = shelf.of(hanging[0], TO_DOWNLOADING, now - DAY_S)
        hold = Hold(HoldKind.CHOICE, "rd-dead", {"status": "dead", "kept": "it was there before"})
        shelf.change(dead, Event.PERMANENT, "job", State.DOWNLOADING, State.FAILED, hold=hold,
                     why="Real-Debrid says: dead", now=now - 20 * HOUR_S)  # fmt: skip
    for shape in ("rar", "partial"):
        for odd in [one for one in by_status["downloaded"] if one.shape == shape][:1]:
            number, links = shelf.of(odd, TO_DOWNLOADING, now - 5 * HOUR_S), len(odd.links())
            wanted = sum(bool(file.selected) for file in odd.files())
            known: dict[str, object] = (
                {"archived": odd.file_count} if shape == "rar" else {"missing": wanted - links, "of": wanted}
            )
            hold = Hold(HoldKind.CHOICE, "partial", known, since=now - 4 * HOUR_S)
            why = f"{counted(wanted, 'file')}, {counted(links, 'link')}"
            shelf.change(number, Event.HELD, "job", State.DOWNLOADING, hold=hold, why=why, now=now - 4 * HOUR_S)


def _of_strangers(shelf: Shelf, now: float) -> None:
    """Transfers of what is not on the account."""
    shelf.new("target", now - 40 * 60, hold=Hold(HoldKind.CHOICE, "target", since=now - 40 * 60))
    title = columns_of(make_stranger(STRANGERS["two"]).original_filename).title
    candidates = [f"{title} (US) 78", f"{title} (UK) 78"]
    shelf.new("two", now - 50 * 60, hold=Hold(HoldKind.CHOICE, "target", {"candidates": candidates}, since=now))
    shelf.new("queued", now - 60)
    limit = Hold(HoldKind.WAITING, "indexer-limit", {"indexer": "Alpha", "until": now + 2 * HOUR_S}, 1, now - HOUR_S,
                 now + 2 * HOUR_S)  # fmt: skip
    shelf.new("limit", now - HOUR_S, hold=limit)
    shelf.not_sent("refused", Hold(HoldKind.CHOICE, "refused", {"date": now - 3 * HOUR_S}),
                   "refused twice (451), while others were accepted", now - 3 * HOUR_S)  # fmt: skip
    note_refused(shelf.connection, "realdebrid", STRANGERS["refused"], "", "rd-pause", now - 3 * HOUR_S)
    of_sonarr: dict[str, object] = {"service": "Sonarr"}
    known = Hold(HoldKind.CHOICE, "known-hash", {**of_sonarr, "date": now - 30 * DAY_S})
    shelf.not_sent("known", known, "imported before, 30 days ago", now - 2 * HOUR_S, service="sonarr")
    silent = Hold(HoldKind.CHOICE, "not-sent", of_sonarr)
    shelf.not_sent("silent", silent, "not in its queue after a minute", now - 2 * HOUR_S, service="sonarr")
    gone = shelf.new("gone", now - 2 * DAY_S)
    shelf.walk(gone, State.WANTED, TO_DOWNLOADING, now - 2 * DAY_S)
    shelf.change(gone, Event.VANISHED, "job", State.DOWNLOADING, State.WANTED,
                 hold=Hold(HoldKind.CHOICE, "gone", since=now - DAY_S), why="the account does not list it any more",
                 now=now - DAY_S)  # fmt: skip
    forgotten = shelf.new("forgotten", now - 4 * DAY_S)
    shelf.change(forgotten, Event.FORGET, "user", State.WANTED, State.FORGOTTEN, now=now - 3 * DAY_S)
    paused = shelf.new("paused", now - 6 * HOUR_S)
    shelf.change(paused, Event.PAUSE, "user", State.WANTED, hold=Hold(HoldKind.PAUSED, since=now - 5 * HOUR_S),
                 now=now - 5 * HOUR_S)  # fmt: skip
