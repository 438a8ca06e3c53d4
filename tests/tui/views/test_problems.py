"""Triage: few keys a problem, rows that say what is being done with them, and a cursor that nothing moves by itself."""

from __future__ import annotations

from dataclasses import replace

from mediatui.demo.seed import SimTorrent
from tests.worlds.screen import Open, Screen, broken, ends, well


def under_cursor(screen: Screen) -> str:
    return screen.line("▌")


class Keys:
    """Presses keys, and counts them."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self.count = 0

    async def press(self, *keys: str) -> None:
        self.count += len(keys)
        await self._screen.press(*keys)

    async def yes(self, asked: str) -> None:
        """Waits for a question, and says yes."""
        await self._screen.until(lambda: "[y/N" in self._screen.text() and asked in self._screen.text())
        await self.press("y")


async def test_a_class_of_twelve_is_mended_by_three_keys_and_a_bracket_goes_on(open_app: Open) -> None:
    account = [*(broken(one) for one in well(14)[:12]), broken(well(14)[12], "dead"), *well(14)[13:]]
    async with open_app(account, size=(120, 40)) as screen:
        keys = Keys(screen)
        await keys.press("2")
        await screen.until(lambda: "error 12" in screen.text())
        await keys.press("right_square_bracket", "r")  # from dead to error
        await keys.yes("Repair 12 torrents")
        assert keys.count <= 5
        await ends(screen)
        await screen.until(lambda: "error: nothing left" in screen.text())
        assert "error: nothing left" in under_cursor(screen)
        await screen.press("left_square_bracket")
        await screen.until(lambda: "error" not in screen.text())
        assert "dead 1" in under_cursor(screen)
        await screen.press("left_square_bracket")
        assert "dead 1" in under_cursor(screen)
        await screen.press("E")
        await screen.until(lambda: "No link into it is known to be dead" in screen.text())


async def test_single_repairs_cost_two_keys_each_and_the_cursor_never_leaves_the_class(open_app: Open) -> None:
    account = [*(broken(one, "dead") for one in well(12)[:10]), broken(well(12)[10]), *well(12)[11:]]
    async with open_app(account, size=(120, 40)) as screen:
        keys = Keys(screen)
        await screen.press("2")
        await screen.until(lambda: "dead 10" in screen.text())
        await screen.press("j")
        for number in range(10):
            assert f"Film.{number + 1}" in under_cursor(screen).split()
            await keys.press("r")
            await keys.yes("Repair 1 torrent")
        assert keys.count == 20
        await ends(screen)
        await screen.until(lambda: "Film.10" in under_cursor(screen) and "✓ done" in under_cursor(screen))
        await screen.press("r")
        assert "Nothing is left to do here" in screen.text()
        assert screen.service.account.torrents()
        await screen.press("right_curly_bracket")
        await screen.until(lambda: "dead" not in screen.text())
        assert "error 1" in under_cursor(screen)


def waiting(one: SimTorrent) -> SimTorrent:
    return replace(broken(one, "waiting_files_selection"), shape="season", file_count=4)


async def test_choosing_files_costs_three_keys_each(open_app: Open) -> None:
    account = [*(waiting(one) for one in well(11)[:10]), *well(11)[10:]]
    async with open_app(account, size=(120, 40)) as screen:
        keys = Keys(screen)
        await screen.press("2")
        await screen.until(lambda: "needs selection 10" in screen.text())
        await screen.press("j")
        for _ in range(10):
            await keys.press("f")
            await screen.until(lambda: "of 4 files" in screen.text())
            await keys.press("enter")
            await keys.yes("Select")
            await screen.until(lambda: "needs selection" in screen.text())
        assert keys.count == 30
        await ends(screen)
        assert not [one for one in screen.service.account.torrents() if one.status == "waiting_files_selection"]


async def test_a_row_that_is_worked_on_says_so_and_takes_no_second_yes(open_app: Open) -> None:
    account = [broken(well(3)[0]), *well(3)[1:]]
    async with open_app(account, size=(80, 24), latency_s=0.2) as screen:
        await screen.press("2")
        await screen.until(lambda: "error 1" in screen.text())
        await screen.press("j", "r")
        await screen.until(lambda: "[y/N" in screen.text())
        await screen.pilot.press("y")
        assert "… repairing" in under_cursor(screen)
        await screen.pilot.press("r")
        assert "being worked on already" in screen.text() or "✓ done" in under_cursor(screen)
        await ends(screen)


async def test_what_cannot_be_mended_is_last_and_folded_and_the_details_follow(open_app: Open) -> None:
    account = [broken(well(4)[0], "virus"), broken(well(4)[1]), broken(well(4)[2], "dead"), well(4)[3]]
    async with open_app(account, size=(80, 24)) as screen:
        await screen.press("2")
        await screen.until(lambda: "virus 1" in screen.text())
        text = screen.text()
        assert text.index("dead 1") < text.index("error 1") < text.index("virus 1")
        assert "r repair · no peers" in screen.line("dead 1")
        assert "Film.1" not in text
        await screen.press("right_curly_bracket", "right_curly_bracket", "space")
        await screen.until(lambda: "Film.1" in screen.text())
        await screen.press("enter")
        await screen.until(lambda: "Film.1" not in screen.text())
        await screen.press("g", "j", "enter")
        await screen.until(lambda: "to do" in screen.text())
        assert screen.app.screen.focused.id == "problem-list"  # type: ignore[union-attr]
        assert "tab details" in screen.text()
        await screen.press("k")
        await screen.until(lambda: "costs" in screen.text())
        await screen.press("l")
        assert screen.app.screen.focused.id == "problem-detail"  # type: ignore[union-attr]
        assert "tab list" in screen.text()
        await screen.press("escape", "escape")
        await screen.until(lambda: "costs" not in screen.text())
