"""Whether a file can be the film it is imported for. Radarr takes any file for any film: title, year and length are for
us to compare."""

from __future__ import annotations

from mediatui.model.errors import UsageError
from mediatui.names.parsed import parse_name
from mediatui.runtime.context import Context
from mediatui.services.arr.importing import ImportEntry, ItemFacts
from mediatui.system.ffprobe import find_ffprobe, probe

SHARE = 0.15
"""A file may be so much longer or shorter than its film: cuts, countries, credits."""
LEAST_MIN = 8


def doubt_by_name(name: str, film: ItemFacts) -> str:
    """Why the name of a file says that it is another film; empty when it does not."""
    parsed = parse_name(name)
    years = {film.year, film.secondary_year} - {0, None}
    if parsed.year is not None and years and parsed.year not in years:
        return f"the file says {parsed.year}, the film is of {film.year}"
    return ""


def needs_length(entry: ImportEntry | None, film: ItemFacts) -> bool:
    """Whether only its length can say that a file is the film: the service does not know it by its name."""
    return bool(film.runtime) and (entry is None or entry.item is None or entry.item.id != film.id)


async def doubt_by_length(ctx: Context, path: bytes, film: ItemFacts) -> str:
    """Why the length of a file says that it is another film; empty when it does not, or when it cannot be had."""
    minutes = await minutes_of(ctx, path)
    if minutes is None or abs(minutes - film.runtime) <= max(LEAST_MIN, SHARE * film.runtime):
        return ""
    return f"the file is {minutes:.0f} min long, the film {film.runtime} min"


async def minutes_of(ctx: Context, path: bytes) -> float | None:
    """How long a video is; None where that cannot be had."""
    try:
        ffprobe = find_ffprobe(ctx.settings.scan.ffprobe)
    except UsageError:
        return None
    found = await probe(ffprobe, path, timeout_s=ctx.settings.scan.probe_timeout_s)
    return None if found.duration_s is None else found.duration_s / 60
