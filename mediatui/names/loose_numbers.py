"""Reads seasons, episodes and dates that the strict rule leaves alone: numbers that may mean something else.

What is found here is shown and compared, and never decides a change to a link.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from mediatui.names.release_title import first_tag, in_front
from mediatui.names.roman_numerals import number_of

_BEFORE = r"(?<![^\W_])"
_AFTER = r"(?![^\W_])"
_WORD = r"(?:seasons?|saisons?|staffel|temporada|temp|stagione|seizoen|sezon|säsong|sæson)"
_MOST: Final = 200
"""The longest range of episodes."""


@dataclass(frozen=True, slots=True)
class Loose:
    """What was found, and where it begins in the name. ``episodes`` without a season are counted over all seasons.
    ``title_from`` is where the title begins when the number stands in front of it."""

    seasons: tuple[int, ...]
    episodes: tuple[int, ...]
    start: int
    title_from: int = 0


_GLUED = re.compile(r"(?<=[a-z])s([0-9]{2})((?:e[0-9]{2})+)(?![0-9])")
_WHOLE_SEASON = re.compile(_BEFORE + r"s([0-9]{1,2})e1-([0-9]{1,3})[ ._](?:of|из)[ ._]\2(?![0-9])", re.IGNORECASE)
_RANGE_MARKED = re.compile(_BEFORE + r"s([0-9]{1,2})[ ._]?e([0-9])e([0-9])(?![0-9])", re.IGNORECASE)
_POINT = re.compile(_BEFORE + r"s([0-9]{1,2})[._]([0-9]{2})(?=[._ ])", re.IGNORECASE)
_CHAPTER = re.compile(_BEFORE + r"cap[. ]{1,2}([0-9]{1,2})([0-9]{2})(?:[_-](?:\1)?([0-9]{2}))?(?![0-9])", re.IGNORECASE)
_SEASON_EXTRA = re.compile(r"[ ._-]+(?:extras?|subpack|[0-9](?:\.[0-9])?[tg]b|d(?:is[ck])?[0-9])", re.IGNORECASE)
_SEASONS = re.compile(
    rf"{_BEFORE}(?:(?:{_WORD}[ ._-]{{0,3}}|s|s[ ](?=[0-9]{{2}}(?![0-9])))((?:19|20)[0-9]{{2}}|[0-9]{{1,3}})(?![0-9xp])"
    r"|(?:saison|season|stagione)[ .](X{0,2}(?:I[VX]|V?I{1,3}|V|X)|one|two|three|four|five|six))(?:(?=[ds][0-9])|"
    + _AFTER
    + ")",
    re.IGNORECASE,
)
_SERIES = re.compile(
    _BEFORE + r"series[ ._-]{1,3}([1-9][0-9]?)()" + _AFTER + r"(?=[ ._-]*(?:$|[(\[]|complete))", re.IGNORECASE
)
_MORE_SEASONS = re.compile(
    rf"[ ._]{{0,2}}(?:(?P<to>-|(?:to|a|à|bis)(?=[ ._]))[ ._]{{0,2}}"
    rf"|(?P<and>[&+,.]|(?:and|et|und)(?=[ ._])|(?=s[0-9]{{2}}(?![0-9e])))[ ._]{{0,2}}(?![0-9]{{3}})"
    r"|(?<=[0-9])[ ](?=s?[0-9]{2}[ ]\())"
    rf"(?:(?:{_WORD}|s)[ ._]?)?([0-9]{{1,2}}){_AFTER}(?![.][0-9]?[TGM]B)",
    re.IGNORECASE,
)
_OF = re.compile(_BEFORE + r"([0-9]{1,3})[ ._]?(?:of|из)[ ._]?([0-9]{1,3})(?![0-9])" + _AFTER, re.IGNORECASE)
_SEASON_OF = re.compile(
    rf"{_BEFORE}{_WORD}[ ._-]{{0,3}}([0-9]{{1,2}})[ ._]?of[ ._]?[0-9]{{1,2}}{_AFTER}", re.IGNORECASE
)
_CROSS = re.compile(_BEFORE + r"([0-9]{1,2})x([0-9]{1,2}|all)(?![0-9])" + _AFTER, re.IGNORECASE)
_MARK = re.compile(
    _BEFORE
    + r"(?:ep?(?=[0-9])|ep[ .]{1,2}|(?:[eé]pisodes?|episodios?|cap[ií]tulos?|folgen?)[ ._]{1,2}|#|第)([0-9]{1,4})"
    r"(?:(?:[-~&]|[ ]-[ ]|(?P<glued>(?=e[0-9])))(?P<mark>ep?)?(?P<last>[0-9]{1,4}))?(?:v[0-9])?(?:[话話集])?"
    r"(?![0-9])(?![pPiI]\b)" + r"|" + _BEFORE + r"(?P<turkish>[0-9]{1,4})[. ]{0,2}(?:blm|b[oö]l[uü]m)" + _AFTER,
    re.IGNORECASE,
)
_NUMBER = r"([0-9]{2,4})(?:(?P<to>[ ]?[-~][ ]?)([0-9]{2,4}))?(?:[ ]?v[0-9])?"
_HYPHENED = re.compile(
    rf"(?:[ ._]+-[ ._]+|(?<=[^\W_])-(?=[0-9]{{2}}\[)){_NUMBER}(?![0-9])(?=[ ._]*(?:$|[\[({{~]|-[ ._])"
    r"|[ ._]+(?:[^\W\d]|[0-9]{3,4}[pi]))"
)
_IN_BRACKETS = re.compile(rf"[\[({{]{_NUMBER}(?:END|完)?[\])}}]")
_BEFORE_BRACKETS = re.compile(rf"(?<=[^\W_])[ ]{_NUMBER}(?=[ ]\((?!(?:19|20)[0-9]{{2}}\)))")
_RANGES = re.compile(
    r"(?<=[^\W_])[ ._]([0-9]{2,4})-([0-9]{2,4})(?:[ ._]&[ ._]([0-9]{2,4})-([0-9]{2,4})(?=[ ._]*(?:$|[\[(]))|$)"
)
_PLAIN = re.compile(rf"(?<=[^\W_])[!:]?[ ._]{_NUMBER}(?=[ ._]*(?:$|[\[(]))")
_PLAIN_IN_GROUP = re.compile(rf"(?<=[^\W_])!?[ ._]{_NUMBER}(?=[ ._]+(?:[\[(]|$|[^\W\d]))")
_NO_TITLE = re.compile(r"(?:o[vna][ad]s?|end|vostfr|dvd|bd|[0-9]{3,4}p)(?![^\W_])", re.IGNORECASE)
_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_FIRST = re.compile(r"([0-9]{2,3})(?:-([0-9]{2,3}))?(?:[ ]-[ ]|\.[ ])(?=[^\W\d])")
_FIRST_IN_GROUP = re.compile(r"(0[0-9])()[ ](?=[^\W\d])")
_PADDED = re.compile(r"(?<=[^\W_])(?<![0-9][._ -][0-9]{2})[ ._](0[0-9])(?:v[0-9])?[ ._]?$")
_COUNTED = re.compile(
    r"(?<=[^\W_])[ ._](?:([0-9]{1,2})([0-9]{2})(?:[._ ]\1([0-9]{2}))?|([0-9])([0-9]{2})([0-9]{2})"
    r"|(?<=[^\W\d_][ ._])([0-9]{2})|([0-9]))(?:v[0-9])?[ ._]$"
)
_SIZE = re.compile(r"[0-9]{3,4}[pi]", re.IGNORECASE)
_INTERLACED = re.compile(r"[0-9]{3,4}i", re.IGNORECASE)
_RUN = re.compile(
    r"(?<=[^\W_])[ ._](?:-[ ._])?(?:(0[0-9]{1,2})(?:[ ]?[-~][ ]?|[ ._]?[&+][ ._]?)([0-9]{2,3})"
    r"|(?<=[ ._]-[ ._])([0-9]{2,3})|\[([0-9]{2,3})\])(?:v[0-9])?[ ._]*$"
)
_TELEVISION = re.compile(_BEFORE + r"(?:[hps]dtv|dsr)", re.IGNORECASE)
_PART = re.compile(
    rf"{_BEFORE}part[ ._]?([0-9]{{1,2}}|one|two|three|four|five|six){_AFTER}[ ._-]*(?:[^\W_]+[ ._])?$", re.IGNORECASE
)
_WORDS: Final = {word: at for at, word in enumerate(("one", "two", "three", "four", "five", "six"), start=1)}
_SHORT_DATE = re.compile(rf"{_BEFORE}[0-9]{{2}}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01]){_AFTER}")
_EXPLICIT = re.compile(
    _BEFORE + r"(?:s([0-9]{1,4})[ ._-]{0,3}ep?|s?([0-9]{1,2})(?:x(?=[0-9]{2})|e(?=[0-9]{2}(?![^\W_]))))([0-9]{1,5})"
    r"(?:-(?:ep?|x)?([0-9]{1,4})" + _AFTER + ")?(?![0-9])",
    re.IGNORECASE,
)
_CHECKSUM = re.compile(r"[\[(][0-9A-Fa-f]{8}[\])]")
_HEIGHTS: Final = (240, 264, 265, 266, 360, 480, 540, 576, 720)


def loose_numbers(name: str) -> Loose | None:
    """Seasons and episodes of a name in which the strict rule found none; None where there are none."""
    name = _CHECKSUM.sub(lambda match: " " * len(match[0]), name)
    tags = first_tag(name, in_front(name))
    for read in _READERS:
        found = read(name, tags)
        if found is not None:
            return found
    return None


def _glued(name: str, _: int) -> Loose | None:
    """``shows01e02``."""
    match = _GLUED.search(name)
    return match and Loose((int(match[1]),), tuple(map(int, re.findall("[0-9]+", match[2]))), match.start())


def _with_season(name: str, _: int) -> Loose | None:
    if match := _WHOLE_SEASON.search(name) or _SEASON_OF.search(name):
        return Loose((int(match[1]),), (), match.start())
    if match := _RANGE_MARKED.search(name):
        return Loose((int(match[1]),), _range(int(match[2]), int(match[3])), match.start())
    if match := _CHAPTER.search(name):
        first = int(match[2])
        season = _SEASONS.search(name)
        start = season.start() if season and season.start() < match.start() else match.start()
        return Loose((int(match[1]),), _range(first, int(match[3] or first)), start)
    if match := _POINT.search(name):
        return Loose((int(match[1]),), (int(match[2]),), match.start())
    if match := _EXPLICIT.search(name):
        first = int(match[3])
        last = int(match[4] or first)
        return Loose((int(match[1] or match[2]),), _range(first, last if last - first < 30 else first), match.start())
    return None


def _seasons(name: str, tags: int) -> Loose | None:
    """A season, several, or a season and an episode behind it: ``S01-S03``, ``S2 - 07``, ``Season 2) - 33``."""
    match = _SEASONS.search(name) or _SERIES.search(name)
    if match is None or (not _letters(name[: match.start()]) and match[0][0] not in "sS"):
        return None
    last = number_of(match[1] or match[2] or "") or _WORDS.get((match[2] or "").lower(), 0)
    seasons, end = {last}, match.end()
    hyphened = _HYPHENED.match(name, end) or _HYPHENED.match(name.replace(")", " ").replace("[", " ["), end)
    if hyphened is None and not _SEASON_EXTRA.match(name, end):
        while more := _MORE_SEASONS.match(name, end):
            number = int(more[3])
            if number <= last:
                break
            seasons.update(range(last, number + 1) if more["and"] is None else (number,))
            last, end = number, more.end()
    if len(seasons) == 1:
        mark = None if _SEASON_EXTRA.match(name, end) else _marked(name[end:], 0)
        number_behind = (
            hyphened or _PLAIN.match(name, end) or _IN_BRACKETS.match(name, end + (name[end : end + 1] == " "))
        )
        if match_of := _OF.match(name, end + 1):
            return Loose((last,), (int(match_of[1]),), match.start())
        if mark is not None and mark.start + end > match.end():
            return Loose((last,), mark.episodes, match.start())
        if number_behind is not None and not _year_like(number_behind[1]):
            return Loose(
                (last,), _range(int(number_behind[1]), int(number_behind[3] or number_behind[1])), match.start()
            )
    return Loose(tuple(sorted(seasons)), (), match.start())


def _cross(name: str, tags: int) -> Loose | None:
    """``2x1`` at the end or before tags; ``5of9``."""
    for match in _CROSS.finditer(name, 0, tags):
        if match[2].lower() == "all":
            return Loose((int(match[1]),), (), match.start())
        behind = name[match.end() : tags].strip(" ._")
        if (match[1], match[2]) not in (("16", "9"), ("4", "3")) and (not behind or behind[0] in "-[("):
            return Loose((int(match[1]),), (int(match[2]),), match.start())
    part = _OF.search(name)
    if part is None or not _letters(name[: part.start()]) or int(part[1]) > int(part[2]):
        return None
    glued = part[0][len(part[1])].isalpha()  # "5of9" numbers the parts of one season, "14 of 21" may be of any
    return Loose((1,) if glued else (), (int(part[1]),), part.start())


def _marked(name: str, _: int) -> Loose | None:
    """``E05``, ``Episode 5``, ``#5``, ``5. Bölüm``; counted over all seasons, unless a date stands beside it."""
    match = _MARK.search(name)
    if match is None:
        return None
    first = int(match["turkish"] or match[1])
    if match[0][:4].lower() in ("epis", "épis") and _YEAR.search(name, match.end()):
        return None  # a film's: "Episode 4 A New Hope 1977"
    last = int(match["last"] or first)
    marked_again = match["mark"] and match["glued"] is None
    dated = _SHORT_DATE.match(name) or (match["mark"] and _SHORT_DATE.search(name, match.end()))
    return Loose((1,) if dated or marked_again else (), _range(first, last), match.start())


