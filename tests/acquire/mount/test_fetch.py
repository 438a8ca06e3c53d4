"""From whole on the account to proven links in staging."""

from __future__ import annotations

import asyncio
import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest

from mediatui.acquire.mount import fetch as fetching
from mediatui.acquire.mount.pick import pick_place, places_of
from mediatui.changes.file_proof import Proof
from mediatui.model.errors import UsageError
from mediatui.runtime.events import Progress
from mediatui.store.changes.journal import unfinished_batches
from tests.worlds.account import MakeWorld, Run
from tests.worlds.staging import SIZE, Staging, film, pack, write_video
from tests.worlds.transfers import hash_of, history, run_pass, states, synced, transfers

READY, STAGED = ("ready", "none", ""), ("staged", "none", "")
FERN, SALT = film(hash_of(1)), pack(hash_of(2))


@pytest.fixture
def staging_of(account_of: MakeWorld, tmp_path: Path):  # type: ignore[no-untyped-def]  # a fixture's fixture
    async def make(*torrents, shown: bool = True, **settings: object) -> Staging:  # type: ignore[no-untyped-def]
        world = await synced(account_of, torrents)
        staging = Staging(world, tmp_path, **settings)
        await staging.grab(*torrents)
        for torrent in torrents if shown else ():
            staging.show(torrent)
        return staging

    return make


async def test_links_to_files_are_placed_and_proven(staging_of) -> None:  # type: ignore[no-untyped-def]
    at = await staging_of(FERN, SALT)
    run = await at.fetch()
    assert states(at.world) == [STAGED, STAGED]
    view = at.mount / "__all__"
    assert at.links() == {
        f"1-{FERN.filename}": "",
        f"1-{FERN.filename}/{FERN.filename}.mkv": f"{view}/{FERN.filename}/{FERN.filename}.mkv",
        f"2-{SALT.filename}": "",
        **{f"2-{SALT.filename}/Salt.Road.S03E0{number}.mkv": f"{view}/{SALT.filename}/Salt.Road.S03E0{number}.mkv"
           for number in (1, 2, 3)},
    }  # fmt: skip
    assert [state for _, state, _ in at.files(2)] == ["linked"] * 3
    kinds = at.world.rows("SELECT DISTINCT typeof(path), typeof(remote), typeof(link) FROM transfer_files")
    assert kinds == [("blob", "blob", "blob")]  # paths are bytes
    assert run.finished.summary == "2 transfers staged."
    assert run.finished.exit_code == 0
    last = [event for event in run.events if isinstance(event, Progress)][-1]
    assert (last.done, last.total) == (4, 4)


async def test_without_a_folder_for_staging_transfers_rest_where_they_are_whole(staging_of) -> None:  # type: ignore[no-untyped-def]
    at = await staging_of(FERN, **{"staging.folder": ""})
    run = await at.fetch()
    assert states(at.world) == [READY]
    assert "not set" in run.finished.summary


async def test_a_pass_over_what_rests_in_staging_is_one_request(staging_of) -> None:  # type: ignore[no-untyped-def]
    at = await staging_of(*(film(hash_of(number), f"Film.{number}") for number in range(1, 21)))
    await at.fetch()
    assert states(at.world) == [STAGED] * 20
    await run_pass(at.world)
    assert (at.world.lists(), at.world.requests()) == (1, 1)
    begun = at.world.value("SELECT count(*) FROM batches")
    await at.fetch()
    assert at.world.value("SELECT count(*) FROM batches") == begun


async def test_only_what_is_to_go_on_by_itself_is_fetched(account_of: MakeWorld, tmp_path: Path) -> None:
    world = await synced(account_of, [FERN])
    at = Staging(world, tmp_path)
    await at.grab(FERN, auto="none")
    at.show(FERN)
    await at.fetch()
    assert states(world) == [READY]
    assert at.links() == {}


async def test_what_comes_late_is_looked_for_with_growing_pauses(staging_of) -> None:  # type: ignore[no-untyped-def]
    at = await staging_of(FERN, shown=False)
    job = at.start(30)
    while transfers(at.world)[0].state.value != "fetching":
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    at.show(FERN)
    await job.wait()
    assert states(at.world) == [STAGED]


def test_the_pauses_between_looks_grow() -> None:
    age, looks = 0.0, []
    while age < 40:
        looks.append(fetching.pause_s(age))
        age += looks[-1]
    assert looks[:6] == pytest.approx([0.1, 0.1, 0.2, 0.4, 0.8, 1.6])
    assert looks[6:10] == [2.0] * 4
    assert looks[-1] == 5.0


