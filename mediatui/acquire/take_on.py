"""Planning which torrents of the account become transfers."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Final

from mediatui.acquire.grab import THEN, GrabOptions, why_left
from mediatui.acquire.target_guard import Offered
from mediatui.changes.steps.adopt_entry import AdoptEntry
from mediatui.model.human import counted, size_text
from mediatui.model.plan import Plan
from mediatui.model.target import targets_as_text
from mediatui.model.text import printable
from mediatui.model.torrent import DOWNLOADED, Torrent
from mediatui.model.transfer import State
from mediatui.store.transfers.rows import transfers_of_hash
from mediatui.system.torrent_source import TorrentSource

DEFAULT: Final = "is:unlinked class:ok"
"""What is taken on when nothing is named."""


def sort_torrents(
    connection: sqlite3.Connection, torrents: Sequence[Torrent], options: GrabOptions
) -> tuple[list[Torrent], list[tuple[str, str]]]:
    """Those that can become transfers, one for each hash, and those that are left, each with the reason."""
    wanted: dict[str, Torrent] = {}
    left: list[tuple[str, str]] = []
    for one in torrents:
        name = printable(one.filename)
        if one.gone_at is not None:
            left.append((name, "it is gone from the account"))
        elif one.status != DOWNLOADED:
            left.append((name, f"it is {one.status}"))
        elif one.hash in wanted:
            left.append((name, f"its hash was named already ({wanted[one.hash].id})"))
        elif not rests_there(connection, one.hash) and (
            why := why_left(connection, TorrentSource(one.hash, one.filename), options)
        ):
            left.append((name, why))
        else:
            wanted[one.hash] = one
    return [*wanted.values()], left


def rests_there(connection: sqlite3.Connection, info_hash: str) -> bool:
    """Whether a transfer of a hash rests on the account, and would not go on by itself."""
    present = next((one for one in transfers_of_hash(connection, info_hash) if one.ended_at is None), None)
    return present is not None and present.state == State.READY and not present.is_fetched


def named_or_clear(chosen: Sequence[Offered], *, is_named: bool) -> tuple[dict[str, Offered], list[tuple[str, str]]]:
    """By their hashes those that are taken on: of what a query found only what is clear to be for something, so that
    nobody is asked about hundreds; and the others, each with the reason."""
    kept = {one.key: one for one in chosen if is_named or one.aim.targets}
    others = [(one.title, one.aim.asks or "no target yet") for one in chosen if one.key not in kept]
    return kept, [(title, f"{why}; named by its id it is noted, and map says what it is for") for title, why in others]


def plan_take_on(
    torrents: Sequence[Torrent],
    options: GrabOptions,
    left: Sequence[tuple[str, str]],
    offered: Mapping[str, Offered],
) -> Plan:
    """The plan that makes transfers of these torrents; ``offered`` says what they are for, by their hashes."""
    steps = [_step(one, options, offered.get(one.hash)) for one in torrents]
    known = [step for step in steps if step.is_sent]
    size = sum(step.bytes for step in known)
    says = []
    if known:
        several = len(known) != 1
        says.append(f"{counted(len(known), 'torrent')} {'become transfers' if several else 'becomes a transfer'}"
                    f"{f' ({size_text(size)})' if size else ''}.")  # fmt: skip
        says += (
            [f"{THEN[options.auto]}."]
            if options.auto in THEN
            else ["Then nothing by itself: they rest at Real-Debrid (staging.folder and acquire.auto say how far)."]
        )
    if unknown := len(steps) - len(known):
        says.append(f"{unknown:,} without a target: noted, and {'go' if unknown != 1 else 'goes'} on once map has it; "
                    "--no-target takes it on for nothing in particular.")  # fmt: skip
    return Plan("import", f"Take on {counted(len(steps), 'torrent')}", tuple(steps), tuple(left), says=tuple(says))


def _step(torrent: Torrent, options: GrabOptions, offered: Offered | None) -> AdoptEntry:
    targets = targets_as_text(offered.aim.targets) if offered is not None and offered.aim.targets else ""
    asked = json.dumps(offered.aim.detail) if offered is not None else ""
    without = options.without_target
    why = "" if without or targets or offered is None else f"{offered.aim.asks or 'no target yet'}: noted"
    return AdoptEntry(
        what=printable(torrent.filename or torrent.hash), id=torrent.id, hash=torrent.hash, name=torrent.filename,
        bytes=torrent.bytes, without_target=without, targets="" if without else targets, asked=asked,
        key=torrent.hash, auto=options.auto, risk=why or ("" if offered is None else offered.remark),
    )  # fmt: skip
