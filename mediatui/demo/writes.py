"""Writes to the simulated account: adds, selections, deletions, direct links.

How an info-hash behaves can be set for each (``Behaviour``), so that tests can see every answer the service is known
to give (services/realdebrid/NOTES.md 7 and 12-20).
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from mediatui.demo.faults import Reply, error
from mediatui.demo.seed import SimTorrent, make_stranger

if TYPE_CHECKING:
    from mediatui.demo.account import SimulatedAccount
    from mediatui.model.torrent import TorrentFile

_BTIH = re.compile(r"urn:btih:([0-9a-fA-F]{40})")


DIRECT: Final = "https://cdn.invalid/d"
"""What direct links begin with."""


@dataclass(slots=True)
class Behaviour:
    """How one info-hash behaves when it is added. For ``converts_for`` infos it is still being converted; the first
    ``ignores_selects`` selections change nothing; ``refusals`` adds are answered 451 and ``no_slots`` 509 before one is
    accepted; with ``folds`` the answer is the existing entry; a hash that is not ``cached`` is downloaded, one that
    ``hangs`` never progresses; ``loses_links`` of the finished entry's links are missing, and ``dead_code`` is their
    answer."""

    converts_for: int = 0
    ignores_selects: int = 0
    refusals: int = 0
    no_slots: int = 0
    folds: bool = False
    cached: bool = True
    hangs: bool = False
    loses_links: int = 0
    dead_code: int | None = None
    fails_as: str = ""


@dataclass(slots=True)
class Writes:
    """Every write to the account. ``sent`` counts writes; ``adds_a_window`` adds are accepted in ``window_s`` seconds,
    more are refused with 429."""

    account: SimulatedAccount
    behaviours: dict[str, Behaviour] = field(default_factory=dict)
    adds_a_window: int | None = None
    window_s: float = 60.0
    downloads: dict[str, str] = field(default_factory=dict)
    direct: str = DIRECT
    sent: int = 0
    _adds: deque[float] = field(default_factory=deque)
    _numbers: int = 0

    def answer(self, method: str, path: str, form: Mapping[str, str], body: bytes) -> Reply | None:
        """The answer to a write; None for any other request."""
        for wanted, prefix, act in self._routes(form, body):
            if method == wanted and path.startswith(prefix):
                self.sent += 1
                return act(path.removeprefix(prefix))
        return None

    def _routes(self, form: Mapping[str, str], body: bytes) -> tuple[tuple[str, str, Callable[[str], Reply]], ...]:
        return (
            ("POST", "/torrents/addMagnet", lambda rest: self._add_magnet(form.get("magnet", ""))),
            ("PUT", "/torrents/addTorrent", lambda rest: self._add_file(body)),
            ("POST", "/torrents/selectFiles/", lambda rest: self._select(rest, form.get("files", ""))),
            ("DELETE", "/torrents/delete/", self._delete),
            ("POST", "/unrestrict/link", lambda rest: self._unrestrict(form.get("link", ""))),
            ("DELETE", "/downloads/delete/", self._delete_download),
        )

    def behaviour(self, info_hash: str) -> Behaviour:
        """How this hash behaves."""
        return self.behaviours.setdefault(info_hash, Behaviour())

    def _add_magnet(self, magnet: str) -> Reply:
        found = _BTIH.search(magnet)
        return self._add(found[1].lower()) if found else error(400, 2, "parameter_bad_value")(Reply(400))

    def _add_file(self, body: bytes) -> Reply:
        from mediatui.model.errors import UsageError
        from mediatui.model.torrent_file import read_torrent_file

        try:
            facts = read_torrent_file(body)
        except UsageError:
            return error(400, 30, "torrent_file_invalid")(Reply(400))
        return self._add(facts.hash)

    def _add(self, info_hash: str) -> Reply:
        now = self.account.clock()
        while self._adds and self._adds[0] <= now - self.window_s:
            self._adds.popleft()
        self._adds.append(now)
        if self.adds_a_window is not None and len(self._adds) > self.adds_a_window:
            return error(429, 34, "too_many_requests")(Reply(429))
        behaviour = self.behaviour(info_hash)
        if behaviour.refusals > 0:
            behaviour.refusals -= 1
            return error(451, 35, "infringing_file")(Reply(451))
        if behaviour.no_slots > 0:
            behaviour.no_slots -= 1
            return error(509, 21, "too_many_active_downloads")(Reply(509))
        existing = [torrent for torrent in self.account.torrents() if torrent.hash == info_hash]
        if behaviour.folds and existing:
            return _created(existing[0].id)
        added = self._entry(info_hash, now)
        self.account.add(added)
        return _created(added.id)

    def _entry(self, info_hash: str, now: float) -> SimTorrent:
        """A new entry of a hash, its files not selected yet."""
        self._numbers += 1
        known = self.account.content(info_hash) or make_stranger(info_hash)
        behaviour = self.behaviour(info_hash)
        each = known.each or known.size // max(1, known.file_count - known.skipped)
        shape = "season" if known.shape == "partial" else known.shape
        converting = behaviour.converts_for > 0
        return replace(
            known,
            id=self.account.new_id(info_hash, self._numbers),
            filename=known.original_filename,
            status="magnet_conversion" if converting else "waiting_files_selection",
            progress=0.0,
            size=0,
            each=each,
            shape=shape,
            added_at=now,
            ended_at=None,
            selection=(),
            skipped=0,
            link_code=behaviour.dead_code,
            short_by=behaviour.loses_links,
            polls=behaviour.converts_for,
        )

    def _select(self, torrent_id: str, files: str) -> Reply:
        torrent = self.account.find(torrent_id)
        if torrent is None:
            return error(404, 7, "unknown_ressource")(Reply(404))
        if torrent.status == "magnet_conversion":
            return Reply(204)  # NOTES.md 17: accepted without effect
        if torrent.status != "waiting_files_selection":
            return Reply(202)
        ids = [file.file_id for file in torrent.files()]
        wanted = ids if files == "all" else [int(file) for file in files.split(",") if file.isdecimal()]
        if not wanted or not set(wanted) <= set(ids):
            return error(400, 2, "parameter_bad_value")(Reply(400))
        behaviour = self.behaviour(torrent.hash)
        if behaviour.ignores_selects > 0:
            behaviour.ignores_selects -= 1
            return Reply(204)
        now = self.account.clock()
        chosen = replace(torrent, selection=tuple(sorted(wanted)), size=torrent.each * len(wanted))
        if behaviour.fails_as:
            chosen = replace(chosen, status=behaviour.fails_as)
        elif behaviour.hangs:
            chosen = replace(chosen, status="downloading", progress=0.0, hangs=True)
        elif behaviour.cached:
            chosen = replace(chosen, status="downloaded", progress=100.0, ended_at=now)
        else:
            chosen = replace(chosen, status="downloading", progress=0.0, added_at=now)
        self.account.change(chosen)
        return Reply(204)

    def _delete(self, torrent_id: str) -> Reply:
        if self.account.find(torrent_id) is None:
            return error(404, 7, "unknown_ressource")(Reply(404))
        self.account.remove(torrent_id)
        return Reply(204)

    def _unrestrict(self, link: str) -> Reply:
        owner = self.account.owner_of(link)
        if owner is None:
            return error(404, 7, "unknown_ressource")(Reply(404))
        torrent, position = owner
        if torrent.link_code == 19:
            return error(503, 19, "hoster_unavailable")(Reply(503))
        if torrent.link_code == 35:
            return error(451, 35, "infringing_file")(Reply(451))
        if torrent.link_code is not None:
            return error(503, torrent.link_code, "unavailable_file")(Reply(503))
        self._numbers += 1
        made = self.account.new_id(link, self._numbers)
        self.downloads[made] = link
        file = _opened(torrent, position)
        name = file.path.rpartition("/")[2]
        return _json(
            200,
            {
                "id": made, "filename": name, "mimeType": "video/x-matroska", "filesize": file.bytes, "link": link,
                "host": "real-debrid.com", "chunks": 32, "crc": 1, "streamable": 1,
                "download": f"{self.direct}/{made}/{quote(name)}",
            },
        )  # fmt: skip

    def file_of(self, download_id: str) -> tuple[SimTorrent, TorrentFile] | None:
        """The torrent and the file a row of the download list is of; None when there is no such row, or its link leads
        nowhere any more."""
        owner = self.account.owner_of(self.downloads[download_id]) if download_id in self.downloads else None
        return None if owner is None else (owner[0], _opened(*owner))

    def _delete_download(self, download_id: str) -> Reply:
        if self.downloads.pop(download_id, None) is None:
            return error(404, 7, "unknown_ressource")(Reply(404))
        return Reply(204)

    def list_downloads(self) -> list[dict[str, object]]:
        """The download list, newest first."""
        return [
            {"id": made, "filename": "", "link": link, "host": "real-debrid.com"}
            for made, link in reversed(self.downloads.items())
        ]


def _opened(torrent: SimTorrent, position: int) -> TorrentFile:
    """The file that a link of a torrent opens."""
    chosen = [file for file in torrent.files() if file.selected]
    return chosen[min(position, len(chosen) - 1)]


def _created(torrent_id: str) -> Reply:
    uri = f"https://api.real-debrid.com/rest/1.0/torrents/info/{torrent_id}"
    return _json(201, {"id": torrent_id, "uri": uri})


def _json(status: int, value: object) -> Reply:
    import json

    return Reply(status, json.dumps(value).encode(), {"content-type": "application/json"})
