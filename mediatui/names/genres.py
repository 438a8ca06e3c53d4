"""Maps the words that people and services use for genres, in English and French, to genres."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from mediatui.model.text import fold

_WORDS: Final = {
    "action": "action",
    "adventure": "adventure, aventure, aventures",
    "animation": "animation, animations, dessins animes, dessin anime",
    "anime": "anime, animes, manga, mangas, japanimation, animation japonaise",
    "biography": "biography, biopic, biopics, biographie, biographique",
    "children": "children, kids, kid, enfant, enfants, jeunesse",
    "comedy": "comedy, comedies, comedie, comedies, humour",
    "crime": "crime, crimes, policier, policiers, polar",
    "documentary": "documentary, documentaries, documentaire, documentaires, docs",
    "drama": "drama, dramas, drame, drames",
    "family": "family, familial, famille",
    "fantasy": "fantasy, fantastique",
    "food": "food, cuisine",
    "game show": "game show, game shows, jeu, jeux, jeux televises",
    "history": "history, historical, histoire, historique",
    "horror": "horror, horreur, epouvante, epouvante horreur",
    "martial arts": "martial arts, arts martiaux",
    "mini series": "mini series, miniseries, miniserie, mini serie",
    "music": "music, musique",
    "musical": "musical, musicals, comedie musicale, comedies musicales",
    "mystery": "mystery, mystere",
    "news": "news, actualites, actualite",
    "politics": "politics, politique",
    "reality": "reality, reality tv, tele realite, telerealite, realite",
    "romance": "romance, romances, romantique",
    "science fiction": "science fiction, sci fi, scifi, sf",
    "soap": "soap, soaps, feuilleton, feuilletons",
    "sport": "sport, sports",
    "suspense": "suspense",
    "talk show": "talk show, talk shows, talk",
    "thriller": "thriller, thrillers",
    "travel": "travel, voyage, voyages",
    "tv movie": "tv movie, tv movies, telefilm, telefilms",
    "war": "war, guerre",
    "western": "western, westerns",
}
_BY_WORD: Final = {word: genre for genre, words in _WORDS.items() for word in words.split(", ")}
_NEAR: Final = {
    "children": {"children", "family"},
    "family": {"family", "children"},
    "suspense": {"suspense", "thriller"},
    "thriller": {"thriller", "suspense"},
    "music": {"music", "musical"},
    "musical": {"musical", "music"},
}
"""Genres that services name differently: a folder of one holds the other too."""
_BETWEEN = re.compile(r"\s*(?:[&,/+]|\bet\b|\band\b)\s*")


@lru_cache(maxsize=4096)
def genre(word: str) -> str:
    """The genre for a service's word; the folded word itself when it is unknown."""
    folded = _plain(word)
    return _BY_WORD.get(folded, folded)


@lru_cache(maxsize=4096)
def spread(word: str) -> tuple[str, ...]:
    """The genres in a service's word for one or two of them (``Action & Adventure``), in its order."""
    whole = genre(word)
    parts = [genre(part) for part in _BETWEEN.split(fold(word)) if part]
    return (whole,) if len(parts) < 2 or _plain(word) in _BY_WORD else tuple(parts)


def genres_of_folder(name: str, known: Iterable[str]) -> frozenset[str]:
    """The genres that a folder's name stands for; none when it is no genre name. ``known`` are further genres that
    services use."""
    given = set(known)
    parts = spread(name)
    if not all(part in _WORDS or part in given for part in parts):
        return frozenset()
    return frozenset(other for part in parts for other in _NEAR.get(part, {part}))


def _plain(word: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", fold(word)).split())
