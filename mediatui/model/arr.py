"""Sonarr and Radarr by kind and by name: there may be several services of one kind, each with its own name.

A service without a name is called by the word of its kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

ArrKind = Literal["sonarr", "radarr"]
ARR_TITLES: Mapping[ArrKind, str] = {"sonarr": "Sonarr", "radarr": "Radarr"}
NOTHING_FOUND = "asked, nothing found"
"""The outcome of a search after which queue and history of the service show nothing; such searches are counted by this
text."""


def arr_title(kind: ArrKind, name: str) -> str:
    """The title of a service for people: ``Sonarr``, or ``Sonarr (anime)`` when its name is not the word of its
    kind."""
    return ARR_TITLES[kind] if name == kind else f"{ARR_TITLES[kind]} ({name})"


def named_title(name: str) -> str:
    """The title of a service whose kind is not at hand: ``Sonarr``, or its own name."""
    return next((title for kind, title in ARR_TITLES.items() if kind == name), name)


def arr_section(kind: ArrKind, name: str) -> str:
    """The section of its settings: ``sonarr``, or ``sonarr.anime`` when its name is not the word of its kind."""
    return kind if name == kind else f"{kind}.{name}"


ROOTS: Final = " roots"


def roots_of(service: str) -> str:
    """The root folders of a service, as what can be held apart from it: imports into them and rescans."""
    return f"{service}{ROOTS}"
