"""The screen of transfers: what waits for a person first, the keys that help, and the passes of the open app."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mediatui.acquire.mount.pick import places_of
from mediatui.acquire.query import completions
from mediatui.commands.transfer_columns import ShownTransfer
from mediatui.demo.seed import make_torrents
from mediatui.demo.shelf import STRANGERS
from mediatui.demo.transfers import store_transfers
from mediatui.model.stuck import Stuck, why_stuck
from mediatui.model.target import MappedTarget, Target
from mediatui.model.transfer import FREE, Event, Hold, HoldKind, ServiceHold, State, Transfer
from mediatui.store.transfers.change import NewTransfer, Noted, change, create
from mediatui.store.transfers.rows import transfers_of_hash
from mediatui.store.transfers.targets import set_targets
from mediatui.tui.view import View
from mediatui.tui.views.transfers.detail import ways
from mediatui.tui.views.transfers.rows import grouped_rows, hold_text
from mediatui.tui.views.transfers.view import TransfersView
from tests.worlds.screen import NOW, Open, Screen, well
from tests.worlds.staging import film, write_video


def transfer(state: State = State.WANTED, hold: Hold = FREE, *, without_target: bool = True) -> Transfer:
    ended = 5.0 if state in (State.FAILED, State.FORGOTTEN, State.BY_HAND, State.DONE) else None
    return Transfer(
        7, "debrid", 1, "a" * 40, "A.Film", None, state, hold, "none", "", False, without_target, False, "", "", None,
        None, None, None, 1.0, 1.0, ended,
    )  # fmt: skip


def keys_of(one: Transfer) -> list[str]:
    return [key for key, _ in ways(one, why_stuck(one, {}, 10.0))]


def test_what_helps_stands_first_and_no_key_is_offered_that_would_be_refused() -> None:
    assert keys_of(transfer(hold=Hold(HoldKind.CHOICE, "gone")))[0] == "r"
    assert keys_of(transfer(hold=Hold(HoldKind.CHOICE, "target"), without_target=False)) == ["m", "p", "H", "D", "f"]
    assert keys_of(transfer(hold=Hold(HoldKind.PAUSED)))[0] == "p"
    assert keys_of(transfer(hold=Hold(HoldKind.IGNORED))) == ["H", "r", "D", "f", "m"]
    assert "f" not in keys_of(transfer(State.IMPORTING))
    assert keys_of(transfer(State.FORGOTTEN)) == ["r"]
    assert keys_of(transfer(State.DONE)) == []
    assert keys_of(transfer(State.UNKNOWN)) == [":"]


def test_every_key_of_the_details_is_one_of_the_screen() -> None:
    bound = {key for base in TransfersView.__mro__ if issubclass(base, View) for binding in base.__dict__.get(
        "BINDINGS", ()) for key in binding.key.split(",")}  # fmt: skip
    states = [one for one in State if one is not State.UNKNOWN]
    held = [FREE, Hold(HoldKind.PAUSED), Hold(HoldKind.IGNORED), Hold(HoldKind.CHOICE, "target")]
    offered = {key for state in states for hold in held for key in keys_of(transfer(state, hold))} - {":"}
    assert offered == {"p", "r", "m", "f", "D", "H", "I"}
    assert offered <= bound


def test_a_command_that_helps_and_has_no_key_is_named() -> None:
    assert next(iter(ways(transfer(), Stuck("you", "why", helps="doctor")))) == (":", "doctor")


@pytest.mark.parametrize(
    ("typed", "word"), [("wai", "waits:"), ("waits:y", "you"), ("a -state:by", "by-hand"), ("route:de", "debrid")]
)
def test_fields_and_their_values_are_completed(typed: str, word: str) -> None:
    found = completions(typed)
    assert [one.word for one in found] == [word]
    assert found[0].text.startswith(typed)


async def opened(screen: Screen) -> None:
    """The screen with the demo's transfers."""
    await screen.app.workspace.db.write(store_transfers, make_torrents(60, now=NOW), float(NOW))
    await screen.press("8")
    await screen.until(lambda: "waits for you" in screen.text() and "paused by you" in screen.text())


