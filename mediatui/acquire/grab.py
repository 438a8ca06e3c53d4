"""Planning what is sent to the account: magnets, hashes and .torrent files, where nothing speaks against it."""

from __future__ import annotations

import base64
import json
import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from mediatui.acquire.adding import Addition, said_of
from mediatui.acquire.target_guard import AGAIN, Offered
from mediatui.changes.account_holds import ACCOUNT_SERVICE
from mediatui.changes.guard import check_list_was_whole
from mediatui.changes.steps.arr_add import AddSeries, AddStep, need_of
from mediatui.changes.steps.arr_push import PushRelease
from mediatui.changes.steps.begin_transfer import SendTransfer
from mediatui.changes.steps.lacking import lacking, needed_files, wanted_files
from mediatui.changes.steps.stored import read_steps
from mediatui.model.account import ActiveCount
from mediatui.model.arr import named_title
from mediatui.model.errors import GuardTripped, UsageError
from mediatui.model.human import counted, date, size_text
from mediatui.model.name_filter import filtered_part
from mediatui.model.plan import Plan
from mediatui.model.release import Release
from mediatui.model.selection import choose_files, is_subtitle
from mediatui.model.target import targets_as_text, targets_from_text
from mediatui.model.text import join_words
from mediatui.model.torrent import PROBLEM_STATUSES, TorrentFile
from mediatui.model.torrent_file import TorrentFileFacts
from mediatui.model.transfer import State, Transfer
from mediatui.settings.acquisition import Auto
from mediatui.store.changes.journal import read_batch
from mediatui.store.torrents.listing import StandingTorrent, entries_of_hash, files_of
from mediatui.store.transfers.holds import is_ignored, refused_at
from mediatui.store.transfers.rows import transfers_of_hash
from mediatui.system.torrent_source import TorrentSource, read_torrent_source

NOTHING_OFFERED: Final[Mapping[str, Offered]] = {}
THEN: Final = {
    "fetch": "Then: links to its files in staging, as soon as the mount shows them",
    "import": "Then: links to its files in staging, as soon as the mount shows them, and into the library",
}
"""What is said in a plan of what follows by itself."""
ABOUT: Final = 0.05
"""Sizes that differ by no more than this share are said to be the same."""
MOST_NAMED: Final = 5
"""So many releases are named whose target has to be chosen."""


SENDS: Final = (SendTransfer, PushRelease)
"""The steps that send something, by whatever route."""


@dataclass(frozen=True, slots=True)
class GrabOptions:
    """How to send: for nothing in particular (``without_target``), only what the service has at hand
    (``cached_only``), ``again`` what was refused or brought before, and by a route that was ``named``; ``auto`` is how
    far it goes by itself then, ``only_wanted`` selects of a pack the episodes it is for that are not here, and
    ``subtitles`` those beside the videos."""

    without_target: bool = False
    cached_only: bool = False
    again: bool = False
    named: bool = False
    auto: Auto = "none"
    only_wanted: bool = False
    subtitles: bool = False

    @property
    def select(self) -> str:
        """Which files are selected, as a transfer keeps it."""
        return "+".join(("wanted" if self.only_wanted else "video", *(("subtitles",) if self.subtitles else ())))


def plan_grab(
    connection: sqlite3.Connection,
    sources: Sequence[str | TorrentSource],
    options: GrabOptions,
    left: Sequence[tuple[str, str]] = (),
    offered: Mapping[str, Offered] = NOTHING_OFFERED,
) -> Plan:
    """The plan that sends these sources; what is left, and why, is in its notes, behind what was ``left`` before.
    ``offered`` says what they are for, by their hashes. Raises UsageError for a source that cannot be read."""
    steps: list[SendTransfer] = []
    notes: list[tuple[str, str]] = [*left]
    for given in sources:
        source = read_torrent_source(given) if isinstance(given, str) else given
        if any(source.hash == step.hash for step in steps):
            notes.append((source.what, "it was given twice"))
        elif why := why_left(connection, source, options, offered.get(source.hash)):
            notes.append((source.what, why))
        else:
            steps.append(_step(connection, source, options, offered.get(source.hash)))
    return _plan(steps, notes, unseen=not _is_account_known(connection))


