"""The one line at the bottom where things are typed, asked and said."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from mediatui.model.text import printable
from mediatui.tui.widgets.completion import Complete, Completing
from mediatui.tui.widgets.fault import Fault
from mediatui.tui.widgets.history import History
from mediatui.tui.widgets.lines import Part, pairs
from mediatui.tui.widgets.menu import Choice, Extra, Menu, Suggestions
from mediatui.tui.widgets.message_line import MessageLine, Whole, signed
from mediatui.tui.widgets.prompt_input import Confirm, Listener, PromptInput

FOUND_CELLS = 25
"""How many cells are kept for how much a filter finds; a longer text takes more."""
LONGEST = 20_000
"""How many characters an input takes; a magnet with all its trackers has a quarter of them."""
TYPED_ABOVE = 50
"""From so many items on a confirmation wants the number typed."""
UNREMEMBERED = ("number", "secret", "palette")
"""Modes without a history: an answer or a choice is not typed again, and a secret is never shown."""
REST_S = 0.7
"""How long nothing is typed before what is wrong with a text is said."""


class Prompt(Horizontal):
    """One row. Modes: a message, an input with a sign before it (``/`` filter, ``:`` command, or a question), a menu, a
    yes or no; what needs more rows lies over the page."""

    class Closed(Message):
        """An input was left."""

        def __init__(self, mode: str) -> None:
            super().__init__()
            self.mode = mode

    def __init__(self, listener: Listener) -> None:
        super().__init__(id="prompt")
        self._listener = listener
        self._message = MessageLine(listener.message_cut, id="prompt-message")
        self._right = Static("", id="prompt-right", markup=False)
        self._question = Static("", id="prompt-question", markup=False)
        self._sign = Static("", id="prompt-sign", markup=False)
        self._input = PromptInput(compact=True, select_on_focus=False, max_length=LONGEST, id="prompt-input")
        self._input.cursor_blink = False
        self._confirm = Confirm(self._answered, id="prompt-confirm")
        self.menu = Menu(self._menu_answered)
        self._suggestions = Suggestions(self._take_fitting)
        self._fault = Fault()
        self.overlays = (self._question, self._confirm, self._fault, self._suggestions, self.menu)
        """What lies over the lines above this one, so that nothing there moves."""
        self._then: Callable[[], None] | None = None
        self._take: Callable[[str], None] | None = None
        self._left: Callable[[], None] | None = None
        self._instead: Mapping[str, Callable[[], None]] = {}
        self._moves: Callable[[int], None] | None = None
        self._wanted = ""
        self._before: Widget | None = None
        self._history = History()
        self._reported = ""
        self._wrong = ""
        self._completing: Completing | None = None
        self._keys: Mapping[str, Callable[[str], None]] = {}
        self._note = ""
        self._stays = False
        self._waiting: Callable[[], None] | None = None
        self.mode = ""
        self.hint: Sequence[Part] = ()
        """What can be typed or answered, for the line of keys while something is asked."""

    def compose(self) -> ComposeResult:
        yield self._sign
        yield self._input
        yield self._message
        yield self._right

    def on_mount(self) -> None:
        self._fault.display = self._suggestions.display = False
        self._show_mode("")

    def _show_mode(self, mode: str) -> None:
        self.mode = mode
        typing = mode not in ("", "confirm", "menu")
        self._sign.display = self._input.display = typing
        self._confirm.display = mode == "confirm"
        self.menu.display = mode == "menu"
        self._question.display = mode == "number"
        self._input.set_class(mode == "number", "-number")
        self._message.display = mode in ("", "menu")
        self._right.display = mode in ("", "menu", "filter")
        self._show_right(" " * FOUND_CELLS if mode == "filter" else self._note)

    def say(self, text: str, severity: str = "info", whole: Whole = "nowhere") -> None:
        """Shows a message, cut to one row, which stays until something else is said or done; ``whole`` says where else
        it stands, else it goes to the log if it is cut. Nothing is drawn when it is the same."""
        self._stays = bool(text)
        self._message.say(text, severity, whole)

    def show_whole(self, text: str) -> None:
        """Shows a text over the page, however long, until a key is pressed."""
        self.say("")
        self._fault.put(printable(text, empty=""))

    def key_pressed(self) -> None:
        """Takes a text away that was shown over the page."""
        if not self.mode:
            self._fault.hide()

    def say_of_row(self, text: str) -> None:
        """Shows what there is to know of the row under the cursor, unless a message stands there that is to stay."""
        if not self._stays:
            self.say(text, whole="details")
            self._stays = False

    @property
    def stays(self) -> bool:
        """Whether there is a message that what is known of a row does not replace."""
        return self._stays

    def let_go(self) -> None:
        """Something is done: the message was read, and may be replaced."""
        self._stays = False

    def set_right(self, text: str) -> None:
        """The note at the right end, such as how much is marked."""
        self._note = text
        if self.mode != "filter":
            self._show_right(text)

    def say_found(self, text: str) -> None:
        """How much a filter finds, while it is typed: in a place of one width, so that no letter lays out the line."""
        if self.mode == "filter":
            self._show_right(text.rjust(FOUND_CELLS))

    def _show_right(self, text: str) -> None:
        before = str(self._right.content)
        if text != before:
            self._right.update(text, layout=cell_len(text) != cell_len(before))

    def open(
        self,
        mode: str,
        sign: str,
        text: str = "",
        hint: Sequence[Part] = (),
        moves: Callable[[int], None] | None = None,
        complete: Complete | None = None,
        keys: Mapping[str, Callable[[str], None]] | None = None,
        listed: bool = False,
    ) -> None:
        """Opens an input; ``sign`` stands before it, ``hint`` in place of the keys below it. Up and down walk what was
        entered before, or call ``moves``; tab takes what ``complete`` says would fit, which is ``listed`` while one
        types or once tab was pressed; ``keys`` (ctrl+s, ctrl+o) are called with what is typed."""
        self._remember_focus()
        self.hint, self._moves, self._keys = hint, moves, keys or {}
        self._completing = None if complete is None else Completing(complete, listed=listed)
        self._sign.update(sign)
        self._show_mode(mode)
        self._input.password = mode == "secret"
        with self._input.prevent(Input.Changed):
            self._input.value = text
        self._reported = text
        self._input.cursor_position = len(text)
        self._history.begin(mode)
        self._list_fitting()
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
        change: Callable[[], None] | None = None,
        at_once: bool = False,
    ) -> None:
        """Asks for a yes, or for the number to be typed when it is about many (``typed``: always), or for ``word``.
        In place of an answer ``show`` shows what it is about, and ``change`` changes it. While something else is typed
        or asked the question waits, unless it is asked ``at_once``: what is typed already is no answer to it."""
        if self.mode and not at_once:
            again = functools.partial(self.ask, question, then, count, typed=typed, word=word)
            self._waiting = functools.partial(again, show=show, change=change)
            return
        self._remember_focus()
        self._then, self._wanted = then, word or str(count)
        self._instead = {key: act for key, act in (("p", show), ("tab", change)) if act is not None}
        look = [("p", "plan")] if show is not None else []
        if typed or word or count > TYPED_ABOVE:
            self._question.update(printable(question))
            looks = [(f"{key} enter", about) for key, about in look]
            hint = pairs((f"{self._wanted} enter", "yes"), *looks, ("esc", "no"))
            self.open("number", f"Type {self._wanted}{', p to look' if show is not None else ' to go on'}: ", hint=hint)
            return
        self.hint = pairs(("y", "yes"), ("n", "no"), *look, *([("tab", "change")] if change is not None else []))
        self._confirm.put(f"{printable(question)} [y/N{'' if show is None else '/p'}]")
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
        if name is not None and extra is not None:
            extra.act(name)
        elif name is not None and take is not None:
            take(name)

    def close(self) -> None:
        """Back to the message, and the keyboard to where it was."""
        mode, self.mode = self.mode, ""
        left, self._left = self._left, None
        if left is not None:
            left()
        self.hint, self._completing, self._keys, self._wrong = (), None, {}, ""
        self._fault.hide()
        self._suggestions.display = False
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
        if self._completing is not None and (by < 0 or self._history.is_at_end):
            walked = self._completing.walk(self._input.value, by)
            if walked is not None:
                self._put(walked)
                return
        earlier = self._history.walk(by)
        if earlier is not None:
            self._input.value = earlier
            self._input.cursor_position = len(earlier)

    def complete(self, by: int) -> bool:
        """Completes what stands before the cursor, and shows what fits; False where nothing completes it."""
        completing, field = self._completing, self._input
        if completing is None:
            return False
        at = field.cursor_position
        self._put(completing.step(field.value[:at], by), field.value[at:])
        if completing.listed and not completing.found:  # the word is whole: what may follow it
            self._list_fitting()
        return True

    def _put(self, before: str, after: str = "") -> None:
        """Puts a text into the field that was completed, or walked to, and shows what else would fit."""
        self._input.value = before + after
        self._input.cursor_position = len(before)
        self._report_change(self._input.value, completed=True)
        self._show_fitting()

    def _list_fitting(self) -> None:
        """Finds what fits the text, and shows it if it is listed without being asked for."""
        if self._completing is not None and self._completing.typed(self._input.value):
            self._show_fitting()

    def _show_fitting(self) -> None:
        if self._completing is not None:
            found = [Choice("", one.word, one.note) for one in self._completing.found]
            self._suggestions.show(found, self._completing.at, few=self._completing.listed)

    def _take_fitting(self, at: int) -> None:
        if self._completing is not None:
            self._put(self._completing.take(at))

    def use_key(self, key: str) -> None:
        """Does what a key is for while this is typed."""
        if key in self._keys:
            self._keys[key](self._input.value)

    def on_input_changed(self, message: Input.Changed) -> None:
        message.stop()
        self._report_change(message.value)

    def _report_change(self, text: str, *, completed: bool = False) -> None:
        if not self.mode or text == self._reported:
            return
        self._reported = text
        self._fault.hide()
        if not completed:
            self._list_fitting()
        self._wrong = self._listener.prompt_typed(self.mode, text)
        if self._wrong and not completed:
            self._fault.put_later(REST_S, self._show_fault)

    def _show_fault(self) -> None:
        """Says what is wrong with the text, over the whole width of the page."""
        if self._wrong and not self._suggestions.display:
            self.refuse(self._wrong)

    def refuse(self, why: str) -> None:
        """Says why what was wanted of the text cannot be; it stays to be corrected."""
        self._fault.put(signed(why, "error"))

    def leave(self) -> None:
        """Takes nothing of what is typed."""
        if self._suggestions.display and self._completing is not None and not self._completing.listed:
            self._suggestions.display = False
            return
        asked = self.mode == "number"
        self._listener.prompt_left(self.mode)
        self.close()
        if asked:
            self._answer(False)

    async def submit(self, text: str) -> None:
        """What was typed was entered; a text with something wrong stays to be corrected."""
        mode = self.mode
        self._report_change(text)
        if self._wrong:
            self._suggestions.display = False
            self._show_fault()
            return
        if text and mode not in UNREMEMBERED:
            self._history.add(mode, text)
        self.close()
        if mode == "number" and (instead := self._instead.get(text.strip().lower())) is not None:
            instead()
        elif mode == "number":
            self._answer(text.strip() == self._wanted)
        else:
            await self._listener.prompt_entered(mode, text)

    def _answered(self, key: str) -> None:
        self.close()
        if (instead := self._instead.get(key.lower())) is not None:
            instead()
        else:
            self._answer(key in ("y", "Y"))

    def _answer(self, yes: bool) -> None:
        then, self._then = self._then, None
        if yes and then is not None:
            then()
        else:
            self.say("Nothing was done.")
