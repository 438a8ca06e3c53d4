"""What the fixtures of Sonarr, Radarr and guessit say of the columns of a search, and what each parser reads of them.

Values are brought to the words of ``release_columns`` for all three parsers; where a fixture knows no such word (Sonarr
calls a remux a Blu-ray, Radarr a ``WEB`` a WEB-DL) every value that fits is right. A resolution or a source counts only
where the name writes one: both projects also guess them.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from mediatui.names.release_columns import columns_of
from mediatui.names.tag_words import LANGUAGES
from tests.bench import peer_names
from tests.bench.peer_names import Reading

COLUMNS: Final = ("title", "year", "season", "episodes", "date", "resolution", "source", "codec", "language", "group")


@dataclass(frozen=True, slots=True)
class Columns:
    """What a parser read of a name."""

    reading: Reading = field(default_factory=Reading)
    resolution: int = 0
    source: str = ""
    codec: str = ""
    languages: frozenset[str] = frozenset()
    group: str = ""


@dataclass(frozen=True, slots=True)
class ColumnCase:
    """A name, where it is from, one column, and whether what was read there is right."""

    column: str
    origin: str
    name: str
    says: object
    is_right: Callable[[Columns], bool]


# What the fixtures say


def column_cases(folder: Path) -> list[ColumnCase]:
    """The cases of every column, each name once a column."""
    found: dict[tuple[str, str], ColumnCase] = {}
    for case in (*_of_numbers(folder), *_of_arrs(folder), *_of_guessit(folder)):
        found.setdefault((case.column, case.name), case)
    return list(found.values())


def _of_numbers(folder: Path) -> Iterator[ColumnCase]:
    """Title, year, season, episodes and date: the cases that ``peer_names`` reads."""
    for case in peer_names.read_fixtures(folder):
        says, check = case.says, case.checks[0]

        def right(read: Columns, case: peer_names.Case = case) -> bool:
            return peer_names.is_right(case, read.reading)

        if check in ("title", "year", "date"):
            yield ColumnCase(check, "", case.name, getattr(says, check), right)
            continue
        if check in ("numbers", "season"):
            yield ColumnCase("season", "", case.name, says.seasons, _equal_seasons(says, first=check == "season"))
        yield ColumnCase("episodes", "", case.name, says.episodes, _equal_episodes(says))


def _equal_seasons(says: Reading, *, first: bool) -> Callable[[Columns], bool]:
    if first:
        return lambda read: read.reading.seasons[:1] == says.seasons[:1]
    return lambda read: read.reading.seasons == says.seasons


def _equal_episodes(says: Reading) -> Callable[[Columns], bool]:
    return lambda read: read.reading.episodes == says.episodes


_QUALITY_METHOD: Final = re.compile(
    r"should_parse_(?P<source>sdtv|hdtv|webdl|webrip|bluray|dvdr|dvd|remux|brdisk|cam|ts|raw)_?(?P<height>[0-9]{3,4})?p?"
    r"(?P<remux>_remux)?(?:_as_bluray720p)?(?:_1080p)?(?:_quality)?$"
)
_SOURCES_OF_METHOD: Final[Mapping[str, str]] = {
    "sdtv": "hdtv", "hdtv": "hdtv", "raw": "hdtv", "webdl": "web-dl", "webrip": "webrip", "bluray": "bluray",
    "dvd": "dvd", "dvdr": "dvd disc", "remux": "remux", "brdisk": "disc", "cam": "cam", "ts": "cam",
}  # fmt: skip
_HEIGHT_WRITTEN: Final = re.compile(r"(?<![0-9])[0-9]{3,4}[pix](?![a-z])|4k|uhd", re.IGNORECASE)
_SOURCE_WRITTEN: Final = re.compile(
    r"web|blu|(?<![^\W_])b[dr](?![^\W_])|bd|br-?rip|remux|dvd|[ahsp]d ?tv|tv ?rip|dsr|cam|ts|tele|itunes|netflix"
    r"|amazon",
    re.IGNORECASE,
)


def _of_arrs(folder: Path) -> Iterator[ColumnCase]:
    for path in sorted(folder.rglob("*Fixture.cs")):
        if path.parent.name != "ParserTests":
            continue
        origin = "Radarr" if any(part.lower().startswith("radarr") for part in path.parts) else "Sonarr"
        read = {
            "QualityParserFixture.cs": _of_quality, "LanguageParserFixture.cs": _of_language,
            "ReleaseGroupParserFixture.cs": _of_group,
        }.get(path.name)  # fmt: skip
        if read is not None:
            for method, _, arguments in peer_names.read_test_cases(path):
                name = arguments[0] if arguments else None
                if isinstance(name, str) and "\\" not in name and "/" not in name:
                    yield from read(origin, method, name, arguments)


def _of_quality(origin: str, method: str, name: str, _: list[Any]) -> Iterator[ColumnCase]:
    match = _QUALITY_METHOD.match(method)
    if match is None:
        return
    if match["height"] and _HEIGHT_WRITTEN.search(name):
        height = int(match["height"])
        yield ColumnCase("resolution", origin, name, height, lambda read: read.resolution == height)
    if _SOURCE_WRITTEN.search(name):
        wanted = _SOURCES_OF_METHOD[match["source"]].split()
        if match["remux"] or "remux" in name.lower():
            wanted.append("remux")
            wanted = [value for value in wanted if value != "bluray"]
        yield ColumnCase("source", origin, name, wanted, lambda read: read.source in wanted)


_WORDS_OF_LANGUAGES: Final = {
    "brazilian": "pt", "latino": "es", "flemish": "nl", "cantonese": "zh", "mandarin": "zh", "bokmal": "no",
}  # fmt: skip


def _code(word: str) -> str:
    """A language as parsers write it (a word or two to three letters) as one code; none for subtitles or several."""
    word = word.lower()
    code = _WORDS_OF_LANGUAGES.get(word) or LANGUAGES.get(word, word)
    code = {"br": "pt", "pt-br": "pt", "latino": "es", "la": "es", "vff": "fr", "vfq": "fr", "vfi": "fr", "vf2": "fr",
            "vf": "fr", "brazil": "pt", "jp": "ja", "de-ch": "de"}.get(code, code)  # fmt: skip
    return (
        ""
        if code
        in (
            "multi",
            "vostfr",
            "vo",
            "swesub",
            "plsub",
            "und",
            "mul",
            "multi audio",
            "dual audio",
            "and",
            "multiple languages",
        )
        else code
    )


def _codes(words: Iterable[str]) -> frozenset[str]:
    return frozenset(filter(None, map(_code, words)))


def _of_language(origin: str, method: str, name: str, _: list[Any]) -> Iterator[ColumnCase]:
    match = re.match(r"should_parse_language_([a-z_]+)$", method)
    if match is None:
        return
    if match[1] == "unknown":
        yield ColumnCase("language", origin, name, "", lambda read: not read.languages - {"en"})
        return
    words = match[1].removesuffix("_multi").removesuffix("_subbed")
    words = {"brazilian_portuguese": "brazilian", "spanish_latino": "latino"}.get(words, words)
    wanted = _codes(words.split("_"))
    yield ColumnCase("language", origin, name, sorted(wanted), lambda read: wanted <= read.languages)


def _of_group(origin: str, method: str, name: str, arguments: list[Any]) -> Iterator[ColumnCase]:
    group = arguments[1] if len(arguments) > 1 else None
    yield ColumnCase("group", origin, name, group, _same_group(group or ""))


def _same_group(wanted: str) -> Callable[[Columns], bool]:
    """A site in brackets behind the group (``GRP[site]``) is no part of it for some, and counts for nobody."""
    letters = _group_letters(wanted)
    return lambda read: _group_letters(read.group) == letters


def _group_letters(group: str) -> str:
    return peer_names.same_letters(re.sub(r"(?<=[^\s\[])[ ]?\[[^\[\]]*\]$", "", group))


def _of_guessit(folder: Path) -> Iterator[ColumnCase]:
    yaml = importlib.import_module("yaml")
    for path in sorted(folder.rglob("guessit/test/*.yml")):
        if path.name not in ("episodes.yml", "movies.yml", "various.yml"):
            continue
        loaded = yaml.load(path.read_text("utf-8"), Loader=peer_names.loader_of_pairs(yaml))
        for key, facts in loaded:
            for name in key if isinstance(key, tuple) else (key,):
                values = {fact: value for fact, value in facts if isinstance(fact, str)} if facts else {}
                if not isinstance(name, str) or name == "__default__" or "/" in name or "\\" in name:
                    continue
                if "options" not in values and not any(fact.startswith("-") for fact in values):
                    yield from _of_values(name, values)


def _of_values(name: str, values: Mapping[str, Any]) -> Iterator[ColumnCase]:
    says = _from_guessit(values)
    if says.resolution:
        yield ColumnCase(
            "resolution", "guessit", name, says.resolution, lambda read: read.resolution == says.resolution
        )
    if says.source:
        wanted = {says.source, "disc"} if says.source in ("dvd", "bluray") else {says.source}
        yield ColumnCase("source", "guessit", name, says.source, lambda read: read.source in wanted)
    if says.codec:
        yield ColumnCase("codec", "guessit", name, says.codec, lambda read: read.codec == says.codec)
    if says.languages:
        yield ColumnCase("language", "guessit", name, says.languages, lambda read: read.languages == says.languages)
    if "release_group" in values:
        yield ColumnCase("group", "guessit", name, says.group, _same_group(says.group))


# What the parsers read


def read_ours(name: str) -> Columns:
    """What ``columns_of`` reads."""
    found = columns_of(name)
    reading = Reading(found.title, found.year, found.seasons, found.episodes or found.absolute, found.date)
    return Columns(reading, found.resolution, found.source, found.codec, _codes(found.languages), found.group)


def read_guessit(name: str) -> Columns:
    """What guessit reads."""
    return _from_guessit(importlib.import_module("guessit").guessit(name), peer_names.read_guessit(name))


_GUESSIT_SOURCES: Final[Mapping[str, str]] = {
    "blu-ray": "bluray", "ultra hd blu-ray": "bluray", "hd-dvd": "bluray", "web": "web-dl", "video on demand": "web-dl",
    "hdtv": "hdtv", "tv": "hdtv", "digital tv": "hdtv", "satellite": "hdtv", "ultra hdtv": "hdtv",
    "analog hdtv": "hdtv", "pay-per-view": "hdtv", "dvd": "dvd", "vhs": "dvd", "camera": "cam", "hd camera": "cam",
    "telesync": "cam", "hd telesync": "cam", "telecine": "cam", "hd telecine": "cam", "workprint": "cam",
}  # fmt: skip
_CODECS: Final = {"h.264": "x264", "h.265": "x265", "xvid": "xvid", "divx": "xvid", "av1": "av1",
                  "avc": "x264", "hevc": "x265", "x264": "x264", "x265": "x265"}  # fmt: skip


def _texts(value: object) -> list[str]:
    return [str(each).lower() for each in (value if isinstance(value, list) else [] if value is None else [value])]


def _from_guessit(found: Mapping[str, Any], reading: Reading = Reading()) -> Columns:  # noqa: B008
    source = next((_GUESSIT_SOURCES[text] for text in _texts(found.get("source")) if text in _GUESSIT_SOURCES), "")
    other = _texts(found.get("other"))
    if "remux" in other:
        source = "remux"
    elif "screener" in other:
        source = "cam"
    elif source == "web-dl" and {"rip", "mux"} & set(other):
        source = "webrip"
    codec = next((_CODECS[text] for text in _texts(found.get("video_codec")) if text in _CODECS), "")
    languages = [getattr(each, "alpha2", None) or str(each) for each in _listed(found.get("language"))]
    group = " ".join(map(str, _listed(found.get("release_group"))))
    return Columns(reading, _height(found.get("screen_size")), source, codec, _codes(languages), group)


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _height(value: object) -> int:
    text = str(_listed(value)[0]).lower() if _listed(value) else ""
    if text in ("4k", "8k"):
        return 2160
    match = re.match(r"(?:[0-9]+x)?([0-9]{3,4})", text)
    height = int(match[1]) if match else 0
    return next((known for known in (2160, 1080, 720, 576, 480) if height >= known * 0.9), 480 if height else 0)


_PARSETT_SOURCES: Final[Mapping[str, str]] = {
    "bluray": "bluray", "bluray remux": "remux", "remux": "remux", "bdrip": "bluray", "brrip": "bluray",
    "uhdrip": "bluray", "web-dl": "web-dl", "web": "web-dl", "webrip": "webrip", "webmux": "webrip",
    "web-dlrip": "webrip", "hdrip": "webrip", "vhsrip": "dvd", "hdtv": "hdtv", "hdtvrip": "hdtv", "pdtv": "hdtv",
    "tvrip": "hdtv", "satrip": "hdtv", "ppvrip": "hdtv", "dvd": "dvd", "dvdrip": "dvd", "cam": "cam",
    "telesync": "cam", "telecine": "cam", "scr": "cam", "r5": "dvd",
}  # fmt: skip


def read_parsett(name: str) -> Columns:
    """What parsett reads."""
    found = importlib.import_module("PTT").parse_title(name)
    return Columns(
        peer_names.read_parsett(name),
        _height(found.get("resolution")),
        _PARSETT_SOURCES.get(str(found.get("quality") or "").lower(), ""),
        _CODECS.get(str(found.get("codec") or "").lower(), ""),
        _codes(found.get("languages") or ()),
        str(found.get("group") or ""),
    )


READERS: Final[Mapping[str, Callable[[str], Columns]]] = {
    "ours": read_ours, "guessit": read_guessit, "parsett": read_parsett,
}  # fmt: skip


def read_safely(read: Callable[[str], Columns], name: str) -> Columns:
    """What a parser reads; nothing where it fails."""
    try:
        return read(name)
    except Exception:  # a name that a parser fails on counts as not read
        return Columns()
