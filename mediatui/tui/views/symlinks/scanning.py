"""Scanning folders of the library: how deep is a menu, and a view that failed is taken as it is by its path."""

from __future__ import annotations

import os
from typing import ClassVar, cast

from textual.binding import Binding, BindingType

from mediatui.commands.job_kinds import SCAN
from mediatui.library.scan.job import ScanOptions
from mediatui.model.choices import SCAN_DEPTHS, ScanDepth
from mediatui.model.text import join_words, printable
from mediatui.runtime.jobs import Job
from mediatui.tui.view import View
from mediatui.tui.views.symlinks.folder_pane import FolderPane
from mediatui.tui.widgets.lines import spaced
from mediatui.tui.widgets.menu import choices_of


class ScansFolders(View):
    """A view with a pane of folders that are scanned from it: the marked ones, else the one under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("S", "scan", "scan", id="symlinks.scan", tooltip="Scan the marked folders, else the one at the cursor"),
        Binding("V", "accept_view", "accept view", show=False, id="symlinks.accept-view", tooltip="Take it as it is"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._folders = FolderPane()

    def action_accept_view(self) -> None:
        """Asks for the name of a view that fails: what it shows now is the measure from then on."""
        views = self._folders.overview.failing_views
        if views:
            self.say("")
            hint = spaced([*map(printable, views)])
            self.host.prompt.open("accept view", "take as it is now the view (type its path): ", hint=hint)
        else:
            self.say("No view failed in the last scan.")

    def _accept_entered(self, word: str) -> None:
        failing = self._folders.overview.failing_views
        if word in failing:
            self.start(ScanOptions(accept_views=(word,)))
        elif word:
            self.say(f"{printable(word)} is no view that failed; {join_words([*map(printable, failing)])}.", "error")

    def action_scan(self) -> None:
        """Asks how deep the chosen folders are to be scanned."""
        if self._folders.chosen:
            self.say("")
            title, notes = self._folders.question()
            self.host.prompt.choose(title, choices_of(SCAN_DEPTHS, notes), self._depth_taken)
        else:
            self.say("There is no folder to scan; library.roots names them (: or ,).", "warning")

    def entered(self, mode: str, text: str) -> bool:
        """Takes the path of a view, or what was typed for torrents."""
        if mode == "accept view":
            self._accept_entered(text.strip())
            return True
        return super().entered(mode, text)

    def _depth_taken(self, depth: str) -> None:
        roots = tuple(os.fsdecode(folder.path) for folder in self._folders.chosen)
        self.start(ScanOptions(roots, depth=cast(ScanDepth, depth)))

    def start(self, options: ScanOptions) -> Job | None:
        """Starts a scan unless one runs; returns its job."""
        runner = self.workspace.runner
        if any(job.name == SCAN.name for job in runner.running):
            self.say("A scan is already running; ctrl+c stops it.", "warning")
            return None
        return runner.start(SCAN, options)
