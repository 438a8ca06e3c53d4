"""Sending an import to Sonarr or Radarr and following it to its end.

What they have accepted runs, after a restart too. So the line of the journal is there before a command is sent, its id
is noted before its end is waited for, and a run that comes back looks what became of it before it sends anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mediatui.changes.step_run import StepRun
from mediatui.services.arr.bodies import IMPORT, Body, import_body
from mediatui.services.errors import NotFound, Permanent, Refused, ServiceError, StartingUp, Unreachable
from mediatui.store.changes.journal import NOTIFIED, Line

if TYPE_CHECKING:
    from mediatui.services.arr.client import Arr
    from mediatui.services.arr.records import CommandEnd

NOTICE: Final = "tell to import"
"""The journal's word. ``before`` of such a line holds the ``service``, the ``item``, the ``files`` sent (their paths in
the torrent), the ``paths`` of these there, when it was sent (``at``), what is replaced with the texts of its links
(``replaced``), and the ids of the episodes (or the film) that were ``monitored``, and whether the service
``unmonitors`` what loses its file, names that were in the root folder (``in_root``), and the ``folder`` of the item
with the ``folders`` that were in it. ``after`` is the ``command`` it was given."""
MOST_S: Final = 1800.0
"""So long an import is waited for; then something hangs."""
POLL_S: Final = 1.0
LONGEST_POLL_S: Final = 5.0
NOT_SENT: Final = (Unreachable, StartingUp, Refused)
"""The failures in which a service has taken nothing."""


@dataclass(frozen=True, slots=True)
class ImportEnd:
    """What is known of an import: how far it has come (``end``, None: the service does not know it any more), and what
    was noted before it was sent (``record``). ``refused`` is why it was not taken; ``away`` the error where it could
    not be asked, and ``is_sent`` whether it may have been taken all the same."""

    end: CommandEnd | None
    record: Mapping[str, object]
    refused: str = ""
    away: ServiceError | None = None
    is_sent: bool = True

    @property
    def goes_on(self) -> bool:
        """Whether it has not ended, as far as that is known."""
        return self.is_sent and (self.away is not None or (self.end is not None and not self.end.ended))

    @property
    def files(self) -> Sequence[str]:
        """The files it was sent with, by their paths in the torrent."""
        found = self.record.get("files")
        return [str(one) for one in found] if isinstance(found, list | tuple) else []


async def send_import(act: StepRun, arr: Arr, record: Mapping[str, object], entries: Sequence[Body]) -> ImportEnd:
    """Sends an import of links and follows it. It copies: a copy of a link is a link of the same text, and a move takes
    the old file away where it cannot take ours."""
    body = import_body(entries, "copy")
    seq = await act.before(NOTICE, act.step.what, {**record, "at": act.ctx.clock()})
    try:
        command = await arr.import_files(body)
    except NOT_SENT as error:
        await act.after(seq, "nothing", reason=error.message)
        return ImportEnd(None, record, away=error, is_sent=False)
    except (Permanent, NotFound) as error:
        await act.after(seq, "nothing", reason=error.message)
        return ImportEnd(None, record, refused=error.said or error.message, is_sent=False)
    except ServiceError as error:
        return await _found(act, arr, seq, record, error)
    await act.after(seq, NOTIFIED, command=command)
    return await _follow(act, arr, command, record, MOST_S)


async def find_earlier(act: StepRun, arr: Arr) -> ImportEnd | None:
    """What became of the last import that an earlier run sent for this step; None when it sent none that is known of.
    Nothing is sent before this look."""
    lines = [line for line in await act.lines() if line.kind == NOTICE and line.outcome in (None, NOTIFIED)]
    if not lines:
        return None
    line: Line = lines[-1]
    command = line.after.get("command")
    if line.outcome is None:  # the program ended between the request and its answer
        found = await _found(act, arr, line.seq, line.before, None)
        return found if found.is_sent else None
    at = line.before.get("at")
    left = MOST_S - (act.ctx.clock() - at) if isinstance(at, int | float) else 0.0
    return await _follow(act, arr, command if isinstance(command, int) else 0, line.before, max(left, POLL_S))


async def _found(
    act: StepRun, arr: Arr, seq: int, record: Mapping[str, object], error: ServiceError | None
) -> ImportEnd:
    """Looks among their commands for one whose answer was lost."""
    try:
        commands = await arr.commands()
    except ServiceError as lost:
        return ImportEnd(None, record, away=lost)
    paths = record.get("paths")
    wanted = sorted(str(one) for one in paths) if isinstance(paths, list | tuple) else []
    same = [one.id for one in commands if one.name == IMPORT and sorted(file.path for file in one.body.files) == wanted]
    if not same:
        await act.after(seq, "nothing", reason="it is not among their commands")
        return ImportEnd(None, record, away=error, is_sent=False)
    await act.after(seq, NOTIFIED, command=max(same))
    return await _follow(act, arr, max(same), record, MOST_S)


async def _follow(act: StepRun, arr: Arr, command: int, record: Mapping[str, object], most_s: float) -> ImportEnd:
    act.report_status(f"{arr.title} imports (command {command})")
    scale = act.scale
    try:
        end = await arr.wait_for(
            command, most_s=max(most_s * scale, 0.1), poll_s=POLL_S * scale, grows_to_s=LONGEST_POLL_S * scale
        )
    except NotFound:
        return ImportEnd(None, record)
    except ServiceError as error:
        return ImportEnd(None, record, away=error)
    return ImportEnd(end, record)
