"""What mediatui makes is for its owner only, whatever the umask and the folder it lies in."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from mediatui.commands.doctor import check_modes
from mediatui.runtime.logs import start_log, stop_log
from mediatui.runtime.paths import Paths
from mediatui.store.database import Database, _copy_aside, open_reader
from mediatui.system.private_files import write_private


@pytest.fixture
def paths(tmp_path: Path) -> Iterator[Paths]:
    """A data dir that was there, for everybody, and a umask that leaves everything to everybody."""
    before = os.umask(0)
    data = tmp_path / "data"
    data.mkdir(mode=0o777)
    yield Paths(data, tmp_path / "state" / "mediatui", tmp_path / "config" / "mediatui" / "config.toml")
    stop_log()
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def make_all(paths: Paths) -> Database:
    """An archive that is being written, a copy of it, a log, a config file."""
    paths.make_data_dir()
    db = await Database.open(paths.database)
    async with db.transaction() as connection:
        await connection.execute("INSERT INTO facts (name, value, at) VALUES ('a', '{}', 0)")
    open_reader(paths.database).close()
    _copy_aside(paths.database, 1)
    assert start_log(paths.log_file) == ""
    write_private(paths.config_file, '[realdebrid]\ntoken = "ABCDEFGH"\n')
    return db


async def test_files_are_0600_and_folders_we_make_0700(paths: Paths, tmp_path: Path) -> None:
    db = await make_all(paths)
    made = [path for path in tmp_path.rglob("*") if path != paths.data_dir]
    assert {path.name for path in made} >= {"mediatui.db", "mediatui.db-wal", "mediatui.db-shm", "mediatui.log"}
    assert {path: mode(path) for path in made} == {path: 0o700 if path.is_dir() else 0o600 for path in made}
    assert mode(paths.data_dir) == 0o777, "a folder that was there is not ours to change"
    await db.close()


async def test_the_doctor_names_each_loose_mode_and_what_mends_it(paths: Paths) -> None:
    db = await make_all(paths)
    os.chmod(paths.config_file, 0o644)
    os.chmod(paths.database, 0o640)
    os.chmod(paths.log_file, 0o666)
    found = {check.hint: (check.state, check.text) for check in check_modes(paths)}
    assert set(found) == {
        f"chmod 700 {paths.data_dir}",
        f"chmod 600 {paths.config_file}",
        f"chmod 600 {paths.database}",
        f"chmod 600 {paths.log_file}",
    }
    assert found[f"chmod 600 {paths.log_file}"] == (
        "warning", f"{paths.log_file} can be written by others (mode 0666)."
    )  # fmt: skip
    for hint in found:
        _, bits, path = hint.split()
        os.chmod(path, int(bits, 8))
    assert list(check_modes(paths)) == []
    await db.close()
