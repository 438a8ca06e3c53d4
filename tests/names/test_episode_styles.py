"""Names made in every common style, with noise around the numbers: the strict rule reads what was meant, or nothing."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest

from mediatui.names.episode_numbers import EpisodeNumbers, episodes_of

SINGLE: dict[str, Callable[[int, int], str]] = {
    "S01E02": lambda s, e: f"S{s:02}E{e:02}",
    "s1e2": lambda s, e: f"s{s}e{e}",
    "S01 E02": lambda s, e: f"S{s:02} E{e:02}",
    "S01.E02": lambda s, e: f"S{s:02}.E{e:02}",
    "S01_E02": lambda s, e: f"S{s:02}_E{e:02}",
    "S01-E02": lambda s, e: f"S{s:02}-E{e:02}",
    "S01 - E02": lambda s, e: f"S{s:02} - E{e:02}",
    "S01EP02": lambda s, e: f"S{s:02}EP{e:02}",
    "S01.Ep.02": lambda s, e: f"S{s:02}.Ep.{e:02}",
    "S01 Episode 2": lambda s, e: f"S{s:02} Episode {e}",
    "S001E002": lambda s, e: f"S{s:03}E{e:03}",
    "[S01E02]": lambda s, e: f"[S{s:02}E{e:02}]",
    "(S01E02)": lambda s, e: f"(S{s:02}E{e:02})",
    "S01E02v2": lambda s, e: f"S{s:02}E{e:02}v2",
    "S1E2 of 10": lambda s, e: f"S{s}E{e} of {e + 5}",
    "S1E02 (of 10)": lambda s, e: f"S{s}E{e:02} (of {e + 5})",
    "1x02": lambda s, e: f"{s}x{e:02}",
    "01x02": lambda s, e: f"{s:02}x{e:02}",
    "- 1x2": lambda s, e: f"- {s}x{e}",
    "[1x02]": lambda s, e: f"[{s}x{e:02}]",
    "(01X02)": lambda s, e: f"({s:02}X{e:02})",
    "Season 1 Episode 2": lambda s, e: f"Season {s} Episode {e}",
    "Season 01 - Episode 02": lambda s, e: f"Season {s:02} - Episode {e:02}",
    "Season.1.Ep.02": lambda s, e: f"Season.{s}.Ep.{e:02}",
    "Series 1 Episode 2": lambda s, e: f"Series {s} Episode {e}",
    "Saison 1 Épisode 2": lambda s, e: f"Saison {s} Épisode {e}",
    "Saison.01.E02": lambda s, e: f"Saison.{s:02}.E{e:02}",
    "Staffel 1 Folge 2": lambda s, e: f"Staffel {s} Folge {e}",
    "Temporada 1 Episodio 2": lambda s, e: f"Temporada {s} Episodio {e}",
    "Temporada 1 Capítulo 2": lambda s, e: f"Temporada {s} Capítulo {e}",
    "Temporada 1 [HDTV][Cap.102]": lambda s, e: f"Temporada {s} [HDTV][Cap.{s}{e:02}]",
    "Stagione 1 Episodio 2": lambda s, e: f"Stagione {s} Episodio {e}",
    "Seizoen 1 Aflevering 2": lambda s, e: f"Seizoen {s} Aflevering {e}",
    "Se.1 afl.2": lambda s, e: f"Se.{s} afl.{e}",
}
SEVERAL: dict[str, Callable[[int, list[int]], str]] = {
    "S01E02E03": lambda s, e: f"S{s:02}" + "".join(f"E{n:02}" for n in e),
    "S1E2E3": lambda s, e: f"S{s}" + "".join(f"E{n}" for n in e),
    "S01E02-E03-E04": lambda s, e: f"S{s:02}" + "-".join(f"E{n:02}" for n in e),
    "S01E02.E03": lambda s, e: f"S{s:02}" + ".".join(f"E{n:02}" for n in e),
    "S01E02 E03": lambda s, e: f"S{s:02}" + " ".join(f"E{n:02}" for n in e),
    "S01E02+E03": lambda s, e: f"S{s:02}" + "+".join(f"E{n:02}" for n in e),
    "S01E02 & E03": lambda s, e: f"S{s:02}" + " & ".join(f"E{n:02}" for n in e),
    "S01E02, E03": lambda s, e: f"S{s:02}" + ", ".join(f"E{n:02}" for n in e),
    "S01E02 and E03": lambda s, e: f"S{s:02}" + " and ".join(f"E{n:02}" for n in e),
    "S01E02 et E03": lambda s, e: f"S{s:02}" + " et ".join(f"E{n:02}" for n in e),
    "S01E02 03": lambda s, e: f"S{s:02}E" + " ".join(f"{n:02}" for n in e),
    "S01E02.S01E03": lambda s, e: ".".join(f"S{s:02}E{n:02}" for n in e),
    "S01E02 - S01E03": lambda s, e: " - ".join(f"S{s:02}E{n:02}" for n in e),
    "S01E02-03-04": lambda s, e: f"S{s:02}E" + "-".join(f"{n:02}" for n in e),
    "S01E02_03": lambda s, e: f"S{s:02}E" + "_".join(f"{n:02}" for n in e),
    "S01E02 & 03": lambda s, e: f"S{s:02}E" + " & ".join(f"{n:02}" for n in e),
    "S01E02+03": lambda s, e: f"S{s:02}E" + "+".join(f"{n:02}" for n in e),
    "1x02x03": lambda s, e: f"{s}" + "".join(f"x{n:02}" for n in e),
    "1x02.1x03": lambda s, e: ".".join(f"{s}x{n:02}" for n in e),
    "- 1x02 - 1x03": lambda s, e: "- " + " - ".join(f"{s}x{n:02}" for n in e),
    "[01x02-x03]": lambda s, e: f"[{s:02}" + "-".join(f"x{n:02}" for n in e) + "]",
    "1x02-03": lambda s, e: f"{s}x" + "-".join(f"{n:02}" for n in e),
    "1x02_03": lambda s, e: f"{s}x" + "_".join(f"{n:02}" for n in e),
}
RANGE: dict[str, Callable[[int, int, int], str]] = {
    "S01E02-E08": lambda s, a, b: f"S{s:02}E{a:02}-E{b:02}",
    "S01E02-08": lambda s, a, b: f"S{s:02}E{a:02}-{b:02}",
    "S1E2-8": lambda s, a, b: f"S{s}E{a}-{b}",
    "(S1E2-8)": lambda s, a, b: f"(S{s}E{a}-{b})",
    "[S01E02-8]": lambda s, a, b: f"[S{s:02}E{a:02}-{b}]",
    "S01E02~E08": lambda s, a, b: f"S{s:02}E{a:02}~E{b:02}",
    "S01E02~08": lambda s, a, b: f"S{s:02}E{a:02}~{b:02}",
    "S01E02–E08": lambda s, a, b: f"S{s:02}E{a:02}–E{b:02}",
    "S01E02 - E08": lambda s, a, b: f"S{s:02}E{a:02} - E{b:02}",
    "S01E02-S01E08": lambda s, a, b: f"S{s:02}E{a:02}-S{s:02}E{b:02}",
    "S01E02 to E08": lambda s, a, b: f"S{s:02}E{a:02} to E{b:02}",
    "S01E02 to 08": lambda s, a, b: f"S{s:02}E{a:02} to {b:02}",
    "S01E02 bis E08": lambda s, a, b: f"S{s:02}E{a:02} bis E{b:02}",
    "S01E02 à E08": lambda s, a, b: f"S{s:02}E{a:02} à E{b:02}",
    "S01E02 a 08": lambda s, a, b: f"S{s:02}E{a:02} a {b:02}",
    "S01EP02-EP08": lambda s, a, b: f"S{s:02}EP{a:02}-EP{b:02}",
    "S1E2-8 of 24": lambda s, a, b: f"S{s}E{a}-{b} of {b + 4}",
    "1x02-1x08": lambda s, a, b: f"{s}x{a:02}-{s}x{b:02}",
    "1x02-x08": lambda s, a, b: f"{s}x{a:02}-x{b:02}",
    "1x02-08": lambda s, a, b: f"{s}x{a:02}-{b:02}",
    "1x02 to 1x08": lambda s, a, b: f"{s}x{a:02} to {s}x{b:02}",
    "Season 1 Episodes 2 to 8": lambda s, a, b: f"Season {s} Episodes {a} to {b}",
    "Season 1 Episodes 2-8": lambda s, a, b: f"Season {s} Episodes {a}-{b}",
    "Saison 1 Épisodes 2 à 8": lambda s, a, b: f"Saison {s} Épisodes {a} à {b}",
}
SILENT = {"S01E02 03"}
"""What may as well be an episode and a title that begins with a number."""

BEFORE = [
        "Harbour Lights", "Copper 1917", "Area 51", "The 4400 Doors", "24", "Été", "[GRP] Kestrel", "Night (2010)",
        "Night 2010", "[ www.site.example ] - Night", "Warehouse 13 US", "S Club", "Ex-Men", "9-1-1", "Season of Rain",
        "[GRP] Kestrel - 36 -", "",
]  # fmt: skip
AFTER = [
        "", "1080p WEB x264-GRP", "720p HDTV H 264", "[1080p][ABCD1234]", "(1920x1080 HEVC 10bit)", "Pilot", "3 Acts",
        "31st of May", "50-50 Carla", "The 4x4", "2-45 PM", "Part 2", "6-50 to Kent", "Half of 12", "FRENCH 1080p",
        "(2019) WEBRip", "2014-08-15", "1999 BDRip", "DD5 1", "300 1080p", "x265 DL", "E for Effort", "S Bahn",
]  # fmt: skip
CHANCE = random.Random(11)
NAMES = 60
"""Names made in each style."""


def named(before: str, numbers: str, after: str, blank: str, hyphen: bool) -> str:
    """A file's name of these parts."""
    text = (" - " if hyphen else " ").join(part for part in (before, numbers, after) if part)
    return text.replace(" ", blank) + ".mkv"


