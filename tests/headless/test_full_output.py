"""A command whose output cannot be written: what it was to do is done, and that it could not be told is an error."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.worlds.home import Home

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full"),
]
SAID = "The output cannot be written: No space left on device."


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["--headless", "--json"])
def test_a_deletion_is_done_and_journaled_and_ends_with_1(changing: Home, mode: str) -> None:
    """``delete --apply > /dev/full``."""
    ids = changing.ids(limit=3)
    with open("/dev/full", "w") as full:
        done = changing.end(changing.start(mode, "delete", *ids, "--apply", stdout=full))
    assert (done.code, SAID in done.err) == (1, True)
    assert changing.sql("SELECT state FROM batches") == [("done",)]
    assert changing.sql("SELECT count(*) FROM journal WHERE outcome = 'done'") == [(3,)]


@pytest.mark.slow
@pytest.mark.parametrize("command", [("torrents",), ("stats",), ("journal",), ("export", "--format", "magnets")])
def test_a_command_that_only_tells_ends_with_1_too(changing: Home, command: tuple[str, ...]) -> None:
    """Any command."""
    with open("/dev/full", "w") as full:
        done = changing.end(changing.start("--headless", *command, stdout=full))
    assert (done.code, SAID in done.err) == (1, True)


@pytest.mark.slow
def test_a_pipe_that_nobody_reads_any_more_is_no_error(changing: Home) -> None:
    """As ever; the change is done all the same."""
    (one,) = changing.ids(limit=1)
    process = changing.start("--headless", "delete", one, "--apply", stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    done = changing.end(process)
    assert done.code == 0, done.err
    assert changing.sql("SELECT state FROM batches") == [("done",)]