def _counted_over_all(name: str, tags: int) -> Loose | None:
    """A number counted over all seasons: ``[Group] Show - 133``, ``Show - 010 (720p)``, ``[Group] Show 07 [720p]``."""
    front = in_front(name)
    if (match := _RANGES.search(name)) and not _year_like(match[1]):
        run = _range(int(match[1]), int(match[2]))
        second = _range(int(match[3]), int(match[4])) if match[3] else ()
        if len(run) > 1 and len(second) != 1:
            return Loose((), tuple(sorted({*run, *second})), match.start())
    patterns: list[re.Pattern[str]] = [_HYPHENED]
    if front or "][" in name or "]_[" in name:
        patterns += [_IN_BRACKETS, _PLAIN, _PLAIN_IN_GROUP]
    for pattern in patterns:
        found = list(pattern.finditer(name, front, tags if pattern is _PLAIN_IN_GROUP else len(name)))
        if pattern is _IN_BRACKETS:
            found = [match for match in found if name[match.end() : match.end() + 1] in ("[", "(", "_", "", " ")]
        if pattern is _HYPHENED:  # "Show - 100 Years - 01 [720p]"
            found = sorted(found, key=lambda match: not _bracket(name, match.end()))[:1]
        for match in found:
            if _year_like(match[1]) or int(match[1]) in _HEIGHTS or not _letters(name[: match.start()]):
                continue
            if pattern is _HYPHENED and not front and len(match[1]) < 3 and not _bracket(name, match.end()):
                continue
            return Loose((), _range(int(match[1]), int(match[3] or match[1])), match.start())
    if not front:
        alone = [*_IN_BRACKETS.finditer(name), *_BEFORE_BRACKETS.finditer(name)]
        for match in alone:
            if (match["to"] or name[match.start()] == "{") and not _year_like(match[1]):
                return Loose((), _range(int(match[1]), int(match[3] or match[1])), match.start())
    first = _FIRST.match(name, front) or (_FIRST_IN_GROUP.match(name, front) if front else None)
    if first is not None and int(first[1]) < 200 and (front or first[1][0] == "0" or first[2]):
        return Loose((), _range(int(first[1]), int(first[2] or first[1])), front, first.end())
    return None


