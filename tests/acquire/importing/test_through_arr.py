"""From staging into the library through Sonarr: what is looked at before, what is sent, and what counts as imported."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from mediatui.acquire.acts import act_on
from mediatui.acquire.importing.job import is_import_due
from mediatui.changes.file_proof import Proof
from mediatui.changes.reporting.send import ReportOptions, report_to_servers
from mediatui.changes.steps import import_command
from mediatui.changes.undo import plan_undo
from mediatui.demo.jellyfin import SimSeen, SimulatedJellyfin, SimUser
from mediatui.demo.jellyfin_library import SimLibrary
from mediatui.model.stuck import why_stuck
from mediatui.runtime.jobs import JobKind
from mediatui.services.jellyfin.client import Jellyfin
from tests.fakes.arr import BROKEN, CUT, LOGIN_PAGE, FakeArr
from tests.fakes.arr_qualities import named
from tests.worlds.account import MakeWorld
from tests.worlds.arr_importing import ArrImporting, series_target
from tests.worlds.staging import film, pack
from tests.worlds.transfers import hash_of, history, states, transfers

SEASON = pack(hash_of(2))
DONE, STAGED = ("done", "none", ""), ("staged", "none", "")
ASKED = ("staged", "choice", "import")
NAMES = [f"Salt.Road.S03E0{number}.mkv" for number in (1, 2, 3)]
THERE = {1: "Salt Road - S03E01.mkv"}
Make = Callable[..., Awaitable[ArrImporting]]


@pytest.fixture
def sonarr_with(account_of: MakeWorld, tmp_path: Path) -> Make:
    """A pack is staged for a season of a series that Sonarr has, with these files of it."""

    async def make(
        there: dict[int, str] | None = None, *, torrent: Any = SEASON, episodes: int = 0, target: Any = None,
        **settings: object,
    ) -> ArrImporting:  # fmt: skip
        world = await account_of([])
        at = ArrImporting(world, tmp_path, FakeArr("sonarr"), **settings)
        item = at.keeps("Salt Road", there)
        for number in range(1, (episodes or torrent.file_count) + 1):
            late = {"airDateUtc": "2199-01-01T00:00:00Z"} if number > torrent.file_count else {}
            at.sonarr.records.episode(item, 3, number).update(late)
        await at.put_in_staging(torrent, series_target("Salt Road", item, **(target or {})))
        at.sonarr.seen.clear()
        return at

    return make


def grade(at: ArrImporting, quality: str, *, ours: str = "WEBDL-1080p", version: int = 1) -> None:
    """What Sonarr has is of one quality, and what is staged of another."""
    for record in at.sonarr.records.files.values():
        record["quality"] = named("sonarr", quality, version)
    at.sonarr.importing.qualities.update(dict.fromkeys(NAMES, ours))


def service_hold(at: ArrImporting) -> list[tuple[object, ...]]:
    return at.world.rows("SELECT service, code FROM service_holds ORDER BY service")


# What is sent


async def test_a_season_is_imported_by_one_command_that_names_each_file(sonarr_with: Make) -> None:
    at = await sonarr_with()
    run = await at.run()
    assert states(at.world) == [DONE], at.detail()
    (sent,) = at.sent()
    assert [(one["seriesId"], one["episodeIds"]) for one in sent["files"]] == [(1, [101]), (1, [102]), (1, [103])]
    assert sent["importMode"] == "copy"
    assert all(one["folderName"] == SEASON.filename for one in sent["files"])
    assert sorted(at.texts().values()) == NAMES
    assert at.links() == {}
    assert run.finished.summary == "1 transfer imported."
    assert "imported by Sonarr" in history(at.world)[-2].why
    assert at.world.rows("SELECT count(*) FROM library_links WHERE state = 'ok'") == [(3,)]


async def test_a_pack_of_24_takes_two_listings_and_two_commands_at_most(sonarr_with: Make) -> None:
    at = await sonarr_with(torrent=pack(hash_of(2), count=24))
    await at.run()
    assert states(at.world) == [DONE], at.detail()
    assert at.asked("manualimport") <= 2
    assert at.asked("manualimport", method="POST") == 0
    assert at.asked("command", method="POST") <= 2
    assert len(at.tree()) == 24
    assert sum(method == "GET" for method, _ in at.sonarr.seen) < 60


async def test_what_sonarr_has_not_judged_is_judged_as_it_is_sent_with_the_group_and_quality_of_the_release(
    sonarr_with: Make,
) -> None:
    torrent = pack(hash_of(2), "Salt.Road.S03.1080p.WEB-SHORT", names=("01.mkv", "02.mkv", "03.mkv"))
    at = await sonarr_with(torrent=torrent)
    await at.run()
    assert states(at.world) == [DONE], at.detail()
    assert at.asked("manualimport", method="POST") == 1
    (sent,) = at.sent()
    assert {one["releaseGroup"] for one in sent["files"]} == {"SHORT"}
    assert {one["quality"]["quality"]["name"] for one in sent["files"]} == {"WEBDL-1080p"}


# Before


@pytest.mark.parametrize("gone", ["empty", "missing"])
async def test_nothing_is_imported_into_a_root_that_looks_like_that_of_an_absent_volume(
    sonarr_with: Make, gone: str
) -> None:
    at = await sonarr_with(THERE)
    away = at.series.with_name("away")
    at.series.rename(away)
    if gone == "empty":
        at.series.mkdir()
    await at.run()
    assert (states(at.world), at.sent(), at.asked("manualimport")) == ([STAGED], [], 0)
    assert service_hold(at) == [("sonarr roots", "mount-away")]
    if gone == "empty":
        at.series.rmdir()
    away.rename(at.series)
    at.sonarr.finish()
    await at.run(later=60)
    assert ("sonarr roots", "mount-away") not in service_hold(at)


async def test_a_root_that_lost_much_since_the_last_look_gets_nothing_until_a_person_says_so(sonarr_with: Make) -> None:
    at = await sonarr_with()
    others = [at.series / name for name in ("One", "Two", "Three")]
    for other in others:
        other.mkdir()
    await at.person_plan()
    for other in others:
        other.rmdir()
    await at.run()
    assert (states(at.world), at.sent(), service_hold(at)) == ([STAGED], [], [("sonarr roots", "mount-away")])
    await at.world.db.write(act_on, "retry", "1", at.now)
    await at.run()
    assert states(at.world) == [DONE]


async def test_the_first_import_into_a_root_is_said(sonarr_with: Make) -> None:
    at = await sonarr_with()
    assert f"first in {at.series}" in [step.risk for step in (await at.person_plan()).steps]


async def test_the_root_is_looked_at_again_right_before_the_command(sonarr_with: Make) -> None:
    at = await sonarr_with(THERE, **{"importing.existing": "skip"})
    away = at.series.with_name("away")
    kept = at._connect

    def connect(name: str) -> Any:
        if at.asked("manualimport") and not away.exists():  # planned: then the volume goes
            at.series.rename(away)
            at.series.mkdir()
        return kept(name)

    at._connect = connect  # type: ignore[method-assign]
    await at.run()
    assert (states(at.world), at.sent()) == ([STAGED], [])
    assert list(at.series.iterdir()) == []
    assert service_hold(at) == [("sonarr roots", "mount-away")]


async def test_nothing_is_rescanned_after_an_import_during_which_the_volume_went(sonarr_with: Make) -> None:
    at = await sonarr_with(THERE, **{"importing.existing": "upgrade"})
    grade(at, "HDTV-720p")
    for other in ("Another", "More"):
        (at.series / other).mkdir()
    kept = at.series.with_name("kept")

    def go() -> None:
        at.series.rename(kept)
        at.series.mkdir()

    at.sonarr.importing.before = go
    await at.run()
    assert states(at.world) == [("importing", "none", "")]
    assert service_hold(at) == [("sonarr roots", "mount-away")]
    assert [name for name, _ in at.sonarr.commands] == ["ManualImport"]


async def test_a_record_alone_proves_nothing_where_another_link_lies(sonarr_with: Make) -> None:
    at = await sonarr_with()

    def record_others() -> None:
        for number, name in enumerate(NAMES, 1):
            link = at.library_link(f"Séries/Drama/Salt Road/Season 3/{number}.mkv", f"Old/{name}", size=4096)
            at.sonarr.records.has_file(1, link, episodes=[(3, number)])
        at.sonarr.importing.blind.append(str(at.mount / "__all__" / SEASON.filename))

    at.sonarr.importing.before = record_others
    await at.run()
    assert states(at.world)[0][0] == "staged"
    assert (len(at.sent()), len(at.links())) == (1, 4)


async def test_a_record_outside_the_folder_of_its_series_proves_nothing(sonarr_with: Make) -> None:
    at = await sonarr_with()

    def record_elsewhere() -> None:
        for number, name in enumerate(NAMES, 1):
            link = at.series / "Other" / name
            link.parent.mkdir(exist_ok=True)
            link.symlink_to(at.mount / "__all__" / SEASON.filename / name)
            at.sonarr.records.has_file(1, link, episodes=[(3, number)])
        at.sonarr.importing.blind.append(str(at.mount / "__all__" / SEASON.filename))

    at.sonarr.importing.before = record_elsewhere
    await at.run()
    assert states(at.world)[0][0] == "staged"
    assert (len(at.sent()), len(at.links())) == (1, 4)


async def test_nothing_is_asked_that_has_no_end_while_a_mount_hangs_where_it_runs(sonarr_with: Make) -> None:
    at = await sonarr_with()
    at.sonarr.mount_hangs = True
    await at.run()
    assert (states(at.world), at.asked("manualimport"), at.sent()) == ([STAGED], 0, [])
    assert service_hold(at) == [("sonarr", "arr-hangs")]
    at.sonarr.mount_hangs = False
    await at.run(later=400)
    assert (states(at.world), service_hold(at)) == ([DONE], [])


async def test_no_listing_is_asked_for_while_a_target_cannot_be_read(sonarr_with: Make) -> None:
    at = await sonarr_with()
    target = at.mount / "__all__" / SEASON.filename / NAMES[1]
    target.write_bytes(b"\0" * 4096)
    await at.run()
    assert states(at.world) == [("staged", "choice", "files")]
    assert (at.asked("manualimport"), at.sent()) == (0, [])


async def test_a_target_that_comes_late_holds_the_mount_until_it_is_read(
    sonarr_with: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = await sonarr_with()

    async def late(*_: object) -> Proof:
        return Proof("late", "no byte came in 10 s")

    with monkeypatch.context() as during:
        during.setattr("mediatui.acquire.importing.through_arr.plan.prove", late)
        await at.run()
    assert (states(at.world), at.hold()) == ([STAGED], ("mount-busy", {"file": NAMES[0], **_until(at)}))
    assert not await at.world.db.read(is_import_due, at.world.settings, at.now)
    await at.run(later=90)
    assert (states(at.world), at.hold()) == ([DONE], ("", {}))


def _until(at: ArrImporting) -> dict[str, object]:
    return {"until": at.hold()[1].get("until")}


async def test_each_target_is_read_again_right_before_the_command(sonarr_with: Make) -> None:
    at = await sonarr_with()
    plan = await at.person_plan()
    (at.mount / "__all__" / SEASON.filename / NAMES[1]).write_bytes(b"\0" * 4096)
    await at.world.apply(plan)
    assert (states(at.world), at.sent()) == ([("staged", "choice", "files")], [])


async def test_what_sonarr_does_not_see_is_asked_with_both_paths(sonarr_with: Make) -> None:
    at = await sonarr_with()
    at.sonarr.importing.blind.append(str(at.mount))
    run = await at.run()
    assert states(at.world) == [("staged", "choice", "arr-cannot-see-mount")], at.detail()
    assert run.finished.exit_code == 1
    assert (at.sent(), at.asked("manualimport")) == ([], 0)
    assert str(at.detail()["path"]).startswith(str(at.mount))


async def test_staging_that_sonarr_does_not_see_is_asked_about(sonarr_with: Make) -> None:
    rules = [{"kind": "arr", "from": "/", "to": "/elsewhere"}]
    at = await sonarr_with(**{"paths.rules": rules})
    await at.run()
    assert states(at.world) == [("staged", "choice", "paths")], at.detail()
    assert (at.sent(), at.asked("manualimport")) == ([], 0)
    assert str(at.detail()["there"]).startswith("/elsewhere/")


@pytest.mark.parametrize("how", ["gone", "another link", "a file"])
async def test_a_link_that_went_from_staging_is_named_and_made_again(sonarr_with: Make, how: str) -> None:
    at = await sonarr_with()
    link = next(at.folder.rglob("*S03E02.mkv"))
    link.unlink()
    if how != "gone":
        link.symlink_to("/etc/hostname") if how == "another link" else link.write_bytes(b"mine")
    await at.run()
    assert (states(at.world), at.detail()) == ([("staged", "choice", "files")], {"unstaged": NAMES[1]})
    assert why_stuck(transfers(at.world)[0], {}, 0.0).helps == "staging again 1"
    assert (at.sent(), at.asked("manualimport")) == ([], 0)


async def test_staging_that_sonarr_has_elsewhere_is_found_by_a_rule(account_of: MakeWorld, tmp_path: Path) -> None:
    world = await account_of([])
    ours, theirs = str(tmp_path / "staging"), "/data/staging"
    fake = FakeArr(
        "sonarr", theirs=lambda path: path.replace(ours, theirs), ours=lambda path: path.replace(theirs, ours)
    )
    rules = [{"kind": "arr", "from": ours, "to": theirs}]
    at = ArrImporting(world, tmp_path, fake, **{"paths.rules": rules})
    item = at.keeps("Salt Road")
    for number in (1, 2, 3):
        fake.records.episode(item, 3, number)
    await at.put_in_staging(SEASON, series_target("Salt Road", item))
    await at.run()
    assert states(at.world) == [DONE], at.detail()
    assert all(one["path"].startswith(theirs + "/") for one in at.sent()[0]["files"])


# The list


async def test_a_listing_that_fails_is_asked_again_file_by_file(sonarr_with: Make) -> None:
    at = await sonarr_with()
    at.sonarr.fail(BROKEN, only="manualimport", times=1)
    await at.run()
    assert states(at.world) == [DONE]
    assert at.asked("manualimport") == 4
    assert len(at.tree()) == 3


async def test_a_listing_that_hangs_holds_the_service(sonarr_with: Make) -> None:
    at = await sonarr_with()
    at.sonarr.fail(httpx.ReadTimeout("no answer"), only="manualimport")
    await at.run()
    assert (states(at.world), at.asked("manualimport"), at.sent()) == ([STAGED], 1, [])
    assert service_hold(at) == [("sonarr", "arr-hangs")]
    await at.run()
    assert at.asked("manualimport") == 1


@pytest.mark.parametrize(
    "answer",
    [LOGIN_PAGE, httpx.Response(200, json={"message": "x"}), httpx.Response(200, content=b"[{"),
     httpx.Response(200, json=[{"path": None, "rejections": None, "quality": "x", "customFormatScore": None}, 7, None]),
     httpx.Response(200, json=[]), httpx.Response(200, json=[{"path": "/staging/another.mkv", "series": []}])],
)  # fmt: skip
async def test_a_listing_that_makes_no_sense_imports_nothing_and_breaks_nothing(
    sonarr_with: Make, answer: httpx.Response
) -> None:
    at = await sonarr_with()
    at.sonarr.fail(answer, only="manualimport")
    run = await at.run()
    assert run.finished.error is None
    assert (states(at.world)[0][0], at.sent()) == ("staged", [])
    at.sonarr.well()
    await at.world.db.write(act_on, "retry", "1", at.now)
    await at.run(later=60)
    assert states(at.world) == [DONE], at.detail()


async def test_an_episode_that_sonarr_does_not_have_is_asked_once_the_series_was_read_anew(sonarr_with: Make) -> None:
    at = await sonarr_with(episodes=2)
    await at.run()
    assert (states(at.world), at.sent()) == ([("staged", "choice", "episode")], [])
    await at.run(later=60)
    assert [body for body in at.sonarr.bodies if body.get("name")] == [{"name": "RefreshSeries", "seriesIds": [1]}]
    assert at.detail()["unknown"] == "S03E03"
    assert (await at.person_plan()).notes[0][1].endswith("import 1 --partial")
    await at.world.apply(await at.person_plan(partial=True))
    assert (states(at.world), len(at.tree())) == ([DONE], 2)


async def test_an_episode_that_sonarr_has_heard_of_since_is_imported(sonarr_with: Make) -> None:
    at = await sonarr_with(THERE, episodes=2, **{"importing.existing": "skip"})
    at.sonarr.learns[1] = lambda: at.sonarr.records.episode(1, 3, 3)
    await at.run()
    assert states(at.world) == [DONE], at.detail()
    assert [name for name, _ in at.sonarr.commands] == ["RefreshSeries", "ManualImport"]


@pytest.mark.parametrize(
    ("names", "ends"),
    [
        (("[Grp] Salt Road - 21.mkv", "[Grp] Salt Road - 22.mkv"), DONE),
        (("Salt.Road.2019.03.01.mkv", "Salt.Road.2019.03.02.mkv"), DONE),
        (("[Grp] Salt Road - 121.mkv", "[Grp] Salt Road - 122.mkv"), DONE),  # as it counts over all seasons
        (("Salt Road 301.mkv", "Salt Road 302.mkv"), ("staged", "choice", "episode")),
        (("Salt.Road.2019.04.01.mkv", "Salt.Road.2019.04.02.mkv"), ("staged", "choice", "episode")),
    ],
)
async def test_what_does_not_say_its_season_is_what_sonarr_takes_it_for(
    sonarr_with: Make, names: tuple[str, ...], ends: tuple[str, ...]
) -> None:
    at = await sonarr_with(torrent=pack(hash_of(2), "Salt.Road.1080p.WEB", count=2, names=names))
    for number, name in enumerate(names, 1):
        facts = {"absoluteEpisodeNumber": 120 + number, "airDate": f"2019-03-0{number}"}
        at.sonarr.records.episode(1, 3, number).update(facts)
        at.sonarr.parses[name.removesuffix(".mkv")] = (int(str(at.sonarr.item(1)["tvdbId"])), [(3, number)])
    await at.run()
    assert states(at.world) == [ends], at.detail()
    assert at.asked("manualimport") <= 2
    if ends == DONE:
        assert [one["episodeIds"] for one in at.sent()[0]["files"]] == [[101], [102]]


async def test_a_series_is_not_read_anew_while_its_volume_is_away(sonarr_with: Make) -> None:
    at = await sonarr_with(THERE, episodes=2)
    plan = await at.person_plan()
    assert [step.KIND for step in plan.steps] == ["arr_refresh"]
    at.series.rename(at.series.with_name("away"))
    at.series.mkdir()
    await at.world.apply(plan)
    assert at.sonarr.commands == []


# What is there


async def test_an_equal_file_is_no_upgrade_though_sonarr_rejects_nothing(sonarr_with: Make) -> None:
    at = await sonarr_with(THERE, **{"importing.existing": "upgrade"})
    grade(at, "WEBDL-1080p")
    await at.run()
    assert states(at.world) == [DONE], at.detail()
    assert [one["episodeIds"] for one in at.sent()[0]["files"]] == [[102], [103]]
    assert at.texts()[THERE[1]] == THERE[1]
    assert "1 left" in history(at.world)[-2].why


async def test_a_better_file_replaces_and_an_undo_puts_the_old_link_back(sonarr_with: Make) -> None:
    at = await sonarr_with(THERE, **{"importing.existing": "upgrade"})
    grade(at, "HDTV-720p")
    at.sonarr.settings["autoUnmonitorPreviouslyDownloadedEpisodes"] = True
    before = at.tree()
    await at.run()
    assert states(at.world) == [DONE], at.detail()
    assert THERE[1] not in at.texts()
    assert len(at.tree()) == 3
    undone = await at.world.apply(at.world.plan(plan_undo))
    assert undone.finished.error is None
    assert at.tree() == before
    assert all(row["monitored"] for row in at.sonarr.records.episodes)
    assert [one for one, _ in at.sonarr.commands if one.startswith("Rescan")]


async def test_a_file_that_is_there_is_asked_about_and_replaced_by_a_person(sonarr_with: Make) -> None:
    at = await sonarr_with(THERE)
    grade(at, "HDTV-720p")
    await at.run()
    assert states(at.world) == [ASKED]
    assert "HDTV-720p" in str(at.detail()["has"])
    assert at.sent() == []
    plan = await at.person_plan()
    assert [step.KIND for step in plan.steps][:2] == ["begin_import", "arr_import"]
    assert "replaces Salt Road - S03E01.mkv" in plan.steps[1].risk
    await at.world.apply(plan)
    assert states(at.world) == [DONE]


async def test_what_is_here_already_is_not_sent_again(sonarr_with: Make) -> None:
    at = await sonarr_with()
    at.sonarr.fail(BROKEN, only="no such path")
    folder = at.series / "Salt Road" / "Season 3"
    folder.mkdir(parents=True)
    link = folder / "mine.mkv"
    os.symlink(at.mount / "__all__" / SEASON.filename / NAMES[0], link)
    at.sonarr.records.has_file(1, link, episodes=[(3, 1)])
    await at.run()
    assert states(at.world) == [DONE], at.detail()
    assert [one["episodeIds"] for one in at.sent()[0]["files"]] == [[102], [103]]


async def test_an_episode_that_would_have_no_file_is_asked_about(sonarr_with: Make) -> None:
    at = await sonarr_with({3: "Salt Road - S03E03-E04.mkv"}, episodes=4, **{"importing.existing": "upgrade"})
    grade(at, "HDTV-720p")
    await at.run()
    assert (states(at.world), at.sent()) == ([ASKED], [])
    assert (at.detail()["replaces"], at.detail()["bare"]) == ("S03E03-E04", "S03E04")


async def test_a_pack_brings_only_what_is_missing_or_better(sonarr_with: Make) -> None:
    there = {number: f"Salt Road - S03E{number:02}.mkv" for number in range(1, 16)}
    at = await sonarr_with(there, torrent=pack(hash_of(2), count=20), **{"importing.existing": "upgrade"})
    for record in at.sonarr.records.files.values():
        record["quality"] = named("sonarr", "WEBDL-2160p")
    await at.run()
    assert states(at.world) == [DONE], at.detail()
    (sent,) = at.sent()
    assert len(sent["files"]) == 5
    assert "15 left" in history(at.world)[-2].why
    await at.run()
    assert len(at.sent()) == 1


async def test_a_dead_link_is_taken_away_by_us_first(sonarr_with: Make) -> None:
    at = await sonarr_with(THERE)
    at.sonarr.settings["recycleBin"] = "/bin"
    grade(at, "HDTV-720p")
    (at.mount / "__all__" / "Old" / THERE[1]).unlink()
    await at.run()
    assert states(at.world) == [DONE], at.detail()
    assert THERE[1] not in at.texts()
    assert len(at.sonarr.records.files) == 3
    assert not [one for one in at.sonarr.seen if one[0] == "DELETE"]
    undone = await at.world.apply(at.world.plan(plan_undo))
    assert undone.finished.error is None
    assert list(at.texts()) == [THERE[1]]


# Rejections


async def test_what_sonarr_rejects_is_asked_about_and_imported_by_its_number(sonarr_with: Make) -> None:
    at = await sonarr_with()
    at.sonarr.importing.minutes[NAMES[1]] = 2
    await at.run()
    assert (states(at.world), at.sent()) == ([ASKED], [])
    assert at.detail()["items"] == [f"/{NAMES[1]}"]
    assert "Sample" in str(at.detail()["reasons"])
    assert (await at.person_plan()).steps == ()
    await at.world.apply(await at.person_plan(override=(1,)))
    assert states(at.world) == [DONE]
    assert len(at.tree()) == 3


async def test_the_number_that_was_said_stays_that_of_its_file(sonarr_with: Make) -> None:
    at = await sonarr_with(THERE)
    grade(at, "HDTV-720p")
    at.sonarr.importing.minutes[NAMES[1]] = 2
    await at.run()
    assert at.detail()["items"] == [f"/{NAMES[0]}", f"/{NAMES[1]}"]
    assert at.detail()["reasons"] == "Sample"
    notes = [note for _, note in (await at.person_plan()).notes]
    assert notes == [f"Sonarr rejects {NAMES[1]}: Sample: mediatui --headless import 1 --override 2"]
    plan = await at.person_plan(override=(2,))
    await at.world.apply(plan)
    assert states(at.world) == [DONE]


async def test_what_is_in_the_way_in_no_record_is_asked_about_before_anything_is_sent(sonarr_with: Make) -> None:
    at = await sonarr_with(THERE, **{"importing.existing": "upgrade"})
    grade(at, "HDTV-720p")
    at.library_link(f"Séries/Drama/Salt Road/Season 3/{NAMES[0]}", "nowhere.mkv")
    await at.run()
    assert (states(at.world), at.sent()) == ([ASKED], [])
    assert at.detail() == {"place": NAMES[0]}


# What it comes to


@pytest.mark.parametrize("says", [("completed", "successful", "Manually imported 3 files"), ("failed", "unknown", "")])
async def test_nothing_is_believed_that_is_only_said(sonarr_with: Make, says: tuple[str, str, str]) -> None:
    at = await sonarr_with()
    at.sonarr.forced = says
    await at.run()
    code = "not-proven" if says[0] == "completed" else "episode"
    assert (states(at.world)[0][2], at.tree(), len(at.links()) > 0) == (code, {}, True)


async def test_what_is_not_proven_is_looked_for_three_times_and_sent_once(sonarr_with: Make) -> None:
    at = await sonarr_with()
    at.sonarr.forced = ("completed", "successful", "Manually imported 3 files")
    await at.run()
    assert states(at.world) == [("staged", "waiting", "not-proven")]
    for _ in range(4):
        await at.run(later=700)
    assert states(at.world) == [ASKED]
    assert len(at.sent()) == 1


async def test_what_comes_late_is_taken_as_imported(sonarr_with: Make) -> None:
    at = await sonarr_with()
    at.sonarr.importing.says = ("failed", "unknown", "Failed")
    await at.run()
    assert states(at.world) == [DONE], at.detail()


async def test_the_rest_is_sent_once_more_without_the_file_that_stopped_it(sonarr_with: Make) -> None:
    at = await sonarr_with()
    at.sonarr.importing.before = lambda: _hide(at, NAMES[1])
    await at.run()
    assert states(at.world) == [("staged", "choice", "files")], at.detail()
    assert at.detail()["unread"] == NAMES[1]
    assert [len(one["files"]) for one in at.sent()] == [3, 1]
    assert sorted(at.texts().values()) == [NAMES[0], NAMES[2]]


def _hide(at: ArrImporting, name: str) -> None:
    target = at.mount / "__all__" / SEASON.filename / name
    at.sonarr.importing.blind.append(str(target))


async def test_an_old_link_that_went_for_nothing_is_put_back(sonarr_with: Make) -> None:
    at = await sonarr_with(THERE, **{"importing.existing": "upgrade"})
    grade(at, "HDTV-720p")
    before = at.tree()
    way = at.series / "Salt Road" / "Season 3" / NAMES[0]
    at.sonarr.importing.before = lambda: os.symlink("/nowhere", way)
    await at.run()
    way.unlink(missing_ok=True)
    assert states(at.world)[0][2] == "not-proven", at.detail()
    assert at.tree().items() >= before.items()
    assert len(at.sent()) == 1
    assert [one for one in at.sonarr.commands if one[0] == "RescanSeries"]


async def test_nothing_is_rescanned_that_would_go_through_a_link_to_a_folder(sonarr_with: Make) -> None:
    at = await sonarr_with(THERE, **{"importing.existing": "upgrade"})
    grade(at, "HDTV-720p")
    at.sonarr.settings["deleteEmptyFolders"] = True
    os.symlink(at.mount / "__all__" / "Another.Film", at.series / "Salt Road" / "behind")
    way = at.series / "Salt Road" / "Season 3" / NAMES[0]
    at.sonarr.importing.before = lambda: os.symlink("/nowhere", way)
    await at.run()
    assert states(at.world)[0][0] == "staged"
    assert THERE[1] in at.texts()
    assert [name for name, _ in at.sonarr.commands] == ["ManualImport"]


# Stops


async def test_a_run_that_ends_in_the_midst_sends_no_second_command(
    sonarr_with: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = await sonarr_with()
    at.sonarr.steps = None
    monkeypatch.setattr(import_command, "MOST_S", 1.0)
    await at.run()
    assert states(at.world) == [("importing", "none", "")]
    assert service_hold(at) == [("sonarr", "arr-hangs")]
    await at.run()
    assert states(at.world) == [("importing", "none", "")]
    at.sonarr.finish()
    await at.run(later=400)
    await at.run()
    assert states(at.world) == [DONE], history(at.world)[-1]
    assert len(at.sent()) == 1
    assert at.links() == {}


@pytest.mark.parametrize("was", ["running", "queued"])
async def test_after_a_restart_of_sonarr_the_records_decide(
    sonarr_with: Make, monkeypatch: pytest.MonkeyPatch, was: str
) -> None:
    at = await sonarr_with()
    at.sonarr.steps, at.sonarr.busy = None, was == "queued"
    monkeypatch.setattr(import_command, "MOST_S", 1.0)
    await at.run()
    at.sonarr.restart()
    await at.run(later=400)
    await at.run()
    assert states(at.world) == [DONE if was == "queued" else ("staged", "waiting", "not-proven")]
    assert len(at.sent()) == 1


@pytest.mark.parametrize("taken", [True, False])
async def test_a_command_whose_answer_was_lost_is_looked_for_before_another_is_sent(
    sonarr_with: Make, taken: bool
) -> None:
    at = await sonarr_with()
    at.sonarr.next_failure["send"], at.sonarr.takes_all_the_same = CUT, taken
    await at.run()
    at.sonarr.takes_all_the_same = False
    await at.run(later=60)
    await at.run(later=60)
    assert states(at.world) == [DONE], history(at.world)[-1]
    assert len(at.tree()) == 3
    assert len(at.sonarr._commands.all) == 1


async def test_what_sonarr_says_never_goes_against_what_it_is_for(sonarr_with: Make) -> None:
    torrent = film(hash_of(3), "[Grp] Salt Road - 01 [1080p]")
    at = await sonarr_with(torrent=torrent, episodes=3, target={"season": 3, "episodes": (2,)})
    at.sonarr.records.episode(1, 1, 1)
    at.sonarr.parses["[Grp] Salt Road - 01 [1080p]"] = (900_001, [(1, 1)])
    await at.run()
    assert states(at.world) == [DONE], at.detail()
    assert [one["episodeIds"] for one in at.sent()[0]["files"]] == [[102]]
    assert at.asked("manualimport", method="POST") == 1


async def test_what_has_just_aired_is_asked_again_tomorrow(sonarr_with: Make) -> None:
    at = await sonarr_with()
    at.sonarr.importing.silent.add(NAMES[0])
    at.sonarr.importing.words = lambda text: "Episode has a TBA title and recently aired"
    for _ in range(2):
        await at.run(later=86_401)
        assert (states(at.world), at.sent()) == ([("staged", "waiting", "import")], [])
    at.sonarr.importing.silent.clear()
    await at.run(later=86_401)
    assert states(at.world) == [DONE]


async def test_a_sonarr_that_is_away_holds_itself_alone(sonarr_with: Make) -> None:
    at = await sonarr_with()
    at.sonarr.fail(httpx.ConnectError("refused"))
    await at.run()
    assert (states(at.world), service_hold(at)) == ([STAGED], [("sonarr", "arr-away")])
    at.sonarr.well()
    await at.run(later=60)
    assert (states(at.world), service_hold(at)) == ([DONE], [])


async def test_a_wrong_key_asks_a_person(sonarr_with: Make) -> None:
    at = await sonarr_with()
    at.sonarr.key = "another"
    await at.run()
    assert service_hold(at) == [("sonarr", "arr-key")]
    at.sonarr.key = "0123456789abcdef0123456789abcdef"
    await at.world.db.write(act_on, "retry", "1", at.now)
    await at.run(later=60)
    assert states(at.world) == [DONE]


async def test_an_undo_takes_the_links_away_again_and_the_folder_that_sonarr_made(sonarr_with: Make) -> None:
    at = await sonarr_with()
    folders = at.folders()
    await at.run()
    undone = await at.world.apply(at.world.plan(plan_undo))
    assert undone.finished.error is None
    assert (at.tree(), at.folders()) == ({}, folders)
    assert states(at.world) == [("staged", "paused", "")]
    assert at.sonarr.records.files == {}


async def test_what_a_service_placed_is_noted_for_media_servers(sonarr_with: Make) -> None:
    at = await sonarr_with(**{"jellyfin.enabled": True})
    await at.run()
    assert states(at.world) == [DONE], at.detail()
    rows = at.world.rows("SELECT path, kind, state, transfer FROM server_reports ORDER BY path")
    placed = sorted(str(path).encode() for path in at.root.rglob("*") if path.is_symlink())
    assert rows == [(path, "placed", "waiting", 1) for path in placed]
    assert len(rows) == 3


async def test_what_users_had_seen_of_a_file_that_is_replaced_is_set_again(
    sonarr_with: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A-26: the new file has another name, so another id at Jellyfin, and its series no id of a catalog."""
    at = await sonarr_with(THERE, **{"importing.existing": "upgrade", "jellyfin.enabled": True})
    grade(at, "HDTV-720p")
    users = [SimUser("admin", "a" * 32, is_admin=True), SimUser("bob", "b" * 32)]
    shows = SimLibrary("Series", "tvshows", [str(at.series)])
    jellyfin = SimulatedJellyfin([shows], users, key="", clock=lambda: at.now)
    transport = httpx.MockTransport(jellyfin)
    monkeypatch.setattr(
        "mediatui.services.media_servers.configured_server",
        lambda *given, **more: Jellyfin("http://j.invalid", SecretStr("k" * 9), transport=transport),
    )
    (old,) = [item for item in shows.items.values() if item.type == "Episode"]
    jellyfin.seen["a" * 32, old.key] = SimSeen(played=True, plays=1)
    jellyfin.seen["b" * 32, old.key] = SimSeen(ticks=7_200_000_000, plays=1)
    await at.run()
    assert states(at.world) == [DONE], at.detail()
    new = next(path for path in at.series.rglob("*E01*") if path.is_symlink())
    assert str(new) != old.path
    report = JobKind("media servers", "servers", report_to_servers)
    for later in (11.0, 121.0):
        at.world.later += later
        await at.world.runner.start(report, ReportOptions()).wait()
    item = shows.items[str(new)]
    assert jellyfin.seen["a" * 32, item.key].played
    assert jellyfin.seen["b" * 32, item.key].ticks == 7_200_000_000
    assert old.path not in shows.items
    assert jellyfin.reported == [str(new.parent)]
    await at.world.apply(at.world.plan(plan_undo))
    assert not jellyfin.seen["a" * 32, item.key].played
    assert at.texts()[THERE[1]] == THERE[1]


