"""The line at the bottom: what is typed stays there, what is asked meanwhile waits, and back is where one came from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from textual.events import AppBlur, Key

from tests.worlds.screen import Open, Screen, broken, ends, to_setting, well


async def test_what_is_typed_stays_on_the_line(open_app: Open) -> None:
    async with open_app() as screen:
        for step in (
            tab_takes_what_is_suggested_and_stays_in_the_field, a_click_takes_what_is_listed,
            a_selected_text_is_replaced_by_what_is_typed,
            keys_keep_their_order_when_the_terminal_had_lost_the_keyboard, back_from_help_is_the_view_one_came_from,
        ):  # fmt: skip
            await step(screen)


async def leave(screen: Screen) -> None:
    """Takes nothing of what is typed."""
    await screen.press("escape")
    await screen.until(lambda: screen.app.prompt.mode == "")


async def tab_takes_what_is_suggested_and_stays_in_the_field(screen: Screen) -> None:
    await screen.press("colon")
    keys = screen.text().splitlines()[-1]
    assert "esc back" in keys
    assert "repair" not in keys, "the last line names only keys that work"
    await screen.type("jour")
    await screen.settle()
    await screen.press("tab", "x", "shift+tab", "q")
    assert ": journal xq" in screen.text()
    await leave(screen)


async def a_click_takes_what_is_listed(screen: Screen) -> None:
    await screen.press("colon", "s", "y")
    await screen.pilot.click("#suggestions", offset=(6, 2))
    await screen.until(lambda: screen.app.prompt._input.value == "symlinks ")
    assert screen.app.prompt._input.has_focus
    await leave(screen)


async def a_selected_text_is_replaced_by_what_is_typed(screen: Screen) -> None:
    await screen.press("slash", "a", "b", "shift+home", "c")
    assert screen.app.prompt._input.value == "c"
    await leave(screen)


async def keys_keep_their_order_when_the_terminal_had_lost_the_keyboard(screen: Screen) -> None:
    await screen.press("colon")
    screen.app.post_message(AppBlur())
    for key in "sync":
        screen.app.post_message(Key(key, key))
    await screen.settle()
    assert screen.app.prompt._input.value == "sync"
    await leave(screen)


async def back_from_help_is_the_view_one_came_from(screen: Screen) -> None:
    await screen.press("3", "comma", "question_mark")
    assert "Settings · Every setting" in screen.text()
    await screen.press("escape")
    assert "realdebrid.token" in screen.text()
    await screen.press("escape")
    assert "Added by month" in screen.text()


async def test_a_secret_is_not_shown_while_it_is_typed_nor_brought_back_after(open_app: Open, tmp_path: Path) -> None:
    token = "geheim12" + "A" * 44
    async with open_app() as screen:
        await screen.press("comma", "e")
        await screen.type(token)
        assert "Token: ••••••••" in screen.text()
        await screen.press("enter")
        assert f'token = "{token}"' in (tmp_path / "config.toml").read_text()
        await screen.press("e", "up")
        assert screen.app.prompt._input.value == ""
        await screen.press("enter")

        assert f'token = "{token}"' in (tmp_path / "config.toml").read_text()
        assert "Nothing was changed" in screen.text()
        await to_setting(screen, "realdebrid.base_url")
        await screen.press("e")
        assert "http" in screen.line("Address of the API: ")


async def test_a_question_that_comes_while_one_types_waits_until_that_is_done(open_app: Open) -> None:
    answered: list[str] = []
    async with open_app(well(3)) as screen:
        await screen.press("slash")
        screen.app.prompt.ask("Carry on?", lambda: answered.append("yes"), 1)
        await screen.type("y")
        assert "/ y" in screen.text()
        assert not answered
        await screen.press("enter")
        await screen.until(lambda: "Carry on? [y/N]" in screen.text())
        await screen.press("y")

        assert answered == ["yes"]


async def test_looking_at_a_plan_from_another_one_shows_it(open_app: Open) -> None:
    async with open_app(well(3), size=(110, 30)) as screen:
        await screen.press("d")
        await screen.until(lambda: "[y/N" in screen.text())
        await screen.press("y")
        await ends(screen)
        await screen.press("6", "enter")
        await screen.until(lambda: "batch 1" in screen.text())
        await screen.press("u")
        await screen.until(lambda: "[y/N" in screen.text())
        await screen.press("n", "t")
        assert "Nothing failed here" in screen.text()
        await screen.press("u")
        await screen.until(lambda: "[y/N" in screen.text())
        await screen.press("p")
        await screen.until(lambda: "undo of batch 1, not applied: 1 torrent added" in screen.text())


async def test_keys_act_while_the_files_of_a_torrent_are_fetched(open_app: Open, tmp_path: Path) -> None:
    account = well(3)
    account[0] = replace(broken(account[0], "waiting_files_selection"), shape="season", file_count=4)
    async with open_app(account, latency_s=1.0) as screen:
        async with screen.app.workspace.db.transaction() as connection:
            await connection.execute("DELETE FROM torrent_files")
        await screen.press("f", "j")
        assert "Film.2" in screen.line("▌")
        assert "Fetching its files" in screen.text()
        await screen.until(lambda: "4 of 4 files" in screen.text())


async def test_a_message_keeps_to_one_row_and_stands_whole_in_the_log(open_app: Open) -> None:
    async with open_app(well(3)) as screen:
        page = screen.text().splitlines()[:22]
        screen.app.prompt.say(f"{'A long message, ' * 9}its end", "error")
        await screen.settle()
        assert screen.text().splitlines()[:22] == page, "nothing moved"
        assert "…" in screen.line("✗ A long message,")
        assert "0 log" in screen.line("✗ A long message,")
        assert "its end" not in screen.text()
        screen.app.job_monitor.write("info", "List them with: mediatui --headless journal")
        await screen.press("0")
        assert "List them with: Journal (6)" in screen.text(), "the log names keys too"
        await screen.until(lambda: "its end" in screen.text())
        assert " ".join(screen.text().split()).count("A long message,") == 9, "whole"


async def test_a_long_question_lies_over_the_page(open_app: Open) -> None:
    async with open_app(well(3)) as screen:
        page = screen.text().splitlines()[:18]
        screen.app.prompt.ask(f"{'A long question. ' * 9}Go on?", lambda: screen.app.prompt.say("Done."), 1)
        await screen.settle()
        assert "Go on? [y/N]" in screen.text()
        assert screen.text().splitlines()[:18] == page, "nothing moved"
        await screen.press("y")
        await screen.until(lambda: "Done." in screen.text())