def state_of(screen: Screen, name: str) -> Callable[[], tuple[str, str]]:
    def read() -> tuple[str, str]:
        one = transfers_of_hash(screen.app.workspace.reader, STRANGERS[name])[0]
        return one.state.value, one.hold.kind.value

    return read


async def test_what_waits_for_a_person_comes_first_and_its_keys_act_at_once(open_app: Open) -> None:
    async with open_app(size=(120, 30)) as screen:
        await opened(screen)
        rows = [line for line in screen.text().splitlines() if any(f" {sign} " in line for sign in "!~▸")]
        signs = [next(sign for sign in "!~▸" if f" {sign} " in row) for row in rows]
        assert signs == sorted(signs, key="!~▸".index)
        assert len(set(signs)) == 3

        paused = state_of(screen, "paused")
        assert "paused by you" in screen.line("▌")
        await screen.press("p")
        await screen.until(lambda: paused()[1] == "none")


async def test_forgetting_asks_first_and_the_chip_of_the_ended_shows_it(open_app: Open) -> None:
    async with open_app(size=(100, 24)) as screen:
        await opened(screen)
        gone = state_of(screen, "gone")
        await screen.press("slash")
        await screen.type("code:gone")
        await screen.press("enter")
        await screen.until(lambda: "gone from the account" in screen.line("▌"))
        await screen.press("f", "n")
        assert gone() == ("wanted", "choice")
        await screen.press("f", "y")
        await screen.until(lambda: gone()[0] == "forgotten")
        await screen.press("escape", "left_square_bracket")
        await screen.until(lambda: screen.text().count("forgotten; nothing was deleted") == 2)


