"""The columns of the steps of a plan, each declared once for the screen and for headless output."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mediatui.commands.columns import Column
from mediatui.model.plan import Step
from mediatui.model.target import shown_targets, targets_from_text


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step, why it is there or what became of it, and its state in a word."""

    step: Step
    why: str
    state: str = ""


def why_of(step: Step) -> str:
    """Why a step is there and what it is for, what may go wrong, and why it could not be undone."""
    reason = getattr(step, "reason", "") or _for(getattr(step, "targets", ""))
    lost = f"not undoable: {step.cannot_undo}" if step.cannot_undo else ""
    return "; ".join(part for part in (reason, step.risk, lost) if part)


def _for(targets: str) -> str:
    """What something is sent for, and the points of that; empty for nothing in particular."""
    mapped = targets_from_text(targets)
    if not mapped:
        return ""
    score = "" if mapped[0].score is None else f" · {mapped[0].score}"
    return f"for {shown_targets(mapped)}{score}"


def _what(row: ShownStep) -> str:
    return row.step.what


def _does(row: ShownStep) -> str:
    return row.step.WORDS.does


def _requests(row: ShownStep) -> str:
    return f"{row.step.requests}"


def _requests_if_any(row: ShownStep) -> str:
    return _requests(row) if row.step.requests else ""


STEP_COLUMNS: Final[tuple[Column[ShownStep], ...]] = (
    Column("Would", headless=_does),
    Column("Step", _what, cut="path", least=24),
    Column("What", headless=_what, cut="path"),
    Column("Change", _does, rank=2, stays=True),
    Column("Requests", _requests_if_any, headless=_requests, right=True, rank=4, spare=True),
    Column("Why, risk, outcome", lambda row: row.why, cut="end", least=24, rank=1),
    Column("Why and risk", headless=lambda row: row.why),
    Column("State", lambda row: row.state, stays=True),
)
