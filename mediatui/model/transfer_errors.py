"""What can go wrong with a transfer: how long is waited, how often it is tried, whom it concerns, and what comes then.
Data, and the arithmetic of waits."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from mediatui.model.transfer import Hold, HoldKind

Scope = Literal["item", "file", "service", "account", "seedbox", "indexer", "fetches", "mount"]
"""Whom a failure concerns; all but ``item`` and ``file`` are one hold for all, never copied into items."""
Then = Literal["choice", "failed"]
SPREAD: Final = 0.2
"""Waits are spread by a fifth both ways, so that programs that failed together do not come back together."""
HOUR_S: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Trouble:
    """A kind of failure. The wait before try ``n`` (from 0) is ``base_s`` doubled ``n`` times, at most ``cap_s``.
    ``tries`` or ``most_s`` seconds (None: no end) after its beginning the hold turns into ``then``, under the code
    ``asks`` where that differs. ``base_s`` None: it is never tried again by itself."""

    base_s: float | None
    cap_s: float = 0.0
    tries: int | None = None
    most_s: float | None = None
    scope: Scope = "item"
    then: Then = "choice"
    asks: str = ""


TROUBLES: Final[Mapping[str, Trouble]] = {
    "client-away": Trouble(15, 600, scope="service"),
    "client-refused": Trouble(None, scope="service"),
    "host-key": Trouble(None, scope="service"),
    "sftp-away": Trouble(15, 600, scope="service"),
    "indexer-limit": Trouble(300, 6 * HOUR_S, tries=10, scope="indexer"),
    "indexer-gone": Trouble(None, then="failed"),
    "add-dropped": Trouble(30, 600, tries=3),
    "never-appeared": Trouble(60, 1800, tries=3),
    "no-slot": Trouble(60, 900, scope="account"),
    "rd-pause": Trouble(30, 30, most_s=360, asks="refused"),
    "rd-dead": Trouble(None, then="failed"),
    "stalled": Trouble(1800, 1800, most_s=24 * HOUR_S),
    "arr-pending": Trouble(60, 900),
    "no-space": Trouble(300, HOUR_S, scope="fetches"),
    "remote-missing": Trouble(60, HOUR_S, tries=5, asks="paths"),
    "data-away": Trouble(60, 600, scope="seedbox"),
    "remote-changed": Trouble(0, 0, tries=3, scope="file"),
    "bad-piece": Trouble(None, scope="file"),
    "mount-away": Trouble(30, 600, scope="mount"),
    "mount-busy": Trouble(60, 600, scope="mount"),
    "not-on-mount": Trouble(900, 2 * HOUR_S, most_s=24 * HOUR_S),
    "arr-away": Trouble(30, 900, scope="service"),
    "arr-key": Trouble(None, scope="service"),
    "arr-hangs": Trouble(300, 300, scope="service"),
    "not-proven": Trouble(60, 600, tries=3, asks="import"),
    "internal": Trouble(None),
}

CHOICES: Final[Mapping[str, str]] = {
    "target": "a candidate, other words, or an id",
    "hash": "send it, or another release",
    "refused": "another link, release or route",
    "known-hash": "another link, release or route",
    "not-sent": "another link, release or route",
    "not-cached": "send it without the condition, or another release",
    "partial": "those that are there, or another release",
    "gone": "send it again, another release, or forget it",
    "paths": "the path rule, or the library's own import",
    "arr-cannot-see-mount": "the path rule, or the library's own import",
    "files": "which one, leave it out, repair the entry, or the library's own import",
    "episode": "its number, leave it out, or by hand",
    "archive": "leave it out, or by hand",
    "disc": "leave it out, or by hand",
    "parts": "leave it out, or by hand",
    "import": "override each, look again, or by hand",
    "no-storage": "the setting",
    "place": "the folder",
}
"""What only a person can answer, beside the codes of ``TROUBLES``, and the ways out."""


def wait_s(trouble: Trouble, tries: int, retry_after: float | None = None, chance: float | None = None) -> float:
    """Seconds until the next try after ``tries`` earlier ones; never less than the service asked for.
    ``chance`` in [0, 1) is where in the spread it falls."""
    doubled = (trouble.base_s or 0.0) * 2.0 ** min(tries, 40)
    where = random.random() if chance is None else chance
    spread = min(trouble.cap_s, doubled) * (1 - SPREAD + 2 * SPREAD * where)
    return max(spread, retry_after or 0.0)


def hold_for(
    code: str,
    before: Hold,
    now: float,
    *,
    detail: Mapping[str, object] | None = None,
    retry_after: float | None = None,
    chance: float | None = None,
) -> Hold | None:
    """The hold after a failure: waiting for the next try or, after the last one, for a person; None when it has failed
    for good. Tries of the same code before it count."""
    trouble = TROUBLES[code]
    known = dict(detail or {})
    again = before.code == code and before.kind == HoldKind.WAITING
    tries, since = (before.tries, min(before.since or now, now)) if again else (0, now)
    over = (
        trouble.base_s is None
        or (trouble.tries is not None and tries >= trouble.tries)
        or (trouble.most_s is not None and now - since >= trouble.most_s)
    )
    if over:
        asks = Hold(HoldKind.CHOICE, trouble.asks or code, {**known, "after": code}, tries, since)
        return None if trouble.then == "failed" else asks
    return Hold(HoldKind.WAITING, code, known, tries + 1, since, now + wait_s(trouble, tries, retry_after, chance))
