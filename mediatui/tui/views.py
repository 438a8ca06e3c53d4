"""Which views there are, and the frame that shows one of them at a time for few bytes."""

from __future__ import annotations

from textual.reactive import Reactive, reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import ContentSwitcher

from mediatui.tui.screens.activity import ActivityView
from mediatui.tui.screens.torrents import TorrentsView
from mediatui.tui.view import View


class MainScreen(Screen[None]):
    """A screen that does not draw everything again because the keyboard went elsewhere: the two widgets do that."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)


class ViewSwitcher(ContentSwitcher):
    """Shows one view; hiding one and showing another draws what there is to draw."""

    current: reactive[str | None] = reactive[str | None](None, init=False, repaint=False)


def make_view(name: str) -> View:
    """The view of that name, imported when it is first wanted."""
    if name == "stats":
        from mediatui.tui.screens.stats import StatsView

        return StatsView(id=name)
    if name == "problems":
        from mediatui.tui.screens.problems import ProblemsView

        return ProblemsView(id=name)
    if name == "symlinks":
        from mediatui.tui.screens.symlinks import SymlinksView

        return SymlinksView(id=name)
    if name == "maintenance":
        from mediatui.tui.screens.maintenance import MaintenanceView

        return MaintenanceView(id=name)
    if name == "repairing":
        from mediatui.tui.screens.repairing import RepairView

        return RepairView(id=name)
    if name == "scans":
        from mediatui.tui.screens.scans import ScansView

        return ScansView(id=name)
    if name == "relink":
        from mediatui.tui.screens.relink import RelinkView

        return RelinkView(id=name)
    if name == "plan":
        from mediatui.tui.screens.plan import PlanView

        return PlanView(id=name)
    if name == "journal":
        from mediatui.tui.screens.journal import JournalView

        return JournalView(id=name)
    if name == "duplicates":
        from mediatui.tui.screens.duplicates import DuplicatesView

        return DuplicatesView(id=name)
    if name == "files":
        from mediatui.tui.screens.files import FilesView

        return FilesView(id=name)
    if name == "settings":
        from mediatui.tui.screens.settings import SettingsView

        return SettingsView(id=name)
    if name == "help":
        from mediatui.tui.screens.help import HelpView

        return HelpView(id=name)
    if name == "welcome":
        from mediatui.tui.screens.welcome import WelcomeView

        return WelcomeView(id=name)
    return ActivityView(id=name) if name == "activity" else TorrentsView(id=name)


TABS = (
    ("torrents", "1 Torrents"),
    ("problems", "2 Problems"),
    ("stats", "3 Stats"),
    ("symlinks", "4 Symlinks"),
    ("maintenance", "5 Maintenance"),
    ("journal", "6 Journal"),
    ("activity", "0 Log"),
    ("settings", ","),
    ("help", "?"),
)
