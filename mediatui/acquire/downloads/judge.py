"""What each file of a folder of downloads becomes in the library: what it is for and how sure that is, where it goes,
what is to be known of it, and whether it may be taken unasked."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from mediatui.acquire.downloads.same import Same
from mediatui.acquire.downloads.sort import Download, Group
from mediatui.acquire.downloads.stored_place import stored_place
from mediatui.acquire.importing.assign import Assigned, Assignment, AssignOptions, assign
from mediatui.acquire.importing.library_now import LibraryNow
from mediatui.acquire.importing.place import PlacedFile, PlaceOptions, Placer
from mediatui.acquire.mapping.aim import Aim
from mediatui.model.arr import named_title
from mediatui.model.kinds import KIND_WORDS
from mediatui.model.stuck import sentence_of
from mediatui.model.target import MappedTarget, Target
from mediatui.model.text import fold, printable
from mediatui.model.transfer_file import TransferFile
from mediatui.settings import Settings

RowState = Literal["ready", "asks", "left"]
WARNINGS: Final[Mapping[str, str]] = {
    "kind": "in a folder of the other kind", "undersized": "undersized", "sample": "a sample", "archive": "an archive",
    "same": "the same content", "size": "the same size", "here": "in the library", "alike": "another for the same",
}  # fmt: skip
"""What is to be known of a file, in words."""
NO_STORAGE: Final = "no folder is set for files: importing.storage"
MB: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class JudgeOptions:
    """How files are judged: from how many points (0 to 100) on a file is taken unasked (None: by the rule of mapping),
    the season all are of (None: by their names), what becomes of what the library has already, where a new film or
    series is put, and how it is imported (empty: as the settings say)."""

    min_score: int | None = None
    season: int | None = None
    place: PlaceOptions = field(default_factory=PlaceOptions)
    method: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A file with what becomes of it. ``placed`` is where its link goes (None: nowhere yet), ``why`` the reason where
    it is not ready, ``points`` how well what it is for fits (None: named, or nothing fits), ``warnings`` the words of
    WARNINGS, ``other`` the file it is compared with: the same, alike, or the one in the library."""

    download: Download
    state: RowState
    why: str = ""
    target: Target | None = None
    points: int | None = None
    warnings: tuple[str, ...] = ()
    placed: PlacedFile | None = None
    genres: tuple[str, ...] = ()
    other: bytes = b""

    @property
    def shown(self) -> str:
        """What it is for, for people; empty for nothing."""
        if self.target is None:
            return ""
        one = self.placed.assigned if self.placed is not None else None
        target = self.target
        if one is not None and one.season is not None:
            target = replace(target, season=one.season, episodes=one.episodes)
        return printable(target.shown)


