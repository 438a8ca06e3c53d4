"""The torrents, one of them, the figures, what is wrong, and whether links still open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mediatui.commands.options import flag, number, report_by_exit_code, text, word, words
from mediatui.model.choices import TORRENT_SORTS, TorrentSort

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping

    from mediatui.archive.check import CheckOptions
    from mediatui.archive.query.known_links import Roots
    from mediatui.model.problems import Class

SORTED_BY: Final[TorrentSort] = "added"
QUERIES = ("class:problem", "is:duplicate", "status:error")


@dataclass(frozen=True, slots=True)
class Torrents:
    """The options of ``torrents``."""

    query: tuple[str, ...] = words("[QUERY]...", query=True, examples=QUERIES)
    saved: str | None = text("Only what the filter saved under this name finds (ui.filters).", "NAME")
    sort: str | None = text(
        f"Sort key; any other word lists the keys. [default: {SORTED_BY}]", "KEY", examples=TORRENT_SORTS
    )
    reverse: bool = flag("Reverse the order.")
    limit: int | None = number("At most N rows.")
    offset: int | None = number("Leave out the first N rows.", least=0, headless=True)


@dataclass(frozen=True, slots=True)
class Show:
    """The options of ``show``."""

    wanted: str = word("ID", "the id of a torrent")


@dataclass(frozen=True, slots=True)
class Stats:
    """The options of ``stats``."""

    compact: bool = flag("One line.")


@dataclass(frozen=True, slots=True)
class Diagnose:
    """The options of ``diagnose``."""

    classes: tuple[str, ...] = text(
        "Only this class.", "CLASS", "--class", many=True, examples=("partial", "aged-out", "stalled", "error")
    )
    exit_code: bool = report_by_exit_code("a problem was found")


@dataclass(frozen=True, slots=True)
class Check:
    """The options of ``check``."""

    words: tuple[str, ...] = words("[QUERY|ID]...", examples=QUERIES)
    limit: int | None = number("At most N torrents.")


def classes_of(options: Diagnose) -> tuple[Class, ...]:
    """The classes that are wanted, all with a problem unless some are named. Raises UsageError."""
    from mediatui.model.errors import UsageError
    from mediatui.model.problems import PROBLEMS
    from mediatui.model.text import printable

    known = {name.replace(" ", "-"): name for name in PROBLEMS}
    wanted = {given.strip().lower().replace(" ", "-"): given for given in options.classes}
    for one, given in wanted.items():
        if one not in known:
            raise UsageError(f'"{printable(given)}" is no class of problems.', f"Classes: {', '.join(known)}.")
    return tuple(name for one, name in known.items() if one in wanted or not wanted)


def query_of(options: Torrents, saved: Callable[[], Mapping[str, str]]) -> str:
    """The query of the words and of the saved filter together; ``saved`` reads the filters. Raises UsageError for a
    name that no filter has."""
    from mediatui.model.errors import UsageError
    from mediatui.model.text import printable

    query = " ".join(options.query)
    if options.saved is None:
        return query
    filters = saved()
    if options.saved not in filters:
        known = f"Saved: {', '.join(map(printable, filters))}." if filters else "None is saved: ctrl+s in / saves one."
        raise UsageError(f"There is no saved filter {printable(options.saved)!r}.", known)
    own = filters[options.saved]
    return f"({own}) ({query})" if query.strip() and own.strip() else query.strip() or own


def order_of(options: Torrents) -> tuple[TorrentSort, bool]:
    """The key to sort by, and whether the largest come first: dates and sizes do unless reversed. Raises UsageError."""
    from mediatui.store.torrents.listing import read_sort

    key = read_sort(options.sort or SORTED_BY)
    return key, (key not in ("name", "status")) != options.reverse


def job_options(connection: sqlite3.Connection, options: Check, roots: Roots) -> CheckOptions:
    """The options of the job of a check: all links of torrents named by id, else those that are due of what the query
    finds; ``roots`` are the configured folders of links. Raises UsageError, GuardTripped."""
    from mediatui.archive.check import CheckOptions
    from mediatui.archive.query.parse import parse
    from mediatui.archive.targets import read_targets
    from mediatui.store.conditions import torrents_matching

    targets = read_targets(connection, options.words, roots) if options.words else None
    if targets is not None and targets.looked_at is None:
        return CheckOptions(ids=tuple(torrent.id for torrent in targets.torrents), limit=options.limit)
    condition = torrents_matching(parse(" ".join(options.words)))
    return CheckOptions(condition, limit=options.limit)
