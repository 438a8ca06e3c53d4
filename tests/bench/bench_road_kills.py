"""Kills the road from a release to the library for real: ``python -m tests.bench.bench_road_kills [--kills 30]``.

Each round walks a batch of six (``tests.worlds.killed_road``) with commands in processes of their own, one of which
gets a signal at a moment of real work: after so many rows of journal and events, or so many requests at Sonarr, Radarr
and Jellyfin. What transfers, account, staging, library, the records of the services and the reports to media servers
come to is then compared with a round that nothing disturbed; additions and import commands are counted where they
arrive. ``--services sonarr jellyfin`` has films imported by links, ``--rclone`` is through a real mount, ``--signal
TERM`` sends another signal. ``--at-once 3`` kills nothing: as many processes run passes at the same time, or import.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import random
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from tests.fakes.openapi.check import WRONG
from tests.worlds.forks import Forks
from tests.worlds.killed_road import End, Kill, Road, Seen
from tests.worlds.road_batch import ALL

LATEST_S = 0.05
WRITES = ("POST", "PUT", "DELETE")
WEIGHT_OF_WRITES = 8


class Rounds:
    """Rounds in one folder, with what was seen in all of them."""

    def __init__(self, folder: Path, forks: Forks, given: argparse.Namespace) -> None:
        self._folder, self._forks, self._given = folder, forks, given
        self._chance = random.Random(given.seed)
        self.phases: Counter[str] = Counter()
        self.ends: Counter[str] = Counter()
        self.killed = self.different = self.added_twice = self.sent_twice = self.tracebacks = self.held = 0
        self.longest_s = 0.0

    def whole(self) -> tuple[End, Seen]:
        """A round that nothing disturbs."""
        with Road(self._folder / "whole", self._forks, **self._kind).made() as road:
            return road.walk(), road.seen

    @property
    def _kind(self) -> dict[str, Any]:
        return {"services": self._given.services, "rclone": self._given.rclone}

    def kill(self, number: int, expected: End, seen: Seen) -> None:
        """A round with one signal."""
        kill = self._moment(seen)
        with Road(self._folder / str(number), self._forks, **self._kind).made() as road:
            found = road.walk(kill)
        self.killed += road.is_killed
        if road.is_killed:
            self.phases[road.seen.phase] += 1
        self._judge(number, road, found, expected)

    def _judge(self, number: int, road: Road, found: End, expected: End) -> None:
        self.longest_s = max(self.longest_s, road.seen.took_s)
        twice = [name for name, count in found.entries.items() if count > 1]
        sent = [name for name, count in road.imported().items() if count > 1]
        traced = any("Traceback" in said for said in road.seen.said)
        self.added_twice += bool(twice)
        self.sent_twice += bool(sent)
        self.tracebacks += traced
        self.ends.update(f"{word} {code}" for (word, code), count in road.seen.ends.items() for _ in range(count))
        if found != expected or twice or sent or traced or WRONG:
            self.different += found != expected
            said = {
                "round": number,
                "kill": str(road.kill),
                "phase": road.seen.phase,
                "sent_twice": sent,
                "wrong": WRONG[:],
            }
            _say(said)
            for name in End.__dataclass_fields__:
                if getattr(found, name) != getattr(expected, name):
                    _say({name: _plain(getattr(found, name)), "expected": _plain(getattr(expected, name))})
            _say({"said": [said[-600:] for said in road.seen.said[4:]]})
            WRONG.clear()

    def at_once(self, number: int, expected: End, others: Sequence[Forks]) -> None:
        """A round in which several processes work at the same time."""
        with Road(self._folder / str(number), self._forks, **self._kind).made() as road:
            found = road.walk_beside(others)
        self.held += sum("held by another mediatui" in said for said in road.seen.said)
        self._judge(number, road, found, expected)

    def _moment(self, seen: Seen) -> Kill:
        chance = self._chance
        late_s = chance.uniform(0.0, LATEST_S)
        after: Literal["rows", "requests"] = "requests" if seen.requests and chance.random() < 0.5 else "rows"
        if self._given.importing:
            after = "requests"
        number = chance.randint(1, seen.rows)
        if after == "requests":
            weights = [WEIGHT_OF_WRITES if one.split()[1] in WRITES else 1 for one in seen.requests]
            if self._given.importing:
                begun = [number for number, one in enumerate(seen.requests) if one.endswith("/manualimport")]
                weights = [one if begun[0] <= number else 0 for number, one in enumerate(weights)]
            number = chance.choices(range(1, len(weights) + 1), weights)[0]
            late_s *= chance.random() < 0.5
        return Kill(after, number, late_s, signal.Signals[f"SIG{self._given.signal}"])


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, dict) else value


def _say(row: object) -> None:
    sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Runs the rounds and says what they came to."""
    logging.getLogger("asyncio").disabled = True  # it tells of every connection that ends with a server
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--rclone", action="store_true")
    parser.add_argument("--services", nargs="*", choices=ALL, default=ALL, help="those that are there")
    parser.add_argument("--signal", choices=("KILL", "TERM", "HUP", "INT"), default="KILL")
    parser.add_argument("--importing", action="store_true", help="kills only from the first import on")
    parser.add_argument("--at-once", type=int, default=0, help="so many processes at the same time instead of kills")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        forks = stack.enter_context(Forks())
        rounds = Rounds(Path(name), forks, given)
        expected, seen = rounds.whole()
        states = Counter(" ".join(one[1:]) for one in expected.transfers)
        _say({"undisturbed_s": round(seen.took_s, 2), "states": states, "links": len(expected.library),
              "staging": expected.staging, "rows": seen.rows, "requests": len(seen.requests)})  # fmt: skip
        others = [stack.enter_context(Forks()) for _ in range(given.at_once)]
        for number in range(given.kills):
            if others:
                rounds.at_once(number, expected, others)
            else:
                rounds.kill(number, expected, seen)
        _say({
            "kills": rounds.killed, "of": given.kills, "other_end": rounds.different,
            "added_twice": rounds.added_twice, "sent_twice": rounds.sent_twice, "tracebacks": rounds.tracebacks,
            "lanes_held": rounds.held,
            "longest_s": round(rounds.longest_s, 1), "phases": rounds.phases.most_common(), "ends": rounds.ends,
        })  # fmt: skip


if __name__ == "__main__":
    main()
