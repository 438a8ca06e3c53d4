"""Planning what is sent through Sonarr and Radarr, by their own download clients."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from mediatui.acquire.adding import KINDS, service_for
from mediatui.acquire.target_guard import AGAIN
from mediatui.changes.arr_holds import does_hang
from mediatui.changes.steps.arr_push import STAYS, PushRelease
from mediatui.model.errors import MediatuiError, UsageError
from mediatui.model.human import counted, date
from mediatui.model.magnet import has_trackers
from mediatui.model.plan import Plan
from mediatui.model.target import Target, targets_as_text
from mediatui.model.text import printable
from mediatui.model.transfer import State
from mediatui.names.release_columns import ReleaseColumns, columns_of
from mediatui.names.titles import FOLDING, title_key
from mediatui.store.library.titles import titles_of_key
from mediatui.store.transfers.holds import is_ignored, refused_at
from mediatui.store.transfers.rows import transfers_of_hash

if TYPE_CHECKING:
    from mediatui.acquire.target_guard import Offered
    from mediatui.model.release import FoundRelease, Release
    from mediatui.services.arr.client import Arr
    from mediatui.settings import Settings
    from mediatui.settings.arr import ArrSettings
    from mediatui.system.torrent_source import TorrentSource

_KINDS: Final = {"film": "radarr", "collection": "radarr", "episode": "sonarr", "pack": "sonarr"}
"""The kind of service that takes a release, by what its name says it is."""
Read = Callable[..., Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Pushable:
    """A torrent to be sent: the ``offer`` its link is of (None: a magnet that was typed), and what it is for."""

    source: TorrentSource
    offer: FoundRelease | None = None
    offered: Offered | None = None

    @property
    def title(self) -> str:
        """The title that a service is to read: that of the indexer, else the torrent's own."""
        return self.source.name if self.offer is None else self.offer.title

    @property
    def columns(self) -> ReleaseColumns:
        """What the title says."""
        return columns_of(self.title) if self.offered is None else self.offered.columns

    @property
    def target(self) -> Target | None:
        """The first film or season it is for."""
        targets = () if self.offered is None else self.offered.aim.targets
        return targets[0].target if targets else None


@dataclass(frozen=True, slots=True)
class HowToPush:
    """How to send: through a ``service`` by name (empty: the one of its kind), for nothing in particular, ``again``
    what was sent or refused before, and also while a download client does not answer."""

    service: str = ""
    without_target: bool = False
    again: bool = False


def sort_pushes(
    connection: sqlite3.Connection, releases: Sequence[Release], how: HowToPush
) -> tuple[list[Release], list[tuple[str, str]]]:
    """The releases whose torrents are to be fetched, and those that are left by what is known of them already, each
    with the reason."""
    wanted: list[Release] = []
    left: list[tuple[str, str]] = []
    for release in releases:
        reasons = (why_left(connection, one, "", how) for one in release.hashes)
        if why := next(filter(None, reasons), ""):
            left.append((release.first.title, why))
        else:
            wanted.append(release)
    return wanted, left


def why_left(connection: sqlite3.Connection, info_hash: str, service: str, how: HowToPush) -> str:
    """Why a hash is not sent through a service; empty when nothing speaks against it."""
    if is_ignored(connection, info_hash):
        return f"it is ignored; take that back with: transfers unignore {info_hash}"
    known = transfers_of_hash(connection, info_hash)
    present = next((one for one in known if one.ended_at is None), None)
    if present is not None and not (present.route == "arr" and present.state == State.WANTED):
        return f"transfer {present.id} is under way for it ({present.state}, {present.route})"
    if how.again:
        return ""
    if present is not None and present.hold.code not in ("target", ""):
        return f"transfer {present.id} asks about it; {AGAIN} sends it once more"
    if any(one.state in (State.DONE, State.BY_HAND) for one in known):
        return f"transfer {known[0].id} brought it on {date(known[0].ended_at)}; {AGAIN} sends it once more"
    refused = refused_at(connection, service, info_hash) if service else None
    return "" if refused is None else f"{service} refused it on {date(refused)}; {AGAIN} asks once more"


async def plan_pushes(
    read: Read,
    settings: Settings,
    connect: Callable[[str], Arr],
    pushables: Sequence[Pushable],
    how: HowToPush,
    left: Iterable[tuple[str, str]] = (),
) -> Plan:
    """The plan that sends these, one after the other; what is left, and why, is in its notes. ``read`` calls a function
    with a connection. Each service that takes some is asked whether its clients answer. Raises UsageError."""
    notes, steps, says = [*left], list[PushRelease](), dict[str, None]()
    states: dict[str, _ServiceState] = {}
    failed = 0
    for one in pushables:
        try:
            section = _service_of(settings, one, how)
            link, magnet = _link_of(one, section)
            if why := await read(why_left, one.source.hash, section.name, how):
                raise UsageError(why)
            if section.name not in states:
                states[section.name] = await _state_of(connect(section.name))
            state = states[section.name]
            failed += bool(state.problem)
            if state.problem or (state.away and not how.again):
                raise UsageError(state.problem or _away_text(section, state.away))
        except MediatuiError as error:
            notes.append((one.source.what, f"{error.message.rstrip('.')}{f'; {error.hint}' if error.hint else ''}"))
            continue
        step = await _step(read, one, section, link, magnet, how)
        risk = f"{section.title}'s client does not answer: it may be lost" if state.away else ""
        steps.append(replace(step, despite_away=bool(state.away), risk="; ".join(filter(None, (step.risk, risk)))))
        if step.tvdb_id or step.tmdb_id:
            says[f"{printable(one.title)}: its title says nothing to {section.title}, so it goes by its id, and "
                 f"{section.title} does not import it by itself."] = None  # fmt: skip
    return replace(_plan(settings, steps, notes, says), unsettled=failed)


