"""fix-bad-links: links that lead to another episode than their name says, and the file each should lead to.

Names and targets are read by the strict rule alone. For a link only a file of exactly its own season and episodes and
of its own series is proposed, and only if it is the only such file and no other link leads to it. Links that are right
by another numbering, or by what Sonarr has on record of their files, are reported and left alone.
"""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mediatui.changes.steps.symlinks import RelinkSymlink
from mediatui.library.maintenance.known_titles import Alternatives, KnownTitles
from mediatui.library.maintenance.other_numbering import Numbered, numbered_otherwise, offset_of, proof_by_record
from mediatui.library.maintenance.same_series import (
    Series,
    StoredEpisodes,
    names_of,
    one_of_views,
    series_of_link,
    shared_titles,
    shows_of_link,
)
from mediatui.library.maintenance.snapshot import LibrarySnapshot, TreeLink, resolved
from mediatui.library.maintenance.tools import ToolOptions, wanted
from mediatui.model.finding import Finding
from mediatui.model.human import counted
from mediatui.model.kinds import kind_of
from mediatui.model.path import is_below
from mediatui.model.text import printable
from mediatui.names.claims import NameClaims, claims_of, why_another
from mediatui.names.episode_numbers import EpisodeNumbers, episodes_of
from mediatui.names.series_names import Show
from mediatui.store.library.media import media_of_link

MOST_LISTED = 10
OTHERWISE = "numbered otherwise in the release"
BEAT = 1_000


@dataclass(frozen=True, slots=True)
class Case:
    """A live link of a series: what its name says, what its target says, the file behind it, and how many links share
    that target."""

    link: TreeLink
    says: EpisodeNumbers | None
    target: EpisodeNumbers | None
    file: bytes
    shared: int
    contradicted: bool = False
    """Whether the link it leads to names another episode than the file behind that link."""

    @property
    def is_right(self) -> bool:
        """Whether the target holds an episode of the link; a file of several episodes is right for each of them."""
        return (
            self.says is not None
            and self.target is not None
            and self.says.season == self.target.season
            and not set(self.says.episodes).isdisjoint(self.target.episodes)
        )


def find(snapshot: LibrarySnapshot, options: ToolOptions) -> Mapping[str, object]:
    """Reports the links that lead to another episode, and those that share a target and name no episode."""
    categories = wanted(options)
    outcomes: Counter[str] = Counter()
    cases = list(_cases(snapshot))
    wrong: list[Case] = []
    findings: list[Finding] = _unreadable(snapshot)
    for case in cases:
        if case.contradicted:
            why = "the link it leads to and the file behind that link name different episodes"
            findings.append(_finding("ambiguous", case, why))
        elif case.says is None or case.target is None:
            if case.shared > 1:
                findings.append(_finding("no episode", case, _what_is_missing(case)))
        elif case.is_right:
            outcomes["already right"] += 1
        else:
            wrong.append(case)
    if wrong:
        reported, wrong = _numbered_otherwise(snapshot, cases, wrong)
        findings += [*reported, *(_repair(snapshot, cases, wrong) if wrong else ())]
    for finding in findings:
        outcomes[finding.category] += 1
        if finding.category in categories:
            snapshot.reporter.found(finding)
    return {"looked_at": len(cases), "outcomes": dict(outcomes)}


def _numbered_otherwise(
    snapshot: LibrarySnapshot, cases: Sequence[Case], wrong: Sequence[Case]
) -> tuple[list[Finding], list[Case]]:
    """Findings of the links that are right by another numbering or by Sonarr's record, and the links that are wrong. In
    a season that is counted otherwise no link is pointed at a file by its own numbers."""
    numbered = [
        Numbered(case.link.path, (series_of_link(case.link.path), case.says.season), case.says, case.target, case.file)
        for case in cases
        if case.says is not None and case.target is not None
    ]
    offsets = numbered_otherwise(numbered)
    found: list[Finding] = []
    left: list[Case] = []
    for case in wrong:
        assert case.says is not None
        assert case.target is not None
        offset = offsets.get((series_of_link(case.link.path), case.says.season))
        proof = proof_by_record(media_of_link(snapshot.connection, case.link.path), case.target, case.file)
        if proof or (offset is not None and offset_of(case.says, case.target) == offset):
            why = f"{_leads_to(case)}; {proof or 'most links of its season are off by the same'}"
            found.append(_finding(OTHERWISE, case, why))
        elif offset is not None:
            why = (
                f"{_leads_to(case)}; the release counts this season otherwise, so its own number does not find its file"
            )
            found.append(_finding("ambiguous", case, why))
        else:
            left.append(case)
    return found, left


