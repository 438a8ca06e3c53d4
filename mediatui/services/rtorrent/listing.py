"""The list of torrents in two parts: every column once, and when the set of torrents changes; else what moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from mediatui.model.seedbox import SeedboxTorrent
from mediatui.services.errors import NotFound, ServiceError
from mediatui.services.rtorrent.columns import ALL, MOVING, TRACKERS_OF_ROW, read_torrent
from mediatui.services.rtorrent.encode import Call
from mediatui.services.rtorrent.rpc import Rpc
from mediatui.services.rtorrent.scan import Row, Value
from mediatui.services.torrent_client import CallFailed, CallRefused, TorrentRows

FULL_S: Final = 300.0
"""After so many seconds every column is read again: ratios and totals of those that seed are in no poll."""
MANY: Final = 2_000
"""With more torrents than this a poll reads only those that are not whole."""
MOST_SINGLE: Final = 64
"""So many torrents, at most, are read one by one before the whole list is."""
_LIST: Final = "d.multicall2"
"""0.9.8 knows only this name, 0.16 another one too."""


class TorrentList:
    """The list of one rTorrent, as it was last read."""

    def __init__(self, rpc: Rpc, clock: Callable[[], float]) -> None:
        self._rpc = rpc
        self._clock = clock
        self._rows: dict[str, SeedboxTorrent] = {}
        self._last: dict[str, Row] = {}
        self._moved_at: dict[str, float] = {}
        self._unread = 0
        self._read_at = 0.0
        self._counts = True

    async def read_all(self) -> TorrentRows:
        """Every column of every torrent. Raises ServiceError."""
        rows: dict[str, SeedboxTorrent] = {}

        def take(batch: list[Row]) -> None:
            for row in batch:
                torrent = read_torrent(row)
                rows[torrent.hash] = torrent

        unread = await self._rpc.rows(_LIST, ["", "main", *ALL.commands], ALL.kinds, take)
        now = self._clock()
        before = self._rows
        self._moved_at = {
            one: self._moved_at[one] if one in before and before[one].done == torrent.done else now
            for one, torrent in rows.items()
        }
        self._rows, self._last, self._unread, self._read_at = rows, {}, unread, now
        return TorrentRows(rows, unread)

    async def poll(self) -> TorrentRows:
        """The list with what has moved since; with many torrents of those that are not whole alone. Raises
        ServiceError."""
        if not self._rows or self._unread or self._clock() - self._read_at >= FULL_S:
            return await self.read_all()
        many = self._counts and len(self._rows) > MANY
        if many and (count := await self._count()) is not None and count != len(self._rows):
            return await self.read_all()
        many = many and self._counts
        moved, unread = await self._moving("incomplete" if many else "main")
        expected = {one for one, torrent in self._rows.items() if not (many and torrent.complete)}
        missing = expected - moved.keys()
        if unread or moved.keys() - self._rows.keys() or (missing and not many):
            return await self.read_all()
        rows, again = self._merged(moved)
        again += missing
        if len(again) > MOST_SINGLE:
            return await self.read_all()
        for one, found in zip(again, await read_torrents(self._rpc, again), strict=True):
            if isinstance(found, ServiceError):
                return await self.read_all()
            self._note(one, found)
            rows[one] = found
        self._rows = rows
        self._last.update(moved)
        return TorrentRows(rows)

    def idle_s(self, hash: str) -> float:  # noqa: A002 - the word of the whole program
        """For how many seconds no byte has come for a torrent."""
        return self._clock() - self._moved_at[hash] if hash in self._moved_at else 0.0

    async def _count(self) -> Value | None:
        """How many torrents there are; None where that is not allowed, which is not asked again."""
        try:
            return await self._rpc.call("view.size", "", "main")
        except CallRefused:
            self._counts = False
            return None

    async def _moving(self, view: str) -> tuple[dict[str, Row], int]:
        moved: dict[str, Row] = {}
        unread = await self._rpc.rows(
            _LIST, ["", view, *MOVING.commands], MOVING.kinds,
            lambda batch: moved.update((row[0].lower(), row) for row in batch),
        )  # fmt: skip
        return moved, unread

    def _merged(self, moved: dict[str, Row]) -> tuple[dict[str, SeedboxTorrent], list[str]]:
        """The rows with what has moved, and the hashes of those whose other columns have changed too."""
        rows, again = dict(self._rows), list[str]()
        for one, row in moved.items():
            if row == self._last.get(one):
                continue
            known = rows[one]
            done = int(row[1])
            found = known._replace(done=done, down_rate=int(row[2]), up_rate=int(row[3]))
            self._note(one, found)
            rows[one] = found
            as_before = (row[4] != "0", row[5] != "0", row[6]) == (known.complete, known.is_active, known.message)
            if not as_before or done < known.done or known.meta or known.hashing:
                again.append(one)
        return rows, again

    def _note(self, hash: str, found: SeedboxTorrent) -> None:  # noqa: A002
        if self._rows[hash].done != found.done:
            self._moved_at[hash] = self._clock()


async def read_torrents(rpc: Rpc, hashes: Sequence[str]) -> list[SeedboxTorrent | ServiceError]:
    """Every column of some torrents; NotFound for one that is not there. Raises ServiceError."""
    if not hashes:
        return []
    answers = await rpc.several([call for one in hashes for call in column_calls(one)])
    width = len(ALL.commands)
    return [torrent_in(one, answers[at * width : (at + 1) * width]) for at, one in enumerate(hashes)]


def column_calls(hash: str) -> list[Call]:  # noqa: A002
    """The calls for every column of one torrent."""
    return [column_call(one, hash) for one in ALL.commands]


def column_call(column: str, hash: str) -> Call:  # noqa: A002
    """The call for a column of a torrent: ``d.custom=mediatui`` is the method ``d.custom`` with a parameter."""
    target = hash.upper()
    if column == TRACKERS_OF_ROW:
        return "t.multicall", [target, "", "t.url="]
    method, _, parameter = column.partition("=")
    return method, [target, parameter] if parameter else [target]


def torrent_in(hash: str, answers: Sequence[Value | ServiceError]) -> SeedboxTorrent | ServiceError:  # noqa: A002
    """The torrent that the answers to ``column_calls`` show, or why there is none."""
    found = row_in(answers)
    return absent(hash, found) if isinstance(found, ServiceError) else read_torrent(found)


def row_in(answers: Sequence[Value | ServiceError]) -> Row | ServiceError:
    """The cells of a torrent's row, or the first error among them."""
    error = next((one for one in answers if isinstance(one, ServiceError)), None)
    return error if error is not None else tuple(map(_cell, answers))


def _cell(value: Value | ServiceError) -> str:
    """A cell as the list has it; trackers come as a list of their own."""
    if isinstance(value, list):
        return "".join(f"{row[0]}#" for row in value if isinstance(row, list) and row)
    return str(value)


def absent(hash: str, error: ServiceError) -> ServiceError:  # noqa: A002
    """The error for a torrent whose name or hash could not be read: a fault there means that it does not exist."""
    if not isinstance(error, CallFailed):
        return error
    return NotFound(f"The seedbox has no torrent {hash.lower()}.", status=None, code=error.code)
