"""Setting what a user of a media server has seen of a film or an episode; undone by what it was before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from mediatui.changes.step_run import Outcome, StepRun
from mediatui.changes.steps.registry import UNENDED, StepKind
from mediatui.model.errors import MediatuiError
from mediatui.model.media_server import SERVER_TITLES, ServerItem, ServerName, ServerUser, Watched
from mediatui.model.plan import JobLane, Step, StepWords
from mediatui.model.text import printable
from mediatui.store.changes.journal import Line

if TYPE_CHECKING:
    from mediatui.services.media_server import MediaServer

SET: Final = "set watched"
"""The journal's word."""
SECOND: Final = 1.0
SOON_S: Final = 5.0
"""How long a server that is starting up is waited for, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaWatched(Step):
    """Sets whether a user of a media server has played an item, and where the server can be told that the place reached
    in it (seconds) and whether it is a favourite; expects that the server has the item and shows it to the user.
    ``takes_back`` is the line of the journal that it undoes, 0 for none."""

    KIND: ClassVar[str] = "media_watched"
    WORDS: ClassVar[StepWords] = StepWords("set watched", "watch state set", "watch states set")
    LANE: ClassVar[JobLane] = "library"
    NOTIFIES_ONLY: ClassVar[bool] = True

    server: ServerName
    item: str
    title: str
    user: str
    user_name: str
    played: bool
    position_s: float = 0.0
    plays: int = 0
    played_at: float | None = None
    favourite: bool = False
    is_admin: bool = False
    takes_back: int = 0

    @property
    def reverses(self) -> int | None:
        return self.takes_back or None

    @property
    def wanted(self) -> Watched:
        """What is to be set."""
        return Watched(self.played, self.position_s, self.plays, self.played_at, self.favourite)


async def media_watched(act: StepRun, step: MediaWatched) -> Outcome:
    """Sets it and reads it back; a server that fails or refuses is a failed step."""
    try:
        server = act.ctx.media_server(step.server, SOON_S)
    except MediatuiError as error:
        return Outcome("failed", error.sentence)
    try:
        return await _set(act, step, server)
    except MediatuiError as error:
        return Outcome("failed", error.sentence)
    finally:
        await server.close()


async def _set(act: StepRun, step: MediaWatched, server: MediaServer) -> Outcome:
    title, user = SERVER_TITLES[step.server], ServerUser(step.user, step.user_name, step.is_admin)
    item = await server.item(step.item)
    before = None if item is None else await server.watched(user, item)
    if item is None or before is None:
        return Outcome("skipped", f"{title} does not show it to {printable(step.user_name)} any more")
    begun = next((line.seq for line in await act.lines() if line.kind == SET and line.outcome is None), None)
    if _is_so(server, step.wanted, before):
        if begun is not None:
            await act.after(begun, "done")
            return Outcome("done")
        return Outcome("skipped", "it is so already", already=True)
    if begun is None:
        begun = await act.before(SET, step.what, _record(step, before))
    why = ""
    try:
        await server.set_watched(user, item, step.wanted)
    except MediatuiError as error:
        why = error.sentence
    is_set = await _is_set(server, user, item, step.wanted)
    await act.after(begun, "done" if is_set else "failed")
    return Outcome("done") if is_set else Outcome("failed", why or f"{title} says otherwise all the same")


async def _is_set(server: MediaServer, user: ServerUser, item: ServerItem, wanted: Watched) -> bool:
    now = await server.watched(user, item)
    return now is not None and _is_so(server, wanted, now)


def _is_so(server: MediaServer, wanted: Watched, now: Watched) -> bool:
    """Whether all that can be set is as it is to be."""
    same = abs(now.position_s - wanted.position_s) <= SECOND and now.favourite == wanted.favourite
    return now.played == wanted.played and (same or not server.keeps_place)


def _record(step: MediaWatched, before: Watched) -> dict[str, object]:
    return {
        "server": step.server, "item": step.item, "title": step.title, "user": step.user,
        "user_name": step.user_name, "is_admin": step.is_admin, "played": before.played,
        "position_s": before.position_s, "plays": before.plays, "played_at": before.played_at,
        "favourite": before.favourite,
    }  # fmt: skip


def _undo(line: Line, lines: Sequence[Line]) -> Sequence[Step] | str:
    known = {name: line.before.get(name) for name in ("server", "item", "title", "user", "user_name")}
    name = next((one for one in SERVER_TITLES if one == known["server"]), None)
    numbers = {one: line.before.get(one) for one in ("position_s", "plays", "played_at")}
    if name is None or (line.outcome is None and not known["item"]):
        return UNENDED
    at = numbers["played_at"]
    return [
        MediaWatched(
            what=printable(line.what), server=name, item=line.text("item"), title=line.text("title"),
            user=line.text("user"), user_name=line.text("user_name"), is_admin=line.before.get("is_admin") is True,
            played=line.before.get("played") is True, position_s=_number(numbers["position_s"]),
            plays=int(_number(numbers["plays"])), played_at=None if at is None else _number(at),
            favourite=line.before.get("favourite") is True, takes_back=line.seq,
        )
    ]  # fmt: skip


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


STEPS = (StepKind(MediaWatched, media_watched, {SET: _undo}),)
