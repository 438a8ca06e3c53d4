"""Finds where else the file of a broken link may be: the same name or size in another torrent of the account."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mediatui.changes.steps.symlinks import RelinkSymlink
from mediatui.model.candidate import Candidate
from mediatui.model.hidden_names import standing
from mediatui.model.human import counted
from mediatui.model.plan import Plan
from mediatui.model.text import printable
from mediatui.store.library.links import LibraryLink
from mediatui.store.library.matching import FileOnRecord, files_like, sizes_on_record
from mediatui.system.helper_process import TimedOut, ask
from mediatui.system.mounts import Mount, mount_of
from mediatui.system.symlinks import absolute

LEAST_BYTES = 1_000_000
"""Files below this size are not matched by size alone."""
MOST_VIEWS = 30
MOST = 20
LOOK_S = 8.0
_EXPECTED = {"broken": "broken", "loop": "loop", "small": "small", "outside": "broken"}
"""The state a link must still be in when it is pointed elsewhere, by its stored state: a link that works again
stays."""
_SCORES = {"same name and size": 100, "same name": 80, "same size": 60}


@dataclass(frozen=True, slots=True)
class Lookalikes:
    """A link, where it points, and the files of the account that resemble what it should lead to, likeliest first."""

    link: LibraryLink
    pointed: bytes
    files: tuple[tuple[FileOnRecord, str], ...]


def lookalikes(connection: sqlite3.Connection, links: Sequence[LibraryLink]) -> list[Lookalikes]:
    """For each link the files in the archive that resemble its own; one pass over all files for all links."""
    pointed = [absolute(link.path, link.target) for link in links]
    names = [os.fsdecode(os.path.basename(target)) for target in pointed]
    sizes = [
        {size for size in (*sizes_on_record(connection, link.torrent_id, name), link.size) if size}
        for link, name in zip(links, names, strict=True)
    ]
    known = files_like(
        connection, set(names), {size for link_sizes in sizes for size in link_sizes if size >= LEAST_BYTES}
    )
    return [
        Lookalikes(link, target, tuple(_ranked(known, name, link_sizes)))
        for link, target, name, link_sizes in zip(links, pointed, names, sizes, strict=True)
    ]


def _ranked(known: Sequence[FileOnRecord], name: str, sizes: set[int]) -> list[tuple[FileOnRecord, str]]:
    found: list[tuple[int, FileOnRecord, str]] = []
    for file in known:
        same_name, same_size = file.name == name, file.bytes in sizes
        if same_name and same_size:
            found.append((0, file, "same name and size"))
        elif same_name:
            found.append((1, file, "same name"))
        elif same_size and file.bytes >= LEAST_BYTES:
            found.append((2, file, "same size"))
    return [(file, why) for _, file, why in sorted(found, key=lambda ranked: ranked[0])]


def find_candidates(wanted: Lookalikes, mounts: Sequence[Mount]) -> list[Candidate]:
    """The lookalikes that exist now, at most twenty; none when the mount does not answer in time. Blocks: call it in a
    thread."""
    try:
        return ask(find_existing, wanted, tuple(mounts), seconds=LOOK_S)
    except (OSError, TimedOut):
        return []


def find_existing(wanted: Lookalikes, mounts: Sequence[Mount]) -> list[Candidate]:
    """The lookalikes that exist now, without a time limit."""
    return list(_iterate_existing(wanted, mounts))


def _iterate_existing(wanted: Lookalikes, mounts: Sequence[Mount]) -> Iterator[Candidate]:
    own = os.path.dirname(os.path.dirname(wanted.pointed))
    places = list(dict.fromkeys([own, *_views(wanted.pointed, mounts)]))
    seen = {wanted.pointed}
    for file, why in wanted.files:
        for target in _paths(file, places):
            if target not in seen and os.path.isfile(target):
                seen.add(target)
                yield Candidate(
                    target, _SCORES[why], why, size=file.bytes, torrent_id=file.torrent_id, torrent=file.torrent
                )
                break
        if len(seen) > MOST:
            return


def _views(pointed: bytes, mounts: Sequence[Mount]) -> Iterator[bytes]:
    """The folders of a mount that may hold torrents: those directly in it when they are few, and the mount itself."""
    on = mount_of(mounts, pointed)
    for mount in mounts if on is None else (on,):
        yield mount.path
        try:
            names = [name for name in os.listdir(mount.path) if standing(name) != "hidden"]
        except OSError:
            continue
        if len(names) <= MOST_VIEWS:
            yield from (os.path.join(mount.path, name) for name in sorted(names))


def _paths(file: FileOnRecord, places: Sequence[bytes]) -> Iterator[bytes]:
    """Where a torrent's file may be: below the torrent's folder under either of its names or its id, with its inner
    folders or without."""
    inner = os.fsencode(file.path.strip("/"))
    insides = dict.fromkeys([inner, os.fsencode(file.name)])
    for place in places:
        names = (file.torrent, file.original, file.torrent_id)
        for name in dict.fromkeys(text for text in names if text and "/" not in text):
            yield from (os.path.join(place, os.fsencode(name), inside) for inside in insides)


def plan_relink(chosen: Sequence[tuple[LibraryLink, Candidate]], notes: Mapping[str, str] | None = None) -> Plan:
    """The plan that points each of these links at the file chosen for it; ``notes`` say which are left alone."""
    steps = tuple(
        RelinkSymlink(
            what=printable(os.fsdecode(link.path)), path=os.fsdecode(link.path), target=os.fsdecode(link.target),
            torrent=candidate.torrent_id or None, new_target=os.fsdecode(candidate.path), reason=candidate.why,
            state=_EXPECTED.get(link.state, ""),
        )
        for link, candidate in chosen
    )  # fmt: skip
    title = f"Point {counted(len(steps), 'link')} elsewhere"
    return Plan("relink", title, steps, tuple((notes or {}).items()))


def choose_alone(candidates: Sequence[Candidate]) -> Candidate | None:
    """The candidate to take without asking: the only one with the same name and size, else the only one at all."""
    sure = [candidate for candidate in candidates if candidate.score == 100] or list(candidates)
    return sure[0] if len(sure) == 1 else None
