"""Transfers from the command line: sent, followed, shown and put aside, in text and in JSON."""

from __future__ import annotations

from typing import Any

import pytest

from tests.worlds.home import Home, Service

HASH = "a" * 40
OTHER = "b" * 40


def rows(home: Home, *arguments: str) -> list[dict[str, Any]]:
    return [row for row in home.json(*arguments).lines if row["type"] != "result"]


@pytest.mark.slow
def test_a_hash_is_sent_and_followed_to_its_end(changing: Home, account: Service) -> None:
    sent = changing.json("grab", HASH, "--no-target", "--apply")
    assert (sent.code, sent.result["done"]) == (0, 1)
    (transfer,) = rows(changing, "transfers")
    assert transfer["hash"] == HASH
    assert {"id", "state", "hold", "code", "why", "next_at", "helps"} <= set(transfer)
    assert account.entries[transfer["entry_id"]]["hash"] == HASH
    events = rows(changing, "transfers", "history", "1")
    assert [event["event"] for event in events][:3] == ["chosen", "send", "sent"]
    shown = changing.json("transfers", "show", "1").lines
    assert {row["type"] for row in shown} == {"transfer", "file", "result"}
    assert changing.run("transfers", "run", "--once").code == 0
    assert changing.run("transfers", "done", "1").code == 0
    assert rows(changing, "transfers") == []
    assert "1 ended: transfers state:ended" in changing.run("transfers").out
    again = changing.json("grab", HASH, "--no-target", "--apply")
    assert again.result["steps"] == 0
    assert len([one for one in account.entries.values() if one["hash"] == HASH]) == 1


def test_what_waits_for_an_answer_is_grouped_and_counted_by_the_exit_code(changing: Home, account: Service) -> None:
    before = account.entries
    assert changing.run("grab", HASH, OTHER, "--apply").code == 0
    assert account.entries == before
    why = changing.run("transfers", "--why").out
    assert why.startswith("waits for you (2)")
    assert "no name is known of it  map 2" in why
    assert changing.run("transfers", "run", "--once").code == 1
    assert changing.run("transfers", "run").code == 1  # nothing moves by itself, so it ends
    put_aside = changing.json("transfers", "pause", "1", "7")
    assert (put_aside.code, put_aside.result["done"], put_aside.result["failed"]) == (1, 1, 1)
    assert [row["id"] for row in rows(changing, "transfers", "hold:paused")] == [1]


def test_hostile_names_are_shown_without_what_a_terminal_acts_on(changing: Home) -> None:
    magnet = f"magnet:?xt=urn:btih:{HASH}&dn=%1b%5b31mRed%0aLine%e2%80%aeGnp{'x' * 2000}"
    assert changing.run("grab", magnet, "--apply").code == 0
    for arguments in (
        ("transfers",),
        ("transfers", "--why"),
        ("transfers", "show", "1"),
        ("transfers", "history", "1"),
    ):
        out = changing.run(*arguments).out
        assert not {"\x1b", "\u202e"} & set(out)
        assert len([line for line in out.splitlines() if "Line" in line]) <= 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("grab",), "Nothing was named"),
        (("grab", HASH, "--retry-failed", "1"), "nothing else"),
        (("grab", "--retry-failed", "99"), "There is no batch 99"),
        (("transfers", "show", "9"), "There is no transfer 9"),
        (("transfers", "colour:red"), 'Unknown field "colour"'),
        (("transfers", "pause", "x"), "is no number of a transfer"),
    ],
)
def test_what_cannot_be_meant_is_named(changing: Home, arguments: tuple[str, ...], says: str) -> None:
    done = changing.run(*arguments)
    assert done.code == 2
    assert says in done.err
