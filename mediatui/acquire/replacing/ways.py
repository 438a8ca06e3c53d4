"""The ways to another file for a dead link, in the order in which they are taken: the cheapest and surest first."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from mediatui.acquire.search.row import ReleaseRow
from mediatui.model.candidate import Candidate
from mediatui.model.human import size_text
from mediatui.model.target import Target
from mediatui.model.text import printable
from mediatui.names.episode_numbers import episodes_of
from mediatui.names.release_columns import ReleaseColumns, columns_of
from mediatui.names.titles import fold_title, same_title

WayKind = Literal["repair", "account", "twin", "release"]
ORDER: Final[Sequence[WayKind]] = ("repair", "account", "twin", "release")
WORDS: Final = {
    "repair": "its own torrent, repaired", "account": "a file of the account", "twin": "the same torrent once more",
    "release": "a release",
}  # fmt: skip
SURE: Final = 100
"""The points of a file of the account with the same name and size."""
NAMED: Final = 90
"""Those of one that resembles the old file and is the same film or episode by its name; less may be another's."""
ANY_QUALITY: Final = "--any-quality"
"""The option that takes a release of another resolution too."""
SAME: Final = "same"
OTHER: Final = "other"
LEAST: Final = 80
"""The points below which a release is not taken unasked."""
SAME_QUALITY: Final = 10
"""So many points more for the resolution that the old file had, where none is preferred."""
_NEVER: Final = frozenset({"cam", "disc"})


@dataclass(frozen=True, slots=True)
class Way:
    """One way: what it is called by (``name``), its points, why it fits or why it is not taken; and the file of the
    account, or the release, that it leads to. One that failed before (``is_last``) is taken where there is no
    other."""

    kind: WayKind
    name: str
    score: int
    why: str
    is_sure: bool = True
    candidate: Candidate | None = None
    release: ReleaseRow | None = field(default=None, compare=False)
    is_last: bool = False

    @property
    def shown(self) -> str:
        """The way for people: ``a release, 98: Tin.Garden.S01E02.1080p-GRP; is S01E02, 1080p``."""
        return f"{WORDS[self.kind]}, {self.score}: {printable(self.name)}; {printable(self.why)}"


def account_ways(
    candidates: Sequence[Candidate], target: Target | None, twins: Collection[str], tried: Mapping[bytes, str]
) -> list[Way]:
    """The files of the account that a link of a ``target`` (None: not known) could lead to, but for those whose names
    say other episodes; ``twins`` are the torrents that hold the same as its own, ``tried`` says why files were not
    taken before, by their paths."""
    found: list[Way] = []
    for one in candidates:
        kind: WayKind = "twin" if one.torrent_id in twins else "account"
        says = "" if target is None else _said_of(one, target)
        if says == OTHER and one.score < SURE:
            continue
        score = max(one.score, NAMED) if says == SAME else one.score
        sure = score >= NAMED
        why = f"{one.why}{f', and {target.shown} by its name' if says == SAME and target is not None else ''}"
        name = f"{one.torrent}/{os.path.basename(os.fsdecode(one.path))}" if one.torrent else os.fsdecode(one.path)
        failed = tried.get(one.path, "")
        why = f"{why}; it failed before ({failed})" if failed else why if sure else f"not taken: {one.why} only"
        found.append(Way(kind, name, score, why, sure and not failed, one, is_last=sure and bool(failed)))
    return sorted(found, key=lambda way: -way.score)


def _said_of(candidate: Candidate, target: Target) -> str:
    """Whether the name of a file says what a link is of (``SAME``), something else (``OTHER``), or neither."""
    path = os.fsdecode(candidate.path)
    columns = columns_of(os.path.splitext(os.path.basename(path))[0])
    if target.season is not None:
        numbers = episodes_of(os.path.basename(path), os.path.dirname(path).split("/"))
        if numbers is None:
            return ""
        if numbers.season != target.season or not {*target.episodes} <= {*numbers.episodes}:
            return OTHER
    elif columns.seasons or columns.year not in (None, target.year):
        return OTHER
    titled = same_title(fold_title(columns.title), fold_title(target.title))
    return SAME if titled and (target.season is not None or columns.year == target.year is not None) else ""


