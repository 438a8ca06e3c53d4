"""The calls that add a series or film to Sonarr or Radarr, and what they need: profiles, tags, and what is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediatui.services.arr.records import Id, Movie, Series, read_answer
from mediatui.services.fields import Text

if TYPE_CHECKING:
    from mediatui.model.arr import ArrKind
    from mediatui.services.arr.http import ArrHttp


@dataclass(frozen=True, slots=True)
class Profile:
    """A quality profile."""

    id: Id
    name: Text = ""


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag; its label is in small letters."""

    id: Id
    label: Text = ""


@dataclass(frozen=True, slots=True)
class Made:
    """The answer to an addition."""

    id: Id


class AddingCalls:
    """The calls of a client that add. Each raises ServiceError."""

    kind: ArrKind
    title: str
    _http: ArrHttp

    async def profiles(self) -> tuple[Profile, ...]:
        """Its quality profiles."""
        body = await self._http.get("qualityprofile", "its quality profiles")
        return tuple(read_answer(body, self.title, list[Profile], "a list of quality profiles"))

    async def tags(self) -> tuple[Tag, ...]:
        """Its tags."""
        return tuple(read_answer(await self._http.get("tag", "its tags"), self.title, list[Tag], "a list of tags"))

    async def item_of(self, catalog_id: int) -> Series | Movie | None:
        """Its series of an id at TVDB, or its film of one at TMDB; None when it has none."""
        if self.kind == "sonarr":
            body = await self._http.get("series", "its series", tvdbId=catalog_id)
            series = read_answer(body, self.title, list[Series], "a list of series")
            return next((one for one in series if one.tvdb_id == catalog_id), None)
        body = await self._http.get("movie", "its films", tmdbId=catalog_id)
        films = read_answer(body, self.title, list[Movie], "a list of films")
        return next((one for one in films if one.tmdb_id == catalog_id), None)

    async def add(self, body: Mapping[str, object]) -> int:
        """Adds a series or film (``bodies``) and returns its id there; its episodes come later, with the end of the
        refresh this begins. Raises Permanent with every message of a refusal, and Uncertain when it may have been
        added."""
        path = "series" if self.kind == "sonarr" else "movie"
        answer = await self._http.write("POST", path, f"the {'series' if path == 'series' else 'film'} added", body)
        return read_answer(answer, self.title, Made, "an answer to an addition").id

    async def remove_item(self, item_id: int) -> None:
        """Removes a series or film and leaves every file where it is; it may be added again by its lists. Raises
        Uncertain when it may have been removed."""
        path, excluded = "movie", "addImportExclusion"
        if self.kind == "sonarr":
            path, excluded = "series", "addImportListExclusion"
        about = f"the {'series' if path == 'series' else 'film'} {item_id}"
        await self._http.write("DELETE", f"{path}/{item_id}", about, params={"deleteFiles": "false", excluded: "false"})