async def test_what_is_not_shown_waits_and_is_asked_about_after_a_day(staging_of) -> None:  # type: ignore[no-untyped-def]
    at = await staging_of(FERN, SALT, shown=False)
    at.show(FERN)
    run = await at.fetch()
    assert states(at.world) == [STAGED, ("ready", "waiting", "not-on-mount")]
    assert run.finished.exit_code == 0
    for later in (700, 8000, 8000, 90_000):
        await at.fetch(later=later)
    assert states(at.world) == [STAGED, ("ready", "choice", "not-on-mount")]
    assert int(str(transfers(at.world)[1].hold.detail["looks"])) == 5


async def test_all_files_or_none(staging_of) -> None:  # type: ignore[no-untyped-def]
    at = await staging_of(SALT)
    (at.mount / "__all__" / SALT.filename / "Salt.Road.S03E02.mkv").unlink()
    await at.fetch()
    assert states(at.world) == [("ready", "waiting", "not-on-mount")]
    assert at.links() == {}
    assert [path for path, state, _ in at.files() if state == "missing"] == ["/Salt.Road.S03E02.mkv"]
    at.show(SALT)
    await at.fetch(later=60)
    assert {state for _, state, _ in at.files()} == {"linked"}


async def test_a_file_of_another_size_is_asked_about_after_a_second_look(
    staging_of, monkeypatch: pytest.MonkeyPatch  # type: ignore[no-untyped-def]
) -> None:  # fmt: skip
    monkeypatch.setattr("mediatui.acquire.mount.views.KERNEL_S", 0.0)
    at = await staging_of(FERN, shown=False)
    at.show(FERN, size=SIZE - 1)
    run = await at.fetch(0.3)
    assert states(at.world) == [("ready", "choice", "files")]
    assert transfers(at.world)[0].hold.detail == {"file": f"{FERN.filename}.mkv"}
    assert at.files() == [(f"/{FERN.filename}.mkv", "resized", f"{SIZE - 1:,} bytes on the mount")]
    assert run.finished.exit_code == 1
    assert at.links() == {}


async def test_two_places_that_fit_are_asked_about(staging_of) -> None:  # type: ignore[no-untyped-def]
    at = await staging_of(FERN)
    write_video(at.mount / "__all__" / f"{FERN.filename}.mkv")
    await at.fetch()
    assert states(at.world) == [("ready", "choice", "files")]
    assert len(transfers(at.world)[0].hold.detail["places"]) == 2  # type: ignore[arg-type]  # a list


@pytest.mark.parametrize("given", ["1", "2", "path"])
async def test_the_place_that_is_picked_is_taken(staging_of, given: str) -> None:  # type: ignore[no-untyped-def]
    at = await staging_of(FERN)
    alone = write_video(at.mount / "__all__" / f"{FERN.filename}.mkv")
    await at.fetch()
    places = places_of(transfers(at.world)[0])
    with pytest.raises(UsageError, match="is none of its places"):
        await at.world.db.write(pick_place, 1, "3", at.now)
    await at.world.db.write(pick_place, 1, str(alone) if given == "path" else given, at.now)
    with pytest.raises(UsageError, match="does not ask for a place"):
        await at.world.db.write(pick_place, 1, "1", at.now)
    await at.fetch()
    assert states(at.world) == [STAGED]
    wanted = str(alone) if given == "path" else places[int(given) - 1]
    assert [text for text in at.links().values() if text] == [wanted]


async def test_a_name_that_is_no_segment_is_refused(staging_of) -> None:  # type: ignore[no-untyped-def]
    bad = replace(FERN, extras=("../../evil.mkv",), file_count=1)
    at = await staging_of(bad, shown=False)
    await at.fetch()
    assert states(at.world) == [("ready", "choice", "files")]
    assert transfers(at.world)[0].hold.detail == {"hostile": ".."}


async def test_the_views_in_their_order(staging_of) -> None:  # type: ignore[no-untyped-def]
    at = await staging_of(FERN, SALT)
    at.show(FERN, "films")
    await at.fetch()
    assert all("/__all__/" in text for text in at.links().values() if text)


@pytest.mark.parametrize(("view", "setting"), [("torrents", ""), ("", ""), ("films", ""), ("by/name", "by/name")])
async def test_a_mount_without_the_view_of_all(account_of: MakeWorld, tmp_path: Path, view: str, setting: str) -> None:
    world = await synced(account_of, [FERN])
    at = Staging(world, tmp_path, **{"acquire.mount_view": setting})
    (at.mount / "__all__" / "Another.Film").rmdir()
    (at.mount / "__all__").rmdir()
    at.show(FERN, view)
    await at.grab(FERN)
    await at.fetch()
    assert states(world) == [STAGED]
    assert f"{at.mount / view / FERN.filename}/{FERN.filename}.mkv" in at.links().values()


