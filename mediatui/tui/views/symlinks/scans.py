"""Earlier scans: what each found, what was done after it, what changed between two; scanning again, deleting and
exporting one."""

from __future__ import annotations

import functools
import json
import os
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import ClassVar, cast

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer

from mediatui.commands.columns import screen_cells, shown_on_screen
from mediatui.commands.scan_columns import SCAN_COLUMNS, ShownScan, wrong_of
from mediatui.library.scan.history import rate_of, reason_of_finding, took_s
from mediatui.library.scan.state import ScanOptions
from mediatui.model.choices import ScanDepth
from mediatui.model.errors import MediatuiError
from mediatui.model.human import counted, short_moment
from mediatui.model.text import printable
from mediatui.runtime.events import Event, Finished
from mediatui.runtime.jobs import Job
from mediatui.store.library.scan_history import (
    NOT_KEPT,
    Difference,
    changes_after,
    keeps_findings,
    read_difference,
    scan_before,
)
from mediatui.store.library.scans import Scan, ScanFinding, delete_scan, read_findings, read_scans
from mediatui.system.private_files import write_private
from mediatui.tui.view import Ask, in_background
from mediatui.tui.views.symlinks.links import SIGNS
from mediatui.tui.views.symlinks.view import SymlinksView
from mediatui.tui.widgets.columns import AnyColumn, Column
from mediatui.tui.widgets.fixed_rows import FixedRows
from mediatui.tui.widgets.menu import choices_of
from mediatui.tui.widgets.plain_list import PlainList
from mediatui.tui.widgets.row_list import RowList
from mediatui.tui.widgets.rows import Row
from mediatui.tui.widgets.trail_line import TrailLine
from mediatui.tui.writing import WritesFiles

COLUMNS = shown_on_screen(SCAN_COLUMNS)
FINDINGS: tuple[AnyColumn, ...] = (
    Column("Link", cut="path", least=34),
    Column("Why", cut="end", least=16, rank=2, spare=True),
    Column("State"),
)
TONES = {"done": "ok", "running": "working", "cancelled": "attention", "failed": "broken"}
FORMS = ("json", "text")
MOST = 1000
REFRESH_S = 0.5


