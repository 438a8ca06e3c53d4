"""Ranks the films and series that a release may be of, and says which is taken unasked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from mediatui.acquire.mapping.item import Item
from mediatui.acquire.mapping.numbers import number_targets
from mediatui.acquire.mapping.points import (
    BY_ID,
    SAME_YEAR,
    SEARCHED,
    Part,
    fit_title,
    has_same_id,
    kind_part,
    known_parts,
    numbers_part,
)
from mediatui.acquire.mapping.release_name import ReleaseName
from mediatui.model.target import MappedTarget, Target

SURE: Final = (80, 10)
CLEAR: Final = (70, 25)
"""A candidate is taken unasked with so many points, so many above the next."""
NEARLY: Final = "its title is another, and no year says that it is meant"
MOST_SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class TargetCandidate:
    """What a release may be for: the targets, one for each season or film, of one item; its points (0 to 100), why,
    and what has to be asked before it is taken (empty: nothing)."""

    item: Item
    targets: tuple[Target, ...]
    points: int
    reasons: tuple[str, ...]
    asks: str = ""

    @property
    def shown(self) -> str:
        """The targets for people: ``Foundation (2021) S01-S03``."""
        first, last = self.targets[0], self.targets[-1]
        return first.shown if len(self.targets) == 1 else f"{first.named} {first.numbers}-{last.numbers}"

    @property
    def mapped(self) -> tuple[MappedTarget, ...]:
        """The targets as a transfer keeps them."""
        monitored = self.item.monitored
        return tuple(MappedTarget(target, self.points, self.reasons, monitored) for target in self.targets)


@dataclass(frozen=True, slots=True)
class Mapping:
    """The candidates of a release, the best first; ``titled`` says that its name has a title, ``unasked`` why
    not everybody that may know it has answered (empty: they have)."""

    candidates: tuple[TargetCandidate, ...]
    titled: bool = True
    unasked: str = ""

    @property
    def chosen(self) -> TargetCandidate | None:
        """The candidate that is taken unasked; None where a person has to say."""
        if not self.candidates:
            return None
        best = self.candidates[0]
        above = best.points - (self.candidates[1].points if len(self.candidates) > 1 else 0)
        enough = any(best.points >= least and above >= apart for least, apart in (SURE, CLEAR))
        return best if enough and not best.asks else None

    @property
    def why_asked(self) -> str:
        """Why nothing is taken unasked; empty where something is."""
        if self.chosen is not None:
            return ""
        if not self.candidates:
            if not self.titled:
                return "no name is known of it"
            return f"nothing fits; {self.unasked}" if self.unasked else "nothing fits its title"
        best = self.candidates[0]
        if best.asks:
            return f"{best.shown}: {best.asks}"
        if len(self.candidates) > 1 and best.points - (after := self.candidates[1]).points < CLEAR[1]:
            both = f"{best.shown} {best.points}, {after.shown} {after.points}"
            return f"two fit: {both}" if best.points == after.points else f"too close: {both}"
        return f"{best.shown} fits with {best.points} points only"


def rank(release: ReleaseName, items: Iterable[Item], today: str) -> Mapping:
    """The candidates among these items, those without any points left out, and those of another title while there are
    others; ``today`` is YYYY-MM-DD."""
    known = list(items)
    found = [one for item in known for one in _candidates(release, item, today, titled=True)]
    found = found or [one for item in known for one in _candidates(release, item, today, titled=False)]
    found.sort(key=lambda one: (-one.points, not one.item.in_library, one.item.title.casefold(), one.item.year or 0))
    return Mapping(tuple(found[:MOST_SHOWN]), bool(release.columns.title))


def _candidates(release: ReleaseName, item: Item, today: str, *, titled: bool) -> Sequence[TargetCandidate]:
    fit = fit_title(release, item)
    by_id = has_same_id(release, item)
    if not by_id and (fit is None or (titled and fit.parts[0].points <= 0)):
        return ()
    ways = number_targets(release, item, fit)
    is_near = False
    if by_id:
        parts = [Part(BY_ID, "the indexer names its id")]
    else:
        assert fit is not None
        there = max((numbers_part(item, way.targets, today) for way in ways), key=lambda part: part.points)
        parts = [*fit.parts, kind_part(release, item), there, *known_parts(item, release.searched)]
        is_near = fit.alias is None and not {SAME_YEAR, SEARCHED} & {part.points for part in parts}
    points = max(0, min(100, sum(part.points for part in parts)))
    reasons = tuple(part.reason for part in parts if part.reason)
    return (
        []
        if not points
        else [
            TargetCandidate(item, way.targets, points, (*reasons, *filter(None, (way.reason, asks))), asks)
            for way in ways
            for asks in (way.asks or (NEARLY if is_near else ""),)
        ]
    )
