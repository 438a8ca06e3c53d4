"""What can be answered to each question of a transfer: every way out is a command that can be read, or an act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from mediatui.acquire.answers import answers_of
from mediatui.commands.parse import read_line
from mediatui.model.stuck import every_code
from mediatui.model.transfer import Hold, HoldKind, State, Transfer

ASKED = Transfer(
    7, "debrid", 1, "a" * 40, "A.Film.2019", None, State.STAGED, Hold(), "import", "ENTRY", False, False, False, "", "",
    None, None, None, None, 1.0, 1.0, None, True,
)  # fmt: skip


def asked(code: str, state: State = State.STAGED, **known: object) -> Transfer:
    return replace(ASKED, state=state, hold=Hold(HoldKind.CHOICE, code, known, since=1.0))


@pytest.mark.parametrize("state", [State.STAGED, State.READY, State.DOWNLOADING, State.WANTED])
@pytest.mark.parametrize("code", sorted(every_code()))
def test_every_question_has_ways_out_that_work(code: str, state: State) -> None:
    found = answers_of(asked(code, state), "A Film")
    assert len(found) >= 2
    assert len({one.key for one in found}) == len({one.word for one in found}) == len(found)
    for one in found:
        assert bool(one.command) != bool(one.act)
        if one.command:
            rest = {" ": "1"}.get(one.command[-1], "")
            line = one.command + (rest if not one.command.endswith("--route ") else "debrid")
            read_line(line)


@pytest.mark.parametrize(
    ("code", "known", "first"),
    [
        ("import", {"in_library": "Film.mkv"}, "import 7 --replace"),
        ("import", {"rejected": "2 files", "reasons": "sample", "can_override": [1, 2]},
         "import 7 --override 1 --override 2"),
        ("partial", {"episodes": "S01E04"}, "import 7 --partial"),
        ("place", {}, ""),
        ("episode", {}, ""),
    ],
)  # fmt: skip
def test_the_likeliest_answer_comes_first(code: str, known: Mapping[str, object], first: str) -> None:
    assert answers_of(asked(code, **known))[0].command == first


def test_nothing_is_answered_where_nothing_is_asked() -> None:
    assert answers_of(replace(ASKED, state=State.READY)) == ()
    assert answers_of(replace(asked("rd-dead", State.FAILED), ended_at=2.0)) == ()
