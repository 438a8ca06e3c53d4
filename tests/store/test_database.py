"""Opening the archive: created, migrated with a copy first, and never touched when it is not ours to touch."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mediatui.model.errors import StoreError
from mediatui.store.database import (
    NAMES_FOLDED_ANEW,
    DamagedDatabase,
    Database,
    LockedDatabase,
    NewerDatabase,
    explain,
    migrations,
    open_reader,
    prepare,
)

PROMISED = {
    "torrents": "id hash filename status bytes progress host split added_on added_at ended_at speed seeders "
    "links_count first_seen_at last_seen_at gone_at details_at health health_code health_at error",
    "torrent_files": "torrent_id file_id path bytes selected",
    "torrent_links": "torrent_id position link",
    "torrent_details": "id name original_filename status size files_count progress links hash host error",
    "library_links": "path target state size checked_at torrent_id media_id",
    "media": "kind title year season episode tmdb_id tvdb_id file_path",
    "journal": "batch seq at kind what before after undone_at",
    "scans": "id status counts",
    "scan_findings": "path target state reason torrent_id",
    "jobs": "id name state started_at",
    "transfers": "id route account hash name size state hold code detail tries retry_at auto entry_id created_at "
    "changed_at ended_at",
    "transfer_files": "transfer_id path size wanted",
    "transfer_events": "transfer_id at who event from_state to_state why facts",
    "torrent_blobs": "hash data",
    "refused_hashes": "service hash name code at",
    "service_holds": "service code detail since tries retry_at",
    "ignored_hashes": "hash",
    "lookups": "service term found at",
    "transfer_targets": "transfer_id kind service service_id tmdb_id tvdb_id title year season episodes episode_ids "
    "air_dates score reasons monitored",
    "watch_archive": "user kind tmdb_id tvdb_id title year season episodes episode_ids air_dates",
}


def test_a_new_archive_has_every_promised_table_view_and_column(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "mediatui.db"
    prepare(path)
    connection = open_reader(path)
    for table, columns in PROMISED.items():
        have = {row["name"] for row in connection.execute(f"PRAGMA table_info({table})")}
        assert set(columns.split()) <= have, table
    assert connection.execute("PRAGMA user_version").fetchone()[0] == migrations()[-1][0]
    assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    connection.close()


def test_every_migration_has_a_number_of_its_own() -> None:
    """Of two with one number the second would never be applied."""
    numbers = [number for number, _ in migrations()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    path = tmp_path / "mediatui.db"
    prepare(path)
    connection = open_reader(path)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DELETE FROM torrents")
    connection.close()


def test_a_database_of_a_newer_version_is_refused_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "mediatui.db"
    prepare(path)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 999")
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(NewerDatabase, match="999"):
        prepare(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"this is not a database at all" * 100, b"SQLite format 3\x00" + b"\xff" * 4000])
def test_a_damaged_file_is_refused_and_untouched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mediatui.db"
    path.write_bytes(content)
    with pytest.raises(DamagedDatabase, match="not a readable mediatui database") as caught:
        prepare(path)
    assert "untouched" in caught.value.hint
    assert path.read_bytes() == content


def test_another_programs_database_is_refused_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "mediatui.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE recipes (id)")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(DamagedDatabase, match="not one of mediatui"):
        prepare(path)
    assert path.read_bytes() == before


def test_a_migration_copies_the_database_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mediatui.db"
    prepare(path)
    schema = tmp_path / "schema"
    schema.mkdir()
    for _, script in migrations():
        (schema / script.name).write_text(script.read_text())
    newest = migrations()[-1][0] + 1
    (schema / f"{newest:03d}_extra.sql").write_text(
        "CREATE TABLE extra (id);\n-- done\nALTER TABLE jobs ADD COLUMN x;\n"
    )
    monkeypatch.setattr("mediatui.store.database.SCHEMA_FOLDER", schema)
    prepare(path)
    connection = open_reader(path)
    assert connection.execute("PRAGMA user_version").fetchone()[0] == newest
    assert connection.execute("SELECT count(*) FROM extra").fetchone()[0] == 0
    connection.close()
    (copy,) = (tmp_path / "backups").glob("*.db")
    old = sqlite3.connect(copy)
    assert old.execute("PRAGMA user_version").fetchone()[0] == newest - 1
    old.close()


def test_names_of_an_older_archive_are_folded_again(tmp_path: Path) -> None:
    path = tmp_path / "mediatui.db"
    with closing(sqlite3.connect(path)) as older, older:
        for number, script in migrations():
            if number < NAMES_FOLDED_ANEW:
                older.executescript(script.read_text(encoding="utf-8"))
                older.execute(f"PRAGMA user_version = {number:d}")
        older.executemany(
            "INSERT INTO torrents (id, hash, filename, original_filename, folded, status, first_seen_at, last_seen_at) "
            "VALUES (?, '', ?, ?, 'old', 'downloaded', 1, 1)",
            [
                ("A", "L\u00b4Auberge.2002", None),
                ("B", "b.mkv", "L\u2019Auberge \u26a0\ufe0f"),
                ("C", "c.mkv", "c.mkv"),
            ],
        )
    prepare(path)
    with closing(open_reader(path)) as reader:
        folded = [row[0] for row in reader.execute("SELECT folded FROM torrents ORDER BY id")]
    assert folded == ["l'auberge 2002", "b mkv\nl'auberge \u26a0", "c mkv"]


def test_a_migration_that_fails_leaves_the_old_version_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mediatui.db"
    prepare(path)
    schema = tmp_path / "schema"
    schema.mkdir()
    for _, script in migrations():
        (schema / script.name).write_text(script.read_text())
    newest = migrations()[-1][0]
    (schema / f"{newest + 1:03d}_broken.sql").write_text("CREATE TABLE half (id);\nINSERT INTO nowhere VALUES (1);\n")
    monkeypatch.setattr("mediatui.store.database.SCHEMA_FOLDER", schema)
    with pytest.raises(StoreError):
        prepare(path)
    connection = open_reader(path)
    assert connection.execute("PRAGMA user_version").fetchone()[0] == newest
    assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'half'").fetchone()[0] == 0
    connection.close()


def test_a_data_dir_that_is_a_file_is_a_clear_error(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("")
    with pytest.raises(StoreError, match="cannot be written") as caught:
        prepare(blocker / "mediatui.db")
    assert "--data-dir" in caught.value.hint


async def test_a_failed_transaction_keeps_nothing(tmp_path: Path) -> None:
    db = await Database.open(tmp_path / "mediatui.db")
    try:
        with pytest.raises(ValueError):
            async with db.transaction() as connection:
                await connection.execute("INSERT INTO facts VALUES ('a', '{}', 0)")
                raise ValueError
        count = await db.read(lambda connection: connection.execute("SELECT count(*) FROM facts").fetchone()[0])
        assert count == 0
        async with db.transaction() as connection:
            await connection.execute("INSERT INTO facts VALUES ('a', '{}', 0)")
        count = await db.read(lambda connection: connection.execute("SELECT count(*) FROM facts").fetchone()[0])
        assert count == 1
    finally:
        await db.close()


async def test_a_database_locked_by_another_program_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mediatui.store.database.BUSY_TIMEOUT_S", 0.1)
    db = await Database.open(tmp_path / "mediatui.db")
    other = sqlite3.connect(db.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(LockedDatabase, match="locked by another program"):
            async with db.transaction():
                pass
    finally:
        other.execute("ROLLBACK")
        other.close()
        await db.close()


async def test_a_full_disk_is_a_clear_error_and_what_was_stored_is_kept(tmp_path: Path) -> None:
    db = await Database.open(tmp_path / "mediatui.db")
    try:
        async with db.transaction() as connection:
            await connection.execute("INSERT INTO facts VALUES ('kept', '{}', 0)")
            pages = (await (await connection.execute("PRAGMA page_count")).fetchone())[0]  # type: ignore[index]
        await db._writer.execute(f"PRAGMA max_page_count = {pages}")  # SQLite's own way to run out of room
        with pytest.raises(StoreError, match="No space left") as caught:
            async with db.transaction() as connection:
                await connection.execute("INSERT INTO facts VALUES ('big', ?, 0)", ("x" * 10_000_000,))
        assert caught.value.kind == "disk-full"
        names = await db.read(lambda c: [row[0] for row in c.execute("SELECT name FROM facts")])
        assert names == ["kept"]
    finally:
        await db.close()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("database is locked", "locked-database"),
        ("database or disk is full", "disk-full"),
        ("file is not a database", "damaged-database"),
        ("database disk image is malformed", "damaged-database"),
        ("attempt to write a readonly database", "store"),
        ("no such table: x", "store"),
    ],
)
def test_sqlite_errors_become_sentences(text: str, kind: str) -> None:
    error = explain(sqlite3.OperationalError(text), Path("a.db"))
    assert error.kind == kind
    assert "a.db" in error.message