class Judge:
    """Judges the files of a folder, again whenever what they are for has changed. Made and used off the event loop."""

    def __init__(
        self, settings: Settings, now: LibraryNow, top: bytes, same: Mapping[bytes, Same], options: JudgeOptions
    ) -> None:
        self._settings, self._now, self._top, self._same, self._options = settings, now, top, same, options
        self._taken: set[bytes] = set()

    def judge(
        self, downloads: Sequence[Download], aims: Mapping[Group, Aim], sure: Collection[int] = (),
        skipped: Collection[int] = (),
    ) -> list[Row]:  # fmt: skip
        """A row for every file, in their order. ``sure`` are the numbers of those that a person confirmed: they are
        taken whatever their points and warnings are; ``skipped`` are left."""
        self._taken = set()
        by_number = {one.number: Row(one, "left", one.why, warnings=one.warnings) for one in downloads}
        groups: dict[Group, list[Download]] = {}
        for one in downloads:
            if one.key is not None:
                groups.setdefault(one.key, []).append(one)
        for key, some in groups.items():
            for row in self._group(some, aims.get(key, Aim())):
                by_number[row.download.number] = row
        rows = [by_number[one.number] for one in downloads]
        rows = [
            replace(row, state="left", why="skipped by you", placed=None) if row.download.number in skipped else row
            for row in rows
        ]
        return _with_rivals([self._settled(row, row.download.number in sure) for row in rows], sure)

    # A film, or a series

    def _group(self, downloads: Sequence[Download], aim: Aim) -> list[Row]:
        best = aim.candidates[0] if aim.candidates else None
        mapped: MappedTarget | None = aim.targets[0] if aim.targets else None
        points = mapped.score if mapped is not None else best.points if best is not None else None
        if mapped is None and best is not None and self._is_enough(aim):
            mapped = MappedTarget(best.targets[0], best.points, best.reasons)
        if mapped is None:
            target = best.targets[0] if best is not None else None
            why = aim.asks or "nothing fits its title"
            return [Row(one, "asks", why, target and _plain(target), points, one.warnings) for one in downloads]
        is_alone = downloads[0].key is not None and bool(downloads[0].key.path)
        is_named = mapped.score is None
        return self._assigned(downloads, mapped.target if is_alone or is_named else _plain(mapped.target), mapped.score)

    def _is_enough(self, aim: Aim) -> bool:
        """Whether the best candidate has the points that a person asked for, and more than the next one."""
        least, found = self._options.min_score, aim.candidates
        is_first = len(found) < 2 or found[0].points > found[1].points or found[1].item is found[0].item
        return least is not None and found[0].points >= least and is_first and not found[0].asks

    def _assigned(self, downloads: Sequence[Download], target: Target, score: int | None) -> list[Row]:
        target = self._now.completed(target)
        files = {one.path: self._file(one, target) for one in downloads}
        settings = self._settings
        how = AssignOptions(
            partial=True, sample_below=settings.importing.sample_max_mb * MB,
            video_endings=settings.library.video_endings, season=self._options.season,
        )  # fmt: skip
        found = assign([*files.values()], [target], os.fsdecode(os.path.basename(self._top)), how)
        imported, left = {one.file.path: one for one in found.imported}, dict(found.left)
        rows = []
        for one in downloads:
            row = Row(one, "left", left.get(one.path, ""), target, score, one.warnings)
            if one.path in imported:
                row = self._placed(row, imported[one.path])
            elif found.asks is not None or one.path in left:
                row = replace(row, state="asks", why=left.get(one.path) or _asked(found))
            rows.append(row)
        return rows

    def _file(self, one: Download, target: Target) -> TransferFile:
        file = one.file
        leads = file.target or stored_place(self._settings, file.path, target, self._taken)
        self._taken.add(leads)
        return TransferFile(one.path, file.size, wanted=True, remote=leads, link=file.path)

    def _placed(self, row: Row, one: Assigned) -> Row:
        if service := self._service_of(one.target):
            why = f"{named_title(service)} looks after it: --method library places it all the same"
            return replace(row, state="asks", why=why)
        placement = Placer(self._now, self._settings, self._options.place).place([one])
        warnings = [*row.warnings]
        if self._is_in_folder_of_other_kind(row.download, one.target):
            warnings.append("kind")
        row = replace(row, genres=placement.genres)
        if placement.asks is not None:
            is_here = placement.asks.code == "import"
            warnings += ["here"] if is_here else []
            other = placement.other if is_here else b""
            return replace(row, state="asks", why=_sentence(placement.asks.code, placement.asks.detail),
                           warnings=tuple(warnings), other=other)  # fmt: skip
        if placement.kept:
            return replace(row, state="left", why=placement.kept[0][1], warnings=(*warnings, "here"))
        placed = placement.files[0]
        if placed.is_there:
            return replace(row, state="left", why="a link of the library leads to it", warnings=tuple(warnings))
        if not one.file.remote:
            return replace(row, state="asks", why=NO_STORAGE, warnings=tuple(warnings))
        return replace(row, state="ready", why="", placed=placed, warnings=tuple(warnings))

    def _service_of(self, target: Target) -> str:
        """The Sonarr or Radarr that is to import what it knows; empty where we place it ourselves."""
        method = self._options.method or self._settings.importing.method
        enabled = [one.name for one in self._settings.services if one.enabled]
        is_theirs = bool(target.service_id) and target.service in enabled
        return target.service if method == "arr" or (method == "auto" and is_theirs) else ""

    def _is_in_folder_of_other_kind(self, one: Download, target: Target) -> bool:
        words = [fold(part).strip() for part in (os.fsdecode(self._top) + "/" + one.path).split("/")[:-1]]
        kinds = [KIND_WORDS[word] for word in words if word in KIND_WORDS]
        return bool(kinds) and kinds[-1] != ("film" if target.kind == "film" else "episode")

    # What speaks against it

    def _settled(self, row: Row, is_sure: bool) -> Row:
        if row.download.key is None:
            return row
        why, same = row.why, self._same.get(row.download.file.target or row.download.file.path)
        if same is not None:
            warning = "same" if same.proven else "size"
            row = replace(row, warnings=(*row.warnings, warning), other=row.other or same.path)
            why = f"{WARNINGS[warning]} as {printable(os.fsdecode(os.path.basename(same.path)))}"
        if row.state != "ready" or is_sure:
            return row
        against = [one for one in row.warnings if one in ("kind", "undersized", "same", "size")]
        least = self._options.min_score
        if against:
            why = why or ", ".join(WARNINGS[one] for one in against)
            return replace(row, state="asks", why=why)
        if least is not None and row.points is not None and row.points < least:
            return replace(row, state="asks", why=f"{row.points} points, {least} are asked for")
        return row


def _plain(target: Target) -> Target:
    """A film, or all of a series: each file has its own numbers."""
    return replace(target, season=None, episodes=(), episode_ids=(), air_dates=())


def _asked(found: Assignment) -> str:
    return "" if found.asks is None else _sentence(found.asks.code, found.asks.detail)


def _sentence(code: str, detail: Mapping[str, object]) -> str:
    """What is asked, in the words that a transfer has for it."""
    return sentence_of(code, detail, 0.0)


def _with_rivals(rows: Sequence[Row], sure: Collection[int]) -> list[Row]:
    """Of two ready ones for the same place neither is taken, unless a person confirmed one; each knows the other."""
    by_place: dict[bytes, list[Row]] = {}
    for row in rows:
        if row.placed is not None:
            by_place.setdefault(os.path.splitext(row.placed.path)[0], []).append(row)
    rivals = {one.download.number: some for some in by_place.values() if len(some) > 1 for one in some}
    found = []
    for row in rows:
        some, own = rivals.get(row.download.number), row.download.number
        if some is not None:
            chosen = next((one.download.number for one in some if one.download.number in sure), 0)
            other = next(one for one in some if one.download.number != own)
            row = replace(row, warnings=(*row.warnings, "alike"), other=row.other or other.download.file.path)
            if chosen != own and row.state == "ready":
                row = replace(row, state="asks", why=f"{printable(other.download.name)} is for the same")
        found.append(row)
    return found
