"""Adding torrents to the account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediatui.commands.options import text, words

if TYPE_CHECKING:
    from mediatui.commands.answer import Answer
    from mediatui.commands.workspace import Workspace
    from mediatui.model.plan import Plan


@dataclass(frozen=True, slots=True)
class Add:
    """The options of ``add``."""

    sources: tuple[str, ...] = words("MAGNET|HASH|FILE.torrent...", required=True)
    select: str = text("Which files.", "video|all|IDS", default="video", examples=("video", "all"))


async def make_plan(workspace: Workspace, options: Add, answer: Answer) -> Plan:
    """The plan that adds the sources; raises UsageError."""
    from mediatui.archive.add import plan_add

    return await workspace.read(plan_add, options.sources, options.select)
