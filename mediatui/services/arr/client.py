"""The part of the API of Sonarr and Radarr that mediatui needs: series and films with their folders, and commands for
single ones.

Nothing here can start a search or a scan of a whole library: a command without ids does that, so it is refused before
it is sent. No call deletes anything of theirs.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, Literal, TypeVar

import httpx

from mediatui.model.arr import ArrKind
from mediatui.model.errors import UsageError
from mediatui.services.arr.activity import ArrCommand, HistoryEvent, Management, QueueItem
from mediatui.services.arr.adding import AddingCalls
from mediatui.services.arr.http import START_S, ArrHttp
from mediatui.services.arr.importing import ImportingCalls
from mediatui.services.arr.lookup import LookedUp, ParsedRelease
from mediatui.services.arr.records import (
    ArrStatus,
    CommandEnd,
    Episode,
    EpisodeFile,
    Movie,
    MovieFile,
    QueuedCommand,
    RootFolder,
    Series,
    WholeItem,
    read_answer,
    read_whole_item,
)
from mediatui.services.arr.replacing import ReplacingCalls
from mediatui.services.arr.sending import SendingCalls
from mediatui.services.errors import BadAnswer, NotFound
from mediatui.services.http import Param

if TYPE_CHECKING:
    from mediatui.settings import Settings

RESCAN: Final[dict[ArrKind, tuple[str, str]]] = {
    "sonarr": ("RescanSeries", "seriesId"),
    "radarr": ("RescanMovie", "movieId"),
}
REFRESH: Final[dict[ArrKind, tuple[str, str]]] = {
    "sonarr": ("RefreshSeries", "seriesIds"),
    "radarr": ("RefreshMovie", "movieIds"),
}
SEARCH: Final[dict[ArrKind, tuple[str, str]]] = {
    "sonarr": ("EpisodeSearch", "episodeIds"),
    "radarr": ("MoviesSearch", "movieIds"),
}
CommandWord = Literal["rescan", "refresh", "search"]
PATIENCE_S: Final = 3.0
"""After so many seconds without an answer, the user is informed who is waited for."""
_Row = TypeVar("_Row")


class Arr(AddingCalls, ImportingCalls, SendingCalls, ReplacingCalls):
    """One Sonarr or Radarr, asked over ``http``. Every call raises ServiceError when the service fails or refuses, and
    UsageError when this kind of service has no such call; ``close`` it when done."""

    def __init__(self, http: ArrHttp) -> None:
        self.kind: ArrKind = http.kind
        self.name = http.name
        self._http = http
        self.title = self._http.address.title

    @property
    def on_wait(self) -> Callable[[str], None]:
        """The function that is called with a text for people while a call waits."""
        return self._http.on_wait

    @on_wait.setter
    def on_wait(self, on_wait: Callable[[str], None]) -> None:
        self._http.on_wait = on_wait

    async def close(self) -> None:
        """Closes connections."""
        await self._http.close()

    async def status(self) -> ArrStatus:
        """Which program answers, and its version. Raises BadAnswer when it is not the kind of service in the
        setting."""
        status = await self._record("system/status", ArrStatus, "a status")
        if status.app_name and status.app_name.casefold() != self.kind:
            setting = f"{self._http.address.section}.url"
            raise BadAnswer(
                f"{setting} leads to {status.app_name} {status.version}, not to {self.title}.",
                f"Check the port in {setting} (Sonarr listens on 8989, Radarr on 7878, unless changed).",
            )
        return status

    async def root_folders(self) -> tuple[RootFolder, ...]:
        """Its root folders for series or films. Raises NotFound when it does not list them."""
        try:
            return await self._rows("rootfolder", list[RootFolder], "a list of root folders", "its root folders")
        except NotFound as error:
            raise NotFound(
                f"{self.title} does not list its root folders (404).",
                f"Without them nothing is rescanned and no link is removed: {self.title} still holds what it held. "
                f"Check {self._http.address.section}.url.",
                status=error.status,
            ) from error

    async def series(self) -> tuple[Series, ...]:
        """Every series of Sonarr with its folder."""
        self._only("sonarr", "series")
        return await self._rows("series", list[Series], "a list of series")

    async def one_series(self, series_id: int) -> Series:
        """One series of Sonarr. Raises NotFound."""
        self._only("sonarr", "series")
        return await self._record(f"series/{_checked(series_id)}", Series, "a series", f"the series {series_id}")

    async def episodes(self, series_id: int) -> tuple[Episode, ...]:
        """The episodes of a series; empty for a series Sonarr does not know."""
        self._only("sonarr", "episodes")
        about = f"the series {_checked(series_id)}"
        return await self._rows("episode", list[Episode], "a list of episodes", about, seriesId=series_id)

    async def calendar(self, start: str, end: str) -> tuple[Episode, ...]:
        """The episodes of all series that air from ``start`` to ``end`` (days, as 2024-05-17), monitored or not; those
        without a date are not among them."""
        self._only("sonarr", "episodes")
        return await self._rows(
            "calendar", list[Episode], "a list of episodes", "its calendar", start=start, end=end, unmonitored="true"
        )

    async def episode_files(self, series_id: int) -> tuple[EpisodeFile, ...]:
        """The files of a series. Raises NotFound for a series Sonarr does not know."""
        self._only("sonarr", "episode files")
        about = f"the series {_checked(series_id)}"
        return await self._rows("episodefile", list[EpisodeFile], "a list of episode files", about, seriesId=series_id)

    async def movies(self) -> tuple[Movie, ...]:
        """Every film of Radarr with its folder and its file."""
        self._only("radarr", "films")
        return await self._rows("movie", list[Movie], "a list of films")

    async def movie(self, movie_id: int) -> Movie:
        """One film of Radarr. Raises NotFound."""
        self._only("radarr", "films")
        return await self._record(f"movie/{_checked(movie_id)}", Movie, "a film", f"the film {movie_id}")

    async def movie_files(self, movie_id: int) -> tuple[MovieFile, ...]:
        """The files of a film: one, or none."""
        self._only("radarr", "movie files")
        about = f"the film {_checked(movie_id)}"
        return await self._rows("moviefile", list[MovieFile], "a list of movie files", about, movieId=movie_id)

    async def lookup(self, term: str) -> tuple[LookedUp, ...]:
        """The films or series that a term finds: words of a title, ``tvdb:N``, ``tmdb:N`` or ``imdb:tt…``; its own are
        among them. It asks a service outside, which takes a while."""
        path = "series/lookup" if self.kind == "sonarr" else "movie/lookup"
        return await self._rows(path, list[LookedUp], "what it looked up", "its look-ups", term=term)

    async def parse(self, title: str) -> ParsedRelease:
        """How Sonarr reads the name of a release."""
        self._only("sonarr", "episodes")
        return await self._record("parse", ParsedRelease, "how it reads a name", "its parser", title=title)

    async def item(self, item_id: int) -> WholeItem:
        """One series or film with every field, unknown ones too. Raises NotFound when there is none."""
        what, path = self._one(item_id)
        return read_whole_item(await self._http.get(path, what), self.title, item_id)

    async def put_path(self, item: WholeItem, path: str) -> None:
        """Sets the folder of a series or film (a path of the service); no file is moved. ``item`` is sent whole,
        because a PUT erases the fields it leaves out. Raises Uncertain when the request failed but may have been
        carried out."""
        what, where = self._one(item.id)
        await self._http.write("PUT", where, what, {**item.fields, "path": path}, {"moveFiles": "false"})

    def _one(self, item_id: int) -> tuple[str, str]:
        what, path = ("series", "series") if self.kind == "sonarr" else ("film", "movie")
        return f"the {what} {_checked(item_id)}", f"{path}/{item_id}"

    async def management(self) -> Management:
        """The settings of media management that decide what a rescan removes."""
        return await self._record("config/mediamanagement", Management, "its settings")

    async def names_in(self, folder: str) -> tuple[str, ...]:
        """The names in a folder (their path); empty for a missing folder too, which the services do not distinguish
        from an empty one."""
        return (await self.entries_in(folder)).names

    async def commands(self) -> tuple[ArrCommand, ...]:
        """The commands that run, wait, or have ended within the last minutes."""
        return await self._rows("command", list[ArrCommand], "a list of commands")

    async def queue(self) -> tuple[QueueItem, ...]:
        """Its downloads, a row for each episode or film; a missing row proves nothing."""
        return await self._rows("queue/details", list[QueueItem], "its queue")

    async def grabs(self, item_id: int) -> tuple[HistoryEvent, ...]:
        """The grabs in the history of a series or film: one for each release sent to a download client."""
        kind, field = ("series", "seriesId") if self.kind == "sonarr" else ("movie", "movieId")
        about = f"the history of {kind} {_checked(item_id)}"
        rows = await self._rows(f"history/{kind}", list[HistoryEvent], "a history", about, **{field: item_id})
        return tuple(row for row in rows if row.event_type == "grabbed")

    async def monitor(self, ids: Sequence[int]) -> None:
        """Monitors these episodes (Sonarr) or films (Radarr). Sonarr changes nothing when one of them is unknown."""
        checked = [_checked(item_id) for item_id in ids]
        path, field = ("episode/monitor", "episodeIds") if self.kind == "sonarr" else ("movie/editor", "movieIds")
        await self._http.write("PUT", path, "what is to be monitored", {field: checked, "monitored": True})

    async def rescan(self, item_id: int) -> int:
        """Starts a rescan of one series or film on disk; returns the id of the command."""
        name, field = RESCAN[self.kind]
        return await self.run_command(name, **{field: item_id})

    async def refresh(self, item_id: int) -> int:
        """Has what it knows of one series or film read anew; it rescans it on disk then. Returns the id of the
        command."""
        name, field = REFRESH[self.kind]
        return await self.run_command(name, **{field: [item_id]})

    async def search(self, ids: Sequence[int]) -> int:
        """Starts a search for releases of these episodes (Sonarr) or films (Radarr); returns the id of the command."""
        name, field = SEARCH[self.kind]
        return await self.run_command(name, **{field: ids})

    def command_name(self, word: CommandWord) -> str:
        """The name of the command for a rescan, a refresh or a search."""
        return {"rescan": RESCAN, "refresh": REFRESH, "search": SEARCH}[word][self.kind][0]

    async def run_command(self, name: str, **body: int | Sequence[int]) -> int:
        """Queues a command and returns its id for ``wait_for``. Raises UsageError for any other command than the
        rescan, the refresh and the search of this kind of service, and for one without ids: that would go over all of
        the library."""
        checked = self._command(name, body)
        with self._patience():
            answer = await self._http.write("POST", "command", f"the command {name}", {"name": name, **checked})
        return read_answer(answer, self.title, QueuedCommand, "an answer to a command").id

    async def wait_for(
        self, command_id: int, *, most_s: float = 60.0, poll_s: float = 1.0, grows_to_s: float = 0.0
    ) -> CommandEnd:
        """Polls every ``poll_s`` seconds until the command has ended, for at most ``most_s`` seconds; returns the last
        state, in which ``ended`` may be false. The pause grows to ``grows_to_s`` seconds where that is more. Raises
        NotFound for a command the service no longer knows."""
        path, about = f"command/{_checked(command_id)}", f"the command {command_id}"
        seen = CommandEnd()
        try:
            async with asyncio.timeout(most_s):
                while True:
                    seen = await self._record(path, CommandEnd, "a command", about)
                    if seen.ended:
                        return seen
                    await asyncio.sleep(poll_s)
                    poll_s = min(poll_s * 1.5, max(grows_to_s, poll_s))
        except TimeoutError:
            return seen

    def _command(self, name: str, body: dict[str, int | Sequence[int]]) -> dict[str, int | list[int]]:
        single = RESCAN[self.kind]
        fields = dict((single, REFRESH[self.kind], SEARCH[self.kind]))
        if name not in fields:
            raise UsageError(f"{name} is not a command for {self.title}.", f"Allowed: {', '.join(fields)}.")
        field = fields[name]
        if set(body) != {field}:
            raise UsageError(f"{name} takes {field} and nothing else; without it, it would go over the whole library.")
        value = body[field]
        if name == single[0]:
            if not isinstance(value, int):
                raise UsageError(f"{name} takes one id.")
            return {field: _checked(value)}
        ids = [] if isinstance(value, int | str) else [_checked(item_id) for item_id in value]
        if not ids:
            raise UsageError(f"{name} takes a list of ids, which may not be empty.")
        return {field: list(dict.fromkeys(ids))}

    async def _record(self, path: str, form: type[_Row], what: str, about: str = "", /, **params: Param) -> _Row:
        return read_answer(await self._get(path, about, **params), self.title, form, what)

    async def _get(self, path: str, about: str = "", /, **params: Param) -> bytes:
        with self._patience():
            return await self._http.get(path, about, **params)

    @contextlib.contextmanager
    def _patience(self) -> Iterator[None]:
        """Calls ``on_wait`` when an answer takes longer than ``PATIENCE_S``."""
        waiting = asyncio.get_running_loop().call_later(PATIENCE_S, lambda: self.on_wait(f"waiting for {self.title}"))
        try:
            yield
        finally:
            waiting.cancel()

    async def _rows(
        self, path: str, form: type[list[_Row]], what: str, about: str = "", /, **params: Param
    ) -> tuple[_Row, ...]:
        body = await self._get(path, about, **params)
        # The list of a large library is tens of megabytes.
        return tuple(await asyncio.to_thread(read_answer, body, self.title, form, what))

    def _only(self, kind: ArrKind, what: str) -> None:
        if self.kind != kind:
            raise UsageError(f"{self.title} has no {what}.")


def _checked(number: int) -> int:
    """``number``, if it can be an id: for these services 0 or a missing id means "all". Raises UsageError."""
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise UsageError(f"{number!r} is not an id; ids are whole numbers from 1 up.")
    return number


def configured_arr(
    settings: Settings,
    name: str,
    transport: httpx.AsyncBaseTransport | None = None,
    *,
    start_s: float | None = None,
) -> Arr:
    """A client of the Sonarr or Radarr of this name; raises UsageError when there is none, or its address or key is
    invalid. ``start_s`` is how long it is waited for while it starts up."""
    section = settings.arr(name)
    most_s = START_S if start_s is None else start_s
    http = ArrHttp(section.kind, section.url, section.api_key, name=section.name, start_s=most_s, transport=transport)
    return Arr(http)