def _plan(
    settings: Settings, steps: Sequence[PushRelease], notes: Sequence[tuple[str, str]], says: Iterable[str]
) -> Plan:
    sent = [step for step in steps if step.is_sent]
    through = ", ".join(dict.fromkeys(settings.arr(step.service).title for step in sent))
    said = [f"{counted(len(sent), 'release')} can be sent through {through}."] if sent else []
    if asked := len(steps) - len(sent):
        said.append(
            f"{counted(asked, 'release')} {'has' if asked == 1 else 'have'} no target yet: noted, not sent; "
            "--no-target lets the service decide."
        )
    title = (
        f"Send {counted(len(sent), 'release')}"
        if len(sent) == len(steps)
        else f"Take on {counted(len(steps), 'release')}"
    )
    return Plan("grab", title, tuple(steps), tuple(notes), says=(*said, *says))


def _service_of(settings: Settings, one: Pushable, how: HowToPush) -> ArrSettings:
    """The service that takes a release. Raises UsageError."""
    if one.target is not None:
        return service_for(settings, one.target, how.service)
    kind = _KINDS.get(one.columns.kind, "")
    if not how.service and not kind:
        raise UsageError("its name does not say whether it is a film or a series", "--service NAME says who takes it.")
    film = (settings.arr(how.service).kind if how.service else kind) == KINDS["film"]
    return service_for(settings, Target("film" if film else "series"), how.service)


def _link_of(one: Pushable, section: ArrSettings) -> tuple[str, str]:
    """The link or the magnet that a service is given. Raises UsageError where there is neither."""
    magnet = one.source.magnet
    if magnet and has_trackers(magnet):
        return "", magnet
    if magnet:
        raise UsageError(
            f"its magnet names no tracker, so {section.title}'s client may find nothing",
            "Take another release of it, or --route debrid.",
        )
    if one.offer is not None and one.offer.link and one.source.content:
        return one.offer.link, ""
    if one.source.content:
        raise UsageError(
            f"{section.title} fetches releases itself, and this is a file here", "--route debrid sends it."
        )
    raise UsageError(
        f"only its hash is known; {section.title} takes links, and magnets with trackers", "--route debrid sends it."
    )


@dataclass(frozen=True, slots=True)
class _ServiceState:
    """How a service is: why nothing is sent through it, and which of its clients do not answer."""

    problem: str = ""
    away: str = ""


async def _state_of(arr: Arr) -> _ServiceState:
    try:
        if await does_hang(arr):
            return _ServiceState(f"a mount hangs where {arr.title} runs: a push is never answered")
        return _ServiceState(away=await arr.clients_away())
    except MediatuiError as error:
        return _ServiceState(error.message.rstrip("."))
    finally:
        await arr.close()


def _away_text(section: ArrSettings, away: str) -> str:
    return f"{section.title}'s client does not answer ({away}): what is sent now may be lost; {AGAIN} sends it anyway"


async def _step(read: Read, one: Pushable, section: ArrSettings, link: str, magnet: str, how: HowToPush) -> PushRelease:
    target, offer, offered = one.target, one.offer, one.offered
    step = PushRelease(
        what=printable(one.title), cannot_undo=STAYS, service=section.name, hash=one.source.hash, title=one.title,
        link=link, magnet=magnet, indexer="" if offer is None else offer.indexer,
        published_at=None if offer is None else offer.published_at, without_target=how.without_target,
        bytes=_size_of(one), again=how.again, key=one.source.hash if offered is None else offered.key,
    )  # fmt: skip
    if offered is not None and not how.without_target:
        targets = targets_as_text(offered.aim.targets) if offered.aim.targets else ""
        asks = "" if targets else f"{offered.aim.asks or 'no target yet'}: noted, not sent"
        risk = "; ".join(filter(None, (asks, offered.remark)))
        step = replace(step, targets=targets, asked=json.dumps(offered.aim.detail), risk=risk)
    elif not how.without_target:
        step = replace(step, risk="no target yet: noted, not sent")
    if target is None or await read(_title_maps, one.columns, section, target):
        return step
    if section.kind == "radarr":
        return replace(step, tmdb_id=target.tmdb_id)
    return replace(step, tvdb_id=target.tvdb_id)


def _size_of(one: Pushable) -> int:
    if one.source.facts is not None:
        return one.source.facts.bytes
    return (one.offer.size or 0) if one.offer is not None else 0


def _title_maps(connection: sqlite3.Connection, columns: ReleaseColumns, section: ArrSettings, target: Target) -> str:
    """Whether a service maps a release to its target by the title alone, as far as is known of its titles: not empty
    where it does, or where nothing is known."""
    key = title_key(columns.title) if columns.title else ""
    catalog_id = target.tmdb_id if target.kind == "film" else target.tvdb_id
    if not catalog_id or (key and key == title_key(target.title)):
        return "title"
    titles = titles_of_key(connection, target.kind, key, FOLDING) if key else []
    return "alias" if any((one.source, one.catalog_id) == (section.name, catalog_id) for one in titles) else ""
