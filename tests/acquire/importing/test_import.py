"""From staging to links in the library."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from mediatui.acquire.acts import act_on
from mediatui.acquire.importing.assign import Question
from mediatui.acquire.importing.job import plan_staged
from mediatui.acquire.importing.plan import ImportOptions, PlannedImport, plan_of_imports
from mediatui.changes.steps import importing
from mediatui.changes.steps.lacking import ASKED
from mediatui.changes.undo import plan_undo
from mediatui.model.target import MappedTarget, Target
from mediatui.model.transfer import Event, Hold, HoldKind, State
from mediatui.runtime.context import Context
from mediatui.store.library.media import Media
from mediatui.store.transfers.change import change
from tests.worlds.account import MakeWorld
from tests.worlds.importing import FERN, SALT, Importing
from tests.worlds.staging import SIZE, film, pack, write_video
from tests.worlds.transfers import hash_of, history, states, synced, transfers

FILM, SEASON = film(hash_of(1)), pack(hash_of(2))
DONE, STAGED = ("done", "none", ""), ("staged", "none", "")
DRAMA = Media("film", "Fern Valley", 2019, tmdb_id=7, genres=("Drama",), source="radarr", service_id=1)
SERIES = Media("episode", "Salt Road", 2018, 1, 1, tvdb_id=9, genres=("Drama",), source="sonarr", service_id=1)
FILE = f"{FILM.filename}/{FILM.filename}.mkv"
EPISODES = {
    f"Séries/Drama/Salt Road (2018)/Season 03/Salt Road (2018) - S03E0{number}.mkv":
    f"{SEASON.filename}/Salt.Road.S03E0{number}.mkv" for number in (1, 2, 3)
}  # fmt: skip


@pytest.fixture
def importing_of(account_of: MakeWorld, tmp_path: Path):  # type: ignore[no-untyped-def]  # a fixture's fixture
    async def make(torrents, **settings: object) -> Importing:  # type: ignore[no-untyped-def]
        world = await synced(account_of, list(torrents))
        at = Importing(world, tmp_path, **settings)
        await at.know(DRAMA, SERIES)
        await at.stage(torrents)
        return at

    return make


async def test_links_are_placed_where_they_belong_and_staging_is_left_empty(importing_of) -> None:  # type: ignore[no-untyped-def]
    at = await importing_of({FILM: FERN, SEASON: SALT})
    run = await at.run()
    assert states(at.world) == [DONE, DONE]
    assert at.tree() == {"Films/Drama/Fern Valley (2019)/Fern Valley (2019).mkv": FILE, **EPISODES}
    assert at.links() == {}
    assert run.finished.summary == "2 transfers imported."
    assert [one.to_state for one in history(at.world)][-4:] == ["staged", "importing", "imported", "done"]


async def test_the_archive_knows_what_was_placed_without_a_scan(importing_of) -> None:  # type: ignore[no-untyped-def]
    at = await importing_of({FILM: FERN})
    await at.run()
    assert at.world.rows("SELECT state, size, torrent_id FROM library_links") == [("ok", SIZE, FILM.id)]
    assert at.world.rows("SELECT title, year, tmdb_id, genres FROM media WHERE link_path IS NOT NULL") == [
        ("Fern Valley", 2019, 7, '["drama"]')
    ]


async def test_an_undo_takes_back_links_and_folders_and_stages_again(importing_of) -> None:  # type: ignore[no-untyped-def]
    at = await importing_of({FILM: FERN, SEASON: SALT})
    folders, staged = at.folders(), at.links()
    await at.run()
    undone = await at.world.apply(at.world.plan(plan_undo))
    assert undone.finished.error is None
    assert (at.tree(), at.folders(), at.links()) == ({}, folders, staged)
    assert states(at.world) == [("staged", "paused", ""), ("staged", "paused", "")]
    assert at.world.rows("SELECT count(*) FROM library_links") == [(0,)]
    assert (await at.run()).finished.summary == "Nothing imported."


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Séries/Kept/Salt Road (2018)/Saison 01/Salt Road (2018) - S01E01.mkv",
         "Séries/Kept/Salt Road (2018)/Saison 03/Salt Road (2018) - S03E01.mkv"),
        ("Séries/Drama/Salt Road (2018)/S3/old - S03E09.mkv",
         "Séries/Drama/Salt Road (2018)/S3/Salt Road (2018) - S03E01.mkv"),
        ("Séries/Drama/Salt Road (2018)/Salt Road - S01E01.mkv",
         "Séries/Drama/Salt Road (2018)/Salt Road (2018) - S03E01.mkv"),
        ("Séries/Drama/Another (2001)/Saison 1/Another (2001) - S01E01.mkv",
         "Séries/Drama/Salt Road (2018)/Saison 3/Salt Road (2018) - S03E01.mkv"),
    ],
)  # fmt: skip
async def test_the_folder_that_is_there_wins(importing_of, path: str, expected: str) -> None:  # type: ignore[no-untyped-def]
    at = await importing_of({SEASON: SALT})
    at.library_link(path, "Old/old.mkv", size=SIZE)
    await at.run()
    assert states(at.world) == [DONE]
    assert expected in at.tree()


async def test_what_a_person_took_as_it_is_is_not_asked_about_again(importing_of) -> None:  # type: ignore[no-untyped-def]
    at = await importing_of({SEASON: Target("series", "Salt Road", 2018, tvdb_id=9, season=3, episodes=(1, 2, 3, 4))})
    await at.run()
    assert (states(at.world), at.detail()) == ([("staged", "choice", "partial")], {"episodes": "S03E04"})
    facts: dict[str, object] = {ASKED: "S03E04"}
    held = Hold(HoldKind.CHOICE, "partial", {"lacks": "S03E04"}, since=1.0)
    await at.world.db.write(change, 1, Event.HELD, "job", State.STAGED, hold=held, why="asked", facts=facts, now=at.now)
    await at.world.db.write(act_on, "retry", "1", at.now)
    await at.run()
    assert (states(at.world), len(at.tree())) == ([DONE], 3)


async def test_a_dead_link_of_the_same_is_pointed_anew(importing_of) -> None:  # type: ignore[no-untyped-def]
    at = await importing_of({FILM: FERN})
    at.library_link("Films/Drama/Fern Valley (2019).mkv", "Gone/gone.mkv")
    await at.run()
    assert states(at.world) == [DONE]
    assert at.tree() == {"Films/Drama/Fern Valley (2019).mkv": FILE}
    undone = await at.world.apply(at.world.plan(plan_undo))
    assert undone.finished.error is None
    assert at.tree() == {"Films/Drama/Fern Valley (2019).mkv": "Gone/gone.mkv"}


async def test_a_live_link_of_the_same_is_asked_about(importing_of) -> None:  # type: ignore[no-untyped-def]
    at = await importing_of({FILM: FERN})
    at.library_link("Films/Drama/Fern Valley (2019).mkv", "Old/old.mkv", size=SIZE)
    before = at.tree()
    run = await at.run()
    assert states(at.world) == [("staged", "choice", "import")]
    assert at.detail() == {"in_library": "Fern Valley (2019).mkv"}
    assert at.tree() == before
    assert run.finished.exit_code == 1


async def test_a_live_link_may_be_kept_without_a_question(importing_of) -> None:  # type: ignore[no-untyped-def]
    at = await importing_of({FILM: FERN}, **{"importing.existing": "skip"})
    at.library_link("Films/Drama/Fern Valley (2019).mkv", "Old/old.mkv", size=SIZE)
    await at.run()
    assert states(at.world) == [DONE]
    assert at.tree() == {"Films/Drama/Fern Valley (2019).mkv": "Old/old.mkv"}
    assert "1 left" in history(at.world)[-2].why


async def test_an_episode_that_would_lose_its_file_is_asked_about(importing_of) -> None:  # type: ignore[no-untyped-def]
    at = await importing_of({SEASON: SALT}, **{"importing.existing": "skip"})
    at.library_link("Séries/Drama/Salt Road (2018)/Season 03/Salt Road - S03E03-E04.mkv", "Old/old.mkv", size=SIZE)
    await at.run()
    assert at.detail() == {"replaces": "S03E03E04", "bare": "S03E04"}


async def test_what_leads_to_the_file_already_counts_as_placed(importing_of) -> None:  # type: ignore[no-untyped-def]
    at = await importing_of({FILM: FERN})
    at.library_link("Films/Action/Fern Valley (2019).mkv", FILE)
    await at.run()
    assert states(at.world) == [DONE]
    assert at.tree() == {"Films/Action/Fern Valley (2019).mkv": FILE}


@pytest.mark.parametrize(
    ("target", "code", "detail"),
    [
        (Target("film", "Unknown Film", 2020), "place", {"why": "its genre is not known"}),
        (Target("film", "No Year"), "place", {"why": "its title and year are not known"}),
        (Target("series", "Salt Road", 2018, tvdb_id=9, season=1), "episode",
         {"file": f"{FILM.filename}.mkv"}),
    ],
)  # fmt: skip
async def test_what_is_not_sure_is_asked(importing_of, target: Target, code: str, detail: dict[str, object]) -> None:  # type: ignore[no-untyped-def]
    at = await importing_of({FILM: target})
    await at.run()
    assert (states(at.world), at.detail(), at.tree()) == ([("staged", "choice", code)], detail, {})


async def test_another_year_is_another_film_and_an_unknown_one_is_asked_about(importing_of) -> None:  # type: ignore[no-untyped-def]
    remake = Target("film", "Fern Valley", 2021)
    at = await importing_of({FILM: remake})
    at.library_link("Films/Drama/Fern Valley (2019).mkv", "Gone/gone.mkv")
    await at.know(Media("film", "Fern Valley", 2021, genres=("Drama",), source="radarr", service_id=2))
    await at.know(
        Media("film", "Fern Valley", link_path=bytes(at.library_link("Films/Drama/Fern Valley.mkv", "x.mkv")))
    )
    await at.run()
    assert at.detail() == {"why": "Fern Valley.mkv may be of the same: its year is not known"}
    (at.root / "Films/Drama/Fern Valley.mkv").unlink()
    async with at.world.db.transaction() as connection:
        await connection.execute("DELETE FROM media WHERE link_path IS NOT NULL")
    await at.world.db.write(act_on, "retry", "1", at.now)
    await at.run()
    assert at.tree() == {
        "Films/Drama/Fern Valley (2019).mkv": "Gone/gone.mkv", "Films/Drama/Fern Valley (2021).mkv": FILE,
    }  # fmt: skip


async def test_what_a_sonarr_that_does_not_answer_looks_after_waits_for_it(importing_of) -> None:  # type: ignore[no-untyped-def]
    target = Target("series", "Salt Road", 2018, tvdb_id=9, season=3, service="sonarr", service_id=4)
    sonarr = {"sonarr.enabled": True, "sonarr.url": "http://sonarr.invalid", "sonarr.api_key": "k"}
    at = await importing_of({SEASON: target}, **sonarr)
    await at.run()
    assert states(at.world) == [STAGED]
    assert at.world.rows("SELECT service, code FROM service_holds") == [("sonarr", "arr-away")]


async def test_nothing_is_placed_while_a_mount_is_away(importing_of) -> None:  # type: ignore[no-untyped-def]
    at = await importing_of({FILM: FERN})
    at.mount.rename(at.mount.with_name("away"))
    await at.run()
    assert states(at.world) == [STAGED]
    code, known = at.hold()
    assert (code, known["problem"]) == ("mount-away", f"{at.mount} cannot be listed (No such file or directory)")
    assert at.tree() == {}
    at.mount.with_name("away").rename(at.mount)
    await at.run(later=60)
    assert states(at.world) == [DONE]


async def test_a_mount_that_goes_away_in_the_midst_asks_nobody(
    importing_of, monkeypatch: pytest.MonkeyPatch  # type: ignore[no-untyped-def]
) -> None:  # fmt: skip
    at = await importing_of({FILM: FERN, SEASON: SALT})
    away = at.mount.with_name("away")
    see = importing.expect_size

    async def go_away(*args: Any) -> None:
        if at.tree():
            at.mount.rename(away)
            monkeypatch.setattr(importing, "expect_size", see)
        await see(*args)

    monkeypatch.setattr(importing, "expect_size", go_away)
    await at.run()
    assert states(at.world) == [STAGED, STAGED]
    assert at.hold()[0] == "mount-away"
    away.rename(at.mount)
    await at.run(later=60)
    assert states(at.world) == [DONE, DONE]
    assert at.tree() == {"Films/Drama/Fern Valley (2019)/Fern Valley (2019).mkv": FILE, **EPISODES}


async def test_what_stands_in_the_way_is_never_overwritten(importing_of) -> None:  # type: ignore[no-untyped-def]
    at = await importing_of({FILM: FERN})
    real = at.root / "Films/Drama/Fern Valley (2019)/Fern Valley (2019).mkv"
    real.parent.mkdir()
    real.write_text("a file of its own")
    await at.run()
    assert states(at.world) == [("staged", "choice", "import")]
    assert real.read_text() == "a file of its own"
    assert len(at.links()) == 2


async def test_subtitles_are_placed_beside_their_video(importing_of) -> None:  # type: ignore[no-untyped-def]
    at = await importing_of({FILM: FERN})
    name = f"{FILM.filename}.fr.forced.srt"
    shown = write_video(at.mount / "__all__" / FILM.filename / name)
    link = at.folder / f"1-{FILM.filename}" / name
    os.symlink(shown, link)
    await at.world.db.write(store_file, 1, f"/{name}", bytes(shown), bytes(link))
    await at.run()
    assert states(at.world) == [DONE]
    assert at.tree() == {
        "Films/Drama/Fern Valley (2019)/Fern Valley (2019).fr.forced.srt": f"{FILM.filename}/{name}",
        "Films/Drama/Fern Valley (2019)/Fern Valley (2019).mkv": FILE,
    }
    assert at.links() == {}
    assert at.world.rows("SELECT count(*) FROM media WHERE link_path IS NOT NULL") == [(1,)]


def store_file(connection: sqlite3.Connection, transfer: int, path: str, remote: bytes, link: bytes) -> None:
    connection.execute(
        "INSERT INTO transfer_files (transfer_id, path, size, wanted, state, remote, link) "
        "VALUES (?, ?, ?, 1, ?, ?, ?)",
        (transfer, os.fsencode(path), SIZE, "linked", remote, link),
    )


async def test_a_person_sees_a_plan_first(importing_of) -> None:  # type: ignore[no-untyped-def]
    at = await importing_of({FILM: FERN, SEASON: SALT})
    at.library_link("Films/Drama/Fern Valley (2019).mkv", "Old/old.mkv", size=SIZE)
    ctx = Context(at.world.db, at.world.settings, 0, lambda: at.world.account)
    staged = transfers(at.world)
    planned, away = await plan_staged(ctx, staged, ImportOptions())
    plan = plan_of_imports(planned, [])
    assert away == ""
    assert plan.says == ("3 links in the library; then nothing of it is left in staging.",)
    assert [reason for _, reason in plan.notes] == [
        "replace it? Fern Valley (2019).mkv leads to a file: mediatui --headless import 1 --replace"
    ]
    planned, _ = await plan_staged(ctx, staged[:1], ImportOptions(replace=True))
    ran = await at.world.apply(plan_of_imports(planned, []))
    assert ran.finished.error is None
    assert at.tree() == {"Films/Drama/Fern Valley (2019).mkv": FILE}
    assert states(at.world) == [DONE, STAGED]


async def test_what_a_person_says_it_is_for_counts_from_the_plan_on(importing_of) -> None:  # type: ignore[no-untyped-def]
    at = await importing_of({SEASON: Target("series", "Another", 2001, season=3)})
    await at.know(SERIES)
    ctx = Context(at.world.db, at.world.settings, 0, lambda: at.world.account)
    said = {1: (MappedTarget(SALT),)}
    planned, _ = await plan_staged(ctx, transfers(at.world), ImportOptions(targets=said))
    assert targets_of_first(at) == [("Another", 3)]
    asked = plan_of_imports(
        [PlannedImport(planned[0].transfer, asks=Question("import", {"in_library": "x"}))], [], said
    )
    assert asked.notes[0][1].endswith("import 1 --replace --for tvdb:9:S03")
    ran = await at.world.apply(plan_of_imports(planned, [], said))
    assert ran.finished.error is None
    assert states(at.world) == [DONE]
    assert at.tree() == EPISODES
    assert targets_of_first(at) == [("Salt Road", 3)]
    await at.world.apply(at.world.plan(plan_undo))
    assert (at.tree(), targets_of_first(at)) == ({}, [("Another", 3)])


def targets_of_first(at: Importing) -> list[tuple[object, ...]]:
    return at.world.rows("SELECT title, season FROM transfer_targets WHERE transfer_id = 1")


async def test_what_was_placed_and_taken_back_is_noted_for_media_servers_and_holds_nothing(importing_of) -> None:  # type: ignore[no-untyped-def]
    at = await importing_of({FILM: FERN}, **{"jellyfin.enabled": True})
    await at.run()
    reports = "SELECT server, path, kind, state, transfer FROM server_reports"
    place = os.fsencode(at.root / "Films/Drama/Fern Valley (2019)/Fern Valley (2019).mkv")
    assert states(at.world) == [DONE]
    assert at.world.rows(reports) == [("jellyfin", place, "placed", "waiting", 1)]
    await at.world.apply(at.world.plan(plan_undo))
    folder = os.path.dirname(place) + b"/."
    assert at.world.rows(f"{reports} ORDER BY path") == [
        ("jellyfin", folder, "removed", "waiting", None), ("jellyfin", place, "removed", "waiting", 1),
    ]  # fmt: skip


async def test_nothing_is_noted_for_a_server_that_is_not_told_of_changes(importing_of) -> None:  # type: ignore[no-untyped-def]
    at = await importing_of({FILM: FERN}, **{"jellyfin.enabled": True, "jellyfin.update": False})
    await at.run()
    assert at.world.rows("SELECT count(*) FROM server_reports") == [(0,)]
