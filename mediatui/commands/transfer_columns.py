"""The columns of the transfers, each declared once for the screen and for headless output."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mediatui.commands.columns import Column
from mediatui.model.human import size_text
from mediatui.model.stuck import Stuck
from mediatui.model.transfer import Transfer


@dataclass(frozen=True, slots=True)
class ShownTransfer:
    """A transfer and why it is where it is."""

    transfer: Transfer
    stuck: Stuck


def _number(row: ShownTransfer) -> str:
    return f"{row.transfer.id}"


def _name(row: ShownTransfer) -> str:
    return row.transfer.name or row.transfer.hash


def _size(row: ShownTransfer) -> str:
    return "" if row.transfer.size is None else size_text(row.transfer.size)


TRANSFER_COLUMNS: Final[tuple[Column[ShownTransfer], ...]] = (
    Column("N", _number, _number, right=True),
    Column("Name", _name, _name, cut="name", least=20),
    Column("State", lambda row: row.transfer.state.value, lambda row: row.transfer.state.value),
    Column("Size", _size, _size, right=True, rank=3),
    Column("Why", lambda row: row.stuck.why, lambda row: row.stuck.why, cut="end", least=20, rank=1),
)
