"""Problems and changes on the screen: what is asked, what a yes does, what a no leaves, and taking it back."""

from __future__ import annotations

from dataclasses import replace

from mediatui.demo.writes import Behaviour
from tests.worlds.screen import NOW, Open, Screen, broken, ends, well


def held(screen: Screen) -> set[str]:
    """The ids the account holds."""
    return {torrent.id for torrent in screen.service.account.torrents()}


async def test_a_no_changes_nothing_and_a_torrent_is_deleted_and_undone(open_app: Open) -> None:
    async with open_app(well(3), latency_s=0.05) as screen:
        before = held(screen)
        await screen.press("d")
        await screen.until(lambda: "[y/N" in screen.text())
        assert "Delete 1 torrent" in screen.text()
        assert "Undoable" in screen.text()
        await screen.press("n")
        assert "Nothing was done" in screen.text()
        assert screen.service.written() == []
        assert held(screen) == before

        await screen.press("d")
        await screen.until(lambda: "[y/N" in screen.text())
        await screen.pilot.press("y")
        assert "… deleting" in screen.text()
        await ends(screen)
        assert len(held(screen)) == 2
        assert "… deleting" not in screen.text()
        assert "all 2" in screen.text()
        assert "gone 1" in screen.text()
        assert "u undoes it" in screen.text()

        await screen.press("u")
        await screen.until(lambda: "Undo batch 1" in screen.text())
        await screen.press("y")
        await ends(screen)
        assert len(held(screen)) == 3
        assert "all 3" in screen.text()


async def test_what_is_gone_says_how_it_comes_back_and_r_adds_it_again(open_app: Open) -> None:
    async with open_app(well(2), size=(120, 30)) as screen:
        await screen.press("d")
        await screen.until(lambda: "[y/N" in screen.text())
        await screen.press("y")
        await ends(screen)
        await screen.press("left_square_bracket", "enter")
        await screen.until(lambda: "r add it again, 4 requests" in screen.text())
        await screen.press("r")
        await screen.until(lambda: "[y/N" in screen.text())
        assert "Add 1 torrent again? Film.1. 4 requests" in screen.text()
        assert "Undoable" in screen.text()
        await screen.press("y")
        await ends(screen)
        assert len(held(screen)) == 2
        await screen.until(lambda: "on the account again, as" in screen.text())


async def test_marked_torrents_are_shown_as_a_plan_that_is_followed_while_it_runs(open_app: Open) -> None:
    async with open_app(well(4), latency_s=0.02, size=(110, 30)) as screen:
        await screen.press("space", "space", "d")
        await screen.until(lambda: "Delete 2 torrents" in screen.text())
        await screen.press("p")
        await screen.until(lambda: "not applied" in screen.text())
        assert screen.text().count("· planned") == 2
        assert screen.service.written() == []
        await screen.press("y")
        await screen.until(lambda: "[y/N" in screen.text())
        await screen.press("y")
        await ends(screen)
        await screen.until(lambda: screen.text().count("✓ done") == 2)
        assert len(held(screen)) == 2
        await screen.press("1")
        assert "marked" not in screen.text()


async def test_an_open_range_is_what_is_chosen_and_marks_are_used_up(open_app: Open) -> None:
    async with open_app(well(6), size=(110, 30)) as screen:
        await screen.press("v", "j", "j", "d")
        await screen.until(lambda: "Delete 3 torrents" in screen.text())
        await screen.press("escape")
        assert "3 marked" in screen.text()
        await screen.press("d")
        await screen.until(lambda: "Delete 3 torrents" in screen.text())
        await screen.press("y")
        await ends(screen)
        await screen.press("1", "d")
        await screen.until(lambda: "Delete 1 torrent (1.2 GB)? Film." in screen.text())


async def test_more_than_fifty_need_their_number_typed_which_is_not_offered_again(open_app: Open) -> None:
    async with open_app(well(51), size=(80, 24)) as screen:
        await screen.press("a", "d")
        await screen.until(lambda: "Type 51" in screen.text())
        assert "Delete 51 torrents" in screen.text()
        await screen.press("5", "enter")
        assert "Nothing was done" in screen.text()
        assert len(held(screen)) == 51
        await screen.press("d")
        await screen.until(lambda: "Type 51" in screen.text())
        await screen.press("up")
        assert screen.app.prompt._input.value == ""
        await screen.press("5", "1", "enter")
        await screen.until(lambda: held(screen) == set())


