"""What Sonarr or Radarr have at our paths: the series or film of a link, and the episodes of its file."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from mediatui.model.path_map import PathMap, read_folder
from mediatui.services.arr.activity import Management
from mediatui.services.arr.client import Arr
from mediatui.services.arr.records import ByFolder, Episode, Movie, RootFolder, Series
from mediatui.services.arr.roots import RootFolders

PathKey = tuple[str, ...]
LEAST_LEFT: Final = 0.8
"""A root folder that holds fewer of the names it held a moment ago is that of an absent volume."""


@dataclass(frozen=True, slots=True)
class Affected:
    """A series or film (``item`` is its id), and those of our paths that lie in its folder."""

    item: int
    title: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecordedFile:
    """A file on record: its path (ours), and the ids of its episodes, or of its film."""

    path: str
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Records:
    """What a service has on record of one series or film at one moment; paths are ours. Episodes (or the film) are
    given by their ids: ``monitored`` are those it searches for, ``bare`` those without a file."""

    path_map: PathMap
    files: Mapping[PathKey, RecordedFile]
    monitored: frozenset[int]
    bare: frozenset[int]
    episodes: tuple[Episode, ...] = ()

    def at(self, path: str) -> tuple[int, ...] | None:
        """The ids of the episodes, or of the film, in the file at a path; None when there is no file on record."""
        held = self.files.get(_key_of(self.path_map.to_theirs(path)))
        return None if held is None else held.ids

    def is_below(self, folder: str) -> bool:
        """Whether it has a file at a path, or below the folder at that path."""
        key = _key_of(self.path_map.to_theirs(folder))
        return any(file[: len(key)] == key for file in self.files)

    @property
    def known(self) -> frozenset[int]:
        """The ids of every episode of the series, or of the film."""
        held = (item_id for file in self.files.values() for item_id in file.ids)
        return frozenset([*held, *self.bare, *(episode.id for episode in self.episodes)])

    def names(self, ids: Iterable[int]) -> str:
        """Episodes by their numbers, such as ``S02E05``; empty for a film."""
        wanted = set(ids)
        of = [
            f"S{episode.season_number:02}E{episode.episode_number:02}"
            for episode in self.episodes
            if episode.id in wanted
        ]
        return ", ".join(of)


@dataclass(frozen=True, slots=True)
class RootTrouble:
    """``why`` nothing may be done in a root folder (their path) now, empty for nothing; it ``looks_empty``, as that of
    an absent volume does, or nothing of it has a file yet (``is_first``). ``names`` are those in it."""

    why: str = ""
    root: str = ""
    looks_empty: bool = False
    is_first: bool = False
    names: frozenset[str] = frozenset()


class ArrLibrary:
    """One service, queried with our paths, and only with those below its own root folders (``folders``). Its list is
    read once, when it is first needed. Calls raise ServiceError."""

    def __init__(self, arr: Arr, path_map: PathMap, folders: RootFolders) -> None:
        self.arr = arr
        self.path_map = path_map
        self._folders = folders
        self._items: ByFolder[Series | Movie] | None = None
        self._management: Management | None = None

    async def items(self) -> ByFolder[Series | Movie]:
        """All its series or films by their folders (its paths)."""
        if self._items is None:
            self._items = ByFolder(await (self.arr.series() if self.arr.kind == "sonarr" else self.arr.movies()))
        return self._items

    async def affected(self, paths: Iterable[str]) -> list[Affected]:
        """The series or films in whose folders these paths lie, each once. Unknown paths and those below no root folder
        of the service are in none."""
        own = await self.own(paths)
        if not own:
            return []
        items = await self.items()
        found: dict[int, tuple[Series | Movie, list[str]]] = {}
        for path in own:
            item = items.find(self.path_map.to_theirs(path))
            if item is not None:
                found.setdefault(item.id, (item, []))[1].append(path)
        return [Affected(item.id, _title(item), tuple(inside)) for item, inside in found.values()]

    async def own(self, paths: Iterable[str]) -> list[str]:
        """Those of these paths that lie in one of its root folders, and in no deeper root folder of another service."""
        return await self._folders.asked(self.arr, self.path_map, paths)

    async def meets(self, folders: Iterable[str]) -> bool:
        """Whether one of its root folders is, contains, or lies in one of these folders of ours."""
        roots = [_key_of(root.path) for root in await self.arr.root_folders()]
        keys = [_key_of(self.path_map.to_theirs(folder)) for folder in folders]
        return any(_is_in(key, roots) or any(_is_in(root, [key]) for root in roots) for key in keys)

    async def management(self) -> Management:
        """Its settings of media management, read once."""
        if self._management is None:
            self._management = await self.arr.management()
        return self._management

    async def item(self, item: int) -> Series | Movie:
        """The present state of a series or film. Raises NotFound for one it does not have."""
        return await (self.arr.one_series(item) if self.arr.kind == "sonarr" else self.arr.movie(item))

    async def records(self, item: int) -> Records:
        """The present records of a series or film. Raises NotFound for one it does not have."""
        if self.arr.kind == "radarr":
            film, files = await self.arr.movie(item), await self.arr.movie_files(item)
            held = {_key_of(file.path): RecordedFile(self.path_map.to_ours(file.path), (item,)) for file in files}
            one, none = frozenset([item]), frozenset[int]()
            return Records(self.path_map, held, one if film.monitored else none, none if files else one)
        of_file: dict[int, list[int]] = {}
        records = await self.arr.episode_files(item)
        episodes = await self.arr.episodes(item)
        for episode in episodes:
            of_file.setdefault(episode.episode_file_id, []).append(episode.id)
        held = {
            _key_of(file.path): RecordedFile(self.path_map.to_ours(file.path), tuple(of_file.get(file.id, ())))
            for file in records
        }
        monitored = frozenset(episode.id for episode in episodes if episode.monitored)
        bare = frozenset(episode.id for episode in episodes if not episode.has_file)
        return Records(self.path_map, held, monitored, bare, episodes)

    async def sizes(self, affected: Affected) -> dict[str, int]:
        """The sizes in bytes on record of the files at the paths of a series or film."""
        sonarr = self.arr.kind == "sonarr"
        files = await (self.arr.episode_files(affected.item) if sonarr else self.arr.movie_files(affected.item))
        at = {_key_of(file.path): file.size for file in files if file.size}
        keys = {path: _key_of(self.path_map.to_theirs(path)) for path in affected.paths}
        return {path: at[key] for path, key in keys.items() if key in at}

    async def file_at(self, item: int, path: str) -> int:
        """The id of the record of the file at a path of ours, of a series or film; 0 when there is none."""
        sonarr = self.arr.kind == "sonarr"
        files = await (self.arr.episode_files(item) if sonarr else self.arr.movie_files(item))
        key = _key_of(self.path_map.to_theirs(path))
        return next((file.id for file in files if _key_of(file.path) == key), 0)

    async def why_not_rescan(self, item: Series | Movie, *, folder_is_gone: bool) -> str:
        """Why a series or film must not be rescanned now; empty when it may be (``root_trouble``)."""
        return (await self.root_trouble(item, folder_is_gone=folder_is_gone)).why

    async def root_trouble(
        self, item: Series | Movie, *, folder_is_gone: bool = False, held: Collection[str] = ()
    ) -> RootTrouble:
        """Why nothing must be rescanned or imported now in the root folder of a series or film. The service itself has
        to see the root folder, a folder in it that has files, and the item's own folder when it has files. An absent
        volume looks like an empty root: an import would go into the bare mount point, and a rescan drops records, at
        Radarr those of all other films. ``folder_is_gone`` says that the item's folder is gone for us too: then the
        service need not see it. ``held`` are the names it had there a moment ago (``RootTrouble.names``): most of them
        have to be there still."""
        folder = read_folder(item.path)
        if folder is None or not folder.parts:
            return RootTrouble(f"it reports no folder of {_title(item)}")
        root = _root_of(await self.arr.root_folders(), item.path)
        if root is not None and (away := _away(root)) is not None:
            return away
        above = dataclasses.replace(folder, parts=folder.parts[:-1]).with_parts(())
        place = above if root is None else root.path
        names = await self._names(place)
        trouble = await self._trouble_in(place, names)
        left = len({*held} & {*names})
        if not trouble.why and left < LEAST_LEFT * len(held):
            why = f"its root folder holds {left} of the {len(held)} names it held ({place})"
            return RootTrouble(why, place, looks_empty=True)
        if not trouble.why and item.has_file and not folder_is_gone:
            beside = names if _key_of(above) == _key_of(place) else await self._names(above)
            if folder.key[-1] not in beside:
                return RootTrouble(f"it does not see {item.path}", place)
        return trouble

    async def trouble_of_root(self, root: RootFolder) -> RootTrouble:
        """The same for a root folder alone."""
        return _away(root) or await self._trouble_in(root.path, await self._names(root.path))

    async def _trouble_in(self, place: str, names: Collection[str]) -> RootTrouble:
        """What is wrong with a folder (their path) that lists ``names``."""
        depth = len(_key_of(place))
        keys = [_key_of(other.path) for other in await self.items() if other.has_file]
        expected = {key[depth] for key in keys if len(key) > depth and _is_in(key, [_key_of(place)])}
        if expected and not names:
            return RootTrouble(f"its root folder is empty ({place})", place, looks_empty=True)
        if expected and expected.isdisjoint(names):
            why = f"its root folder holds none of the folders it has files in ({place})"
            return RootTrouble(why, place, looks_empty=True)
        return RootTrouble(root=place, is_first=not expected, names=frozenset(names))

    async def _names(self, folder: str) -> Collection[str]:
        """The names in a folder (their path), in the form that path keys use."""
        return {_key_of(f"{folder}/{name}")[-1] for name in await self.arr.names_in(folder)}


def _away(root: RootFolder) -> RootTrouble | None:
    """What is wrong with a root folder by what the service says of it."""
    if not root.accessible:
        return RootTrouble(f"its root folder is not there ({root.path})", root.path, looks_empty=True)
    if root.free_space is None:
        why = f"a mount hangs where it runs: it reports no free space of its root folder ({root.path})"
        return RootTrouble(why, root.path)
    return None


def _root_of(roots: Sequence[RootFolder], path: str) -> RootFolder | None:
    """The root folder that a path of theirs lies in, the innermost of several."""
    holding = [root for root in roots if _is_in(_key_of(path), [_key_of(root.path)])]
    return max(holding, key=lambda root: len(_key_of(root.path)), default=None)


def _key_of(path: str) -> PathKey:
    folder = read_folder(path)
    return () if folder is None else folder.key


def _is_in(key: PathKey, folders: Iterable[PathKey]) -> bool:
    """Whether a path is one of these folders or lies in one."""
    return any(folder and key[: len(folder)] == folder for folder in folders)


def _title(item: Series | Movie) -> str:
    return f"{item.title} ({item.year})" if item.year and f"({item.year})" not in item.title else item.title
