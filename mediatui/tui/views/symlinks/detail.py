"""One link, whole: where it leads, the torrent behind it and what helps, what is known of the file, its history."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from textual.content import Content

from mediatui.library.links.relink import Lookalikes, lookalikes
from mediatui.library.scan.job import reason_of
from mediatui.model.candidate import Candidate
from mediatui.model.human import counted, duration, long_moment, size_text
from mediatui.model.link import NOT_ON_MOUNT, REMOVABLE
from mediatui.model.problems import PROBLEM_INFO, PROBLEMS, diagnose
from mediatui.model.text import printable
from mediatui.model.torrent import Torrent
from mediatui.model.views import WHAT_HELPS
from mediatui.store.changes.journal import Line
from mediatui.store.library.links import LibraryLink
from mediatui.store.library.probes import Probe, read_probe
from mediatui.store.library.scan_history import bad_since, lines_on_path
from mediatui.store.torrents.listing import torrents_by_id
from mediatui.store.transfers.replaced import noted_replacements
from mediatui.system.helper_process import TimedOut, ask
from mediatui.system.symlinks import absolute
from mediatui.tui.views.symlinks.links import SIGNS
from mediatui.tui.widgets.detail_pane import fact_lines, heading_lines, history_lines, label, title_lines

LOOK_S = 2.0


@dataclass(frozen=True, slots=True)
class Identity:
    """What identifies a file beside its path: its size and time of change (nanoseconds)."""

    size: int
    mtime: int


@dataclass(frozen=True, slots=True)
class WholeLink:
    """A link with everything the archive knows of it."""

    link: LibraryLink
    torrent: Torrent | None
    probe: Probe | None
    since: float | None
    history: tuple[Line, ...]
    like: Lookalikes
    noted: str = ""


def identity_of(path: bytes) -> Identity | None:
    """What identifies the file behind a link; None when it cannot be read in time. Blocks: call it in a thread."""
    try:
        seen = ask(os.stat, path, seconds=LOOK_S)
    except (OSError, TimedOut):
        return None
    return Identity(seen.st_size, seen.st_mtime_ns)


def is_file(path: bytes) -> bool:
    """Whether a link leads to a file that is there; false also when its mount does not answer in time. Blocks: call it
    in a thread."""
    try:
        return bool(ask(os.path.isfile, path, seconds=LOOK_S))
    except (OSError, TimedOut):
        return False


def read_whole_link(connection: sqlite3.Connection, link: LibraryLink, file: Identity | None) -> WholeLink:
    """Everything about a link; what a probe found counts only for the very file it read."""
    torrents = torrents_by_id(connection, [link.torrent_id]) if link.torrent_id else []
    probe = None if file is None else read_probe(connection, absolute(link.path, link.target))
    if probe is not None and file is not None and not probe.is_of(file.size, file.mtime):
        probe = None
    return WholeLink(
        link,
        torrents[0] if torrents else None,
        probe,
        link.bad_since or bad_since(connection, link.path),
        tuple(lines_on_path(connection, os.fsdecode(link.path))),
        lookalikes(connection, [link])[0],
        noted_replacements(connection).get(link.path, ""),
    )


def link_lines(
    whole: WholeLink, candidates: Sequence[Candidate] | None, now: float, media: Iterable[Content] = ()
) -> Iterator[Content]:
    """The pane's lines, ``media`` (what the service says of the file) among them; ``candidates`` to relink to are None
    while they are searched for."""
    link = whole.link
    word, tone = SIGNS.get(link.state, (link.state, "attention"))
    yield from title_lines(link.path)
    yield Content.assemble(label("state"), (word, f"${tone}"))
    pointed = absolute(link.path, link.target)
    facts = [
        ("why", reason_of(link.state, link.code)),
        ("then", whole.noted),
        ("since", "" if whole.since is None else f"{long_moment(whole.since)}, or before"),
    ]
    yield from fact_lines(facts)
    yield from media
    yield from _helps(link, whole.torrent, candidates, now)
    yield Content("")
    facts = [
        ("target", os.fsdecode(link.target)),
        ("that is", "" if pointed == link.target else os.fsdecode(pointed)),
        ("size", "" if link.size is None else size_text(link.size)),
        ("checked", "" if link.checked_at is None else long_moment(link.checked_at)),
    ]
    yield from fact_lines(facts)
    yield from _file(whole.probe)
    yield from _torrent(whole.torrent, now)
    yield from history_lines(whole.history)


def _file(probe: Probe | None) -> Iterator[Content]:
    """What a scan of the full depth learnt of the file."""
    if probe is None:
        return
    yield from heading_lines("the file")
    yield from fact_lines([("verdict", f"{probe.verdict}{f': {probe.reason}' if probe.reason else ''}")])
    yield from fact_lines(mediafact_lines(probe.facts))


def mediafact_lines(facts: Mapping[str, object]) -> list[tuple[str, str]]:
    """Duration, picture and sound as ffprobe reported them, those that are known."""
    length, width, height = facts.get("duration_s"), facts.get("width"), facts.get("height")
    audio = facts.get("audio")
    picture = [str(facts.get("video") or "")] + ([f"{width}×{height}"] if width and height else [])
    return [
        ("length", duration(length) if isinstance(length, int | float) else ""),
        ("video", " ".join(part for part in picture if part)),
        ("audio", ", ".join(str(one) for one in audio) if isinstance(audio, list | tuple) else ""),
    ]


def _torrent(torrent: Torrent | None, now: float) -> Iterator[Content]:
    yield Content("")
    if torrent is None:
        yield Content.styled("no torrent of that name is known", "$quiet")
        return
    found = diagnose(torrent, now)
    yield Content.styled("the torrent", "$heading")
    yield Content(printable(torrent.filename))
    yield from fact_lines(
        [
            ("class", f"{PROBLEM_INFO[found.name].sign} {found.name}"),
            ("why", "" if PROBLEM_INFO[found.name].group != "problem" else found.reason),
            ("size", size_text(torrent.bytes)),
        ]
    )


def _helps(
    link: LibraryLink, torrent: Torrent | None, candidates: Sequence[Candidate] | None, now: float
) -> Iterator[Content]:
    """What can be done about a link that is not well, the key before each."""
    if link.state == "ok":
        return
    yield from heading_lines("what helps")
    if torrent is not None:
        name = diagnose(torrent, now).name
        cost = PROBLEM_INFO[name].requests
        what = (
            PROBLEM_INFO[name].action
            if PROBLEM_INFO[name].key == "r"
            else "look whether the file is there under another name"
        )
        requests = f" ({counted(cost, 'request')})" if cost else ""
        yield Content.assemble(("r ", "$key"), f"{what}{requests}")
    if link.state == NOT_ON_MOUNT:
        pass
    elif candidates is None:
        yield Content.assemble(("L ", "$key"), "point it elsewhere (searching for the file …)")
    else:
        count = counted(len(candidates), "candidate") if candidates else "none found"
        yield Content.assemble(("L ", "$key"), f"point it elsewhere ({count})")
    lost = link.state == NOT_ON_MOUNT and torrent is not None and torrent.class_ in PROBLEMS
    if link.state in REMOVABLE or lost:
        yield Content.assemble(("E ", "$key"), "replace it: it keeps its place until another file is proven")
    if link.state in REMOVABLE:
        yield Content.assemble(("F ", "$key"), "have Sonarr or Radarr search for another release")
        yield Content.assemble(("d ", "$key"), "remove the link, never its target (undoable)")
    else:
        if link.state == NOT_ON_MOUNT:
            yield Content(WHAT_HELPS)
        yield Content.styled(f"d does not remove it: that it is {link.state} is no proof", "$quiet")
