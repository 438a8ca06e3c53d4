"""The journal as rows: days, what became of each batch, and which batches are about a word."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path

import pytest

from mediatui.commands.journal_columns import state_and_tone
from mediatui.store.changes.journal import Batch, batches_about
from mediatui.store.database import Database
from mediatui.tui.views.changes.journal import day_rows
from mediatui.tui.widgets.fixed_rows import FixedRows
from mediatui.tui.widgets.plain_list import PlainList
from mediatui.tui.widgets.rows import Row

NOW = time.mktime((2026, 3, 2, 14, 5, 9, 0, 0, -1))
DONE = Batch(
    batch=3, command="delete", title="Delete 2 torrents", state="done", undoes=None, looked_at=None, allowed=None,
    created_at=NOW, started_at=NOW, ended_at=NOW, steps=2, done=2, skipped=0, failed=0, left=0, lines=2, undone=0,
    unended=0, standing=2, nothing_found=0, first="/lib/Films/Dune.mkv",
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "word", "tone"),
    [
        ({}, "done", "ok"),
        ({"undone": 2}, "taken back", "quiet"),
        ({"undone": 1}, "partly taken back", "attention"),
        ({"done": 0, "skipped": 2, "lines": 0}, "nothing was done", "attention"),
        ({"state": "partial", "done": 0, "failed": 2, "lines": 0}, "nothing was done", "broken"),
        ({"state": "partial", "done": 1, "failed": 1}, "partial", "attention"),
        ({"nothing_found": 2}, "nothing was found", "quiet"),
        ({"state": "cancelled", "left": 1}, "cancelled, 1 left", "attention"),
        ({"state": "failed", "failed": 2, "done": 0}, "failed", "broken"),
        ({"state": "running", "left": 2, "done": 0}, "running, 2 left", "working"),
    ],
)
def test_what_became_of_a_batch_is_a_word_with_a_colour(changes: dict[str, object], word: str, tone: str) -> None:
    assert state_and_tone(dataclasses.replace(DONE, **changes)) == (word, tone)  # type: ignore[arg-type]


def test_each_day_has_a_heading_and_what_was_not_all_done_stands_out() -> None:
    before = dataclasses.replace(DONE, batch=2, created_at=NOW - 86_400, done=1, skipped=1)
    first = dataclasses.replace(before, batch=1)
    rows = day_rows([DONE, before, first], NOW)
    assert [row.cells[0].strip() for row in rows] == [
        "Today, Monday 02 March",
        "3",
        "Yesterday, Sunday 01 March",
        "2",
        "1",
    ]
    assert [row.cells[1] for row in rows if not row.heading] == ["14:05"] * 3
    assert [row.cells[3] for row in rows if not row.heading] == ["Dune.mkv and 1 more"] * 3
    assert [dict(row.also)[4] for row in rows if not row.heading] == ["", "attention", "attention"]
    assert len({row.key for row in rows}) == len(rows)


def test_the_cursor_goes_over_headings() -> None:
    rows = FixedRows(
        [Row(-1, ("Day", ""), heading=True), Row(1, ("a",)), Row(-2, ("Day", ""), heading=True), Row(2, ("b",))]
    )
    plain = PlainList((), rows)
    assert [plain.row_to_rest_on(at, 1) for at in range(4)] == [1, 1, 3, 3]
    assert [plain.row_to_rest_on(at, -1) for at in range(4)] == [1, 1, 1, 3]


async def test_batches_are_found_by_the_names_and_kinds_of_their_steps(tmp_path: Path) -> None:
    db = await Database.open(tmp_path / "mediatui.db")
    async with db.transaction() as connection:
        for batch in (1, 2):
            await connection.execute(
                "INSERT INTO batches (batch, command, title, state, created_at) VALUES (?, 'x', 'x', 'done', 0)",
                (batch,),
            )
        for batch, position, kind, what in (
            (1, 1, "delete", "Métro.1984"),
            (1, 2, "delete", "Dune"),
            (2, 1, "add", "Dune"),
        ):
            await connection.execute(
                "INSERT INTO plan_steps (batch, position, kind, what, step) VALUES (?, ?, ?, ?, '{}')",
                (batch, position, kind, what),
            )
    found = await db.read(batches_about, ["metro", "dune", "delete", "alien"])
    assert found == {"metro": {1}, "dune": {1, 2}, "delete": {1}, "alien": set()}
    assert await db.read(batches_about, ["dune"], 2) == {"dune": {2}}
    await db.close()
