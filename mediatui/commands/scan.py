"""Scans of the link library, earlier scans, and having Sonarr or Radarr search for another release."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediatui.commands.options import (
    choice,
    flag,
    report_by_exit_code,
    text,
    to_allow,
    to_apply,
    word,
    words,
)
from mediatui.model.choices import PROBINGS, SCAN_DEPTHS, Probing, ScanDepth
from mediatui.model.link import REMOVABLE

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from mediatui.commands.answer import Answer
    from mediatui.commands.workspace import Workspace
    from mediatui.library.scan.state import ScanOptions
    from mediatui.model.plan import Plan
    from mediatui.store.library.scans import Scan as ScanRow


@dataclass(frozen=True, slots=True)
class HowToScan:
    """The options that every scan has."""

    depth: ScanDepth | None = choice("basic (unless said), or full: do the files play?", SCAN_DEPTHS)
    probe: Probing | None = choice("Full depth; ffprobe checks what is suspect, or all.", PROBINGS)
    read_first_kb: bool = flag("Read the first KB of every file: slow on a network mount.")
    accept_mounts: bool = flag("Take mounts as they are, though they hold less than before.")
    accept_view: tuple[str, ...] = text(
        "Judge this view of a mount from now on by what it shows now.", "VIEW", many=True
    )
    only: tuple[str, ...] = text(
        "With --apply: only links that are broken, loop or small.", "STATE", many=True, examples=REMOVABLE
    )
    apply: bool = to_apply()
    allow: int | None = to_allow()
    exit_code: bool = report_by_exit_code("a link is wrong or could not be judged")


@dataclass(frozen=True, slots=True)
class Scan(HowToScan):
    """The options of ``scan``."""

    roots: tuple[str, ...] = words("[ROOT]...")


@dataclass(frozen=True, slots=True)
class ScanAgain(HowToScan):
    """The options of ``scan rerun``."""

    number: int = word("N", "the number of a scan", kind="number")


@dataclass(frozen=True, slots=True)
class OneScan:
    """The option of commands on one earlier scan."""

    number: int = word("N", "the number of a scan", kind="number")


@dataclass(frozen=True, slots=True)
class Ask:
    """The options of ``ask``."""

    paths: tuple[str, ...] = words("PATH...", required=True)
    apply: bool = to_apply()
    allow: int | None = to_allow()


def options_of(options: HowToScan, roots: Sequence[str], depth: ScanDepth = SCAN_DEPTHS[0]) -> ScanOptions:
    """The options of the job of a scan of ``roots``; in ``depth`` where neither that nor a probe was named."""
    from mediatui.library.scan.state import ScanOptions

    probing = "full" if options.probe is not None else depth
    return ScanOptions(
        tuple(roots),
        mode="apply" if options.apply else "dry-run",
        depth=options.depth or probing,
        probe=options.probe or PROBINGS[0],
        read_first_kb=options.read_first_kb,
        accept_mounts=options.accept_mounts,
        accept_views=options.accept_view,
    )


def scan_of(connection: sqlite3.Connection, number: int) -> ScanRow:
    """An earlier scan; raises UsageError for one that is not known."""
    from mediatui.model.errors import UsageError
    from mediatui.store.library.scans import read_scan

    found = read_scan(connection, number)
    if found is None:
        raise UsageError(f"There is no scan {number}.", "List them with: mediatui --headless scan list")
    return found


async def plan_to_ask(workspace: Workspace, options: Ask, answer: Answer) -> Plan:
    """The plan that has Sonarr or Radarr search for another release in place of the dead links; raises UsageError."""
    from mediatui.library.links.search_again import dead_links_at, plan_search_again
    from mediatui.library.scan.history import require_typed_count

    links = await workspace.read(dead_links_at, options.paths)
    plan = await plan_search_again(
        workspace.settings, links, workspace.arr, report=lambda text: answer.said("info", text)
    )
    return await workspace.read(require_typed_count, workspace.settings, plan)
