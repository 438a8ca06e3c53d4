"""The links of a tree that look dead, judged by what their views show and by the witnesses of their torrents: what a
scan does (``library.scan.views``), in the process of a tool."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from mediatui.model.link import NOT_ON_MOUNT
from mediatui.model.view_finder import ViewFinder
from mediatui.model.views import View, find_witnesses, names_to_seek
from mediatui.store.library.matching import torrents_of_links
from mediatui.store.library.views import archive_is_older, held_torrents, read_views
from mediatui.system.mount_table import is_remote
from mediatui.system.view_looks import any_lists_empty, list_view, mount_points_in, others_showing


class Witnesses:
    """Judges targets that are missing. Each view is listed once."""

    def __init__(self, connection: sqlite3.Connection, mounts: Sequence[bytes]) -> None:
        self._connection = connection
        self._kept = read_views(connection)
        points = [*mounts, *mount_points_in(mounts, self._kept.values())]
        self._finder = ViewFinder(points, [one.view for one in self._kept.values()])
        self._names: dict[bytes, frozenset[bytes] | None] = {}

    def states(self, missing: Sequence[tuple[bytes, bytes, bytes]]) -> dict[bytes, str]:
        """Of links (path, target text, where that leads) whose targets are missing those that are not broken for all
        that: ``unknown`` or ``not on mount``."""
        if not missing:
            return {}
        for _, _, pointed in missing:
            self._finder.learn(pointed)
        torrents = torrents_of_links(self._connection, [(path, target) for path, target, _ in missing])
        found: dict[bytes, str] = {}
        absent: dict[View, dict[bytes, list[bytes]]] = {}
        for path, _, pointed in missing:
            view = self._finder.view_of(pointed)
            if view is None:
                continue
            names = self._shown(view)
            if names is None or (not names and view.path not in self._kept):
                found[path] = "unknown"
            elif view.inside(pointed) not in names:
                absent.setdefault(view, {}).setdefault(view.inside(pointed), []).append(path)
            elif is_remote(pointed) and _lists_empty(view, pointed):
                found[path] = "unknown"
        for view, paths in absent.items():
            ids = {name: torrents.get(its[0]) for name, its in paths.items()}
            found |= self._witnessed(view, paths, ids)
        return found

    def _witnessed(self, view: View, paths: dict[bytes, list[bytes]], ids: dict[bytes, str | None]) -> dict[bytes, str]:
        held = held_torrents(self._connection, ids)
        try:
            elsewhere = others_showing(view.path, names_to_seek(ids, held)) if view.path != view.mount else {}
        except OSError:
            return {path: "unknown" for its in paths.values() for path in its}
        older = archive_is_older(self._connection, self._kept.get(view.path))
        shown = self._shown(view) or frozenset()
        who = find_witnesses(ids, held, shown, elsewhere, archive_is_older=older)
        return {path: NOT_ON_MOUNT for name in who for path in paths[name]}

    def _shown(self, view: View) -> frozenset[bytes] | None:
        """The names in a view, None when it cannot be listed."""
        if view.path not in self._names:
            try:
                self._names[view.path] = list_view(view.path)
            except OSError:
                self._names[view.path] = None
        return self._names[view.path]


def _lists_empty(view: View, target: bytes) -> bool:
    try:
        return any_lists_empty(view.path, target)
    except OSError:
        return True


def place_of(path: bytes, dead: Iterable[bytes]) -> bytes | None:
    """The innermost of the places that cannot be judged which a path lies in."""
    inside = [place for place in dead if path == place or path.startswith(place + b"/")]
    return max(inside, key=len, default=None)
