"""However an import through Sonarr or Radarr ends, nothing is lost, believed or sent twice; it goes on from there."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from mediatui.acquire.acts import act_on
from mediatui.acquire.importing.through_arr import making
from mediatui.changes.steps import import_command
from mediatui.changes.undo import plan_undo
from mediatui.demo.seed import SimTorrent
from mediatui.model.errors import MediatuiError
from mediatui.model.target import MappedTarget, Target
from mediatui.store.transfers.targets import set_targets
from tests.fakes import arr_importing
from tests.fakes.arr import BROKEN, CUT, FakeArr
from tests.fakes.arr_qualities import named
from tests.worlds.account import MakeWorld
from tests.worlds.arr_importing import ArrImporting, series_target
from tests.worlds.staging import film, pack
from tests.worlds.transfers import hash_of, history, states, synced

SEASON, FILM = pack(hash_of(2)), film(hash_of(1), "Old.Oak.2010.2160p.WEB")
NAMES = [f"Salt.Road.S03E0{number}.mkv" for number in (1, 2, 3)]
OLD = "Salt Road - S03E01.mkv"
DONE = ("done", "none", "")
UNPROVEN = ("staged", "waiting", "not-proven")
ASKED = ("staged", "choice", "import")
LATER_S = 700.0
Make = Callable[..., Awaitable[ArrImporting]]


@pytest.fixture
def season(account_of: MakeWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """A season is staged that Sonarr has; what it has of it (``there``) is worse. A command is waited for a second."""
    monkeypatch.setattr(import_command, "MOST_S", 1.0)

    async def make(
        there: Mapping[int, str] = {1: OLD}, *, torrent: SimTorrent = SEASON, number: int = 3, more: int = 0,
        **settings: object,
    ) -> ArrImporting:  # fmt: skip
        world = await synced(account_of, [torrent])
        at = ArrImporting(world, tmp_path, FakeArr("sonarr"), **{"importing.existing": "upgrade", **settings})
        item = at.keeps("Salt Road", there)
        for record in at.sonarr.records.files.values():
            record["quality"] = named("sonarr", "SDTV")
        for episode in range(1, torrent.file_count + more + 1):
            at.sonarr.records.episode(item, number, episode)
        await at.stage({torrent: series_target("Salt Road", item, season=number)})
        at.sonarr.seen.clear()
        return at

    return make


async def again(at: ArrImporting) -> None:
    """Two more passes, some minutes apart."""
    for _ in range(2):
        await at.run(later=LATER_S)


async def retry(at: ArrImporting) -> None:
    """A person has it tried once more."""
    await at.world.db.write(act_on, "retry", "1", at.now)
    await again(at)


def episodes_sent(at: ArrImporting) -> list[list[int]]:
    """The numbers of the episodes of each command that was sent."""
    known = {row["id"]: row["episodeNumber"] for row in at.sonarr.records.episodes}
    return [[known.get(one["episodeIds"][0], 0) for one in sent["files"]] for sent in at.sent()]


def rescans(at: ArrImporting) -> list[tuple[str, object]]:
    return [one for one in at.sonarr.commands if one[0].startswith("Rescan")]


# The service stops in the midst


async def test_of_an_import_that_a_restart_cut_short_the_rest_is_sent_once_a_person_says_so(season: Make) -> None:
    at = await season()
    at.sonarr.steps = None
    await at.run()
    assert states(at.world) == [("importing", "none", "")]
    at.sonarr.restart(done=1)
    await again(at)
    assert states(at.world) == [UNPROVEN]
    assert sorted(at.texts().values()) == NAMES[:1]
    at.sonarr.steps = 0
    await again(at)
    assert states(at.world) == [ASKED]
    await retry(at)
    assert states(at.world) == [DONE], at.detail()
    assert episodes_sent(at) == [[1, 2, 3], [2, 3]]
    assert sorted(at.texts().values()) == NAMES


async def test_of_a_command_that_is_not_known_any_more_the_records_decide(season: Make) -> None:
    at = await season()
    before = at.tree()
    at.sonarr.steps = None
    await at.run()
    at.sonarr.restart(forgets=True)
    await again(at)
    assert (states(at.world), at.tree(), len(at.sent())) == ([UNPROVEN], before, 1)


async def test_a_target_that_hangs_is_named_and_after_a_restart_nothing_is_sent_by_itself(season: Make) -> None:
    at = await season()
    before = at.tree()
    at.sonarr.importing.before = lambda: at.sonarr.importing.hanging.update(NAMES)
    await at.run()
    assert states(at.world) == [("importing", "none", "")]
    assert at.world.rows("SELECT service, code FROM service_holds") == [("sonarr", "arr-hangs")]
    at.sonarr.importing.before = None
    at.sonarr.importing.hanging.clear()
    at.sonarr.restart()
    await again(at)
    assert (states(at.world), at.tree(), len(at.sent())) == ([UNPROVEN], before, 1)


@pytest.mark.parametrize("taken", [True, False])
async def test_a_command_whose_answer_is_lost_is_looked_for_before_another_is_sent(season: Make, taken: bool) -> None:
    at = await season()
    at.sonarr.steps = None
    at.sonarr.takes_all_the_same = taken
    at.sonarr.next_failure["send"] = CUT
    await at.run()
    assert states(at.world) == [("importing", "none", "") if taken else ("staged", "none", "")]
    await again(at)
    at.sonarr.finish()
    await again(at)
    assert states(at.world) == [DONE], at.detail()
    assert sorted(at.texts().values()) == NAMES
    assert len(at.sent()) == (1 if taken else 2)


def _unreadable(at: ArrImporting) -> None:
    (at.mount / "__all__" / SEASON.filename / NAMES[1]).write_bytes(bytes(4096))


def _in_the_way(at: ArrImporting) -> None:
    (at.series / "Salt Road" / "Season 3" / NAMES[1]).touch()


@pytest.mark.parametrize(("comes", "asks"), [(_unreadable, "files"), (_in_the_way, "import")])
async def test_what_was_true_of_a_target_and_its_place_is_looked_at_right_before_the_command(
    season: Make, comes: Callable[[ArrImporting], None], asks: str
) -> None:
    at = await season()
    before = at.tree()
    kept = at._connect

    def connect(name: str) -> Any:
        if at.asked("manualimport"):  # it is planned
            comes(at)
        return kept(name)

    at._connect = connect  # type: ignore[method-assign]
    await at.run()
    assert (states(at.world), at.sent()) == ([("staged", "choice", asks)], [])
    (at.series / "Salt Road" / "Season 3" / NAMES[1]).unlink(missing_ok=True)
    assert at.tree() == before


async def test_what_was_sent_is_neither_called_back_nor_forgotten(season: Make) -> None:
    """What a service has accepted runs, after a restart too."""
    at = await season()
    at.sonarr.steps = None
    await at.run()
    for act in ("forget", "pause"):
        with contextlib.suppress(MediatuiError):
            await at.world.db.write(act_on, act, "1", at.now)
        assert states(at.world)[0][0] == "importing", act
    at.sonarr.finish()
    await at.world.db.write(act_on, "resume", "1", at.now)
    await again(at)
    assert states(at.world) == [DONE], at.detail()
    assert len(at.sent()) == 1


# It says that it went well


async def test_a_root_that_goes_meanwhile_gets_no_rescan_and_its_links_are_as_they_were(season: Make) -> None:
    at = await season()
    another = at.keeps("Another", {1: "Another - S03E01.mkv"})
    assert another == 2
    before = at.tree()
    away = at.series.with_name("away")

    def unmount() -> None:
        at.series.rename(away)
        at.series.mkdir()

    at.sonarr.importing.before = unmount
    await at.run()
    await again(at)
    assert (states(at.world)[0][0], len(at.links()) > 0) == ("importing", True)
    assert at.world.rows("SELECT service, code FROM service_holds") == [("sonarr roots", "mount-away")]
    assert rescans(at) == []
    at.series.rename(at.folder / "bare")
    away.rename(at.series)
    at.sonarr.importing.before = None
    await again(at)
    assert (states(at.world), at.tree(), len(at.sent())) == ([UNPROVEN], before, 1)


async def test_what_lies_there_without_a_record_is_taken_on_by_one_rescan(season: Make) -> None:
    at = await season()
    at.sonarr.importing.no_record = True
    await at.run()
    assert states(at.world) == [DONE], at.detail()
    assert rescans(at) == [("RescanSeries", 1)]
    assert sorted(at.texts().values()) == NAMES


async def test_a_season_folder_that_cannot_be_made_is_looked_for_and_then_asked(season: Make) -> None:
    at = await season({})
    way = at.series / "Salt Road" / "Season 3"
    at.sonarr.importing.before = way.touch
    await at.run()
    assert states(at.world) == [UNPROVEN]
    for _ in range(2):
        await again(at)
    assert (states(at.world), len(at.sent())) == ([ASKED], 1)
    way.unlink()
    at.sonarr.importing.before = None
    await retry(at)
    assert states(at.world) == [DONE], at.detail()


# It fails


async def test_an_id_it_does_not_know_any_more_is_asked_and_what_came_before_it_is_kept(season: Make) -> None:
    at = await season()
    gone = at.sonarr.records.episode(1, 3, 2)
    at.sonarr.importing.before = lambda: gone.update(id=9_999)
    await at.run()
    assert states(at.world) == [("staged", "choice", "episode")], at.detail()
    assert sorted(at.texts().values()) == NAMES[:1]
    at.sonarr.importing.before = None
    await retry(at)
    assert states(at.world) == [DONE], at.detail()
    assert episodes_sent(at)[1:] == [[2, 3]]


async def test_an_item_that_is_deleted_meanwhile_is_asked_about_and_nothing_is_lost(season: Make) -> None:
    at = await season()
    before = at.tree()
    at.sonarr.importing.before = lambda: at.sonarr.records.forget(1)
    await at.run()
    assert states(at.world) == [("staged", "choice", "target")], at.detail()
    assert (at.tree(), len(at.links()) > 0) == (before, True)


async def test_a_service_that_goes_away_before_the_records_are_read_is_asked_again(season: Make) -> None:
    at = await season()
    at.sonarr.importing.before = lambda: at.sonarr.fail(BROKEN, only="episodefile")
    await at.run()
    assert states(at.world) == [("importing", "none", "")]
    at.sonarr.importing.before = None
    at.sonarr.well()
    await again(at)
    assert (states(at.world), len(at.sent())) == ([DONE], 1), at.detail()


async def test_no_word_of_a_message_is_leaned_on(season: Make) -> None:
    at = await season()
    at.sonarr.importing.words = lambda text: "".join(reversed(text))
    await at.run()
    assert states(at.world) == [DONE], at.detail()


# After it


async def test_an_undo_is_not_stopped_by_another_link_that_leads_nowhere(season: Make) -> None:
    """The rescan ends as failed; the records decide."""
    at = await season({1: OLD, 4: "Salt Road - S03E04.mkv"}, more=1)
    before = at.tree()
    await at.run()
    assert states(at.world) == [DONE], at.detail()
    (at.mount / "__all__" / "Old" / "Salt Road - S03E04.mkv").unlink()
    undone = await at.world.apply(at.world.plan(plan_undo))
    assert undone.finished.error is None
    assert at.tree() == before
    assert [row["status"] for row in _commands(at.sonarr, "RescanSeries")] == ["failed"]


def _commands(fake: FakeArr, name: str) -> list[dict[str, Any]]:
    return [fake._commands.json(one) for one in fake._commands.all.values() if one.name == name]  # type: ignore[misc]


async def test_one_service_that_hangs_does_not_keep_another(account_of: MakeWorld, tmp_path: Path) -> None:
    world = await synced(account_of, [FILM, SEASON])
    at = ArrImporting(world, tmp_path, FakeArr("sonarr"), FakeArr("radarr"))
    series = at.keeps("Salt Road")
    for number in (1, 2, 3):
        at.sonarr.records.episode(series, 3, number)
    folder = at.films / "Old Oak (2010)"
    folder.mkdir(parents=True)
    movie = at.radarr.hold("Old Oak", folder, year=2010)
    target = Target("film", "Old Oak", 2010, tmdb_id=7, service="radarr", service_id=movie)
    await at.stage({FILM: target, SEASON: series_target("Salt Road", series)})
    at.radarr.mount_hangs = True
    for _ in range(3):
        await at.run()
    assert states(at.world) == [("staged", "none", ""), DONE]
    assert at.asked("manualimport", "radarr") == 0
    assert world.rows("SELECT service, code FROM service_holds") == [("radarr", "arr-hangs")]
    at.radarr.mount_hangs = False
    await again(at)
    assert states(at.world) == [DONE, DONE]


# What is sent


BOTH, LONE = ("Salt.Road.S03E01.2160p.WEB", "Salt.Road.S03E02.2160p.WEB"), "Salt.Road.S03E01.2160p.WEB"


@pytest.mark.parametrize(
    ("torrent", "episodes", "sends"),
    [
        (film(hash_of(2), LONE), (1,), []),
        (pack(hash_of(2), count=2, names=tuple(f"{one}.mkv" for one in BOTH)), (1, 2), [[[101], [102]]]),
        (film(hash_of(2), "Salt.Road.S03E01E02.2160p.WEB"), (1, 2), [[[101, 102]]]),
    ],
    ids=["half of it", "both", "both in one"],
)
async def test_a_file_of_two_episodes_is_replaced_by_both_and_never_by_half(
    season: Make, torrent: SimTorrent, episodes: tuple[int, ...], sends: list[object]
) -> None:
    at = await season({1: "Salt Road - S03E01-E02.mkv"}, torrent=torrent, more=2 - torrent.file_count)
    await at.world.db.write(_target, series_target("Salt Road", 1, episodes=episodes))
    await at.run()
    assert [[one["episodeIds"] for one in sent["files"]] for sent in at.sent()] == sends, at.detail()
    assert states(at.world) == [DONE if sends else ASKED]
    if not sends:
        assert at.detail()["bare"] == "S03E02"


def _target(connection: sqlite3.Connection, target: Target) -> None:
    set_targets(connection, 1, [MappedTarget(target)])


async def test_only_what_is_an_episode_by_its_own_name_is_sent_whatever_sonarr_takes_it_for(season: Make) -> None:
    regular = [f"[Grp] Salt Road - {number:02} [1080p].mkv" for number in range(1, 13)]
    odd = ["[Grp] Salt Road - 05.5 [1080p].mkv", "Salt.Road.S01E00.Recap.mkv", "[Grp] Salt Road - NCOP1.mkv"]
    torrent = pack(hash_of(2), "[Grp] Salt Road [1080p]", count=15, names=(*regular, *odd))
    at = await season({}, torrent=torrent, number=1, more=-3)
    tvdb = at.sonarr.records.items[1]["tvdbId"]
    for name in (*regular, *odd):
        at.sonarr.parses[name.removesuffix(".mkv")] = (tvdb, [(1, 1)])  # type: ignore[assignment]
    await at.run()
    assert states(at.world) == [DONE], at.detail()
    assert episodes_sent(at) == [[*range(1, 13)]]
    assert "3 left" in history(at.world)[-2].why


async def test_above_a_hundred_files_all_are_judged_with_ids_and_sent_in_two_commands(
    season: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here above five."""
    monkeypatch.setattr(arr_importing, "MOST", 5)
    monkeypatch.setattr(making, "MOST_FILES", 5)
    at = await season({}, torrent=pack(hash_of(2), count=6))
    await at.run()
    assert states(at.world) == [DONE], at.detail()
    assert [len(one["files"]) for one in at.sent()] == [5, 1]
    assert at.asked("manualimport", method="POST") == 1
