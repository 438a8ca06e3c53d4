"""The one line at the bottom where things are typed, asked and said."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Protocol

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.suggester import Suggester
from textual.widget import Widget
from textual.widgets import Input, Static

from mediatui.model.text import printable
from mediatui.tui.hints import with_keys
from mediatui.tui.widgets.lines import Part, pairs
from mediatui.tui.widgets.menu import Choice, Extra, Menu

LONGEST = 20_000
"""How many characters an input takes; a magnet with all its trackers has a quarter of them."""
TYPED_ABOVE = 50
"""From so many items on a confirmation wants the number typed."""
UNREMEMBERED = ("number", "secret", "palette")
"""Modes without a history: an answer or a choice is not typed again, and a secret is never shown."""
SIGNS = {"info": "", "warning": "! ", "error": "✗ "}
COLOURS = {"info": "", "warning": "$attention", "error": "$broken"}


class PromptInput(Input):
    """The text field: enter and escape belong to the prompt, up and down walk its history, tab takes what is
    suggested and never leaves the field."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "enter"),
        Binding("escape", "leave", "back"),
        Binding("up", "history(-1)", "earlier"),
        Binding("down", "history(1)", show=False),
        Binding("tab,shift+tab", "complete", "complete"),
    ]

    def takes(self, event: events.Key) -> bool:
        """Puts what was typed in at once; whether it was a letter."""
        if event.is_printable and event.character is not None:
            if self.selection.is_empty:
                self.insert_text_at_cursor(event.character)
            else:
                self.replace(event.character, *self.selection)
        return event.is_printable

    def take_paste(self, event: events.Paste) -> None:
        """Puts the first line of what was pasted in at once: keys that follow must find it there."""
        for line in event.text.splitlines()[:1]:
            if self.selection.is_empty:
                self.insert_text_at_cursor(line)
            else:
                self.replace(line, *self.selection)

    def action_complete(self) -> None:
        self.action_end()
        self.action_cursor_right()

    async def action_submit(self) -> None:
        if isinstance(self.parent, Prompt):
            await self.parent.submit(self.value)

    def action_delete_left(self) -> None:
        if self.value:
            super().action_delete_left()
        else:
            self.action_leave()

    def action_leave(self) -> None:
        if isinstance(self.parent, Prompt):
            self.parent.close()

    def action_history(self, by: int) -> None:
        if isinstance(self.parent, Prompt):
            self.parent.walk_history(by)


class Confirm(Static, can_focus=True):
    """A question answered by one key: ``y``, ``p`` to see first what it is about, or anything else for no. Keys typed
    before it was on the screen are no answer."""

    class Answered(Message):
        """The answer; with ``show`` a person wants to see first what it is about."""

        def __init__(self, yes: bool, show: bool = False) -> None:
            super().__init__()
            self.yes = yes
            self.show = show

    seen = False

    def put(self, question: str) -> None:
        """Asks; answers count from when it was drawn."""
        self.seen = False
        self.update(Content(question))
        self.call_after_refresh(self._drawn)

    def _drawn(self) -> None:
        self.seen = True

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        if self.seen:
            self.post_message(self.Answered(event.key in ("y", "Y"), event.key in ("p", "P")))


class Listener(Protocol):
    """What is called with what is typed, at once: a message would come behind the keys that are already waiting."""

    def prompt_typed(self, mode: str, text: str) -> None:
        """The text of an input changed."""
        ...

    async def prompt_entered(self, mode: str, text: str) -> None:
        """An input was entered and is closed."""
        ...


