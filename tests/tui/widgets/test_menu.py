"""The menu of one key: where it stands, what its keys are, and what takes a choice."""

from __future__ import annotations

from mediatui.tui.widgets.menu import Choice, Extra, Menu, choices_of
from tests.worlds.screen import Open, Screen, broken, well


def test_each_word_has_the_first_of_its_letters_that_no_word_before_it_has() -> None:
    assert [one.key for one in choices_of(("smart", "fast", "full", "torrents", "ss", "ss"))] == [*"sfut", "", ""]


async def test_a_menu_is_answered_with_one_key_arrows_or_the_mouse(open_app: Open) -> None:
    async with open_app(well(3)) as screen:
        page = screen.text().splitlines()[:-2]
        await a_line_where_it_fits(screen, page)
        await a_list_over_the_page_where_it_does_not(screen)
        await keys_that_are_no_choice_are_for_nothing_behind_it(screen, page)
        await keys_that_came_in_one_burst_are_answers_and_what_follows_them(screen)
        await another_key_does_something_else_with_the_choice(screen)
        await a_click_takes_one_and_a_click_elsewhere_none(screen)


async def a_line_where_it_fits(screen: Screen, page: list[str]) -> None:
    await screen.press("y")
    lines = screen.text().splitlines()
    assert lines[:-2] == page, "the page stays where it is"
    assert lines[-2].startswith(" copy  n name  m magnet  h hash  l links")
    assert lines[-1].split() == ["←→", "move", "enter", "take", "esc", "back"]
    await screen.press("right", "enter")
    assert screen.app.clipboard.startswith("magnet:?")
    await screen.press("y", "left", "left", "escape")
    assert screen.app.prompt.mode == ""
    assert "open" in screen.text().splitlines()[-1]


async def a_list_over_the_page_where_it_does_not(screen: Screen) -> None:
    before = screen.text().splitlines()
    await screen.press("o")
    lines = screen.text().splitlines()
    assert lines[:10] == before[:10]
    assert [line.split()[1] for line in lines[-12:-2]] == [
        "name", "size", "files", "progress", "added", "status", "class", "health", "links", "seeders",
    ]  # fmt: skip
    assert lines[-8].split() == ["▌a", "added", "↓"], "the cursor is on what holds"
    assert lines[-2] == " sort by"
    await screen.press("up", "enter")
    await screen.until(lambda: "%↓" in screen.text() and "Added↓" not in screen.text())
    await screen.press("o", "a")
    await screen.until(lambda: "Added↓" in screen.text())


async def keys_that_are_no_choice_are_for_nothing_behind_it(screen: Screen, page: list[str]) -> None:
    await screen.press("o", "space", "d", "2", "colon", "j", "slash", "question_mark")
    assert screen.app.prompt.mode == "menu"
    await screen.press("backspace")
    assert screen.text().splitlines()[3:-2] == page[3:]


async def keys_that_came_in_one_burst_are_answers_and_what_follows_them(screen: Screen) -> None:
    screen.burst("o", "n", "G", "o", "a", "g")
    await screen.until(lambda: "Added↓" in screen.text())
    assert "Film.1" in screen.line("▌")


async def another_key_does_something_else_with_the_choice(screen: Screen) -> None:
    done: list[str] = []
    extra = Extra("d", "remove", lambda name: done.append(f"removed {name}"))
    kept = Extra("space", "again", lambda name: done.append(f"again {name}"), stays=True)
    choices = [Choice("1", "first", name="one"), Choice("2", "second", name="two")]
    screen.app.prompt.choose("which", choices, done.append, at="two", extras=[extra, kept])
    await screen.settle()
    screen.app.show_keys()
    await screen.settle()
    assert "d remove" in screen.text().splitlines()[-1]
    await screen.press("up", "space", "down", "d")
    assert done == ["again one", "removed two"]


async def a_click_takes_one_and_a_click_elsewhere_none(screen: Screen) -> None:
    await screen.press("y")
    at = screen.text().splitlines()[-2].index("hash")
    await screen.pilot.click(Menu, offset=(at, 0))
    await screen.settle()
    assert screen.app.clipboard == f"{1:040x}"
    await screen.press("y")
    await screen.pilot.click("#torrent-list", offset=(5, 3))
    await screen.settle()
    assert screen.app.prompt.mode == ""
    assert "Film.3" in screen.line("▌")


async def test_during_a_question_the_keys_line_shows_its_answers(open_app: Open) -> None:
    async with open_app([*well(60), broken(well(1)[0])], size=(100, 24)) as screen:
        await screen.press("d")
        await screen.until(lambda: "[y/N/p]" in screen.text())
        assert screen.text().splitlines()[-1].split() == ["y", "yes", "n", "no", "p", "plan"]
        await screen.press("n", "a", "d")
        await screen.until(lambda: "Type " in screen.text())
        assert screen.text().splitlines()[-1].split() == ["60", "enter", "yes", "p", "enter", "plan", "esc", "no"]
        await screen.press("escape")
        assert "open" in screen.text().splitlines()[-1]
