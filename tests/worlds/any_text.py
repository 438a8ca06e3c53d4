"""Text that nobody expects in a name, for property tests: characters of every kind that code for text stumbles over.

``st.text()`` on its own reads the whole of Unicode before its first example, some 2 s of work in every process of a
fresh checkout. The characters here are of every category, with those known to break something among them.
"""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

_KINDS: Final = (
    "\x00\t\n\r\x1b\x7f\x85\x9b",  # control characters
    "\u00ad\u200b\u200d\u200e\u200f\u202e\u2066\ufeff\U000e0067",  # without width, or turning the direction
    "\ud800\udbff\udc80\udce9\udfff",  # surrogates: bytes that were not UTF-8
    "\u0378\ue000\ufffd\uffff\U0010ffff",  # not assigned, private, no character
    " \u00a0\u2003\u202f\u3000\u2028\u2029",  # blanks, and ends of lines and paragraphs
    "\u0301\u0308\u0327\u093c\u0903\u20dd\u20e3\ufe0e\ufe0f",  # marks on the character before
    "AZÉİΣẞǄǅÆŁЖ𐐀",  # capitals, some of them longer in small letters
    "azéıßſςﬁǆœŉłжάʰʼ",  # small letters, some of them longer in capitals, and letters set high
    "ªא가ㅎकกำ千ア𠀋ﷺ\u1100\u1161",  # letters without case, written from right to left, wide or composed
    "019٣३９𝟗ⅣⅻⅩ〇²³¼①㉛",  # digits and numbers, of which Python reads some as integers
    "_‿-–—‑−([{「)]}」«‘“»’”.,/\\:;!?*\"'`´#%&@·…、",  # punctuation of every kind
    "+<=>|~^¨$€©°⚠🎬🏴👨🇫🇷🏽",  # signs and emoji, wide ones and such as join
)
EVERY_KIND: Final = "".join(dict.fromkeys("".join(_KINDS)))


def any_text(*, without: str = "", min_size: int = 0, max_size: int | None = None) -> st.SearchStrategy[str]:
    """Text of these characters, but for those in ``without``."""
    chars = "".join(char for char in EVERY_KIND if char not in without)
    return st.text(chars, min_size=min_size, max_size=max_size)


_PIECES: Final = st.sampled_from(
    ["S01E02", "s1e", "E04", "1x02", "x03", "-03", "2x", " to ", " & ", "Saison 1 ", "Épisode 2", "Livre IV ", "05",
     ".5", "Chapitre 3", "E\u0301", "1080p", " of 8", "2010", "[", ")", ".mkv", " - ", "_"]
)  # fmt: skip
HOSTILE_NAMES: Final = st.lists(_PIECES | any_text(max_size=3), max_size=12).map("".join) | any_text(max_size=300)
"""Texts with pieces of what the rules for names look for among them."""
