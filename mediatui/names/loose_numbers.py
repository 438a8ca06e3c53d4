"""Reads seasons and episodes that the strict rule leaves alone: numbers that may mean something else.

What is found here is shown and compared, and never decides a change to a link. ``loose_patterns`` has the patterns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from mediatui.names import loose_patterns as patterns
from mediatui.names.dates import SHORT_DATE
from mediatui.names.number_words import number_of
from mediatui.names.pattern_pieces import YEAR
from mediatui.names.release_title import first_tag, in_front
from mediatui.names.technical_tags import EXTENSION

_MOST: Final = 200
"""The longest range of episodes."""
_MOST_UNCLEAR: Final = 29
"""The longest behind ``S01E02``: beyond it the second number is none."""
_MOST_IN_FRONT: Final = 200
"""A higher number in front of a name belongs to the title."""


@dataclass(frozen=True, slots=True)
class Loose:
    """What was found, and where it begins in the name. ``episodes`` without a season are counted over all seasons.
    ``title_from`` is where the title begins when the number stands in front of it."""

    seasons: tuple[int, ...]
    episodes: tuple[int, ...]
    start: int
    title_from: int = 0


def plain_numbers(name: str) -> tuple[bool, Loose | None]:
    """Whether all numbers of a name are a year, a height, a codec or a group, but for one season (``S05``) with nothing
    behind it that could count an episode, and no other word speaks of a season or a part; and that season. Then neither
    ``loose_numbers`` nor a rule for dates finds more. About 4 µs."""
    lowered = name.lower()
    if any(word in lowered for word in patterns.SPEAKING):
        return False, None
    numbers = patterns.WITH_DIGITS.findall(lowered)
    others = [one for one in numbers if not patterns.PLAIN_NUMBER(one)]
    if others and (without := patterns.CHANNELS.sub("", lowered)) != lowered:
        others = [one for one in patterns.WITH_DIGITS.findall(without) if not patterns.PLAIN_NUMBER(one)]
    if not others:
        return True, None
    season = _plain_season(name, lowered, others[0]) if len(others) == 1 else None
    return season is not None, season


def _plain_season(name: str, lowered: str, number: str) -> Loose | None:
    """The only number of a name that is not plain, where it is a season with nothing behind it."""
    if not patterns.ONE_SEASON(number) or len(lowered) != len(name):
        return None
    if any(word in lowered for word in patterns.BESIDE_SEASON):
        return None
    start = lowered.index(number)
    if patterns.RIGHT_BEHIND.match(name, start + len(number)):
        return None
    return Loose((int(number[1:]),), (), start)


def loose_numbers(name: str) -> Loose | None:
    """Seasons and episodes of a name in which the strict rule found none; None where there are none."""
    if "[" in name or "(" in name:
        name = patterns.CHECKSUM.sub(lambda match: " " * len(match[0]), name)
    tags = first_tag(name, in_front(name))
    for read in _READERS:
        found = read(name, tags)
        if found is not None:
            return found
    return None


def _written_out(name: str, _: int) -> Loose | None:
    """A season with its episodes: ``shows01e02``, ``S1E1-8 of 8``, ``Cap.201``, ``s06.01``, ``S01x04``."""
    if not patterns.WRITTEN_OUT_HINT.search(name.casefold()):
        return None
    if match := patterns.GLUED.search(name):
        return Loose((int(match["season"]),), tuple(map(int, re.findall("[0-9]+", match["episodes"]))), match.start())
    for pattern in (patterns.WHOLE_SEASON, patterns.RANGE_MARKED, patterns.SEASON_OF):
        if match := pattern.search(name):
            behind = patterns.OF.match(name, match.end() + 1)  # "Season.2of5.3of9"
            return Loose((int(match["season"]),), _episodes(behind or match), match.start())
    if match := patterns.CHAPTER.search(name):
        above = [pattern.search(name, 0, match.start()) for pattern in (patterns.SEASONS, patterns.TEMPORADA)]
        return Loose((int(match["season"]),), _episodes(match), (above[0] or above[1] or match).start())
    if match := patterns.POINT.search(name):
        return Loose((int(match["season"]),), _episodes(match), match.start())
    if match := patterns.EXPLICIT.search(name):
        season_number = int(match["season"] or match["year"] or match["short"])
        return Loose((season_number,), _episodes(match, _MOST_UNCLEAR), match.start())
    return None


def _seasons(name: str, _: int) -> Loose | None:
    """A season, several, or a season and an episode behind it: ``S01-S03``, ``S2 - 07``, ``Season 2) - 33``."""
    match = patterns.SEASONS.search(name) or patterns.SERIES.search(name)
    if match is None or (not _letters(name[: match.start()]) and match[0][0] not in "sS"):
        return None
    groups = match.groupdict()
    last = number_of(groups["season"] or groups.get("roman") or groups.get("word") or "") or 0
    seasons, end = {last}, match.end()
    with_extra = patterns.SEASON_EXTRA.match(name, end) is not None
    if not with_extra and _hyphened_behind(name, end) is None:
        while more := patterns.MORE_SEASONS.match(name, end):
            number = int(more["season"])
            if number <= last:
                break
            seasons.update(range(last, number + 1) if more["and"] is None else (number,))
            last, end = number, more.end()
    if len(seasons) == 1:
        return Loose((last,), _episodes_behind(name, end, with_extra=with_extra), match.start())
    return Loose(tuple(sorted(seasons)), (), match.start())


def _hyphened_behind(name: str, end: int) -> re.Match[str] | None:
    """The number behind a season and a hyphen, with or without a bracket: ``S2 - 07``, ``(Season 2) - 33``."""
    opened = name[:end] + name[end:].replace(")", " ").replace("[", " [")
    return patterns.HYPHENED.match(name, end) or patterns.HYPHENED.match(opened, end)


def _episodes_behind(name: str, end: int, *, with_extra: bool) -> tuple[int, ...]:
    """The episodes behind a season that ends at ``end``; empty where none are named."""
    if of := patterns.OF.match(name, end + 1):
        return (int(of["first"]),)
    if not with_extra and (mark := _marked(name[end:], 0)) is not None and mark.start:
        return mark.episodes
    number = (
        _hyphened_behind(name, end)
        or patterns.PLAIN.match(name, end)
        or patterns.IN_BRACKETS.match(name, end + (name[end : end + 1] == " "))
    )
    return () if number is None or _year_like(number["first"]) else _episodes(number)


def _crossed(name: str, tags: int) -> Loose | None:
    """``2x1`` at the end or before tags, or a whole season: ``2xALL``."""
    for match in patterns.CROSS.finditer(name, 0, tags):
        if match["first"].lower() == "all":
            return Loose((int(match["season"]),), (), match.start())
        behind = name[match.end() : tags].strip(" ._")
        ratio = (match["season"], match["first"]) in (("16", "9"), ("4", "3"))
        if not ratio and (not behind or patterns.BEHIND_CROSS.match(behind)):
            return Loose((int(match["season"]),), _episodes(match), match.start())
    return None


def _of_several(name: str, _: int) -> Loose | None:
    """``5of9`` numbers the parts of one season, ``2013.14.of.21`` those of a year, ``14 of 21`` may be of any."""
    lowered = name.lower()
    match = patterns.OF.search(name) if "of" in lowered or "из" in lowered else None
    if match is None or not _letters(name[: match.start("first")]) or int(match["first"]) > int(match["count"]):
        return None
    if match["apart"] is None:
        return Loose((1,), _episodes(match), match.start("first"))
    return Loose((int(match["year"]),) if match["year"] else (), _episodes(match), match.start("first"))


def _marked(name: str, _: int) -> Loose | None:
    """``E05``, ``Episode 5``, ``#5``, ``5. Bölüm``; counted over all seasons, unless a date stands beside it."""
    match = patterns.MARK.search(name) if patterns.MARK_HINT.search(name.casefold()) else None
    if match is None:
        return None
    first = int(match["turkish"] or match["first"])
    if match[0][:4].lower() in ("epis", "épis") and patterns.YEAR_BEHIND.search(name, match.end()):
        return None  # a film's: "Episode 4 A New Hope 1977"
    marked_again = match["mark"] and match["glued"] is None
    dated = SHORT_DATE.match(name) or (match["mark"] and SHORT_DATE.search(name, match.end()))
    return Loose((1,) if dated or marked_again else (), _range(first, int(match["last"] or first)), match.start())


