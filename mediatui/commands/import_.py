"""Taking on what the account has already, to bring it into the library."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mediatui.commands.options import choice, flag, text, to_apply, words

if TYPE_CHECKING:
    from mediatui.acquire.take_on import Sorted
    from mediatui.commands.answer import Answer
    from mediatui.commands.workspace import Workspace
    from mediatui.model.plan import Plan


@dataclass(frozen=True, slots=True)
class Import:
    """The options of ``import``."""

    words: tuple[str, ...] = words("[QUERY|ID]...", examples=("is:unlinked", "class:ok", "added:<7d"))
    for_target: tuple[str, ...] = text(
        "What all of it is for: tmdb:N, tvdb:N:S02E03, tt…, film:Title (Year), series:Title; else each is mapped.",
        "TARGET", "--for", many=True, examples=("tvdb:", "tmdb:", "film:", "series:"),
    )  # fmt: skip
    service: str | None = text("The Sonarr or Radarr it is for.", "NAME")
    no_target: bool = flag("Take it on for nothing in particular: no film or series is chosen for it.")
    again: bool = flag("Take on also what is here or on its way already, or was brought before.")
    auto: str | None = choice(
        "How far each goes by itself; else acquire.auto, once staging.folder is set.", ("none", "fetch", "import")
    )
    apply: bool = to_apply()


async def make_plan(workspace: Workspace, options: Import, answer: Answer) -> Plan:
    """The plan that makes transfers of the torrents named; raises UsageError."""
    from mediatui.acquire.grab import GrabOptions
    from mediatui.acquire.take_on import DEFAULT, named_or_clear, plan_take_on, sort_torrents, telling_name
    from mediatui.acquire.target_guard import sort_by_target
    from mediatui.archive.targets import read_targets
    from mediatui.commands.aims import read_offered, with_aims
    from mediatui.commands.grab import auto_of
    from mediatui.model.errors import UsageError
    from mediatui.model.human import counted
    from mediatui.model.text import printable
    from mediatui.system.torrent_source import TorrentSource

    if options.no_target and options.for_target:
        raise UsageError("--for and --no-target do not go together.", "Leave one of them out.")
    how = GrabOptions(options.no_target, again=options.again, named=True, auto=auto_of(workspace, options.auto))

    def read(connection: sqlite3.Connection) -> tuple[Sorted, bool]:
        targets = read_targets(connection, options.words, workspace.library_roots, default=DEFAULT)
        return sort_torrents(connection, targets.torrents, how), targets.looked_at is None

    found, is_named = await workspace.read(read)
    torrents, left = found.wanted, found.left
    if options.no_target or not torrents:
        return plan_take_on(torrents, how, left, {}, found.resting)
    answer.said("info", f"Looking what {counted(len(torrents), 'torrent')} may be for")
    sources = await workspace.read(
        lambda connection: [TorrentSource(one.hash, telling_name(connection, one)) for one in torrents]
    )
    named = await workspace.read(read_offered, sources, ())
    offered = await with_aims(
        workspace, named, options.for_target, options.service, lambda note: answer.said("warning", note)
    )
    titles = {one.hash: printable(one.filename) for one in torrents}
    offered = [replace(one, title=titles[one.key]) for one in offered]
    settings = workspace.settings
    enabled = [one.name for one in settings.services if one.enabled]
    chosen, more = await workspace.read(
        sort_by_target, offered, settings.acquire.preferred, enabled, again=options.again
    )
    kept, unclear = named_or_clear(chosen, is_named=is_named)
    chosen_ones = [one for one in torrents if one.hash in kept]
    return plan_take_on(chosen_ones, how, [*left, *more, *unclear], kept, found.resting)
