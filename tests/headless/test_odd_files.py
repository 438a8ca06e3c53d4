"""Things that are no files, or are damaged, where a command is given a file or keeps its database."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.worlds.home import Home, Service


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_folder(path: Path) -> None:
    path.mkdir()


def a_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(path))


def a_link_nowhere(path: Path) -> None:
    path.symlink_to(path.parent / "nowhere")


def a_loop(path: Path) -> None:
    path.symlink_to(path)


COMMANDS = (("stats",), ("journal",), ("torrents",), ("undo",), ("clear", "--yes-clear-everything"))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (a_pipe, "a named pipe"), (a_folder, "a folder"), (a_socket, "a socket"),
        (a_link_nowhere, "a link that leads nowhere"), (a_loop, "a link that leads to itself"),
    ],
)  # fmt: skip
def test_a_database_that_is_no_file_is_named_by_every_command(
    home: Home, make: Callable[[Path], None], said: str
) -> None:
    """Exit 2 with what it is; nothing waits, nothing is made in its place."""
    home.database.parent.mkdir(parents=True)
    make(home.database)
    for command in COMMANDS:
        done = home.json(*command)
        assert done.code == 2, command
        assert f"{home.database} is {said}, not a database." in done.error["message"]
    assert said in home.run("doctor").out
    assert [path.name for path in home.database.parent.iterdir()] == [home.database.name]


def zero(path: Path, first: int, count: int) -> None:
    with path.open("r+b") as file:
        file.seek(first)
        file.write(b"\xa5" * count)


def flipped(path: Path) -> None:
    """Every page but the first is overwritten from its beginning."""
    size = path.stat().st_size
    for page in range(4096, size, 4096):
        zero(path, page, 64)


def truncated(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2 // 4096 * 4096)


@pytest.mark.parametrize("damage", [flipped, truncated])
def test_a_damaged_database_is_named_by_every_command_and_found_by_the_doctor(
    home: Home, synced_files: Path, damage: Callable[[Path], None]
) -> None:
    """Never an unexpected error, never all is well."""
    shutil.copytree(synced_files, home.database.parent)
    with closing(sqlite3.connect(home.database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for beside in home.database.parent.glob("mediatui.db-*"):
        beside.unlink()
    damage(home.database)
    for command in (("stats",), ("torrents",), ("journal",), ("delete", "name")):
        done = home.json(*command)
        assert (done.code, done.error["kind"]) == (2, "damaged-database"), command
    doctor = home.run("doctor").out
    assert "damaged" in doctor or "not a readable" in doctor


def test_a_named_pipe_is_no_torrent_no_backup_no_config_and_no_env_file(home: Home, service: Service) -> None:
    """Nobody waits for somebody who writes into it."""
    home.use(service)
    pipe = home.folder / "a.torrent"
    os.mkfifo(pipe)
    for command in (("add", str(pipe)), ("restore", str(pipe)), ("import-redriva", str(pipe))):
        done = home.json(*command)
        assert done.code == 2, command
        assert f"{pipe} is a named pipe, not a file." in done.error["message"]
    config = home.folder / "config" / "mediatui" / "config.toml"
    config.parent.mkdir(parents=True)
    os.mkfifo(config)
    assert "a named pipe" in home.json("config", "show").error["message"]
    done = home.json("--config", str(pipe), "stats")
    assert (done.code, "a named pipe" in done.error["message"]) == (2, True)
    config.unlink()
    os.mkfifo(home.folder / ".env")
    done = home.json("config", "show")
    assert (done.code, "a named pipe" in done.error["message"]) == (2, True)


def redriva(home: Home, statement: str) -> Path:
    file = home.folder / "redriva.db"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(statement)
    return file


ENDLESS = """CREATE VIEW torrents AS WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n)
SELECT id FROM n"""


def test_only_tables_of_a_redriva_database_are_read(home: Home) -> None:
    """A view may never end."""
    done = home.json("import-redriva", str(redriva(home, ENDLESS)))
    assert done.code == 2
    assert "is no table that holds rows" in done.error["message"]


def test_a_sparse_redriva_database_is_read_where_it_lies(home: Home) -> None:
    """Its 200 GB are not copied; its size is said."""
    file = redriva(home, "CREATE TABLE torrents (id, hash, filename)")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("INSERT INTO torrents VALUES ('A', ?, 'A Film')", ["a" * 40])
    os.truncate(file, 200_000_000_000)
    done = home.run("import-redriva", str(file))
    assert done.code == 0, done.err
    assert "1 added" in done.out
    assert "GB" in done.err
    assert list(home.folder.glob("redriva.db-*")) == []
