"""What a service would not import a file for by itself, and what a person, or time, can do about it. A command does not
judge again: what is overridden is imported.

Their texts differ by version, so a rule holds words of them, punctuation and capitals aside.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from mediatui.model.text import fold

Kind = Literal["worse", "sample", "space", "pack", "map", "later", "soon", "never", "other", "shared"]
"""Worse than what is there; a sample; no room; what the pack's name says is another; to be mapped first; asked again
daily, or within minutes; never to be imported; anything else; what is there holds more episodes, which we see to
ourselves: both may come together."""
_RULES: Final[Sequence[tuple[Kind, Sequence[str]]]] = (
    ("never", ("dangerous", "executable", "archive file", "extras are not supported")),
    ("later", ("does not have a title", "tba title", "absolute episode number and recently", "recently aired")),
    ("soon", ("still being unpacked", "locked by another", "file is locked", "unexpected error")),
    ("shared", ("contains more episodes than this file",)),
    ("worse", ("not an upgrade", "not a quality revision", "not a custom format", "already imported")),
    ("sample", ("sample", "no audio")),
    ("space", ("free space",)),
    ("map", ("unknown series", "unknown movie", "invalid season or episode", "episodes not selected", "unable to parse",
             "contains all episodes", "split into multiple files", "multi part")),
    ("pack", ("unexpected considering", "not found in the grabbed release", "season pack", "full season")),
)  # fmt: skip
OVERRIDABLE: Final = frozenset[Kind](("worse", "sample", "space", "pack", "later", "other"))
"""What a person may import all the same."""
DAY_S: Final = 86_400.0
DAYS: Final = 7
SOON_S: Final = (60.0, 300.0, 900.0)
"""So long after one another what is still being unpacked is asked again."""


def kind_of(text: str) -> Kind:
    """What kind of rejection a text is."""
    folded = " ".join("".join(letter if letter.isalnum() else " " for letter in fold(text)).split())
    return next((kind for kind, words in _RULES if any(word in folded for word in words)), "other")


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why a file is not imported by itself: the worst of its rejections, its text, and what is known beside it."""

    kind: Kind
    text: str
    beside: str = ""

    @property
    def said(self) -> str:
        """The text, and what stands beside it."""
        return f"{self.text.rstrip('.')}{f' ({self.beside})' if self.beside else ''}"


_WORST: Final[Sequence[Kind]] = ("never", "map", "soon", "later", "other", "sample", "space", "worse", "pack", "shared")


def worst_of(texts: Iterable[str], *, links: bool = True) -> Rejected | None:
    """The rejection that decides; None for none. ``links``: it is of a link, which needs no room."""
    found = [(kind_of(text), text) for text in texts]
    if not found:
        return None
    kind, text = min(found, key=lambda one: _WORST.index(one[0]))
    beside = "it counts the size of what the link leads to; a link needs none" if kind == "space" and links else ""
    return Rejected(kind, text, beside)


def next_try(kind: Kind, tries: int) -> float | None:
    """Seconds until a rejection is asked about again after so many tries; None when a person is asked."""
    if kind == "later":
        return DAY_S if tries < DAYS else None
    if kind == "soon":
        return SOON_S[tries] if tries < len(SOON_S) else None
    return None
