"""What Sonarr or Radarr hold at our paths: which series or film a link belongs to, and which episodes its file is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediatui.model.path_map import PathMap, read_folder
from mediatui.services.arr import Arr
from mediatui.services.arr_records import ByFolder, Movie, Series

if TYPE_CHECKING:
    from mediatui.settings import Settings

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Affected:
    """A series or film (``item`` is its id), and the paths, ours, that lie in its folder."""

    item: int
    title: str
    paths: tuple[str, ...]


class ArrLibrary:
    """One service, asked by our paths. Its list is read once, when it is first needed. Calls raise ServiceError."""

    def __init__(self, arr: Arr, path_map: PathMap) -> None:
        self._arr = arr
        self._map = path_map
        self._items: ByFolder[Series | Movie] | None = None

    async def affected(self, paths: Iterable[str]) -> list[Affected]:
        """The series or films in whose folders these paths lie, each once; paths it does not know are in none."""
        if self._items is None:
            self._items = ByFolder(await (self._arr.series() if self._arr.kind == "sonarr" else self._arr.movies()))
        found: dict[int, tuple[Series | Movie, list[str]]] = {}
        for path in paths:
            item = self._items.find(self._map.to_theirs(path))
            if item is not None:
                found.setdefault(item.id, (item, []))[1].append(path)
        return [Affected(item.id, _title(item), tuple(inside)) for item, inside in found.values()]

    async def held(self, one: Affected, paths: Sequence[str]) -> dict[str, tuple[int, ...]]:
        """The episodes (or the film) which the service has at those of these paths it has a file at; ours, to ids. A
        film without any file stands for every path in its folder."""
        wanted = {self._key(path): path for path in paths if path in one.paths}
        if self._arr.kind == "radarr":
            files = await self._arr.movie_files(one.item)
            at = {self._key_of(file.path) for file in files}
            return {path: (one.item,) for key, path in wanted.items() if not files or key in at}
        keys = {file.id: self._key_of(file.path) for file in await self._arr.episode_files(one.item)}
        if not wanted.keys() & set(keys.values()):
            return {}
        found: dict[str, tuple[int, ...]] = {}
        for episode in await self._arr.episodes(one.item):
            path = wanted.get(keys.get(episode.episode_file_id, ()))
            if path is not None:
                found[path] = (*found.get(path, ()), episode.id)
        return found

    async def sizes(self, one: Affected) -> dict[str, int]:
        """The sizes in bytes on record of the files at the paths of a series or film."""
        sonarr = self._arr.kind == "sonarr"
        files = await (self._arr.episode_files(one.item) if sonarr else self._arr.movie_files(one.item))
        at = {self._key_of(file.path): file.size for file in files if file.size}
        return {path: at[key] for path in one.paths if (key := self._key(path)) in at}

    def _key(self, path: str) -> Key:
        return self._key_of(self._map.to_theirs(path))

    @staticmethod
    def _key_of(path: str) -> Key:
        folder = read_folder(path)
        return () if folder is None else folder.key


async def missing(arr: Arr, item: int, ids: Sequence[int]) -> list[int]:
    """Those of these episodes of a series (or this film) for which the service has no file now. Raises ServiceError."""
    if arr.kind == "radarr":
        return [] if await arr.movie_files(item) else list(ids)
    bare = {episode.id for episode in await arr.episodes(item) if not episode.has_file}
    return [one for one in ids if one in bare]


def configured_path_map(settings: Settings, name: str) -> PathMap:
    """The path map of the service of this name; raises UsageError when a path of it is not absolute."""
    return PathMap((pair.ours, pair.theirs) for pair in settings.arr(name).path_map)


def _title(item: Series | Movie) -> str:
    return f"{item.title} ({item.year})" if item.year and f"({item.year})" not in item.title else item.title
