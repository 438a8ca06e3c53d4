"""What is there already of what a transfer holds, and what becomes of it: nothing, a file that goes, or a question."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from mediatui.acquire.importing.through_arr.compare import Rank, is_better, quality_name
from mediatui.changes.arr_proof import Records
from mediatui.changes.free_place import NameThere
from mediatui.model.human import size_text
from mediatui.model.target import number_text
from mediatui.services.arr.importing import FiledEpisode
from mediatui.services.arr.records import Episode

Wish = Literal["ask", "skip", "upgrade"]
BETTER: str = "better here"
"""Why a file is left that is no better than what is there."""


@dataclass(frozen=True, slots=True)
class Present:
    """Records of what a file is of: all of them, and those that an import of it would remove."""

    records: tuple[FiledEpisode, ...] = ()
    going: tuple[FiledEpisode, ...] = ()

    @property
    def ids(self) -> frozenset[int]:
        """The numbers of those that go."""
        return frozenset(one.id for one in self.going)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a file where something is there: it ``goes_on``, is left (``left`` says why), or asks."""

    goes_on: bool = False
    left: str = ""
    asks: str = ""


def present(records: Records, ids: Collection[int], replaced_film_file: int) -> Present:
    """What a service has of some episodes (or of the film, where there are no episodes). Of a film that has two records
    an import removes that of ``replaced_film_file``."""
    if records.of_episode:
        wanted = {records.of_episode.get(one, 0) for one in ids}
        found = tuple(one for one in records.files if one.id in wanted)
        return Present(found, found)
    going = tuple(one for one in records.files if one.id == replaced_film_file)
    return Present(records.files, going)


def bare_episodes(going: Collection[int], records: Records, sent: Collection[int]) -> list[int]:
    """The ids of the episodes that would have no file once these records are gone and these ids have come."""
    return sorted(one for one, record in records.of_episode.items() if record in going and one not in sent)


def judge_present(there: Present, ours: Rank, theirs: Sequence[Rank], wish: Wish, *, is_asked: bool) -> Verdict:
    """What becomes of a file beside what is there. ``is_asked``: a person wants it imported all the same."""
    if not there.records or is_asked:
        return Verdict(goes_on=True)
    if wish == "skip":
        return Verdict(
            left=f"skipped: {BETTER}" if not all(is_better(ours, one) for one in theirs) else "skipped: here"
        )
    if wish == "upgrade":
        better = all(is_better(ours, one) for one in theirs)
        return Verdict(goes_on=better, left="" if better else f"skipped: {BETTER}")
    return Verdict(asks="it has a file")


def shown(record: FiledEpisode, numbers: str) -> str:
    """A record for people: its name, size, quality and episodes."""
    name = os.path.basename(record.path.replace("\\", "/"))
    facts = ", ".join(one for one in (size_text(record.size), quality_name(record.quality), numbers) if one)
    return f"{name} ({facts})"


def numbers_of(record: int, records: Records, episodes: Mapping[int, Episode]) -> str:
    """The numbers of all episodes of a record."""
    found = [episodes[one] for one, of in records.of_episode.items() if of == record and one in episodes]
    seasons = {one.season_number for one in found}
    return " ".join(
        number_text(season, [one.episode_number for one in found if one.season_number == season])
        for season in sorted(seasons)
    )


def names_beside(path: str, names: Sequence[NameThere]) -> tuple[str, ...]:
    """What Sonarr takes for part of a file: whatever shares its name without the ending, but the file itself."""
    name = os.path.basename(path.replace("\\", "/"))
    stem = os.path.splitext(name)[0]
    return tuple(sorted(one.name for one in names if one.name != name and one.name.startswith(f"{stem}.")))
