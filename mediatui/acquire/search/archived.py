"""What was seen and removed, or rejected, of what a release is of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from mediatui.model.badges import BadgeName
from mediatui.names.release_columns import ReleaseColumns
from mediatui.names.titles import title_key
from mediatui.store.releases.known import ArchivedItem

Numbers = Collection[tuple[int, int]]
"""Season and number of episodes."""


class Archive:
    """The watch archive of every user, to find films and series in; the newest entries come first."""

    def __init__(self, entries: Iterable[ArchivedItem]) -> None:
        self._by_title: dict[str, list[ArchivedItem]] = {}
        self._by_id: dict[tuple[str, int], list[ArchivedItem]] = {}
        for one in entries:
            self._by_title.setdefault(title_key(one.title), []).append(one)
            if one.catalog_id:
                self._by_id.setdefault((one.kind, one.catalog_id), []).append(one)

    def badge(
        self, columns: ReleaseColumns, ids: Collection[tuple[str, int]], wanted: Numbers = ()
    ) -> BadgeName | None:
        """The badge of a release of which the archive has all: of the film, of the ``wanted`` episodes or, where none
        are known, of its seasons. ``ids`` are kind and id of what it may be of (at TMDB a film, at TVDB a series);
        without one, title and year decide. None where something of it is not in the archive."""
        own = [one for known in ids for one in self._by_id.get(known, ())]
        if not own:
            kind = {"film": "film", "episode": "series", "pack": "series"}.get(columns.kind, "")
            own = [
                one
                for one in (self._by_title.get(title_key(columns.title), ()) if columns.title else ())
                if kind in ("", one.kind) and (None in (one.year, columns.year) or one.year == columns.year)
                and not (one.catalog_id and any(one.kind == known for known, _ in ids))
            ]  # fmt: skip
        covering = _covering(columns, own, wanted)
        if not covering:
            return None
        return "rejected" if covering[0].why == "rejected" else "archived"


def _covering(columns: ReleaseColumns, own: Sequence[ArchivedItem], wanted: Numbers) -> Sequence[ArchivedItem]:
    """The entries that have all of a release together; none where something is missing."""
    whole = [one for one in own if one.season is None]
    if whole:
        return whole
    wanted = wanted or {(season, number) for season in columns.seasons for number in columns.episodes}
    if wanted:
        each = [[one for one in own if one.season == season and one.has(number)] for season, number in wanted]
    elif columns.date:
        each = [[one for one in own if columns.date in one.air_dates]]
    else:
        each = [[one for one in own if one.season == season and not one.episodes] for season in columns.seasons]
    return each[0] if each and all(each) else ()