def _is_account_known(connection: sqlite3.Connection) -> bool:
    try:
        check_list_was_whole(connection)
    except GuardTripped:
        return False
    return True


def sort_releases(
    connection: sqlite3.Connection, releases: Sequence[Release], options: GrabOptions
) -> tuple[list[Release], list[tuple[str, str]]]:
    """The releases whose torrents are to be fetched, and those that are left by what is known of them already, each
    with the reason: an indexer is asked for none of these."""
    wanted: list[Release] = []
    left: list[tuple[str, str]] = []
    for release in releases:
        title, hashes = release.first.title, release.hashes
        reasons = [why_left(connection, TorrentSource(one, title), options) for one in hashes]
        if not hashes and not options.again and (part := filtered_part(title)):
            reasons = [_likely_blocked(part)]
        if why := next(filter(None, reasons), ""):
            left.append((title, why))
        else:
            wanted.append(release)
    return wanted, left


def _likely_blocked(part: str) -> str:
    return f"its name holds {part}, which the service filters; {AGAIN} sends it all the same"


def plan_retry(connection: sqlite3.Connection, batch: int) -> Plan:
    """The plan that sends again what failed in a batch. Raises UsageError for a batch that does not exist."""
    if read_batch(connection, batch) is None:
        raise UsageError(f"There is no batch {batch}.", "List them with: mediatui --headless journal")
    failed = [one.step for one in read_steps(connection, batch, ("failed",)) if isinstance(one.step, SENDS)]
    steps: list[SendTransfer | PushRelease] = []
    notes: list[tuple[str, str]] = []
    for step in failed:
        if any(step.hash == other.hash for other in steps):
            continue
        if why := _why_under_way(transfers_of_hash(connection, step.hash)):
            notes.append((step.what, why))
        else:
            again = replace(step, by="user")
            steps.append(replace(again, once_more=False) if isinstance(again, SendTransfer) else again)
    needs = {need for step in steps for need in step.needs}
    pushes = [step for step in steps if isinstance(step, PushRelease)]
    plan = _plan([step for step in steps if isinstance(step, SendTransfer)], notes)
    if pushes:
        through = join_words(list(dict.fromkeys(named_title(step.service) for step in pushes)))
        said = f"{counted(len(pushes), 'release')} can be sent through {through}."
        title = plan.title if plan.steps else f"Send {counted(len(pushes), 'release')}"
        plan = replace(plan, title=title, steps=(*plan.steps, *pushes), says=(*plan.says, said))
    adds = [one.step for one in read_steps(connection, batch, ("failed",)) if isinstance(one.step, AddStep)]
    return replace(plan, steps=(*(one for one in adds if need_of(one) in needs), *plan.steps))


def with_additions(plan: Plan, additions: Mapping[str, Sequence[Addition]]) -> Plan:
    """The plan with what has to be added to Sonarr and Radarr first, by the hashes of what is sent for that; each film
    or series is added once."""
    needs = {info_hash: tuple(one.need for one in some if one.need) for info_hash, some in additions.items()}
    steps = [
        replace(step, needs=tuple(dict.fromkeys(needs[step.hash])))
        if isinstance(step, SENDS) and needs.get(step.hash)
        else step
        for step in plan.steps
    ]
    sent = {step.hash for step in steps if isinstance(step, SENDS)}
    adds: dict[str, AddStep] = {}
    profiles: dict[str, str] = {}
    says: dict[str, None] = {}
    for addition in (one for info_hash, some in additions.items() if info_hash in sent for one in some):
        adds |= {need_of(step): _joined(adds.get(need_of(step)), step) for step in addition.steps}
        profiles[addition.need] = addition.profile
        says |= dict.fromkeys(f"{one}." for one in addition.says)
    said = [f"{said_of(step, profiles[need])}." for need, step in adds.items()]
    return replace(plan, steps=(*adds.values(), *steps), says=(*plan.says, *says, *said))


