"""One rTorrent (0.9.8 to 0.16): a ``TorrentClient``."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from mediatui.model.errors import UsageError
from mediatui.model.seedbox import (
    ClientFacts,
    EraseEvents,
    SeedboxFile,
    SeedboxPeer,
    SeedboxTorrent,
    SeedboxTracker,
)
from mediatui.services.errors import NotFound, ServiceError
from mediatui.services.rtorrent.adding import Adder, MakeFolder
from mediatui.services.rtorrent.columns import FILES, PEERS, TRACKERS, Columns, read_file, read_peer, read_tracker
from mediatui.services.rtorrent.encode import Call
from mediatui.services.rtorrent.erase_events import deletes, read_erase_events
from mediatui.services.rtorrent.listing import TorrentList, absent, column_calls, read_torrents, torrent_in
from mediatui.services.rtorrent.rpc import SMALLEST_LIMIT, Rpc, Transport
from mediatui.services.rtorrent.scan import Row
from mediatui.services.torrent_client import (
    FILE_PRIORITIES,
    PRIORITIES,
    Act,
    Added,
    Addition,
    CallFailed,
    CallRefused,
    TorrentRows,
    checked_folder,
    wrong_text,
)

_ACTS: Final[Mapping[Act, str]] = {
    "start": "d.start",
    "stop": "d.stop",
    "pause": "d.pause",
    "resume": "d.resume",
    "close": "d.close",
    "recheck": "d.check_hash",
    "announce": "d.tracker_announce",
}
_FACTS: Final = (
    "system.client_version", "system.library_version", "system.hostname", "directory.default", "session.path",
    "network.xmlrpc.size_limit",
)  # fmt: skip
OLD_LIMIT: Final = 2 * 1024 * 1024
"""rTorrent before 0.16 resets the connection above this, whatever its limit (bytes; NOTES.md 9)."""


Closing = Callable[[], Awaitable[None]]
"""Ends what a client was given."""


class RTorrent:
    """One rTorrent. Every call raises ServiceError; ``close`` it when done."""

    def __init__(
        self,
        transport: Transport,
        *,
        make_folder: MakeFolder | None = None,
        closing: Closing | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """``make_folder`` makes a folder at the seedbox where rTorrent may not; ``closing`` ends the login that the
        transport leads through."""
        self._closing = closing
        self._rpc = Rpc(transport)
        self._list = TorrentList(self._rpc, clock)
        self._adder = Adder(self._rpc, make_folder, sleep)
        self._facts: ClientFacts | None = None
        self._events: EraseEvents | None = None

    async def close(self) -> None:
        """Closes connections."""
        await self._rpc.transport.close()
        if self._closing is not None:
            await self._closing()

    async def facts(self) -> ClientFacts:
        """Its versions, where things go, and how large a request may be; asked once."""
        if self._facts is None:
            found = await self._rpc.several([(method, [""]) for method in _FACTS])
            if isinstance(found[0], ServiceError):
                raise found[0]
            version, library, host, folder, session = (
                "" if isinstance(one, ServiceError) else str(one) for one in found[:5]
            )
            limit = found[5] if isinstance(found[5], int) else None
            self._rpc.most_bytes = limit or SMALLEST_LIMIT
            if limit is not None and _is_old(version):
                self._rpc.most_bytes = limit = min(limit, OLD_LIMIT)
            self._facts = ClientFacts(
                "rTorrent", version, library, host, self._rpc.transport.name, limit, folder, session
            )
        return self._facts

    async def can_make_folders(self) -> bool:
        """Whether it makes folders: it is asked for one that every machine has."""
        try:
            await self._rpc.call("execute.throw", "", "mkdir", "-p", "/")
        except (CallRefused, CallFailed):
            return False
        return True

    async def torrents(self) -> TorrentRows:
        """Every torrent with every column."""
        return await self._list.read_all()

    async def poll(self) -> TorrentRows:
        """Every torrent; what moves is read again (done, rates, complete, active, message), of more than 2,000 only
        those that are not whole. All of it is read when torrents came or went, and every five minutes."""
        return await self._list.poll()

    def idle_s(self, hash: str) -> float:  # noqa: A002 - the word of the whole program
        """For how many seconds the polls have seen no byte come for a torrent; 0 for one that they do not know."""
        return self._list.idle_s(hash)

    async def torrent(self, hash: str) -> SeedboxTorrent:  # noqa: A002
        """One torrent with every column. Raises NotFound."""
        found = (await read_torrents(self._rpc, [hash]))[0]
        if isinstance(found, ServiceError):
            raise found
        return found

    async def files(self, hash: str) -> list[SeedboxFile]:  # noqa: A002
        """The files of a torrent, in their order. Raises NotFound."""
        rows = await self._rows_of("f.multicall", hash, FILES)
        return [read_file(index, row) for index, row in enumerate(rows)]

    async def trackers(self, hash: str) -> list[SeedboxTracker]:  # noqa: A002
        """The trackers of a torrent. Raises NotFound."""
        return [read_tracker(row) for row in await self._rows_of("t.multicall", hash, TRACKERS)]

    async def peers(self, hash: str) -> list[SeedboxPeer]:  # noqa: A002
        """The other clients of a torrent at present. Raises NotFound."""
        return [read_peer(row) for row in await self._rows_of("p.multicall", hash, PEERS)]

    async def add(self, additions: Sequence[Addition]) -> list[Added]:
        """What became of each, in their order. Raises ServiceError only when nothing could be sent yet."""
        await self.facts()
        return await self._adder.add(additions)

    async def settle(self, addition: Addition) -> Added:
        """What was added, compared once more with what was sent, and put right once. Raises NotFound."""
        return await self._adder.settle(addition)

    async def act(self, hash: str, act: Act) -> SeedboxTorrent:  # noqa: A002
        """The torrent as it stands after an act: rTorrent answers 0 also when nothing changed. Raises NotFound."""
        return await self._changed(hash, [(_ACTS[act], [hash.upper()])])

    async def set_label(self, hash: str, label: str) -> SeedboxTorrent:  # noqa: A002
        """The torrent with its new label, which is kept from now on. Raises UsageError, NotFound."""
        if wrong := wrong_text(label):
            raise UsageError(f"The label {wrong}.", "Take another.")
        target = hash.upper()
        found = await self._changed(hash, [("d.custom1.set", [target, label]), ("d.save_full_session", [target])])
        if found.label != label:
            raise CallFailed("The label was set without effect.")
        return found

    async def set_priority(self, hash: str, priority: int) -> None:  # noqa: A002
        """Sets the priority: 0 off, 1 low, 2 normal, 3 high. Raises UsageError, NotFound."""
        if priority not in PRIORITIES:
            raise UsageError(f"{priority} is no priority.", "Allowed is 0 (off), 1 (low), 2 (normal), 3 (high).")
        target = hash.upper()
        answers = await self._all(
            hash,
            [
                ("d.priority.set", [target, priority]), ("d.update_priorities", [target]),
                ("d.save_full_session", [target]), ("d.priority", [target]),
            ],
        )  # fmt: skip
        if answers[-1] != priority:
            raise CallFailed("The priority was set without effect.")

    async def set_file_priorities(self, hash: str, priorities: Mapping[int, int]) -> list[SeedboxFile]:  # noqa: A002
        """The files of a torrent with new priorities, by their index: 0 left out, 1 normal, 2 high. Raises UsageError
        for what there is not, NotFound."""
        files = await self.files(hash)
        for index, priority in priorities.items():
            if priority not in FILE_PRIORITIES or not 0 <= index < len(files):
                raise UsageError(
                    f"A file {index} with priority {priority} cannot be.",
                    f"The torrent has files 0 to {len(files) - 1}; allowed is 0 (left out), 1 (normal), 2 (high).",
                )
        target = hash.upper()
        calls: list[Call] = [("f.priority.set", [f"{target}:f{index}", to]) for index, to in priorities.items()]
        await self._all(hash, [*calls, ("d.update_priorities", [target]), ("d.save_full_session", [target])])
        files = await self.files(hash)
        if any(files[index].priority != priority for index, priority in priorities.items()):
            raise CallFailed("Not every priority was set.")
        return files

    async def set_folder(self, hash: str, folder: str) -> SeedboxTorrent:  # noqa: A002
        """The torrent whose data lie in another folder now; it has to be closed. Raises UsageError, NotFound."""
        folder = checked_folder(folder)
        if (await self.torrent(hash)).is_open:
            raise UsageError("The torrent is open.", "Close it first: then its data can be moved.")
        target = hash.upper()
        found = await self._changed(hash, [("d.directory.set", [target, folder]), ("d.save_full_session", [target])])
        if found.directory.rstrip("/") not in (folder, f"{folder}/{found.name}"):
            raise CallFailed(f"The folder was set without effect: it is {found.directory}.")
        return found

    async def erase_events(self) -> EraseEvents:
        """What its configuration runs when a torrent is taken out; asked once."""
        if self._events is None:
            self._events = await read_erase_events(self._rpc)
        return self._events

    async def erase(self, hash: str, *, data_may_go: bool = False) -> None:  # noqa: A002
        """Takes a torrent out, and looks that it is gone. Raises EraseDeletes where that may delete its data, unless
        they may go; NotFound."""
        events = await self.erase_events()
        if events.may_delete and not data_may_go:
            raise deletes(events)
        await self._all(hash, [("d.erase", [hash.upper()])])
        try:
            await self.torrent(hash)
        except NotFound:
            return
        raise CallFailed("The torrent is still there.")

    async def _rows_of(self, method: str, hash: str, columns: Columns) -> list[Row]:  # noqa: A002
        """The rows of a list of one torrent. Raises NotFound."""
        found: list[Row] = []
        params = [hash.upper(), "", *columns.commands]
        try:
            unread = await self._rpc.rows(method, params, columns.kinds, found.extend)
        except CallFailed as error:
            raise absent(hash, error) from None
        if unread:
            raise CallFailed(f"{unread:,} rows of {method} could not be read.")
        return found

    async def _changed(self, hash: str, calls: Sequence[Call]) -> SeedboxTorrent:  # noqa: A002
        """The torrent as it stands after these calls, in one request where that is passed on. Raises NotFound, or the
        error of a call."""
        if self._rpc.transport.passes_all:
            answers = await self._rpc.several([*calls, *column_calls(hash)])
        else:
            answers = [*await self._rpc.each(calls), *await self._rpc.several(column_calls(hash))]
        found = torrent_in(hash, answers[len(calls) :])
        if isinstance(found, ServiceError):
            raise found
        for answer in answers[: len(calls)]:
            if isinstance(answer, ServiceError):
                raise answer
        return found

    async def _all(self, hash: str, calls: Sequence[Call]) -> list[object]:  # noqa: A002
        """What calls on a torrent return. Raises NotFound, or the first error of them."""
        answers = await self._rpc.each([("d.name", [hash.upper()]), *calls])
        if isinstance(answers[0], ServiceError):
            raise absent(hash, answers[0])
        for answer in answers:
            if isinstance(answer, ServiceError):
                raise answer
        return list(answers[1:])


def _is_old(version: str) -> bool:
    """Whether a version is before 0.16."""
    numbers = tuple(int(one) for one in re.findall(r"\d+", version)[:2])
    return bool(numbers) and numbers < (0, 16)