def release_ways(
    rows: Sequence[ReleaseRow],
    target: Target,
    before: ReleaseColumns,
    preferred: Collection[str],
    dead: Collection[str],
    *,
    pack_first: bool = False,
    any_quality: bool = False,
) -> list[Way]:
    """The releases of a search that are all of a target, the best first, and packs before those with ``pack_first``.
    ``before`` is what the old name says, ``preferred`` the resolutions that are wished for (none: the same as before),
    ``dead`` the hashes of the old torrent, and of those that failed. Others are taken with ``any_quality`` only."""
    found = [
        _release_way(row, target, before, preferred, dead, any_quality=any_quality)
        for row in rows
        if _is_all_of(row, target)
    ]

    def order(way: Way) -> tuple[object, ...]:
        assert way.release is not None
        single = pack_first and bool(way.release.columns.episodes)
        return (not way.is_sure, single, -way.score, way.release.order)

    return sorted(found, key=order)


def quality_before(target: bytes) -> ReleaseColumns:
    """What the file that a dead link led to was, by its name and that of its folder."""
    name = columns_of(os.fsdecode(os.path.basename(target)))
    return name if name.resolution else columns_of(os.fsdecode(os.path.basename(os.path.dirname(target))))


def _is_all_of(row: ReleaseRow, target: Target) -> bool:
    """Whether a release holds all that a link is of: the film, or each of its episodes."""
    columns = row.columns
    if not row.release.related or row.release.first.protocol == "usenet":
        return False
    if target.kind == "film":
        return columns.kind not in ("episode", "pack", "collection")
    if target.season not in columns.seasons:
        return False
    return not columns.episodes or {*target.episodes} <= {*columns.episodes}


def _release_way(
    row: ReleaseRow,
    target: Target,
    before: ReleaseColumns,
    preferred: Collection[str],
    dead: Collection[str],
    *,
    any_quality: bool,
) -> Way:
    columns, first = row.columns, row.release.first
    same = bool(before.resolution) and columns.resolution == before.resolution and not preferred
    score = row.score + SAME_QUALITY * same
    whys = [f"is {target.numbers}" if target.season is not None and columns.episodes else ""]
    whys += ["a pack of the season" if target.season is not None and not columns.episodes else ""]
    whys += [f"{columns.resolution}p{', as before' if same else ''}" if columns.resolution else ""]
    whys += [size_text(first.size) if first.size else ""]
    whys += [f"{first.seeders:,} seeders" if first.seeders is not None else ""]
    other = "" if any_quality else _other_quality(columns, before, preferred)
    against = _why_not(row, score, dead) or (other and f"{other}; {ANY_QUALITY} takes it")
    why = "; ".join(filter(None, (", ".join(filter(None, whys)), against and f"not taken: {against}")))
    return Way("release", first.title, score, why, not against, release=row)


def _why_not(row: ReleaseRow, score: int, dead: Collection[str]) -> str:
    """Why a release is not taken unasked; empty when it may be."""
    if any(one in dead for one in row.release.hashes):
        return "it is the torrent that died, or failed before"
    if row.columns.source in _NEVER or "hc" in row.columns.flags:
        return f"it is {'hard-coded' if 'hc' in row.columns.flags else row.columns.source}"
    if row.known.refused_at is not None:
        return "Real-Debrid refused it"
    if score < LEAST:
        return f"fewer than {LEAST} points"
    return ""


def _other_quality(columns: ReleaseColumns, before: ReleaseColumns, preferred: Collection[str]) -> str:
    """That a release has neither the resolution that was there nor one that is preferred; empty where it has, or
    neither is known."""
    wished = {int(word.rstrip("p")) for word in preferred if word.rstrip("p").isdecimal()}
    allowed = wished | ({before.resolution} - {0})
    if not allowed or columns.resolution in allowed:
        return ""
    was = f", and was {before.resolution}p" if before.resolution else ""
    return f"it is {columns.resolution}p{was}" if columns.resolution else f"its resolution is not known{was}"
