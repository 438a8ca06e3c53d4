"""The frame around the views: tabs, jobs, commands, settings, help, small terminals."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rich.color import Color, ColorType

from mediatui.demo.faults import Fault, html
from mediatui.demo.seed import make_torrents
from mediatui.model.choices import THEMES
from mediatui.tui.colours import Depth
from mediatui.tui.theme import OF_256, TRUECOLOR
from tests.worlds.account import torrents
from tests.worlds.screen import NOW, Open, Screen, well


async def test_digits_switch_views_and_a_card_opens_its_list(open_app: Open) -> None:
    async with open_app(size=(100, 40)) as screen:
        await screen.press("3")
        await screen.until(lambda: "Added by month" in screen.text())
        assert "60 torrents" in screen.text().splitlines()[2]
        await screen.press("j", "j", "j", "enter")
        await screen.until(lambda: "status:active" in screen.text())
        assert "Name" in screen.text()


async def test_the_help_is_a_menu_of_what_can_be_done_here_and_never_ends_the_app(open_app: Open) -> None:
    async with open_app(size=(100, 80)) as screen:
        await screen.press("j", "question_mark")
        text = screen.text()
        assert screen.line("Mark the row and move on").split()[:2] == ["space", "mark"]
        assert screen.line("Words, status:problem").split()[:2] == ["/", "filter"]
        assert screen.line("Next row").split() == ["↓", "j", "down", "Next", "row"]
        assert screen.line(" everything").split()[0] == "^p"
        titles = (
            "Torrents · Every torrent of the account, from the local archive",
            "In the list",
            "Everywhere",
            "Moving about",
            "To read",
        )
        at = [next(at for at, line in enumerate(text.splitlines()[2:]) if line.strip() == title) for title in titles]
        assert at == sorted(at)
        await screen.press("q")
        assert screen.app.is_running
        assert screen.text().splitlines()[4].startswith("▌")

        await screen.pilot.resize_terminal(80, 24)
        await screen.press("question_mark", "pagedown", "pagedown", "escape", "2", "question_mark")
        assert screen.text().splitlines()[2].startswith("  Problems · ")
        assert screen.text().splitlines()[3].startswith("▌")
        await screen.press("up", "up", "down", "escape", "1", "question_mark")
        await screen.type("mark the row")
        assert "Everywhere" not in screen.text()
        await screen.press("enter")
        assert "1 marked" in screen.text()

        await screen.press("question_mark")
        await screen.type("theme")
        assert "theme dracula" in screen.text()
        assert "theme dracula" not in screen.line("▌")  # what can be done here comes first
        await screen.press("escape", "question_mark")
        await screen.type("words and signs")
        await screen.press("enter")
        assert "what would be done, step by step" in screen.text()
        assert "space next page" in screen.text()
        await screen.press("space", "space", "space")
        assert "Commands, after :" in screen.text()
        await screen.press("q")
        assert "1 marked" in screen.text()
        await screen.press("colon", *"help", "enter")
        assert "is:incomplete|gone|duplicate" in screen.text()
        await screen.press("escape")
        assert "Added↓" in screen.text()


async def test_a_tiny_terminal_says_so_and_the_keyboard_is_where_it_was_after_it(open_app: Open) -> None:
    async with open_app(size=(40, 10)) as screen:
        assert "too small" in screen.text()
        await screen.pilot.resize_terminal(80, 24)
        await screen.settle()
        assert "too small" not in screen.text()
        assert "Added↓" in screen.text()
        await screen.pilot.resize_terminal(40, 10)
        await screen.settle()
        await screen.press("colon")
        await screen.pilot.resize_terminal(80, 24)
        await screen.settle()
        await screen.press("escape", "j", "j")
        assert screen.text().splitlines().index(screen.line("▌")) == 5


async def test_keys_that_come_in_one_burst_go_where_they_were_meant(open_app: Open) -> None:
    async with open_app() as screen:
        screen.burst("j", "j", "slash", *"sablex", "backspace")
        await screen.settle()
        assert "/ sable" in screen.text()
        assert screen.app.prompt.mode == "filter"
        assert not screen.app.workspace.runner.jobs
        await screen.press("escape", "escape")
        screen.burst("slash", "e", "enter", "j", "j")
        await screen.until(lambda: "/e 58 esc ✕" in screen.text())
        assert screen.app.prompt.mode == ""


async def test_activity_shows_starts_filters_by_words_and_level_and_reads_the_log_file(open_app: Open) -> None:
    async with open_app() as screen:
        await screen.press("s", "enter")
        await screen.until(lambda: "sync done" in screen.text())
        await screen.press("0")
        assert "sync: begins" in screen.text()
        assert "sync: done" in screen.text()
        assert "looking for changes" not in screen.text()
        await screen.press("o", "d")
        assert "looking for changes" in screen.text()
        assert "errors 0" in screen.text().splitlines()[1]
        await screen.press("slash")
        await screen.type("looking")
        assert "reading the list" not in screen.text()
        await screen.press("enter")
        assert "/looking 1 esc ✕   all 1   info and graver 0" in screen.text()
        await screen.press("escape")
        assert "reading the list" in screen.text()
        await screen.press("X")
        assert "reading the list" not in screen.text()
        file = screen.app.workspace.paths.log_file
        earlier = '{"at": "2026-03-01T05:00:00.000Z", "level": "warning", "text": "a [b]line[/b] of the night"}\n'
        file.with_name(f"{file.name}.1").write_text(earlier)
        await screen.press("e")
        await screen.until(lambda: "a [b]line[/b] of the night" in screen.text())
        await screen.press("e")
        await screen.until(lambda: "no earlier lines" in screen.text())


async def test_quitting_asks_while_a_job_runs_and_an_answer_typed_before_the_question_is_none(open_app: Open) -> None:
    async with open_app(make_torrents(80, now=NOW), unseen=70, latency_s=0.3) as screen:
        await screen.press("s", "enter")
        await screen.until(lambda: "fetching details" in screen.text())
        screen.burst(*"qy")
        await screen.settle()
        assert "[y/N]" in screen.text()
        await screen.press("n")
        assert "Nothing was done" in screen.text()
        assert screen.app.is_running
        await screen.press("q", "y")
        await screen.until(lambda: screen.app.return_value == 0)


async def test_a_sync_shows_its_progress_and_can_be_stopped(open_app: Open) -> None:
    async with open_app(make_torrents(80, now=NOW), unseen=70, latency_s=0.3) as screen:
        await screen.press("s")
        await screen.until(lambda: "requests" in screen.line("smart"))
        assert "fast" in screen.text()
        await screen.press("enter")
        await screen.until(lambda: "fetching details" in screen.text())
        await screen.until(lambda: re.search(r"fetching details.*/s.*\^c stop", screen.text()) is not None)
        await screen.press("ctrl+c")
        await screen.until(lambda: "sync: Stopped" in screen.text())
        assert "what was done is kept" in screen.text()
        await screen.press("s", "enter")
        await screen.until(lambda: "sync done" in screen.text())
        await screen.press("0")
        assert "Carries on with" in screen.text()
        assert max(screen.service.account.details_served.values()) <= 2


async def test_a_failing_service_is_one_sentence(open_app: Open) -> None:
    async with open_app() as screen:
        screen.service.faults.append(Fault("/torrents", html(503), times=1000))
        await screen.press("s", "enter")
        await screen.until(lambda: "sync failed" in screen.text())
        assert "503" in screen.text()
        assert "Traceback" not in screen.text()


async def test_typed_commands_are_the_headless_ones(open_app: Open) -> None:
    async with open_app() as screen:
        await screen.press("colon")
        await screen.type("torrents status:active")
        await screen.press("enter")
        await screen.until(lambda: "/status:active" in screen.text())
        await screen.press("colon")
        await screen.type("sync --mode torrents")
        await screen.press("enter")
        await screen.until(lambda: "sync done" in screen.text())
        await screen.press("colon")
        await screen.type("fly")
        await screen.press("enter")
        assert "There is no command 'fly' here" in screen.text()
        await screen.press("colon", "up")
        assert screen.line(" : fly")
        await screen.press("escape")


async def test_the_palette_lists_actions_that_work(open_app: Open) -> None:
    async with open_app(size=(100, 40)) as screen:
        await screen.press("ctrl+p")
        await screen.until(lambda: "Mark while moving" in screen.text())
        await screen.type("back to the shell")
        assert "Nothing that can be done here" in screen.text()
        await screen.press(*["backspace"] * 17)
        await screen.type("magnet")
        assert "Add a magnet" in screen.text()
        assert "app.add" not in screen.text()
        await screen.press(*["backspace"] * 6)
        await screen.type("stats")
        await screen.until(lambda: "Statistics" in screen.text())
        await screen.press("enter")
        await screen.until(lambda: "Added by month" in screen.text())


async def test_the_palette_is_walked_left_and_does_what_is_under_the_cursor_where_one_was(open_app: Open) -> None:
    async with open_app() as screen:
        await screen.press("j", "j")
        before = screen.text()
        await screen.press("ctrl+p", "escape")
        assert screen.text() == before
        await screen.press("ctrl+p")
        await screen.type("nothing of that name")
        assert "Nothing that can be done here is called 'nothing of that name'." in screen.text()
        await screen.press("enter")
        assert screen.text() == before
        await screen.press("ctrl+p")
        await screen.type("mark")
        assert screen.line("▌").split()[1:3] == ["space", "mark"]
        await screen.press("down", "up", "enter")
        assert "●" in screen.text()
        await screen.press("ctrl+p", *"integrity")
        assert screen.line("▌").split()[1:3] == [":", ":integrity"]
        await screen.press("escape", "ctrl+p", *"dedupe", "enter")
        assert " : dedupe" in screen.text()
        await screen.press("escape")
        screen.burst("ctrl+p", *"filter", "enter", *"e", "enter")
        await screen.until(lambda: "/e 58 esc ✕" in screen.text())


@pytest.mark.parametrize(
    ("settings", "key", "works"),
    [('[ui.keymap]\n"torrents.filter" = "f"\n', "f", True), ("[ui]\nvim_keys = false\n", "j", False)],
)
async def test_keys_follow_the_settings(open_app: Open, tmp_path: Path, settings: str, key: str, works: bool) -> None:
    (tmp_path / "config.toml").write_text(settings)
    async with open_app() as screen:
        before = screen.text()
        await screen.press(key)
        assert (screen.text() != before) is works


async def test_the_screen_has_every_theme_and_begins_with_the_one_that_is_set(open_app: Open, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[ui]\ntheme = "nord"\ndensity = "comfortable"\n')
    async with open_app() as screen:
        assert screen.app.theme == "nord"
        assert screen.text().splitlines()[1] == ""
        assert set(THEMES) <= set(screen.app.available_themes)
        screen.burst("ctrl+p", *"theme", "space", *"dracula", "enter")
        await screen.until(lambda: "Theme dracula is saved" in screen.text())
        assert screen.app.theme == "dracula"
    assert 'theme = "dracula"' in (tmp_path / "config.toml").read_text()


async def test_without_colour_the_cursor_is_still_seen(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with open_app() as screen:
        assert screen.text().splitlines()[3].startswith("▌")
        strip = screen.app.screen._compositor.render_strips()[3]
        assert any(segment.style is not None and segment.style.reverse for segment in strip)


async def test_the_archive_follows_another_account_once_the_word_was_typed(open_app: Open) -> None:
    async with open_app() as screen:
        await screen.press("s", "enter")
        await screen.until(lambda: "sync done" in screen.text())
        screen.service.account.user_id = 2
        (its_own,) = torrents(1)
        screen.service.account.add(its_own)
        screen.app.workspace.reload_settings()
        await screen.press("s", "enter")
        await screen.until(lambda: "The token is of the account demo (2), this archive of " in screen.text())
        for word, answer in (("adopt", "Nothing was done"), ("ADOPT", "The archive belongs to demo (2) now.")):
            await screen.press("colon")
            await screen.type("account adopt")
            await screen.press("enter")
            await screen.until(lambda: "Type ADOPT to go on" in screen.text())
            await screen.type(word)
            await screen.press("enter")
            await screen.until(lambda answer=answer: answer in screen.text())  # type: ignore[misc]
        await screen.press("s", "enter")
        await screen.until(lambda: "sync done" in screen.text())


def drawn_colours(screen: Screen) -> set[Color]:
    """Every colour on the screen, behind text or of it."""
    segments = (segment for line in screen.app.screen._compositor.render_strips() for segment in line)
    styles = [segment.style for segment in segments if segment.style is not None]
    return {colour for style in styles for colour in (style.color, style.bgcolor) if colour is not None}


@pytest.mark.parametrize("depth", ["truecolor", "256", "16", "none"])
async def test_a_terminal_is_sent_the_colours_chosen_for_it(
    open_app: Open, monkeypatch: pytest.MonkeyPatch, depth: Depth
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("MEDIATUI_UI__COLORS", depth)
    chosen = {"truecolor": TRUECOLOR, "256": OF_256}.get(depth)
    async with open_app() as screen:
        found = set()
        for key in ("1", "enter", "2", "3", "4", "comma"):
            await screen.press(key)
            found |= drawn_colours(screen)
    if chosen is not None:
        known = {Color.parse(one) for one in (*chosen.said, *chosen.behind, chosen.bar)}
        assert found <= known
        assert {Color.parse(one) for one in (chosen.page, chosen.accent, chosen.ok, chosen.cursor)} <= found
    elif depth == "16":
        assert {colour.type for colour in found} == {ColorType.DEFAULT, ColorType.STANDARD}
        assert all(colour.number is None or colour.number < 16 for colour in found)
    else:
        assert {colour.type for colour in found} == {ColorType.DEFAULT}


async def test_nothing_that_changes_things_is_made_before_it_is_wanted(open_app: Open) -> None:
    """Its code takes as long to import as a fifth of the way to the first paint."""
    async with open_app(well(2)) as screen:
        await screen.press("j", "2", "1")
        assert "plans" not in vars(screen.app)
        await screen.press("d")
        assert "plans" in vars(screen.app)