class ScansView(WritesFiles):
    """Every stored scan, the newest first; or the findings of one, or its difference to the one before."""

    NAME = "History"
    HELP = "Earlier scans. Enter shows what one found, c what changed since the scan before of the same folders."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "compare", "compare", id="scans.compare", tooltip="What changed since the scan before"),
        Binding("S", "rerun", "rerun", id="scans.rerun", tooltip="Scan the same folders again, in the same depth"),
        Binding("x", "export", "export", id="scans.export", tooltip="Write the scan and its findings to a file"),
        Binding("d", "delete", "delete", id="scans.delete", tooltip="Forget this scan; links are not touched"),
        Binding("escape,backspace,h", "back", "back", id="scans.back", tooltip="Back to the scans, to the folders"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._rows, self._found_rows = FixedRows(), FixedRows()
        self._title = TrailLine(id="scans-title")
        self._list = PlainList(COLUMNS, self._rows, id="scan-list")
        self._found = PlainList(FINDINGS, self._found_rows, id="scan-findings")
        self._scans: dict[int, Scan] = {}
        self._due: Timer | None = None

    def compose(self) -> ComposeResult:
        yield self._title
        yield self._list
        yield self._found

    def on_mount(self) -> None:
        self._list.empty_text = "Nothing was scanned yet.\nh goes back, S scans there"
        self._found.display = False

    async def on_front(self) -> None:
        """Shows the scans."""
        self._to_list()
        self._read_soon()

    def on_job_event(self, job: Job, event: Event) -> None:
        """Reads again, a little later, when a job ended."""
        if isinstance(event, Finished) and self.display and self._due is None:
            self._due = self.set_timer(REFRESH_S, self._read_soon)

    @work(group="scans", exclusive=True, exit_on_error=False)
    async def _read_soon(self) -> None:
        self._due = None
        scans, changed = await self.workspace.read(_read_history)
        self._scans = {scan.id: scan for scan in scans}
        self._rows.take([_scan_row(scan, changed.get(scan.id, Counter())) for scan in scans])
        self._list.source_changed()
        if not self._found.display:
            self._say_title(f"{counted(len(scans), 'scan')} stored")

    def _say_title(self, text: str) -> None:
        self._title.set_parts([(printable(text), "$heading")])

    def _to_list(self) -> None:
        self._found.display, self._list.display = False, True
        self.take_keyboard(self._list)
        self._say_title(f"{counted(len(self._scans), 'scan')} stored")

    def _scan(self) -> Scan | None:
        key = self._list.cursor_key
        return None if key is None else self._scans.get(key)

    # What one found

    def on_row_list_opened(self, message: RowList.Opened) -> None:
        message.stop()
        scan = self._scan()
        if scan is not None and not self._found.display:
            self.show_findings(scan)

    @work(group="scan", exclusive=True, exit_on_error=False)
    async def show_findings(self, scan: Scan) -> None:
        """Lists what a scan found."""
        findings, kept = await self.workspace.read(lambda c: (read_findings(c, scan.id), keeps_findings(c, scan)))
        self._found.empty_text = (
            "Nothing wrong was found." if kept else f"{NOT_KEPT}\nscan.history says how many scans keep it"
        )
        title = f"scan {scan.id} · {_when(scan)} · {wrong_of(scan.counts)}"
        self._show(title, scan, [(one, "") for one in findings])

    def action_compare(self) -> None:
        """Shows what appeared, was mended or removed since the scan before of the same folders."""
        scan = self._scan()
        if scan is not None:
            self.compare(scan)

    @work(group="scan", exclusive=True, exit_on_error=False)
    async def compare(self, scan: Scan) -> None:
        """Lists what changed since the scan before of the same folders."""
        before, found = await self.workspace.read(lambda c: _compared(c, scan))
        if before is None or found is None:
            self.say("No scan before of the same folders has its findings kept; scan.history says how many do.")
            return
        title = (
            f"scan {scan.id} since scan {before.id}: {len(found.appeared):,} newly broken, {len(found.mended):,} mended"
            f", {len(found.removed):,} gone"
        )
        marked = [(one, "") for one in found.appeared]
        marked += [(one, "✓ mended") for one in found.mended] + [(one, "– gone") for one in found.removed]
        self._found.empty_text = "Nothing changed between the two."
        self._show(title, scan, marked)

    def _show(self, title: str, scan: Scan, findings: Sequence[tuple[ScanFinding, str]]) -> None:
        self.say("")
        above = [os.fsencode(os.path.dirname(root)) + b"/" for root in scan.roots]
        self._found_rows.take([_finding_row(key, one, mark, above) for key, (one, mark) in enumerate(findings)])
        self._list.display, self._found.display = False, True
        self._say_title(title)
        self._found.source_changed(to_top=True)
        self._found.refresh()
        self.take_keyboard(self._found)

    def on_row_list_highlighted(self, message: RowList.Highlighted) -> None:
        message.stop()

    # What can be done

    def action_rerun(self) -> None:
        scan = self._scan()
        if scan is not None:
            self._rerun(scan)

    @work(group="rerun", exclusive=True, exit_on_error=False)
    async def _rerun(self, scan: Scan) -> None:
        """Shows the folders, and scans those of an earlier scan again."""
        view = await self.host.show_view("symlinks", load=False)
        cast(SymlinksView, view).start(ScanOptions(scan.roots, depth=cast(ScanDepth, scan.depth)))
        await self.host.open_view("symlinks")

    def action_delete(self) -> None:
        scan = self._scan()
        if scan is not None:
            self.ask_to_delete(scan)

    def ask_to_delete(self, scan: Scan) -> None:
        """Asks whether to forget a scan."""
        if scan.status == "running":
            self.say("It is still running; ctrl+c stops it.", "warning")
            return
        question = f"Forget scan {scan.id} of {_when(scan)} and what it found? Links are not touched. Not undoable."
        self.post_message(Ask(question, lambda: self._delete_soon(scan.id)))

    def _delete_soon(self, number: int) -> None:
        in_background(self, functools.partial(self._delete, number), "scan-delete")

    async def _delete(self, number: int) -> None:
        async with self.workspace.db.transaction() as connection:
            await delete_scan(connection, number)
        self.say(f"Scan {number} is forgotten.")
        self._to_list()
        self._read_soon()

    def action_export(self) -> None:
        scan = self._scan()
        if scan is not None:
            title = f"export scan {scan.id} as"
            self.host.prompt.choose(title, choices_of(FORMS), lambda form: self._form_taken(scan, form))

    def _form_taken(self, scan: Scan, form: str) -> None:
        self.ask_file(f"{form} of scan {scan.id}", lambda file: self._export_soon(scan, form, file))

    def _export_soon(self, scan: Scan, form: str, file: Path) -> None:
        in_background(self, functools.partial(self._export, scan, form, file), "scan-export")

    async def _export(self, scan: Scan, form: str, file: Path) -> None:
        def write(connection: sqlite3.Connection) -> int:
            findings = read_findings(connection, scan.id)
            lines = json_lines(scan, findings) if form == "json" else text_lines(scan, findings)
            text = "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace").decode()
            write_private(file, text)
            return len(findings)

        try:
            count = await self.workspace.read(write)
        except MediatuiError as error:
            self.say(error.sentence, "error")
            return
        self.say(f"{counted(count, 'finding')} of scan {scan.id} exported to {file}.")

    async def action_back(self) -> None:
        if self._found.display:
            self._to_list()
        else:
            self.say("")
            await self.host.go_back()


