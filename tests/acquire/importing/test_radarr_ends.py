"""However an import through Radarr ends, nothing is lost, believed or sent twice; a mistake there is every film's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from mediatui.changes.steps import import_command
from mediatui.model.target import Target
from tests.fakes.arr import FakeArr
from tests.fakes.arr_qualities import named
from tests.worlds.account import MakeWorld
from tests.worlds.arr_importing import ArrImporting
from tests.worlds.staging import film
from tests.worlds.transfers import hash_of, states, synced

OAK = film(hash_of(1), "Old.Oak.2010.1080p.BluRay")
NEW, OLD = f"{OAK.filename}.mkv", "Old Oak (2010).mkv"
DONE = ("done", "none", "")
UNPROVEN = ("staged", "waiting", "not-proven")
Make = Callable[..., Awaitable[ArrImporting]]


@pytest.fixture
def oak(account_of: MakeWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """A film is staged that Radarr has in a worse quality, beside another film of it."""
    monkeypatch.setattr(import_command, "MOST_S", 1.0)

    async def make() -> ArrImporting:
        world = await synced(account_of, [OAK])
        at = ArrImporting(world, tmp_path, FakeArr("radarr"), **{"importing.existing": "upgrade"})
        for title in ("Old Oak", "Salt"):
            name = f"{title} (2010)"
            link = at.library_link(f"Films/Drama/{name}/{name}.mkv", f"Old/{name}.mkv", size=4096)
            at.radarr.hold(title, link.parent, [link], year=2010)
        for record in at.radarr.records.files.values():
            record["quality"] = named("radarr", "DVD")
        await at.stage({OAK: Target("film", "Old Oak", 2010, tmdb_id=800_001, service="radarr", service_id=1)})
        return at

    return make


async def again(at: ArrImporting) -> None:
    for _ in range(2):
        await at.run(later=700.0)


def rescans(at: ArrImporting) -> list[tuple[str, object]]:
    return [one for one in at.radarr.commands if one[0].startswith("Rescan")]


async def test_a_root_that_goes_meanwhile_costs_no_other_film_its_record(oak: Make) -> None:
    at = await oak()
    before = at.tree()
    away = at.films.with_name("away")

    def unmount() -> None:
        at.films.rename(away)
        at.films.mkdir()

    at.radarr.importing.before = unmount
    await at.run()
    await again(at)
    assert (states(at.world)[0][0], rescans(at)) == ("importing", [])
    assert [one["movieId"] for one in at.radarr.records.files.values()] == [2, 1]
    at.films.rename(at.folder / "bare")
    away.rename(at.films)
    at.radarr.importing.before = None
    await again(at)
    assert (states(at.world), at.tree(), len(at.sent("radarr"))) == ([UNPROVEN], before, 1)


async def test_what_lies_there_without_a_record_is_taken_on_by_a_rescan_of_that_film(oak: Make) -> None:
    at = await oak()
    at.radarr.importing.no_record = True
    await at.run()
    assert states(at.world) == [DONE], at.detail()
    assert rescans(at) == [("RescanMovie", 1)]
    assert set(at.texts()) == {NEW, "Salt (2010).mkv"}


async def test_after_a_restart_the_old_file_is_as_it_was_and_nothing_is_sent_again(oak: Make) -> None:
    at = await oak()
    before = at.tree()
    at.radarr.steps = None
    await at.run()
    at.radarr.restart()
    await again(at)
    assert (states(at.world), at.tree(), len(at.sent("radarr"))) == ([UNPROVEN], before, 1)


async def test_of_two_records_of_a_film_a_third_is_the_proof(oak: Make) -> None:
    at = await oak()
    other = at.library_link("Films/Drama/Old Oak (2010)/Old Oak (2010) [SD].mkv", "Old/sd.mkv", size=4096)
    second = at.radarr.records.has_file(1, other)
    at.radarr.records.files[second]["quality"] = named("radarr", "SDTV")
    at.radarr.records.items[1]["movieFileId"] = 1001
    await at.run()
    assert states(at.world) == [DONE], at.detail()
    kept = [one["id"] for one in at.radarr.records.files_of(1)]
    assert second in kept
    assert 1001 not in kept
    assert len(kept) == 2
    assert set(at.texts()) == {NEW, other.name, "Salt (2010).mkv"}
