"""The faults in the demo's library: some of each kind that the maintenance tools look for.

Each case uses films and seasons of its own, so that a tool that repairs one leaves the others unchanged.
"""

from __future__ import annotations

import contextlib
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from mediatui.demo.library_media import film_row, media_of
from mediatui.demo.library_plan import (
    GENRES,
    VIEW,
    File,
    Folders,
    LibraryPlan,
    Season,
    Shown,
    plan_links,
    range_of,
    selected_files,
    spoil,
)
from mediatui.demo.seed import SimTorrent
from mediatui.store.library.media import Media

GB: Final = 1_000_000_000
SIZE: Final = 2 * GB
OTHER_FILMS: Final = (
    "The Lantern Keeper", "Harvest Road", "La Dernière Bobine", "Blue Gate", "Stone Garden", "Le Jardin des Ombres",
    "Winter Ledger", "The Salt Road", "Rue des Brumes", "Far Meridian", "The Paper Crown", "Un Été à Quai",
    "Second Harbour", "The Tin Orchard", "Le Passage du Nord", "Quiet Engines", "Marble Sky", "The Long Corridor",
    "La Lettre Perdue", "Ember Lake", "Old Bridges", "The Glass Ferry", "Vent d'Ouest", "Slow Thunder",
)  # fmt: skip
"""Films that are in no torrent of the account."""
ODD_NAMES: Final = (
    "caf\udce9 noir (1999).mkv",  # a byte that is no UTF-8
    "\x1b]0;owned\x07\x1b[31mRed Alert (2019).mkv",
    "evil\u202egnp.exe (2020).mkv",
    "مسلسل الصحراء (2018).mkv",
    "tab\tand\nnewline (2016).mkv",
    "[b]bold[/b] [@click=app.quit]press me[@] (2021).mkv",
    "🎬🍿 Movie Night 👨‍👩‍👧‍👦 (2022).mkv",
    f"{'long ' * 40}name (2001).mkv",
)


@dataclass(frozen=True, slots=True)
class DemoLibrary:
    """The plan of the library, and the rows of the media it knows."""

    plan: LibraryPlan
    media: list[Media]


class _UsedUp(Exception):
    """A small account has no more films or seasons for a case."""


@dataclass(slots=True)
class _Cases:
    """The plan, the films and seasons without a fault so far, and rows of media without links."""

    plan: LibraryPlan
    films: list[Shown]
    seasons: list[Season]
    media: list[Media] = field(default_factory=list)
    others: Iterator[str] = field(default_factory=lambda: iter(OTHER_FILMS))
    year: int = 1990

    def season(self) -> Season:
        """A season of at least eight episodes. Raises _UsedUp."""
        found = next((season for season in self.seasons if len(season.episodes) >= 8), None)
        if found is None:
            raise _UsedUp
        self.seasons.remove(found)
        return found

    def film(self, folder: str = "") -> Shown:
        """A film, from a genre's folder if that is given. Raises _UsedUp."""
        found = next((film for film in self.films if f"/Films/{folder}" in film.link), None)
        if found is None:
            raise _UsedUp
        self.films.remove(found)
        return found

    def stored(self, title: str, *, suffix: str = "", exists: bool = True) -> tuple[str, int, str]:
        """Title and year of a film, and its file in the storage."""
        self.year += 1
        name = f"{title} ({self.year})"
        path = f"{self.plan.places.storage}/Films/{name}/{name}{suffix}.mkv"
        if exists:
            self.plan.files[path] = File(SIZE)
        return title, self.year, path


def plan_library(places: Folders, torrents: list[SimTorrent]) -> DemoLibrary:
    """The whole library for an account's torrents; the same torrents give the same library. In that of a small account
    a case ends where films or seasons do."""
    plan = plan_links(places, torrents)
    chance = random.Random(7)
    films, seasons = list(plan.films), list(plan.seasons)
    chance.shuffle(films)
    chance.shuffle(seasons)
    cases = _Cases(plan, films, seasons)
    for case in CASES:
        with contextlib.suppress(_UsedUp):
            case(cases)
    left = [*cases.films, *(episode for season in cases.seasons for episode in season.episodes)]
    spoil(plan, left, chance)
    _second_copies(plan, torrents)
    return DemoLibrary(plan, [*media_of(plan), *cases.media])


def _second_copies(plan: LibraryPlan, torrents: list[SimTorrent]) -> None:
    """Adds torrents of films on the mount that no link points at."""
    films = [torrent for torrent in torrents if torrent.shape == "film" and torrent.file_count == 1]
    whole = [torrent for torrent in films if torrent.status == "downloaded"]
    shown = {os.path.dirname(target) for target in plan.links.values()}
    copies = [torrent for torrent in whole if torrent.filename.endswith(("-FW", "-EVO")) and torrent.link_code is None]
    folders = [(f"{plan.places.mount}/{VIEW}/{torrent.filename}", torrent) for torrent in copies]
    for folder, torrent in [pair for pair in folders if pair[0] not in shown][:12]:
        for name, size in selected_files(torrent):
            plan.files[f"{folder}/{name}"] = File(size)


