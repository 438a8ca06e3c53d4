"""The four indexers of the demo: a good one, a slow one, one that fails, and one whose links redirect to magnets."""

from __future__ import annotations

import dataclasses
import random
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from mediatui.demo.account import SimulatedAccount
from mediatui.demo.archive import fill_demo
from mediatui.demo.names import FILMS, GROUPS, LANGUAGES, RESOLUTIONS, SERIES, SOURCES
from mediatui.demo.prowlarr import Fate, Offer, SimulatedIndexer, SimulatedProwlarr, hash_behind, hash_of
from mediatui.demo.seed import SimTorrent
from mediatui.model.text import fold

GB: Final = 1_000_000_000
SLOW_S: Final = 3.0
_FAMOUS: Final = (
    "Foundation.S02.MULTi.1080p.ATVP.WEB-DL.DDP5.1.H.264-FW", "Foundation.2021.S01.2160p.WEB-DL.DV.HDR10.H.265-NTb",
    "Foundation.S02E03.FRENCH.720p.WEB.x264-TOKYO", "Foundation.S02E10.MULTi.1080p.WEB.H264-FW",
    "Foundation.S03E01.1080p.ATVP.WEB-DL.DDP5.1.Atmos.H.264-FLUX",
    "Foundation.iNTEGRALE.S01-S02.VOSTFR.1080p.WEB-SUPPLY",
    "Dune.Part.Two.2024.2160p.UHD.BluRay.REMUX.DV.HDR10.TrueHD.Atmos.7.1.HEVC-X",
    "Dune.Part.Two.2024.MULTi.VFF.1080p.BluRay.x265-QxR", "Le.Bureau.des.Legendes.S03E04.FRENCH.720p.HDTV.x264-GRP",
)  # fmt: skip
_PACK: Final = re.compile(r"(?P<title>.+?)\.S(?P<first>\d\d)(?:-S(?P<last>\d\d))?\.(?P<rest>.+)")
_SIZES: Final = {"2160p": 18.0, "1080p": 6.0, "720p": 2.2, "480p": 0.9}


def offered_in(prowlarr: Callable[[], SimulatedProwlarr]) -> Callable[[str], SimTorrent | None]:
    """Finds by its hash what the indexers offer, as the account then holds it; ``prowlarr`` is made when the first is
    looked for."""
    found: dict[str, Offer] = {}

    def find(info_hash: str) -> SimTorrent | None:
        if not found:
            found.update({hash_behind(one): one for each in prowlarr().indexers.values() for one in each.finds("")})
        offer = found.get(info_hash)
        return None if offer is None else _as_torrent(info_hash, offer)

    return find


def _as_torrent(info_hash: str, offer: Offer) -> SimTorrent:
    count = len(offer.files) or 1
    return SimTorrent(
        "", info_hash, offer.title, offer.title, "downloaded", 100.0, offer.size, 0.0, None,
        "season" if offer.files else "film", count, each=offer.size // count, names=offer.files,
    )  # fmt: skip


def demo_prowlarr(database: Path) -> SimulatedProwlarr:
    """The Prowlarr of the demo whose archive is ``database``; some of what it finds is in the account."""
    birth = fill_demo(database)
    held = SimulatedAccount(birth=birth, clock=lambda: birth).torrents()
    everything = [*_of_the_account(held), *_made_up()]
    first, second, third = (everything[start::3] for start in range(3))
    return SimulatedProwlarr(
        {
            1: SimulatedIndexer("Lighthouse", _finder([*first, *second]), priority=10),
            2: SimulatedIndexer("Slow Ferry", _finder([*second, *third]), delay_s=SLOW_S),
            3: SimulatedIndexer("Broken Mast", _finder([]), fault="error", delay_s=0.4),
            4: SimulatedIndexer("Magnet Bay", _finder(third, "magnet"), delay_s=0.2),
        }
    )


def _finder(offers: Sequence[Offer], fate: Fate = "torrent") -> Callable[[str], list[Offer]]:
    """What an indexer finds: releases that have every word; its own seeders, and links of this kind."""
    chance = random.Random(f"{fate} {len(offers)}")
    own = [
        dataclasses.replace(one, seeders=chance.randint(0, 400), fate=fate if one.fate == "torrent" else one.fate)
        for one in offers
    ]
    folded = [(fold(one.title.replace("-", " ")), one) for one in own]
    return lambda query: [one for text, one in folded if all(word in text for word in fold(query).split())]


def _of_the_account(held: Sequence[SimTorrent]) -> Iterator[Offer]:
    """Some torrents of the account, as an indexer offers them too."""
    for at, torrent in enumerate(held[40:400:5]):
        if torrent.filename.strip():
            yield Offer(torrent.filename, torrent.size, age_h=24.0 * (at + 3), hash=torrent.hash, fate="magnet")


def _made_up() -> Iterator[Offer]:
    """Releases of every title the demo knows, and of some more."""
    chance = random.Random(11)
    for title in (*FILMS, *SERIES):
        for _ in range(6):
            middle = str(chance.randint(1990, 2026)) if title in FILMS else f"S{chance.randint(1, 5):02d}"
            if title in SERIES and chance.random() < 0.5:
                middle += f"E{chance.randint(1, 10):02d}"
            parts = [title.replace(" ", "."), middle, chance.choice(LANGUAGES), chance.choice(RESOLUTIONS)]
            parts += [chance.choice(SOURCES), "x265"]
            yield _offer(".".join(part for part in parts if part) + f"-{chance.choice(GROUPS)}", chance)
    for name in _FAMOUS:
        yield _offer(name, chance)


def _offer(name: str, chance: random.Random) -> Offer:
    size = next((size for word, size in _SIZES.items() if word in name), 1.5) * chance.uniform(0.7, 1.4)
    size *= 1 if "E0" in name or "E1" in name else 6 if ".S0" in name else 1.5
    flags = ("freeleech",) if chance.random() < 0.15 else ()
    category = 5040 if ".S0" in name else 2040
    offer = Offer(
        name, int(size * GB), age_h=chance.uniform(2, 9000), flags=flags, categories=(category,), files=_files(name)
    )
    return dataclasses.replace(offer, hash=hash_of(offer)) if chance.random() < 0.6 else offer


def _files(name: str) -> tuple[str, ...]:
    """The episodes of a pack; none for anything else."""
    if (pack := _PACK.fullmatch(name)) is None:
        return ()
    first, last = int(pack["first"]), int(pack["last"] or pack["first"])
    return tuple(
        f"{pack['title']}.S{season:02d}E{number:02d}.{pack['rest']}.mkv"
        for season in range(first, last + 1)
        for number in range(1, 11)
    )
