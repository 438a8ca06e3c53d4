"""The columns of the transfers, each declared once for the screen and for headless output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from mediatui.commands.columns import Column
from mediatui.model.human import size_text
from mediatui.model.stuck import Group, Stuck
from mediatui.model.target import MappedTarget, shown_targets
from mediatui.model.text import printable
from mediatui.model.transfer import State, Transfer

_SIGNS: Final[Mapping[Group, tuple[str, str]]] = {
    "you": ("!", "attention"), "time": ("~", "quiet"), "works": ("▸", "working"), "ended": ("·", "quiet"),
}  # fmt: skip
_ENDS: Final[Mapping[State, tuple[str, str]]] = {
    State.FAILED: ("✗", "broken"), State.DONE: ("●", "ok"), State.CLEANED: ("●", "ok"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShownTransfer:
    """A transfer, why it is where it is, and what it is for."""

    transfer: Transfer
    stuck: Stuck
    targets: Sequence[MappedTarget] = ()


def target_text(transfer: Transfer, targets: Sequence[MappedTarget]) -> str:
    """What a transfer is for, with the points of that and why."""
    if not targets:
        return "nothing in particular, as wanted" if transfer.without_target else "none yet"
    first = targets[0]
    points = "" if first.score is None else f" · {first.score}"
    why = f": {', '.join(first.reasons)}" if first.reasons else ""
    return printable(f"{shown_targets(targets)}{points}{why}")


def then_text(transfer: Transfer) -> str:
    """What follows by itself once a transfer is whole; empty when nothing does, or it has come that far."""
    if transfer.ended_at is not None or transfer.state in (State.STAGED, State.IMPORTING, State.IMPORTED):
        return ""
    return {"fetch": "links in staging", "import": "links in staging, then in the library"}.get(transfer.auto, "")


def _target(row: ShownTransfer) -> str:
    return printable(shown_targets(row.targets)) if row.targets else ""


def state_sign(transfer: Transfer, stuck: Stuck) -> tuple[str, str]:
    """The sign of how a transfer is, and its meaning as a colour."""
    return _ENDS.get(transfer.state, _SIGNS[stuck.group])


def _state(row: ShownTransfer) -> str:
    return f"{state_sign(row.transfer, row.stuck)[0]} {row.transfer.state}"


def _number(row: ShownTransfer) -> str:
    return f"{row.transfer.id}"


def _name(row: ShownTransfer) -> str:
    return row.transfer.name or row.transfer.hash


def _size(row: ShownTransfer) -> str:
    return "" if row.transfer.size is None else size_text(row.transfer.size)


TRANSFER_COLUMNS: Final[tuple[Column[ShownTransfer], ...]] = (
    Column("N", headless=_number, right=True),
    Column("Name", _name, _name, cut="name", least=24, most=40),
    Column("State", _state, lambda row: row.transfer.state.value),
    Column("Size", _size, _size, right=True, rank=3),
    Column("For", _target, _target, cut="name", least=22, most=36, rank=4, spare=True),
    Column("Why", lambda row: row.stuck.why, lambda row: row.stuck.why, cut="end", least=28, rank=1),
    Column("Next", lambda row: row.stuck.next, cut="end", least=16, rank=5, spare=True),
)
