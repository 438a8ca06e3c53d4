"""A file on its way through a service: what it is, what the service says of it, and what it would be sent with."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mediatui.acquire.importing.assign import Assigned
from mediatui.acquire.importing.through_arr.compare import Rank, rank_of
from mediatui.acquire.importing.through_arr.qualities import UNKNOWN, group_of, quality_to_send
from mediatui.model.arr import ArrKind
from mediatui.services.arr.bodies import Body, import_entry, judge_entry
from mediatui.services.arr.importing import ImportEntry, ItemFacts, OrderedProfile


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that is to be imported: what it is by us (``assigned``, and the ``ids`` of its episodes there, or of the
    film), the series or film, and what was listed of it (None: it was not)."""

    assigned: Assigned
    item: ItemFacts
    ids: tuple[int, ...]
    path: str
    release: str
    listed: ImportEntry | None = None

    @property
    def name(self) -> str:
        """The name of its file."""
        return self.assigned.file.path.rpartition("/")[2]

    @property
    def is_known(self) -> bool:
        """Whether the service has looked at it, and takes it for the same."""
        listed = self.listed
        if listed is None or listed.item is None or listed.item.id != self.item.id:
            return False
        return listed.series is None or {one.id for one in listed.episodes} == {*self.ids}

    @property
    def names(self) -> Sequence[str]:
        """The names that say what it is: its own, and that of the release."""
        return [os.path.splitext(self.name)[0], self.release]

    def quality(self, profile: OrderedProfile) -> Mapping[str, Any]:
        """The quality it is imported with."""
        said: Mapping[str, Any] = {} if self.listed is None else self.listed.quality
        judged = self.listed is not None and self.listed.is_judged
        return quality_to_send(said, self.names, profile, is_judged=judged)

    def rank(self, profile: OrderedProfile) -> Rank:
        """How good it is."""
        score = 0 if self.listed is None else self.listed.custom_format_score
        return rank_of(profile, self.quality(profile), score)

    def must_be_judged(self, profile: OrderedProfile) -> bool:
        """Whether the service has not judged what would be sent: it takes it for something else, has not looked at
        it, or says another quality."""
        return not self.is_known or (self.listed is not None and self.quality(profile) != self.listed.quality)

    def entry(self, kind: ArrKind, profile: OrderedProfile) -> Body:
        """What is sent of it. What was said of a file that was not looked at is a guess from our folder's name."""
        listed = self.listed
        judged = listed is not None and listed.is_judged
        assert listed is not None
        return import_entry(
            kind, path=self.path, item=self.item.id, episodes=self.ids, quality=self.quality(profile),
            languages=listed.languages or UNKNOWN, folder=self.release,
            group=(listed.release_group if judged else "") or group_of(self.names),
            flags=listed.indexer_flags if judged else 0, release_type=listed.release_type if self.is_known else "",
        )  # fmt: skip

    def for_judgement(self, kind: ArrKind, profile: OrderedProfile) -> Body:
        """What is sent of it to be judged."""
        number = 0 if self.listed is None else self.listed.id
        return judge_entry(kind, self.entry(kind, profile), number, self.assigned.season)
