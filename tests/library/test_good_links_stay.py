"""No good link is removed or pointed elsewhere, however a library lies on the disk and whatever moved meanwhile."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest

from mediatui.library.links.relink import plan_relink
from mediatui.model.candidate import Candidate
from mediatui.runtime.events import Event, FoundRow
from mediatui.runtime.jobs import Job
from mediatui.store.database import open_reader
from mediatui.store.library.links import LibraryLink, iterate_links
from tests.worlds.library import LibraryWorld, run


def seen(world: LibraryWorld, name: bytes) -> LibraryLink:
    """What the archive holds of the link of this name."""
    with contextlib.closing(open_reader(world.database)) as connection:
        return next(link for link in iterate_links(connection) if os.path.basename(link.path) == name)


@pytest.mark.parametrize("behind_a_link", ["folder of everything", "mount"])
async def test_a_library_or_mount_reached_through_a_symlink_is_judged_and_mended_like_any_other(
    tmp_path: Path, behind_a_link: str
) -> None:
    if behind_a_link == "mount":
        folder = tmp_path
        (tmp_path / "real").mkdir()
        os.symlink("real", tmp_path / "mount")
    else:
        folder = tmp_path / "home"
        (tmp_path / "var" / "home").mkdir(parents=True)
        os.symlink("var/home", folder)

    async with LibraryWorld(folder) as world:
        world.film("Alpha", files=3, missing=1)
        await world.scan()
        assert world.states() == {b"Alpha.0.mkv": "ok", b"Alpha.1.mkv": "ok", b"Alpha.2.mkv": "broken"}
        assert (await world.apply(world.plan())).outcomes == {"done"}
        assert {os.path.basename(path) for path in world.links()} == {b"Alpha.0.mkv", b"Alpha.1.mkv"}


async def test_small_subtitles_and_notes_are_well_and_small_videos_are_not(tmp_path: Path) -> None:
    async with LibraryWorld(tmp_path) as world:
        world.film("Alpha", files=1)
        for name, content in (
            ("forced.srt", b"1\n"),
            ("movie.nfo", b"<movie/>"),
            ("cut.MKV", b"v"),
            ("no.srt", b""),
        ):
            (world.view / name).write_bytes(content)
            os.symlink(world.view / name, world.films / name)
        await world.scan()
        assert world.states() == {
            b"Alpha.0.mkv": "ok", b"forced.srt": "ok", b"movie.nfo": "ok", b"cut.MKV": "small", b"no.srt": "small",
        }  # fmt: skip
        done = await world.apply(world.plan())
        assert done.outcomes == {"done"}
        assert len(done.steps) == 2
        assert {os.path.basename(path) for path in world.links()} == {b"Alpha.0.mkv", b"forced.srt", b"movie.nfo"}


@pytest.mark.parametrize("relative", [False, True])
async def test_a_mount_that_lists_but_lost_all_that_was_good_there_judges_nothing(
    tmp_path: Path, relative: bool
) -> None:
    """They are few among all links of the root, and no good link is left on that mount to look at: no number that is
    typed makes them dead."""
    nas = tmp_path / "nas" / "media"
    nas.mkdir(parents=True)
    mounts = [{"path": str(tmp_path / "mount")}, {"path": str(tmp_path / "nas")}]

    async with LibraryWorld(tmp_path, mounts=mounts) as world:
        world.film("Alpha", files=200)
        for number in range(10):
            name = f"n{number}.mkv"
            (nas / name).write_bytes(b"v" * 2048)
            os.symlink(f"../../nas/media/{name}" if relative else nas / name, world.films / name)
        await world.scan()
        before = world.links()
        for file in nas.iterdir():
            file.unlink()
        scan = await world.scan()
        assert "10 of 10 files that were there are not" in scan.said()
        assert scan.finished.counts["states"] == {"ok": 200, "unknown": 10}
        assert world.plan().steps == ()
        assert world.links() == before


async def test_a_root_that_is_empty_now_is_not_known_to_have_lost_its_links(tmp_path: Path) -> None:
    async with LibraryWorld(tmp_path) as world:
        world.torrent("T", "Alpha", [("Alpha.0.mkv", 2048)])
        world.film("Alpha", files=3, missing=1)
        await world.scan()
        os.rename(world.root, tmp_path / "away")
        world.root.mkdir()
        empty = await world.scan()
        assert "held 3 links" in empty.said()
        assert world.states() == {b"Alpha.0.mkv": "ok", b"Alpha.1.mkv": "ok", b"Alpha.2.mkv": "unknown"}
        assert world.rows("SELECT count(*) FROM library_links WHERE torrent_id = 'T'") == [(3,)]
        world.root.rmdir()
        os.rename(tmp_path / "away", world.root)
        await world.scan()
        assert world.states()[b"Alpha.2.mkv"] == "broken"


async def test_a_link_that_came_back_is_not_pointed_elsewhere(tmp_path: Path) -> None:
    async with LibraryWorld(tmp_path) as world:
        world.film("Alpha", files=2, missing=1)
        await world.scan()
        link = seen(world, b"Alpha.1.mkv")
        other = world.view / "Alpha" / "Alpha.0.mkv"
        plan = plan_relink([(link, Candidate(os.fsencode(other), 80, "same name", size=2048))])
        Path(os.fsdecode(link.target)).write_bytes(b"v" * 2048)
        before = world.links()
        assert (await world.apply(plan)).steps == [("skipped", "its target is ok now")]
        assert world.links() == before


async def test_a_dead_link_is_not_pointed_at_a_file_that_is_gone_meanwhile(tmp_path: Path) -> None:
    async with LibraryWorld(tmp_path) as world:
        world.film("Alpha", files=2, missing=1)
        await world.scan()
        link = seen(world, b"Alpha.1.mkv")
        other = world.view / "Alpha" / "Alpha.0.mkv"
        plan = plan_relink([(link, Candidate(os.fsencode(other), 80, "same name", size=2048))])
        other.unlink()
        before = world.links()
        assert (await world.apply(plan)).outcomes == {"skipped"}
        assert world.links() == before


def test_a_view_that_goes_away_below_a_mount_that_lists_ends_a_removal_at_once(tmp_path: Path) -> None:
    async def main() -> None:
        async with LibraryWorld(tmp_path) as world:
            world.film("Good", files=30)
            world.dead(*(f"dead {number}" for number in range(20)))
            await world.scan()
            done = 0

            def unmount_the_view(job: Job, event: Event) -> None:
                nonlocal done
                if isinstance(event, FoundRow) and event.type == "step":
                    done += 1
                    if done == 5:
                        os.rename(world.view, tmp_path / "away")
                        world.view.mkdir()

            world.runner.observe(unmount_the_view)
            ended = await world.apply(world.plan())
            assert ended.finished.exit_code == 4
            assert "the view /all held 2 folders, holds 0" in ended.finished.summary
            assert len(ended.steps) == 5
            assert len(world.links()) == 30 + 20 - 5
            assert (await world.undo()).outcomes == {"done"}
            assert len(world.links()) == 30 + 20

    run(main())


async def test_what_the_account_turns_out_to_have_in_the_middle_of_a_removal_stays_and_ends_with_4(
    tmp_path: Path,
) -> None:
    async with LibraryWorld(tmp_path) as world:
        world.film("Good", files=30)
        world.dead(*(f"dead {number}" for number in range(3)))
        await world.scan()

        def add(job: Job, event: Event) -> None:
            if isinstance(event, FoundRow) and event.type == "step" and not world.rows("SELECT id FROM torrents"):
                world.torrent("T1", "gone")

        world.runner.observe(add)
        ended = await world.apply(world.plan())
        assert [outcome for outcome, _ in ended.steps] == ["done", "skipped", "skipped"]
        assert "not on mount" in ended.steps[1][1]
        assert ended.finished.exit_code == 4
        assert len(world.links()) == 32
