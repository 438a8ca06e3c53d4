"""paths and paths test: the rules there are, and what Sonarr sees of what they give."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fakes.arr import KEY, FakeArr
from tests.fakes.jellyfin import FakeJellyfin
from tests.fakes.plex import TOKEN as PLEX_TOKEN
from tests.fakes.plex import FakePlex
from tests.fakes.rtorrent import FakeRTorrent
from tests.fakes.sockets import Hang, on_socket
from tests.worlds.home import Home


class World:
    """A library, a mount and a staging folder below ``here``, which a Sonarr sees below ``/data``."""

    def __init__(self, home: Home, here: Path) -> None:
        self.home, self.here = home, here
        self.link = here / "library" / "tv" / "Dark" / "Dark.S01E01.mkv"
        self.target = here / "mount" / "Dark" / "Dark.S01E01.mkv"
        for folder in (self.link.parent, self.target.parent, here / "staging" / "12-Dark.S01"):
            folder.mkdir(parents=True)
        self.target.write_bytes(b"video")
        self.link.symlink_to(self.target)
        self.sonarr = FakeArr("sonarr", theirs=self._theirs, ours=self._ours)
        self.sonarr.hold("Dark", here / "library" / "tv" / "Dark")
        self.same_mount = True

    def _theirs(self, path: str) -> str:
        return path.replace(str(self.here), "/data")

    def _ours(self, path: str) -> str:
        """In its container the mount is where it is here, unless ``same_mount`` is off."""
        if path.startswith(str(self.here)):
            return path if self.same_mount and path.startswith(f"{self.here}/mount") else "/nowhere"
        return path.replace("/data", str(self.here), 1)

    def set(self, address: str, rules: object = (), *more: str) -> None:
        """The settings, with these rules."""
        config = self.home.folder / "config" / "mediatui" / "config.toml"
        config.parent.mkdir(parents=True, exist_ok=True)
        pair = f'{{ours = "{self.here}", theirs = "/data"}}'
        lines = [
            "[library]", f'roots = ["{self.here}/library"]', f'mounts = ["{self.here}/mount"]',
            "[staging]", f'folder = "{self.here}/staging"', *more,
            "[sonarr]", "enabled = true", f'url = "{address}"', f'api_key = "{KEY}"', f"path_map = [{pair}]",
        ]  # fmt: skip
        config.write_text("\n".join(lines) + "\n")
        config.chmod(0o600)
        self.home.monkeypatch.setenv("MEDIATUI_PATHS__RULES", json.dumps(rules))

    def test(self, *words: str) -> dict[str | None, dict[str, Any]]:
        """What ``paths test`` says, by what was tried."""
        return {row["sample"]: row for row in self.home.json("paths", "test", *words).lines[:-1]}


@pytest.fixture
def world(home: Home, tmp_path: Path) -> World:
    return World(home, tmp_path / "srv")


@pytest.fixture
def address(world: World) -> Iterator[str]:
    with on_socket(world.sonarr) as address:
        yield address


def rule(source: object, target: str, kind: str = "arr", **more: str) -> dict[str, str]:
    return {"kind": kind, "from": str(source), "to": target, **more}


def test_rules_are_listed_and_nothing_is_asked(world: World) -> None:
    world.set("http://127.0.0.1:9", [rule("/home/bob", "/", "seedbox"), rule("/a", "D:\\TV", service="sonarr")])
    lines = world.home.json("paths").lines
    assert [(row["type"], row.get("kind"), row.get("service")) for row in lines] == [
        ("path_rule", "seedbox", None), ("path_rule", "arr", "sonarr"), ("result", None, None),
    ]  # fmt: skip
    out = world.home.run("paths").out
    assert ("D:\\TV" in out, "where a rule begins" in out) == (True, False)
    for more in ([rule("/", "/mnt/box", "seedbox")], [rule("/a", "/b"), rule("/b", "/a")], [rule("/a", "/a/b")]):
        world.set("http://127.0.0.1:9", more)
        assert "to where a rule begins: a path is changed once all the same" in world.home.run("paths").out


def test_what_sonarr_sees_by_its_map_by_a_rule_and_by_the_text_of_a_link(world: World, address: str) -> None:
    world.set(address, [rule(world.here / "staging", "/data/staging")])
    found = world.test()
    assert list(found) == ["rule", "staging", "library", "target"]
    assert {(row["seen"], row["assumed"], row["state"]) for row in found.values()} == {(True, False, "ok")}
    assert found["staging"]["there"] == "/data/staging"
    assert found["library"]["there"] == "/data/library/tv/Dark"
    assert found["target"]["there"] == str(world.target)
    assert world.home.run("paths", "test", "--exit-code").code == 0


def test_a_target_that_is_not_at_its_own_path_there_is_a_miss_whatever_the_rules_say(
    world: World, address: str
) -> None:
    world.same_mount = False
    world.set(address, [rule(world.here, "/data")])
    found = world.test()
    assert (found["target"]["seen"], found["target"]["proposal"]) == (False, None)
    assert "at the same path" in found["target"]["hint"]
    assert "importing.method" in found["target"]["hint"]
    assert (found["staging"]["seen"], found["library"]["seen"]) == (True, True)
    result = world.home.run("paths", "test", "--exit-code")
    assert result.code == 5
    assert "1 of 4 paths not seen" in result.out


def test_a_target_of_another_size_there_is_another_file(world: World, address: str) -> None:
    world.set(address)
    world.sonarr.fail(
        httpx.Response(200, json={"parent": "", "directories": [], "files": [{"name": world.target.name, "size": 9}]}),
        only="filesystem",
    )
    row = world.test(str(world.link))["target"]
    assert (row["seen"], "has another file (9 bytes, not 5) at the target" in row["reason"]) == (False, True)


def test_a_rule_that_leads_nowhere_is_a_miss_with_the_rule_that_would_help(world: World, address: str) -> None:
    world.set(address, [rule(world.here / "staging", "/elsewhere"), rule("/x", "/y", "plex")])
    found = world.home.json("paths", "test").lines[:-1]
    by_rule = next(row for row in found if row["sample"] == "rule" and row["kind"] == "arr")
    assert (by_rule["seen"], by_rule["there"]) == (False, "/elsewhere")
    staging = next(row for row in found if row["sample"] == "staging")
    assert staging["proposal"] is not None
    command = shlex.split(staging["hint"].partition("mediatui ")[2])
    world.home.monkeypatch.delenv("MEDIATUI_PATHS__RULES")
    assert world.home.run(*command).code == 0
    again = world.test()
    assert (again["staging"]["seen"], again["staging"]["there"]) == (True, "/data/staging")
    unused = [row for row in found if row["kind"] == "plex"]
    assert [(row["state"], row["seen"]) for row in unused] == [("warning", None)]


def test_a_folder_of_that_name_without_what_lies_in_staging_is_another_one(world: World, address: str) -> None:
    (world.here / "empty" / "staging").mkdir(parents=True)
    world.set(address, [rule(world.here / "staging", "/data/empty/staging")])
    staging = world.test()["staging"]
    assert (staging["seen"], "12-Dark.S01" in staging["reason"]) == (False, True)


def test_one_path_is_tried_alone_and_a_link_with_what_it_leads_to(world: World, address: str) -> None:
    world.set(address, [rule(world.here, "/data")])
    found = world.test(str(world.link))
    assert {name: row["there"] for name, row in found.items()} == {
        "path": "/data/library/tv/Dark/Dark.S01E01.mkv", "target": str(world.target),
    }  # fmt: skip
    gone = world.test(f"{world.here}/library/../library/none")
    assert (gone["path"]["there"], gone["path"]["seen"]) == ("/data/library/none", False)
    both = world.home.run("paths", "test", "/x", "--all")
    assert (both.code, "cannot be given together" in both.err) == (2, True)


def test_a_name_that_is_not_utf_8_is_one_that_sonarr_cannot_see(world: World, address: str) -> None:
    world.set(address)
    odd = world.link.parent / os.fsdecode(b"Dark.\xff.mkv")
    odd.symlink_to(os.fsdecode(os.fsencode(world.target.parent) + b"/\xfe.mkv"))
    rows = world.home.json("paths", "test", str(odd)).lines[:-1]
    assert [(row["seen"], "not UTF-8" in row["reason"]) for row in rows] == [(False, True), (False, True)]


Break = Callable[[World], None]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda world: world.home.monkeypatch.setenv("MEDIATUI_SONARR__API_KEY", "f" * 32), "does not accept"),
        (lambda world: setattr(world.sonarr, "mount_hangs", True), "A mount hangs"),
    ],
)
def test_a_service_that_cannot_be_asked_is_said_and_counts(
    world: World, address: str, change: Break, said: str
) -> None:
    world.set(address)
    change(world)
    result = world.home.run("paths", "test", "--exit-code")
    assert (result.code, said in result.out) == (5, True), result.out


def test_what_a_service_that_answers_does_not_list_in_time_is_said_by_doctor_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mediatui.commands.path_sides.LOOK_S", 0.5)

    def sonarr(request: httpx.Request) -> object:
        if request.url.path.endswith("/filesystem"):
            raise Hang  # it lists a folder in which a mount hangs
        return world.sonarr(request)

    with on_socket(sonarr) as address:
        world.set(address)
        (row,) = world.home.json("paths", "test").lines[:-1]
        checks = world.home.json("doctor").lines
    late = f"Sonarr did not say within 0.5 seconds what it sees at {world.here}."
    assert (row["state"], row["reason"].replace("/data", str(world.here))) == ("problem", late)
    (said,) = [one for one in checks if one.get("name") == "paths"]
    assert (said["state"], said["reason"]) == ("problem", row["reason"])


def test_without_any_service_it_says_so(home: Home) -> None:
    result = home.run("paths", "test", "--exit-code")
    assert (result.code, "Nothing to ask" in result.out) == (0, True)


@pytest.fixture
def plex(world: World) -> Iterator[tuple[FakePlex, str]]:
    """A Plex that has the library below ``/media``, and its address."""
    plex = FakePlex()
    plex.section("1", "Séries", "show", "/media/library/tv")
    with on_socket(plex) as address:
        yield plex, address


def test_plex_is_asked_for_its_folders_and_a_rule_is_proposed_from_how_they_end(
    world: World, plex: tuple[FakePlex, str]
) -> None:
    world.set("", [], "[plex]", "enabled = true", f'url = "{plex[1]}"', f'token = "{PLEX_TOKEN}"')
    world.home.monkeypatch.setenv("MEDIATUI_SONARR__ENABLED", "false")
    found = world.test()
    assert list(found) == ["link"]
    assert (found["link"]["seen"], found["link"]["assumed"]) == (False, True)
    assert found["link"]["proposal"] == {"from": str(world.here), "to": "/media"}
    command = shlex.split(found["link"]["hint"].partition("mediatui ")[2])
    world.home.monkeypatch.delenv("MEDIATUI_PATHS__RULES")
    assert world.home.run(*command).code == 0
    again = world.test()
    assert {name: row["seen"] for name, row in again.items()} == {"rule": True, "link": True}
    assert "Plex has a library for the link" in again["link"]["reason"]
    doctor = {row["name"]: row for row in world.home.json("doctor").lines[:-1]}
    assert doctor["plex"]["reason"].startswith("Plex 1.40.2 answers")
    assert PLEX_TOKEN not in json.dumps(doctor)


def test_no_rule_is_proposed_that_leads_into_another_folder_of_the_library(
    world: World, plex: tuple[FakePlex, str]
) -> None:
    plex[0].sections.clear()
    plex[0].section("1", "Films", "movie", f"{world.here}/library/films/tv")
    world.set("", [], "[plex]", "enabled = true", f'url = "{plex[1]}"', f'token = "{PLEX_TOKEN}"')
    world.home.monkeypatch.setenv("MEDIATUI_SONARR__ENABLED", "false")
    (row,) = world.test().values()
    assert (row["seen"], row["proposal"]) == (False, None)


def test_jellyfin_is_asked_for_a_link_and_for_what_it_leads_to(world: World) -> None:
    library = world.here / "library"
    jellyfin = FakeJellyfin(library)
    link = jellyfin.add_episode("Dark", 1, 1)
    for name in ("Heat (1995)", "Ronin (1998)"):
        (library / "Films" / f"{name}.mkv").symlink_to(world.target)
    with on_socket(jellyfin) as address:
        more = ["[jellyfin]", "enabled = true", f'url = "{address}"', f'api_key = "{KEY}"']
        world.set("", [rule(library, "/media", "jellyfin")], *more)
        world.home.monkeypatch.setenv("MEDIATUI_SONARR__ENABLED", "false")
        found = world.test()
        told = found.pop(None)
        assert (told["state"], told["seen"], "2 films of Films share a folder" in told["reason"]) == ("ok", None, True)
        assert {name: row["seen"] for name, row in found.items()} == {"rule": True, "link": True, "target": True}
        link.readlink().unlink()
        gone = world.test(str(link))
        assert {name: row["seen"] for name, row in gone.items()} == {"path": True, "target": False}
        assert f"Jellyfin sees the link {link}, not the mount: it does not see" in gone["target"]["reason"]
        world.set("", [], *more)
        unseen = world.test(str(link))["path"]
        assert (unseen["seen"], unseen["assumed"]) == (False, True)


def test_of_a_seedbox_the_newest_torrents_say_where_they_are_over_sftp(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = FakeRTorrent()
    for number in range(1, 8):
        one = box.hold(number)
        box.torrents[one.upper()].update({"d.base_path": f"/home/bob/tv/{number}", "d.load_date": number})
    monkeypatch.setattr("mediatui.commands.connect_seedbox.make_seedbox", lambda *given: box.client())
    world.set("", [rule("/home/bob", "/", "seedbox")], "[seedbox]", "enabled = true", 'url = "scgi://127.0.0.1:1"')
    monkeypatch.setenv("MEDIATUI_SONARR__ENABLED", "false")
    rows = world.home.json("paths", "test").lines[:-1]
    torrents = [row for row in rows if row["sample"] == "path"]
    assert len(torrents) == 5
    assert {(row["kind"], row["seen"], row["assumed"]) for row in torrents} == {("seedbox", None, False)}
    assert all(row["there"] == row["path"].replace("/home/bob", "") for row in torrents)
    assert world.home.run("paths", "test", "--exit-code").code == 0
