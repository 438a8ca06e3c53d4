"""Finds the group that made a release: behind a hyphen at the end, in brackets in front or at the end, else a last word
behind the technical tags."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from mediatui.model.text import fold
from mediatui.names.column_words import BESIDE_TAGS, SAYS
from mediatui.names.release_title import in_small_letters
from mediatui.names.tag_words import BEHIND, LANGUAGES, MAYBE
from mediatui.names.technical_tags import is_tag_word, without_extension

# What stands behind a group, taken off again and again: "-xpost", "[1A2B3C4D]", "[v3]", "[www.site.example]",
# "(Title, Multi-Subs)", ".HebSubs", " English"
_BEHIND: Final = re.compile(
    r"(?:[-_. ]+(?:x-?post|postbot|obfuscat(?:ed|ion)|scrambled|sample|proof|rakuv[a-z0-9]*|nzbgeek|asrequested"
    r"|re-?post|alternativetorequested|gerov|z0ids3n|chamele0n|buymore|whiterev|4p|4planet|altezachen|repackpost|rp"
    r"|pre|1|[a-z]{2,3}subs)"
    r"|[ ._-]*\[(?:[0-9a-f]{8}|v[0-9]|(?:www\.)?[\w-]+(?:\.[a-z]{2,4}){1,2}|multiple subtitles?)\]"
    r"|[ ]\([^()]*,[^()]*\)|\.(?:torrent|nzb|mk3d))$",
)
# ".-.Dual.Audio.-.Dublado": more about the release, apart from the group
_REMARK: Final = re.compile(r"(?<=[^\W_])(?:\.-\.[^\W_]+(?:\.\+?\.?[^\W_]+)*)+$")
# "-GRP English": a language behind the group
_LAST_WORDS: Final = re.compile(r"(-[^\W_]+)[ ._]([^\W_]+)$")
_TAIL: Final = 60
# What is left behind the last technical tag: "-GRP", ") - GRP", "-[YTS.LT]", "-GRP[site]", " GRP) [Team]"
_HYPHENED: Final = re.compile(
    r"(?P<closed>[ ._)\]}+]*)(?P<hyphen>-[ ._]*)\[?(?P<group>[^\[\](){},]+?)[-\]]?[ ._]*"
    r"(?:\[(?P<site>[^\[\]]{2,40})\])?[ ._)\]]*$"
)
_BRACKETS: Final = re.compile(r"[\[(]-?([^\[\]()]{2,40}?)-?[\])]{0,2}[ ._-]*$")
_BY: Final = re.compile(r"(?<![^\W_])by[ ._]([^\W_]+(?:[ ][^\W_]+)?)\]?$", re.IGNORECASE)
_LAST: Final = re.compile(r"([ ._)\]]+)(?:[^ ]*[ ])*(?P<group>[^\s\[\](){},]+)[ .)\]]*$")
_TOKEN: Final = re.compile(r"\[-?([^\[\]\s]{2,40}?)-?\](?=[ ._]*(?:\[|\(|$))")
_IN_FRONT: Final = re.compile(r"\s*(?:\[([^\[\]]{2,60})\]|【([^【】]{2,60})】)")
_SITE: Final = re.compile(r"www\.|\.(?:com|org|net|info|to|io|me|site|example)$", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W_]+")
_TECHNICAL: Final = re.compile(
    r"[0-9]+(?:kbps|bits?|ch|p|i|mb|gb|fps)?|[a-z]*mux|[a-z]+[xh]26[456]|hevc10|atmos[0-9]|lame[0-9]|cap"
    r"|s[0-9]+(?:e[0-9]+)*|e[0-9]+|[0-9]+x[0-9]+|1xall"
)


def group_of(text: str, start: int) -> str:
    """The group of a release as its name writes it; empty where it names none. Technical tags, or the numbers of a
    name without tags, stand from ``start`` on."""
    stem = _without_remarks(without_extension(text).rstrip(" ."))
    front = _in_front(stem)
    if start >= len(stem):
        return front
    end = _end_of_tags(stem, start)
    rest = stem[end:]
    if match := _HYPHENED.match(rest):
        group = _behind_hyphen(stem[:end], match)
        if group:
            return group
    return front or _at_the_end(stem, rest, start)


def _without_remarks(stem: str) -> str:
    while True:
        tail = stem[-_TAIL:]
        match = _BEHIND.search(in_small_letters(tail))
        shorter = tail[: match.start()] if match else tail
        if (match := _LAST_WORDS.search(shorter)) and match[2].lower() in LANGUAGES and len(match[2]) > 2:
            shorter = shorter[: match.end(1)]
        if ".-." in shorter and (match := _REMARK.search(shorter)) and "-" in shorter[: match.start()]:
            shorter = shorter[: match.start()]
        shorter = shorter.rstrip(" .")
        if shorter == tail or _TEAM.search(tail):
            return stem
        stem = stem[: len(stem) - len(tail)] + shorter


_TEAM: Final = re.compile(r"\[(?:yts|yify)[. ]?[a-z]*\]$", re.IGNORECASE)


def _end_of_tags(stem: str, start: int) -> int:
    """Where the last technical tag ends. A last word behind a hyphen may be a group that is called like a tag."""
    words = list(_WORD.finditer(stem, start))
    for at in range(len(words) - 1, -1, -1):
        word = words[at]
        if _is_tag(word[0]):
            joined = stem[word.start() - 1 : word.start()] == "-"
            if at == len(words) - 1 and at and joined and _may_be_called(word[0], words[at - 1][0]):
                continue
            return word.end()
    return start


def _may_be_called(word: str, before: str) -> bool:
    """Whether a tag behind the last hyphen is a group: ``H.264-BD``, ``x264-SDTV``, ``Atmos-126811``, ``DVD-R-KZ``."""
    if word.isdigit():
        return len(word) > 4
    return word.isupper() and before.lower()[-3:] in ("264", "265", "cz") and len(word) <= 5


def _behind_hyphen(before: str, match: re.Match[str]) -> str:
    group, site = match["group"].strip(" ._-"), str(match["site"] or "")
    inside = before.count("(") > before.count(")")
    last = _WORD.findall(before[-24:])
    words = [*last[-3:], "".join(last[-2:])]  # with "H.264"
    technical = any(_is_tag(word) and not _NUMBER.fullmatch(word.lower()) for word in words)
    apart = match["hyphen"] != "-" or match["closed"].endswith(" ")
    if not group or (apart and not (technical or inside)) or (not technical and len(_WORD.findall(group)) > 2):
        return ""  # " - Title"
    if site and inside and _is_name(site):
        return site
    if apart and not inside and len(group.split()) > 3:
        return ""
    return str(group)


_NUMBER: Final = re.compile(r"[0-9]+|s[0-9]+(?:e[0-9]+)*|e[0-9]+|[0-9]+x[0-9]+")


def _at_the_end(stem: str, rest: str, start: int) -> str:
    """The group of a name without a hyphen before it: in brackets, before a closing bracket, or a last word."""
    if (match := _BRACKETS.search(rest)) and _is_name(match[1]) and len(match[1].split()) <= 3:
        return str(match[1]).strip()
    for match in _TOKEN.finditer(stem, start):
        if _is_name(match[1]):
            return str(match[1])
    if match := _BY.search(rest):
        return str(match[1])
    match = _LAST.match(rest)
    if match is None or not _is_name(match["group"]):
        return ""
    group = str(match["group"]).strip(".")
    closed = ")" in rest or "]" in rest
    dotted = match[1] in (".", "_", " ") and len(rest.split()) == 1
    if not closed and (not dotted or (group.istitle() and group.isalpha() and match[1] == " ")):
        return ""
    return group


def _in_front(stem: str) -> str:
    match = _IN_FRONT.match(stem)
    if match is None or not stem[match.end() :].strip(" ._-"):
        return ""
    group = str(match[1] or match[2]).strip()
    return group if _is_name(group) else ""


def _is_name(text: str) -> bool:
    return not _SITE.search(text) and not _is_tag(text) and any(char.isalpha() for char in text)


@lru_cache(maxsize=16_384)
def _is_tag(text: str) -> bool:
    """Whether all words of a text are technical."""
    return all(_is_tag_word(fold(word)) for word in _WORD.findall(text))


def _is_tag_word(word: str) -> bool:
    known = (SAYS, LANGUAGES, BEHIND, MAYBE, BESIDE_TAGS)
    return any(word in words for words in known) or is_tag_word(word) or _TECHNICAL.fullmatch(word) is not None
