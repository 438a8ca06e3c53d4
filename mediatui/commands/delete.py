"""Deleting torrents from the account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediatui.commands.options import to_allow, to_apply, words

if TYPE_CHECKING:
    import sqlite3

    from mediatui.commands.answer import Answer
    from mediatui.commands.workspace import Workspace
    from mediatui.model.plan import Plan


@dataclass(frozen=True, slots=True)
class Delete:
    """The options of ``delete``."""

    words: tuple[str, ...] = words("QUERY|ID...", required=True)
    apply: bool = to_apply()
    allow: int | None = to_allow()


async def make_plan(workspace: Workspace, options: Delete, answer: Answer) -> Plan:
    """The plan that deletes what the words name; raises UsageError."""
    from mediatui.archive.delete import plan_delete
    from mediatui.archive.targets import read_targets

    def make(connection: sqlite3.Connection) -> Plan:
        return plan_delete(connection, read_targets(connection, options.words, workspace.library_roots))

    return await workspace.read(make)
