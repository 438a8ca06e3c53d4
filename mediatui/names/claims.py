"""What a name says beyond title, year and number: that it is a half, a part, another cut, an extra, or simply more.

A file is taken for a link only where it says nothing of the kind, or the very same as the link or as the file the link
led to. The words count outside the title: behind it up to the technical tags, behind those, in brackets, and in the
name of the folder. Titles of episodes hold such words too, so in the name of an episode they count only as the last
thing before the tags. A word of the wanted title never counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from mediatui.model.text import fold, printable
from mediatui.names.dates import CLAIMED_DATE, dates_in
from mediatui.names.editions import edition_named, editions_in
from mediatui.names.episode_numbers import placed_episodes
from mediatui.names.extras import HINT, SURE, extra_alone, extras_in, kind_of_extra
from mediatui.names.parts import Phrase, half_behind, parts_in, same_part
from mediatui.names.pattern_pieces import FILM_YEAR
from mediatui.names.seasons import cut_name
from mediatui.names.tag_words import LANGUAGES
from mediatui.names.technical_tags import EXTENSION, NameWord, first_tag, is_tag_word, words_of
from mediatui.names.titles import fold_title, same_title

_EDITION: Final = re.compile(r"[\[{(]edition[- ]([^\]})]*)[\]})]", re.IGNORECASE)
_SEASON: Final = re.compile(
    r"(?<![^\W_])(?:s[0-9]{1,4}|(?:saison|season|staffel|temporada|stagione|series)[ ._-]{0,3}[0-9]{1,4})(?![^\W_])"
    r"(?:[ ._-]*(?:complete|integrale))?",
    re.IGNORECASE,
)
_BARE_NUMBER: Final = re.compile(r"(?:e|ep|episode)?[ ._]?[0-9]{1,4}(?:v[0-9])?(?![^\W_])", re.IGNORECASE)
_YEAR: Final = re.compile(FILM_YEAR)
COUNTRIES: Final = frozenset(("en", "fr", "de", "es", "it", "pt", "nl", "pl", "us", "uk", "gb", "ca", "au", "be", "ch"))
_MOST_TITLE_WORDS: Final = 6
"""How many words more than a title a name may have for it: articles, letters written apart."""


@dataclass(frozen=True, slots=True)
class NameClaims:
    """What a name says beyond title, year and number.

    ``half`` is ``a`` or ``b``; ``parts``, ``editions`` and ``extras`` are as their modules name them. ``rest`` is
    whatever else stands between title or year and the first technical tag of a film's name, folded. ``in_title`` says
    that ``parts`` stand behind the title of an episode and may belong to it. ``known`` says that the name shows what it
    is of, so that what it does not say counts as not said.
    """

    half: str = ""
    parts: frozenset[str] = frozenset()
    editions: frozenset[str] = frozenset()
    extras: frozenset[str] = frozenset()
    dates: frozenset[str] = frozenset()
    rest: tuple[str, ...] = ()
    in_title: bool = False
    known: bool = False

    def joined(self, other: NameClaims) -> NameClaims:
        """What two names of one file say together: its own and that of its folder."""
        return replace(
            self,
            parts=self.parts | other.parts,
            editions=self.editions | other.editions,
            extras=self.extras | other.extras,
            dates=self.dates | other.dates,
            rest=self.rest or other.rest,
            known=self.known or other.known,
        )


NO_CLAIMS: Final = NameClaims()


def claims_of(
    name: str, folders: Sequence[str] = (), titles: Collection[str] = (), *, is_episode: bool = False
) -> NameClaims:
    """What a file or a link says, by its name and by those of its ``folders`` (the nearest last). ``titles`` (folded)
    are those of the film or series wanted; ``is_episode`` says of a name without a number that it is an episode's."""
    titles = tuple(titles)
    own = _claims_of_name(name, titles, is_episode=is_episode)
    if not folders:
        return own
    episode = is_episode or placed_episodes(cut_name(name)) is not None
    return own.joined(_claims_of_folders(folders, titles, is_episode=episode))


def why_another(file: NameClaims, link: NameClaims, old: NameClaims, *, is_episode: bool = False) -> str:
    """Why a file is not what a link should lead to, in words; empty where it may be. It has to say the very same as the
    link, or as the ``old`` file that the link led to."""
    return next(filter(None, _differences(file, link, old, is_episode=is_episode)), "")


def is_extra(name: str, folder: str, titles: Collection[str] = ()) -> bool:
    """Whether a video is a sample, a trailer or the like, by its name or by that of its folder. Without ``titles``
    (folded, of the film or episode wanted) only words that hardly stand in a title count."""
    if not HINT.search(fold(f"{name} {folder}")):
        return False
    extras = claims_of(name, [folder] if folder else [], titles).extras
    if titles:
        return bool(extras)
    alone = extra_alone(_text_of(words_of(folder))) or extra_alone(_text_of(words_of(name))) or _suffix(name, titles)
    return bool(alone) or any(kind_of_extra(extra) in SURE for extra in extras)


