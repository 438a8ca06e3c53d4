"""The columns of what is to be sent, with what it is for."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mediatui.commands.columns import Column
from mediatui.model.human import size_text
from mediatui.model.target import MappedTarget, shown_targets, targets_from_text
from mediatui.model.text import printable

if TYPE_CHECKING:
    from mediatui.changes.steps.adopt_entry import AdoptEntry
    from mediatui.changes.steps.arr_push import PushRelease
    from mediatui.changes.steps.begin_transfer import SendTransfer
    from mediatui.model.plan import Plan


@dataclass(frozen=True, slots=True)
class ShownGrab:
    """A torrent that is sent, what it is for, and where that lands (empty: not known)."""

    step: SendTransfer | PushRelease | AdoptEntry
    targets: Sequence[MappedTarget]
    place: str = ""


def shown_grabs(connection: sqlite3.Connection, plan: Plan) -> list[ShownGrab]:
    """What a plan sends or notes; empty when nothing of it has to do with a target."""
    from mediatui.changes.steps.adopt_entry import AdoptEntry
    from mediatui.changes.steps.arr_add import AddStep, need_of
    from mediatui.changes.steps.arr_push import PushRelease
    from mediatui.changes.steps.begin_transfer import SendTransfer

    steps = [step for step in plan.steps if isinstance(step, SendTransfer | PushRelease | AdoptEntry)]
    if all(step.without_target for step in steps):
        return []
    added = {need_of(step): step.root for step in plan.steps if isinstance(step, AddStep)}
    shown = []
    for step in steps:
        targets = targets_from_text(step.targets)
        root = next((added[need] for need in getattr(step, "needs", ()) if need in added), "")
        shown.append(ShownGrab(step, targets, place_of(connection, targets) or (root and f"new in {root}")))
    return shown


def place_of(connection: sqlite3.Connection, targets: Sequence[MappedTarget]) -> str:
    """The folder, as its service writes it, that what is for these targets comes into; empty while none has it."""
    from mediatui.store.arr.items import items_of_id

    for target in (mapped.target for mapped in targets):
        ids = {"tmdb": target.tmdb_id, "tvdb": target.tvdb_id, "imdb": target.imdb_id}
        found = items_of_id(connection, target.kind, **ids)
        own = [one for one in found if target.service in ("", one.service)] or found
        if own:
            return own[0].path
    return ""


def question_of(step: SendTransfer | PushRelease | AdoptEntry) -> str:
    """Why a torrent is noted and does not go on."""
    known = json.loads(step.asked) if step.asked else {}
    equal = known.get("candidates")
    return f"two fit: {', '.join(equal)}" if equal else str(known.get("unsure", "no target yet"))


def route_of(step: SendTransfer | PushRelease | AdoptEntry) -> str:
    """The route that a step sends by; of one through Sonarr or Radarr which of them."""
    return f"arr: {getattr(step, 'service', '')}" if step.KIND == "push_release" else "debrid"


def _target(row: ShownGrab) -> str:
    if row.step.is_sent:
        return printable(shown_targets(row.targets)) if row.targets else printable(row.step.what)
    key = f"{row.step.key} " if row.step.key.startswith("r") else ""
    return f"{key}{printable(row.step.what)}"


def _score(row: ShownGrab) -> str:
    score = row.targets[0].score if row.targets else None
    return "-" if score is None else f"{score}"


def _place(row: ShownGrab) -> str:
    return printable(row.place, empty="-") if row.step.is_sent else printable(question_of(row.step))


GRAB_COLUMNS: Final[tuple[Column[ShownGrab], ...]] = (
    Column("target", headless=_target, cut="name", least=20),
    Column("score", headless=_score, right=True),
    Column("route", headless=lambda row: route_of(row.step) if row.step.is_sent else "-"),
    Column("lands in", headless=_place),
    Column("size", headless=lambda row: size_text(row.step.bytes) if row.step.bytes else "?", right=True),
    Column("what to know", headless=lambda row: row.step.risk if row.step.is_sent else ""),
)
