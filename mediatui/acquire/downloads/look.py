"""A folder of downloads as it is now: its files sorted by their names, mapped, compared with the library, judged."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mediatui.acquire.downloads.beside import with_subtitles
from mediatui.acquire.downloads.judge import Judge, JudgeOptions, Row
from mediatui.acquire.downloads.same import Digests, Same, find_same
from mediatui.acquire.downloads.sort import Download, Group, sort_content
from mediatui.acquire.importing.catalog_facts import CatalogFacts, Key, read_catalog_facts
from mediatui.acquire.importing.library_now import LibraryNow
from mediatui.acquire.mapping.aim import Aim, aim_at, aim_by
from mediatui.acquire.mount.staged import owner_below
from mediatui.changes.mount_guard import compare_mount
from mediatui.changes.new_storage import is_new_storage
from mediatui.library.maintenance.job import find_places
from mediatui.library.maintenance.library_paths import LibraryPaths
from mediatui.model.errors import GuardTripped, MediatuiError, UsageError
from mediatui.model.human import counted, size_text
from mediatui.model.path import is_within
from mediatui.model.target import TypedTarget, read_target
from mediatui.model.text import printable, printable_path
from mediatui.settings import Settings
from mediatui.settings.places import configured_mounts, configured_roots, staging_folder
from mediatui.store.database import open_reader
from mediatui.store.library.link_sizes import targets_of_sizes
from mediatui.system import own_process
from mediatui.system.folder_files import FolderContent, read_content
from mediatui.system.threads import in_thread

if TYPE_CHECKING:
    from mediatui.acquire.mapping.find import TargetFinder
    from mediatui.acquire.mapping.release_name import ReleaseName
    from mediatui.runtime.context import Context

Tell = Callable[[str], None]


@dataclass(slots=True)
class Folder:
    """The files of a folder, what each group of them is for, and which are the same as others."""

    content: FolderContent
    downloads: Sequence[Download]
    aims: dict[Group, Aim] = field(default_factory=dict)
    same: Mapping[bytes, Same] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def keys(self) -> list[Group]:
        """What has to be mapped, each once."""
        return list(self.firsts)

    @property
    def firsts(self) -> dict[Group, Download]:
        """A file of each group, by whose name it is mapped: the first that is no special where one is none."""
        found: dict[Group, Download] = {}
        for one in self.downloads:
            if one.key is not None and (one.key not in found or _is_special(found[one.key])):
                found[one.key] = one
        return found


async def read_folder(ctx: Context, path: bytes, tell: Tell = lambda text: None) -> Folder:
    """The files at a path (absolute), sorted by their names. Raises UsageError for a place that is no folder of
    downloads; ends within a moment when it is cancelled."""
    in_staging = _expect_apart(ctx, path)
    if in_staging is not None and (owner := await ctx.db.read(owner_below, *in_staging)) is not None:
        raise UsageError(
            f"{printable_path(path)} is what transfer {owner.id} has in staging.",
            f"Import it by its number: mediatui --headless import {owner.id}",
        )
    stop, said = threading.Event(), _on_loop(tell)

    def counting(count: int) -> None:
        said(f"{count:,} files")

    try:
        late = ctx.settings.library.mount_timeout_s
        content = await in_thread(lambda: read_content(path, counting, stop.is_set, seconds=late))
    except OSError as error:
        raise UsageError(f"{printable_path(path)} cannot be read ({error.strerror}).") from None
    finally:
        stop.set()
    downloads = await in_thread(lambda: sort_content(content, ctx.settings))
    notes = [f"{printable_path(folder)} cannot be read ({why})" for folder, why in content.unread]
    return Folder(content, downloads, notes=notes)


def _on_loop(tell: Tell) -> Tell:
    """The same, to be called from a thread."""
    loop = asyncio.get_running_loop()

    def on_loop(text: str) -> None:
        loop.call_soon_threadsafe(tell, text)

    return on_loop


def _is_special(one: Download) -> bool:
    return one.release is not None and (0 in one.release.columns.episodes or 0 in one.release.columns.seasons)


def _expect_apart(ctx: Context, path: bytes) -> tuple[bytes, bytes] | None:
    """The folder of staging, and the path below it, where that is what is named. Raises UsageError for a folder of the
    library itself, and for staging as a whole."""
    real = os.path.realpath(path)
    staging = staging_folder(ctx.settings)
    for place in configured_roots(ctx.settings):
        if is_within(real, os.path.realpath(place)) or is_within(os.path.realpath(place), real):
            raise UsageError(
                f"{printable_path(path)} is, lies in or holds a folder of the library.", "Name a folder of downloads."
            )
    if staging is None or not is_within(real, resolved := os.path.realpath(staging)):
        return None
    if real == resolved:
        raise UsageError(f"{printable_path(path)} is staging.", "Name what lies in it: mediatui --headless staging")
    return resolved, real[len(resolved) + 1 :]


async def map_folder(
    finder: TargetFinder, folder: Folder, season: int | None = None, keys: Sequence[Group] | None = None
) -> None:
    """Finds what groups of files are for, all of them unless some are named; what says no season is of the one that a
    person says."""
    wanted = folder.keys if keys is None else keys
    firsts = folder.firsts
    mapped = await finder.map_releases([_name_of(firsts[key], season) for key in wanted])
    folder.aims |= {key: aim_by(one) for key, one in zip(wanted, mapped, strict=True)}
    folder.notes += [note for note in finder.notes if note not in folder.notes]


async def aim_folder(
    finder: TargetFinder, folder: Folder, typed: Sequence[TypedTarget], season: int | None = None,
    keys: Sequence[Group] | None = None,
) -> None:  # fmt: skip
    """Takes what a person typed for groups of files, all of them unless some are named. Raises UsageError."""
    wanted = folder.keys if keys is None else keys
    firsts = folder.firsts
    for key in wanted:
        (aim,) = await aim_at(finder, typed, [_name_of(firsts[key], season)])
        folder.aims[key] = aim if key.path or typed[0].season is not None else _of_all(aim)


def _name_of(first: Download, season: int | None) -> ReleaseName:
    """The name that is mapped for a group of files."""
    release, key = first.release, first.key
    assert release is not None
    assert key is not None
    columns = release.columns
    if season is None or not key.path or columns.seasons:
        return release
    numbers = columns.episodes or columns.absolute
    return replace(release, columns=replace(columns, seasons=(season,), episodes=numbers, absolute=()))


def _of_all(aim: Aim) -> Aim:
    """The same for all of a series: each file has its own numbers."""
    plain = [replace(one, target=replace(one.target, season=None, episodes=(), episode_ids=(), air_dates=()))
             for one in aim.targets[:1]]  # fmt: skip
    return replace(aim, targets=tuple(plain))


async def compare_folder(ctx: Context, folder: Folder, tell: Tell = lambda text: None) -> None:
    """Finds which files are the same as others, by their content. Reading ends within a moment when it is
    cancelled."""
    stop, saying = threading.Event(), _on_loop(tell)
    files = [(one.file.target or one.file.path, one.file.size) for one in folder.downloads if one.key is not None]
    library = await ctx.db.read(targets_of_sizes, {size for _, size in files})
    sizes = dict(files)

    def said(path: bytes, done: int) -> None:
        of = size_text(sizes.get(path, done))
        saying(f"{printable_path(os.path.basename(path))}: {size_text(done)} of {of} read")

    try:
        folder.same = await in_thread(lambda: find_same(files, library, Digests(stop.is_set, said)))
    finally:
        stop.set()


async def take_best(finder: TargetFinder, folder: Folder, numbers: Collection[int]) -> None:
    """Takes for these files what fits best where nothing is chosen: all of the same title follow."""
    for key in {one.key for one in folder.downloads if one.number in numbers and one.key is not None}:
        aim = folder.aims.get(key, Aim())
        if not aim.targets and aim.candidates:
            await choose(finder, folder, key, replace(aim, targets=aim.candidates[0].mapped, asks=""))


async def choose(finder: TargetFinder, folder: Folder, key: Group, aim: Aim) -> None:
    """Notes what a group is for. Of a series the others of its title follow, each by its own numbers."""
    folder.aims[key] = aim
    if not aim.targets or aim.targets[0].target.kind == "film":
        return
    whole, firsts = _of_all(aim), folder.firsts
    typed = read_target(whole.targets[0].target.text)
    for other in [one for one in folder.keys if one.is_sibling(key)]:
        if not other.path:
            folder.aims[other] = whole
            continue
        with contextlib.suppress(MediatuiError):  # one whose number is not known is asked about
            (found,) = await aim_at(finder, [typed], [_name_of(firsts[other], None)])
            folder.aims[other] = found


async def judge_folder(
    ctx: Context, folder: Folder, options: JudgeOptions, sure: Collection[int] = (), skipped: Collection[int] = ()
) -> list[Row]:
    """A row for every file, against the library as it is now; ``sure`` are the numbers of those a person confirmed,
    ``skipped`` of those a person leaves.
    Raises GuardTripped while a mount is away, and UsageError without a library."""
    if not configured_roots(ctx.settings):
        raise UsageError("No folder of the library is set.", "Set it: mediatui config set library.roots '[\"/path\"]'")
    places, _ = await find_places(ctx)
    for mount in configured_mounts(ctx.settings):
        if mount.path in places.dead:
            state = await compare_mount(ctx, mount)
            is_new: bool = await ctx.db.read(is_new_storage, state)
            if is_new or not state.problem:
                del places.dead[mount.path]
    if places.dead:
        raise GuardTripped(f"{printable(next(iter(places.dead.values())))}.", "Nothing is imported while it is so.")

    targets = [one.target for aim in folder.aims.values() for one in aim.targets]
    catalog = await read_catalog_facts(ctx, targets)
    known = (ctx.db.path, places, ctx.settings, folder, options, catalog, frozenset(sure), frozenset(skipped))
    return await own_process.run_apart(_read_and_judge, *known)


def _read_and_judge(
    database: Path, places: LibraryPaths, settings: Settings, folder: Folder, options: JudgeOptions,
    catalog: Mapping[Key, CatalogFacts], sure: Collection[int], skipped: Collection[int],
) -> list[Row]:  # fmt: skip
    """A row for every file. Runs in a process of its own: reading a big library takes seconds."""
    with contextlib.closing(open_reader(database)) as connection:
        now = LibraryNow.read(places, connection, catalog)
        judge = Judge(settings, now, folder.content.top, folder.same, options)
        rows = judge.judge(folder.downloads, folder.aims, sure, skipped)
        return with_subtitles(settings, rows) if settings.importing.subtitles else rows


def summary(rows: Sequence[Row]) -> str:
    """How many files there are, and what becomes of them."""
    ready = sum(row.state == "ready" for row in rows)
    asks = sum(row.state == "asks" for row in rows)
    parts = [f"{ready:,} can be imported", f"{asks:,} to be looked at"]
    return f"{counted(len(rows), 'file')}: {', '.join(parts)}, {len(rows) - ready - asks:,} left."
