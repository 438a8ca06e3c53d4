"""Parts the title of a film as it is written in a name: the title itself, and what stands behind it and may belong to
it, as a second title, a part, an edition or a remark in brackets."""

from __future__ import annotations

import re
from typing import Final

from mediatui.names.number_words import ENGLISH, FRENCH
from mediatui.names.tag_words import BESIDE, EDITION, ENDS_TITLE, SURE, in_a_name

_NUMBER: Final = rf"(?:[0-9]{{1,2}}|[ivx]{{1,4}}|{'|'.join((*ENGLISH[:10], *FRENCH[:5]))})"
_CUT: Final = rf"(?:{in_a_name(EDITION)})(?<=cut|ion)"
_CAPITALS: Final = rf"(?-i:(?=[A-Z0-9 '-]+$)(?:DC|SE|OM|(?i:{in_a_name(EDITION)}|{BESIDE})))"
_TAG: Final = rf"(?:{in_a_name(SURE)}|{in_a_name(ENDS_TITLE)}|{_CUT}|{_CAPITALS})"
_REST: Final = re.compile(
    r"[ ]+[-–—]+[ ]+|--+|[ ]+a\.?k\.?a\.?[ ]+"  # Title - Second Title
    r"|[ ]+\([^()]+\)|[ ]+\[[^\[\]]+\]"
    r"|[ -]+x[0-9]{2}(?=[ -]|$)"  # the number of an extra
    rf"|[ ,-]+(?:part|pt|partie|parte)[ .]?{_NUMBER}(?:[ ](?:and|&|et)[ ](?:part[ ])?{_NUMBER})?(?=$|[ ]+[-(\[])"
    rf"|(?:[ ]+(?>{_TAG}(?=[ ]|$)))++$"
    r"|[ ]+(?:ultimate|complete|collector'?s?)(?:[ ][^\W\d_]+){0,2}[ ](?:collection|edition|cut)$",
    re.IGNORECASE,
)
_BRACKETS: Final = re.compile(r"[ ]+\([^()]+\)$")
_WORDS: Final = re.compile(r"[^\W_]")


def main_title(text: str, *, hyphens: bool = True) -> str:
    """The title before a second title behind a hyphen, a part (``Part III``), an edition or brackets; the whole text
    where it has none, or nothing in front of it. Without ``hyphens`` only brackets at its end part it."""
    for match in (_REST if hyphens else _BRACKETS).finditer(text):
        title = text[: match.start()].rstrip(" -–—,.")
        if _WORDS.search(title) and title.count("(") == title.count(")"):
            return title
    return text
