"""The rules by which a scan and the tools of maintenance judge links whose targets look gone. Pure.

A link is followed; each place on a mount that it leads through lies in a view (``model.views``). These rules apply in
order: a place in a view that cannot be judged leaves the link unknown; where the view shows the torrent, the target is
looked at once more, unless its folder listed well; where the view does not show the torrent, the link is not on the
mount while a witness has that torrent; every other link keeps the state it looked to be in.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from errno import EISDIR, ENOENT
from typing import Final

from mediatui.model.human import counted
from mediatui.model.link import NOT_ON_MOUNT
from mediatui.model.text import printable
from mediatui.model.views import ENOUGH_CANARIES, HeldTorrent, KeptView, View, find_witnesses
from mediatui.system.view_checks import EMPTY

Verdict = tuple[str, int]
"""The state of a link, and the code for the reason."""
UNKNOWN: Final[Verdict] = ("unknown", 0)
OUTSIDE: Final[Verdict] = ("outside", 0)
FEW_TORRENTS = 3
"""Files of fewer torrents than this do not show whether a view fails when their torrents are gone from it."""


@dataclass(frozen=True, slots=True)
class ViewState:
    """A view as it was found: the names it shows, and why it cannot be judged by, a sentence without its full stop,
    empty when it can."""

    view: View
    names: frozenset[bytes]
    problem: str
    is_mount: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A path on a mount that following a link leads through, and the state of its view (None: it lies in no view).
    ``lists_well``: its folder is known to list files, or is on a disk of this machine."""

    path: bytes
    view_state: ViewState | None
    lists_well: bool


@dataclass(frozen=True, slots=True)
class NotShown:
    """The view does not show the torrent of this name: the witnesses decide."""

    view: View
    name: bytes


@dataclass(frozen=True, slots=True)
class NeedsRecheck:
    """The view shows the torrent and the target was missing: a second look at the target decides."""

    view: View
    target: bytes


def why_names_fail(
    shown: str,
    kept: KeptView | None,
    view_state: ViewState,
    *,
    lost: str,
    links: int,
    harmed: str = "",
    is_accepted: bool = False,
) -> str:
    """Why a view cannot be judged by the names it shows, empty when it can. ``shown`` is the view in a sentence,
    ``kept`` its stored state, ``lost`` how it lost names since, ``links`` how many lead into it, ``harmed`` how a
    refresh harmed it; with ``is_accepted`` the user accepts whatever it shows."""
    if kept is not None and kept.was_mount and not view_state.is_mount:
        return f"{printable(os.fsdecode(view_state.view.mount))} is not mounted"
    if harmed:
        return f"{shown} {harmed}"
    if is_accepted:
        return ""
    if kept is None:
        lead = f"{counted(links, 'link leads', 'links lead')} into it"
        return f"{shown} holds nothing, and {lead}" if links and not view_state.names else ""
    return f"{shown} {lost}" if lost else ""


def canaries_to_check(view: View, names: Collection[bytes], good: Sequence[bytes]) -> Sequence[bytes]:
    """The files, good in the last scan that passed, that show whether a view fails. Where they all belong to few
    torrents, those whose torrent is gone from the view are left out: they show nothing about the view. Empty when too
    few are left."""
    if len({view.inside(target) for target in good}) < FEW_TORRENTS:
        good = [target for target in good if view.inside(target) in names]
    return good if len(good) >= ENOUGH_CANARIES else ()


def why_files_fail(shown: str, absent: int | None, of: int) -> str:
    """Why a view cannot be judged by its files, when ``absent`` of the ``of`` files checked are missing (None: no
    answer); empty when it can."""
    if absent is None:
        return f"{shown} did not answer in time"
    if 2 * absent > of:
        return f"{shown} shows its folders, but {absent} of {of} files that were there are not"
    return ""


def judge(state: str, places: Sequence[Place]) -> Verdict | NotShown | NeedsRecheck | None:
    """The verdict on a link that looks removable (``state``), by the places on mounts it leads through, in order; None
    when it keeps that state."""
    view_states = [(place, place.view_state) for place in places if place.view_state is not None]
    if any(view_state.problem for _, view_state in view_states):
        return UNKNOWN
    if state != "broken" or not view_states:
        return None
    place, view_state = view_states[-1]
    name = view_state.view.inside(place.path)
    if name not in view_state.names:
        return NotShown(view_state.view, name)
    return None if place.lists_well else NeedsRecheck(view_state.view, place.path)


def judge_recheck(found: str, *, is_video: bool = False) -> Verdict:
    """The verdict on a link by the second look at its target (``view_checks.recheck_target``): ``ok``, ``folder``,
    ``empty`` or ``missing``. No real torrent is empty, so that is unknown; ``is_video``: the link is named like a
    video, so a folder is the wrong kind."""
    if found == "folder":
        return ("wrong kind", EISDIR) if is_video else ("ok", 0)
    return {"ok": ("ok", 0), "empty": ("unknown", EMPTY)}.get(found, ("broken", ENOENT))


def judge_by_witnesses(
    names: Collection[bytes],
    held: Mapping[bytes, HeldTorrent],
    shown: Collection[bytes],
    elsewhere: Collection[bytes] | None,
    *,
    archive_is_older: bool,
) -> Mapping[bytes, Verdict]:
    """The verdicts on the links of torrents that their view does not show, by name; torrents without a witness are left
    out. ``elsewhere`` are the names other views show, None where unknown; the rest as for ``find_witnesses``."""
    if elsewhere is None:
        return dict.fromkeys(names, UNKNOWN)
    found = find_witnesses(names, held, shown, elsewhere, archive_is_older=archive_is_older)
    return {name: (NOT_ON_MOUNT, code) for name, code in found.items()}
