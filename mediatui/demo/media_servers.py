"""The media servers of the demo: they show its link library, and look some seconds after a report."""

from __future__ import annotations

import asyncio
import functools
import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar, Final

import httpx

from mediatui.demo.jellyfin import SimulatedJellyfin, SimUser
from mediatui.demo.jellyfin_library import SimLibrary
from mediatui.demo.library import library_folders
from mediatui.demo.plex import PlexUser, SimulatedPlex
from mediatui.model.media_server import ServerName

DEMO_PLEX_TOKEN: Final = "NO-TOKEN-IS-NEEDED"
LOOKS_AFTER_S: Final = 5.0
_USERS: Final = (("camille", True), ("alex", False))


@functools.cache
def demo_jellyfin(database: Path) -> SimulatedJellyfin:
    """The Jellyfin of the demo whose archive is ``database``; it looks at its library when it is first asked."""
    root = library_folders(database.parent).root
    films, series = ([str(place) for place in _places(root, word)] for word in ("film", "série"))
    users = [SimUser(name, f"{number:032x}", is_admin) for number, (name, is_admin) in enumerate(_USERS, 1)]
    libraries = [SimLibrary("Films", "movies", films), SimLibrary("Séries", "tvshows", series)]
    return SimulatedJellyfin([one for one in libraries if one.locations], users, key="", delay_s=LOOKS_AFTER_S)


@functools.cache
def demo_plex(database: Path) -> SimulatedPlex:
    """The Plex of the demo, of the same users; it has looked at its library."""
    root = library_folders(database.parent).root
    users = [PlexUser(number, name, is_admin, token=f"demo-token-of-{name}" if not is_admin else DEMO_PLEX_TOKEN)
             for number, (name, is_admin) in enumerate(_USERS, 1)]  # fmt: skip
    plex = SimulatedPlex(users)
    for key, title, kind, word in (("1", "Films", "movie", "film"), ("2", "Séries", "show", "série")):
        folders = [entry.path for entry in sorted(os.scandir(root), key=lambda one: one.name)
                   if word in entry.name.casefold()]  # fmt: skip
        if folders:
            section = plex.section(key, title, kind, *folders)
            for folder in folders:
                plex.look(section, folder)
    return plex


def server_transports(database: Path) -> Mapping[ServerName, httpx.AsyncBaseTransport]:
    """What stands in for the network of the media servers of the demo."""
    return {
        "jellyfin": _InThread(lambda request: demo_jellyfin(database)(request)),
        "plex": _InThread(lambda request: demo_plex(database)(request)),
    }


class _InThread(httpx.AsyncBaseTransport):
    """A simulated server in a thread, one request at a time: it walks the library when it looks at it."""

    _one_at_a_time: ClassVar = threading.Lock()

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self._answer = answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        return await asyncio.to_thread(self._locked, request)

    def _locked(self, request: httpx.Request) -> httpx.Response:
        with self._one_at_a_time:
            return self._answer(request)


def _places(root: Path, word: str) -> list[Path]:
    """The folders of a kind that directly hold films or series: those of genres."""
    kinds = [one for one in sorted(os.scandir(root), key=lambda one: one.name) if word in one.name.casefold()]
    return [Path(genre.path) for kind in kinds for genre in sorted(os.scandir(kind.path), key=lambda one: one.name)
            if genre.is_dir(follow_symlinks=False)]  # fmt: skip
