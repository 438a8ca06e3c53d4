"""Cleanup, ``duplicates``: links in one folder that lead to the same file.

The rule. Of the links in one folder that lead to one file, one is kept: a link that Sonarr or Radarr has on record
before one they do not, else the link with the most complete name: the name with the most facts (title, year, season,
episodes, date, resolution), then the longest, then the first in order. The others are removed. Links whose names have
different episodes are no duplicates, whatever they lead to: a file may hold several episodes, and links that lead to a
wrong one are to be repaired, not removed. Nor are links whose names claim different halves or parts, dates, cuts or
extras. Neither are links whose names have different years: they are of two films,
and only listed. A link that other links lead through stays. The same file in two folders (a film under two genres) is
normal and only counted.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from mediatui.changes.steps.symlinks import UnlinkSymlink
from mediatui.library.maintenance.cleanup.moves import Mover
from mediatui.library.maintenance.planned_tree import PlannedFolder, PlannedLink, PlannedTree
from mediatui.library.maintenance.snapshot import LibrarySnapshot
from mediatui.model.finding import Finding
from mediatui.model.text import printable
from mediatui.names.claims import NameClaims, claims_of
from mediatui.names.episode_numbers import EpisodeNumbers, episodes_of
from mediatui.names.parsed import ParsedName, known_names, library_title
from mediatui.names.titles import fold_title
from mediatui.store.library.media import paths_on_record
from mediatui.system.symlinks import judge


def links_on_record(planned_tree: PlannedTree, snapshot: LibrarySnapshot) -> frozenset[PlannedLink]:
    """The links that are files of Sonarr or Radarr; to be read before anything moves in the planned tree."""
    paths = paths_on_record(snapshot.connection)
    links = (link for folder in planned_tree.all_folders() for link in folder.links.values()) if paths else ()
    return frozenset(link for link in links if link.path in paths)


def find_duplicates(
    planned_tree: PlannedTree,
    mover: Mover,
    snapshot: LibrarySnapshot,
    on_record: Collection[PlannedLink],
    folders: Sequence[PlannedFolder] = (),
) -> dict[str, int]:
    """Reports duplicate links, in these folders or in all, and removes them from the planned tree. Counts files that
    are linked from more than one folder (``in_several_folders``)."""
    snapshot.reporter.phase("looking for duplicates", len(folders or snapshot.tree.folders))
    groups: list[list[PlannedLink]] = []
    first_folder: dict[bytes, PlannedFolder] = {}
    several: set[bytes] = set()
    for number, folder in enumerate(folders or planned_tree.all_folders(), 1):
        by_file: defaultdict[bytes, list[PlannedLink]] = defaultdict(list)
        for name in sorted(folder.links):
            if folder.links[name].state == "ok":
                by_file[_resolved(folder.links[name], snapshot)].append(folder.links[name])
        for file, links in by_file.items():
            if first_folder.setdefault(file, folder) is not folder:
                several.add(file)
            if len(links) > 1:
                for group in (same for episodes in _same_episodes(links) for same in _same_claims(episodes)):
                    groups += _same_years(group, snapshot, already_reported=bool(folders))
        if number % 500 == 0:
            snapshot.reporter.progress(number)
    parsed = _parse((os.fsdecode(link.name) for group in groups for link in group), snapshot)
    for group in groups:
        _report(group, parsed, on_record, planned_tree, mover, snapshot)
    return {"in_several_folders": len(several)}


def _resolved(link: PlannedLink, snapshot: LibrarySnapshot) -> bytes:
    """The real path a live link leads to."""
    return snapshot.storage.real(link.pointed)


def _same_episodes(links: Sequence[PlannedLink]) -> list[list[PlannedLink]]:
    """Links to one file, grouped by the episodes in their names; names without episodes join the others where all those
    have the same."""
    by_numbers: defaultdict[EpisodeNumbers | None, list[PlannedLink]] = defaultdict(list)
    for link in links:
        folders = [os.fsdecode(link.folder.name)]
        by_numbers[episodes_of(os.fsdecode(link.name), folders)].append(link)
    if len(by_numbers) == 2 and None in by_numbers:
        return [list(links)]
    return [group for group in by_numbers.values() if len(group) > 1]


def _same_claims(links: Sequence[PlannedLink]) -> list[list[PlannedLink]]:
    """Links to one file, grouped by the half or part in their names; those that claim different dates, cuts or extras
    are set apart from each other and from those that claim none."""
    by_part: defaultdict[tuple[str, frozenset[str]], list[tuple[PlannedLink, NameClaims]]] = defaultdict(list)
    for link in links:
        name = os.fsdecode(link.name)
        own = library_title(name)
        claims = claims_of(name, titles=(fold_title(own[0]),) if own else ())
        by_part[claims.half, claims.parts].append((link, claims))
    found: list[list[PlannedLink]] = []
    for group in by_part.values():
        claimed = [(claims.dates, claims.editions, claims.extras) for _, claims in group]
        differ = any(len({facts for facts in column if facts}) > 1 for column in zip(*claimed, strict=True))
        by_rest: defaultdict[object, list[PlannedLink]] = defaultdict(list)
        for (link, _), facts in zip(group, claimed, strict=True):
            by_rest[facts if differ else None].append(link)
        found += [same for same in by_rest.values() if len(same) > 1]
    return found


def _same_years(
    links: Sequence[PlannedLink], snapshot: LibrarySnapshot, *, already_reported: bool
) -> list[list[PlannedLink]]:
    """The group, unless the years in its names are more than one apart. Such names are of different films or series,
    and which of them the file is cannot be determined: all links stay, and are reported unless they were."""
    years = {link: own[1] for link in links if (own := library_title(os.fsdecode(link.name)))}
    if not years or max(years.values()) - min(years.values()) <= 1:
        return [list(links)]
    for link in () if already_reported else links[1:]:
        why = (
            f"leads to the same file as {printable(os.fsdecode(links[0].name))}; it stays: their names have other years"
        )
        snapshot.reporter.found(Finding("duplicates", link.path, why, link.target))
    return []


def _parse(names: Iterable[str], snapshot: LibrarySnapshot) -> dict[str, ParsedName]:
    found = known_names(snapshot.connection, names)
    if found.fresh:
        snapshot.reporter.store("names", found.fresh)
    return found.parsed


def completeness(name: str, parsed: ParsedName) -> tuple[int, int]:
    """How complete a name is: the number of facts in it, then its length."""
    facts = (
        parsed.folded, parsed.year, parsed.seasons, parsed.episodes, parsed.absolute, parsed.date, parsed.resolution,
        parsed.strict,
    )  # fmt: skip
    return sum(1 for fact in facts if fact not in ("", None, (), False)), len(name)


def _report(
    links: Sequence[PlannedLink],
    parsed: dict[str, ParsedName],
    on_record: Collection[PlannedLink],
    planned_tree: PlannedTree,
    mover: Mover,
    snapshot: LibrarySnapshot,
) -> None:
    """Reports all links of a group but the one that is kept."""
    needed = {link: mover.leads_through(link.path) for link in links}

    def rank(link: PlannedLink) -> tuple[bool, bool, tuple[int, int]]:
        name = os.fsdecode(link.name)
        return needed[link], link in on_record, completeness(name, parsed[name])

    keeper = max(links, key=rank)  # the first of equals
    endings = tuple(f".{extension}".encode() for extension in snapshot.places.video_extensions)
    state = judge(keeper.pointed, False, (), snapshot.places.small_below, endings)[2]
    for link in links:
        if link is keeper:
            continue
        path, kept = link.path, os.fsdecode(keeper.name)
        facts = {"keeper": os.fsdecode(keeper.path), "state": state}
        known = keeper in on_record and link not in on_record
        more = "is on record" if known else "has the more complete name"
        reason = f"leads to the same file as {printable(kept)}, which {more}"
        if needed[link] or state not in ("ok", "small"):
            why = "other links lead through it" if needed[link] else f"its target is {state}"
            snapshot.reporter.found(Finding("duplicates", path, f"{reason}; it stays: {why}", link.target, facts))
            continue
        step = UnlinkSymlink(
            what=printable(os.fsdecode(path)), path=os.fsdecode(path), target=os.fsdecode(link.target), state=state,
            reason=reason, keeper=os.fsdecode(keeper.path),
        )  # fmt: skip
        snapshot.reporter.found(Finding("duplicates", path, reason, link.target, facts, (step,)))
        planned_tree.remove(link)
