"""What quality a file has by its own name, in the words of a service: for what that has not looked at, or calls
unknown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from mediatui.acquire.importing.through_arr.compare import quality_id
from mediatui.model.release_words import read_words
from mediatui.model.text import fold
from mediatui.services.arr.importing import OrderedProfile

_SOURCES: Final[Mapping[str, Sequence[str]]] = {
    "remux": ("Bluray-{0} Remux", "Remux-{0}"), "bluray": ("Bluray-{0}",), "web-dl": ("WEBDL-{0}",),
    "web": ("WEBDL-{0}", "WEBRip-{0}"), "hdtv": ("HDTV-{0}", "SDTV"), "dvd": ("DVD",), "cam": ("CAM",),
}  # fmt: skip
"""What the services call a source at a resolution; the first they have counts."""
_GROUP: Final = re.compile(r"-(?P<group>[A-Za-z0-9]{2,20})(?:\[[^\]]*\])?$")
UNKNOWN: Final = ({"id": 0, "name": "Unknown"},)


def own_quality(names: Sequence[str], profile: OrderedProfile) -> Mapping[str, Any]:
    """The quality that the first of these names that says one says, as the service writes it; empty for none."""
    known = {str(one.get("name", "")).casefold(): one for item in profile.items for one in item.qualities}
    for name in names:
        words = read_words(fold(name))
        for pattern in _SOURCES.get(words.source, ()):
            if (found := known.get(pattern.format(words.resolution).casefold())) is not None:
                revision = {"version": 1, "real": 0, "isRepack": False}
                return {"quality": dict(found), "revision": revision}
    return {}


def quality_to_send(
    said: Mapping[str, Any], names: Sequence[str], profile: OrderedProfile, *, is_judged: bool
) -> Mapping[str, Any]:
    """The quality a file is imported with: what the service says where it has looked and knows, else by our names."""
    if is_judged and quality_id(said):
        return said
    return own_quality(names, profile) or said


def group_of(names: Sequence[str]) -> str:
    """The group that made a release, by the first of its names that says one; empty for none."""
    return next((found["group"] for name in names if (found := _GROUP.search(name)) is not None), "")
