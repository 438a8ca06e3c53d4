"""Views of a mount that rclone refreshes before anything is concluded from them (``library.rclone_rc``).

A refresh can do harm: while the service answers 404 rclone says OK, and the view is empty from then on. So names are
counted before and after, and from a view that lost more than a few of them in between nothing is concluded.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediatui.changes.mount_guard import NOTHING, Views, way_out
from mediatui.model.errors import GuardTripped
from mediatui.model.views import View, view_label, why_nothing_is_concluded

if TYPE_CHECKING:
    from mediatui.runtime.context import Context


@dataclass(frozen=True, slots=True)
class Refreshed:
    """A view that rclone was asked to refresh: ``failed`` is why it did not, a sentence, empty when it said OK;
    ``harmed`` why nothing can be concluded from what it shows since, as what follows "the view /movies"; so many
    names it ``held`` before, and ``shows`` now."""

    view: View
    failed: str
    harmed: str
    held: int = 0
    shows: int = 0

    @property
    def warning(self) -> str:
        """What failed, as a sentence that names the view and its mount; empty when nothing did."""
        return f"{view_label(self.view, of_several=True)} was not refreshed: {self.failed}" if self.failed else ""


async def refresh_views(
    ctx: Context, views: Views, wanted: Iterable[View], *, only_names: bool = False
) -> Sequence[Refreshed]:
    """Has rclone refresh each of these views, once, where it can be asked; raises GuardTripped when one cannot be
    listed before or after. With ``only_names`` it does not wait until the kernel has forgotten what it knew of each
    name: new names are there at once."""
    from mediatui.services.rclone import KERNEL_S, refresh

    asked: list[tuple[View, frozenset[bytes], str]] = []
    for view in wanted:
        before = await views.names(view)
        failed = await refresh(ctx.settings, view.path)
        if failed is not None:
            asked.append((view, before, failed))
    if not only_names and any(not failed for _, _, failed in asked):
        await asyncio.sleep(KERNEL_S)
    found = []
    for view, before, failed in asked:
        views.forget(view)
        now = await views.names(view)
        found.append(Refreshed(view, failed, why_nothing_is_concluded(before, now), len(before), len(now)))
    return found


async def refresh_before_removal(ctx: Context, targets: Sequence[bytes]) -> list[str]:
    """Has the views these targets (absolute) lie in refreshed; returns what went wrong, in sentences. Raises
    GuardTripped when one shows so much less since that nothing is concluded."""
    views = await Views.read(ctx)
    found = await refresh_views(ctx, views, views.of(targets))
    for one in found:
        if one.harmed:
            raise GuardTripped(f"{view_label(one.view)} {one.harmed}; {NOTHING}.", way_out(one.view))
    return [one.warning for one in found if one.warning]
