"""Torrents from a seed: every status, twins, RAR and partial sets, one-file packs, hostile names."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace

from mediatui.demo.names import HOSTILE, film_name, season_name
from mediatui.model.torrent import STATUSES, TorrentFile

DAY_S = 86_400
GB = 1_000_000_000
UNKNOWN_STATUS = "transmuting"
_ID_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_RARE_STATUSES = (*(status for status in STATUSES if status not in ("downloaded", "downloading")), UNKNOWN_STATUS)
_LASTING = ("error", "magnet_error", "waiting_files_selection", "dead", "error", "virus")
"""The statuses in which older torrents may be stuck; only the newest have working statuses."""


@dataclass(frozen=True, slots=True)
class SimTorrent:
    """One simulated torrent. Files and links are made on demand from ``hash`` and ``shape``.

    ``shape`` is film, season, rar (one link for many files) or partial (a link is missing); ``size`` is the bytes of
    the selected files; ``skipped`` files at the end are not selected, or those of ``selection`` are; times are epoch
    seconds. ``extras`` are the names of more files, after the others; an extra that is no video makes the service pack
    the whole selection into one archive (NOTES.md 20). An entry that was added has files of ``each`` bytes. Links
    answer with the error ``link_code``, the last ``short_by`` of them are missing; ``polls`` infos it is still being
    converted; one that ``hangs`` never progresses. With ``names`` the files are called so.
    """

    id: str
    hash: str
    filename: str
    original_filename: str
    status: str
    progress: float
    size: int
    added_at: float
    ended_at: float | None
    shape: str
    file_count: int
    season: int = 1
    skipped: int = 0
    selection: tuple[int, ...] | None = None
    each: int = 0
    link_code: int | None = None
    short_by: int = 0
    polls: int = 0
    hangs: bool = False
    extras: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    def files(self) -> list[TorrentFile]:
        """The files, the same for every torrent of the hash but for the selection."""
        each = self.each or self.size // max(1, self.file_count - self.skipped)
        if self.file_count == 1 and not self.extras:
            path = self.original_filename if self.selection is not None else self.filename
            path = path if path.endswith(".mkv") else f"{path}.mkv"
            return [TorrentFile(1, f"/{path}", each, self.selection is None or 1 in self.selection)]
        names: list[str]
        if self.names:
            names = [*self.names]
        elif self.shape == "rar":
            names = [f"{self.original_filename}.r{part:02d}" for part in range(self.file_count)]
        else:
            show = self.original_filename.split(".S0")[0]
            names = [f"{show}.S{self.season:02d}E{number:02d}.mkv" for number in range(1, self.file_count + 1)]
        names += self.extras
        last = len(names) - self.skipped
        chosen = range(1, last + 1) if self.selection is None else self.selection
        return [TorrentFile(index, f"/{name}", each, index in chosen) for index, name in enumerate(names, 1)]

    def links(self) -> list[str]:
        """The links a finished torrent has, one for each selected file unless its shape says otherwise."""
        if self.status != "downloaded":
            return []
        selected = sum(1 for file in self.files() if file.selected)
        packed = self.extras and any(file.selected and not file.path.endswith(".mkv") for file in self.files())
        if packed:
            selected = 1
        count = 1 if self.shape == "rar" else max(1, selected - 1) if self.shape == "partial" else selected
        count = max(0, count - self.short_by)
        letters = random.Random(f"{self.id}{self.hash}")
        return ["https://real-debrid.com/d/" + "".join(letters.choices(_ID_LETTERS, k=13)) for _ in range(count)]


def make_id(chance: random.Random) -> str:
    """An id in the form of the service's ids."""
    return "".join(chance.choices(_ID_LETTERS, k=13))


def make_torrents(count: int = 4245, seed: int = 7, now: float = 1_790_000_000.0) -> list[SimTorrent]:
    """``count`` torrents, newest first, added over the four years before ``now`` (epoch seconds).

    Any dozen or more of them contains unusual ones; from 60 on every kind is there.
    """
    chance = random.Random(seed)
    moment = now - 3600.0
    step = 4 * 365 * DAY_S / max(1, count)
    found: list[SimTorrent] = []
    for number in range(count):
        moment -= chance.uniform(0.2, 1.8) * step * _pace(number / count)
        found.append(_make_one(chance, number, moment, found))
    return found


def _pace(age: float) -> float:
    """How much longer than on average it took until the next torrent, by the age from 0 to 1: less of late, and more or
    less by the season."""
    return (0.7 + 0.6 * age) * (1 + 0.45 * math.sin(8 * math.pi * age))


def make_arrival(seed: int, number: int, at: float) -> SimTorrent:
    """The ``number``-th torrent that another program adds while the account is simulated."""
    chance = random.Random(f"arrival {seed} {number}")
    torrent = _ordinary(chance, at)
    return replace(torrent, status="downloading", progress=0.0, ended_at=None)


def make_stranger(info_hash: str) -> SimTorrent:
    """The torrent of an info-hash that the account has never held: a film, the same for the same hash."""
    torrent = _ordinary(random.Random(f"stranger {info_hash}"), 0.0)
    return replace(torrent, hash=info_hash, shape="film" if torrent.file_count == 1 else "season")


def _make_one(chance: random.Random, number: int, at: float, before: list[SimTorrent]) -> SimTorrent:
    torrent = _ordinary(chance, at)
    kind = number % 100
    if number % 150 == 143 or (number < 60 and number % 4 == 3):
        status = _RARE_STATUSES[number // 4 % len(_RARE_STATUSES)] if number < 60 else chance.choice(_LASTING)
        done = 100.0 if status in ("compressing", "uploading") else round(chance.uniform(0, 99), 2)
        return replace(torrent, status=status, progress=done, ended_at=None)
    if number in (5, 9, 17):
        return replace(torrent, status="downloading", progress=round(chance.uniform(1, 60), 2), ended_at=None)
    if kind in (20, 50, 80) and before:
        twin = before[chance.randrange(len(before))]
        skipped = 1 if twin.file_count > 2 and twin.shape == "season" else 0
        return replace(twin, id=make_id(chance), added_at=at, ended_at=at, status="downloaded", progress=100.0,
                       skipped=skipped,
                       size=twin.size // twin.file_count * (twin.file_count - skipped))  # fmt: skip
    if kind == 30:
        return replace(torrent, shape="rar", file_count=chance.randint(8, 40), season=1)
    if kind == 70 and number > 500:
        return replace(torrent, link_code=24 if number % 300 == 170 else 19)
    if kind == 60 and torrent.file_count > 2:
        return replace(torrent, shape="partial")
    if number % 97 == 14:
        name = HOSTILE[(number // 97) % len(HOSTILE)]
        return replace(torrent, filename=name, original_filename=name)
    if kind == 40 and torrent.file_count == 1:
        return replace(torrent, filename=f"{torrent.filename}.mkv", original_filename="Pack." + torrent.filename)
    return torrent


def _ordinary(chance: random.Random, at: float) -> SimTorrent:
    season = 1
    if chance.random() < 0.55:
        name, files, size, shape = film_name(chance), 1, chance.randint(1 * GB, 25 * GB), "film"
    else:
        name, season = season_name(chance)
        files, shape = chance.randint(6, 13), "season"
        size = files * chance.randint(GB // 3, 5 * GB)
    digest = f"{chance.getrandbits(160):040x}"
    ended = at + chance.randint(5, 4000)
    return SimTorrent(make_id(chance), digest, name, name, "downloaded", 100.0, size, at, ended, shape, files, season)
