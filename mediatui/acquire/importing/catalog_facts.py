"""What TMDB and TVDB say of films and series that are new in the library: title and year in the wanted language,
genres, titles of episodes. Asked only with a key, once a week for each; what Sonarr knows is not asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from mediatui.model.errors import MediatuiError
from mediatui.model.target import Target
from mediatui.services.errors import NotFound
from mediatui.store.arr.facts import read_service_fact, store_service_fact
from mediatui.store.arr.items import episodes_of
from mediatui.store.library.media import has_link_of

if TYPE_CHECKING:
    from mediatui.model.catalog import CatalogEpisode, CatalogTitle
    from mediatui.runtime.context import Context
    from mediatui.services.catalogs import Catalogs

    _Ask = Callable[[Catalogs, Target], Awaitable[Mapping[str, object] | None]]

KEPT_S: Final = 7 * 86_400
"""How long an answer is kept (seconds)."""
MOST_ASKED: Final = 100
"""So many films and series are asked about at once."""
EPISODE_TITLE: Final = "{episode_title}"
Key = tuple[str, int, int]
"""A film or series: its kind, and its ids at TMDB and TVDB."""


@dataclass(frozen=True, slots=True)
class CatalogFacts:
    """What is known of a film or series; empty and None for what is not. ``episodes`` are titles by season and
    number."""

    title: str = ""
    year: int | None = None
    genres: tuple[str, ...] = ()
    episodes: Mapping[tuple[int, int], str] = field(default_factory=dict)


def key_of(target: Target) -> Key:
    """What identifies the film or series of a target."""
    return target.kind, target.tmdb_id, target.tvdb_id


async def read_catalog_facts(ctx: Context, targets: Iterable[Target]) -> dict[Key, CatalogFacts]:
    """What is known of the films and series of these targets, by their keys. One that a catalog does not answer for is
    left out: an import does without."""
    found: dict[Key, CatalogFacts] = {}
    by_key = {key_of(one): one for one in targets if one.tmdb_id or one.tvdb_id}
    for key, target in [*by_key.items()][:MOST_ASKED]:
        kind = "film" if target.kind == "film" else "episode"
        is_new = not await ctx.db.read(has_link_of, kind, target.tmdb_id, target.tvdb_id)
        title = (await _kept(ctx, f"title {key[0]}", target, _ask_title) if is_new else None) or {}
        wants = target.kind == "series" and EPISODE_TITLE in ctx.settings.acquire.episode_name
        episodes = await _episodes(ctx, target) if wants else {}
        genres = title.get("genres")
        year = title.get("year")
        facts = CatalogFacts(
            str(title.get("title", "")), year if isinstance(year, int) else None,
            tuple(map(str, genres)) if isinstance(genres, list) else (), episodes,
        )  # fmt: skip
        if facts != CatalogFacts():
            found[key] = facts
    return found


async def _episodes(ctx: Context, target: Target) -> dict[tuple[int, int], str]:
    """The titles of the episodes of a series, as Sonarr has them, else a catalog."""
    if target.service and target.service_id:
        known = await ctx.db.read(episodes_of, target.service, target.service_id)
        if titles := {(one.season, one.number): one.title for one in known if one.title}:
            return titles
    found = await _kept(ctx, "episodes", target, _ask_episodes) or {}
    titles = {}
    for numbers, title in found.items():
        season, _, number = numbers.partition("x")
        if season.isdecimal() and number.isdecimal() and isinstance(title, str):
            titles[int(season), int(number)] = title
    return titles


async def _kept(ctx: Context, what: str, target: Target, ask: _Ask) -> Mapping[str, object] | None:
    """An answer that is kept, else one that is asked for; None without a catalog that could be asked."""
    if not ctx.settings.metadata.in_use:
        return None
    name = f"{what} {target.tmdb_id}:{target.tvdb_id}"
    known = await ctx.db.read(read_service_fact, "catalogs", name)
    if known is not None and 0 <= ctx.clock() - known.at < KEPT_S:
        return known.value
    try:
        answer = await ask(ctx.catalogs(), target)
    except NotFound:
        answer = {}
    except MediatuiError:
        return None if known is None else known.value
    if answer is not None:
        await ctx.db.write(store_service_fact, "catalogs", name, answer, ctx.clock())
    return answer


async def _ask_title(catalogs: Catalogs, target: Target) -> Mapping[str, object] | None:
    tmdb, tvdb = catalogs.tmdb, catalogs.tvdb
    found: CatalogTitle | None = None
    if target.kind == "series" and tvdb is not None and target.tvdb_id:
        found = await tvdb.read("series", target.tvdb_id)
    elif tmdb is not None and target.tmdb_id:
        found = await tmdb.read(target.kind, target.tmdb_id)
    elif tmdb is not None and target.kind == "series" and target.tvdb_id:
        same = await tmdb.find(str(target.tvdb_id), "tvdb_id")
        found = await tmdb.read("series", same[0].id) if same else None
    elif tvdb is not None and target.kind == "film" and target.tvdb_id:
        found = await tvdb.read("film", target.tvdb_id)
    else:
        return None
    return {} if found is None else {"title": found.title, "year": found.year, "genres": list(found.genres)}


async def _ask_episodes(catalogs: Catalogs, target: Target) -> Mapping[str, object] | None:
    found: Sequence[CatalogEpisode] = ()
    if catalogs.tvdb is not None and target.tvdb_id:
        found = await catalogs.tvdb.episodes(target.tvdb_id)
    elif catalogs.tmdb is not None and target.tmdb_id and target.season is not None:
        found = await catalogs.tmdb.season(target.tmdb_id, target.season)
    else:
        return None
    return {f"{one.season}x{one.number}": one.title for one in found if one.title}
