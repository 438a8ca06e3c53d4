"""Refreshes while a transfer is looked for: at most what is due, names counted before and after, nothing concluded from
a view that lost them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mediatui.acquire.mount.views import Refreshes
from mediatui.changes.account_holds import note_account_away
from mediatui.runtime.events import Said
from mediatui.services.errors import Unreachable
from mediatui.services.mount_cache import CacheTime
from tests.worlds.account import MakeWorld, Run
from tests.worlds.staging import Staging, film
from tests.worlds.transfers import hash_of, states, synced

FERN = film(hash_of(1))
READY, STAGED = ("ready", "none", ""), ("staged", "none", "")
NOT_YET = ("ready", "waiting", "not-on-mount")
NAMES = 20


class Control:
    """The remote control of rclone: what a refresh of a folder does, and what it answers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[str] = []
        self.does: Callable[[], object] = lambda: None
        self.says = ""
        monkeypatch.setattr("mediatui.services.rclone.refresh", self._refresh)

    async def _refresh(self, settings: object, place: bytes) -> str:
        self.asked.append(place.decode())
        self.does()
        return self.says


@pytest.fixture
def control(monkeypatch: pytest.MonkeyPatch) -> Control:
    return Control(monkeypatch)


async def waiting(account_of: MakeWorld, folder: Path) -> Staging:
    """A transfer that a mount of twenty names does not show yet."""
    at = Staging(await synced(account_of, [FERN]), folder)
    for number in range(NAMES - 1):
        (at.mount / "__all__" / f"Film.{number}").mkdir()
    await at.grab(FERN)
    return at


def warnings(run: Run) -> list[str]:
    return [event.text for event in run.events if isinstance(event, Said) and event.level == "warning"]


async def test_one_refresh_brings_what_is_there(account_of: MakeWorld, tmp_path: Path, control: Control) -> None:
    at = await waiting(account_of, tmp_path)
    control.does = lambda: at.show(FERN)
    await at.fetch(5)
    assert states(at.world) == [STAGED]
    assert control.asked == [str(at.mount / "__all__")]


async def test_what_is_shown_already_needs_none(account_of: MakeWorld, tmp_path: Path, control: Control) -> None:
    at = await waiting(account_of, tmp_path)
    at.show(FERN)
    await at.fetch(5)
    assert states(at.world) == [STAGED]
    assert control.asked == []


async def test_a_view_that_lost_its_names_concludes_nothing_until_it_shows_them(
    account_of: MakeWorld, tmp_path: Path, control: Control
) -> None:
    at = await waiting(account_of, tmp_path)
    view, aside = at.mount / "__all__", tmp_path / "aside"

    def lose() -> None:
        shutil.move(view, aside)
        for number in range(NAMES // 2 - 1):
            (view / f"Film.{number}").mkdir(parents=True)
        at.show(FERN)

    control.does = lose
    run = await at.fetch(5)
    assert states(at.world) == [READY]
    assert at.links() == {}
    code, known = at.hold()
    assert (code, known["view"], known["held"], known["shows"]) == ("mount-away", "__all__", 20, 10)
    assert run.finished.summary == "The view /__all__ held 20 names, shows 10: nothing is concluded."
    control.does = lambda: None
    await at.fetch(5, later=1000)  # it goes on showing ten
    assert at.hold()[1]["held"] == 20
    assert at.links() == {}

    def find() -> None:
        shutil.rmtree(view)
        shutil.move(aside, view)
        at.show(FERN)

    control.does = find
    await at.fetch(5, later=5000)
    assert states(at.world) == [STAGED]
    assert at.hold() == ("", {})


async def test_a_view_that_lost_its_names_is_read_again_within_the_hour_however_long_listings_are_kept(
    account_of: MakeWorld, tmp_path: Path, control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = await waiting(account_of, tmp_path)

    async def a_year(_: object) -> dict[bytes, CacheTime]:
        return {bytes(at.mount): CacheTime(9999 * 3600.0, known=True)}

    monkeypatch.setattr("mediatui.acquire.mount.away.cache_times", a_year)
    control.does = lambda: [one.rmdir() for one in (at.mount / "__all__").glob("Film.*")]
    await at.fetch(5)
    ((retry_at,),) = at.world.rows("SELECT retry_at FROM service_holds WHERE service = 'mount'")
    assert 0 < float(str(retry_at)) - at.now <= 1.2 * 3600


async def test_a_refresh_that_fails_is_said_once_and_the_looks_go_on(
    account_of: MakeWorld, tmp_path: Path, control: Control
) -> None:
    at = await waiting(account_of, tmp_path)
    control.says = "rclone's remote control at http://127.0.0.1:5572 refuses (HTTP 401)."
    run = await at.fetch(0.3)
    assert states(at.world) == [NOT_YET]
    assert warnings(run) == [f"The view /__all__ of {at.mount} was not refreshed: {control.says} The looks go on."]
    assert len(control.asked) == 1


async def test_none_is_asked_for_while_the_service_fails(
    account_of: MakeWorld, tmp_path: Path, control: Control
) -> None:
    at = await waiting(account_of, tmp_path)
    await at.world.db.write(note_account_away, Unreachable("Real-Debrid does not answer."), at.now)
    await at.fetch(0.3)
    assert states(at.world) == [NOT_YET]
    assert control.asked == []


def test_a_view_is_read_again_after_ten_seconds_then_once_a_minute() -> None:
    refreshes = Refreshes()
    asked = []
    for now in range(300):
        if refreshes.is_due(b"/v", now):
            refreshes.note(b"/v", now)
            asked.append(now)
    assert asked == [0, 10, 70, 130, 190, 250]
    assert refreshes.is_due(b"/other", 5)
    refreshes.begin_again()
    assert (refreshes.is_due(b"/v", 255), refreshes.is_due(b"/v", 260)) == (False, True)
