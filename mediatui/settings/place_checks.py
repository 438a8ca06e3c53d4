"""Checks of the folders of the settings that concern several sections."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from pydantic_core import PydanticCustomError

from mediatui.model.text import printable
from mediatui.settings.acquisition import PathRuleSettings

STORAGE: Final = "library.storage"


def check_places(staging: Path | None, kept: Path | None, places: Mapping[str, Sequence[Path]]) -> None:
    """Raises PydanticCustomError where what is staged would be scanned as the library or lie on what it leads to, and
    where imported files would be kept (``kept``) in no folder of real files. ``places`` are the folders of the library
    by their keys."""
    for key, paths in places.items():
        for path in paths:
            if staging is not None and (staging.is_relative_to(path) or path.is_relative_to(staging)):
                raise PydanticCustomError(
                    "staging_folder", "staging.folder has to lie apart from {path} ({key})",
                    {"path": printable(str(path)), "key": key},
                )  # fmt: skip
    if kept is not None and kept not in places[STORAGE]:
        known = ", ".join(map(str, places[STORAGE]))
        raise PydanticCustomError(
            "importing_storage", "importing.storage has to be one of library.storage: {known}",
            {"known": printable(known, empty="none is set")},
        )  # fmt: skip


def check_rules(rules: Iterable[PathRuleSettings], services: Sequence[str]) -> None:
    """Raises PydanticCustomError for a path rule of a service that is none of these, or of another kind."""
    for rule in rules:
        if rule.service is not None and (rule.kind != "arr" or rule.service not in services):
            raise PydanticCustomError(
                "path_rule_service",
                "A rule of paths.rules is for the service {name}: allowed are {names}, in rules of the kind arr",
                {"name": printable(rule.service) or "without a name", "names": ", ".join(services)},
            )
