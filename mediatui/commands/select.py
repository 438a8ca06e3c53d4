"""Selecting files of a torrent that waits for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediatui.commands.options import text, to_allow, to_apply, word

if TYPE_CHECKING:
    import sqlite3

    from mediatui.commands.answer import Answer
    from mediatui.commands.workspace import Workspace
    from mediatui.model.plan import Plan


@dataclass(frozen=True, slots=True)
class Select:
    """The options of ``select``."""

    wanted: str = word("ID", "the id of a torrent")
    files: str = text("Which files.", "IDS|video|all", required=True, examples=("video", "all"))
    apply: bool = to_apply()
    allow: int | None = to_allow()


async def make_plan(workspace: Workspace, options: Select, answer: Answer) -> Plan:
    """The plan that selects them; raises UsageError."""
    from mediatui.archive.select import plan_select
    from mediatui.model.selection import read_selection
    from mediatui.store.torrents.listing import find_torrent

    selection, select = read_selection(options.files)

    def make(connection: sqlite3.Connection) -> Plan:
        return plan_select(connection, find_torrent(connection, options.wanted), selection, select)

    return await workspace.read(make)
