"""Numbers of three or four digits without S and E: an episode counted over all seasons, or season and episode written
together. The name alone does not say which."""

from __future__ import annotations

import re
from typing import Final

from mediatui.names.episode_numbers import placed_episodes
from mediatui.names.release_columns import ReleaseColumns

_AT_THE_END: Final = re.compile(r"(?P<title>.*[^\W_].*?) (?P<number>[0-9]{3,4})", re.DOTALL)


def bare_number(name: str, columns: ReleaseColumns) -> int | None:
    """The number in a name that may be season and episode written together (``Show.102``), None for a name whose
    numbers have marks, or that has none."""
    if len(columns.seasons) != 1 or len(columns.episodes) != 1:
        return None
    written = f"{columns.seasons[0]}{columns.episodes[0]:02d}"
    stands_alone = re.search(rf"(?<![^\W_]){written}(?![^\W_])", name) is not None
    return int(written) if len(written) > 2 and stands_alone and placed_episodes(name) is None else None


def without_number(columns: ReleaseColumns) -> tuple[str, int] | None:
    """A title without the number of three or four digits at its end, and that number: an episode, where there is a
    series of that title; None for a name with numbers of its own, or none at its end."""
    if columns.seasons or columns.episodes or columns.absolute or columns.date:
        return None
    found = _AT_THE_END.fullmatch(columns.title)
    return None if found is None else (found["title"], int(found["number"]))
