"""Changing, before anything is sent, how a plan adds series and films to Sonarr and Radarr: the quality profile, the
root folder, and what is monitored, for all that it adds to a service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeVar

from mediatui.acquire.adding import said_of, said_of_room
from mediatui.changes.steps.arr_add import AddFilm, AddSeries, AddStep, need_of
from mediatui.changes.steps.arr_push import PushRelease
from mediatui.changes.steps.begin_transfer import SendTransfer
from mediatui.model.human import size_text
from mediatui.model.plan import Plan

if TYPE_CHECKING:
    from mediatui.acquire.adding import Offers
    from mediatui.services.arr.bodies import Monitoring
    from mediatui.settings import Settings

_Value = TypeVar("_Value")
PROFILE: Final = "quality profile"
ROOT: Final = "root folder"
MONITORED: Final = "monitored"
_MONITORED: Final[Mapping[Monitoring, str]] = {
    "this": "the seasons it is sent for",
    "all": "all but specials",
    "future": "what is still to air",
    "none": "nothing",
}
ONLY: Final = "there is no other"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the additions to a service: which, how it is, and what there is to say of that."""

    service: str
    name: str
    value: str
    note: str = ""


def additions_of(plan: Plan) -> list[AddStep]:
    """What a plan adds."""
    return [step for step in plan.steps if isinstance(step, AddStep)]


def parts_of(plan: Plan, offers: Mapping[str, Offers]) -> list[Part]:
    """The parts of what a plan adds, by service."""
    first = {step.service: step for step in reversed(additions_of(plan))}
    parts = []
    for service, step in sorted(first.items()):
        there = offers[service]
        root = next((one for one in there.roots if one.path == step.root), None)
        free = "" if root is None or root.free_space is None else f"{size_text(root.free_space)} free"
        only = ONLY if len(_reached(there)) < 2 else ""
        parts += [
            Part(service, PROFILE, _profile_name(there, step), ONLY if len(there.profiles) < 2 else ""),
            Part(service, ROOT, step.root, ", ".join(filter(None, (free, only)))),
            Part(service, MONITORED, _watched(step)),
        ]
    return parts


def changed(plan: Plan, settings: Settings, offers: Mapping[str, Offers], service: str, name: str) -> Plan:
    """The plan with the next of what a part can be, in all that is added to a service."""
    first = next(step for step in additions_of(plan) if step.service == service)
    there = offers[service]
    if name == PROFILE:
        found = _next([one.id for one in there.profiles], first.profile)
        steps = [replace(step, profile=found) for step in additions_of(plan)]
    elif name == ROOT:
        path = _next(_reached(there), first.root)
        steps = [replace(step, root=path) for step in additions_of(plan)]
    else:
        steps = [_monitored_as_next(step, first) for step in additions_of(plan)]
    by_need = {need_of(step): step for step in steps if step.service == service}
    new = tuple(by_need.get(need_of(step), step) if isinstance(step, AddStep) else step for step in plan.steps)
    return _said(replace(plan, steps=new), plan, settings, offers)


def _said(plan: Plan, before: Plan, settings: Settings, offers: Mapping[str, Offers]) -> Plan:
    """The plan, saying what it adds in place of what it said of that before."""
    starts = [f"{settings.arr(step.service).title}: {step.what} is added" for step in additions_of(before)]
    starts += [f"{step.root} has " for step in additions_of(before)]
    starts += [f"{settings.arr(step.service).title} tells no free space of " for step in additions_of(before)]
    says = dict.fromkeys(one for one in plan.says if not one.startswith(tuple(starts)))
    for step in additions_of(plan):
        section, there = settings.arr(step.service), offers[step.service]
        sends = [one for one in plan.steps if isinstance(one, SendTransfer | PushRelease)]
        size = sum(one.bytes for one in sends if need_of(step) in one.needs)
        root = next((one for one in there.roots if one.path == step.root), None)
        room = [] if root is None else said_of_room(section, root, size)
        says |= dict.fromkeys(f"{one}." for one in (*room, said_of(step, _profile_name(there, step))))
    return replace(plan, says=tuple(says))


def _monitored_as_next(step: AddStep, first: AddStep) -> AddStep:
    if isinstance(step, AddFilm):
        return replace(step, monitored=not (isinstance(first, AddFilm) and first.monitored))
    if isinstance(step, AddSeries) and isinstance(first, AddSeries):
        return replace(step, monitor=_next(list(_MONITORED), first.monitor))
    return step


def _watched(step: AddStep) -> str:
    if isinstance(step, AddSeries):
        return _MONITORED[step.monitor]
    return "yes" if isinstance(step, AddFilm) and step.monitored else "no"


def _profile_name(offers: Offers, step: AddStep) -> str:
    return next((one.name for one in offers.profiles if one.id == step.profile), str(step.profile))


def _reached(offers: Offers) -> list[str]:
    return [root.path for root in offers.roots if root.accessible]


def _next(values: Sequence[_Value], here: _Value) -> _Value:
    """The one behind this in a round; this where there is no other."""
    if here not in values:
        return values[0] if values else here
    return values[(list(values).index(here) + 1) % len(values)]
