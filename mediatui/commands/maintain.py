"""The tools of maintenance: their options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediatui.commands.options import flag, number, report_by_exit_code, text, to_allow, to_apply, words
from mediatui.library.maintenance.tools import MIN_SCORE, TOOLS

if TYPE_CHECKING:
    from mediatui.library.maintenance.tools import ToolOptions


def _only(tool: str) -> tuple[str, ...]:
    categories = tuple(TOOLS[tool].categories)
    about = f"Only these: {', '.join(categories)}."
    found: tuple[str, ...] = text(about, "CATEGORY", "--only", many=True, examples=categories)
    return found


def _limit() -> int | None:
    found: int | None = number("Print at most N findings; all are counted.", "--limit", headless=True)
    return found


def _paths() -> tuple[str, ...]:
    found: tuple[str, ...] = words("[PATH]...")
    return found


@dataclass(frozen=True, slots=True)
class Integrity:
    """The options of ``integrity``."""

    only: tuple[str, ...] = _only("integrity")
    limit: int | None = _limit()
    exit_code: bool = report_by_exit_code("something was found")
    paths: tuple[str, ...] = _paths()


@dataclass(frozen=True, slots=True)
class Cleanup:
    """The options of ``cleanup``."""

    only: tuple[str, ...] = _only("cleanup")
    min_score: int = number("Relink dead links from this score on.", default=MIN_SCORE, least=None)
    max_per_dir: int | None = number(
        "Entries a folder may hold. [default: 50, where range folders are there]", least=None
    )
    remove_unrepaired: bool = flag("With --only broken: remove dead links nothing was found for.")
    apply: bool = to_apply()
    allow: int | None = to_allow()
    limit: int | None = _limit()
    exit_code: bool = report_by_exit_code("something was found")
    paths: tuple[str, ...] = _paths()


@dataclass(frozen=True, slots=True)
class RepairLinks:
    """The options of ``repair-links``."""

    min_score: int = number("Relink from this score on; 50 at least.", default=MIN_SCORE, least=None)
    apply: bool = to_apply()
    allow: int | None = to_allow()
    limit: int | None = _limit()
    paths: tuple[str, ...] = _paths()


@dataclass(frozen=True, slots=True)
class FixBadLinks:
    """The options of ``fix-bad-links``."""

    apply: bool = to_apply()
    allow: int | None = to_allow()
    limit: int | None = _limit()
    paths: tuple[str, ...] = _paths()


@dataclass(frozen=True, slots=True)
class FixSymlinks:
    """The options of ``fix-symlinks``."""

    rebase: tuple[str, ...] = text(
        "Only this: links into OLD follow a mount that is at NEW.", "OLD NEW", "--rebase", takes=2
    )
    apply: bool = to_apply()
    allow: int | None = to_allow()
    limit: int | None = _limit()
    paths: tuple[str, ...] = _paths()


@dataclass(frozen=True, slots=True)
class LinkMovies:
    """The options of ``link-movies``."""

    apply: bool = to_apply()
    allow: int | None = to_allow()
    limit: int | None = _limit()


Asked = Integrity | Cleanup | RepairLinks | FixBadLinks | FixSymlinks | LinkMovies
"""The options of any tool."""


def options_of(tool: str, asked: Asked) -> ToolOptions:
    """The options of the job of a tool; raises UsageError for words or numbers that it does not take."""
    from mediatui.library.maintenance.tools import ToolOptions, check_options

    names = ("only", "min_score", "max_per_dir", "remove_unrepaired", "rebase", "paths")
    given = {name: getattr(asked, name) for name in names if hasattr(asked, name)}
    options = ToolOptions(tool, **given)
    check_options(options)
    return options