async def test_an_import_of_a_person_that_was_cut_off_is_followed_by_the_next_run(
    sonarr_with: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = await sonarr_with()
    at.sonarr.steps = None
    monkeypatch.setattr(import_command, "MOST_S", 1.0)
    await at.world.apply(await at.person_plan())
    assert states(at.world) == [("importing", "none", "")]
    await at.run()
    assert states(at.world) == [("importing", "none", "")]
    at.sonarr.finish()
    await at.run(later=400)
    await at.run()
    assert (states(at.world), len(at.sent()), at.links()) == ([DONE], 1, {})


async def test_of_a_pack_of_anime_only_what_is_regular_is_sent(sonarr_with: Make) -> None:
    regular = [f"[Grp] Salt Road - {number:02} [1080p].mkv" for number in range(1, 4)]
    odd = (
        "[Grp] Salt Road - OVA - 01 [1080p].mkv", "[Grp] Salt Road - SP02.mkv", "[Grp] Salt Road - 02.5 [1080p].mkv",
        "Salt.Road.S01E00.Recap.mkv", "[Grp] Salt Road - NCOP1.mkv",
    )  # fmt: skip
    torrent = pack(hash_of(2), "[Grp] Salt Road [1080p]", names=(*regular, *odd), count=8)
    at = await sonarr_with(torrent=torrent, target={"season": 1})
    for number in (1, 2, 3):
        at.sonarr.records.episode(1, 1, number)
    for number in (1, 2):
        at.sonarr.records.episode(1, 0, number)
    at.sonarr.parses["[Grp] Salt Road - OVA - 01 [1080p]"] = (900_001, [(1, 1)])
    await at.run()
    sent = [one["path"].rpartition("/")[2] for body in at.sent() for one in body["files"]]
    assert sorted(sent) == regular, at.detail()
    assert "5 left" in history(at.world)[-2].why


async def test_a_pack_of_two_seasons_is_listed_once_and_imported_by_a_command_each(
    account_of: MakeWorld, tmp_path: Path
) -> None:
    at = ArrImporting(await account_of([]), tmp_path, FakeArr("sonarr"))
    names = tuple(f"Salt.Road.S0{season}E0{number}.mkv" for season in (3, 4) for number in (1, 2))
    item = at.keeps("Salt Road")
    for season in (3, 4):
        for number in (1, 2):
            at.sonarr.records.episode(item, season, number)
    targets = [series_target("Salt Road", item, season=season) for season in (3, 4)]
    await at.put_in_staging(pack(hash_of(2), "Salt.Road.S03-S04.1080p.WEB", names=names, count=4), *targets)
    await at.run()
    assert states(at.world) == [DONE], at.detail()
    assert [len(one["files"]) for one in at.sent()] == [2, 2]
    assert (at.asked("manualimport"), len(at.tree())) == (1, 4)
