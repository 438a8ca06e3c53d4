"""What Jellyfin is told of changes in the library: few folders, no file, nothing while a mount is away; and what it is
then seen to have."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mediatui.changes.reporting.send import ReportOptions, report_to_servers
from mediatui.changes.servers.note import note_links
from mediatui.runtime.events import FoundRow
from mediatui.store.servers.reports import ReportKind, is_report_due
from tests.worlds.servers import Servers

FILMS = "/media/Films"
LOOKED = 121.0
"""Seconds: its own delay and a minute more."""


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Servers]:
    one = await Servers(tmp_path).open()
    one.jellyfin.add_film("Old Oak (2010)", mtime=1_000_000_000)
    for number in (1, 2, 3):
        one.jellyfin.add_episode("Dust Ferry (2019)", number, 1)
    one.jellyfin.scan()
    yield one
    await one.close()


def swap(link: Path, name: str, mtime: float) -> Path:
    """Points a link to another file of the mount."""
    target = Path(os.readlink(link)).with_name(name)
    target.write_bytes(b"y")
    os.utime(target, (mtime, mtime))
    link.unlink()
    link.symlink_to(target)
    return link


async def test_few_folders_are_reported_and_each_is_read_back(world: Servers) -> None:
    """A-56: five new films, three episodes of known seasons, one film swapped."""
    new = [world.jellyfin.add_film(f"New {number} (2020)") for number in range(5)]
    episodes = [world.jellyfin.add_episode("Dust Ferry (2019)", number, 2) for number in (1, 2, 3)]
    swapped = swap(world.folder / "Films/Old Oak (2010)/Old Oak (2010).mkv", "better.mkv", 1_500_000_000)
    await world.changed("placed", *new, *episodes)
    await world.changed("swapped", swapped)
    assert await world.reported(5.0) == []
    assert sorted(await world.reported(6.0)) == [FILMS, f"{FILMS}/Old Oak (2010)", "/media/Shows/Dust Ferry (2019)"]
    late = world.jellyfin.add_film("Late (2021)")
    await world.changed("placed", late)
    assert await world.reported(30.0) == []
    assert (await world.states())["Late (2021).mkv"] == (
        "waiting", "Jellyfin is made to look at all of /media/Films every five minutes at most",
    )  # fmt: skip
    Path(os.readlink(late)).rename(world.mount / "not yet")
    assert await world.reported(LOOKED - 30.0) == []
    (world.mount / "not yet").rename(os.readlink(late))
    states = await world.states()
    assert {state for name, (state, _) in states.items() if name != "Late (2021).mkv"} == {"proven"}
    assert await world.reported(200.0) == [f"{FILMS}/Late (2021)"]
    assert len(world.jellyfin.reported) == len(set(world.jellyfin.reported)) == 4
    assert not any(path.endswith(".mkv") for path in world.jellyfin.reported)


async def test_nothing_is_reported_while_any_mount_is_away_and_it_is_kept(world: Servers) -> None:
    """A-28, A-57: the mount is empty before the ten seconds are over."""
    films = [world.jellyfin.add_film(f"New {number} (2020)") for number in range(3)]
    await world.changed("placed", *films)
    away = world.mount.with_name("away")
    world.mount.rename(away)
    world.mount.mkdir()
    calls = len(world.jellyfin.calls)
    assert await world.said(11.0) == [f"3 reports to media servers wait: {world.mount} is empty."]
    assert len(world.jellyfin.calls) == calls
    world.mount.rmdir()
    away.rename(world.mount)
    await world.close()
    await world.open()
    assert await world.reported(1.0) == []
    assert await world.reported(60.0) == [FILMS]


async def test_a_link_whose_target_cannot_be_read_yet_waits(world: Servers) -> None:
    film = world.jellyfin.add_film("New (2020)")
    target = Path(os.readlink(film))
    target.rename(target.with_name("elsewhere"))
    await world.changed("placed", film)
    assert await world.reported(11.0) == []
    assert (await world.states())["New (2020).mkv"] == (
        "waiting", "New (2020).mkv cannot be read (No such file or directory)",
    )  # fmt: skip
    target.with_name("elsewhere").rename(target)
    assert await world.reported(16.0) == [f"{FILMS}/New (2020)"]


async def test_a_swap_to_a_file_of_the_same_time_is_read_anew_and_not_reported(world: Servers) -> None:
    """A-57: both targets dated alike."""
    link = swap(world.folder / "Films/Old Oak (2010)/Old Oak (2010).mkv", "other.mkv", 1_000_000_000)
    await world.changed("swapped", link)
    assert await world.reported(11.0) == []
    assert world.asked("/Items/{id}/Refresh") == 1
    await world.run(LOOKED)
    assert await world.states() == {"Old Oak (2010).mkv": ("proven", "")}


async def test_a_film_that_was_not_read_is_read_anew_once_and_then_said(world: Servers) -> None:
    film = world.jellyfin.add_film("Dark (2020)")
    await world.changed("placed", film)
    assert await world.reported(11.0) == [f"{FILMS}/Dark (2020)"]
    world.jellyfin.looker.look(world.jellyfin.libraries[0], reads=False)
    assert await world.said(LOOKED) == []
    assert world.asked("/Items/{id}/Refresh") == 1
    item = world.jellyfin.item_at("/media/Films/Dark (2020)/Dark (2020).mkv")
    assert item is not None
    item.is_read = False
    assert await world.said(61.0) == ["Dark (2020).mkv: Jellyfin has it, but could not open its file."]
    assert world.asked("/Items/{id}/Refresh") == 1


async def test_what_jellyfin_has_not_taken_is_said_and_holds_nothing(world: Servers) -> None:
    film = world.jellyfin.add_film("New (2020)")
    await world.changed("placed", film)
    await world.run(11.0)
    world.jellyfin._due.clear()
    assert await world.said(LOOKED) == ["New (2020).mkv: Jellyfin has not taken it (Films)."]
    assert await world.said(600.0) == []


async def test_of_removals_only_those_are_told_that_lstat_confirms(world: Servers) -> None:
    """A-57: the link and its folder are gone, then the folder is reported; one that is back is not told of."""
    folder, kept = world.folder / "Films/Old Oak (2010)", world.jellyfin.add_film("Kept (2001)")
    world.jellyfin.scan()
    shutil.rmtree(folder)
    await world.changed("removed", folder / "Old Oak (2010).mkv", f"{folder}/.", kept)
    assert await world.reported(11.0) == [f"{FILMS}/Old Oak (2010)"]
    assert set(await world.states()) == {"Old Oak (2010).mkv", "."}
    await world.run(LOOKED)
    assert {state for state, _ in (await world.states()).values()} == {"proven"}
    assert world.jellyfin.item_at(f"{FILMS}/Old Oak (2010)/Old Oak (2010).mkv") is None


async def test_what_no_library_shows_is_said(world: Servers) -> None:
    world.jellyfin.libraries[0].locations = ["/media/Elsewhere"]
    film = world.jellyfin.add_film("New (2020)")
    await world.changed("placed", film)
    assert await world.said(11.0) == [f"No library of Jellyfin shows {film.parent}."]


async def test_what_lies_in_a_library_that_is_left_alone_is_not_reported(tmp_path: Path) -> None:
    world = await Servers(tmp_path, **{"jellyfin.ignore": ["films"]}).open()
    await world.changed("placed", world.jellyfin.add_film("New (2020)"), world.jellyfin.add_episode("Kin (2021)", 1, 1))
    assert await world.reported(11.0) == ["/media/Shows/Kin (2021)/Season 01"]
    assert set(await world.states()) == {"Kin (2021) - S01E01.mkv"}
    await world.close()


async def test_a_server_that_does_not_answer_is_a_warning_and_is_tried_less_and_less(world: Servers) -> None:
    await world.changed("placed", world.jellyfin.add_film("New (2020)"))
    world.down = True
    said = await world.said(11.0)
    assert said[0].startswith("1 report to media servers waits: Jellyfin cannot be reached")
    assert await world.said(10.0) == []
    assert len(await world.said(6.0)) == 1
    assert await world.said(20.0) == []
    world.down = False
    assert await world.reported(11.0) == [f"{FILMS}/New (2020)"]


async def test_a_new_version_of_a_film_is_there_as_one_of_its_sources(world: Servers) -> None:
    folder = world.folder / "Films/Vine Hill (1998)"
    for tag in ("1080p", "2160p"):
        link = world.jellyfin.add_film("Vine Hill (1998)", f"Vine Hill (1998) - {tag}")
        await world.changed("placed", link)
    assert await world.reported(11.0) == [f"{FILMS}/Vine Hill (1998)"]
    await world.run(LOOKED)
    assert {state for state, _ in (await world.states()).values()} == {"proven"}
    assert folder.is_dir()


async def test_nothing_due_makes_no_request(world: Servers) -> None:
    calls = len(world.jellyfin.calls)
    await world.run()
    await world.changed("placed", world.jellyfin.add_film("New (2020)"))
    await world.run(5.0)
    assert len(world.jellyfin.calls) == calls


async def test_of_a_name_that_is_not_utf_8_the_folder_above_is_reported(world: Servers) -> None:
    world.jellyfin.add_film("Old Oak (2010)", os.fsdecode(b"Old Oak (2010) - caf\xe9"))
    path = os.fsencode(world.folder) + b"/Films/Old Oak (2010)/Old Oak (2010) - caf\xe9.mkv"
    await world.changed("placed", os.fsdecode(path))
    assert await world.reported(11.0) == [f"{FILMS}/Old Oak (2010)"]
    assert [why for _, why in (await world.states()).values()] == [
        "reported, but Jellyfin cannot be asked about a name that is not UTF-8"
    ]


async def test_a_run_that_is_asked_for_tries_what_was_kept_at_once_and_leaves_the_five_minutes(world: Servers) -> None:
    first, second = world.jellyfin.add_film("New (2020)"), world.jellyfin.add_film("Dark (2020)")
    await world.changed("placed", first)
    world.down = True
    await world.run(11.0)
    world.down = False
    assert await world.reported(1.0) == []
    assert [one.row["folder"] async for one in report_to_servers(world.ctx, ReportOptions(kept=True))
            if isinstance(one, FoundRow)] == [f"{FILMS}/New (2020)"]  # fmt: skip
    await world.changed("placed", second)
    await world.run(11.0)
    assert not await world.db.read(is_report_due, world.now, kept=True)


async def test_what_only_got_another_path_is_not_read_before_it_is_reported(world: Servers) -> None:
    film = world.jellyfin.add_film("New (2020)", size=0)
    links: list[tuple[bytes, ReportKind]] = [(os.fsencode(film), "placed")]
    await world.db.write(note_links, ["jellyfin"], links, world.now, is_moved=True)
    assert await world.reported(11.0) == [f"{FILMS}/New (2020)"]


async def test_a_folder_of_real_files_that_was_never_filled_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "storage").mkdir()
    world = await Servers(tmp_path, **{"library.storage": [str(tmp_path / "storage")]}).open()
    await world.changed("placed", world.jellyfin.add_film("New (2020)"))
    assert await world.reported(11.0) == [f"{FILMS}/New (2020)"]
    await world.close()
