"""Staged transfers beside a library of links that they are imported into."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from mediatui.acquire.importing.job import ImportDue, import_due
from mediatui.demo.seed import SimTorrent
from mediatui.model.target import MappedTarget, Target
from mediatui.runtime.jobs import JobKind
from mediatui.store.library.media import Media, store_media
from mediatui.store.transfers.targets import set_targets
from tests.worlds.account import AccountWorld, Run
from tests.worlds.staging import Staging, write_video

IMPORT = JobKind("transfers import", "library", import_due)
FERN = Target("film", "Fern Valley", 2019, tmdb_id=7)
SALT = Target("series", "Salt Road", 2018, tvdb_id=9, season=3)


class Importing(Staging):
    """A library with folders of kinds and genres; what is staged is for something, and may go on by itself."""

    def __init__(self, world: AccountWorld, folder: Path, **settings: object) -> None:
        self.root = folder / "library"
        for place in ("Films/Action", "Films/Drama", "Séries/Drama"):
            (self.root / place).mkdir(parents=True, exist_ok=True)
        super().__init__(world, folder, **{"library.roots": [str(self.root)], **settings})

    async def stage(self, torrents: Mapping[SimTorrent, Target], auto: str = "import") -> None:
        """Brings torrents into staging, each for its target."""
        await self.grab(*torrents, auto=auto)
        for number, (torrent, target) in enumerate(torrents.items(), 1):
            await self.world.db.write(set_targets, number, [MappedTarget(target)])
            self.show(torrent)
        await self.fetch()

    async def know(self, *media: Media) -> None:
        """Writes what the library knows of films and series."""
        async with self.world.db.transaction() as connection:
            await store_media(connection, [one.as_row() for one in media])

    def library_link(self, path: str, target: str | Path, *, size: int | None = None) -> Path:
        """A link in the library; a relative target is one in the view ``__all__``, made where a size is given."""
        link, leads = self.root / path, self.mount / "__all__" / target
        link.parent.mkdir(parents=True, exist_ok=True)
        if size is not None:
            write_video(leads, size)
        os.symlink(leads, link)
        return link

    async def run(self, later: float = 0.0) -> Run:
        """Imports what is due."""
        self.world.later += later
        self.world.events.clear()
        finished = await self.world.runner.start(IMPORT, ImportDue()).wait()
        assert finished.error is None, finished.error
        return Run(finished, list(self.world.events))

    def tree(self) -> dict[str, str]:
        """The links of the library by their paths, with the texts of their targets below the view."""
        view = f"{self.mount}/__all__/"
        return {
            str(path.relative_to(self.root)): os.readlink(path).removeprefix(view)
            for path in sorted(self.root.rglob("*"))
            if path.is_symlink()
        }

    def folders(self) -> set[str]:
        """The folders of the library."""
        return {str(path.relative_to(self.root)) for path in self.root.rglob("*") if path.is_dir()}

    def detail(self, transfer: int = 1) -> dict[str, object]:
        """What is known of what holds a transfer."""
        found = self.world.rows("SELECT detail FROM transfers WHERE id = ?", transfer)
        known: dict[str, object] = json.loads(str(found[0][0]))
        return known
