"""Sending releases through Sonarr and Radarr: what they answer, what is there then, and nothing sent twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from mediatui.changes.steps import arr_push
from mediatui.model.target import MappedTarget, Target, targets_as_text
from mediatui.store.database import Database
from tests.fakes.arr import BROKEN, CUT, HANG, LOGIN_PAGE
from tests.worlds.services import ServicesWorld

HASH, OTHER = "a2" * 20, "b3" * 20
TITLE = "Harbor.Lane.S02E03.1080p.WEB-DL.x264-OK"
FILM = "Quiet.Harbor.2014.1080p.WEB-GRP"


async def world_of(folder: Path, *, released: bool = False) -> ServicesWorld:
    """A Sonarr that knows Harbor Lane and a Radarr that knows Quiet Harbor, none of which has a file."""
    world = ServicesWorld(
        await Database.open(folder / "archive.db"), folder,
        **{"prowlarr.enabled": True, "prowlarr.url": "http://prowlarr.invalid", "prowlarr.api_key": "9" * 32},
    )  # fmt: skip
    world.sonarr._switches.released = released
    for fake, name, facts in (
        (world.sonarr, "Harbor Lane", {"tvdbId": 71}),
        (world.radarr, "Quiet Harbor", {"tmdbId": 62, "year": 2014}),
    ):
        (folder / fake.kind).mkdir()
        fake.root(folder / fake.kind)
        fake.hold(name, folder / fake.kind / name, **facts)
    for number in (1, 2, 3):
        world.sonarr.records.episode(1, 2, number)
    return world


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ServicesWorld]:
    monkeypatch.setattr(arr_push, "LOOK_S", 10.0)
    world = await world_of(tmp_path)
    yield world
    await world.db.close()


async def test_what_fits_is_sent_once_and_adopted_by_its_row(world: ServicesWorld) -> None:
    world.sonarr.sending.looks_before_row = 2
    applied = await world.apply(world.push(TITLE, HASH, indexer="Alpha", published_at=1_700_000_000))
    assert applied.steps == [("done", "Sonarr has it: downloading")]
    (body,) = world.pushes()
    assert body == {
        "title": TITLE, "protocol": "torrent", "publishDate": "2023-11-14T22:13:20Z", "indexer": "Alpha",
        "magnetUrl": f"magnet:?xt=urn:btih:{HASH}&tr=http%3A%2F%2Ft",
    }  # fmt: skip
    assert world.states() == [("downloading", "none", "")]
    assert next(path for method, path in world.sonarr.seen if method == "POST").endswith("downloadclient/testall")
    assert (await world.apply(world.push(TITLE, HASH))).steps[0][0] == "skipped"
    assert len(world.pushes()) == 1


@pytest.mark.parametrize(("again", "sent"), [(False, 1), (True, 2)])
async def test_what_is_on_its_way_for_the_same_by_then_is_not_sent(
    world: ServicesWorld, again: bool, sent: int
) -> None:
    episode = targets_as_text([MappedTarget(Target("series", "Harbor Lane", tvdb_id=71, season=2, episodes=(3,)))])
    await world.apply(world.push(TITLE, HASH, targets=episode))
    applied = await world.apply(world.push(TITLE, OTHER, targets=episode, again=again))
    assert len(world.pushes()) == len(world.states()) == sent
    if not again:
        assert applied.steps == [("skipped", "transfer 1 is under way for Harbor Lane S02E03")]


async def test_a_link_of_prowlarr_is_sent_with_its_key_in_the_body_and_nowhere_else(
    world: ServicesWorld, tmp_path: Path
) -> None:
    world.sonarr.sending.torrents["link=abc"] = HASH
    applied = await world.apply(world.push(TITLE, HASH, link="1/download?link=abc&file=x"))
    assert applied.finished.outcome == "done"
    assert world.pushes()[0]["downloadUrl"] == f"http://prowlarr.invalid/1/download?link=abc&file=x&apikey={'9' * 32}"
    assert b"9" * 32 not in (tmp_path / "archive.db").read_bytes() + (tmp_path / "archive.db-wal").read_bytes()


@pytest.mark.parametrize(
    ("case", "state", "sentence"),
    [
        ("dead link", ("wanted", "choice", "not-sent"), "Sonarr said yes and has nothing"),
        ("no tracker", ("wanted", "choice", "not-sent"), "Sonarr said yes and has nothing"),
        ("imported before", ("wanted", "choice", "known-hash"), "Sonarr takes no hash it has imported before"),
        ("two reasons", ("wanted", "choice", "refused"), "Sonarr refuses this one: Not in profile, Seeders"),
        ("unknown", ("wanted", "choice", "refused"), "Sonarr refuses this one: Unknown Series"),
        ("no number", ("wanted", "choice", "refused"), "Sonarr refuses this one: Unable to parse"),
        ("delayed", ("downloading", "waiting", "arr-pending"), "Sonarr holds it until "),
        ("away", ("downloading", "waiting", "arr-pending"), "Sonarr holds it"),
    ],
)
async def test_what_the_answer_is_worth(world: ServicesWorld, case: str, state: tuple[str, ...], sentence: str) -> None:
    sonarr, step = world.sonarr, world.push(TITLE, HASH)
    match case:
        case "dead link":
            step = world.push(TITLE, HASH, link="1/download?link=gone")
        case "no tracker":
            step = world.push(TITLE, HASH, magnet=f"magnet:?xt=urn:btih:{HASH}")
        case "imported before":
            sonarr.records.note("downloadFolderImported", 1, TITLE, {}, 101, HASH.upper())
            sonarr.records.history[0]["date"] = "2026-01-02T10:00:00Z"
        case "two reasons":
            sonarr.sending.rejects[TITLE] = ["Not in profile", "Seeders"]
        case "unknown":
            step = world.push("Nobody.Knows.S01E01.1080p", HASH)
        case "no number":
            step = world.push("blah blah", HASH)
        case "delayed":
            sonarr.sending.delays = True
        case "away":
            sonarr.client_away, step = True, world.push(TITLE, HASH, despite_away=True)
    applied = await world.apply(step)
    assert world.states() == [state]
    assert world.why().startswith(sentence)
    assert applied.finished.counts["failed"] == (state[0] == "wanted")
    assert len(world.pushes()) == 1
    await world.run_pass(later=3600)
    await world.apply(batch=applied.batch)
    assert len(world.pushes()) == 1  # nothing is sent again by itself


@pytest.mark.parametrize("kind", ["radarr", "sonarr-4.0"])
async def test_those_that_drop_it_while_their_client_is_away_have_not_sent_it(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arr_push, "LOOK_S", 30.0)
    world = await world_of(tmp_path, released=True)
    fake = world.radarr if kind == "radarr" else world.sonarr
    fake.client_away = True
    title = FILM if kind == "radarr" else TITLE
    await world.apply(world.push(title, HASH, fake.kind, despite_away=True))
    assert world.states() == [("wanted", "choice", "not-sent")]
    assert world.why() == f"{fake.kind.title()}'s client does not answer: Unable to connect to rTorrent"
    await world.db.close()


async def test_while_a_client_is_away_nothing_is_sent_unasked(world: ServicesWorld) -> None:
    world.sonarr.client_away = True
    applied = await world.apply(world.push(TITLE, HASH))
    assert applied.steps == [("failed", "Sonarr's client does not answer: Unable to connect to rTorrent")]
    assert world.states() == [("wanted", "choice", "not-sent")]
    assert world.pushes() == []
    world.sonarr.client_away = False
    await world.act("retry")
    await world.run_pass()
    assert world.states() == [("downloading", "none", "")]
    assert len(world.pushes()) == 1


@pytest.mark.parametrize("failure", [CUT, BROKEN, HANG])
@pytest.mark.parametrize("comes", [True, False])
async def test_what_is_not_answered_is_looked_for_and_never_repeated(
    world: ServicesWorld, failure: Any, comes: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mediatui.services.arr.sending.PUSH_S", 0.01)
    world.sonarr.next_failure["push"], world.sonarr.takes_all_the_same = failure, comes
    world.sonarr.sending.looks_before_row = 10  # 100 s later
    await world.apply(world.push(TITLE, HASH))
    assert world.states() == [("downloading", "none", "") if comes else ("wanted", "choice", "not-sent")]
    assert len(world.pushes()) == 1


@pytest.mark.parametrize(
    ("failure", "code"),
    [(httpx.ConnectError("refused"), "arr-away"), (httpx.Response(401), "arr-key"), (LOGIN_PAGE, "arr-away")],
)
async def test_a_service_that_took_nothing_is_asked_again_later(world: ServicesWorld, failure: Any, code: str) -> None:
    world.sonarr.next_failure["push"] = failure
    applied = await world.apply(world.push(TITLE, HASH), world.push("Harbor.Lane.S02E01.720p", OTHER))
    assert [ended for ended, _ in applied.steps] == ["failed", "skipped"]
    assert world.states() == [("wanted", "none", "")] * 2
    await world.run_pass()
    assert len(world.pushes()) == 1
    if code == "arr-key":
        await world.run_pass(later=3600)
        assert len(world.pushes()) == 1
        await world.act("retry")
    await world.run_pass(later=3600)
    assert world.states() == [("downloading", "none", "")] * 2
    assert len(world.pushes()) == 3


async def test_where_a_mount_hangs_nothing_is_sent(world: ServicesWorld) -> None:
    world.sonarr.mount_hangs = True
    applied = await world.apply(world.push(TITLE, HASH), world.push(FILM, OTHER, "radarr"))
    why = "a mount hangs where Sonarr runs: nothing is imported"
    assert applied.steps == [
        ("skipped", f"{why}: the runs of transfers send it"),
        ("done", "Radarr has it: downloading"),
    ]
    assert world.pushes() == []
    assert world.why().startswith(why)
    world.sonarr.mount_hangs = False
    await world.run_pass(later=600)
    assert world.states() == [("downloading", "none", "")] * 2


async def test_what_is_held_is_adopted_when_it_is_sent(world: ServicesWorld) -> None:
    world.sonarr.sending.delays = True
    await world.apply(world.push(TITLE, HASH))
    await world.run_pass(later=60)
    assert world.states() == [("downloading", "waiting", "arr-pending")]
    row = world.sonarr.records.queue[0]
    row |= {"downloadId": HASH.upper(), "status": "downloading", "size": 100, "sizeleft": 25}
    await world.run_pass(later=60)
    assert world.states() == [("downloading", "none", "")]
    assert world.why() == "downloading at Sonarr, 75 % of 100 B"


async def test_what_is_held_is_sent_now_once_where_a_person_wants_that(world: ServicesWorld) -> None:
    world.sonarr.sending.delays = True
    await world.apply(world.push(TITLE, HASH))
    await world.act("retry")
    await world.run_pass()
    assert world.states() == [("downloading", "none", "")]
    assert world.why().startswith("downloading at Sonarr")
    await world.run_pass()
    assert [path for _, path, _ in world.sonarr.writes if "queue/grab" in path] == [
        f"queue/grab/{world.sonarr.records.queue[0]['id']}"
    ]
    assert len(world.pushes()) == 1


async def test_what_cannot_be_sent_now_stays_held_and_is_not_tried_again_by_itself(world: ServicesWorld) -> None:
    world.sonarr.sending.delays = True
    await world.apply(world.push(TITLE, HASH))
    await world.act("retry")
    world.sonarr.next_failure["send_held"] = BROKEN
    for _ in range(3):
        await world.run_pass(later=60)
    assert world.states() == [("downloading", "waiting", "arr-pending")]
    assert len([path for _, path in world.sonarr.seen if "queue/grab" in path]) == 1


async def test_a_pass_is_one_request_a_service(world: ServicesWorld) -> None:
    for number in (1, 2, 3):
        await world.apply(world.push(f"Harbor.Lane.S02E0{number}.1080p", f"{number:040x}"))
    world.sonarr.seen.clear()
    await world.run_pass()
    assert [path for _, path in world.sonarr.seen] == ["/api/v3/queue/details"]


@pytest.mark.parametrize("moment", ["before its line", "after its line", "sent"])
async def test_a_run_that_was_killed_pushes_nothing_twice(
    world: ServicesWorld, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """kill -9: what was begun stands in the archive as it was, and the next run goes on from there."""

    class Killed(BaseException):
        pass

    async def killed(*_: object, **__: object) -> Any:
        raise Killed

    target, name = {
        "before its line": ("mediatui.changes.step_run.StepRun", "before"),
        "after its line": ("mediatui.services.arr.client.Arr", "push"),
        "sent": ("mediatui.changes.steps.arr_push._Pushing", "_look"),
    }[moment]
    with monkeypatch.context() as broken:
        broken.setattr(f"{target}.{name}", killed)
        batch = await world.store(world.push(TITLE, HASH))
        with pytest.raises(BaseException):  # noqa: B017 - whatever is left of it
            await world.apply(batch=batch)
    assert world.states() == [("sending", "none", "")]
    if moment == "sent":
        async with world.db.transaction() as connection:  # its line was not ended either
            await connection.execute("UPDATE journal SET outcome = NULL")
    await world.run_pass()
    sent = {"before its line": 1, "after its line": 0, "sent": 1}[moment]
    assert len(world.pushes()) == sent
    assert world.states()[0][0] == ("sending" if moment == "after its line" else "downloading")
    await world.run_pass(later=400)
    assert len(world.pushes()) == sent
    expected = ("wanted", "choice", "not-sent") if moment == "after its line" else ("downloading", "none", "")
    assert world.states() == [expected]
    await world.apply(batch=batch)
    assert len(world.pushes()) == sent


async def test_what_was_sent_is_said_to_stay_by_undo(world: ServicesWorld) -> None:
    from mediatui.changes.undo import plan_undo

    applied = await world.apply(world.push(TITLE, HASH))
    plan = await world.db.read(plan_undo, applied.batch)
    assert plan.steps == ()
    assert [why for _, why in plan.notes] == [arr_push.STAYS]
