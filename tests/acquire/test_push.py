"""Planning what is sent through Sonarr and Radarr: through which, by which link, and what is left."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from mediatui.acquire.mapping.aim import Aim
from mediatui.acquire.push import HowToPush, Pushable, plan_pushes
from mediatui.acquire.target_guard import Offered
from mediatui.changes.steps.arr_push import STAYS, PushRelease
from mediatui.library.refresh import RefreshOptions, refresh
from mediatui.model.plan import Plan
from mediatui.model.release import FoundRelease
from mediatui.model.target import MappedTarget, Target, targets_from_text
from mediatui.model.torrent_file import TorrentFileFacts
from mediatui.names.release_columns import columns_of
from mediatui.store.database import Database
from mediatui.store.transfers.holds import ignore_hash, note_refused
from mediatui.system.torrent_source import TorrentSource
from tests.fakes.arr import BROKEN
from tests.worlds.services import ServicesWorld

HASH, OTHER = "a2" * 20, "b3" * 20
EPISODE, FILM = "Harbor.Lane.S02E03.1080p.WEB-OK", "Quiet.Harbor.2014.1080p.WEB-OK"
LANE = Target("series", "Harbor Lane", tvdb_id=71, season=2, episodes=(3,))


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[ServicesWorld]:
    """A Sonarr that knows Harbor Lane by two titles, and a Radarr; what they know is read."""
    world = ServicesWorld(await Database.open(tmp_path / "archive.db"), tmp_path)
    for fake in world.fakes.values():
        (tmp_path / fake.kind).mkdir()
        fake.root(tmp_path / fake.kind)
    titles = ["La Ruelle du Port"]
    world.sonarr.hold("Harbor Lane", tmp_path / "sonarr/Harbor Lane", tvdbId=71, alternateTitles=titles)
    async for _ in refresh(world.context(), RefreshOptions()):
        pass
    yield world
    await world.db.close()


def magnet(title: str, info_hash: str = HASH, *, tracker: bool = True) -> Pushable:
    text = f"magnet:?xt=urn:btih:{info_hash}&dn={title}{'&tr=http%3A%2F%2Ft' if tracker else ''}"
    return Pushable(TorrentSource(info_hash, title, magnet=text))


def linked(title: str, info_hash: str = HASH) -> Pushable:
    offer = FoundRelease(title, 1, "Alpha", title, published_at=1_700_000_000, link="1/download?link=x")
    facts = TorrentFileFacts(info_hash, title, 1000, (("/a.mkv", 1000),), private=True)
    return Pushable(TorrentSource(info_hash, title, b"d", facts), offer)


def aimed(one: Pushable, *targets: Target) -> Pushable:
    aim = Aim(tuple(MappedTarget(target, 90) for target in targets), "" if targets else "nothing fits")
    offered = Offered("r7", one.title, (one.source.hash,), columns_of(one.title), aim)
    return Pushable(one.source, one.offer, offered)


async def plan(world: ServicesWorld, *pushables: Pushable, **how: Any) -> Plan:
    return await plan_pushes(
        world.db.read, world.settings, world.connect, pushables, HowToPush(**{"without_target": True, **how})
    )


def steps(found: Plan) -> list[PushRelease]:
    assert all(isinstance(step, PushRelease) for step in found.steps)
    return [step for step in found.steps if isinstance(step, PushRelease)]


async def test_what_its_name_says_decides_who_takes_it(world: ServicesWorld) -> None:
    found = await plan(world, magnet(EPISODE), linked(FILM, OTHER))
    first, second = steps(found)
    assert (first.service, first.magnet[:7], first.link, first.is_sent) == ("sonarr", "magnet:", "", True)
    assert (second.service, second.magnet, second.link, second.indexer) == ("radarr", "", "1/download?link=x", "Alpha")
    assert (second.published_at, second.bytes, second.cannot_undo) == (1_700_000_000, 1000, STAYS)
    assert found.title == "Send 2 releases"
    assert found.says == ("2 releases can be sent through Sonarr, Radarr.",)
    assert found.lane == "account"


async def test_a_target_decides_and_what_has_none_is_noted(world: ServicesWorld) -> None:
    found = await plan(world, aimed(magnet("No.Number.At.All"), LANE), without_target=False)
    (step,) = steps(found)
    assert (step.service, step.key, step.is_sent) == ("sonarr", "r7", True)
    assert [one.target.shown for one in targets_from_text(step.targets)] == ["Harbor Lane S02E03"]
    found = await plan(world, aimed(magnet(EPISODE)), without_target=False)
    (step,) = steps(found)
    assert (step.is_sent, step.risk) == (False, "nothing fits: noted, not sent")
    assert found.title == "Take on 1 release"


@pytest.mark.parametrize(
    ("title", "tvdb"), [(EPISODE, 0), ("La.Ruelle.du.Port.S02E03.FRENCH", 0), ("Het.Steegje.S02E03.DUTCH", 71)]
)
async def test_an_id_goes_along_where_the_title_says_nothing(world: ServicesWorld, title: str, tvdb: int) -> None:
    found = await plan(world, aimed(magnet(title), LANE), without_target=False)
    assert [step.tvdb_id for step in steps(found)] == [tvdb]
    assert any("does not import it by itself" in one for one in found.says) is bool(tvdb)


@pytest.mark.parametrize(
    ("one", "how", "why"),
    [
        (magnet(EPISODE, tracker=False), {}, "its magnet names no tracker, so Sonarr's client may find nothing"),
        (Pushable(TorrentSource(HASH, EPISODE)), {}, "only its hash is known"),
        (Pushable(TorrentSource(HASH, EPISODE, b"d")), {}, "Sonarr fetches releases itself"),
        (magnet("Some Words"), {}, "its name does not say whether it is a film or a series; --service NAME"),
        (magnet(EPISODE), {"service": "nobody"}, "No Sonarr or Radarr is named nobody"),
    ],
)
async def test_what_cannot_be_sent_is_left_with_its_reason(
    world: ServicesWorld, one: Pushable, how: dict[str, Any], why: str
) -> None:
    found = await plan(world, one, **how)
    assert found.steps == ()
    assert [reason.startswith(why) for _, reason in found.notes] == [True], found.notes


async def test_a_service_that_is_named_takes_what_its_name_does_not_say(world: ServicesWorld) -> None:
    found = await plan(world, magnet("Some Words"), service="radarr")
    assert [step.service for step in steps(found)] == ["radarr"]


async def test_ignored_refused_and_under_way_are_left(world: ServicesWorld) -> None:
    await world.db.write(ignore_hash, HASH, "", 1.0)
    await world.db.write(note_refused, "sonarr", OTHER, EPISODE, "push", 1.0)
    found = await plan(world, magnet(EPISODE), magnet(EPISODE, OTHER))
    assert [why.partition(";")[0] for _, why in found.notes] == ["it is ignored", "sonarr refused it on 1970-01-01"]
    assert [step.hash for step in steps(await plan(world, magnet(EPISODE, OTHER), again=True))] == [OTHER]
    world.sonarr.records.episode(1, 2, 3)
    third = "c4" * 20
    await world.apply(world.push(EPISODE, third))
    found = await plan(world, magnet(EPISODE, third))
    assert [why for _, why in found.notes] == ["transfer 1 is under way for it (downloading, arr)"]


async def test_a_client_that_is_away_is_said_and_asked_about(world: ServicesWorld) -> None:
    world.sonarr.client_away = True
    found = await plan(world, magnet(EPISODE), magnet(EPISODE, OTHER))
    assert len(found.notes) == 2
    assert found.notes[0][1].startswith("Sonarr's client does not answer (Unable to connect to rTorrent)")
    assert sum("testall" in path for _, path in world.sonarr.seen) == 1
    (step,) = steps(await plan(world, magnet(EPISODE), again=True))
    assert (step.despite_away, step.risk) == (True, "Sonarr's client does not answer: it may be lost")


async def test_nothing_is_planned_for_a_service_that_fails_or_hangs(world: ServicesWorld) -> None:
    world.sonarr.mount_hangs = True
    world.radarr.fail(BROKEN)
    found = await plan(world, magnet(EPISODE), magnet(FILM, OTHER), again=True)
    assert found.steps == ()
    reasons = [why for _, why in found.notes]
    assert reasons[0] == "a mount hangs where Sonarr runs: a push is never answered"
    assert reasons[1].startswith("Radarr failed (HTTP 500")
