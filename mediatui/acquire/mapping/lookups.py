"""What Sonarr and Radarr look up, or the catalogs where there is none of them: a title once, kept for a day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from mediatui.acquire.mapping.item import Alias, Item, ItemEpisode
from mediatui.acquire.mapping.local import alias_of
from mediatui.acquire.mapping.release_name import ReleaseName
from mediatui.model.arr import ArrKind
from mediatui.model.errors import MediatuiError
from mediatui.model.target import TargetKind, TypedTarget
from mediatui.names.titles import title_key
from mediatui.services.errors import ServiceError
from mediatui.store.arr.lookups import keep_lookup, kept_lookups

if TYPE_CHECKING:
    from mediatui.services.arr.client import Arr
    from mediatui.services.arr.lookup import LookedUp
    from mediatui.services.catalogs import Catalogs
    from mediatui.settings.arr import ArrSettings
    from mediatui.store.database import Database

KINDS: Final[Mapping[TargetKind, ArrKind]] = {"series": "sonarr", "film": "radarr"}
CATALOGS: Final = "TMDB or TVDB"
Term = tuple[TargetKind, str]
"""What is looked up: a kind, and words or an id (``tvdb:81189``)."""


def terms_of(release: ReleaseName, known: Iterable[Item]) -> list[Term]:
    """What is looked up for a release beside the items that are ``known``: by the id its indexer gives, unless one of
    them has it, else the words of its title."""
    items, kind = list(known), release.columns.kind
    kinds: tuple[TargetKind, ...] = ("film",) if kind in ("film", "collection") else ("series",)
    if kind == "unknown":
        kinds = ("series", "film")
    found: list[Term] = []
    for one in kinds:
        number = release.tvdb_id if one == "series" else release.tmdb_id
        own = [item.tvdb_id if one == "series" else item.tmdb_id for item in items if item.kind == one]
        if number and number in own:
            continue
        if number:
            found.append((one, f"{'tvdb' if one == 'series' else 'tmdb'}:{number}"))
        elif release.columns.title:
            found.append((one, release.columns.title))
    return found


def terms_typed(typed: TypedTarget) -> list[Term]:
    """What is looked up for a target that a person typed."""
    kinds: tuple[TargetKind, ...] = ("film", "series") if typed.kind is None else (typed.kind,)
    if typed.tvdb_id:
        return [("series", f"tvdb:{typed.tvdb_id}")]
    if typed.tmdb_id:
        return [(kind, f"tmdb:{typed.tmdb_id}") for kind in kinds]
    if typed.imdb_id:
        return [(kind, f"imdb:tt{typed.imdb_id:07d}") for kind in kinds]
    return [(kind, typed.title) for kind in kinds]


class Lookups:
    """What services look up, each term once; ``services`` are those to ask, one of each kind at most, and the
    ``catalogs`` (None: none) where there is none of a kind."""

    def __init__(
        self,
        db: Database,
        services: Sequence[ArrSettings],
        connect: Callable[[str], Arr],
        now: float,
        catalogs: Catalogs | None = None,
    ) -> None:
        self._db, self._connect, self._now, self._catalogs = db, connect, now, catalogs
        self._services = {service.kind: service for service in services}
        self._found: dict[tuple[str, str], Sequence[Item]] = {}
        self.requests = 0
        self.failed: dict[str, MediatuiError] = {}
        """The services that did not answer well, by their titles."""

    def has_asked(self, kinds: Iterable[TargetKind]) -> bool:
        """Whether each of these kinds was asked for, and nobody has failed."""
        services = [self._services.get(KINDS[kind]) for kind in kinds]
        asked = all(one is not None and one.title not in self.failed for one in services)
        return asked or (bool(self._catalogs) and CATALOGS not in self.failed)

    async def fetch(self, terms: Iterable[Term]) -> None:
        """Looks up what is not known yet, each service by itself; the catalogs are asked for what it does not find, as
        Radarr does no title that begins with a year."""
        of_kind: dict[TargetKind, dict[str, str]] = {}
        for kind, text in terms:
            of_kind.setdefault(kind, {}).setdefault(_key(text), text)
        for kind, texts in of_kind.items():
            service = self._services.get(KINDS[kind])
            if service is not None:
                await self._fetch_from(service, texts)
                texts = {key: text for key, text in texts.items() if not self._found.get((service.name, key))}
            if texts and self._catalogs:
                await self._fetch_from_catalogs(kind, texts)

    async def _missing(self, name: str, texts: Mapping[str, str]) -> dict[str, str]:
        """What is not known of these terms, and not kept either."""
        missing = {key: text for key, text in texts.items() if (name, key) not in self._found}
        kept = await self._db.read(kept_lookups, [(name, key) for key in missing], self._now)
        for place, rows in kept.items():
            self._found[place] = [_from_row(row) for row in rows]
        return {key: text for key, text in missing.items() if (name, key) not in kept}

    async def _keep(self, name: str, key: str, items: Sequence[Item]) -> None:
        self._found[name, key] = items
        await self._db.write(keep_lookup, name, key, [_as_row(one) for one in items], self._now)

    async def _fetch_from_catalogs(self, kind: TargetKind, texts: Mapping[str, str]) -> None:
        from mediatui.acquire.mapping.catalog_lookups import look_up

        name = _catalog_of(kind)
        missing = await self._missing(name, texts)
        if CATALOGS in self.failed or self._catalogs is None:
            return
        try:
            for key, text in missing.items():
                self.requests += 1
                await self._keep(name, key, await look_up(self._catalogs, kind, text))
        except MediatuiError as error:
            self.failed[CATALOGS] = error

    async def _fetch_from(self, service: ArrSettings, texts: Mapping[str, str]) -> None:
        name = service.name
        missing = await self._missing(name, texts)
        if not missing or service.title in self.failed:
            return
        try:
            arr = self._connect(name)
        except MediatuiError as error:
            self.failed[service.title] = error
            return
        kind: TargetKind = "series" if service.kind == "sonarr" else "film"
        try:
            for key, text in missing.items():
                self.requests += 1
                items = [item_looked_up(kind, name, one) for one in await arr.lookup(text) if one.title]
                await self._keep(name, key, items)
        except ServiceError as error:
            self.failed[service.title] = error
        finally:
            await arr.close()

    def found(self, terms: Iterable[Term]) -> list[Item]:
        """What was found for these terms."""
        found: list[Item] = []
        for kind, text in terms:
            service, key = self._services.get(KINDS[kind]), _key(text)
            own = () if service is None else self._found.get((service.name, key), ())
            found += own or self._found.get((_catalog_of(kind), key), ())
        return found


def _catalog_of(kind: TargetKind) -> str:
    """What look-ups in the catalogs are kept by."""
    return f"catalogs {kind}"


def _key(text: str) -> str:
    """The same for all ways to write a title; an id is its own."""
    return text if ":" in text and text.partition(":")[0] in ("tvdb", "tmdb", "imdb") else title_key(text) or text


def item_looked_up(kind: TargetKind, service: str, one: LookedUp) -> Item:
    """A film or series that a service looked up; one that it has is in the library."""
    digits = one.imdb_id.removeprefix("tt")
    imdb = int(digits) if digits.isdecimal() and len(digits) < 15 else 0
    aliases = tuple(
        alias_of(other.title, _season(other.season_number), _season(other.scene_season_number))
        for other in one.alternate_titles
        if other.title
    )
    has_it = one.id > 0
    return Item(
        kind, one.title, one.year or None, one.original_title, aliases, one.tmdb_id, one.tvdb_id, imdb, service,
        one.id, "" if one.series_type == "unknown" else one.series_type, in_library=has_it,
        monitored=one.monitored if has_it else None, seasons=tuple(season.season_number for season in one.seasons),
    )  # fmt: skip


def _season(number: int) -> int | None:
    return None if number < 0 else number


_FIELDS: Final = (
    "kind", "title", "year", "original_title", "tmdb_id", "tvdb_id", "imdb_id", "service", "service_id",
    "series_type", "in_library", "monitored",
)  # fmt: skip


def _as_row(item: Item) -> dict[str, object]:
    aliases = [[one.title, one.season, one.counted] for one in item.aliases]
    episodes = [[one.season, one.number, one.absolute, one.tvdb_id, one.air_date] for one in item.episodes]
    also = {"aliases": aliases, "seasons": item.seasons, "episodes": episodes}
    return {**{name: getattr(item, name) for name in _FIELDS}, **also}


def _from_row(row: Mapping[str, object]) -> Item:
    known: dict[str, Any] = dict(row)
    aliases = tuple(Alias(*one) for one in known.pop("aliases"))
    episodes = tuple(ItemEpisode(*one) for one in known.pop("episodes", ()))
    return Item(aliases=aliases, seasons=tuple(known.pop("seasons")), episodes=episodes, **known)
