"""Sending torrents, and releases that a search found, to where they are fetched from."""

from __future__ import annotations

import dataclasses
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from mediatui.commands.options import choice, flag, number, text, to_apply, words

if TYPE_CHECKING:
    from mediatui.acquire.adding import HowToAdd
    from mediatui.commands.answer import Answer
    from mediatui.commands.workspace import Workspace
    from mediatui.model.plan import Plan
    from mediatui.model.release import FoundRelease
    from mediatui.services.arr.bodies import Monitoring
    from mediatui.settings.acquisition import Auto

_RELEASE: Final = re.compile(r"r[1-9][0-9]{0,14}")


@dataclass(frozen=True, slots=True)
class Grab:
    """The options of ``grab``."""

    sources: tuple[str, ...] = words("MAGNET|HASH|FILE.torrent|rN...")
    for_target: tuple[str, ...] = text(
        "What all of it is for: tmdb:N, tvdb:N:S02E03, tt…, film:Title (Year), series:Title; else each is mapped.",
        "TARGET", "--for", many=True, examples=("tvdb:", "tmdb:", "film:", "series:"),
    )  # fmt: skip
    service: str | None = text("The Sonarr or Radarr that a new series or film is added to.", "NAME")
    profile: str | None = text("The quality profile of what is added there, in place of that of the settings.", "NAME")
    root: str | None = text("The root folder of what is added there.", "PATH")
    monitor: str | None = choice(
        "What is monitored of a series that is added: the seasons it is sent for, none, all, or what is still to air.",
        ("this", "none", "all", "future"),
    )  # fmt: skip
    route: str | None = choice(
        "How it comes: by the account (named, also what is private), or by the client of Sonarr or Radarr.",
        ("debrid", "arr"),
    )  # fmt: skip
    no_target: bool = flag("Send it for nothing in particular: no film or series is chosen for it.")
    cached_only: bool = flag("Keep it only when the service has it at hand; else it is removed again.")
    only_wanted: bool = flag("Of a pack select only the episodes it is for, and those alone that are not here.")
    subtitles: bool = flag("Select subtitles too: Real-Debrid then packs all of it into one RAR archive.")
    again: bool = flag("Send also what is here or on its way already, was refused or rejected, or is likely blocked.")
    retry_failed: int | None = number("Send again what failed in batch N.")
    auto: str | None = choice(
        "How far each goes by itself once it is whole; else acquire.auto, once staging.folder is set.",
        ("none", "fetch", "import"),
    )
    apply: bool = to_apply()


async def make_plan(workspace: Workspace, options: Grab, answer: Answer) -> Plan:
    """The plan that sends the sources, or again what failed in a batch; raises UsageError."""
    from mediatui.acquire.grab import plan_retry
    from mediatui.model.errors import UsageError

    if options.retry_failed is not None:
        if options.sources:
            raise UsageError("--retry-failed takes what failed in a batch, and nothing else.", "Leave the sources out.")
        return await workspace.read(plan_retry, options.retry_failed)
    if not options.sources:
        raise UsageError(
            "Nothing was named.",
            "Give a magnet, a hash, a .torrent file, the number of a release (r12), or --retry-failed BATCH.",
        )
    if options.no_target and options.for_target:
        raise UsageError("--for and --no-target do not go together.", "Leave one of them out.")
    if options.route is None and await _goes_by_arr(workspace, options):
        options = dataclasses.replace(options, route="arr")
    if options.route == "arr":
        if options.cached_only:
            raise UsageError("--cached-only is about the account.", "Leave it out with --route arr.")
        return await _plan(workspace, options, answer)
    return await _with_slots(workspace, await _plan(workspace, options, answer))


async def _goes_by_arr(workspace: Workspace, options: Grab) -> bool:
    """Whether all that is named are releases of indexers whose route in the settings is that of Sonarr and Radarr."""
    from mediatui.store.releases.rows import find_releases

    acquire, texts = workspace.settings.acquire, options.sources
    may_be = "arr" in (acquire.route, *acquire.routes.values())
    if not may_be or not texts or not all(map(_RELEASE.fullmatch, texts)):
        return False
    releases = await workspace.read(find_releases, [int(text[1:]) for text in texts])
    return all(acquire.route_of(release.first.indexer) == "arr" for release in releases)


