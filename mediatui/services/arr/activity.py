"""The activity of Sonarr and Radarr: their folders, commands, queue and history. Read leniently, like ``records``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import BeforeValidator, ConfigDict
from pydantic.alias_generators import to_camel

from mediatui.services.arr.records import Id, LowerText, Moment, TheirPath, Truth, list_or_empty
from mediatui.services.fields import Text, Whole, objects

PENDING: Final = frozenset({"delay", "downloadclientunavailable", "fallback"})
"""The states of a release that a service holds: its delay profile, or a client that is away."""
_CAMEL = ConfigDict(alias_generator=to_camel, extra="ignore")


def _files(value: object) -> object:
    """The files of an import; of a renaming they are numbers, which are left out."""
    return tuple(objects(value))


@dataclass(frozen=True, slots=True)
class Management:
    """Settings of media management: whether an episode or film whose file is gone is no longer monitored, whether
    folders without a file in them are removed, where removed files go (their path, empty: they are deleted), whether
    what lies beside an imported file comes along, with which endings, and whether modes of files are changed."""

    __pydantic_config__ = _CAMEL
    auto_unmonitor_previously_downloaded_episodes: Truth = False
    auto_unmonitor_previously_downloaded_movies: Truth = False
    delete_empty_folders: Truth = False
    recycle_bin: TheirPath = ""
    import_extra_files: Truth = False
    extra_file_extensions: Text = ""
    set_permissions_linux: Truth = False

    @property
    def unmonitors(self) -> bool:
        """Whether the service stops monitoring what lost its file."""
        return self.auto_unmonitor_previously_downloaded_episodes or self.auto_unmonitor_previously_downloaded_movies


@dataclass(frozen=True, slots=True)
class FolderEntry:
    """A name in a folder, and its size in bytes: that of a link is the length of its text."""

    name: TheirPath = ""
    size: Whole = 0


@dataclass(frozen=True, slots=True)
class FolderListing:
    """The content of a folder as the service sees it; links are among the files, dangling ones too."""

    directories: Annotated[tuple[FolderEntry, ...], BeforeValidator(list_or_empty)] = ()
    files: Annotated[tuple[FolderEntry, ...], BeforeValidator(list_or_empty)] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of folders and files in it."""
        return tuple(entry.name for entry in (*self.directories, *self.files))


@dataclass(frozen=True, slots=True)
class CommandFile:
    """A file of an import (their path)."""

    path: TheirPath = ""


@dataclass(frozen=True, slots=True)
class CommandBody:
    """The arguments of a command."""

    __pydantic_config__ = _CAMEL
    series_id: Whole = 0
    movie_id: Whole = 0
    episode_ids: Annotated[tuple[int, ...], BeforeValidator(list_or_empty)] = ()
    movie_ids: Annotated[tuple[int, ...], BeforeValidator(list_or_empty)] = ()
    series_ids: Annotated[tuple[int, ...], BeforeValidator(list_or_empty)] = ()
    files: Annotated[tuple[CommandFile, ...], BeforeValidator(_files)] = ()

    @property
    def ids(self) -> tuple[int, ...]:
        """The series, film, episodes or films it is about, in order."""
        single = tuple(item_id for item_id in (self.series_id, self.movie_id) if item_id)
        return tuple(sorted({*self.episode_ids, *self.movie_ids, *self.series_ids})) or single


def _body(value: object) -> object:
    return value if isinstance(value, dict) else {}


@dataclass(frozen=True, slots=True)
class ArrCommand:
    """A command in the list of the service, which keeps ended ones for five minutes."""

    __pydantic_config__ = _CAMEL
    id: Id
    name: Text = ""
    body: Annotated[CommandBody, BeforeValidator(_body)] = CommandBody()


@dataclass(frozen=True, slots=True)
class EventData:
    """What stands behind a line of the history: why it was ignored, or has failed; of an import the path it was taken
    from, and the number of the record."""

    __pydantic_config__ = _CAMEL
    message: Text = ""
    dropped_path: TheirPath = ""
    file_id: Text = ""


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """A line of the history of an episode or a film. Later lines have larger ids; ``date`` is epoch seconds,
    ``download_id`` the info-hash in capitals for torrents."""

    __pydantic_config__ = _CAMEL
    id: Id
    event_type: LowerText = ""
    source_title: Text = ""
    episode_id: Whole = 0
    movie_id: Whole = 0
    series_id: Whole = 0
    date: Moment = None
    download_id: Text = ""
    data: Annotated[EventData, BeforeValidator(_body)] = EventData()


@dataclass(frozen=True, slots=True)
class QueueItem:
    """A row of the queue: one for each episode, or film, of a download. A missing row proves nothing. Sizes are bytes,
    and those of the whole download on each of its rows; times are epoch seconds. A row without ``download_id`` is
    pending: the service holds the release, and sends it by itself."""

    __pydantic_config__ = _CAMEL
    id: Whole = 0
    title: Text = ""
    episode_id: Whole = 0
    movie_id: Whole = 0
    series_id: Whole = 0
    download_id: Text = ""
    status: LowerText = "unknown"
    size: Whole = 0
    sizeleft: Whole = 0
    estimated_completion_time: Moment = None
    error_message: Text = ""
    tracked_download_state: LowerText = ""

    @property
    def is_pending(self) -> bool:
        """Whether the service holds it, and has not sent it yet."""
        return not self.download_id and self.status in PENDING
