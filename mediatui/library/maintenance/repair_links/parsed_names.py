"""The names of a run of repair-links, each parsed once; those that were parsed now are stored."""

from __future__ import annotations

from mediatui.library.maintenance.snapshot import LibrarySnapshot
from mediatui.names.parsed import ParsedName, known_names
from mediatui.store.library.names import NameRow

_STORED_AT_ONCE = 500


class ParsedNames:
    """Parses names, or takes them from the database."""

    def __init__(self, snapshot: LibrarySnapshot) -> None:
        self._snapshot = snapshot
        self._parsed: dict[str, ParsedName] = {}
        self._fresh: list[NameRow] = []

    def parse(self, name: str) -> ParsedName:
        """A name parsed, as ``names.parsed`` does."""
        if name not in self._parsed:
            known = known_names(self._snapshot.connection, [name])
            self._parsed |= known.parsed
            self._fresh += known.fresh
            if len(self._fresh) >= _STORED_AT_ONCE:
                self.flush()
        return self._parsed[name]

    def flush(self) -> None:
        """Sends the names that were parsed, to be stored."""
        if self._fresh:
            self._snapshot.reporter.store("names", self._fresh)
            self._fresh = []
