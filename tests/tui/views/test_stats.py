"""The cards of the statistics open what is behind them."""

from __future__ import annotations

import pytest

from tests.worlds.screen import Open, broken, well


@pytest.mark.parametrize(
    ("card", "shown"),
    [("errors", "status:problem -status:waiting_files_selection: 1 torrent"), ("library", "Links")],
)
async def test_a_card_opens_its_list_or_its_screen(open_app: Open, card: str, shown: str) -> None:
    account = well(3)
    account[0] = broken(account[0])
    async with open_app([*account[:1], broken(account[1], "waiting_files_selection"), account[2]]) as screen:
        await screen.press("3")
        await screen.until(lambda: "service errors" in screen.text())
        screen.app.view._cards[card].focus()  # type: ignore[union-attr]
        await screen.press("enter")
        await screen.until(lambda: screen.app.view.NAME == "Links" if card == "library" else shown in screen.text())  # type: ignore[union-attr]
