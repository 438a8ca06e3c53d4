"""What a release is for: a film, or a series with a season and episodes; and the text a target is typed as."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from mediatui.model.errors import UsageError
from mediatui.model.text import join_words, printable

TargetKind = Literal["film", "series"]
MOST_ID: Final = 2**31 - 1
FORMS: Final = "tmdb:603, tvdb:81189:S02E03, tt0133093, film:Title (2001) or series:Title S02"
"""How a target is typed, by examples."""
_NUMBERS: Final = r"S(?P<season>[0-9]{1,4})(?P<episodes>(?:-?E[0-9]{1,4})*)"
_BY_ID: Final = re.compile(rf"(?P<base>tmdb:|tvdb:|tt)(?P<id>[0-9]{{1,12}})(?::{_NUMBERS})?", re.IGNORECASE)
_BY_TITLE: Final = re.compile(
    rf"(?P<kind>film|series):(?P<title>.*?)(?:\s*\((?P<year>[0-9]{{4}})\))?(?:[\s:]+{_NUMBERS})?\s*",
    re.IGNORECASE | re.DOTALL,
)
_EPISODE: Final = re.compile(r"(-?)E([0-9]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Target:
    """A film, or a series with a season (None: all of it) and episodes of that (none: the whole season).

    The ids at TMDB, TVDB and IMDb (0: not known) are its identity; those at the ``service``, a Sonarr or Radarr by its
    name, follow from them. ``episode_ids`` are the episodes' ids at TVDB and ``air_dates`` (YYYY-MM-DD) when they were
    first shown: numbers may change, these stay.
    """

    kind: TargetKind
    title: str = ""
    year: int | None = None
    tmdb_id: int = 0
    tvdb_id: int = 0
    imdb_id: int = 0
    service: str = ""
    service_id: int = 0
    season: int | None = None
    episodes: tuple[int, ...] = ()
    episode_ids: tuple[int, ...] = ()
    air_dates: tuple[str, ...] = ()

    @property
    def numbers(self) -> str:
        """Season and episodes as releases have them: ``S02``, ``S02E03-E05``; empty for a film or a whole series."""
        return number_text(self.season, self.episodes)

    @property
    def named(self) -> str:
        """The film or series for people: ``Foundation (2021)``."""
        year = f"({self.year})"
        return f"{self.title} {year}" if self.year and not self.title.endswith(year) else self.title or self.text

    @property
    def shown(self) -> str:
        """The target for people: ``Foundation (2021) S02E03``."""
        return f"{self.named} {self.numbers}".rstrip() if self.title else self.named

    @property
    def text(self) -> str:
        """What it is typed as, to be read by ``read_target``."""
        numbers = f":{self.numbers}" if self.numbers else ""
        if self.kind == "series" and self.tvdb_id:
            return f"tvdb:{self.tvdb_id}{numbers}"
        if self.tmdb_id and (self.kind == "film" or numbers):
            return f"tmdb:{self.tmdb_id}{numbers}"
        if self.imdb_id:
            return f"tt{self.imdb_id:07d}{numbers}"
        year = f" ({self.year})" if self.year else ""
        return f"{self.kind}:{self.title}{year}{numbers and f' {self.numbers}'}"

    def is_of(self, other: Target) -> bool:
        """Whether it is the same film or series, by an id that both have, else by title and year."""
        if self.kind != other.kind:
            return False
        pairs = (
            (self.tvdb_id, other.tvdb_id) if self.kind == "series" else (0, 0),
            (self.tmdb_id, other.tmdb_id),
            (self.imdb_id, other.imdb_id),
        )
        for own, its in pairs:
            if own and its:
                return own == its
        if self.service_id and other.service_id and self.service == other.service:
            return self.service_id == other.service_id
        same_year = self.year is None or other.year is None or self.year == other.year
        return bool(self.title) and self.title.casefold() == other.title.casefold() and same_year

    def shared_with(self, other: Target) -> str:
        """What both are for, as ``S02E03``, ``S02``, or ``all of it``; empty when they have nothing in common."""
        if not self.is_of(other):
            return ""
        if self.kind == "film" or (self.season is None and other.season is None):
            return "all of it"
        if self.season is not None and other.season is not None and self.season != other.season:
            return ""
        season = self.season if self.season is not None else other.season
        if self.episodes and other.episodes:
            both = tuple(sorted(set(self.episodes) & set(other.episodes)))
            return number_text(season, both) if both else ""
        return number_text(season, self.episodes or other.episodes)


@dataclass(frozen=True, slots=True)
class MappedTarget:
    """A target of a transfer: its points (0 to 100; None: a person named it), why it is, and whether the service looks
    for it by itself (None: not known)."""

    target: Target
    score: int | None = None
    reasons: tuple[str, ...] = ()
    monitored: bool | None = None


def shown_targets(targets: Sequence[MappedTarget]) -> str:
    """Targets for people: ``Foundation (2021) S01-S03``, ``Heat (1995) and Ronin (1998)``."""
    names: dict[str, list[str]] = {}
    for one in targets:
        names.setdefault(one.target.named, []).append(one.target.numbers)
    shown = []
    for named, numbers in names.items():
        several = f"{numbers[0]}-{numbers[-1]}" if len(numbers) > 1 else numbers[0]
        shown.append(f"{named} {several}".rstrip())
    return join_words(shown) if shown else "nothing"


def hold_all(having: Sequence[MappedTarget], wanted: Sequence[MappedTarget]) -> bool:
    """Whether some targets hold all of others: the same film, or a season and its episodes. None hold, or are held."""
    return bool(wanted) and all(any(_holds(one.target, other.target) for one in having) for other in wanted)


def _holds(one: Target, other: Target) -> bool:
    if not one.shared_with(other):
        return False
    if one.kind == "film" or one.season is None:
        return True
    within = bool(other.episodes) and {*other.episodes} <= {*one.episodes}
    return one.season == other.season and (not one.episodes or within)


def targets_as_text(targets: Sequence[MappedTarget]) -> str:
    """Targets as JSON, for a step or a row."""
    return json.dumps([dataclasses.asdict(one) for one in targets])


def targets_from_text(text: str) -> tuple[MappedTarget, ...]:
    """The targets in a text of ``targets_as_text``; none in an empty one, or one that cannot be read."""
    try:
        return tuple(_mapped(one) for one in json.loads(text)) if text else ()
    except (ValueError, TypeError, KeyError):
        return ()


def _mapped(fields: dict[str, Any]) -> MappedTarget:
    known: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in fields["target"].items()
    }
    return MappedTarget(Target(**known), fields["score"], tuple(fields["reasons"]), fields["monitored"])


@dataclass(frozen=True, slots=True)
class TypedTarget:
    """A target as a person types it, yet to be found: by one id, or by its title. ``kind`` is None where only an id
    says what it is."""

    kind: TargetKind | None
    tmdb_id: int = 0
    tvdb_id: int = 0
    imdb_id: int = 0
    title: str = ""
    year: int | None = None
    season: int | None = None
    episodes: tuple[int, ...] = ()

    @property
    def has_id(self) -> bool:
        """Whether it says which one exactly."""
        return bool(self.tmdb_id or self.tvdb_id or self.imdb_id)


def read_target(text: str) -> TypedTarget:
    """The target that a text stands for. Raises UsageError, which says how one is typed."""
    given = text.strip()
    if (found := _BY_ID.fullmatch(given)) is not None:
        return _by_id(given, found)
    if (found := _BY_TITLE.fullmatch(given)) is not None and any(map(str.isalnum, found["title"])):
        if found["kind"].lower() == "film" and found["season"]:
            raise UsageError(f"{printable(given)!r}: a film has no season.", f"A target is typed as {FORMS}.")
        year = int(found["year"]) if found["year"] else None
        kind: TargetKind = "film" if found["kind"].lower() == "film" else "series"
        season, episodes = _numbers_in(given, found)
        return TypedTarget(kind, title=found["title"].strip(), year=year, season=season, episodes=episodes)
    raise UsageError(f"{printable(given) or text!r} is no target.", f"A target is typed as {FORMS}.")


def _by_id(given: str, found: re.Match[str]) -> TypedTarget:
    base, number = found["base"].lower(), int(found["id"])
    if not 0 < number <= MOST_ID:
        raise UsageError(f"{printable(given)!r}: no id is {number}.", f"A target is typed as {FORMS}.")
    season, episodes = _numbers_in(given, found)
    kind: TargetKind | None = "series" if base == "tvdb:" or season is not None else "film" if base == "tmdb:" else None
    return TypedTarget(
        kind, tmdb_id=number if base == "tmdb:" else 0, tvdb_id=number if base == "tvdb:" else 0,
        imdb_id=number if base == "tt" else 0, season=season, episodes=episodes,
    )  # fmt: skip


def _numbers_in(given: str, found: re.Match[str]) -> tuple[int | None, tuple[int, ...]]:
    """Season and episodes; ``E03-E05`` are three of them."""
    if not found["season"]:
        return None, ()
    episodes: list[int] = []
    for through, digits in _EPISODE.findall(found["episodes"]):
        number = int(digits)
        if through and episodes:
            if number <= episodes[-1]:
                raise UsageError(f"{printable(given)!r}: E{number:02d} does not come behind E{episodes[-1]:02d}.")
            episodes.extend(range(episodes[-1] + 1, number))
        episodes.append(number)
    return int(found["season"]), tuple(sorted(set(episodes)))


def number_text(season: int | None, episodes: Sequence[int] = ()) -> str:
    """Season and episodes as releases have them: ``S02``, ``S02E03``, ``S02E03-E05``, ``S02E03E07``; empty without a
    season."""
    if season is None:
        return ""
    parts: list[str] = []
    ordered = sorted(set(episodes))
    at = 0
    while at < len(ordered):
        end = at
        while end + 1 < len(ordered) and ordered[end + 1] == ordered[end] + 1:
            end += 1
        first, last = ordered[at], ordered[end]
        parts.append(f"E{first:02d}" if first == last else f"E{first:02d}-E{last:02d}")
        at = end + 1
    return f"S{season:02d}{''.join(parts)}"
