"""Reads the names in the parser tests of Sonarr, Radarr and guessit, and counts what each parser reads right.

The fixtures are not part of this project: clone the three projects side by side into one folder and give that folder to
``python -m tests.bench.bench_names``. The columns of guessit and parsett need those installed, the names of guessit
PyYAML.
"""

from __future__ import annotations

import importlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mediatui.names.episode_numbers import episodes_of
from mediatui.names.parsed import parse_name

_METHOD = re.compile(r"public\s+(?:async\s+)?(?:void|Task)\s+(\w+)\(([^)]*)\)")
_CASE = re.compile(r"^\s*\[TestCase\((.*)\)\]\s*(?://.*)?$")
_ARGUMENT = re.compile(
    r"""\s*(?:(?P<verbatim>@"(?:[^"]|"")*")|(?P<text>"(?:[^"\\]|\\.)*")|new\s*(?:int\s*)?\[\]\s*\{(?P<list>[^}]*)\}
    |(?P<number>-?\d+(?:\.\d+)?)|(?P<other>[^,]+))\s*(?:,|$)""",
    re.VERBOSE,
)
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a name says, or what was read from it; ``title`` is None where it is not part of the test."""

    title: str | None = None
    year: int | None = None
    seasons: tuple[int, ...] = ()
    episodes: tuple[int, ...] = ()
    date: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A name of a fixture and what it says. ``column`` is the kind of name; ``checks`` are the parts that have to be
    right."""

    column: str
    name: str
    says: Reading
    checks: tuple[str, ...]


def same_letters(text: str) -> str:
    """The letters and digits of a title: what is compared."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in folded if char.isalnum() or unicodedata.category(char) == "Lo")


def is_right(case: Case, read: Reading) -> bool:
    """Whether what was read is what the name says, in the parts that the case checks."""
    return all(_CHECKS[check](case.says, read) for check in case.checks)


def _title_right(says: Reading, read: Reading) -> bool:
    """A year beside the title counts as part of it or as the year, as both are found in the fixtures."""
    wanted = {same_letters(says.title or "")}
    if says.seasons and (in_title := re.match(rf"(.+) S0*{says.seasons[0]}$", says.title or "")):
        wanted.add(same_letters(in_title[1]))
    if says.year:
        wanted.add(same_letters(f"{says.title}{says.year}"))
    title = same_letters(read.title or "")
    return title in wanted or (read.year is not None and f"{title}{read.year}" in wanted)


_CHECKS: Final[Mapping[str, Callable[[Reading, Reading], bool]]] = {
    "title": _title_right,
    "year": lambda says, read: says.year == read.year,
    "numbers": lambda says, read: says.seasons == read.seasons and says.episodes == read.episodes,
    "absolute": lambda says, read: says.episodes == read.episodes,
    "season": lambda says, read: says.seasons[:1] == read.seasons[:1] and not read.episodes,
    "date": lambda says, read: says.date == read.date,
}


def read_fixtures(folder: Path) -> list[Case]:
    """The names of all fixtures below a folder, each once a column."""
    found: dict[tuple[str, str], Case] = {}
    for path in sorted(folder.rglob("*Fixture.cs")):
        if path.parent.name == "ParserTests":
            films = any(part.lower().startswith("radarr") for part in path.parts)
            for case in _of_films(path) if films else _of_series(path):
                found.setdefault((case.column, case.name), case)
    for path in sorted(folder.rglob("guessit/test/*.yml")):
        if path.name in ("episodes.yml", "movies.yml"):
            for case in _of_guessit(path):
                found.setdefault((case.column, case.name), case)
    return list(found.values())


def read_test_cases(path: Path) -> Iterator[tuple[str, list[str], list[Any]]]:
    """The method, its parameters and the arguments of every test case in a C# file."""
    waiting: list[list[Any]] = []
    for line in path.read_text("utf-8-sig", "replace").splitlines():
        if match := _CASE.match(line):
            waiting.append([_argument(found) for found in _ARGUMENT.finditer(match[1])])
        elif match := _METHOD.search(line):
            parameters = [part.split()[-1] for part in match[2].split(",") if part.strip()]
            for arguments in waiting:
                yield match[1], parameters, arguments
            waiting = []


