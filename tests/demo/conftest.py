"""A demo of a small account as it is made: once for all tests."""

from __future__ import annotations

import shutil
from functools import partial

import pytest

from mediatui.demo.archive import fill_library
from mediatui.demo.library import keep_mount
from mediatui.runtime.invocation import Invocation
from mediatui.runtime.paths import find_paths
from tests.worlds.small_demo import make_small


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Invocation:
    """A small demo with its library; its archive is kept beside it as "as made"."""
    folder = tmp_path_factory.mktemp("demo")
    paths = find_paths(data_dir=folder, config=folder / "config.toml", demo=True)
    paths.make_data_dir()
    with pytest.MonkeyPatch.context() as monkeypatch:
        make_small(monkeypatch)
        fill_library(paths.database)
    shutil.copy(paths.database, paths.database.with_name("as made"))
    return Invocation("", paths, demo=True)


@pytest.fixture
def demo(made: Invocation, monkeypatch: pytest.MonkeyPatch) -> Invocation:
    """The small demo as it is made: no test leaves the library otherwise, and the archive is put back."""
    make_small(monkeypatch)
    # Nothing of a test appears on the mount while another one looks at it.
    monkeypatch.setattr("mediatui.demo.connect.keep_mount", partial(keep_mount, late_s=0))
    database = made.paths.database
    for old in database.parent.glob(f"{database.name}*"):
        old.unlink()  # also the file itself: a connection that is still being closed keeps the old one
    shutil.copy(database.with_name("as made"), database)
    return made
