"""What the columns of a release search cost: ``python -m tests.bench.bench_columns``.

5,000 made names against parsett on the same names in the same run, and the slowest a hostile title can make it. With a
folder of clones of Sonarr, Radarr and guessit (see ``peer_names``) also how many of the names in their tests are read
right in each column, beside guessit and parsett. Ends with 1 when a limit is exceeded, or when a column is below the
better of the two.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from mediatui.names.release_columns import columns_of
from mediatui.names.release_parser import release_parser
from tests.bench.bench_names import HOSTILE, release_names
from tests.bench.bench_requests import Report
from tests.bench.peer_columns import COLUMNS, READERS, column_cases, read_safely

NAMES = 5_000
OF_PARSETT = 500
HOSTILE_ENDS = ("x-", "-.-a", "(a,b) ", " by a", "[a]", "-[a", "1080p-", "x264 a.-", "&amp;")


def seconds(names: Sequence[str], read: Callable[[str], object]) -> float:
    """What reading these names takes."""
    began = time.process_time()
    for name in names:
        read(name)
    return time.process_time() - began


def table(folder: Path, report: Report) -> None:
    """Measures how much each parser reads right in each column, in percent; says where ours is not the best."""
    cases = column_cases(folder)
    names = sorted({case.name for case in cases})
    read = {reader: {name: read_safely(parse, name) for name in names} for reader, parse in READERS.items()}
    print(f"{'':12}{'names':>6}" + "".join(f"{reader:>10}" for reader in READERS))  # noqa: T201
    for column in COLUMNS:
        of_column = [case for case in cases if case.column == column]
        right = {
            reader: 100 * sum(case.is_right(found[case.name]) for case in of_column) / len(of_column)
            for reader, found in read.items()
        }
        print(f"{column:12}{len(of_column):6}" + "".join(f"{share:9.1f}%" for share in right.values()))  # noqa: T201
        report.at_most(f"{column}: behind the better of the two, %", max(right.values()) - right["ours"], 0)


def main() -> int:
    """Measures and reports; 1 when a limit is exceeded."""
    report = Report()
    names = release_names(random.Random(5), NAMES)
    ours = min(seconds(names, columns_of) for _ in range(3))
    theirs = seconds(names[:OF_PARSETT], release_parser()) * NAMES / OF_PARSETT
    report.at_most(f"{NAMES:,} names, of the time of parsett alone", ours / theirs, 0.20)
    report.at_most("us a name", ours / NAMES * 1e6, 50)
    hostile = [(piece * 2000)[:2000] for piece in (*HOSTILE, *HOSTILE_ENDS)]
    report.at_most("worst hostile title, us", max(seconds([name], columns_of) for name in hostile) * 1e6, 20_000)
    if len(sys.argv) > 1:
        table(Path(sys.argv[1]), report)
    return 0 if report.met else 1


if __name__ == "__main__":
    sys.exit(main())
