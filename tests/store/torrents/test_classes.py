"""The class column: the same as the pure function says, whatever was stored last, and however old the archive is."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from mediatui.demo.account import SimulatedAccount
from mediatui.demo.seed import make_torrents
from mediatui.model.problems import CLASS_INPUT, CLASSES, ClassInput, Diagnosis, classify
from mediatui.model.torrent import STATUSES, TorrentDetail
from mediatui.services.realdebrid.client import short_link
from mediatui.services.realdebrid.schemas import read_detail
from mediatui.store.database import Database, migrations, open_reader
from mediatui.store.torrents.checks import LinkCheck, LinkVerdict, store_checks
from mediatui.store.torrents.classes import CHUNK, class_counts, classify_archive, classify_due, due_count
from mediatui.store.torrents.rows import mark_gone, mark_ids_gone, store_details, store_error, store_listed

NOW = 1_790_000_000
ROWS = 300
DETAILS = [
    read_detail(detail)
    for detail in SimulatedAccount(make_torrents(ROWS, now=NOW), frozen=True, clock=lambda: NOW).details_of_all()
]


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(tmp_path / "mediatui.db")
    yield opened
    await opened.close()


def assert_classified(path: Path, now: int) -> Counter[str]:
    """Every class that is not due is the one the pure function gives now; returns how many rows are in each, which is
    what is counted."""
    counts: Counter[str] = Counter()
    with closing(open_reader(path)) as reader:
        for row in reader.execute(f"SELECT id, class, class_due, {CLASS_INPUT} FROM torrents"):
            torrent_id, name, due, *facts = row
            expected = classify(ClassInput._make(facts), now)
            if due is None or due > now:
                assert (name, due) == (expected.name, expected.due), (torrent_id, expected)
            counts[name or "ok"] += 1
        assert class_counts(reader) == counts
    return counts


def changed(detail: TorrentDetail, chance: random.Random, now: int) -> TorrentDetail:
    """The same torrent at another time: another status, age, speed, or links."""
    row = replace(
        detail.row,
        status=chance.choice([*STATUSES, "downloaded", "downloading", "magnet_conversion", "transmuting"]),
        added_at=chance.choice([detail.row.added_at, None, now - chance.randrange(3600)]),
        ended_at=chance.choice([detail.row.ended_at, now - chance.randrange(120)]),
        seeders=chance.choice([0, 5, None]),
        speed=chance.choice([0, 9, None]),
        filename=chance.choice([detail.row.filename, "Film.WEB-DL.mkv"]),
    )
    links = chance.choice([detail.links, detail.links[:1], (), ("https://real-debrid.com/d/ANOTHERLINKXY",)])
    return replace(detail, row=replace(row, links=links), links=links)


def looks(details: Sequence[TorrentDetail], chance: random.Random, now: int) -> list[LinkCheck]:
    verdicts: list[tuple[LinkVerdict, int | None]] = [
        ("ok", None), ("suspect", 19), ("suspect", 24), ("dead", 19), ("dead", 7), ("dead", 35), ("unknown", 16),
        ("unknown", None),
    ]  # fmt: skip
    made = []
    for detail in details:
        for position, link in enumerate(detail.links):
            verdict, code = chance.choice(verdicts)
            first = now if verdict in ("suspect", "dead") else None
            made.append(LinkCheck(detail.row.id, position, short_link(link), verdict, code, now, first))
    return made


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
async def test_whatever_is_stored_the_class_is_what_the_facts_make_it(db: Database, seed: int) -> None:
    chance = random.Random(seed)
    now = NOW
    seen: Counter[str] = Counter()
    async with db.transaction() as connection:
        await store_listed(connection, [replace(detail.row, links=None) for detail in DETAILS], now)
    seen += assert_classified(db.path, now)
    async with db.transaction() as connection:
        await store_details(connection, DETAILS, now)
    seen += assert_classified(db.path, now)
    for _ in range(8):
        now += chance.choice([0, 59, 1200, 86_400])
        some = chance.sample(DETAILS, 40)
        others = [changed(detail, chance, now) for detail in chance.sample(DETAILS, 40)]
        async with db.transaction() as connection:
            await store_checks(connection, looks(some, chance, now), now)
        seen += assert_classified(db.path, now)
        async with db.transaction() as connection:
            await store_details(connection, others[:20], now)
        seen += assert_classified(db.path, now)
        async with db.transaction() as connection:
            await store_listed(connection, [detail.row for detail in others[20:]], now)
        seen += assert_classified(db.path, now)
        async with db.transaction() as connection:
            for detail in some[:10]:
                await store_error(connection, detail.row.id, chance.choice(["HTTP 404", "timeout"]), now)
        seen += assert_classified(db.path, now)
        async with db.transaction() as connection:
            await mark_ids_gone(connection, [detail.row.id for detail in some[10:15]], now)
        seen += assert_classified(db.path, now)
    async with db.transaction() as connection:
        await mark_gone(connection, [detail.row.id for detail in DETAILS[50:]], now)
    seen += assert_classified(db.path, now)
    assert set(seen) == set(CLASSES)


async def test_a_row_that_comes_back_has_its_class_back(db: Database) -> None:
    detail = DETAILS[0]
    async with db.transaction() as connection:
        await store_details(connection, [detail], NOW)
        await mark_gone(connection, [], NOW)
    assert assert_classified(db.path, NOW) == {"gone": 1}
    async with db.transaction() as connection:
        await store_listed(connection, [detail.row], NOW)
    assert assert_classified(db.path, NOW) == {classify_one(detail).name: 1}


def classify_one(detail: TorrentDetail) -> Diagnosis:
    row = detail.row
    selected = sum(1 for file in detail.files if file.selected)
    return classify(
        ClassInput(
            row.status, None, row.seeders, row.speed, row.added_at, row.ended_at, len(detail.links), selected, None,
            None, None, None, row.filename, detail.original_filename,
        ),
        NOW,
    )  # fmt: skip


async def test_time_alone_makes_classes_due_and_only_those_rows_are_touched(db: Database) -> None:
    working = replace(DETAILS[0].row, filename="Film", status="downloading", seeders=0, ended_at=None, links=())
    soon = [replace(working, id=f"SOON{n}", added_at=NOW - 1100) for n in range(3)]
    later = [replace(working, id=f"LATER{n}", added_at=NOW) for n in range(3)]
    other = [replace(working, id=f"OTHER{n}", status="dead") for n in range(3)]
    async with db.transaction() as connection:
        await store_listed(connection, [*soon, *later, *other], NOW)
    with closing(sqlite3.connect(db.path, isolation_level=None)) as writer:
        touched: list[str] = []
        writer.create_function("note", 1, touched.append)
        writer.execute("CREATE TEMP TRIGGER noted AFTER UPDATE ON main.torrents BEGIN SELECT note(NEW.id); END")
        assert (due_count(writer, NOW + 99), classify_due(writer, NOW + 99), touched) == (0, 0, [])
        assert due_count(writer, NOW + 100) == 3
        assert (classify_due(writer, NOW + 100), sorted(touched)) == (3, [row.id for row in soon])
        assert (classify_due(writer, NOW + 100), len(touched)) == (0, 3)
        assert class_counts(writer) == {"stalled": 3, "working": 3, "dead": 3}
        assert classify_due(writer, NOW + 1200) == 3
    assert assert_classified(db.path, NOW + 1200) == {"stalled": 6, "dead": 3}


async def test_more_rows_than_one_transaction_takes_are_classified(db: Database) -> None:
    count = CHUNK + 7
    rows = [
        replace(DETAILS[0].row, id=f"ID{number}", filename="Film", status="dead", links=()) for number in range(count)
    ]
    async with db.transaction() as connection:
        await store_listed(connection, rows, NOW, classified=False)
    with closing(sqlite3.connect(db.path, isolation_level=None)) as writer:
        assert due_count(writer, NOW) == count
        assert class_counts(writer) == {"ok": count}
        assert classify_due(writer, NOW) == count
        assert class_counts(writer) == {"dead": count}
        assert due_count(writer, NOW) == 0


def first_schema(path: Path) -> None:
    """An archive as the first version made them."""
    version, script = migrations()[0]
    assert (version, script.name) == (1, "001_archive.sql")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(script.read_text(encoding="utf-8"))
        connection.execute("PRAGMA user_version = 1")
        for number, detail in enumerate(DETAILS):
            row = detail.row
            connection.execute(
                "INSERT INTO torrents (id, hash, filename, original_filename, folded, status, added_at, ended_at, "
                "links_count, selected_count, first_seen_at, last_seen_at, gone_at, health, health_code, health_at) "
                "VALUES (?, ?, ?, ?, '', ?, ?, ?, ?, ?, 1, 1, ?, ?, ?, ?)",
                (
                    row.id, row.hash, row.filename, detail.original_filename, row.status, row.added_at, row.ended_at,
                    len(detail.links), sum(1 for file in detail.files if file.selected),
                    1 if number % 50 == 49 else None, "dead" if number % 30 == 29 else None,
                    19 if number % 30 == 29 else None, 1 if number % 30 == 29 else None,
                ),
            )  # fmt: skip
            connection.executemany(
                "INSERT INTO torrent_links VALUES (?, ?, ?)",
                [(row.id, position, link) for position, link in enumerate(detail.links)],
            )


async def test_an_archive_of_the_first_schema_is_copied_migrated_and_classified(tmp_path: Path) -> None:
    path = tmp_path / "mediatui.db"
    first_schema(path)
    with closing(open_reader(path)) as reader:
        before = [tuple(row) for row in reader.execute("SELECT id, status, links_count FROM torrents ORDER BY id")]

    db = await Database.open(path)
    await db.close()

    copies = list((tmp_path / "backups").glob("*.db"))
    assert len(copies) == 1
    with closing(open_reader(copies[0])) as copy:
        assert copy.execute("PRAGMA user_version").fetchone()[0] == 1
        kept = [tuple(row) for row in copy.execute("SELECT id, status, links_count FROM torrents ORDER BY id")]
        assert kept == before
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        assert writer.execute("PRAGMA user_version").fetchone()[0] == migrations()[-1][0]
        after = [tuple(row) for row in writer.execute("SELECT id, status, links_count FROM torrents ORDER BY id")]
        assert after == before
        assert due_count(writer, NOW) == ROWS
        assert classify_due(writer, NOW) == ROWS
        assert due_count(writer, NOW) == 0
    counts = assert_classified(path, NOW)
    assert sum(counts.values()) == ROWS
    assert {"ok", "rar", "aged out", "gone", "virus", "likely blocked", "needs selection"} <= set(counts)


def test_an_archive_is_classified_when_it_is_opened_for_reading(tmp_path: Path) -> None:
    path = tmp_path / "mediatui.db"
    first_schema(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        for number, script in migrations()[1:]:
            writer.executescript(script.read_text(encoding="utf-8"))
            writer.execute(f"PRAGMA user_version = {number:d}")
    assert classify_archive(path) == ROWS
    assert classify_archive(path) == 0


def test_a_locked_archive_keeps_the_classes_it_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mediatui.store.torrents.classes.BUSY_S", 0.05)
    path = tmp_path / "mediatui.db"
    first_schema(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        for number, script in migrations()[1:]:
            writer.executescript(script.read_text(encoding="utf-8"))
            writer.execute(f"PRAGMA user_version = {number:d}")
        writer.execute("BEGIN IMMEDIATE")
        assert classify_archive(path) == 0
        writer.execute("ROLLBACK")
        assert due_count(writer, NOW) == ROWS


async def test_a_failure_in_the_middle_leaves_no_transaction_open(db: Database) -> None:
    async with db.transaction() as connection:
        await store_listed(connection, [DETAILS[0].row], NOW, classified=False)
    with closing(sqlite3.connect(db.path, isolation_level=None)) as writer:
        writer.execute(
            "CREATE TEMP TRIGGER full BEFORE UPDATE ON main.torrents BEGIN SELECT RAISE(ABORT, 'no room'); END"
        )
        with pytest.raises(sqlite3.IntegrityError, match="no room"):
            classify_due(writer, NOW)
        assert not writer.in_transaction
        writer.execute("DROP TRIGGER full")
        assert classify_due(writer, NOW) == 1