def _joined(before: AddStep | None, step: AddStep) -> AddStep:
    """An addition for all the seasons that releases of a batch are for."""
    if isinstance(before, AddSeries) and isinstance(step, AddSeries):
        return replace(before, seasons=tuple(sorted({*before.seasons, *step.seasons})))
    return step


def _plan(steps: Sequence[SendTransfer], notes: Sequence[tuple[str, str]], *, unseen: bool = False) -> Plan:
    sent = sum(step.is_sent for step in steps)
    unknown = sum(step.is_sent and not step.bytes for step in steps)
    size = sum(step.bytes for step in steps if step.is_sent)
    sized = f" ({size_text(size)})" if size else ""
    says = [f"{counted(sent, 'torrent')} can be sent to Real-Debrid{sized}"] if sent else []
    if sent < len(steps):
        several = len(steps) - sent != 1
        asked = [step.key for step in steps if not step.is_sent and step.key.startswith("r")]
        how = f"mediatui --headless map {' '.join(asked[:MOST_NAMED])} --to TARGET, or " if asked else ""
        says.append(
            f"{len(steps) - sent:,} {'have' if several else 'has'} no target yet: {how}--apply notes "
            f"{'them as transfers' if several else 'it as a transfer'} and sends nothing; --no-target sends "
            f"{'them' if several else 'it'} for nothing in particular"
        )
    if unknown:
        says.append(f"the size of {unknown:,} is not known before the service has it")
    if sent and (then := THEN.get(steps[0].auto)):
        says.append(then)
    if unseen and steps:
        says.append(
            "no whole list of the account was seen lately: an old entry of it may be added twice; sync finds it"
        )
    title = f"Send {counted(sent, 'torrent')}" if sent == len(steps) else f"Take on {counted(len(steps), 'torrent')}"
    return Plan("grab", title, tuple(steps), tuple(notes), says=tuple(f"{one[0].upper()}{one[1:]}." for one in says))


def say_slots(plan: Plan, active: ActiveCount) -> Plan:
    """The plan with a sentence about the slots of the account, where it sends more than are free. What the service has
    at hand takes none."""
    sent = sum(isinstance(step, SendTransfer) and step.is_sent for step in plan.steps)
    free = max(active.limit - active.nb, 0)
    if sent <= free:
        return plan
    said = (
        f"{active.nb:,} of {active.limit:,} slots of the account are busy: what it has not at hand beyond "
        f"{counted(free, 'more torrent')} waits for one."
    )
    return replace(plan, says=(*plan.says, said))


def why_left(
    connection: sqlite3.Connection, source: TorrentSource, options: GrabOptions, offered: Offered | None = None
) -> str:
    """Why a torrent is not sent; empty when nothing speaks against it."""
    known = transfers_of_hash(connection, source.hash)
    if is_ignored(connection, source.hash):
        return f"it is ignored; take that back with: transfers unignore {source.hash}"
    is_sent = options.without_target or (offered is not None and bool(offered.aim.targets))
    if (why := _why_under_way(known)) and not (is_sent and _waits_for_target(known)):
        return why
    if source.facts is not None and source.facts.private and not options.named:
        return "it is private; --route debrid sends it to Real-Debrid all the same"
    if options.again:
        return ""
    if any(one.state in (State.DONE, State.BY_HAND) for one in known):
        return f"transfer {known[0].id} brought it on {date(known[0].ended_at)}; --again sends it once more"
    refused = refused_at(connection, ACCOUNT_SERVICE, source.hash)
    if refused is not None:
        return f"Real-Debrid refused it on {date(refused)}; --again asks once more"
    if not _is_there(entries_of_hash(connection, source.hash)) and (part := filtered_part(source.name)):
        return _likely_blocked(part)
    return ""


def _why_under_way(known: Sequence[Transfer]) -> str:
    present = next((one for one in known if one.ended_at is None), None)
    if present is None or (present.state == State.WANTED and present.hold.code not in ("target", "")):
        return ""
    return f"transfer {present.id} is under way for it ({present.state})"


def _waits_for_target(known: Sequence[Transfer]) -> bool:
    present = next((one for one in known if one.ended_at is None), None)
    return present is not None and present.hold.code == "target"


