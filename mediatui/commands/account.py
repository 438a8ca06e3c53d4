"""What concerns the archive as a whole: whose it is, and emptying it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mediatui.commands.options import flag

CLEAR_QUESTION: Final = "This empties the local archive; the Real-Debrid account is not touched."


@dataclass(frozen=True, slots=True)
class Clear:
    """The options of ``clear``."""

    confirmed: bool = flag("Do not ask.", "--yes-clear-everything")


@dataclass(frozen=True, slots=True)
class Adopt:
    """The options of ``account adopt``."""

    confirmed: bool = flag("Do not ask.", "--yes-adopt-account")
