"""What is searched for, and whether a release has to do with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from mediatui.model.release import FoundRelease
from mediatui.model.target import number_text
from mediatui.model.text import fold
from mediatui.names.release_columns import ReleaseColumns, columns_of
from mediatui.names.technical_tags import words_of
from mediatui.names.titles import fold_title

WantedKind = Literal["film", "series"]
Numbers = tuple[int, int | None]
"""A season, and an episode of it."""
_WORD: Final = re.compile(r"[^\W_]+")
_NUMBER: Final = re.compile(r"(?:s[0-9]{1,4})?(?:e[0-9]+)*|[0-9]+|[0-9]+x[0-9]+")
_SMALL: Final = frozenset(
    ["and", "et", "season", "saison", "staffel", "temporada", "stagione", "episode", "complete", "integrale"]
)
"""Words that releases have or not, whatever they are of."""
_BEYOND: Final = re.compile("[\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids of a film or series; 0 for none."""

    tmdb: int = 0
    tvdb: int = 0
    imdb: int = 0

    def __bool__(self) -> bool:
        """Whether there is one."""
        return bool(self.tmdb or self.tvdb or self.imdb)

    def are_of(self, row: FoundRelease) -> bool:
        """Whether the indexer says that a release is of it."""
        pairs = ((self.tmdb, row.tmdb_id), (self.tvdb, row.tvdb_id), (self.imdb, row.imdb_id))
        return any(own and own == its for own, its in pairs)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is searched for: its titles, the first of them the words typed or the film's or series' own; kind, season,
    episode, year and ids where they are known. ``folded`` are the titles for comparing; a release is related when it
    has every word of one of ``words``."""

    titles: tuple[str, ...]
    kind: WantedKind | None = None
    season: int | None = None
    episode: int | None = None
    year: int | None = None
    ids: Ids = Ids()
    folded: tuple[str, ...] = ()
    words: tuple[tuple[str, ...], ...] = ()
    also: Numbers | None = None

    @property
    def numbers(self) -> str:
        """Season and episode as releases have them: ``S02E03``; empty for none."""
        return number_text(self.season, () if self.episode is None else (self.episode,))

    @property
    def other_numbers(self) -> str:
        """The same as another catalog counts them; empty where that is not otherwise."""
        if self.also is None:
            return ""
        season, episode = self.also
        return number_text(season, () if episode is None else (episode,))


def wanted_of(text: str, kind: WantedKind | None, season: int | None, episode: int | None) -> Wanted:
    """What the words typed are meant to find; what they say of season, episode and year counts where nothing else
    does."""
    said = columns_of(text)
    if season is None and len(said.seasons) == 1:
        season = said.seasons[0]
        episode = said.episodes[0] if episode is None and len(said.episodes) == 1 else episode
    if kind is None and season is not None:
        kind = "series"
    titles, words = (text,), (_words_of(text),)
    return Wanted(titles, kind, season, episode, said.year, folded=(fold_title(said.title),), words=words)


def wanted_by_id(
    ids: Ids,
    titles: Sequence[str],
    year: int | None,
    kind: WantedKind,
    season: int | None,
    episode: int | None,
    also: Numbers | None = None,
) -> Wanted:
    """A film or series by its ids, known by these titles; those that fold to the same are asked for once."""
    by_fold = {fold_title(title): title for title in reversed(titles)}
    kept = tuple(title for title in titles if by_fold[fold_title(title)] == title)
    every = tuple(map(_words_of, kept))
    words = tuple(filter(None, every)) or every  # "???" would be in every name
    folded = tuple(map(fold_title, kept))
    return Wanted(kept, kind, season, episode, year, ids, folded, words, also)


def folded_name(title: str) -> str:
    """The name of a release as releases are compared: folded, without characters that Prowlarr drops."""
    return fold(_BEYOND.sub("", title))


def is_related(wanted: Wanted, row: FoundRelease, folded: str) -> bool:
    """Whether a release has to do with what is wanted: by its id, or because its folded name holds the words of a
    title, numbers and technical words aside."""
    if wanted.ids.are_of(row):
        return True
    words = set(_WORD.findall(folded)) | set(_WORD.findall(folded.replace("'", "")))
    if any(words.issuperset(those) for those in wanted.words):
        return True
    words.update(fold_title(folded).split())  # another way to write it: S.W.A.T., & for and
    return any(words.issuperset(those) for those in wanted.words)


def covers(wanted: Wanted, columns: ReleaseColumns) -> bool:
    """Whether a release has the season and episode that are wanted; a pack of the season has."""
    if wanted.season is None:
        return True
    return _has(columns, wanted.season, wanted.episode) or (wanted.also is not None and _has(columns, *wanted.also))


def _has(columns: ReleaseColumns, season: int, episode: int | None) -> bool:
    if season not in columns.seasons:
        return False
    return episode is None or not columns.episodes or episode in columns.episodes


def _words_of(text: str) -> tuple[str, ...]:
    """The words of what was typed without numbers, technical words and small ones; all of them where nothing else is
    left."""
    technical = {word.text for word in words_of(text) if word.tag and word.tag not in ("group", "loose")}
    every = fold_title(text).split()
    telling = [word for word in every if not _NUMBER.fullmatch(word) and word not in technical | _SMALL]
    longer = [word for word in telling if len(word) > 1]
    return tuple(dict.fromkeys(longer or telling or every))
