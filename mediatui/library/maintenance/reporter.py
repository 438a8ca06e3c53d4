"""How an analysis reports what it does and finds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from mediatui.model.finding import Finding
from mediatui.model.hidden_names import count_names, sentence_of_left_out
from mediatui.model.path import is_within

BATCH = 200
"""So many findings are sent at a time."""


class Reporter:
    """Reports the progress and the findings of an analysis; no call blocks. With a ``scope`` (folders and links) only
    what lies there is reported."""

    def __init__(self, send: Callable[[str, object], None], scope: Sequence[bytes] = ()) -> None:
        self._send = send
        self._scope = scope
        self._findings: list[Finding] = []

    def phase(self, name: str, total: int | None = None) -> None:
        """Reports that a new phase begins."""
        self.flush()
        self._send("phase", (name, total))

    def progress(self, done: int, total: int | None = None, current: str = "") -> None:
        """Reports how far the phase is."""
        self.flush()
        self._send("progress", (done, total, current))

    def say(self, level: str, text: str) -> None:
        """Reports a sentence for people; ``level`` is ``info`` or ``warning``."""
        self._send("said", (level, text))

    def away(self, mounts: Mapping[bytes, str]) -> None:
        """Reports mounts that were paused meanwhile, each with the reason."""
        self._send("away", dict(mounts))

    def unjudged(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Reports how many links could not be judged, a row for each reason."""
        if rows:
            self._send("unjudged", [dict(row) for row in rows])

    def left_out(self, paths: Sequence[bytes]) -> None:
        """Reports folders, links and files that were left out because their names are hidden."""
        if paths:
            names = count_names(paths)
            self.say("info", sentence_of_left_out(names))
            self._send("left out", names)

    def found(self, finding: Finding) -> None:
        """Reports a finding, if it lies in the scope; findings are sent in batches."""
        if self._scope and not any(is_within(finding.path, place) for place in self._scope):
            return
        self._findings.append(finding)
        if len(self._findings) >= BATCH:
            self.flush()

    def store(self, table: str, rows: Sequence[object]) -> None:
        """Sends rows for the database to the process that started the analysis: ``names``, and for
        ``store.library.media`` ``media`` (overwrite_media), ``media links`` (set_media_links) and ``media gone``
        (ids)."""
        self._send("store", (table, rows))

    def flush(self) -> None:
        """Sends the findings that were not sent yet."""
        if self._findings:
            self._send("found", self._findings)
            self._findings = []
