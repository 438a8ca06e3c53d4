"""What a view wants to have sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ToGrab:
    """What is to be sent (``r12``, magnets, hashes, files): for nothing in particular where ``without_target`` says so,
    and ``again`` though it is here or refused. ``choose`` asks what it is for; ``route`` is the way it comes, where one
    was named. ``warned`` is what speaks against it all the same: the one question that follows says so."""

    sources: tuple[str, ...]
    without_target: bool = False
    again: bool = False
    choose: Callable[[], None] | None = None
    route: str = ""
    warned: str = ""
