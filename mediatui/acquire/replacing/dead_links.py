"""What dead links are of, by their own place: what a service reported of them or of their folder, else their names."""

from __future__ import annotations

import dataclasses
import os
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mediatui.library.maintenance.same_series import is_season_folder, names_of
from mediatui.model.arr_items import ArrItem
from mediatui.model.errors import UsageError
from mediatui.model.kinds import kind_of
from mediatui.model.link import NOT_ON_MOUNT, REMOVABLE
from mediatui.model.problems import PROBLEMS
from mediatui.model.target import Target, TargetKind
from mediatui.model.text import printable
from mediatui.names.episode_numbers import EpisodeNumbers, episodes_of
from mediatui.names.parsed import library_title, parse_name
from mediatui.names.titles import fold_title
from mediatui.settings import Settings
from mediatui.settings.places import configured_path_map, configured_roots
from mediatui.store.arr.items import all_items, items_of_id, items_titled
from mediatui.store.conditions import links_below, links_in_states
from mediatui.store.library.links import LibraryLink, iterate_links, read_link
from mediatui.store.library.media import Media, media_of_link
from mediatui.store.torrents.listing import torrents_by_id


@dataclass(frozen=True, slots=True)
class DeadLink:
    """A dead link and what it is of: a film, or all the episodes of its file (None: that is not known)."""

    link: LibraryLink
    target: Target | None

    @property
    def path(self) -> str:
        """Its path as text."""
        return os.fsdecode(self.link.path)

    @property
    def shown(self) -> str:
        """What it is called by for people: what it is of, else its name."""
        return printable(os.path.basename(self.path)) if self.target is None else printable(self.target.shown)


def links_at(connection: sqlite3.Connection, words: Sequence[str]) -> list[LibraryLink]:
    """The links at these paths, and those in these folders that can be replaced, as the last scans left them; raises
    UsageError for a path at which no scan has seen one."""
    found: dict[bytes, LibraryLink] = {}
    for word in words:
        path = os.path.normpath(os.path.join(os.getcwdb(), os.fsencode(word)))
        link = read_link(connection, path)
        below = links_below(path) & links_in_states((*REMOVABLE, NOT_ON_MOUNT))
        links = [link] if link else [one for one in iterate_links(connection, below) if not why_kept(connection, one)]
        if not links:
            raise UsageError(
                f"No scan has found a dead link at {printable(os.fsdecode(path))}.", "Scan: mediatui --headless scan"
            )
        found |= {link.path: link for link in links}
    return list(found.values())


def why_kept(connection: sqlite3.Connection, link: LibraryLink) -> str:
    """Why a link is not replaced; empty when it is. One that a mount does not show is, where the service itself says
    that its torrent has a problem."""
    if link.state in REMOVABLE:
        return ""
    if link.state != NOT_ON_MOUNT:
        return f"it is {link.state}: only what is certainly dead is replaced"
    known = torrents_by_id(connection, [link.torrent_id]) if link.torrent_id else []
    if any(torrent.class_ in PROBLEMS for torrent in known):
        return ""
    return "only the mount does not show it: its torrent is well"


def read_dead_links(connection: sqlite3.Connection, links: Sequence[LibraryLink], settings: Settings) -> list[DeadLink]:
    """What each of these links is of."""
    folders = _folders_of_items(connection, settings)
    roots = configured_roots(settings)
    return [DeadLink(link, _target_of(connection, link.path, folders, roots)) for link in links]


def _folders_of_items(connection: sqlite3.Connection, settings: Settings) -> dict[bytes, ArrItem]:
    """The films and series that services have, by their folders (our paths)."""
    maps = {service.name: configured_path_map(settings, service.name) for service in settings.services}
    return {
        os.fsencode(maps[item.service].to_ours(item.path)): item
        for item in all_items(connection) if item.path and item.service in maps
    }  # fmt: skip


def _target_of(
    connection: sqlite3.Connection, path: bytes, folders: Mapping[bytes, ArrItem], roots: Sequence[bytes]
) -> Target | None:
    media = media_of_link(connection, path)
    name, folder = os.fsdecode(os.path.basename(path)), os.path.dirname(path)
    numbers = episodes_of(name, names_of(folder))
    if media is not None:
        return _known(connection, media, numbers)
    if (item := _item_of(folder, folders)) is not None and (item.kind == "film" or numbers is not None):
        return _of_item(item, numbers)
    if numbers is not None:
        title, year = _series_title(name, folder)
        found = Target("series", title, year, season=numbers.season, episodes=numbers.episodes)
    elif kind_of(path, roots) == "episode":
        return None
    else:
        title, year = _film_title(name, folder)
        found = Target("film", title, year)
    return _with_ids(connection, found) if title else None


def _item_of(folder: bytes, folders: Mapping[bytes, ArrItem]) -> ArrItem | None:
    """The film or series in whose folder something lies."""
    while folder not in folders and folder not in (b"", b"/"):
        folder = os.path.dirname(folder)
    return folders.get(folder)


def _of_item(item: ArrItem, numbers: EpisodeNumbers | None) -> Target:
    found = Target(
        item.kind, item.title, item.year, item.tmdb_id, item.tvdb_id, item.imdb_id, item.service, item.service_id
    )
    if item.kind == "film" or numbers is None:
        return found
    return dataclasses.replace(found, season=numbers.season, episodes=numbers.episodes)


def _known(connection: sqlite3.Connection, media: Media, numbers: EpisodeNumbers | None) -> Target | None:
    """What a service reported. The link's own name says which episodes it is of: a file may hold several."""
    kind: TargetKind = "film" if media.kind == "film" else "series"
    season, episodes = media.season, media.episodes
    if kind == "series" and numbers is not None:
        season, episodes = numbers.season, numbers.episodes
    if kind == "series" and (season is None or not episodes):
        return None
    found = Target(kind, media.title, media.year, media.tmdb_id or 0, media.tvdb_id or 0)
    if kind == "series":
        found = dataclasses.replace(found, season=season, episodes=episodes)
    return _with_ids(connection, found)


def _series_title(name: str, folder: bytes) -> tuple[str, int | None]:
    above = os.fsdecode(os.path.basename(folder))
    if is_season_folder(above):
        above = os.fsdecode(os.path.basename(os.path.dirname(folder)))
        return library_title(name) or library_title(above) or (above, None)
    if own := library_title(name) or library_title(above):
        return own
    parsed = parse_name(name)
    return parsed.title, parsed.year


def _film_title(name: str, folder: bytes) -> tuple[str, int | None]:
    if own := library_title(name) or library_title(os.fsdecode(os.path.basename(folder))):
        return own
    parsed = parse_name(name)
    return parsed.title, parsed.year


def _with_ids(connection: sqlite3.Connection, target: Target) -> Target:
    """The target with its ids, where just one film or series that a service has is it."""
    found = items_of_id(connection, target.kind, tmdb=target.tmdb_id, tvdb=target.tvdb_id)
    if not found and not (target.tmdb_id or target.tvdb_id):
        titled = items_titled(connection, fold_title(target.title), target.kind)
        found = [one for one in titled if target.year is None or one.year is None or one.year == target.year]
    if len({(one.tmdb_id, one.tvdb_id) for one in found}) != 1:
        return target
    named = dataclasses.replace(_of_item(found[0], None), season=target.season, episodes=target.episodes)
    return named if named.year else dataclasses.replace(named, year=target.year)
