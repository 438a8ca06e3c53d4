"""On the screen a hint names the key, not the headless command."""

from __future__ import annotations

import pytest

from mediatui.runtime.events import Progress
from mediatui.runtime.jobs import Pace
from mediatui.tui.hints import with_keys


@pytest.mark.parametrize(
    ("said", "read"),
    [
        (
            "Try the failed again: mediatui --headless resume 3 --failed --apply",
            "Try the failed again: t in Journal (6)",
        ),
        ("Carry on later: mediatui --headless resume 12 --apply", "Carry on later: r in Journal (6)"),
        ("Undo: mediatui --headless undo 3 --apply", "Undo: u"),
        ("List them with: mediatui --headless journal", "List them with: Journal (6)"),
        ("Scan first: mediatui --headless scan", "Scan first: S in Links (4)"),
        ("Try again tomorrow: mediatui --headless scan. It is", "Try again tomorrow: S in Links (4). It is"),
        ("List them with: mediatui --headless scan list", "List them with: H in Links (4)"),
        ("Bring it up to date: mediatui --headless sync --mode torrents", "Bring it up to date: s"),
        ("Fill it: mediatui --headless sync --status-changes-only", "Fill it: s"),
        ("To follow: mediatui --headless fix-symlinks --rebase /a /b", "To follow: :fix-symlinks --rebase /a /b"),
        ("Take it over: mediatui --headless account adopt", "Take it over: :account adopt"),
        ("Log in again: mediatui login", "Log in again: :login"),
        ("Take another: mediatui config set realdebrid.token", "Take another: Settings (,)"),
        ("Name it: mediatui config set library.roots '[\"/a\"]'", "Name it: library.roots in Settings (,)"),
        ("Put right: mediatui --headless transfers retry 7", "Put right: r in Transfers (8)"),
        ("List them with: mediatui --headless transfers", "List them with: Transfers (8)"),
        ("List them with: mediatui --headless search show SEARCH", "List them with: e in Search (7)"),
        (f"Send it: mediatui --headless grab {'a' * 40} --no-target --apply", "Send it: m in Transfers (8)"),
        ("Name it: mediatui config set sonarr.api_key", "Name it: :config set sonarr.api_key"),
        ("another mediatui logs in", "another mediatui logs in"),
        ("the app mediatui and --headless", "the app mediatui and --headless"),
    ],
)
def test_the_key_stands_in_place_of_the_command(said: str, read: str) -> None:
    assert with_keys(said) == read


def test_no_time_is_promised_while_what_is_left_takes_as_long_as_a_service_takes() -> None:
    """No "1s left" while a service works."""
    pace = Pace()
    pace.measure(Progress(0, 10), 0.0)
    assert pace.measure(Progress(5, 10), 1.0).eta_s == 1.0
    waiting = pace.measure(Progress(9, 10, steady=False), 2.0)
    assert (waiting.rate, waiting.eta_s) == (None, None)
