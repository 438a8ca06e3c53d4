"""The simulated account: its torrents, and how they change as time passes."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from mediatui.demo.seed import SimTorrent, make_arrival, make_id, make_torrents
from mediatui.model.torrent import WORKING_STATUSES

ARRIVES_FIRST_S = 12.0
ARRIVES_EVERY_S = 45.0
MOST_ARRIVALS = 100
DOWNLOAD_S = 90.0
LEAVES_AFTER_S = 30.0
LEAVING = 40
"""The position of the torrent that another program deletes after a while."""
SLOTS = 20
LINKS_UP_TO = 100


class SimulatedAccount:
    """The account; its state depends only on its torrents, its birth and the clock, not on the requests.

    ``frozen`` stops time: nothing arrives, progresses or leaves. ``details_served`` counts answers by id.
    """

    def __init__(
        self,
        torrents: Sequence[SimTorrent] | None = None,
        *,
        seed: int = 7,
        birth: float | None = None,
        clock: Callable[[], float] = time.time,
        frozen: bool = False,
    ) -> None:
        self.clock = clock
        self.birth = clock() if birth is None else birth
        self.frozen = frozen
        self.user_id = 1
        self.username = "demo"
        self.premium_seconds = 180 * 86_400
        self.details_served: Counter[str] = Counter()
        self._seed = seed
        self._torrents = list(make_torrents(seed=seed, now=self.birth) if torrents is None else torrents)
        self._arrivals: list[SimTorrent] = []
        self._by_id = {torrent.id: torrent for torrent in self._torrents}
        self._contents = {torrent.hash: torrent for torrent in self._torrents}
        self._links: dict[str, tuple[str, int]] | None = None
        self._arrived_and_gone = 0
        self.changed: dict[str, SimTorrent | None] = {}
        self.on_change: Callable[[], None] | None = None
        self.offered: Callable[[str], SimTorrent | None] = lambda info_hash: None
        """What indexers offer with a hash that the account has never held."""
        self._leaving = (
            self._torrents[LEAVING].id if len(self._torrents) > LEAVING and torrents is None and not frozen else None
        )

    def _age(self) -> float:
        return 0.0 if self.frozen else max(0.0, self.clock() - self.birth)

    def _bring_up_to_date(self) -> None:
        age = self._age()
        due = 0 if age < ARRIVES_FIRST_S else 1 + int((age - ARRIVES_FIRST_S) / ARRIVES_EVERY_S)
        while (number := len(self._arrivals) + self._arrived_and_gone) < min(due, MOST_ARRIVALS):
            arrival = make_arrival(self._seed, number, self.birth + ARRIVES_FIRST_S + number * ARRIVES_EVERY_S)
            self._contents.setdefault(arrival.hash, arrival)
            if self.changed.get(arrival.id, arrival) is not None:
                self._arrivals.append(arrival)
                self._by_id[arrival.id] = arrival
            else:
                self._arrived_and_gone += 1
        if self._leaving is not None and age > LEAVES_AFTER_S:
            self.remove(self._leaving)
            self._leaving = None

    def add(self, torrent: SimTorrent) -> None:
        """Adds a torrent as the newest, as another program would."""
        self._torrents.insert(0, torrent)
        self._note(torrent.id, torrent)

    def change(self, torrent: SimTorrent) -> None:
        """Replaces the torrent of that id."""
        self._torrents = [torrent if known.id == torrent.id else known for known in self._torrents]
        self._note(torrent.id, torrent)

    def remove(self, torrent_id: str) -> None:
        """Deletes a torrent, as another program would; its links and files stay."""
        self._torrents = [torrent for torrent in self._torrents if torrent.id != torrent_id]
        kept = [torrent for torrent in self._arrivals if torrent.id != torrent_id]
        self._arrived_and_gone += len(self._arrivals) - len(kept)
        self._arrivals = kept
        self._note(torrent_id, None)

    def _note(self, torrent_id: str, torrent: SimTorrent | None) -> None:
        self._links = None
        if torrent is None:
            self._by_id.pop(torrent_id, None)
        else:
            self._by_id[torrent_id] = torrent
            self._contents.setdefault(torrent.hash, torrent)
        self.changed[torrent_id] = torrent
        if self.on_change is not None:
            self.on_change()

    def replay(self, changed: Mapping[str, SimTorrent | None]) -> None:
        """Applies changes made in an earlier run of this account, oldest first."""
        known = {torrent.id for torrent in self._torrents}
        for torrent_id, torrent in changed.items():
            if torrent is None:
                self.remove(torrent_id)
            elif torrent_id in known:
                self.change(torrent)
            else:
                self.add(torrent)

    def find(self, torrent_id: str) -> SimTorrent | None:
        """The torrent with this id; None when the account does not hold it."""
        self._bring_up_to_date()
        known = self._by_id.get(torrent_id)
        return None if known is None else self.now_of(known)

    def content(self, info_hash: str) -> SimTorrent | None:
        """A torrent of that hash, even one that was deleted, or that an indexer offers."""
        return self._contents.get(info_hash) or self.offered(info_hash)

    def owner_of(self, link: str) -> tuple[SimTorrent, int] | None:
        """The torrent a link belongs to, and which of its links it is; the first 13 characters decide."""
        if self._links is None:
            self._links = {
                link.rpartition("/")[2][:13]: (torrent.id, position)
                for torrent in map(self.now_of, self.torrents())
                for position, link in enumerate(torrent.links())
            }
        found = self._links.get(link.rpartition("/")[2][:13])
        return None if found is None else (self._by_id[found[0]], found[1])

    def new_id(self, text: str, number: int) -> str:
        """An id that no entry has had."""
        chance = random.Random(f"{self._seed} {self.birth} {text} {number} {len(self.changed)}")
        made = make_id(chance)
        while made in self._by_id or made in self.changed:
            made = make_id(chance)
        return made

    def torrents(self) -> list[SimTorrent]:
        """All torrents now, newest first, as stored (see ``now_of``)."""
        self._bring_up_to_date()
        return [*reversed(self._arrivals), *self._torrents]

    def now_of(self, torrent: SimTorrent) -> SimTorrent:
        """The present state of a torrent: a download has progressed, or has ended."""
        if torrent.status != "downloading" or self.frozen or torrent.hangs:
            return torrent
        began = max(torrent.added_at, self.birth)
        progress = torrent.progress + 100.0 * max(0.0, self.clock() - began) / DOWNLOAD_S
        if progress < 100.0:
            return replace(torrent, progress=round(progress, 2))
        ended = began + DOWNLOAD_S * (100.0 - torrent.progress) / 100.0
        return replace(torrent, status="downloaded", progress=100.0, ended_at=ended)

    def page(self, first: int, limit: int, *, only_active: bool = False) -> tuple[list[dict[str, object]], int]:
        """Rows ``[first, first + limit)`` of the list, and the count of the account."""
        rows: Sequence[SimTorrent] = self.torrents()
        if only_active:
            rows = [row for row in map(self.now_of, rows) if row.status in WORKING_STATUSES]
        part = rows[first : first + limit]
        return [self.listed(self.now_of(row), with_links=limit <= LINKS_UP_TO) for row in part], len(rows)

    def info(self, torrent_id: str) -> dict[str, object] | None:
        """The details of a torrent, or None when there is no such id."""
        self._bring_up_to_date()
        known = self._by_id.get(torrent_id)
        if known is None:
            return None
        self.details_served[torrent_id] += 1
        torrent = self.now_of(self._converted(known))
        files = torrent.files()
        return self.listed(torrent, with_links=True) | {
            "original_filename": torrent.original_filename,
            "original_bytes": sum(file.bytes for file in files),
            "files": [
                {"id": file.file_id, "path": file.path, "bytes": file.bytes, "selected": int(bool(file.selected))}
                for file in files
            ],
        }

    def _converted(self, torrent: SimTorrent) -> SimTorrent:
        """The torrent, converted once its details were requested often enough."""
        if torrent.status != "magnet_conversion" or torrent.id not in self.changed:
            return torrent
        if torrent.polls > 0:
            self.change(replace(torrent, polls=torrent.polls - 1))
            return torrent
        converted = replace(torrent, status="waiting_files_selection")
        self.change(converted)
        return converted

    def active(self) -> dict[str, object]:
        """The answer of activeCount."""
        return {
            "nb": sum(1 for row in map(self.now_of, self.torrents()) if row.status in WORKING_STATUSES),
            "limit": SLOTS,
        }

    def user(self) -> dict[str, object]:
        """The answer of user."""
        premium = self.premium_seconds
        return {
            "id": self.user_id,
            "username": self.username,
            "email": "demo@example.invalid",
            "points": 1000,
            "locale": "en",
            "avatar": "",
            "type": "premium" if premium else "free",
            "premium": premium,
            "expiration": iso(self.clock() + premium),
        }

    def listed(self, torrent: SimTorrent, *, with_links: bool) -> dict[str, object]:
        """A row of the list; fields that do not apply are missing, as in the service's answers."""
        row: dict[str, object] = {
            "id": torrent.id,
            "filename": torrent.filename,
            "hash": torrent.hash,
            "bytes": torrent.size,
            "host": "real-debrid.com",
            "split": 2000,
            "progress": int(torrent.progress) if torrent.progress == int(torrent.progress) else torrent.progress,
            "status": torrent.status,
            "added": iso(torrent.added_at),
            "links": torrent.links() if with_links else [],
        }
        if torrent.ended_at is not None and torrent.status == "downloaded":
            row["ended"] = iso(torrent.ended_at)
        if torrent.status in ("downloading", "compressing", "uploading"):
            row["speed"] = 0 if self.frozen or torrent.hangs else 5_000_000 + int(self.clock() * 7919) % 20_000_000
        if torrent.status in ("downloading", "magnet_conversion"):
            row["seeders"] = 0 if torrent.hangs else len(torrent.filename) % 40
        return row

    def details_of_all(self) -> Iterator[dict[str, object]]:
        """Every torrent's details, newest first, without counting them as served."""
        served = self.details_served.copy()
        for torrent in self.torrents():
            info = self.info(torrent.id)
            if info is not None:
                yield info
        self.details_served = served


def iso(at: float) -> str:
    """Epoch seconds as the API writes dates."""
    return datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
