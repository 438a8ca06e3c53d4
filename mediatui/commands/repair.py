"""Repairs that reach into the library: a torrent is mended, and then the links that pointed at it."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediatui.commands.options import flag, to_allow, to_apply, words

if TYPE_CHECKING:
    from mediatui.archive.targets import Targets
    from mediatui.commands.answer import Answer
    from mediatui.commands.workspace import Workspace
    from mediatui.model.plan import Plan
    from mediatui.model.torrent import Torrent
    from mediatui.store.library.links import LibraryLink


@dataclass(frozen=True, slots=True)
class Repair:
    """The options of ``repair``."""

    words: tuple[str, ...] = words("[QUERY|ID]...", examples=("class:problem", "class:aged-out"))
    force: bool = flag("Also add names that the service's filter may refuse.")
    may_download: bool = flag("Let the service fetch what it does not have at hand.", "--download")
    apply: bool = to_apply()
    allow: int | None = to_allow()


async def make_plan(workspace: Workspace, options: Repair, answer: Answer) -> Plan:
    """The plan that mends what the words name, or all with a problem; raises UsageError."""
    from mediatui.archive.repair import REPAIRABLE
    from mediatui.archive.targets import read_targets

    def make(connection: sqlite3.Connection) -> Plan:
        targets = read_targets(connection, options.words, workspace.library_roots, default=REPAIRABLE)
        return plan_mend(connection, targets, force=options.force, may_download=options.may_download)

    return await workspace.read(make)


def plan_mend(
    connection: sqlite3.Connection,
    targets: Targets,
    links: Sequence[LibraryLink] = (),
    *,
    force: bool = False,
    may_download: bool = False,
) -> Plan:
    """The plan that mends these torrents and then every broken link into them (or just ``links``, when given).

    Of a torrent that is well, or gone with the account holding its hash, the links are checked all the same: their
    target may be there under another name.
    """
    from mediatui.archive.repair import plan_repair
    from mediatui.changes.steps.mend_link import mend_step
    from mediatui.changes.steps.torrents import AddTorrent
    from mediatui.model.human import counted
    from mediatui.model.text import printable
    from mediatui.store.library.links import broken_links_into

    plan = plan_repair(connection, targets, force=force, may_download=may_download)
    by_torrent: dict[str, list[LibraryLink]] = {}
    for link in links:
        by_torrent.setdefault(link.torrent_id or "", []).append(link)
    mended = {step.torrent_id for step in plan.steps}
    added = {step.hash for step in plan.steps if isinstance(step, AddTorrent)}
    steps = list(plan.steps)
    notes = list(plan.notes)
    for torrent in targets.torrents:
        its = by_torrent.get(torrent.id, []) if links else broken_links_into(connection, torrent.id)
        comes = torrent.id in mended or (torrent.class_ == "gone" and torrent.hash in added)
        if comes or (its and _is_well(connection, torrent)):
            steps += [mend_step(link, torrent) for link in its]
            if not comes:
                notes = [note for note in notes if note[0] != printable(torrent.filename)]
    count = len(steps) - len(plan.steps)
    links_too = counted(count, "link")
    joined = "and repair" if added else "and"
    title = f"Repair {links_too}" if not plan.steps else f"{plan.title} {joined} {links_too}"
    return dataclasses.replace(plan, title=title if count else plan.title, steps=tuple(steps), notes=tuple(notes))


def _is_well(connection: sqlite3.Connection, torrent: Torrent) -> bool:
    """Whether a torrent is well, or another entry of its hash where it is gone itself."""
    from mediatui.store.torrents.listing import entries_of_hash

    if torrent.class_ != "gone":
        return torrent.class_ == "ok"
    return any(entry.class_name == "ok" for entry in entries_of_hash(connection, torrent.hash))
