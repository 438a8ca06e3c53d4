"""A category folder (the first level of a root) that is a disk of its own, and is away while somebody looks."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

import pytest

from mediatui.archive.targets import read_targets
from mediatui.changes.steps.folders import RemoveEmptyDir
from mediatui.commands.job_kinds import SCAN
from mediatui.library.scan.job import ScanOptions
from mediatui.model.errors import GuardTripped
from mediatui.model.plan import Plan
from mediatui.settings.places import configured_roots
from mediatui.store.database import open_reader
from tests.worlds.library import LibraryWorld, Run, run
from tests.worlds.maintenance import MaintenanceWorld


def unplug(world: LibraryWorld) -> None:
    """What is left of the disk of films: an empty folder."""
    os.rename(world.films, world.folder / "unplugged")
    world.films.mkdir()


def plug_in(world: LibraryWorld) -> None:
    world.films.rmdir()
    os.rename(world.folder / "unplugged", world.films)


def chosen(world: LibraryWorld, query: str) -> set[str]:
    """The torrents a deletion by this query would choose."""
    with contextlib.closing(open_reader(world.database)) as connection:
        chosen = read_targets(connection, [query], lambda: configured_roots(world.settings))
    return {torrent.id for torrent in chosen.torrents}


async def filled(world: LibraryWorld) -> None:
    """Two torrents with links in Films, one with a link in Shows, one without any."""
    (world.root / "Shows").mkdir(exist_ok=True)
    for number, name in enumerate(("Heat", "Alien", "Kestrel", "Unlinked")):
        world.torrent(f"T{number}", name, [(f"{name}.0.mkv", 2048)])
    world.film("Heat")
    world.film("Alien")
    for name in ("Kestrel", "Unlinked"):
        (world.view / name).mkdir()
        (world.view / name / f"{name}.0.mkv").write_bytes(b"v" * 2048)
    (world.root / "Shows" / "Kestrel.mkv").symlink_to(world.view / "Kestrel" / "Kestrel.0.mkv")


@pytest.mark.parametrize("roots", [(), ("Films",)], ids=["all", "alone"])
async def test_links_of_an_emptied_category_are_kept_and_reported(tmp_path: Path, roots: tuple[str, ...]) -> None:
    """The root "is empty; it held N links"."""

    async with LibraryWorld(tmp_path) as world:
        await filled(world)
        await world.scan()
        known = world.states()
        unplug(world)
        seen = await world.scan(*roots)
        assert f"{world.films} is empty; it held 2 links" in seen.said()
        assert world.states() == known

        plug_in(world)
        again = await world.scan()
        assert "held" not in again.said()
        assert world.states() == known


async def test_what_the_links_of_an_emptied_category_led_to_is_neither_linked_nor_unlinked(tmp_path: Path) -> None:
    """``delete linked:no`` chooses none of those, and no negation does."""

    async with LibraryWorld(tmp_path) as world:
        await filled(world)
        with pytest.raises(GuardTripped, match="no scan has read"):
            chosen(world, "linked:no")
        await world.scan()
        assert chosen(world, "linked:yes") == {"T0", "T1", "T2"}
        assert chosen(world, "linked:no") == {"T3"}
        unplug(world)
        await world.scan()
        for no in ("linked:no", "is:unlinked", "-linked:yes"):
            assert chosen(world, no) == {"T3"}
        for yes in ("linked:yes", "-linked:no", "NOT is:unlinked"):
            assert chosen(world, yes) == {"T2"}
        plug_in(world)
        await world.scan()
        assert chosen(world, "linked:yes") == {"T0", "T1", "T2"}


async def test_somebody_who_has_looked_can_say_that_it_is_as_it_should_be(tmp_path: Path) -> None:
    """--accept-mounts is the way out, as for roots."""

    async with LibraryWorld(tmp_path) as world:
        await filled(world)
        await world.scan()
        unplug(world)
        await world.runner.start(SCAN, ScanOptions(accept_mounts=True)).wait()
        assert set(world.states()) == {b"Kestrel.mkv"}
        assert chosen(world, "linked:no") == {"T0", "T1", "T3"}


async def test_the_tools_take_an_emptied_category_for_unread(tmp_path: Path) -> None:
    """No tool says a film is gone, or removes what is left of the disk."""

    async with MaintenanceWorld(tmp_path) as world:
        world.movie("Heat")
        world.episode("Kestrel", 1, 1)
        await world.scan()
        unplug(world)
        ran = await world.run("cleanup")
        assert f"{world.films} could not be read ({os.strerror(errno.ENODATA)})" in ran.said()
        assert not [one for one in world.findings("cleanup") if one.path == os.fsencode(world.films)]


def test_what_is_left_of_a_disk_is_not_removed_as_an_empty_folder(tmp_path: Path) -> None:
    """Whoever planned that looked while it was there."""

    async def go() -> Run:
        async with LibraryWorld(tmp_path) as world:
            await filled(world)
            await world.scan()
            unplug(world)
            path = str(world.films)
            done = await world.apply(Plan("cleanup", "Clean", (RemoveEmptyDir(what=path, path=path),)))
            assert world.films.exists()
            return done

    done: Run = run(go())
    assert done.finished.exit_code == 4
    assert "it held 2 links" in done.finished.summary
