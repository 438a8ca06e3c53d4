"""Records in the answers of Sonarr and Radarr (API v3), read leniently: missing or null fields are empty, unknown ones
ignored."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Generic, Protocol, TypeVar

from pydantic import BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from mediatui.model.arr import ARR_TITLES
from mediatui.model.path_map import read_folder
from mediatui.model.text import printable
from mediatui.services.errors import BadAnswer
from mediatui.services.fields import LARGEST, MaybeWhole, Text, Whole, as_number, epoch, where_wrong

ARR_KINDS: Final = tuple(ARR_TITLES)
_ENDS: Final = frozenset({"completed", "failed", "aborted", "cancelled", "orphaned"})
_GRABBED: Final = re.compile(r"([0-9]{1,9}) reports? downloaded")
_UNREAD: Final = re.compile(r"(?:Could not find file|Could not find a part of the path) '(.+?)'\.?\s*(?:\n|$)")
_CAMEL: Final = ConfigDict(alias_generator=to_camel, extra="ignore")


def _no_null(value: object) -> object:
    return "" if value is None else value


def _flag(value: object) -> object:
    return False if value is None else value


def _file_or_none(value: object) -> object:
    return value if isinstance(value, dict) and value.get("id") else None


def list_or_empty(value: object) -> object:
    """A list as it is, none for null."""
    return () if value is None else value


def _empty(value: object) -> object:
    return {} if value is None else value


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else "unknown" if value is None else value


def _objects(value: object) -> object:
    """The objects in a list; none for anything else."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else ()


def _season(value: object) -> int:
    """The number of a season; -1, as the services write it, for none."""
    number = as_number(value)
    return -1 if number is None else max(-1, min(int(number), LARGEST))


def _within_reach(value: object) -> object:
    """Replaces an id that no database can hold by the largest one that fits: its item keeps its folder, and a request
    for that id answers that there is none."""
    return LARGEST if isinstance(value, int | float) and value > LARGEST else value


Id = Annotated[int, BeforeValidator(_within_reach), Field(gt=0)]
TheirPath = Annotated[str, BeforeValidator(_no_null)]
"""A path as the service wrote it: not normalised, not mapped."""
Truth = Annotated[bool, BeforeValidator(_flag)]
LowerText = Annotated[str, BeforeValidator(_lower)]
TextList = Annotated[tuple[Text, ...], BeforeValidator(list_or_empty)]
Moment = Annotated[int | None, BeforeValidator(epoch)]
"""A time in epoch seconds, None when there is none."""
SeasonOrNone = Annotated[int, BeforeValidator(_season)]
"""The number of a season, -1 for none."""


@dataclass(frozen=True, slots=True)
class ArrStatus:
    """Which program answered: its version, the name its owner gave it, and what it is ("Sonarr", "Radarr")."""

    __pydantic_config__ = _CAMEL
    version: Text = ""
    instance_name: Text = ""
    app_name: Text = ""


