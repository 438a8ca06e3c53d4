"""What happened to a torrent as the archive saw it: statuses, errors, when it left the account and came back."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final

_WORDS: Final = {"status": "its status became", "error": "error:", "gone": "left the account", "back": "came back"}


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that was seen to happen at ``at`` (epoch seconds): ``what`` is ``status``, ``error``, ``gone`` or
    ``back``, ``value`` the new status or the sentence of the error."""

    at: int
    what: str
    value: str

    @property
    def sentence(self) -> str:
        """It in words, for people."""
        return f"{_WORDS.get(self.what, self.what)} {self.value}".rstrip()


def past_of(connection: sqlite3.Connection, torrent_id: str) -> list[Moment]:
    """What happened to a torrent, newest first, 20 moments at most."""
    rows = connection.execute(
        "SELECT at, what, value FROM torrent_history WHERE torrent_id = ? ORDER BY at DESC, rowid DESC", (torrent_id,)
    )
    return [Moment(*row) for row in rows]
