"""Repairs that reach into the library: a torrent is mended, and then the links that pointed at it."""

from __future__ import annotations

import dataclasses
import os
import sqlite3
from collections.abc import Sequence

from mediatui.archive.repair import plan_repair
from mediatui.archive.targets import Targets
from mediatui.changes.steps.mend_link import MendLink
from mediatui.model.human import counted
from mediatui.model.plan import Plan
from mediatui.model.text import printable
from mediatui.model.torrent import Torrent
from mediatui.store.library.links import LibraryLink, broken_links_into


def plan_mend(
    connection: sqlite3.Connection,
    targets: Targets,
    links: Sequence[LibraryLink] = (),
    *,
    force: bool = False,
    may_download: bool = False,
) -> Plan:
    """The plan that mends these torrents and then every broken link into them (or just ``links``, when given).

    A torrent that is well has its links looked at all the same: their target may be there under another name.
    """
    plan = plan_repair(connection, targets, force=force, may_download=may_download)
    by_torrent: dict[str, list[LibraryLink]] = {}
    for link in links:
        by_torrent.setdefault(link.torrent_id or "", []).append(link)
    mended = {step.torrent_id for step in plan.steps}
    steps = list(plan.steps)
    notes = list(plan.notes)
    for torrent in targets.torrents:
        its = by_torrent.get(torrent.id, []) if links else broken_links_into(connection, torrent.id)
        if torrent.id in mended or (its and torrent.class_ == "ok"):
            steps += [mend_step(link, torrent) for link in its]
            if torrent.id not in mended:
                notes = [note for note in notes if note[0] != printable(torrent.filename)]
    count = len(steps) - len(plan.steps)
    links_too = counted(count, "link")
    title = f"Repair {links_too}" if not plan.steps else f"{plan.title} and {links_too}"
    return dataclasses.replace(plan, title=title if count else plan.title, steps=tuple(steps), notes=tuple(notes))


def mend_step(link: LibraryLink, torrent: Torrent) -> MendLink:
    """The step that mends a link into a torrent."""
    path = os.fsdecode(link.path)
    return MendLink(
        what=printable(path), path=path, target=os.fsdecode(link.target), torrent=torrent.id, hash=torrent.hash
    )