class Prompt(Horizontal):
    """Modes: a message, an input with a sign before it (``/`` filter, ``:`` command, or a question), a menu, a yes or
    no."""

    class Closed(Message):
        """An input was left."""

        def __init__(self, mode: str) -> None:
            super().__init__()
            self.mode = mode

    def __init__(self, listener: Listener) -> None:
        super().__init__(id="prompt")
        self._listener = listener
        self._message = Static("", id="prompt-message", markup=False)
        self._right = Static("", id="prompt-right", markup=False)
        self._question = Static("", id="prompt-question", markup=False)
        self._sign = Static("", id="prompt-sign", markup=False)
        self._input = PromptInput(compact=True, select_on_focus=False, max_length=LONGEST, id="prompt-input")
        self._input.cursor_blink = False
        self._confirm = Confirm("", id="prompt-confirm", markup=False)
        self.menu = Menu(self._menu_answered)
        """Lies over this line and those above it."""
        self._then: Callable[[], None] | None = None
        self._take: Callable[[str], None] | None = None
        self._left: Callable[[], None] | None = None
        self._preview: Callable[[], None] | None = None
        self._moves: Callable[[int], None] | None = None
        self._wanted = ""
        self._before: Widget | None = None
        self._history: dict[str, list[str]] = {}
        self._history_at = 0
        self._reported = ""
        self._waiting: Callable[[], None] | None = None
        self.mode = ""
        self.hint: Sequence[Part] = ()
        """What can be typed or answered, for the line of keys while something is asked."""

    def compose(self) -> ComposeResult:
        yield self._question
        yield self._sign
        yield self._input
        yield self._confirm
        yield self._message
        yield self._right

    def on_mount(self) -> None:
        self._show_mode("")

    def _show_mode(self, mode: str) -> None:
        self.mode = mode
        typing = mode not in ("", "confirm", "menu")
        self._sign.display = self._input.display = typing
        self._confirm.display = mode == "confirm"
        self.menu.display = mode == "menu"
        self._question.display = mode == "number"
        self._input.set_class(mode == "number", "-number")
        self._message.display = self._right.display = mode in ("", "menu")

    def say(self, text: str, severity: str = "info") -> None:
        """Shows a message; nothing is drawn when it is the same."""
        if self.mode == "filter":
            self._message.display = True  # what it finds, or why it finds nothing
        content = Content.styled(SIGNS[severity] + printable(with_keys(text), empty=""), COLOURS[severity])
        if content != self._message.content:
            self._message.update(content)

    def set_right(self, text: str) -> None:
        """The note at the right end, such as how much is marked."""
        if text != str(self._right.content):
            self._right.update(text)

    def open(
        self,
        mode: str,
        sign: str,
        text: str = "",
        suggester: Suggester | None = None,
        hint: Sequence[Part] = (),
        moves: Callable[[int], None] | None = None,
    ) -> None:
        """Opens an input; ``sign`` stands before it, ``hint`` in place of the keys below it. Up and down walk what was
        entered before, or call ``moves``."""
        self._remember_focus()
        self.hint = hint
        self._moves = moves
        self._sign.update(sign)
        self._show_mode(mode)
        self._input.suggester = suggester
        self._input.password = mode == "secret"
        with self._input.prevent(Input.Changed):
            self._input.value = text
        self._reported = text
        self._input.cursor_position = len(text)
        self._history_at = len(self._history.get(mode, ()))
        self.screen.set_focus(self._input, scroll_visible=False)

    def ask(
        self,
        question: str,
        then: Callable[[], None],
        count: int,
        *,
        typed: bool = False,
        word: str = "",
        show: Callable[[], None] | None = None,
        at_once: bool = False,
    ) -> None:
        """Asks for a yes, or for the number to be typed when it is about many (``typed``: always), or for ``word``.
        ``show`` shows what it is about, in place of an answer. While something else is typed or asked the question
        waits, unless it is to be asked ``at_once``: what is typed already is no answer to it."""
        if self.mode and not at_once:
            self._waiting = functools.partial(self.ask, question, then, count, typed=typed, word=word, show=show)
            return
        self._remember_focus()
        self._then, self._wanted, self._preview = then, word or str(count), show
        look = [("p", "plan")] if show is not None else []
        if typed or word or count > TYPED_ABOVE:
            self._question.update(printable(question))
            looks = [(f"{key} enter", about) for key, about in look]
            hint = pairs((f"{self._wanted} enter", "yes"), *looks, ("esc", "no"))
            self.open("number", f"Type {self._wanted}{', p to look' if show is not None else ' to go on'}: ", hint=hint)
            return
        self.hint = pairs(("y", "yes"), ("n", "no"), *look)
        keys = "[y/N/p: look]" if show is not None else "[y/N]"
        self._confirm.put(f"{printable(question)} {keys}")
        self._show_mode("confirm")
        self.screen.set_focus(self._confirm, scroll_visible=False)

    def choose(
        self,
        title: str,
        choices: Sequence[Choice],
        then: Callable[[str], None],
        *,
        at: str = "",
        extras: Sequence[Extra] = (),
        moved: Callable[[str], None] | None = None,
    ) -> None:
        """Opens a menu of one key; ``then`` is called with the name of what was taken. The cursor begins on the choice
        that is taken as ``at``; ``extras`` are keys that do something else with the choice under the cursor, ``moved``
        is called with each the cursor comes to, and with ``at`` when none is taken."""
        self._remember_focus()
        self._take = then
        self._left = None if moved is None else functools.partial(moved, at)
        self.menu.offer(title, choices, at=at, extras=extras, moved=moved)
        self.hint = self.menu.keys
        self._show_mode("menu")
        self.screen.set_focus(self.menu, scroll_visible=False)

    def note_choices(self, title: str, notes: Mapping[str, str]) -> None:
        """Says more of the choices of these names, if the menu of this title is open."""
        if self.mode == "menu" and self.menu.title == title:
            self.menu.note(notes)

    def _menu_answered(self, name: str | None, extra: Extra | None) -> None:
        take, self._take = self._take, None
        if name is not None:
            self._left = None
        self.close()
        if name is None:
            return
        if extra is not None:
            extra.act(name)
        elif take is not None:
            take(name)

    def close(self) -> None:
        """Back to the message, and the keyboard to where it was."""
        mode, self.mode = self.mode, ""
        left, self._left = self._left, None
        if left is not None:
            left()
        self.hint = ()
        self._show_mode("")
        before = self._before if self._before is not None and self._before.is_attached else None
        self.screen.set_focus(before, scroll_visible=False)
        self._before = None
        if mode:
            self.post_message(self.Closed(mode))

    def focus_moved(self) -> None:
        """Takes back a menu or a question that has lost the keyboard, as by a click behind it: its keys would act
        there."""
        focused = self.screen.focused
        if self.mode in ("menu", "confirm") and focused not in (None, self.menu, self._confirm):
            self._before = focused
            self.close()

    def ask_waiting(self) -> None:
        """Asks what came up while something else was typed or asked."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting()

    def _remember_focus(self) -> None:
        focused = self.screen.focused
        if focused is not None and focused not in (self._input, self._confirm, self.menu):
            self._before = focused

    def walk_history(self, by: int) -> None:
        """Puts an earlier or later entry of this mode into the input."""
        if self._moves is not None:
            self._moves(by)
            return
        entries = self._history.get(self.mode, [])
        if not entries:
            return
        self._history_at = max(0, min(len(entries), self._history_at + by))
        self._input.value = entries[self._history_at] if self._history_at < len(entries) else ""
        self._input.cursor_position = len(self._input.value)

    def on_input_changed(self, message: Input.Changed) -> None:
        message.stop()
        self._report_change(message.value)

    def _report_change(self, text: str) -> None:
        if self.mode and text != self._reported:
            self._reported = text
            self._listener.prompt_typed(self.mode, text)

    async def submit(self, text: str) -> None:
        """What was typed was entered."""
        mode = self.mode
        self._report_change(text)
        if text and mode not in UNREMEMBERED:
            entries = self._history.setdefault(mode, [])
            entries[:] = [*[entry for entry in entries if entry != text][-99:], text]
        self.close()
        if mode == "number" and self._preview is not None and text.strip() in ("p", "P"):
            self._preview()
        elif mode == "number":
            self._answer(text.strip() == self._wanted)
        else:
            await self._listener.prompt_entered(mode, text)

    def on_confirm_answered(self, message: Confirm.Answered) -> None:
        message.stop()
        self.close()
        if message.show and self._preview is not None:
            self._preview()
        else:
            self._answer(message.yes)

    def _answer(self, yes: bool) -> None:
        then, self._then = self._then, None
        if yes and then is not None:
            then()
        else:
            self.say("Nothing was done.")
