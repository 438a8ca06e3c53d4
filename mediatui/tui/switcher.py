"""Which views there are, and the frame that shows one of them at a time and sends few bytes to the terminal."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.reactive import Reactive, reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import ContentSwitcher

from mediatui.tui.fewer_bytes import PartsCompositor
from mediatui.tui.remembered import RememberedScreens
from mediatui.tui.view import View
from mediatui.tui.views.torrents.view import TorrentsView
from mediatui.tui.widgets.tabs import Tab

TABS = (
    Tab("torrents", "1", "Torrents", "The torrent list"),
    Tab("problems", "2", "Problems", "What is wrong"),
    Tab("stats", "3", "Stats", "Statistics"),
    Tab("symlinks", "4", "Links", "Links of the library"),
    Tab("maintenance", "5", "Tidy", "Tools for the library"),
    Tab("journal", "6", "Journal", "What was changed"),
    Tab("search", "7", "Search", "Releases of the indexers"),
    Tab("transfers", "8", "Transfers", "What is on its way"),
    Tab("activity", "0", "Log", "The activity log"),
    Tab("settings", ",", about="Settings"),
    Tab("help", "?"),
)
VIEW_KEYS = tuple(
    Binding(
        tab.key.replace(",", "comma"), f"view('{tab.name}')", (tab.word or tab.name).lower(), show=False,
        id=f"app.{tab.name}", tooltip=tab.about,
    )
    for tab in TABS
    if tab.about
)  # fmt: skip
"""The keys of the screens with a tab."""
WITHOUT_TABS = (
    "help", "palette", "manual", "settings", "plan", "files", "duplicates", "relink", "scans", "repairing", "answer",
    "welcome", "downloads",
)  # fmt: skip
"""Views without a tab: leaving one leads back to the view before it."""
PART_OF = {"staging": "transfers"}
"""Views that are a part of the screen of a tab."""
REOPENED = (*(tab.name for tab in TABS if tab.name not in WITHOUT_TABS), *PART_OF)
"""Views the next start may open on."""


class MainScreen(Screen[None]):
    """A screen that does not draw everything again because the keyboard went elsewhere: the two widgets do that."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._compositor = PartsCompositor()


class ViewSwitcher(ContentSwitcher):
    """The views that were made so far, one of them in front, and the way back from those without tabs. Hiding one and
    showing another draws what there is to draw."""

    current: reactive[str | None] = reactive[str | None](None, init=False, repaint=False)

    def __init__(self) -> None:
        super().__init__(id="views")
        self.made: dict[str, View] = {}
        self.remembered = RememberedScreens()
        """What the views are to be like when they are made."""
        self._trail: list[str] = []
        self.first = ""
        """The view that is mounted with this, if any."""

    def compose(self) -> ComposeResult:
        if self.first:
            yield self._make(self.first)

    @property
    def front(self) -> View | None:
        """The view in front."""
        return None if self.current is None else self.made.get(self.current)

    async def view(self, name: str) -> View:
        """The view of that name, made when it is first wanted."""
        view = self.made.get(name)
        if view is None:
            view = self._make(name)
            await self.add_content(view, id=name)
        return view

    def made_early(self, name: str) -> View:
        """The view of that name, which may still have to be mounted: one that takes events before it is shown."""
        view = self.made.get(name)
        if view is None:
            view = self._make(name)
            self.add_content(view, id=name)
        return view

    def _make(self, name: str) -> View:
        view = self.made[name] = make_view(name)
        view.remembered = self.remembered.of(name)
        return view

    def remember(self) -> None:
        """Has what the views are like now remembered, and which of those with a tab is in front."""
        front = next((name for name in (*self._trail, self.current or "") if name in REOPENED), self.remembered.front)
        self.remembered.remember(
            front, {name: view.to_remember() for name, view in self.made.items() if view.is_mounted}
        )

    def leave_for(self, name: str) -> None:
        """Remembers the way back from ``name`` to what is in front; one with a tab needs none."""
        if name not in WITHOUT_TABS:
            self._trail = []
        elif name in self._trail:
            del self._trail[self._trail.index(name) :]
        elif self.current is not None:
            self._trail.append(self.current)

    @property
    def root(self) -> str:
        """The name of the view whose tab is lit: the one in front, or where the way to it began."""
        current = self.current or ""
        tabs = {tab.name for tab in TABS}
        return next((tab for name in (current, *self._trail) if (tab := PART_OF.get(name, name)) in tabs), current)

    @property
    def trail(self) -> list[str]:
        """The words of the views on the way to the one in front, and of that."""
        words: list[str] = []
        for name in (*self._trail, self.current or ""):
            tab = next((tab.text(None) for tab in TABS if tab.name == name and tab.word), "")
            view = self.made.get(name)
            if view is not None:
                words.append(tab or view.crumb)
                words += [view.place] if view.place and name != self.current else []
        return words

    def pop_history(self) -> str:
        """The name of the view to go back to; it is not one to go back to any more."""
        return self._trail.pop() if self._trail else "torrents"


def make_view(name: str) -> View:
    """The view of that name, imported when it is first wanted."""
    if name == "stats":
        from mediatui.tui.views.stats.view import StatsView

        return StatsView(id=name)
    if name == "problems":
        from mediatui.tui.views.problems.view import ProblemsView

        return ProblemsView(id=name)
    if name == "symlinks":
        from mediatui.tui.views.symlinks.view import SymlinksView

        return SymlinksView(id=name)
    if name == "maintenance":
        from mediatui.tui.views.maintenance.view import MaintenanceView

        return MaintenanceView(id=name)
    if name == "repairing":
        from mediatui.tui.views.maintenance.repairing import RepairView

        return RepairView(id=name)
    if name == "search":
        from mediatui.tui.views.search.view import SearchView

        return SearchView(id=name)
    if name == "transfers":
        from mediatui.tui.views.transfers.view import TransfersView

        return TransfersView(id=name)
    if name == "staging":
        from mediatui.tui.views.transfers.staging import StagingView

        return StagingView(id=name)
    if name == "downloads":
        from mediatui.tui.views.downloads.view import DownloadsView

        return DownloadsView(id=name)
    if name == "scans":
        from mediatui.tui.views.symlinks.scans import ScansView

        return ScansView(id=name)
    if name == "relink":
        from mediatui.tui.views.symlinks.relink import RelinkView

        return RelinkView(id=name)
    if name == "plan":
        from mediatui.tui.views.changes.plan import PlanView

        return PlanView(id=name)
    if name == "journal":
        from mediatui.tui.views.changes.journal import JournalView

        return JournalView(id=name)
    if name == "duplicates":
        from mediatui.tui.views.torrents.duplicates import DuplicatesView

        return DuplicatesView(id=name)
    if name == "files":
        from mediatui.tui.views.torrents.files import FilesView

        return FilesView(id=name)
    if name == "settings":
        from mediatui.tui.views.settings.view import SettingsView

        return SettingsView(id=name)
    if name == "answer":
        from mediatui.tui.views.answer.view import AnswerView

        return AnswerView(id=name)
    if name in ("help", "palette"):
        from mediatui.tui.views.help.palette import PaletteView

        return PaletteView(id=name)
    if name == "manual":
        from mediatui.tui.views.help.manual import ManualView

        return ManualView(id=name)
    if name == "welcome":
        from mediatui.tui.views.settings.welcome import WelcomeView

        return WelcomeView(id=name)
    if name == "activity":
        from mediatui.tui.views.log.view import ActivityView

        return ActivityView(id=name)
    return TorrentsView(id=name)
