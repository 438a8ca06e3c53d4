"""What the things to be sent are for: mapped, or named by the person who sends them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mediatui.model.errors import MediatuiError, UsageError

if TYPE_CHECKING:
    import sqlite3

    from mediatui.acquire.adding import Addition, HowToAdd
    from mediatui.acquire.mapping.release_name import ReleaseName
    from mediatui.acquire.target_guard import Offered
    from mediatui.commands.workspace import Workspace
    from mediatui.model.release import Release
    from mediatui.model.target import MappedTarget
    from mediatui.settings import Settings
    from mediatui.system.torrent_source import TorrentSource


def read_offered(
    connection: sqlite3.Connection, sources: Sequence[TorrentSource], releases: Sequence[Release]
) -> list[tuple[Offered, ReleaseName]]:
    """What is to be sent, with its name: torrents that are there, then releases. One that a person chose a target for
    has it."""
    from mediatui.acquire.mapping.aim import Aim
    from mediatui.acquire.mapping.release_name import read_name
    from mediatui.acquire.target_guard import Offered
    from mediatui.commands.find_targets import name_of_release
    from mediatui.model.target import targets_from_text
    from mediatui.model.transfer import State
    from mediatui.store.releases.rows import search_of
    from mediatui.store.transfers.rows import transfers_of_hash
    from mediatui.store.transfers.targets import targets_of

    found = []
    for source in sources:
        name = read_name(source.name)
        waiting = (one for one in transfers_of_hash(connection, source.hash) if one.state == State.WANTED)
        chosen = next((tuple(targets_of(connection, one.id)) for one in waiting), ())
        found.append((Offered(source.hash, source.what, (source.hash,), name.columns, Aim(chosen)), name))
    for release in releases:
        name = name_of_release(release, search_of(connection, release))
        aim = Aim(targets_from_text(release.target))
        first = release.first
        offered = Offered(release.name, first.title, release.hashes, name.columns, aim, first.seeders)
        found.append((offered, name))
    return found


def missing_at_service(
    connection: sqlite3.Connection, settings: Settings, targets: Sequence[MappedTarget]
) -> dict[str, object]:
    """The first film or series of some targets that the service it would be added to does not have, and that service;
    empty where nothing has to be added."""
    from mediatui.acquire.adding import KINDS, known_at, service_for

    enabled = {one.kind for one in settings.services if one.enabled}
    for target in (mapped.target for mapped in targets if KINDS[mapped.target.kind] in enabled):
        section = service_for(settings, target)
        if known_at(connection, target, section.name) is None:
            return {"named": target.named, "missing_at": section.title}
    return {}


async def with_aims(
    workspace: Workspace,
    named: Sequence[tuple[Offered, ReleaseName]],
    to: Sequence[str],
    service: str | None,
    said: Callable[[str], None],
) -> list[Offered]:
    """What each is for: what a person says (``to``) for all of them, else what was chosen or fits without a question.
    What could not be compared is ``said``. Raises UsageError."""
    from mediatui.acquire.mapping.aim import aim_at, aim_by
    from mediatui.commands.find_targets import target_finder
    from mediatui.model.target import read_target

    finder = target_finder(workspace, service)
    open_ones = [one for one in named if to or not one[0].aim.targets]
    names = [name for _, name in open_ones]
    if to:
        aims = await aim_at(finder, [read_target(text) for text in to], names)
    else:
        aims = [aim_by(mapping) for mapping in await finder.map_releases(names)]
    for note in finder.notes:
        said(note)
    by_key = {offered.key: aim for (offered, _), aim in zip(open_ones, aims, strict=True)}
    return [replace(one, aim=by_key.get(one.key, one.aim)) for one, _ in named]


async def find_additions(
    workspace: Workspace, offered: Mapping[str, Offered], service: str, how: HowToAdd, sizes: Mapping[str, int]
) -> tuple[dict[str, list[Addition]], list[tuple[str, str]]]:
    """What has to be added to Sonarr and Radarr for what is sent, by its hash, and what cannot be sent because that
    cannot be, each with the reason. Nothing is added for a film or series whose kind of service is not enabled."""
    from mediatui.acquire.adding import KINDS, Adder, known_at, service_for
    from mediatui.commands.find_targets import connect_arr

    settings = workspace.settings
    enabled = {one.kind for one in settings.services if one.enabled}
    adder = Adder(settings, connect_arr(workspace))
    found: dict[str, list[Addition]] = {}
    left: list[tuple[str, str]] = []
    try:
        for info_hash, one in offered.items():
            try:
                for target in (mapped.target for mapped in one.aim.targets if KINDS[mapped.target.kind] in enabled):
                    named = service if service and settings.arr(service).kind == KINDS[target.kind] else ""
                    section = service_for(settings, target, named)
                    if await workspace.read(known_at, target, section.name) is not None:
                        continue
                    if not (target.tmdb_id or target.tvdb_id or target.imdb_id):
                        raise UsageError(
                            f"no id of {target.shown} is known, so it cannot be added to {section.title}.",
                            "Name it by its id: --for tvdb:N or tmdb:N.",
                        )
                    sized = replace(how, size=sizes.get(info_hash, 0))
                    addition = await adder.steps_to_add(target, named, sized)
                    found.setdefault(info_hash, []).append(addition)
            except MediatuiError as error:
                left.append((one.title, f"{error.message.rstrip('.')}; {error.hint}" if error.hint else error.message))
    finally:
        await adder.close()
    return found, left
