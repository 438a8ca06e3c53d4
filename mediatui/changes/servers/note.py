"""What a step changed in the library, noted for the media servers in the moment in which its end is written: links that
were placed, swapped or removed by whatever command, and by undo."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from mediatui.model.media_server import ServerName
from mediatui.model.path import is_below
from mediatui.model.plan import Step, StoredStep
from mediatui.services.media_servers import used_servers
from mediatui.settings.places import configured_roots
from mediatui.store.changes.journal import write_outcome
from mediatui.store.servers.items import move_watched
from mediatui.store.servers.reports import FOLDER_GONE, ReportKind, note_change

if TYPE_CHECKING:
    from mediatui.settings import Settings

COLLECTED_S: Final = 10.0
"""How long after a change its report is sent at the earliest: others that come meanwhile go with it."""


def told_servers(settings: Settings) -> list[ServerName]:
    """The media servers that changes are reported to."""
    return [name for name in used_servers(settings) if settings.media_server(name).update]


def changed_links(settings: Settings, step: Step) -> list[tuple[bytes, ReportKind]]:
    """What a step changes in the roots of the library, as media servers are to know it."""
    change, roots = step.tree_change, configured_roots(settings)
    if change is None or (change.kind == "add" and change.of_folder):  # a folder that is made holds nothing yet
        mended = [os.fsencode(path) for path in step.library_paths if step.MENDS]
        return [(path, "swapped") for path in mended if any(is_below(path, root) for root in roots)]
    gone = os.fsencode(change.before) + (FOLDER_GONE if change.of_folder else b"")
    after = os.fsencode(change.after)
    found: dict[str, list[tuple[bytes, ReportKind]]] = {
        "add": [(after, "placed")], "remove": [(gone, "removed")], "relink": [(gone, "swapped")],
        "move": [(gone, "removed"), (after, "placed")],
    }  # fmt: skip
    return [(path, kind) for path, kind in found[change.kind] if any(is_below(path, root) for root in roots)]


def moved_paths(steps: Sequence[StoredStep]) -> list[bytes]:
    """What gets another path by these steps."""
    changes = [one.step.tree_change for one in steps]
    return [os.fsencode(one.before) for one in changes if one is not None and one.kind == "move"]


def note_links(
    connection: sqlite3.Connection,
    servers: Sequence[ServerName],
    links: Sequence[tuple[bytes, ReportKind]],
    now: float,
    transfer: int | None = None,
    *,
    is_moved: bool = False,
) -> None:
    """Notes for each of these servers that links changed; one transaction with what says that they did."""
    for path, kind in links:
        note_change(connection, servers, path, kind, transfer, now, now + COLLECTED_S, is_moved)


def write_end(
    connection: sqlite3.Connection, settings: Settings, changed: Step | None, /, *given: Any, now: float, **more: Any
) -> None:
    """Writes the end of a step (see ``write_outcome``); of one that ``changed`` the library media servers are told."""
    write_outcome(connection, *given, now=now, **more)
    if changed is not None and (links := changed_links(settings, changed)):
        change = changed.tree_change
        is_moved = change is not None and change.kind == "move"
        transfer = getattr(changed, "transfer", None)
        note_links(connection, told_servers(settings), links, now, transfer, is_moved=is_moved)
        if change is not None and is_moved:
            move_watched(connection, os.fsencode(change.before), os.fsencode(change.after))
