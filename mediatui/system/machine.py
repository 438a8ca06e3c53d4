"""Identifies a boot of the machine, and measures time across changes of its clock.

The wall clock can be set: by a person, by NTP, or by a board without a battery. So durations within one boot are
measured by the uptime that the kernel counts.
"""

from __future__ import annotations

import functools
import os
import time
from pathlib import Path

SLEWED_S = 5.0
"""A smaller difference is rounding, or NTP slewing: the clock was not set."""


@functools.cache
def boot_id() -> str:
    """The id of this boot of the machine (proc(5)); empty where it cannot be read."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def pid_namespace() -> str:
    """The id of the PID namespace (container) of this process; empty where it cannot be read."""
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return ""


def uptime() -> float:
    """Seconds since the machine was started, time asleep included; setting the clock does not change it."""
    try:
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    except (AttributeError, OSError):  # no Linux
        return time.monotonic()


def clock_mark(now: float) -> str:
    """The mark to store beside a wall-clock time (``now``, epoch seconds): the boot, and when it began by this clock.
    Two marks of one boot differ by as much as the clock was set in between."""
    return f"{boot_id()} {now - uptime():.0f}"


def seconds_apart(earlier: float, mark: str | None, later: float, later_mark: str | None) -> float:
    """The seconds between two wall-clock times, given their marks. Within one boot a change of the clock is subtracted;
    otherwise, or without marks, it is the difference of the two times."""
    boot, _, began = (mark or "").partition(" ")
    later_boot, _, later_began = (later_mark or "").partition(" ")
    moved = float(later_began) - float(began) if began and boot and boot == later_boot else 0.0
    return later - earlier - (moved if abs(moved) > SLEWED_S else 0.0)
