"""The full depth of a scan on real videos: what plays, what ffprobe is asked, and that nothing is asked twice."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mediatui.commands.job_kinds import SCAN
from mediatui.library.scan.job import ScanOptions
from tests.worlds.library import LibraryWorld, Run
from tests.worlds.samples import missing_program, shared_samples

pytestmark = pytest.mark.skipif(bool(missing_program()), reason=missing_program())

WANTED = {
    "good.mkv": "ok", "moov-first.mp4": "ok", "moov-last.mp4": "ok", "good.avi": "ok", "good.ts": "ok",
    "cut50-good.mkv": "truncated", "cut95-moov-first.mp4": "truncated", "half-zeros-good.mkv": "zeroed",
    "zeros.mkv": "zeroed", "random.mkv": "not media", "page.mkv": "not media", "rar.mkv": "not media",
    "subtitles.mkv": "not media", "sound.mkv": "no video",
}  # fmt: skip


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shared_samples(tmp_path_factory)


class Probes:
    """A program that is ffprobe and counts how often it is run."""

    def __init__(self, folder: Path) -> None:
        self.path, self._runs = folder / "ffprobe", folder / "runs"
        self.path.write_text(f'#!/bin/sh\necho >> "{self._runs}"\nexec {shutil.which("ffprobe")} "$@"\n')
        self.path.chmod(0o755)

    def count(self) -> int:
        """Runs since the last call."""
        runs = self._runs.read_text().count("\n") if self._runs.exists() else 0
        self._runs.unlink(missing_ok=True)
        return runs


def world_of(tmp_path: Path, samples: Path, **settings: object) -> LibraryWorld:
    world = LibraryWorld(tmp_path, small_file_bytes=1, **settings)
    for name in WANTED:
        shutil.copyfile(samples / name, world.view / name)
        (world.films / name).symlink_to(world.view / name)
    return world


async def scan(world: LibraryWorld, **options: object) -> Run:
    world.events.clear()
    finished = await world.runner.start(SCAN, ScanOptions(depth="full", **options)).wait()  # type: ignore[arg-type]
    return Run(finished, list(world.events))


def states(world: LibraryWorld) -> dict[str, str]:
    return {os.fsdecode(name): state for name, state in world.states().items()}


async def test_each_file_gets_its_verdict_and_a_second_scan_asks_nothing_again(tmp_path: Path, samples: Path) -> None:
    probes = Probes(tmp_path)
    async with world_of(tmp_path, samples, **{"scan.ffprobe": str(probes.path)}) as world:
        first = await scan(world)
        assert states(world) == WANTED
        ran = probes.count()
        assert 0 < ran == first.finished.counts["probed"] < len(WANTED)
        assert world.plan().steps == ()

        second = await scan(world)
        assert states(world) == WANTED
        assert probes.count() == second.finished.counts["probed"] == 0

        changed = world.view / "random.mkv"
        changed.write_bytes(changed.read_bytes() + b"more")
        await scan(world)
        assert probes.count() == 1


@pytest.mark.slow
async def test_probe_all_asks_ffprobe_about_every_file_that_seems_to_play_once(tmp_path: Path, samples: Path) -> None:
    probes = Probes(tmp_path)
    async with world_of(tmp_path, samples, **{"scan.ffprobe": str(probes.path)}) as world:
        await scan(world)
        asked = probes.count()
        done = await scan(world, probe="all")
        assert states(world) == WANTED
        good = [name for name, state in WANTED.items() if state == "ok"]
        assert probes.count() == done.finished.counts["probed"] <= len(good)
        facts = world.rows("SELECT facts FROM probes WHERE verdict = 'playable'")
        assert len(facts) == len(good)
        assert all('"duration_s": ' in text for (text,) in facts)
        await scan(world, probe="all")
        assert probes.count() == 0
        assert asked > 0


async def test_without_ffprobe_everything_else_is_judged_and_probing_all_is_refused(
    tmp_path: Path, samples: Path
) -> None:
    async with world_of(tmp_path, samples, **{"scan.ffprobe": str(tmp_path / "nothing")}) as world:
        done = await scan(world)
        assert "Install ffmpeg" in done.said()
        judged = {name: state for name, state in states(world).items() if state not in ("ok", "unknown")}
        assert judged.items() <= WANTED.items()
        assert {name for name, state in states(world).items() if state == "unknown"} == {"random.mkv", "sound.mkv"}
        assert "2 not judged: only ffprobe can judge it, and there is none." in done.finished.summary
        assert states(world)["cut50-good.mkv"] == "truncated"
        scans = world.rows("SELECT count(*) FROM scans")
        refused = await scan(world, probe="all")
        assert refused.finished.outcome == "failed"
        assert refused.finished.exit_code == 2
        assert "Install ffmpeg" in refused.finished.hint
        assert world.rows("SELECT count(*) FROM scans") == scans


def hangs(path: Path) -> None:
    path.write_text("#!/bin/sh\nexec sleep 600\n")


def is_killed(path: Path) -> None:
    path.write_text("#!/bin/sh\nkill -9 $$\n")


def talks_rubbish(path: Path) -> None:
    path.write_text("#!/bin/sh\necho '<html>'\n")


@pytest.mark.parametrize("broken", [hangs, is_killed, talks_rubbish])
async def test_a_file_without_a_verdict_of_ffprobe_is_unknown_and_is_probed_again(
    tmp_path: Path, samples: Path, broken: Callable[[Path], None]
) -> None:
    program = tmp_path / "ffprobe"
    broken(program)
    program.chmod(0o755)
    settings = {"scan.ffprobe": str(program), "scan.probe_timeout_s": 1}
    async with LibraryWorld(tmp_path, **settings) as world:
        shutil.copyfile(samples / "random.mkv", world.view / "random.mkv")
        (world.films / "random.mkv").symlink_to(world.view / "random.mkv")
        done = await scan(world)
        assert states(world) == {"random.mkv": "unknown"}
        assert done.finished.counts["not_judged"] == 1
        assert "1 not judged: ffprobe " in done.finished.summary
        assert done.finished.counts["probed"] == 1
        assert world.rows("SELECT * FROM probes") == []
        program.unlink()
        program.symlink_to(str(shutil.which("ffprobe")))
        await scan(world)
        assert states(world) == {"random.mkv": "not media"}


async def test_a_file_of_another_size_than_its_torrent_says_is_truncated_without_asking_further(
    tmp_path: Path, samples: Path
) -> None:
    probes = Probes(tmp_path)
    async with LibraryWorld(tmp_path, **{"scan.ffprobe": str(probes.path)}) as world:
        (world.view / "Film").mkdir()
        shutil.copyfile(samples / "good.mkv", world.view / "Film" / "good.mkv")
        (world.films / "good.mkv").symlink_to(world.view / "Film" / "good.mkv")
        world.torrent("A", "Film", [("good.mkv", (samples / "good.mkv").stat().st_size + 1)])
        await scan(world)
        assert states(world) == {"good.mkv": "truncated"}
        assert probes.count() == 0


@pytest.mark.slow
async def test_a_basic_look_does_not_take_back_what_a_full_one_found(tmp_path: Path, samples: Path) -> None:
    async with world_of(tmp_path, samples) as world:
        await scan(world)
        basic = await world.scan()
        assert states(world) == WANTED
        assert basic.finished.counts["states"]["truncated"] == 2  # type: ignore[index]

        shutil.copyfile(samples / "good.mkv", world.view / "cut50-good.mkv")
        other = world.films / "zeros.mkv"
        other.unlink()
        other.symlink_to(world.view / "good.avi")
        await world.scan()
        found = states(world)
        assert (found["cut50-good.mkv"], found["zeros.mkv"]) == ("ok", "ok")
        assert found["cut95-moov-first.mp4"] == "truncated"
