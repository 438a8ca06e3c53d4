"""A transfer, from the choice of a release to its file in the library: its states, its holds, and every change there
may be between them. Pure data; ``store.transfers.change`` is the only place that writes a state."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Literal

Route = Literal["seedbox", "debrid", "arr"]
Who = Literal["user", "job", "start"]
"""Who changes a transfer: a person, the job of transfers, or the start of a program that finds a step without owner."""
ROUTES: Final[tuple[Route, ...]] = ("seedbox", "debrid", "arr")
ACCOUNT: Final = 1
"""The only account for now: a transfer is unique by route, account and hash while it has not ended."""


class State(StrEnum):
    """Where a transfer is. ``UNKNOWN`` is what a state of another version, or one edited by hand, is read as: it is
    shown, and never acted on."""

    WANTED = "wanted"
    SENDING = "sending"
    DOWNLOADING = "downloading"
    READY = "ready"
    FETCHING = "fetching"
    STAGED = "staged"
    IMPORTING = "importing"
    IMPORTED = "imported"
    DONE = "done"
    CLEANED = "cleaned"
    FAILED = "failed"
    FORGOTTEN = "forgotten"
    BY_HAND = "by hand"
    UNKNOWN = "unknown"


ENDED: Final = frozenset({State.DONE, State.CLEANED, State.FAILED, State.FORGOTTEN, State.BY_HAND})
DROPPED: Final = frozenset({State.FAILED, State.FORGOTTEN, State.BY_HAND})
"""Ended before the file was in the library; a retry takes them up where they were."""
HELD_BY_STEP: Final = frozenset({State.SENDING, State.FETCHING, State.IMPORTING})
"""A running step works on the transfer; without an owner it has to be looked at before anything else."""
OPEN: Final = frozenset(State) - ENDED - {State.UNKNOWN}
RESTING: Final = OPEN - HELD_BY_STEP


class HoldKind(StrEnum):
    """What keeps a transfer from going on by itself."""

    NONE = "none"
    WAITING = "waiting"
    CHOICE = "choice"
    PAUSED = "paused"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Hold:
    """What keeps a transfer: for ``waiting`` and ``choice`` the ``code`` and what is known of it (``detail``); how many
    tries there were, since when, and when the next one is due (epoch seconds)."""

    kind: HoldKind = HoldKind.NONE
    code: str = ""
    detail: Mapping[str, object] = field(default_factory=dict)
    tries: int = 0
    since: float | None = None
    retry_at: float | None = None


FREE: Final = Hold()


@dataclass(frozen=True, slots=True)
class ServiceHold:
    """What keeps everything that needs a service; times are epoch seconds."""

    service: str
    code: str
    detail: Mapping[str, object]
    since: float
    tries: int
    retry_at: float | None

    def is_over(self, now: float) -> bool:
        """Whether the service may be asked again; never where a person has to put it right first."""
        return self.retry_at is not None and is_over(self.since, self.retry_at, now)


def is_over(since: float | None, until: float, now: float) -> bool:
    """Whether a wait has ended: its time has come, or the clock was set back to before it began."""
    return until <= now or (since is not None and since > now)


class Event(StrEnum):
    """What happens to a transfer, in the words of its history."""

    CHOSEN = "chosen"
    ADOPTED = "adopted"
    SEND = "send"
    SENT = "sent"
    WAS_THERE = "was there"
    NOT_SENT = "not sent"
    FOUND = "found after a stop"
    NOT_FOUND = "not found after a stop"
    WHOLE = "whole"
    PERMANENT = "cannot go on"
    VANISHED = "vanished"
    ENTRY_VANISHED = "entry vanished"
    FETCH = "fetch"
    FETCHED = "fetched"
    FETCH_STOPPED = "fetch stopped"
    IMPORT = "import"
    IMPORTED = "imported"
    NOT_IMPORTED = "not imported"
    STILL_IMPORTING = "still importing"
    IMPORTED_ELSEWHERE = "imported elsewhere"
    REPORTED = "reported"
    CLEAN = "cleaned"
    HELD = "held"
    RELEASED = "goes on"
    PAUSE = "paused"
    RESUME = "resumed"
    RETRY = "retry"
    MAP = "mapped"
    IGNORE = "ignored"
    UNIGNORE = "not ignored any more"
    FORGET = "forgotten"
    BY_HAND = "dealt with by hand"
    UNDO = "taken back"


@dataclass(frozen=True, slots=True)
class Transition:
    """A row of the table: who may bring about ``event``, in which states (None: there is no transfer yet), and where it
    leads; empty ``to``: the state stays. ``routes`` are those it is for."""

    event: Event
    who: tuple[Who, ...]
    states: frozenset[State] | None
    to: frozenset[State] = frozenset()
    routes: tuple[Route, ...] = ROUTES


def _row(
    event: Event, who: str, states: Iterable[State] | None, *to: State, routes: tuple[Route, ...] = ROUTES
) -> Transition:
    people: dict[str, Who] = {"U": "user", "J": "job", "A": "start"}
    froms = None if states is None else frozenset(states)
    return Transition(event, tuple(people[letter] for letter in who), froms, frozenset(to), routes)


_S = State
_NOT_IMPORTING: Final = OPEN - {State.IMPORTING}
TRANSITIONS: Final[tuple[Transition, ...]] = (
    _row(Event.CHOSEN, "U", None, _S.WANTED),
    _row(Event.ADOPTED, "UJ", None, _S.DOWNLOADING, _S.READY),
    _row(Event.SEND, "UJ", {_S.WANTED}, _S.SENDING),
    _row(Event.SENT, "J", {_S.SENDING}, _S.DOWNLOADING),
    _row(Event.WAS_THERE, "J", {_S.SENDING}, _S.DOWNLOADING),
    _row(Event.NOT_SENT, "J", {_S.SENDING}, _S.WANTED, _S.FAILED),
    _row(Event.FOUND, "A", {_S.SENDING}, _S.DOWNLOADING),
    _row(Event.NOT_FOUND, "A", {_S.SENDING}, _S.WANTED),
    _row(Event.WHOLE, "J", {_S.DOWNLOADING}, _S.READY, routes=("seedbox", "debrid")),
    _row(Event.PERMANENT, "J", {_S.DOWNLOADING, _S.READY}, _S.FAILED),
    _row(Event.VANISHED, "J", {_S.DOWNLOADING}, _S.WANTED),
    _row(Event.ENTRY_VANISHED, "J", {_S.READY, _S.FETCHING, _S.STAGED}, _S.READY, routes=("debrid",)),
    _row(Event.FETCH, "UJ", {_S.READY}, _S.FETCHING),
    _row(Event.FETCHED, "J", {_S.FETCHING}, _S.STAGED),
    _row(Event.FETCH_STOPPED, "UJA", {_S.FETCHING}, _S.READY),
    _row(Event.IMPORT, "UJ", {_S.STAGED}, _S.IMPORTING),
    _row(Event.IMPORTED, "JA", {_S.IMPORTING}, _S.IMPORTED),
    _row(Event.NOT_IMPORTED, "JA", {_S.IMPORTING}, _S.STAGED),
    _row(Event.STILL_IMPORTING, "A", {_S.IMPORTING}, _S.IMPORTING),
    _row(Event.IMPORTED_ELSEWHERE, "J", {_S.DOWNLOADING, _S.READY, _S.FETCHING, _S.STAGED}, _S.IMPORTED),
    _row(Event.REPORTED, "J", {_S.IMPORTED}, _S.DONE),
    _row(Event.CLEAN, "UJ", {_S.DONE}, _S.CLEANED, routes=("seedbox",)),
    _row(Event.HELD, "JA", OPEN),
    _row(Event.RELEASED, "J", OPEN),
    _row(Event.PAUSE, "U", OPEN),
    _row(Event.RESUME, "U", OPEN),
    _row(Event.RETRY, "U", OPEN),
    _row(Event.RETRY, "U", {_S.READY}, _S.WANTED, routes=("debrid",)),  # sent again, where its entry is gone
    _row(Event.RETRY, "U", DROPPED, *RESTING),
    _row(Event.MAP, "U", _NOT_IMPORTING),
    _row(Event.IGNORE, "U", OPEN),
    _row(Event.UNIGNORE, "U", OPEN),
    _row(Event.FORGET, "U", _NOT_IMPORTING, _S.FORGOTTEN),
    _row(Event.BY_HAND, "U", OPEN, _S.BY_HAND),
    _row(Event.UNDO, "U", {_S.CLEANED, _S.DONE}, _S.DOWNLOADING, _S.DONE),
    _row(Event.UNDO, "U", {_S.STAGED}, _S.READY, routes=("debrid",)),
    _row(Event.UNDO, "U", {_S.IMPORTING, _S.IMPORTED, _S.DONE}, _S.STAGED, routes=("debrid",)),
)
"""Every change there is, also those of routes to come."""


def is_allowed(event: Event, who: Who, state: State | None, to: State, route: Route) -> bool:
    """Whether the table has this change; ``state`` is None for a transfer that is made by it."""
    return any(
        row.event == event and who in row.who and route in row.routes
        and (state is None if row.states is None else state in row.states)
        and (to in row.to if row.to else to == state)
        for row in TRANSITIONS
    )  # fmt: skip


def hold_after(before: Hold, wanted: Hold | None, who: Who, to: State) -> Hold:
    """The hold after a change: the one ``wanted``, else none. What a person has paused or has had ignored stays so
    whatever the job does, unless it needs an answer now; of an ended transfer only the reason is kept."""
    if to in ENDED:
        return FREE if wanted is None else Hold(code=wanted.code, detail=wanted.detail)
    wanted = wanted or FREE
    if who != "user" and before.kind in (HoldKind.PAUSED, HoldKind.IGNORED) and wanted.kind != HoldKind.CHOICE:
        return before
    return wanted


@dataclass(frozen=True, slots=True)
class Transfer:
    """One info-hash on one route. Times are epoch seconds, sizes bytes (None: not known).

    ``entry_id`` is its entry at the client, ``entry_is_new`` whether we added it. ``has_target`` says that it is known
    what it is for, ``without_target`` that the user sent it for nothing in particular, ``cached_only`` that it is not
    to be downloaded by the service; ``select`` is which files. Of the last look at the client: its own ``status``,
    ``progress`` (0-100), ``seeders``, since when it has not progressed, and since when it has not been listed.
    ``service`` is the Sonarr or Radarr it is sent through on route ``arr``, by its name; ``looked_after_by`` the one
    that has what it is for.
    """

    id: int
    route: Route
    account: int
    hash: str
    name: str
    size: int | None
    state: State
    hold: Hold
    auto: str
    entry_id: str
    entry_is_new: bool
    without_target: bool
    cached_only: bool
    select: str
    status: str
    progress: float | None
    seeders: int | None
    progress_at: float | None
    absent_at: float | None
    created_at: float
    changed_at: float
    ended_at: float | None
    has_target: bool = False
    service: str = ""
    looked_after_by: str = ""

    @property
    def may_be_sent(self) -> bool:
        """Whether it is said what it is for, be it nothing in particular."""
        return self.without_target or self.has_target

    @property
    def is_fetched(self) -> bool:
        """Whether it goes on by itself once it is whole."""
        return self.auto in ("fetch", "import")

    def is_due(self, now: float) -> bool:
        """Whether the job may go on with it now."""
        if self.hold.kind == HoldKind.NONE:
            return True
        hold = self.hold
        return hold.kind == HoldKind.WAITING and is_over(hold.since, hold.retry_at or 0.0, now)


@dataclass(frozen=True, slots=True)
class TransferEvent:
    """A line of a transfer's history; ``hold`` is the hold after it."""

    transfer_id: int
    at: float
    who: Who
    event: str
    from_state: str
    to_state: str
    hold: str
    code: str
    why: str
    facts: Mapping[str, object]


def replay(events: Sequence[TransferEvent]) -> str:
    """The state a history ends in; raises ValueError where an event does not begin where the one before it ended."""
    state = ""
    for event in events:
        if event.from_state != state:
            raise ValueError(f"{event.event} begins in {event.from_state!r}, not in {state!r}")
        state = event.to_state
    return state


def last_rest(states: Collection[str]) -> State:
    """The last of some states, oldest first, in which a transfer can rest and go on; ``wanted`` when there is none."""
    return next((State(one) for one in reversed([*states]) if one in RESTING), State.WANTED)
