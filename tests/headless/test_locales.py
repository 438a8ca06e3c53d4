"""Commands where the terminal and the locale know no letters but those of ASCII."""

from __future__ import annotations

import os
import subprocess
import sys
import unicodedata
from collections.abc import Iterator

import pytest

from mediatui.demo.account import SimulatedAccount
from mediatui.demo.server import SimulatedServer
from mediatui.demo.service import SimulatedService
from mediatui.model.text import one_line
from tests.worlds.account import torrent
from tests.worlds.here import answering
from tests.worlds.home import Home, Service
from tests.worlds.places import PROJECT

pytestmark = pytest.mark.process

NAMES = (
    "Amélie \u2013 Le Destin (2001)", "千と千尋", "\U0001f600 Emoji (2020)", "\u202eRTL name", "Ωmega\u0301",
)  # fmt: skip
FOUR = """
import sys
from mediatui.cli import run_commands
from mediatui.headless.streams import open_missing_streams
open_missing_streams()
for words in (["sync"], ["torrents"], ["torrents", "Am\\u00e9lie"],
              ["export", "--format", "csv", "-o", "new folder/x.csv"]):
    print("ended with", run_commands(["--headless", *words]), flush=True)
"""


@pytest.fixture
def named() -> Iterator[Service]:
    """An account of these names."""
    account = SimulatedAccount([torrent(filename=name, original_filename=name) for name in NAMES], frozen=True)
    with answering(SimulatedServer(SimulatedService(account))) as address:
        yield Service(address)


@pytest.mark.parametrize(
    "says",
    [
        {}, {"LC_ALL": "C"}, {"LC_ALL": "POSIX"}, {"LC_ALL": "en_US.ISO-8859-1"},
        {"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1"},
    ],
    ids=lambda says: "=".join(*says.items()) if says else "nothing",
)  # fmt: skip
def test_names_in_any_letters_are_read_listed_found_and_written(
    home: Home, named: Service, says: dict[str, str]
) -> None:
    """Case K4 (python-plexlibrary#69, plex_dupefinder#30)."""
    home.use(named)
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("LANG", "LC_", "TERM"))}
    environ |= {"PYTHONPATH": str(PROJECT), **says}
    done = subprocess.run([sys.executable, "-c", FOUR], env=environ, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    synced, listed, found, _, _ = done.stdout.split(b"ended with 0")
    assert b"5 new" in synced
    assert len(listed.splitlines()) >= 1 + len(NAMES)
    assert (b"Destin (2001)" in found, b"Emoji" in found) == (True, False)
    written = (home.folder / "new folder" / "x.csv").read_text("utf-8")
    assert [name for name in NAMES if unicodedata.normalize("NFC", one_line(name)) not in written] == []
