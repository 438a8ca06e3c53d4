"""What transfers and releases are for: the candidates, and storing the choice."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from mediatui.commands.options import number, text, words
from mediatui.model.errors import MediatuiError, UsageError
from mediatui.model.human import counted
from mediatui.model.stuck import why_stuck
from mediatui.model.target import shown_targets
from mediatui.model.text import printable

if TYPE_CHECKING:
    import sqlite3

    from mediatui.acquire.mapping.aim import Aim
    from mediatui.acquire.mapping.find import TargetFinder
    from mediatui.acquire.mapping.release_name import ReleaseName
    from mediatui.commands.answer import Answer
    from mediatui.commands.workspace import Workspace
    from mediatui.model.transfer import Transfer
    from mediatui.settings import Settings

AUTO: Final = "auto"
"""What ``--to`` takes to store for each what fits it without a question."""
BEFORE: Final = "before"
"""What it takes to take the last choice back."""
_RELEASE: Final = re.compile(r"r[1-9][0-9]{0,14}")
_TRANSFER: Final = re.compile(r"[1-9][0-9]{0,14}")


@dataclass(frozen=True, slots=True)
class Map:
    """The options of ``map``."""

    items: tuple[str, ...] = words("TRANSFER|rN...", required=True)
    to: tuple[str, ...] = text(
        "Say what they are for: tmdb:N, tvdb:N:S02E03, tt…, film:Title (Year), series:Title; or auto, or before.",
        "TARGET", many=True, examples=("tvdb:", "tmdb:", "film:", "series:", AUTO, BEFORE),
    )  # fmt: skip
    season: int | None = number("Of a series, this season.", least=0)


@dataclass(frozen=True, slots=True)
class Mapped:
    """Something to map: what it is called by, its name, and what is read of that."""

    key: str
    title: str
    release: ReleaseName
    transfer: int | None = None


async def map_targets(answer: Answer, options: Map) -> int:
    """Shows what transfers and releases may be for, or stores what they are for. Raises UsageError."""
    from mediatui.commands.find_targets import target_finder

    async with answer.workspace() as workspace:
        items = await workspace.read(read_mapped, options.items)
        if options.to == (BEFORE,):
            for item in items:
                await workspace.db.write(take_back, item, time.time())
            return _end_taken_back(answer, items)
        finder = target_finder(workspace)
        aims = await _aims(finder, items, options)
        for note in finder.notes:
            answer.said("warning", note)
        if not options.to:
            return _show(answer, items, aims)
        problems: list[MediatuiError] = []
        done = 0
        for item, aim in zip(items, aims, strict=True):
            if not aim.targets:
                _say_asked(answer, item, aim)
                continue
            try:
                transfer = await workspace.db.write(store_choice, item, aim, workspace.settings, time.time())
            except MediatuiError as error:
                problems.append(error)
                answer.row("failure", {"of": item.key, "reason": error.message})
                answer.said("error", f"{item.key}: {error.sentence}")
                continue
            done += 1
            _say_stored(answer, item, aim)
            if transfer is not None and "missing_at" in transfer.hold.detail:
                stuck = why_stuck(transfer, {}, time.time())
                answer.line(f"{printable(stuck.why)}. To add it and send: mediatui --headless {stuck.helps}")
    if problems and not done:
        raise problems[0]
    left = len(items) - done
    tail = f", {left:,} left" if left else ""
    answer.result(f"{counted(done, 'choice')} stored{tail}.", ok=not left, counts={"stored": done, "left": left})
    return int(left > 0)


async def find_aims(
    workspace: Workspace, given: Sequence[str], to: str | None = None, words: str = ""
) -> tuple[list[Mapped], list[Aim], list[str]]:
    """Transfers and releases with what each may be for: what fits, or what a person says (``to``), or what has other
    ``words`` for its title; and what could not be compared. Raises UsageError."""
    from mediatui.commands.find_targets import target_finder

    items = await workspace.read(read_mapped, tuple(given))
    finder = target_finder(workspace)
    return items, await _aims(finder, items, Map(tuple(given), (to,) if to else ()), words), finder.notes


async def _aims(finder: TargetFinder, items: Sequence[Mapped], options: Map, words: str = "") -> list[Aim]:
    from mediatui.acquire.mapping.aim import aim_at, aim_by
    from mediatui.model.target import read_target

    releases = [with_words(item.release, words) if words else item.release for item in items]
    if options.to and options.to != (AUTO,):
        return await aim_at(finder, [read_target(text) for text in options.to], releases, options.season)
    if options.season is not None:
        releases = [
            replace(
                one,
                columns=replace(
                    one.columns,
                    seasons=(options.season,),
                    episodes=one.columns.episodes or one.columns.absolute,
                    absolute=(),
                ),
            )
            for one in releases
        ]
    return [aim_by(mapping) for mapping in await finder.map_releases(releases)]


def with_words(release: ReleaseName, words: str) -> ReleaseName:
    """A name with other words for its title, which may end with a year, of a film or a series; its numbers stay unless
    the words have some."""
    from mediatui.names.release_columns import columns_of

    said = columns_of(words)
    columns = replace(release.columns, title=said.title, year=said.year, kind="unknown")
    if said.seasons or said.episodes:
        columns = replace(columns, seasons=said.seasons, episodes=said.episodes, absolute=(), date="")
    return replace(release, columns=columns, tmdb_id=0, tvdb_id=0, imdb_id=0)


def read_mapped(connection: sqlite3.Connection, given: Sequence[str]) -> list[Mapped]:
    """The transfers and releases of these names (``21``, ``r1219``), each once. Raises UsageError, NoTransfer,
    NoRelease."""
    from mediatui.acquire.mapping.release_name import read_name
    from mediatui.commands.find_targets import name_of_release
    from mediatui.store.releases.rows import find_releases, search_of
    from mediatui.store.transfers.rows import find_transfer

    found: list[Mapped] = []
    for one in dict.fromkeys(given):
        if _RELEASE.fullmatch(one):
            (release,) = find_releases(connection, [int(one[1:])])
            read = name_of_release(release, search_of(connection, release))
            found.append(Mapped(one, release.first.title, read))
        elif _TRANSFER.fullmatch(one):
            transfer = find_transfer(connection, int(one))
            name = transfer.name or transfer.hash
            found.append(Mapped(one, name, read_name(transfer.name), transfer.id))
        else:
            raise UsageError(
                f"{printable(one)!r} is neither the number of a transfer nor that of a release (r12).",
                "List them with: mediatui --headless transfers, or search show N",
            )
    return found


def store_choice(
    connection: sqlite3.Connection, item: Mapped, aim: Aim, settings: Settings, now: float
) -> Transfer | None:
    """Notes what a transfer or release is for; the transfer as it is then. Raises NotAllowed."""
    from mediatui.acquire.mapping.choose import map_release, map_transfer
    from mediatui.commands.aims import missing_at_service

    if item.transfer is not None:
        missing = missing_at_service(connection, settings, aim.targets)
        return map_transfer(connection, item.transfer, aim.targets, now, missing)
    map_release(connection, int(item.key[1:]), aim.targets)
    return None


def take_back(connection: sqlite3.Connection, item: Mapped, now: float) -> None:
    """Takes the last choice for a transfer or release back. Raises UsageError, NotAllowed."""
    from mediatui.acquire.mapping.choose import map_release, take_back_target

    if item.transfer is not None:
        take_back_target(connection, item.transfer, now)
    else:
        map_release(connection, int(item.key[1:]), ())


def _end_taken_back(answer: Answer, items: Sequence[Mapped]) -> int:
    for item in items:
        answer.row("mapped", {"of": item.transfer or item.key}, f"{item.key}  {printable(item.title)}: as before")
    answer.result(f"{counted(len(items), 'choice')} taken back.", counts={"taken_back": len(items)})
    return 0


def _show(answer: Answer, items: Sequence[Mapped], aims: Sequence[Aim]) -> int:
    from mediatui.commands.candidate_columns import CANDIDATE_COLUMNS, as_json

    clear = 0
    for item, aim in zip(items, aims, strict=True):
        clear += bool(aim.targets)
        said = f"for {shown_targets(aim.targets)}" if aim.targets else aim.asks
        answer.line(f"{item.key}  {printable(item.title)}: {printable(said)}")
        for at, one in enumerate(aim.candidates):
            answer.row("candidate", as_json(item.transfer or item.key, one, taken=bool(aim.targets) and not at))
        answer.table(CANDIDATE_COLUMNS, aim.candidates)
    asked = len(items) - clear
    if asked:
        first = next(item for item, aim in zip(items, aims, strict=True) if not aim.targets)
        answer.line(f"To choose: mediatui --headless map {first.key} --to TARGET")
    summary = f"{clear:,} of {counted(len(items), 'item')} fit without a question."
    answer.result(summary, counts={"items": len(items), "clear": clear, "asked": asked})
    return 0


def _say_asked(answer: Answer, item: Mapped, aim: Aim) -> None:
    answer.row("failure", {"of": item.key, "reason": aim.asks})
    answer.line(f"{item.key}  {printable(item.title)}: left, {printable(aim.asks)}")


def _say_stored(answer: Answer, item: Mapped, aim: Aim) -> None:

    fields = {"of": item.transfer or item.key, "targets": [one.target.text for one in aim.targets]}
    answer.row("mapped", fields, f"{item.key}  {printable(item.title)}: for {printable(shown_targets(aim.targets))}")