@dataclass(frozen=True, slots=True)
class RootFolder:
    """A folder of theirs that holds series or films (their path), and whether it is accessible for them; ``free_space``
    in bytes is None when they report none."""

    __pydantic_config__ = _CAMEL
    id: Id
    path: TheirPath = ""
    accessible: Truth = False
    free_space: int | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts of a series or season: ``episode_file_count`` of its episodes have a file, ``total_episode_count`` are
    all of them, aired or not."""

    __pydantic_config__ = _CAMEL
    episode_file_count: Whole = 0
    total_episode_count: Whole = 0
    size_on_disk: Whole = 0


@dataclass(frozen=True, slots=True)
class Season:
    """A season of a series."""

    __pydantic_config__ = _CAMEL
    season_number: Whole = 0
    monitored: Truth = False
    statistics: Annotated[Counts, BeforeValidator(_empty)] = Counts()


@dataclass(frozen=True, slots=True)
class AlternateTitle:
    """Another title of a series or film. At Sonarr it may be that of one season, ``season_number``, which releases of
    this title call ``scene_season_number``; both are -1 for none, and always at Radarr."""

    __pydantic_config__ = _CAMEL
    title: Text = ""
    season_number: SeasonOrNone = -1
    scene_season_number: SeasonOrNone = -1


AlternateTitles = Annotated[tuple[AlternateTitle, ...], BeforeValidator(_objects)]


@dataclass(frozen=True, slots=True)
class Series:
    """A series of Sonarr and its folder (their path); numbers are 0 when not known. ``series_type`` is standard, daily,
    anime or unknown."""

    __pydantic_config__ = _CAMEL
    id: Id
    title: Text = ""
    year: Whole = 0
    path: TheirPath = ""
    tvdb_id: Whole = 0
    tmdb_id: Whole = 0
    monitored: Truth = False
    series_type: LowerText = "unknown"
    genres: TextList = ()
    statistics: Annotated[Counts, BeforeValidator(_empty)] = Counts()
    alternate_titles: AlternateTitles = ()
    imdb_id: Text = ""
    status: Text = ""
    added: Moment = None
    seasons: Annotated[tuple[Season, ...], BeforeValidator(_objects)] = ()

    @property
    def has_file(self) -> bool:
        """Whether any of its episodes has a file."""
        return self.statistics.episode_file_count > 0


@dataclass(frozen=True, slots=True)
class Episode:
    """An episode; ``episode_file_id`` is 0 when Sonarr has no file for it. The scene's numbers, where Sonarr knows any,
    are how releases count it. ``air_date`` is the day where it airs, ``air_date_utc`` the moment (epoch seconds)."""

    __pydantic_config__ = _CAMEL
    id: Id
    series_id: Whole = 0
    season_number: Whole = 0
    episode_number: Whole = 0
    title: Text = ""
    episode_file_id: Whole = 0
    has_file: Truth = False
    monitored: Truth = False
    scene_season_number: MaybeWhole = None
    scene_episode_number: MaybeWhole = None
    tvdb_id: Whole = 0
    absolute_episode_number: MaybeWhole = None
    air_date: Text = ""
    air_date_utc: Moment = None


@dataclass(frozen=True, slots=True)
class EpisodeFile:
    """A file of a series (their path), ``size`` in bytes; several episodes may share it. ``scene_name`` and
    ``original_file_path`` are what its file was called when Sonarr imported it."""

    __pydantic_config__ = _CAMEL
    id: Id
    series_id: Whole = 0
    season_number: Whole = 0
    path: TheirPath = ""
    size: Whole = 0
    scene_name: Text = ""
    original_file_path: Text = ""


@dataclass(frozen=True, slots=True)
class MovieFile:
    """The file of a film (their path), ``size`` in bytes."""

    __pydantic_config__ = _CAMEL
    id: Id
    movie_id: Whole = 0
    path: TheirPath = ""
    size: Whole = 0


@dataclass(frozen=True, slots=True)
class Movie:
    """A film of Radarr, its folder (their path) and its file, None when Radarr has none."""

    __pydantic_config__ = _CAMEL
    id: Id
    title: Text = ""
    year: Whole = 0
    path: TheirPath = ""
    tmdb_id: Whole = 0
    monitored: Truth = False
    has_file: Truth = False
    original_title: Text = ""
    genres: TextList = ()
    movie_file: Annotated[MovieFile | None, BeforeValidator(_file_or_none)] = None
    alternate_titles: AlternateTitles = ()
    imdb_id: Text = ""
    status: Text = ""
    added: Moment = None
    size_on_disk: Whole = 0


@dataclass(frozen=True, slots=True)
class WholeItem:
    """A series or film as the service sent it: ``fields`` holds all of it, to be sent back whole. ``path`` and ``root``
    are its folder and its root folder, as the service writes them; ``root`` is empty when it reports none."""

    id: int
    fields: Mapping[str, object]

    @property
    def path(self) -> str:
        """Its folder."""
        return _text_in(self.fields, "path")

    @property
    def root(self) -> str:
        """The root folder its folder is in."""
        return _text_in(self.fields, "rootFolderPath")


def _text_in(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class CommandEnd:
    """The state of a command. ``status`` is queued, started, completed, failed, aborted, cancelled or orphaned;
    ``result`` unknown, successful or unsuccessful; both are "unknown" when there was no answer. The state of an ended
    command is a hint only: a failed rescan has done its work up to the file it names, a completed one may not have
    scanned."""

    __pydantic_config__ = _CAMEL
    status: LowerText = "unknown"
    result: LowerText = "unknown"
    message: Text = ""
    exception: Text = ""

    def __str__(self) -> str:
        said = f": {printable(self.message)}" if self.message else ""
        return f"{self.status}, {self.result}{said}"

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return self.status in _ENDS

    @property
    def succeeded(self) -> bool:
        """Whether it succeeded. A completed command may be unsuccessful; versions without a result leave it unknown."""
        return self.status == "completed" and self.result in ("successful", "unknown")

    @property
    def says_it_scanned(self) -> bool:
        """Whether a rescan says that it scanned the disk. One that skipped its folder says nothing; one that ended at a
        link it could not read had scanned every name by then."""
        return (self.succeeded and "scanning" in self.message.casefold()) or bool(self.unread)

    @property
    def says_it_grabbed(self) -> bool:
        """Whether a search says that it sent something to a download client."""
        found = _GRABBED.search(self.message)
        return found is not None and int(found[1]) > 0

    @property
    def unread(self) -> str:
        """The file (their path, that of a link's target) or the folder at which a rescan ended; empty for none."""
        found = _UNREAD.search(self.exception)
        return found[1] if found else ""


@dataclass(frozen=True, slots=True)
class QueuedCommand:
    """The answer to a new command."""

    id: Id


Record = TypeVar("Record")
_ADAPTERS: Final[dict[object, TypeAdapter[Any]]] = {}


def read_answer(body: bytes, title: str, form: type[Record], what: str) -> Record:
    """The JSON ``body`` as ``form``, a record of this module or a list of one; raises BadAnswer that names the service
    by its ``title`` and ``what`` it sent."""
    adapter = _ADAPTERS.get(form)
    if adapter is None:
        adapter = _ADAPTERS[form] = TypeAdapter(form)
    try:
        read: Record = adapter.validate_json(body)
    except ValidationError as error:
        raise BadAnswer(f"{title} sent {what} that cannot be read ({where_wrong(error)}).") from error
    return read


def read_whole_item(body: bytes, title: str, item_id: int) -> WholeItem:
    """The series or film of this id in an answer; raises BadAnswer, which names the service, for anything else."""
    try:
        fields = json.loads(body)
        json.dumps(fields, ensure_ascii=False).encode()  # it will be sent back unchanged
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict) or fields.get("id") != item_id or not _text_in(fields, "path"):
        raise BadAnswer(f"{title} did not send the item {item_id}.")
    return WholeItem(item_id, fields)


class HasPath(Protocol):
    """Anything with a folder."""

    @property
    def path(self) -> str:
        """The folder."""


Foldered = TypeVar("Foldered", bound=HasPath)


class ByFolder(Generic[Foldered]):
    """Items by their folders, for looking up many paths. Of two items with one folder the first counts."""

    def __init__(self, items: Iterable[Foldered]) -> None:
        self._items: dict[tuple[str, ...], Foldered] = {}
        for item in items:
            folder = read_folder(item.path)
            # An item whose folder is a whole disk would own every path.
            if folder is not None and folder.parts:
                self._items.setdefault(folder.key, item)

    def __iter__(self) -> Iterator[Foldered]:
        return iter(self._items.values())

    def find(self, path: str) -> Foldered | None:
        """The item whose folder is ``path`` or holds it, the innermost of several; both are their paths."""
        folder = read_folder(path)
        key = () if folder is None else folder.key
        for length in range(len(key), 1, -1):
            if (item := self._items.get(key[:length])) is not None:
                return item
        return None
