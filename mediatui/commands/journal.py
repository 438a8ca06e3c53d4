"""What was changed, undoing it, and resuming what was begun."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediatui.commands.options import flag, number, to_allow, to_apply, word

if TYPE_CHECKING:
    from mediatui.commands.answer import Answer
    from mediatui.commands.workspace import Workspace
    from mediatui.model.plan import Plan


SHOWN = 50
"""How many batches are listed unless another number is given."""


@dataclass(frozen=True, slots=True)
class Journal:
    """The options of ``journal``."""

    batch: int | None = word("[BATCH]", "the number of a batch", required=False, kind="number")
    limit: int | None = number(f"At most N. [default: {SHOWN}]")


@dataclass(frozen=True, slots=True)
class Undo:
    """The options of ``undo``."""

    batch: int | None = word("[BATCH]", "the number of a batch", required=False, kind="number")
    apply: bool = to_apply()
    allow: int | None = to_allow()


@dataclass(frozen=True, slots=True)
class Resume:
    """The options of ``resume``."""

    batch: int | None = word("[BATCH]", "the number of a batch", required=False, kind="number")
    failed: bool = flag("Also what failed.")
    apply: bool = to_apply()
    allow: int | None = to_allow()


async def plan_to_undo(workspace: Workspace, options: Undo, answer: Answer) -> Plan:
    """The plan that takes the batch back; raises UsageError."""
    from mediatui.changes.undo import plan_undo

    return await workspace.read(plan_undo, options.batch)
