"""Sonarr and Radarr by kind and by name: of one kind there may be several services, each with a name of its own.

A service that was given no name is called by the word of its kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

ArrKind = Literal["sonarr", "radarr"]
ARR_TITLES: Mapping[ArrKind, str] = {"sonarr": "Sonarr", "radarr": "Radarr"}
NOTHING_FOUND = "asked, nothing found"
"""How a search ends of which their queue and history show nothing; it is counted under these words."""


def arr_title(kind: ArrKind, name: str) -> str:
    """What people read of a service: ``Sonarr``, or ``Sonarr (anime)`` where it is named otherwise than its kind."""
    return ARR_TITLES[kind] if name == kind else f"{ARR_TITLES[kind]} ({name})"


def arr_section(kind: ArrKind, name: str) -> str:
    """What its settings begin with: ``sonarr``, or ``sonarr.anime`` where it is named otherwise than its kind."""
    return kind if name == kind else f"{kind}.{name}"