def _differences(file: NameClaims, link: NameClaims, old: NameClaims, *, is_episode: bool) -> Iterator[str]:
    if file.half != link.half and (link.half or file.half != old.half):
        yield f"the other half ({file.half})" if file.half else f"not the half ({link.half}) alone"
    yield _other_part(file, link, old, is_episode=is_episode)
    if not _says_same(file.extras, link.extras, old.extras, old.known, needed=not is_episode):
        yield _shown(file.extras) or f"the link is {_shown(link.extras)}"
    if not _says_same(file.editions, link.editions, old.editions, old.known, needed=not is_episode):
        yield f"another cut ({_shown(file.editions) or f'not {_shown(link.editions)}'})"
    if file.dates and not (file.dates & (link.dates | old.dates)) and (link.dates or old.dates):
        yield f"another date ({_shown(file.dates)})"
    if file.rest not in (link.rest, old.rest) and (file.rest or link.rest):
        silent = not file.rest and (old.known and not old.rest)
        if not silent:
            yield f"it says more: {printable(' '.join(file.rest))}" if file.rest else _lacks(link.rest)


def _lacks(rest: Sequence[str]) -> str:
    return f"it does not say: {printable(' '.join(rest))}"


def _other_part(file: NameClaims, link: NameClaims, old: NameClaims, *, is_episode: bool) -> str:
    if same_part(file.parts, link.parts):
        return ""
    if file.parts:
        return "" if not link.parts and same_part(file.parts, old.parts) else f"only {_shown(file.parts)} of it"
    if link.in_title and is_episode and old.known and not old.parts:
        return ""  # the part is in the title of the episode, and the old file did not say it either
    return f"not {_shown(link.parts)} alone"


def _says_same(
    file: frozenset[str], link: frozenset[str], old: frozenset[str], old_known: bool, *, needed: bool
) -> bool:
    """``needed`` says that a file has to say what the link says; else it only must not say something else."""
    if file:
        return file in (link, old)
    return not link or not needed or (old_known and not old)


def _shown(says: Iterable[str]) -> str:
    return printable(", ".join(sorted(says)), empty="")


def _claims_of_folders(folders: Sequence[str], titles: tuple[str, ...], *, is_episode: bool) -> NameClaims:
    """What the two nearest folders say. The part that a folder of episodes names is one of the season."""
    found = NameClaims()
    for far, folder in enumerate(reversed(folders[-2:])):
        alone = extra_alone(_text_of(words_of(folder)))
        if alone and (far == 0 or kind_of_extra(alone) in SURE) and not _of_titles(_text_of(words_of(folder)), titles):
            found = found.joined(NameClaims(extras=frozenset((alone,))))
        if far == 0:
            says = _claims_of_name(folder, titles, is_episode=is_episode, is_folder=True)
            if is_episode:
                says = replace(says, parts=frozenset(), rest=(), known=False, dates=frozenset())
            found = found.joined(says)
    return found


@lru_cache(maxsize=4_096)
def _claims_of_name(
    name: str, titles: tuple[str, ...], *, is_episode: bool = False, is_folder: bool = False
) -> NameClaims:
    text = cut_name(name)
    editions = frozenset[str]()
    for match in _EDITION.finditer(text):
        editions |= edition_named(_text_of(words_of(match[1])))
    text = _EDITION.sub(lambda match: " " * len(match[0]), text)
    words = words_of(text)
    placed = placed_episodes(text)
    if placed is not None and not is_folder:
        found = _claims_of_episode(text, words, placed.start, placed.end, titles)
    elif is_episode:
        number = _SEASON.search(text) if is_folder else _BARE_NUMBER.match(text) or CLAIMED_DATE.search(text)
        start, end = number.span() if number else (0, 0)
        found = replace(_claims_of_episode(text, words, start, end, titles), known=number is not None)
    else:
        found = _claims_of_film(words, titles, is_folder=is_folder)
    suffix = "" if is_folder else _suffix(text, titles)
    extras = found.extras | ({suffix} if suffix else frozenset())
    return replace(found, editions=found.editions | editions, dates=dates_in(text), extras=extras)


def _claims_of_episode(
    text: str, words: Sequence[NameWord], start: int, end: int, titles: Collection[str]
) -> NameClaims:
    """What stands behind the number of an episode (``text[start:end]``), before and behind the tags; and in front of
    the number, behind the title."""
    half = half_behind(text, end) if end else ""
    behind = [_behind(text, word, end) for word in words if word.end > end]
    if half and behind and behind[0].text == fold(half):
        behind = behind[1:]
    at = first_tag(behind)
    title, tags = _text_of(behind[:at]), _text_of(behind[at:])
    before = [word for word in words if word.end <= start]
    shown = _title_end(before, titles)
    found = _Found(titles, is_episode=True)
    found.look(_text_of(before[shown:]) if shown else "", last_only=True)
    found.look(title, last_only=True)
    found.look(tags, last_only=False)
    if number := _bracketed_number(text, behind[:at]):
        found.parts.add(f"part {number}")
    in_title = bool(found.parts) and len(behind[:at]) > 2 and not parts_before(tags)
    return NameClaims(
        half, frozenset(found.parts), frozenset(found.editions), frozenset(found.extras), in_title=in_title, known=True
    )


