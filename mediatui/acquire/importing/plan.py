"""The steps that bring a staged transfer into the library, or what a person has to answer first."""

from __future__ import annotations

import os
import shlex
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from mediatui.acquire.importing.assign import AssignOptions, Question, assign, season_aliases
from mediatui.acquire.importing.catalog_facts import CatalogFacts, Key
from mediatui.acquire.importing.library_now import LibraryNow
from mediatui.acquire.importing.place import PlacedFile, PlaceOptions, Placer
from mediatui.acquire.importing.replaced import match_replaced
from mediatui.acquire.importing.subtitles import suffix_of, video_of
from mediatui.acquire.mount.staging_names import folder_name
from mediatui.changes.steps.folders import RemoveEmptyDir
from mediatui.changes.steps.import_records import ArrImport, EndArrImport
from mediatui.changes.steps.importing import BeginImport, CloseImport, EndImport, PlaceInLibrary
from mediatui.changes.steps.lacking import was_asked
from mediatui.changes.steps.map_transfer import MapTransfer
from mediatui.changes.steps.staging import links_to_take
from mediatui.library.maintenance.library_paths import LibraryPaths
from mediatui.model.arr import named_title
from mediatui.model.human import counted, size_text
from mediatui.model.plan import Plan, Step
from mediatui.model.selection import SUBTITLES
from mediatui.model.stuck import why_stuck
from mediatui.model.target import MappedTarget, Target, shown_targets, targets_as_text
from mediatui.model.text import join_words, printable
from mediatui.model.transfer import Hold, HoldKind, State, Transfer
from mediatui.model.transfer_file import TransferFile
from mediatui.names.scene_name import scene_name
from mediatui.settings import Settings
from mediatui.settings.places import staging_folder
from mediatui.store.arr.items import episodes_of, items_of_id
from mediatui.store.transfers.files import files_of
from mediatui.store.transfers.replaced import ReplacedLink, replaced_by
from mediatui.store.transfers.targets import targets_of

