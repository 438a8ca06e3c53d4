"""What the line over the findings of a tool says of its last run."""

from __future__ import annotations

import pytest

from mediatui.library.maintenance.job import left_out
from mediatui.library.maintenance.tools import TOOLS
from mediatui.store.library.reports import Report
from mediatui.tui.views.maintenance.rows import LastRun, headline


@pytest.mark.parametrize(
    ("paths", "said"),
    [
        ([], " · 899 checked"),
        (["Films"], " · in Films only · 899 checked"),
        (["/srv/links/Films/", "/srv/links/Docs", "a\x1b[31m", "b"], " · in Films, Docs and 2 more only · 899 checked"),
    ],
)
def test_a_run_within_some_folders_says_so(paths: list[str], said: str) -> None:
    report = Report(1, "integrity", {"paths": paths, "only": None}, 1.0, 2.0, "done", "", {"looked_at": 899})
    assert headline(LastRun(TOOLS["integrity"], report), "", 3.0).endswith(said)


def test_what_was_looked_for_in_some_folders_only_is_not_said_to_be_left_out() -> None:
    skipped = {"misplaced": "no folder is called like a genre", "oversized": "where no range folders are, in /srv/b: x"}
    report = Report(1, "cleanup", {}, 1.0, 2.0, "done", "", {"not_looked_for": skipped})
    assert headline(LastRun(TOOLS["cleanup"], report), "", 3.0).endswith(
        " · not checked: misplaced · checked in part: oversized"
    )
    assert left_out(report.counts) == [
        "misplaced was not looked for: no folder is called like a genre.",
        "oversized was not looked for where no range folders are, in /srv/b: x.",
    ]
