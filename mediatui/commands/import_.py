"""Taking on what the account has already, and bringing what is staged into the library."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, cast

from mediatui.commands.options import choice, flag, number, text, to_apply, words

if TYPE_CHECKING:
    from mediatui.acquire.importing.plan import Method
    from mediatui.acquire.take_on import Sorted
    from mediatui.commands.answer import Answer
    from mediatui.commands.import_folder import FolderImport
    from mediatui.commands.workspace import Workspace
    from mediatui.model.plan import Plan
    from mediatui.model.target import MappedTarget
    from mediatui.model.transfer import Transfer

MOST_DIGITS: Final = 9
"""Words of so many digits are numbers of transfers; ids of torrents are longer."""


@dataclass(frozen=True, slots=True)
class Import:
    """The options of ``import``."""

    words: tuple[str, ...] = words("[QUERY|ID|N|PATH]...", examples=("is:unlinked", "class:ok", "added:<7d"))
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
    method: str | None = choice("How a staged transfer is imported; else importing.method.", ("auto", "library", "arr"))
    partial: bool = flag("Import a staged transfer though episodes are missing in it.")
    replace: bool = flag("Point links of the same film or episode anew that lead to a file.")
    override: tuple[int, ...] = number(
        "Import all the same what was asked about, by its number.", "--override", many=True
    )
    both: bool = flag("Place a link beside one of the same that leads to a file, told apart by its resolution.")
    season: int | None = number("Of a series, this season; a name that says another is asked about.", least=0)
    min_score: int | None = number("Of a folder, take each file from so many points on.", least=1)
    take: tuple[int, ...] = number("Of a folder, take file N whatever its points and warnings.", "--take", many=True)
    skip: tuple[int, ...] = number("Of a folder, leave file N.", "--skip", many=True)
    compare: int | None = number("Of a folder, show file N beside the one that it is like.")
    folder: str | None = text("Where the folder of a new film or series is made, in the library.", "FOLDER")
    apply: bool = to_apply()


async def make_plan(workspace: Workspace, options: Import, answer: Answer) -> Plan:
    """The plan that imports the transfers named by their numbers, or makes transfers of the torrents named; raises
    UsageError."""
    from mediatui.commands.import_folder import plan_folder

    if (wanted := folder_wanted(workspace, options)) is not None:
        return await plan_folder(workspace, *wanted, answer)
    _expect_unused(options, ("min_score", "take", "skip", "compare"), "a folder of downloads")
    if options.words and all(word.isdecimal() and len(word) <= MOST_DIGITS for word in options.words):
        return await _plan_staged(workspace, options)
    own = ("method", "partial", "replace", "both", "season", "override", "folder")
    _expect_unused(options, own, "a transfer by its number, or a folder")
    return await _plan_taking_on(workspace, options, answer)


def folder_wanted(workspace: Workspace, options: Import) -> tuple[bytes, FolderImport] | None:
    """The path that the words name, and how it is imported; None where they name something else. Raises UsageError."""
    from mediatui.commands.import_folder import FolderImport, named_folder, path_in

    if (path := path_in(options.words)) is None:
        return None
    _expect_unused(options, ("no_target", "again", "auto", "partial", "override"), "torrents and transfers")
    place = named_folder(workspace, options.folder)
    return path, FolderImport(
        options.for_target, options.service, options.season, options.min_score, options.method or "", options.replace,
        options.both, place, options.take, options.skip, options.compare,
    )  # fmt: skip


def _expect_unused(options: Import, names: Sequence[str], what: str) -> None:
    from mediatui.model.errors import UsageError

    given = [
        f"--{name.replace('_', '-').removesuffix('-target')}" for name in names
        if getattr(options, name) not in (None, False, ())
    ]  # fmt: skip
    if given:
        raise UsageError(f"{given[0]} is only for {what}.", "Leave it out.")


async def _plan_staged(workspace: Workspace, options: Import) -> Plan:
    """The plan that brings staged transfers into the library."""
    from mediatui.acquire.importing.job import plan_staged
    from mediatui.acquire.importing.plan import ImportOptions, is_staged, plan_of_imports
    from mediatui.commands.import_folder import named_folder
    from mediatui.model.errors import GuardTripped
    from mediatui.model.text import printable
    from mediatui.store.transfers.rows import find_transfer

    _expect_unused(options, ("no_target", "again", "auto", "service"), "torrents of the account")
    found = [await workspace.read(find_transfer, int(word)) for word in dict.fromkeys(options.words)]
    staged = [one for one in found if is_staged(one)]
    others = [(printable(one.name or one.hash), f"it is {one.state}") for one in found if not is_staged(one)]
    targets, unclear = await _said_targets(workspace, options, staged)
    staged = [one for one in staged if one.id not in unclear]
    others += [(printable(one.name or one.hash), unclear[one.id]) for one in found if one.id in unclear]
    method = cast("Method", options.method or "")
    how = ImportOptions(
        method, options.partial, options.replace, named_folder(workspace, options.folder), options.override,
        both=options.both, season=options.season, targets=targets,
    )  # fmt: skip
    planned, away = await plan_staged(workspace.context(), staged, how) if staged else ([], "")
    if away:
        raise GuardTripped(away, "Nothing is imported while it is so.")
    return plan_of_imports(planned, others, targets)


async def _said_targets(
    workspace: Workspace, options: Import, transfers: Sequence[Transfer]
) -> tuple[dict[int, tuple[MappedTarget, ...]], dict[int, str]]:
    """What a person says transfers are for, by their numbers, and why that is not clear of some. Raises UsageError."""
    from mediatui.acquire.mapping.aim import aim_at
    from mediatui.acquire.mapping.release_name import read_name
    from mediatui.commands.find_targets import target_finder
    from mediatui.model.target import read_target

    if not options.for_target or not transfers:
        return {}, {}
    typed = [read_target(text) for text in options.for_target]
    aims = await aim_at(target_finder(workspace), typed, [read_name(one.name) for one in transfers])
    pairs = list(zip(transfers, aims, strict=True))
    said = {one.id: aim.targets for one, aim in pairs if aim.targets}
    return said, {one.id: aim.asks for one, aim in pairs if not aim.targets}


async def _plan_taking_on(workspace: Workspace, options: Import, answer: Answer) -> Plan:
    """The plan that makes transfers of torrents of the account."""
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
