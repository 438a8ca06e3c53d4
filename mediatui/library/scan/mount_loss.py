"""Recognises when so many links break at once that the mount is the likelier cause."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from mediatui.model.text import printable


@dataclass(frozen=True, slots=True)
class Loss:
    """How many of the ``links`` below a root are ``newly`` broken ``since`` the scan of that number (0: the one before
    the last)."""

    root: bytes
    links: int
    newly: int
    since: int = 0


def looks_like_a_mount_problem(losses: Sequence[Loss], share: float) -> str:
    """A sentence about the roots of which more than ``share`` of the links broke at once, empty when there is none."""
    struck = [loss for loss in losses if loss.newly > share * loss.links]
    if not struck:
        return ""
    losses_shown = ", ".join(
        f"{loss.newly:,} of the {loss.links:,} links in {printable(os.fsdecode(os.path.basename(loss.root)))}"
        for loss in struck
    )
    when = f"scan {max(loss.since for loss in struck)}" if any(loss.since for loss in struck) else "the scan before"
    return f"{losses_shown} broke since {when}: this looks like a mount problem. Check the mount, then scan again."
