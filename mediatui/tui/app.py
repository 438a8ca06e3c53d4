"""The app: how it begins and ends, its own keys, what is typed, jobs on screen. Screens are thin; jobs belong to the
runner, never to a view."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import logging
import signal
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, cast

from rich.text import Text
from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from mediatui.commands.workspace import Workspace
from mediatui.model.choices import THEMES
from mediatui.model.errors import MediatuiError
from mediatui.model.problems import PROBLEMS
from mediatui.model.text import printable
from mediatui.settings.config_file import SettingsError
from mediatui.store.torrents.classes import class_counts
from mediatui.tui.copying import say_copied, take_to_clipboard
from mediatui.tui.frame import PALETTES, Frame
from mediatui.tui.job_monitor import JobMonitor
from mediatui.tui.remembered import RememberedScreens
from mediatui.tui.switcher import REOPENED, VIEW_KEYS
from mediatui.tui.terminal_input import calm_driver
from mediatui.tui.typed_text import TypedText
from mediatui.tui.view import Ask, OpenList, in_background
from mediatui.tui.views.torrents.view import TorrentsView
from mediatui.tui.widgets.menu import Menu
from mediatui.tui.widgets.prompt import Prompt
from mediatui.tui.widgets.prompt_input import Confirm, PromptInput

CLOSE_PALETTE = ("q", "question_mark")
"""What closes a list of commands as long as nothing is typed; q never ends the app from there."""
REMEMBER_S = 3.0
log = logging.getLogger(__name__)

if TYPE_CHECKING:
    from mediatui.archive.sync.job import SyncOptions
    from mediatui.commands.parse import Typed
    from mediatui.tui.plan_controller import PlanController
    from mediatui.tui.sync_menu import SyncMenu
    from mediatui.tui.views.help.offers import Group
    from mediatui.tui.views.help.palette import PaletteView


class Unforeseen(Exception):
    """Stands in for an error that ends the screen. Of the error itself Textual would print a traceback with the values
    of variables, secrets among them."""

    def __rich__(self) -> Text:
        return Text()


class MediatuiApp(Frame):
    """The full screen. ``first`` is the view to open on (the one that is remembered, else the torrents), ``typed`` the
    command it was opened with."""

    CSS_PATH = "app.tcss"
    TITLE = "mediatui"
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"
    BINDINGS: ClassVar[list[BindingType]] = [
        *VIEW_KEYS,
        Binding("question_mark,f1", "help", "help", id="app.help", tooltip="What can be done here"),
        Binding(
            "ctrl+p",
            "command_palette",
            "everything",
            show=False,
            id="app.everything",
            priority=True,
            tooltip="Everything that can be done and typed, and colours",
        ),
        Binding("s", "sync", "sync", id="app.sync", tooltip="Bring the archive up to date"),
        Binding("u", "undo", "undo", id="app.undo", tooltip="Take the last change back"),
        Binding("plus", "add", "add", show=False, id="app.add", tooltip="Add a magnet, a hash or a .torrent file"),
        Binding("colon", "command", "command", id="app.command", tooltip="Type a command"),
        Binding("ctrl+c", "stop", "stop", show=False, id="app.stop", tooltip="Stop the running job", priority=True),
        Binding("ctrl+z", "suspend_process", "suspend", show=False, id="app.suspend", tooltip="fg comes back"),
        Binding("q", "leave", "quit", id="app.quit", tooltip="Quit; a running job stops cleanly and can be resumed"),
        Binding("ctrl+q", "leave", "quit", show=False, id="app.quit-too", priority=True),
    ]

    def __init__(
        self,
        workspace: Workspace,
        first: str = "",
        typed: Typed | None = None,
        remembered: RememberedScreens | None = None,
    ) -> None:
        super().__init__()
        self.driver_class = calm_driver(self.driver_class)
        self.workspace = workspace
        self._remembered = self._switcher.remembered = remembered or RememberedScreens()
        front = self._remembered.front
        self._first = first or (front if front in REOPENED else "torrents")
        self._typed = typed
        self.broke: Exception | None = None
        """The error that ended the screen, to be reported when the terminal is back."""
        self.prompt = Prompt(TypedText(self))
        self.job_monitor = JobMonitor(self, self._switcher)
        self.animation_level = "none"

    @functools.cached_property
    def plans(self) -> PlanController:
        """Plans and their application; imported when first wanted."""
        from mediatui.tui.plan_controller import PlanController

        return PlanController(self)

    @property
    def working(self) -> Mapping[str, str]:
        """What is being done with torrents now, by id; asking imports nothing."""
        return self.plans.working if "plans" in self.__dict__ else {}

    @functools.cached_property
    def sync_menu(self) -> SyncMenu:
        """The sync menu; imported when first wanted."""
        from mediatui.tui.sync_menu import SyncMenu

        return SyncMenu(self)

    # Beginning and end

    def compose(self) -> ComposeResult:
        self._obey_signals()
        self._switcher.first = self._first
        yield self._tabs
        yield self._switcher
        yield Static("This terminal is too small.\nmediatui needs 60 columns and 15 rows.", id="small", markup=False)
        yield self.job_monitor.line
        yield self.prompt
        yield self._keys
        yield from self.prompt.overlays

    async def on_mount(self) -> None:
        await self._switch(self._first)
        self._show_tabs()
        self.call_after_refresh(self._open_workspace)

    @work(group="open", exit_on_error=False)
    async def _open_workspace(self) -> None:
        """Everything the first paint does not need: settings, writer, runner, the first job."""
        if not gc.isenabled():  # until now nothing was garbage (``launch.run``)
            gc.freeze()
            gc.enable()
        try:
            if not await self._load_settings():
                return
            problem = await asyncio.to_thread(self.workspace.start_log)
            await self.workspace.open()
        except MediatuiError as error:
            self.job_monitor.report_failure(error)
            return
        if problem:
            self.prompt.say(problem, "warning")
        self.settings_changed()
        self.job_monitor.begin()
        if self._remembered.unread:
            log.warning("%s", self._remembered.unread)
        if self._remembered.file is not None:
            self.set_interval(REMEMBER_S, self._remember)
        if self.workspace.demo and (self._typed is None or self._typed.command.name != "sync"):
            self.start_sync()
        if "torrents" not in self._switcher.made:  # that view counts them whenever they change
            counts = await self.workspace.read(class_counts)
            self.show_tab_count("problems", sum(counts.get(name, 0) for name in PROBLEMS))
        if self._typed is not None:
            from mediatui.tui.command_line import begin

            await begin(self, self._typed)
        from mediatui.store.changes.journal import unfinished_batches

        unfinished = await self.workspace.read(unfinished_batches)
        if unfinished:  # else what changes things is not imported before it is wanted
            self.plans.offer(unfinished[0])

    async def _load_settings(self) -> bool:
        """Loads the settings off the event loop; False when they end a start that no command asked for. Raises
        SettingsError in one that a command did."""
        try:
            await asyncio.to_thread(lambda: self.workspace.settings)
        except SettingsError as error:
            if self._typed is not None or self.workspace.demo:
                raise
            self.broke = error
            self.exit()
            return False
        return True

    def settings_changed(self) -> None:
        """Applies what the settings say about the screen."""
        ui = self.workspace.settings.ui
        self.force_colours(ui.colors)
        theme = ui.theme or "mediatui"
        if theme in self.available_themes:
            self.theme = theme
        else:
            self.prompt.say(f"There is no theme {printable(theme)!r}: {', '.join(self.available_themes)}.", "warning")
        self.set_class(ui.density == "comfortable", "-comfortable")
        self.set_keymap(self.keys.remap(ui.keymap, vim_keys=ui.vim_keys))
        self.show_keys()

    def archive_changed(self) -> None:
        self.job_monitor.archive_changed()

    def keep_theme(self, name: str) -> None:
        """Shows these colours from now on: they are written into the config file."""
        from mediatui.tui.kept_theme import save_theme

        self.show_theme(name)
        save_theme(self, name)

    def _obey_signals(self) -> None:
        """A closed terminal or a kill ends the app like ``q``: the database is closed, jobs stay resumable."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGHUP, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(number, self._end_by_signal)

    def _end_by_signal(self) -> None:
        """Ends the app. A closed terminal tells of itself more than once: a second time it would cut the end off."""
        asyncio.get_running_loop().remove_signal_handler(signal.SIGHUP)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        self.exit(0)

    def _handle_exception(self, error: Exception) -> None:
        if self.broke is None:
            self.broke = error
        silent = Unforeseen()
        silent.__cause__ = error
        super()._handle_exception(silent)

    @work(group="remember", exit_on_error=False)
    async def _remember(self) -> None:
        """Writes what the screens are like, if that is not what was written last."""
        self._switcher.remember()
        await self._remembered.write()

    async def on_unmount(self) -> None:
        self._switcher.remember()
        await self._remembered.write()
        await self.workspace.close()

    # What views ask for

    @work(group="view", exclusive=True)
    async def begin(self, text: str) -> None:
        """A token was accepted: on to the list, and the first sync."""
        await self._switch("torrents")
        self.prompt.say(f"{text} The first sync has begun.")
        self.start_sync()

    def open_demo(self) -> None:
        """Ends this run and asks the launcher for the demo."""
        self.exit(DEMO)

    async def on_open_list(self, message: OpenList) -> None:
        await self.open_view("torrents")
        cast(TorrentsView, self.view).open_query(message.query, message.order, message.limit)

    def on_ask(self, message: Ask) -> None:
        self.prompt.ask(message.question, message.then, message.count)

    def copy_text(self, text: str, what: str, more: str = "", severity: str = "info") -> None:
        """Copies to the clipboard, and says what became of ``what`` and then ``more``; a text of one line is shown."""
        in_background(self, functools.partial(say_copied, self, text, what, more, severity), "copy")

    async def take_to_clipboard(self, text: str, what: str) -> str:
        """Copies to the clipboard; returns what is known of it, as a sentence about ``what`` without its full stop, or
        nothing when it was too much."""
        return await take_to_clipboard(self, text, what)

    # Prompt

    async def on_event(self, event: events.Event) -> None:
        """Lets each key act before the next one is read, not when it has gone its way through the widgets: over a
        slow line keys come in bursts, and those typed behind one that opens or closes the prompt must find it so."""
        if isinstance(event, events.Paste) and not event.is_forwarded and isinstance(self.focused, PromptInput):
            self.focused.take_paste(event)
            return
        if isinstance(event, events.Key) and not event.is_forwarded:
            self.prompt.key_pressed()
            self.app_focus = True  # a terminal that said it lost the keyboard has it: the focus goes back first
            focused = self.focused
            if isinstance(focused, PromptInput):
                if self._palette_takes(event, focused.value) or focused.takes(event):
                    return
            elif isinstance(focused, Menu | Confirm):
                if not await self._check_bindings(event.key, True):
                    focused.press(event)
                return
            elif self.view is not None:
                await self.view.wait_for_rows()
                if self.prompt.stays and not self._only_moves(event.key):
                    self.prompt.let_go()
            others = isinstance(focused, Input) and not isinstance(focused, PromptInput)
            if not others and (await self._check_bindings(event.key, True) or await self._check_bindings(event.key)):
                return
        await super().on_event(event)

    def _palette_takes(self, event: events.Key, typed: str) -> bool:
        """Keys of a list of commands that are no part of a name; whether it was one."""
        if self.prompt.mode != "palette":
            return False
        if not typed and event.key in CLOSE_PALETTE:
            self.prompt.close()
        elif event.key in ("pagedown", "pageup"):
            cast("PaletteView", self.view).page(1 if event.key == "pagedown" else -1)
        else:
            return False
        return True

    async def on_prompt_closed(self, message: Prompt.Closed) -> None:
        if message.mode == "palette" and self._switcher.current in PALETTES and not self.prompt.mode:
            await self.go_back()
        await self._take_keyboard()
        self.show_keys()
        self.prompt.ask_waiting()

    def action_undo(self) -> None:
        self.plans.undo()

    def action_add(self) -> None:
        self.prompt.open("add", "add magnet, hash or .torrent file: ")

    def action_command(self, line: str = "") -> None:
        from mediatui.tui.command_line import KEYS, completions

        self.prompt.open("command", ": ", line, hint=KEYS, complete=completions, listed=True)

    async def run_command(self, line: str) -> None:
        """Runs a typed command, the same as the headless one of that name."""
        from mediatui.tui.command_line import perform

        try:
            await perform(self, line)
        except MediatuiError as error:
            self.prompt.say(error.sentence, "error")

    # Jobs

    def action_stop(self) -> None:
        self.job_monitor.stop_one()

    def action_leave(self) -> None:
        self.leave()

    def leave(self) -> None:
        """Ends the app; a running job stops cleanly first."""
        self.job_monitor.leave()

    def report_failure(self, error: BaseException) -> None:
        """Says what went wrong in the background."""
        self.job_monitor.report_failure(error)

    def action_sync(self) -> None:
        self.sync_menu.open_menu()

    def follow_transfers(self, *, now: bool = False) -> None:
        """A pass over the transfers comes soon; ``now``: at once, and it says what it found."""
        self.job_monitor.passes.soon(now=now)

    def start_sync(self, options: SyncOptions | None = None) -> None:
        """Starts a sync (smart, when no options are given) unless one runs."""
        self.sync_menu.start(options)

    async def action_command_palette(self) -> None:  # type: ignore[override]
        """Opens the palette in place of Textual's own, which draws the whole screen for every letter."""
        from mediatui.tui.views.help.offers import here

        if self.view is not None:
            groups = here(self.keys, self, self.view, self.focused, self.open_manual)
            await self._offer("palette", [*groups, *self.elsewhere()])

    def elsewhere(self) -> list[Group]:
        """The commands that are typed, and the colours."""
        from mediatui.tui.command_line import described
        from mediatui.tui.views.help.offers import themes, typed_commands

        return [typed_commands(described(), self.action_command), themes(THEMES, self.keep_theme)]


DEMO = 100
"""What the app returns when the demo is wanted instead."""
