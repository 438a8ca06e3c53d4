"""The log lines of jobs: when each began, its phases, what it waited for, each step it took, and how it ended."""

from __future__ import annotations

import logging
from typing import Final

from mediatui.model.human import counted
from mediatui.runtime.events import Event, Finished, FoundRow, Phase, Said, Started, Waiting
from mediatui.runtime.jobs import Job

log = logging.getLogger(__name__)

_LEVELS: Final = {"done": logging.INFO, "partial": logging.WARNING, "cancelled": logging.WARNING}
_SAID: Final = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_STEP_LEVELS: Final = {"done": logging.INFO, "failed": logging.ERROR}


def log_event(job: Job, event: Event) -> None:
    """Writes an event of a job to the log; an observer of the job runner. Progress, changed rows and results other than
    steps are left out: they come by the thousand, and the archive holds them."""
    name = f"{job.name} {job.id}" if job.id is not None else job.name
    match event:
        case Started():
            log.info("%s: begins: %s", name, event.title)
        case Phase():
            total = "" if event.total is None else f" ({event.total:,})"
            log.info("%s: %s%s", name, event.name, total)
        case Waiting():
            log.warning("%s: waits until %s: %s", name, _clock(event.until), event.reason)
        case Said():
            log.log(_SAID[event.level], "%s: %s", name, event.text)
        case FoundRow(type="step"):
            row = event.row
            reason = f" ({row['reason']})" if row.get("reason") else ""
            level = _STEP_LEVELS.get(str(row.get("outcome")), logging.WARNING)
            log.log(level, "%s: %s: %s: %s%s", name, row.get("kind"), row.get("what"), row.get("outcome"), reason)
        case Finished():
            text = event.error or event.summary
            hint = f" {event.hint}" if event.hint else ""
            requests = event.counts.get("requests")
            cost = f" ({counted(requests, 'request')})" if isinstance(requests, int) and requests else ""
            log.log(_LEVELS.get(event.outcome, logging.ERROR), "%s: %s: %s%s%s", name, event.outcome, text, hint, cost)
        case _:
            pass


def _clock(epoch: float) -> str:
    """A time as the log writes it: ISO 8601, UTC, to the second."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
