"""What the demo has in staging from the start: packs and films that an import asks about, and something left over."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from mediatui.acquire.mount.staging_names import folder_name, link_paths
from mediatui.demo.library import put_files
from mediatui.demo.library_plan import VIEW, Folders, spare_torrents
from mediatui.demo.seed import SimTorrent
from mediatui.demo.shelf import HOUR_S, Shelf
from mediatui.model.transfer import FREE, Event, Hold, HoldKind, State
from mediatui.names.release_columns import columns_of
from mediatui.store.transfers.files import files_by_link, note_file
from mediatui.store.transfers.rows import find_transfer, under_way

STAGING: Final = "staging"
"""The folder of staged links, in the data dir of the demo."""
LEFT: Final = "Left.Behind.2015.1080p.WEB.x264-GRP"
MOST_LOOKED_AT: Final = 60
_LOW: Final = (480, 576, 720)


def staging_of(places: Folders) -> Path:
    """The folder of staged links that belongs to a library."""
    return places.root.parent / STAGING


def store_staged(shelf: Shelf, torrents: Iterable[SimTorrent], now: float, places: Folders) -> None:
    """Stores transfers that are in staging, each with another question, of ``torrents`` that the mount can show."""
    spare = list(islice(spare_torrents(torrents), MOST_LOOKED_AT))
    films = [one for one in spare if one.shape == "film"]
    seasons = [one for one in spare if one.shape == "season" and one.file_count > 4]
    low = next((one for one in films if columns_of(one.filename).resolution in _LOW), None)
    if low is not None:
        shelf.look_after(_stage(shelf, low, _rejected(low), now, places), "radarr")
    others = [one for one in films if one is not low]
    asked: Sequence[tuple[str, dict[str, object]]] = (
        ("import", {"service": "Sonarr", "has": "each episode has a file: WEBDL-1080p"}),
        ("partial", {"episodes": "S01E04"}),
        ("episode", {"says": 2, "found": "S03E01"}),
        ("arr-cannot-see-mount", {"service": "Sonarr"}),
    )
    for season, (code, known) in zip(seasons, asked, strict=False):
        hold = Hold(HoldKind.CHOICE, code, known, since=now - HOUR_S)
        shelf.look_after(_stage(shelf, season, hold, now, places), "sonarr")
    of_films: Sequence[tuple[str, dict[str, object]]] = (("parts", {"part": 1}), ("disc", {}))
    for film, (code, known) in zip(others, of_films, strict=False):
        _stage(shelf, film, Hold(HoldKind.CHOICE, code, known, since=now - HOUR_S), now, places)
    for film in others[2:3]:
        hold = Hold(HoldKind.WAITING, "not-proven", {}, 1, now - 60, now + HOUR_S)
        _stage(shelf, film, hold, now, places)


def _rejected(film: SimTorrent) -> Hold:
    """What Radarr says of a film that it has in a better quality."""
    path = film.files()[0].path
    why = f"Not an upgrade for existing movie file. Existing quality: WEBDL-1080p. New Quality {_quality(film)}."
    known: dict[str, object] = {
        "service": "Radarr", "items": [path], "asked": [f"1  {path.lstrip('/')}: {why}"], "can_override": [1],
        "rejected": path.lstrip("/"), "reasons": why.rstrip("."),
    }  # fmt: skip
    return Hold(HoldKind.CHOICE, "import", known, since=1.0)


def _quality(film: SimTorrent) -> str:
    columns = columns_of(film.filename)
    return f"{columns.source or 'WEB'}-{columns.resolution}p"


def _stage(shelf: Shelf, torrent: SimTorrent, hold: Hold, now: float, places: Folders) -> int:
    number = shelf.fetching(torrent, now)
    transfer = find_transfer(shelf.connection, number)
    view = places.mount / VIEW / torrent.filename
    remote = {
        file.path: os.fsencode(view / file.path.lstrip("/").replace("/", "_"))
        for file in torrent.files() if file.selected
    }  # fmt: skip
    folder = staging_of(places) / folder_name(number, transfer.name)
    for path, below in link_paths(remote, ()).items():
        link = os.path.join(os.fsencode(folder), below)
        note_file(shelf.connection, number, path, "linked", remote=remote[path], link=link)
    shelf.change(number, Event.FETCHED, "job", State.FETCHING, State.STAGED, hold=hold,
                 why="its links are in staging", now=now - HOUR_S)  # fmt: skip
    return number


def link_staged(connection: sqlite3.Connection, places: Folders) -> None:
    """Makes the links of what is staged, and leaves the beginning of a file that is nobody's beside them."""
    for link, (_, file) in files_by_link(connection).items():
        os.makedirs(os.path.dirname(link), exist_ok=True)
        with contextlib.suppress(FileExistsError):
            os.symlink(file.remote, link)
    left = staging_of(places) / LEFT
    left.mkdir(parents=True, exist_ok=True)
    (left / f"{LEFT}.mkv.part").write_bytes(bytes(1 << 16))
    old = os.stat(left).st_mtime - 9 * 86_400
    os.utime(left / f"{LEFT}.mkv.part", (old, old))


def show_waiting(connection: sqlite3.Connection, places: Folders, torrents: Iterable[SimTorrent]) -> None:
    """Has the mount show what is staged, and what rests whole on the account."""
    waiting = {
        one.entry_id for one in under_way(connection, "debrid")
        if one.state == State.STAGED or (one.state == State.READY and one.hold == FREE)
    }  # fmt: skip
    for torrent in torrents:
        if torrent.id in waiting:
            put_files(places.mount, torrent)
