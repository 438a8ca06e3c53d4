"""Views of a mount, the folders above the torrents' folders, and what the names in them prove.

Pure rules. A debrid mount shows the cached answer of a service; when the service fails, a folder is empty and there is
no error. So the names a view shows now are compared with those it showed when all was well.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from mediatui.model.human import counted
from mediatui.model.link import NOT_ON_MOUNT
from mediatui.model.path import is_below
from mediatui.model.text import printable

LOST_SHARE: Final = 0.20
REASONS_SHOWN = 3
"""How many reasons are given in one sentence."""
LOST: Final = 3
"""A view that lost at least so many names and such a share of its names cannot be judged; nor can one that lost so many
names that the account still has."""
ENOUGH_CANARIES: Final = 3
"""Fewer good targets than this prove nothing about a whole view."""
SAME: Final = 0.80
"""A view that shows fewer than this share of its names after a refresh proves nothing."""
SHOWN_ELSEWHERE, HELD, HELD_BY_OLD_ARCHIVE = 1, 2, 3
"""Why a link is ``not on mount`` (``library_links.code``)."""
WITNESSED: Final = {
    SHOWN_ELSEWHERE: "another view of the mount still shows its torrent",
    HELD: "the account has its torrent, the mount does not show it",
    HELD_BY_OLD_ARCHIVE: "the archive has its torrent, but is older than the last good scan: sync to be sure",
}
WHAT_HELPS: Final = (
    "Refresh or restart the mount, look into its own folder for what it cannot play, or repair the torrent."
)


@dataclass(frozen=True, slots=True)
class View:
    """A folder of a mount (both absolute, ``path`` may be the mount itself) that the folders of torrents lie in."""

    mount: bytes
    path: bytes

    @property
    def name(self) -> bytes:
        """Its name in sentences and in the store: its path below the mount, ``/movies``."""
        return self.path[len(self.mount) :] or b"/"

    def inside(self, target: bytes) -> bytes:
        """The name in the view that a target leads through: the folder of its torrent, or its file."""
        return target[len(self.path) + 1 :].split(b"/", 1)[0]

    def holds(self, target: bytes) -> bool:
        """Whether a target lies below it."""
        return is_below(target, self.path)


def view_at(mount: bytes, name: bytes) -> View:
    """The view of a mount by its stored name."""
    return View(mount, mount + name if name != b"/" else mount)


@dataclass(frozen=True, slots=True)
class KeptView:
    """A view as it was in the last scan that passed: the names it showed, whether its mount was a mount point, the scan
    and when (epoch seconds). ``refreshed_by`` is that scan if it had rclone read the view again, and rclone said OK."""

    view: View
    names: frozenset[bytes]
    was_mount: bool
    scan: int
    at: float
    refreshed_by: int | None = None


@dataclass(frozen=True, slots=True)
class HeldTorrent:
    """A torrent of the account that a target led into: the names it may be shown under, and whether it was found by the
    name of the target's folder (else by the file in it)."""

    names: frozenset[bytes]
    by_name: bool = True


@dataclass(frozen=True, slots=True)
class LostNames:
    """The names a view showed and does not show now. Among them, ``gone`` are gone from the account according to the
    archive, ``held`` the account still has."""

    before: Collection[bytes]
    now: Collection[bytes]
    gone: Collection[bytes] = field(default=())
    held: Collection[bytes] = field(default=())

    @property
    def expected(self) -> set[bytes]:
        """The names it should still show."""
        return set(self.before) - set(self.gone)

    @property
    def names(self) -> set[bytes]:
        """The expected names it does not show."""
        return self.expected - set(self.now)


def missing_of(before: Collection[bytes], now: Collection[bytes]) -> set[bytes]:
    """The names that were shown and are not now: only for these the archive has to be asked."""
    return set(before) - set(now)


def why_not_judged(lost: LostNames) -> str:
    """Why a view cannot be judged by the names it shows, as what follows "the view /movies"; empty when it can."""
    missing, expected = lost.names, lost.expected
    if not missing:
        return ""
    folders = f"held {counted(len(expected), 'folder')}, holds {len(lost.now):,}"
    if len(missing) == len(expected) or (len(missing) >= LOST and len(missing) >= LOST_SHARE * len(expected)):
        return folders
    still = len(missing & set(lost.held))
    return f"{folders}; the account still has {still:,} of the missing" if still >= LOST else ""


