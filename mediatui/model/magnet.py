"""Magnet links and info-hashes: reads what people paste into the form the archive keeps, and writes it.

A magnet names its torrent by ``xt=urn:btih:`` and the SHA-1 info-hash in 40 hex digits or, in old links, 32 base32
letters (BEP 9). ``urn:btmh:`` is the SHA-256 hash of version 2 (BEP 52), which the service does not accept.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote, unquote_plus

from mediatui.model.errors import UsageError
from mediatui.model.foreign_json import without_surrogates
from mediatui.model.text import cut_middle, printable

_ALLOWED: Final = "Allowed is a magnet link with urn:btih, or its hash alone: 40 hex digits or 32 base32 letters."
_V1: Final = "urn:btih:"
_V2: Final = "urn:btmh:"

# Written out instead of IGNORECASE, which would let a few letters outside ASCII through (K of Kelvin, long s).
_HEX: Final = re.compile("[0-9A-Fa-f]{40}")
_BASE32: Final = re.compile("[A-Za-z2-7]{32}")
_MEANT_AS_HASH: Final = re.compile("[0-9A-Za-z]{24,80}")


@dataclass(frozen=True, slots=True)
class Magnet:
    """The content of a magnet link: ``hash`` is 40 lower-case hex digits, ``name`` is empty when none was given."""

    hash: str
    name: str


def read_magnet(text: str) -> Magnet:
    """The torrent that a magnet link or a bare info-hash means; blanks around it and letter case do not matter.

    Of several ``xt`` the first ``urn:btih`` counts, whatever its place. Raises UsageError for anything else, also
    for a magnet that has only a version 2 hash.
    """
    text = text.strip()
    if not text:
        raise UsageError("No magnet link and no hash was given.", _ALLOWED)
    if looks_like_magnet(text):
        return _read_link(text)
    if _HEX.fullmatch(text) or _BASE32.fullmatch(text) or _MEANT_AS_HASH.fullmatch(text):
        return Magnet(_read_hash(text), "")
    raise UsageError(f"{_shown(text)} is neither a magnet link nor a hash.", _ALLOWED)


def looks_like_magnet(text: str) -> bool:
    """Whether ``text`` was meant as a magnet link, right or wrong."""
    return text.lstrip()[:7].lower() == "magnet:"


def has_trackers(text: str) -> bool:
    """Whether a magnet link names a tracker: a client that asks no other clients finds nothing without one."""
    return any(part.partition("=")[0].lower().split(".")[0] == "tr" for part in text.partition("?")[2].split("&"))


def magnet_link(hash: str, name: str = "") -> str:  # noqa: A002 - the word of the whole program
    """The magnet link of an info-hash; ``name`` is percent-encoded, so the link is one word of ASCII."""
    shown = quote(name.encode("utf-8", "replace"), safe="")
    return f"magnet:?xt=urn:btih:{hash}" + (f"&dn={shown}" if shown else "")


def _read_link(text: str) -> Magnet:
    topics: list[str] = []
    names: list[str] = []
    for parameter in text.partition("?")[2].split("&"):
        key, _, value = parameter.partition("=")
        key = key.lower()
        if key == "xt" or key.startswith("xt."):  # xt.1, xt.2: the numbered form of several topics
            topics.append(unquote(value).strip())
        elif key == "dn":
            names.append(without_surrogates(unquote_plus(value)))
    for topic in topics:
        if topic[: len(_V1)].lower() == _V1:
            return Magnet(_read_hash(topic[len(_V1) :]), names[0] if names else "")
    if any(topic[: len(_V2)].lower() == _V2 for topic in topics):
        raise UsageError(
            "The magnet link has only a version 2 hash (urn:btmh), which the service cannot use.", _ALLOWED
        )
    raise UsageError("The magnet link has no hash (xt=urn:btih:…).", _ALLOWED)


def _read_hash(text: str) -> str:
    if _HEX.fullmatch(text):
        return text.lower()
    if _BASE32.fullmatch(text):
        return base64.b32decode(text.upper()).hex()
    if not text:
        raise UsageError("The magnet link has no hash after urn:btih.", _ALLOWED)
    if len(text) == 40:
        raise UsageError(f"The hash {_shown(text)} has characters that are not hex digits.", _ALLOWED)
    if len(text) == 32:
        raise UsageError(f"The hash {_shown(text)} has characters that are not base32 (A-Z, 2-7).", _ALLOWED)
    raise UsageError(f"The hash {_shown(text)} has {len(text)} characters, not 40 or 32.", _ALLOWED)


def _shown(text: str) -> str:
    return f'"{cut_middle(printable(text[:1000]), 60)}"'
