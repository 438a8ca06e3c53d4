"""How a query goes on: fields by their beginnings, values of the field that was begun, those first that are there."""

from __future__ import annotations

import pytest

from mediatui.archive.query.completing import Counts, completions
from mediatui.archive.query.parse import parse
from mediatui.archive.query.values import FIELDS

THERE: Counts = {
    "status": {"downloaded": 9, "error": 2},
    "class": {"ok": 9, "partial": 1, "aged-out": 1},
    "host": {"real-debrid.com": 11},
}


def texts(text: str, counts: Counts = THERE) -> list[str]:
    return [one.text for one in completions(text, counts)]


def test_every_field_can_be_begun_and_says_what_it_takes() -> None:
    found = completions("", THERE)
    assert [one.word for one in found] == [f"{name}:" for name in FIELDS]
    assert all(one.note for one in found)


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("sta", ["status:"]),
        ("dune -Hea", ["dune -health:"]),
        ("a (cl", ["a (class:"]),
        ("status:do", ["status:done", "status:downloaded"]),
        ("status:error|dow", ["status:error|downloaded"]),
        ("class:p", ["class:problem", "class:partial"]),
        ("class:v", ["class:virus"]),
        ("host:re", ["host:real-debrid.com"]),
        ("a OR NOT is:g", ["a OR NOT is:gone"]),
        ("linked:", ["linked:yes", "linked:no"]),
        ('"status:', []),
        ('"le bureau" is:d', ['"le bureau" is:duplicate']),
        ("nothing:", []),
        ("foundation", []),
    ],
)
def test_what_fits_behind_a_text(typed: str, wanted: list[str]) -> None:
    assert texts(typed) == wanted


def test_the_values_there_are_come_with_their_counts_and_others_only_where_none_fits() -> None:
    assert [(one.word, one.note) for one in completions("class:", THERE)] == [
        ("problem", ""), ("ok", "9 torrents"), ("partial", "1 torrent"), ("aged-out", "1 torrent"),
    ]  # fmt: skip
    assert len(completions("class:", {})) > 10


@pytest.mark.parametrize("field", FIELDS)
def test_every_value_that_is_offered_can_be_asked_for(field: str) -> None:
    for text in texts(f"{field}:", {}):
        parse(text)
