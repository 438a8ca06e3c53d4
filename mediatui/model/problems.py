"""The class of a torrent: one for each row, found by one pure function; and what each class means.

Source: services/realdebrid/NOTES.md 5, 11, 13, 16 and 24.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, get_args

from mediatui.model.human import counted
from mediatui.model.link_codes import BLOCKED, HOSTER_LOST
from mediatui.model.name_filter import filtered_part
from mediatui.model.torrent import CONVERTING, DOWNLOADED, UNSELECTED, WORKING_STATUSES, Torrent

Class = Literal[
    "ok", "working", "stalled", "needs selection", "error", "dead", "virus", "magnet error", "rar", "partial",
    "aged out", "evicted", "likely blocked", "temporary", "gone",
]  # fmt: skip
CLASSES: Final[tuple[Class, ...]] = get_args(Class)
ClassGroup = Literal["ok", "working", "problem", "gone"]
Undo = Literal["yes", "no", "nothing to undo"]

STALLED_DOWNLOAD_S: Final = 20 * 60
STALLED_CONVERSION_S: Final = 10 * 60
PARTIAL_GRACE_S: Final = 60
SECOND_STRIKE_S: Final = 6 * 3600
"""A link that failed is checked again after six hours (in seconds) before it counts as dead."""
VERDICT_LIFE_S: Final = 7 * 86_400
"""A link that opened need not be checked again for a week (in seconds)."""


class ClassInput(NamedTuple):
    """The columns of a row that its class depends on, named as in the ``torrents`` table."""

    status: str
    error: str | None
    seeders: int | None
    speed: int | None
    added_at: int | None
    ended_at: int | None
    links_count: int | None
    selected_count: int | None
    health: str | None
    health_code: int | None
    health_at: int | None
    gone_at: int | None
    filename: str
    original_filename: str | None


CLASS_INPUT: Final = ", ".join(ClassInput._fields)


class Diagnosis(NamedTuple):
    """The class, the reason in one sentence, and when the class may change without new facts (epoch seconds)."""

    name: Class
    reason: str
    due: int | None = None


@dataclass(frozen=True, slots=True)
class ProblemInfo:
    """What a class means and what can be done: the ``key`` on screen, the headless ``command``, the requests one row
    costs, and whether it can be undone."""

    name: Class
    group: ClassGroup
    tone: Literal["ok", "working", "attention", "broken", "quiet"]
    sign: str
    meaning: str
    action: str = ""
    key: str = ""
    command: str = ""
    requests: int = 0
    undo: Undo = "nothing to undo"


def _repairable(name: Class, sign: str, tone: Literal["attention", "broken"], meaning: str) -> ProblemInfo:
    return ProblemInfo(
        name, "problem", tone, sign, meaning, "add the same files again, then drop this entry", "r",
        f"mediatui --headless repair 'class:{name.replace(' ', '-')}' --apply", 8, "no",
    )  # fmt: skip


PROBLEM_INFO: Final[dict[Class, ProblemInfo]] = {
    about.name: about
    for about in (  # worst first
        ProblemInfo(
            "virus", "problem", "broken", "!", "the service found a virus in it; it is never added again by itself",
            "delete it", "d", "mediatui --headless delete class:virus --apply", 2, "no",
        ),
        ProblemInfo(
            "likely blocked", "problem", "broken", "!",
            "its name matches the service's filter; adding it again would lose it", "copy the magnet, keep the entry",
            "y", "mediatui --headless export class:likely-blocked --format magnets",
        ),
        _repairable("evicted", "✗", "broken", "the service dropped the file; it has to be fetched from peers again"),
        _repairable("aged out", "✗", "broken", "the hoster dropped the link; adding the files again makes a new one"),
        _repairable("dead", "✗", "broken", "no peers had it when the service tried"),
        _repairable("error", "!", "broken", "the service or the archive reports an error"),
        _repairable("magnet error", "!", "broken", "the service could not read the magnet"),
        _repairable("partial", "!", "attention", "fewer links than files: the set is incomplete"),
        ProblemInfo(
            "rar", "problem", "attention", "!", "one archive instead of its files: players cannot open it",
            "add it again with the video files only", "r", "mediatui --headless repair class:rar --apply", 8, "no",
        ),
        _repairable("stalled", "…", "attention", "nothing has moved for a while"),
        ProblemInfo(
            "needs selection", "problem", "attention", "?", "waiting for you to choose files", "choose files", "f",
            "mediatui --headless repair class:needs-selection --apply", 3, "no",
        ),
        ProblemInfo(
            "temporary", "problem", "attention", "~", "something failed temporarily; it is checked again",
            "check again", "ctrl+r", "mediatui --headless sync", 1,
        ),
        ProblemInfo("working", "working", "working", "↓", "on its way"),
        ProblemInfo("ok", "ok", "ok", "✓", "all is there"),
        ProblemInfo(
            "gone", "gone", "quiet", "–", "not on the account any more", "add it again", "r",
            "mediatui --headless repair ID --apply", 4, "yes",
        ),
    )
}  # fmt: skip
BY_RANK: Final[tuple[Class, ...]] = tuple(PROBLEM_INFO)
"""Worst first."""
PROBLEMS: Final[tuple[Class, ...]] = tuple(name for name in BY_RANK if PROBLEM_INFO[name].group == "problem")
_RE_ADDED: Final = frozenset(("error", "dead", "magnet error", "rar", "partial", "aged out", "evicted", "stalled"))

_WORKING: Final = frozenset(WORKING_STATUSES)
_FAILED: Final[dict[str, tuple[Class, str]]] = {
    "error": ("error", "the service reports an internal error"),
    "dead": ("dead", "the service found no peers"),
    "magnet_error": ("magnet error", "the service could not read the magnet"),
}
_HOLDS = re.compile(r"its name holds (.+), which the service filters; (.+)")
_SAID_BY_CLASS: Final = frozenset(
    (
        *(reason for _, reason in _FAILED.values()),
        "its link is dead: the hoster no longer has it (19)",
        "it waits for files to be selected",
        "the service flagged it as a virus",
    )
)
_PASSING = re.compile(
    r"timed?[ -]?out|\b5[\dx]{2}\b|\b429\b|quota|rate limit|slow down|connection|network|json"
    r"|in passing|temporarily|in time|reached",
    re.IGNORECASE,
)


def classify(facts: ClassInput, now: float) -> Diagnosis:
    """The class of a row seen at ``now`` (epoch seconds)."""
    if facts.gone_at is not None:
        return Diagnosis("gone", "the account does not list it any more")
    found = _by_status(facts, now)
    if found.name in _RE_ADDED:
        part = filtered_part(facts.original_filename or facts.filename) or filtered_part(facts.filename)
        if part:
            return Diagnosis("likely blocked", f"its name holds {part}, which the service filters; {found.reason}")
    return found


def _by_status(facts: ClassInput, now: float) -> Diagnosis:
    status = facts.status
    if status == DOWNLOADED:
        return _finished(facts, now)
    if status in _WORKING:
        return _working(facts, now)
    if status == UNSELECTED:
        return Diagnosis("needs selection", "it waits for files to be selected")
    if status == "virus":
        return Diagnosis("virus", "the service flagged it as a virus")
    if status == "error" and facts.error is not None:
        return _noted(facts.error)
    if status in _FAILED:
        name, reason = _FAILED[status]
        return Diagnosis(name, reason)
    return Diagnosis("temporary", f"the service reports the unknown status {status}")


def _working(facts: ClassInput, now: float) -> Diagnosis:
    if facts.added_at is None or facts.status not in ("downloading", CONVERTING):
        return Diagnosis("working", facts.status.replace("_", " "))
    converting = facts.status == CONVERTING
    limit = STALLED_CONVERSION_S if converting else STALLED_DOWNLOAD_S
    still = converting or facts.seeders == 0 or facts.speed == 0
    since = facts.added_at + limit + converting  # a download is stalled at its limit, a conversion past it
    if still and now >= since:
        if converting:
            return Diagnosis("stalled", f"still being converted after {limit // 60} minutes")
        why = "no seeders" if facts.seeders == 0 else "no progress"
        return Diagnosis("stalled", f"{why} {limit // 60} minutes after it was added")
    return Diagnosis("working", facts.status.replace("_", " "), since if still else None)


def _finished(facts: ClassInput, now: float) -> Diagnosis:
    code = facts.health_code
    if code == BLOCKED:
        return Diagnosis("likely blocked", "the service blocks one of its files (35)")
    if facts.health == "dead":
        if code == HOSTER_LOST:
            return Diagnosis("aged out", "its link is dead: the hoster no longer has it (19)")
        return Diagnosis("evicted", f"its link is dead: the service no longer has the file ({code or 'gone'})")
    links, selected = facts.links_count, facts.selected_count
    if links is not None and selected and links < selected:
        if facts.ended_at is not None and now < facts.ended_at + PARTIAL_GRACE_S:
            return Diagnosis("working", "finished just now; its links are being made", facts.ended_at + PARTIAL_GRACE_S)
        if links == 1 and selected > 1:
            return Diagnosis("rar", f"one link for {counted(selected, 'file')}")
        return Diagnosis("partial", f"{counted(links, 'link')} for {counted(selected, 'file')}")
    if code is not None and facts.health_at is not None:
        hours = SECOND_STRIKE_S // 3600
        return Diagnosis("temporary", f"a link failed once ({code}); a second check after {hours} hours decides")
    if facts.error is not None:
        return _noted(facts.error)
    return Diagnosis("ok", "")


def own_reason(found: Diagnosis) -> str:
    """What a reason says of the one torrent that the meaning of its class does not say of each; empty for nothing."""
    if found.name == "likely blocked" and (holds := _HOLDS.fullmatch(found.reason)):
        part, why = holds.groups()
        return part if why in _SAID_BY_CLASS else f"{part}; {why}"
    return "" if found.name == "evicted" or found.reason in _SAID_BY_CLASS else found.reason


def _noted(error: str) -> Diagnosis:
    """The class of an error noted in the archive, in the words of mediatui or of an imported database."""
    if _PASSING.search(error) and not re.search(r"\b40[34]\b", error):
        return Diagnosis("temporary", f"{error.rstrip('.')}; the next sync asks again")
    return Diagnosis("error", error.rstrip("."))


def facts_of(torrent: Torrent) -> ClassInput:
    """The facts of a row of the archive."""
    return ClassInput(*(getattr(torrent, name) for name in ClassInput._fields))


def diagnose(torrent: Torrent, now: float) -> Diagnosis:
    """The class of a row of the archive."""
    return classify(facts_of(torrent), now)
