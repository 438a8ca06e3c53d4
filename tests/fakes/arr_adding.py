"""What a fake Sonarr or Radarr knows of the world, invented: looking a title up, and adding it."""

from __future__ import annotations

import re
from typing import Final

import httpx

from tests.fakes.arr_answers import body_of, empty, failure, no_such_root, not_positive, ok, refused, rows_in
from tests.fakes.arr_commands import Commands
from tests.fakes.arr_qualities import Row, read_from
from tests.fakes.arr_records import Records, join
from tests.fakes.arr_rows import number

SERIES: Final = {
    900_001: ("Harbor Lights", 2019, {1: 6, 2: 6}),
    900_004: ("Signal", 2016, {1: 8}),
    900_009: ("Twofold", 2022, {1: 8}),
}
"""By the number of TVDB: the title, the year, and how many episodes each season has."""
FILMS: Final = {800_001: ("Quiet Harbor", 2014), 800_004: ("Lantern Road", 2011), 800_008: ("Salt and Iron", 2017)}
"""By the number of TMDB: the title and the year."""
MINIMUMS: Final = {"tba", "announced", "inCinemas", "released"}
NO_SUCH_MINIMUM: Final = {
    "type": "https://tools.ietf.org/html/rfc9110#section-15.5.1", "title": "One or more validation errors occurred.",
    "status": 400, "errors": {"$.minimumAvailability": [
        "The JSON value could not be converted to NzbDrone.Core.Movies.MovieStatusType. Path: $.minimumAvailability | "
        "LineNumber: 0 | BytePositionInLine: 112."
    ]},
}  # fmt: skip
ALTERNATE_TITLES: Final = {
    900_001: ("Harbour Lights", "Hafenlichter"),
    800_001: ("Quiet Harbour", "Stiller Hafen"),
}
"""By either number: the alternative titles."""
_NUMBERED: Final = re.compile(r"(?<![0-9A-Za-z])(?:S[0-9]{2}|(?:19|20)[0-9]{2}(?![0-9]))")
_GROUP: Final = re.compile(r"-([A-Za-z0-9]+)$")


