"""What is to become of a release by its mapping: the targets it is sent for, or what has to be asked first."""

from __future__ import annotations

from collections.abc import Mapping as Fields
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from mediatui.acquire.mapping.find import FoundTarget, TargetFinder
from mediatui.acquire.mapping.numbers import number_targets
from mediatui.acquire.mapping.points import fit_title
from mediatui.acquire.mapping.rank import Mapping, TargetCandidate
from mediatui.acquire.mapping.release_name import ReleaseName
from mediatui.model.target import MappedTarget, TypedTarget

NAMED = "named by you"


@dataclass(frozen=True, slots=True)
class Aim:
    """What a release is for: its ``targets``, none while that has to be asked; then ``asks`` says why, and
    ``candidates`` are those to choose among."""

    targets: tuple[MappedTarget, ...] = ()
    asks: str = ""
    candidates: tuple[TargetCandidate, ...] = field(default=(), compare=False)

    @property
    def detail(self) -> Fields[str, object]:
        """What is known of the question, for the hold of a transfer."""
        options = [f"{one.shown} {one.points}" for one in self.candidates]
        equal = self.asks.startswith("two fit") and {"candidates": options[:2]}
        return {"options": options, **(equal or {"unsure": self.asks} if self.asks else {})}


def aim_by(mapping: Mapping) -> Aim:
    """The aim of a release by its candidates."""
    chosen = mapping.chosen
    if chosen is not None:
        return Aim(chosen.mapped, candidates=mapping.candidates)
    return Aim(asks=mapping.why_asked, candidates=mapping.candidates)


async def aim_at(
    finder: TargetFinder, typed: Sequence[TypedTarget], releases: Sequence[ReleaseName], season: int | None = None
) -> list[Aim]:
    """The aims of releases that are all for the targets that a person typed: several of a collection of films, or of
    several seasons. Where one names no season, seasons and episodes are those of each release. Raises UsageError."""
    named = [one if season is None else replace(one, kind="series", season=season, episodes=()) for one in typed]
    found = [await finder.find(one) for one in named]
    return [_joined([_aim_at(release, one) for one in found]) for release in releases]


def _joined(aims: Sequence[Aim]) -> Aim:
    """One aim for several targets; one that has to be asked about first where any has."""
    asked = next((one for one in aims if not one.targets), None)
    return asked or Aim(tuple(dict.fromkeys(target for one in aims for target in one.targets)))


def _aim_at(release: ReleaseName, found: FoundTarget) -> Aim:
    item, named, target = found.item, found.mapped, found.mapped.target
    if found.elsewhere is not None and release.columns.seasons == (found.elsewhere,):
        asks = f"{found.said}, and its name may mean either"
        numbers = release.columns.episodes
        both = [] if item is None else [item.target(season, numbers) for season in (target.season, found.elsewhere)]
        shown = tuple(TargetCandidate(item, (one,), 0, (NAMED,), asks) for one in both if item is not None)
        return Aim(asks=asks, candidates=shown)
    why = (NAMED, found.said) if found.said else (NAMED,)
    if target.kind == "film" or target.episodes or item is None:
        return Aim((replace(named, reasons=why),))
    if target.season is not None:
        columns = release.columns
        numbers = columns.episodes or columns.absolute if columns.seasons in ((), (target.season,)) else ()
        return Aim((replace(named, target=item.target(target.season, numbers), reasons=why),))
    ways = number_targets(release, item, fit_title(release, item))
    mapped = tuple(
        MappedTarget(one, None, (NAMED, *filter(None, (ways[0].reason,))), item.monitored) for one in ways[0].targets
    )
    if not ways[0].asks:
        return Aim(mapped)
    shown = tuple(TargetCandidate(item, way.targets, 0, (NAMED, way.asks), way.asks) for way in ways)
    return Aim(asks=f"{shown[0].shown}: {ways[0].asks}", candidates=shown)
