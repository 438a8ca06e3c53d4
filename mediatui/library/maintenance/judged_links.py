"""Judges the links of a tree that look dead, by the rules of a scan (``library.link_judge``), in a tool's process."""

from __future__ import annotations

import errno
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import ParamSpec, TypeVar

from mediatui.library.link_judge import (
    OUTSIDE,
    UNKNOWN,
    NeedsRecheck,
    NotShown,
    Place,
    Verdict,
    ViewState,
    canaries_to_check,
    judge,
    judge_by_witnesses,
    judge_recheck,
    why_files_fail,
    why_names_fail,
)
from mediatui.model.hidden_names import VIDEO_ENDINGS
from mediatui.model.view_finder import ViewFinder, innermost
from mediatui.model.views import View, names_to_seek, view_label
from mediatui.store.library.matching import torrents_of_links
from mediatui.store.library.views import archive_is_older, held_torrents, read_canaries, read_views, why_lost
from mediatui.system.helper_process import ANSWER_S, TimedOut, ask
from mediatui.system.mounts import MountTable
from mediatui.system.symlinks import rests_on, state_of_errno
from mediatui.system.view_checks import count_missing, mount_points_in, others_showing, read_view, recheck_target

P = ParamSpec("P")
Result = TypeVar("Result")
Missing = tuple[bytes, bytes, bytes, str]
"""The path of a link (or of a file), its target text, where that leads (absolute), and the state it looks to be in."""


