"""The columns of the journal, each declared once for the screen and for headless output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mediatui.commands.columns import Column
from mediatui.model.human import date_time, short_moment

if TYPE_CHECKING:
    from mediatui.store.changes.journal import Batch


def is_undone(batch: Batch) -> bool:
    """Whether all that a batch did was taken back."""
    return bool(batch.undone) and batch.undone >= batch.lines


def _state(batch: Batch) -> str:
    if is_undone(batch):
        return "undone"
    return f"{batch.state}, {batch.left:,} left" if batch.left else batch.state


def _done(batch: Batch) -> str:
    return f"{batch.done:,}/{batch.steps:,}"


JOURNAL_COLUMNS: Final[tuple[Column[Batch], ...]] = (
    Column("Batch", lambda batch: f"{batch.batch}", lambda batch: f"{batch.batch}", right=True, rank=3),
    Column("When", lambda batch: short_moment(batch.created_at), lambda batch: date_time(batch.created_at), rank=2),
    Column("What", lambda batch: batch.title, lambda batch: batch.title, cut="name", least=30),
    Column("Done", _done, _done, right=True, rank=1),
    Column(
        "Failed", lambda batch: f"{batch.failed:,}" if batch.failed else "", lambda batch: f"{batch.failed:,}",
        right=True, rank=4,
    ),
    Column("Undone", headless=lambda batch: f"{batch.undone:,}", right=True),
    Column("State", _state, lambda batch: batch.state),
)  # fmt: skip
