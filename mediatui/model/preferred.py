"""Which releases are preferred, and which are avoided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Words = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Preferred:
    """Words in small letters by what they are about (``languages``, ``resolutions``, ``sources``, ``groups``): what is
    preferred, in order, and what is avoided."""

    prefer: Words = field(default_factory=dict)
    avoid: Words = field(default_factory=dict)
