"""Where files are kept, and folders and files that cannot be written."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from mediatui.runtime.paths import Paths, find_paths
from mediatui.system.private_files import UnusableFolder, write_private


def test_arguments_beat_the_environment(tmp_path: Path) -> None:
    environ = {"MEDIATUI_DATA_DIR": str(tmp_path / "e"), "MEDIATUI_CONFIG": str(tmp_path / "e.toml")}
    paths = find_paths(environ=environ)
    assert (paths.data_dir, paths.config_file) == (tmp_path / "e", tmp_path / "e.toml")
    paths = find_paths(data_dir=tmp_path / "a", config=tmp_path / "a.toml", environ=environ)
    assert (paths.database, paths.config_file) == (tmp_path / "a" / "mediatui.db", tmp_path / "a.toml")


def test_the_demo_never_shares_a_file_with_the_real_archive(tmp_path: Path) -> None:
    environ = {"MEDIATUI_DATA_DIR": str(tmp_path / "e"), "MEDIATUI_CONFIG": str(tmp_path / "e.toml")}
    for arguments in ({}, {"data_dir": tmp_path / "a"}):
        real, demo = find_paths(environ=environ, **arguments), find_paths(environ=environ, demo=True, **arguments)
        assert demo.database != real.database
        assert demo.config_file != real.config_file
        assert demo.log_file != real.log_file


def test_relative_and_home_paths_become_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/someone")
    assert find_paths(data_dir=Path("here"), environ={}).data_dir == tmp_path / "here"
    assert find_paths(data_dir=Path("~/there"), environ={}).data_dir == Path("/home/someone/there")
    assert find_paths(data_dir=Path("~no-such-user-9/x"), environ={}).data_dir == tmp_path / "~no-such-user-9" / "x"


def test_the_data_dir_is_made_for_its_owner_only(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "a" / "b", tmp_path, tmp_path / "c")
    paths.make_data_dir()
    paths.make_data_dir()
    assert stat.S_IMODE(paths.data_dir.stat().st_mode) == 0o700


@pytest.mark.parametrize("place", ["file", "file/below", "x" * 300, "nul\0byte"])
def test_a_data_dir_that_cannot_be_is_named_with_what_to_do(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UnusableFolder) as caught:
        Paths(tmp_path / place, tmp_path, tmp_path).make_data_dir()
    assert str(tmp_path) in caught.value.message
    assert "--data-dir" in caught.value.hint
    assert caught.value.exit_code == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_data_dir_without_permission_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    with pytest.raises(UnusableFolder, match="permission denied"):
        Paths(folder, tmp_path, tmp_path).make_data_dir()


def test_a_private_file_is_replaced_whole_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "new" / "f"
    write_private(file, "one\n")
    file.chmod(0o644)
    write_private(file, "two\n")
    assert file.read_bytes() == b"two\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_a_private_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "file").write_text("")
    for place in ("folder", "loop", "file/below"):
        with pytest.raises(UnusableFolder, match="cannot be written"):
            write_private(tmp_path / place, "x")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder", "loop"]


def test_what_is_no_file_is_written_to_and_never_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_private(pipe, "through the pipe")
        assert os.read(reader, 100) == b"through the pipe"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert list(tmp_path.iterdir()) == [pipe]


def test_a_link_stays_a_link_and_its_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    write_private(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"
