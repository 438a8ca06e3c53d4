"""Through which views of the mounts links lead, and what those show of an entry."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from mediatui.acquire.mount.entry import Entry
from mediatui.acquire.mount.fit import (
    Fit,
    ShownFile,
    WantedFile,
    candidate_names,
    comparable,
    fit_files,
    is_one_segment,
)
from mediatui.changes.mount_guard import NOTHING, Views, compare_mount
from mediatui.changes.view_refresh import Refreshed, refresh_views
from mediatui.model.errors import GuardTripped
from mediatui.model.text import printable
from mediatui.model.views import View
from mediatui.runtime.context import Context
from mediatui.services.rclone import KERNEL_S, refresh
from mediatui.settings.places import configured_mounts
from mediatui.system.helper_process import TimedOut, ask
from mediatui.system.mounts import Mount
from mediatui.system.shown_files import Shown, folders_of, shown_files
from mediatui.system.threads import in_thread
from mediatui.system.view_checks import MOST_VIEWS

Answer = TypeVar("Answer")
WHOLE_VIEWS: Final = (b"__all__", b"torrents")
"""Views that show every entry, and never sort one away."""
SECOND_REFRESH_S: Final = 10.0
LATER_REFRESHES_S: Final = 60.0


@dataclass(slots=True)
class Refreshes:
    """How often each view was refreshed since it was last begun with, when last (monotonic seconds), and of which a
    failure was said; a run of the program shares them."""

    at: dict[bytes, tuple[int, float]] = field(default_factory=dict)
    said: set[bytes] = field(default_factory=set)

    def is_due(self, view: bytes, now: float) -> bool:
        """Whether a view may be refreshed: again after ten seconds, then once a minute at most."""
        times, last = self.at.get(view, (0, 0.0))
        return not times or now - last >= (SECOND_REFRESH_S if times == 1 else LATER_REFRESHES_S)

    def note(self, view: bytes, now: float) -> None:
        """Notes that a view was refreshed."""
        self.at[view] = (self.at.get(view, (0, 0.0))[0] + 1, now)

    def begin_again(self) -> None:
        """Lets the next refresh of each view come ten seconds after its last."""
        self.at = {view: (1, last) for view, (_, last) in self.at.items()}


@dataclass(frozen=True, slots=True)
class FoundOnMount:
    """What the mounts show of an entry, and in which view."""

    fit: Fit
    view: View | None = None

    def path(self, below: bytes) -> bytes:
        """The absolute path of what lies in that view."""
        assert self.view is not None
        return os.path.join(self.view.path, below)


def at_place(candidates: Sequence[Sequence[ShownFile]], view: View, picked: str) -> Sequence[Sequence[ShownFile]]:
    """Of the candidates the one with the file at a place that a person picked (as it is shown); all where none has."""
    for shown in candidates if picked else ():
        for file in shown:
            if printable(os.fsdecode(os.path.join(view.path, file.path))) == picked:
                same = comparable(file.segments[-1])
                return [[one for one in shown if one is file or comparable(one.segments[-1]) != same]]
    return candidates


class MountViews:
    """The views of the configured mounts, as far as they are looked at."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._seconds = ctx.settings.library.mount_timeout_s
        self._names: dict[bytes, Mapping[str, Sequence[bytes]]] = {}
        ctx.recall(Refreshes).begin_again()
        self.mounts: Sequence[Mount] = configured_mounts(ctx.settings)[: len(ctx.settings.library.mounts)]

    async def why_away(self) -> str:
        """Why a mount seems away, a sentence without its end; empty when all are alive."""
        for mount in self.mounts:
            if problem := (await compare_mount(self._ctx, mount)).problem:
                return problem
        return ""

    async def views(self) -> list[View]:
        """The views to look in, in their order; raises GuardTripped when a mount does not list, or none has the view
        that is set."""
        if chosen := os.fsencode(self._ctx.settings.acquire.mount_view):
            return await self._chosen_views(chosen)
        found: list[View] = []
        for mount in self.mounts:
            folders: Sequence[bytes] = await self._ask(folders_of, mount.path)
            whole = next((name for name in WHOLE_VIEWS if name in folders), None)
            if whole is not None:
                found.append(View(mount.path, os.path.join(mount.path, whole)))
            else:
                found += [View(mount.path, mount.path)]
                beside = folders if len(folders) <= MOST_VIEWS else ()  # more of them are torrents
                found += [View(mount.path, os.path.join(mount.path, name)) for name in beside]
        return found

    async def _chosen_views(self, name: bytes) -> list[View]:
        paths = {os.path.join(mount.path, name): mount.path for mount in self.mounts}
        found = [View(mount, path) for path, mount in paths.items() if await self._ask(os.path.isdir, path)]
        if not found:
            shown = printable(os.fsdecode(name))
            raise GuardTripped(f"No mount has the view {shown} (acquire.mount_view); {NOTHING}.")
        return found

    async def find(self, views: Sequence[View], entry: Entry, *, listing: bool) -> FoundOnMount:
        """What the views show of an entry by its names, in the first of them that has all of it; with ``listing`` names
        that are spelt otherwise are looked for too. Raises GuardTripped."""
        wanted = entry.wanted
        best = FoundOnMount(Fit(missing=[file.path for file in wanted]))
        for view in views:
            candidates = await self._candidates(view, entry.names, wanted, listing=listing)
            seen = FoundOnMount(fit_files(wanted, at_place(candidates, view, entry.picked)), view)
            if seen.fit.found or seen.fit.doubled:
                return seen
            fewer = len(seen.fit.missing) < len(best.fit.missing)
            if not best.fit.resized and (seen.fit.resized or fewer):
                best = seen
        return best

    async def _candidates(
        self, view: View, names: tuple[str, str], wanted: Sequence[WantedFile], *, listing: bool
    ) -> list[list[ShownFile]]:
        spelt = candidate_names(*names, wanted)
        literal = [name for name in names if is_one_segment(name)]
        exact = [os.fsencode(name) for name in dict.fromkeys([*literal, *spelt])]
        shown: Mapping[bytes, Sequence[Shown]] = await self._ask(shown_files, view.path, exact)
        if not shown and listing:
            known = await self._spellings(view)
            others = [other for name in spelt for other in known.get(comparable(name), ())]
            shown = await self._ask(shown_files, view.path, others) if others else {}
        return [[ShownFile(path, size) for path, size in files] for files in shown.values()]

    async def _spellings(self, view: View) -> Mapping[str, Sequence[bytes]]:
        """The names of a view by what their spellings have in common."""
        if view.path not in self._names:
            found: dict[str, list[bytes]] = {}
            for name in await (await Views.read(self._ctx)).names(view):
                found.setdefault(comparable(os.fsdecode(name)), []).append(name)
            self._names[view.path] = found
        return self._names[view.path]

    async def refresh(self, view: View) -> Refreshed | None:
        """Has rclone read a view again, where that is due and it can be asked; raises GuardTripped when the view cannot
        be listed."""
        known, now = self._ctx.recall(Refreshes), time.monotonic()
        if not known.is_due(view.path, now):
            return None
        self._names.pop(view.path, None)
        found = await refresh_views(self._ctx, await Views.read(self._ctx), [view], only_names=True)
        if not found:
            return None
        known.note(view.path, now)
        return found[0]

    def is_news(self, view: View) -> bool:
        """Whether nothing was said yet of this view; from now on it was."""
        said = self._ctx.recall(Refreshes).said
        is_new = view.path not in said
        said.add(view.path)
        return is_new

    async def refresh_folder(self, folder: bytes) -> None:
        """Has rclone read the folder of an entry again, which takes on new sizes, and waits until the kernel has
        forgotten the old ones."""
        await refresh(self._ctx.settings, folder)
        await asyncio.sleep(KERNEL_S)

    async def _ask(self, function: Callable[..., Answer], *args: object) -> Answer:
        try:
            return await in_thread(lambda: ask(function, *args, seconds=self._seconds))
        except TimedOut:
            raise GuardTripped(f"The mount did not answer within {self._seconds:g} seconds; {NOTHING}.") from None
        except OSError as error:
            raise GuardTripped(f"The mount cannot be read ({error.strerror}); {NOTHING}.") from None
