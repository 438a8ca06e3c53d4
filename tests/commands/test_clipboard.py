from __future__ import annotations

import pytest

from mediatui.commands import clipboard


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "2 names sent to the clipboard of the terminal"),
        ("", "2 names copied into tmux (prefix ] pastes)"),
        ("no server", "2 names sent to the clipboard of the terminal; tmux did not take it: no server"),
    ],
)
async def test_only_tmux_is_said_to_have_taken_a_text(
    monkeypatch: pytest.MonkeyPatch, answer: str | None, said: str
) -> None:
    monkeypatch.setattr(clipboard, "give_to_tmux", lambda text: answer)
    assert await clipboard.copied("2 names", "a\nb") == said