def check(name: str, season: int, episodes: list[int]) -> None:
    assert episodes_of(name) in (None, EpisodeNumbers(season, tuple(episodes))), name


def names(style: Callable[..., str], *numbers: object) -> Iterator[str]:
    """Names with these numbers in this style, each between other noise."""
    text = style(*numbers)
    for _ in range(NAMES):
        blank, hyphen = CHANCE.choice(" ._"), CHANCE.random() < 0.5
        yield named(CHANCE.choice(BEFORE), text, CHANCE.choice(AFTER), blank, hyphen)


def test_one_episode_is_read_as_itself_or_not_at_all() -> None:
    for style in SINGLE.values():
        season, episode = CHANCE.randint(1, 29), CHANCE.randint(1, 99)
        for name in names(style, season, episode):
            check(name, season, [episode])


def test_several_episodes_are_all_read_or_none() -> None:
    for style in SEVERAL.values():
        season, first = CHANCE.randint(1, 29), CHANCE.randint(1, 60)
        episodes = list(range(first, first + CHANCE.randint(2, 4)))
        for name in names(style, season, episodes):
            check(name, season, episodes)


def test_a_range_is_read_whole_or_not_at_all() -> None:
    for style in RANGE.values():
        season, first = CHANCE.randint(1, 29), CHANCE.randint(1, 40)
        last = first + CHANCE.randint(2, 12)
        for name in names(style, season, first, last):
            check(name, season, list(range(first, last + 1)))


@pytest.mark.parametrize("style", [*SINGLE, *SEVERAL, *RANGE])
def test_every_style_is_read_where_nothing_stands_around_it(style: str) -> None:
    if style in SINGLE:
        text, episodes = SINGLE[style](2, 3), [3]
    elif style in SEVERAL:
        text, episodes = SEVERAL[style](2, [3, 4]), [3, 4]
    else:
        text, episodes = RANGE[style](2, 3, 8), list(range(3, 9))
    found = episodes_of(f"Harbour Lights {text}.mkv")
    assert found == (None if style in SILENT else EpisodeNumbers(2, tuple(episodes)))
