"""What a check of a service or of a path found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "problem"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked: its name, how it is, one sentence, and what to do when it is not well. A service may
    have ``refused`` what it was asked with."""

    name: str
    state: State
    text: str
    hint: str = ""
    refused: bool = False