def _counted_over_all(name: str, tags: int) -> Loose | None:
    """A number counted over all seasons: ``[Group] Show - 133``, ``Show - 010 (720p)``, ``[Group] Show 07 [720p]``."""
    front = in_front(name)
    if (match := patterns.RANGES.search(name)) and not _year_like(match["first"]):
        run = _episodes(match)
        second = _range(int(match["again"]), int(match["end"])) if match["again"] else ()
        if len(run) > 1 and len(second) != 1:
            return Loose((), tuple(sorted({*run, *second})), match.start())
    for match in _counted(name, front, tags):
        number = match["first"]
        if not _year_like(number) and int(number) not in patterns.HEIGHTS and _letters(name[: match.start()]):
            return Loose((), _episodes(match), match.start())
    if not front:
        for match in (*patterns.IN_BRACKETS.finditer(name), *patterns.BEFORE_BRACKETS.finditer(name)):
            if (match["to"] or name[match.start()] == "{") and not _year_like(match["first"]):
                return Loose((), _episodes(match), match.start())
    return _in_front_of_title(name, front)


def _counted(name: str, front: int, tags: int) -> Iterator[re.Match[str]]:
    """The numbers that may count an episode over all seasons, the likeliest first. ``front`` is what stands in front of
    the title: without a group there, a short number needs a bracket behind it."""
    hyphened = list(patterns.HYPHENED.finditer(name, front))
    hyphened.sort(key=lambda match: not _bracket(name, match.end()))  # "Show - 100 Years - 01 [720p]"
    for match in hyphened[:1]:
        if front or len(match["first"]) > 2 or _bracket(name, match.end()):
            yield match
    if front or "][" in name or "]_[" in name:
        for match in patterns.IN_BRACKETS.finditer(name, front):
            if name[match.end() : match.end() + 1] in ("[", "(", "_", "", " "):
                yield match
        yield from patterns.PLAIN.finditer(name, front)
        yield from patterns.PLAIN_IN_GROUP.finditer(name, front, tags)


