import asyncio
import hashlib
import os
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from mediatui.model.problems import SECOND_STRIKE_S
from mediatui.model.query_tree import Word
from mediatui.model.torrent import ListedTorrent, TorrentDetail, TorrentFile
from mediatui.store.conditions import STANDING, torrents_matching
from mediatui.store.database import Database, prepare
from mediatui.store.redriva import NotRedriva, Reading, import_redriva
from mediatui.store.torrents.checks import due_for_check, read_checks
from mediatui.store.torrents.listing import find_torrent, links_of, list_torrents
from mediatui.store.torrents.pending_details import select_pending
from mediatui.store.torrents.rows import store_details, store_listed

NOW = 1_750_000_000
HASH = "AB" * 20

TORRENTS = "CREATE TABLE torrents (id TEXT PRIMARY KEY, filename TEXT, status TEXT, added_on TEXT, bytes INTEGER)"
DETAILS = """CREATE TABLE torrent_details (id TEXT PRIMARY KEY, name TEXT, original_filename TEXT, status TEXT,
    size INTEGER, files_count INTEGER, progress REAL, links TEXT, hash TEXT, host TEXT, error TEXT)"""


def make(path: Path, *statements: str | tuple[str, Sequence[object]]) -> Path:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            sql, values = (statement, ()) if isinstance(statement, str) else statement
            connection.execute(sql, values)
    return path


@pytest.fixture
def source(tmp_path: Path) -> Path:
    insert_torrent = "INSERT INTO torrents VALUES (?, ?, ?, ?, ?)"
    insert_detail = "INSERT INTO torrent_details VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    links = "https://real-debrid.com/d/A, https://real-debrid.com/d/B,"
    return make(
        tmp_path / "redriva.db",
        TORRENTS,
        DETAILS,
        (insert_torrent, ("OLD", "Le Bureau.mkv", "downloaded", "2024-05-01T10:00:00.000Z", 700)),
        (insert_detail, ("OLD", "x", "Le.Bureau.S03", "queued", 1, 3, 100, links, HASH, "real-debrid.com", None)),
        (insert_torrent, ("NEW", "Dune 🎬 'q' \x1b[31m", "downloading", "2025-05-01T10:00:00.000Z", 900)),
        (insert_detail, ("LONE", "Only detail", "", "error", "88", None, "12.5", "", "bad", None, "timeout")),
        (insert_torrent, ("", "no id", "downloaded", "", 1)),
    )


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(tmp_path / "mediatui.db")
    yield opened
    await opened.close()


async def test_torrents_details_and_links_come_over(db: Database, source: Path) -> None:
    done = await import_redriva(db, source, NOW)
    assert (done.read, done.added, done.kept, done.unusable, done.links) == (4, 3, 0, 1, 2)
    old = await db.read(find_torrent, "OLD")
    assert (old.filename, old.original_filename, old.status) == ("Le Bureau.mkv", "Le.Bureau.S03", "downloaded")
    assert (old.hash, old.bytes, old.progress, old.files_count) == (HASH.lower(), 700, 100.0, 3)
    assert (old.added_at, old.added_on) == (1_714_557_600, "2024-05-01T10:00:00.000Z")
    assert (old.first_seen_at, old.links_count) == (NOW, 2)
    assert await db.read(links_of, "OLD") == ["https://real-debrid.com/d/A", "https://real-debrid.com/d/B"]
    lone = await db.read(find_torrent, "LONE")
    assert (lone.filename, lone.hash, lone.bytes, lone.progress) == ("Only detail", "", 88, 12.5)
    assert (lone.error, lone.links_count) == ("timeout", None)
    new = await db.read(find_torrent, "NEW")
    assert (new.filename, new.details_at) == ("Dune 🎬 'q' \x1b[31m", None)


async def test_imported_names_are_found_and_the_details_view_shows_them(db: Database, source: Path) -> None:
    await import_redriva(db, source, NOW)

    def look(connection: sqlite3.Connection) -> list[tuple[object, ...]]:
        rows = connection.execute("SELECT id, name, size, links, hash FROM torrent_details ORDER BY id")
        return [tuple(row) for row in rows]

    links = "https://real-debrid.com/d/A,https://real-debrid.com/d/B"
    assert await db.read(look) == [
        ("LONE", "Only detail", 88, None, ""),
        ("OLD", "Le Bureau.mkv", 700, links, HASH.lower()),
    ]
    found = await db.read(list_torrents, torrents_matching(Word("le bureau s03")))
    assert [torrent.id for torrent in found] == ["OLD"]