def _unreadable(snapshot: LibrarySnapshot) -> list[Finding]:
    return [
        Finding("error", link.path, "the link could not be read")
        for link in snapshot.tree.links
        if not link.target and kind_of(link.path, snapshot.places.roots) == "episode"
    ]


def _cases(snapshot: LibrarySnapshot) -> Iterator[Case]:
    """Every live link to a video that is no film's."""
    tree, storage, places = snapshot.tree, snapshot.storage, snapshot.places
    groups: dict[bytes, list[TreeLink]] = {}
    kinds: dict[bytes, str] = {}
    for link in tree.links:
        folder = os.path.dirname(link.path)
        if folder not in kinds:
            kinds[folder] = kind_of(link.path, places.roots)
        if link.state == "ok" and kinds[folder] != "film" and places.is_video(os.path.basename(link.path)):
            groups.setdefault(link.pointed, []).append(link)
    snapshot.reporter.phase("comparing names and targets", len(groups))
    for number, (pointed, links) in enumerate(groups.items()):
        target = _numbers(pointed)
        file, contradicted = pointed, False
        if pointed not in storage:
            file = resolved(links[0], storage)
            behind = _numbers(file)
            contradicted = target is not None and behind is not None and target != behind
            target = target or behind
        for link in links:
            says = episodes_of(os.fsdecode(os.path.basename(link.path)), _library_folders(link.path, places.roots))
            # A link of no known kind counts only when it says itself that it is an episode.
            if says is not None or kinds[os.path.dirname(link.path)] == "episode":
                yield Case(link, says, target, file, len(links), contradicted)
        if number % BEAT == 0:
            snapshot.reporter.progress(number)


def _library_folders(path: bytes, roots: Sequence[bytes]) -> list[str]:
    root = next((root for root in roots if is_below(path, root)), b"")
    return names_of(os.path.dirname(path)[len(root) :])


def _numbers(path: bytes) -> EpisodeNumbers | None:
    return episodes_of(os.fsdecode(os.path.basename(path)), names_of(os.path.dirname(path)))


def _what_is_missing(case: Case) -> str:
    missing = [word for word, says in (("its name", case.says), ("its target", case.target)) if says is None]
    verb = "has no episode number" if len(missing) == 1 else "have no episode number"
    others = case.shared - 1
    return f"{' and '.join(missing)} {verb}, and {counted(others, 'other link leads', 'other links lead')} to the same"


def _repair(snapshot: LibrarySnapshot, cases: Sequence[Case], wrong: Sequence[Case]) -> Iterator[Finding]:
    """What is to be done about each wrong link. A file that a wrong link leads to becomes free once that link is
    repaired, so the links waiting for the file are checked again, and repaired after it."""
    candidates = _Candidates(snapshot, cases)
    used: dict[bytes, set[bytes]] = {}
    for link in snapshot.tree.links:
        if link.state == "ok":
            used.setdefault(resolved(link, snapshot.storage), set()).add(link.path)
    snapshot.reporter.phase("looking for the right files", len(wrong))
    waiting: list[tuple[Case, bytes]] = []
    for number, case in enumerate(wrong):
        paths = candidates.of(case)
        file = one_of_views(paths, case.link.pointed)
        if not paths:
            yield _finding("not found", case, f"{_leads_to(case)}; no file of {case.says} of this series was found")
        elif file is not None and (another := _why_another(case, file)):
            yield _finding("ambiguous", case, f"{_leads_to(case)}; the file of {case.says} is {another}", [file])
        elif file is None:
            why = f"{_leads_to(case)}; {len(paths):,} files could be {case.says}"
            yield _finding("ambiguous", case, why, paths[:MOST_LISTED])
        else:
            waiting.append((case, file))
        if number % 20 == 0:
            snapshot.reporter.progress(number)
    ready = deque(waiting)
    behind: dict[bytes, list[tuple[Case, bytes]]] = {}
    while ready:
        case, file = ready.popleft()
        if used.get(file):
            behind.setdefault(file, []).append((case, file))
            continue
        used.setdefault(file, set()).add(case.link.path)
        used[case.file].discard(case.link.path)
        ready.extend(behind.pop(case.file, ()))
        yield _fixed(case, file)
    left = [waiting_case for cases_behind in behind.values() for waiting_case in cases_behind]
    exchanged = _exchanged(left, used)
    for case, file in left:
        if case.link.path in exchanged:
            yield _fixed(case, file)
            continue
        other = printable(os.fsdecode(os.path.basename(min(used[file]))))
        why = f"{_leads_to(case)}; the file of {case.says} is used by another link, {other}"
        yield _finding("not found", case, why, [file])


