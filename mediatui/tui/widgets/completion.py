"""Completing what is typed: what fits, the beginning it all has in common, and walking it with tab."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mediatui.model.completion import Completion

Complete = Callable[[str], Sequence[Completion]]
"""What fits behind a text, called with what stands before the cursor."""


class Completing:
    """One input's completion. ``found`` is what fits, ``at`` the one that was taken of it (-1: none yet). With
    ``listed`` what fits is found for each text, not only when one asks for it."""

    def __init__(self, complete: Complete, *, listed: bool = False) -> None:
        self._complete = complete
        self._made: str | None = None
        self._typed = ""
        self.listed = listed
        self.found: Sequence[Completion] = ()
        self.at = -1

    def step(self, text: str, by: int) -> str:
        """The text after one press of tab (``by`` 1) or shift+tab (-1): as far as all that fits agrees; where that is
        no further, each in turn."""
        if self._made is None or text != self._made or not self.found:
            begun = self._begin(text)
            if not self.listed or begun != text or not self.found:
                return begun
        self.at = (max(self.at, 0) + by if self.at >= 0 else 0 if by > 0 else -1) % len(self.found)
        self._made = self.found[self.at].text
        return self._made

    def walk(self, text: str, by: int) -> str | None:
        """The text when one goes up or down in what is listed; above the first is what was typed. None where that is no
        way to go."""
        if not self.listed or not self.found or (self.at < 0 and by < 0):
            return None
        if self.at < 0:
            self._typed = text
        self.at = min(self.at + by, len(self.found) - 1)
        self._made = self._typed if self.at < 0 else self.found[self.at].text
        return self._made

    def take(self, at: int) -> str:
        """The text with one of what is found."""
        self.at, self._made = at, self.found[at].text
        return self.found[at].text

    def _begin(self, text: str) -> str:
        self.at = -1
        found = self._complete(text)
        common = common_beginning([one.text for one in found])
        self._made = common if common.startswith(text) else text
        self.found = () if len(found) == 1 else found
        return found[0].text if len(found) == 1 else self._made

    def typed(self, text: str) -> bool:
        """Begins anew with what is typed now; whether what is to be seen changed."""
        seen, self.found, self.at, self._made = bool(self.found), (), -1, None
        if self.listed:
            self.found = self._complete(text)
        return seen or bool(self.found)


def common_beginning(texts: Sequence[str]) -> str:
    """What all of these texts begin with."""
    low, high = min(texts, default=""), max(texts, default="")
    at = next((at for at, (one, other) in enumerate(zip(low, high, strict=False)) if one != other), len(low))
    return low[:at]