async def test_a_view_that_no_mount_has_holds_all(staging_of) -> None:  # type: ignore[no-untyped-def]
    at = await staging_of(FERN, **{"acquire.mount_view": "nowhere"})
    await at.fetch()
    assert states(at.world) == [READY]
    assert at.hold()[1]["problem"] == "No mount has the view nowhere (acquire.mount_view)"


async def test_a_link_that_has_expired_is_asked_about_and_a_late_file_holds_the_mount(
    staging_of, monkeypatch: pytest.MonkeyPatch  # type: ignore[no-untyped-def]
) -> None:  # fmt: skip
    at = await staging_of(FERN, SALT)
    answers = {"Fern": Proof("expired", os.strerror(errno.EIO)), "Salt": Proof("late", "no byte came in 10 s")}
    asked = []

    async def prove(ctx: object, path: bytes) -> Proof:
        asked.append(path)
        return next(answer for name, answer in answers.items() if name.encode() in path)

    monkeypatch.setattr(fetching, "prove", prove)
    run = await at.fetch()
    assert states(at.world) == [("ready", "choice", "files"), READY]
    assert transfers(at.world)[0].hold.detail == {"expired": f"{FERN.filename}.mkv"}
    assert at.hold()[0] == "mount-busy"
    assert run.finished.exit_code == 1
    asked.clear()
    await at.fetch(later=5)
    assert asked == []  # nothing is read there before its time
    answers["Salt"] = Proof("proven")
    await at.fetch(later=120)
    assert states(at.world) == [("ready", "choice", "files"), STAGED]
    assert at.hold() == ("", {})


@pytest.mark.parametrize(("probe", "state"), [("none", "staged"), ("ffprobe", "ready"), ("head", "ready")])
async def test_how_a_file_is_opened_is_a_setting(staging_of, tmp_path: Path, probe: str, state: str) -> None:  # type: ignore[no-untyped-def]
    at = await staging_of(FERN, shown=False, **{"acquire.probe": probe, "scan.ffprobe": "/no/ffprobe"})
    path = at.show(FERN)[0]
    if probe != "ffprobe":
        path.write_bytes(b"<html>" + b"x" * (SIZE - 6))
    await at.fetch()
    assert transfers(at.world)[0].state.value == state
    if probe == "ffprobe":
        assert "/no/ffprobe" in str(at.hold()[1]["problem"])


async def test_what_is_no_video_is_not_linked(staging_of) -> None:  # type: ignore[no-untyped-def]
    at = await staging_of(FERN, shown=False)
    write_video(at.show(FERN)[0]).write_bytes(b"<html>" + b"x" * (SIZE - 6))
    await at.fetch()
    assert states(at.world) == [("ready", "choice", "files")]
    assert transfers(at.world)[0].hold.detail["said"] == "an HTML or XML page"


