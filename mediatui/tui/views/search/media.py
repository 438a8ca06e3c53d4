"""Choosing a film or series of the catalogs, to search releases of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType

from mediatui.acquire.search.options import SearchOptions
from mediatui.model.errors import MediatuiError
from mediatui.model.text import printable
from mediatui.tui.view import View, in_background
from mediatui.tui.widgets.lines import pairs
from mediatui.tui.widgets.menu import Choice

if TYPE_CHECKING:
    from mediatui.commands.media import ShownMedia
    from mediatui.model.catalog import CatalogKind, CatalogTitle

PICK = "film or series"
KEYS = "123456789abcdefghilmnopqrstuvwxyz"
MOST = 20


class MediaSearch(View):
    """A view that searches releases of a film or series."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "pick", "by title", id="search.pick", tooltip="Pick a film or series, and search releases of it"),
    ]

    def action_pick(self) -> None:
        """Asks for the film or series whose releases are to be searched."""
        if not self.workspace.settings.metadata.in_use:
            self.say("Titles are looked up with a key of TMDB or TVDB: set one (, then /tmdb).", "warning")
            return
        in_background(self, self.refresh_what_is_due, "search-due", exclusive=True)
        hint = pairs(("enter", "look it up"), ("esc", "back"))
        self.host.prompt.open(PICK, "film or series: ", hint=hint)

    def entered(self, mode: str, text: str) -> bool:
        """Takes the words, or the id, of a film or series."""
        if mode != PICK:
            return super().entered(mode, text)
        if text.strip():
            self.search_media(text.strip(), None)
        return True

    async def refresh_what_is_due(self) -> None:
        """Reads what Sonarr and Radarr know where that is missing or too old."""
        raise NotImplementedError

    def start(self, wanted: SearchOptions, where: str = "", sort: str | None = None) -> None:
        """Begins a search for releases."""
        raise NotImplementedError

    @work(group="search-media", exclusive=True, exit_on_error=False)
    async def search_media(self, text: str, kind: CatalogKind | None, season: int | None = None) -> None:
        """Lists the films and series that the catalogs find; the one that is taken is searched for, with the season and
        episode behind the words."""
        from mediatui.acquire.search.media import read_asked
        from mediatui.commands.media import find_shown

        asked = read_asked(text)
        text, season = asked.text, asked.season if season is None else season
        kind = "series" if season is not None and kind is None else kind
        self.say(f"Asking TMDB and TVDB for {printable(text)} …")
        try:
            shown, found = await find_shown(self.workspace, text, kind)
        except MediatuiError as error:
            self.say(error.sentence, "error")
            return
        if not shown:
            self.say(f"Neither TMDB nor TVDB has {printable(text)}.", "warning")
            return
        failed = " ".join(failure.sentence for failure in found.failures)
        self.say(failed, "warning" if failed else "info")
        titles = {one.title.name: one.title for one in shown}
        self.host.prompt.choose(
            "search releases of", choices_of_media(shown),
            lambda name: self._search_title(titles[name], season, asked.episode),
        )  # fmt: skip

    def _search_title(self, title: CatalogTitle, season: int | None, episode: int | None) -> None:
        from mediatui.acquire.search.identify import with_title

        self.say(f"Searching releases of {printable(title.title)} …")
        self.start(with_title(SearchOptions("", title.kind, season, None if season is None else episode), title))


def choices_of_media(shown: list[ShownMedia]) -> list[Choice]:
    """Films and series to choose from: title and year, what each is, what is known of it here."""
    return [
        Choice(key, one.named, "  ".join(filter(None, (one.title.kind, one.known.text, one.original))), one.title.name)
        for key, one in zip(KEYS, shown[:MOST], strict=False)
    ]
