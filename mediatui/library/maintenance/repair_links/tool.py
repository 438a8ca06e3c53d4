"""repair-links: for each dead link, the files it could point at, scored, and why.

A link of an episode is only ever pointed at a file whose season and episode integers are the same by our own strict
rule (or by what Sonarr says of the link): other files are shown, never proposed.
"""

from __future__ import annotations

import heapq
import os
from collections import Counter
from collections.abc import Mapping, Sequence

from mediatui.changes.steps.symlinks import RelinkSymlink
from mediatui.library.maintenance.known_titles import KnownTitles
from mediatui.library.maintenance.repair_links.parsed_names import ParsedNames
from mediatui.library.maintenance.repair_links.scoring import Compared, Scorer
from mediatui.library.maintenance.repair_links.stored_videos import StoredVideos
from mediatui.library.maintenance.repair_links.wanted import wanted_by, with_title
from mediatui.library.maintenance.snapshot import LibrarySnapshot, TreeLink, judge_link
from mediatui.library.maintenance.tools import ToolOptions
from mediatui.model.candidate import Candidate
from mediatui.model.finding import Finding
from mediatui.model.text import fold, printable
from mediatui.names.titles import folded_similarity

OFFERED = 50
"""The least score at which a candidate is listed."""
MOST_LISTED = 10


class Finder:
    """Finds candidates in a library snapshot, whose storage is indexed once."""

    def __init__(self, snapshot: LibrarySnapshot) -> None:
        self._snapshot = snapshot
        self._names = ParsedNames(snapshot)
        self._known_titles = KnownTitles(snapshot.connection)
        self._videos = StoredVideos(snapshot)
        self._scorer = Scorer(snapshot, self._names, self._known_titles)

    def candidates(self, link: TreeLink, title: str = "") -> list[Candidate]:
        """The files a dead link could point at, best first, those that score at least OFFERED; with a ``title`` that
        somebody typed, the files found by that."""
        wanted = wanted_by(self._snapshot, self._names, self._known_titles, link)
        if title:
            wanted = with_title(self._names, self._known_titles, wanted, title)
        near = set(self._videos.near(link))
        paths = dict.fromkeys((*near, *self._videos.alike(wanted)))
        name = os.fsdecode(os.path.basename(link.pointed))
        resolution = _resolution(name)

        def rank(file: Compared | Candidate, score: int) -> tuple[bool, int, bool, int, bytes]:
            file_name = os.fsdecode(os.path.basename(file.path))
            return (
                not file.allowed, -score, _resolution(file_name) != resolution,
                -folded_similarity(fold(file_name), fold(name)), file.path,
            )  # fmt: skip

        compared = (self._scorer.compare(link, wanted, path, path in near) for path in paths)
        ranked: list[tuple[tuple[bool, int, bool, int, bytes], Compared | Candidate]]
        ranked = [(rank(file, file.most), file) for file in compared if file.most >= OFFERED]
        heapq.heapify(ranked)
        found: list[Candidate] = []
        while ranked and len(found) < MOST_LISTED:
            file = heapq.heappop(ranked)[1]
            if isinstance(file, Candidate):  # no other may get a higher score
                found.append(file)
            elif (judged := self._scorer.judge(wanted, file)).score >= OFFERED:
                heapq.heappush(ranked, (rank(judged, judged.score), judged))
        return found

    def flush(self) -> None:
        """Sends the names that were parsed, to be stored."""
        self._names.flush()


def _resolution(name: str) -> str:
    lowered = name.lower()
    return next((word for word in ("2160p", "1080p", "720p", "480p") if word in lowered), "")


def find(snapshot: LibrarySnapshot, options: ToolOptions) -> Mapping[str, object]:
    """Reports every dead link with its candidates; those that score ``min_score`` or more are proposed."""
    if options.link:
        return _find_titled(snapshot, options)
    tree = snapshot.tree
    dead = [link for link in tree.links if link.state in ("broken", "loop", "wrong kind")]
    finder = Finder(snapshot)
    snapshot.reporter.phase("looking for candidates", len(dead))
    counts: Counter[str] = Counter()
    for number, link in enumerate(dead, 1):
        finding = finding_of(link, finder.candidates(link), options.min_score)
        counts["proposed"] += bool(finding.steps)
        snapshot.reporter.found(finding)
        if number % 20 == 0:
            snapshot.reporter.progress(number, len(dead), os.path.basename(os.fsdecode(link.path)))
    finder.flush()
    unknown = sum(1 for link in tree.links if link.state == "unknown")
    return {"looked_at": len(tree.links), "dead": len(dead), "unknown": unknown, "proposed": counts["proposed"]}


def _find_titled(snapshot: LibrarySnapshot, options: ToolOptions) -> Mapping[str, object]:
    link = judge_link(os.fsencode(options.link), snapshot.places, snapshot.storage)
    finder = Finder(snapshot)
    snapshot.reporter.found(finding_of(link, finder.candidates(link, options.title), options.min_score))
    finder.flush()
    return {"looked_at": 1}


def finding_of(link: TreeLink, candidates: Sequence[Candidate], min_score: int) -> Finding:
    """The finding of a dead link."""
    facts = {"candidates": [candidate.as_fact() for candidate in candidates], "state": link.state}
    best = next((candidate for candidate in candidates if candidate.allowed), None)
    if best is None:
        why = "no file like it was found" if not candidates else f"only {candidates[0].why}"
        return Finding("no candidate", link.path, why, link.target, facts)
    reason = f"{best.score}: {printable(os.fsdecode(os.path.basename(best.path)))} ({best.why})"
    steps = (relink(link, best),) if best.score >= min_score else ()
    return Finding("repair", link.path, reason, link.target, {**facts, "score": best.score}, steps)


def relink(link: TreeLink, candidate: Candidate) -> RelinkSymlink:
    """The step that points a link at a candidate."""
    path = os.fsdecode(link.path)
    return RelinkSymlink(
        what=printable(path), path=path, target=os.fsdecode(link.target), new_target=os.fsdecode(candidate.path),
        reason=f"{candidate.score}: {candidate.why}", state="wrong kind" if link.state == "wrong kind" else "broken",
    )  # fmt: skip
