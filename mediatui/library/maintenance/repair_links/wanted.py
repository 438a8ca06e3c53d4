"""What a dead link should lead to, by its own name, its folders, and what Sonarr and Radarr know of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mediatui.library.maintenance.known_titles import NO_ALTERNATIVES, Alternatives, KnownTitles
from mediatui.library.maintenance.repair_links.parsed_names import ParsedNames
from mediatui.library.maintenance.repair_links.said_by_link import claims_of_link
from mediatui.library.maintenance.same_series import names_of
from mediatui.library.maintenance.snapshot import LibrarySnapshot, TreeLink
from mediatui.model.kinds import kind_of
from mediatui.names.claims import NO_CLAIMS, NameClaims
from mediatui.names.dates import date_of
from mediatui.names.episode_numbers import EpisodeNumbers, episodes_of
from mediatui.names.parsed import library_title
from mediatui.names.seasons import season_of_folder
from mediatui.names.titles import fold_title
from mediatui.store.library.media import media_of_link


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a link should lead to, by its own name, its folders, and what is known of it. ``also`` are the alternative
    titles of the series or film; ``named`` are the numbers in its name where Sonarr's differ; ``date`` is that of an
    episode without numbers, as YYYY-MM-DD; ``link`` and ``old`` is what its name and the file it led to say beyond
    that."""

    titles: tuple[str, ...]
    year: int | None
    numbers: EpisodeNumbers | None
    is_episode: bool
    named: EpisodeNumbers | None = None
    date: str = ""
    link: NameClaims = NO_CLAIMS
    old: NameClaims = NO_CLAIMS
    also: Alternatives = NO_ALTERNATIVES

    @property
    def all_titles(self) -> tuple[str, ...]:
        """The titles and the alternative ones."""
        return (*self.titles, *self.also.titles)

    @property
    def kind(self) -> str:
        """What the titles are of, as in the table of known titles."""
        return "series" if self.is_episode else "film"


def series_folder(folders: Sequence[str]) -> str:
    """The folder of a series: the nearest that is no season's."""
    return next((name for name in reversed(folders) if season_of_folder(name) is None), folders[-1] if folders else "")


def wanted_by(snapshot: LibrarySnapshot, names: ParsedNames, known_titles: KnownTitles, link: TreeLink) -> Wanted:
    """What a link should lead to; the records of Sonarr and Radarr take precedence over its name."""
    name, folders = os.fsdecode(os.path.basename(link.path)), names_of(os.path.dirname(link.path))
    numbers = episodes_of(name, folders)
    is_episode = numbers is not None or kind_of(link.path, snapshot.places.roots) == "episode"
    titles: list[str] = []
    year, named = None, None
    media = media_of_link(snapshot.connection, link.path)
    if media is not None:
        titles += filter(None, (media.title, media.original_title))
        year = media.year
        if media.kind == "episode" and media.season is not None and media.episodes:
            is_episode = True
            by_service = EpisodeNumbers(media.season, media.episodes)
            agrees = numbers is not None and (
                by_service.season == numbers.season and set(by_service.episodes) <= set(numbers.episodes)
            )
            if not agrees:
                numbers, named = by_service, numbers
    own = library_title(name)
    if is_episode:
        shown = series_folder(folders)
        series = library_title(shown)
        titles.append(series[0] if series else shown)
        year = year or (series[1] if series else None)
    if own is not None:
        titles.append(own[0])
        year = year or own[1]
    elif not titles or not is_episode:
        parsed = names.parse(name)
        titles.append(parsed.full_title)
        year = year or parsed.year
    known = tuple(dict.fromkeys(filter(None, map(fold_title, titles))))
    date = date_of(name) if is_episode and numbers is None else ""
    kind, season = ("series", numbers.season if numbers else None) if is_episode else ("film", None)
    also = known_titles.of_media(media, season) or known_titles.of_title(kind, known, year, season)
    claims = claims_of_link(link, known, is_episode=is_episode)
    return Wanted(known, year, numbers, is_episode, named, date, *claims, also)


def with_title(names: ParsedNames, known_titles: KnownTitles, wanted: Wanted, text: str) -> Wanted:
    """``wanted`` with another title, and with the year after the title, if it has one. Where Sonarr or Radarr know
    just one series or film of that title, its other titles are wanted too."""
    own = library_title(text)
    parsed = names.parse(text)
    title, year = own or (parsed.full_title or text, parsed.year)
    folded = fold_title(title) or fold_title(text)
    season = wanted.numbers.season if wanted.numbers else None
    also = known_titles.of_any_title(wanted.kind, folded, year, season)
    return replace(wanted, titles=(folded,), year=year, also=also)
