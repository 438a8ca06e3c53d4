"""A folder of downloads beside a library of links and a storage of real files."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from mediatui.acquire.downloads.judge import JudgeOptions, Row
from mediatui.acquire.downloads.look import (
    Folder,
    aim_folder,
    compare_folder,
    judge_folder,
    map_folder,
    read_folder,
)
from mediatui.acquire.downloads.plan import plan_rows
from mediatui.acquire.importing.place import PlaceOptions
from mediatui.acquire.mapping.find import TargetFinder
from mediatui.model.target import read_target
from mediatui.store.library.media import Media
from tests.worlds.library import Run
from tests.worlds.maintenance import MaintenanceWorld

FILM_SIZE, EPISODE_SIZE = 200_000_000, 20_000_000
KNOWN = (
    Media("film", "Fern Valley", 2019, tmdb_id=7, genres=("Drama",), source="radarr", service_id=1),
    Media("film", "Old Mill", 1971, tmdb_id=8, genres=("Drama",), source="radarr", service_id=2),
    Media("episode", "Salt Road", 2018, 1, 1, tvdb_id=9, genres=("Drama",), source="sonarr", service_id=1),
)


class Downloads(MaintenanceWorld):
    """The folder ``downloads``; films and series are known, and the genre Drama has its folders."""

    def __init__(self, folder: Path, *, stored: bool = True, **library: object) -> None:
        self.downloads = folder / "downloads"
        self.downloads.mkdir(parents=True, exist_ok=True)
        for place in ("Films/Drama", "Séries/Drama"):
            (folder / "library" / place).mkdir(parents=True, exist_ok=True)
        own: dict[str, object] = {"importing.storage": str(folder / "storage")} if stored else {}
        super().__init__(folder, **{**own, **library})

    async def __aenter__(self) -> Downloads:
        await super().__aenter__()
        await self.media(*KNOWN)
        return self

    def put(self, path: str | bytes, size: int | None = None, mark: str | None = None) -> Path:
        """A file among the downloads, sparse; each has its own content unless it is given a ``mark``."""
        full = Path(os.fsdecode(os.path.join(os.fsencode(self.downloads), os.fsencode(path))))
        full.parent.mkdir(parents=True, exist_ok=True)
        is_film = "S0" not in full.name
        with full.open("wb") as file:
            file.write(os.fsencode(full.name if mark is None else mark)[:64].ljust(64))
            file.truncate((FILM_SIZE if is_film else EPISODE_SIZE) if size is None else size)
        return full

    async def folder_of(self, to: Sequence[str] = (), path: Path | None = None, season: int | None = None) -> Folder:
        """The folder as it is, mapped and compared."""
        ctx = self._context(0)
        folder = await read_folder(ctx, os.fsencode(path or self.downloads))
        finder = TargetFinder(self.db, [], lambda name: None, time.time())  # type: ignore[arg-type,return-value]
        if to:
            await aim_folder(finder, folder, [read_target(text) for text in to], season)
        else:
            await map_folder(finder, folder, season)
        await compare_folder(ctx, folder)
        return folder

    async def look(
        self, *to: str, path: Path | None = None, sure: Collection[int] = (), season: int | None = None,
        min_score: int | None = None, **place: Any,
    ) -> list[Row]:  # fmt: skip
        """A row for every file."""
        folder = await self.folder_of(to, path, season)
        options = JudgeOptions(min_score, season, PlaceOptions(**place))
        return await judge_folder(self._context(0), folder, options, sure)

    async def take(self, rows: Sequence[Row]) -> Run:
        """Imports what is ready."""
        return await self.apply(plan_rows(self.settings, os.fsencode(self.downloads), rows))

    def tree(self) -> dict[str, str]:
        """The links of the library by their paths, with their texts below the world's folder."""
        found = (path for path in sorted(self.root.rglob("*")) if path.is_symlink())
        return {str(path.relative_to(self.root)): os.readlink(path).removeprefix(f"{self.folder}/") for path in found}


def states(rows: Sequence[Row]) -> dict[str, str]:
    """What becomes of each file, by its name: ``ready``, or the reason."""
    return {row.download.name: row.why or row.state for row in rows}
