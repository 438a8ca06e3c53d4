"""A library of any size: films and episodes as links, and the files they lead to, some of them gone or renamed."""

from __future__ import annotations

import os
from pathlib import Path

WORDS = ("Foundation", "Kestrel", "Ozone", "Relay", "Signal", "Meridian", "Harbour", "Lantern", "Orchard", "Cascade",
         "Ember", "Falcon", "Granite", "Hollow", "Indigo", "Juniper")  # fmt: skip
EPISODES = 20
SEASONS = 4


def title(number: int) -> str:
    """A title of its own for each number."""
    digits = []
    for _ in range(3):
        digits.append(WORDS[number % len(WORDS)])
        number //= len(WORDS)
    return f"The {' '.join(digits)}" + (f" {number}" if number else "")


def make_big_library(folder: Path, links: int, dead: int) -> tuple[Path, Path]:
    """Makes about ``links`` links below ``library`` and as many files below ``mount``; of the links ``dead`` are dead,
    and for these there is a file of the same episode or film under another name. Returns both folders."""
    root, mount = folder / "library", folder / "mount"
    made = 0
    step = max(1, links // dead) if dead else links + 1
    number = 0
    while made < links:
        number += 1
        name, year = title(number), 1950 + number % 75
        if number % 20 == 0:
            shown = root / "Séries" / ("Drama", "Comedy", "Anime")[number % 3] / f"{name} ({year})"
            stored = mount / "all" / f"{name.replace(' ', '.')}.COMPLETE.1080p"
            stored.mkdir(parents=True)
            for season in range(1, SEASONS + 1):
                (shown / f"Saison {season:02d}").mkdir(parents=True)
                for episode in range(1, EPISODES + 1):
                    made += 1
                    numbers = f"S{season:02d}E{episode:02d}"
                    link = shown / f"Saison {season:02d}" / f"{name} ({year}) - {numbers} - x.mkv"
                    file = stored / f"{name.replace(' ', '.')}.{numbers}.1080p.mkv"
                    _put(link, file, made % step == 0)
        else:
            made += 1
            genre = root / "Films" / ("Action", "Drama", "Horror", "Comedy")[number % 4]
            genre.mkdir(parents=True, exist_ok=True)
            stored = mount / "all" / f"{name.replace(' ', '.')}.{year}.1080p.WEB.x264-GRP"
            stored.mkdir(parents=True)
            _put(genre / f"{name} ({year}).mkv", stored / f"{stored.name}.mkv", made % step == 0)
    return root, mount


def _put(link: Path, file: Path, dead: bool) -> None:
    os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o644))
    os.symlink(file.parents[1] / "gone" / f"{file.stem}.OLD.mkv" if dead else file, link)
