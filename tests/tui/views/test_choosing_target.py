"""Choosing what a release or a transfer is for: candidates with points and reasons, other words, an id."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from mediatui.model.target import targets_from_text
from mediatui.model.transfer import Hold, HoldKind
from mediatui.services.prowlarr.client import Prowlarr
from mediatui.store.library.media import Media, store_media
from mediatui.store.releases.rows import find_releases
from mediatui.store.transfers.change import NewTransfer, create
from mediatui.store.transfers.rows import all_transfers
from mediatui.store.transfers.targets import targets_of
from tests.fakes.arr import KEY
from tests.fakes.prowlarr import FakeProwlarr, Offer
from tests.worlds.screen import NOW, Open, Screen, well

OFFICE = "The.Office.S01.720p.BluRay.x265-GRP"
CANDIDATES = (("The Office (UK)", 2001, 78107), ("The Office (US)", 2005, 73244), ("Harbor Lane", 2018, 7001))


async def know(screen: Screen) -> None:
    """Three series of which the library has an episode each."""
    rows = [
        Media("episode", title, year, 2, 6, tvdb_id=tvdb, link_path=title.encode()) for title, year, tvdb in CANDIDATES
    ]
    async with screen.app.workspace.db.transaction() as connection:
        await store_media(connection, [one.as_row() for one in rows])


@pytest.fixture
def prowlarr(monkeypatch: pytest.MonkeyPatch) -> FakeProwlarr:
    """A Prowlarr with one release; the settings name it."""
    fake = FakeProwlarr()
    fake.add(1, [Offer(OFFICE, seeders=9)], name="Alpha")
    for name, value in (("ENABLED", "true"), ("URL", "http://prowlarr.invalid"), ("API_KEY", KEY)):
        monkeypatch.setenv(f"MEDIATUI_PROWLARR__{name}", value)

    def make(*_: object, **__: object) -> Prowlarr:
        return Prowlarr("http://prowlarr.invalid", SecretStr(KEY), retry_pause_s=0.0001, transport=fake.transport())

    monkeypatch.setattr("mediatui.commands.connect_prowlarr.make_prowlarr", make)
    return fake


async def searched(screen: Screen) -> None:
    await know(screen)
    await screen.press("7")
    await screen.until(lambda: "Nothing was searched yet." in screen.text())
    await screen.press("s")
    await screen.type("the office")
    await screen.press("enter")
    await screen.until(lambda: "found 1" in screen.text())


async def test_a_candidate_is_taken_and_the_release_is_sent_for_it(open_app: Open, prowlarr: FakeProwlarr) -> None:
    async with open_app(well(2), size=(80, 24), first="search") as screen:
        await searched(screen)
        await screen.press("plus")
        await screen.until(lambda: "two fit: The Office (UK)" in screen.text())
        await screen.press("m")
        await screen.until(lambda: "74  The Office (US) (2005) S01" in screen.text())
        assert "title equal · in the library" in screen.text()
        await screen.press("2")
        await screen.until(lambda: "For The Office (US) (2005) S01." in " ".join(screen.text().split()))
        (release,) = find_releases(screen.app.workspace.reader, [1])
        assert [one.target.text for one in targets_from_text(release.target)] == ["tvdb:73244:S01"]
        assert "S01 ✓" in screen.text()
        await screen.press("y")
        await screen.until(lambda: "Send 1 torrent: 1 done" in screen.text())
        (transfer,) = all_transfers(screen.app.workspace.reader)
        assert [one.target.text for one in targets_of(screen.app.workspace.reader, transfer.id)] == ["tvdb:73244:S01"]


async def test_other_words_and_an_id_are_typed(open_app: Open) -> None:
    async with open_app(well(2), size=(100, 24)) as screen:
        await know(screen)
        hold = Hold(HoldKind.CHOICE, "target", since=1.0)
        await screen.app.workspace.db.write(
            create, NewTransfer("debrid", "a" * 40, "Unknown.Words.S02.720p"), "user", hold=hold, now=float(NOW)
        )
        await screen.press("8")
        await screen.until(lambda: "Unknown.Words" in screen.text())

        def aimed() -> list[str]:
            return [one.target.text for one in targets_of(screen.app.workspace.reader, 1)]

        await screen.press("m")
        await screen.until(lambda: "nothing in particular" in screen.text())
        await screen.press("slash")
        await screen.type("harbor lane")
        await screen.press("enter")
        await screen.until(lambda: "Harbor Lane (2018) S02" in screen.text())
        await screen.press("1")
        await screen.until(lambda: aimed() == ["tvdb:7001:S02"])
        await screen.until(lambda: "for Harbor Lane (2018) S02." in screen.text())

        await screen.press("m")  # the account calls it something else, which nothing fits
        await screen.until(lambda: "title, year:" in screen.text())
        await screen.type("tvdb:1:E")
        await screen.press("enter")
        await screen.until(lambda: "is no target" in screen.text())
        await screen.press("m")
        await screen.until(lambda: "title, year:" in screen.text())
        await screen.type("tvdb:73244:S02")
        await screen.press("enter")
        await screen.until(lambda: aimed() == ["tvdb:73244:S02"])
