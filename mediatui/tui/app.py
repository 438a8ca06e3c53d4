"""The app: frame, views, jobs on screen. Screens are thin; jobs belong to the runner, never to a view."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Iterable, Mapping
from typing import ClassVar, cast

from textual import events, work
from textual.app import App, ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Static

from mediatui.archive.estimate import estimates
from mediatui.archive.sync import MODES, SyncOptions
from mediatui.events import Event, Finished, Waiting
from mediatui.jobs import Job
from mediatui.model.errors import MediatuiError
from mediatui.model.text import duration, printable
from mediatui.tui.commands import read_command, suggestions
from mediatui.tui.keys import Keys
from mediatui.tui.screens.activity import ActivityView
from mediatui.tui.screens.torrents import TorrentsView
from mediatui.tui.theme import THEME
from mediatui.tui.view import Ask, OpenList, Say, View
from mediatui.tui.views import TABS, MainScreen, ViewSwitcher, make_view
from mediatui.tui.widgets.lines import Choices, Line, job_parts
from mediatui.tui.widgets.prompt import Prompt
from mediatui.workspace import SYNC, Workspace

SMALLEST = (60, 15)
JOB_LINE_S = 0.25
COPY_MOST = 64 * 1024
LONGEST_SHOWN = 200


class MediatuiApp(App[int]):
    """The full screen. ``first`` is the view to open on, ``options`` what its command asked for."""

    CSS_PATH = "app.tcss"
    TITLE = "mediatui"
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "view('torrents')", "torrents", show=False, id="app.torrents", tooltip="The torrent list"),
        Binding("3", "view('stats')", "stats", show=False, id="app.stats", tooltip="Statistics"),
        Binding("0", "view('activity')", "activity", show=False, id="app.activity", tooltip="The activity log"),
        Binding("comma", "view('settings')", "settings", show=False, id="app.settings", tooltip="Settings"),
        Binding("question_mark,f1", "help", "help", id="app.help", tooltip="The keys of this screen"),
        Binding("s", "sync", "sync", id="app.sync", tooltip="Bring the archive up to date"),
        Binding("colon", "command", "command", id="app.command", tooltip="Type a command"),
        Binding("ctrl+c", "stop", "stop", show=False, id="app.stop", tooltip="Stop the running job", priority=True),
        Binding("ctrl+z", "suspend_process", show=False, id="app.suspend"),
        Binding("q", "leave", "quit", id="app.quit", tooltip="Quit; a running job stops cleanly and can be resumed"),
        Binding("ctrl+q", "leave", show=False, id="app.quit-too", priority=True),
    ]

    def __init__(
        self, workspace: Workspace, first: str = "torrents", options: Mapping[str, object] | None = None
    ) -> None:
        super().__init__()
        self.workspace = workspace
        self._first = first
        self._options = dict(options or {})
        self._tab_counts: dict[str, int] = {}
        self._views: dict[str, View] = {}
        self._back_to = "torrents"
        self._waiting: Waiting | None = None
        self._job_due = False
        self._menu: list[tuple[str, str]] = []
        self.keys = Keys(self)
        self.prompt = Prompt()
        self._tabs = Choices(id="tabs")
        self._job_line = Line(id="job")
        self._keys = Line(id="keys")
        self.animation_level = "none"
        self.register_theme(THEME)

    # Frame

    def get_default_screen(self) -> MainScreen:
        """The one screen there is."""
        return MainScreen(id="_default")

    def compose(self) -> ComposeResult:
        yield self._tabs
        self._switcher = ViewSwitcher(id="views")
        yield self._switcher
        yield Static("This terminal is too small.\nmediatui needs 60 columns and 15 rows.", id="small", markup=False)
        yield self._job_line
        yield self.prompt
        yield self._keys

    async def on_mount(self) -> None:
        self.theme = "mediatui"
        await self._switch(self._first)
        self._show_tabs()
        self.call_after_refresh(self._open_workspace)

    @work(group="open", exit_on_error=False)
    async def _open_workspace(self) -> None:
        """Everything the first paint does not need: settings, writer, runner, signals, the first job."""
        self._obey_signals()
        try:
            settings = await asyncio.to_thread(lambda: self.workspace.settings)
            problem = await asyncio.to_thread(self.workspace.start_log)
            await self.workspace.open()
        except MediatuiError as error:
            self._write_log("error", error.message)
            self.prompt.say(f"{error.message} {error.hint}".strip(), "error")
            return
        if problem:
            self.prompt.say(problem, "warning")
        self.settings_changed()
        self.workspace.runner.observe(self._heard)
        minutes = settings.automation.sync_every_minutes
        if minutes:
            self.set_interval(minutes * 60, self._automatic_sync)
        if self._options.get("mode") is not None:
            self.start_sync(SyncOptions(**self._options))  # type: ignore[arg-type]  # made by the command line
        elif self.workspace.demo:
            self.start_sync(SyncOptions())

    def settings_changed(self) -> None:
        """Applies what the settings say about the screen."""
        ui = self.workspace.settings.ui
        theme = ui.theme or "mediatui"
        if theme in self.available_themes:
            self.theme = theme
        else:
            self.prompt.say(f"There is no theme {printable(theme)!r}: {', '.join(self.available_themes)}.", "warning")
        self.set_class(ui.density == "comfortable", "-comfortable")
        self.set_keymap(self.keys.remap(ui.keymap, vim_keys=ui.vim_keys))
        self._show_keys()

    def _obey_signals(self) -> None:
        """A closed terminal or a kill ends the app like ``q``: the database is closed, jobs stay resumable."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGHUP, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(number, self.exit, 0)

    async def on_unmount(self) -> None:
        await self.workspace.close()

    def on_resize(self, event: events.Resize) -> None:
        small = event.size.width < SMALLEST[0] or event.size.height < SMALLEST[1]
        self.screen.set_class(small, "-small")
        self.call_after_refresh(self._show_keys)

    # Views

    async def _switch(self, name: str) -> View:
        view = self._views.get(name)
        if view is None:
            view = self._views[name] = make_view(name)
            await self._switcher.add_content(view, id=name)
        self.prompt.set_right("")
        with self.batch_update():  # one frame, not one for each line that changes
            self._switcher.current = name
            await view.shown()
            self._show_tabs()
            self._show_keys()
        return view

    @property
    def view(self) -> View | None:
        """The view in front."""
        name = self._switcher.current
        return None if name is None else self._views.get(name)

    async def action_view(self, name: str) -> None:
        if self._switcher.current != name:
            if self._switcher.current not in ("help", "settings", None):
                self._back_to = self._switcher.current or "torrents"
            self.prompt.say("")
            await self._switch(name)

    @work(group="view", exclusive=True)
    async def go_back(self) -> None:
        """Back to the view before help or settings."""
        await self._switch(self._back_to)

    @work(group="view", exclusive=True)
    async def begin(self, text: str) -> None:
        """A token was accepted: on to the list, and the first sync."""
        await self._switch("torrents")
        self.prompt.say(f"{text} The first sync has begun.")
        self.start_sync(SyncOptions())

    def open_demo(self) -> None:
        """Ends this run and asks the launcher for the demo."""
        self.exit(DEMO)

    async def action_help(self) -> None:
        from mediatui.tui.screens.help import HelpView

        came_from = self.view
        if came_from is None or isinstance(came_from, HelpView):
            self.go_back()
            return
        groups = [(came_from.NAME, self.keys.described(came_from))]
        focused = self.screen.focused
        if focused is not None and focused is not came_from:
            groups.append(("In the list", self.keys.described(focused)))
        groups.append(("Everywhere", self.keys.described(self)))
        await self.action_view("help")
        cast(HelpView, self._views["help"]).describe(came_from.NAME, came_from.HELP, groups)

    def show_tab_count(self, name: str, count: int) -> None:
        """Shows a live count beside a tab."""
        if self._tab_counts.get(name) != count:
            self._tab_counts[name] = count
            self._show_tabs()

    def _show_tabs(self) -> None:
        choices = []
        for name, title in TABS:
            count = self._tab_counts.get(title.partition(" ")[2])
            choices.append((name, title if count is None else f"{title} {count:,}"))
        self._tabs.set_choices(choices, self._switcher.current or "")

    async def on_choices_chosen(self, message: Choices.Chosen) -> None:
        if message.sender_line.id == "tabs":
            if message.name == "help":
                await self.action_help()
            else:
                await self.action_view(message.name)

    def _show_keys(self) -> None:
        """The keys line, from the bindings of the view in front and of the app; what syncs cost while one chooses."""
        if self.prompt.mode == "sync":
            self._keys.set_parts(self._menu)
            return
        sources = [widget for widget in (self.screen.focused, self.view, self) if widget is not None]
        self._keys.set_parts(self.keys.footer(sources, self.size.width - 2))

    def on_descendant_focus(self) -> None:
        self._show_keys()

    # What views ask for

    async def on_open_list(self, message: OpenList) -> None:
        await self.action_view("torrents")
        cast(TorrentsView, self._views["torrents"]).open_query(message.query)

    def on_say(self, message: Say) -> None:
        self.prompt.say(message.text, message.severity)

    def on_ask(self, message: Ask) -> None:
        self.prompt.ask(message.question, message.then, message.count)

    def copy_text(self, text: str, what: str) -> None:
        """Copies by OSC 52, and shows the value: nobody can know whether the terminal took it."""
        shown = printable(text.replace("\n", " · "), empty="")
        shown = shown if len(shown) <= LONGEST_SHOWN else shown[:LONGEST_SHOWN] + "…"
        if len(text.encode()) > COPY_MOST:
            self.prompt.say(
                f"Too much to copy over a terminal (64 KB at most). Use: mediatui --headless export. {shown}", "warning"
            )
            return
        self.copy_to_clipboard(text)
        self.prompt.say(f"{what} copied: {shown}")

    # Prompt

    def on_key(self, event: events.Key) -> None:
        """Keys nobody took: they may have been typed before the prompt had opened."""
        if self.prompt.takes(event):
            event.prevent_default()

    async def on_prompt_typed(self, message: Prompt.Typed) -> None:
        if message.mode == "filter" and isinstance(self.view, TorrentsView):
            self.view.filter_typed(message.text)

    async def on_prompt_entered(self, message: Prompt.Entered) -> None:
        view = self.view
        if message.mode == "command":
            await self.run_command(message.text)
        elif message.mode == "sync":
            self._sync_entered(message.text)
        elif message.mode == "filter" and isinstance(view, TorrentsView):
            view.filter_entered()
        elif isinstance(view, TorrentsView) and message.mode in ("sort", "copy"):
            (view.sort_entered if message.mode == "sort" else view.copy_entered)(message.text)
        elif message.mode in ("setting", "secret"):
            from mediatui.tui.screens.settings import SettingsView

            if isinstance(view, SettingsView):
                view.setting_entered(message.text)

    def on_prompt_closed(self) -> None:
        self._show_keys()

    def action_command(self) -> None:
        self.prompt.open("command", ": ", suggester=suggestions())

    async def run_command(self, line: str) -> None:
        """Runs a typed command, the same as the headless one of that name."""
        try:
            typed = read_command(line)
        except MediatuiError as error:
            self.prompt.say(f"{error.message} {error.hint}", "error")
            return
        if typed.sync is not None:
            self.start_sync(typed.sync)
        elif typed.name in ("torrents", "show"):
            query = typed.text if typed.name == "torrents" else f"id:{typed.text}"
            self.post_message(OpenList(query))
        elif typed.name == "quit":
            self.action_leave()
        elif typed.name == "help":
            await self.action_help()
        else:
            await self.action_view(typed.name)

    # Jobs

    def action_sync(self) -> None:
        """The sync menu: what each mode would cost, from the archive alone."""
        self._sync_menu()

    @work(group="sync-menu", exclusive=True, exit_on_error=False)
    async def _sync_menu(self) -> None:
        try:
            costs = await self.workspace.read(estimates, self.workspace.settings, int(time.time()))
        except MediatuiError as error:
            self.prompt.say(f"{error.message} {error.hint}", "error")
            return
        self._menu = [
            part
            for one in costs
            for part in ((one.mode, "bold"), (f" {one.requests:,} req {duration(one.seconds)}  ", ""))
        ]
        self.prompt.open("sync", "sync mode (enter: smart): ")
        self._show_keys()

    def _sync_entered(self, text: str) -> None:
        wanted = text.strip().lower()
        mode = next((mode for mode in MODES if mode.startswith(wanted)), None)
        if mode is None:
            self.prompt.say(f"There is no sync mode {printable(wanted)!r}: {', '.join(MODES)}.", "error")
            return
        self.start_sync(SyncOptions(mode))

    def start_sync(self, options: SyncOptions) -> None:
        """Starts a sync unless one runs; a token that cannot be used is said at once."""
        try:
            if any(job.name == SYNC.name for job in self.workspace.runner.running):
                self.prompt.say("A sync is already running; ctrl+c stops it.", "warning")
                return
            self.workspace.connect()
            self.workspace.runner.start(SYNC, options)
        except (MediatuiError, AssertionError) as error:
            hint = f" {error.hint}" if isinstance(error, MediatuiError) else ""
            self.prompt.say(f"{error}{hint}", "error")

    def _automatic_sync(self) -> None:
        if not self.workspace.runner.running:
            self.start_sync(SyncOptions())

    def _heard(self, job: Job, event: Event) -> None:
        """An event of a job: to the log, to every view, to the job line a few times a second."""
        if isinstance(event, Waiting):
            self._waiting = event
        activity = self._views.get("activity")
        if activity is None:
            activity = self._views["activity"] = make_view("activity")
            self._switcher.add_content(activity, id="activity")
        cast(ActivityView, activity).add(job.name, event)
        for view in self._views.values():
            view.heard(job, event)
        if isinstance(event, Finished):
            severity = {"done": "info", "failed": "error"}.get(event.outcome, "warning")
            how = "" if event.outcome == "cancelled" else f" {event.outcome}"
            self.prompt.say(f"{job.name}{how}: {event.summary} {event.hint}".strip(), severity)
            self._waiting = None
        if not self._job_due:
            self._job_due = True
            self.set_timer(JOB_LINE_S, self._show_job)

    def _show_job(self) -> None:
        self._job_due = False
        if not self.is_running:
            return
        line = self._job_line
        running = self.workspace.runner.running
        line.set_class(bool(running), "-shown")
        if not running:
            return
        state = self.workspace.budget_state
        meter = "" if state is None else f"{state.used}/{state.limit}"
        line.set_parts(job_parts(running[0], self._waiting, meter, self.size.width - 2))

    def action_stop(self) -> None:
        try:
            running = self.workspace.runner.running
        except AssertionError:
            running = []
        if running:
            running[0].cancel()
            self.prompt.say(f"Stopping {running[0].name} …")
        else:
            self.prompt.say("Nothing is running. q quits.")

    def action_leave(self) -> None:
        try:
            running = self.workspace.runner.running
        except AssertionError:
            running = []
        if running:
            self.prompt.ask(
                f"{running[0].name} is running; it stops cleanly and the next one carries on. Quit?", self._leave, 1
            )
        else:
            self._leave()

    def _leave(self) -> None:
        self.exit(0)

    def _write_log(self, level: str, text: str) -> None:
        activity = self._views.get("activity")
        if isinstance(activity, ActivityView):
            activity.write(level, text)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Every action with a key, and the themes, for the palette."""
        yield from self.keys.commands([source for source in (self.view, self.screen.focused, self) if source])
        for name in sorted(self.available_themes):
            yield SystemCommand(f"theme {name}", "Colours of the screen", lambda name=name: self._use_theme(name))

    def _use_theme(self, name: str) -> None:
        self.theme = name


DEMO = 100
"""What the app returns when the demo is wanted instead."""
