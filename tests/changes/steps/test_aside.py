"""A real file that is renamed over a link between the last look and the act: neither removed nor replaced, ever."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mediatui.changes.steps import aside
from mediatui.changes.steps.moves import MovePath
from mediatui.changes.steps.symlinks import RelinkSymlink, UnlinkSymlink
from mediatui.model.plan import Plan, Step
from mediatui.store.changes.journal import open_line
from mediatui.system import rename as renaming
from tests.worlds.library import LibraryWorld

MINE = b"somebody's own file"
PRIVATE = ".mediatui-1-1"
Make = Callable[[LibraryWorld, bytes], Step]


def unlink(world: LibraryWorld, path: bytes) -> Step:
    name = os.fsdecode(path)
    return UnlinkSymlink(what=name, path=name, target=os.fsdecode(os.readlink(path)), state="broken")


def relink(world: LibraryWorld, path: bytes) -> Step:
    name = os.fsdecode(path)
    return RelinkSymlink(what=name, path=name, target=os.fsdecode(os.readlink(path)), new_target="new")


def move(world: LibraryWorld, path: bytes) -> Step:
    name = os.fsdecode(path)
    new = str(world.films / "Outdated" / "gone.mkv")
    return MovePath(what=name, path=name, new_path=new, target=os.fsdecode(os.readlink(path)))


STEPS: list[Make] = [unlink, relink, move]


@pytest.fixture(params=[True, False], ids=["renameat2", "no renameat2"])
def system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With and without the call that exchanges names: NFS and many of FUSE do not have it."""
    if not request.param:
        monkeypatch.setattr(renaming, "_renameat2", lambda *args: False)


def place_file(path: bytes) -> None:
    """Another program puts a file in the place of whatever is there."""
    beside = path + b".part"
    Path(os.fsdecode(beside)).write_bytes(MINE)
    os.rename(beside, path)


@pytest.fixture
def racing(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """A file comes over each of these paths right before what has their names is renamed."""
    paths: list[bytes] = []

    def first(function: Callable[..., object]) -> Callable[..., object]:
        def race(*args: object) -> object:
            while paths:
                place_file(paths.pop())
            return function(*args)

        return race

    for name in ("rename_aside", "exchange"):
        monkeypatch.setattr(aside, name, first(getattr(aside, name)))
    yield paths
    assert not paths, "nothing was renamed"


@pytest.mark.usefixtures("system")
@pytest.mark.parametrize("make", STEPS)
async def test_a_file_that_comes_between_the_last_look_and_the_act_stays(
    tmp_path: Path, make: Make, racing: list[bytes]
) -> None:
    """The step is skipped, and the file is where it was put."""

    async with LibraryWorld(tmp_path) as world:
        (path,) = world.dead("gone.mkv")
        racing.append(path)
        done = await world.apply(Plan("scan", "Change", (make(world, path),)))
        assert done.steps == [("skipped", "it is not a symlink any more")]
        assert Path(os.fsdecode(path)).read_bytes() == MINE
        assert os.listdir(world.films) == ["gone.mkv"]
        assert [line.outcome for line in world.journal()] == ["nothing"]


@pytest.mark.usefixtures("system")
@pytest.mark.parametrize("make", STEPS)
async def test_what_is_expected_is_changed_and_leaves_nothing_beside_it(tmp_path: Path, make: Make) -> None:
    async with LibraryWorld(tmp_path) as world:
        (path,) = world.dead("gone.mkv")
        before = world.links()
        assert (await world.apply(Plan("scan", "Change", (make(world, path),)))).steps == [("done", "")]
        assert not list(world.films.rglob(".mediatui*"))
        assert (await world.undo()).outcomes == {"done"}
        assert world.links() == before
        assert not list(world.films.rglob(".mediatui*"))


def link_taken_away(world: LibraryWorld, path: bytes) -> None:
    os.rename(path, world.films / PRIVATE)


def file_taken_away(world: LibraryWorld, path: bytes) -> None:
    place_file(path)
    os.rename(path, world.films / PRIVATE)


def new_link_made(world: LibraryWorld, path: bytes) -> None:
    os.symlink("new", world.films / PRIVATE)


def links_exchanged(world: LibraryWorld, path: bytes) -> None:
    os.rename(path, world.films / PRIVATE)
    os.symlink("new", path)


def file_exchanged(world: LibraryWorld, path: bytes) -> None:
    file_taken_away(world, path)
    os.symlink("new", path)


KILLED = [
    *((make, state) for make in STEPS for state in (link_taken_away, file_taken_away)),
    *((relink, state) for state in (new_link_made, links_exchanged, file_exchanged)),
]


@pytest.mark.parametrize("undone", [False, True], ids=["resume", "undo"])
@pytest.mark.parametrize(("make", "state"), KILLED)
async def test_a_run_killed_between_two_renames_is_settled_and_no_file_is_lost(
    tmp_path: Path, make: Make, state: Callable[[LibraryWorld, bytes], None], undone: bool
) -> None:
    """The line is open, and something is under the private name of its step."""

    async with LibraryWorld(tmp_path) as world:
        (path,) = world.dead("gone.mkv")
        before = world.links()
        step = make(world, path)
        record = {name: getattr(step, name) for name in ("path", "target", "new_target", "new_path", "state")
                  if hasattr(step, name)}  # fmt: skip
        kinds = {unlink: "unlink symlink", relink: "relink symlink", move: "move path"}
        batch = await world.store(Plan("scan", "Change", (step,)))
        async with world.db.transaction() as connection:
            await open_line(connection, batch, 1, kinds[make], step.what, {**record, "made": []}, 1.0)
        state(world, path)
        if undone:
            ended = (await world.undo(batch)).finished
        else:
            ended = await world.start(batch).wait()
        assert not list(world.films.rglob(".mediatui*"))
        if "file" in state.__name__:
            assert Path(os.fsdecode(path)).read_bytes() == MINE
        elif undone:
            assert ended.exit_code == 0, ended
            assert world.links() == before
        else:
            assert ended.exit_code == 0, ended
            assert world.links() != before
            assert not [line for line in world.journal(batch) if line.outcome != "done"]


async def test_a_file_whose_name_was_taken_again_is_kept_and_named(tmp_path: Path) -> None:
    """Put back it would replace what came after it."""

    async with LibraryWorld(tmp_path) as world:
        (path,) = world.dead("gone.mkv")
        step = unlink(world, path)
        batch = await world.store(Plan("scan", "Change", (step,)))
        async with world.db.transaction() as connection:
            record = {"path": os.fsdecode(path), "target": os.fsdecode(os.readlink(path)), "state": "broken"}
            await open_line(connection, batch, 1, "unlink symlink", step.what, record, 1.0)
        file_taken_away(world, path)
        Path(os.fsdecode(path)).write_bytes(b"another")
        ended = await world.start(batch).wait()
        assert ended.exit_code == 1
        assert PRIVATE in ended.summary
        assert (world.films / PRIVATE).read_bytes() == MINE
        assert Path(os.fsdecode(path)).read_bytes() == b"another"
