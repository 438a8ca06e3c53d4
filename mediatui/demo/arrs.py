"""The Sonarr and the Radarr of a demo: made when they are first asked."""

from __future__ import annotations

import functools
from pathlib import Path

import httpx

from mediatui.demo.archive import fill_demo
from mediatui.demo.arr_items import read_known
from mediatui.demo.arr_service import SimulatedArr
from mediatui.demo.catalog_titles import demo_titles, famous_titles
from mediatui.demo.indexers import demo_prowlarr
from mediatui.demo.library import library_folders
from mediatui.model.arr import ArrKind


def demo_arr(kind: ArrKind, database: Path) -> SimulatedArr:
    """The Sonarr or Radarr of the demo whose archive is ``database``."""
    return _made(kind, database, fill_demo(database))


@functools.lru_cache(maxsize=4)
def _made(kind: ArrKind, database: Path, birth: float) -> SimulatedArr:
    library = library_folders(database.parent).root
    known = read_known(kind, database, library, list(famous_titles()), birth)
    return SimulatedArr(
        kind, known, library, functools.cache(lambda: demo_titles(database)),
        functools.partial(_hash_behind, database), database.with_name(f"{database.name}.{kind}.json"),
    )  # fmt: skip


def arr_transport(kind: ArrKind, database: Path) -> httpx.AsyncBaseTransport:
    """What stands in for the network of a service in the demo; what it knows is made when it is asked."""
    return httpx.MockTransport(lambda request: demo_arr(kind, database)(request))


def _hash_behind(database: Path, address: str) -> str:
    """The info-hash of what stands behind a link of the demo's Prowlarr; empty for a link that leads nowhere."""
    prowlarr = demo_prowlarr(database)
    answer = prowlarr(httpx.Request("GET", address, headers={"x-api-key": "demo"}))
    location = answer.headers.get("location", "")
    if location.startswith("magnet:"):
        from mediatui.model.magnet import read_magnet

        return read_magnet(location).hash
    if answer.status_code != 200 or not answer.content.startswith(b"d"):
        return ""
    from mediatui.model.torrent_file import read_torrent_file

    return read_torrent_file(answer.content).hash
