"""Numbers as people read them: counts, sizes, durations, ages and times. Times are in the local time zone."""

from __future__ import annotations

import time
from datetime import datetime


def counted(count: int, one: str, several: str = "") -> str:
    """A count with its noun: ``1 link``, ``2,000 links``; ``several`` is the plural where it is not ``one`` with an
    s."""
    return f"{count:,} {one if count == 1 else several or f'{one}s'}"


def size_text(count: int) -> str:
    """Bytes in decimal units with one place: ``15.2 TB``, ``999 B``."""
    if count < 1000:
        return f"{count} B"
    units = ("kB", "MB", "GB", "TB", "PB", "EB")
    power = 1
    while power < len(units) and count / 1000**power >= 999.95:
        power += 1
    return f"{count / 1000**power:.1f} {units[power - 1]}"


def duration(seconds: float) -> str:
    """Seconds in at most two units: ``12s``, ``1m43s``, ``2h05m``, ``3d04h``."""
    whole = max(0, round(seconds))
    for unit, below, size, rest in (("d", "h", 86_400, 3_600), ("h", "m", 3_600, 60), ("m", "s", 60, 1)):
        if whole >= size:
            return f"{whole // size}{unit}{whole % size // rest:02d}{below}"
    return f"{whole}s"


def ago(seconds: float) -> str:
    """How long ago something was, in one unit: ``just now``, ``4 min ago``, ``2 h ago``, ``3 d ago``."""
    minutes = int(seconds // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    return f"{minutes // 60} h ago" if minutes < 48 * 60 else f"{minutes // 1440:,} d ago"


def date(at: float | None) -> str:
    """The day of a moment (epoch seconds): ``2026-03-01``; empty when it is not known."""
    return "" if at is None else time.strftime("%Y-%m-%d", time.localtime(at))


def short_date(at: float | None, now: float) -> str:
    """The day of a moment as short as the year allows: ``01 Mar``, in another year than ``now`` ``Mar 2025``; empty
    when it is not known."""
    if at is None:
        return ""
    moment = time.localtime(at)
    same_year = moment.tm_year == time.localtime(now).tm_year
    return time.strftime("%d %b" if same_year else "%b %Y", moment)


def long_day(at: float, now: float) -> str:
    """The day of a moment as a heading: ``Sunday 01 March``, with the year where it is not that of ``now``; of now
    and the day before ``Today, Sunday 01 March`` and ``Yesterday, …``."""
    day, today = datetime.fromtimestamp(at).date(), datetime.fromtimestamp(now).date()
    text = day.strftime("%A %d %B" if day.year == today.year else "%A %d %B %Y")
    word = {0: "Today, ", 1: "Yesterday, "}.get((today - day).days, "")
    return f"{word}{text}"


def date_time(at: float | None) -> str:
    """A moment (epoch seconds) that sorts by its text: ``2026-03-01 14:05``; ``never`` when there is none."""
    return "never" if at is None else time.strftime("%Y-%m-%d %H:%M", time.localtime(at))


def long_moment(at: float | None) -> str:
    """A moment (epoch seconds): ``01 Mar 2026 14:05``; empty when it is not known."""
    return "" if at is None else time.strftime("%d %b %Y %H:%M", time.localtime(at))


def short_moment(at: float) -> str:
    """A moment (epoch seconds) of the last months: ``01 Mar 14:05``."""
    return time.strftime("%d %b %H:%M", time.localtime(at))


def clock_time(at: float) -> str:
    """The time of day of a moment (epoch seconds): ``14:05:09``."""
    return time.strftime("%H:%M:%S", time.localtime(at))
