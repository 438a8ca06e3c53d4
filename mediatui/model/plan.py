"""Plans: typed steps that change something, each with what it expects to find. Pure data; ``changes`` acts on it."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

JobLane = Literal["account", "library"]
StepOutcome = Literal["planned", "acting", "done", "skipped", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One change. ``what`` tells people what it is about, ``risk`` what may go wrong, ``cannot_undo`` why it cannot
    be taken back (empty: it can). ``KIND`` is its word in output and database."""

    KIND: ClassVar[str] = ""
    REMOVES: ClassVar[bool] = False
    """Whether something goes that a guard has to count."""
    MAKES: ClassVar[bool] = False
    """Whether something comes into the library where nothing was: its disk has to be there."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteTorrent(Step):
    """Takes a torrent off the account; expects it to be there with this hash. ``selection`` are the ids of the
    selected files as the archive knows them (None: not known), ``links`` how many library links point at it, ``reason``
    why it is to go."""

    KIND: ClassVar[str] = "delete_torrent"
    REMOVES: ClassVar[bool] = True
    REQUESTS: ClassVar[int] = 2

    id: str
    hash: str
    name: str
    bytes: int = 0
    selection: tuple[int, ...] | None = None
    links: int = 0
    reason: str = ""
    keeper: str = ""

    @property
    def torrent_id(self) -> str:
        return self.id

    @property
    def requests(self) -> int:
        """One more when the entry that stays is looked at."""
        return self.REQUESTS + bool(self.keeper)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReinsertTorrent(Step):
    """Adds the hash of a broken torrent again with the same files, and drops the broken entry once the new one is
    proven; expects the broken entry to be there with this hash. ``problem`` is its class when the plan was made."""

    KIND: ClassVar[str] = "reinsert_torrent"
    REQUESTS: ClassVar[int] = 8

    id: str
    hash: str
    name: str
    problem: str
    bytes: int = 0
    selection: tuple[int, ...] | None = None
    may_download: bool = False
    """Whether the new entry may stay when the service has to download it first."""

    @property
    def torrent_id(self) -> str:
        return self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class AddTorrent(Step):
    """Adds a hash (or the file ``torrent``, base64) and selects files: the ids of ``selection``, or what ``select``
    names (``video``, ``all``, or ``none``, which leaves it waiting). Unless it is a ``copy`` nothing is added when the
    same is there already."""

    KIND: ClassVar[str] = "add_torrent"
    REQUESTS: ClassVar[int] = 4

    hash: str
    name: str = ""
    selection: tuple[int, ...] | None = None
    select: str = "video"
    torrent: str = ""
    copy: bool = False
    stands_for: str = ""
    """The id this entry comes back for, when it takes a deletion back."""
    maybe_there: bool = False
    """Whether that deletion was begun and not seen to end: nothing is added when the old id is still there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOffAdded(Step):
    """Takes off the account what an add brought there whose end a killed run did not see: an entry of this hash that is
    none of ``known``, and that nobody has chosen files of. ``takes_back`` is the line of that add, ``keeper`` the entry
    it was to replace."""

    KIND: ClassVar[str] = "take_off_added"
    REMOVES: ClassVar[bool] = True
    REQUESTS: ClassVar[int] = 3

    hash: str
    name: str
    known: tuple[str, ...] = ()
    keeper: str = ""
    takes_back: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectFiles(Step):
    """Selects files of a torrent that waits for it; expects it to wait still."""

    KIND: ClassVar[str] = "select_files"
    REQUESTS: ClassVar[int] = 3

    id: str
    hash: str
    name: str
    selection: tuple[int, ...] | None = None
    select: str = "video"

    @property
    def torrent_id(self) -> str:
        return self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryStep(Step):
    """A step inside the library's roots. Paths are text whose odd bytes are surrogates (os.fsdecode). ``takes_back`` is
    the line of the journal that it takes back, 0 for none."""

    path: str
    takes_back: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkStep(LibraryStep):
    """A step on a symlink; ``target`` is the text of its target as it is expected."""

    target: str
    torrent: str | None = None

    @property
    def torrent_id(self) -> str | None:
        return self.torrent

    @property
    def library_paths(self) -> tuple[str, ...]:
        return (self.path,)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlinkSymlink(LinkStep):
    """Removes a symlink, never its target; expects a link with this target text that is still in this state."""

    KIND: ClassVar[str] = "unlink_symlink"
    REMOVES: ClassVar[bool] = True

    state: str
    reason: str = ""
    keeper: str = ""
    """Another link to the same file that has to be there, when this one goes because it is one too many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelinkSymlink(LinkStep):
    """Points a symlink at ``new_target``, in one step; expects a link with the text ``target``. With a ``state`` it
    mends a link that is expected to be in it still, and a file at the new target; with a ``size`` it expects a file of
    so many bytes there (-1: a folder)."""

    KIND: ClassVar[str] = "relink_symlink"

    new_target: str
    reason: str = ""
    state: str = ""
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreSymlink(LinkStep):
    """Makes a symlink again with the same target text; expects nothing at its path."""

    KIND: ClassVar[str] = "restore_symlink"
    MAKES: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MendLink(LinkStep):
    """Waits until the target of a broken link is there again, or points the link at the same file where the torrent of
    this ``hash`` shows it under another name; expects a link with this target text."""

    KIND: ClassVar[str] = "mend_link"

    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MovePath(LibraryStep):
    """Gives a symlink, or a folder with all that is in it, another path in the roots, on the same file system. Folders
    that are missing on the way are made. Expects a link with the text ``target``, a folder when that is empty, and
    nothing at the new path."""

    KIND: ClassVar[str] = "move_path"
    MAKES: ClassVar[bool] = True

    new_path: str
    target: str = ""
    reason: str = ""

    @property
    def library_paths(self) -> tuple[str, ...]:
        return (self.path, self.new_path)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveEmptyDir(LibraryStep):
    """Removes a folder that is empty, never a root."""

    KIND: ClassVar[str] = "remove_empty_dir"

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeDir(LibraryStep):
    """Makes a folder that was removed again, with its permissions (``mode``) and its ``owner`` (user and group)."""

    KIND: ClassVar[str] = "make_dir"
    MAKES: ClassVar[bool] = True

    mode: int
    owner: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMediaFile(LibraryStep):
    """Notes that ``path`` (empty: none) is the file of a film or an episode the library knows by this number, title and
    year; expects ``before`` to be noted. Touches no file."""

    KIND: ClassVar[str] = "set_media_file"

    media: int
    title: str
    year: int | None = None
    before: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrStep(Step):
    """A word to the Sonarr or Radarr of this name (``service``). It asks nothing of Real-Debrid and touches no file of
    ours."""

    service: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrFind(ArrStep):
    """Finds the series or films whose links its batch has changed, and puts steps for each at the end of the batch."""

    KIND: ClassVar[str] = "arr_find"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrPath(ArrStep):
    """Changes where the service looks for one series or film (``item``), after the step before it has moved the folder
    ``path`` to ``new_path``: from ``theirs`` to ``new_theirs``, as the service writes them. Its files are not moved,
    its records stay. Where it cannot be, the folder goes back. ``takes_back`` is as in a library step."""

    KIND: ClassVar[str] = "arr_path"

    service_title: str
    item: int
    title: str
    path: str
    new_path: str
    theirs: str
    new_theirs: str
    reason: str = ""
    takes_back: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrRescan(ArrStep):
    """Has one series or film looked at again on disk. ``item`` is its id there, ``paths`` the links it is about, and
    ``moves`` those among them that were moved: ``(old, new)``."""

    KIND: ClassVar[str] = "arr_rescan"

    item: int
    title: str
    paths: tuple[str, ...] = ()
    moves: tuple[tuple[str, str], ...] = ()
    cannot_undo: str = "Sonarr and Radarr are only told"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrMonitor(ArrStep):
    """Has the episodes of a series (``ids``), or the film, monitored again that a rescan took the marks of. ``item`` is
    the id of the series or the film."""

    KIND: ClassVar[str] = "arr_monitor"

    item: int
    title: str
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrSearch(ArrStep):
    """Has a release looked for, for these episodes of a series (``ids``) or this film, those that are missing by then.
    ``item`` and ``paths`` are as in a rescan."""

    KIND: ClassVar[str] = "arr_search"

    item: int
    title: str
    ids: tuple[int, ...]
    paths: tuple[str, ...] = ()
    cannot_undo: str = "Sonarr and Radarr are only told, what they fetch stays"


STEPS: Mapping[str, type[Step]] = {
    step.KIND: step
    for step in (
        *(DeleteTorrent, ReinsertTorrent, AddTorrent, TakeOffAdded, SelectFiles),
        *(UnlinkSymlink, RelinkSymlink, RestoreSymlink, MendLink),
        *(MovePath, RemoveEmptyDir, MakeDir, SetMediaFile),
        *(ArrPath, ArrFind, ArrRescan, ArrMonitor, ArrSearch),
    )
}


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
    return "library" if steps and all(isinstance(step, LibraryStep | ArrStep) for step in steps) else "account"


@dataclass(frozen=True, slots=True)
class StoredStep:
    """A step of a stored plan and what became of it."""

    position: int
    step: Step
    outcome: StepOutcome = "planned"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a batch, per outcome."""

    done: int = 0
    skipped: int = 0
    failed: int = 0
    left: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)


def step_to_json(step: Step) -> str:
    """A step as the database keeps it."""
    return json.dumps({"kind": step.KIND, **dataclasses.asdict(step)})


def step_from_json(text: str) -> Step:
    """The step in such a text; raises ValueError for one this version does not know."""
    fields: dict[str, Any] = json.loads(text)
    kind = STEPS.get(fields.pop("kind"))
    if kind is None:
        raise ValueError("a step of a newer version")
    for name, value in fields.items():
        if isinstance(value, list):
            fields[name] = tuple(value)
    return kind(**fields)
