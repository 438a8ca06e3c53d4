"""Sizes Sonarr has on record, in the full depth of a scan: another size makes a file suspect, and no more."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mediatui.commands.job_kinds import SCAN
from mediatui.library.scan.job import ScanOptions
from tests.fakes.arr import FakeArr
from tests.worlds.arr import ArrWorld
from tests.worlds.library import Run
from tests.worlds.samples import missing_program, shared_samples

pytestmark = pytest.mark.skipif(bool(missing_program()), reason=missing_program())


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video that plays by its head and tail."""
    return shared_samples(tmp_path_factory) / "moov-first.mp4"


def shelved(folder: Path, video: Path, sonarr: FakeArr) -> tuple[ArrWorld, list[Path]]:
    world = ArrWorld(folder, {"sonarr": sonarr}, small_file_bytes=1)
    (world.films / "Dark").mkdir()
    links = [world.films / "Dark" / f"{number}.mp4" for number in range(3)]
    for link in links:
        shutil.copyfile(video, world.view / link.name)
        link.symlink_to(world.view / link.name)
    return world, links


async def scan(world: ArrWorld) -> Run:
    world.events.clear()
    finished = await world.runner.start(SCAN, ScanOptions(depth="full")).wait()
    return Run(finished, list(world.events))


async def test_only_a_file_of_another_size_than_on_record_is_probed_and_only_once(tmp_path: Path, video: Path) -> None:
    sonarr = FakeArr("sonarr")
    world, links = shelved(tmp_path, video, sonarr)
    sonarr.hold("Dark", world.films / "Dark", links[:2])
    sonarr.records.files[1002]["size"] = video.stat().st_size + 1
    async with world:
        first = await scan(world)
        assert first.finished.counts["probed"] == 1
        assert set(world.states().values()) == {"ok"}
        assert sonarr.lists() == 1
        assert sonarr.bodies == []
        assert (await scan(world)).finished.counts["probed"] == 0


async def test_a_service_that_fails_is_a_warning(tmp_path: Path, video: Path) -> None:
    world, _ = shelved(tmp_path, video, FakeArr("sonarr", key="f" * 32))
    async with world:
        done = await scan(world)
        assert done.finished.outcome == "done"
        assert done.finished.counts["probed"] == 0
        assert "Sonarr does not accept the API key" in done.said()
