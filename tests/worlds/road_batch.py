"""The batch of six of ``tests.worlds.killed_road``, and what the account, Sonarr and Radarr hold of it.

It is of a film that Radarr has in a worse quality, one that it does not have, a season whose first episode is a dead
link at Sonarr, one of which Sonarr has nothing, a film that the account refuses, and the first film again. Before it a
dead link is to be replaced by another file of the account.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from mediatui.demo.server import SimulatedServer
from mediatui.store.library.media import Media
from tests.fakes.arr import FakeArr
from tests.fakes.arr_qualities import named
from tests.worlds.staging import film, pack
from tests.worlds.transfers import hash_of

ALL = ("sonarr", "radarr", "jellyfin")
TORRENTS = (
    film(hash_of(1), "Fern.Valley.2019.1080p.WEB"), film(hash_of(2), "Old.Mill.1971.720p.BluRay"),
    pack(hash_of(3), "Salt.Road.S03.1080p.WEB", count=4), pack(hash_of(4), "Tin.Garden.S03.720p.WEB", count=2),
    film(hash_of(5), "Dust.Ferry.2004.1080p.WEB"),
)  # fmt: skip
REFUSED = hash_of(5)
THERE = film(hash_of(6), "Elm.House.2003.1080p.WEB")
MEDIA = (
    Media("film", "Fern Valley", 2019, tmdb_id=800_001, genres=("Drama",)),
    Media("film", "Old Mill", 1971, tmdb_id=800_008, genres=("Action",)),
    Media("film", "Dust Ferry", 2004, tmdb_id=800_004, genres=("Drama",)),
    Media("film", "Elm House", 2003, tmdb_id=800_002, genres=("Drama",)),
    Media("episode", "Salt Road", 2018, 1, 1, tvdb_id=9, genres=("Drama",)),
    Media("episode", "Tin Garden", 2011, 1, 1, tvdb_id=10, genres=("Drama",)),
)
DEAD = "Films/Drama/Elm House (2003)/Elm House (2003).mkv"
OLD_FILM = "Films/Drama/Fern Valley (2019)/Fern.Valley.2019.720p.WEB.mkv"
OLD_EPISODE = "Séries/Drama/Salt Road (2018)/Season 3/Salt Road - S03E01.mkv"
Show = Callable[[str, str, int], None]
"""Makes the mount show a file: folder, name, bytes."""


def hold_batch(library: Path, view: Path, show: Show) -> dict[str, FakeArr]:
    """A Radarr and a Sonarr that hold what the batch is for, with the links they have of it in the library, which lead
    into a view of the mount. Each command of theirs still runs when it is looked at first."""

    def link(path: str, target: str) -> Path:
        made = library / path
        made.parent.mkdir(parents=True)
        os.symlink(view / target, made)
        return made

    show("Fern.Valley.2019.720p.WEB", "Fern.Valley.2019.720p.WEB.mkv", 4096)
    radarr, sonarr = FakeArr("radarr"), FakeArr("sonarr")
    radarr.steps = sonarr.steps = 1
    radarr.root(library / "Films" / "Drama")
    sonarr.root(library / "Séries" / "Drama")
    old = link(OLD_FILM, "Fern.Valley.2019.720p.WEB/Fern.Valley.2019.720p.WEB.mkv")
    radarr.hold("Fern Valley", old.parent, [old], year=2019, runtime=101)
    for record in radarr.records.files.values():
        record["quality"] = named("radarr", "WEBDL-720p")
    dead = link(OLD_EPISODE, "Gone/gone.mkv")
    sonarr.hold("Salt Road", dead.parent.parent, [dead], year=2018)
    garden = library / "Séries" / "Drama" / "Tin Garden (2011)"
    garden.mkdir()
    sonarr.hold("Tin Garden", garden, [], year=2011)
    for record in sonarr.records.files.values():
        record["quality"] = named("sonarr", "HDTV-720p")
    for item, count in ((1, 4), (2, 2)):
        for number in range(1, count + 1):
            sonarr.records.episode(item, 3, number)
    names = [f"Salt.Road.S03E0{number}.mkv" for number in range(1, 5)]
    sonarr.importing.qualities.update(dict.fromkeys(names, "WEBDL-1080p"))
    radarr.world.update({800_008: ("Old Mill", 1971), 800_004: ("Dust Ferry", 2004)})
    gone = link(DEAD, "Elm.House.2003/Elm.House.2003.1080p.WEB.mkv")
    radarr.hold("Elm House", gone.parent, [gone], year=2003)
    return {"radarr": radarr, "sonarr": sonarr}


def links_below(folder: Path) -> Iterator[tuple[str, str]]:
    """The links below a folder by their paths, with their texts."""
    for path, _, names in os.walk(folder):
        for name in names:
            link = Path(path, name)
            yield str(link.relative_to(folder)), os.readlink(link) if link.is_symlink() else "a file"


@contextlib.contextmanager
def appearing(server: SimulatedServer, show: Show) -> Iterator[None]:
    """What the account has got appears on the mount a moment later."""
    ended, shown = threading.Event(), set[str]()
    hashes = {known.hash for known in TORRENTS}

    def watch() -> None:
        while not ended.wait(0.05):
            for one in server.service.account.torrents():
                if one.status == "downloaded" and one.id not in shown and one.hash in hashes:
                    shown.add(one.id)
                    for file in one.files():
                        if file.selected:
                            show(one.filename, file.path.rpartition("/")[2], file.bytes)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
