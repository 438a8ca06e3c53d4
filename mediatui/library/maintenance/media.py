"""Brings the known items in line with the tree: each link of a film or an episode is an item.

Where Sonarr or Radarr know a link, their record is used (``library.maintenance.media_services``); every other link is
identified by its own name and those of its folders. An item whose link has vanished stays known until another link
shows the same film or episode.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mediatui.model.text import printable
from mediatui.names.episode_numbers import EpisodeNumbers, episodes_of
from mediatui.names.parsed import ParsedName, known_names, library_title
from mediatui.names.seasons import cut_name, season_of_folder
from mediatui.names.titles import fold_title
from mediatui.store.library.media import Media, iterate_media

if TYPE_CHECKING:
    from mediatui.library.maintenance.snapshot import LibrarySnapshot, TreeLink

CHUNK = 2_000
"""Rows stored per message."""
Identity = tuple[str, str, int | None, int | None, tuple[int, ...]]


@dataclass(slots=True)
class Known:
    """Everything the library knows, after the tree was read. ``vanished`` are the ids of items whose link is not in the
    tree any more; ``unsure`` those of items for which that cannot be determined. The counts are links: ``without_year``
    of films and series, ``without_numbers`` of episodes."""

    items: list[Media] = field(default_factory=list)
    vanished: set[int] = field(default_factory=set)
    unsure: set[int] = field(default_factory=set)
    without_year: int = 0
    without_numbers: int = 0


def identity(media: Media) -> Identity:
    """What two items have in common that are the same film or episode."""
    return media.kind, fold_title(media.title), media.year, media.season, media.episodes


def refresh_media(snapshot: LibrarySnapshot) -> Known:
    """Brings the items up to date with the tree, stores what changed, and returns them all."""
    snapshot.reporter.phase("reading what is known")
    return _Refresh(snapshot).run()


class _Refresh:
    def __init__(self, snapshot: LibrarySnapshot) -> None:
        self._snapshot = snapshot
        self._tree = snapshot.tree
        self._known = Known()
        self._changed: list[Media] = []
        self._names = _Names(snapshot)
        self._next = 1
        self._titles: dict[str, str] = {}

    def run(self) -> Known:
        stored = list(map(self._shared, iterate_media(self._snapshot.connection)))
        # No other job of the library runs meanwhile: a new item may be given its number here.
        self._next = 1 + max((media.id or 0 for media in stored), default=0)
        by_link = self._placed(stored)
        served = {path for path, media in by_link.items() if media.source != "tree"}
        paths = (link.path for link in self._tree.links if link.path not in served)
        self._names.prepare(path for path in paths if self._snapshot.kind(path))
        for link in self._tree.links:
            media = by_link.pop(link.path, None)
            if media is not None and media.source != "tree":
                self._keep(media, replace(media, file_path=self._file(link, media)))
            elif (kind := self._snapshot.kind(link.path)) != "":
                self._keep(media, self._read(link, kind, media))
        self._keep_unlinked(
            [media for media in stored if media.link_path is None or media.link_path in by_link], by_link
        )
        for start in range(0, len(self._changed), CHUNK):
            rows = [(media.id, *media.as_row()) for media in self._changed[start : start + CHUNK]]
            self._snapshot.reporter.store("media", rows)
        return self._known

    def _shared(self, media: Media) -> Media:
        """The item with paths and titles replaced by equal ones in memory, which saves memory with a hundred thousand
        items."""
        title = self._titles.setdefault(media.title, media.title)
        link = self._tree.by_path.get(media.link_path or b"")
        if link is None:
            return replace(media, title=title)
        file = link.pointed if link.pointed == media.file_path else media.file_path
        return replace(media, title=title, link_path=link.path, file_path=file)

    def _placed(self, stored: list[Media]) -> dict[bytes, Media]:
        """The items by their links. An item that is no longer at its link but at the path its service reported has
        moved there; a path that a service writes in another form of Unicode counts as the path in the tree."""
        found: dict[bytes, Media] = {}
        others: dict[str, bytes] | None = None
        moved: list[tuple[int, bytes]] = []
        for place, media in enumerate(stored):
            path = media.link_path
            if path is not None and path not in self._tree.by_path and media.source != "tree":
                if others is None:
                    others = {
                        _normal(link_path): link_path for link_path in self._tree.by_path if not link_path.isascii()
                    }
                reported_path = media.reported_path or path
                current_path = (
                    reported_path if reported_path in self._tree.by_path else others.get(_normal(reported_path))
                )
                if current_path is not None and media.id is not None:
                    moved.append((media.id, current_path))
                    stored[place] = media = replace(media, link_path=current_path, file_path=None)
                    path = current_path
            if path is not None and (path not in found or media.source != "tree"):
                found[path] = media
        if moved:
            self._snapshot.reporter.store("media links", moved)
        return found

    def _keep(self, before: Media | None, now: Media) -> None:
        if now.id is None:
            now = replace(now, id=self._next)
            self._next += 1
        if before is None or now != before:
            self._changed.append(now)
            self._known.items.append(now)
        else:
            self._known.items.append(before)

    def _file(self, link: TreeLink, media: Media | None) -> bytes | None:
        """The file a link leads to; while that cannot be determined, the file known before."""
        if link.state == "ok":
            return self._snapshot.resolved(link)
        return None if media is None else media.file_path

    def _read(self, link: TreeLink, kind: str, before: Media | None) -> Media:
        """The item of a link, read from names."""
        title, year, numbers = self._names.read(link.path, kind)
        title = self._titles.setdefault(title, title)
        self._known.without_year += year is None
        self._known.without_numbers += kind == "episode" and numbers is None
        media = Media(
            kind, title, year, numbers.season if numbers else None, numbers.episodes[0] if numbers else None,
            file_path=self._file(link, before), link_path=link.path,
            more_episodes=numbers.episodes[1:] if numbers else (),
        )  # fmt: skip
        if before is None:
            return media
        return replace(
            media, id=before.id, tmdb_id=before.tmdb_id, tvdb_id=before.tvdb_id, genres=before.genres,
            original_title=before.original_title, series_type=before.series_type, year=year or before.year,
        )  # fmt: skip

    def _keep_unlinked(self, rest: Iterable[Media], by_link: Collection[bytes]) -> None:
        """Keeps the items without a link in the tree, except those that another link shows by now."""
        shown = {identity(media) for media in self._known.items}
        files = {media.file_path for media in self._known.items if media.file_path is not None}
        gone: list[int] = []
        for media in rest:
            number = media.id
            if number is None:  # it was never stored
                continue
            state = self._state(media)
            if media.source == "tree" and state != "unsure":
                superseded = identity(media) in shown or media.file_path in files
                # Dropped too: items whose link never led anywhere, and those in a folder that is no root any more.
                if superseded or state == "foreign" or (state == "vanished" and media.file_path is None):
                    gone.append(number)
                    continue
            if state == "placed" and media.link_path is not None:
                media = replace(media, file_path=media.link_path)
            elif state == "vanished":
                self._known.vanished.add(number)
            elif state == "unsure":
                self._known.unsure.add(number)
            self._known.items.append(media)
        if gone:
            self._snapshot.reporter.store("media gone", gone)

    def _state(self, media: Media) -> str:
        """The state of an item without a link: ``vanished``; ``unsure`` where the tree could not be read; ``foreign``
        when its folder is no root any more; ``placed`` when a real file is there; ``unlinked`` when it never had a
        link."""
        path = media.link_path
        if path is None:
            return "unlinked"
        root = self._tree.root_of(path)
        if root is None:
            return "foreign"
        if self._snapshot.unseen(path):
            return "unsure"
        _, _, files = self._tree.folders.get(os.path.dirname(path), ((), (), ()))
        return "placed" if path in self._tree.by_path or os.path.basename(path) in files else "vanished"


def _normal(path: bytes) -> str:
    return unicodedata.normalize("NFC", os.fsdecode(path))


class _Names:
    """Titles, years and numbers by the names of links and of their folders; each folder is read once."""

    def __init__(self, snapshot: LibrarySnapshot) -> None:
        self._snapshot = snapshot
        self._folders: dict[bytes, tuple[str, int | None] | None] = {}
        self._parsed: dict[str, ParsedName] = {}

    def prepare(self, paths: Iterable[bytes]) -> None:
        """Parses the names that are not in the library's own form, all at once, and stores the results."""
        names = {name for path in paths if self._own(path) is None for name in [os.fsdecode(os.path.basename(path))]}
        known = known_names(self._snapshot.connection, sorted(names))
        self._parsed = known.parsed
        if known.fresh:
            self._snapshot.reporter.store("names", known.fresh)

    def read(self, path: bytes, kind: str) -> tuple[str, int | None, EpisodeNumbers | None]:
        """Title, year, and the numbers of an episode, None where its name has none."""
        numbers = None
        if kind == "episode":
            folder = os.path.dirname(path)
            folders = [os.fsdecode(os.path.basename(ancestor)) for ancestor in (os.path.dirname(folder), folder)]
            numbers = episodes_of(os.fsdecode(os.path.basename(path)), folders)
        own = self._own(path)
        if own is None:
            parsed = self._parsed[os.fsdecode(os.path.basename(path))]
            own = parsed.full_title, parsed.year
        return *own, numbers

    def _own(self, path: bytes) -> tuple[str, int | None] | None:
        """Title and year of a film or series by a name in the library's own form."""
        folder = os.path.dirname(path)
        if self._snapshot.kind(path) == "film":
            return library_title(os.fsdecode(os.path.basename(path))) or self._of_folder(folder)
        return self._of_folder(folder) or library_title(os.fsdecode(os.path.basename(path)))

    def _of_folder(self, folder: bytes) -> tuple[str, int | None] | None:
        if folder not in self._folders:
            self._folders[folder] = self._read_folder(folder)
        return self._folders[folder]

    def _read_folder(self, folder: bytes) -> tuple[str, int | None] | None:
        """``Title (Year)`` of a folder or one above it; else the name of the folder that holds a season's."""
        name = os.fsdecode(os.path.basename(folder))
        if not self._snapshot.kind(folder):  # it is a root, or the folder of all films or series
            return None
        own: tuple[str, int | None] | None = library_title(name)
        if own is not None:
            return own
        above = os.path.dirname(folder)
        if (own := self._of_folder(above)) is not None:
            return own
        if season_of_folder(name) is None or not self._snapshot.kind(above):
            return None
        return printable(cut_name(os.fsdecode(os.path.basename(above)))), None
