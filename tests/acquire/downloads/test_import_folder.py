"""From a folder of downloads to the library."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mediatui.acquire.downloads import plan
from mediatui.acquire.downloads.judge import JudgeOptions
from mediatui.acquire.downloads.look import choose, judge_folder
from mediatui.acquire.downloads.plan import free_across, plan_rows
from mediatui.acquire.mapping.aim import Aim
from mediatui.acquire.mapping.find import TargetFinder
from mediatui.model.errors import UsageError
from mediatui.model.target import read_target
from mediatui.store.library.media import Media
from tests.worlds.downloads import EPISODE_SIZE, FILM_SIZE, Downloads, states

FILM = "Fern.Valley.2019.1080p.WEB.mkv"


async def test_files_are_stored_and_linked_and_go_back(tmp_path: Path) -> None:
    async with Downloads(tmp_path) as at:
        film = at.put(f"Fern/{FILM}")
        at.put("Salt.Road.S01.1080p/Salt.Road.S01E02.1080p.mkv")
        at.put("Salt.Road.S01.1080p/Salt.Road.S01E02.1080p.fr.forced.srt", 10)
        before = at.snapshot()
        rows = await at.look()
        assert states(rows) == dict.fromkeys(states(rows), "ready")
        run = await at.take(rows)
        assert run.outcomes == {"done"}
        series = "Séries/Drama/Salt Road (2018)/Season 01/Salt Road (2018) - S01E02"
        kept = "storage/Salt Road (2018)/Salt.Road.S01.1080p/Salt.Road.S01E02.1080p"
        assert at.tree() == {
            "Films/Drama/Fern Valley (2019)/Fern Valley (2019).mkv": f"storage/Fern Valley (2019)/{FILM}",
            f"{series}.fr.forced.srt": f"{kept}.fr.forced.srt", f"{series}.mkv": f"{kept}.mkv",
        }  # fmt: skip
        assert not film.exists()
        assert ("Salt Road", 1, 2) in [(one.title, one.season, one.episode) for one in at.known("episode")]
        undone = await at.undo()
        assert undone.outcomes == {"done"}
        assert at.snapshot() == before
        assert film.stat().st_size == FILM_SIZE


async def test_links_of_a_mount_are_copied_as_links(tmp_path: Path) -> None:
    async with Downloads(tmp_path, stored=False) as at:
        target = at.file(f"Fern/{FILM}")
        os.truncate(target, FILM_SIZE)
        (at.downloads / FILM).symlink_to(os.path.relpath(target, at.downloads))
        assert (await at.take(await at.look())).outcomes == {"done"}
        assert at.tree() == {"Films/Drama/Fern Valley (2019)/Fern Valley (2019).mkv": f"mount/all/Fern/{FILM}"}
        assert (at.downloads / FILM).is_symlink()


async def test_what_lies_among_the_real_files_stays_where_it_is(tmp_path: Path) -> None:
    async with Downloads(tmp_path, stored=False) as at:
        at.put(f"../storage/new/{FILM}")
        assert (await at.take(await at.look(path=at.storage / "new"))).outcomes == {"done"}
        assert list(at.tree().values()) == [f"storage/new/{FILM}"]


async def test_without_a_folder_for_files_they_are_asked_about(tmp_path: Path) -> None:
    async with Downloads(tmp_path, stored=False) as at:
        at.put(FILM)
        assert states(await at.look()) == {FILM: "no folder is set for files: importing.storage"}


async def test_odd_things_are_named_and_left(tmp_path: Path) -> None:
    async with Downloads(tmp_path) as at:
        os.mkfifo(at.downloads / "pipe.mkv")
        (at.downloads / "loop.mkv").symlink_to("loop.mkv")
        (at.downloads / "dead.mkv").symlink_to("nowhere")
        (at.downloads / "folder").symlink_to(at.mount)
        (at.downloads / "above").symlink_to("..")
        at.put(b"Fern.Valley.2019.\xff.mkv")
        at.put("a.rar", 5)
        at.put("Fern.Valley.2019.mkv.part", 5)
        at.put("Isle.2003/BDMV/STREAM/00001.m2ts")
        at.put(f"F/{FILM}")
        at.put("F/Sample/fern-sample.mkv", 9_000_000)
        (at.downloads / "empty").mkdir()
        rows = await at.look()
        odd = {name: why for name, why in states(rows).items() if not name.startswith("Fern.Valley.2019.\udcff")}
        assert odd == {
            "pipe.mkv": "it is a named pipe", "loop.mkv": "it leads to itself", "dead.mkv": "it leads to nothing",
            "folder": "it is a link to a folder", "above": "it is a link to a folder", "a.rar": "an archive",
            "Fern.Valley.2019.mkv.part": "it is being downloaded still", "00001.m2ts": "a disc, not a file",
            FILM: "ready", "fern-sample.mkv": "a sample",
        }  # fmt: skip
        assert {row.download.name: row.warnings for row in rows if row.warnings}["a.rar"] == ("archive",)


async def test_an_empty_folder_and_places_of_the_library(tmp_path: Path) -> None:
    async with Downloads(tmp_path) as at:
        assert await at.look() == []
        for place in (at.films, at.folder):
            with pytest.raises(UsageError, match="folder of the library"):
                await at.look(path=place)
        with pytest.raises(UsageError, match="cannot be read"):
            await at.look(path=at.folder / "no such")


async def test_the_same_content_is_found_by_reading_equal_sizes_alone(tmp_path: Path) -> None:
    async with Downloads(tmp_path) as at:
        at.put("a/Salt.Road.S01E01.720p.mkv", mark="same")
        at.put("b/Salt.Road.S01E02.720p.mkv", mark="same")
        at.put("c/Salt.Road.S01E03.720p.mkv", mark="other")
        at.put("d/Salt.Road.S01E04.720p.mkv", EPISODE_SIZE + 1)
        found = {row.download.name[10:16]: (row.state, row.warnings) for row in await at.look()}
        assert found == {
            "S01E01": ("ready", ()), "S01E02": ("asks", ("same",)), "S01E03": ("ready", ()), "S01E04": ("ready", ()),
        }  # fmt: skip


async def test_a_copy_of_what_the_library_has_is_not_taken(tmp_path: Path) -> None:
    async with Downloads(tmp_path) as at:
        kept = at.put("../storage/Old/old.mkv", 5000, mark="same")
        at.link("Films/Drama/Old Mill (1971)/Old Mill (1971).mkv", kept)
        await at.scan()
        at.put(FILM, 5000, mark="same")
        (row,) = await at.look()
        assert (row.state, row.warnings, row.other) == ("asks", ("undersized", "same"), os.fsencode(kept))
        (row,) = await at.look(sure=[1])
        assert row.state == "ready"


async def test_too_small_and_in_a_folder_of_the_other_kind_is_asked_about(tmp_path: Path) -> None:
    async with Downloads(tmp_path) as at:
        at.put(FILM, 100_000_000)
        at.put("Films/Salt.Road.S01E01.720p.mkv")
        rows = await at.look()
        assert {row.download.name: row.warnings for row in rows} == {
            FILM: ("undersized",), "Salt.Road.S01E01.720p.mkv": ("kind",)
        }  # fmt: skip
        assert {row.state for row in rows} == {"asks"}
        assert {row.state for row in await at.look(sure=[1, 2])} == {"ready"}


async def test_of_two_for_one_episode_a_person_chooses(tmp_path: Path) -> None:
    async with Downloads(tmp_path) as at:
        names = [at.put(f"Salt.Road.S01E01.{res}.mkv").name for res in ("720p", "1080p")]
        assert {row.state for row in await at.look()} == {"asks"}
        rows = await at.look(sure=[1])
        assert states(rows)["Salt.Road.S01E01.1080p.mkv"] == "ready"
        assert (await at.take(rows)).outcomes == {"done"}
        assert (at.downloads / names[0]).exists()


@pytest.mark.parametrize(
    ("season", "expected"),
    [(None, {"05.mkv": "ready", "Salt.Road.S01E01.mkv": "ready"}),
     (2, {"05.mkv": "season says 2, file says S01E05", "Salt.Road.S01E01.mkv": "season says 2, file says S01E01"})],
)  # fmt: skip
async def test_a_season_that_is_said_is_asked_about_against_the_name(
    tmp_path: Path, season: int | None, expected: dict[str, str]
) -> None:
    async with Downloads(tmp_path) as at:
        for name in expected:
            at.put(f"Salt Road/Season 1/{name}", EPISODE_SIZE)
        assert states(await at.look("tvdb:9", season=season)) == expected


async def test_a_season_that_is_said_numbers_what_says_none(tmp_path: Path) -> None:
    async with Downloads(tmp_path) as at:
        at.put("Salt Road - 07.mkv")
        rows = await at.look("tvdb:9", season=2)
        assert [row.shown for row in rows] == ["Salt Road (2018) S02E07"]


async def test_fewer_points_than_asked_for_are_asked_about(tmp_path: Path) -> None:
    async with Downloads(tmp_path) as at:
        at.put("Fern.Valley.2015.1080p.mkv")
        (row,) = await at.look()
        assert row.state == "asks"
        assert row.points is not None
        (row,) = await at.look(min_score=row.points)
        assert row.state == "ready"
        assert (await at.look(min_score=100))[0].state == "asks"


@pytest.mark.parametrize(
    ("new", "expected"),
    [("Fern.Valley.2019.2160p.WEB.mkv", "ready"),
     (FILM.replace("1080p", "720p"), "better here: Fern Valley (2019).mkv"),
     (FILM, "better here: Fern Valley (2019).mkv"), (FILM.replace("WEB", "WEB.PROPER"), "ready"),
     ("Fern.Valley.2019.mkv", "replace it? Fern Valley (2019).mkv leads to a file")],
)  # fmt: skip
async def test_only_what_is_better_replaces_by_itself(tmp_path: Path, new: str, expected: str) -> None:
    async with Downloads(tmp_path, **{"importing.existing": "upgrade"}) as at:
        old = at.put(f"../storage/Fern Valley (2019)/{FILM}", FILM_SIZE + 1)
        at.link("Films/Drama/Fern Valley (2019)/Fern Valley (2019).mkv", old)
        at.put(new)
        rows = await at.look()
        assert states(rows) == {new: expected}
        if expected == "ready":
            before = at.tree()
            assert (await at.take(rows)).outcomes == {"done"}
            assert [*at.tree()] == [*before]
            assert at.tree() != before
            await at.undo()
            assert at.tree() == before


async def test_both_stand_beside_each_other(tmp_path: Path) -> None:
    async with Downloads(tmp_path) as at:
        old = at.put("../storage/Fern.mkv", FILM_SIZE + 1)
        at.link("Films/Drama/Fern Valley (2019)/Fern Valley (2019).mkv", old)
        at.put(FILM)
        (row,) = await at.look()
        assert (row.state, row.warnings) == ("asks", ("here",))
        rows = await at.look(both=True)
        (risk,) = {step.risk for step in plan_rows(at.settings, b"/", rows).steps if step.KIND == "place_in_library"}
        assert risk.startswith("two links for the same")
        assert (await at.take(rows)).outcomes == {"done"}
        assert [os.path.basename(path) for path in at.tree()] == [
            "Fern Valley (2019) [1080p].mkv", "Fern Valley (2019).mkv"
        ]  # fmt: skip


@pytest.mark.parametrize(("genre", "told"), [("Action", True), ("Drama", False)])
async def test_a_link_beside_one_that_lies_loose_in_another_genre_is_told(
    tmp_path: Path, genre: str, told: bool
) -> None:
    async with Downloads(tmp_path) as at:
        at.link(f"Films/{genre}/Fern Valley (2019).mkv", at.put("../storage/Fern.mkv", FILM_SIZE + 1))
        at.put(FILM)
        rows = await at.look(both=True)
        (risk,) = {step.risk for step in plan_rows(at.settings, b"/", rows).steps if step.KIND == "place_in_library"}
        assert ("cleanup would move it" in risk) is told
        await at.take(rows)
        await at.run("cleanup", only=("misplaced",))
        assert len(at.findings("cleanup", "misplaced")) == (2 if told else 0)


async def test_two_titles_that_fit_equally_are_asked_about(tmp_path: Path) -> None:
    async with Downloads(tmp_path) as at:
        await at.media(
            Media("film", "Twin Film", 2001, tmdb_id=21, source="radarr", service_id=5),
            Media("film", "Twin Film", 2009, tmdb_id=22, source="radarr", service_id=6),
        )
        at.put("Twin.Film.1080p.mkv")
        (row,) = await at.look(min_score=50)
        assert row.state == "asks"


async def test_siblings_of_a_confirmed_series_follow_by_their_numbers(tmp_path: Path) -> None:
    async with Downloads(tmp_path) as at:
        for name in ("Salt.Rood.S01E00.mkv", "Salt.Rood.S01E01.mkv", "Salt.Rood.S04E02.mkv"):
            at.put(name, EPISODE_SIZE)
        assert {row.state for row in await at.look(min_score=60)} == {"asks"}
        folder = await at.folder_of()
        first = next(one for one in folder.downloads if one.name == "Salt.Rood.S01E01.mkv")
        assert first.key is not None
        finder = TargetFinder(at.db, [], None, 1.0)  # type: ignore[arg-type]
        found = await finder.find(read_target("tvdb:9"))
        await choose(finder, folder, first.key, Aim((found.mapped,)))
        rows = await judge_folder(at._context(0), folder, JudgeOptions())
        assert {row.download.name: row.shown if row.state == "ready" else row.why for row in rows} == {
            "Salt.Rood.S01E00.mkv": "S01E00 is no episode", "Salt.Rood.S01E01.mkv": "Salt Road (2018) S01E01",
            "Salt.Rood.S04E02.mkv": "Salt Road (2018) S04E02",
        }  # fmt: skip


async def test_a_name_that_is_no_text_survives_there_and_back(tmp_path: Path) -> None:
    async with Downloads(tmp_path) as at:
        at.put(b"Fern.Valley.2019.\xff\n.1080p.mkv")
        before = at.snapshot()
        assert (await at.take(await at.look("tmdb:7"))).outcomes == {"done"}
        kept = os.fsencode(at.storage) + b"/Fern Valley (2019)/Fern.Valley.2019.\xff\n.1080p.mkv"
        (link,) = [path for path in at.root.rglob("*") if path.is_symlink()]
        assert os.readlink(os.fsencode(link)) == kept
        assert (await at.undo()).outcomes == {"done"}
        assert at.snapshot() == before


async def test_a_plan_says_where_there_is_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Downloads(tmp_path) as at:
        at.put(FILM)
        rows = await at.look()
        for free, said in ((None, False), (10**12, False), (7, True)):
            monkeypatch.setattr(plan, "free_across", lambda storage, top, free=free: free)
            says = plan.plan_rows(at.settings, os.fsencode(at.downloads), rows).says
            assert any("Only 7 B are free there" in one for one in says) == said
        assert free_across(os.fsencode(at.storage), os.fsencode(at.downloads)) is None
        assert free_across(b"/proc", os.fsencode(at.downloads)) is not None
