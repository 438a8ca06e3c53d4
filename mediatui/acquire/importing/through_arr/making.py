"""The steps that import what was sifted: dead links away, one import for each season or film, the proof, staging
emptied."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mediatui.acquire.importing.assign import Question
from mediatui.acquire.importing.plan import closing_steps
from mediatui.acquire.importing.subtitles import suffix_of, video_of
from mediatui.changes.arr_proof import Records
from mediatui.changes.steps.import_records import ArrImport, EndArrImport
from mediatui.changes.steps.importing import BeginImport
from mediatui.changes.steps.symlinks import UnlinkSymlink
from mediatui.model.arr_import import Beside, SentFile, beside_as_text, sent_as_text
from mediatui.model.human import counted
from mediatui.model.plan import Step
from mediatui.model.selection import SUBTITLES
from mediatui.model.target import Target, number_text
from mediatui.model.text import join_words, printable
from mediatui.model.transfer import Transfer
from mediatui.model.transfer_file import TransferFile
from mediatui.services.arr.bodies import MOST_FILES

if TYPE_CHECKING:
    from mediatui.acquire.importing.through_arr.sift import Kept
    from mediatui.services.arr.client import Arr


@dataclass(frozen=True, slots=True)
class ImportSteps:
    """Makes the steps of one transfer at one service: ``files`` are all it has in staging, ``item`` is the series or
    film to look at where nothing is sent."""

    arr: Arr
    transfer: Transfer
    files: Sequence[TransferFile]
    by: str
    item: int
    notes: Mapping[int, str] = field(default_factory=dict)
    """What is said of the import of a series or film, by its number."""

    @property
    def _what(self) -> str:
        return printable(self.transfer.name or self.transfer.hash)

    def steps(
        self,
        kept: Sequence[Kept],
        records: Mapping[int, Records],
        left: Sequence[tuple[str, str]],
        then: Question | None,
        beside: Sequence[Beside],
    ) -> tuple[Step, ...]:
        """The steps; ``then`` is what is asked once what could be imported is."""
        said = tuple(printable(f"{path.rpartition('/')[2]}: {why}") for path, why in left)
        code, detail = ("", {}) if then is None else (then.code, dict(then.detail))
        imports: list[Step] = []
        ends: list[Step] = []
        for number in dict.fromkeys(one.candidate.item.id for one in kept):
            own = [one for one in kept if one.candidate.item.id == number]
            before = tuple(sorted(one.id for one in records[number].files))
            imports += self._imports(own, before)
            videos = {one.sent.file for one in own}
            near = beside_as_text([one for one in beside if one.video in videos])
            ends.append(
                EndArrImport(
                    what=self._what, service=self.arr.name, transfer=self.transfer.id, item=number,
                    files=sent_as_text([one.sent for one in own]), known=before, beside=near, left=said, then=code,
                    detail=detail,
                )
            )  # fmt: skip
        if not ends:
            ends.append(
                EndArrImport(
                    what=self._what, service=self.arr.name, transfer=self.transfer.id, item=self.item, files="",
                    left=said, then=code, detail=detail,
                )
            )  # fmt: skip
        begin = BeginImport(what=self._what, transfer=self.transfer.id, by=self.by)
        return (begin, *_dead_links(kept), *imports, *ends, *closing_steps(self.transfer, self.files))

    def look_again(self, sent: Sequence[SentFile], looks: int, target: Target) -> tuple[Step, ...]:
        """The steps that look once more for what was sent for a target, after so many looks; nothing is sent."""
        return (
            BeginImport(what=self._what, transfer=self.transfer.id, by=self.by),
            EndArrImport(
                what=self._what, service=self.arr.name, transfer=self.transfer.id, item=self.item,
                files=sent_as_text(sent), looks=looks, title=target.title, year=target.year, tmdb_id=target.tmdb_id,
                tvdb_id=target.tvdb_id,
            ),
            *closing_steps(self.transfer, self.files),
        )  # fmt: skip

    def beside(self, kept: Sequence[Kept]) -> list[Beside]:
        """The subtitles that belong beside what is imported."""
        videos = [one.candidate.assigned.file for one in kept]
        found: dict[tuple[str, str], Beside] = {}
        for file in self.files:
            is_one = file.path.rpartition(".")[2].lower() in SUBTITLES
            video = video_of(file.path, videos) if is_one else None
            if video is not None:
                near = Beside(file.path, os.fsdecode(file.remote), file.size, video.path, suffix_of(file.path))
                found.setdefault((near.video, near.suffix), near)
        return [*found.values()]

    def _imports(self, own: Sequence[Kept], before: tuple[int, ...]) -> list[Step]:
        """One import for each season, or the film; of what is not there already."""
        steps: list[Step] = []
        for season in dict.fromkeys(one.candidate.assigned.season for one in own):
            new = [one for one in own if one.candidate.assigned.season == season and one.sent.entry]
            for at in range(0, len(new), MOST_FILES):
                steps.append(self._import(new[at : at + MOST_FILES], before))
        return steps

    def _import(self, some: Sequence[Kept], before: tuple[int, ...]) -> ArrImport:
        first = some[0].candidate
        target, title = first.assigned.target, self.arr.title
        numbers = sorted({episode for one in some for episode in one.candidate.assigned.episodes})
        named = f"{target.named} {number_text(first.assigned.season, numbers)}".rstrip()
        replaced = [old for one in some for old in one.sent.replaces]
        files = [printable(os.path.basename(old.path)) for old in replaced if not old.text and not old.dead]
        said = [line for one in some for line in one.lines]
        said += [self.notes[first.item.id]] if first.item.id in self.notes else []
        from_bin = f"{join_words(files)} would come back only from the recycle bin of {title}" if files else ""
        return ArrImport(
            what=f"{title}: {printable(named)}, {counted(len(some), 'file')}", service=self.arr.name,
            transfer=self.transfer.id, item=first.item.id, title=first.item.title or target.title,
            files=sent_as_text([one.sent for one in some]), known=before, year=target.year, tmdb_id=target.tmdb_id,
            tvdb_id=target.tvdb_id, risk="; ".join(said), cannot_undo=from_bin,
        )  # fmt: skip


def _dead_links(kept: Sequence[Kept]) -> list[Step]:
    """The steps that take away links that lead nowhere, which the service cannot remove itself."""
    return [
        UnlinkSymlink(what=printable(old.path), path=old.path, target=old.dead, state="broken")
        for one in kept for old in one.sent.replaces if old.dead
    ]  # fmt: skip