async def test_a_mount_that_is_away_holds_all_and_fails_none(staging_of, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    at = await staging_of(FERN, SALT)
    at.mount.rename(tmp_path / "elsewhere")
    at.mount.mkdir()
    run = await at.fetch()
    assert states(at.world) == [READY, READY]
    assert at.hold()[0] == "mount-away"
    assert "is empty" in str(at.hold()[1]["problem"])
    assert run.finished.exit_code == 1
    at.mount.rmdir()
    (tmp_path / "elsewhere").rename(at.mount)
    await at.fetch(later=60)
    assert states(at.world) == [STAGED, STAGED]
    assert at.hold() == ("", {})


@pytest.mark.parametrize("how", ["missing", "a file", "read-only"])
async def test_staging_that_cannot_be_used_holds_all(staging_of, how: str) -> None:  # type: ignore[no-untyped-def]
    at = await staging_of(FERN)
    if how == "read-only" and os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    if how == "read-only":
        at.folder.chmod(0o500)
    else:
        at.folder.rmdir()
    if how == "a file":
        at.folder.write_text("")
    await at.fetch()
    assert states(at.world) == [READY]
    assert at.hold()[0] == "no-storage"
    at.folder.chmod(0o700) if how == "read-only" else None


async def test_staging_that_goes_away_while_files_are_opened_holds_all(
    staging_of, monkeypatch: pytest.MonkeyPatch  # type: ignore[no-untyped-def]
) -> None:  # fmt: skip
    at = await staging_of(FERN, SALT)

    async def prove(ctx: object, path: bytes) -> Proof:
        if at.folder.exists():
            at.folder.rmdir()
        return Proof("proven")

    monkeypatch.setattr(fetching, "prove", prove)
    await at.fetch()
    assert states(at.world) == [READY, READY]
    assert at.hold()[0] == "no-storage"
    at.folder.mkdir()
    monkeypatch.undo()
    await at.fetch(later=90)
    assert states(at.world) == [STAGED, STAGED]


async def test_a_mount_that_goes_away_while_a_file_is_opened_holds_all(
    staging_of, monkeypatch: pytest.MonkeyPatch  # type: ignore[no-untyped-def]
) -> None:  # fmt: skip
    at = await staging_of(FERN)

    async def prove(ctx: object, path: bytes) -> Proof:
        return Proof("", os.strerror(errno.ENOTCONN), away=True)

    monkeypatch.setattr(fetching, "prove", prove)
    await at.fetch()
    assert states(at.world) == [READY]
    assert at.hold()[1]["problem"] == f"the mount failed: {os.strerror(errno.ENOTCONN)}"


async def test_an_entry_that_is_deleted_while_it_is_fetched_asks(staging_of) -> None:  # type: ignore[no-untyped-def]
    at = await staging_of(FERN, shown=False)
    job = at.start(30)
    while transfers(at.world)[0].state.value != "fetching":
        await asyncio.sleep(0.01)
    at.world.account.remove(FERN.id)
    await run_pass(at.world)
    await run_pass(at.world, later=90)
    await job.wait()
    assert states(at.world) == [("ready", "choice", "gone")]


async def test_a_file_that_vanishes_between_look_and_link_is_looked_for_again(
    staging_of, monkeypatch: pytest.MonkeyPatch  # type: ignore[no-untyped-def]
) -> None:  # fmt: skip
    at = await staging_of(FERN)

    async def prove(ctx: object, path: bytes) -> Proof:
        return Proof("missing", os.strerror(errno.ENOENT))

    monkeypatch.setattr(fetching, "prove", prove)
    await at.fetch()
    assert states(at.world) == [("ready", "waiting", "not-on-mount")]


async def test_what_lies_in_staging_already_is_kept(staging_of) -> None:  # type: ignore[no-untyped-def]
    at = await staging_of(FERN)
    there = at.folder / f"1-{FERN.filename}" / f"{FERN.filename}.mkv"
    there.parent.mkdir()
    there.symlink_to("/elsewhere")
    await at.fetch()
    assert states(at.world) == [("ready", "choice", "files")]
    assert os.readlink(there) == "/elsewhere"


async def test_a_folder_of_staging_that_is_a_link_is_not_gone_through(staging_of, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    at = await staging_of(FERN)
    (tmp_path / "outside").mkdir()
    (at.folder / f"1-{FERN.filename}").symlink_to(tmp_path / "outside")
    await at.fetch()
    assert states(at.world) == [("ready", "choice", "files")]
    assert list((tmp_path / "outside").iterdir()) == []


async def test_undo_takes_the_links_back_and_puts_the_transfer_aside(staging_of) -> None:  # type: ignore[no-untyped-def]
    from mediatui.changes.undo import plan_undo

    at = await staging_of(SALT)
    await at.fetch()
    batch = at.world.value("SELECT max(batch) FROM batches")
    undo = at.world.plan(plan_undo, batch)
    run: Run = await at.world.apply(undo)
    assert run.finished.outcome == "done"
    assert at.links() == {}
    assert states(at.world) == [("ready", "paused", "")]
    await at.fetch()
    assert at.links() == {}


async def test_an_entry_that_is_gone_takes_its_links_out_of_staging(staging_of) -> None:  # type: ignore[no-untyped-def]
    at = await staging_of(FERN, SALT)
    await at.fetch()
    at.world.account.remove(FERN.id)
    await run_pass(at.world)
    assert states(at.world)[0] == STAGED
    await run_pass(at.world, later=90)
    assert states(at.world) == [("ready", "choice", "gone"), STAGED]
    assert [name for name in at.links() if name.startswith("1-")] in ([], [f"1-{FERN.filename}"])


async def test_a_transfer_put_aside_while_it_is_fetched_stops(staging_of) -> None:  # type: ignore[no-untyped-def]
    import time

    from mediatui.acquire.acts import act_on

    at = await staging_of(FERN, shown=False)
    job = at.start(30)
    while transfers(at.world)[0].state.value != "fetching":
        await asyncio.sleep(0.01)
    await at.world.db.write(act_on, "pause", "1", time.time())
    await job.wait()
    assert states(at.world) == [("ready", "paused", "")]


async def test_a_run_that_is_cancelled_leaves_nothing_half_done(staging_of) -> None:  # type: ignore[no-untyped-def]
    at = await staging_of(FERN, shown=False)
    job = at.start(30)
    while transfers(at.world)[0].state.value != "fetching":
        await asyncio.sleep(0.01)
    job.cancel()
    await job.wait()
    assert states(at.world) == [("ready", "waiting", "not-on-mount")]
    at.show(FERN)
    await at.fetch()
    assert at.links() == {}  # it is looked for a little later
    assert "fetch stopped" in [one.event for one in history(at.world)]
    assert at.world.plan(unfinished_batches) == []  # type: ignore[arg-type,comparison-overlap]  # it reads as a plan does
