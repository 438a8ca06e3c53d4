"""Believable, and some hostile, release names from a random generator."""

from __future__ import annotations

import random

FILMS = (
    "The Quiet Harbour", "Le Dernier Métro", "Blade of Autumn", "Orbit 2049", "Les Enfants du Rivage", "Iron Meadow",
    "A Winter in Oslo", "Paper Lanterns", "The Clockmaker", "Nuit Blanche", "Salt and Stone", "1917 Days",
    "La Maison du Lac", "Northern Lights", "Under the Ice", "The Last Cartographer", "Été Sans Fin", "Grey Coast",
    "Copper Sky", "The Long Ferry", "Amber Road", "Le Phare", "Silent Orchard", "Glass River", "Hollow Mountain",
)  # fmt: skip
SERIES = (
    "Harbour Lights", "Le Bureau des Cartes", "Fondation", "Station Eleven Miles", "The Signal Box", "Les Revenants",
    "Mr Selwyn", "Deep Archive", "Cold Meridian", "Vikings of the Fjord", "Maison Close", "Night Shift", "Ozone",
    "The Relay", "Capitaine Fracasse", "Sable", "Kestrel", "Border Town", "Plan B", "The Understudy",
)  # fmt: skip
FOREIGN = (
    "千と千尋の旅",
    "風の谷の物語",
    "진격의 바다",
    "Москва слезам",
    "Ça va être l'été",
    "Ñandú salvaje",
    "Größe zählt",
)
HOSTILE = (
    "[b]bold[/b] [@click=app.quit]press me[/] 1080p",
    "Name [/b] unbalanced [[[ 720p",
    "\x1b]0;owned\x07\x1b[31mRed.Alert.2019.1080p",
    "evil\u202egnp.exe 2020",
    "مسلسل الصحراء S01 1080p",
    "🎬🍿 Movie Night 👨‍👩‍👧‍👦 2021 🇫🇷",
    "x" * 300,
    "",
    "   ",
    "tab\tand\nnewline 2018",
    "'; DROP TABLE torrents; --",
    "100% legal_under%score",
    '=HYPERLINK("http://example.invalid")',
    "-dash.first.2017",
)
RESOLUTIONS = ("2160p", "1080p", "1080p", "1080p", "720p", "720p", "480p")
SOURCES = ("WEB-DL", "WEBRip", "BluRay", "HDTV", "WEB", "UHD.BluRay.REMUX")
CODECS = ("x264", "x265", "H264", "HEVC", "AV1")
LANGUAGES = ("MULTi", "FRENCH", "VOSTFR", "ENGLISH", "", "")
GROUPS = ("FW", "NTb", "SiGMA", "QxR", "TOKYO", "EVO", "PSA")


def film_name(chance: random.Random) -> str:
    """One film's release name."""
    title = chance.choice(FILMS) if chance.random() > 0.03 else chance.choice(FOREIGN)
    return _release(chance, title, str(chance.randint(1960, 2026)))


def season_name(chance: random.Random) -> tuple[str, int]:
    """A season pack's release name, and the season's number."""
    season = chance.randint(1, 9)
    return _release(chance, chance.choice(SERIES), f"S{season:02d}"), season


def _release(chance: random.Random, title: str, middle: str) -> str:
    parts = [title.replace(" ", "."), middle, chance.choice(LANGUAGES), chance.choice(RESOLUTIONS)]
    parts += [chance.choice(SOURCES), chance.choice(CODECS)]
    return ".".join(part for part in parts if part) + "-" + chance.choice(GROUPS)
