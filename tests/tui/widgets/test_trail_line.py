"""Where one is: the tab that is lit, the trail, and the way back."""

from __future__ import annotations

from tests.worlds.maintenance import MaintenanceWorld
from tests.worlds.screen import Open, Screen, dead_series, run_tool, well


def lit(screen: Screen) -> str:
    """The tab that is lit."""
    strip = screen.app.screen._compositor.render_strips()[0]
    return "".join(part.text for part in strip if part.style is not None and part.style.bold).strip()


async def test_a_screen_without_a_tab_shows_the_way_to_it_and_goes_back_step_by_step(
    open_app: Open, world: MaintenanceWorld
) -> None:
    dead_series(world)
    async with open_app(well(1), size=(120, 30)) as screen:
        assert lit(screen) == "1 Torrents"
        await run_tool(screen, "repair-links")
        await screen.press("tab", "j")
        row = screen.line("▌")
        await screen.press("R")
        assert screen.text().splitlines()[1].startswith(" 5 Tidy › Repair links › one by one   2 of 3 dead links")
        assert lit(screen) == "5 Tidy"
        await screen.press("d")
        await screen.until(lambda: "Remove" in screen.text())
        await screen.press("p")
        await screen.until(lambda: "5 Tidy › Repair links › one by one › plan" in screen.text())
        assert lit(screen) == "5 Tidy"
        await screen.press("question_mark")
        assert lit(screen) == "?"
        await screen.press("q", "backspace")
        assert "one by one   2 of 3" in screen.text()
        await screen.pilot.click(offset=(4, 1))
        await screen.until(lambda: screen.app.view.NAME == "Tidy")  # type: ignore[union-attr]
        assert row in screen.text(), "the cursor stands where it stood"
        await screen.press("2", "D")
        assert "2 Problems › duplicates" in screen.text()
        assert lit(screen) == "2 Problems 0"
