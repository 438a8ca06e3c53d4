"""Every kind of step is found by being a file of the package, and has its words: a person reads "2 rescans"."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import mediatui.changes.steps as package
from mediatui.changes.steps.arr_rescan import ArrRescan
from mediatui.changes.steps.arr_search import ArrSearch
from mediatui.changes.steps.registry import kind_of, opposites, step_from_json, step_kinds
from mediatui.changes.steps.symlinks import UnlinkSymlink
from mediatui.model.plan import Plan, step_to_json
from tests.worlds.library import LibraryWorld

KINDS = {
    *("delete_torrent", "reinsert_torrent", "add_torrent", "take_off_added", "select_files"),
    *("unlink_symlink", "relink_symlink", "restore_symlink", "mend_link"),
    *("move_path", "remove_empty_dir", "make_dir", "set_media_file"),
    *("arr_path", "arr_find", "arr_rescan", "arr_monitor", "arr_search"),
}
"""What old databases hold."""


def test_the_steps_of_old_databases_are_known() -> None:
    assert set(step_kinds()) >= KINDS


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_step_has_words_for_people(kind: str) -> None:
    record = step_kinds()[kind].record
    for text in (record.WORDS.does, record.counted(1), record.counted(2)):
        assert text.strip("0123456789 ")
        assert "_" not in text
        assert kind not in text
        assert "arr" not in text.split()


def test_steps_are_counted_in_words() -> None:
    assert ArrRescan.counted(2) == "2 rescans"
    assert UnlinkSymlink.counted(1) == "1 link removed"
    assert ArrSearch.counted(1_234) == "1,234 searches"


def test_a_step_reads_back_as_it_was_stored() -> None:
    moves = (("/l/a.mkv", "/l/b.mkv"),)
    paths = ("/l/a.mkv", "/l/caf\udce9.mkv")
    step = ArrRescan(what="S: Show", service="sonarr", item=7, title="Show", paths=paths, moves=moves)
    read = step_from_json(step_to_json(step))
    assert isinstance(read, ArrRescan)
    assert read == step
    assert hash(read) == hash(step)
    assert kind_of(read).record is ArrRescan


def test_each_line_of_the_journal_is_undone_by_one_family() -> None:
    words = [word for kind in step_kinds().values() for word in kind.opposites]
    assert sorted(words) == sorted(opposites())


def test_a_step_of_a_newer_version_is_refused() -> None:
    with pytest.raises(ValueError, match="newer version"):
        step_from_json('{"kind": "arr_unheard_of", "what": "x"}')


FAMILY = """
import os
from dataclasses import dataclass
from typing import ClassVar

from mediatui.changes.in_root_dir import journaled
from mediatui.changes.steps.bases import LibraryStep
from mediatui.changes.steps.registry import StepKind
from mediatui.model.plan import StepWords

LINE = "mark folder"


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkFolder(LibraryStep):
    KIND: ClassVar[str] = "mark_folder"
    WORDS: ClassVar[StepWords] = StepWords("mark folder", "folder marked", "folders marked")

    remove: bool = False


async def mark_folder(act, step):
    mark = os.path.join(step.path, ".nomedia")
    record = {"path": step.path, "remove": step.remove}
    return await journaled(act, LINE, record, lambda: os.unlink(mark) if step.remove else open(mark, "x").close())


def unmark(line, lines):
    remove = not line.before["remove"]
    return [MarkFolder(what=line.what, path=line.text("path"), remove=remove, takes_back=line.seq)]


STEPS = (StepKind(MarkFolder, mark_folder, {LINE: unmark}),)
"""


@pytest.fixture
def family(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of a module that another folder adds to the package of steps."""
    folder = tmp_path / "more steps"
    folder.mkdir()
    (folder / "marks_of_a_test.py").write_text(FAMILY)
    name = f"{package.__name__}.marks_of_a_test"
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
    step_kinds.cache_clear()
    opposites.cache_clear()
    yield name
    sys.modules.pop(name, None)
    monkeypatch.delattr(package, "marks_of_a_test", raising=False)
    step_kinds.cache_clear()
    opposites.cache_clear()


async def test_a_file_in_the_package_is_a_step_that_is_applied_and_undone(family: str, tmp_path: Path) -> None:
    async with LibraryWorld(tmp_path) as world:
        step = import_module(family).MarkFolder(what="Films", path=str(world.films))
        done = (await world.apply(Plan("mark", "Mark a folder", (step,)))).finished
        assert done.outcome == "done", done.summary
        assert (world.films / ".nomedia").exists()
        undone = (await world.undo()).finished
        assert undone.outcome == "done", undone.summary
        assert not (world.films / ".nomedia").exists()
