"""map: what releases and transfers may be for, in text and in JSON, and storing the choice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.fakes.arr import KEY, FakeArr
from tests.fakes.prowlarr import FakeProwlarr
from tests.fakes.sockets import on_socket
from tests.worlds.home import Home

OFFICE = "The.Office.S01.COMPLETE.DVDRip.x264-GRP"
FOUNDATION = "Foundation.S02E03.MULTi.1080p.WEB.H264-FW"
MAGNET = f"magnet:?xt=urn:btih:{'a' * 40}&dn={OFFICE}"


@pytest.fixture
def sonarr() -> FakeArr:
    sonarr = FakeArr("sonarr")
    sonarr.world.update({73244: ("The Office (US)", 2005), 78107: ("The Office (UK)", 2001)})
    sonarr.world[366972] = ("Foundation", 2021)
    return sonarr


@pytest.fixture
def mapping(changing: Home, sonarr: FakeArr) -> Iterator[Home]:
    """A home with a Sonarr, and a search that found two releases."""
    home, prowlarr = changing, FakeProwlarr()
    prowlarr.add(1, [OFFICE, FOUNDATION], name="Alpha")
    with on_socket(prowlarr) as indexers, on_socket(sonarr) as address:
        config = home.folder / "config" / "mediatui" / "config.toml"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(
            f'[prowlarr]\nenabled = true\nurl = "{indexers}"\napi_key = "{KEY}"\n'
            f'[sonarr]\nenabled = true\nurl = "{address}"\napi_key = "{KEY}"\n'
        )
        config.chmod(0o600)
        home.run("search", "the office")
        yield home


def candidates(home: Home, *arguments: str) -> list[dict[str, Any]]:
    return [row for row in home.json("map", *arguments).lines if row["type"] == "candidate"]


def number_of(home: Home, title: str) -> str:
    rows = home.json("search", "show", "1").lines
    return next(str(row["id"]) for row in rows if row.get("title") == title)


def test_candidates_are_shown_with_their_points_and_reasons(mapping: Home) -> None:
    office, foundation = number_of(mapping, OFFICE), number_of(mapping, FOUNDATION)
    shown = mapping.run("map", office, foundation)
    assert shown.code == 0
    assert "two fit: The Office (UK) (2001) S01 78, The Office (US) (2005) S01 78" in shown.out
    assert "for Foundation (2021) S02E03" in shown.out
    assert f"To choose: mediatui --headless map {office} --to TARGET" in shown.out
    assert shown.out.splitlines()[-1] == "1 of 2 items fit without a question."
    rows = candidates(mapping, office)
    assert [(row["target"], row["score"], row["taken"]) for row in rows] == [
        ("tvdb:78107:S01", 78, False), ("tvdb:73244:S01", 78, False),
    ]  # fmt: skip
    assert rows[0]["reasons"] == ["title equal", "S01 exists"]


def test_a_choice_for_a_transfer_is_stored_and_taken_back(mapping: Home) -> None:
    assert mapping.run("grab", MAGNET, "--again", "--apply").code == 0
    assert mapping.json("transfers").lines[0]["code"] == "target"
    stored = mapping.run("map", "1", "--to", "tvdb:73244")
    assert (stored.code, stored.out.splitlines()[0]) == (0, f"1  {OFFICE}: for The Office (US) (2005) S01")
    transfer = mapping.json("transfers", "show", "1").lines[0]
    assert (transfer["targets"], transfer["hold"]) == (["tvdb:73244:S01"], "choice")
    assert transfer["why"] == "The Office (US) (2005) is not in Sonarr yet"
    assert transfer["helps"] == f"grab {'a' * 40} --apply"
    assert "for The Office (US) (2005) S01" in mapping.run("transfers", "history", "1").out
    assert mapping.run("map", "1", "--to", "tvdb:73244", "--season", "2").code == 0
    assert mapping.json("transfers", "show", "1").lines[0]["for"] == "The Office (US) (2005) S02"
    assert mapping.run("map", "1", "--to", "before").code == 0
    assert mapping.json("transfers", "show", "1").lines[0]["for"] == "The Office (US) (2005) S01"


def test_auto_stores_what_fits_without_a_question_and_leaves_the_rest(mapping: Home) -> None:
    office, foundation = number_of(mapping, OFFICE), number_of(mapping, FOUNDATION)
    stored = mapping.json("map", office, foundation, "--to", "auto")
    assert (stored.code, stored.result["stored"], stored.result["left"]) == (1, 1, 1)
    assert [row["targets"] for row in stored.lines if row["type"] == "mapped"] == [["tvdb:366972:S02E03"]]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("x",), "neither the number of a transfer nor that of a release"),
        (("7",), "There is no transfer 7"),
        (("r99",), "There is no release r99"),
        (("r1", "--to", "anything"), "is no target"),
        (("r1", "--to", "tvdb:12345"), "know nothing of tvdb:12345"),
        (("r1", "--to", "series:The Office"), "Several are of The Office"),
    ],
)
def test_what_cannot_be_mapped_is_named(mapping: Home, arguments: tuple[str, ...], says: str) -> None:
    result = mapping.run("map", *arguments)
    assert result.code == 2
    assert says in result.err
