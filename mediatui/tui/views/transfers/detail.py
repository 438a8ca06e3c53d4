"""One transfer, whole: why it is where it is, what helps and what that costs, its facts, files and history."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from textual.content import Content

from mediatui.acquire.answers import answers_of
from mediatui.commands.server_reports import report_texts
from mediatui.commands.transfer_columns import state_sign, target_text, then_text
from mediatui.model.arr import named_title
from mediatui.model.human import counted, long_moment, size_text
from mediatui.model.stuck import GROUPS, Stuck, client_of, overridable, why_stuck
from mediatui.model.text import printable
from mediatui.model.transfer import DROPPED, ENDED, HoldKind, State, Transfer, TransferEvent
from mediatui.model.transfer_file import TransferFile
from mediatui.store.library.links import LibraryLink
from mediatui.store.transfers.files import files_of
from mediatui.store.transfers.holds import service_holds
from mediatui.store.transfers.placed import placed_links
from mediatui.store.transfers.replaced import ReplacedLink, replaced_by
from mediatui.store.transfers.rows import history_of, read_transfer
from mediatui.store.transfers.targets import targets_of
from mediatui.tui.widgets.detail_pane import fact_lines, heading_lines, label
from mediatui.tui.widgets.pane_lines import Entry, PaneLine

LABEL = 9
"""How many cells wide the name of a fact is."""
MOST_FILES = 200
_WHO = {"user": "you", "job": "by itself", "start": "at start"}


def detail_lines(connection: sqlite3.Connection, key: int | None) -> Iterator[PaneLine]:
    """The lines about a transfer by its number; none when there is none."""
    transfer = None if key is None else read_transfer(connection, key)
    if transfer is None:
        return
    stuck = why_stuck(transfer, service_holds(connection), time.time())
    yield Content.styled(printable(transfer.name or transfer.hash), "$heading")
    yield Content("")
    sign, tone = state_sign(transfer, stuck)
    yield Content.assemble(label("state", LABEL), (f"{sign} {transfer.state}", f"${tone}"), f", {GROUPS[stuck.group]}")
    targets = targets_of(connection, transfer.id)
    yield from fact_lines((("for", target_text(transfer, targets)), ("why", stuck.why), ("next", stuck.next)), LABEL)
    yield from _replaced(replaced_by(connection, transfer.id))
    yield from _asked(transfer)
    placed = placed_links(connection, transfer)
    yield from _placed(placed)
    yield from heading_lines("what can be done")
    if placed:
        yield Content.assemble((f"{'w':<{LABEL}}", "$key"), "plays it from the library")
    for pressed, does in ways(transfer, stuck):
        yield Content.assemble((f"{pressed:<{LABEL}}", "$key"), does)
    yield Content("")
    yield from fact_lines((*_facts(transfer), ("command", stuck.helps and f":{stuck.helps}")), LABEL)
    yield from _reports([text for _, text in report_texts(connection, transfer.id, time.time())])
    yield from _files(files_of(connection, transfer.id))
    yield from _history(history_of(connection, transfer.id))


def _asked(transfer: Transfer) -> Iterator[PaneLine]:
    """What is asked about single files, each behind the number by which it is imported all the same."""
    asked = transfer.hold.detail.get("asked")
    if transfer.state == State.STAGED and isinstance(asked, list) and asked:
        yield from heading_lines("asked")
        yield from (Content(printable(str(one))) for one in asked)


def _placed(links: Sequence[LibraryLink]) -> Iterator[PaneLine]:
    """Where the library has it, by folders."""
    if links:
        yield from heading_lines(f"{counted(len(links), 'link')} in the library")
    shown = b""
    for link in links[:MOST_FILES]:
        folder, name = os.path.split(link.path)
        if folder != shown:
            shown = folder
            yield Content.styled(printable(os.fsdecode(folder)), "$quiet")
        yield Entry("  ", printable(os.fsdecode(name)), "" if link.state == "ok" else link.state)


def ways(transfer: Transfer, stuck: Stuck) -> Iterator[tuple[str, str]]:
    """The keys that do something with a transfer as it is now, what helps first, each with what it does and costs; a
    command that helps and has no key stands with a colon."""
    known = dict(_ways(transfer))
    if len(answers := answers_of(transfer)) > 1:
        asks = "I" if transfer.state == State.STAGED else "r"
        if asks in known:
            known[asks] = f"asks what is to be done: {', '.join(answer.word for answer in answers)}"
            stuck = replace(stuck, key=asks if stuck.key not in known else stuck.key)
    if stuck.key in known:
        yield stuck.key, known.pop(stuck.key)
    elif stuck.helps and not stuck.key:
        yield ":", stuck.helps
    yield from known.items()


def _ways(transfer: Transfer) -> Iterator[tuple[str, str]]:
    if transfer.state == State.UNKNOWN:
        return
    has_target = transfer.may_be_sent and transfer.hold.code != "target"
    again = "tries it again at once" if transfer.state not in DROPPED else "takes it up where it was"
    if transfer.hold.code == "arr-pending":
        again = f"has {named_title(transfer.service)} send it now, whatever it waits for"
    if "lacks" in transfer.hold.detail and transfer.hold.code == "partial":
        again = "takes the episodes that are in it"
    waits = transfer.hold.kind != HoldKind.NONE or transfer.state == State.WANTED
    if "places" in transfer.hold.detail and transfer.hold.code == "files":
        yield "r", "chooses one of the places that fit"
    elif has_target and (transfer.state in DROPPED or (waits and transfer.state not in ENDED)):
        yield "r", f"{again}; the next pass needs a request or two"
    if transfer.ended_at is not None:
        return
    if transfer.state == State.STAGED and overridable(transfer):
        yield "I", "imports it all the same, on your yes; what it replaces is said before"
    elif transfer.state == State.STAGED:
        yield "I", "says where its links go in the library, and brings them there on your yes"
    elif transfer.state == State.READY and not transfer.is_fetched and transfer.entry_id:
        yield "I", "lets it go on into staging"
    asked = not has_target and transfer.state == State.WANTED
    if asked:
        yield "m", "chooses which film, season or episode it is for; then it is sent"
    if transfer.hold.kind == HoldKind.PAUSED:
        yield "p", "lets it go on from where it was"
    elif transfer.hold.kind == HoldKind.IGNORED:
        yield "H", "does not ignore it any more"
    else:
        yield "p", "pauses it; p again lets it go on"
        yield "H", "ignores it; H again takes that back"
    yield "D", "ends it as dealt with by hand; nothing is deleted"
    if transfer.state != State.IMPORTING:
        yield "f", "forgets it; nothing is deleted"
        if not asked:
            yield "m", "chooses another film, season or episode for it; what was sent stays"


def _reports(texts: Sequence[str]) -> Iterator[PaneLine]:
    """What media servers were told of what it brought, and what came of that."""
    if texts:
        yield from heading_lines("media servers")
        yield from (Content(text) for text in texts[:MOST_FILES])


def _facts(transfer: Transfer) -> list[tuple[str, str]]:
    was_there = "" if transfer.entry_is_new else " (was there)"
    return [
        ("then", then_text(transfer)),
        ("route", client_of(transfer)),
        ("entry", f"{transfer.entry_id}{was_there}" if transfer.entry_id else ""),
        ("there", transfer.status),
        ("seeders", "" if transfer.seeders is None or transfer.state != State.DOWNLOADING else f"{transfer.seeders:,}"),
        ("size", "" if transfer.size is None else size_text(transfer.size)),
        ("hash", transfer.hash),
        ("number", f"{transfer.id}"),
    ]


def _replaced(links: Sequence[ReplacedLink]) -> Iterator[PaneLine]:
    """The dead links that lead to its files once these are proven, and all that each of them is of."""
    if not links:
        return
    yield from heading_lines(f"replaces {counted(len(links), 'dead link')}, in place")
    for link in links:
        yield Entry("", printable(os.fsdecode(link.path)), link.numbers)
        yield Content.styled(f"  led to {printable(os.fsdecode(link.target))}", "$quiet")


def _files(files: Sequence[TransferFile]) -> Iterator[PaneLine]:
    if not files:
        return
    wanted = sum(file.wanted for file in files)
    left = f", {wanted:,} of them wanted" if wanted < len(files) else ""
    yield from heading_lines(f"{counted(len(files), 'file')}{left}")
    for file in files[:MOST_FILES]:
        about = ", ".join(filter(None, (file.word, size_text(file.size))))
        yield Entry("" if file.wanted else "left  ", printable(file.path), about)
        if file.why:
            yield Content.styled(f"  {printable(file.why)}", "$quiet")
    if len(files) > MOST_FILES:
        yield Content.styled(f"and {len(files) - MOST_FILES:,} more", "$quiet")


def _history(events: list[TransferEvent]) -> Iterator[Content]:
    yield from heading_lines("history")
    for event in events:
        moved = f"{event.event}: {event.to_state}" if event.from_state != event.to_state else event.event
        why = f", {event.why}" if event.why else ""
        held = f" [{event.code or event.hold}]" if event.hold not in ("none", "") else ""
        who = _WHO.get(event.who, printable(event.who))
        happened = printable(f"{moved}{held}{why}")
        yield Content.assemble((f"{long_moment(event.at)}  ", "$quiet"), happened, (f"  {who}", "$quiet"))
