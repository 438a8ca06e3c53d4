"""The events of a job. A job yields them and does not know who listens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from mediatui.model.human import size_text

Level = Literal["debug", "info", "warning", "error"]
JobOutcome = Literal["done", "partial", "cancelled", "failed"]


@dataclass(frozen=True, slots=True)
class Started:
    """The first event of every job, once it has its lane: ``title`` says for people what runs."""

    title: str


@dataclass(frozen=True, slots=True)
class Phase:
    """A new phase begins: ``name`` is a verb phrase such as ``reading the list``."""

    name: str
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of the phase. A job gives ``done``, ``total`` and ``current``; the runner fills in ``rate`` (items a
    second, over the last seconds) and ``eta_s`` (seconds left). It leaves ``eta_s`` out when progress is not
    ``steady``, that is when the rest does not take the same time for each item. What is counted are things, or
    ``bytes``."""

    done: int
    total: int | None = None
    current: str = ""
    rate: float | None = None
    eta_s: float | None = None
    steady: bool = True
    unit: Literal["things", "bytes"] = "things"

    def amount(self, count: float) -> str:
        """A number of these as people read it: ``1,156``, or ``1.2 GB``."""
        if self.unit == "bytes":
            return size_text(int(count))
        return f"{count:,}" if isinstance(count, int) else f"{count:.1f}"


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A result row; ``type`` and the fields of ``row`` are those of a JSON output line."""

    type: str
    row: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Changed:
    """Rows of an archive table changed: ``ids`` are torrent ids; ``None`` means many rows: read them all again."""

    table: str
    ids: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """The job waits until ``until`` (epoch seconds) because of ``reason``."""

    reason: str
    until: float


@dataclass(frozen=True, slots=True)
class Said:
    """A line for the activity log."""

    level: Level
    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The last event of every job. ``counts`` become the fields of the JSON result line.

    ``error`` is the sentence of the error that ended the job, ``error_kind`` and ``hint`` its kind and remedy;
    ``exit_code`` is what a headless run ends with.
    """

    outcome: JobOutcome
    summary: str
    counts: Mapping[str, object] = field(default_factory=dict)
    error: str | None = None
    error_kind: str | None = None
    hint: str = ""
    exit_code: int = 0


Event = Started | Phase | Progress | FoundRow | Changed | Waiting | Said | Finished
