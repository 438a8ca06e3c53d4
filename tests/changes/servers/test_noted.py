"""What of a step media servers are told, and how what became of it reads."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mediatui.changes.notify import notified_services
from mediatui.changes.servers.note import changed_links
from mediatui.changes.steps.folders import MakeDir, RemoveEmptyDir
from mediatui.changes.steps.mend_link import MendLink
from mediatui.changes.steps.moves import MovePath
from mediatui.changes.steps.symlinks import RelinkSymlink, RestoreSymlink, UnlinkSymlink
from mediatui.changes.steps.torrents import AddTorrent
from mediatui.commands.server_reports import report_row, report_texts, unended_texts
from mediatui.model.plan import Plan, Step
from mediatui.store.servers.reports import note_change
from tests.worlds.servers import Servers


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Servers]:
    one = await Servers(tmp_path).open()
    yield one
    await one.close()


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (RestoreSymlink(what="a", path="{}/Films/a", target="/m/a"), [("Films/a", "placed")]),
        (RelinkSymlink(what="a", path="{}/Films/a", target="/m/a", new_target="/m/b"), [("Films/a", "swapped")]),
        (UnlinkSymlink(what="a", path="{}/Films/a", target="/m/a", state="broken"), [("Films/a", "removed")]),
        (MovePath(what="a", path="{}/Films/a", new_path="{}/Films/b", target="/m/a"),
         [("Films/a", "removed"), ("Films/b", "placed")]),
        (MovePath(what="a", path="{}/Films/a", new_path="{}/Films/b"),
         [("Films/a/.", "removed"), ("Films/b", "placed")]),
        (RemoveEmptyDir(what="a", path="{}/Films/a"), [("Films/a/.", "removed")]),
        (MendLink(what="a", path="{}/Films/a", target="/m/a", hash="0" * 40), [("Films/a", "swapped")]),
        (MakeDir(what="a", path="{}/Films/a", mode=0o755), []),
        (RestoreSymlink(what="a", path="/elsewhere/a", target="/m/a"), []),
        (AddTorrent(what="a", hash="0" * 40), []),
    ],
)  # fmt: skip
async def test_links_of_the_library_are_told_of(world: Servers, step: Step, told: list[tuple[str, str]]) -> None:
    root = str(world.folder)
    paths = {name: getattr(step, name).format(root) for name in ("path", "new_path") if hasattr(step, name)}
    for name, path in paths.items():
        object.__setattr__(step, name, path)
    assert changed_links(world.settings, step) == [(f"{root}/{path}".encode(), kind) for path, kind in told]


async def test_a_plan_says_which_servers_are_told_and_that_many_swaps_move_dates(world: Servers) -> None:
    root = str(world.folder)
    steps = [
        RelinkSymlink(what=str(one), path=f"{root}/Films/{one}", target="/m/a", new_target="/m/b") for one in range(21)
    ]
    assert notified_services(world.settings, Plan("repair-links", "Repair", tuple(steps[:1]))) == (
        "Jellyfin is told of it."
    )
    assert notified_services(world.settings, Plan("repair-links", "Repair", tuple(steps))).endswith(
        "In Jellyfin 21 items change their date and stand under recently added."
    )
    assert notified_services(world.settings, Plan("add", "Add", (AddTorrent(what="a", hash="0" * 40),))) == ""


async def test_what_waits_and_what_was_not_taken_is_told_with_its_reason(world: Servers) -> None:
    film = world.jellyfin.add_film("New (2020)")
    await world.db.write(note_change, ["jellyfin"], str(film).encode(), "placed", 7, world.now, world.now + 10.0)
    assert await world.db.read(unended_texts, world.now) == []
    ((report, text),) = await world.db.read(report_texts, 7, world.now)
    assert text == "New (2020).mkv: Jellyfin is told in 10s"
    assert report_row(report)["state"] == "waiting"
    world.down = True
    await world.run(11.0)
    (waits,) = await world.db.read(unended_texts, world.now)
    assert waits.startswith("1 report waits: Jellyfin cannot be reached at http://jellyfin.invalid")
    world.down = False
    await world.run(60.0)
    ((_, text),) = await world.db.read(report_texts, 7, world.now)
    assert text == "New (2020).mkv: reported to Jellyfin, read back in 2m00s"
    world.jellyfin._due.clear()
    await world.run(121.0)
    assert await world.db.read(unended_texts, world.now) == ["New (2020).mkv: Jellyfin has not taken it (Films)"]
    assert await world.db.read(unended_texts, world.now + 86_400.0) == []
