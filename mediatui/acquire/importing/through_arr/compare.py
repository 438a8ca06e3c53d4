"""Whether a file is better than one that is there: by its place in the quality profile, then its revision, then its
custom format score. Strictly: what is equal is no upgrade, though the service would take it without a word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mediatui.services.arr.importing import OrderedProfile

Rank = tuple[int, int, int, int]


def rank_of(profile: OrderedProfile, quality: Mapping[str, Any], score: int) -> Rank:
    """How good a quality is in a profile: its place there (-1: it has none; those of a group are alike), its revision,
    and its score."""
    revision = quality.get("revision")
    known = revision if isinstance(revision, dict) else {}
    return place_of(profile, quality), _whole(known.get("real"), 0), _whole(known.get("version"), 1), score


def place_of(profile: OrderedProfile, quality: Mapping[str, Any]) -> int:
    """The place of a quality in a profile, the worst at 0; -1 for one it does not have."""
    wanted = quality_id(quality)
    for place, item in enumerate(profile.items):
        if any(one.get("id") == wanted for one in item.qualities):
            return place
    return -1


def quality_id(quality: Mapping[str, Any]) -> int:
    """The number of a quality; 0 for none, as the services say unknown."""
    inner = quality.get("quality")
    return _whole(inner.get("id"), 0) if isinstance(inner, dict) else 0


def quality_name(quality: Mapping[str, Any]) -> str:
    """What a quality is called; empty for none."""
    inner = quality.get("quality")
    name = inner.get("name") if isinstance(inner, dict) else None
    return name if isinstance(name, str) else ""


def is_better(ours: Rank, theirs: Rank) -> bool:
    """Whether ours is better; a quality that the profile does not have never is."""
    return ours[0] >= 0 and ours > theirs


def _whole(value: object, default: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else default