async def test_the_open_app_sends_what_waits_to_be_sent_and_says_nothing_of_passes_without_news(
    open_app: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mediatui.tui.transfer_passes.SOON_S", 0.0)
    async with open_app(well(3), size=(100, 24)) as screen:
        new = NewTransfer("debrid", "c" * 40, "A.Film.2020", without_target=True)
        await screen.app.workspace.db.write(create, new, "user", now=float(NOW))
        screen.app.follow_transfers()
        await screen.until(lambda: transfers_of_hash(screen.app.workspace.reader, "c" * 40)[0].state == State.READY)
        await screen.until(lambda: not screen.app.workspace.runner.running)
        await screen.until(lambda: "8 Transfers 1" in screen.text())
        screen.app.prompt.say("read me")
        number = len(screen.app.workspace.runner.jobs)
        screen.app.follow_transfers()
        await screen.until(lambda: screen.app.workspace.runner.jobs[-1].number > number)
        await screen.until(lambda: not screen.app.workspace.runner.running)
        assert "read me" in screen.text()


async def test_what_is_asked_is_answered_with_one_key(open_app: Open) -> None:
    async with open_app(size=(80, 24)) as screen:
        await opened(screen)
        await screen.press("slash")
        await screen.type("code:gone")
        await screen.press("enter")
        await screen.until(lambda: "gone from the account" in screen.line("▌"))
        await screen.press("r")
        await screen.until(lambda: "send again" in screen.text())
        assert "another release" in screen.text()
        await screen.press("n")
        await screen.until(lambda: ": search " in screen.text())


def test_what_holds_a_service_is_said_once_with_how_many_wait() -> None:
    hold = ServiceHold("realdebrid", "client-away", {}, NOW - 60.0, 2, NOW + 300.0)
    waiting = transfer()
    stuck = why_stuck(waiting, {"realdebrid": hold}, float(NOW))
    said = hold_text(hold, [ShownTransfer(waiting, stuck)] * 2, float(NOW))
    assert said.startswith("waits for Real-Debrid since ")
    assert said.endswith(", next try in 5m00s; 2 transfers wait")


def test_reasons_that_are_the_same_stand_below_one_heading() -> None:
    held = Hold(HoldKind.CHOICE, "gone")
    shown = [
        ShownTransfer(one, why_stuck(one, {}, 10.0))
        for one in (transfer(hold=held), transfer(State.READY), transfer(hold=held))
    ]
    rows = list(grouped_rows(shown))
    assert [row.cells[0] for row in rows if row.heading] == [
        "waits for you · gone from the account 2", "waits for you · whole at Real-Debrid 1",
    ]  # fmt: skip
    assert all(row.key < 0 for row in rows if row.heading)


async def test_the_open_app_brings_what_the_mount_shows_into_staging_and_the_library_and_asks_which_of_two(
    open_app: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mediatui.tui.transfer_passes.SOON_S", 0.0)
    mount, staging = tmp_path / "mount", tmp_path / "staging"
    staging.mkdir()
    (root := tmp_path / "links" / "Films").mkdir(parents=True)
    monkeypatch.setenv("MEDIATUI_LIBRARY__ROOTS", f'["{root.parent}"]')
    monkeypatch.setenv("MEDIATUI_STAGING__FOLDER", str(staging))
    monkeypatch.setenv("MEDIATUI_LIBRARY__MOUNTS", f'["{mount}"]')
    monkeypatch.setenv("MEDIATUI_AUTOMATION__TRANSFERS_EVERY_S", "1")
    fern = film("9" * 40)
    alone = write_video(mount / "__all__" / f"{fern.filename}.mkv")
    write_video(mount / "__all__" / fern.filename / f"{fern.filename}.mkv")
    async with open_app([fern], size=(100, 24)) as screen:
        await screen.press("I")
        await screen.until(lambda: "nothing fits" in screen.text() or "Take on 1 torrent" in screen.text())
        await screen.press("y", "8")
        made = Path(staging / f"1-{fern.filename}" / f"{fern.filename}.mkv")
        db = screen.app.workspace.db
        await screen.until(lambda: transfers_of_hash(screen.app.workspace.reader, fern.hash) != [])
        one = transfers_of_hash(screen.app.workspace.reader, fern.hash)[0]
        await db.write(change, one.id, Event.MAP, "user", one.state, noted=Noted(without_target=True), now=1.0)
        await screen.press("ctrl+r")
        await screen.until(lambda: "two files fit" in screen.text())
        await screen.press("r")
        await screen.until(lambda: "is taken from" in screen.text())
        places = places_of(transfers_of_hash(screen.app.workspace.reader, fern.hash)[0])
        await screen.press(f"{places.index(str(alone)) + 1}")
        await screen.until(lambda: "its links are in staging" in screen.text())
        assert os.readlink(made) == str(alone)
        await screen.press("I")
        await screen.until(lambda: "nothing in particular" in screen.text())
        await db.write(set_targets, one.id, [MappedTarget(Target("film", "Fern Valley", 2019))])
        await screen.press("ctrl+r")
        link = root / "Fern Valley (2019)" / "Fern Valley (2019).mkv"
        await screen.until(lambda: link.is_symlink() and not any(staging.iterdir()))
        assert os.readlink(link) == str(alone)

        played: list[str] = []
        monkeypatch.setattr("mediatui.commands.play.start", lambda _, path, **__: (played.append(path), ("mpv", ""))[1])
        await screen.press("slash")
        await screen.type("fern")
        await screen.press("enter")
        await screen.until(lambda: "[ shows 1 transfer that has ended" in screen.text())
        await screen.press("left_square_bracket")
        await screen.until(lambda: "w play" in screen.text())
        await screen.press("enter", "w")
        await screen.until(lambda: "mpv plays it" in screen.text() and "1 link in the library" in screen.text())
        assert played == [str(link)]
