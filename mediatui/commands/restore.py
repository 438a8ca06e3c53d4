"""Putting back what a backup holds and the account lacks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mediatui.commands.options import to_apply, word

if TYPE_CHECKING:
    from mediatui.commands.answer import Answer
    from mediatui.commands.workspace import Workspace
    from mediatui.model.plan import Plan


@dataclass(frozen=True, slots=True)
class Restore:
    """The options of ``restore``."""

    file: Path = word("FILE", "a backup", kind="file")
    apply: bool = to_apply()


async def make_plan(workspace: Workspace, options: Restore, answer: Answer) -> Plan:
    """The plan that adds what is missing; raises UsageError for a file that is no backup."""
    from mediatui.archive.add import plan_restore
    from mediatui.archive.restore_file import read_backup
    from mediatui.system.threads import in_thread

    backup = await in_thread(lambda: read_backup(options.file))
    return await workspace.read(plan_restore, backup, str(options.file))
