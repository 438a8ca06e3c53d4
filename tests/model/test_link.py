"""Paths as people read and filter them."""

from __future__ import annotations

import pytest

from mediatui.model.link import below, from_name_on

ROOTS = (b"/data/2/lost/shows", b"/data/films")


@pytest.mark.parametrize(
    ("path", "shown", "filtered"),
    [
        (b"/data/2/lost/shows/Dark/S01/Dark.mkv", "Dark/S01/Dark.mkv", "shows/Dark/S01/Dark.mkv"),
        (b"/data/films/Dune (2021).mkv", "Dune (2021).mkv", "films/Dune (2021).mkv"),
        (b"/data/films4k/Dune.mkv", "/data/films4k/Dune.mkv", "/data/films4k/Dune.mkv"),
        (b"../../films/Dune.mkv", "../../films/Dune.mkv", "../../films/Dune.mkv"),
        (b"/data/films/\xff.mkv", "\udcff.mkv", "films/\udcff.mkv"),
        (b"", "", ""),
    ],
)
def test_what_is_above_a_root_is_left_out(path: bytes, shown: str, filtered: str) -> None:
    assert below(path, ROOTS) == shown
    assert from_name_on(path, ROOTS) == filtered


def test_a_root_at_the_top_keeps_its_name() -> None:
    assert from_name_on(b"/films/Dune.mkv", (b"/films",)) == "films/Dune.mkv"
