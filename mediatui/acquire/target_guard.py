"""What speaks against sending a release by what it is for: it is here already, on its way, rejected, or twice in one
batch."""

from __future__ import annotations

import math
import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from mediatui.acquire.mapping.aim import Aim
from mediatui.acquire.search.held import held_by_item
from mediatui.acquire.search.score import preference
from mediatui.model.human import date
from mediatui.model.preferred import Preferred
from mediatui.model.target import MappedTarget, Target, hold_all, number_text, shown_targets
from mediatui.names.release_columns import ReleaseColumns, columns_of
from mediatui.store.arr.items import episodes_of, items_of_id
from mediatui.store.releases.known import files_of_titles
from mediatui.store.transfers.targets import targets_under_way
from mediatui.store.watch_archive import rejected_entries

AGAIN: Final = "--again"
"""The option that sends what is left only because something speaks against it; the reason of such a one names it."""


@dataclass(frozen=True, slots=True)
class Offered:
    """Something to be sent, before its torrent is fetched: what it is called by (``r12``, or a hash), its title, the
    hashes that are known of it, what its name says, how many seed it, what it is for, and what is to be known of
    that."""

    key: str
    title: str
    hashes: tuple[str, ...]
    columns: ReleaseColumns
    aim: Aim
    seeders: int | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Owned:
    """What the library has of a target: all of it or which episodes, and the lowest resolution of these files (0: not
    known)."""

    whole: bool = False
    episodes: tuple[int, ...] = ()
    of: int = 0
    resolution: int = 0


def sort_by_target(
    connection: sqlite3.Connection,
    offered: Sequence[Offered],
    preferred: Preferred,
    enabled: Collection[str],
    *,
    again: bool,
) -> tuple[list[Offered], list[tuple[str, str]]]:
    """Those that nothing speaks against, with what is to be known of them, and those that are left, each with the
    reason. Of two for the same film or episode the better one stays. ``enabled`` are the services that may be asked;
    with ``again`` only that of a service that is not counts."""
    guard = TargetGuard(connection)
    left: list[tuple[str, str]] = []
    kept: list[Offered] = []
    for one in offered:
        off = next((t.target.service for t in one.aim.targets if t.target.service not in ("", *enabled)), "")
        if off:
            left.append((one.title, f"{off}, which it is for, is not enabled in the settings"))
        elif not again and (why := guard.why_left(one)):
            left.append((one.title, why))
        else:
            kept.append(replace(one, remark=guard.remark(one)))
    return _without_worse(kept, preferred, left)


def _without_worse(
    kept: Sequence[Offered], preferred: Preferred, left: list[tuple[str, str]]
) -> tuple[list[Offered], list[tuple[str, str]]]:
    """Leaves of several for the same film or episodes the best; those that share only a part stay."""
    best = sorted(kept, key=lambda one: _worth(one, preferred), reverse=True)
    taken: list[Offered] = []
    for one in best:
        rival = next((other for other in taken if hold_all(other.aim.targets, one.aim.targets)), None)
        if rival is None:
            taken.append(one)
        else:
            left.append((one.title, f"it is for {shown_targets(one.aim.targets)}, as {rival.title}, which is sent"))
    chosen = {id(one) for one in taken}
    return [one for one in kept if id(one) in chosen], left


def _worth(one: Offered, preferred: Preferred) -> tuple[float, ...]:
    """What releases for one target are compared by, the best with the largest."""
    many = sum(len(target.target.episodes) or math.inf for target in one.aim.targets)
    return (many, preference(one.columns, preferred), one.columns.resolution, one.seeders or 0)


class TargetGuard:
    """Knows what is here, what is on its way, and what was rejected."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._under_way = targets_under_way(connection)
        self._rejected = rejected_entries(connection)

    def why_left(self, one: Offered) -> str:
        """Why a release is not sent; empty when nothing speaks against it."""
        targets = one.aim.targets
        for number, members in self._others(one):
            if hold_all(members, targets):
                return f"transfer {number} is under way for {shown_targets(targets)}; {AGAIN} sends it as well"
        for entry in self._rejected:
            if any(entry.target.shared_with(mapped.target) for mapped in targets):
                when = f" on {date(entry.removed_at)}" if entry.removed_at else ""
                return f"{entry.target.shown} was rejected{when}; {AGAIN} sends it all the same"
        owned = [self.owned(mapped.target) for mapped in targets]
        if owned and all(each.whole for each in owned):
            lowest = min(each.resolution for each in owned)
            if not lowest or not one.columns.resolution or one.columns.resolution <= lowest:
                has = f" in {lowest}p" if lowest else ""
                return f"the library has {shown_targets(targets)}{has}; {AGAIN} sends it all the same"
        return ""

    def remark(self, one: Offered) -> str:
        """What is to be known of a release that is sent: which of its episodes are on their way or here already."""
        said = []
        for number, members in self._others(one):
            shared = [mine.target.shared_with(its.target) for mine in one.aim.targets for its in members]
            if any(shared):
                said.append(f"{', '.join(filter(None, shared))} is under way (transfer {number})")
        for mapped in one.aim.targets:
            owned = self.owned(mapped.target)
            if owned.whole:
                better = f" in {owned.resolution}p" if owned.resolution else ""
                said.append(f"the library has {mapped.target.shown}{better}")
            elif owned.episodes and mapped.target.season is not None:
                missing = owned.of - len(owned.episodes)
                said.append(f"{missing} of {owned.of} episodes of {number_text(mapped.target.season)} are missing here")
        return "; ".join(said)

    def _others(self, one: Offered) -> Iterator[tuple[int, list[MappedTarget]]]:
        """The targets of the transfers under way, but for those of its own hash."""
        found: dict[int, list[MappedTarget]] = {}
        for number, info_hash, _, mapped in self._under_way:
            if info_hash not in one.hashes:
                found.setdefault(number, []).append(mapped)
        yield from found.items()

    def owned(self, target: Target) -> Owned:
        """What the library has of a target: by what the services report, and by its own tables."""
        items = items_of_id(
            self._connection, target.kind, tmdb=target.tmdb_id, tvdb=target.tvdb_id, imdb=target.imdb_id
        )
        titles = {target.title, *(one.title for one in items)} - {""}
        files = [
            file for file in files_of_titles(self._connection, titles)
            if file.year is None or target.year is None or file.year == target.year
        ]  # fmt: skip
        if target.kind == "film":
            paths = [one.file for one in items if one.file]
            held = held_by_item(file for file in files if file.kind == "film")
            paths += [os.fsdecode(file.path) for file in files if file.kind == "film"]
            has = bool([one for one in items if one.has_file]) or any(one.film for one in held.values())
            return Owned(has, resolution=_lowest(paths))
        if target.season is None:
            return Owned()
        known = {
            one.number: one.has_file for item in items
            for one in episodes_of(self._connection, item.service, item.service_id) if one.season == target.season
        }  # fmt: skip
        own = [file for file in files if file.kind == "episode" and file.season == target.season]
        here = {number for number, has_file in known.items() if has_file} | {n for file in own for n in file.episodes}
        wanted = {*target.episodes} or {*known}
        there = tuple(sorted(here & wanted)) if wanted else ()
        resolution = _lowest(os.fsdecode(file.path) for file in own if {*file.episodes} & wanted)
        return Owned(bool(wanted) and len(there) == len(wanted), there, len(wanted), resolution)


def _lowest(paths: Iterable[str]) -> int:
    """The lowest resolution that the names of files say; 0 when one says none."""
    return min((columns_of(os.path.basename(path.replace("\\", "/"))).resolution for path in paths), default=0)
