"""A dead link that is pointed at another release: proven before, one rescan of that item, its record put right."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mediatui.changes.steps.replace_link import ReplaceLink
from mediatui.demo.library import write_video
from mediatui.model.plan import Plan
from tests.fakes.arr import BROKEN, FakeArr
from tests.worlds.arr import ArrWorld, of_services
from tests.worlds.cut_off import cut_off

RELEASE = "Dark.S01E02.2160p.WEB-DL.x265-NEW"
SIZE = 4_000_000


def replaced(world: ArrWorld, link: Path, release: str = RELEASE, size: int = SIZE) -> ReplaceLink:
    """The step that points a dead link at a new file."""
    new = world.view / release / f"{release}.mkv"
    new.parent.mkdir(exist_ok=True)
    write_video(new, size)
    path = str(link)
    return ReplaceLink(
        what=path, path=path, target=os.readlink(link), new_target=str(new), state="broken", size=size, release=release
    )


def plan(*steps: ReplaceLink) -> Plan:
    return Plan("replace", "Replace", steps)


def fact(fake: FakeArr, file: int) -> tuple[object, ...]:
    """What the record of a file says of its release."""
    row = fake.records.files[file]
    quality = row["quality"]
    assert isinstance(quality, dict)
    return quality["quality"]["name"], row["releaseGroup"], row["sceneName"]


async def test_one_rescan_of_that_series_and_its_record_is_put_right(tmp_path: Path) -> None:
    sonarr = FakeArr("sonarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr}) as world:
        links = world.show("Dark", episodes=3, missing=1)
        sonarr.hold("Dark", world.series / "Dark", links)
        sonarr.hold("Other", world.series / "Other", world.show("Other"))
        await world.scan()
        before, old = fact(sonarr, 1003), os.readlink(links[2])
        done = await world.apply(plan(replaced(world, links[2], "Dark.S01E03.2160p.WEB-DL.x265-NEW")))
        assert done.outcomes == {"done"}
        assert sonarr.commands == [("RescanSeries", 1)]
        assert [kind for kind, _, _ in of_services(done)] == ["arr_find", "arr_rescan", "arr_correct"]
        assert sorted(sonarr.records.files) == [1001, 1002, 1003, 2001]
        assert fact(sonarr, 1003) == ("WEBDL-2160p", "NEW", "Dark.S01E03.2160p.WEB-DL.x265-NEW")
        assert sonarr.records.files[1003]["size"] == SIZE
        (put,) = [body for method, path, body in sonarr.writes if method == "PUT"]
        assert set(put) >= {"id", "seriesId", "path", "relativePath", "languages", "quality", "mediaInfo"} & set(
            sonarr.records.file_json(sonarr.records.files[1003])
        )
        undone = await world.apply(world.undo_plan())
        assert undone.outcomes == {"done"}
        assert (os.readlink(links[2]), fact(sonarr, 1003)) == (old, before)


async def test_another_dangling_link_keeps_the_size_old_and_our_link_is_the_proof(tmp_path: Path) -> None:
    sonarr = FakeArr("sonarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr}) as world:
        links = world.show("Dark", episodes=3, missing=2)
        sonarr.hold("Dark", world.series / "Dark", links)
        await world.scan()
        size = sonarr.records.files[1003]["size"]
        done = await world.apply(plan(replaced(world, links[2])))
        assert done.outcomes == {"done"}
        assert sonarr.records.files[1003]["size"] == size
        assert fact(sonarr, 1003)[1] == "NEW"
        assert os.path.exists(links[2])


async def test_the_record_of_a_film_is_put_right_too(tmp_path: Path) -> None:
    """Case A-25: never a DELETE of what cannot be read, the record stays and gets path and size of the new file."""
    radarr = FakeArr("radarr")
    radarr.settings["recycleBin"] = str(tmp_path / "bin")
    async with ArrWorld(tmp_path, {"radarr": radarr}) as world:
        (link,) = world.film("Old Oak (2010)", missing=1)
        radarr.hold("Old Oak", world.films / "Old Oak (2010)", [link], year=2010, tmdbId=8)
        radarr.hold("Other", world.films / "Other (2001)", world.film("Other (2001)"), year=2001)
        await world.scan()
        done = await world.apply(plan(replaced(world, link, "Old.Oak.2010.1080p.BluRay.x264-KEEL")))
        assert done.outcomes == {"done"}
        assert radarr.commands == [("RescanMovie", 1)]
        assert fact(radarr, 1001) == ("Bluray-1080p", "KEEL", "Old.Oak.2010.1080p.BluRay.x264-KEEL")
        assert radarr.records.files[1001]["size"] == SIZE
        assert not [path for method, path in radarr.seen if method == "DELETE"]


@pytest.mark.parametrize("trouble", ["not media", "gone", "another size"])
async def test_nothing_changes_before_the_new_file_is_proven(tmp_path: Path, trouble: str) -> None:
    sonarr = FakeArr("sonarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr}) as world:
        links = world.show("Dark", episodes=2, missing=1)
        sonarr.hold("Dark", world.series / "Dark", links)
        await world.scan()
        step, old = replaced(world, links[1]), os.readlink(links[1])
        new = Path(step.new_target)
        if trouble == "gone":
            new.unlink()
        elif trouble == "another size":
            write_video(new, SIZE + 1)
        else:
            new.write_bytes(b"\0" * SIZE)
        done = await world.apply(plan(step))
        assert done.steps[0][0] in ("failed", "skipped")
        assert os.readlink(links[1]) == old
        assert sonarr.commands == []


async def test_a_record_that_cannot_be_put_right_is_said_and_tried_again(tmp_path: Path) -> None:
    sonarr = FakeArr("sonarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr}) as world:
        links = world.show("Dark", episodes=2, missing=1)
        sonarr.hold("Dark", world.series / "Dark", links)
        await world.scan()
        sonarr.next_failure["put_file"] = BROKEN
        done = await world.apply(plan(replaced(world, links[1])))
        assert of_services(done)[-1][:2] == ("arr_correct", "failed")
        again = await world.retry(1)
        assert of_services(again)[-1][:2] == ("arr_correct", "done")
        assert fact(sonarr, 1002)[1] == "NEW"


async def cut_off_world(folder: Path, after: int) -> tuple[int, set[str], object]:
    """How many commits a replacement takes, what lies beside its link in the end, and what the record says then. It is
    cut off ``after`` so many commits, resumed and undone."""
    sonarr = FakeArr("sonarr")
    folder.mkdir()
    async with ArrWorld(folder, {"sonarr": sonarr}) as world:
        links = world.show("Dark", episodes=2, missing=1)
        sonarr.hold("Dark", world.series / "Dark", links)
        await world.scan()
        step = replaced(world, links[1])
        batch = await world.store(plan(step))
        with cut_off(after) as commits:
            await world.start(batch).wait()
        assert os.readlink(links[1]) in (step.target, step.new_target)
        await world.retry(batch)
        assert os.readlink(links[1]) == step.new_target
        beside = {path.name for path in links[1].parent.iterdir()}
        undone = await world.apply(world.undo_plan())
        assert (undone.outcomes, os.readlink(links[1])) == ({"done"}, step.target)
        return commits.count, beside, fact(sonarr, 1002)


@pytest.mark.slow
async def test_at_every_moment_the_link_has_the_old_text_or_the_new_one(tmp_path: Path) -> None:
    count, names, end = await cut_off_world(tmp_path / "whole", 0)
    for after in range(2, count + 1, 4):
        found = await cut_off_world(tmp_path / str(after), after)
        assert found[1:] == (names, end), f"cut off after {after} of {count}"