def _read_history(connection: sqlite3.Connection) -> tuple[list[Scan], dict[int, Counter[str]]]:
    scans = read_scans(connection, MOST)
    return scans, changes_after(connection, scans)


def _compared(connection: sqlite3.Connection, scan: Scan) -> tuple[Scan | None, Difference | None]:
    before = scan_before(connection, scan) if keeps_findings(connection, scan) else None
    return before, None if before is None else read_difference(connection, scan, before)


def _when(scan: Scan) -> str:
    return short_moment(scan.started_at)


def _scan_row(scan: Scan, changed: Mapping[str, int]) -> Row:
    shown = ShownScan(scan, took_s(scan), rate_of(scan), changed)
    return Row(scan.id, screen_cells(COLUMNS, shown), TONES.get(scan.status, ""))


def _finding_row(key: int, finding: ScanFinding, mark: str, above: Sequence[bytes]) -> Row:
    """A finding, its path from the folder that was scanned on."""
    word, tone = SIGNS.get(finding.state, (finding.state, "attention"))
    prefix = max((one for one in above if finding.path.startswith(one)), key=len, default=b"")
    path = printable(os.fsdecode(finding.path[len(prefix) :]))
    if mark:
        return Row(key, (path, f"it was {finding.state}", mark), "quiet")
    return Row(key, (path, reason_of_finding(finding), word), tone)


def json_lines(scan: Scan, findings: Sequence[ScanFinding]) -> Iterator[str]:
    """A scan and its findings, one JSON object a line, the same fields as the headless commands give."""
    yield json.dumps({"type": "scan", **asdict(scan)})
    for one in findings:
        yield json.dumps(
            {"type": "finding", "path": os.fsdecode(one.path), "target": os.fsdecode(one.target), "state": one.state,
             "reason": reason_of_finding(one), "torrent_id": one.torrent_id}
        )  # fmt: skip


def text_lines(scan: Scan, findings: Sequence[ScanFinding]) -> Iterator[str]:
    """A scan and its findings for people."""
    found = wrong_of(scan.counts)
    yield f"scan {scan.id} · {_when(scan)} · {scan.depth} · {scan.status} · {counted(scan.links, 'link')}: {found}"
    yield f"folders: {', '.join(printable(root) for root in scan.roots)}"
    for one in findings:
        why = reason_of_finding(one)
        yield (
            f"{one.state:<12} {printable(os.fsdecode(one.path))} -> {printable(os.fsdecode(one.target))}"
            f"{f'  ({why})' if why else ''}{f'  torrent {one.torrent_id}' if one.torrent_id else ''}"
        )