def _on_storage(cases: _Cases) -> None:
    """Adds films with real files in the storage, linked and known."""
    for title in OTHER_FILMS:
        name, year, path = cases.stored(title)
        genre = sorted(GENRES)[year % 3]
        folder = f"{cases.plan.places.root}/Films/{genre}{range_of(genre, title)}"
        cases.plan.show(Shown(name, year, f"{folder}/{name} ({year}).mkv", path, GENRES[genre]))


def _ghosts(cases: _Cases) -> None:
    """Adds known films whose files, or whose links, are gone."""
    for title in OTHER_FILMS[:5]:
        name, year, path = cases.stored(title, exists=False)
        cases.media.append(film_row(name, year, ("Drama",), file=path))
    for title in OTHER_FILMS[5:8]:
        name, year, path = cases.stored(title)
        link = f"{cases.plan.places.root}/Films/Drame/{name} ({year}).mkv"
        cases.media.append(film_row(name, year, ("Drama",), link=link, file=path))


def _orphans(cases: _Cases) -> None:
    """Adds videos in the storage that no link points at, and a folder that is neither of films nor of series."""
    files, storage = cases.plan.files, cases.plan.places.storage
    for title in OTHER_FILMS[8:14]:
        cases.stored(title, suffix=" 1080p")
    for number in range(1, 5):
        files[f"{storage}/Séries/Low Water (2011)/Saison 01/Low Water - S01E{number:02d}.mkv"] = File(SIZE)
    for number in range(1, 4):
        files[f"{storage}/Sauvegardes/camera/clip {number}.mp4"] = File(SIZE)


def _unlinked_films(cases: _Cases) -> None:
    """Adds films known without a file: with a link, with a file in the storage, with several files, and two that
    nothing else knows."""
    for _ in range(14):
        film = cases.film()
        film.known = False
        cases.media.append(film_row(film.title, film.year, film.genres))
    for title in OTHER_FILMS[14:18]:
        name, year, _path = cases.stored(title)
        cases.media.append(film_row(name, year, ("Comedy",)))
    for title in OTHER_FILMS[18:20]:
        name, year, path = cases.stored(title, suffix=" 720p")
        cases.plan.files[path.replace(" 720p.mkv", " 1080p.mkv")] = File(SIZE)
        cases.media.append(film_row(name, year, ("Comedy",)))
    name, year, _path = cases.stored(OTHER_FILMS[20])
    for title in (name, name.upper()):
        cases.media.append(film_row(title, year, ("Comedy",)))


def _unknown_films(cases: _Cases) -> None:
    """Adds links to films the library does not know, and some whose names have neither title nor year."""
    for _ in range(20):
        cases.film().known = False
    storage, root = cases.plan.places.storage, cases.plan.places.root
    for name in ("Making of.mkv", "VTS_01_1.mkv", "essai.mkv"):
        path = f"{storage}/Films/Divers/{name}"
        cases.plan.files[path] = File(SIZE)
        cases.plan.links[f"{root}/Films/Animation/{name}"] = path


def _misplaced(cases: _Cases) -> None:
    """Moves films and a series to folders of other genres, and some beside the folders of their letters."""
    films = f"{cases.plan.places.root}/Films"
    for right, wrong in (("Action", "Drame"), ("Thriller", "Animation"), ("Comédie", "Drame")):
        for _ in range(3):
            cases.plan.move(cases.film(right), f"{films}/{wrong}")
    for _ in range(3):
        cases.plan.move(cases.film("Science-Fiction"), films)
        cases.plan.move(cases.film("Animation/A-C"), f"{films}/Animation")
    for _ in range(2):
        cases.plan.move(cases.film("Action/Q-Z"), f"{films}/Action/A-C")
    name = "Low Water Mark (2013)"
    for number in range(1, 4):
        file = f"{cases.plan.places.storage}/Séries/{name}/Saison 01/Low Water Mark - S01E{number:02d}.mkv"
        cases.plan.files[file] = File(SIZE)
        link = f"{cases.plan.places.root}/Séries/Comédie/{name}/Saison 01/{name} - S01E{number:02d} - Marée.mkv"
        cases.plan.show(Shown("Low Water Mark", 2013, link, file, ("Drama",), 1, number))


