"""What the words of a name say of a release, in memory and in SQL."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediatui.model.query_tree import Says
from mediatui.model.release_words import FACTS, NOT_NAMED, all_words, read_words, value_meant, values_of
from mediatui.model.text import fold
from mediatui.store.conditions import torrents_matching_leaf


@pytest.mark.parametrize(
    ("name", "resolution", "source", "languages"),
    [
        ("Film.2019.FRENCH.1080p.WEB-DL.x264-GRP", "1080p", "web-dl", "french"),
        ("Show.S01.MULTi.VFF.2160p.UHD.BluRay.REMUX", "2160p", "remux", "french multi"),
        ("Film.720p.UHD.BluRay", "720p", "bluray", ""),
        ("Film.UHD.Blu-ray", "2160p", "bluray", ""),
        ("Film [4K] [WEBRip]", "2160p", "web", ""),
        ("Show 1080i HDTV", "1080p", "hdtv", ""),
        ("Old.DVDRip.XviD", "none", "dvd", ""),
        ("The.French.Dispatch.2021.1080p", "1080p", "none", ""),
        ("Show.S01E02.German.DL.720p.web", "720p", "web", "german"),
        ("Show FRENCH BluRay", "none", "bluray", "french"),
        ("Studio54K", "none", "none", ""),
        ("Cobweb", "none", "none", ""),
        ("Die.Größe.2020.GERMAN", "none", "none", "german"),
        ("Pack\nFilm.VOSTFR.480p.mkv", "480p", "none", "vostfr"),
        ("", "none", "none", ""),
    ],
)
def test_words_of_a_name(name: str, resolution: str, source: str, languages: str) -> None:
    said = read_words("\n".join(map(fold, name.split("\n"))))
    assert (said.resolution, said.source, " ".join(sorted(said.languages))) == (resolution, source, languages)


@pytest.mark.parametrize(
    ("fact", "text", "value"),
    [
        ("resolution", "1080", "1080p"), ("resolution", "UHD", "2160p"), ("resolution", "900p", None),
        ("source", "blu-ray", "bluray"), ("source", "WEB DL", "web-dl"), ("source", "we", None),
        ("language", "eng", "english"), ("language", "truefrench", "french"), ("language", "", None),
        ("language", "none", "none"),
    ],
)  # fmt: skip
def test_a_value_is_meant_by_itself_or_by_its_words(fact: str, text: str, value: str | None) -> None:
    assert value_meant(fact, text) == value  # type: ignore[arg-type]


WORDS = [word.replace("_", " ") for _, _, word, _ in all_words()]
names = st.lists(
    st.tuples(
        st.sampled_from([*WORDS, "title", "2019", "s01", "x264", "é", "1080", "ddp5 1"]), st.sampled_from(".- [(é\n5")
    ),
    max_size=6,
).map(lambda pairs: "".join(word + between for word, between in pairs))


@given(name=names)
def test_sql_finds_what_is_read(name: str) -> None:
    folded = "\n".join(map(fold, name.split("\n")))
    said = read_words(folded)
    read = {"resolution": {said.resolution}, "source": {said.source}, "language": said.languages or {NOT_NAMED}}
    with closing(sqlite3.connect(":memory:")) as connection:
        for fact in FACTS:
            found = set()
            for value in (*values_of(fact), NOT_NAMED):
                condition = torrents_matching_leaf(Says(fact, value), 0.0)
                row = connection.execute(
                    f"SELECT {condition.text} FROM (SELECT ? AS folded)", (*condition.values, folded)
                ).fetchone()
                found |= {value} if row[0] else set()
            assert found == read[fact]
