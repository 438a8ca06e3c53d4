"""Films and series of the catalogs: found by words or an id, with what is known of them here, and their episodes."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mediatui.commands.columns import Column
from mediatui.model.badges import Known
from mediatui.model.catalog import CATALOG_TITLES, CatalogEpisode, CatalogKind, CatalogTitle
from mediatui.model.human import counted
from mediatui.model.text import printable

if TYPE_CHECKING:
    from mediatui.acquire.search.media import FoundMedia
    from mediatui.commands.answer import Answer
    from mediatui.commands.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ShownMedia:
    """A film or series, and what is known of it here."""

    title: CatalogTitle
    known: Known

    @property
    def named(self) -> str:
        """What it is called by for people: ``Foundation (2021)``."""
        year = f" ({self.title.year})" if self.title.year else ""
        return f"{printable(self.title.title)}{year}"

    @property
    def original(self) -> str:
        """The original title, where it is another."""
        title = self.title
        return printable(title.original_title) if title.original_title not in ("", title.title) else ""


@dataclass(frozen=True, slots=True)
class _Season:
    """A season, how many episodes it has, and the first and the last day of them."""

    number: int
    episodes: int
    first: str
    last: str


MEDIA_COLUMNS: Final[tuple[Column[ShownMedia], ...]] = (
    Column("Id", headless=lambda one: one.title.name),
    Column("Title", headless=lambda one: one.named, cut="end", least=24),
    Column("What", headless=lambda one: one.title.kind),
    Column("Original title", headless=lambda one: one.original, cut="end", least=12, rank=2),
    Column("Here", headless=lambda one: one.known.text),
)
SEASON_COLUMNS: Final[tuple[Column[_Season], ...]] = (
    Column("Season", headless=lambda one: f"{one.number}", right=True),
    Column("Episodes", headless=lambda one: f"{one.episodes}", right=True),
    Column("First aired", headless=lambda one: one.first or "?"),
    Column("Last aired", headless=lambda one: one.last or "?"),
)
EPISODE_COLUMNS: Final[tuple[Column[CatalogEpisode], ...]] = (
    Column("Episode", headless=lambda one: f"S{one.season:02d}E{one.number:02d}"),
    Column("Aired", headless=lambda one: one.air_date or "?"),
    Column("Title", headless=lambda one: printable(one.title), cut="end", least=24),
)


async def find_shown(workspace: Workspace, text: str, kind: CatalogKind | None) -> tuple[list[ShownMedia], FoundMedia]:
    """The films and series that a search finds, with what is known of each here. Raises MediatuiError."""
    from mediatui.acquire.search.media import find_media, known_media

    found = await find_media(workspace.catalogs, text, kind)
    known = await workspace.read(known_media, found.titles)
    return [ShownMedia(title, its) for title, its in zip(found.titles, known, strict=True)], found


async def show_media(answer: Answer, text: str, kind: CatalogKind | None, season: int | None) -> int:
    """Shows the films and series that are found; of a single series its seasons, or the episodes of one. The exit code
    is 1 when nothing is found, or a catalog did not answer."""
    from mediatui.acquire.search.media import read_asked

    asked = read_asked(text)
    season = asked.season if season is None else season
    text, kind = asked.text, "series" if asked.season is not None and kind is None else kind
    async with answer.workspace() as workspace:
        shown, found = await find_shown(workspace, text, kind)
        for one in shown:
            answer.row("media", as_json(one))
        answer.table(MEDIA_COLUMNS, shown)
        if len(shown) == 1:
            await _show_one(answer, workspace, shown[0], season)
    for failure in found.failures:
        answer.said("warning", failure.sentence)
    summary = f"{counted(len(shown), 'film or series', 'films and series')}."
    answer.result(summary, ok=bool(shown), counts={"media": len(shown), "silent": len(found.failures)})
    return 0 if shown and not found.failures else 1


async def _show_one(answer: Answer, workspace: Workspace, shown: ShownMedia, season: int | None) -> None:
    """What more there is to be said of one film or series."""
    from mediatui.acquire.search.media import read_episodes

    title = shown.title
    if title.aliases or title.overview:
        answer.line()
    if title.aliases:
        answer.line(f"also known as {', '.join(map(printable, title.aliases))}")
    if title.overview:
        where = f" (overview: {title.overview_from})" if title.overview_from else ""
        answer.line(f"{printable(title.overview)}{where}")
    if title.kind == "film":
        return
    episodes = await read_episodes(workspace.catalogs, title, season)
    for one in episodes:
        answer.row("episode", {"series": title.name, **dataclasses.asdict(one)})
    answer.line()
    if season is None:
        answer.table(SEASON_COLUMNS, _seasons(episodes))
    else:
        answer.table(EPISODE_COLUMNS, episodes)
    answer.line(f"numbers and days are those of {CATALOG_TITLES[title.catalog]}")


def _seasons(episodes: Sequence[CatalogEpisode]) -> list[_Season]:
    counts = Counter(one.season for one in episodes)
    days = {number: sorted(one.air_date for one in episodes if one.season == number and one.air_date)
            for number in counts}  # fmt: skip
    return [
        _Season(number, count, days[number][0] if days[number] else "", days[number][-1] if days[number] else "")
        for number, count in sorted(counts.items())
    ]


def as_json(shown: ShownMedia) -> dict[str, object]:
    """The fields of a film or series for a program."""
    title, known = shown.title, shown.known
    return {
        "id": title.name, "kind": title.kind, "title": title.title, "year": title.year,
        "original_title": title.original_title or None, "original_language": title.original_language or None,
        "aliases": title.aliases, "overview": title.overview or None, "title_from": title.title_from or None,
        "overview_from": title.overview_from or None, "tmdb_id": title.tmdb_id or None,
        "tvdb_id": title.tvdb_id or None, "imdb_id": f"tt{title.imdb_id:07d}" if title.imdb_id else None,
        "status": title.status or None, "badge": known.badge, "here": known.here or None,
    }  # fmt: skip