async def test_rows_the_archive_has_are_kept(db: Database, source: Path) -> None:
    row = ListedTorrent("OLD", "cd" * 20, "Newer name", "error", 5, 7.0)
    async with db.transaction() as connection:
        await store_listed(connection, [row], NOW)
    done = await import_redriva(db, source, NOW)
    assert (done.added, done.kept) == (2, 1)
    kept = await db.read(find_torrent, "OLD")
    assert (kept.filename, kept.status, kept.hash) == ("Newer name", "error", "cd" * 20)
    assert await db.read(links_of, "OLD") == []
    again = await import_redriva(db, source, NOW)
    assert (again.added, again.kept, again.links) == (0, 3, 0)


async def test_the_next_sync_owes_the_files_of_imported_rows_until_it_has_them(db: Database, source: Path) -> None:
    await import_redriva(db, source, NOW)
    pending = await db.read(select_pending, ("status changed", "missing"), since=NOW + 1, now=NOW + 1)
    assert {item.torrent_id: item.reason for item in pending} == {"OLD": "missing", "NEW": "missing"}
    row = ListedTorrent("OLD", HASH.lower(), "Le Bureau.mkv", "downloaded", 700, 100.0)
    async with db.transaction() as connection:
        await store_details(connection, [TorrentDetail(row, "n", 1, (TorrentFile(1, "/a", 1, True),), ())], NOW)
    pending = await db.read(select_pending, ("status changed", "missing"), since=NOW + 1, now=NOW + 1)
    assert [item.torrent_id for item in pending] == ["NEW"]


async def test_the_source_is_never_touched_and_its_pending_writes_are_read(db: Database, tmp_path: Path) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir()
    path = folder / "redriva.db"
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute(TORRENTS)
        writer.execute("INSERT INTO torrents VALUES ('A', 'a', 'downloaded', '', 1)")
        writer.commit()
        before = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}
        done = await import_redriva(db, path, NOW)
        assert {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()} == before
    assert done.added == 1


@pytest.mark.parametrize(
    "statements",
    [
        ("CREATE TABLE torrents (id INTEGER)", "INSERT INTO torrents VALUES (42)"),
        ("CREATE TABLE torrent_details (ID TEXT, NAME TEXT)", "INSERT INTO torrent_details VALUES ('42', 'n')"),
        (TORRENTS, ("INSERT INTO torrents VALUES (?, ?, ?, ?, ?)", ("42", b"\xff\xfe", None, "soon", "huge"))),
        (TORRENTS, ("INSERT INTO torrents VALUES (?, ?, ?, ?, ?)", ("42", "n", 7, 20250101, -5))),
        (
            "CREATE TABLE torrents (id TEXT, bytes REAL, progress TEXT)",
            "INSERT INTO torrents VALUES ('42', 1e300, 'nan')",
        ),
    ],
)
async def test_missing_columns_and_odd_values_are_read_as_unknown(
    db: Database, tmp_path: Path, statements: Sequence[str | tuple[str, Sequence[object]]]
) -> None:
    done = await import_redriva(db, make(tmp_path / "odd.db", *statements), NOW)
    assert done.added == 1
    assert (await db.read(find_torrent, "42")).bytes == 0


