"""How a text that is being typed could go on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Completion:
    """One way: the whole text then, the word that would be new, and what is said of it."""

    text: str
    word: str
    note: str = ""
