"""A command whose output cannot be written: what it was to do is done, and that nobody could read it is an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.worlds.forks import Forks
from tests.worlds.home import Home

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full"),
]
SAID = "The output cannot be written: No space left on device."


@pytest.mark.parametrize("mode", ["--headless", "--json"])
def test_a_deletion_is_done_and_journaled_and_ends_with_1(changing: Home, forks: Forks, mode: str) -> None:
    """``delete --apply > /dev/full``."""
    ids = changing.ids(limit=3)
    done = forks.run(mode, "delete", *ids, "--apply", stdout="/dev/full")
    assert (done.code, SAID in done.err) == (1, True)
    assert changing.sql("SELECT state FROM batches") == [("done",)]
    assert changing.sql("SELECT count(*) FROM journal WHERE outcome = 'done'") == [(3,)]


def test_a_command_that_only_reads_ends_with_1_too(changing: Home, forks: Forks) -> None:
    """Any command."""
    for command in (("torrents",), ("stats",), ("journal",), ("export", "--format", "magnets")):
        done = forks.run("--headless", *command, stdout="/dev/full")
        assert (command, done.code, SAID in done.err) == (command, 1, True)


def test_a_pipe_that_nobody_reads_any_more_is_no_error(changing: Home, forks: Forks) -> None:
    """As ever; the change is done all the same."""
    (one,) = changing.ids(limit=1)
    done = forks.run("--headless", "delete", one, "--apply", lines=0)
    assert done.code == 0, done.err
    assert changing.sql("SELECT state FROM batches") == [("done",)]
