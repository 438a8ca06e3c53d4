"""The columns of the journal, each declared once for the screen and for headless output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mediatui.commands.columns import Column
from mediatui.model.human import clock_time, date_time

if TYPE_CHECKING:
    from mediatui.store.changes.journal import Batch


TONES: Final = {
    "done": "ok",
    "partial": "attention",
    "running": "working",
    "cancelled": "attention",
    "interrupted": "attention",
    "failed": "broken",
}


def is_undone(batch: Batch) -> bool:
    """Whether all that a batch did was taken back."""
    return bool(batch.undone) and batch.undone >= batch.lines


def state_and_tone(batch: Batch) -> tuple[str, str]:
    """What became of a batch, and what its colour is to say."""
    if is_undone(batch):
        return "taken back", "quiet"
    if batch.left:
        return f"{batch.state}, {batch.left:,} left", TONES.get(batch.state, "")
    if batch.undone:
        return "partly taken back", "attention"
    if batch.state in ("done", "partial") and not batch.done:
        return "nothing was done", "broken" if batch.failed else "attention"
    if batch.state == "done" and batch.done == batch.nothing_found:
        return "nothing was found", "quiet"
    return batch.state, TONES.get(batch.state, "")


def _done(batch: Batch) -> str:
    return f"{batch.done:,}/{batch.steps:,}"


def _about(batch: Batch) -> str:
    """What the first step is about, by its name, and how many steps there are beside it."""
    name = batch.first.rstrip("/").rpartition("/")[2] if batch.first.startswith("/") else batch.first
    return f"{name} and {batch.steps - 1:,} more" if batch.steps > 1 else name


JOURNAL_COLUMNS: Final[tuple[Column[Batch], ...]] = (
    Column("Batch", lambda batch: f"{batch.batch}", lambda batch: f"{batch.batch}", right=True, rank=4),
    Column("When", lambda batch: clock_time(batch.created_at)[:5], lambda batch: date_time(batch.created_at), rank=3),
    Column("What", lambda batch: batch.title, lambda batch: batch.title, cut="name", least=24),
    Column("About", _about, _about, cut="name", least=16, rank=2),
    Column("Done", _done, _done, right=True, rank=1),
    Column(
        "Failed", lambda batch: f"{batch.failed:,}" if batch.failed else "", lambda batch: f"{batch.failed:,}",
        right=True, rank=5,
    ),
    Column("Undone", headless=lambda batch: f"{batch.undone:,}", right=True),
    Column("State", lambda batch: state_and_tone(batch)[0], lambda batch: batch.state),
)  # fmt: skip
