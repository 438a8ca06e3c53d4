"""Records in the answers of TVDB, read leniently: one without an id is none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from mediatui.model.catalog import CatalogEpisode, CatalogKind, CatalogTitle, choose_text, has_text
from mediatui.model.languages import short_language
from mediatui.services.fields import as_text, day, genres_in, imdb_number, objects, whole, whole_or_none, year_of

_LETTERS: Final = re.compile(r"[^a-z]")


def read_found(value: Mapping[str, object], kind: CatalogKind, languages: Sequence[str]) -> list[CatalogTitle]:
    """The series or films of a search, in its order."""
    return [found for row in objects(value.get("data")) if (found := _found(row, kind, languages)) is not None]


def read_remote(value: Mapping[str, object], kind: CatalogKind) -> list[int]:
    """The ids of the series or films that have an id elsewhere."""
    name = "series" if kind == "series" else "movie"
    found = (row.get(name) for row in objects(value.get("data")))
    return [number for one in found if isinstance(one, dict) and (number := whole(one.get("id")))]


def read_title(value: Mapping[str, object], kind: CatalogKind, languages: Sequence[str]) -> CatalogTitle:
    """A series or film with its translations; raises ValueError for one without an id."""
    data = value.get("data")
    number = whole(data.get("id")) if isinstance(data, dict) else 0
    if not isinstance(data, dict) or not number:
        raise ValueError("it has no id")
    given = data.get("translations")
    given = given if isinstance(given, dict) else {}
    names = list(objects(given.get("nameTranslations")))
    own = [one for one in names if one.get("isAlias") is not True]
    titles = {short_language(_text(one, "language")): _text(one, "name") for one in own}
    overviews = {
        short_language(_text(one, "language")): _text(one, "overview")
        for one in objects(given.get("overviewTranslations"))
    }
    language = short_language(_text(data, "originalLanguage"))
    title = choose_text(titles, languages, language, _text(data, "name"))
    overview = choose_text(overviews, languages, language, _text(data, "overview"))
    original = titles.get(language, "").strip() or _text(data, "name").strip()
    wanted = (*languages, "en")
    others = [titles.get(one, "") for one in wanted]
    aliased = [*names, *objects(data.get("aliases"))]
    others += [_text(one, "name") for one in aliased if short_language(_text(one, "language")) in wanted]
    listed = given.get("alias")
    others += [str(as_text(one)) for one in listed] if isinstance(listed, list) else []
    status = data.get("status")
    return CatalogTitle(
        "tvdb", kind, number, title.text or original, _year(data), original, language, overview.text, title.language,
        overview.language, _others(others, title.text, original), tvdb_id=number,
        tmdb_id=_remote_id(data.get("remoteIds"), "themoviedb"), imdb_id=_remote_id(data.get("remoteIds"), "imdb"),
        status=_text(status, "name") if isinstance(status, dict) else "", genres=genres_in(data),
    )  # fmt: skip


def read_episodes(value: Mapping[str, object]) -> tuple[list[CatalogEpisode], bool]:
    """The episodes of a page, and whether another page follows."""
    data, links = value.get("data"), value.get("links")
    rows = objects(data.get("episodes") if isinstance(data, dict) else None)
    found = [
        CatalogEpisode(
            number, whole(row.get("seasonNumber")), whole(row.get("number")), _text(row, "name").strip(),
            day(row.get("aired")), whole_or_none(row.get("absoluteNumber")) or None,
        )
        for row in rows
        if (number := whole(row.get("id")))
    ]  # fmt: skip
    return found, isinstance(links, dict) and bool(links.get("next"))


def _found(row: Mapping[str, object], kind: CatalogKind, languages: Sequence[str]) -> CatalogTitle | None:
    number = whole(row.get("tvdb_id"))
    if not number:
        return None
    titles, overviews = _by_language(row.get("translations")), _by_language(row.get("overviews"))
    language = short_language(_text(row, "primary_language"))
    title = choose_text(titles, languages, language, _text(row, "name"))
    overview = choose_text(overviews, languages, language, _text(row, "overview"))
    original = titles.get(language, "").strip() or _text(row, "name").strip()
    listed = row.get("aliases")
    others = [titles.get(one, "") for one in (*languages, "en")]
    others += [str(as_text(one)) for one in listed] if isinstance(listed, list) else []
    return CatalogTitle(
        "tvdb", kind, number, title.text or original, year_of(row.get("year")), original, language, overview.text,
        title.language, overview.language, _others(others, title.text, original), tvdb_id=number,
        tmdb_id=_remote_id(row.get("remote_ids"), "themoviedb"), imdb_id=_remote_id(row.get("remote_ids"), "imdb"),
        status=_text(row, "status"),
    )  # fmt: skip


def _others(titles: Sequence[str], title: str, original: str) -> tuple[str, ...]:
    stripped = (one.strip() for one in titles if has_text(one))
    return tuple(dict.fromkeys(one for one in stripped if one not in (title, original)))


def _year(data: Mapping[str, object]) -> int | None:
    return year_of(data.get("year")) or year_of(data.get("firstAired"))


def _by_language(value: object) -> dict[str, str]:
    return {short_language(name): str(as_text(text)) for name, text in value.items()} if isinstance(value, dict) else {}


def _remote_id(value: object, source: str) -> int:
    """The id at another place, 0 for none."""
    return next(_ids_of(value, source), 0)


def _ids_of(value: object, source: str) -> Iterator[int]:
    for one in objects(value):
        if _LETTERS.sub("", _text(one, "sourceName").lower()).startswith(source):
            number = imdb_number(one.get("id")) if source == "imdb" else whole(one.get("id"))
            if number:
                yield number


def _text(fields: Mapping[str, object], name: str) -> str:
    return str(as_text(fields.get(name)))
