"""What cleanup prints of the folders of Sonarr and Radarr, and how often it asks for them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.arr import KEY, FakeArr
from tests.fakes.sockets import on_socket
from tests.worlds.home import Home
from tests.worlds.managed import ManagedWorld, state, without_paths

TITLES = ("Amber", "Brass", "Harbor Lights")


@pytest.fixture
def sonarr(tmp_path: Path, home: Home) -> Iterator[FakeArr]:
    """A Sonarr that manages three series; the configuration names it."""
    fake = FakeArr("sonarr")
    world = ManagedWorld(tmp_path / "world", [fake])
    fake.root(world.tv)
    for title in TITLES:
        fake.hold(title, *world.show(title))
    fake.root(world.tv / "Nothing yet")
    (world.tv / "Nothing yet").mkdir()
    given = {"LIBRARY__ROOTS": json.dumps([str(world.tv)]), "LIBRARY__MOUNTS": json.dumps([str(world.mount)])}
    with on_socket(fake) as address:
        given |= {"SONARR__ENABLED": "true", "SONARR__URL": address, "SONARR__API_KEY": KEY}
        for name, value in given.items():
            home.monkeypatch.setenv(f"MEDIATUI_{name}", value)
        yield fake


def asked(sonarr: FakeArr) -> tuple[int, int]:
    paths = [path for method, path in sonarr.seen if method == "GET"]
    return paths.count("/api/v3/series"), paths.count("/api/v3/rootfolder")


@pytest.mark.slow
def test_text_and_json_say_whose_path_changes_and_who_is_notified(sonarr: FakeArr, home: Home) -> None:
    text = home.run("cleanup", "--max-per-dir", "2").out
    assert "Sonarr's path of Harbor Lights changes (from " in text
    assert "Sonarr knows 3 series in " in text
    assert "Sonarr is notified of what changed." in text
    assert "1 empty kept: a root folder of Sonarr or Radarr." in text
    assert asked(sonarr) == (1, 1)
    machine = home.json("cleanup", "--max-per-dir", "2")
    whats = [row["what"] for row in machine.lines if row.get("kind") == "arr_path"]
    assert sorted(whats) == [f"Sonarr's path of {title} changes" for title in TITLES]
    assert machine.result["kept"] == {"root_folder": 1}
    assert machine.result["notified"] == "Sonarr is notified of what changed."
    assert machine.result["says"][0].startswith("Sonarr knows 3 series in ")


def test_without_a_number_it_says_what_was_not_looked_for(sonarr: FakeArr, home: Home) -> None:
    text = home.run("cleanup").out
    assert "oversized was not looked for: no range folders are in " in text
    assert "library.max_per_dir" in text


@pytest.mark.slow
def test_a_plan_that_is_applied_at_once_rests_on_what_was_read_for_it(sonarr: FakeArr, home: Home) -> None:
    before = state(sonarr)
    done = home.json("cleanup", "--max-per-dir", "2", "--apply")
    assert done.code == 0, done
    first = next(number for number, (method, _) in enumerate(sonarr.seen) if method == "PUT")
    upto = [path for method, path in sonarr.seen[:first] if method == "GET"]
    assert (upto.count("/api/v3/series"), upto.count("/api/v3/rootfolder")) == (1, 1)
    assert without_paths(state(sonarr)) == without_paths(before)
    assert home.json("undo", "--apply").code == 0
    assert state(sonarr) == before
