"""Finds the views of the mounts, the folders above the torrents' folders, from the targets of links.

The usual layout is ``<mount>/<view>/<torrent>/<file>``; some have no view, some have views in views, some torrents have
folders inside. A folder whose name is a torrent of the archive is that torrent's. If none is known, the torrent's
folder is the one the file lies in, unless that is the folder of a season or the like.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence

from mediatui.model.path import is_below, is_within
from mediatui.model.views import View

A_VIEW = 3
"""A folder that is not directly below its mount is a view when at least this many torrents have their folders in it."""
MOST = 20_000
"""The number of possible views that are remembered."""
_PART = re.compile(
    rb"(?i)(?:(?:s|season|saison|staffel|series|cd|dvd|disc|disk|part)[ ._-]*\d{1,4}"
    rb"|subs?|subtitles|extras|featurettes|samples?|bonus|specials)$"
)
"""Names of folders inside a torrent: of a season, a disc, subtitles."""


def innermost(mounts: Iterable[bytes], path: bytes) -> bytes | None:
    """The innermost of these mounts that a path lies on; None when it lies on none."""
    return max((mount for mount in mounts if is_within(path, mount)), key=len, default=None)


class ViewFinder:
    """Learns the views from targets, and finds the view of a target. ``mounts`` are the configured folders and every
    mount point that is or was in them; ``known`` are views of earlier scans."""

    def __init__(self, mounts: Sequence[bytes], known: Iterable[View] = ()) -> None:
        self._mounts = mounts
        self._known = {view.path for view in known}
        self._children: dict[bytes, set[bytes]] = {}
        self._last = b""

    def learn(self, target: bytes, torrent: bytes = b"") -> None:
        """Learns from a target; ``torrent`` is the folder (or file) on the way to it that has the name of a torrent."""
        folder = os.path.dirname(target)
        if folder == self._last:
            return
        self._last = folder
        mount = innermost(self._mounts, target)
        if mount is None:
            return
        child = torrent if is_below(torrent, mount) else _torrent_folder(mount, target)
        view = os.path.dirname(child)
        children = self._children.get(view)
        if children is None:
            if len(self._children) >= MOST:
                return
            children = self._children[view] = set()
        if len(children) < A_VIEW:
            children.add(child)

    def view_of(self, target: bytes) -> View | None:
        """The view a target lies in; None when it lies on no mount."""
        mount = innermost(self._mounts, target)
        if mount is None or target == mount:
            return None
        path = os.path.dirname(_torrent_folder(mount, target))
        while not self._is_view(mount, path):
            path = os.path.dirname(path)
        if path == mount:  # a folder directly below the mount is still a view when torrents are known to lie in it
            first = _first_level(mount, target)
            path = first if first in self._known or first in self._children else path
        return View(mount, path)

    def views(self) -> list[View]:
        """Every view that the learnt targets lie in."""
        found = (self.view_of(child + b"/.") for children in self._children.values() for child in children)
        return list({view.path: view for view in found if view is not None}.values())

    def _is_view(self, mount: bytes, path: bytes) -> bool:
        """Whether a folder is known to be a view."""
        if path in self._known or path == mount or os.path.dirname(path) == mount:
            return True
        return len(self._children.get(path, ())) >= A_VIEW


def _torrent_folder(mount: bytes, target: bytes) -> bytes:
    """The folder of the torrent by the usual layout; for a file directly on the mount that file."""
    folder = os.path.dirname(target)
    if folder == mount:
        return target
    while os.path.dirname(folder) != mount and _PART.match(os.path.basename(folder)):
        folder = os.path.dirname(folder)
    return folder


def _first_level(mount: bytes, target: bytes) -> bytes:
    """The folder directly below the mount that a target lies in, else the mount."""
    parts = target[len(mount) + 1 :].split(b"/")
    return mount + b"/" + parts[0] if len(parts) > 1 else mount
