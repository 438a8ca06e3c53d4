"""Adding torrents so that it is true. rTorrent answers every ``load`` with 0, also garbage, a duplicate or a folder it
cannot make: what counts is what is seen afterwards (NOTES.md 1)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from mediatui.model.errors import UsageError
from mediatui.model.magnet import has_trackers
from mediatui.model.seedbox import SeenTorrent
from mediatui.model.text import join_words
from mediatui.services.errors import ServiceError
from mediatui.services.rtorrent.columns import NOTE, SEEN, read_seen
from mediatui.services.rtorrent.encode import Call, Param, command
from mediatui.services.rtorrent.listing import absent, column_call, row_in
from mediatui.services.rtorrent.rpc import Rpc, too_large
from mediatui.services.torrent_client import (
    AddDropped,
    Added,
    Addition,
    CallFailed,
    CallRefused,
    NeverAppeared,
    TooLarge,
    checked_addition,
)

PAUSES_S: Final = (0.02, 0.05, 0.1, 0.3, 0.5, 1.0, 2.0, 3.0)
"""The pauses between looks, seven seconds in all; they begin anew when one more is seen, set again or proven."""
PATIENT_LOOKS: Final = 4
"""A torrent that does not run after so many looks is not on its way any more."""
MOST_AT_ONCE: Final = 64 * 1024
"""A request that adds several torrents has at most so many bytes: rTorrent does nothing else meanwhile."""
NO_FOLDER: Final = "its folder could not be made there"

MakeFolder = Callable[[str], Awaitable[None]]
"""Makes a folder with all above it. Raises ServiceError."""


@dataclass(slots=True)
class _Pending:
    """An addition that was sent and is not proven yet."""

    addition: Addition
    seen: SeenTorrent | None = None
    looks: int = 0
    differs: tuple[str, ...] = ()
    corrected: tuple[str, ...] = ()
    error: ServiceError | None = None


@dataclass(slots=True)
class Adder:
    """Adds torrents to one rTorrent. ``make_folder`` makes a folder where rTorrent may not: None leaves that to what is
    seen afterwards."""

    rpc: Rpc
    make_folder: MakeFolder | None = None
    sleep: Callable[[float], Awaitable[None]] = field(default=asyncio.sleep)

    async def add(self, additions: Sequence[Addition]) -> list[Added]:
        """What became of each, in their order. Raises ServiceError only when nothing could be sent yet."""
        ends: dict[int, Added] = {}
        sent: dict[str, int] = {}
        for at, given in enumerate(additions):
            try:
                checked = checked_addition(given)
            except UsageError as error:
                ends[at] = Added(given, "failed", error=error)
                continue
            if checked.hash in sent:
                ends[at] = Added(checked, "already there")
            else:
                sent[checked.hash] = at
        pending = {one: _Pending(checked_addition(additions[at])) for one, at in sent.items()}
        for one, found in (await self._look(list(pending))).items():
            if found is not None:
                ends[sent[one]] = Added(pending.pop(one).addition, "already there", found)
        await self._make_folders(pending)
        await self._send(pending)
        for one, added in (await self._prove(pending)).items():
            ends[sent[one]] = added
        return [ends[at] for at in range(len(additions))]

    async def settle(self, addition: Addition) -> Added:
        """Compares a torrent that is there with what was sent, and puts right what was lost, once: a magnet may lose it
        when its metadata come, and is gone for a moment then. One whose label, folder and note are right, but that does
        not run, was stopped by somebody, and stays so. Raises NotFound, ServiceError."""
        addition = checked_addition(addition)
        found = await self.look_at(addition.hash)
        lost = differences(addition, found)
        if set(lost) <= {"running"}:
            return Added(addition, "added", found)
        pending = _Pending(addition, looks=PATIENT_LOOKS)
        end = await self._judge(pending, found)
        return end or (await self._prove({addition.hash: pending}))[addition.hash]

    async def look_at(self, hash: str) -> SeenTorrent:  # noqa: A002 - the word of the whole program
        """How a torrent stands. Raises NotFound, ServiceError."""
        answers = await self.rpc.several([column_call(one, hash) for one in SEEN.commands])
        found = row_in(answers)
        if isinstance(found, ServiceError):
            raise absent(hash, found)
        return read_seen(hash, found)

    async def _look(self, hashes: Sequence[str]) -> dict[str, SeenTorrent | None]:
        """Each as it stands; None for one that is not there."""
        names = await self.rpc.several([("d.name", [one.upper()]) for one in hashes])
        there = [one for one, name in zip(hashes, names, strict=True) if not isinstance(name, ServiceError)]
        for name in names:
            if isinstance(name, ServiceError) and not isinstance(name, CallFailed):
                raise name
        answers = await self.rpc.several([column_call(column, one) for one in there for column in SEEN.commands])
        width = len(SEEN.commands)
        found: dict[str, SeenTorrent | None] = dict.fromkeys(hashes)
        for at, one in enumerate(there):
            row = row_in(answers[at * width : (at + 1) * width])
            found[one] = None if isinstance(row, ServiceError) else read_seen(one, row)
        return found

    async def _make_folders(self, pending: dict[str, _Pending]) -> None:
        """Makes the folder of each, with all above it: rTorrent itself makes one level only, and is silent about it
        (NOTES.md 3)."""
        folders = sorted({one.addition.folder for one in pending.values() if one.addition.folder})
        for folder in folders:
            error = await self._make(folder)
            for one in pending.values():
                if one.addition.folder == folder:
                    one.error = error

    async def _make(self, folder: str) -> ServiceError | None:
        """Makes a folder; returns why it could not be made."""
        try:
            await self.rpc.call("execute.throw", "", "mkdir", "-p", folder)
        except CallRefused:
            if self.make_folder is None:
                return None
            try:
                await self.make_folder(folder)
            except ServiceError as error:
                return error
        except CallFailed as error:
            error.message = f"The folder {folder} could not be made at the seedbox ({error.said})."
            return error
        return None

    async def _send(self, pending: dict[str, _Pending]) -> None:
        """Sends each that has no error yet, some in a request where that is passed on. Whether one that broke off got
        there is seen afterwards."""
        left = [one for one in pending.values() if one.error is None]
        if not self.rpc.transport.passes_all:
            for one in left:
                await self._send_one(one)
            return
        while left:
            together, size = [left[0]], _size(left[0])
            while len(together) < len(left) and size + _size(left[len(together)]) <= MOST_AT_ONCE:
                size += _size(left[len(together)])
                together.append(left[len(together)])
            del left[: len(together)]
            if len(together) == 1:
                await self._send_one(together[0])
                continue
            try:
                answers = await self.rpc.several([load_call(one.addition) for one in together])
            except ServiceError as error:
                answers = [error] * len(together)
            for one, answer in zip(together, answers, strict=True):
                one.error = answer if isinstance(answer, ServiceError) else None

    async def _send_one(self, one: _Pending) -> None:
        method, params = load_call(one.addition)
        size = _size(one)
        try:
            if size > self.rpc.most_bytes:
                raise too_large(method, size, self.rpc.most_bytes)
            await self.rpc.call(method, *params)
        except ServiceError as error:
            one.error = error

    async def _prove(self, pending: dict[str, _Pending]) -> dict[str, Added]:
        """What became of each, by what is seen until it is as it was sent, or for seven seconds in which nothing
        changes."""
        ends = {
            one: Added(given.addition, "failed", error=given.error)
            for one, given in pending.items()
            if given.error is not None and not given.looks and _was_not_sent(given.error)
        }
        left = {one: given for one, given in pending.items() if one not in ends}
        pauses, away = iter(PAUSES_S), None
        while left and (pause_s := next(pauses, None)) is not None:
            await self.sleep(pause_s)
            try:
                seen, away = await self._look(list(left)), None
            except ServiceError as error:
                away = error
                continue
            before = [(given.seen is None, given.corrected) for given in left.values()]
            proven = [end for one, found in seen.items() if (end := await self._judge(left[one], found)) is not None]
            if before != [(given.seen is None, given.corrected) for given in left.values()] or proven:
                pauses = iter(PAUSES_S)
            for end in proven:
                ends[end.addition.hash] = end
                del left[end.addition.hash]
        for given in left.values():
            given.error = away or given.error
        return ends | {one: _unproven(given) for one, given in left.items()}

    async def _judge(self, given: _Pending, found: SeenTorrent | None) -> Added | None:
        """The end of an addition after a look; None when it is to be looked at again."""
        if found is None:
            return None
        given.seen, given.error = found, None
        given.looks += 1
        given.differs = differences(given.addition, found)
        if not given.differs:
            return Added(given.addition, "added", found, given.corrected)
        waits = given.differs == ("running",) and given.looks < PATIENT_LOOKS
        if waits or given.corrected:
            return None
        if "folder" in given.differs and found.done and not found.hashing:
            return _unproven(given)
        await self._correct(given, given.differs)
        return None

    async def _correct(self, given: _Pending, differs: tuple[str, ...]) -> None:
        """Sets what differs again; whether that helped is seen at the next look."""
        given.corrected = differs
        calls = correction(given.addition, differs)
        try:
            await self.rpc.each(calls)
        except ServiceError as error:
            given.error = error


def differences(addition: Addition, found: SeenTorrent) -> tuple[str, ...]:
    """What of a torrent is not as it was sent: ``folder``, ``label``, ``note``, ``running``. ruTorrent writes labels
    percent-encoded, rTorrent as they are."""
    folder, at = addition.folder, found.directory.rstrip("/") or "/"
    wrong = []
    if folder and at not in (folder, f"{folder.rstrip('/')}/{found.name}"):
        wrong.append("folder")
    if addition.label and addition.label not in (found.label, unquote(found.label)):
        wrong.append("label")
    if addition.note and addition.note != found.note:
        wrong.append("note")
    if addition.start and not (found.is_active or found.hashing):
        wrong.append("running")
    return tuple(wrong)


def load_call(addition: Addition) -> Call:
    """The call that adds a torrent, with the commands that go with it. An address is never handed to rTorrent: it
    answers 0 and tells nobody why it failed."""
    what: Param = addition.content or addition.magnet or addition.path
    method = ("load.raw" if addition.content else "load.normal") if not addition.start else "load.start"
    if addition.start and addition.content:
        method = "load.raw_start"
    commands = [
        command(name, value)
        for name, value in (
            ("d.directory.set=", addition.folder),
            ("d.custom1.set=", addition.label),
            (f"d.custom.set={NOTE},", addition.note),
        )
        if value
    ]
    return method, ["", what, *commands]


def correction(addition: Addition, differs: Sequence[str]) -> list[Call]:
    """The calls that set again what differs. A folder is set while the torrent is closed."""
    target = addition.hash.upper()
    calls: list[Call] = []
    if "folder" in differs:
        calls += [("d.stop", [target]), ("d.close", [target]), ("d.directory.set", [target, addition.folder])]
    if "label" in differs:
        calls.append(("d.custom1.set", [target, addition.label]))
    if "note" in differs:
        calls.append(("d.custom.set", [target, NOTE, addition.note]))
    if addition.start and {"folder", "running"} & set(differs):
        calls += [("d.open", [target]), ("d.start", [target])]
    return [*calls, ("d.save_full_session", [target])]


def _size(one: _Pending) -> int:
    """About how many bytes an addition takes in a request: Base64 adds a third."""
    addition = one.addition
    return len(addition.content) * 4 // 3 + len(addition.magnet) + 1_000


def _was_not_sent(error: ServiceError) -> bool:
    """Whether an error says that a torrent is not there, so that nobody has to look for it."""
    return isinstance(error, TooLarge | CallRefused | CallFailed) or error.kind in ("client-refused", "permanent")


def _unproven(given: _Pending) -> Added:
    """The end of an addition that is not as it was sent, or not there at all."""
    if given.error is not None:
        return Added(given.addition, "failed", given.seen, given.corrected, given.error)
    if given.seen is None:
        return Added(given.addition, "failed", error=_never_appeared(given.addition))
    what = join_words(given.differs)
    error = AddDropped(f"Added, but {what} {'is' if len(given.differs) == 1 else 'are'} not as sent: {_why(given)}.")
    error.fields = given.differs
    return Added(given.addition, "failed", given.seen, given.corrected, error)


def _why(given: _Pending) -> str:
    seen = given.seen
    assert seen is not None
    if "folder" in given.differs:
        has = ", and bytes are there already" if seen.done else ""
        return f"it lies in {seen.directory}{has}"
    if given.differs == ("running",):
        return seen.message or (NO_FOLDER if seen.is_open and seen.wanted else "it does not start")
    return seen.message or "they were set again without effect"


def _never_appeared(addition: Addition) -> NeverAppeared:
    hint = "It says so of what is no torrent, too." if addition.content else "See the log of rTorrent."
    if addition.magnet and not has_trackers(addition.magnet):
        hint = "The magnet names no tracker (&tr=): without DHT rTorrent takes none of these."
    waited = f"{sum(PAUSES_S):.0f}"
    return NeverAppeared(f"rTorrent said yes, but the torrent did not appear within {waited} s.", hint)
