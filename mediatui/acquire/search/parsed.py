"""What the title of a release says, read once and stored with it."""

from __future__ import annotations

import dataclasses
import json
from functools import lru_cache
from typing import Any, Final

from mediatui.model.release import Release
from mediatui.names.release_columns import ReleaseColumns, columns_of

REMEMBERED: Final = 8_192
"""How many names are not read again."""


@lru_cache(maxsize=REMEMBERED)
def columns_once(name: str) -> ReleaseColumns:
    """The columns of a release by its name."""
    return columns_of(name)


def with_parsed(release: Release) -> Release:
    """The release with what its title says."""
    columns = columns_once(release.first.title)
    parsed = json.dumps({name: getattr(columns, name) for name in ReleaseColumns.__slots__})
    return dataclasses.replace(release, parsed=parsed)


def columns_in(release: Release) -> ReleaseColumns:
    """The columns of a release as they are stored; read from its title where they are not, or not as this version has
    them."""
    try:
        fields: dict[str, Any] = json.loads(release.parsed)
        for name, value in fields.items():
            fields[name] = tuple(value) if isinstance(value, list) else value
        return ReleaseColumns(**fields)
    except (ValueError, TypeError, AttributeError):
        return columns_once(release.first.title)
