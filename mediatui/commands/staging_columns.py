"""The columns of what lies in staging, each declared once for the screen and for headless output."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mediatui.commands.columns import Column
from mediatui.model.human import date_time, duration, size_text
from mediatui.model.text import printable

if TYPE_CHECKING:
    from mediatui.acquire.mount.staged import StagedItem


@dataclass(frozen=True, slots=True)
class ShownStaged:
    """Something in staging under its name, or a folder there with all it holds, as it is ``now`` (epoch seconds)."""

    name: str
    items: Sequence[StagedItem]
    now: float = 0.0

    @property
    def since(self) -> float:
        """Since when the first of it lies there (epoch seconds)."""
        return min(item.entry.changed_at for item in self.items)

    @property
    def size(self) -> int | None:
        """The bytes of all of it that are known; None where none are."""
        known = [item.size for item in self.items if item.size is not None]
        return sum(known) if known else None


def owner_text(row: ShownStaged) -> str:
    """Whose it is: the number and the state of its transfer; several where it is theirs."""
    owners = {None if item.owner is None else item.owner.id for item in row.items}
    if len(owners) > 1:
        return "several"
    first = row.items[0]
    if first.owner is None:
        return "left over" if all(item.is_leftover for item in row.items) else "no transfer's"
    return f"{first.owner.id} {first.owner.state}"


def proof_text(row: ShownStaged) -> str:
    """What was seen of it; of several things how many are alike, the most doubtful first."""
    found = [item.proof for item in row.items]
    if len(set(found)) == 1:
        return found[0]
    doubtful = [one for one in found if one != "opened"]
    return f"{len(found) - len(doubtful):,} of {len(found):,} opened"


def _size(row: ShownStaged) -> str:
    return "" if row.size is None else size_text(row.size)


def leads_to(item: StagedItem) -> str:
    """Where a link leads; empty for what is none."""
    return os.fsdecode(item.entry.target)


STAGING_COLUMNS: Final[tuple[Column[ShownStaged], ...]] = (
    Column("Transfer", headless=owner_text),
    Column("Since", headless=lambda row: date_time(row.since)),
    Column("In staging", lambda row: row.name, lambda row: printable(row.name), cut="name", least=24),
    Column("Transfer", owner_text),
    Column("Size", _size, _size, right=True),
    Column("Proof", proof_text, proof_text),
    Column("Age", lambda row: duration(row.now - row.since), right=True, rank=1),
    Column("Leads to", headless=lambda row: printable(leads_to(row.items[0])), cut="path", least=20, rank=1),
)