class AddingApi:
    """The endpoints that add an item."""

    def __init__(self, records: Records, commands: Commands) -> None:
        self._records = records
        self._commands = commands
        self._sonarr = records.kind == "sonarr"
        self._number = "tvdbId" if self._sonarr else "tmdbId"
        self._word = "tvdb" if self._sonarr else "tmdb"
        self.world: dict[int, tuple[str, int]] = {}
        """What is found by the words of its title, by its number: the title and the year."""
        self.parses: dict[str, tuple[int, list[tuple[int, int]]]] = {}
        """How names are read: the number of the series, and season and episode of each of its episodes."""

    def lookup(self, request: httpx.Request, _: int) -> httpx.Response:
        term = request.url.params.get("term", "")
        word, _, given = term.partition(":")
        if word == self._word and given.isdecimal():
            return ok(self._looked_up(int(given)))
        words = set(term.lower().split())
        named = [number for number, one in self.world.items() if words <= set(one[0].lower().split())]
        return ok([row for number in named for row in self._looked_up(number)])

    def parse(self, request: httpx.Request, _: int) -> httpx.Response:
        title = request.url.params.get("title", "")
        if title not in self.parses:
            return ok({"title": title, "customFormatScore": 0, **self._read(title)})
        item, numbers = self.parses[title]
        row = self._records.items[item]
        episodes = [self._records.episode(item, season, episode) for season, episode in numbers]
        series = {"id": item, "title": row["title"], "tvdbId": row["tvdbId"], "seriesType": row["seriesType"]}
        return ok({"title": title, "series": series, "episodes": episodes, "customFormatScore": 0})

    def _read(self, title: str) -> Row:
        """What a name says of itself: nothing, where it has neither numbers nor a year."""
        if not _NUMBERED.search(title):
            return {}
        group = _GROUP.search(title)
        info = {
            "releaseTitle": title, "quality": read_from(self._records.kind, title),
            "releaseGroup": group[1] if group else "",
        }  # fmt: skip
        return {"parsedEpisodeInfo" if self._sonarr else "parsedMovieInfo": info}

    def _looked_up(self, known: int) -> list[Row]:
        if known not in (SERIES if self._sonarr else FILMS) and known not in self.world:
            return []
        for row in self._records.items.values():
            if row[self._number] == known:
                shown = self._records.item_json(row)
                hidden = {"rootFolderPath", "alternateTitles" if self._sonarr else "hasFile"}
                return [{name: shown[name] for name in shown if name not in hidden}]
        title, year = self._named(known)
        facts: Row = {"year": year, "qualityProfileId": 0, self._number: known, **self._also(known)}
        row = self._records.plain(0, title, "", **facts)
        del row["id"], row["path"]
        titles = [{name: one[name] for name in one if name != "id"} for one in rows_in(row, "alternateTitles")]
        del row["alternateTitles"]  # Sonarr's lookup has none
        row["folder"] = title if self._sonarr else f"{title} ({year})"
        if self._sonarr:
            seasons = SERIES[known][2] if known in SERIES else {1: 0, 2: 0}
            row["seasons"] = [{"seasonNumber": season, "monitored": True} for season in seasons]
        else:
            row |= {"monitored": False, "minimumAvailability": "tba", "alternateTitles": titles}
        return [row]

    def add_item(self, request: httpx.Request, _: int) -> httpx.Response:
        given = body_of(request)
        known, root, path = number(given.get(self._number)), given.get("rootFolderPath"), given.get("path")
        if not self._sonarr and given.get("minimumAvailability", "released") not in MINIMUMS:
            return ok(NO_SUCH_MINIMUM, 400)
        if wrong := self._wanting(given):
            return refused(*wrong)
        field, what = ("TvdbId", "series") if self._sonarr else ("TmdbId", "movie")
        if any(row[self._number] == known for row in self._records.items.values()):
            says = f"This {what} has already been added"
            return refused(failure(field, says, known, f"{what.title()}ExistsValidator"))
        if (profile := number(given["qualityProfileId"])) not in self._records.profiles:
            says = "Quality Profile does not exist"
            return refused(failure("QualityProfileId", says, profile, "QualityProfileExistsValidator"))
        if root and root not in self._records.roots:
            return no_such_root(root)
        if known not in (SERIES if self._sonarr else FILMS):
            return refused(failure(field, f"A {what} with this ID was not found. Path: ", known))
        title, year = self._named(known)
        folder = str(path or join(str(root), title if self._sonarr else f"{title} ({year})"))
        facts: Row = {"year": year, "monitored": given.get("monitored", True), "tags": given.get("tags", [])}
        facts |= self._also(known)
        taken = ["qualityProfileId", *(("seriesType", "seasonFolder") if self._sonarr else ("minimumAvailability",))]
        facts |= {name: given[name] for name in taken if name in given}
        item = self._records.hold(title, self._records.ours(folder), (), **{**facts, self._number: known})
        if self._sonarr:
            self._commands.on_refresh[item] = lambda: self._add_episodes(item, known, given)
        self._commands.send(
            "RefreshSeries" if self._sonarr else "RefreshMovie", {"seriesIds" if self._sonarr else "movieIds": [item]}
        )
        return ok(self._records.item_json(self._records.items[item]), 201)

    def _wanting(self, given: Row) -> list[Row]:
        """What is required and not there."""
        wrong: list[Row] = []
        if number(given.get("qualityProfileId")) < 1:
            wrong.append(not_positive("QualityProfileId"))
        if not given.get("path") and not given.get("rootFolderPath"):
            wrong += [empty("Path"), empty("RootFolderPath")]
        unknown = number(given.get(self._number)) < 1
        # Radarr wants a title only where there is no number to find it by.
        if not given.get("title") and (self._sonarr or unknown):
            wrong.append(empty("Title"))
        if unknown:
            wrong.append(not_positive("TvdbId") if self._sonarr else empty("TmdbId", 0))
        return wrong

    def _named(self, known: int) -> tuple[str, int]:
        if known in self.world:
            return self.world[known]
        title, year = SERIES[known][:2] if self._sonarr else FILMS[known]
        return title, year

    @staticmethod
    def _also(known: int) -> Row:
        """The field with the alternative titles."""
        return {"alternateTitles": list(ALTERNATE_TITLES.get(known, ()))}

    def _add_episodes(self, item: int, known: int, given: Row) -> None:
        """Episodes of the seasons, monitored as it was said; a season that was left out is monitored."""
        options = given.get("addOptions")
        how = options.get("monitor") if isinstance(options, dict) else None
        wanted = {number(one["seasonNumber"]): bool(one["monitored"]) for one in rows_in(given, "seasons")}
        row = self._records.items[item]
        on = {season: wanted.get(season, True) if how != "all" else season > 0 for season in SERIES[known][2]}
        if how in ("none", "future"):  # each of these has ended
            on = dict.fromkeys(on, False)
        if how == "none":
            row["monitored"] = False
        for season, episodes in SERIES[known][2].items():
            for episode in range(1, episodes + 1):
                self._records.episode(item, season, episode, monitored=on[season] and how is not None)
        for season_row in rows_in(row, "seasons"):
            season_row["monitored"] = on.get(number(season_row["seasonNumber"]), True)
