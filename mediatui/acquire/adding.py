"""Planning additions to Sonarr and Radarr: what a target needs that is not there, by the settings of a service."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from mediatui.changes.steps.arr_add import AddFilm, AddSeries, AddStep, need_of
from mediatui.model.arr import arr_title
from mediatui.model.arr_items import ArrItem
from mediatui.model.errors import UsageError
from mediatui.model.human import size_text
from mediatui.model.text import join_words, printable
from mediatui.settings.arr import RadarrSettings, SonarrSettings
from mediatui.store.arr.items import items_of_id

if TYPE_CHECKING:
    import sqlite3

    from mediatui.model.target import Target
    from mediatui.services.arr.adding import Profile, Tag
    from mediatui.services.arr.bodies import Monitoring
    from mediatui.services.arr.client import Arr
    from mediatui.services.arr.lookup import LookedUp
    from mediatui.services.arr.records import RootFolder
    from mediatui.settings import Settings
    from mediatui.settings.arr import ArrSettings

KINDS: Final = {"film": "radarr", "series": "sonarr"}


@dataclass(frozen=True, slots=True)
class HowToAdd:
    """How something is added, where that differs from the settings of its service (empty or None: it does not);
    ``size`` is how many bytes are about to come."""

    quality_profile: str = ""
    root_folder: str = ""
    tags: tuple[str, ...] | None = None
    monitor: Monitoring | None = None
    series_type: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Addition:
    """What has to be added for a target: its ``steps`` (none: it is there as ``service_id``), what is to be said of
    that beside ``said_of``, the name of their quality ``profile``, and ``need``, by which a step that sends something
    for it names the addition it needs (``arr_add.why_not_added``; empty: none)."""

    service: str
    service_id: int = 0
    steps: tuple[AddStep, ...] = ()
    says: tuple[str, ...] = ()
    profile: str = ""
    need: str = ""


@dataclass(frozen=True, slots=True)
class Offers:
    """What a service has to choose from."""

    profiles: Sequence[Profile]
    roots: Sequence[RootFolder]
    tags: Sequence[Tag] = ()


async def read_offers(arr: Arr) -> Offers:
    """What a service has to choose from. Raises ServiceError."""
    return Offers(await arr.profiles(), await arr.root_folders(), await arr.tags())


def service_for(settings: Settings, target: Target, named: str = "") -> ArrSettings:
    """The service that takes a target: the one that is named, else that of the target, else the first of its kind that
    is enabled. Raises UsageError."""
    kind = KINDS[target.kind]
    if name := named or target.service:
        service = settings.arr(name)
        if service.kind != kind:
            raise UsageError(f"{service.title} takes no {target.kind}.", f"Name a {kind.title()}.")
        if not service.enabled:
            raise UsageError(f"{service.title} is not enabled.", f"Set {service.section}.enabled to true.")
        return service
    for service in settings.services:
        if service.kind == kind and service.enabled:
            return service
    raise UsageError(f"No {kind.title()} is enabled.", f"Set {kind}.enabled to true, or send it by another route.")


def known_at(connection: sqlite3.Connection, target: Target, service: str) -> ArrItem | None:
    """The film or series of a target as the copy of its service has it; None when it does not."""
    found = items_of_id(connection, target.kind, tmdb=target.tmdb_id, tvdb=target.tvdb_id, imdb=target.imdb_id)
    return next((one for one in found if one.service == service), None)


@dataclass(slots=True)
class Adder:
    """Plans additions, several of one service with one look at what that has to choose from. ``connect`` makes the
    client of a name; ``close`` it when done."""

    settings: Settings
    connect: Callable[[str], Arr]
    _clients: dict[str, Arr] = field(default_factory=dict)
    _offers: dict[str, Offers] = field(default_factory=dict)

    async def close(self) -> None:
        """Closes every client."""
        for client in self._clients.values():
            await client.close()
        self._clients.clear()

    async def steps_to_add(self, target: Target, service: str = "", how: HowToAdd = HowToAdd()) -> Addition:
        """What has to be added for a target, as the service itself knows it now. Raises UsageError for settings that
        do not fit the service and for a target it does not find, and ServiceError."""
        section = service_for(self.settings, target, service)
        arr = self._clients.setdefault(section.name, self.connect(section.name))
        found = await self._look_up(arr, target)
        if found.id:
            return Addition(section.name, found.id)
        offers = self._offers.get(section.name)
        if offers is None:
            offers = self._offers[section.name] = await read_offers(arr)
        profile = chosen_profile(section, offers.profiles, how.quality_profile)
        step, says = _step(section, target, found, offers, profile, how)
        return Addition(section.name, 0, (step,), tuple(says), profile.name, need_of(step))

    async def _look_up(self, arr: Arr, target: Target) -> LookedUp:
        """The target as the service finds it, by its id."""
        if arr.kind == "sonarr":
            number = target.tvdb_id
            terms = [(f"tvdb:{number}", number)] if number else [(f"tmdb:{target.tmdb_id}", 0)] * bool(target.tmdb_id)
        else:
            number = target.tmdb_id
            terms = [(f"tmdb:{number}", number)] if number else []
        if not terms and target.imdb_id:
            terms = [(f"imdb:tt{target.imdb_id:07d}", 0)]
        for term, wanted in terms:
            for one in await arr.lookup(term):
                if not wanted or wanted == (one.tvdb_id if arr.kind == "sonarr" else one.tmdb_id):
                    return one
        where = "TVDB" if arr.kind == "sonarr" else "TMDB"
        tried = join_words([term for term, _ in terms]) or f"a target without an id at {where}"
        raise UsageError(
            f"{arr.title} does not find {printable(target.shown)} ({tried}).",
            "Name it by its id: --for tvdb:N or --for tmdb:N.",
        )


async def steps_to_add(
    settings: Settings, connect: Callable[[str], Arr], target: Target, service: str = "", how: HowToAdd = HowToAdd()
) -> Addition:
    """What has to be added for one target (``Adder.steps_to_add``)."""
    adder = Adder(settings, connect)
    try:
        return await adder.steps_to_add(target, service, how)
    finally:
        await adder.close()


def _step(
    section: ArrSettings, target: Target, found: LookedUp, offers: Offers, profile: Profile, how: HowToAdd
) -> tuple[AddStep, list[str]]:
    root = chosen_root(section, offers.roots, how.root_folder)
    tags = chosen_tags(section, offers.tags, how.tags)
    title, year = found.title or target.title, found.year or target.year or 0
    shown = printable(f"{title} ({year})" if year else title)
    says = said_of_room(section, root, how.size)
    if isinstance(section, RadarrSettings):
        monitored = (how.monitor or section.monitor) != "none"
        film = AddFilm(
            what=shown, service=section.name, title=title, year=year, profile=profile.id, root=root.path,
            tags=tuple(tag.id for tag in tags), tmdb_id=found.tmdb_id or target.tmdb_id, monitored=monitored,
            minimum_availability=section.minimum_availability,
        )  # fmt: skip
        return film, says
    assert isinstance(section, SonarrSettings)
    monitor = how.monitor or section.monitor
    seasons = () if target.season is None else (target.season,)
    listed = {season.season_number for season in found.seasons}
    if missing := [season for season in seasons if listed and season not in listed]:
        says.append(f"{section.title} knows no season {missing[0]} of {shown} yet")
    series = AddSeries(
        what=shown, service=section.name, title=title, year=year, profile=profile.id, root=root.path,
        tags=tuple(tag.id for tag in tags), tvdb_id=found.tvdb_id or target.tvdb_id,
        series_type=how.series_type or section.series_type, season_folder=section.season_folder, monitor=monitor,
        seasons=seasons,
    )  # fmt: skip
    return series, says


def said_of(step: AddStep, profile: str) -> str:
    """What is said of an addition with a quality profile of this name."""
    place = f"{profile}, in {step.root}"
    if isinstance(step, AddSeries):
        seasons = ", ".join(f"S{season:02}" for season in step.seasons)
        watched = {
            "this": f"{seasons} monitored" if seasons else "monitored but for specials",
            "none": "nothing monitored", "all": "monitored but for specials", "future": "monitored from now on",
        }[step.monitor]  # fmt: skip
        return f"{arr_title('sonarr', step.service)}: {step.what} is added, {watched}, {place}"
    watched = "" if isinstance(step, AddFilm) and step.monitored else ", not monitored"
    return f"{arr_title('radarr', step.service)}: {step.what} is added, {place}{watched}"


def said_of_room(section: ArrSettings, root: RootFolder, size: int) -> list[str]:
    """What is to be said of the room in a root folder."""
    if root.free_space is None:
        return [f"{section.title} tells no free space of {root.path}: a mount may hang where it runs"]
    if size and root.free_space < size:
        return [f"{root.path} has {size_text(root.free_space)} free for {size_text(size)} (links take none)"]
    return []


def chosen_profile(section: ArrSettings, profiles: Sequence[Profile], named: str = "") -> Profile:
    """The quality profile of what is added: by its name, or the only one there is. Raises UsageError."""
    wanted = named or section.quality_profile
    by_name = {one.name.casefold(): one for one in profiles}
    if wanted:
        if found := by_name.get(wanted.strip().casefold()):
            return found
    elif len(profiles) == 1:
        return profiles[0]
    raise _no_choice(section, "quality_profile", "quality profile", wanted, [one.name for one in profiles])


def chosen_root(section: ArrSettings, roots: Sequence[RootFolder], named: str = "") -> RootFolder:
    """The root folder of what is added: by its path, or the only one that can be reached. Raises UsageError."""
    wanted = (named or section.root_folder).strip()
    reached = [root for root in roots if root.accessible]
    if wanted:
        found = next((root for root in roots if root.path.rstrip("/\\") == wanted.rstrip("/\\")), None)
        if found is not None and found.accessible:
            return found
        if found is not None:
            raise UsageError(f"{section.title} cannot reach its root folder {printable(found.path)}.", "Is it mounted?")
    elif len(reached) == 1:
        return reached[0]
    raise _no_choice(section, "root_folder", "root folder", wanted, [root.path for root in roots])


def chosen_tags(section: ArrSettings, tags: Sequence[Tag], named: Sequence[str] | None = None) -> list[Tag]:
    """The tags of what is added. Raises UsageError for one the service does not have: it would take an unknown one
    without a word."""
    by_label = {one.label.lower(): one for one in tags}
    found = []
    for label in section.tags if named is None else named:
        if (tag := by_label.get(label.strip().lower())) is None:
            raise _no_choice(section, "tags", "tag", label, [one.label for one in tags])
        found.append(tag)
    return found


async def what_it_lacks(arr: Arr, section: ArrSettings) -> UsageError | None:
    """What the settings want for additions and a service does not have; None when it has it all. Asks for what is set
    alone. Raises ServiceError."""
    try:
        if section.quality_profile:
            chosen_profile(section, await arr.profiles())
        if section.root_folder:
            chosen_root(section, await arr.root_folders())
        if section.tags:
            chosen_tags(section, await arr.tags())
    except UsageError as error:
        return error
    return None


def _no_choice(section: ArrSettings, key: str, what: str, wanted: str, there: Sequence[str]) -> UsageError:
    names = join_words([printable(name) for name in there]) or "none"
    if wanted:
        said = f"{section.title} has no {what} {printable(wanted)}."
    else:
        said = f"{section.title} has {'several' if there else 'no'} {what}{'s' if there else ''}, and none is chosen."
    return UsageError(said, f"There {'is' if len(there) == 1 else 'are'}: {names}. Set {section.section}.{key}.")