def _in_front_of_title(name: str, front: int) -> Loose | None:
    """``01 - Title``, ``[Group] 06 Title``, ``01-Title.mkv``."""
    match = patterns.FIRST.match(name, front) or (patterns.FIRST_IN_GROUP.match(name, front) if front else None)
    if match is None and EXTENSION.search(name):
        match = patterns.FIRST_JOINED.match(name, front)
    if (
        match is None
        or int(match["first"]) >= _MOST_IN_FRONT
        or not (front or match["first"][0] == "0" or match["last"])
    ):
        return None
    return Loose((), _episodes(match), front, match.end())


def _between_two(name: str, _: int) -> Loose | None:
    """``[Group] Show - 02.5 [720p]``, which has no number of its own."""
    match = patterns.BETWEEN.search(name)
    return match and Loose((), (), match.start())


def _between_words(name: str, tags: int) -> Loose | None:
    """A season and an episode in one number, between the title and words: ``Show.2005.211.Title``."""
    match = patterns.BEHIND_YEAR.search(name, 0, tags) or patterns.BEFORE_DATE.search(name, 0, tags)
    if match is None or int(match["season"] + match["first"]) in patterns.HEIGHTS:
        return None
    return Loose((int(match["season"]),), _episodes(match), match.start("start"))


def _run_before_tags(name: str, tags: int) -> Loose | None:
    """Numbers that a mark, a range or the name of translators separates from a title, directly before the tags:
    ``Show.-.01.720p``, ``Show.01-03.HDTV``, ``Show.[01].720p``, ``Show 445 VOSTFR par Team``."""
    if match := patterns.TRANSLATED.search(name):
        return Loose((), _episodes(match), match.start())
    match = patterns.RUN.search(name[:tags])
    if match is None or (first := int(match["first"] or match["behind"] or match["inside"])) in patterns.HEIGHTS:
        return None
    return Loose((), _range(first, int(match["last"] or first)), match.start())


def _before_tags(name: str, tags: int) -> Loose | None:
    """A number directly before the tags: ``Show.02.FRENCH``, and ``Show.103.HDTV`` or a part in recordings."""
    before = name[:tags]
    part = patterns.PART.search(before)
    if part is None and (match := patterns.PADDED.search(before)):
        return Loose((), _episodes(match), match.start())
    recorded = patterns.TELEVISION.search(name, tags) is not None
    if not recorded and not patterns.INTERLACED.match(name, tags):
        return None
    if part is None and (match := patterns.COUNTED.search(before)):
        if match["alone"] is None:
            found = _season_and_episode(name, tags, match)
            if found is not None:
                return found
        else:
            alone = Loose((), (int(match["alone"]),), match.start())
            return alone if recorded and patterns.TELEVISION.match(name, tags) else None
    if recorded and part is not None and not re.search(YEAR, before[part.start() :]):
        number = part["first"].lower()
        return Loose((1,), (number_of(number) or 0,), part.start())
    return None


def _season_and_episode(name: str, tags: int, match: re.Match[str]) -> Loose | None:
    """A season and its episode in one number: ``103``, ``1213``, ``103.104``, ``10304``."""
    season, first, last = match["season"], match["first"], match["last"]
    if match["short"]:
        season, first, last = match["short"], match["one"], match["two"]
    start = match.start()
    if match["last"] and name[:start].lower() in ("the", "le", "la"):  # "The 100 109"
        first, last, start = match["last"], "", match.start("last") - len(season) - 1
    number = f"{season}{first}"
    if _year_like(number) or (int(number) in patterns.HEIGHTS and not patterns.PICTURE_SIZE.match(name, tags)):
        return None
    return Loose((int(season),), tuple(sorted({int(first), int(last or first)})), start)


_READERS: Final[Iterable[Callable[[str, int], Loose | None]]] = (
    _written_out, _seasons, _crossed, _of_several, _marked, _between_two, _counted_over_all, _run_before_tags,
    _before_tags, _between_words,
)  # fmt: skip


def _episodes(match: re.Match[str], most: int = _MOST) -> tuple[int, ...]:
    """The episodes from the group ``first`` to the group ``last``; none where the pattern has no such group."""
    groups = match.groupdict()
    first = groups.get("first")
    return _range(int(first), int(groups.get("last") or first), most) if first else ()


def _range(first: int, last: int, most: int = _MOST) -> tuple[int, ...]:
    return (first,) if last < first or last > first + most else tuple(range(first, last + 1))


def _letters(text: str) -> bool:
    return re.search(r"[^\W_]", text) is not None


def _bracket(name: str, end: int) -> bool:
    """Whether nothing that could be a title follows a number."""
    rest = name[end:].lstrip(" ._")
    return rest[:1] in ("", "[", "(", "-", "~") or patterns.NO_TITLE.match(rest) is not None


def _year_like(number: str) -> bool:
    return len(number) == 4 and number[:2] in ("19", "20")
