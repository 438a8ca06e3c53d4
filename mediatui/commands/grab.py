"""Sending torrents, and releases that a search found, to where they are fetched from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mediatui.commands.options import choice, flag, number, to_apply, words

if TYPE_CHECKING:
    from mediatui.commands.answer import Answer
    from mediatui.commands.workspace import Workspace
    from mediatui.model.plan import Plan

_RELEASE: Final = re.compile(r"r[1-9][0-9]{0,14}")


@dataclass(frozen=True, slots=True)
class Grab:
    """The options of ``grab``."""

    sources: tuple[str, ...] = words("MAGNET|HASH|FILE.torrent|rN...")
    route: str | None = choice("How it comes; naming debrid also sends a private torrent.", ("debrid",))
    no_target: bool = flag("Send it for nothing in particular: no film or series is chosen for it.")
    cached_only: bool = flag("Keep it only when the service has it at hand; else it is removed again.")
    again: bool = flag("Send also what was refused or brought before, or is likely blocked.")
    retry_failed: int | None = number("Send again what failed in batch N.")
    apply: bool = to_apply()


async def make_plan(workspace: Workspace, options: Grab, answer: Answer) -> Plan:
    """The plan that sends the sources, or again what failed in a batch; raises UsageError."""
    from mediatui.acquire.grab import GrabOptions, plan_grab, plan_retry, sort_releases
    from mediatui.acquire.release_links import ReleaseLinks
    from mediatui.commands.connect_prowlarr import open_prowlarr
    from mediatui.model.errors import UsageError
    from mediatui.store.releases.rows import find_releases

    if options.retry_failed is not None:
        if options.sources:
            raise UsageError("--retry-failed takes what failed in a batch, and nothing else.", "Leave the sources out.")
        return await workspace.read(plan_retry, options.retry_failed)
    if not options.sources:
        raise UsageError(
            "Nothing was named.",
            "Give a magnet, a hash, a .torrent file, the number of a release (r12), or --retry-failed BATCH.",
        )
    how = GrabOptions(options.no_target, options.cached_only, options.again, options.route is not None)
    texts = [text for text in options.sources if not _RELEASE.fullmatch(text)]
    numbers = [int(text[1:]) for text in options.sources if _RELEASE.fullmatch(text)]
    if not numbers:
        return await _with_slots(workspace, await workspace.read(plan_grab, texts, how))
    releases = await workspace.read(find_releases, numbers)
    wanted, left = await workspace.read(sort_releases, releases, how)

    def begun(text: str) -> None:
        answer.said("info", text)

    routes = workspace.settings.acquire.routes
    async with open_prowlarr(workspace.settings, workspace.invocation) as prowlarr:
        if prowlarr is not None:
            prowlarr.on_wait(begun)
        sources, missing = await ReleaseLinks(prowlarr, is_named=how.named, routes=routes).fetch_all(wanted, begun)
    return await _with_slots(workspace, await workspace.read(plan_grab, [*texts, *sources], how, [*left, *missing]))


async def _with_slots(workspace: Workspace, plan: Plan) -> Plan:
    """The plan, and what it says of the slots of the account where what it sends may need more than are free. Nothing
    is said of them while the account does not answer: then sending waits for it."""
    from mediatui.acquire.grab import say_slots
    from mediatui.model.errors import MediatuiError

    if not plan.steps:
        return plan
    try:
        return say_slots(plan, await workspace.connect().active_count())
    except MediatuiError:
        return plan
