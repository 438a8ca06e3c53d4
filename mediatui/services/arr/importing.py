"""The calls by which Sonarr and Radarr list, judge and import files that lie elsewhere, and what they have on record of
their own. Read leniently, like ``records``.

A listing reads every file through the mount, and nothing of theirs ends that: it is made once, never again by itself,
and may take minutes. A judgement imports nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BeforeValidator, ConfigDict
from pydantic.alias_generators import to_camel

from mediatui.services.arr.activity import FolderListing, HistoryEvent
from mediatui.services.arr.bodies import Body, why_no_import
from mediatui.services.arr.records import (
    Id,
    LowerText,
    QueuedCommand,
    TheirPath,
    Truth,
    list_or_empty,
    read_answer,
)
from mediatui.services.fields import LARGEST, MaybeWhole, Text, Whole, as_number, objects
from mediatui.services.http import Call

if TYPE_CHECKING:
    from mediatui.model.arr import ArrKind
    from mediatui.services.arr.http import ArrHttp

LISTING_S: Final = 600.0
"""How long a listing may take: it reads each file through the mount."""
LISTING: Final = "manualimport"
IMPORTED_EVENT: Final = 3
"""Their number for an import in the history, which they filter by."""
MOST_HISTORY: Final = 200
_CAMEL: Final = ConfigDict(alias_generator=to_camel, extra="ignore")

Raw = Mapping[str, Any]
"""A part of an answer as it is, to be sent back."""


def _raw(value: object) -> object:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> object:
    return tuple(objects(value))


def _score(value: object) -> int:
    number = as_number(value)
    return 0 if number is None else max(-LARGEST, min(int(number), LARGEST))


Score = Annotated[int, BeforeValidator(_score)]
"""A whole number that may be below 0; 0 for anything else."""
RawObject = Annotated[dict[str, Any], BeforeValidator(_raw)]
RawObjects = Annotated[tuple[dict[str, Any], ...], BeforeValidator(_objects)]


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a service would not import a file by itself."""

    reason: Text = ""


@dataclass(frozen=True, slots=True)
class ListedItem:
    """The series or film that a service takes a file for."""

    __pydantic_config__ = _CAMEL
    id: Whole = 0
    title: Text = ""
    year: Whole = 0


@dataclass(frozen=True, slots=True)
class ListedEpisode:
    """An episode that a service takes a file for, and the file it has of it (0: none)."""

    __pydantic_config__ = _CAMEL
    id: Whole = 0
    season_number: Whole = 0
    episode_number: Whole = 0
    episode_file_id: Whole = 0


def _item_or_none(value: object) -> object:
    return value if isinstance(value, dict) and value.get("id") else None


ItemOrNone = Annotated[ListedItem | None, BeforeValidator(_item_or_none)]


@dataclass(frozen=True, slots=True)
class ImportEntry:
    """A file (their path) in a listing: what the service takes it for, and what it would not import it for. ``size`` in
    bytes is that of a link's target. ``quality`` and ``languages`` are as they were sent."""

    __pydantic_config__ = _CAMEL
    id: Score = 0
    path: TheirPath = ""
    size: Whole = 0
    folder_name: Text = ""
    series: ItemOrNone = None
    movie: ItemOrNone = None
    season_number: MaybeWhole = None
    episodes: Annotated[tuple[ListedEpisode, ...], BeforeValidator(_objects)] = ()
    release_group: Text = ""
    quality: RawObject = field(default_factory=dict)
    languages: RawObjects = ()
    custom_format_score: Score = 0
    indexer_flags: Whole = 0
    release_type: Text = ""
    rejections: Annotated[tuple[Rejection, ...], BeforeValidator(_objects)] = ()

    @property
    def item(self) -> ListedItem | None:
        """The series or film it is taken for."""
        return self.series or self.movie

    @property
    def is_judged(self) -> bool:
        """Whether it was looked at. Without a series or film it was not, whatever is rejected or is not: above 100
        files nothing is judged."""
        return self.item is not None

    @property
    def reasons(self) -> tuple[str, ...]:
        """The texts of its rejections."""
        return tuple(one.reason for one in self.rejections if one.reason)


