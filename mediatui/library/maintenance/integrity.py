"""integrity: items whose file is gone, files nothing points at, and dead links. Changes nothing."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence

from mediatui.library.maintenance.media import Known, refresh_media
from mediatui.library.maintenance.orphans import Orphan, find_orphans
from mediatui.library.maintenance.reading import leads_to_folder
from mediatui.library.maintenance.snapshot import LibrarySnapshot, TreeLink
from mediatui.library.maintenance.tools import ToolOptions, wanted
from mediatui.model.arr import ArrKind, arr_title
from mediatui.model.finding import Finding
from mediatui.model.link import NOT_JUDGED
from mediatui.model.path import is_below
from mediatui.model.text import printable
from mediatui.store.library.matching import torrents_of_links
from mediatui.store.library.media import Media
from mediatui.system.symlinks import state_of_errno

DEAD = {"broken": "its target is gone", "loop": "it leads in a circle"}


def find(snapshot: LibrarySnapshot, options: ToolOptions) -> Mapping[str, object]:
    """Reports ghosts, orphans and broken links; ``unknown`` counts what cannot be judged while a place is away."""
    categories = wanted(options)
    known = refresh_media(snapshot)
    counts: Counter[str] = Counter()
    if "ghost" in categories:
        _ghosts(snapshot, known, counts, links_follow="broken" in categories)
    sizes = 0
    if "orphan" in categories:
        sizes = _orphans(snapshot, known, counts)
    if "broken" in categories:
        _broken(snapshot, counts)
    videos = sum(snapshot.places.is_video(os.path.basename(path)) for path in snapshot.storage)
    outcomes = {name: counts[name] for name in (*categories, "unknown") if counts[name]}
    looked_at = {"links": len(snapshot.tree.links), "files": videos, "known": len(known.items)}
    return {
        **looked_at, "looked_at": sum(looked_at.values()), "unknown": counts["unknown"], "outcomes": outcomes,
        "orphan_bytes": sizes,
        "without_year": known.without_year, "without_numbers": known.without_numbers,
    }  # fmt: skip


def _ghosts(snapshot: LibrarySnapshot, known: Known, counts: Counter[str], *, links_follow: bool) -> None:
    """Items whose file is gone. An item with a link of unknown state is counted with the links, where those follow."""
    snapshot.reporter.phase("looking for ghosts", len(known.items))
    by_path, unread = snapshot.tree.by_path, {folder for folder, _ in snapshot.storage.unread}
    gone: list[tuple[Media, TreeLink | None, str]] = []
    for number, media in enumerate(known.items):
        if number % 1000 == 0:
            snapshot.reporter.progress(number, len(known.items))
        link = by_path.get(media.link_path or b"")
        state, reason = _state(snapshot, known, media, link, unread)
        if state == "unknown":
            counts["unknown"] += link is None or not links_follow
        elif state == "gone":
            gone.append((media, link, reason))
    files = {media.file_path for media, link, _ in gone if link is None and media.file_path is not None}
    not_gone = snapshot.link_judge.judge([(path, path, path, "broken") for path in sorted(files)])
    for media, link, reason in gone:
        if link is None and media.file_path in not_gone:
            counts["unknown"] += 1
            continue
        counts["ghost"] += 1
        path = media.link_path or media.reported_path or media.file_path or b""
        facts = _facts_of(media) | ({"link": link.state} if link is not None else {})
        snapshot.reporter.found(Finding("ghost", path, reason, media.file_path or b"", facts))


def _state(
    snapshot: LibrarySnapshot, known: Known, media: Media, link: TreeLink | None, unread: set[bytes]
) -> tuple[str, str]:
    """``present``, ``gone`` or ``unknown``, and for ``gone`` the reason it is listed with."""
    kind: ArrKind = "radarr" if media.kind == "film" else "sonarr"
    holder = "the library" if media.source == "tree" else arr_title(kind, media.source)
    if media.id in known.unsure:
        return "unknown", ""
    if media.id in known.vanished:
        file_exists = media.file_path is not None and media.file_path in snapshot.storage
        return "gone", f"{holder} knows it, but its link is gone{'; its file is still there' if file_exists else ''}"
    if link is not None:
        if link.state == "ok":
            return "present", ""
        if link.state not in DEAD:
            return "unknown", ""
        if media.file_path is None and media.source == "tree":
            return "present", ""  # it is known by a dead link alone, and listed as that
        return "gone", f"{holder} knows it, but {DEAD[link.state]}"
    if media.file_path is None or media.file_path in snapshot.storage:
        return "present", ""
    state = _file_state(snapshot, media.file_path, unread)
    return state, f"{holder} knows it, but its file is gone"


def _file_state(snapshot: LibrarySnapshot, path: bytes, unread: set[bytes]) -> str:
    """Whether a file that the storage does not list is ``present``, ``gone`` or ``unknown``."""
    places = snapshot.places
    tops = (*places.mounts, *places.storage, *places.roots)
    if places.away(path) or not any(is_below(path, top) for top in tops) or snapshot.unseen(path):
        return "unknown"
    try:
        snapshot.reader.ask(leads_to_folder, path)
    except OSError as error:
        return "gone" if state_of_errno(error.errno or 0) == "broken" else "unknown"
    return "present"


def _facts_of(media: Media) -> dict[str, object]:
    """The facts about an item, for the details of a finding."""
    facts = {
        "title": media.title, "year": media.year, "season": media.season, "episodes": list(media.episodes),
        "kind": media.kind, "source": media.source, "tmdb_id": media.tmdb_id, "tvdb_id": media.tvdb_id,
        "media": media.id, "told_path": None if media.reported_path is None else os.fsdecode(media.reported_path),
    }  # fmt: skip
    return {name: value for name, value in facts.items() if value not in (None, [])}


def _orphans(snapshot: LibrarySnapshot, known: Known, counts: Counter[str]) -> int:
    """Files nothing points at; returns their size in bytes."""
    away = [root for root in snapshot.tree.roots if snapshot.unseen(root + b"/x")]
    if away:
        shown = printable(os.fsdecode(away[0]))
        snapshot.reporter.say("warning", f"{shown} is away: which files no link points at is unknown.")
        return 0
    snapshot.reporter.phase("looking for orphans", len(snapshot.storage.files))
    total = 0
    found: Sequence[Orphan] = find_orphans(snapshot, known)
    for number, orphan in enumerate(found):
        counts["orphan"] += 1
        total += orphan.size or 0
        views = [os.fsdecode(path) for path in orphan.also]
        facts: dict[str, object] = {"size": orphan.size, **({"also": views} if views else {})}
        snapshot.reporter.found(Finding("orphan", orphan.path, "no link and nothing known points at it", facts=facts))
        if number % 1000 == 0:
            snapshot.reporter.progress(number, len(found))
    return total


def _broken(snapshot: LibrarySnapshot, counts: Counter[str]) -> None:
    """Dead links, each with the torrent its target was in, where a scan has matched it."""
    links = snapshot.tree.links
    snapshot.reporter.phase("looking for broken links", len(links))
    dead = [link for link in links if link.state in DEAD]
    torrents = torrents_of_links(snapshot.connection, [(link.path, link.target) for link in dead])
    for link in sorted(dead, key=lambda link: link.path):
        counts["broken"] += 1
        torrent = torrents.get(link.path)
        facts = {"torrent_id": torrent} if torrent else {}
        snapshot.reporter.found(Finding("broken", link.path, DEAD[link.state], link.target, facts))
    counts["unknown"] += sum(link.state in NOT_JUDGED for link in links)
    snapshot.reporter.progress(len(links), len(links))
