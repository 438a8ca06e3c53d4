"""After an import cleanup and fix-bad-links find nothing that they did not find before, on generated libraries."""

from __future__ import annotations

import contextlib
import os
import random
from collections.abc import Mapping
from pathlib import Path

import pytest

from mediatui.commands.job_kinds import MAINTAIN
from mediatui.demo.seed import SimTorrent
from mediatui.library.maintenance.stored_findings import iterate_findings
from mediatui.library.maintenance.tools import ToolOptions
from mediatui.model.target import Target
from mediatui.store.database import open_reader
from mediatui.store.library.media import Media
from mediatui.store.library.reports import newest_report
from tests.worlds.account import MakeWorld
from tests.worlds.importing import Importing
from tests.worlds.staging import SIZE, film, pack
from tests.worlds.transfers import hash_of, states, synced

GENRES = ("Action", "Drama", "Comedy")
TITLES = (
    "Amber Road", "The Blue Hour", "Cold Harbour", "Été Sans Fin", "Mirror Lake", "Night Ferry", "Quiet Star", "Zone",
)  # fmt: skip
SEEDS = [1, 2, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(3, 15))]
Found = set[tuple[str, str]]


def library(at: Importing, dice: random.Random) -> None:
    """Links of films and series in folders of genres, some of them in ranges of letters, loose, dead or doubled."""
    ranges = dice.random() < 0.5
    for genre in GENRES:
        for place in ("A-M", "N-Z") if ranges and genre == "Drama" else ("",):
            (at.root / "Films" / genre / place).mkdir(parents=True, exist_ok=True)
        (at.root / "Séries" / genre).mkdir(parents=True, exist_ok=True)
    (at.root / "Séries/Animes").mkdir(exist_ok=dice.random() < 2)
    word = dice.choice(("Saison {:02}", "Season {}", "S{:02}"))
    for number, title in enumerate(dice.sample(TITLES, 5)):
        name, size = f"{title} (2001)", dice.choice((SIZE, SIZE, None))
        above = f"Films/{dice.choice(GENRES)}"
        own = f"{name}/" if dice.random() < 0.3 else ""
        at.library_link(f"{above}/{own}{name}.mkv", f"Old {number}/{name}.mkv", size=size)
        folder = f"Séries/{dice.choice(GENRES)}/{name}/{word.format(1)}"
        for episode in (1, 2):
            leads = f"Old series {number}/{title}.S01E0{episode}.mkv"
            at.library_link(f"{folder}/{name} - S01E0{episode}.mkv", leads, size=size)


def known(dice: random.Random) -> list[Media]:
    """What services know: the genres of every title."""
    rows = []
    for number, title in enumerate(TITLES, 1):
        genres = tuple(dice.sample(GENRES, 2))
        rows.append(Media("film", title, 2001, tmdb_id=number, genres=genres, source="radarr", service_id=number))
        rows.append(Media("episode", title, 2001, 1, 9, tvdb_id=number, genres=genres, source="sonarr",
                          service_id=number, series_type=dice.choice(("standard", "anime"))))  # fmt: skip
    return rows


def torrents(dice: random.Random) -> Mapping[SimTorrent, Target]:
    """Films and episodes that are in staging."""
    found: dict[SimTorrent, Target] = {}
    for number, title in enumerate(dice.sample(TITLES, 3), 1):
        dotted = title.replace(" ", ".")
        ids = TITLES.index(title) + 1
        found[film(hash_of(number), f"{dotted}.2001.1080p")] = Target("film", title, 2001, tmdb_id=ids)
        season, episode = dice.choice((1, 2)), dice.choice((1, 3))
        found[film(hash_of(10 + number), f"{dotted}.S{season:02}E{episode:02}.720p")] = Target(
            "series", title, 2001, tvdb_id=ids, season=season, episodes=(episode,)
        )
    whole = Target("series", "Zone", 2001, tvdb_id=TITLES.index("Zone") + 1, season=3)
    found[pack(hash_of(30), "Zone.S03.1080p.WEB")] = whole
    return found


async def findings(at: Importing) -> Found:
    """What both tools find: the category and the path."""
    found: Found = set()
    for tool in ("cleanup", "fix-bad-links"):
        ended = await at.world.runner.start(MAINTAIN, ToolOptions(tool)).wait()
        assert ended.error is None, ended.error
        with contextlib.closing(open_reader(at.world.path)) as connection:
            report = newest_report(connection, tool)
            assert report is not None
            stored = [one.finding for one in iterate_findings(connection, report.id)]
        found |= {(one.category, os.fsdecode(one.path)) for one in stored}
    return found


@pytest.mark.parametrize("seed", SEEDS)
async def test_an_import_leaves_nothing_to_tidy(account_of: MakeWorld, tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    wanted = torrents(dice)
    world = await synced(account_of, list(wanted))
    at = Importing(world, tmp_path, **{"importing.existing": "skip"})
    library(at, dice)
    await at.know(*known(dice))
    await at.stage(wanted)
    before, links = await findings(at), at.tree()
    # What was dead in the wrong folder is alive there now: cleanup would move it, and leave that folder empty.
    left = {("empty", os.path.dirname(path)) for category, path in before if category == "misplaced"}
    await at.run()
    ended = [state for state, _, _ in states(world)]
    assert ended.count("done") >= len(wanted) - 1, states(world)
    assert await findings(at) <= before | left
    assert at.tree().keys() >= links.keys()
    assert at.tree() != links
