"""The demo as it is made: once for all tests."""

from __future__ import annotations

import shutil

import pytest

from mediatui.demo.archive import fill_library
from mediatui.runtime.invocation import Invocation
from mediatui.runtime.paths import find_paths


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Invocation:
    """A demo with its library; its archive is kept beside it as "as made"."""
    folder = tmp_path_factory.mktemp("demo")
    paths = find_paths(data_dir=folder, config=folder / "config.toml", demo=True)
    paths.make_data_dir()
    fill_library(paths.database)
    shutil.copy(paths.database, paths.database.with_name("as made"))
    return Invocation("", paths, demo=True)
