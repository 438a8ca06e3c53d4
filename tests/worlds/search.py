"""Searches of a Prowlarr that is simulated, in a real archive."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from mediatui.acquire.search.job import search
from mediatui.acquire.search.options import SearchOptions
from mediatui.model.release import IndexerAnswer, Release
from mediatui.runtime.context import Context
from mediatui.runtime.events import Event, Finished, FoundRow
from mediatui.services.prowlarr.client import Prowlarr
from mediatui.settings import load_settings
from mediatui.store.database import Database
from mediatui.store.releases.rows import releases_of
from tests.fakes.arr import KEY
from tests.fakes.prowlarr import FakeProwlarr


@dataclass(frozen=True)
class Searched:
    """What a search said: its events with the seconds since it began, and the releases that are stored."""

    events: list[tuple[float, Event]]
    releases: list[Release]

    @property
    def finished(self) -> Finished:
        last = self.events[-1][1]
        assert isinstance(last, Finished)
        return last

    @property
    def answers(self) -> dict[str, IndexerAnswer]:
        """How each indexer answered, by its name."""
        return {answer.indexer: answer for answer in (IndexerAnswer(**row) for row in self.rows("indexer"))}

    def rows(self, kind: str) -> list[dict[str, Any]]:
        return [dict(event.row) for _, event in self.events if isinstance(event, FoundRow) and event.type == kind]

    def titles(self) -> list[str]:
        """The titles in the order in which they came."""
        return [row["title"] for row in self.rows("release")]


class SearchWorld:
    """An archive and a Prowlarr; ``later`` seconds may pass."""

    def __init__(self, db: Database, folder: Path, **settings: object) -> None:
        overrides: dict[str, object] = {"prowlarr.enabled": True, **settings}
        self.db, self.prowlarr, self.later = db, FakeProwlarr(), 0.0
        self.settings = load_settings(folder / "config.toml", environ={}, folder=folder, overrides=overrides)

    def context(self) -> Context:
        def refuse() -> Any:
            raise AssertionError("the account was asked")

        return Context(
            self.db, self.settings, 1, refuse, lambda: time.time() + self.later, connect_prowlarr=self._connect
        )

    def _connect(self) -> Prowlarr:
        return Prowlarr(
            "http://prowlarr.invalid",
            SecretStr(KEY),
            timeout_s=self.settings.prowlarr.timeout_s,
            retry_pause_s=0.0001,
            transport=self.prowlarr.transport(),
        )

    def run(self, text: str = "harbor lights", **options: Any) -> AsyncGenerator[Event, None]:
        """The events of a search."""
        return search(self.context(), SearchOptions(text, **options))

    async def search(self, text: str = "harbor lights", **options: Any) -> Searched:
        """A search, to its end."""
        began = time.monotonic()
        events = [(time.monotonic() - began, event) async for event in self.run(text, **options)]
        last = events[-1][1]
        assert isinstance(last, Finished)
        number = last.counts["search"]
        assert isinstance(number, int)
        return Searched(events, await self.db.read(releases_of, number))
