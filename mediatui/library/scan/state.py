"""The state of a running scan: its options, the mounts and views it found, and its counts so far."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mediatui.library.link_judge import ViewState
from mediatui.library.roots import Library
from mediatui.model.choices import Probing, ScanDepth
from mediatui.model.link import below
from mediatui.model.path import is_within
from mediatui.model.text import printable
from mediatui.model.view_finder import ViewFinder
from mediatui.model.views import KeptView, View
from mediatui.runtime.context import Context
from mediatui.store.library.links import set_states
from mediatui.system.mounts import MountState, MountTable
from mediatui.system.patience import Patience

STORE_AT = 4000
"""Links stored in one transaction."""


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """``roots`` are names of first-level folders or paths; none is the whole library. The ``full`` depth also checks
    whether the files behind good links play; it asks ffprobe about ``suspect`` ones or about ``all`` (then ffprobe has
    to be there). With ``read_first_kb`` the first bytes of every file are read; with ``accept_mounts`` mounts count as
    alive that hold less than they did, or are no mount points any more: the user has checked them. ``accept_views``
    names views of mounts whose present state is accepted. With ``refresh`` rclone reads views again that links lead
    into which look removable: for unattended runs, where what is found may be removed."""

    roots: tuple[str, ...] = ()
    mode: str = "dry-run"
    depth: ScanDepth = "basic"
    read_first_kb: bool = False
    probe: Probing = "suspect"
    accept_mounts: bool = False
    accept_views: tuple[str, ...] = ()
    refresh: bool = False


@dataclass(slots=True)
class ScanState:
    """``patience`` is how long mounts may take, ``slow`` are places (each with a slash at its end) whose targets are
    looked at folder by folder, ``later`` how many links are left for that, ``unknown`` folders that were not walked to
    their end, ``left_out`` links and folders whose names are hidden, ``unread`` how many files could not be read in
    time, ``paused`` mounts that are not called any more and why, ``not_there`` folders of targets on slow mounts that
    were missing themselves. Of views, by path: what is ``kept`` of earlier scans, which are ``accepted`` as they are,
    which were ``refreshed``, which a refresh has ``harmed``, and how each was found."""

    library: Library
    roots: list[bytes]
    patience: Patience = field(default_factory=Patience)
    table: MountTable = field(default_factory=MountTable)
    scan: int = 0
    mount_states: list[MountState] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    slow: tuple[bytes, ...] = ()
    later: int = 0
    unknown: list[bytes] = field(default_factory=list)
    left_out: list[bytes] = field(default_factory=list)
    probed: int = 0
    unread: int = 0
    paused: dict[bytes, str] = field(default_factory=dict)
    not_there: set[bytes] = field(default_factory=set)
    finder: ViewFinder = field(default_factory=lambda: ViewFinder(()))
    kept: Mapping[bytes, KeptView] = field(default_factory=dict)
    accepted: set[bytes] = field(default_factory=set)
    refreshed: set[bytes] = field(default_factory=set)
    harmed: dict[bytes, str] = field(default_factory=dict)
    views: dict[bytes, ViewState] = field(default_factory=dict)
    witnessed: bool = False
    """Whether account and views were asked about what is missing: until then none of it counts as broken."""

    @property
    def mounts(self) -> list[bytes]:
        """The paths of the mounts that hold targets."""
        return [mount.path for mount in self.library.mounts]

    @property
    def mounts_away(self) -> dict[str, str]:
        """The mounts that are away or were paused, each with the reason as a sentence without its full stop."""
        away = {mount_state.mount.path: mount_state.problem for mount_state in self.mount_states if mount_state.problem}
        paused = {place: f"{os.fsdecode(place)} was left alone ({why})" for place, why in self.paused.items()}
        return {os.fsdecode(place): why for place, why in (paused | away).items()}

    def place_of(self, target: bytes) -> bytes:
        """The mount a target is on, the innermost where one lies in another, configured or not; empty for none."""
        mount = self.library.mount_of(target)
        return max(self.table.remote_at(target), mount.path if mount is not None else b"", key=len)

    def dead(self, target: bytes) -> bool:
        """Whether a target is on a mount that is not alive."""
        mount = self.library.mount_of(target)
        return mount is not None and any(
            mount_state.mount == mount and mount_state.problem for mount_state in self.mount_states
        )

    def view_state_of(self, target: bytes) -> ViewState | None:
        """The state in which the view of a target was found, None when it has no view."""
        view = self.finder.view_of(target)
        return None if view is None else self.views.get(view.path)

    def ambiguous(self, view: View) -> bool:
        """Whether several mounts have a view of this name."""
        known = [
            *(known_view.view for known_view in self.kept.values()),
            *(known_view.view for known_view in self.views.values()),
        ]
        return any(known_view.name == view.name and known_view.mount != view.mount for known_view in known)

    def waits(self, target: bytes) -> bool:
        """Whether a target is judged later, with those on slow mounts."""
        return (target + b"/").startswith(self.slow) and self.library.knows(target) and not self.dead(target)

    def walked_whole(self, root: bytes) -> bool:
        """Whether a root was walked whole, except for the folders inside it that are in ``unknown``."""
        return not any(is_within(root, folder) for folder in self.unknown)

    def read_to_its_end(self, root: bytes) -> bool:
        """Whether a root was walked whole, the folders inside it too."""
        return self.walked_whole(root) and not any(is_within(folder, root) for folder in self.unknown)

    def counters(self) -> str:
        """How many links are in each state but the good one, in words; what could not be read counts as one, and what
        is missing is broken only when nothing is left that may know of it."""
        found = self.counts - Counter(ok=self.counts["ok"], io_error=self.counts["io_error"], unknown=self.unread)
        found += Counter({"could not be read": self.could_not_be_read})
        missing = "broken" if self.witnessed else "without a target"
        return ", ".join(f"{count:,} {missing if state == 'broken' else state}" for state, count in found.most_common())

    def at(self, path: bytes) -> str:
        """The folder of a link, from its root on, and the counters: where the scan is."""
        return " · ".join(filter(None, (printable(below(os.path.dirname(path), self.library.roots)), self.counters())))

    @property
    def could_not_be_read(self) -> int:
        """How many files could not be read: an error at once, or no answer in time."""
        return max(0, self.counts["io_error"]) + self.unread


async def store_states(ctx: Context, run: ScanState, judged: Sequence[tuple[bytes, str, int]], before: str) -> None:
    """Stores the new states of links that were in the state ``before``: path, state and error number."""
    if not judged:
        return
    run.counts.update(state for _, state, _ in judged)
    run.counts[before] -= len(judged)
    async with ctx.db.transaction() as connection:
        await set_states(connection, judged, int(ctx.clock()))