def _argument(match: re.Match[str]) -> Any:
    if match["verbatim"]:
        return match["verbatim"][2:-1].replace('""', '"')
    if match["text"]:
        return re.sub(r"\\(?:u([0-9A-Fa-f]{4})|(.))", _unescaped, match["text"][1:-1])
    if match["list"] is not None:
        return tuple(int(number) for number in re.findall(r"\d+", match["list"]))
    if match["number"]:
        return float(match["number"]) if "." in match["number"] else int(match["number"])
    return None


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else _ESCAPES.get(match[2], match[2])


def _of_series(path: Path) -> Iterator[Case]:
    fixture = path.name.removesuffix("Fixture.cs").removesuffix("Parser")
    for method, parameters, arguments in read_test_cases(path):
        values = dict(zip(parameters, arguments, strict=False))
        name, title = values.get("postTitle"), values.get("title")
        if not isinstance(name, str) or not isinstance(title, str) or "not" in method.split("_"):
            continue
        if fixture == "SingleEpisode":
            read = Reading(title, None, (values["seasonNumber"],), (values["episodeNumber"],))
            yield from _with_title("single", name, read, "numbers")
        elif fixture == "MultiEpisode":
            yield from _with_title(
                "multiple", name, Reading(title, None, (values["season"],), values["episodes"]), "numbers"
            )
        elif fixture == "Season":
            season = values.get("season", values.get("seasonNumber", values.get("firstSeason")))
            yield from _with_title("season", name, Reading(title, None, (season,)), "season")
        elif fixture == "DailyEpisode":
            date = f"{values['year']:04}-{values['month']:02}-{values['day']:02}"
            yield from _with_title("daily", name, Reading(title, date=date), "date")
        elif fixture == "AbsoluteEpisodeNumber" and method == "should_parse_absolute_numbers":
            season, episode = values["seasonNumber"], values["episodeNumber"]
            if not episode:
                in_title = re.search(r" S0*([0-9]+)$", title)  # Sonarr keeps such a season in the title
                seasons = (int(in_title[1]),) if in_title else ()
                read = Reading(title, None, seasons, (values["absoluteEpisodeNumber"],))
                yield from _with_title("absolute", name, read, "absolute")
            else:
                yield from _with_title("absolute", name, Reading(title, None, (season,), (episode,)), "numbers")


def _with_title(column: str, name: str, says: Reading, check: str) -> Iterator[Case]:
    yield Case(column, name, says, (check,))
    yield Case("titles", name, says, ("title",))


def _of_films(path: Path) -> Iterator[Case]:
    for method, parameters, arguments in read_test_cases(path):
        values = dict(zip(parameters, arguments, strict=False))
        name, title, year = values.get("postTitle"), values.get("title"), values.get("year")
        if not isinstance(name, str) or path.name != "ParserFixture.cs" or "not" in method.split("_"):
            continue
        if isinstance(title, str):
            yield Case("films", name, Reading(title, year or None), ("title",))
        if isinstance(year, int) and year:
            yield Case("years", name, Reading(title, year), ("year",))


def _of_guessit(path: Path) -> Iterator[Case]:
    yaml = importlib.import_module("yaml")
    films = path.name == "movies.yml"
    loaded = yaml.load(path.read_text("utf-8"), Loader=loader_of_pairs(yaml))
    for key, facts in loaded:
        for name in key if isinstance(key, tuple) else (key,):
            if not isinstance(name, str) or name == "__default__" or "/" in name or "\\" in name:
                continue
            values = {fact: value for fact, value in facts if isinstance(fact, str)} if facts else {}
            if "options" in values or any(fact.startswith("-") for fact in values) or "title" not in values:
                continue
            year = values.get("year")
            says = Reading(
                str(_first(values["title"])), year if isinstance(year, int) else None,
                _numbers(values.get("season")), _numbers(values.get("episode")), str(values.get("date", "")),
            )  # fmt: skip
            if films:
                yield Case("films", name, says, ("title",))
                yield Case("years", name, says, ("year",))
            else:
                yield Case("guessit", name, says, ("numbers",))
                yield Case("titles", name, says, ("title",))


