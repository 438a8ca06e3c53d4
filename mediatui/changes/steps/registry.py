"""The register of steps: each family names its kinds in ``STEPS``, and is found by being a file of this package.

A family is imported when a step is first read back, applied or undone, not when the program starts.
"""

from __future__ import annotations

import functools
import importlib
import json
import pkgutil
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

import mediatui.changes.steps as package
from mediatui.changes.step_run import Outcome, StepRun
from mediatui.model.plan import Step
from mediatui.store.changes.journal import Line

StepT = TypeVar("StepT", bound=Step)
Opposite = Callable[[Line, Sequence[Line]], Sequence[Step] | str]
"""The steps that take a line of the journal back, or why there are none; empty when those of another line do. It is
given the line and all lines of its batch that stand. A line without an outcome was begun when the program ended: its
steps are the same: they check what came of it, and find things as they were where nothing did."""
Undone = tuple[Sequence[Step], Sequence[tuple[str, str]]]
"""Further steps of an undo, and notes of what stays: ``(what, reason)``."""

UNENDED: Final = "it was begun and its end is not known; resume the batch first"
"""Why there is no opposite of a line whose end has to be known first."""


@dataclass(frozen=True, slots=True)
class StepKind(Generic[StepT]):
    """A kind of step: its ``record``, what does it, and what undoes it.

    ``opposites`` are by the word of the line in the journal (``Line.kind``); a kind that writes lines of another kind's
    leaves them to that. ``is_as_wanted`` says whether the library is seen to be as the step was to make it: undo takes
    that for undone. ``notice`` is the word of lines that say that a service was notified: nothing undoes
    them, and ``after_notice`` says what an undo does about them, given those lines and the lines that stand.
    """

    record: type[StepT]
    do: Callable[[StepRun, StepT], Awaitable[Outcome]]
    opposites: Mapping[str, Opposite] = field(default_factory=dict)
    is_as_wanted: Callable[[StepRun, StepT], Awaitable[bool]] | None = None
    notice: str = ""
    after_notice: Callable[[Sequence[Line], Sequence[Line]], Undone] | None = None


@functools.cache
def step_kinds() -> Mapping[str, StepKind[Any]]:
    """Every kind of step by ``Step.KIND``, family by family."""
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    families = [importlib.import_module(f"{package.__name__}.{name}") for name in names]
    kinds = [kind for family in families for kind in getattr(family, "STEPS", ())]
    return {kind.record.KIND: kind for kind in kinds}


@functools.cache
def opposites() -> Mapping[str, Opposite]:
    """What takes a line of the journal back, by the line's word."""
    return {word: opposite for kind in step_kinds().values() for word, opposite in kind.opposites.items()}


def kind_of(step: Step) -> StepKind[Any]:
    """The kind of a step."""
    return step_kinds()[step.KIND]


def step_from_json(text: str) -> Step:
    """The step in the text that the database keeps of it (``model.plan.step_to_json``); raises ValueError for one this
    version does not know."""
    fields: dict[str, Any] = json.loads(text)
    kind = step_kinds().get(fields.pop("kind"))
    if kind is None:
        raise ValueError("a step of a newer version")
    step: Step = kind.record(**{name: _tuples(value) for name, value in fields.items()})
    return step


def _tuples(value: object) -> object:
    """A value of a record, whose lists were tuples before JSON."""
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
