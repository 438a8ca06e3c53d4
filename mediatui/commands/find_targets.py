"""The finder of targets of this run."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mediatui.acquire.mapping.find import TargetFinder
    from mediatui.acquire.mapping.release_name import ReleaseName
    from mediatui.commands.workspace import Workspace
    from mediatui.model.release import Release, Search
    from mediatui.model.target import Target
    from mediatui.services.arr.client import Arr


def target_finder(workspace: Workspace, service: str | None = None) -> TargetFinder:
    """What finds targets with the services of this run, that of the name given (by ``--service``) before others of its
    kind. Raises UsageError for a name that no service has."""
    from mediatui.acquire.mapping.find import TargetFinder

    settings = workspace.settings
    first = [settings.arr(service)] if service else []
    services = [*first, *(one for one in settings.services if one not in first)]
    return TargetFinder(workspace.db, services, connect_arr(workspace), time.time(), workspace.catalogs)


def connect_arr(workspace: Workspace) -> Callable[[str], Arr]:
    """What makes the client of a Sonarr or Radarr by its name."""
    return workspace.arr


def name_of_release(release: Release, search: Search | None) -> ReleaseName:
    """What is mapped of a release, with what its search was for."""
    from mediatui.acquire.mapping.release_name import ReleaseName
    from mediatui.acquire.search.parsed import columns_in

    first = release.first
    ids = (first.tmdb_id, first.tvdb_id, first.imdb_id)
    return ReleaseName(first.title, columns_in(release), *ids, None if search is None else searched_target(search))


def searched_target(search: Search) -> Target | None:
    """The film or series that a search was for; None for one that was for words."""
    from mediatui.acquire.search.options import read_options
    from mediatui.model.target import Target

    options = read_options(search)
    if not (options.tmdb or options.tvdb or options.imdb):
        return None
    return Target(
        options.kind or "film", tmdb_id=options.tmdb, tvdb_id=options.tvdb, imdb_id=options.imdb,
        season=options.season, episodes=() if options.episode is None else (options.episode,),
    )  # fmt: skip