def loader_of_pairs(yaml: Any) -> Any:
    """A loader that keeps mappings as lists of pairs: fixtures repeat their keys."""

    class Loader(yaml.SafeLoader):  # type: ignore[misc, name-defined]
        pass

    def construct(loader: Any, node: Any) -> list[tuple[Any, Any]]:
        return [
            (_hashable(loader.construct_object(key, deep=True)), loader.construct_object(value, deep=True))
            for key, value in node.value
        ]

    Loader.add_constructor("tag:yaml.org,2002:map", construct)
    return Loader


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) else value


def _numbers(value: Any) -> tuple[int, ...]:
    values = value if isinstance(value, list) else [] if value is None else [value]
    return tuple(sorted({number for number in values if isinstance(number, int)}))


def read_ours(name: str) -> Reading:
    """What ``parse_name`` reads."""
    parsed = parse_name(name)
    episodes = parsed.episodes or (() if parsed.absolute is None else (parsed.absolute,))
    return Reading(parsed.title, parsed.year, parsed.seasons, episodes, parsed.date)


def read_guessit(name: str) -> Reading:
    """What guessit reads."""
    found = importlib.import_module("guessit").guessit(name)
    year = _first(found.get("year"))
    return Reading(
        str(_first(found.get("title")) or ""), year, _numbers(found.get("season")), _numbers(found.get("episode")),
        str(_first(found.get("date")) or ""),
    )  # fmt: skip


def read_parsett(name: str) -> Reading:
    """What parsett reads."""
    found = importlib.import_module("PTT").parse_title(name)
    return Reading(
        str(found.get("title") or ""), found.get("year"), _numbers(found.get("seasons")),
        _numbers(found.get("episodes")), str(found.get("date") or ""),
    )  # fmt: skip


def strict_wrong(cases: Iterable[Case]) -> dict[str, tuple[list[Case], int]]:
    """Of each column with seasons and episodes, the names that the strict rule reads otherwise than the fixture, and
    how many names there are."""
    found: dict[str, tuple[list[Case], int]] = {}
    for case in cases:
        if "title" in case.checks or "year" in case.checks:
            continue
        wrong, count = found.get(case.column, ([], 0))
        numbers = episodes_of(case.name)
        if numbers is not None and ((numbers.season,), numbers.episodes) != (case.says.seasons, case.says.episodes):
            wrong = [*wrong, case]
        found[case.column] = wrong, count + 1
    return found


def table(folder: Path) -> Iterator[str]:
    """Lines that say how much each parser reads right, in percent, and where the strict rule is wrong."""
    cases = read_fixtures(folder)
    readers: dict[str, Callable[[str], Reading]] = {"ours": read_ours, "guessit": read_guessit, "parsett": read_parsett}
    for reader in [name for name in ("guessit", "parsett") if not _is_installed(name)]:
        del readers[reader]
    yield f"{'':10}{'names':>6}" + "".join(f"{reader:>10}" for reader in readers)
    for column in dict.fromkeys(case.column for case in cases):
        of_column = [case for case in cases if case.column == column]
        right = [_right(of_column, read) for read in readers.values()]
        yield f"{column:10}{len(of_column):6}" + "".join(f"{100 * count / len(of_column):9.1f}%" for count in right)
    for column, (wrong, count) in strict_wrong(cases).items():
        yield f"strict rule, {column}: {len(wrong)} wrong of {count}"


def _right(cases: Sequence[Case], read: Callable[[str], Reading]) -> int:
    return sum(is_right(case, _read(case.name, read)) for case in cases)


def _read(name: str, read: Callable[[str], Reading]) -> Reading:
    try:
        return read(name)
    except Exception:  # a name that a parser fails on counts as not read
        return Reading()


def _is_installed(reader: str) -> bool:
    try:
        importlib.import_module({"parsett": "PTT"}.get(reader, reader))
    except ImportError:
        return False
    return True
