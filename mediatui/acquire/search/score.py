"""How well a release fits what is searched for and what is preferred."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from mediatui.acquire.mapping.points import (
    KIND,
    OTHER_KIND,
    SAME_YEAR,
    SEARCHED,
    THERE,
    TITLE,
    title_points,
    year_points,
)
from mediatui.acquire.search.wanted import Wanted, covers
from mediatui.model.preferred import Preferred
from mediatui.model.release import Release, seeders_weight
from mediatui.names.release_columns import ReleaseColumns
from mediatui.names.titles import fold_title, folded_similarity, same_title

NOT_COVERED_POINTS: Final = 30
"""So much less for another season or episode, that one found by words comes before it, though it has the right id."""
PREFERRED_POINTS: Final = 10
"""For the first of a list of what is preferred; less for the ones behind it."""
BAD_POINTS: Final = 30
AVOIDED_POINTS: Final = 30
"""So much less for each thing about a release that is to be avoided."""
_BAD_SOURCES: Final = ("cam", "disc")


def score(release: Release, columns: ReleaseColumns, wanted: Wanted, preferred: Preferred) -> int:
    """The points of a release; 0 for one that has nothing to do with what is searched for."""
    if not release.related:
        return 0
    if wanted.ids.are_of(release.first):
        points = TITLE + SAME_YEAR + _number_points(columns, wanted)
    else:
        points = (
            _title_points(columns, wanted) + year_points(columns.year, wanted.year) + _number_points(columns, wanted)
        )
    if wanted.ids and covers(wanted, columns) and (wanted.ids.are_of(release.first) or _is_titled(columns, wanted)):
        points += SEARCHED
    if wanted.kind is not None and columns.kind != "unknown":
        is_film = columns.kind in ("film", "collection")
        points += KIND if is_film == (wanted.kind == "film") else OTHER_KIND
    return max(1, points + preference(columns, preferred))


def preference(columns: ReleaseColumns, preferred: Preferred) -> int:
    """The points of a release for what is preferred, less those for what is to be avoided and for bad sources."""
    points = 0
    for about, said in _said(columns).items():
        points += _best_place(preferred.prefer.get(about, ()), said)
        points -= AVOIDED_POINTS * any(word in said for word in preferred.avoid.get(about, ()))
    return points - BAD_POINTS * (columns.source in _BAD_SOURCES) - BAD_POINTS * ("hc" in columns.flags)


def order(release: Release, points: int) -> tuple[float, ...]:
    """What releases are sorted by, the best first: related ones, then points, seeders, and the newest."""
    one = release.first
    return (-release.related, -points, -round(seeders_weight(one.seeders)), -(one.published_at or 0), release.number)


def _title_points(columns: ReleaseColumns, wanted: Wanted) -> int:
    title = fold_title(columns.title)
    alike = max((folded_similarity(title, one) for one in wanted.folded if one), default=0)
    return title_points(alike)


def _is_titled(columns: ReleaseColumns, wanted: Wanted) -> bool:
    title = fold_title(columns.title)
    return any(same_title(title, one) for one in wanted.folded)


def _number_points(columns: ReleaseColumns, wanted: Wanted) -> int:
    if wanted.season is None:
        return 0
    return THERE if covers(wanted, columns) else -NOT_COVERED_POINTS


def _said(columns: ReleaseColumns) -> Mapping[str, Sequence[str]]:
    """What a name says, by what can be preferred."""
    return {
        "resolutions": (str(columns.resolution), f"{columns.resolution}p") if columns.resolution else (),
        "sources": (columns.source,), "languages": columns.languages, "groups": (columns.group.lower(),),
    }  # fmt: skip


def _best_place(wishes: Sequence[str], said: Sequence[str]) -> int:
    """The points for the first of the wishes that a release fulfils."""
    for at, wish in enumerate(wishes):
        if wish in said:
            return PREFERRED_POINTS * (len(wishes) - at) // len(wishes)
    return 0
