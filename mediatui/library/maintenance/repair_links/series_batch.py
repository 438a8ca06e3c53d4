"""Repairs the dead links of a series at once, by season and episode, after a person has confirmed one of them."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mediatui.changes.steps.symlinks import RelinkSymlink, UnlinkSymlink
from mediatui.library.maintenance.known_titles import KnownTitles
from mediatui.library.maintenance.repair_links.said_by_link import claims_of_link
from mediatui.library.maintenance.repair_links.tool import relink
from mediatui.library.maintenance.same_series import names_of, series_of_file, series_of_link, shows_of_link
from mediatui.library.maintenance.snapshot import TreeLink
from mediatui.model.candidate import Candidate
from mediatui.model.finding import Finding
from mediatui.model.human import counted
from mediatui.model.plan import Plan
from mediatui.model.text import cut_middle, printable
from mediatui.names.claims import NameClaims, claims_of, is_extra, why_another
from mediatui.names.episode_numbers import EpisodeNumbers, episodes_of
from mediatui.names.series_names import Show, is_named
from mediatui.store.library.findings import known_episode
from mediatui.store.library.media import media_of_link
from mediatui.system.helper_process import TimedOut, ask
from mediatui.system.symlinks import absolute

LONGEST_TITLE = 40
LIST_S = 20.0


@dataclass(frozen=True, slots=True)
class SeriesOf:
    """What links of one series have in common: the folder of the series, and its title, folded. A film has its own."""

    folder: bytes
    title: str


def series_of(path: bytes) -> SeriesOf:
    """The series of a link; of a film the link itself."""
    if numbers_by_name(path) is None:
        return SeriesOf(path, "")
    series = series_of_link(path)
    return SeriesOf(series.folder, series.show.folded)


def numbers_by_name(path: bytes) -> EpisodeNumbers | None:
    """Season and episodes of a path by the strict rule."""
    return episodes_of(os.fsdecode(os.path.basename(path)), names_of(os.path.dirname(path)))


def wanted_numbers(connection: sqlite3.Connection, path: bytes) -> tuple[EpisodeNumbers | None, str]:
    """Season and episodes a link should lead to: by its name, else by what Sonarr says. None where neither gives them
    or the two differ; then the reason, in words."""
    numbers, known = numbers_by_name(path), known_episode(connection, path)
    if known is None:
        return numbers, "" if numbers is not None else "its name has no episode number"
    by_service = EpisodeNumbers(known[0], (known[1],))
    if numbers is None:
        return by_service, ""
    if numbers.season == known[0] and known[1] in numbers.episodes:
        return numbers, ""
    return None, f"Sonarr says {by_service}, its name {numbers}"


def candidates_of(finding: Finding) -> list[Candidate]:
    """The candidates a finding of repair-links holds, best first."""
    return candidates_from(finding.facts.get("candidates"))


def candidates_from(facts: object) -> list[Candidate]:
    """Candidates from the facts about them (``Candidate.as_fact``)."""
    if not isinstance(facts, list | tuple):
        return []
    return [
        Candidate(os.fsencode(str(one["path"])), int(one["score"]), str(one["why"]), bool(one["allowed"]))
        for one in facts
        if isinstance(one, Mapping)
    ]


def list_files(folder: bytes) -> list[bytes]:
    """The files directly in a folder; none when it cannot be listed in time. Blocks: call it in a thread."""
    try:
        names: list[bytes] = ask(os.listdir, folder, seconds=LIST_S)
    except (OSError, TimedOut):
        return []
    return [os.path.join(folder, name) for name in sorted(names)]


def plan_one(finding: Finding, candidate: Candidate) -> Plan:
    """The plan that points one dead link at a candidate."""
    name = cut_middle(printable(os.fsdecode(os.path.basename(finding.path))), LONGEST_TITLE)
    return Plan("repair-links", f"Relink {name}", (relink(_link(finding), candidate),))


def plan_removal(finding: Finding) -> Plan:
    """The plan that removes one dead link."""
    link = _link(finding)
    path = os.fsdecode(link.path)
    step = UnlinkSymlink(
        what=printable(path), path=path, target=os.fsdecode(link.target), state=link.state, reason=finding.reason
    )
    return Plan("repair-links", f"Remove {cut_middle(printable(os.path.basename(path)), LONGEST_TITLE)}", (step,))


def plan_series(
    connection: sqlite3.Connection, findings: Iterable[Finding], confirmed: bytes, beside: Sequence[bytes]
) -> Plan:
    """The plan for the dead links of one series, once a person has pointed one of them at ``confirmed``: each is
    pointed at the one file of its own season and episode among those ``beside`` it, else at its best candidate, both
    only where they are of the series of the confirmed file by their names. A link without such a file is left alone,
    and noted; steps say where that series has another title than the link."""
    steps: list[RelinkSymlink] = []
    notes: list[tuple[str, str]] = []
    by_numbers: dict[EpisodeNumbers, list[bytes]] = {}
    shows = series_of_file(confirmed)
    for path in beside:
        if _is_of(shows, path) and (numbers := numbers_by_name(path)) is not None:
            by_numbers.setdefault(numbers, []).append(path)
    for finding in findings:
        numbers, why = wanted_numbers(connection, finding.path)
        says = claims_of_link(_link(finding), [show.folded for show in shows], is_episode=numbers is not None)
        same = [] if numbers is None else [path for path in by_numbers.get(numbers, ()) if not _is_another(path, *says)]
        alike = [
            candidate
            for candidate in candidates_of(finding)
            if candidate.allowed and _is_of(shows, candidate.path) and not _is_another(candidate.path, *says)
        ]
        other = _other_title(connection, finding.path, shows)
        if len(same) == 1:
            steps.append(
                relink(_link(finding), Candidate(same[0], 100, f"{numbers}, beside the confirmed file{other}"))
            )
        elif numbers is not None and alike:
            steps.append(relink(_link(finding), replace(alike[0], why=f"{alike[0].why}{other}")))
        else:
            why = why or f"no file of {numbers} of that series is known"
            why = f"{len(same):,} files of {numbers} are beside it" if len(same) > 1 else why
            notes.append((printable(os.fsdecode(finding.path)), why))
    count = counted(len(steps), "link")
    return Plan("repair-links", f"Relink {count} of the series", tuple(steps), tuple(notes))


def _is_of(shows: Sequence[Show], path: bytes) -> bool:
    """Whether a file is by its names of the series that a confirmed file is of, and no extra."""
    found = series_of_file(path)
    named = any(is_named(found, show, year_needed=False) for show in shows) if shows else not found
    return named and not _is_extra(path)


def _other_title(connection: sqlite3.Connection, link: bytes, shows: Sequence[Show]) -> str:
    """What to add to the reason of a step where the series of the files has another title than that of the link."""
    wanted = shows_of_link(connection, link, series_of_link(link).show)
    also = KnownTitles(connection).of_media(media_of_link(connection, link)).titles
    wanted += (Show(title, None) for title in also)
    if not shows or any(is_named(shows, show, year_needed=False) for show in wanted):
        return ""
    return f", of another title than the link ({shows[0].folded})"


def _is_another(path: bytes, link: NameClaims, old: NameClaims) -> bool:
    """Whether a file of the right numbers is another half, part or cut than the link and the file it led to."""
    folder, name = os.path.split(path)
    file = claims_of(os.fsdecode(name), names_of(folder), is_episode=True)
    return why_another(file, link, old, is_episode=True) != ""


def _is_extra(path: bytes) -> bool:
    return is_extra(os.fsdecode(os.path.basename(path)), os.fsdecode(os.path.basename(os.path.dirname(path))))


def _link(finding: Finding) -> TreeLink:
    return TreeLink(finding.path, finding.target, absolute(finding.path, finding.target), "broken")


def why_not_relinked(finding: Finding, candidate: bytes) -> str:
    """Why a link cannot be pointed at a candidate now, empty when it can: both are checked. Blocks: call it in a
    thread."""
    try:
        now = ask(os.readlink, finding.path)
    except (OSError, TimedOut):
        return "the link is not there any more, or cannot be read"
    if now != finding.target:
        return "the link points elsewhere by now"
    if _is_file(finding.path):
        return "the link works again: its file came back"
    return "" if _is_file(candidate) else "the file is not there any more, or cannot be read"


def _is_file(path: bytes) -> bool:
    try:
        return ask(os.path.isfile, path)
    except (OSError, TimedOut):
        return False
