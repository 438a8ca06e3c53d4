"""The frame: tabs, the view in front, the line of keys; which view is in front and what has the keyboard."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, cast

from textual import events
from textual.widget import Widget
from textual.widgets import Input

from mediatui.tui.colour_depth import ColouredApp
from mediatui.tui.keys import Keys, pressed
from mediatui.tui.switcher import TABS, MainScreen, ViewSwitcher
from mediatui.tui.view import HasWorkers, View
from mediatui.tui.widgets.keys_line import KeyHint, KeysLine
from mediatui.tui.widgets.lines import Part
from mediatui.tui.widgets.prompt import Prompt
from mediatui.tui.widgets.prompt_input import PromptInput
from mediatui.tui.widgets.row_list import MOVES
from mediatui.tui.widgets.tabs import Tabs
from mediatui.tui.widgets.trail_line import TrailLine

if TYPE_CHECKING:
    from mediatui.tui.views.help.offers import Group

PALETTES = ("help", "palette")
"""The views that list commands."""
SMALLEST = (60, 15)
"""Columns and rows below which the screen only says that it is too small."""


class Frame(HasWorkers, ColouredApp):
    """An app that shows one view at a time between its tabs and its keys."""

    prompt: Prompt
    """The message line, of the app that this is the frame of."""

    def __init__(self) -> None:
        super().__init__()
        self.keys = Keys(self)
        self._tabs = Tabs(TABS)
        self._switcher = ViewSwitcher()
        self._keys = KeysLine()
        self._focused_before: Widget | None = None

    def get_default_screen(self) -> MainScreen:
        """The one screen there is."""
        return MainScreen(id="_default")

    # Views

    async def show_view(self, name: str, *, load: bool = True) -> View:
        """The view of that name, made when it is first wanted; in front unless ``load`` is false."""
        return await self._switch(name) if load else await self._switcher.view(name)

    async def _switch(self, name: str) -> View:
        view = await self._switcher.view(name)
        self.prompt.set_right("")
        with self.batch_update():  # one frame, not one for each line that changes
            self._switcher.current = name
            await view.on_front()
            for line in view.query(TrailLine):
                line.show_trail()
            self._show_tabs()
            self.show_keys()
            self._tabs.join_frame()
            self._keys.join_frame()
        return view

    @property
    def trail(self) -> list[str]:
        """The words of the screens on the way to the one in front, and of that (``widgets.trail_line``)."""
        return self._switcher.trail

    @property
    def view(self) -> View | None:
        """The view in front."""
        return self._switcher.front

    async def action_view(self, name: str) -> None:
        """Goes to a view."""
        await self.open_view(name)

    def _only_moves(self, key: str) -> bool:
        """Whether a key does nothing but move a cursor, or nothing at all."""
        found = self.screen.active_bindings.get(key)
        return found is None or found.binding.action.partition("(")[0] in MOVES

    async def open_view(self, name: str, *, again: bool = False) -> None:
        """Goes to a view; to the one in front only when it has something else to show (``again``)."""
        if self._switcher.current == name:
            if again:
                await self._switch(name)
            return
        self._switcher.leave_for(name)
        if self.prompt.mode:  # what is typed or asked there is not for the view that comes
            self.prompt.close()
        self.prompt.say("")
        await self._switch(name)

    async def go_back(self) -> None:
        """Back to the view before this one without a tab."""
        await self._switch(self._switcher.pop_history())

    async def action_help(self) -> None:
        await self.open_help()

    async def open_help(self) -> None:
        """Offers what can be done where one is."""
        from mediatui.tui.views.help.offers import here

        if self.view is not None:
            groups = here(self.keys, self, self.view, self.focused, self.open_manual)
            await self._offer("help", groups, self.elsewhere())

    def elsewhere(self) -> list[Group]:
        """What can be done wherever one is, besides the keys."""
        return []

    async def _offer(self, name: str, groups: Sequence[Group], elsewhere: Sequence[Group] = ()) -> None:
        """Lists commands in place of the view in front, until one is done; those ``elsewhere`` once they are typed."""
        from mediatui.tui.views.help.palette import PaletteView

        if not isinstance(self.view, PaletteView):
            await self.open_view(name)
            cast(PaletteView, self.view).offer("find: ", groups, elsewhere)

    async def open_manual(self) -> None:
        """Shows what there is to read."""
        from mediatui.tui.command_line import described
        from mediatui.tui.views.help.manual import ManualView

        came_from = self.view
        if came_from is not None:
            await self.open_view("manual")
            cast(ManualView, self.view).describe(came_from.NAME, came_from.HELP, described())

    # Around the view

    def show_tab_count(self, name: str, count: int) -> None:
        """Shows a live count beside the tab of a view."""
        if self._tabs.count(name, count):
            self._show_tabs()

    def _show_tabs(self) -> None:
        self._tabs.show(self._switcher.root, self.size.width)

    async def on_tabs_chosen(self, message: Tabs.Chosen) -> None:
        message.stop()
        if message.name == "help":
            await self.open_help()
        else:
            await self.open_view(message.name)

    def show_keys(self) -> None:
        """The keys line, from the bindings of the view in front and of the app; what can be typed while one types."""
        width = self.size.width - 2
        if self.prompt.hint:
            self._keys.show([*self._answers(self.prompt.hint)], None, width)
            return
        focused = self.screen.focused
        others = () if isinstance(focused, PromptInput) else (self.view, self)
        sources = [widget for widget in (focused, *others) if widget is not None]
        typing = isinstance(focused, Input)
        view = None if typing else self.view
        first, words = ((), {}) if view is None else (view.first_keys, view.key_words)
        hints, pinned = self.keys.hints(sources, first, words, typing=typing)
        self._keys.show(hints, pinned, width)

    def _answers(self, parts: Sequence[Part]) -> Iterator[KeyHint]:
        """What can be answered to a question, from its keys and their words; a click presses the key."""
        for (key, _), (word, _) in zip(parts[::2], parts[1::2], strict=False):
            yield KeyHint(key, word.strip(), functools.partial(self._press, pressed(key)) if pressed(key) else None)

    def _press(self, key: str) -> None:
        """As if the key had been pressed."""
        self.post_message(events.Key(key, key if len(key) == 1 else None))

    def on_descendant_focus(self) -> None:
        if self.screen_stack:  # the last ones come when the app has ended
            self.prompt.focus_moved()
            self.show_keys()

    # The keyboard

    def on_resize(self, event: events.Resize) -> None:
        small = event.size.width < SMALLEST[0] or event.size.height < SMALLEST[1]
        if small and not self.screen.has_class("-small"):
            self._focused_before = self.focused  # what is hidden loses the keyboard
        self.screen.set_class(small, "-small")
        self.call_after_refresh(self._take_keyboard)
        self.call_after_refresh(self.show_keys)
        self.call_after_refresh(self._show_tabs)

    async def _take_keyboard(self) -> None:
        """Gives the keyboard to the view in front when nothing has it, as after a terminal was too small."""
        if self.focused is not None or self.view is None or self.screen.has_class("-small"):
            return
        before, self._focused_before = self._focused_before, None
        if before is not None and before.is_attached and self.view in before.ancestors and before.focusable:
            self.screen.set_focus(before, scroll_visible=False)
        else:
            await self.view.on_front()
