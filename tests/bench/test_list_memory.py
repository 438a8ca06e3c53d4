"""A list answer of any size takes little more memory than its own (the 200 MB of the issue:
``python -m tests.bench.bench_list_memory``)."""

from __future__ import annotations

import json
import subprocess
import sys


def test_a_list_takes_one_and_a_half_times_its_size_at_most() -> None:
    """In a process of its own, for the peak is that of a process; two seconds, for less would measure noise."""
    command = [sys.executable, "-m", "tests.bench.bench_list_memory", "--mb", "32", "--name-chars", "20000"]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    print(f"{found['size']:,} bytes: {found['added_ratio']:.2f} times their size")  # noqa: T201
    assert found["added_ratio"] <= 1.5