async def _plan(workspace: Workspace, options: Grab, answer: Answer) -> Plan:
    from mediatui.acquire.grab import GrabOptions, plan_grab, sort_releases, with_additions
    from mediatui.acquire.push import HowToPush, Pushable, plan_pushes, sort_pushes
    from mediatui.acquire.release_links import ReleaseLinks
    from mediatui.acquire.target_guard import sort_by_target
    from mediatui.commands.aims import find_additions, read_offered, with_aims
    from mediatui.commands.connect_prowlarr import open_prowlarr
    from mediatui.commands.find_targets import connect_arr
    from mediatui.model.human import counted
    from mediatui.store.releases.rows import find_releases, note_hash
    from mediatui.store.transfers.rows import blob_of, store_blob
    from mediatui.system.threads import in_thread
    from mediatui.system.torrent_source import read_torrent_source

    push = HowToPush(options.service or "", options.no_target, options.again)
    auto = auto_of(workspace, options.auto)
    how = GrabOptions(options.no_target, options.cached_only, options.again, options.route is not None, auto)
    how = dataclasses.replace(how, only_wanted=options.only_wanted, subtitles=options.subtitles)
    texts = [text for text in options.sources if not _RELEASE.fullmatch(text)]
    numbers = [int(text[1:]) for text in options.sources if _RELEASE.fullmatch(text)]
    sources = await in_thread(lambda: [read_torrent_source(text) for text in texts])
    releases = await workspace.read(find_releases, numbers)
    if options.route == "arr":
        releases, left = await workspace.read(sort_pushes, releases, push)
    else:
        releases, left = await workspace.read(sort_releases, releases, how)
    kept = {}
    failed = 0
    offers: dict[str, FoundRelease] = {}
    if not options.no_target:
        named = await workspace.read(read_offered, sources, releases)
        answer.said("info", f"Looking what {counted(len(named), 'torrent')} may be for")
        offered = await with_aims(
            workspace, named, options.for_target, options.service, lambda note: answer.said("warning", note)
        )
        settings = workspace.settings
        enabled = [one.name for one in settings.services if one.enabled]
        chosen, more = await workspace.read(
            sort_by_target, offered, settings.acquire.preferred, enabled, again=options.again
        )
        kept, left = {one.key: one for one in chosen}, [*left, *more]
        sources = [source for source in sources if source.hash in kept]
        releases = [release for release in releases if release.name in kept]
    if releases:

        def begun(text: str) -> None:
            answer.said("info", text)

        async def kept_torrent(info_hash: str) -> bytes:
            return await workspace.read(blob_of, info_hash)

        async with open_prowlarr(workspace.settings, workspace.invocation) as prowlarr:
            if prowlarr is not None:
                prowlarr.on_wait(begun)
            route_of = workspace.settings.acquire.route_of
            links = ReleaseLinks(prowlarr, is_named=how.named, route_of=route_of, kept=kept_torrent)
            fetched, missing = await links.fetch_all(releases, begun)
        offers = links.offers
        for release, source in fetched:
            if source.hash in offers:
                await workspace.db.write(note_hash, release.number, offers[source.hash], source.hash)
            if source.content:
                await workspace.db.write(store_blob, source.hash, source.content, time.time())
        kept |= {source.hash: kept[release.name] for release, source in fetched if release.name in kept}
        sources, left = [*sources, *(source for _, source in fetched)], [*left, *missing]
        failed = len(missing)
    by_hash = {source.hash: kept[source.hash] for source in sources if source.hash in kept}
    if by_hash:
        sizes = {source.hash: source.facts.bytes for source in sources if source.facts is not None}
        additions, impossible = await find_additions(
            workspace, by_hash, options.service or "", _how_to_add(options), sizes
        )
        titles = {title for title, _ in impossible}
        sources = [one for one in sources if one.hash not in by_hash or by_hash[one.hash].title not in titles]
        left = [*left, *impossible]
        failed += len(impossible)
    else:
        additions = {}
    if options.route == "arr":
        pushables = [Pushable(one, offers.get(one.hash), by_hash.get(one.hash)) for one in sources]
        plan = await plan_pushes(workspace.read, workspace.settings, connect_arr(workspace), pushables, push, left)
    else:
        plan = await workspace.read(plan_grab, sources, how, left, by_hash)
    return dataclasses.replace(with_additions(plan, additions), unsettled=failed + plan.unsettled)


def auto_of(workspace: Workspace, given: str | None) -> Auto:
    """How far a transfer is to go by itself: as ``given``, else as the settings say; not at all without a folder for
    staging. Raises UsageError where that is missing for what was given."""
    from mediatui.model.errors import UsageError

    settings = workspace.settings
    if settings.staging.folder is None:
        if given not in (None, "none"):
            raise UsageError(
                f"--auto {given} needs a folder for staging.",
                "Set one: mediatui config set staging.folder /a/local/folder",
            )
        return "none"
    return settings.acquire.auto if given is None else cast("Auto", given)


def _how_to_add(options: Grab) -> HowToAdd:
    from mediatui.acquire.adding import HowToAdd

    monitor = cast("Monitoring | None", options.monitor)
    return HowToAdd(options.profile or "", options.root or "", monitor=monitor)


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