@dataclass(frozen=True, slots=True)
class FiledEpisode:
    """A file on record with its quality; ``size`` in bytes. ``movie_id`` is 0 at Sonarr, ``series_id`` at Radarr."""

    __pydantic_config__ = _CAMEL
    id: Id
    series_id: Whole = 0
    movie_id: Whole = 0
    season_number: Whole = 0
    path: TheirPath = ""
    relative_path: TheirPath = ""
    size: Whole = 0
    quality: RawObject = field(default_factory=dict)
    custom_format_score: Score = 0


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What importing has to know of a series or film: its folder (their path), its profile, how long it is (minutes, 0:
    not known), and at Radarr the record that an import replaces (0: none)."""

    __pydantic_config__ = _CAMEL
    id: Id
    title: Text = ""
    year: Whole = 0
    path: TheirPath = ""
    quality_profile_id: Whole = 0
    runtime: Whole = 0
    movie_file_id: Whole = 0
    secondary_year: MaybeWhole = None


@dataclass(frozen=True, slots=True)
class ProfileItem:
    """A quality in a profile, or a group of them that count alike; the worst come first."""

    quality: RawObject = field(default_factory=dict)
    items: RawObjects = ()

    @property
    def qualities(self) -> tuple[Raw, ...]:
        """Its quality, or those of the group."""
        inner = tuple(_raw(one.get("quality")) for one in self.items)
        return tuple(one for one in (self.quality, *inner) if isinstance(one, dict) and "id" in one)


@dataclass(frozen=True, slots=True)
class OrderedProfile:
    """A quality profile with its qualities in order, the worst first."""

    id: Id
    items: Annotated[tuple[ProfileItem, ...], BeforeValidator(_objects)] = ()


class OrderedProfiles:
    """The quality profiles of a service by their ids; one that it does not list has no qualities, so that nothing is
    better by it."""

    def __init__(self, profiles: Sequence[OrderedProfile]) -> None:
        self._profiles = {one.id: one for one in profiles}

    def of(self, item: ItemFacts) -> OrderedProfile:
        """That of a series or film."""
        return self._profiles.get(item.quality_profile_id, OrderedProfile(max(item.quality_profile_id, 1)))


@dataclass(frozen=True, slots=True)
class ExtraFile:
    """A file beside a film that a service has taken on, and removes with the film's file. ``relative_path`` is below
    the film's folder."""

    __pydantic_config__ = _CAMEL
    movie_file_id: Whole = 0
    relative_path: TheirPath = ""
    type: LowerText = ""


@dataclass(frozen=True, slots=True)
class Naming:
    """Whether a service gives what it imports a name of its own."""

    __pydantic_config__ = _CAMEL
    rename_episodes: Truth = False
    rename_movies: Truth = False

    @property
    def renames(self) -> bool:
        """Whether it does."""
        return self.rename_episodes or self.rename_movies


@dataclass(frozen=True, slots=True)
class _Page:
    records: Annotated[tuple[HistoryEvent, ...], BeforeValidator(list_or_empty)] = ()


