"""kill -9 at random moments of a sync: the archive still ends as the account, and nothing is fetched twice."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.worlds.forks import Forks
from tests.worlds.killed_sync import IN_FLIGHT, kill_again_and_again

pytestmark = pytest.mark.process

COUNT = 150
KILLS = int(os.environ.get("MEDIATUI_TEST_KILLS", "3"))


@pytest.mark.slow
def test_a_sync_killed_again_and_again_ends_with_the_whole_account(tmp_path: Path, forks: Forks) -> None:
    came = kill_again_and_again(tmp_path, forks, count=COUNT, kills=KILLS)

    assert came.exit_code == 0, came.errors
    assert came.kills >= 3, "the account was too small to be killed in the middle"
    assert came.held == came.account
    assert (came.without_details, came.pending, came.integrity) == (0, 0, "ok")
    # A kill loses what was in flight, and as many again that had arrived and were about to be committed.
    assert came.fetched_again <= came.kills * 2 * IN_FLIGHT
    assert came.refused == 0
