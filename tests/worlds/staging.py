"""Transfers that are whole on a simulated account, a folder that stands for its mount, and one for staging."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from mediatui.acquire.grab import GrabOptions, plan_grab
from mediatui.acquire.mount.fetch import FetchOptions, fetch
from mediatui.demo.seed import SimTorrent
from mediatui.runtime.jobs import Job, JobKind
from mediatui.settings import load_settings
from tests.fakes.webdav import video
from tests.worlds.account import AccountWorld, Run

FETCH = JobKind("transfers fetch", "transfer", fetch)
SIZE = 4096


def film(hash_: str, name: str = "Fern.Valley.2019.1080p.WEB", **facts: object) -> SimTorrent:
    """A film of one file, whole on the account."""
    known: dict[str, object] = {
        "id": f"E{hash_[-12:]}", "filename": name, "original_filename": name, "status": "downloaded",
        "progress": 100.0, "size": SIZE, "added_at": 1.0, "ended_at": 1.0, "shape": "film", "file_count": 1,
    }  # fmt: skip
    return SimTorrent(hash=hash_, **(known | facts))  # type: ignore[arg-type]  # the fields of the record


def pack(hash_: str, name: str = "Salt.Road.S03.1080p.WEB", count: int = 3, **facts: object) -> SimTorrent:
    """A season, whole on the account."""
    return film(hash_, name, **{"shape": "season", "file_count": count, "size": count * SIZE, "season": 3, **facts})


class Staging:
    """Transfers of a world on their way from the mount to staging."""

    def __init__(self, world: AccountWorld, folder: Path, **settings: object) -> None:
        self.world = world
        self.mount, self.folder = folder / "mount", folder / "staging"
        for place in (self.mount / "__all__" / "Another.Film", self.folder):
            place.mkdir(parents=True, exist_ok=True)
        given: dict[str, object] = {
            "realdebrid.token": "SIMULATED", "realdebrid.base_url": "http://account.invalid/rest/1.0",
            "realdebrid.window_s": 0.1, "library.mounts": [str(self.mount)], "staging.folder": str(self.folder),
            "library.mount_timeout_s": 5, "staging.keep_free_gb": 0, **settings,
        }  # fmt: skip
        world.settings = load_settings(folder / "config.toml", environ={}, folder=folder, overrides=given)

    async def grab(self, *torrents: SimTorrent, auto: str = "fetch") -> Run:
        """Takes over what the account has, to be fetched by itself."""
        options = GrabOptions(without_target=True, auto=auto)  # type: ignore[arg-type]  # one of the words
        return await self.world.apply(self.world.plan(plan_grab, [one.hash for one in torrents], options))

    def show(self, torrent: SimTorrent, view: str = "__all__", *, size: int | None = None) -> list[Path]:
        """Makes the mount show a torrent as a folder."""
        made = []
        for file in torrent.files():
            if file.selected:
                path = self.mount / view / torrent.filename / file.path.rpartition("/")[2]
                made.append(write_video(path, file.bytes if size is None else size))
        return made

    def start(self, patience_s: float = 0.0) -> Job:
        """Begins to fetch; without ``patience_s`` each transfer is looked for once."""
        self.world.events.clear()
        return self.world.runner.start(FETCH, FetchOptions(patience_s))

    async def fetch(self, patience_s: float = 0.0, later: float = 0.0) -> Run:
        """Fetches what is due, some seconds later."""
        self.world.later += later
        finished = await self.start(patience_s).wait()
        assert finished.error is None, finished.error
        return Run(finished, list(self.world.events))

    def links(self) -> dict[str, str]:
        """What lies in staging: the links by their paths, with their texts; a folder has an empty text."""
        return dict(sorted(self._below(self.folder)))

    def _below(self, folder: Path) -> Iterator[tuple[str, str]]:
        for entry in os.scandir(folder):
            shown = str(Path(entry.path).relative_to(self.folder))
            if entry.is_symlink():
                yield shown, os.readlink(entry.path)
            elif entry.is_dir():
                yield shown, ""
                yield from self._below(Path(entry.path))
            else:
                raise AssertionError(f"{shown} is a file of its own")

    def hold(self) -> tuple[str, dict[str, object]]:
        """What holds the mount or staging: the code, and what is known of it."""
        rows = self.world.rows("SELECT code, detail FROM service_holds WHERE service IN ('mount', 'staging')")
        import json

        return ("", {}) if not rows else (rows[0][0], json.loads(rows[0][1]))

    def files(self, transfer: int = 1) -> Sequence[tuple[str, str, str]]:
        """The files of a transfer: path, state, and why."""
        return self.world.rows(
            "SELECT CAST(path AS TEXT), state, why FROM transfer_files WHERE transfer_id = ? ORDER BY path", transfer
        )  # type: ignore[return-value]  # three texts each

    @property
    def now(self) -> float:
        return time.time() + self.world.later


def write_video(path: Path, size: int = SIZE) -> Path:
    """A video of this size that is whole by its head and tail."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(video(size).bytes(0, size)))
    return path
