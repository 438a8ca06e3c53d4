"""Records in the answers of TMDB, read leniently: one without an id is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from mediatui.model.catalog import CatalogEpisode, CatalogKind, CatalogSeason, CatalogTitle, choose_text, has_text
from mediatui.model.languages import short_language
from mediatui.services.fields import as_text, day, genres_in, imdb_number, objects, whole, year_of

_TITLE: Final[Mapping[CatalogKind, str]] = {"film": "title", "series": "name"}
_DATE: Final[Mapping[CatalogKind, str]] = {"film": "release_date", "series": "first_air_date"}


def read_results(
    answers: Mapping[str, Mapping[str, object]], kind: CatalogKind, languages: Sequence[str], field: str = "results"
) -> list[CatalogTitle]:
    """The films or series of a search, whose answers are by language, in the order of the first of them."""
    rows: dict[int, dict[str, Mapping[str, object]]] = {}
    for language, answer in answers.items():
        for row in objects(answer.get(field)):
            if number := whole(row.get("id")):
                rows.setdefault(number, {})[language] = row
    return [_result(number, kind, by_language, languages) for number, by_language in rows.items()]


def lacks_text(answer: Mapping[str, object], kind: CatalogKind) -> bool:
    """Whether a film or series of a search has no title or no overview in the language that was asked for."""
    return any(
        not has_text(_text(row, _TITLE[kind])) or not has_text(_text(row, "overview"))
        for row in objects(answer.get("results"))
    )


def read_title(value: Mapping[str, object], kind: CatalogKind, languages: Sequence[str]) -> CatalogTitle:
    """A film or series with its external ids and translations; raises ValueError for one without an id."""
    number = whole(value.get("id"))
    if not number:
        raise ValueError("it has no id")
    given = value.get("translations")
    translations = list(objects(given.get("translations") if isinstance(given, dict) else None))
    titles: dict[str, str] = {}
    overviews: dict[str, str] = {}
    for one in translations:
        data, language = one.get("data"), short_language(_text(one, "iso_639_1"))
        if isinstance(data, dict):
            for texts, name in ((titles, _TITLE[kind]), (overviews, "overview")):
                if has_text(text := _text(data, name)):
                    texts.setdefault(language, text)
    original, language = _text(value, f"original_{_TITLE[kind]}"), short_language(_text(value, "original_language"))
    titles.setdefault(language, original)
    title = choose_text(titles, languages, language, _text(value, _TITLE[kind]))
    overview = choose_text(overviews, languages, language, _text(value, "overview"))
    ids = value.get("external_ids")
    ids = ids if isinstance(ids, dict) else {}
    tvdb_id = whole(ids.get("tvdb_id")) if kind == "series" else 0
    others = (titles.get(one, "").strip() for one in (*languages, "en"))
    return CatalogTitle(
        "tmdb", kind, number, title.text or original, year_of(value.get(_DATE[kind])), original, language,
        overview.text, title.language, overview.language,
        tuple(dict.fromkeys(one for one in others if one and one not in (title.text, original))),
        number, tvdb_id, imdb_number(ids.get("imdb_id")), _text(value, "status"),
        tuple(_seasons(value)) if kind == "series" else (), genres_in(value),
    )  # fmt: skip


def read_episodes(value: Mapping[str, object], season: int) -> list[CatalogEpisode]:
    """The episodes of a season."""
    return [
        CatalogEpisode(whole(row.get("id")), season, number, _text(row, "name"), day(row.get("air_date")))
        for row in objects(value.get("episodes"))
        if (number := whole(row.get("episode_number")))
    ]


def _result(
    number: int, kind: CatalogKind, by_language: Mapping[str, Mapping[str, object]], languages: Sequence[str]
) -> CatalogTitle:
    first = next(iter(by_language.values()))
    original, language = _text(first, f"original_{_TITLE[kind]}"), short_language(_text(first, "original_language"))
    titles = {one: _text(row, _TITLE[kind]) for one, row in by_language.items()}
    title = choose_text({language: original, **titles}, languages, language, original)
    overview = choose_text({one: _text(row, "overview") for one, row in by_language.items()}, languages, language)
    others = tuple(dict.fromkeys(one for one in titles.values() if has_text(one) and one not in (title.text, original)))
    return CatalogTitle(
        "tmdb", kind, number, title.text or original, year_of(first.get(_DATE[kind])), original, language,
        overview.text, title.language, overview.language, others, tmdb_id=number,
    )  # fmt: skip


def _seasons(value: Mapping[str, object]) -> Iterator[CatalogSeason]:
    for row in objects(value.get("seasons")):
        if row.get("season_number") is not None:
            yield CatalogSeason(whole(row.get("season_number")), whole(row.get("episode_count")))


def _text(fields: Mapping[str, object], name: str) -> str:
    return str(as_text(fields.get(name)))
