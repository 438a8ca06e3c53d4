"""Correcting what Sonarr or Radarr have on record of a file, after a link was pointed at that of another release.

A rescan renews the size of such a record, and keeps quality, release group and scene name. The record is read, changed
and sent whole.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from mediatui.changes.step_run import Outcome, StepRun
from mediatui.changes.steps.bases import ArrStep
from mediatui.changes.steps.registry import StepKind
from mediatui.changes.steps.with_service import with_service
from mediatui.model.plan import Step, StepWords
from mediatui.model.text import cut_middle, printable
from mediatui.services.errors import NotFound, ServiceError
from mediatui.store.changes.journal import Line

if TYPE_CHECKING:
    from mediatui.services.arr.library import ArrLibrary
    from mediatui.services.arr.replacing import WholeFile

CORRECT: Final = "correct record"
"""The journal's word. ``before`` of such a line is what can be undone: ``service``, ``item``, ``title``, ``path``,
``facts`` (those the record had)."""
LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrCorrect(ArrStep):
    """Corrects the record of the file at ``path`` (ours) of a series or film (``item``), which is from the ``release``
    of this name now; or puts back ``facts`` (JSON) that a line of the journal holds (``takes_back``)."""

    KIND: ClassVar[str] = "arr_correct"
    WORDS: ClassVar[StepWords] = StepWords("correct record", "record corrected", "records corrected")

    item: int
    title: str
    path: str
    release: str = ""
    facts: str = ""
    takes_back: int = 0

    @property
    def reverses(self) -> int | None:
        return self.takes_back or None


async def correct(act: StepRun, step: ArrCorrect) -> Outcome:
    """Changes quality, release group and scene name of the record, and reads them back."""
    return await with_service(act, step.service, lambda library: _correct(act, step, library))


async def _correct(act: StepRun, step: ArrCorrect, library: ArrLibrary) -> Outcome:
    title = library.arr.title
    try:
        file_id = await library.file_at(step.item, step.path)
        if not file_id:
            return await _end(act, "nothing", Outcome("skipped", f"{title} has no file there"))
        file = await library.arr.whole_file(file_id)
    except NotFound as error:
        return await _end(act, "nothing", Outcome("skipped", error.message))
    wanted = json.loads(step.facts) if step.facts else await library.arr.facts_of_release(step.release)
    if not wanted:
        name = cut_middle(printable(step.release), LONGEST_NAME)
        return await _end(act, "nothing", Outcome("skipped", f"{title} makes nothing of the name {name}"))
    if _has(file, wanted):
        return await _end(act, "done", Outcome("done", f"{title} has it so"))
    left = [line for line in await act.lines() if line.kind == CORRECT and line.outcome is None]
    record = {
        "service": step.service, "item": step.item, "title": step.title, "path": step.path, "facts": file.facts,
    }  # fmt: skip
    seq = left[-1].seq if left else await act.before(CORRECT, step.what, record)
    lost = ""
    try:
        await library.arr.put_file(file, wanted)
    except ServiceError as error:
        lost = error.sentence
    if not _has(await library.arr.whole_file(file_id), wanted):
        await act.after(seq, "nothing", reason=lost)
        return Outcome("failed", lost or f"{title} did not take it: its record is as before")
    await act.after(seq, "done", path=step.path)
    return Outcome("done")


def _has(file: WholeFile, wanted: Mapping[str, object]) -> bool:
    """Whether a record says all of this."""
    return all(file.facts.get(name, "") == (value or "") for name, value in wanted.items())


async def _end(act: StepRun, outcome: str, ended: Outcome) -> Outcome:
    """Closes the line that a killed run left open, by what is seen now."""
    for line in await act.lines():
        if line.kind == CORRECT and line.outcome is None:
            await act.after(line.seq, "done" if outcome == "done" else "nothing")
    return ended


def _undo(line: Line, lines: Sequence[Line]) -> Sequence[Step] | str:
    item, facts = line.before.get("item"), line.before.get("facts")
    if not isinstance(item, int) or not isinstance(facts, dict):
        return "what its record said is not known"
    return [
        ArrCorrect(
            what=printable(line.what), service=line.text("service"), item=item, title=line.text("title"),
            path=line.text("path"), facts=json.dumps(facts), takes_back=line.seq,
        )
    ]  # fmt: skip


STEPS = (StepKind(ArrCorrect, correct, {CORRECT: _undo}),)
