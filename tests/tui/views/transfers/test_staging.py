"""The part of Transfers that lists staging: a tree, whose it is, and keys that say what they do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mediatui.acquire.mount.staged import StagedItem
from mediatui.model.transfer import FREE, Event, Hold, HoldKind, State, Transfer
from mediatui.store.transfers.change import NewTransfer, change, create
from mediatui.system.staged_links import EntryKind, StagedEntry
from mediatui.tui.view import View
from mediatui.tui.views.transfers.staging import StagingView
from mediatui.tui.views.transfers.staging_detail import ways
from mediatui.tui.views.transfers.staging_rows import MOST_OPEN, Node, StagingTree, chip_counts, fits
from tests.worlds.screen import Open, well


def owner(number: int, state: State = State.STAGED, hold: Hold = FREE) -> Transfer:
    ended = 5.0 if state in (State.DONE, State.FORGOTTEN) else None
    return Transfer(
        number, "debrid", 1, "a" * 40, "A.Film", None, state, hold, "import", "", False, True, False, "", "", None,
        None, None, None, 1.0, 1.0, ended,
    )  # fmt: skip


def item(below: str, of: Transfer | None = None, kind: EntryKind = "link", *, left: bool = False) -> StagedItem:
    target = b"/m/x" if kind == "link" else b""
    entry = StagedEntry(os.fsencode(f"/staging/{below}"), target, 100.0, kind, 7 if kind == "file" else 0)
    return StagedItem(entry, below, of, None, left)


THINGS = [
    item("1-A/e1.mkv", owner(1)), item("1-A/S02/e2.mkv", owner(1)), item("9-B/f.mkv.part", None, "file", left=True),
    item("alone.mkv", None, left=True),
]  # fmt: skip


def test_a_folder_stands_above_what_it_holds_and_can_be_folded() -> None:
    tree = StagingTree()
    rows = tree.rows(b"/staging", THINGS, 160.0)
    assert [row.cells[0] for row in rows] == [
        "▾ 1-A", "    e1.mkv", "    S02/e2.mkv", "▾ 9-B", "    f.mkv.part", "alone.mkv",
    ]  # fmt: skip
    assert [row.cells[1] for row in rows] == ["1 staged"] * 3 + ["left over"] * 3
    assert rows[4].cells[2:] == ("7 B", "not whole", "1m00s")
    tree.turn(b"/staging/1-A")
    folded = tree.rows(b"/staging", THINGS, 160.0)
    assert [row.cells[0] for row in folded][:2] == ["▸ 1-A", "▾ 9-B"]
    assert folded[0].key == rows[0].key
    assert [node.path for node in tree.chosen([row.key for row in folded])] == [
        b"/staging/1-A", b"/staging/9-B", b"/staging/alone.mkv",
    ]  # fmt: skip


def test_much_is_folded_by_itself() -> None:
    many = [item(f"1-A/e{number:03d}.mkv", owner(1)) for number in range(MOST_OPEN + 1)]
    assert [row.cells[0] for row in StagingTree().rows(b"/staging", many, 160.0)] == ["▸ 1-A"]


def test_chips_and_words_choose() -> None:
    assert chip_counts(THINGS, "") == {"": 4, "going": 2, "left": 2, "nobody": 2}
    assert [one.below for one in THINGS if fits(one, "left", "alone")] == ["alone.mkv"]
    assert [one.below for one in THINGS if fits(one, "", "a.film s02")] == ["1-A/S02/e2.mkv"]


@pytest.mark.parametrize(
    ("state", "keys"),
    [
        (State.STAGED, "ImrdY"), (State.IMPORTING, "Y"), (State.FORGOTTEN, "IdY"), (State.DONE, "dY"),
        (State.FETCHING, "Y"),
    ],
)  # fmt: skip
def test_no_key_is_offered_that_would_be_refused(state: State, keys: str) -> None:
    node = Node(b"/staging/1-A", True, [item("1-A/e1.mkv", owner(1, state))])
    offered = [key for key, _ in ways(node)]
    assert offered == list(keys.replace("Y", "y"))
    bound = {key for base in StagingView.__mro__ if issubclass(base, View) for binding in base.__dict__.get(
        "BINDINGS", ()) for key in binding.key.split(",")}  # fmt: skip
    assert set(offered) <= bound


def test_what_is_no_transfers_can_be_imported_as_a_folder() -> None:
    assert [key for key, _ in ways(Node(b"/staging/alone.mkv", False, [THINGS[3]]))] == ["I", "d", "y"]
    assert [key for key, _ in ways(Node(b"/staging/9-B", True, [THINGS[2]]))] == ["d", "y"]


async def test_staging_is_a_part_of_transfers_and_what_is_left_over_goes_after_a_yes(
    open_app: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    staging = tmp_path / "staging"
    (staging / "1-A.Film").mkdir(parents=True)
    (staging / "1-A.Film" / "film.mkv").symlink_to("/mnt/rd/film.mkv")
    (staging / "left.mkv.part").write_bytes(b"1234")
    monkeypatch.setenv("MEDIATUI_STAGING__FOLDER", str(staging))
    monkeypatch.setenv("MEDIATUI_STAGING__LEFTOVER_DAYS", "0")
    monkeypatch.setenv("MEDIATUI_AUTOMATION__TRANSFERS_EVERY_S", "0")
    async with open_app(well(2), size=(80, 24)) as screen:
        db = screen.app.workspace.db
        await db.write(create, NewTransfer("debrid", "b" * 40, "A.Film", without_target=True), "user", now=1.0)
        await db.write(change, 1, Event.PAUSE, "user", State.WANTED, hold=Hold(HoldKind.PAUSED), now=2.0)
        await screen.press("8", "greater_than_sign")
        await screen.until(lambda: "left.mkv.part" in screen.text())
        assert "8 Transfers" in screen.line("8 Transfers")
        assert "1 wanted" in screen.line("▾ 1-A.Film")
        assert "all 3" not in screen.text()
        await screen.press("right_square_bracket", "right_square_bracket")
        await screen.until(lambda: "film.mkv" not in screen.text())
        await screen.press("d")
        await screen.until(lambda: "Not undoable: a file" in screen.text())
        await screen.press("y")
        await screen.until(lambda: not (staging / "left.mkv.part").exists())
        await screen.until(lambda: "Nothing of that lies there" in screen.text())
        await screen.press("escape", "less_than_sign")
        await screen.until(lambda: "paused by you" in screen.text())
