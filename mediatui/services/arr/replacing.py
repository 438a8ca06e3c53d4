"""The calls that say what a file is once another took its place, and that mark a release as failed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import BeforeValidator, ConfigDict
from pydantic.alias_generators import to_camel

from mediatui.services.arr.bodies import FILE_FACTS, corrected_file
from mediatui.services.arr.records import Id, Moment, Truth, list_or_empty, read_answer
from mediatui.services.errors import BadAnswer
from mediatui.services.fields import Text, Whole

if TYPE_CHECKING:
    from mediatui.model.arr import ArrKind
    from mediatui.services.arr.http import ArrHttp

_CAMEL = ConfigDict(alias_generator=to_camel, extra="ignore")
NEWEST_BLOCKED: Final = 100


@dataclass(frozen=True, slots=True)
class WholeFile:
    """A record of a file as the service sent it: ``fields`` holds all of it, to be sent back whole."""

    id: int
    fields: Mapping[str, object]

    @property
    def facts(self) -> dict[str, object]:
        """What it says of the release the file is from; what it lacks is empty."""
        return {name: self.fields.get(name) or "" for name in FILE_FACTS}


@dataclass(frozen=True, slots=True)
class BlockedRelease:
    """A release that the service does not take again; ``date`` is epoch seconds."""

    __pydantic_config__ = _CAMEL
    id: Id
    source_title: Text = ""
    date: Moment = None
    series_id: Whole = 0
    movie_id: Whole = 0
    episode_ids: Annotated[tuple[int, ...], BeforeValidator(list_or_empty)] = ()


@dataclass(frozen=True, slots=True)
class _Blocklist:
    records: tuple[BlockedRelease, ...] = ()


@dataclass(frozen=True, slots=True)
class _DownloadClients:
    __pydantic_config__ = _CAMEL
    auto_redownload_failed: Truth = False


class ReplacingCalls:
    """The calls of a client for a file that another replaces. Each raises ServiceError."""

    kind: ArrKind
    title: str
    _http: ArrHttp

    async def whole_file(self, file_id: int) -> WholeFile:
        """A record of a file with every field, unknown ones too. Raises NotFound when there is none."""
        body = await self._http.get(f"{self._files}/{file_id}", f"the file {file_id}")
        fields = _object(body)
        if fields.get("id") != file_id:
            raise BadAnswer(f"{self.title} did not send the file {file_id}.")
        return WholeFile(file_id, fields)

    async def put_file(self, file: WholeFile, facts: Mapping[str, object]) -> None:
        """Sets what a record says of the release its file is from (``FILE_FACTS``). It is sent whole: a PUT erases what
        it leaves out. Raises Uncertain when the request failed but may have been carried out."""
        await self._http.write(
            "PUT", f"{self._files}/{file.id}", f"the file {file.id}", corrected_file(file.fields, facts)
        )

    async def facts_of_release(self, name: str) -> dict[str, object]:
        """What it would note of a file from a release of this name (``FILE_FACTS``); empty where it makes nothing of
        the name."""
        read = _object(await self._http.get("parse", "its parser", title=name))
        info = read.get("parsedEpisodeInfo" if self.kind == "sonarr" else "parsedMovieInfo")
        if not isinstance(info, dict) or not isinstance(info.get("quality"), dict):
            return {}
        return {"quality": info["quality"], "releaseGroup": info.get("releaseGroup") or "", "sceneName": name}

    async def mark_failed(self, event_id: int) -> None:
        """Marks a release as failed by the line of the history that says it was grabbed. Whether it is on the blocklist
        then is to be looked at: an answer says nothing."""
        await self._http.write("POST", f"history/failed/{event_id}", f"the line {event_id} of its history")

    async def blocked(self) -> tuple[BlockedRelease, ...]:
        """The newest releases of its blocklist."""
        body = await self._http.get(
            "blocklist", "its blocklist", page=1, pageSize=NEWEST_BLOCKED, sortKey="date", sortDirection="descending"
        )
        return read_answer(body, self.title, _Blocklist, "a blocklist").records

    async def searches_after_failed(self) -> bool:
        """Whether it searches by itself for what it was told has failed."""
        body = await self._http.get("config/downloadclient", "its settings")
        return read_answer(body, self.title, _DownloadClients, "settings").auto_redownload_failed

    @property
    def _files(self) -> str:
        return "episodefile" if self.kind == "sonarr" else "moviefile"


def _object(body: bytes) -> dict[str, object]:
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}
