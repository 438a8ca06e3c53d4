"""The fields of the prompt: one to type in, and one that takes a yes."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Protocol, runtime_checkable

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static


class Listener(Protocol):
    """What is called with what is typed, at once: a message would come behind the keys that are already waiting."""

    def prompt_typed(self, mode: str, text: str) -> str:
        """The text of an input changed. Returns what is wrong with it (empty: nothing): such a text is not entered."""
        ...

    def message_cut(self, severity: str, text: str) -> None:
        """A message that stands nowhere else is too long for its line."""

    def prompt_left(self, mode: str) -> None:
        """An input was left, and is about to be closed; nothing was entered."""
        ...

    async def prompt_entered(self, mode: str, text: str) -> None:
        """An input was entered and is closed."""
        ...


@runtime_checkable
class Typing(Protocol):
    """What a field belongs to: the prompt."""

    async def submit(self, text: str) -> None:
        """What was typed was entered."""

    def leave(self) -> None:
        """The field was left."""

    def walk_history(self, by: int) -> None:
        """Something typed before is wanted."""

    def complete(self, by: int) -> bool:
        """Completes what is typed; whether that was for it to do."""

    def use_key(self, key: str) -> None:
        """A key that is only for what is typed now."""


class PromptInput(Input):
    """The text field: enter and escape belong to the prompt, up and down walk its history, tab completes and never
    leaves the field."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "enter"),
        Binding("escape", "leave", "back"),
        Binding("up", "history(-1)", "earlier"),
        Binding("down", "history(1)", show=False),
        Binding("tab", "complete(1)", "complete"),
        Binding("shift+tab", "complete(-1)", show=False),
        Binding("ctrl+s", "use_key('ctrl+s')", show=False),
        Binding("ctrl+o", "use_key('ctrl+o')", show=False),
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

    def action_complete(self, by: int) -> None:
        if isinstance(self.parent, Typing) and not self.parent.complete(by):
            self.action_end()
            self.action_cursor_right()

    async def action_submit(self) -> None:
        if isinstance(self.parent, Typing):
            await self.parent.submit(self.value)

    def action_delete_left(self) -> None:
        if self.value:
            super().action_delete_left()
        else:
            self.action_leave()

    def action_leave(self) -> None:
        if isinstance(self.parent, Typing):
            self.parent.leave()

    def action_history(self, by: int) -> None:
        if isinstance(self.parent, Typing):
            self.parent.walk_history(by)

    def action_use_key(self, key: str) -> None:
        if isinstance(self.parent, Typing):
            self.parent.use_key(key)


class Confirm(Static, can_focus=True):
    """A question answered by one key. Keys typed before it was on the screen are no answer."""

    def __init__(self, answer: Callable[[str], None], *, id: str) -> None:  # noqa: A002 - Textual's own name
        """``answer`` is called with the key."""
        super().__init__("", id=id, markup=False)
        self._answer = answer
        self.seen = False

    def put(self, question: str) -> None:
        """Asks; answers count from when it was drawn."""
        self.seen = False
        self.update(Content(question))
        self.call_after_refresh(self._drawn)

    def _drawn(self) -> None:
        self.seen = True

    def press(self, event: events.Key) -> None:
        """Takes a key, at once: the next one is for what has the keyboard then."""
        event.stop()
        event.prevent_default()
        if self.seen:
            self._answer(event.key)