def why_nothing_is_concluded(before: Collection[bytes], now: Collection[bytes]) -> str:
    """Why nothing is concluded from a view after a refresh, as what follows "the view /movies"; empty when something
    can be. A service that fails during the refresh leaves fewer names than before, and rclone still says OK."""
    if len(set(before) & set(now)) >= SAME * len(before):
        return ""
    return f"held {counted(len(before), 'folder')} before rclone read it again, holds {len(now):,}"


def view_label(view: View, *, of_several: bool = False) -> str:
    """A view in a sentence; ``of_several`` when several mounts have a view of this name."""
    shown = f"the view {os.fsdecode(view.name)}"
    return f"{shown} of {os.fsdecode(view.mount)}" if of_several else shown


def names_to_seek(missing: Collection[bytes], held: Mapping[bytes, HeldTorrent]) -> list[bytes]:
    """The names to look for in the other views of a mount when one does not show torrents of these names."""
    return sorted({*missing, *(name for torrent in held.values() for name in _spellings(torrent.names))})


def find_witnesses(
    missing: Collection[bytes],
    held: Mapping[bytes, HeldTorrent],
    shown: Collection[bytes],
    elsewhere: Collection[bytes],
    *,
    archive_is_older: bool = False,
) -> dict[bytes, int]:
    """The missing names whose torrents are not gone, each with the witness: ``SHOWN_ELSEWHERE``, ``HELD`` or
    ``HELD_BY_OLD_ARCHIVE``. ``shown`` are the names in the view, ``elsewhere`` those in other views. A torrent that the
    view shows under another name is left out: its links have to be pointed at that name."""
    found: dict[bytes, int] = {}
    for name in missing:
        torrent = held.get(name)
        others = set() if torrent is None else _spellings(torrent.names) - {name}
        if torrent is not None and torrent.by_name and not others.isdisjoint(shown):
            continue
        if name in elsewhere:
            found[name] = SHOWN_ELSEWHERE
        elif torrent is not None and (torrent.by_name or (others.isdisjoint(shown) and others.isdisjoint(elsewhere))):
            found[name] = HELD_BY_OLD_ARCHIVE if archive_is_older else HELD
    return found


def _spellings(names: Collection[bytes]) -> set[bytes]:
    """The names under which a torrent may be shown: its names and, for a single file, those without the file ending."""
    ends = ((name, os.path.splitext(name)) for name in names)
    return {*names, *(stem for _, (stem, end) in ends if len(end) in (4, 5))}


def sentence_of_not_judged(rows: Sequence[Mapping[str, object]], away: Iterable[str] = ()) -> str:
    """How many links could not be judged (``rows`` as of ``unjudged_row``), and why, in a sentence; ``away`` are the
    problems of mounts, also of those that no link needs. Empty when everything could be judged."""
    reasons = list(dict.fromkeys([*(str(row["reason"]) for row in rows), *away]))
    if not reasons:
        return ""
    links = sum(int(str(row["links"])) for row in rows)
    shown = "; ".join(map(printable, reasons[:REASONS_SHOWN]))
    more = f"; and {counted(len(reasons) - REASONS_SHOWN, 'more reason')}" if len(reasons) > REASONS_SHOWN else ""
    return f"{f'{links:,} not judged' if links else 'Not judged'}: {shown}{more}."


def unjudged_row(state: str, reason: str, links: int, place: str = "", *, is_view: bool = False) -> dict[str, object]:
    """How many links could not be judged and why, as a row of output; ``text`` is the sentence: ``300 links unknown:
    /mnt/debrid is empty``. ``is_view``: the place is a failing view, which ``scan --accept-view`` accepts as it is."""
    more = f". {WHAT_HELPS}" if state == NOT_ON_MOUNT else ""
    text = f"{counted(links, 'link')} {state}: {printable(reason)}{more}"
    return {"state": state, "links": links, "place": place, "is_view": is_view, "reason": reason, "text": text}
