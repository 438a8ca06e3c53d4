"""Filters as a person meets them: the field, the chip while one holds, completion, saved ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mediatui.demo.seed import SimTorrent
from mediatui.tui.widgets import prompt
from mediatui.tui.widgets.chips import Chips, filter_chip, fit_chips
from tests.worlds.screen import Open, Screen, at_films, broken, ends, well


def mixed() -> list[SimTorrent]:
    """Film.1 to Film.20; 3, 13 and 14 with an error."""
    return [broken(one) if one.filename in ("Film.3", "Film.13", "Film.14") else one for one in well(20)]


def test_the_chip_of_a_filter_cuts_a_long_query_and_keeps_count_and_key() -> None:
    assert filter_chip("remux 2160p", "104", 40) == "/remux 2160p 104 esc ✕"
    long = filter_chip("size:>10gb status:problem OR class:partial", "4,233", 40)
    assert long.startswith("/size:>10gb status:")
    assert long.endswith("… 4,233 esc ✕")
    assert len(long) <= 41


def test_chips_that_do_not_fit_are_left_out_but_never_the_chosen_one() -> None:
    chips = [(name, f"{name} 10") for name in ("all", "ok", "working", "gone")]
    assert fit_chips(chips, "all", 80) == chips
    assert [name for name, _ in fit_chips(chips, "all", 20)] == ["all", "ok"]
    assert [name for name, _ in fit_chips(chips, "gone", 20)] == ["all", "gone"]


async def test_chips_without_room_are_counted_beside_the_key_that_goes_to_them(open_app: Open) -> None:
    async with open_app(mixed(), size=(60, 20)) as screen:
        await screen.type("/film.1")
        await screen.press("enter")
        chips = screen.text().splitlines()[1]
        assert "gone" not in chips
        assert chips.rstrip().endswith(" ]")
        await screen.press("left_square_bracket")
        assert "gone 0" in screen.text().splitlines()[1]


async def test_a_filter_stands_as_a_chip_with_its_count_as_long_as_it_holds(open_app: Open) -> None:
    async with open_app(mixed()) as screen:
        await nothing_but_the_count_is_said_while_typing(screen)
        await the_other_chips_count_within_it(screen)
        await a_message_does_not_take_it_away(screen)
        await leaving_the_field_takes_the_filter_back_that_held(screen)
        await an_empty_result_names_it(screen)
        await a_click_clears_it(screen)


async def nothing_but_the_count_is_said_while_typing(screen: Screen) -> None:
    page = screen.text().splitlines()[1:-2]
    await screen.press("slash")
    assert screen.text().splitlines()[1:-2] == page
    await screen.type("film.1")
    await screen.until(lambda: "11 torrents, " in screen.line("/ film.1"))
    screen.app.prompt.say("sync done: a message of a job")
    await screen.settle()
    assert "a message of a job" not in screen.text()
    await screen.press("enter")
    await screen.until(lambda: "/film.1 11 esc ✕" in screen.text())


async def the_other_chips_count_within_it(screen: Screen) -> None:
    await screen.until(lambda: "all 11   ok 9   working 0   problem 2" in screen.text())
    await screen.press("right_square_bracket", "right_square_bracket", "right_square_bracket")
    await screen.until(lambda: "2 torrents" in screen.text())
    assert "/film.1 11 esc ✕" in screen.text(), "its own count is not that of the chip beside it"


async def a_message_does_not_take_it_away(screen: Screen) -> None:
    screen.app.prompt.say("Nothing was done.")
    await screen.settle()
    assert "/film.1 11 esc ✕" in screen.text()
    await screen.press("escape")
    await screen.until(lambda: "/film.1" not in screen.text())
    assert "all 20" in screen.text()
    assert "Film.2" not in screen.text(), "the chip beside it still holds"
    await screen.press("escape")
    await screen.until(lambda: "Film.2" in screen.text())


async def leaving_the_field_takes_the_filter_back_that_held(screen: Screen) -> None:
    await screen.press("slash", *"film.2", "enter", "slash", "0", "x")
    await screen.until(lambda: "No torrent matches" in screen.text())
    await screen.press("escape")
    await screen.until(lambda: "/film.2 2 esc ✕" in screen.text())


async def an_empty_result_names_it(screen: Screen) -> None:
    await screen.press("slash", "x", "enter")
    await screen.until(lambda: "No torrent matches film.2x" in screen.text())
    assert "/film.2x 0 esc ✕" in screen.text()
    assert "esc clears the filter" in screen.text()


async def a_click_clears_it(screen: Screen) -> None:
    await screen.pilot.click(Chips, offset=(4, 0))
    await screen.until(lambda: "Film.9" in screen.text())
    assert "esc ✕" not in screen.text()


async def test_a_query_is_completed_and_what_is_wrong_with_it_said_over_the_page(
    open_app: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_app(mixed()) as screen:
        await tab_completes_fields_and_values_and_lists_what_fits(screen)
        await what_is_wrong_waits_until_typing_rests(screen, monkeypatch)
        await enter_keeps_a_wrong_query_to_be_corrected(screen)


async def tab_completes_fields_and_values_and_lists_what_fits(screen: Screen) -> None:
    await screen.press("slash", "s", "t", "tab")
    assert "/ status:" in screen.text()
    page = screen.text().splitlines()[:12]
    await screen.press("tab")
    assert screen.text().splitlines()[:12] == page, "the list lies over the page"
    assert "downloaded  17 torrents" in " ".join(screen.line("downloaded").split("   "))
    assert "error" in screen.text()
    await screen.press("e", "tab")
    await screen.until(lambda: "3 torrents" in screen.line("/ status:error"))
    assert "17 torrents" not in screen.text(), "what is typed puts the list away"
    await screen.press("space", *"is:", "tab", "tab")
    assert "▌ incomplete" in screen.text() or "▌incomplete" in screen.text()
    await screen.press("escape")
    assert screen.app.prompt.mode == "filter"
    await screen.press("escape")
    assert screen.app.prompt.mode == ""


async def what_is_wrong_waits_until_typing_rests(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prompt, "REST_S", 3600.0)
    await screen.type("/film. -sta:")
    assert "Unknown field" not in screen.text()
    monkeypatch.setattr(prompt, "REST_S", 0.01)
    await screen.press("x")
    await screen.until(lambda: "✗ Unknown field" in screen.text())
    lines = screen.text().splitlines()
    said = " ".join(" ".join(lines[-6:-2]).split())
    assert said.partition("✗ ")[2].startswith("Unknown field")
    assert said.endswith("put it in quotes."), "whole, over the width of the page"
    assert lines[-2].startswith(" / film. -sta:x")
    assert "Film.1" in screen.line("▌"), "the last good rows stay"


async def enter_keeps_a_wrong_query_to_be_corrected(screen: Screen) -> None:
    await screen.press("enter")
    assert screen.app.prompt.mode == "filter"
    await screen.press("backspace", "backspace")
    assert "Unknown field" not in screen.text()
    await screen.press("escape")
    assert "esc ✕" not in screen.text()


async def test_filters_are_saved_picked_replaced_and_forgotten(open_app: Open, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    async with open_app(mixed(), size=(100, 24)) as screen:
        await screen.press("slash", "ctrl+s")
        assert "There is nothing to save" in screen.text()
        await screen.press("ctrl+o")
        assert "No filter is saved yet" in screen.text()
        await screen.press(*"film.1", "ctrl+s")
        assert "save /film.1 as:" in screen.text()
        await screen.press(*"ones", "enter")
        await screen.until(lambda: "'ones' is saved" in screen.text())
        assert "/film.1 11 esc ✕" in screen.text()
        assert 'ones = "film.1"' in config.read_text()

        await screen.press("escape", "slash", *"is:gone", "ctrl+o")
        await screen.until(lambda: "saved filters" in screen.text())
        assert screen.line("saved filters").split() == ["saved", "filters", "1", "ones", "film.1"]
        assert "d forget" in screen.text().splitlines()[-1]
        await screen.press("enter")
        await screen.until(lambda: "/film.1 11 esc ✕" in screen.text())

        await screen.press("slash", "0", "ctrl+s", *"ones", "enter")
        await screen.until(lambda: "'ones' is /film.1 now. Replace it with /film.10?" in screen.text())
        await screen.press("y")
        await screen.until(lambda: 'ones = "film.10"' in config.read_text())

        await screen.press("slash", "ctrl+o", "d")
        await screen.until(lambda: "Forget the filter 'ones'" in screen.text())
        await screen.press("n")
        assert 'ones = "film.10"' in config.read_text()
        await screen.press("slash", "ctrl+o", "d")
        await screen.until(lambda: "Forget the filter 'ones'" in screen.text())
        await screen.press("y")
        await screen.until(lambda: "'ones' is forgotten" in screen.text())
        assert "ones" not in config.read_text()


async def test_a_saved_filter_that_is_no_query_any_more_is_said(open_app: Open, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[ui.filters]\n"[b]old" = "nofield:1"\n')
    async with open_app([replace(well(1)[0], filename="Film")]) as screen:
        await screen.press("slash", "ctrl+o", "1")
        await screen.until(lambda: "Unknown field" in screen.text())
        assert "esc ✕" not in screen.text()


async def test_problems_duplicates_journal_and_log_are_narrowed_the_same_way(open_app: Open) -> None:
    account = mixed()
    twins = [replace(one, id=f"T{at:012d}", filename=f"Twin.{at}") for at, one in enumerate(account[:2])]
    async with open_app([*account, *twins], size=(110, 24)) as screen:
        await screen.press("2")
        await screen.until(lambda: "all 3" in screen.text().splitlines()[1])
        await narrows(screen, "film.13", "/film.13 1 esc ✕   all 1", kept="Film.13", gone="Film.14")
        await screen.press("D")
        await screen.until(lambda: "2 copies in 2 groups" in screen.text())
        await narrows(screen, "twin.1", "/twin.1 1 esc ✕", kept="Film.2", gone="Twin.0")

        await screen.press("1", "d")
        await screen.until(lambda: "[y/N" in screen.text())
        await screen.press("y")
        await ends(screen)
        await screen.press("6")
        await screen.until(lambda: "Delete 1 torrent" in screen.text())
        await screen.press("slash", *"nothing", "enter")
        await screen.until(lambda: "Nothing matches /nothing" in screen.text())
        assert "/nothing 0 esc ✕   all 1" in screen.text()
        await screen.press("slash", *["backspace"] * 7, *"today")
        await screen.type(" delete twin")
        await screen.press("enter")
        await screen.until(lambda: "/today delete twin 1 esc ✕   all 1" in screen.text())

        await screen.press("0")
        await narrows(screen, "begins", "/begins 1 esc ✕", kept="apply: begins", gone="apply: done")


async def narrows(screen: Screen, text: str, chip: str, *, kept: str, gone: str) -> None:
    """A filter leaves one line, and goes by esc."""
    assert gone in screen.text()
    await screen.press("slash", *(key.replace(".", "full_stop") for key in text), "enter")
    await screen.until(lambda: chip in screen.text() and gone not in screen.text())
    assert kept in screen.text()
    await screen.press("escape")
    await screen.until(lambda: "esc ✕" not in screen.text() and gone in screen.text())


async def test_links_are_narrowed_and_their_states_counted_within(open_app: Open, library: Path) -> None:
    async with open_app(well(12), size=(130, 24)) as screen:
        await at_films(screen)
        await screen.press("slash")
        await screen.type("film.3")
        await screen.until(lambda: "1 link" in screen.line("/ film.3"))
        await screen.press("enter")
        await screen.until(lambda: "/film.3 1 esc ✕   wrong 1   broken 1   ok 0" in screen.text())
        await screen.press("slash", "x", "enter")
        await screen.until(lambda: "Nothing matches /film.3x" in screen.text())
        assert "S scans" not in screen.text()
        await screen.press("escape")
        await screen.until(lambda: "wrong 2   broken 2   ok 6" in screen.text())
