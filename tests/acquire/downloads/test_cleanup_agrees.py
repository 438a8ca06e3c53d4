"""After files, subtitles, upgrades and second qualities were imported, cleanup and fix-bad-links find nothing that they
did not find before, on generated libraries."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from mediatui.acquire.downloads.judge import Row
from mediatui.store.library.media import Media
from tests.worlds.downloads import Downloads

GENRES = ("Action", "Drama", "Comedy")
TITLES = ("Amber Road", "The Blue Hour", "Cold Harbour", "Été Sans Fin", "Mirror Lake", "Night Ferry", "Quiet Star")
SEEDS = [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (4, 7))]
Found = set[tuple[str, str]]


def library(at: Downloads, dice: random.Random) -> None:
    """Links to files of the mount and of the storage, in folders of genres, some of them dead or in the wrong one."""
    for genre in GENRES:
        for place in ("A-M", "N-Z") if dice.random() < 0.3 else ("",):
            (at.root / "Films" / genre / place).mkdir(parents=True, exist_ok=True)
        (at.root / "Séries" / genre).mkdir(parents=True, exist_ok=True)
    word = dice.choice(("Saison {:02}", "Season {}", "S{:02}"))
    for title in dice.sample(TITLES, 5):
        name, dotted = f"{title} (2001)", title.replace(" ", ".")
        film = at.put(f"../storage/{name}/{dotted}.2001.720p.HDTV.mkv", 3_000_000 + dice.randrange(9))
        own = f"{name}/" if dice.random() < 0.4 else ""
        at.link(f"Films/{dice.choice(GENRES)}/{own}{name}.mkv", film if dice.random() < 0.8 else "/nowhere/x.mkv")
        folder = f"Séries/{dice.choice(GENRES)}/{name}/{word.format(1)}"
        for episode in (1, 2):
            file = at.file(f"{dotted}.S01/{dotted}.S01E0{episode}.720p.HDTV.mkv", os.urandom(2000))
            at.link(f"{folder}/{name} - S01E0{episode}.mkv", file)


def known(dice: random.Random) -> list[Media]:
    """What services know: the genres of every title."""
    rows = []
    for number, title in enumerate(TITLES, 101):
        genres = tuple(dice.sample(GENRES, 2))
        rows.append(Media("film", title, 2001, tmdb_id=number, genres=genres, source="radarr", service_id=number))
        rows.append(Media("episode", title, 2001, 1, 9, tvdb_id=number, genres=genres, source="sonarr",
                          service_id=number))  # fmt: skip
    return rows


def put_downloads(at: Downloads, dice: random.Random) -> None:
    """Films and episodes that are new, better or worse, with subtitles, samples and more; links among them."""
    for title in dice.sample(TITLES, 5):
        dotted = title.replace(" ", ".")
        quality = dice.choice(("1080p.WEB", "480p.HDTV"))
        at.put(f"{dotted}.2001.{quality}/{dotted}.2001.{quality}.mkv", 200_000_000 + dice.randrange(99))
        at.put(f"{dotted}.2001.{quality}/{dotted}.2001.{quality}.fr.srt", 50, mark=title)
        season = dice.choice((1, 2))
        for episode in (1, 2, 3):
            at.put(f"{dotted}.S0{season}/{dotted}.S0{season}E0{episode}.{quality}.mkv", 20_000_000 + episode)
    target = at.file("Linked.2001/Quiet.Star.S03E01.1080p.mkv")
    os.truncate(target, 20_000_009)
    (at.downloads / "Quiet.Star.S03E01.1080p.mkv").symlink_to(target)
    at.put("Quiet.Star.2001.1080p.WEB/Sample/sample.mkv", 9_000_000)


async def findings(at: Downloads) -> Found:
    """What both tools find: the category and the path."""
    found: Found = set()
    for tool in ("cleanup", "fix-bad-links"):
        ran = await at.run(tool)
        assert ran.finished.error is None, ran.finished
        found |= {(one.category, os.fsdecode(one.path)) for one in at.findings(tool)}
    return found


def told(rows: Sequence[Row]) -> set[str]:
    """The links, without their endings, of which the import says that cleanup would move them: the folder that a film
    has wins, also where it is that of another genre."""
    return {os.path.splitext(os.fsdecode(row.placed.path))[0] for row in rows if row.placed and row.placed.misplaced}


@pytest.mark.parametrize("seed", SEEDS)
async def test_an_import_of_files_leaves_nothing_to_tidy(tmp_path: Path, seed: int) -> None:
    dice, both = random.Random(seed), seed % 2 == 0
    more = {} if both else {"importing.existing": "upgrade"}
    async with Downloads(tmp_path, **more) as at:
        library(at, dice)
        await at.media(*known(dice))
        await at.scan()
        put_downloads(at, dice)
        before = await findings(at)
        left = {("empty", os.path.dirname(path)) for category, path in before if category == "misplaced"}
        tree = at.snapshot()
        rows = await at.look(both=both)
        ready = [row for row in rows if row.state == "ready"]
        assert len(ready) > 5, [(row.download.name, row.why) for row in rows]
        run = await at.take(rows)
        assert run.outcomes == {"done"}, run.steps
        now = await findings(at)
        new = {
            (category, path) for category, path in now - before - left
            if category != "misplaced" or not path.startswith(tuple(told(ready)))
        }  # fmt: skip
        assert not new
        await at.undo()
        assert at.snapshot() == tree
