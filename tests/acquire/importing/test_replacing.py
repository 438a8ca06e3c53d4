from __future__ import annotations

import os
from pathlib import Path

import pytest

from mediatui.changes.undo import plan_undo
from mediatui.model.target import MappedTarget, Target
from mediatui.store.transfers.replaced import ReplacedLink, note_replaced
from mediatui.store.transfers.targets import set_targets
from tests.worlds.account import MakeWorld
from tests.worlds.importing import FERN, SALT, Importing
from tests.worlds.staging import SIZE, film, pack, write_video
from tests.worlds.transfers import hash_of, states, synced

FILM, SEASON = film(hash_of(1)), pack(hash_of(2))
OLD_FILM = "Films/Old Place/fern.mkv"
OLD_EPISODE = "Séries/Odd/Salt Road/S3/salt 3x02.mkv"
NEW_FILM = f"{FILM.filename}/{FILM.filename}.mkv"
DONE = ("done", "none", "")


@pytest.fixture
def replacing(account_of: MakeWorld, tmp_path: Path):  # type: ignore[no-untyped-def]  # a fixture's fixture
    async def make(torrent, target: Target, path: str, episodes: tuple[int, ...] = (), **settings) -> Importing:  # type: ignore[no-untyped-def]
        world = await synced(account_of, [torrent])
        at = Importing(world, tmp_path, **settings)
        link = at.library_link(path, "Gone/gone.mkv")
        await at.stage({torrent: target})
        await note(at, link, target.season, episodes)
        return at

    return make


async def note(at: Importing, link: Path, season: int | None, episodes: tuple[int, ...]) -> None:
    """Has the first transfer replace a link."""
    replaced = ReplacedLink(os.fsencode(link), os.fsencode(os.readlink(link)), season, episodes)
    await at.world.db.write(note_replaced, 1, [replaced])


async def test_a_dead_link_keeps_its_path_and_leads_to_the_new_file(replacing) -> None:  # type: ignore[no-untyped-def]
    at = await replacing(FILM, FERN, OLD_FILM)
    await at.run()
    assert (states(at.world), at.tree()) == ([DONE], {OLD_FILM: NEW_FILM})
    assert at.links() == {}
    undone = await at.world.apply(at.world.plan(plan_undo))
    assert undone.finished.error is None
    assert at.tree() == {OLD_FILM: "Gone/gone.mkv"}


async def test_of_a_pack_only_the_episode_of_the_link_is_taken(replacing) -> None:  # type: ignore[no-untyped-def]
    at = await replacing(SEASON, SALT, OLD_EPISODE, (2,))
    await at.run()
    assert (states(at.world), at.tree()) == ([DONE], {OLD_EPISODE: f"{SEASON.filename}/Salt.Road.S03E02.mkv"})


async def test_a_link_of_two_episodes_is_not_replaced_by_one_of_them(replacing) -> None:  # type: ignore[no-untyped-def]
    at = await replacing(SEASON, SALT, "Séries/Odd/Salt Road/S03E02-E03.mkv", (2, 3))
    await at.run()
    assert states(at.world) == [("staged", "choice", "import")]
    assert at.detail() == {"replaces": "S03E02-E03", "bare": "S03E03"}
    assert at.tree() == {"Séries/Odd/Salt Road/S03E02-E03.mkv": "Gone/gone.mkv"}


async def test_a_link_that_works_again_stays(replacing) -> None:  # type: ignore[no-untyped-def]
    at = await replacing(FILM, FERN, OLD_FILM)
    write_video(at.mount / "__all__" / "Gone" / "gone.mkv", SIZE)
    await at.run()
    assert states(at.world) == [("staged", "choice", "import")]
    assert at.detail() == {"kept": "fern.mkv", "said": "it leads to a file again"}
    assert at.tree() == {OLD_FILM: "Gone/gone.mkv"}


async def test_a_link_that_was_pointed_elsewhere_stays(replacing) -> None:  # type: ignore[no-untyped-def]
    at = await replacing(FILM, FERN, OLD_FILM)
    (at.root / OLD_FILM).unlink()
    at.library_link(OLD_FILM, "Other/other.mkv")
    await at.run()
    assert at.tree() == {OLD_FILM: "Other/other.mkv"}
    assert at.detail() == {"kept": "fern.mkv", "said": "it leads elsewhere by now"}


async def test_a_replacement_does_not_wait_for_a_service_to_import_it(replacing) -> None:  # type: ignore[no-untyped-def]
    at = await replacing(FILM, FERN, OLD_FILM, **{"importing.method": "arr"})
    known = Target("film", "Fern Valley", 2019, tmdb_id=7, service="radarr", service_id=1)
    await at.world.db.write(set_targets, 1, [MappedTarget(known)])
    await at.run()
    assert states(at.world) == [DONE]