def _before_tags(name: str, tags: int) -> Loose | None:
    """A number directly before the tags: ``Show.02.FRENCH``, and ``Show.103.HDTV`` or a part in recordings."""
    before = name[:tags]
    if match := _PADDED.search(before):
        return Loose((), (int(match[1]),), match.start())
    recorded = _TELEVISION.search(name, tags) is not None
    if not recorded and not _INTERLACED.match(name, tags):
        return None
    if (match := _COUNTED.search(before)) and not _PART.search(before):
        if alone := match[7] or match[8]:
            return Loose((), (int(alone),), match.start()) if recorded and _TELEVISION.match(name, tags) else None
        season, first, second = (match[4], match[5], match[6]) if match[4] else (match[1], match[2], match[3])
        start = match.start()
        if match[3] and name[:start].lower() in ("the", "le", "la"):  # "The 100 109"
            first, second, start = match[3], "", match.start(3) - len(season) - 1
        if (int(f"{season}{first}") not in _HEIGHTS or _SIZE.match(name, tags)) and not _year_like(f"{season}{first}"):
            episodes = tuple(sorted({int(first), int(second or first)}))
            return Loose((int(season),), episodes, start)
    if recorded and (match := _PART.search(before)) and not re.search(r"(?:19|20)[0-9]{2}", before[match.start() :]):
        number = match[1].lower()
        return Loose((1,), (_WORDS.get(number) or int(number),), match.start())
    return None


