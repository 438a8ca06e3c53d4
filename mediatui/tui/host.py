"""What views, and the controllers behind them, may ask of the app. None of them knows the app itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from textual.message import Message
    from textual.timer import Timer
    from textual.widget import Widget
    from textual.worker import Worker

    from mediatui.archive.check import CheckOptions
    from mediatui.archive.sync.job import SyncOptions
    from mediatui.commands.command import Command
    from mediatui.commands.workspace import Workspace
    from mediatui.model.plan import Plan
    from mediatui.store.changes.journal import Batch
    from mediatui.store.library.links import LibraryLink
    from mediatui.tui.to_grab import ToGrab
    from mediatui.tui.widgets.prompt import Prompt


class Plans(Protocol):
    """Changes: each is proposed, and nothing is changed before a yes (``tui.plan_controller``)."""

    plan: Plan | None
    batch: int | None
    working: Mapping[str, str]
    """What is being done with torrents now, by id: ``repairing``, ``deleting``, …"""
    working_paths: Mapping[bytes, str]
    """What is being done with links of the library now, by path: ``removing``, ``relinking``, …"""

    def propose(self, make: Callable[[sqlite3.Connection], Plan]) -> None:
        """Makes a plan off the event loop and asks whether to apply it."""

    def preview(self, make: Callable[[sqlite3.Connection], Plan]) -> None:
        """Makes a plan off the event loop and shows it; it is asked about from there."""

    def propose_shown(self) -> None:
        """Asks whether to apply the plan whose steps are shown."""

    def propose_command(self, command: Command, options: Any) -> None:
        """Makes the plan of a command and asks whether to apply it."""

    def repair(self, ids: Sequence[str], *, force: bool = False, may_download: bool = False) -> None:
        """Proposes to mend these torrents."""

    def mend_links(self, links: Sequence[LibraryLink]) -> None:
        """Proposes to mend these broken links through the torrents behind them."""

    def replace(self, paths: Sequence[str]) -> None:
        """Proposes to have the dead links at these paths lead to other files."""

    def replace_links_into(self, ids: Sequence[str]) -> None:
        """Proposes the same for the dead links into these torrents."""

    def delete(self, ids: Sequence[str]) -> None:
        """Proposes to delete these torrents."""

    def undo(self, batch: int | None = None) -> None:
        """Proposes to take a batch back, the last one unless one is named."""

    def add(self, text: str) -> None:
        """Proposes to add magnets, hashes, paths."""

    def ask_what_to_grab(self) -> None:
        """Asks for magnets, hashes, paths to send as transfers."""

    def grab(self, wanted: ToGrab) -> None:
        """Proposes to send something as transfers."""

    def import_staged(self, numbers: Sequence[int]) -> None:
        """Proposes to bring these transfers, which are staged, into the library."""

    def take_on(self, ids: Sequence[str]) -> None:
        """Proposes to make transfers of torrents."""

    def select_files(self, torrent_id: str, files: Sequence[int]) -> None:
        """Proposes to select files of a torrent that waits for it."""

    def check(self, ids: Sequence[str]) -> None:
        """Checks the links of these torrents."""

    def start_check(self, options: CheckOptions) -> None:
        """Checks links: all of torrents named by id, else those that are due."""

    async def show_batch(self, number: int) -> None:
        """Shows a batch of the journal; raises UsageError for one that does not exist."""

    async def resume(self, number: int | None, *, failed: bool) -> None:
        """Asks whether to resume a batch; raises UsageError for one that does not exist."""

    def offer(self, batch: Batch) -> None:
        """Asks whether to resume a batch."""

    def carry_on(self, batch: int, *, failed: bool = False) -> None:
        """Resumes a batch; with ``failed`` also retries what failed."""


class Syncs(Protocol):
    """Syncs (``tui.sync_menu``)."""

    def start_when_idle(self) -> None:
        """The scheduled sync: only when nothing else runs."""


class RunsWorkers(Protocol):
    """What a worker can belong to."""

    def run_worker(
        self, work: Any, *, group: str = ..., exclusive: bool = ..., exit_on_error: bool = ...
    ) -> Worker[Any]:
        """Runs a coroutine function."""


class Host(RunsWorkers, Protocol):
    """The app, as those it shows know it."""

    @property
    def workspace(self) -> Workspace:
        """The run's archive, jobs and services."""

    @property
    def prompt(self) -> Prompt:
        """The message line: what is said, asked and typed."""

    @property
    def plans(self) -> Plans:
        """Changes; asking for them the first time imports their code."""

    @property
    def working(self) -> Mapping[str, str]:
        """What is being done with torrents now, by id, without importing anything."""

    @property
    def sync_menu(self) -> Syncs:
        """Syncs."""

    @property
    def view(self) -> Widget | None:
        """The view in front."""

    async def open_view(self, name: str, *, again: bool = False) -> None:
        """Goes to a view; to the one in front only when it has something else to show (``again``)."""

    async def show_view(self, name: str, *, load: bool = True) -> Widget:
        """The view of that name, made when it is first wanted; in front unless ``load`` is false."""

    async def open_manual(self) -> None:
        """Shows what there is to read."""

    async def go_back(self) -> None:
        """Back to the view before this one without a tab."""

    def begin(self, text: str) -> object:
        """A token was accepted: on to the list, and the first sync."""

    def open_demo(self) -> None:
        """Ends this run and asks the launcher for the demo."""

    def leave(self) -> None:
        """Ends the app; a running job stops cleanly first."""

    def show_keys(self) -> None:
        """Shows the keys of the view in front as they are now."""

    def show_tab_count(self, name: str, count: int) -> None:
        """Shows a live count beside the tab of the view of that name."""

    def copy_text(self, text: str, what: str, more: str = "", severity: str = "info") -> None:
        """Copies to the clipboard, and says what became of ``what`` and then ``more``; a text of one line is shown."""

    async def take_to_clipboard(self, text: str, what: str) -> str:
        """Copies to the clipboard; returns what is known of it, as a sentence about ``what`` without its full stop, or
        nothing when it was too much."""

    def show_theme(self, name: str) -> None:
        """Shows these colours, until others are chosen."""

    def keep_theme(self, name: str) -> None:
        """Shows these colours from now on."""

    def settings_changed(self) -> None:
        """Applies what the settings say about the screen."""

    def archive_changed(self) -> None:
        """Has every view read its torrents again: something that is no job may have changed any of them."""

    def follow_transfers(self, *, now: bool = False) -> None:
        """A pass over the transfers comes soon; ``now``: at once, and it says what it found."""

    def action_command(self, line: str = "") -> None:
        """Types a command, which begins with ``line``."""

    async def run_command(self, line: str) -> None:
        """Does a typed command; what it would change is asked first."""

    def start_sync(self, options: SyncOptions | None = None) -> None:
        """Starts a sync (smart, when no options are given) unless one runs."""

    def report_failure(self, error: BaseException) -> None:
        """Says what went wrong in the background."""

    # Of Textual's own

    @property
    def return_code(self) -> int | None:
        """What the app ends with; None while it runs."""

    @property
    def workers(self) -> Any:
        """Every worker of the app."""

    def post_message(self, message: Message) -> bool:
        """Sends a message to the app."""

    def call_later(self, callback: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
        """Calls something once what is due now is done."""

    def set_interval(self, interval: float, callback: Callable[[], Any] | None = None) -> Timer:
        """Calls something every ``interval`` seconds."""

    def exit(self, result: int | None = None) -> None:
        """Ends the app."""
