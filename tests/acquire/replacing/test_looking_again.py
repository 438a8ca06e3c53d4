"""What the account has for a dead link is taken, and undone; what is not found is looked for again, later and later."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from mediatui.acquire.replacing.dead_links import read_dead_links, why_kept
from mediatui.acquire.replacing.job import LookOptions, is_look_due, look_again_due
from mediatui.acquire.replacing.plan import find_replacements, plan_replacements
from mediatui.changes.steps.look_again import FIRST_S, LONGEST_S, next_look
from mediatui.changes.undo import plan_undo
from mediatui.demo.prowlarr import Offer
from mediatui.model.errors import GuardTripped
from mediatui.model.link import NOT_ON_MOUNT
from mediatui.model.plan import Plan
from mediatui.runtime.jobs import JobKind
from mediatui.services.prowlarr.client import Prowlarr
from mediatui.store.library.links import LibraryLink, store_links
from mediatui.store.library.media import Media
from mediatui.store.transfers.replaced import WantedReplacement, want_replacement, wanted_replacement
from tests.fakes.arr import KEY
from tests.fakes.prowlarr import FakeProwlarr
from tests.worlds.account import MakeWorld
from tests.worlds.importing import Importing
from tests.worlds.staging import film
from tests.worlds.transfers import hash_of, run_pass, states, synced

LOOK = JobKind("replace", "account", look_again_due)
FILM = film(hash_of(1))
NEW = f"{FILM.filename}/{FILM.filename}.mkv"
PATH = "Films/Drama/Fern Valley (2019).mkv"


class Replacing(Importing):
    """A library with one dead link, an account with its film, and a Prowlarr."""

    prowlarr: FakeProwlarr | None = None

    def search_with(self, *offers: Offer) -> None:
        """There is a Prowlarr, which offers these."""
        self.prowlarr = FakeProwlarr()
        self.prowlarr.add(1, offers)
        settings = self.world.settings
        prowlarr = settings.prowlarr.model_copy(update={"enabled": True})
        self.world.settings = settings.model_copy(update={"prowlarr": prowlarr})

    async def dead_link(self, name: str = f"{FILM.filename}.mkv") -> Path:
        link = self.library_link(PATH, f"Gone/{name}")
        row = (os.fsencode(link), os.fsencode(os.readlink(link)), "broken", None, 2)
        async with self.world.db.transaction() as connection:
            await store_links(connection, [row], lambda path: os.fsencode(self.root), 1, 1_700_000_000)
        return link

    async def plan(self, link: Path) -> Plan:
        text = os.fsencode(os.readlink(link))
        dead = LibraryLink(os.fsencode(link), text, "broken", None, None, None, os.fsencode(self.root), None, None)
        ctx = self.world._context(0)
        ctx.connect_prowlarr = self._connect
        known = await ctx.db.read(read_dead_links, [dead], ctx.settings)
        found = await find_replacements(ctx, known, {}, {}, lambda said: None)
        return await ctx.db.read(plan_replacements, ctx.settings, found, (), ())

    def _connect(self) -> Prowlarr:
        assert self.prowlarr is not None
        transport = self.prowlarr.transport()
        return Prowlarr("http://prowlarr.invalid", SecretStr(KEY), retry_pause_s=0.0001, transport=transport)


@pytest.fixture
async def at(account_of: MakeWorld, tmp_path: Path) -> Replacing:
    world = await synced(account_of, [FILM])
    made = Replacing(world, tmp_path)
    await made.know(Media("film", "Fern Valley", 2019, tmdb_id=7, source="radarr", service_id=1))
    return made


async def test_a_file_of_the_account_takes_the_place_and_undo_brings_the_old_text_back(at: Replacing) -> None:
    link = await at.dead_link()
    at.show(FILM)
    plan = await at.plan(link)
    assert plan.counts == {"replace_link": 1}
    assert plan.says[0] == f"Fern Valley (2019) keeps its place: {link}"
    assert plan.says[1].startswith(" → 1. a file of the account, ")
    done = await at.world.apply(plan)
    assert (done.finished.outcome, at.tree()) == ("done", {PATH: NEW})
    undone = await at.world.apply(at.world.plan(plan_undo))
    assert (undone.finished.error, at.tree()) == (None, {PATH: f"Gone/{FILM.filename}.mkv"})


async def test_a_release_goes_its_whole_road_and_only_then_takes_the_place(at: Replacing) -> None:
    link = await at.dead_link("gone.mkv")
    at.search_with(Offer(FILM.filename, FILM.size, hash=FILM.hash, fate="magnet", categories=(2040,)))
    plan = await at.plan(link)
    assert plan.counts == {"send_transfer": 1}
    assert plan.says[1].startswith(" → 1. a release, ")
    assert f": {FILM.filename}; 1080p, " in plan.says[1]
    assert (await at.world.apply(plan)).finished.error is None
    at.show(FILM)
    await run_pass(at.world)
    await at.fetch()
    assert at.tree() == {PATH: "Gone/gone.mkv"}
    await at.run()
    assert (at.tree(), states(at.world)) == ({PATH: NEW}, [("done", "none", "")])


async def test_what_an_indexer_offers_in_vain_is_looked_for_again(at: Replacing) -> None:
    link = await at.dead_link("gone.mkv")
    at.search_with(Offer("Another.Film.2019.1080p.WEB", categories=(2040,)))
    plan = await at.plan(link)
    assert plan.counts == {"look_again": 1}
    assert (await at.world.apply(plan)).finished.outcome == "done"
    assert await at.world.db.read(wanted_replacement, os.fsencode(link)) is not None
    assert (await at.world.apply(at.world.plan(plan_undo))).finished.error is None
    assert await at.world.db.read(wanted_replacement, os.fsencode(link)) is None


async def test_without_a_way_the_link_is_left_alone_and_it_is_said_why(at: Replacing) -> None:
    plan = await at.plan(await at.dead_link())
    assert plan.steps == ()
    assert plan.notes[0][1] == "nothing was found (no release was searched: prowlarr.enabled is false); the link stays"


async def test_what_was_not_there_is_taken_once_it_is(at: Replacing) -> None:
    link = await at.dead_link()
    path, now = os.fsencode(link), time.time()
    await at.world.db.write(want_replacement, WantedReplacement(path, now, 0, now + 60))
    assert not await at.world.db.read(is_look_due, at.world.settings, now)
    at.world.later += 61
    assert (await at.world.runner.start(LOOK, LookOptions()).wait()).error is None
    left = await at.world.db.read(wanted_replacement, path)
    assert left is not None
    assert (left.tries, left.next_at > now + FIRST_S) == (1, True)
    at.show(FILM)
    at.world.later += 3 * FIRST_S
    done = await at.world.runner.start(LOOK, LookOptions()).wait()
    assert (done.error, at.tree()) == (None, {PATH: NEW})
    assert await at.world.db.read(wanted_replacement, path) is None


async def test_what_a_mount_does_not_show_is_replaced_only_where_the_service_says_why(at: Replacing) -> None:
    link = at.library_link(PATH, "Gone/gone.mkv")
    row = LibraryLink(os.fsencode(link), b"x", NOT_ON_MOUNT, None, None, FILM.id, None, None, None)
    assert "its torrent is well" in await at.world.db.read(why_kept, row)
    await at.world.db.write(lambda connection: connection.execute("UPDATE torrents SET class = 'aged out'"))
    assert await at.world.db.read(why_kept, row) == ""
    assert "only what is certainly dead" in await at.world.db.read(why_kept, replace(row, state="unknown"))


def test_looks_come_later_and_later() -> None:
    assert [next_look(tries, 0.0) for tries in (0, 1, 2)] == [FIRST_S, 2 * FIRST_S, 4 * FIRST_S]
    assert next_look(99, 0.0) == LONGEST_S


async def test_while_a_mount_is_away_nothing_is_looked_for_and_no_look_is_used_up(at: Replacing) -> None:
    link = await at.dead_link()
    at.show(FILM)
    now = at.now
    await at.world.db.write(want_replacement, WantedReplacement(os.fsencode(link), now - 1, 0, now - 1))
    away = at.mount.rename(at.mount.with_name("away"))
    with pytest.raises(GuardTripped, match="nothing is replaced while it is so"):
        await at.plan(link)
    finished = await at.world.runner.start(LOOK, LookOptions()).wait()
    assert "nothing is looked for" in finished.summary
    assert await at.world.db.read(is_look_due, at.world.settings, at.now)
    away.rename(at.mount)
    assert (await at.plan(link)).counts == {"replace_link": 1}