def _why_another(case: Case, file: bytes) -> str:
    """Why the file of a link's numbers is another half, part or cut than the link says; empty where it may be it."""
    series = series_of_link(case.link.path)
    own, its = (
        claims_of(os.fsdecode(os.path.basename(path)), folders, (series.show.folded,), is_episode=True)
        for path, folders in ((case.link.path, ()), (file, names_of(os.path.dirname(file))))
    )
    return why_another(its, own, NameClaims(known=True), is_episode=True)


def _exchanged(left: Sequence[tuple[Case, bytes]], used: Mapping[bytes, Collection[bytes]]) -> set[bytes]:
    """The links among ``left`` that only block each other (two that were exchanged): together they can be repaired,
    since each file is wanted by one of them and used by none but them."""
    wanted = Counter(file for _, file in left)
    found = {case.link.path: file for case, file in left if wanted[file] == 1}
    while blocked := [path for path, file in found.items() if not found.keys() >= set(used[file])]:
        for path in blocked:
            del found[path]
    return set(found)


class _Candidates:
    """Finds the files of the right numbers in the series of a link. Names alone prove of which series a file is: where
    the right links of a series lead only decides between such files."""

    def __init__(self, snapshot: LibrarySnapshot, cases: Sequence[Case]) -> None:
        self._connection = snapshot.connection
        self._stored = StoredEpisodes(snapshot)
        self._series = {case.link.path: series_of_link(case.link.path) for case in cases}
        self._shared = shared_titles(self._series.values())
        self._titles = {series.show.folded for series in self._series.values()}
        self._known = KnownTitles(snapshot.connection)
        self._groups: dict[Series, set[bytes]] = {}
        for case in cases:
            group = self._stored.group(case.file) if case.is_right else None
            if group is not None:
                self._groups.setdefault(self._series[case.link.path], set()).add(group)

    def of(self, case: Case) -> list[bytes]:
        """The files a link may lead to, all of its series by their names: those beside its target, else those in the
        folders that right links of its series lead to, else those anywhere; by an alternative title only where the
        titles of the series find none."""
        assert case.says is not None
        series = self._series[case.link.path]
        also = self._alternatives(case.link.path, series, case.says.season)
        by_title = shows_of_link(self._connection, case.link.path, series.show)
        by_alternative = [Show(title, series.show.year) for title in also.titles if not self._is_taken(title, also)]
        beside = self._stored.group(case.file)
        for shows in (by_title, by_alternative):
            for groups in (() if beside is None else (beside,), self._groups.get(series, ())):
                inside = self._stored.inside(case.says, frozenset(groups))
                if found := [path for path in inside if self._is_of(path, shows, also)]:
                    return found
            if found := [path for path in self._stored.of_numbers(case.says) if self._is_of(path, shows, also)]:
                return found
        return []

    def _alternatives(self, path: bytes, series: Series, season: int) -> Alternatives:
        media, show = media_of_link(self._connection, path), series.show
        return self._known.of_media(media, season) or self._known.of_title("series", [show.folded], show.year, season)

    def _is_taken(self, title: str, also: Alternatives) -> bool:
        """Whether an alternative title is also that of another series."""
        return title in self._titles or bool(self._known.years_of_others("series", title, also.item, None))

    def _is_of(self, path: bytes, shows: Sequence[Show], also: Alternatives) -> bool:
        return any(self._stored.is_of(path, show, year_needed=self._needs_year(show, also)) for show in shows)

    def _needs_year(self, show: Show, also: Alternatives) -> bool:
        others = self._known.years_of_others("series", show.folded, also.item, show.year)
        return show.folded in self._shared or bool(others)


def _leads_to(case: Case) -> str:
    shared = f", as {case.shared - 1:,} other links do" if case.shared > 2 else ""
    return f"it is {case.says} and leads to {case.target}{shared}"


def _fixed(case: Case, file: bytes) -> Finding:
    path = os.fsdecode(case.link.path)
    why = f"{_leads_to(case)}; {printable(os.fsdecode(os.path.basename(file)))} is {case.says}"
    step = RelinkSymlink(
        what=printable(path), path=path, target=os.fsdecode(case.link.target), new_target=os.fsdecode(file),
        reason=f"{case.says} instead of {case.target}",
    )  # fmt: skip
    return _finding("fixed", case, why, [file], (step,))


def _finding(
    category: str, case: Case, why: str, files: Sequence[bytes] = (), steps: tuple[RelinkSymlink, ...] = ()
) -> Finding:
    facts: dict[str, object] = {
        "episode": str(case.says) if case.says else "",
        "target_episode": str(case.target) if case.target else "",
        "shared_by": case.shared,
        "candidates": [os.fsdecode(file) for file in files],
    }
    return Finding(category, case.link.path, why, case.link.target, facts, steps)