Method = Literal["", "auto", "arr", "library"]
"""How something is imported; empty: as the settings say."""
MB: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How transfers are imported: by which ``method`` (empty: as the settings say), whether a pack may lack episodes,
    whether live links are replaced, or get another beside them (``both``), where new films and series are put (empty:
    where they belong), and the season that a person says it is (None: by the names). ``override`` are the numbers of
    what was asked about a transfer that is imported all the same."""

    method: Method = ""
    partial: bool = False
    replace: bool = False
    folder: bytes = b""
    override: tuple[int, ...] = ()
    by: str = "user"
    both: bool = False
    season: int | None = None
    targets: Mapping[int, tuple[MappedTarget, ...]] = field(default_factory=dict)
    """What a person says transfers are for, by their numbers, in place of what they were for."""


@dataclass(frozen=True, slots=True)
class PlannedImport:
    """What becomes of a transfer: its ``steps``, or what it ``asks``, or the ``hold`` it waits under, or why its
    service is ``away``; and the files that are ``left``, each with the reason."""

    transfer: Transfer
    steps: tuple[Step, ...] = ()
    left: tuple[tuple[str, str], ...] = ()
    asks: Question | None = None
    hold: Hold | None = None
    away: str = ""


def plan_imports(
    connection: sqlite3.Connection,
    places: LibraryPaths,
    settings: Settings,
    transfers: Sequence[Transfer],
    options: ImportOptions,
    at: float,
    catalog: Mapping[Key, CatalogFacts],
) -> list[PlannedImport]:
    """What becomes of each of these staged transfers. Reads the names in the library; blocks. ``catalog`` is what TMDB
    and TVDB say of what they are for."""
    now: LibraryNow | None = None
    planned = []
    for transfer in transfers:
        targets = wanted_targets(connection, transfer.id, options)
        if replaced := replaced_by(connection, transfer.id):
            own = [one.target for one in targets]
            planned.append(_plan_swap(connection, settings, transfer, own, replaced, options))
            continue
        if not targets:
            asks = Question("target", {"unsure": "it is for nothing in particular"})
            planned.append(PlannedImport(transfer, asks=asks))
            continue
        now = now or LibraryNow.read(places, connection, catalog)
        wanted = [now.completed(one.target) for one in targets]
        planned.append(_plan(connection, now, settings, transfer, wanted, options, at))
    return planned


def wanted_targets(connection: sqlite3.Connection, transfer: int, options: ImportOptions) -> list[MappedTarget]:
    """What a transfer is for: what a person says now, else what is noted."""
    return [*options.targets[transfer]] if transfer in options.targets else targets_of(connection, transfer)


def targets_at_services(
    connection: sqlite3.Connection, transfer: int, settings: Settings, options: ImportOptions
) -> list[MappedTarget]:
    """What a transfer is for, each with its number at the service that has it by now: it may have been added, or become
    known here, since the transfer was sent."""
    enabled = [one.name for one in settings.services if one.enabled]
    return [_at_service(connection, one, enabled) for one in wanted_targets(connection, transfer, options)]


def _at_service(connection: sqlite3.Connection, mapped: MappedTarget, enabled: Sequence[str]) -> MappedTarget:
    target = mapped.target
    if target.service_id:
        return mapped
    items = items_of_id(connection, target.kind, tmdb=target.tmdb_id, tvdb=target.tvdb_id, imdb=target.imdb_id)
    having = {one.service: one.service_id for one in reversed(items)}
    service = next((one for one in enabled if one in having and target.service in ("", one)), "")
    if not service:
        return mapped
    return replace(mapped, target=replace(target, service=service, service_id=having[service]))


def service_of(settings: Settings, targets: Sequence[MappedTarget], options: ImportOptions) -> str | Question:
    """The service that a transfer is imported through; empty for none. A question where it is to be one, and none, or
    several, look after what it is for."""
    method = options.method or settings.importing.method
    if method == "library" or not targets:
        return ""
    services = {one.target.service for one in targets if one.target.service and one.target.service_id}
    has_all = all(one.target.service and one.target.service_id for one in targets)
    service = next(iter(services), "")
    in_use = len(services) == 1 and any(one.name == service and one.enabled for one in settings.services)
    if in_use and has_all:
        return service
    if method == "auto":
        return ""
    if len(services) > 1:
        return Question("target", {"unsure": "several services look after it"})
    lacking = next((one.target for one in targets if not one.target.service_id), targets[0].target)
    missing_at = named_title(lacking.service) or ("Radarr" if lacking.kind == "film" else "Sonarr")
    return Question("target", {"named": lacking.named, "missing_at": missing_at})


def _plan(
    connection: sqlite3.Connection,
    now: LibraryNow,
    settings: Settings,
    transfer: Transfer,
    targets: Sequence[Target],
    options: ImportOptions,
    at: float,
) -> PlannedImport:
    files = [file for file in files_of(connection, transfer.id) if file.wanted and file.link]
    partial = options.partial or was_asked(connection, transfer.id)
    how = AssignOptions(
        partial, settings.importing.sample_max_mb * MB, settings.library.video_endings, options.season,
        _aliases(connection, targets),
    )  # fmt: skip
    targets = [of_season(one, options.season) for one in targets]
    found = assign(files, targets, transfer.name, how, _known_episodes(connection, targets, at))
    if found.asks is not None:
        return PlannedImport(transfer, left=found.left, asks=found.asks)
    placement = Placer(now, settings, PlaceOptions(options.replace, options.folder, options.both)).place(found.imported)
    left = (*found.left, *placement.kept)
    if placement.asks is not None:
        return PlannedImport(transfer, left=left, asks=placement.asks)
    places = [_place(transfer, one, placement.genres) for one in placement.files if not one.is_there]
    beside = _subtitles(transfer, files, placement.files) if settings.importing.subtitles else {}
    places += beside.values()
    left = tuple((path, why) for path, why in left if path not in beside)
    return PlannedImport(transfer, _steps(transfer, files, placement.files, places, left, options), left)


def _steps(
    transfer: Transfer,
    files: Sequence[TransferFile],
    placed: Sequence[PlacedFile],
    places: Sequence[PlaceInLibrary],
    left: Sequence[tuple[str, str]],
    options: ImportOptions,
) -> tuple[Step, ...]:
    """From the beginning of an import to the end of its transfer: ``placed`` is proven once ``places`` are done."""
    what = printable(transfer.name or transfer.hash)
    links = tuple((os.fsdecode(one.path), os.fsdecode(one.assigned.file.remote), one.assigned.file.size)
                  for one in placed)  # fmt: skip
    said = tuple(f"{path.rpartition('/')[2]}: {why}" for path, why in left)
    return (
        BeginImport(what=what, transfer=transfer.id, by=options.by), *places,
        EndImport(what=what, transfer=transfer.id, links=links, left=said),
        *closing_steps(transfer, files),
    )  # fmt: skip


def _plan_swap(
    connection: sqlite3.Connection,
    settings: Settings,
    transfer: Transfer,
    targets: Sequence[Target],
    replaced: Sequence[ReplacedLink],
    options: ImportOptions,
) -> PlannedImport:
    """The steps that point dead links at the files of a transfer which was sent for them; nothing else is placed."""
    files = [file for file in files_of(connection, transfer.id) if file.wanted and file.link]
    how = AssignOptions(True, settings.importing.sample_max_mb * MB, settings.library.video_endings)
    found = assign(files, targets, transfer.name, how)
    if found.asks is not None:
        return PlannedImport(transfer, left=found.left, asks=found.asks)
    swaps = match_replaced(replaced, found.imported, settings)
    if swaps.asks is not None:
        return PlannedImport(transfer, left=(*found.left, *swaps.kept), asks=swaps.asks)
    places = [_place(transfer, one, ()) for one in swaps.files if not one.is_there]
    used = {one.assigned.file.path for one in swaps.files}
    rest = [(one.file.path, "no link is replaced by it") for one in found.imported if one.file.path not in used]
    left = (*found.left, *swaps.kept, *rest)
    return PlannedImport(transfer, _steps(transfer, files, swaps.files, places, left, options), left)


def of_season(target: Target, season: int | None) -> Target:
    """A target, which is all of a season where a person says that it is another than was thought."""
    if season is None or target.kind == "film" or target.season == season:
        return target
    return replace(target, season=season, episodes=(), episode_ids=(), air_dates=())


def closing_steps(transfer: Transfer, files: Sequence[TransferFile]) -> tuple[Step, ...]:
    """The steps that take an imported transfer out of staging, and end it."""
    what = printable(transfer.name or transfer.hash)
    return *links_to_take(transfer.id, files, "imported"), CloseImport(what=what, transfer=transfer.id)


def leftover_steps(settings: Settings, transfer: Transfer, files: Sequence[TransferFile]) -> tuple[Step, ...]:
    """The same for a transfer whose import was cut off once all of it was there: its folders may be empty already.
    Blocks for a moment: staging is local."""
    folder = os.path.join(
        staging_folder(settings) or b"", os.fsencode(folder_name(transfer.id, transfer.name or transfer.hash))
    )
    steps = closing_steps(transfer, files)
    emptied = {step.path for step in steps if isinstance(step, RemoveEmptyDir)}
    paths = [os.fsdecode(path) for path, _, _ in os.walk(folder, topdown=False)]
    more = [RemoveEmptyDir(what=printable(path), path=path) for path in paths if path not in emptied]
    return *steps[:-1], *more, steps[-1]


def _place(transfer: Transfer, one: PlacedFile, genres: tuple[str, ...]) -> PlaceInLibrary:
    target, path = one.assigned.target, os.fsdecode(one.path)
    return PlaceInLibrary(
        what=printable(path), risk=one.risk, path=path, transfer=transfer.id, file=one.assigned.file.path,
        target=os.fsdecode(one.assigned.file.remote), size=one.assigned.file.size, before=os.fsdecode(one.before),
        title=target.title, year=target.year, season=one.assigned.season, episodes=one.assigned.episodes,
        tmdb_id=target.tmdb_id, tvdb_id=target.tvdb_id, genres=genres,
        release=scene_name(transfer.name, one.assigned.file.path) if one.before else "",
    )  # fmt: skip


def _aliases(connection: sqlite3.Connection, targets: Sequence[Target]) -> Mapping[str, int]:
    """The titles that stand for one season of a series, as services have said."""
    items = [
        item for one in targets if one.kind != "film"
        for item in items_of_id(connection, one.kind, tmdb=one.tmdb_id, tvdb=one.tvdb_id, imdb=one.imdb_id)
    ]  # fmt: skip
    return season_aliases((title.title, title.season) for item in items for title in item.titles)


def _known_episodes(
    connection: sqlite3.Connection, targets: Sequence[Target], at: float
) -> Mapping[int, Sequence[int]]:
    """The episodes that are out of a series, by season, as its service has said."""
    found: dict[int, list[int]] = {}
    for service, series in {(one.service, one.service_id) for one in targets if one.service and one.service_id}:
        for episode in episodes_of(connection, service, series):
            if episode.has_aired(at):
                found.setdefault(episode.season, []).append(episode.number)
    return found


def _subtitles(
    transfer: Transfer, files: Sequence[TransferFile], placed: Sequence[PlacedFile]
) -> Mapping[str, PlaceInLibrary]:
    """Links to subtitles beside the links of their videos, by their paths in the torrent."""
    by_video = {one.assigned.file.path: one for one in placed}
    found: dict[str, PlaceInLibrary] = {}
    taken: set[bytes] = set()
    for file in files:
        if file.path.rpartition(".")[2].lower() not in SUBTITLES:
            continue
        video = video_of(file.path, [one.assigned.file for one in placed])
        if video is None:
            continue
        path = os.path.splitext(by_video[video.path].path)[0] + os.fsencode(suffix_of(file.path))
        if path not in taken:
            taken.add(path)
            found[file.path] = PlaceInLibrary(
                what=printable(os.fsdecode(path)), path=os.fsdecode(path), transfer=transfer.id, file=file.path,
                target=os.fsdecode(file.remote), size=file.size,
            )  # fmt: skip
    return found


def plan_of_imports(
    planned: Sequence[PlannedImport],
    others: Sequence[tuple[str, str]],
    targets: Mapping[int, tuple[MappedTarget, ...]] | None = None,
) -> Plan:
    """The plan of a person: what is imported, and what cannot be, each with the reason and what helps. ``targets`` are
    what a person says now, by transfer: noted as a part of the plan."""
    notes = [*others]
    for one in planned:
        what = printable(one.transfer.name or one.transfer.hash)
        if one.asks is not None:
            hold = Hold(HoldKind.CHOICE, one.asks.code, one.asks.detail)
            stuck = why_stuck(replace(one.transfer, hold=hold), {}, 0.0)
            helps = f": mediatui --headless {stuck.helps}{_said(one.transfer, targets or {})}" if stuck.helps else ""
            notes.append((what, f"{stuck.why}{helps}"))
            asked = one.asks.detail.get("asked")
            several = asked if isinstance(asked, list) else []
            notes += [(what, printable(str(text))) for text in several] if len(several) > 1 else []
        elif one.hold is not None:
            notes.append((what, why_stuck(replace(one.transfer, hold=one.hold), {}, 0.0).why))
        elif one.away:
            notes.append((what, one.away))
        notes += [(printable(path.rpartition("/")[2]), f"left: {why}") for path, why in one.left]
    ready = [one for one in planned if one.steps]
    steps = tuple(step for one in ready for step in (*_mapped(one.transfer, targets or {}), *one.steps))
    links = sum(isinstance(step, PlaceInLibrary) for step in steps)
    anew = sum(isinstance(step, PlaceInLibrary) and bool(step.before) for step in steps)
    pointed = f", {anew:,} of them pointed anew" if anew else ""
    through = [step for step in steps if isinstance(step, ArrImport)]
    says = (
        [f"{counted(links, 'link')} in the library{pointed}; then nothing of it is left in staging."] if links else []
    )
    if through:
        files = sum(len(step.sent) for step in through)
        services = join_words(list(dict.fromkeys(named_title(step.service) for step in through)))
        says.append(f"{counted(files, 'file')} imported by {services}; then nothing of it is left in staging.")
        replaced = {old.path: old.size for step in through for one in step.sent for old in one.replaces}
        if replaced:
            are = "is" if len(replaced) == 1 else "are"
            says.append(f"{counted(len(replaced), 'file')} there {are} replaced ({size_text(sum(replaced.values()))}).")
    here = sum(not file.entry for step in steps if isinstance(step, EndArrImport) for file in step.sent)
    if here:
        says.append(f"{counted(here, 'file')} of it {'is' if here == 1 else 'are'} in the library already.")
    return Plan("import", f"Import {counted(len(ready), 'transfer')}", steps, tuple(notes), says=tuple(says))


def _said(transfer: Transfer, targets: Mapping[int, tuple[MappedTarget, ...]]) -> str:
    """What a person said a transfer is for, as options of a command."""
    return "".join(f" --for {shlex.quote(printable(one.target.text))}" for one in targets.get(transfer.id, ()))


def _mapped(transfer: Transfer, targets: Mapping[int, tuple[MappedTarget, ...]]) -> list[Step]:
    if transfer.id not in targets:
        return []
    what = f"{printable(transfer.name or transfer.hash)}: {printable(shown_targets(targets[transfer.id]))}"
    return [MapTransfer(what=what, transfer=transfer.id, targets=targets_as_text(targets[transfer.id]))]


def is_staged(transfer: Transfer) -> bool:
    """Whether a transfer can be imported now."""
    return transfer.state == State.STAGED and transfer.route == "debrid"
