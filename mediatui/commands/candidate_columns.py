"""The columns of what a release may be for, each declared once for the screen and for headless output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mediatui.commands.columns import Column
from mediatui.model.arr import arr_title
from mediatui.model.text import printable
from mediatui.names.titles import fold_title

if TYPE_CHECKING:
    from mediatui.acquire.mapping.rank import TargetCandidate


def _score(one: TargetCandidate) -> str:
    return f"{one.points}"


def _target(one: TargetCandidate) -> str:
    return printable(one.shown)


def reasons_text(one: TargetCandidate) -> str:
    """Why a candidate fits, in a few words each; before them its original title, where that is another one."""
    original = one.item.original_title
    other = (f"originally {original}",) if original and fold_title(original) != fold_title(one.item.title) else ()
    return printable(" · ".join((*other, *one.reasons)), empty="")


def where_text(one: TargetCandidate) -> str:
    """Where the film or series is known: ``in Sonarr``, ``not in Radarr (4k)``."""
    item = one.item
    where = arr_title("sonarr" if item.kind == "series" else "radarr", item.service) if item.service else "the library"
    return f"{'in' if item.in_library else 'not in'} {where}"


CANDIDATE_COLUMNS: Final[tuple[Column[TargetCandidate], ...]] = (
    Column("Score", _score, _score, right=True, stays=True),
    Column("Target", _target, _target, cut="name", least=20),
    Column("Why", reasons_text, reasons_text, cut="end", least=16, rank=2),
    Column("Where", where_text, where_text, rank=3),
    Column("Typed as", headless=lambda one: one.targets[0].text),
)


def as_json(of: str | int, one: TargetCandidate, *, taken: bool) -> dict[str, object]:
    """The fields of a candidate for a program: ``of`` is the transfer or release, ``taken`` says that it is taken
    unasked."""
    first = one.targets[0]
    return {
        "of": of, "target": first.text, "kind": first.kind, "title": first.title, "year": first.year,
        "seasons": [target.season for target in one.targets if target.season is not None],
        "episodes": list(first.episodes) if len(one.targets) == 1 else [], "tmdb_id": first.tmdb_id or None,
        "tvdb_id": first.tvdb_id or None, "imdb_id": first.imdb_id or None, "service": first.service or None,
        "service_id": first.service_id or None, "in_library": one.item.in_library, "monitored": one.item.monitored,
        "score": one.points, "reasons": list(one.reasons), "asks": one.asks or None, "taken": taken,
    }  # fmt: skip