async def test_problems_are_grouped_and_a_whole_class_is_mended_by_one_key(open_app: Open) -> None:
    account = well(6)
    account[0], account[1] = broken(account[0]), broken(account[1])
    account[2] = broken(account[2], "waiting_files_selection")
    async with open_app(account, size=(110, 30)) as screen:
        assert "2 Problems 3" in screen.text()
        await screen.press("2")
        await screen.until(lambda: "error 2" in screen.text())
        assert screen.text().index("error 2") < screen.text().index("needs selection 1")
        assert "error 2  r repair · " in screen.line("error 2")
        await screen.press("r")
        await screen.until(lambda: "Repair 2 torrents" in screen.text())
        await screen.press("y")
        await ends(screen)
        hashes = sorted(torrent.hash for torrent in screen.service.account.torrents())
        assert hashes == sorted(torrent.hash for torrent in account)
        assert not {account[0].id, account[1].id} & held(screen)
        assert "2 Problems 1" in screen.text()


async def test_a_repair_that_fails_says_why_and_can_be_tried_again(open_app: Open) -> None:
    account = well(3)
    account[0], account[1] = broken(account[0]), broken(account[1])
    async with open_app(account, size=(130, 30)) as screen:
        for torrent in account[:2]:
            screen.service.writes.behaviours[torrent.hash] = Behaviour(fails_as="error")
        await screen.press("space", "space", "r")
        await screen.until(lambda: "[y/N" in screen.text())
        await screen.press("y")
        await ends(screen)
        await screen.until(lambda: screen.text().count("✗ failed") == 2)
        assert "old entry was left" in screen.text()
        assert held(screen) == {torrent.id for torrent in account}
        screen.service.writes.behaviours.clear()
        await screen.press("t")
        await ends(screen)
        await screen.until(lambda: screen.text().count("✓ done") == 2)


async def test_o_on_a_class_opens_its_list_and_n_walks_the_problems(open_app: Open) -> None:
    account = well(8)
    account[3] = broken(account[3])
    account[6] = broken(account[6], "dead")
    async with open_app(account, size=(100, 30)) as screen:
        await screen.press("n")
        assert screen.line("▌").split()[1] == "Film.4"
        await screen.press("n")
        assert screen.line("▌").split()[1] == "Film.7"
        await screen.press("N")
        assert screen.line("▌").split()[1] == "Film.4"
        await screen.press("2")
        await screen.until(lambda: "dead 1" in screen.text())
        await screen.press("o")
        await screen.until(lambda: "class:dead" in screen.text())
        assert "Film.7" in screen.text()
        assert "Film.4" not in screen.text()


async def test_files_are_chosen_in_a_tree(open_app: Open) -> None:
    account = well(2)
    account[0] = replace(
        broken(account[0], "waiting_files_selection"), shape="season", file_count=4, original_filename="Show.S01"
    )
    async with open_app(account, size=(100, 30)) as screen:
        await screen.press("f")
        await screen.until(lambda: "4 of 4 files" in screen.text())
        await screen.press("A")
        assert "0 of 4 files" in screen.text()
        await screen.press("g", "space", "space")
        assert "2 of 4 files" in screen.text()
        await screen.press("enter")
        await screen.until(lambda: "Select 2 files of Film.1?" in screen.text())
        assert screen.text().count("Film.1") == 2, "the question names it once"
        await screen.press("y")
        await ends(screen)
        assert screen.app.view.NAME == "Torrents"  # type: ignore[union-attr]
        chosen = screen.service.account.find(account[0].id)
        assert chosen is not None
        assert chosen.selection == (1, 2)


async def test_copies_are_dropped_and_the_one_that_stays_can_be_chosen(open_app: Open) -> None:
    account = well(3)
    account.append(replace(account[0], id="COPYCOPYCOPY1", added_at=NOW - 9000.0))
    async with open_app(account, size=(110, 30)) as screen:
        await screen.press("2", "D")
        await screen.until(lambda: "1 copy in 1 group" in screen.text())
        assert "✓ keep" in screen.line(account[0].id)
        assert "✗ delete" in screen.line("COPYCOPYCOPY1")
        assert screen.text().count("Film.1") == 1, "the name is said once"
        await screen.press("j", "j", "enter")
        await screen.until(lambda: "same info-hash as" in screen.text())
        await screen.press("K")
        await screen.until(lambda: "kept: chosen by hand" in screen.text())
        assert "✓ keep" in screen.line("COPYCOPYCOPY1")
        await screen.press("o")
        assert "added first: deletes 1 copy in 1 group" in screen.line("oldest")
        await screen.press("escape")
        await screen.press("d")
        await screen.until(lambda: "Type " in screen.text() or "[y/N" in screen.text())
        await screen.press(*(("1", "enter") if "Type " in screen.text() else ("y",)))
        await ends(screen)
        assert held(screen) == {"COPYCOPYCOPY1", account[1].id, account[2].id}
        await screen.until(lambda: "✓ deleted" in screen.text())
        await screen.press("d")
        assert "There is nothing to delete here" in screen.text()


