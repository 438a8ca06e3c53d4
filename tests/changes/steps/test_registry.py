"""Every kind of step is found by being a file of the package, and has its words: a person reads "2 rescans"."""

from __future__ import annotations

import pytest

from mediatui.changes.steps.arr_rescan import ArrRescan
from mediatui.changes.steps.arr_search import ArrSearch
from mediatui.changes.steps.registry import kind_of, step_from_json, step_kinds
from mediatui.changes.steps.symlinks import UnlinkSymlink
from mediatui.model.plan import step_to_json

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
    assert (read.paths, [tuple(move) for move in read.moves]) == (paths, list(moves))
    assert kind_of(read).record is ArrRescan


def test_a_step_of_a_newer_version_is_refused() -> None:
    with pytest.raises(ValueError, match="newer version"):
        step_from_json('{"kind": "arr_unheard_of", "what": "x"}')