class ImportingCalls:
    """The calls of a client that are about imports. Each raises ServiceError."""

    kind: ArrKind
    title: str
    _http: ArrHttp

    async def list_imports(self, folder: str) -> tuple[ImportEntry, ...]:
        """What it takes the files below a folder (their path) for, or one file by its path; without order, and none for
        a folder it does not see. Raises Transient with status 500, and in ``said`` the file where it names one, when
        there is one among them that it cannot read: then nothing is listed at all."""
        call = Call(
            "GET", self._api(LISTING), "interactive", "GET /manualimport",
            {"folder": folder, "filterExistingFiles": "false"}, about=f"the folder {folder}", timeout_s=LISTING_S,
        )  # fmt: skip
        body = (await self._http.request(call)).body
        return tuple(read_answer(body, self.title, list[ImportEntry], "a list of what it could import"))

    async def judge_imports(self, entries: Sequence[Body]) -> tuple[ImportEntry, ...]:
        """What it says of files with what they are given for (``bodies.judge_entry``); it imports nothing."""
        call = Call(
            "POST", self._api(LISTING), "interactive", "POST /manualimport", json=[*entries], about="a file to import",
            timeout_s=LISTING_S,
        )  # fmt: skip
        body = (await self._http.request(call)).body
        return tuple(read_answer(body, self.title, list[ImportEntry], "a judgement"))

    async def import_files(self, body: Body) -> int:
        """Queues an import (``bodies.import_body``) and returns the id of the command, which cannot be called back.
        Raises UsageError for a body that would import without a record, or over something that is not meant; and
        Uncertain when it may have been taken."""
        if why := why_no_import(self.kind, body):
            from mediatui.model.errors import UsageError

            raise UsageError(f"This is no import for {self.title}: {why}.")
        answer = await self._http.write("POST", "command", "the command ManualImport", body)
        return read_answer(answer, self.title, QueuedCommand, "an answer to a command").id

    async def item_facts(self, item_id: int) -> ItemFacts:
        """A series or film, for an import. Raises NotFound when there is none."""
        path = "series" if self.kind == "sonarr" else "movie"
        what = f"the {'series' if path == 'series' else 'film'} {item_id}"
        return read_answer(await self._http.get(f"{path}/{item_id}", what), self.title, ItemFacts, "an item")

    async def filed(self, item_id: int) -> tuple[FiledEpisode, ...]:
        """The files on record of a series or film, with their qualities. A film may have two."""
        path, field_name = ("episodefile", "seriesId") if self.kind == "sonarr" else ("moviefile", "movieId")
        about = f"the files of {item_id}"
        body = await self._http.get(path, about, **{field_name: item_id})
        return tuple(read_answer(body, self.title, list[FiledEpisode], "a list of files"))

    async def ordered_profiles(self) -> OrderedProfiles:
        """Its quality profiles with the order of their qualities."""
        body = await self._http.get("qualityprofile", "its quality profiles")
        return OrderedProfiles(read_answer(body, self.title, list[OrderedProfile], "a list of quality profiles"))

    async def naming(self) -> Naming:
        """How it names files."""
        return read_answer(await self._http.get("config/naming", "its names"), self.title, Naming, "its names")

    async def extra_files(self, movie_id: int) -> tuple[ExtraFile, ...]:
        """What it has taken on beside a film; it goes with the film's file. Only Radarr tells."""
        body = await self._http.get("extrafile", f"the files beside {movie_id}", movieId=movie_id)
        return tuple(read_answer(body, self.title, list[ExtraFile], "a list of files"))

    async def entries_in(self, folder: str) -> FolderListing:
        """What lies in a folder (their path), with sizes in bytes: of a link that of its text. Nothing for a folder it
        does not see, which it does not distinguish from an empty one."""
        separator = "\\" if "\\" in folder and "/" not in folder else "/"
        # Without the slash at its end they list the folder above, as for a path a person is still typing.
        path = folder.rstrip(separator) + separator
        body = await self._http.get("filesystem", f"the folder {folder}", path=path, includeFiles="true")
        return read_answer(body, self.title, FolderListing, "a listing")

    async def imports_noted(self) -> tuple[HistoryEvent, ...]:
        """The last imports in its history, the newest first."""
        body = await self._http.get("history", "its history", eventType=IMPORTED_EVENT, page=1, pageSize=MOST_HISTORY)
        return read_answer(body, self.title, _Page, "a history").records

    def _api(self, path: str) -> str:
        return f"{self._http.address.api.strip('/')}/{path}"