class LinkJudge:
    """Judges targets that look missing. ``mounts`` hold the targets, ``roots`` the links; ``is_away`` says whether a
    path lies on a mount that is away. Each view is read once; ``timeout_s`` is the time limit of a call in seconds,
    ``videos`` are the endings of videos."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        mounts: Sequence[bytes],
        roots: Sequence[bytes] = (),
        is_away: Callable[[bytes], bool] = lambda path: False,
        timeout_s: float = ANSWER_S,
        videos: tuple[bytes, ...] = VIDEO_ENDINGS,
    ) -> None:
        self._videos = videos
        self._connection = connection
        self._mounts, self._roots = mounts, roots
        self._is_away, self._timeout_s = is_away, timeout_s
        self._table = MountTable()
        self._kept = read_views(connection)
        self._points = [*mounts, *mount_points_in(mounts, self._kept.values())]
        self._finder = ViewFinder(self._points, [kept.view for kept in self._kept.values()])
        self._view_states: dict[bytes, ViewState] = {}

    def judge(self, missing: Sequence[Missing]) -> dict[bytes, Verdict]:
        """The links whose state is not the one they look to be in, by path, with their verdicts."""
        if not missing:
            return {}
        ways = self._follow(missing)
        for hops in ways.values():
            for hop in hops or ():
                self._finder.learn(hop)
        torrents = torrents_of_links(self._connection, [(path, target) for path, target, _, _ in missing])
        found: dict[bytes, Verdict] = {}
        not_shown: dict[View, dict[bytes, list[bytes]]] = defaultdict(lambda: defaultdict(list))
        for path, _, _, state in missing:
            verdict = self._by_way(ways[path]) or judge(state, [self._place(hop) for hop in ways[path] or ()])
            if isinstance(verdict, NotShown):
                not_shown[verdict.view][verdict.name].append(path)
                continue
            if isinstance(verdict, NeedsRecheck):
                verdict = self._recheck_target(verdict, path.lower().endswith(self._videos))
            if verdict is not None and verdict[0] != state:
                found[path] = verdict
        for view, paths in not_shown.items():
            ids = {name: torrents.get(link_paths[0]) for name, link_paths in paths.items()}
            for name, verdict in self._by_witnesses(view, ids).items():
                found |= dict.fromkeys(paths[name], verdict)
        return found

    def _follow(self, missing: Sequence[Missing]) -> Mapping[bytes, Sequence[bytes] | None]:
        """Maps each link to every path it leads through; None for one that cannot be followed. A link that leads
        directly to a slow mount is not followed there."""
        direct = {path: pointed for path, _, pointed, _ in missing if self._table.remote_at(pointed)}
        rest = [path for path, _, _, _ in missing if path not in direct]
        known = [*self._roots, *self._mounts]
        try:
            hops = self._ask(self._mounts, rests_on, rest, known) if rest else {}
        except (TimedOut, OSError):
            hops = {}
        pointed_at = {path: pointed for path, _, pointed, _ in missing}
        followed = {path: [pointed_at[path], *hops[path]] if path in hops else None for path in rest}
        return followed | {path: [pointed] for path, pointed in direct.items()}

    def _by_way(self, hops: Sequence[bytes] | None) -> Verdict | None:
        """The verdict on a link that depends on a place that is away, or on one that is not configured."""
        if hops is None or any(map(self._is_away, hops)):
            return UNKNOWN
        known = [*self._roots, *self._mounts]
        return OUTSIDE if any(innermost(known, hop) is None for hop in hops) else None

    def _place(self, hop: bytes) -> Place:
        view = self._finder.view_of(hop)
        return Place(hop, None if view is None else self._view_state(view), not self._table.remote_at(hop))

    def _view_state(self, view: View) -> ViewState:
        if view.path not in self._view_states:
            self._view_states[view.path] = self._check_view(view)
        return self._view_states[view.path]

    def _check_view(self, view: View) -> ViewState:
        shown, kept = view_label(view), self._kept.get(view.path)
        try:
            names, is_mount = self._ask([view.mount], read_view, view.mount, view.path)
        except TimedOut:
            return ViewState(view, frozenset(), f"{shown} did not answer in time")
        except OSError as error:
            return ViewState(view, frozenset(), f"{shown} cannot be listed ({error.strerror})")
        view_state = ViewState(view, names, "", is_mount)
        lost = why_lost(self._connection, kept, names) if kept is not None else ""
        problem = why_names_fail(shown, kept, view_state, lost=lost, links=1)
        if not problem and kept is not None:
            problem = self._why_files_fail(shown, view_state)
        return replace(view_state, problem=problem)

    def _why_files_fail(self, shown: str, view_state: ViewState) -> str:
        files = canaries_to_check(view_state.view, view_state.names, read_canaries(self._connection, view_state.view))
        if not files:
            return ""
        try:
            return why_files_fail(shown, self._ask([view_state.view.mount], count_missing, files), len(files))
        except (TimedOut, OSError):
            return why_files_fail(shown, None, len(files))

    def _recheck_target(self, asked: NeedsRecheck, is_video: bool) -> Verdict:
        try:
            found = self._ask([asked.view.mount], recheck_target, asked.view.path, asked.target)
            return judge_recheck(found, is_video=is_video)
        except TimedOut:
            return UNKNOWN
        except OSError as error:
            return state_of_errno(error.errno or errno.EIO), error.errno or 0

    def _by_witnesses(self, view: View, ids: Mapping[bytes, str | None]) -> Mapping[bytes, Verdict]:
        held = held_torrents(self._connection, ids)
        seek = names_to_seek(ids, held)
        elsewhere: Collection[bytes] | None = ()
        if view.path != view.mount and seek:
            try:
                elsewhere = self._ask([view.mount], others_showing, view.path, seek)
            except (TimedOut, OSError):
                elsewhere = None
        older = archive_is_older(self._connection, self._kept.get(view.path))
        return judge_by_witnesses(ids, held, self._view_state(view).names, elsewhere, archive_is_older=older)

    def _ask(self, places: Iterable[bytes], function: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result:
        """``function(…)``, where it may hang in the helper process; raises TimedOut, or what the function raises."""
        if any(map(self._table.remote_at, places)):
            return ask(function, *args, seconds=self._timeout_s)
        return function(*args, **kwargs)
