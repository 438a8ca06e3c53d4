"""What a search was asked for: its words or ids, and what narrows it."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass

from mediatui.acquire.search.wanted import Ids, Numbers, WantedKind
from mediatui.model.release import Search


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """The words of a search or the id of a film or series (0: none), and what narrows it: ``indexers`` by name (none:
    those of the settings), ``categories`` by number (none: those of the kind). Indexers of usenet are asked only with
    ``usenet``. ``titles`` and ``year`` are those of the film or series, where they were found out before, and
    ``also_season`` and ``also_episode`` its numbers in another catalog, where they differ."""

    text: str
    kind: WantedKind | None = None
    season: int | None = None
    episode: int | None = None
    indexers: tuple[str, ...] = ()
    categories: tuple[int, ...] = ()
    usenet: bool = False
    tmdb: int = 0
    tvdb: int = 0
    imdb: int = 0
    titles: tuple[str, ...] = ()
    year: int | None = None
    also_season: int | None = None
    also_episode: int | None = None

    @property
    def also(self) -> Numbers | None:
        """Season and episode as another catalog counts them, where that is otherwise."""
        return None if self.also_season is None else (self.also_season, self.also_episode)

    @property
    def ids(self) -> Ids:
        """The ids of the film or series."""
        return Ids(self.tmdb, self.tvdb, self.imdb)

    @property
    def called(self) -> str:
        """What it is called by: the words typed, or the title of the film or series."""
        return self.text or next(iter(self.titles), "")

    @property
    def stored(self) -> str:
        """The options as the search is stored with them (``read_options``)."""
        return json.dumps(dataclasses.asdict(self))

    @property
    def shown(self) -> str:
        """The options as they are typed."""
        imdb = f"tt{self.imdb:07d}" if self.imdb else ""
        ids = [("tmdb", self.tmdb), ("tvdb", self.tvdb), ("imdb", imdb)]
        if self.kind == "series":
            ids.sort(key=lambda one: one[0] != "tvdb")
        parts = [f"--{name} {number}" for name, number in ids if number][:1]  # the others follow from it
        parts += [f"--{self.kind}"] if self.kind else []
        parts += [f"--season {self.season}"] if self.season is not None else []
        parts += [f"--episode {self.episode}"] if self.episode is not None else []
        parts += [f"--indexer {name}" for name in self.indexers]
        return " ".join([*parts, *(f"--category {number}" for number in self.categories)])


def read_options(search: Search) -> SearchOptions:
    """The options a stored search was made with; its words alone where they were edited by hand."""
    try:
        fields = json.loads(search.options)
        fields = {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
        return SearchOptions(**{**fields, "text": fields["text"] or search.text})
    except (ValueError, TypeError, KeyError, AttributeError):
        return SearchOptions(search.text)
