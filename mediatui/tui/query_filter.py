"""The filter of lists of torrents: a query, completed field by field, kept under a name and picked by it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mediatui.archive.query.known_links import Roots, answerable
from mediatui.archive.query.parse import parse
from mediatui.model.completion import Completion
from mediatui.model.errors import MediatuiError
from mediatui.model.query_tree import QueryError
from mediatui.model.text import printable
from mediatui.store.conditions import torrents_matching
from mediatui.store.torrents.listing import matching_keys
from mediatui.tui.filtering import FilteredView
from mediatui.tui.view import in_background
from mediatui.tui.widgets.lines import Part, pairs

if TYPE_CHECKING:
    from mediatui.archive.query.completing import Counts


def keys_found(connection: sqlite3.Connection, query: str, roots: Roots) -> set[int]:
    """The keys of the torrents a query finds. Raises QueryError."""
    tree, _ = answerable(connection, parse(query), roots)
    return matching_keys(connection, torrents_matching(tree))


class QueryView(FilteredView):
    """A view whose filter is a query of torrents."""

    _counts: Counts | None = None
    _counting = False
    _to_save = ""

    def fault_of(self, text: str) -> str:
        """Why a text is no query; empty when it is one."""
        try:
            parse(text)
        except QueryError as error:
            return error.sentence
        return ""

    def open_filter(self, text: str) -> None:
        """Opens the field for a query."""
        self._counting = False
        self._count_values(text)
        keys = {"ctrl+s": self._name_it, "ctrl+o": self._pick_saved}
        self.host.prompt.open("filter", "/ ", text, hint=self.filter_hint(), complete=self._complete, keys=keys)

    def filter_hint(self) -> list[Part]:
        """What the keys line says while a query is typed."""
        return pairs(
            ("enter", "keep it"),
            ("tab", "complete"),
            ("^s", "save"),
            ("^o", "saved"),
            ("↑", "earlier"),
            ("esc", "back"),
        )

    def filter_typed(self, text: str) -> str:
        """The filter as it is being typed (``FilteredView``)."""
        self._count_values(text)
        return super().filter_typed(text)

    def _count_values(self, text: str) -> None:
        """Reads which values there are to complete, once a field is typed: that looks at every torrent."""
        if ":" in text and not self._counting:
            self._counting = True
            in_background(self.host, self._read_counts, "filter-values", exclusive=True)

    async def _read_counts(self) -> None:
        from mediatui.archive.query.completing import read_counts

        try:
            self._counts = await self.workspace.read(read_counts)
        except MediatuiError as error:
            self.say(error.sentence, "error")

    def _complete(self, text: str) -> Sequence[Completion]:
        from mediatui.archive.query.completing import completions

        return completions(text, self._counts or {})

    # Saved ones

    def _name_it(self, text: str) -> None:
        fault = self.fault_of(text) if text.strip() else "There is nothing to save: type a filter first."
        if fault:
            self.host.prompt.refuse(fault)
            return
        self._to_save = text.strip()
        self.host.prompt.close()
        hint = pairs(("enter", "save"), ("esc", "back"))
        self.host.prompt.open("filter name", f"save /{printable(self._to_save)} as: ", hint=hint)

    def entered(self, mode: str, text: str) -> bool:
        """Takes the name of a filter to save."""
        if mode != "filter name":
            return super().entered(mode, text)
        from mediatui.tui.saved_filters import SavedFilters

        SavedFilters(self.host).save(text, self._to_save)
        return True

    def _pick_saved(self, text: str) -> None:
        from mediatui.tui.saved_filters import SavedFilters

        saved = SavedFilters(self.host)
        if not saved.all():
            self.host.prompt.refuse("No filter is saved yet: ctrl+s gives the one that is typed a name.")
            return
        self.host.prompt.leave()
        saved.choose(self._take_saved)

    def _take_saved(self, query: str) -> None:
        if fault := self.fault_of(query):
            self.say(fault, "error")
        else:
            self.set_filter(query)
