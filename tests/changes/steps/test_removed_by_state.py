"""What is said of the links a plan removes."""

from __future__ import annotations

from mediatui.changes.steps.symlinks import UnlinkSymlink, removed_by_state
from mediatui.model.plan import Plan


def link(state: str, keeper: str = "") -> UnlinkSymlink:
    return UnlinkSymlink(what="a", path="/l/a", target="/m/a", state=state, keeper=keeper)


def test_links_to_remove_are_counted_by_state_most_first() -> None:
    steps = (link("loop"), *[link("broken")] * 3, link("ok", "/l/b"), link("ok", "/l/b"))
    assert removed_by_state(Plan("cleanup", "Clean", steps)) == "3 broken, 2 duplicates, 1 loop."
    assert removed_by_state(Plan("cleanup", "Clean", steps[:1])) == ""
    assert removed_by_state(Plan("cleanup", "Clean", ())) == ""