async def test_what_is_not_redriva_is_a_clear_error_and_changes_nothing(db: Database, tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("hello, I am no database")
    (tmp_path / "empty.db").write_bytes(b"")
    damaged = make(tmp_path / "damaged.db", TORRENTS)
    damaged.write_bytes(damaged.read_bytes()[:100] + b"\xff" * 8000)
    make(tmp_path / "other.db", "CREATE TABLE songs (id)")
    prepare(tmp_path / "ours.db")
    for name, said in (
        ("missing.db", "cannot be read"),
        (".", "cannot be read"),
        ("text.db", "not an SQLite database"),
        ("empty.db", "not an SQLite database"),
        ("damaged.db", "not a readable SQLite database"),
        ("other.db", "no table torrents"),
        ("ours.db", "archive of mediatui"),
    ):
        with pytest.raises(NotRedriva) as caught:
            await import_redriva(db, tmp_path / name, NOW)
        assert said in caught.value.message
        assert caught.value.exit_code == 2
    assert await db.read(list_torrents) == []


async def test_an_empty_redriva_database_imports_nothing(db: Database, tmp_path: Path) -> None:
    done = await import_redriva(db, make(tmp_path / "new.db", TORRENTS, DETAILS), NOW)
    assert (done.read, done.added) == (0, 0)


@pytest.mark.slow
async def test_reading_can_be_stopped_in_the_middle(db: Database, tmp_path: Path) -> None:
    """Progress, and an end within a moment."""
    source = make(tmp_path / "huge.db", "CREATE TABLE torrents (id)")
    with closing(sqlite3.connect(source)) as connection, connection:
        connection.executemany("INSERT INTO torrents VALUES (?)", (("",) for _ in range(300_000)))
    reading = Reading()
    work = asyncio.create_task(import_redriva(db, source, NOW, reading))
    while not reading.rows:
        await asyncio.sleep(0)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert reading.stop.is_set()
    await asyncio.get_running_loop().shutdown_default_executor()
    assert reading.rows < 300_000


async def of(db: Database, torrent_id: str) -> tuple[object, ...]:
    def look(connection: sqlite3.Connection) -> tuple[object, ...]:
        row = connection.execute(
            "SELECT status, gone_at, ended_at, health, health_code, health_at, error, class FROM torrents WHERE id = ?",
            (torrent_id,),
        ).fetchone()
        return tuple(row)

    return await db.read(look)


LINK = "https://real-debrid.com/d/ABCDEFGHIJKLMNOP"


@pytest.fixture
def with_health(tmp_path: Path) -> Path:
    """A database of Redriva's last version, and rows as its versions left them."""
    columns = DETAILS.replace("error TEXT)", "error TEXT, added TEXT, ended TEXT, health_error TEXT)")
    detail = (
        "INSERT INTO torrent_details (id, name, status, links, error, ended, health_error) VALUES (?, ?, ?, ?, ?, ?, ?)"
    )
    ended = "2024-05-01T11:00:00.000Z"
    path = make(
        tmp_path / "redriva.db",
        TORRENTS,
        columns,
        *(("INSERT INTO torrents VALUES (?, ?, ?, ?, 5)", row) for row in (
            ("GONE", "gone", "deleted", "2024-05-01T10:00:00.000Z"), ("GONETOO", "gone too", "downloaded", ""),
            ("BAD", "bad", "downloaded", ""), ("FINE", "fine", "downloaded", ""),
        )),
        (detail, ("GONE", "gone", "downloaded", LINK, None, ended, "503")),
        (detail, ("GONETOO", "gone too", "deleted", LINK, None, None, None)),
        (detail, ("BAD", "bad", "downloaded", f"{LINK},{LINK}2", None, ended, "503")),
        (detail, ("NOLINK", "no link", "downloaded", "", None, None, "503")),
        (detail, ("LOST", "lost", "downloaded", LINK, "rd_error_24", None, None)),
        (detail, ("TOKEN", "token", "downloaded", LINK, "rd_error_8", None, None)),
        (detail, ("ASKED", "asked", "downloaded", LINK, "health_check_error: timeout", None, None)),
        (detail, ("FINE", "fine", "downloaded", LINK, None, None, None)),
    )  # fmt: skip
    os.utime(path, (NOW - 60, NOW - 60))
    return path


async def test_what_redriva_deleted_comes_as_a_tombstone(db: Database, with_health: Path) -> None:
    done = await import_redriva(db, with_health, NOW)
    assert (done.added, done.tombstones, done.suspect) == (8, 2, 3)
    for torrent_id in ("GONE", "GONETOO"):
        status, gone_at, *_, health, _, _, _, _ = await of(db, torrent_id)
        assert (status, gone_at, health) == ("downloaded", NOW - 60, None)
    assert [torrent.id for torrent in await db.read(list_torrents, sort="name", reverse=False)] == [
        "ASKED", "BAD", "FINE", "LOST", "NOLINK", "TOKEN",
    ]  # fmt: skip
    assert (await of(db, "GONE"))[2] == 1_714_561_200
    assert (await of(db, "FINE"))[2:6] == (None, None, None, None)


async def test_a_link_that_failed_there_is_decided_by_the_next_check(db: Database, with_health: Path) -> None:
    await import_redriva(db, with_health, NOW)
    looked = NOW - SECOND_STRIKE_S
    for torrent_id, code, class_ in (("BAD", 19, "temporary"), ("LOST", 24, "temporary"), ("NOLINK", 19, None)):
        _, _, _, health, health_code, health_at, _, its_class = await of(db, torrent_id)
        assert (health, health_code, health_at) == ("unknown", code, looked)
        assert class_ is None or its_class == class_
    for torrent_id in ("TOKEN", "ASKED"):
        assert (await of(db, torrent_id))[3:6] == ("unknown", None, looked)
    assert (await of(db, "ASKED"))[6] == "health_check_error: timeout"
    checks = await db.read(read_checks, "BAD")
    assert [(check.verdict, check.link, check.suspect_at) for check in checks.values()] == [
        ("suspect", "https://real-debrid.com/d/ABCDEFGHIJKLM", looked)
    ]
    due = await db.read(
        due_for_check, STANDING, second_check_before=NOW - SECOND_STRIKE_S, fresh_since=NOW - 7 * 86_400, limit=None
    )
    assert set(due[:2]) == {"BAD", "LOST"}
