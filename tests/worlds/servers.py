"""A library of links that a Jellyfin shows, and what of it is reported."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from mediatui.changes.reporting.send import ReportOptions, report_to_servers
from mediatui.changes.servers.note import note_links, told_servers
from mediatui.model.media_server import ServerName
from mediatui.runtime.context import Context
from mediatui.runtime.events import Event, Finished, FoundRow, Said
from mediatui.services.jellyfin.client import Jellyfin
from mediatui.services.media_server import MediaServer
from mediatui.services.plex.client import Plex
from mediatui.settings import load_settings
from mediatui.store.database import Database
from mediatui.store.servers.reports import Report, ReportKind, reports_in
from tests.fakes.jellyfin import KEY, FakeJellyfin
from tests.fakes.plex import TOKEN, FakePlex

BEGAN = 1_790_000_000.0


class Servers:
    """See the module; ``now`` is the time, which passes only by ``later``."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.folder = folder / "media"
        self.now = BEGAN
        self.jellyfin = FakeJellyfin(self.folder, clock=lambda: self.now)
        self.mount = self.folder / "mount"
        (self.mount / "kept").touch()
        rule = {"kind": "jellyfin", "from": str(self.folder), "to": "/media"}
        overrides: dict[str, object] = {
            "library.roots": [str(self.folder / "Films"), str(self.folder / "Shows")],
            "library.mounts": [str(self.mount)], "jellyfin.enabled": True, "jellyfin.api_key": KEY,
            "jellyfin.url": "http://jellyfin.invalid", "paths.rules": [rule], **settings,
        }  # fmt: skip
        self.settings = load_settings(folder / "config.toml", environ={}, folder=folder, overrides=overrides)
        self.path = folder / "mediatui.db"
        self.down = False
        self.plex = FakePlex()

    async def open(self) -> Servers:
        self.db = await Database.open(self.path)
        self.ctx = Context(
            self.db, self.settings, 0, _no_account, lambda: self.now, connect_server=self._connect
        )  # fmt: skip
        return self

    async def close(self) -> None:
        await self.db.close()

    def _connect(self, name: ServerName, start_s: float) -> MediaServer:
        def answer(request: httpx.Request) -> httpx.Response:
            if self.down:
                raise httpx.ConnectError("Connection refused")
            return self.jellyfin(request)

        if name == "plex":
            return Plex(
                "http://plex.invalid", SecretStr(TOKEN), retry_pause_s=0.0001, start_s=0.0,
                transport=self.plex.transport(),
            )  # fmt: skip
        return Jellyfin(
            "http://jellyfin.invalid", SecretStr(KEY), retry_pause_s=0.0001, start_s=0.0,
            transport=httpx.MockTransport(answer),
        )  # fmt: skip

    async def changed(self, kind: ReportKind, *paths: Path | str) -> None:
        """Notes that links were changed by us."""
        links = [(os.fsencode(path), kind) for path in paths]
        await self.db.write(note_links, told_servers(self.settings), links, self.now)

    async def run(self, later: float = 0.0) -> list[Event]:
        """What one run of the job says."""
        self.now += later
        return [event async for event in report_to_servers(self.ctx, ReportOptions())]

    async def reported(self, later: float = 0.0) -> list[str]:
        """The folders that one run reports."""
        return [str(one.row["folder"]) for one in await self.run(later) if isinstance(one, FoundRow)]

    async def said(self, later: float = 0.0) -> list[str]:
        """What one run warns of."""
        return [event.text for event in await self.run(later) if isinstance(event, Said)]

    async def states(self) -> dict[str, tuple[str, str]]:
        """How each report is: its state, and why."""
        return {os.fsdecode(os.path.basename(one.path)): (one.state, one.why) for one in await self.all_reports()}

    async def all_reports(self) -> list[Report]:
        """Every report."""
        return await self.db.read(reports_in, "waiting", "sent", "proven", "missed")

    def asked(self, path: str) -> int:
        """How often Jellyfin was asked for a path."""
        return sum(1 for _, one in self.jellyfin.calls if one == path)


def _no_account() -> Any:
    raise AssertionError("no account is needed")


def ended(events: list[Event]) -> Finished:
    """The last event of a run."""
    assert isinstance(events[-1], Finished)
    return events[-1]
