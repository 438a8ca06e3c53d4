"""The steps on links in staging: to files alone, absolute, where nothing is; what was moved on is skipped."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mediatui.changes.steps.staging import PlaceLink
from mediatui.model.plan import Plan
from mediatui.model.transfer import Event, State
from mediatui.store.transfers.change import change
from tests.worlds.account import MakeWorld
from tests.worlds.staging import SIZE, Staging, film
from tests.worlds.transfers import hash_of, synced

FERN = film(hash_of(1))


async def fetching(account_of: MakeWorld, folder: Path) -> tuple[Staging, Path]:
    """A transfer that is being fetched, and the file the mount shows of it."""
    at = Staging(await synced(account_of, [FERN]), folder)
    await at.grab(FERN)
    await at.world.db.write(change, 1, Event.FETCH, "job", State.READY, State.FETCHING, now=1.0)
    return at, at.show(FERN)[0]


def step(at: Staging, target: Path | str, *, path: str = "1-Fern/Fern.mkv", size: int = SIZE) -> PlaceLink:
    return PlaceLink(
        what="Fern", transfer=1, file=f"/{FERN.filename}.mkv", path=str(at.folder / path), target=str(target), size=size
    )


async def place(at: Staging, *steps: PlaceLink) -> list[tuple[str, str]]:
    return (await at.world.apply(Plan("transfers fetch", "Links", steps))).steps


async def test_a_link_to_a_file_is_placed_once(account_of: MakeWorld, tmp_path: Path) -> None:
    at, file = await fetching(account_of, tmp_path)
    assert await place(at, step(at, file)) == [("done", "")]
    assert await place(at, step(at, file)) == [("skipped", "it is there already")]
    assert at.links() == {"1-Fern": "", "1-Fern/Fern.mkv": str(file)}


async def test_never_to_a_folder_nor_to_a_file_of_another_size(account_of: MakeWorld, tmp_path: Path) -> None:
    at, file = await fetching(account_of, tmp_path)
    of_another_size = "what it was to lead to is of another size now"
    assert await place(at, step(at, file.parent, size=file.parent.stat().st_size)) == [("skipped", of_another_size)]
    assert await place(at, step(at, file, size=SIZE + 1)) == [("skipped", of_another_size)]
    assert at.links() == {}


@pytest.mark.parametrize("path", ["../library/Fern.mkv", "1-Fern/../../Fern.mkv", "/outside/Fern.mkv"])
async def test_never_outside_of_staging(account_of: MakeWorld, tmp_path: Path, path: str) -> None:
    at, file = await fetching(account_of, tmp_path)
    (tmp_path / "library").mkdir()
    (outcome, _) = (await place(at, step(at, file, path=path)))[0]
    assert outcome in ("skipped", "failed")
    assert at.links() == {}
    assert list((tmp_path / "library").iterdir()) == []


async def test_what_lies_there_is_kept_and_a_transfer_that_moved_on_gets_nothing(
    account_of: MakeWorld, tmp_path: Path
) -> None:
    at, file = await fetching(account_of, tmp_path)
    there = at.folder / "1-Fern" / "Fern.mkv"
    there.parent.mkdir()
    there.symlink_to("/elsewhere")
    assert await place(at, step(at, file)) == [("skipped", "something else is at its path now")]
    assert os.readlink(there) == "/elsewhere"
    await at.world.db.write(change, 1, Event.FORGET, "user", State.FETCHING, State.FORGOTTEN, now=2.0)
    assert await place(at, step(at, file, path="1-Fern/Other.mkv")) == [("skipped", "transfer 1 is forgotten")]


async def test_a_mount_that_is_away_ends_the_batch_before_a_link(account_of: MakeWorld, tmp_path: Path) -> None:
    at, file = await fetching(account_of, tmp_path)
    at.mount.rename(tmp_path / "elsewhere")
    at.mount.mkdir()
    run = await at.world.apply(Plan("transfers fetch", "Links", (step(at, file),)))
    assert run.finished.exit_code == 4
    assert at.links() == {}
