"""What is concluded from rows that are no longer in the queue of a Sonarr or Radarr, and what is not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from mediatui.changes.steps import arr_push
from mediatui.model.target import MappedTarget, Target
from mediatui.store.arr.items import find_item
from mediatui.store.database import Database
from mediatui.store.transfers.targets import set_targets
from tests.fakes.arr import FakeArr
from tests.worlds.services import ServicesWorld

HASH = "a2" * 20
TITLE = "Harbor.Lane.S02E03.1080p.WEB-DL.x264-OK"
EPISODE = 101
FILM = "Quiet.Harbor.2014.1080p.WEB-GRP"
REFRESHES = ("POST", "/api/v3/command")


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ServicesWorld]:
    """A Sonarr and a Radarr that download a release each, the first two transfers."""
    monkeypatch.setattr(arr_push, "LOOK_S", 10.0)
    world = ServicesWorld(await Database.open(tmp_path / "archive.db"), tmp_path)
    for fake, name, facts in (
        (world.sonarr, "Harbor Lane", {"tvdbId": 71}),
        (world.radarr, "Quiet Harbor", {"tmdbId": 62, "year": 2014}),
    ):
        (tmp_path / fake.kind / name).mkdir(parents=True)
        fake.hold(name, tmp_path / fake.kind / name, **facts)
    for number in (3, 4):
        world.sonarr.records.episode(1, 2, number)
    await world.apply(world.push(TITLE, HASH), world.push(FILM, HASH[::-1], "radarr"))
    assert world.states() == [("downloading", "none", "")] * 2
    yield world
    await world.db.close()


async def test_what_stays_missing_is_gone_and_sent_again_only_when_a_person_wants_that(world: ServicesWorld) -> None:
    world.sonarr.records.queue.clear()
    await world.run_pass(later=60)
    assert world.states()[0] == ("downloading", "none", "")
    assert world.why() == "not in the queue there; it is looked for before anything is concluded"
    await world.run_pass(later=30)
    assert REFRESHES not in world.sonarr.seen
    await world.run_pass(later=31)
    assert world.states() == [("wanted", "choice", "gone"), ("downloading", "none", "")]
    assert world.why() == "gone from Sonarr's queue; its history says: grabbed"
    seen = world.sonarr.seen[world.sonarr.seen.index(REFRESHES) :]
    assert [path.removeprefix("/api/v3/").partition("?")[0] for _, path in seen if "command/" not in path] == [
        "command", "queue/details", "history",
    ]  # fmt: skip
    await world.run_pass(later=3600)
    assert len(world.pushes()) == 1
    await world.act("retry")
    world.sonarr.records.history.clear()
    await world.run_pass()
    assert world.states()[0] == ("downloading", "none", "")
    assert len(world.pushes()) == 2


def _client_away(fake: FakeArr) -> None:
    fake._switches.client_away = True


def _just_started(fake: FakeArr) -> None:
    fake._switches.up_for_s = 64


def _rows_come_soon(fake: FakeArr) -> None:
    fake._switches.up_for_s = 89


def _refresh_fails(fake: FakeArr) -> None:
    fake.forced = ("failed", "unknown", "Failed")


@pytest.mark.parametrize(
    ("lie", "why"),
    [
        (_client_away, "its client does not answer: Unable to connect to rTorrent"),
        (_just_started, "Sonarr has just started"), (_rows_come_soon, "Sonarr has just started"),
        (_refresh_fails, "Sonarr did not ask its clients anew"),
    ],
)  # fmt: skip
async def test_nothing_is_concluded_while_the_queue_may_lack_what_is_there(
    world: ServicesWorld, lie: Callable[[FakeArr], None], why: str
) -> None:
    lie(world.sonarr)
    rows = [*world.sonarr.records.queue]
    world.sonarr.records.queue.clear()
    for _ in range(3):
        await world.run_pass(later=61)
    assert world.states()[0] == ("downloading", "none", "")
    assert world.why() == f"{why}; nothing is concluded"
    assert len([path for _, path in world.sonarr.seen if "/history?" in path]) == 1
    world.sonarr._switches.client_away, world.sonarr._switches.up_for_s = False, 900
    world.sonarr.records.queue += rows
    await world.run_pass(later=61)
    assert world.why().startswith("downloading at Sonarr")
    world.sonarr.records.queue.clear()
    await world.run_pass(later=61)
    assert world.states()[0] == ("downloading", "none", "")


async def test_why_it_is_gone_is_what_the_history_says(world: ServicesWorld) -> None:
    world.sonarr.records.queue.clear()
    world.sonarr.records.note("downloadIgnored", 1, TITLE, {"message": "Manually ignored"}, EPISODE, HASH.upper())
    for _ in range(2):
        await world.run_pass(later=61)
    assert world.why() == "gone from Sonarr's queue; its history says: ignored, Manually ignored"


@pytest.mark.parametrize("kind", ["sonarr", "radarr"])
async def test_what_was_imported_there_is_done_once_its_file_is_seen(
    world: ServicesWorld, kind: str, tmp_path: Path
) -> None:
    fake, place = world.fakes[kind], ["sonarr", "radarr"].index(kind)
    link = next((tmp_path / kind).iterdir()) / "S02E03.mkv"
    _import(fake, link, HASH if kind == "sonarr" else HASH[::-1])
    await world.run_pass(later=5)
    assert world.states()[place] == ("downloading", "waiting", "not-proven")
    assert world.why(place + 1) == "import said successful, but no file is there"
    link.symlink_to("/mnt/somewhere.mkv")
    await world.run_pass(later=120)
    assert world.states()[place] == ("done", "none", "")
    known = await world.db.read(find_item, kind, 1)
    assert known is not None
    assert known.has_file


async def test_what_it_is_for_and_was_not_imported_is_asked_about(world: ServicesWorld, tmp_path: Path) -> None:
    target = Target("series", "Harbor Lane", season=2, episodes=(3, 4))
    await world.db.write(set_targets, 1, [MappedTarget(target)])
    link = tmp_path / "sonarr/Harbor Lane/S02E03.mkv"
    link.symlink_to("/mnt/somewhere.mkv")
    _import(world.sonarr, link, HASH)
    await world.run_pass(later=5)
    assert world.states()[0] == ("downloading", "choice", "partial")
    assert world.why() == "S02E04 is missing; the pack is not whole"


async def test_what_was_removed_there_after_its_import_is_not_proven_and_holds_nothing_else_up(
    world: ServicesWorld, tmp_path: Path
) -> None:
    await world.apply(world.push("Harbor.Lane.S02E04.1080p.WEB-DL.x264-OK", "b3" * 20))
    _import(world.sonarr, tmp_path / "sonarr/Harbor Lane/S02E03.mkv", HASH)
    world.sonarr.records.forget(1)
    for _ in range(2):
        await world.run_pass(later=61)
    assert world.states() == [
        ("downloading", "waiting", "not-proven"), ("downloading", "none", ""), ("wanted", "choice", "gone"),
    ]  # fmt: skip


async def test_an_import_before_what_was_sent_is_not_its(world: ServicesWorld, tmp_path: Path) -> None:
    link = tmp_path / "sonarr/Harbor Lane/S02E03.mkv"
    link.symlink_to("/mnt/somewhere.mkv")
    _import(world.sonarr, link, HASH)
    world.sonarr.records.note("grabbed", 1, TITLE, {}, EPISODE, HASH.upper())
    await world.run_pass(later=5)
    assert world.states()[0] == ("downloading", "none", "")


def _import(fake: FakeArr, link: Path, info_hash: str) -> None:
    """The service imports S02E03, or its film, and drops the row."""
    fake.records.queue.clear()
    numbers = [(2, 3)] if fake.kind == "sonarr" else []
    file_id = fake.records.has_file(1, link, episodes=numbers)
    episode = EPISODE if fake.kind == "sonarr" else 0
    fake.records.note("downloadFolderImported", 1, link.name, {"fileId": str(file_id)}, episode, info_hash.upper())
