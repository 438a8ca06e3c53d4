"""The columns of what lies in staging, each declared once for the screen and for headless output."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from mediatui.commands.columns import Column
from mediatui.model.human import clock_time, date_time, size_text
from mediatui.model.text import printable

if TYPE_CHECKING:
    from mediatui.acquire.mount.staged import StagedItem


def owner_text(item: StagedItem) -> str:
    """Whose it is: the number and the state of its transfer."""
    if item.owner is None:
        return "left over" if item.is_leftover else "no transfer's"
    return f"{item.owner.id} {item.owner.state}"


def size_cell(item: StagedItem) -> str:
    """Its size, or that of what it leads to; empty where that is not known."""
    return "" if item.size is None else size_text(item.size)


def leads_to(item: StagedItem) -> str:
    """Where a link leads; empty for what is none."""
    return os.fsdecode(item.entry.target)


def since_text(item: StagedItem) -> str:
    """Since when it lies there."""
    return clock_time(item.entry.changed_at)[:5]


STAGING_COLUMNS: Final[tuple[Column[StagedItem], ...]] = (
    Column("Transfer", headless=owner_text),
    Column("Since", headless=lambda item: date_time(item.entry.changed_at)),
    Column("Size", headless=size_cell, right=True),
    Column("Proof", headless=lambda item: item.proof),
    Column("In staging", headless=lambda item: printable(item.below), cut="name", least=24),
    Column("Leads to", headless=lambda item: printable(leads_to(item)), cut="path", least=20, rank=1),
)