def parts_before(text: str) -> bool:
    """Whether a text names a part."""
    return any(True for _ in parts_in(text))


def _claims_of_film(words: Sequence[NameWord], titles: Collection[str], *, is_folder: bool) -> NameClaims:
    tag = first_tag(words)
    end = _title_end(words[:tag], titles)
    by_title = end > 0
    years = [at for at in range(1, tag) if _YEAR.fullmatch(words[at].text)]
    if by_title:
        known = end == tag or _YEAR.fullmatch(words[end].text) is not None
        if end < tag and known:
            end += 1
    else:
        known = bool(years)
        end = years[-1] + 1 if years else 0
    outside, tags = words[end:tag], words[tag:]
    found = _Found(titles, is_episode=False)
    found.look(_text_of(outside), last_only=False)
    found.look(_text_of(tags), last_only=False)
    rest: tuple[str, ...] = ()
    several = is_folder and len(years) > 1  # the folder of a collection
    if known or (by_title and not is_folder):
        rest = () if several else tuple(_rest(outside, found.spans))
    return NameClaims(
        "", frozenset(found.parts), frozenset(found.editions), frozenset(found.extras), rest=rest, known=known
    )


def _rest(words: Sequence[NameWord], spans: Sequence[tuple[int, int]]) -> Iterator[str]:
    """The words that are no part, cut or extra, no language and no tag."""
    place = 0
    for word in words:
        taken = any(start <= place < end for start, end in spans)
        place += len(word.text) + 1
        if not taken and word.text not in LANGUAGES and word.text not in COUNTRIES and not is_tag_word(word.text):
            yield word.text


class _Found:
    """Collects what texts say; ``spans`` are the places in the text that was looked at first."""

    def __init__(self, titles: Collection[str], *, is_episode: bool) -> None:
        self.parts: set[str] = set()
        self.editions: set[str] = set()
        self.extras: set[str] = set()
        self.spans: list[tuple[int, int]] = []
        self._titles = titles
        self._is_episode = is_episode
        self._first = True

    def look(self, text: str, *, last_only: bool) -> None:
        """Looks a text through; ``last_only`` says that only what ends it counts."""
        readers: Sequence[tuple[Callable[[str], Iterable[Phrase]], set[str]]] = (
            (extras_in, self.extras), (editions_in, self.editions), (parts_in, self.parts),
        )  # fmt: skip
        taken: list[tuple[int, int]] = []
        for read, said in readers:
            for phrase in read(text):
                if last_only and phrase.end != len(text):
                    continue
                if any(start < phrase.end and phrase.start < end for start, end in taken):
                    continue  # "bonus disc 1" is no disc, "deleted scenes" no cut
                if phrase.says.startswith("section") and self._is_episode:
                    continue
                if _of_titles(text[phrase.start : phrase.end], self._titles):
                    continue
                taken.append((phrase.start, phrase.end))
                titled = self._is_episode and last_only and phrase.start and said is self.extras
                said.add(f"{phrase.says}: {fold_title(text)}" if titled else phrase.says)  # "The Sample" is no sample
        if self._first and not self._is_episode:
            self.spans = taken
        self._first = False


def _of_titles(phrase: str, titles: Collection[str]) -> bool:
    """Whether all words of a phrase are words of one of the titles."""
    words = set(fold_title(phrase).split())
    return any(words and words <= set(title.split()) for title in titles)


def _title_end(words: Sequence[NameWord], titles: Collection[str]) -> int:
    """How many words in front are the title, as it is written here; 0 when the name does not begin with it."""
    best = 0
    for title in titles:
        most = min(len(words), len(title.split()) + _MOST_TITLE_WORDS)
        for count in range(most, best, -1):
            if same_title(fold_title(_text_of(words[:count])), title):
                best = count
                break
    return best


def _behind(text: str, word: NameWord, end: int) -> NameWord:
    """A word, without what belongs to the number that ends at ``end``: ``pt1`` of ``S01E02pt1``."""
    if word.start >= end:
        return word
    return word._replace(text=fold(text[end : word.end]), start=end)


def _bracketed_number(text: str, words: Sequence[NameWord]) -> str:
    """The number in brackets that ends the title of an episode: ``The Trial (2)``; empty where there is none."""
    if len(words) < 2 or not re.fullmatch("[0-9]{1,2}", words[-1].text) or not words[-1].before.endswith("("):
        return ""
    return words[-1].text.lstrip("0") if text[words[-1].end : words[-1].end + 1] == ")" else ""


def _suffix(name: str, titles: Collection[str]) -> str:
    """The extra that a suffix behind a hyphen, or the whole name, is called: ``Film (2001)-other``; empty for none."""
    stem = EXTENSION.sub("", name)
    last = stem.rpartition("-")[2]
    text = _text_of(words_of(last)) if last and not last.startswith((" ", ".")) else ""
    said = extra_alone(text) if text else ""
    return "" if said and _of_titles(text, titles) else said


def _text_of(words: Iterable[NameWord]) -> str:
    return " ".join(word.text for word in words)
