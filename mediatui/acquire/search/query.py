"""The query language for releases: the same grammar as everywhere, with the fields of releases.

foundation -cam res:1080,2160 lang:french (seeders:>20 OR is:freeleech) size:<10gb
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, get_args

from mediatui.acquire.search.row import ReleaseRow
from mediatui.model.badges import BadgeName
from mediatui.model.completion import Completion
from mediatui.model.errors import UsageError
from mediatui.model.query_grammar import Parser
from mediatui.model.query_values import (
    TIMES,
    BadValue,
    Bounds,
    Fields,
    choices_of,
    read_bounds,
    read_bytes,
    read_field,
    read_number,
    read_time,
)
from mediatui.model.release import Protocol, seeders_weight
from mediatui.model.text import fold, printable

_BEGUN: Final = re.compile(r"(?:.*[\s(])?[-!]*", re.DOTALL)
"""What stands before the term that is being typed."""
_NUMBERS: Final = (">10", ">50", "0")
_EXAMPLES: Final[Mapping[str, Sequence[str]]] = {
    "size": (">10gb", "<4gb", "1gb..8gb"), "age": ("<7d", "<30d", "<1y"), "seen": ("<1d", "<7d"),
    "seeders": _NUMBERS, "peers": _NUMBERS, "grabs": _NUMBERS, "season": ("1", "2", "1..3"), "episode": ("1", "1..5"),
    "lang": ("multi", "french", "vff", "vfq", "vostfr", "english", "none"), "year": (">2015", "1990..1999"),
    "cat": ("2000", "2040", "5000", "5040"), "group": (), "indexer": (),
}  # fmt: skip
"""Values of the fields whose description lists none."""
Test = Callable[[ReleaseRow], bool]
SORTS: Final = ("score", "age", "size", "seeders", "title", "res", "indexer")
_IS: Final = ("pack", "episode", "film", "freeleech", "proper", "cam")
_FRENCH: Final = frozenset(("french", "vff", "vfq", "vfi", "vf2", "vf"))
_RESOLUTIONS: Final = ("2160", "1080", "720", "576", "480")


def parse(text: str) -> Test:
    """Whether a release matches the query; the empty query matches all. Raises QueryError."""
    return _ReleaseQuery(text).parse()


def asks_for_usenet(text: str) -> bool:
    """Whether a query is about releases of usenet, which are left out otherwise."""
    return "protocol:usenet" in text.lower()


def sorted_by(rows: Iterable[ReleaseRow], key: str, *, reverse: bool = False) -> list[ReleaseRow]:
    """Rows by one of ``SORTS``: the best, newest, largest first, and texts from a on. Raises UsageError for another."""
    ways: dict[str, Callable[[ReleaseRow], object]] = {
        "score": lambda row: row.order,
        "age": lambda row: -(row.release.first.published_at or 0),
        "size": lambda row: -(row.release.first.size or 0),
        "seeders": lambda row: -seeders_weight(row.release.first.seeders),
        "title": lambda row: row.release.folded,
        "res": lambda row: -row.columns.resolution,
        "indexer": lambda row: row.release.first.indexer.casefold(),
    }
    way = ways.get(key)
    if way is None:
        raise UsageError(f"Releases cannot be sorted by {printable(key)!r}.", f"Sort keys: {', '.join(SORTS)}.")
    found = sorted(rows, key=lambda row: row.order)
    return sorted(found, key=way, reverse=reverse)  # type: ignore[arg-type]  # every key gives one type


def completions(text: str) -> list[Completion]:
    """How a query could go on: with a field, or with a value of the one that was begun."""
    begun = _BEGUN.match(text)
    before = begun[0] if begun else ""
    field, colon, value = text[len(before) :].partition(":")
    if not colon:
        found = ((name, allowed) for name, (_, allowed) in _FIELDS.items() if name.startswith(field.lower()))
        return [Completion(f"{before}{name}:", f"{name}:", allowed) for name, allowed in found]
    at = max(value.rfind("|"), value.rfind(",")) + 1
    values = _EXAMPLES.get(field.lower(), re.findall(r"[\w+?-]+(?=,|$)", _allowed(field)))
    return [
        Completion(f"{before}{field}:{value[:at]}{one}", one) for one in values if one.startswith(value[at:].lower())
    ]


def _allowed(field: str) -> str:
    known = _FIELDS.get(field.lower())
    return known[1] if known is not None else ""


class _ReleaseQuery(Parser[Test]):
    def everything(self) -> Test:
        return lambda row: True

    def all_of(self, parts: list[Test]) -> Test:
        return parts[0] if len(parts) == 1 else lambda row: all(part(row) for part in parts)

    def any_of(self, parts: list[Test]) -> Test:
        return lambda row: any(part(row) for part in parts)

    def negated(self, part: Test) -> Test:
        return lambda row: not part(row)

    def word(self, text: str) -> Test:
        folded = fold(text)
        return lambda row: folded in row.release.folded

    def field(self, name: str, value: str, position: int) -> Test:
        return read_field(_FIELDS, name, value, position)


def _number(
    value: str,
    of: Callable[[ReleaseRow], float | None],
    read: Callable[[str], tuple[float, float]] = read_number,
) -> Test:
    """A number of a release within bounds; an unknown one never matches."""
    bounds = read_bounds(value, read)

    def test(row: ReleaseRow) -> bool:
        number = of(row)
        return number is not None and bounds.hold(number)

    return test


def _numbers(value: str, of: Callable[[ReleaseRow], Sequence[int]]) -> Test:
    bounds = read_bounds(value, read_number)
    return lambda row: any(bounds.hold(number) for number in of(row))


def _time(value: str, of: Callable[[ReleaseRow], float | None]) -> Test:
    bounds: Bounds = read_time(value)
    now = time.time()

    def test(row: ReleaseRow) -> bool:
        at = of(row)
        return at is not None and bounds.hold(now - at if bounds.age else at)

    return test


def _words(value: str, of: Callable[[ReleaseRow], Iterable[str]], allowed: Sequence[str] = ()) -> Test:
    """One of several words; ``none`` where the release says nothing."""
    wanted = set(choices_of(value.lower()))
    if allowed and wanted - {*allowed, "none"}:
        raise BadValue

    def test(row: ReleaseRow) -> bool:
        said = set(of(row))
        return bool(said & wanted) or (not said and "none" in wanted)

    return test


def _resolution(value: str) -> Test:
    return _words(
        ",".join(choice.removesuffix("p") for choice in choices_of(value.lower())),
        lambda row: [str(row.columns.resolution)] if row.columns.resolution else [],
        _RESOLUTIONS,
    )


def _language(value: str) -> Test:
    """``french`` is every French; ``vff`` just that."""
    return _words(
        value, lambda row: {*row.columns.languages, *(["french"] if _FRENCH & {*row.columns.languages} else [])}
    )


def _is(value: str) -> Test:
    wanted = choices_of(value.lower())
    if set(wanted) - set(_IS):
        raise BadValue
    return lambda row: any(_is_one(row, one) for one in wanted)


def _is_one(row: ReleaseRow, what: str) -> bool:
    columns = row.columns
    match what:
        case "pack":
            return columns.is_pack
        case "episode" | "film":
            return columns.kind == what
        case "freeleech":
            return "freeleech" in row.release.first.flags
        case "proper":
            return bool({"proper", "repack"} & {*columns.flags})
    return columns.source == "cam"


def _indexer(value: str) -> Test:
    wanted = [fold(choice) for choice in choices_of(value)]

    def test(row: ReleaseRow) -> bool:
        names = [fold(one.indexer) for one in (row.release.first, *row.release.also)]
        return any(part in name for part in wanted for name in names)

    return test


def _category(value: str) -> Test:
    """A category, or one below it."""
    choices = choices_of(value)
    if not all(choice.isdecimal() and len(choice) < 10 for choice in choices):
        raise BadValue
    wanted = {int(choice) for choice in choices}
    return lambda row: any({one, one // 1000 * 1000} & wanted for one in row.release.first.categories)


def _yes_or_no(value: str, of: Callable[[ReleaseRow], bool]) -> Test:
    if value.lower() not in ("yes", "no"):
        raise BadValue
    wanted = value.lower() == "yes"
    return lambda row: of(row) == wanted


def _peers(row: ReleaseRow) -> int:
    return (row.release.first.seeders or 0) + (row.release.first.leechers or 0)


def _one(word: str) -> Sequence[str]:
    return (word,) if word else ()


_A_NUMBER: Final = "a number such as 10, >10, 5..50"
_BADGES: Final = get_args(BadgeName)
_PROTOCOLS: Final = get_args(Protocol)
_FIELDS: Final[Fields[Test]] = {
    "size": (lambda text: _number(text, lambda row: row.release.first.size, read_bytes), "a size such as >10gb"),
    "age": (lambda text: _time(text, lambda row: row.release.first.published_at), TIMES),
    "seen": (lambda text: _time(text, lambda row: row.release.first_seen_at), TIMES),
    "seeders": (lambda text: _number(text, lambda row: row.release.first.seeders), _A_NUMBER),
    "peers": (lambda text: _number(text, _peers), _A_NUMBER),
    "grabs": (lambda text: _number(text, lambda row: row.release.first.grabs), _A_NUMBER),
    "indexer": (_indexer, "a part of an indexer's name"),
    "cat": (_category, "the number of a category such as 2000 or 5040"),
    "res": (_resolution, f"{', '.join(_RESOLUTIONS)}, none"),
    "source": (
        lambda text: _words(text, lambda row: _one(row.columns.source)),
        "remux, bluray, web-dl, webrip, hdtv, dvd, cam, disc, none",
    ),
    "codec": (lambda text: _words(text, lambda row: _one(row.columns.codec)), "x265, x264, av1, xvid, none"),
    "hdr": (lambda text: _words(text, lambda row: row.columns.hdr), "dv, hdr10+, hdr10, hlg, none"),
    "audio": (lambda text: _words(text, lambda row: row.columns.audio), "atmos, truehd, dts-hd, ddp, aac, none"),
    "lang": (_language, "multi, french, vff, vostfr, english and so on, none"),
    "group": (lambda text: _words(text, lambda row: _one(row.columns.group.lower())), "the name of a group, none"),
    "year": (lambda text: _number(text, lambda row: row.columns.year), "a year such as 2010, >2015, 1990..1999"),
    "season": (lambda text: _numbers(text, lambda row: row.columns.seasons), _A_NUMBER),
    "episode": (lambda text: _numbers(text, lambda row: row.columns.episodes or row.columns.absolute), _A_NUMBER),
    "is": (_is, ", ".join(_IS)),
    "badge": (lambda text: _words(text, lambda row: (row.known.badge,), _BADGES), ", ".join(_BADGES)),
    "sent": (lambda text: _yes_or_no(text, lambda row: "sent" in row.known.markers), "yes, no"),
    "protocol": (
        lambda text: _words(text, lambda row: (row.release.first.protocol,), _PROTOCOLS), ", ".join(_PROTOCOLS)
    ),
}  # fmt: skip
