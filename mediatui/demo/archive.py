"""The demo's own archive, filled as if the last sync was some minutes ago and the account has changed since."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import shutil
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mediatui.demo.account import SimulatedAccount
from mediatui.demo.library import library_folders, library_is_there, make_library
from mediatui.demo.library_cases import DemoLibrary, plan_library
from mediatui.demo.seed import SimTorrent
from mediatui.demo.staged import STAGING, link_staged, show_waiting
from mediatui.demo.transfers import store_transfers
from mediatui.model.errors import StoreError
from mediatui.model.torrent import ListedTorrent
from mediatui.store.database import Database, open_reader
from mediatui.store.facts import WHOLE_LIST, read_fact, store_fact
from mediatui.store.jobs import create_job, end_job
from mediatui.store.library.media import store_media
from mediatui.store.torrents.checks import LinkCheck, store_checks
from mediatui.store.torrents.rows import store_details, store_listed
from mediatui.store.writer import run

if TYPE_CHECKING:
    import aiosqlite

UNSEEN = 12
"""How many of the newest torrents are not in the archive yet."""
WITHOUT_DETAILS = 60
"""How many of the next newest have no details yet."""
FACT = "demo"
EDITION = 12
"""Raised with every change of how the simulated account or its library is made: a demo of an earlier edition is made
again."""
LIFE_S = 12 * 3600
"""An older demo is made again: an account without changes for days is not realistic."""


def fill_demo(database: Path) -> float:
    """Makes the demo's archive when it is missing or old; returns the birth of its account (epoch seconds)."""
    birth = _read_birth(database)
    if birth is not None and time.time() - birth < LIFE_S:
        return birth
    for old in database.parent.glob(f"{database.name}*"):
        old.unlink()
    for folder in ("backups", STAGING, *(folder.name for folder in library_folders(database.parent))):
        shutil.rmtree(database.parent / folder, ignore_errors=True)
    birth = time.time()
    with ThreadPoolExecutor(1) as thread:  # the caller may be inside an event loop
        thread.submit(asyncio.run, _fill(database, birth)).result()
    return birth


def fill_library(database: Path) -> None:
    """Makes the link library of the demo when it is missing, which takes about a second."""
    if not library_is_there(database.parent):
        birth = fill_demo(database)
        account = SimulatedAccount(birth=birth, clock=lambda: birth)
        make_library(_library(database, account).plan)
        with contextlib.closing(open_reader(database)) as connection:
            show_waiting(connection, library_folders(database.parent), account.torrents())


def _library(database: Path, account: SimulatedAccount) -> DemoLibrary:
    return plan_library(library_folders(database.parent), account.torrents())


def _read_birth(database: Path) -> float | None:
    if not database.exists():
        return None
    with contextlib.suppress(StoreError, sqlite3.Error), contextlib.closing(open_reader(database)) as connection:
        fact = read_fact(connection, FACT)
        if fact is not None and fact[0].get("edition") == EDITION:
            return float(str(fact[0]["birth"]))
    return None


async def _fill(database: Path, birth: float) -> None:
    from mediatui.services.realdebrid.schemas import read_detail

    account = SimulatedAccount(birth=birth, clock=lambda: birth)
    details = [read_detail(info) for info in account.details_of_all()][UNSEEN:]
    db = await Database.open(database)
    try:
        async with db.transaction() as connection:
            await store_listed(connection, [_without_links(detail.row) for detail in details], int(birth) - 600)
            await store_details(connection, details[WITHOUT_DETAILS:], int(birth) - 600)
            await _note_dead_links(connection, account, birth)
            await store_media(connection, [media.as_row() for media in _library(database, account).media])
            await store_fact(connection, WHOLE_LIST, {"total": 0, "first_id": "", "active": 0}, birth - 600)
            await store_fact(connection, FACT, {"birth": birth, "edition": EDITION}, birth)
            places = library_folders(database.parent)
            await run(connection, store_transfers, account.torrents()[UNSEEN:], birth, places)
            await run(connection, link_staged, places)
            job = await run(connection, create_job, "sync", "account", {"mode": "fast"}, birth - 1800)
            counts = {"new": len(details), "gone": 0, "revived": 0}
            summary = f"{len(details):,} new"
            await run(
                connection,
                end_job,
                job,
                "done",
                now=birth - 600,
                requests=len(details),
                counts=counts,
                summary=summary,
                error=None,
            )
    finally:
        await db.close()


def keep_changes(account: SimulatedAccount, file: Path) -> None:
    """Makes changes of the account survive the program: reads them from ``file`` now, and writes them to it with every
    change."""
    with contextlib.suppress(OSError, ValueError, TypeError):
        changed = json.loads(file.read_text(encoding="utf-8"))
        account.replay({id_: None if row is None else _torrent(row) for id_, row in changed.items()})

    def write() -> None:
        rows = {id_: None if new is None else dataclasses.asdict(new) for id_, new in account.changed.items()}
        temporary = file.with_suffix(".part")
        with contextlib.suppress(OSError):
            temporary.write_text(json.dumps(rows), encoding="utf-8")
            temporary.replace(file)

    account.on_change = write


def _torrent(row: dict[str, Any]) -> SimTorrent:
    chosen, extras = row.pop("selection"), row.pop("extras", ())
    return SimTorrent(**row, selection=None if chosen is None else tuple(chosen), extras=tuple(extras))


async def _note_dead_links(connection: aiosqlite.Connection, account: SimulatedAccount, birth: float) -> None:
    """Stores the results of earlier link checks: dead links, after two failures."""
    from mediatui.services.realdebrid.client import short_link

    looked = int(birth) - 3600
    checks = [
        LinkCheck(torrent.id, 0, short_link(torrent.links()[0]), "dead", torrent.link_code, looked, looked - 7 * 3600)
        for torrent in account.torrents()
        if torrent.link_code is not None and torrent.links()
    ]
    await store_checks(connection, checks, int(birth))


def _without_links(row: ListedTorrent) -> ListedTorrent:
    return dataclasses.replace(row, links=None)
