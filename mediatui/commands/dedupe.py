"""What the account holds twice, and dropping the copies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediatui.commands.options import choice, to_allow, to_apply
from mediatui.model.choices import BYS, KEEPS, By, Keep

if TYPE_CHECKING:
    from mediatui.commands.answer import Answer
    from mediatui.commands.workspace import Workspace
    from mediatui.model.plan import Plan


@dataclass(frozen=True, slots=True)
class Dedupe:
    """The options of ``dedupe``."""

    by: By = choice("What makes a copy.", BYS, default=BYS[0])
    keep: Keep = choice("Which copy is kept.", KEEPS, default=KEEPS[0])
    apply: bool = to_apply()
    allow: int | None = to_allow()


async def make_plan(workspace: Workspace, options: Dedupe, answer: Answer) -> Plan:
    """The plan that drops the copies; each group of them is a row of the answer."""
    from mediatui.archive.dedupe import plan_dedupe
    from mediatui.archive.duplicates import find_duplicates
    from mediatui.model.human import counted, size_text

    languages = tuple(workspace.settings.account.languages)
    groups = await workspace.read(find_duplicates, options.by, options.keep, languages)
    for group in groups:
        size = size_text(group.wasted_bytes)
        fields = {
            "name": group.name,
            "reason": group.why,
            "keeper": group.keeper.id,
            "others": [torrent.id for torrent in group.dropped],
            "left_out": [torrent.id for torrent in (*group.left_out, *(group.others if group.unproven else ()))],
            "wasted_bytes": group.wasted_bytes,
            "kept_because": group.kept_because,
            "unproven": group.unproven,
        }
        because = f" ({group.kept_because})" if group.kept_because else ""
        deletes = f"deletes {counted(len(group.others), 'copy', 'copies')}, {size}"
        does = (
            f"deletes none: {group.keeper.id} {group.unproven}"
            if group.unproven
            else f"keeps {group.keeper.id}{because}"
        )
        answer.row("group", fields, f"{group.name}: {does}{'' if group.unproven else f', {deletes}'}")
    return await workspace.read(plan_dedupe, groups)
