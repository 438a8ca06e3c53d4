"""A file of a transfer on its way: what the mount shows of it, and its link in staging."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FileState = Literal[
    "", "picked", "proven", "linked", "expired", "unlike", "late", "resized", "doubled", "missing",
]  # fmt: skip
"""How far a file has come: not looked at yet; its place was picked by a person; opened on the mount; linked in staging.
Or what is wrong with it: its link has expired; it is not what its name says; no byte of it came in time; another size;
two places fit; not shown."""
WORDS: dict[str, str] = {
    "picked": "place picked", "proven": "opened", "linked": "in staging", "expired": "link expired",
    "unlike": "not a video", "late": "late", "resized": "another size", "doubled": "two fit", "missing": "not shown",
}  # fmt: skip
"""The states in words."""


@dataclass(frozen=True, slots=True)
class TransferFile:
    """A file of a transfer: its path in the torrent, its size in bytes, and whether it is wanted. ``remote`` is its
    path on a mount, ``link`` that of its link in staging (empty: none)."""

    path: str
    size: int
    wanted: bool
    state: str = ""
    why: str = ""
    remote: bytes = b""
    link: bytes = b""

    @property
    def word(self) -> str:
        """Its state for people; empty while nothing is to be said."""
        return WORDS.get(self.state, "unknown") if self.state else ""
