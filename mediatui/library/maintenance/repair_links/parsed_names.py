"""The names of a run of repair-links, each parsed once; those that were parsed now are stored."""

from __future__ import annotations

from mediatui.library.maintenance.snapshot import LibrarySnapshot
from mediatui.names.parsed import ParsedName, known_names
from mediatui.store.library.names import NameRow

_STORED_AT_ONCE = 500
_REMEMBERED = 8_192
"""So many names are remembered, those asked for last; others are in the database by the time they are needed again."""


class ParsedNames:
    """Parses names, or takes them from the database."""

    def __init__(self, snapshot: LibrarySnapshot) -> None:
        self._snapshot = snapshot
        self._parsed: dict[str, ParsedName] = {}
        self._fresh: list[NameRow] = []

    def parse(self, name: str) -> ParsedName:
        """A name parsed, as ``names.parsed`` does."""
        parsed = self._parsed.pop(name, None)
        if parsed is None:
            known = known_names(self._snapshot.connection, [name])
            parsed = known.parsed[name]
            self._fresh += known.fresh
            if len(self._fresh) >= _STORED_AT_ONCE:
                self.flush()
            if len(self._parsed) >= _REMEMBERED:
                del self._parsed[next(iter(self._parsed))]
        self._parsed[name] = parsed
        return parsed

    def flush(self) -> None:
        """Sends the names that were parsed, to be stored."""
        if self._fresh:
            self._snapshot.reporter.store("names", self._fresh)
            self._fresh = []