def _letters(text: str) -> bool:
    return re.search(r"[^\W_]", text) is not None


def _bracket(name: str, end: int) -> bool:
    """Whether nothing that could be a title follows a number."""
    rest = name[end:].lstrip(" ._")
    return rest[:1] in ("", "[", "(", "-", "~") or _NO_TITLE.match(rest) is not None


def _year_like(number: str) -> bool:
    return len(number) == 4 and number[:2] in ("19", "20")


def _range(first: int, last: int) -> tuple[int, ...]:
    if last > first + _MOST or last < first:
        return (first,)
    return tuple(range(first, last + 1))


def _run_before_tags(name: str, tags: int) -> Loose | None:
    """Numbers that a mark or a range tells from a title's, directly before the tags: ``Show.-.01.720p``,
    ``Show.01-03.HDTV``, ``Show.[01].720p``."""
    match = _RUN.search(name[:tags])
    if match is None or (first := int(match[1] or match[3] or match[4])) in _HEIGHTS:
        return None
    return Loose((), _range(first, int(match[2] or first)), match.start())


_READERS: Final[Iterable[Callable[[str, int], Loose | None]]] = (
    _glued, _with_season, _seasons, _cross, _marked, _counted_over_all, _run_before_tags, _before_tags,
)  # fmt: skip