async def test_a_magnet_is_added_and_one_without_a_hash_is_refused(open_app: Open) -> None:
    async with open_app(well(2)) as screen:
        await screen.press("plus")
        await screen.type("magnet:nothing")
        await screen.press("enter")
        await screen.until(lambda: "✗" in screen.text())
        assert screen.service.written() == []
        await screen.press("plus", *("ab" * 20), "enter")
        await screen.until(lambda: "Add 1 torrent" in screen.text())
        await screen.press("y")
        await ends(screen)
        assert any(torrent.hash == "ab" * 20 for torrent in screen.service.account.torrents())


async def test_direct_links_are_copied_and_written_to_a_private_file(open_app: Open, tmp_path) -> None:  # type: ignore[no-untyped-def]
    async with open_app(well(1), size=(120, 30)) as screen:
        await screen.press("y", "d")
        await screen.until(lambda: "1 direct link sent to the clipboard" in screen.text())
        assert screen.app.clipboard.startswith("https://cdn.invalid/")
        file = tmp_path / "direct.txt"
        await screen.press("x", "l")
        await screen.type(f"{file}")
        await screen.press("enter")
        await screen.until(lambda: file.exists() and file.read_text() != "")
        assert file.stat().st_mode & 0o777 == 0o600


async def test_of_an_unfinished_torrent_the_direct_links_are_missed_and_named(
    open_app: Open,
    tmp_path,  # type: ignore[no-untyped-def]
) -> None:
    done = well(1)[0]
    unfinished = replace(
        done, id="UNFINISHED0", hash="ab" * 20, filename="Half.2001", status="downloading", progress=5.0, ended_at=None
    )
    async with open_app([unfinished, done], size=(150, 30)) as screen:
        file = tmp_path / "direct.txt"
        await screen.press("space", "space", "x", "l")
        await screen.type(f"{file}")
        await screen.press("enter")
        await screen.until(lambda: "1 direct link of 1 of 2 torrents exported" in screen.text())
        await screen.press("0")
        assert "Not of Half.2001: no link of it is known (downloading)" in " ".join(screen.text().split())
        assert file.read_text().startswith("https://cdn.invalid/")


async def test_the_journal_lists_batches_and_shows_their_steps(open_app: Open) -> None:
    async with open_app(well(3), size=(110, 30)) as screen:
        await screen.press("d")
        await screen.until(lambda: "[y/N" in screen.text())
        await screen.press("y")
        await ends(screen)
        await screen.press("6")
        await screen.until(lambda: "Delete 1 torrent" in screen.line("▌"))
        assert "  Today, " in screen.text()
        await screen.press("enter")
        await screen.until(lambda: "✓ done" in screen.text())
        assert "batch 1" in screen.text()
        await screen.press("enter")
        assert screen.text().count("✓ done") == 2  # the row, and whole on the line below


TYPED = (
    ("repair class:error", "Repair 1 torrent"),
    ("delete Film.2", "Delete 11 torrents"),
    ("diagnose", "error 1"),
    ("dedupe --by title", "by title"),
    ("undo 7", "no batch 7"),
    ("repair --wrong", "does not take"),
    ("journal", "Nothing was changed yet"),
)


async def test_commands_typed_on_the_screen(open_app: Open) -> None:
    account = well(30)
    account[0] = broken(account[0])
    async with open_app(account, size=(110, 30)) as screen:
        for line, shown in TYPED:
            assert shown not in screen.text()
            await screen.app.run_command(line)
            await screen.until(lambda shown=shown: shown in screen.text())  # type: ignore[misc]
            assert screen.service.written() == []
            if screen.app.prompt.mode:
                await screen.press("escape")
            await screen.press("1")
