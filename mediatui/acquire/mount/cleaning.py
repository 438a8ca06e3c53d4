"""What of staging is of use no more: the links of transfers that have ended."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping, Sequence

from mediatui.changes.steps.staging import TakeLink, links_to_take
from mediatui.model.human import counted
from mediatui.model.plan import Plan, Step
from mediatui.model.text import printable
from mediatui.model.transfer import Transfer
from mediatui.store.transfers.files import files_of, transfers_of_links
from mediatui.store.transfers.rows import all_transfers
from mediatui.system.staged_links import StagedEntry


def owners(connection: sqlite3.Connection) -> Mapping[bytes, Transfer]:
    """The transfer of each link in staging, by the path of the link."""
    known = {one.id: one for one in all_transfers(connection)}
    return {path: known[number] for path, number in transfers_of_links(connection).items() if number in known}


def plan_clean(connection: sqlite3.Connection, entries: Sequence[StagedEntry]) -> Plan:
    """The plan that takes the links of ended transfers out of staging; what no transfer placed there stays."""
    whose = owners(connection)
    ended = {one.id: one for one in whose.values() if one.ended_at is not None}
    steps: list[Step] = []
    for number in sorted(ended):
        steps += links_to_take(number, files_of(connection, number))
    strange = [entry for entry in entries if entry.path not in whose]
    notes = [(printable(os.fsdecode(entry.path)), "no transfer placed it there") for entry in strange]
    links = sum(isinstance(step, TakeLink) for step in steps)
    return Plan("staging clean", f"Take {counted(links, 'link')} out of staging", tuple(steps), tuple(notes))
