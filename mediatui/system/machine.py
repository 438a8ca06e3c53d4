"""What tells one run of the machine from another: its boot, its uptime, and how far its clock was moved meanwhile.

The wall clock can be set, by a person, by NTP, or by a board without a battery. What has to have lasted is measured by
what the kernel counts from its start, as long as that is the same start.
"""

from __future__ import annotations

import functools
import os
import time
from pathlib import Path

SLEWED_S = 5.0
"""A difference no greater is rounding, or NTP at its work: the clock was not moved."""


@functools.cache
def boot_id() -> str:
    """What tells this start of the machine from every other (proc(5)); empty where that cannot be known."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def pid_namespace() -> str:
    """What tells the processes that this one sees from those of other containers; empty where that cannot be known."""
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return ""


def uptime() -> float:
    """Seconds since the machine was started, its sleep among them; no clock that is set changes it."""
    try:
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    except (AttributeError, OSError):  # no Linux
        return time.monotonic()


def clock_mark(now: float) -> str:
    """What is kept beside a time of the wall clock (``now``, epoch seconds): the boot, and when that began by this
    clock. Of two marks of one boot the second differs by as much as the clock was moved in between."""
    return f"{boot_id()} {now - uptime():.0f}"


def seconds_apart(earlier: float, mark: str | None, later: float, later_mark: str | None) -> float:
    """How many seconds lie between two times of the wall clock, given their marks: within one boot without what the
    clock was moved; else, and without marks, as the clock has it."""
    boot, _, began = (mark or "").partition(" ")
    later_boot, _, later_began = (later_mark or "").partition(" ")
    moved = float(later_began) - float(began) if began and boot and boot == later_boot else 0.0
    return later - earlier - (moved if abs(moved) > SLEWED_S else 0.0)
