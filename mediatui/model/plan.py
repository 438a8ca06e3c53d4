"""Plans: typed steps, each with the state it expects. Pure data: the handler and the opposite of a step are in
``changes.steps``, beside its record."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple

if TYPE_CHECKING:
    from mediatui.model.tree_diff import Change

JobLane = Literal["account", "library"]
StepOutcome = Literal["planned", "acting", "done", "skipped", "failed"]


class StepWords(NamedTuple):
    """The words of a kind of step for people: what it does (``remove link``), and how one and several are counted
    (``link removed``, ``links removed``)."""

    does: str
    one: str
    several: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One change. ``what`` names for people what it is about, ``risk`` says what may go wrong, ``cannot_undo`` why it
    cannot be undone (empty: it can). Each kind is a subclass in ``changes.steps``."""

    KIND: ClassVar[str] = ""
    """Its word in output and database; it never changes, because old databases hold it."""
    WORDS: ClassVar[StepWords] = StepWords("", "", "")
    """Its words for people."""
    LANE: ClassVar[JobLane] = "account"
    """The lane it needs."""
    REMOVES: ClassVar[bool] = False
    """Whether it removes something that a guard has to count."""
    MAKES: ClassVar[bool] = False
    """Whether it adds something to the library: the disk has to be there."""
    BACKUP_BEFORE: ClassVar[bool] = False
    """Whether the hashes of the account are saved before several such steps."""
    NEEDS_ACCOUNT: ClassVar[bool] = True
    """Whether, in the lane of the account, it asks the account, so that its owner is to be checked before."""
    NOTIFIES_ONLY: ClassVar[bool] = False
    """Whether it only notifies a service and waits for it, which needs no lane."""
    APPENDS: ClassVar[bool] = False
    """Whether it appends steps to its batch."""
    MENDS: ClassVar[bool] = False
    """Whether it brings back what a link leads to: the tree is as before, and media servers have to look again."""
    REQUESTS: ClassVar[int] = 0
    """How many requests it needs when nothing fails."""

    what: str
    risk: str = ""
    cannot_undo: str = ""

    @property
    def torrent_id(self) -> str | None:
        """The id of the torrent it is about, if it is about an existing one."""
        return None

    @property
    def requests(self) -> int:
        """How many requests this step needs when nothing fails."""
        return self.REQUESTS

    @property
    def library_paths(self) -> tuple[str, ...]:
        """The paths of the library it changes, before and after: Sonarr and Radarr may have to be notified of them."""
        return ()

    @property
    def tree_change(self) -> Change | None:
        """What it changes in the tree of the library; None for nothing."""
        return None

    @property
    def reverses(self) -> int | str | None:
        """What it undoes of a batch: a line of the journal (its number), or all lines about a torrent (its id); None
        for neither."""
        return self.torrent_id

    @classmethod
    def counted(cls, count: int) -> str:
        """A count of steps of its kind, as a question shows it: ``2 links removed``, ``1 rescan``."""
        return f"{count:,} {cls.WORDS.one if count == 1 else cls.WORDS.several}"


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps of one command.

    ``notes`` are things the plan leaves unchanged, with the reason: ``(what, reason)``. ``says`` are sentences about
    the whole plan. ``looked_at`` is how many things the steps were chosen from, for the guard that limits the share
    that may be removed; None when each was named by hand. ``unsettled`` counts the notes about what failed
    already: what undo cannot undo yet, what could not be fetched.
    """

    command: str
    title: str
    steps: tuple[Step, ...]
    notes: tuple[tuple[str, str], ...] = ()
    looked_at: int | None = None
    undoes: int | None = None
    says: tuple[str, ...] = ()
    unsettled: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """How many steps of each kind."""
        return dict(Counter(step.KIND for step in self.steps))

    @property
    def lane(self) -> JobLane:
        """The lane its batch runs in: that of the library when it is about the library alone."""
        return lane_of(self.steps)

    @property
    def removals(self) -> int:
        """How many things it would remove."""
        return sum(1 for step in self.steps if step.REMOVES)

    @property
    def requests(self) -> int:
        """How many requests it needs when nothing fails."""
        return sum(step.requests for step in self.steps)

    @property
    def bytes(self) -> int:
        """The size of the torrents it is about, in bytes."""
        return sum(getattr(step, "bytes", 0) for step in self.steps)

    @property
    def not_undoable(self) -> Sequence[Step]:
        """The steps that cannot be undone."""
        return [step for step in self.steps if step.cannot_undo]


def lane_of(steps: Sequence[Step]) -> JobLane:
    """The lane steps run in."""
    return "library" if steps and all(step.LANE == "library" for step in steps) else "account"


def library_changes(steps: Iterable[Step]) -> Iterator[Change]:
    """The changes that steps make to the tree of the library."""
    return (change for step in steps if (change := step.tree_change) is not None)


@dataclass(frozen=True, slots=True)
class StoredStep:
    """A step of a stored plan and its outcome."""

    position: int
    step: Step
    outcome: StepOutcome = "planned"
    reason: str = ""


def step_to_json(step: Step) -> str:
    """A step as the database keeps it; ``changes.steps.registry`` reads it back."""
    return json.dumps({"kind": step.KIND, **dataclasses.asdict(step)})