_FULL_DATE = re.compile(
    r"(?<![0-9])(?:((?:19|20)[0-9]{2})([-._ ])([0-9]{2})\2([0-9]{2})|([0-9]{2})([-._ ])([0-9]{2})\6((?:19|20)[0-9]{2}))"
    r"(?![0-9])"
)
_MONTH_DATE = re.compile(
    r"(?<![0-9])([0-3]?[0-9])(?:st|nd|rd|th)?[ ._](jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}[ ._]"
    r"((?:19|20)[0-9]{2})(?![0-9])",
    re.IGNORECASE,
)
_RUN_DATE = re.compile(r"(?<![^\W_])(20[0-9]{2}|[0-9]{2})(0[1-9]|1[0-2])([0-2][0-9]|3[01])(?![^\W_])")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date as YYYY-MM-DD and where it begins. ``sure`` where the year is in front or the day cannot be a month."""

    text: str
    start: int
    sure: bool


def read_date(name: str) -> FoundDate | None:
    """The date in a name; None where it has none, or one that may be two days (``05-06-2024``)."""
    for match in _FULL_DATE.finditer(name):
        if match[1]:
            year, month, day = int(match[1]), int(match[3]), int(match[4])
            sure = month <= 12
            if month > 12:
                month, day = day, month
        else:
            year, day, month = int(match[8]), int(match[5]), int(match[7])
            sure = True
            if month > 12:
                month, day = day, month
            elif day <= 12 and day != month:
                return None
        if 1 <= month <= 12 and 1 <= day <= 31 and year > 1925:
            return FoundDate(f"{year:04}-{month:02}-{day:02}", match.start(), sure)
    if named := _MONTH_DATE.search(name):
        month = _MONTHS.index(named[2].lower()) + 1
        return FoundDate(f"{named[3]}-{month:02}-{int(named[1]):02}", named.start(), True)
    for run in _RUN_DATE.finditer(name):
        year = int(run[1]) if len(run[1]) == 4 else 2000 + int(run[1])
        tags = first_tag(name, in_front(name))
        if len(run[1]) == 4 or (run.end() + 1 >= tags and _letters(name[: run.start()])):
            return FoundDate(f"{year:04}-{run[2]}-{run[3]}", run.start(), False)
    return None
