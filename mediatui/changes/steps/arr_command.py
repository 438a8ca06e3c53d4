"""Sending a command to Sonarr or Radarr, and following it to its end.

What they have accepted cannot be called back: the line of the journal is there before a command is sent, and a later
run checks what became of it before it sends anything again. How a command ends is a hint only; the step that sent it
checks its effect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mediatui.changes.step_run import StepRun
from mediatui.services.errors import NotFound, ServiceError
from mediatui.store.changes.journal import NOTIFIED, Line

if TYPE_CHECKING:
    from mediatui.services.arr.client import Arr, CommandWord
    from mediatui.services.arr.records import CommandEnd

RESCAN: Final = "arr_rescan"
SEARCH: Final = "arr_search"
REPLACE: Final = "arr_replace"
REFRESH: Final = "arr_refresh"
MOST_S: Final = {RESCAN: 600.0, REFRESH: 600.0, SEARCH: 1800.0, REPLACE: 1800.0}
"""After so many seconds a step is left as it is, to be checked by a later run."""
_COMMANDS: Final[Mapping[str, CommandWord]] = {RESCAN: "rescan", REFRESH: "refresh"}
POLL_S = 1.0
NOTICES: Final = {
    RESCAN: "tell to rescan",
    SEARCH: "tell to search",
    REPLACE: "tell to replace",
    REFRESH: "tell to refresh",
}
"""Words of the journal. ``before`` of such a line is what was known before the command was sent:

- of a rescan ``service``, ``item``, ``title``, the paths it had a file at (``held``), and the ids of the episodes (or
  the film) at these that were monitored (``monitored``): where the service no longer monitors what lost its file
  (``unmonitors``), that is all that can put the marks back.
- of a search, and of one for another file, the ``ids`` it is for, and ``after``, the number of the last line of their
  history that records a grab.
- of a refresh ``service`` and ``item``.

``after`` is the ``command`` it was given."""


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What is known of a command: how far it has come (``end``), or why that is not known (``lost``, a sentence);
    ``record`` is what was noted before it was sent."""

    end: CommandEnd | None
    record: Mapping[str, object]
    lost: str = ""

    @property
    def goes_on(self) -> bool:
        """Whether it has not ended yet."""
        return self.end is not None and not self.end.ended


async def send(act: StepRun, arr: Arr, ids: Sequence[int], record: Mapping[str, object]) -> CommandResult:
    """Sends the command of a step, with its ids, and follows it. A refusal, or an answer that was lost, raises nothing:
    ``CommandResult.lost`` says it."""
    seq = await act.before(NOTICES[act.step.KIND], act.step.what, record)
    lost = ""
    command: int | None = None
    try:
        command = await _start(act.step.KIND, arr, ids)
    except ServiceError as error:
        lost = error.sentence
        command = await _find(act, arr, ids)
    if command is None:
        await act.after(seq, "nothing", reason=lost)
        return CommandResult(None, record, lost)
    await act.after(seq, NOTIFIED, command=command)
    return await _follow(act, arr, command, record)


async def _start(kind: str, arr: Arr, ids: Sequence[int]) -> int:
    if kind == REFRESH:
        return await arr.refresh(ids[0])
    return await (arr.rescan(ids[0]) if kind == RESCAN else arr.search(ids))


async def follow_same(act: StepRun, arr: Arr, ids: Sequence[int], record: Mapping[str, object]) -> CommandResult:
    """Follows the command that the service has begun by itself for these ids; sends it where it has not."""
    command = await _find(act, arr, ids)
    if command is None:
        return await send(act, arr, ids, record)
    seq = await act.before(NOTICES[act.step.KIND], act.step.what, record)
    await act.after(seq, NOTIFIED, command=command)
    return await _follow(act, arr, command, record)


async def wait_for_same(act: StepRun, arr: Arr, ids: Sequence[int]) -> CommandResult | None:
    """Waits for the command that the service has begun by itself for these ids; None where it has begun none."""
    command = await _find(act, arr, ids)
    return None if command is None else await _follow(act, arr, command, {"ids": list(ids)})


async def find_earlier(act: StepRun, arr: Arr, ids: Sequence[int]) -> CommandResult | None:
    """What became of the command that an earlier run sent for this step; None when it sent none that is known of."""
    lines = [line for line in await act.lines() if line.kind == NOTICES[act.step.KIND]]
    if not lines:
        return None
    line = lines[-1]
    command = line.after.get("command")
    if line.outcome is None:  # the program ended between the request and its answer
        command = await _find(act, arr, ids)
        await _settle(act, line, command)
    return await _follow(act, arr, command, line.before) if isinstance(command, int) else None


async def _settle(act: StepRun, line: Line, command: int | None) -> None:
    if command is None:
        await act.after(line.seq, "nothing", reason="it is not among their commands")
    else:
        await act.after(line.seq, NOTIFIED, command=command)


async def _find(act: StepRun, arr: Arr, ids: Sequence[int]) -> int | None:
    """The newest of their commands that is the one of this step; None where none is, or they cannot be asked."""
    name = arr.command_name(_COMMANDS.get(act.step.KIND, "search"))
    try:
        commands = await arr.commands()
    except ServiceError:
        return None
    same = [one.id for one in commands if one.name == name and one.body.ids == tuple(sorted(ids))]
    return max(same, default=None)


async def _follow(act: StepRun, arr: Arr, command: int, record: Mapping[str, object]) -> CommandResult:
    act.report_status(f"{arr.title} works on command {command}")
    waits = act.scale
    try:
        end = await arr.wait_for(command, most_s=MOST_S[act.step.KIND] * waits, poll_s=POLL_S * waits)
    except NotFound:
        return CommandResult(None, record, f"{arr.title} does not know its command any more.")
    except ServiceError as error:
        return CommandResult(None, record, error.sentence)
    return CommandResult(end, record)