def _duplicates(cases: _Cases) -> None:
    """Adds several links of one folder to the same file, and the same film under two genres, which is normal."""
    for _ in range(6):
        film = cases.film()
        cases.plan.links[film.link.replace(".mkv", " - 1080p.mkv")] = film.file
    for episode in cases.season().episodes[:3]:
        cases.plan.links[f"{os.path.dirname(episode.link)}/{os.path.basename(episode.file)}"] = episode.file
    for _ in range(8):
        film = cases.film("Comédie")
        film.genres = ("Comedy", "Science Fiction")
        cases.plan.links[film.link.replace("/Comédie/", "/Science-Fiction/")] = film.file


def _empty_folders(cases: _Cases) -> None:
    root = cases.plan.places.root
    cases.plan.folders += [
        f"{root}/Films/Western/A-M/1950-1969", f"{root}/Films/Western/N-Z", f"{root}/Films/À trier/2019/11",
        f"{cases.season().folder.rpartition('/')[0]}/Saison 12",
    ]  # fmt: skip


def _form_of_links(cases: _Cases) -> None:
    """Makes some links relative, and moves some beside the folder that should hold them."""
    for _ in range(10):
        film = cases.film()
        cases.plan.relink(film, os.path.relpath(film.file, os.path.dirname(film.link)))
    for _ in range(2):
        season = cases.season()
        for episode in season.episodes[2:5]:
            cases.plan.move(episode, os.path.dirname(season.folder))


def _odd_names(cases: _Cases) -> None:
    """Adds odd names of links and of files, and links that lead nowhere."""
    storage, root = cases.plan.places.storage, cases.plan.places.root
    for name in ODD_NAMES:
        path = f"{storage}/Films/Divers/{name}"
        cases.plan.files[path] = File(SIZE)
        cases.plan.links[f"{root}/Films/Animation/{name}"] = path
    for number in range(5):
        cases.plan.links[f"{root}/Docs/loop {number}"] = f"{root}/Docs/loop {number}"
        cases.plan.links[f"{root}/Docs/old mount {number}.mkv"] = f"/mnt/old/film {number}.mkv"
    cases.plan.links[f"{root}/Docs/caf\udce9.mkv"] = f"{cases.plan.places.mount}/{VIEW}/caf\udce9.mkv"
    cases.plan.links[f"{root}/Docs/camera"] = f"{storage}/Sauvegardes/camera"


def _renamed(cases: _Cases) -> None:
    """Renames the folder, or the files, of torrents that links point into."""
    for _ in range(8):
        film = cases.film()
        folder, name = os.path.split(film.file)
        cases.plan.relink(film, f"{_renamed_release(folder)}/{_renamed_release(name)}.mkv")
    season = cases.season()
    for episode in season.episodes:
        cases.plan.relink(episode, f"{_renamed_release(season.torrent)}/{os.path.basename(episode.file)}")
    for episode in cases.season().episodes[:4]:
        folder, name = os.path.split(episode.file)
        cases.plan.relink(episode, f"{folder}/{name.replace('.mkv', '.PROPER.mkv')}")


def _renamed_release(name: str) -> str:
    return f"{name.removesuffix('.mkv').rpartition('-')[0]}-LOST"


def _wrong_episodes(cases: _Cases) -> None:
    """Points episodes at wrong files: all of a season at one file, two exchanged, one at the file beside its own, one
    with two possible files, one whose file is missing; adds links whose names have no episode; and has a release count
    the episodes of a season from two on."""
    relink = cases.plan.relink
    alike, exchanged, beside, several, missing, unnumbered, counted = (cases.season().episodes for _ in range(7))
    for episode in alike:
        relink(episode, alike[0].file)
    relink(exchanged[1], exchanged[2].file)
    relink(exchanged[2], exchanged[1].file)
    relink(beside[3], beside[4].file)
    cases.plan.forget(beside[4])
    relink(several[2], several[3].file)
    cases.plan.files[several[2].file.replace(".mkv", ".REPACK.mkv")] = File(SIZE)
    relink(missing[5], missing[6].file)
    del cases.plan.files[missing[5].file]
    extra = f"{os.path.dirname(unnumbered[0].file)}/Bonus.mkv"
    cases.plan.files[extra] = File(SIZE)
    series = os.path.dirname(os.path.dirname(unnumbered[0].link))
    for name in ("Bonus.mkv", "Making of.mkv"):
        cases.plan.links[f"{series}/{name}"] = extra
    files = [episode.file for episode in counted]
    cases.plan.forget(counted[-1])
    for episode, file in zip(counted[:-1], files[1:], strict=True):
        relink(episode, file)


CASES: Final = (
    _renamed, _wrong_episodes, _misplaced, _duplicates, _form_of_links, _empty_folders, _on_storage, _ghosts, _orphans,
    _unlinked_films, _unknown_films, _odd_names,
)  # fmt: skip
