"""Reads season and episodes from a name by our own strict rule, the only one that may decide a change to a link.

The rule reads numbers written beside a mark (``S01E02``, ``1x02``, ``Saison 1 Episode 2``, or a bare ``02`` in a
season's folder) and compares integers, never text: ``S04E021`` is episode 21. A name that is contradictory or ambiguous
gives no result.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

# The longest range accepted. Beyond that the second number is no episode (a year, a height).
_LONGEST_RANGE: Final = 500
_LONGEST_BARE_RANGE: Final = 30
LONGEST_NAME: Final = 255
"""Bytes of a file name that are read; no file system has longer names, and parsers slow down with the length."""

_WORD_BEFORE = r"(?<![^\W_])"
_WORD_AFTER = r"(?![^\W_])"
_END = r"(?![0-9])(?![pPiI]\b)"  # S01E1080p is a height
_S_FORM = re.compile(
    _WORD_BEFORE
    + r"[sS]([0-9]{1,4})(?:[ ._-]{0,3}[eE](?:[pP][ ._]?)?|[ ._-]{1,3}[eEéÉ]pisodes?[ ._]?)([0-9]{1,5})"
    + _END
)
_X_FORM = re.compile(
    _WORD_BEFORE + r"([0-9]{1,2}|(?:19|20)[0-9]{2}(?=[xX][0-9]{2}(?![0-9])))[xX]([0-9]{1,3})(?![0-9])"
    r"(?:(?=[xX][0-9])|" + _WORD_AFTER + ")"
)
_WORD_FORM = re.compile(
    _WORD_BEFORE + r"(?:saison|season|staffel|temporada|stagione|((?:livre|book)))[ ._-]{0,3}([0-9]{1,4}|[ivx]{1,6})"
    r"[ ._,-]{1,3}(?:[eé]p(?:isodes?)?|episodios?|folgen?|cap[ií]tulos?|chapitres?|chapters?|e(?=[0-9]))"
    r"[ ._]{0,2}([0-9]{1,5})" + _END,
    re.IGNORECASE,
)
_SEASON_WORDS: Final = ("saison", "season", "staffel", "temporada", "stagione", "livre", "book")

# What may follow the first episode: another with its mark, the whole form again, or a bare number after a hyphen.
_MORE = re.compile(
    r"(?:(?P<to>[ ._]{0,2}[-–~][ ._]{0,2}|[ ._](?:à|to|au)[ ._])|[ ._]{0,2}[&+,][ ._]{0,2}|[ ._]{0,2})"
    r"(?:[sS](?P<season>[0-9]{1,4})[ ._-]?)?[eE](?:[pP][ ._]?)?(?P<episode>[0-9]{1,5})" + _END
)
_MORE_X = re.compile(
    r"(?:(?:(?P<to>[ ._]{0,2}[-–][ ._]{0,2})|[ ._]{0,2}[&+,][ ._]{0,2}|[ ._]{1,2})"
    r"(?P<season>[0-9]{1,2}|(?:19|20)[0-9]{2}(?=[xX][0-9]{2}(?![0-9])))|(?=[xX]))"
    r"[xX](?P<episode>[0-9]{1,3})(?![0-9])(?:(?=[xX][0-9])|" + _WORD_AFTER + ")"
)
_MORE_BARE = re.compile(r"[-~](?P<episode>[0-9]{2,5})" + _WORD_AFTER + r"(?!\.[0-9]+[ ._]*(?:h|am|pm)\b)")
_MORE_WORDS = re.compile(r"(?:[-–]|[ ._](?:à|to|au|a)[ ._])(?P<episode>[0-9]{1,5})" + _WORD_AFTER, re.IGNORECASE)
_MORE_JOINED = re.compile(r"_(?P<episode>[0-9]{2,3})" + _WORD_AFTER)
# Two joined by a sign or a word: "S01E01 & 02", "S01E01 et E02"; a second that is not the next belongs to a title.
_MORE_NEXT = re.compile(
    r"[ ._]?(?:[&+,]|(?<=[ ._])(?:and|et|und)(?=[ ._]))[ ._]?(?P<mark>e(?:p[ ._]?)?)?(?P<episode>[0-9]{1,4})"
    + _WORD_AFTER
    + _END,
    re.IGNORECASE,
)
_HALF = re.compile(r"\.5(?![0-9])")

_SEASON_FOLDER = re.compile(
    r"(?:saison|season|staffel|temporada|stagione|s)[ ._-]{0,3}([0-9]{1,4})(?:$|[ ._-]*\(| - (?![0-9]))", re.IGNORECASE
)
_BOOK_FOLDER = re.compile(
    r"(?:.*[ ._-])?(?:livre|book)[ ._-]{1,3}([0-9]{1,3}|[ivx]{1,6})(?:$|[ ._-]*[\(:]| - (?![0-9]))", re.IGNORECASE
)
_SPECIALS_FOLDER = re.compile(r"specials?$|sp[eé]ciaux$|hors[ ._-]s[eé]ries?$", re.IGNORECASE)
_PACK_FOLDER = re.compile(_WORD_BEFORE + r"(?:[sS]|[sS]aison[ ._]|[sS]eason[ ._])([0-9]{1,2})" + _WORD_AFTER)
_SEVERAL = re.compile(r"[ ._]?(?:-|à|to|au|&|\+|,|et|and)[ ._]?[0-9]", re.IGNORECASE)
_MARKED = re.compile(_WORD_BEFORE + r"(?:e|[eé]p(?:isodes?)?[ ._]{0,2})([0-9]{1,4})" + _END, re.IGNORECASE)
# Half a season: its episodes may be counted from 1 again.
_HALF_SEASON = re.compile(
    _WORD_BEFORE + r"(?:part|partie|parte|teil|cour|vol|volume)[ ._-]{0,2}(?:[0-9]{1,2}|[ivx]{1,4})" + _WORD_AFTER,
    re.IGNORECASE,
)
_BARE = re.compile(
    r"([0-9]{1,3})(?:-([0-9]{2,3}))?(?:v[0-9])?"
    r"(?:( ?[-–_] ?|\.[ -]|_-_|\.-\.)(?! ?[0-9]{1,4}(?:v[0-9])?(?: ?[-_]|$))|([ .])(?=[^\W\d])|$)"
)
_SUFFIX = re.compile(
    r"\.(?:mkv|mp4|m4v|avi|ts|m2ts|mov|wmv|webm|mpe?g|iso|ogm|srt|ass|ssa|sub|idx|nfo)$", re.IGNORECASE
)
_ROMAN: Final = {
    tens * "x" + ones: 10 * tens + number
    for tens in (0, 1)
    for number, ones in enumerate(("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"))
    if tens or ones
}


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


def cut_name(name: str) -> str:
    """``name`` as every rule here reads it: NFC, and at most LONGEST_NAME bytes of it; a byte that was not UTF-8 shows
    as U+FFFD."""
    if name.isascii():
        return name[:LONGEST_NAME]
    encoded = unicodedata.normalize("NFC", name[:LONGEST_NAME]).encode("utf-8", "surrogatepass")[:LONGEST_NAME]
    return unicodedata.normalize("NFC", encoded.decode("utf-8", "replace"))


def episodes_of(name: str, folders: Sequence[str] = ()) -> EpisodeNumbers | None:
    """The season and episodes of a file by its name; None where the name has none or is ambiguous.

    ``name`` is a file's name, never a path. ``folders`` are the names of the folders it lies in, the nearest last; they
    count only where the name itself has no season: then the nearest must be the folder of a season.
    """
    name = cut_name(name)
    if placed := _placed(name):
        return placed.numbers
    if not folders or _says_episodes(name):
        return None
    season = season_of_folder(folders[-1])
    if season is None or _HALF_SEASON.search(folders[-1]):
        return None
    episodes = _bare_episodes(name, folders)
    return EpisodeNumbers(season, episodes) if episodes else None


def placed_episodes(name: str) -> Placed | None:
    """What ``episodes_of`` finds in the name alone, with its place; the name must have been through ``cut_name``."""
    return _placed(name)


def season_of_folder(folder: str) -> int | None:
    """The season a folder is for: ``Season 1``, ``Saison 01``, ``S01``, ``Specials`` (0), ``Livre IV``, ``Book 2``, or
    a release of one season (``The.Show.S01.1080p``); None for any other, and for one of several seasons."""
    folder = cut_name(folder).strip()
    if match := _SEASON_FOLDER.match(folder):
        return int(match[1])
    if _SPECIALS_FOLDER.match(folder):
        return 0
    if match := _BOOK_FOLDER.match(folder):
        return _number(match[1])
    if _says_episodes(folder):
        return None
    seasons = list(_PACK_FOLDER.finditer(folder))
    if len(seasons) != 1 or _SEVERAL.match(folder, seasons[0].end()):
        return None
    return int(seasons[0][1])


def _says_episodes(name: str) -> bool:
    return _S_FORM.search(name) is not None


def _placed(name: str) -> Placed | None:
    if match := _S_FORM.search(name):
        placed = _read_on(name, match, int(match[1]), int(match[2]))
        if placed is None or _HALF.match(name, placed.end) or _contradicted(name, placed):
            return None
        return placed
    if found := _x_form(name):
        return found
    lowered = name.lower()
    if any(word in lowered for word in _SEASON_WORDS) and (match := _WORD_FORM.search(name)):
        season = _number(match[2])
        # Roman numerals only count after a book: "Season X" is a name
        if season is None or (match[1] is None and not match[2].isdigit()):
            return None
        return _read_on(name, match, season, int(match[3]), in_words=True)
    return None


def _x_form(name: str) -> Placed | None:
    for match in _X_FORM.finditer(name):
        season, episode = match[1], match[2]
        if episode in ("264", "265", "266") or (season, episode) in (("16", "9"), ("4", "3"), ("16", "10")):
            continue  # codecs after a number (5.1x264), aspect ratios
        if len(episode) == 1 and name[: match.start()].rstrip(" _.")[-1:] not in ("", "-", "[", "("):
            continue  # "A 4x4 in Mud"
        return _read_on(name, match, int(season), int(episode))
    return None


def _read_on(name: str, match: re.Match[str], season: int, episode: int, *, in_words: bool = False) -> Placed | None:
    """The first episode and those joined to it; None where they contradict each other."""
    episodes = {episode}
    last, end = episode, match.end()
    while True:
        more = _MORE.match(name, end) or _MORE_X.match(name, end)
        if more is not None and more.re is _MORE_X and match.re is not _X_FORM and int(more["season"] or -1) != season:
            more = None  # a picture's size after S01E02
        if more is not None:
            number = int(more["episode"])
            if more["season"] is not None and int(more["season"]) != season:
                return None
            if more["to"] is None:
                episodes.add(number)
            elif not 0 <= number - last <= _LONGEST_RANGE:
                return None
            else:
                episodes.update(range(last, number + 1))
        else:
            more = _bare_range(name, end, last, in_words=in_words)
            if more is None:
                break
            number = int(more["episode"])
            episodes.update(range(last, number + 1))
        last, end = number, more.end()
    return Placed(EpisodeNumbers(season, tuple(sorted(episodes))), match.start(), end)


def _bare_range(name: str, end: int, last: int, *, in_words: bool) -> re.Match[str] | None:
    """A number without a mark that ends a range: ``S01E01-03``. One digit does not (``S12E13-3_Acts``), nor does a
    number that is not greater or far greater (``S01E05-2019``)."""
    more = _MORE_BARE.match(name, end)
    if more is None and in_words:
        more = _MORE_WORDS.match(name, end)
    if more is not None and 0 < int(more["episode"]) - last <= _LONGEST_BARE_RANGE:
        return more
    more = _MORE_JOINED.match(name, end)
    if more is None:
        more = _MORE_NEXT.match(name, end)
        if more is not None and not (in_words or more["mark"] or len(more["episode"]) > 1):
            return None  # "S01E02 & 3 Acts"
    return more if more is not None and int(more["episode"]) == last + 1 else None


def _contradicted(name: str, placed: Placed) -> bool:
    """Whether the name has other numbers further on."""
    numbers = placed.numbers
    return any(
        int(match[1]) != numbers.season or int(match[2]) not in numbers.episodes
        for match in _S_FORM.finditer(name, placed.end)
    )


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


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() else _ROMAN.get(text.lower())