def _is_there(entries: Sequence[StandingTorrent]) -> bool:
    return any(entry.status not in PROBLEM_STATUSES for entry in entries)


def _step(
    connection: sqlite3.Connection, source: TorrentSource, options: GrabOptions, offered: Offered | None
) -> SendTransfer:
    files = _files(source.facts) or _known_files(connection, source.hash)
    wanted = wanted_files(connection, files, () if offered is None else offered.aim.targets, options.select)
    size = sum(file.bytes for file in files if file.file_id in wanted) or source.size
    step = SendTransfer(
        what=source.what, hash=source.hash, name=source.name, bytes=size,
        torrent=base64.b64encode(source.content).decode(), cached_only=options.cached_only,
        without_target=options.without_target, key=source.hash, auto=options.auto,
        select=options.select,
    )  # fmt: skip
    if offered is not None and not options.without_target:
        targets = targets_as_text(offered.aim.targets) if offered.aim.targets else ""
        step = replace(
            step, targets=targets, asked=json.dumps(offered.aim.detail), key=offered.key, again=options.again
        )
    return replace(step, risk=_remark(connection, source, files, wanted, step, offered))


def _known_files(connection: sqlite3.Connection, info_hash: str) -> list[TorrentFile]:
    """The files of a torrent as the account has shown them; empty while it has not."""
    shown = (files_of(connection, entry.id) for entry in entries_of_hash(connection, info_hash))
    return next(filter(None, shown), [])


def _files(facts: TorrentFileFacts | None) -> list[TorrentFile]:
    return (
        [] if facts is None else [TorrentFile(at, path, size, None) for at, (path, size) in enumerate(facts.files, 1)]
    )


def _remark(
    connection: sqlite3.Connection, source: TorrentSource, files: Sequence[TorrentFile], wanted: Sequence[int],
    step: SendTransfer, offered: Offered | None,
) -> str:  # fmt: skip
    """What is to be known of a torrent before it is sent."""
    if not step.is_sent:
        why = "no target yet" if offered is None else offered.aim.asks or "no target yet"
        return f"{why}: noted, not sent"
    remark = "" if offered is None else offered.remark
    lacks = [one.text for one in lacking(connection, files, targets_from_text(step.targets), time.time())]
    if any(is_subtitle(file) and file.file_id in wanted for file in files):
        lacks.append("with its subtitles Real-Debrid packs it into one RAR archive")
    needed = needed_files(connection, files, targets_from_text(step.targets), step.select)
    there = _on_account(connection, source, wanted, needed)
    return "; ".join(filter(None, (remark, *lacks, _other_size(source), there)))


def _other_size(source: TorrentSource) -> str:
    """That a torrent has another size than its indexer said; empty where it has about that, or nothing was said."""
    has = 0 if source.facts is None else source.facts.bytes
    if not has or not source.size or abs(has - source.size) <= ABOUT * source.size:
        return ""
    return f"its indexer said {size_text(source.size)}, it has {size_text(has)}"


def _on_account(
    connection: sqlite3.Connection, source: TorrentSource, wanted: Sequence[int], needed: Sequence[int]
) -> str:
    """What the account has of a torrent, and what of it is taken: all of it where it has what is ``needed``."""
    entries = entries_of_hash(connection, source.hash)
    if not entries:
        return "the .torrent has no video, so all its files are taken" if source.facts and not _videos(source) else ""
    best = max(entries, key=lambda one: (one.status not in PROBLEM_STATUSES, len(one.selection or ())))
    if best.status in PROBLEM_STATUSES:
        return f"it is there and {best.status} ({best.id}): not added; repair {best.id} mends it"
    there = len(set(wanted) & set(best.selection or ()))
    if best.selection is None or {*needed} <= {*best.selection}:
        return f"it is on the account already ({best.id}): taken over, by its files"
    return f"there, with {there} of {len(wanted)} files ({best.id}): added again with all, and it goes once those open"


def _videos(source: TorrentSource) -> Sequence[int]:
    return choose_files(_files(source.facts), None, "video")
