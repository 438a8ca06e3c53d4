"""The transfer that a step sends: the one under way for its hash, or a new one, with what it is for."""

from __future__ import annotations

import base64
import dataclasses
import json
import os
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from mediatui.model.plan import Step, StepWords
from mediatui.model.target import MappedTarget, hold_all, shown_targets, targets_from_text
from mediatui.model.transfer import FREE, Event, Hold, HoldKind, State, Transfer, Who
from mediatui.store.arr.items import items_of_id
from mediatui.store.transfers import change, rows
from mediatui.store.transfers.change import NewTransfer, Noted
from mediatui.store.transfers.replaced import ReplacedLink, drop_wanted, note_replaced
from mediatui.store.transfers.targets import set_targets, targets_under_way


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTransfer(Step):
    """Sends a hash (or the file ``torrent``, base64) to the account for a transfer: the one under way for this hash, or
    a new one. Nothing is sent that is there already: that is taken over. ``once_more``: the service refused it earlier
    in this batch. ``by``: who wants it sent.

    It is for ``targets`` (``model.target.targets_as_text``), or for nothing in particular (``without_target``); else it
    is noted and not sent, with the question ``asked`` (the detail of its hold, JSON). ``needs`` are the additions to
    Sonarr and Radarr without which it is not sent (``arr_add.need_of``); ``key`` is what it is called by when it is
    mapped: a release (``r12``), or its hash. ``auto`` is how far it goes by itself once it is whole;
    ``again``: also while another transfer is under way for the same; ``select`` is which files are (``lacking``).
    ``replaces`` are the dead links it is to point anew: path, text, season and episodes of each."""

    KIND: ClassVar[str] = "send_transfer"
    WORDS: ClassVar[StepWords] = StepWords("send torrent", "torrent sent", "torrents sent")
    REQUESTS: ClassVar[int] = 5
    APPENDS: ClassVar[bool] = True

    hash: str
    name: str = ""
    bytes: int = 0
    torrent: str = ""
    without_target: bool = False
    cached_only: bool = False
    once_more: bool = False
    by: Who = "user"
    targets: str = ""
    asked: str = ""
    needs: tuple[str, ...] = ()
    key: str = ""
    auto: str = "none"
    again: bool = False
    select: str = "video"
    replaces: tuple[tuple[str, str, int | None, tuple[int, ...]], ...] = ()

    @property
    def is_sent(self) -> bool:
        """Whether it is sent, and not only noted."""
        return self.without_target or bool(self.targets)

    @property
    def requests(self) -> int:
        return self.REQUESTS if self.is_sent else 0


class Sends(Protocol):
    """A step that sends a hash for ``targets``; ``again``: also while another transfer is under way for the same."""

    @property
    def hash(self) -> str: ...
    @property
    def targets(self) -> str: ...
    @property
    def by(self) -> Who: ...
    @property
    def again(self) -> bool: ...


def why_on_its_way(connection: sqlite3.Connection, step: Sends) -> str:
    """Why nothing is sent, because another transfer is under way for all of the same by now; empty where none is."""
    wanted = targets_from_text(step.targets)
    if step.again or step.by != "user" or not wanted:
        return ""
    others: dict[int, list[MappedTarget]] = {}
    for number, info_hash, _, mapped in targets_under_way(connection):
        if info_hash != step.hash:
            others.setdefault(number, []).append(mapped)
    found = next((number for number, having in others.items() if hold_all(having, wanted)), None)
    return "" if found is None else f"transfer {found} is under way for {shown_targets(wanted)}"


def begin_transfer(
    connection: sqlite3.Connection, step: SendTransfer, batch: int, position: int, now: float
) -> Transfer:
    """The transfer to send: the one under way for the hash, taken up again where a person wants that; the one this step
    made in an earlier run; or a new one."""
    known = rows.transfers_of_hash(connection, step.hash)
    present = next((one for one in known if one.route == "debrid" and one.ended_at is None), None)
    if present is None:
        if known and (step.by == "job" or step.once_more or was_made_by(connection, known[0], batch, position)):
            return known[0]
        hold = FREE if step.is_sent else Hold(HoldKind.CHOICE, "target", asked_detail(step.asked), since=now)
        new = NewTransfer(
            "debrid", step.hash, step.name, step.bytes or None,
            auto=step.auto, without_target=step.without_target, cached_only=step.cached_only, select=step.select,
        )  # fmt: skip
        if step.torrent:
            rows.store_blob(connection, step.hash, base64.b64decode(step.torrent), now)
        number = change.create(connection, new, step.by, hold=hold, facts={"batch": batch, "step": position}, now=now)
        _note_purpose(connection, number, step)
        return rows.find_transfer(connection, number)
    answers = present.hold.code != "target" or step.is_sent
    if step.by == "user" and not step.once_more and present.state == State.WANTED and answers:
        noted = Noted(without_target=step.without_target, cached_only=step.cached_only, auto=step.auto)
        change.change(connection, present.id, Event.RETRY, "user", State.WANTED, noted=noted, now=now)
        _note_purpose(connection, present.id, step)
        return rows.find_transfer(connection, present.id)
    return present


def _note_purpose(connection: sqlite3.Connection, number: int, step: SendTransfer) -> None:
    note_targets(connection, number, step.targets)
    links = [
        ReplacedLink(os.fsencode(path), os.fsencode(target), season, episodes)
        for path, target, season, episodes in step.replaces
    ]
    note_replaced(connection, number, links)
    for link in links:
        drop_wanted(connection, link.path)


def note_targets(connection: sqlite3.Connection, number: int, text: str) -> None:
    """Notes what a transfer is for (``model.target.targets_as_text``); nothing where that is empty."""
    if targets := targets_from_text(text):
        set_targets(connection, number, [_at_service(connection, one) for one in targets])


def _at_service(connection: sqlite3.Connection, mapped: MappedTarget) -> MappedTarget:
    """A target with its number at its service, where that has it by now: it may have been added since it was chosen."""
    target = mapped.target
    if target.service_id:
        return mapped
    found = items_of_id(connection, target.kind, tmdb=target.tmdb_id, tvdb=target.tvdb_id, imdb=target.imdb_id)
    own: Sequence[int] = [one.service_id for one in found if one.service == target.service]
    if not own:
        return mapped
    return dataclasses.replace(mapped, target=dataclasses.replace(target, service_id=own[0]))


def asked_detail(text: str) -> dict[str, object]:
    """The detail of a hold that asks what a transfer is for, from its JSON."""
    known = json.loads(text) if text else {}
    return known if isinstance(known, dict) else {}


def was_made_by(connection: sqlite3.Connection, transfer: Transfer, batch: int, position: int) -> bool:
    """Whether a transfer was made by a step."""
    first = next(iter(rows.history_of(connection, transfer.id)), None)
    return first is not None and (first.facts.get("batch"), first.facts.get("step")) == (batch, position)
