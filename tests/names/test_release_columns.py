"""The columns of a release by its name: the table ``release_names.txt``, names made of parts, and hostile ones."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediatui.model.text import printable
from mediatui.names.release_columns import ReleaseColumns, columns_of
from tests.worlds.any_text import HOSTILE_NAMES

TABLE = Path(__file__).parent / "release_names.txt"


def said(columns: ReleaseColumns) -> str:
    """All that a name says on one line: ``Rivage S02E05 | episode | 1080 web-dl x264 | ddp 5.1 | french | -GRP``. Parts
    that say nothing are left out."""
    numbers = "".join(f"S{season:02}" for season in columns.seasons)
    numbers += "".join(f"E{episode:02}" for episode in columns.episodes)
    numbers += "".join(f"#{episode}" for episode in columns.absolute)
    year = f"({columns.year})" if columns.year else ""
    parts = [
        f"{columns.title} {year} {numbers}{columns.date}",
        columns.kind,
        f"{columns.resolution or ''} {columns.source} {columns.codec}",
        " ".join(columns.hdr),
        " ".join((*columns.audio, columns.channels)),
        " ".join(columns.languages),
        " ".join(columns.flags),
        f"-{columns.group}" if columns.group else "",
    ]
    return " | ".join(" ".join(part.split()) for part in parts if part.strip())


def rows() -> list[tuple[str, str]]:
    """The names of the table and what each says."""
    lines = [line for line in TABLE.read_text("utf-8").splitlines() if line]
    return [(name, says.strip()) for name, says in zip(lines[::2], lines[1::2], strict=True)]


def test_the_table_of_names_is_read() -> None:
    table = rows()
    assert len({name for name, _ in table}) >= 300
    wrong = [f"{name}\n  is   {said(columns_of(name))}\n  not  {says}" for name, says in table]
    assert [line for line, (name, says) in zip(wrong, table, strict=True) if said(columns_of(name)) != says] == []


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Rivage.S05.FRENCH.1080p.WEB.H264-FW42", "Rivage S05 | pack"),
        ("Rivage.S05.1080p.WEB.H.264-GRP", "Rivage S05 | pack"),
        ("Rivage.S05.EP.7.1080p.WEB-GRP", "Rivage S05E07 | episode"),
        ("Rivage S05 - 07 [1080p]", "Rivage S05E07 | episode"),
        ("Rivage.S05.07.1080p.WEB-GRP", "Rivage S05E07 | episode"),
        ("Rivage.S05.S06.1080p.WEB-GRP", "Rivage S05S06 | pack"),
        ("Rivage.ep12.1080p.WEB-GRP", "Rivage #12 | episode"),
        ("Rivage.2019.1080p.BluRay.DTS-HD.MA.5.1.x264-FW42", "Rivage (2019) | film"),
    ],
)
def test_a_season_stands_alone_only_where_nothing_behind_it_may_be_an_episode(name: str, says: str) -> None:
    assert " | ".join(said(columns_of(name)).split(" | ")[:2]) == says


TITLES = st.lists(
    st.sampled_from(["Rivage", "Vallée", "Northern", "Ferry", "Soir", "Lantern", "Été", "Zone", "Quartz", "Œuvre"]),
    min_size=1, max_size=4,
).map(" ".join)  # fmt: skip
HEIGHTS = st.sampled_from([2160, 1080, 720, 576, 480])
SOURCES = st.sampled_from(
    [("WEB-DL", "web-dl"), ("WEB", "web-dl"), ("WEBRip", "webrip"), ("BluRay", "bluray"), ("BDRip", "bluray"),
     ("BluRay.REMUX", "remux"), ("HDTV", "hdtv"), ("DVDRip", "dvd"), ("HDCAM", "cam"), ("COMPLETE.BLURAY", "disc")]
)  # fmt: skip
CODECS = st.sampled_from(
    [("x264", "x264"), ("H.264", "x264"), ("x265", "x265"), ("HEVC", "x265"), ("AV1", "av1"), ("XviD", "xvid")]
)
LANGUAGES = st.lists(
    st.sampled_from(
        [("MULTi", "multi"), ("FRENCH", "french"), ("VFF", "vff"), ("VFQ", "vfq"), ("VFI", "vfi"), ("VOSTFR", "vostfr"),
         ("TRUEFRENCH", "vff"), ("ENGLISH", "english"), ("GERMAN", "german"), ("iTALiAN", "italian")]
    ), max_size=2, unique_by=lambda pair: pair[1],
)  # fmt: skip
SOUND = st.sampled_from(
    [("", ()), ("DDP5.1", ("ddp",)), ("DD+5.1", ("ddp",)), ("TrueHD.Atmos", ("atmos", "truehd")), ("AAC", ("aac",)),
     ("DTS-HD.MA", ("dts-hd",))]
)  # fmt: skip
COLOURS = st.sampled_from(
    [("", ()), ("DV", ("dv",)), ("HDR", ("hdr10",)), ("DV.HDR10+", ("dv", "hdr10+")), ("HLG", ("hlg",))]
)
FLAGS = st.sampled_from([("", ()), ("PROPER", ("proper",)), ("REPACK", ("repack",)), ("iNTERNAL", ("internal",))])
GROUPS = st.sampled_from(["ALPHA", "QTZ", "Kestrel", "D-Z0N3", "nIk", "E.N.D"])
NUMBERS = st.sampled_from(
    [("2021", 2021, (), (), "film"), ("S02", None, (2,), (), "pack"), ("S02E05", None, (2,), (5,), "episode"),
     ("2021.S02E05E06", 2021, (2,), (5, 6), "episode"), ("S01-S03", None, (1, 2, 3), (), "pack")]
)  # fmt: skip


@settings(max_examples=120)
@given(TITLES, NUMBERS, LANGUAGES, FLAGS, HEIGHTS, SOURCES, COLOURS, SOUND, CODECS, GROUPS)
def test_a_name_made_of_parts_gives_the_parts_back(
    title: str,
    number: tuple[str, int | None, tuple[int, ...], tuple[int, ...], str],
    languages: list[tuple[str, str]],
    flag: tuple[str, tuple[str, ...]],
    height: int,
    source: tuple[str, str],
    colours: tuple[str, tuple[str, ...]],
    sound: tuple[str, tuple[str, ...]],
    codec: tuple[str, str],
    group: str,
) -> None:
    if source[1] == "disc":
        codec = ("", "")
    written, year, seasons, episodes, kind = number
    tags = [flag[0], *(word for word, _ in languages), f"{height}p", source[0], colours[0], sound[0], codec[0]]
    name = ".".join(filter(None, [title.replace(" ", "."), written, *tags])) + f"-{group}"
    read = columns_of(name)
    assert (read.title, read.year, read.seasons, read.episodes, read.kind) == (title, year, seasons, episodes, kind)
    assert (read.resolution, read.source, read.codec) == (height, source[1], codec[1])
    assert (read.hdr, read.audio, read.flags) == (colours[1], sound[1], flag[1])
    assert read.languages == tuple(word for _, word in languages)
    assert read.group == group
    assert read.cut


@settings(max_examples=100)
@given(HOSTILE_NAMES)
def test_no_text_makes_the_columns_raise(name: str) -> None:
    read = columns_of(name)
    assert read.title == printable(read.title, empty="")
    assert read.is_pack == (read.kind in ("pack", "collection"))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "unknown"),
        ("Ferry &amp; Fils 2018 FRENCH 1080p WEB-QTZ", "Ferry & Fils (2018) | film | 1080 web-dl | french | -QTZ"),
        ("Ferry\nFils\t2018\r\nFRENCH 1080p WEB-QTZ", "Ferry Fils (2018) | film | 1080 web-dl | french | -QTZ"),
        ("\u202eFerry.2018\u200f.FRENCH.1080p.WEB-QTZ", "Ferry (2018) | film | 1080 web-dl | french | -QTZ"),
        ("\x1b[31mFerry\x1b[0m 2018 1080p", "31mFerry[0m (2018) | film | 1080"),
        ("Ferry.2018.1080p.WEB.x264-QTZ" + " " * 2000, "Ferry (2018) | film | 1080 web-dl x264 | -QTZ"),
    ],
)
def test_hostile_titles_are_read_as_plain_text(name: str, says: str) -> None:
    assert said(columns_of(name)) == says


def test_a_title_of_two_thousand_characters_takes_no_time() -> None:
    names = [
        piece * (2000 // len(piece)) for piece in ("S01E", "1080p-", "[a] ", "&amp;", "x-", " - ", "(2010) ", "a.")
    ]
    began = time.perf_counter()
    for name in names:
        columns_of(name)
    assert time.perf_counter() - began < 2


def test_a_name_that_nothing_ends_is_no_sure_title() -> None:
    assert not columns_of("Lete du Renard").cut
    assert columns_of("Lete du Renard 1080p").cut
