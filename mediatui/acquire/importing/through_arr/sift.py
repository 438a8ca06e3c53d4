"""Which files of a transfer are sent to a service: what is there already, what is no better, what it rejects, what is
in the way, and what a person wants all the same."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from mediatui.acquire.importing.assign import Question
from mediatui.acquire.importing.plan import ImportOptions
from mediatui.acquire.importing.through_arr.candidate import Candidate
from mediatui.acquire.importing.through_arr.compare import rank_of
from mediatui.acquire.importing.through_arr.existing import (
    Present,
    Wish,
    bare_episodes,
    judge_present,
    names_beside,
    numbers_of,
    present,
    shown,
)
from mediatui.acquire.importing.through_arr.rejections import OVERRIDABLE, Rejected, next_try, worst_of
from mediatui.changes.arr_proof import Records, read_texts
from mediatui.changes.free_place import NameThere, read_names, recorded_below, taken_by
from mediatui.model.arr_import import Replaced, SentFile
from mediatui.model.human import counted
from mediatui.model.target import number_text
from mediatui.model.text import printable
from mediatui.model.transfer import Hold, HoldKind, Transfer
from mediatui.runtime.context import Context
from mediatui.system.folder_content import states_of
from mediatui.system.helper_process import TimedOut, ask
from mediatui.system.threads import in_thread

if TYPE_CHECKING:
    from mediatui.services.arr.importing import FiledEpisode, OrderedProfile
    from mediatui.services.arr.library import ArrLibrary
    from mediatui.services.arr.records import Episode


MOST_NAMED: Final = 3
"""So many files that would be replaced are named in a question."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is imported, or is there already, and what is said of what it replaces."""

    candidate: Candidate
    sent: SentFile
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sifted:
    """What is sent, what is left with the reason, and what keeps all of it: a question, or a hold until a time."""

    kept: tuple[Kept, ...] = ()
    left: tuple[tuple[str, str], ...] = ()
    asks: Question | None = None
    hold: Hold | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """A file about which a person is asked, and why: ``rejected`` by the service, what it ``has`` would be replaced, or
    there is a ``doubt`` of ours. ``bare`` are what would be replaced, and what would have no file then."""

    path: str
    why: str
    of: Literal["rejected", "has", "doubt", "bare"] = "rejected"
    can_override: bool = True
    bare: tuple[str, str] = ("", "")

    @property
    def said(self) -> str:
        """The file and the reason."""
        return f"{self.path.rpartition('/')[2]}: {self.why}"


