"""The maintenance screen over real trees: running tools, what is listed, plans of it, and dead links one by one."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mediatui.commands.parse import read_line
from mediatui.tui.command_line import begin
from tests.worlds.maintenance import MaintenanceWorld
from tests.worlds.screen import Open, Screen, dead_series, doubled, ends, run_tool, well


async def test_tools_that_never_ran_say_so_and_a_run_lists_what_it_found(
    open_app: Open, world: MaintenanceWorld
) -> None:
    doubled(world)
    world.movie("Gone", 1999, missing=True)
    async with open_app(well(1), size=(140, 30)) as screen:
        await screen.press("5")
        await screen.until(lambda: screen.text().count("never") >= 6)
        assert "Integrity: reads only, changes nothing" in screen.text()
        assert "S runs it, and changes nothing" in screen.text()
        await run_tool(screen, "cleanup")
        assert screen.text().count("just now") == 1
        assert all(chip in screen.text() for chip in ("all 3", "broken 1", "duplicates 1", "empty 1"))
        assert "Gone (1999).mkv" in screen.text()
        await screen.press("tab", "right_square_bracket")
        await screen.until(lambda: "✗ broken" in screen.text() and "duplicates 1" in screen.text())
        await screen.until(lambda: "→ duplicates" not in screen.text())
        await screen.press("left_square_bracket")
        await screen.until(lambda: "→ duplicates" in screen.text())


async def test_enter_runs_what_never_ran_then_goes_to_findings_then_to_the_detail(
    open_app: Open, world: MaintenanceWorld
) -> None:
    doubled(world)
    async with open_app(well(1), size=(80, 24)) as screen:
        await screen.press("5")
        await screen.until(lambda: "never" in screen.text())
        await screen.press("j", "j", "enter")
        await ends(screen)
        await screen.until(lambda: "just now" in screen.text())
        await screen.press("enter")
        await screen.until(lambda: "→ duplicates" in screen.text())
        assert "Last run" not in screen.text(), "on a narrow screen the findings stand over the tools"
        path = os.fsencode(world.films / "Action" / "Dune (2021).mkv")
        screen.app.plans.working_paths = {path: "removing"}
        screen.app.view.work_begun(())  # type: ignore[union-attr]
        await screen.until(lambda: "… removing" in screen.text())
        screen.app.plans.working_paths = {}
        screen.app.view.work_ended()  # type: ignore[union-attr]
        await screen.until(lambda: "→ duplicates" in screen.text())
        await screen.press("l")
        await screen.until(lambda: "what would change" in screen.text())
        assert "leads to the same file" in screen.text()
        await screen.press("h")
        await screen.until(lambda: "→ duplicates" in screen.text())
        await screen.press("h")
        await screen.press("h")
        await screen.until(lambda: "Last run" in screen.text())


async def test_a_plan_of_all_categories_is_applied_after_a_yes_and_undone(
    open_app: Open, world: MaintenanceWorld
) -> None:
    again = doubled(world)
    before = world.snapshot()
    async with open_app(well(1), size=(140, 30)) as screen:
        await run_tool(screen, "cleanup")
        await screen.press("p")
        await screen.until(lambda: "Means" in screen.text())
        assert "●" in screen.line("empty  ")
        assert "⏎ show the plan" in screen.text()
        await screen.press("enter")
        shown = "5 Tidy › Cleanup › plan   not applied: 1 link removed, 1 empty folder removed · in Films"
        await screen.until(lambda: shown in screen.text())
        lines = [line.split() for line in screen.text().splitlines()[3:6]]
        assert lines[0] == ["▌", "├─", "Empty", "-", "remove"]
        assert lines[1:] == [["└─", "Action/"], ["└─", *lines[2][1:]]]
        assert "y apply" in screen.text()
        await screen.press("y")
        await screen.until(lambda: "Cleanup: 2 changes" in screen.text())
        assert "y/N/p" not in screen.text(), "it was seen"
        assert world.snapshot() == before
        await answer(screen)
        assert screen.text().count("✓ done") == 2
        assert "u undo" in screen.text().splitlines()[-1]
        assert "y apply" not in screen.text()
        assert len([path for path in (again, world.films / "Action" / "Dune (2021).mkv") if path.is_symlink()]) == 1
        assert not (world.films / "Empty").exists()
        await screen.press("u")
        await screen.until(lambda: "Undo batch 1" in screen.text())
        await answer(screen)
        assert world.snapshot() == before
        await screen.press("escape")
        await screen.until(lambda: "Last run" in screen.text())


async def answer(screen: Screen) -> None:
    """Says yes, or types the number that is asked for."""
    if "[y/N" in screen.text():
        await screen.press("y")
    else:
        await screen.press(*screen.text().partition("Type ")[2].partition(" ")[0].rstrip(",:"), "enter")
    await ends(screen)


async def test_no_category_proposes_nothing_and_a_part_of_them_is_looked_for_alone_before_it_is_proposed(
    open_app: Open, world: MaintenanceWorld
) -> None:
    again = doubled(world)
    async with open_app(well(1), size=(140, 30)) as screen:
        await run_tool(screen, "cleanup")
        await screen.press("p")
        await screen.until(lambda: "Means" in screen.text())
        await screen.press("space", "space", "enter")
        await screen.until(lambda: "Choose a category first" in screen.text())
        assert (world.films / "Empty").is_dir()
        await screen.press("p")
        await screen.until(lambda: "Means" in screen.text())
        await screen.press("space", "enter")
        await screen.until(lambda: "not applied: 1 empty folder removed" in screen.text())
        await screen.press("y")
        await screen.until(lambda: "Cleanup: 1 change?" in screen.text())
        await screen.press("y")
        await ends(screen)
        assert again.is_symlink()
        assert not (world.films / "Empty").exists()


async def test_findings_are_filtered_and_those_that_cannot_be_read_are_told_of(
    open_app: Open, world: MaintenanceWorld, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for number in range(4):
        world.movie(f"Lost {number}", 1990 + number, missing=True)
    async with open_app(well(1), size=(140, 30)) as screen:
        await run_tool(screen, "integrity")
        await screen.press("tab")
        await screen.until(lambda: "Lost 3 (1993).mkv" in screen.text())
        await screen.press("slash", *"lost", "space", "2", "enter")
        await screen.until(lambda: "Lost 3 (1993).mkv" not in screen.text())
        assert "Lost 2 (1992).mkv" in screen.text()
        await screen.press("backspace")
        await screen.until(lambda: "Lost 3 (1993).mkv" in screen.text())
        await the_filter_does_not_read_what_is_above_a_root_or_a_mount(screen, world)
        with monkeypatch.context() as patch:
            await an_error_nobody_foresaw_is_one_sentence_and_the_rest_is_in_the_log(screen, patch)
        with contextlib.closing(sqlite3.connect(tmp_path / "data" / "mediatui.db")) as connection:
            connection.execute("ALTER TABLE report_findings RENAME COLUMN reason TO lost_reason")
        await screen.press("slash", "d", "enter")
        await screen.until(lambda: "failed: no such" in " ".join(screen.text().split()))


async def the_filter_does_not_read_what_is_above_a_root_or_a_mount(screen: Screen, world: MaintenanceWorld) -> None:
    """Every link lies there: its words say nothing about any."""
    above = world.root.parent.name
    await screen.press("slash")
    await screen.type(above)
    await screen.press("enter")
    await screen.until(lambda: f"Nothing matches /{above}" in screen.text())
    await screen.press("slash", *["backspace"] * len(above))
    await screen.type(world.root.name)
    await screen.press("enter")
    await screen.until(lambda: "Lost 3 (1993).mkv" in screen.text())
    await screen.press("backspace")


async def an_error_nobody_foresaw_is_one_sentence_and_the_rest_is_in_the_log(
    screen: Screen, patch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("what nobody foresaw")

    patch.setattr("mediatui.tui.views.maintenance.findings_pane.read_listed", broken)
    await screen.press("slash", "d", "enter")
    await screen.until(lambda: "An unexpected error (KeyError): what is shown may be old." in screen.text())
    log = screen.app.workspace.paths.log_file.read_text()
    assert "what nobody foresaw" in log
    assert "findings_pane.py" in log
    screen.unexpected.clear()


async def test_an_expired_report_proposes_nothing_and_offers_another_run(
    open_app: Open, world: MaintenanceWorld, tmp_path: Path
) -> None:
    async with open_app(well(1), size=(140, 30)) as screen:
        await run_tool(screen, "cleanup")
        with closing(sqlite3.connect(tmp_path / "data" / "mediatui.db")) as connection, connection:
            connection.execute("UPDATE reports SET started_at = started_at - 700, ended_at = ended_at - 700")
        connection.close()
        await screen.press("1", "5")
        await screen.until(lambda: "11 min, expired" in screen.text())
        assert "expired" in screen.text()
        await screen.press("p")
        await screen.until(lambda: "Run it again? [y/N]" in screen.text())
        await screen.press("y")
        await ends(screen)
        await screen.until(lambda: "just now" in screen.text())
        assert "[y/N" not in screen.text()
        assert (world.films / "Empty").is_dir()


@pytest.mark.parametrize("tool", ["fix-symlinks", "cleanup"])
async def test_a_plan_is_of_the_marked_findings_alone(open_app: Open, world: MaintenanceWorld, tool: str) -> None:
    if tool == "cleanup":
        for name in ("A", "B", "C"):
            (world.films / f"Bare {name}").mkdir(exist_ok=True)
    else:
        for name in ("Bare A", "Bare B", "Bare C"):
            link = world.movie(name)
            target = os.path.relpath(os.readlink(link), link.parent)
            link.unlink()
            link.symlink_to(target)
    async with open_app(well(1), size=(140, 30)) as screen:
        await run_tool(screen, tool)
        await screen.press("tab")
        await screen.until(lambda: "Bare C" in screen.text())
        while "Bare B" not in screen.line("▌"):
            await screen.press("j")
        await screen.press("space", "p")
        await screen.until(lambda: "not applied: 1 " in screen.text())
        assert "Bare B" in screen.text()
        assert "Bare A" not in screen.text()


async def test_what_is_ignored_is_not_listed_counted_or_planned_until_it_is_heeded_again(
    open_app: Open, world: MaintenanceWorld
) -> None:
    doubled(world)
    async with open_app(well(1), size=(140, 30)) as screen:
        await run_tool(screen, "cleanup")
        await screen.press("tab", "X")
        await screen.until(lambda: "all 1" in screen.text())
        assert "→ duplicates" not in screen.text()
        await screen.press("p")
        await screen.until(lambda: "not applied: 1 " in screen.text())
        await run_tool(screen, "cleanup")
        assert "all 1 " in screen.text()
        await screen.press("tab", "I")
        await screen.until(lambda: "ignored 1" in screen.text())
        assert "→ duplicates" in screen.text()
        await screen.press("X")
        await screen.until(lambda: "Nothing is ignored" in screen.text())
        await screen.press("I")
        await screen.until(lambda: "all 2" in screen.text())


async def test_the_steps_of_a_plan_are_shown_as_a_tree_before_and_after(
    open_app: Open, world: MaintenanceWorld
) -> None:
    world.link("Films/Action/relative.mkv", os.path.relpath(world.storage / "readme.txt", world.films / "Action"))
    async with open_app(well(1), size=(100, 24)) as screen:
        await run_tool(screen, "fix-symlinks")
        await screen.press("p")
        await screen.until(lambda: "not applied: 1 link repointed · in Films/Action" in screen.text())
        assert screen.line("relative.mkv").split()[1:3] == ["└─", "relative.mkv:"]
        assert screen.line("relative.mkv").endswith("~ relink")
        await screen.press("tab")
        assert "· planned" in screen.line("Films/Action/relative.mkv")
        await screen.press("tab")
        await screen.until(lambda: "~ relink" in screen.text())
        await screen.press("h")
        await screen.until(lambda: "Last run" in screen.text())


async def test_one_link_is_repaired_then_all_of_its_series_in_one_batch_and_undo_takes_them_back(
    open_app: Open, world: MaintenanceWorld
) -> None:
    links = dead_series(world)
    others = dead_series(world, "Dark", 1)
    before = world.snapshot()
    async with open_app(well(1), size=(140, 30)) as screen:
        await run_tool(screen, "repair-links")
        await screen.press("R")
        await screen.until(lambda: "1 of 4 dead links" in screen.text())
        while "Foundation" not in screen.line("(2001) - S01"):
            await screen.press("n")
        await screen.press("a")
        await screen.until(lambda: "Relink one of this series first" in screen.text())
        await screen.press("r")
        await screen.until(lambda: "[y/N" in screen.text())
        assert world.snapshot() == before
        await screen.press("y")
        await ends(screen)
        await screen.until(lambda: "1 repaired" in screen.text())
        assert sum(link.exists() for link in links) == 1
        while "Foundation" not in screen.line("(2001) - S01"):
            await screen.press("n")
        await screen.press("a")
        await screen.until(lambda: "Relink 2 links of the series" in screen.text())
        await screen.press("y")
        await ends(screen)
        assert [os.path.basename(os.readlink(link)) for link in links] == [
            f"Foundation.S01E{number:02d}.mkv" for number in (1, 2, 3)
        ]
        assert all(link.exists() for link in links)
        assert not others[0].exists()
        await screen.press("u")
        await screen.until(lambda: "Undo batch 2" in screen.text())
        await answer(screen)
        await screen.press("colon")
        await screen.type("undo 1")
        await screen.press("enter")
        await screen.until(lambda: "Undo batch 1" in screen.text())
        await answer(screen)
        assert world.snapshot() == before


async def test_a_file_of_another_episode_is_shown_when_asked_for_and_never_taken(
    open_app: Open, world: MaintenanceWorld
) -> None:
    link = world.episode("Foundation", 1, 1, target="Foundation.S01/Foundation.S01E01.mkv", missing=True)
    world.file("Foundation.S01/Foundation.S01E02.mkv")
    target = os.readlink(link)
    async with open_app(well(1), size=(140, 30)) as screen:
        await run_tool(screen, "repair-links")
        await screen.press("R")
        await screen.until(lambda: "may be taken" in screen.text())
        await screen.press("m")
        await screen.until(lambda: "✗ no" in screen.text())
        await screen.press("r")
        await screen.until(lambda: "never pointed at another episode" in screen.text())
        assert os.readlink(link) == target


async def test_another_title_finds_what_the_name_of_the_link_does_not(open_app: Open, world: MaintenanceWorld) -> None:
    link = world.movie("Le Fabuleux Destin", 2001, missing=True)
    file = world.file("Amelie.2001.1080p/Amelie.2001.1080p.mkv")
    async with open_app(well(1), size=(140, 30)) as screen:
        await run_tool(screen, "repair-links")
        await screen.press("R")
        await screen.until(lambda: "No file like it was found" in screen.text())
        await screen.press("t")
        await screen.until(lambda: "search for title (year): Le Fabuleux Destin (2001)" in screen.text())
        await screen.press("ctrl+u")
        await screen.type("Amelie (2001")
        await screen.press("right_parenthesis", "enter")
        await ends(screen)
        await screen.until(lambda: "Amelie.2001.1080p.mkv" in screen.text())
        await screen.press("r")
        await screen.until(lambda: "[y/N" in screen.text())
        await screen.press("y")
        await ends(screen)
        assert os.readlink(link) == str(file)
        await screen.until(lambda: "no dead link is left" in screen.text())


async def test_a_series_is_skipped_a_link_is_ignored_and_another_removed(
    open_app: Open, world: MaintenanceWorld
) -> None:
    dead_series(world, "Dark", 2)
    dead_series(world, "Foundation", 2)
    async with open_app(well(1), size=(80, 24)) as screen:
        await run_tool(screen, "repair-links")
        await screen.press("R")
        await screen.until(lambda: "1 of 4 dead links" in screen.text())
        first = "Dark" if "Dark" in screen.line("(2001) - S01") else "Foundation"
        await screen.press("right_curly_bracket")
        await screen.until(lambda: "3 of 4 dead links" in screen.text())
        assert first not in screen.line("(2001) - S01")
        await screen.press("X")
        await screen.until(lambda: "1 ignored" in screen.text())
        assert "of 3 dead links" in screen.text()
        gone = [*map(os.readlink, world.root.rglob("*.mkv"))]
        await screen.press("d")
        await screen.until(lambda: "[y/N" in screen.text())
        assert "Remove" in screen.text()
        await screen.press("y")
        await ends(screen)
        await screen.until(lambda: "of 2 dead links" in screen.text())
        assert "1 removed · 1 ignored" in screen.text()
        assert len([*world.root.rglob("*.mkv")]) == len(gone) - 1
        await screen.press("h")
        await screen.until(lambda: "  3  just now" in screen.line("Repair links"))


async def test_a_link_that_came_back_meanwhile_is_not_touched(open_app: Open, world: MaintenanceWorld) -> None:
    [link] = dead_series(world, episodes=1)
    target = os.readlink(link)
    async with open_app(well(1), size=(80, 24)) as screen:
        await run_tool(screen, "repair-links")
        await screen.press("R")
        await screen.until(lambda: "✓ yes" in screen.text())
        world.file(target)
        await screen.press("r")
        await screen.until(lambda: "its file came back" in screen.text())
        assert os.readlink(link) == target


async def test_a_typed_command_runs_its_tool_and_a_wrong_option_is_said(
    open_app: Open, world: MaintenanceWorld
) -> None:
    doubled(world)
    async with open_app(well(1), size=(140, 30)) as screen:
        await screen.press("colon")
        await screen.type("cleanup --only nothing")
        await screen.press("enter")
        await screen.until(lambda: "has no category" in screen.text())
        await screen.press("colon")
        await screen.type("cleanup --only empty")
        await screen.press("enter")
        await ends(screen)
        await screen.until(lambda: "all 1 " in screen.text())
        assert "only empty" in screen.text()


async def test_a_command_of_the_command_line_opens_the_screen_and_starts_its_tool(
    open_app: Open, world: MaintenanceWorld
) -> None:
    world.movie("Gone", 1999, missing=True)
    async with open_app(well(1), size=(80, 24), first="maintenance") as screen:
        await begin(screen.app, read_line("repair-links --min-score 95"))
        await ends(screen)
        await screen.until(lambda: "just now" in screen.line("Repair links"))


async def test_without_a_library_the_screen_says_what_to_set(open_app: Open) -> None:
    async with open_app(well(1)) as screen:
        await screen.press("5")
        await screen.until(lambda: "never" in screen.text())
        await screen.press("S")
        await screen.until(lambda: "library.roots" in screen.text())


async def test_names_with_control_characters_are_printed_harmlessly(open_app: Open, world: MaintenanceWorld) -> None:
    world.link("Films/Action/Bad\x1b[31m (2001).mkv", world.view / "gone.mkv")
    world.link(os.fsencode(world.films) + b"/Action/caf\xe9 (2002).mkv", world.view / "gone.mkv")
    async with open_app(well(1), size=(140, 30)) as screen:
        await run_tool(screen, "repair-links")
        await screen.press("tab", "enter")
        await screen.until(lambda: "dead links" in screen.text())
        assert "\x1b" not in screen.text()
        await screen.press("n")
        await screen.until(lambda: "2 of 2" in screen.text())


async def test_every_tool_of_a_section_runs_from_its_heading(open_app: Open, world: MaintenanceWorld) -> None:
    async with open_app(well(1), size=(80, 24)) as screen:
        await screen.press("5")
        await screen.until(lambda: "never" in screen.text())
        await screen.press("g", "j", "j", "j", "j", "S")
        await screen.until(lambda: screen.text().count("just now") == 4)
        assert screen.text().count("never") == 2
