"""Planning which torrents of the account become transfers."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from mediatui.acquire.grab import THEN, GrabOptions, why_left
from mediatui.acquire.target_guard import Offered
from mediatui.changes.steps.adopt_entry import AdoptEntry
from mediatui.model.human import counted, size_text
from mediatui.model.plan import Plan
from mediatui.model.selection import is_video
from mediatui.model.target import targets_as_text
from mediatui.model.text import printable
from mediatui.model.torrent import DOWNLOADED, Torrent
from mediatui.model.transfer import State, Transfer
from mediatui.names.release_columns import columns_of
from mediatui.store.torrents.listing import files_of
from mediatui.store.transfers.rows import transfers_of_hash
from mediatui.system.torrent_source import TorrentSource

DEFAULT: Final = "is:unlinked class:ok"
"""What is taken on when nothing is named."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """The torrents that can become transfers, one for each hash; those of transfers that rest on the account, with
    these; and what is left, each with the reason."""

    wanted: Sequence[Torrent]
    resting: Sequence[tuple[Torrent, Transfer]]
    left: Sequence[tuple[str, str]]


def sort_torrents(connection: sqlite3.Connection, torrents: Sequence[Torrent], options: GrabOptions) -> Sorted:
    """What can be taken on of these torrents."""
    wanted: dict[str, Torrent] = {}
    resting: list[tuple[Torrent, Transfer]] = []
    left: list[tuple[str, str]] = []
    for one in torrents:
        name = printable(one.filename)
        if one.gone_at is not None:
            left.append((name, "it is gone from the account"))
        elif one.status != DOWNLOADED:
            left.append((name, f"it is {one.status}"))
        elif one.hash in wanted:
            left.append((name, f"its hash was named already ({wanted[one.hash].id})"))
        elif options.auto != "none" and (transfer := resting_transfer(connection, one.hash)) is not None:
            wanted[one.hash] = one
            resting.append((one, transfer))
        elif why := why_left(connection, TorrentSource(one.hash, one.filename), options):
            left.append((name, why))
        else:
            wanted[one.hash] = one
    known = {torrent.hash for torrent, _ in resting}
    return Sorted([one for one in wanted.values() if one.hash not in known], resting, left)


def telling_name(connection: sqlite3.Connection, torrent: Torrent) -> str:
    """The name that a torrent is mapped by: its own where that says a year, a season or an episode; else that of its
    only video, or the title of its videos with their one season."""
    own = columns_of(torrent.filename)
    if own.kind != "unknown" and own.title:
        return torrent.filename
    videos = [file for file in files_of(connection, torrent.id) if file.selected and is_video(file)]
    names = [file.path.rpartition("/")[2] for file in videos]
    if len(names) == 1:
        return names[0]
    found = [columns_of(name) for name in names]
    seasons = {season for one in found for season in one.seasons}
    titles = {one.title for one in found}
    if len(seasons) == 1 and len(titles) == 1 and "" not in titles and all(one.kind == "episode" for one in found):
        return f"{titles.pop()} S{seasons.pop():02}"
    return torrent.filename


def resting_transfer(connection: sqlite3.Connection, info_hash: str) -> Transfer | None:
    """The transfer of a hash that rests on the account, and would not go on by itself; None for none."""
    present = next((one for one in transfers_of_hash(connection, info_hash) if one.ended_at is None), None)
    return present if present is not None and present.state == State.READY and not present.is_fetched else None


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
    resting: Sequence[tuple[Torrent, Transfer]] = (),
) -> Plan:
    """The plan that makes transfers of these torrents; ``offered`` says what they are for, by their hashes. Those that
    rest on the account go on."""
    steps = [_step(one, options, offered.get(one.hash)) for one in torrents]
    steps += [_go_on(one, options, transfer) for one, transfer in resting]
    known = [step for step in steps if step.is_sent]
    size = sum(step.bytes for step in known)
    says = []
    if known:
        several = len(known) != 1
        does = "go on as transfers" if several else "goes on as a transfer"
        says.append(f"{counted(len(known), 'torrent')} {does}"
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


def _go_on(torrent: Torrent, options: GrabOptions, transfer: Transfer) -> AdoptEntry:
    return AdoptEntry(
        what=printable(torrent.filename or torrent.hash), id=torrent.id, hash=torrent.hash, name=torrent.filename,
        bytes=transfer.size or 0, without_target=transfer.without_target, key=torrent.hash, auto=options.auto,
        resting=transfer.id, risk=f"transfer {transfer.id} rests there",
    )  # fmt: skip


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
