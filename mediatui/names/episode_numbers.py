"""Reads season and episodes from a name by our own strict rule, the only one that may decide a change to a link.

The rule reads numbers written beside a mark (``S01E02``, ``1x02``, ``Saison 1 Episode 2``, or a bare ``02`` in a
season's folder) and compares integers, never text: ``S04E021`` is episode 21. A name that is contradictory or ambiguous
gives no result.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from mediatui.names.counted_episodes import in_first_season
from mediatui.names.dates import COMPACT_DATE, DAY_BEHIND, YEAR_FIRST_DATE
from mediatui.names.number_words import number_of
from mediatui.names.pattern_pieces import NUMBER_END, SEASON_WORD, WORD_AFTER, WORD_BEFORE, YEAR
from mediatui.names.seasons import S_FORM, cut_name, season_of_folder

# The longest range accepted. Beyond that the second number is no episode (a year, a height).
_LONGEST_RANGE: Final = 500
_LONGEST_BARE_RANGE: Final = 30
_YEAR_AS_SEASON: Final = rf"{YEAR}(?=[xX][0-9]{{2}}(?![0-9]))"
_X_FORM = re.compile(
    rf"{WORD_BEFORE}([0-9]{{1,2}}|{_YEAR_AS_SEASON})[xX]([0-9]{{1,3}})(?![0-9])"
    r"(?:(?=[xX][0-9])|" + WORD_AFTER + ")"
)
_WORD_FORM = re.compile(
    WORD_BEFORE
    + rf"(?:{SEASON_WORD}|series(?=[ ._-]{{0,3}}[0-9]{{1,3}}(?![0-9]))|se(?=\.[0-9]{{1,2}}[ ._]afl)|((?:livre|book)))"
    + r"[ ._-]{0,3}([0-9]{1,4}|[ivx]{1,6})"
    r"[ ._,-]{1,3}(?:[eé]p(?:isodes?)?|episodios?|folgen?|(cap[ií]tulos?)|chapitres?|chapters?|afl(?:evering(?:en)?)?"
    r"|e(?=[0-9]))[ ._]{0,2}([0-9]{1,5})" + NUMBER_END,
    re.IGNORECASE,
)
_SEASON_WORDS: Final = (
    "saison", "season", "staffel", "temporada", "stagione", "seizoen", "sezon", "säsong", "sæson", "series", "se.",
    "livre", "book",
)  # fmt: skip
# "Temporada 2 [HDTV][Cap.201]": the season again, then the episode in two digits.
_CHAPTER_FORM = re.compile(
    WORD_BEFORE + r"temporada[ ._]{0,2}([0-9]{1,2})(?![0-9]).{0,80}?\[cap\.[ ]?([0-9]{1,2})([0-9]{2})\]",
    re.IGNORECASE,
)

_HYPHEN = r"[-–—‐‑−]"
_HYPHENS = re.compile(_HYPHEN)
_UNTIL = r"à|to|au|al?|bis|thru|through|till|until|до"
# What may follow the first episode: another with its mark, the whole form again, or a bare number after a hyphen.
_MORE = re.compile(
    rf"(?:(?P<to>[ ._]{{0,2}}(?:{_HYPHEN}|~)[ ._]{{0,2}}|[ ._](?:{_UNTIL})[ ._])|[ ._]{{0,2}}[&+,;|][ ._]{{0,2}}"
    r"|[ ._](?:and|et|und|y|e|en)[ ._](?=[sS][0-9]|[eE])|[ ._]{0,2})"
    r"(?:[sS](?P<season>[0-9]{1,4})[ ._-]?)?[eE](?:[pP][ ._]?)?(?P<episode>[0-9]{1,5})" + NUMBER_END
)
_MORE_X = re.compile(
    rf"(?:(?:(?P<to>[ ._]{{0,2}}(?:{_HYPHEN}|~)[ ._]{{0,2}}|[ ._](?:{_UNTIL})[ ._])|[ ._]{{0,2}}[&+,;|][ ._]{{0,2}}"
    r"|[ ._](?:and|et|und|y|e|en)[ ._]|[ ._]{1,2})"
    rf"(?P<season>[0-9]{{1,2}}|{_YEAR_AS_SEASON})|(?P<on>-)?(?=[xX](?!26[456](?![0-9]))))"
    r"[xX](?P<episode>[0-9]{1,3})(?![0-9])(?:(?=[xX][0-9])|" + WORD_AFTER + ")"
)
_MORE_BARE = re.compile(rf"(?:{_HYPHEN}|~)(?P<episode>[0-9]{{1,5}})" + WORD_AFTER + r"(?!\.[0-9]+[ ._]*(?:h|am|pm)\b)")
_MORE_WORDS = re.compile(rf"(?:[-–]|[ ._](?:{_UNTIL})[ ._])(?P<episode>[0-9]{{1,5}})" + WORD_AFTER, re.IGNORECASE)
_MORE_JOINED = re.compile(r"_(?P<episode>[0-9]{2,3})" + WORD_AFTER + r"(?!-[0-9])")
# Two joined by a sign or a word: "S01E01 & 02", "S01E01 et E02"; a second that is not the next belongs to a title.
_MORE_NEXT = re.compile(
    r"[ ._]?(?:[&+,;|]|(?<=[ ._])(?:and|et|und|y|e|en)(?=[ ._]))[ ._]?(?P<mark>e(?:p[ ._]?)?)?(?P<episode>[0-9]{1,4})"
    + WORD_AFTER
    + NUMBER_END,
    re.IGNORECASE,
)
# What may be another episode or the beginning of a title: "S01E01 02", "S01E01 - 02 - Title", "S01E01 to 03".
_MORE_UNSURE = re.compile(
    rf"(?:[ ._](?P<until>{_UNTIL})[ ._]|(?P<apart>[ ._]{{1,2}}(?:{_HYPHEN}[ ._]{{1,2}})?))(?P<episode>[0-9]{{1,3}})"
    + WORD_AFTER
)
# After these a number that might begin a title does not: the end, brackets, a hyphen, "of 8", technical tags.
_NO_TITLE = re.compile(
    r"(?:v[0-9])?(?:\.[a-z0-9]{2,4})?$|[ ._-]*[\[\](){}]|[ ._]+-[ ._]|[ ._-]{0,3}(?:of|de|sur|von)[ ._]?(?:[0-9]|xx)"
    r"|[ ._-]+(?:[0-9]{3,4}[pi]|4k|uhd|[hpds]dtv|web(?:[ ._-]?(?:dl|rip))?|blu-?ray|bd-?rip|br-?rip|dvd(?:rip)?|x26[45]"
    r"|h[ .]?26[45]|xvid|hevc|proper|repack|internal|multi|dual|vostfr|vo|vf[fq]?|(?:true)?french|german|italian"
    r"|spanish|english|ita|eng|ger|fre|spa|esp|pl|ukr|rus)(?![^\W_])",
    re.IGNORECASE,
)
_OF = re.compile(r"[ ._-]{0,3}(?:of|de|sur|von|из)[ ._]?([0-9]{1,4})(?![0-9])", re.IGNORECASE)
_TAG = re.compile(
    WORD_BEFORE + r"(?:[0-9]{3,4}[pi]|[hpds]dtv|web(?:[ ._-]?(?:dl|rip))?|blu-?ray|dvd(?:rip)?|x26[45]|xvid)(?![^\W_])",
    re.IGNORECASE,
)
_HALF = re.compile(r"\.5(?![0-9])")

_MARKED = re.compile(WORD_BEFORE + r"(?:e|[eé]p(?:isodes?)?[ ._]{0,2})([0-9]{1,4})" + NUMBER_END, re.IGNORECASE)
# Half a season: its episodes may be counted from 1 again.
_HALF_SEASON = re.compile(
    WORD_BEFORE + r"(?:part|partie|parte|teil|cour|vol|volume)[ ._-]{0,2}(?:[0-9]{1,2}|[ivx]{1,4})" + WORD_AFTER,
    re.IGNORECASE,
)
_BARE = re.compile(
    r"([0-9]{1,3})(?:-([0-9]{2,3}))?(?:v[0-9])?"
    r"(?:( ?[-–_] ?|\.[ -]|_-_|\.-\.)(?! ?[0-9]{1,4}(?:v[0-9])?(?: ?[-_]|$))|([ .])(?=[^\W\d])|$)"
)
_SUFFIX = re.compile(
    r"\.(?:mkv|mp4|m4v|avi|ts|m2ts|mov|wmv|webm|mpe?g|iso|ogm|srt|ass|ssa|sub|idx|nfo)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class EpisodeNumbers:
    """A season (0 holds the specials) and its episodes, ascending, each once, at least one."""

    season: int
    episodes: tuple[int, ...]

    def __str__(self) -> str:
        """``S01E02``, or ``S01E02E03`` for several."""
        return f"S{self.season:02d}" + "".join(f"E{episode:02d}" for episode in self.episodes)


@dataclass(frozen=True, slots=True)
class Placed:
    """Numbers and where they stand in the name that was read: ``name[start:end]``."""

    numbers: EpisodeNumbers
    start: int
    end: int


_NO_FORM: Final = Placed(EpisodeNumbers(-1, ()), 0, 0)


def episodes_of(name: str, folders: Sequence[str] = ()) -> EpisodeNumbers | None:
    """The season and episodes of a file by its name; None where the name has none or is ambiguous.

    ``name`` is a file's name, never a path. ``folders`` are the names of the folders it lies in, the nearest last; they
    count only where the name itself has no season: then the nearest must be the folder of a season.
    """
    name = cut_name(name)
    if placed := _placed(name):
        return placed.numbers
    if not folders or S_FORM.search(name) is not None:
        return None
    season = season_of_folder(folders[-1])
    if season is None or _HALF_SEASON.search(folders[-1]):
        return None
    episodes = _bare_episodes(name, folders)
    if not episodes and season == 1 and (number := in_first_season(name, folders)) is not None:
        episodes = (number,)
    return EpisodeNumbers(season, episodes) if episodes else None


def placed_episodes(name: str) -> Placed | None:
    """What ``episodes_of`` finds in the name alone, with its place; the name must have been through ``cut_name``."""
    return _placed(name)


@lru_cache(maxsize=64)  # several rules ask about the same name, one after the other
def _placed(name: str) -> Placed | None:
    if match := S_FORM.search(name):
        placed = _read_on(name, match, int(match[1]), int(match[2]))
        if placed is None or _HALF.match(name, placed.end) or _contradicted(name, placed) or _dated(name, placed):
            return None
        return placed
    if (found := _x_form(name)) is not _NO_FORM:
        return found
    lowered = name.lower()
    if not any(word in lowered for word in _SEASON_WORDS):
        return None
    if match := _WORD_FORM.search(name):
        season, episode = number_of(match[2]), int(match[4])
        # Roman numerals only count after a book: "Season X" is a name
        if season is None or (match[1] is None and not match[2].isdigit()):
            return None
        if match[3] is not None and episode // 100 == season:
            return None  # "Temporada 2 Capitulo 201" may be its first
        return _read_on(name, match, season, episode, in_words=True)
    if (match := _CHAPTER_FORM.search(name)) and int(match[1]) == int(match[2]):
        return Placed(EpisodeNumbers(int(match[1]), (int(match[3]),)), match.start(), match.end())
    return None


def _x_form(name: str) -> Placed | None:
    """``1x02`` and what is joined to it: None where it contradicts itself, ``_NO_FORM`` where there is none."""
    for match in _X_FORM.finditer(name):
        season, episode = match[1], match[2]
        if _no_episode(season, episode):
            continue
        if len(episode) == 1 and name[: match.start()].rstrip(" _.")[-1:] not in ("", "-", "[", "("):
            continue  # "A 4x4 in Mud"
        if len(season) == 4 and DAY_BEHIND.match(name, match.end()):
            return None  # "2008x12.13" is a date
        placed = _read_on(name, match, int(season), int(episode))
        return None if placed is None or _contradicted_x(name, placed) or COMPACT_DATE.match(name) else placed
    return _NO_FORM


def _no_episode(season: str, episode: str) -> bool:
    """Whether ``1x02`` is something else: a codec after a number (``5.1x264``), an aspect ratio."""
    return episode in ("264", "265", "266") or (season, episode) in (("16", "9"), ("4", "3"), ("16", "10"))


def _read_on(name: str, match: re.Match[str], season: int, episode: int, *, in_words: bool = False) -> Placed | None:
    """The first episode and those joined to it; None where they contradict each other, or where what follows may be
    another episode or may not."""
    episodes = {episode}
    first, last, end = match[match.lastindex or 0], episode, match.end()
    while True:
        more = _MORE.match(name, end) or _MORE_X.match(name, end)
        if more is not None and more.re is _MORE_X and match.re is not _X_FORM and int(more["season"] or -1) != season:
            more = None  # a picture's size after S01E02
        if more is not None:
            number = int(more["episode"])
            if more["season"] is not None and int(more["season"]) != season:
                return None
            if more["to"] is None and (more.re is not _MORE_X or more["on"] is None):
                if len(first) == 1 and number > last + 1 and name[end] in "eE" and len(more["episode"]) == 1:
                    return None  # "S6E1E3" may hold the second, too
                episodes.add(number)
            elif not 0 <= number - last <= _LONGEST_RANGE:
                return None
            else:
                episodes.update(range(last, number + 1))
        else:
            more, unsure = _bare_range(name, match, end, last, in_words=in_words)
            if unsure:
                return None
            if more is None:
                break
            number = int(more["episode"])
            episodes.update(range(last, number + 1))
        last, end = number, more.end()
    if len(episodes) > 1 and episode == 1 and (match_of := _OF.match(name, end)) and int(match_of[1]) == last:
        return None  # "S1E1-8 of 8" is the whole season
    return Placed(EpisodeNumbers(season, tuple(sorted(episodes))), match.start(), end)


def _bare_range(
    name: str, match: re.Match[str], end: int, last: int, *, in_words: bool
) -> tuple[re.Match[str] | None, bool]:
    """A number without a mark that ends a range: ``S01E01-03``; and whether it is unsure that it does, as one digit
    is before a title (``S01E02-3_Acts``). A number that is not greater or far greater does not (``S01E05-2019``)."""
    if end == len(name) or name[end].isalpha():
        return None, False
    more = _MORE_BARE.match(name, end)
    if more is None and in_words:
        more = _MORE_WORDS.match(name, end)
    if more is not None and 0 < int(more["episode"]) - last <= _LONGEST_BARE_RANGE:
        number = more["episode"]
        padded = len(number) > 1 and (number[0] == "0" or int(number) == last + 1)
        doubtful = not padded or name[match.start() - 1 : match.start()] == "-"  # "S02E03-12 Men", "Show-S01E02-03"
        if in_words or not doubtful or _NO_TITLE.match(name, more.end()) or _MORE_BARE.match(name, more.end()):
            return more, False
        return None, True
    more = _MORE_JOINED.match(name, end)
    if more is None:
        more = _MORE_NEXT.match(name, end)
        if more is not None and not (in_words or more["mark"] or len(more["episode"]) > 1):
            return None, False  # "S01E02 & 3 Acts"
    if more is not None:
        number = int(more["episode"])
        if number == last + 1:
            return more, False
        return None, number > last and _NO_TITLE.match(name, more.end()) is not None  # "S01E02 & 04"
    more = _MORE_UNSURE.match(name, end)
    if more is None or not 0 < (beyond := int(more["episode"]) - last) <= _LONGEST_BARE_RANGE:
        return None, False
    ends = _NO_TITLE.match(name, more.end()) is not None
    if more["until"] is not None:  # "S01E02 to 08"
        return (more, False) if ends and len(more["episode"]) > 1 else (None, True)
    if len(more["episode"]) == 1:
        return None, False
    return None, beyond <= 3 and ends if _HYPHENS.search(more["apart"]) else beyond == 1


def _contradicted(name: str, placed: Placed) -> bool:
    """Whether the name has other numbers further on."""
    numbers = placed.numbers
    return _contradicted_x(name, placed) or any(
        int(match[1]) != numbers.season or int(match[2]) not in numbers.episodes
        for match in S_FORM.finditer(name, placed.end)
    )


def _contradicted_x(name: str, placed: Placed) -> bool:
    """Whether the name has other numbers with an x further on; one digit behind it is no number here (``4x4``)."""
    numbers = placed.numbers
    return any(
        len(match[2]) > 1
        and not _no_episode(match[1], match[2])
        and (int(match[1]) != numbers.season or int(match[2]) not in numbers.episodes)
        for match in _X_FORM.finditer(name, placed.end)
    )


def _dated(name: str, placed: Placed) -> bool:
    """Whether a date and technical tags stand before the numbers: which of them is meant is not certain."""
    if placed.start < 12:
        return False
    date = YEAR_FIRST_DATE.search(name, 0, placed.start)
    return date is not None and _TAG.search(name, date.end(), placed.start) is not None


def _bare_episodes(name: str, folders: Sequence[str]) -> tuple[int, ...]:
    """The episodes of a name that has no season: ``05 - Title``, ``05``, ``E05``, ``Show - Episode 5``."""
    stem = _SUFFIX.sub("", name).strip()
    marked = _marked_episodes(stem)
    if marked is None:
        return ()
    bare = _BARE.match(stem)
    if bare is None:
        return tuple(sorted(marked))
    first = bare[1]
    if (len(first) == 3 and first[0] != "0") or _number_of_a_title(first, folders):
        return ()  # 105 may be 1x05, or counted over all seasons
    if bare[4] is not None and len(folders) < 2 and (len(first) < 2 or first[0] != "0"):
        return ()  # "12.Monkeys", unless the series' folder shows otherwise
    if bare[4] is not None and len(first) < 2:
        return ()  # "3 Acts"
    episodes = {int(first)}
    if bare[2] is not None:
        episodes.add(int(bare[2]))
        if int(bare[2]) != int(first) + 1:
            return ()
    return tuple(sorted(episodes)) if marked <= episodes else ()


def _marked_episodes(stem: str) -> set[int] | None:
    """The episodes behind a mark in a name without a season, and those joined to them: ``E05``, ``Episode 5``,
    ``E05E06``; None where they contradict each other."""
    first = _MARKED.search(stem)
    if first is None:
        return set()
    placed = _read_on(stem, first, 0, int(first[1]))
    if placed is None:
        return None
    found = set(placed.numbers.episodes)
    return found if found.issuperset(map(int, _MARKED.findall(stem, placed.end))) else None


def _number_of_a_title(number: str, folders: Sequence[str]) -> bool:
    """Whether the series itself begins with this number: ``24 (2001)/Season 1/24 - Title``."""
    return any(re.match(rf"0*{int(number)}(?![0-9])", folder) for folder in folders[:-1])
