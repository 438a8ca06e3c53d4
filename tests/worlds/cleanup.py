"""Libraries to clean up, and what a clean-up of one category has to keep."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

from mediatui.store.library.media import Media
from tests.worlds.maintenance import MaintenanceWorld

MAX_PER_DIR = 4


def film(title: str, *genres: str, year: int = 2001, number: int = 1) -> Media:
    return Media("film", title, year, genres=genres, source="radarr", service_id=number)


def series(title: str, *genres: str, year: int = 2001, number: int = 1, series_type: str = "standard") -> Media:
    return Media(
        "episode", title, year, 1, 1, genres=genres, source="sonarr", service_id=number, series_type=series_type
    )


def folders(world: MaintenanceWorld, *names: str) -> None:
    for name in names:
        (world.films / name).mkdir(parents=True, exist_ok=True)


def below(world: MaintenanceWorld, path: Path) -> str:
    return os.fspath(path.relative_to(world.root))


def links(world: MaintenanceWorld) -> set[str]:
    return {os.fsdecode(path)[len(str(world.root)) + 1 :] for path in world.links()}


def reasons(world: MaintenanceWorld, category: str) -> list[str]:
    return [one.reason for one in world.findings("cleanup", category)]


async def mended_and_undone(world: MaintenanceWorld, *only: str, changes: int, **options: Any) -> set[str]:
    """Applies what cleanup proposes, looks that a second run proposes nothing, undoes all; returns the links that were
    there in between."""
    before = world.snapshot()
    ran = await world.mend("cleanup", only=only, **options)
    assert ran.outcomes == {"done"}, ran.steps
    assert len(ran.steps) == changes
    after, left = links(world), world.real_files()
    await world.run("cleanup", only=only, **options)
    assert world.plan_for("cleanup").steps == ()
    undone = await world.undo()
    assert undone.outcomes == {"done"}, undone.steps
    assert world.snapshot() == before
    assert left == world.real_files()
    return after


async def messy(world: MaintenanceWorld, seed: int = 1) -> None:
    """A library with some of everything in it, and more in a folder than ``MAX_PER_DIR``."""
    dice = random.Random(seed)
    folders(world, "Action", "Comédie", "Drame", "Drame/A-M", "Drame/N-Z", "Vide/plus/vide")
    media = []
    for number in range(22):
        title = (
            f"{dice.choice(['The ', '', 'Le '])}{chr(97 + dice.randrange(26)).upper()}{dice.choice('aeiouy')} {number}"
        )
        genre = dice.choice(["Action", "Comédie", "Drame", "Drame/A-M", "Drame/N-Z", "."])
        path = world.movie(title, genre=genre, missing=number % 10 == 0)
        if number % 10 == 0:
            world.file(f"new/{title} (2001).mkv")
        if number % 7 == 0 and number % 10:
            world.link(path.with_name(f"{title}.mkv"), os.readlink(path))
        if number % 3:
            media.append(film(title, dice.choice(["Action", "Comedy", "Drama"]), number=number))
    for number in range(4):
        title = f"{chr(97 + dice.randrange(26)).upper()} show {number}"
        for episode in (1, 2):
            world.episode(title, 1, episode, kind=dice.choice(["Drame", "Comédie"]) if episode == 1 else "Drame")
        media.append(series(title, "Comedy", number=100 + number))
    world.movie("Alone", genre="Western")
    media.append(film("Alone", "Action", number=999))
    await world.media(*media)
