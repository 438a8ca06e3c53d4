"""Plans: typed steps that change something, each with what it expects to find. Pure data: what does a step, and what
takes it back, stands with its record in ``changes.steps``."""

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
    """What people read in place of the word a step has in the database: what it does (``remove link``), and how one and
    several of it are counted (``link removed``, ``links removed``)."""

    does: str
    one: str
    several: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One change. ``what`` tells people what it is about, ``risk`` what may go wrong, ``cannot_undo`` why it cannot
    be taken back (empty: it can). Each kind is a subclass of its own in ``changes.steps``."""

    KIND: ClassVar[str] = ""
    """Its word in output and database: never changed, old databases hold it."""
    WORDS: ClassVar[StepWords] = StepWords("", "", "")
    """Its words for people."""
    LANE: ClassVar[JobLane] = "account"
    """The lane it needs."""
    REMOVES: ClassVar[bool] = False
    """Whether something goes that a guard has to count."""
    MAKES: ClassVar[bool] = False
    """Whether something comes into the library where nothing was: its disk has to be there."""
    BACKUP_BEFORE: ClassVar[bool] = False
    """Whether the hashes of the account are saved before several of it."""
    NOTIFIES_ONLY: ClassVar[bool] = False
    """Whether it only tells a service something, and waits for it: that needs no lane."""
    APPENDS: ClassVar[bool] = False
    """Whether it puts steps at the end of its batch."""
    REQUESTS: ClassVar[int] = 0
    """What it costs in requests when all goes well."""

    what: str
    risk: str = ""
    cannot_undo: str = ""

    @property
    def torrent_id(self) -> str | None:
        """The torrent it is about, when it is about one that is there."""
        return None

    @property
    def requests(self) -> int:
        """What this step costs in requests when all goes well."""
        return self.REQUESTS

    @property
    def library_paths(self) -> tuple[str, ...]:
        """The paths of the library it changes, before and after: what Sonarr and Radarr may have to hear of."""
        return ()

    @property
    def tree_change(self) -> Change | None:
        """What it does to the tree of the library; None when it leaves that as it is."""
        return None

    @property
    def reverses(self) -> int | str | None:
        """What it takes back of a batch that is undone: a line of the journal (its number), or all that is about a
        torrent (its id); None for neither."""
        return self.torrent_id

    @classmethod
    def counted(cls, count: int) -> str:
        """So many steps of its kind, as a question counts them: ``2 links removed``, ``1 rescan``."""
        return f"{count:,} {cls.WORDS.one if count == 1 else cls.WORDS.several}"


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps of one command. ``notes`` are things the plan leaves alone, and why: ``(what, reason)``. ``says`` are
    sentences about the whole of it.

    ``looked_at`` is how many things the steps were chosen from, for the guard that limits the share that may go;
    None when each was named by hand. ``unsettled`` is how many of the notes tell of what undo could not take back yet.
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
        """How many things would go."""
        return sum(1 for step in self.steps if step.REMOVES)

    @property
    def requests(self) -> int:
        """What it costs in requests when all goes well."""
        return sum(step.requests for step in self.steps)

    @property
    def bytes(self) -> int:
        """The size of the torrents it is about."""
        return sum(getattr(step, "bytes", 0) for step in self.steps)

    @property
    def not_undoable(self) -> Sequence[Step]:
        """The steps that cannot be taken back."""
        return [step for step in self.steps if step.cannot_undo]


def lane_of(steps: Sequence[Step]) -> JobLane:
    """The lane steps run in."""
    return "library" if steps and all(step.LANE == "library" for step in steps) else "account"


def library_changes(steps: Iterable[Step]) -> Iterator[Change]:
    """The changes steps of a plan make to the tree of the library; nothing for steps that leave it as it is."""
    return (change for step in steps if (change := step.tree_change) is not None)


@dataclass(frozen=True, slots=True)
class StoredStep:
    """A step of a stored plan and what became of it."""

    position: int
    step: Step
    outcome: StepOutcome = "planned"
    reason: str = ""


def step_to_json(step: Step) -> str:
    """A step as the database keeps it; ``changes.steps.registry`` reads it back."""
    return json.dumps({"kind": step.KIND, **dataclasses.asdict(step)})