@dataclass(slots=True)
class Sifting:
    """One transfer at one service; ``records`` and ``episodes`` are by series or film."""

    ctx: Context
    library: ArrLibrary
    transfer: Transfer
    options: ImportOptions
    records: Mapping[int, Records]
    episodes: Mapping[int, Sequence[Episode]]
    items: tuple[str, ...] = ()
    """The paths of what was asked about, in the order of their numbers."""
    _left: list[tuple[str, str]] = field(default_factory=list, init=False)
    _asked: list[_Asked] = field(default_factory=list, init=False)
    _waiting: list[tuple[str, Rejected]] = field(default_factory=list, init=False)
    _texts: dict[str, str | None] = field(default_factory=dict, init=False)
    _states: dict[str, str] = field(default_factory=dict, init=False)
    _names: dict[int, Sequence[NameThere]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        known = self.transfer.hold.detail.get("items")
        if not self.items and isinstance(known, list):
            self.items = tuple(map(str, known))

    async def sift(self, candidates: Sequence[Candidate], doubts: Mapping[str, str]) -> Sifted:
        """What becomes of each. Raises ServiceError."""
        profiles = await self.library.arr.ordered_profiles()
        await self._look_at_records()
        there = {one.path: self._present(one) for one in candidates}
        wanted: list[Candidate] = []
        kept: list[Kept] = []
        for one in candidates:
            if self._is_here(one, there[one.path]):
                kept.append(Kept(one, self._sent(one, {}, ())))
            elif self._goes_on(one, there[one.path], profiles.of(one.item), doubts, candidates):
                wanted.append(one)
        wanted = [one for one in wanted if not self._is_bare(one, there[one.path], wanted)]
        for one in wanted:
            kept.append(await self._kept(one, there[one.path], profiles.of(one.item)))
        if self._asked:
            return Sifted(left=tuple(self._left), asks=self._question())
        if self._waiting:
            return self._waits()
        if place := await self._place_taken(kept):
            return Sifted(left=tuple(self._left), asks=Question("import", {"place": printable(place)}))
        return Sifted(tuple(kept), tuple(self._left))

    # What is there

    async def _look_at_records(self) -> None:
        """What our own eyes see at the records: the texts of links, and whether they lead anywhere."""
        to_ours = self.library.path_map.to_ours
        paths = [to_ours(record.path) for records in self.records.values() for record in records.files]
        seconds = self.ctx.settings.library.mount_timeout_s
        encoded = [*map(os.fsencode, paths)]
        try:
            texts = await in_thread(lambda: ask(read_texts, encoded, seconds=seconds))
            states = await in_thread(lambda: ask(states_of, encoded, seconds=seconds))
        except TimedOut:
            texts, states = [None] * len(paths), ["unknown"] * len(paths)
        self._texts = dict(zip(paths, texts, strict=True))
        self._states = dict(zip(paths, states, strict=True))

    def _present(self, one: Candidate) -> Present:
        return present(self.records[one.item.id], one.ids, one.item.movie_file_id)

    def _is_here(self, one: Candidate, there: Present) -> bool:
        """Whether the very link is there already, on record for the same."""
        target = os.fsdecode(one.assigned.file.remote)
        return any(self._text_of(record) == target for record in self.records[one.item.id].of(self._plain(one)))

    def _text_of(self, record: FiledEpisode) -> str | None:
        return self._texts.get(self.library.path_map.to_ours(record.path))

    def _plain(self, one: Candidate) -> SentFile:
        return self._sent(one, {}, ())

    def _sent(self, one: Candidate, entry: Mapping[str, object], replaces: Sequence[Replaced]) -> SentFile:
        file, assigned = one.assigned.file, one.assigned
        return SentFile(
            file.path, os.fsdecode(file.link), os.fsdecode(file.remote), file.size, one.ids, assigned.season,
            assigned.episodes, entry, tuple(replaces),
        )  # fmt: skip

    # What goes on

    def _is_overridden(self, path: str) -> bool:
        """Whether a person wants a file imported all the same: by its number in what was asked."""
        items = self.items
        return any(0 < number <= len(items) and items[number - 1] == path for number in self.options.override)

    def _goes_on(
        self,
        one: Candidate,
        there: Present,
        profile: OrderedProfile,
        doubts: Mapping[str, str],
        candidates: Sequence[Candidate],
    ) -> bool:
        """Whether a file goes on to be sent; what else becomes of it is noted."""
        path = one.assigned.file.path
        overridden = self._is_overridden(path)
        if (why := doubts.get(path)) and not overridden:
            self._asked.append(_Asked(path, why, "doubt"))
            return False
        dead = all(self._is_dead(record) for record in there.records)
        if there.records and not dead:
            theirs = [rank_of(profile, record.quality, record.custom_format_score) for record in there.records]
            asked = overridden or self.options.replace or (self.options.by == "user" and self._wish == "ask")
            verdict = judge_present(there, one.rank(profile), theirs, self._wish, is_asked=asked)
            if verdict.left:
                self._left.append((path, verdict.left))
                return False
            if verdict.asks and not self._rejected(one):
                held = ", ".join(self._shown(record, one) for record in there.records)
                self._asked.append(_Asked(path, f"{held} is there", "has"))
                return False
            if self._is_bare(one, there, candidates):
                return False
        return self._is_let_through(one, there, overridden=overridden)

    @property
    def _wish(self) -> Wish:
        return self.ctx.settings.importing.existing

    def _rejected(self, one: Candidate) -> Rejected | None:
        """Why the service would not import a file; that an episode would lose its file is for us to see."""
        found = worst_of(() if one.listed is None else one.listed.reasons)
        return None if found is not None and found.kind == "shared" else found

    def _is_let_through(self, one: Candidate, there: Present, *, overridden: bool) -> bool:
        """Whether nothing that the service says keeps a file back."""
        rejected = self._rejected(one)
        path = one.assigned.file.path
        if rejected is None or (overridden and rejected.kind in OVERRIDABLE):
            return True
        if rejected.kind == "never":
            self._left.append((path, f"{self.library.arr.title}: {rejected.text}"))
            return False
        if rejected.kind in ("later", "soon") and not overridden:
            self._waiting.append((path, rejected))
            return True
        if rejected.kind == "pack" and self._is_pack_overridden():
            return True
        held = f"; there is {', '.join(self._shown(one_, one) for one_ in there.records)}" if there.records else ""
        self._asked.append(_Asked(path, f"{rejected.said}{held}", can_override=rejected.kind in OVERRIDABLE))
        return False

    def _is_pack_overridden(self) -> bool:
        """Whether the name of the pack was overruled once, for all of it."""
        return any(self._is_overridden(path) for path in self.items)

    def _shown(self, record: FiledEpisode, one: Candidate) -> str:
        episodes = {episode.id: episode for episode in self.episodes[one.item.id]}
        return printable(shown(record, numbers_of(record.id, self.records[one.item.id], episodes)))

    def _is_dead(self, record: FiledEpisode) -> bool:
        return self._states.get(self.library.path_map.to_ours(record.path)) == "dangling"

    def _is_bare(self, one: Candidate, there: Present, others: Sequence[Candidate]) -> bool:
        """Whether a file would leave an episode without any, also once ``others`` have come; a person is asked then."""
        path, records = one.assigned.file.path, self.records[one.item.id]
        sent = {number for other in others if other.item.id == one.item.id for number in other.ids}
        bare = bare_episodes(there.ids, records, sent)
        dead = all(self._is_dead(record) for record in there.going)
        if not bare or dead or self._is_overridden(path) or self.options.replace:
            return False
        known = {episode.id: episode for episode in self.episodes[one.item.id]}
        numbers = [known[number] for number in bare if number in known]
        named = number_text(numbers[0].season_number, [each.episode_number for each in numbers]) if numbers else ""
        whole = ", ".join(numbers_of(number, records, known) for number in sorted(there.ids))
        said = f"replaces {whole}; {named} would have no file"
        self._asked.append(_Asked(path, said, "bare", bare=(whole, named)))
        return True

    async def _kept(self, one: Candidate, there: Present, profile: OrderedProfile) -> Kept:
        entry = one.entry(self.library.arr.kind, profile)
        replaces: list[Replaced] = []
        lines: list[str] = []
        for record in there.going:
            path = self.library.path_map.to_ours(record.path)
            text = self._text_of(record) or ""
            is_dead = self._is_dead(record)
            beside = await self._beside(one, record)
            replaces.append(
                Replaced(record.id, path, "" if is_dead else text, record.size, beside, text if is_dead else "")
            )
            lines.append(await self._line(record, one, beside))
        stays = [record for record in there.records if record.id not in there.ids]
        lines += [f"{self._shown(record, one)} stays beside it" for record in stays]
        return Kept(one, self._sent(one, entry, replaces), tuple(lines))

    async def _line(self, record: FiledEpisode, one: Candidate, beside: Sequence[str]) -> str:
        bin_folder = (await self.library.management()).recycle_bin
        goes = f"; with it goes {', '.join(map(printable, beside))}" if beside else ""
        where = f"to the recycle bin of {self.library.arr.title}" if bin_folder else "deleted"
        return f"replaces {self._shown(record, one)}{goes}; {where}"

    async def _beside(self, one: Candidate, record: FiledEpisode) -> tuple[str, ...]:
        """What goes with a record: what the service has taken on beside it."""
        if self.library.arr.kind == "radarr":
            found = await self.library.arr.extra_files(one.item.id)
            return tuple(each.relative_path for each in found if each.movie_file_id in (0, record.id))
        return names_beside(record.path, await self._names_of(one.item.id))

    async def _names_of(self, item: int) -> Sequence[NameThere]:
        if item not in self._names:
            self._names[item] = await read_names(self.library, self.records[item].folder)
        return self._names[item]

    async def _place_taken(self, kept: Sequence[Kept]) -> str:
        """The name that is in the way of a file, in no record; empty for none."""
        renames = (await self.library.arr.naming()).renames
        for item in dict.fromkeys(one.candidate.item.id for one in kept):
            records = self.records[item]
            recorded = recorded_below(records.folder, (record.path for record in records.files))
            sent = [one.sent for one in kept if one.candidate.item.id == item and one.sent.entry]
            if place := taken_by(sent, await self._names_of(item), recorded, renames=renames):
                return place
        return ""

    # What keeps all of it

    def _question(self) -> Question:
        """What is asked: first of what the service says, then of what would be replaced."""
        asked = self._asked
        items = list(dict.fromkeys([*self.items, *(one.path for one in asked)]))  # numbers that were said stay
        numbers = {path: number for number, path in enumerate(items, 1)}
        known: dict[str, object] = {
            "service": self.library.arr.title, "items": items,
            "asked": [f"{numbers[one.path]}  {printable(one.said)}" for one in asked],
            "can_override": [numbers[one.path] for one in asked if one.can_override],
        }  # fmt: skip
        kinds = {one.of for one in asked}
        if "rejected" in kinds:
            several = [one for one in asked if one.of == "rejected"]
            named = printable(several[0].path.rpartition("/")[2])
            rejected = named if len(several) == 1 else counted(len(several), "file")
            reasons = printable("; ".join(dict.fromkeys(one.why for one in several)))
            return Question("import", {**known, "rejected": rejected, "reasons": reasons})
        if "bare" in kinds:
            one = next(one for one in asked if one.of == "bare")
            return Question("import", {**known, "replaces": one.bare[0], "bare": one.bare[1]})
        if "doubt" in kinds:
            return Question("import", {**known, "doubt": printable("; ".join(one.said for one in asked))})
        return Question("import", {**known, "has": printable("; ".join(one.why for one in asked[:MOST_NAMED]))})

    def _waits(self) -> Sifted:
        """Holds the transfer until what the service waits for may be over; then a person is asked."""
        before, now = self.transfer.hold, self.ctx.clock()
        rejected = self._waiting[0][1]
        tries = before.tries if before.kind == HoldKind.WAITING and before.code == "import" else 0
        pause = next_try(rejected.kind, tries)
        if pause is None:
            self._asked = [_Asked(each, why.said, can_override=why.kind in OVERRIDABLE) for each, why in self._waiting]
            return Sifted(left=tuple(self._left), asks=self._question())
        count = counted(len(self._waiting), "file")
        known = {"service": self.library.arr.title, "rejected": count, "reasons": printable(rejected.said)}
        hold = Hold(HoldKind.WAITING, "import", known, tries + 1, min(before.since or now, now), now + pause)
        return Sifted(left=tuple(self._left), hold=hold)
