"""What a fake Sonarr or Radarr knows of the world, invented: looking a title up, and adding it."""

from __future__ import annotations

from typing import Final

import httpx

from tests.fakes.arr_answers import body_of, failure, ok, refused, rows_in
from tests.fakes.arr_commands import Commands
from tests.fakes.arr_records import Records, Row, join, number

SERIES: Final = {
    900_001: ("Harbor Lights", 2019, {1: 6, 2: 6}),
    900_004: ("Signal", 2016, {1: 8}),
    900_009: ("Twofold", 2022, {1: 8}),
}
"""By the number of TVDB: the title, the year, and how many episodes each season has."""
FILMS: Final = {800_001: ("Quiet Harbor", 2014), 800_004: ("Lantern Road", 2011), 800_008: ("Salt and Iron", 2017)}
"""By the number of TMDB: the title and the year."""


class AddingApi:
    """The endpoints that add an item."""

    def __init__(self, records: Records, commands: Commands) -> None:
        self._records = records
        self._commands = commands
        self._sonarr = records.kind == "sonarr"
        self._number = "tvdbId" if self._sonarr else "tmdbId"
        self._word = "tvdb" if self._sonarr else "tmdb"

    def lookup(self, request: httpx.Request, _: int) -> httpx.Response:
        word, _, given = request.url.params.get("term", "").partition(":")
        known = int(given) if given.isdecimal() and word == self._word else 0
        if known not in (SERIES if self._sonarr else FILMS):
            return ok([])
        for row in self._records.items.values():
            if row[self._number] == known:
                shown = self._records.item_json(row)
                return ok([{name: shown[name] for name in shown if name not in ("rootFolderPath", "hasFile")}])
        title, year = self._named(known)
        row = self._records.plain(0, title, "", year=year, qualityProfileId=0, **{self._number: known})
        del row["id"], row["path"]
        row["folder"] = title if self._sonarr else f"{title} ({year})"
        if self._sonarr:
            row["seasons"] = [{"seasonNumber": season, "monitored": True} for season in SERIES[known][2]]
        else:
            row |= {"monitored": False, "minimumAvailability": "tba"}
        return ok([row])

    def add_item(self, request: httpx.Request, _: int) -> httpx.Response:
        given = body_of(request)
        known, root, path = number(given.get(self._number)), given.get("rootFolderPath"), given.get("path")
        if wrong := self._wanting(given):
            return httpx.Response(400, json=wrong)
        field = "TvdbId" if self._sonarr else "TmdbId"
        if any(row[self._number] == known for row in self._records.items.values()):
            what = "series" if self._sonarr else "movie"
            return httpx.Response(400, json=[failure(field, f"This {what} has already been added", known)])
        if given["qualityProfileId"] != 1:
            return httpx.Response(400, json=[failure("QualityProfileId", "Quality Profile does not exist", 99)])
        if root and root not in self._records.roots:
            return refused("RootFolderPath", f"Root folder '{root}' does not exist", str(root))
        if known not in (SERIES if self._sonarr else FILMS):
            what = "A series" if self._sonarr else "A movie"
            return httpx.Response(400, json=[failure(field, f"{what} with this ID was not found. Path: ", known)])
        title, year = self._named(known)
        folder = str(path or join(str(root), title if self._sonarr else f"{title} ({year})"))
        facts: Row = {"year": year, "monitored": given.get("monitored", True), "tags": given.get("tags", [])}
        item = self._records.hold(title, self._records.ours(folder), (), **{**facts, self._number: known})
        if self._sonarr:
            self._add_episodes(item, known, given)
        self._commands.send(
            "RefreshSeries" if self._sonarr else "RefreshMovie", {"seriesIds" if self._sonarr else "movieIds": [item]}
        )
        return ok(self._records.item_json(self._records.items[item]), 201)

    def _wanting(self, given: Row) -> list[Row]:
        """What is required and not there."""
        wrong: list[Row] = []
        if number(given.get("qualityProfileId")) < 1:
            wrong.append(failure("QualityProfileId", "'Quality Profile Id' must be greater than '0'.", 0))
        if not given.get("path") and not given.get("rootFolderPath"):
            wrong.append(failure("Path", "'Path' must not be empty."))
            wrong.append(failure("RootFolderPath", "'Root Folder Path' must not be empty."))
        if self._sonarr and not given.get("title"):
            wrong.append(failure("Title", "'Title' must not be empty."))
        if number(given.get(self._number)) < 1:
            form = ("TvdbId", "'Tvdb Id' must be greater than '0'.")
            wrong.append(failure(*(form if self._sonarr else ("TmdbId", "'Tmdb Id' must not be empty.")), 0))
        return wrong

    def _named(self, known: int) -> tuple[str, int]:
        title, year = SERIES[known][:2] if self._sonarr else FILMS[known]
        return title, year

    def _add_episodes(self, item: int, known: int, given: Row) -> None:
        """Episodes of the seasons as they were sent; a season that was left out is monitored."""
        wanted = {number(one["seasonNumber"]): bool(one["monitored"]) for one in rows_in(given, "seasons")}
        for season, episodes in SERIES[known][2].items():
            for episode in range(1, episodes + 1):
                self._records.episode(item, season, episode, monitored=wanted.get(season, True))
        for season_row in rows_in(self._records.items[item], "seasons"):
            season_row["monitored"] = wanted.get(number(season_row["seasonNumber"]), True)
