"""From staging into the library through Radarr, which takes any file for any film and shows one of two records."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from mediatui.acquire.importing.through_arr import film as film_module
from mediatui.changes.undo import plan_undo
from mediatui.demo.seed import SimTorrent
from mediatui.model.target import Target
from tests.fakes.arr import FakeArr
from tests.fakes.arr_qualities import named
from tests.worlds.account import MakeWorld
from tests.worlds.arr_importing import ArrImporting
from tests.worlds.staging import film, pack
from tests.worlds.transfers import hash_of, states

DONE = ("done", "none", "")
ASKED = ("staged", "choice", "import")
OAK = "Old.Oak.2010.2160p.WEB"
OLD = "Old Oak (2010)"
Make = Callable[..., Awaitable[ArrImporting]]


@pytest.fixture
def radarr_with(account_of: MakeWorld, tmp_path: Path) -> Make:
    """A film is staged that Radarr has, with or without a file."""

    async def make(
        name: str = OAK, *, old: str = "", torrent: SimTorrent | None = None, year: int = 2010, title: str = "Old Oak",
        **settings: object,
    ) -> ArrImporting:  # fmt: skip
        chosen = torrent or film(hash_of(1), name)
        world = await account_of([])
        at = ArrImporting(world, tmp_path, FakeArr("radarr"), **settings)
        folder = at.films / f"{title} ({year})"
        folder.mkdir(parents=True)
        path = str((folder / old).relative_to(at.root))
        links = [at.library_link(path, f"Old/{old}", size=4096)] if old else []
        item = at.radarr.hold(title, folder, links, year=year, runtime=101)
        for record in at.radarr.records.files.values():
            record["quality"] = named("radarr", "WEBDL-720p")
        target = Target("film", title, year, tmdb_id=800_000 + item, service="radarr", service_id=item)
        await at.put_in_staging(chosen, target)
        at.radarr.seen.clear()
        return at

    return make


UPGRADE = {"importing.existing": "upgrade"}


async def test_a_film_is_imported_by_a_copy_of_its_link(radarr_with: Make) -> None:
    at = await radarr_with()
    at.radarr.importing.cannot_move = True
    await at.run()
    assert states(at.world) == [DONE], at.detail()
    (sent,) = at.sent("radarr")
    assert (sent["importMode"], [one["movieId"] for one in sent["files"]]) == ("copy", [1])
    assert at.texts() == {f"{OAK}.mkv": f"{OAK}.mkv"}
    assert at.links() == {}


async def test_what_goes_with_the_old_file_is_named_and_the_old_link_comes_back(radarr_with: Make) -> None:
    at = await radarr_with(old=f"{OLD}.mkv")
    before = at.tree()
    folder = at.films / OLD
    for name in (f"{OLD}.fr.srt", "poster.jpg"):
        (folder / name).write_text("x")
    plan = await at.person_plan()
    (step,) = [one for one in plan.steps if one.KIND == "arr_import"]
    assert f"replaces {OLD}.mkv" in step.risk
    await at.world.apply(plan)
    assert states(at.world) == [DONE]
    undone = await at.world.apply(at.world.plan(plan_undo))
    assert undone.finished.error is None
    assert at.tree() == before


@pytest.mark.parametrize("kind", ["file", "link", "dangling"])
async def test_a_name_in_the_way_is_asked_about_before_the_old_file_goes(radarr_with: Make, kind: str) -> None:
    at = await radarr_with(old=f"{OLD}.mkv", **UPGRADE)
    way = at.films / OLD / f"{OAK}.mkv"
    if kind == "file":
        way.write_bytes(b"x" * 10)
    else:
        os.symlink(at.mount / "__all__" / "Another.Film" if kind == "link" else "/nowhere", way)
    await at.run()
    assert (states(at.world), at.sent("radarr"), at.detail()) == ([ASKED], [], {"place": f"{OAK}.mkv"})
    assert (at.films / OLD / f"{OLD}.mkv").is_symlink()


async def test_a_name_in_the_way_is_seen_by_the_plan_and_again_by_the_step(radarr_with: Make) -> None:
    at = await radarr_with(old=f"{OLD}.mkv")
    way = at.films / OLD / f"{OAK}.mkv"
    plan = await at.person_plan()
    assert plan.steps
    os.symlink("/nowhere", way)
    assert (await at.person_plan()).steps == ()
    await at.world.apply(plan)
    assert (states(at.world), at.sent("radarr"), at.detail()) == ([ASKED], [], {"place": f"{OAK}.mkv"})


async def test_any_other_video_is_in_the_way_of_a_radarr_that_renames(radarr_with: Make) -> None:
    at = await radarr_with(old=f"{OLD} [720p].mkv", **UPGRADE)
    at.radarr.naming["renameMovies"] = True
    os.symlink("/nowhere", at.films / OLD / "Old Oak.mkv")
    await at.run()
    assert (states(at.world), at.sent("radarr")) == ([ASKED], [])


@pytest.mark.parametrize("beside", [f"{OLD}-trailer.mkv", "Extras/x.mkv", "notes.txt"])
async def test_extras_and_notes_are_no_obstacle(radarr_with: Make, beside: str) -> None:
    at = await radarr_with(old=f"{OLD}.mkv", **UPGRADE)
    at.radarr.naming["renameMovies"] = True
    path = at.films / OLD / beside
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"x" * 100)
    await at.run()
    assert len(at.sent("radarr")) == 1, at.detail()


async def test_a_name_that_appears_meanwhile_costs_nothing_but_the_import(radarr_with: Make) -> None:
    at = await radarr_with(old=f"{OLD}.mkv", **UPGRADE)
    before = at.tree()
    way = at.films / OLD / f"{OAK}.mkv"
    at.radarr.importing.before = lambda: way.write_bytes(b"x" * 10) and None
    await at.run()
    assert states(at.world)[0][2] == "not-proven", at.detail()
    assert at.tree() == before
    assert [one for one in at.radarr.commands if one[0] == "RescanMovie"] == [("RescanMovie", 1)]
    assert len(at.sent("radarr")) == 1


async def test_a_dead_link_goes_by_our_own_door_before_radarr_is_told(radarr_with: Make) -> None:
    at = await radarr_with(old=f"{OLD}.mkv", **UPGRADE)
    at.radarr.settings["recycleBin"] = str(at.root / "bin")
    (at.mount / "__all__" / "Old" / f"{OLD}.mkv").unlink()
    await at.run()
    assert states(at.world) == [DONE], at.detail()
    assert not [one for one in at.radarr.seen if one[0] == "DELETE"]
    assert at.texts() == {f"{OAK}.mkv": f"{OAK}.mkv"}
    undone = await at.world.apply(at.world.plan(plan_undo))
    assert undone.finished.error is None
    assert at.texts() == {f"{OLD}.mkv": f"{OLD}.mkv"}


@pytest.mark.parametrize(
    ("name", "minutes", "asks"),
    [("Old.Oak.2014.1080p", 101, "the file says 2014, the film is of 2010"), ("Oak", 44, "44 min"), ("abc123", 101, ""),
     ("Oak", None, "")],
)  # fmt: skip
async def test_a_file_that_may_be_another_film_is_asked_about(
    radarr_with: Make, monkeypatch: pytest.MonkeyPatch, name: str, minutes: int | None, asks: str
) -> None:
    async def length(ctx: object, path: bytes) -> float | None:
        return minutes

    monkeypatch.setattr(film_module, "minutes_of", length)
    at = await radarr_with(name)
    await at.run()
    if not asks:
        assert states(at.world) == [DONE], at.detail()
        return
    assert (states(at.world), at.sent("radarr")) == ([ASKED], [])
    assert asks in str(at.detail()["doubt"])
    await at.world.apply(await at.person_plan(override=(1,)))
    assert states(at.world) == [DONE]


async def two_records(radarr_with: Make, **settings: object) -> ArrImporting:
    """A film of two records, of which Radarr replaces the worse, and one between them is staged."""
    at = await radarr_with("Old.Oak.2010.1080p.BluRay", old=f"{OLD}.mkv", **settings)
    second = at.library_link(f"Films/Drama/{OLD}/{OLD} [2160p].mkv", "Old/second.mkv", size=4096)
    number = at.radarr.records.has_file(1, second)
    at.radarr.records.files[number]["quality"] = named("radarr", "WEBDL-2160p")
    return at


async def test_of_two_records_the_better_counts(radarr_with: Make) -> None:
    at = await two_records(radarr_with, **UPGRADE)
    await at.run()
    assert (states(at.world), at.sent("radarr")) == ([DONE], [])


async def test_of_two_records_the_one_that_goes_and_the_one_that_stays_are_named(radarr_with: Make) -> None:
    at = await two_records(radarr_with)
    plan = await at.person_plan()
    (step,) = [one for one in plan.steps if one.KIND == "arr_import"]
    assert f"replaces {OLD}.mkv" in step.risk
    assert f"{OLD} [2160p].mkv (4.1 kB, WEBDL-2160p) stays beside it" in step.risk
    await at.world.apply(plan)
    assert states(at.world) == [DONE]
    assert f"{OLD} [2160p].mkv" in at.texts()


async def test_parts_of_a_film_are_never_sent(radarr_with: Make) -> None:
    names = ("Old.Oak.2010.DVDRip.CD1.avi", "Old.Oak.2010.DVDRip.CD2.avi")
    at = await radarr_with(torrent=pack(hash_of(1), "Old.Oak.2010.DVDRip", names=names, count=2))
    await at.run()
    assert (states(at.world), at.sent("radarr")) == ([("staged", "choice", "parts")], [])


async def with_subtitles(radarr_with: Make, name: str, **more: object) -> ArrImporting:
    """A film with subtitles beside it, in staging too."""
    at = await radarr_with(**more)
    target = at.mount / "__all__" / OAK / name
    target.write_text("1")
    link = next(at.folder.iterdir()) / name
    os.symlink(target, link)

    def note(connection: sqlite3.Connection) -> None:
        connection.execute(
            "INSERT INTO transfer_files (transfer_id, path, size, wanted, state, remote, link) "
            "VALUES (1, ?, 1, 1, 'linked', ?, ?)", (f"/{name}".encode(), bytes(target), bytes(link)),
        )  # fmt: skip

    await at.world.db.write(note)
    return at


async def test_subtitles_that_radarr_does_not_bring_are_placed_beside_the_film(radarr_with: Make) -> None:
    at = await with_subtitles(radarr_with, f"{OAK}.fr.srt")
    await at.run()
    assert states(at.world) == [DONE], at.detail()
    assert at.texts() == {f"{OAK}.mkv": f"{OAK}.mkv", f"{OAK}.fr.srt": f"{OAK}.fr.srt"}
    assert at.links() == {}
    undone = await at.world.apply(at.world.plan(plan_undo))
    assert undone.finished.error is None
    assert at.tree() == {}


async def test_subtitles_that_the_clean_up_took_are_placed_again(radarr_with: Make) -> None:
    at = await with_subtitles(radarr_with, f"{OAK}.fr.srt", old=f"{OLD}.mkv", **UPGRADE)
    at.radarr.settings |= {"importExtraFiles": True, "extraFileExtensions": "srt"}
    at.radarr.importing.cleans_fresh_subtitles = True
    trailer = at.films / OLD / f"{OLD}-trailer.mkv"
    trailer.write_bytes(b"x")
    await at.run()
    assert states(at.world) == [DONE], at.detail()
    assert at.texts()[f"{OAK}.fr.srt"] == f"{OAK}.fr.srt"
    assert trailer.exists()


@pytest.mark.parametrize("second_fails", [False, True])
async def test_films_of_a_collection_are_imported_by_a_command_each(
    account_of: MakeWorld, tmp_path: Path, second_fails: bool
) -> None:
    world = await account_of([])
    at = ArrImporting(world, tmp_path, FakeArr("radarr"))
    names = ("Old.Oak.2010.1080p.WEB.mkv", "New.Elm.2012.1080p.WEB.mkv")
    torrent = pack(hash_of(1), "Trees.2010-2012.1080p.WEB", names=names, count=2)
    targets = []
    for number, (title, year) in enumerate((("Old Oak", 2010), ("New Elm", 2012)), 1):
        (at.films / f"{title} ({year})").mkdir(parents=True)
        item = at.radarr.hold(title, at.films / f"{title} ({year})", year=year)
        targets.append(Target("film", title, year, tmdb_id=number, service="radarr", service_id=item))
    await at.put_in_staging(torrent, *targets)
    if second_fails:
        at.radarr.importing.before = lambda: os.symlink("/nowhere", at.films / "New Elm (2012)" / names[1])
    await at.run()
    assert [[one["movieId"] for one in body["files"]] for body in at.sent("radarr")][:2] == [[1], [2]][
        : len(at.sent("radarr"))
    ]
    assert names[0] in at.texts()
    if second_fails:
        assert states(at.world)[0][0] == "staged"
        assert at.texts()[names[1]] == "nowhere"
    else:
        assert (states(at.world), at.links()) == ([DONE], {})
