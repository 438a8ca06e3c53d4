"""A search: what comes of indexers that answer, are slow, fail, are paused, at their limit, or send too much."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from mediatui.acquire.search import ask
from mediatui.acquire.search.parsed import columns_in
from mediatui.model.errors import UsageError
from mediatui.model.release import KEPT_DAYS, IndexerAnswer
from mediatui.names.release_columns import columns_of
from mediatui.runtime.events import Finished, FoundRow, Said
from mediatui.services.errors import Refused, ServiceError
from mediatui.store.database import Database
from mediatui.store.releases import rows as stored
from mediatui.store.releases.rows import all_searches, find_search
from tests.fakes.arr import KEY
from tests.fakes.prowlarr import Offer
from tests.worlds.search import SearchWorld

SEASON = "Harbor.Lights.S02.1080p.WEB-GRP"


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    db = await Database.open(tmp_path / "mediatui.db")
    yield db
    await db.close()


@pytest.fixture
def world(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SearchWorld:
    monkeypatch.setattr(ask, "PAUSE_S", 0.0)
    return SearchWorld(db, tmp_path)


async def test_rows_are_numbered_and_stay_after_the_search(world: SearchWorld) -> None:
    world.prowlarr.add(1, [SEASON], name="Alpha")
    found = await world.search()
    (release,) = found.releases
    assert (release.name, release.first.title, release.first.indexer) == ("r1", SEASON, "Alpha")
    assert found.answers["Alpha"].outcome == "answered"
    assert found.finished.outcome == "done"
    again = await world.search()
    assert [one.name for one in again.releases] == ["r2"]
    kept = await world.db.read(all_searches)
    assert [(one.id, one.text, one.rows) for one in kept] == [(2, "harbor lights", 1), (1, "harbor lights", 1)]


class Stopwatch:
    """A time that stands still until it is moved on."""

    def __init__(self) -> None:
        self.now = 0.0
        self._sleeping: list[tuple[float, asyncio.Future[None]]] = []

    async def sleep(self, seconds: float) -> None:
        """Sleeps until the time has come."""
        woken = asyncio.get_running_loop().create_future()
        self._sleeping.append((self.now + seconds, woken))
        await woken

    @property
    def sleepers(self) -> int:
        """How many are asleep."""
        return len(self._sleeping)

    def move_on(self, to: float) -> None:
        """Lets the time be ``to``, and wakes who slept until then."""
        self.now = to
        due = [woken for at, woken in self._sleeping if at <= to]
        self._sleeping = [one for one in self._sleeping if one[0] > to]
        for woken in due:
            woken.set_result(None)


async def test_rows_come_as_each_indexer_answers_and_one_that_hangs_is_given_up(db: Database, tmp_path: Path) -> None:
    """Four indexers: rows of the first are there before any other has answered."""
    world, time = SearchWorld(db, tmp_path, **{"prowlarr.timeout_s": 60.0}), Stopwatch()
    world.prowlarr.sleep = time.sleep
    for number, delay in enumerate((0.2, 1.0, 3.0, 90.0), 1):
        world.prowlarr.add(number, [f"Harbor.Lights.S0{number}.1080p"], name=f"I{number}", delay_s=delay)
    came: list[tuple[str, float]] = []
    answers: dict[str, IndexerAnswer] = {}

    async def listen() -> Finished:
        async for event in world.run():
            if isinstance(event, FoundRow) and event.type == "release":
                came.append((str(event.row["indexer"]), time.now))
            elif isinstance(event, FoundRow) and event.type == "indexer":
                answer = IndexerAnswer(**event.row)  # type: ignore[arg-type]  # its fields
                answers[answer.indexer] = answer
        assert isinstance(event, Finished)
        return event

    listening = asyncio.create_task(listen())

    async def until(holds: Callable[[], bool]) -> None:
        while not holds() and not listening.done():
            await asyncio.sleep(0.001)

    await until(lambda: time.sleepers == 4)
    for moment, rows in ((0.2, 1), (1.0, 2), (3.0, 3)):
        time.move_on(moment)
        await until(lambda wanted=rows: len(came) == wanted)  # type: ignore[misc]
    time.move_on(60.0)
    finished = await listening
    assert came == [("I1", 0.2), ("I2", 1.0), ("I3", 3.0)]
    assert [answers[f"I{number}"].outcome for number in range(1, 5)] == ["answered"] * 3 + ["did not answer"]
    assert "did not answer within 60 s" in answers["I4"].detail
    assert (finished.outcome, finished.counts["silent"]) == ("partial", 1)


async def test_an_empty_answer_has_the_cause_that_prowlarr_tells(world: SearchWorld) -> None:
    prowlarr = world.prowlarr
    prowlarr.add(1, [], name="Empty")
    prowlarr.add(2, name="Failing", fault="error")
    prowlarr.add(3, name="Limited", fault="limit")
    prowlarr.add(4, name="Spent", queries_left=0)
    prowlarr.add(5, name="Off", enabled=False)
    prowlarr.fail(prowlarr.add(6, [SEASON], name="Paused"))
    prowlarr.add(7, [SEASON], name="Films only", categories=(2000,))
    found = await world.search(kind="series")
    assert {name: one.outcome for name, one in found.answers.items()} == {
        "Empty": "answered", "Failing": "did not answer", "Limited": "did not answer", "Spent": "at its limit",
        "Off": "switched off", "Paused": "paused", "Films only": "not asked",
    }  # fmt: skip
    until = {name for name, one in found.answers.items() if one.until is not None}
    assert until == {"Failing", "Limited", "Spent", "Paused"}
    assert "Indexer Query Limit of" in found.answers["Spent"].detail
    assert found.answers["Empty"].rows == 0
    assert [one.asked for one in prowlarr.indexers.values()] == [["harbor lights"]] * 3 + [[]] * 4
    kept = await world.db.read(find_search, 1)
    assert {one.indexer: one.outcome for one in kept.indexers} == {n: o.outcome for n, o in found.answers.items()}


async def test_when_no_indexer_answers_the_search_has_failed(world: SearchWorld) -> None:
    world.prowlarr.add(1, name="Alpha", fault="page")
    found = await world.search()
    assert (found.finished.outcome, found.finished.exit_code) == ("failed", 3)
    assert found.finished.error is not None
    assert "Alpha did not answer" in found.finished.error


async def test_rows_that_have_nothing_to_do_with_it_are_kept_apart(world: SearchWorld) -> None:
    wanted = [f"Quartz.Meadow.2021.{number}p" for number in (720, 1080, 2160)]
    others = [f"Another.Film.{number}.2019.1080p" for number in range(50)]
    world.prowlarr.add(2, [*others, *wanted], name="Bravo")
    found = await world.search("Quartz Meadow", kind="film")
    assert (found.answers["Bravo"].rows, found.answers["Bravo"].unrelated) == (53, 50)
    rows = found.rows("release")
    assert [row["title"] for row in rows if row["related"]] == wanted
    best_other = max(row["score"] for row in rows if not row["related"])
    assert best_other < min(row["score"] for row in rows if row["related"])
    assert "3 releases (50 more have nothing to do with it)" in found.finished.summary


async def test_a_pack_is_asked_for_when_no_row_has_the_episode(world: SearchWorld) -> None:
    alpha = world.prowlarr.add(1, name="Alpha")
    alpha.finds = lambda query: [Offer(SEASON)] if query.endswith("S02") else [Offer("Harbor.Lights.S01E01.720p")]
    bravo = world.prowlarr.add(2, ["Harbor.Lights.S02E03.720p"], name="Bravo")
    found = await world.search(season=2, episode=3, kind="series")
    assert alpha.asked == ["harbor lights S02E03", "harbor lights S02"]
    assert bravo.asked == ["harbor lights S02E03"]
    assert (found.answers["Alpha"].queries, found.answers["Alpha"].rows) == (2, 2)


async def test_an_indexer_that_is_empty_once_and_then_not_answers_unevenly(world: SearchWorld) -> None:
    alpha = world.prowlarr.add(1, name="Alpha")
    alpha.finds = lambda query: [Offer(SEASON)] if query.endswith("S02") else []
    found = await world.search(season=2, episode=3, kind="series")
    assert (found.answers["Alpha"].outcome, found.answers["Alpha"].detail) == ("answered", "answers unevenly")


async def test_a_row_that_two_queries_bring_counts_once(world: SearchWorld) -> None:
    world.prowlarr.add(1, ["Harbor.Lights.S02E04.720p", "Another.Film.2019.1080p"], name="Alpha")
    answer = (await world.search(season=2, episode=3, kind="series")).answers["Alpha"]
    assert (answer.queries, answer.rows, answer.unrelated) == (2, 2, 1)


async def test_no_more_indexers_are_asked_at_once_than_the_settings_say(db: Database, tmp_path: Path) -> None:
    world = SearchWorld(db, tmp_path, **{"prowlarr.parallel": 2})
    for number in range(1, 7):
        world.prowlarr.add(number, [f"Harbor.Lights.S0{number}"], delay_s=0.03)
    asked: list[int] = []
    most = 0
    delay_of = world.prowlarr.delay_of

    def count(request: object) -> float:
        nonlocal most
        seconds = delay_of(request)  # type: ignore[arg-type]
        if seconds:
            asked.append(1)
            most = max(most, len(asked))
            asyncio.get_running_loop().call_later(seconds, asked.pop)
        return seconds

    world.prowlarr.delay_of = count  # type: ignore[method-assign,assignment]
    assert len((await world.search()).releases) == 6
    assert most == 2


async def test_indexers_are_named_and_those_of_the_settings_are_asked_else(db: Database, tmp_path: Path) -> None:
    world = SearchWorld(db, tmp_path, **{"prowlarr.indexers": ["alpha"]})
    for number, name in enumerate(("Alpha", "Bravo", "Charlie"), 1):
        world.prowlarr.add(number, [SEASON], name=name)
    assert list((await world.search()).answers) == ["Alpha"]
    assert set((await world.search(indexers=("charlie", "BRAVO"))).answers) == {"Bravo", "Charlie"}
    with pytest.raises(UsageError, match=r"has no indexer Delta \(--indexer\)") as caught:
        await world.search(indexers=("Delta",))
    assert "There are: Alpha, Bravo, Charlie." in caught.value.hint


async def test_usenet_is_asked_only_where_it_is_wanted(world: SearchWorld) -> None:
    world.prowlarr.add(1, ["Harbor.Lights.S01"], name="Torrents")
    world.prowlarr.add(2, ["Harbor.Lights.S02"], name="News", protocol="usenet")
    assert (await world.search()).titles() == ["Harbor.Lights.S01"]
    assert len((await world.search(usenet=True)).titles()) == 2


async def test_five_thousand_rows_are_all_listed(world: SearchWorld) -> None:
    world.prowlarr.add(1, [f"Harbor.Lights.S01E{number:04}" for number in range(5000)], ignores_limit=True)
    found = await world.search()
    assert len(found.releases) == len(found.titles()) == 5000


async def test_what_another_search_found_already_is_not_new(world: SearchWorld) -> None:
    one = world.prowlarr.add(1, ["Harbor.Lights.S01"])
    (row,) = (await world.search()).rows("release")
    assert row["markers"] == ("new",)
    world.later = 60
    one.finds = lambda query: [Offer("Harbor.Lights.S01"), Offer("Harbor.Lights.S02")]
    assert [row["markers"] for row in (await world.search()).rows("release")] == [(), ("new",)]


async def test_searches_are_kept_for_some_days_and_no_number_is_given_twice(world: SearchWorld) -> None:
    world.prowlarr.add(1, [SEASON])
    await world.search()
    world.later = (KEPT_DAYS + 1) * 86_400
    found = await world.search()
    assert [one.id for one in await world.db.read(all_searches)] == [2]
    assert [one.name for one in found.releases] == ["r2"]


async def test_the_oldest_searches_go_when_there_are_too_many_rows(
    world: SearchWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "KEPT_ROWS", 25)
    world.prowlarr.add(1, [f"Harbor.Lights.S01E{number:02}" for number in range(10)])
    for _ in range(4):
        await world.search()
    assert [one.id for one in await world.db.read(all_searches)] == [4, 3, 2]
    count = "SELECT count(*) FROM releases"
    assert await world.db.read(lambda connection: connection.execute(count).fetchone()[0]) == 30


async def test_an_interrupted_search_keeps_what_it_found(world: SearchWorld) -> None:
    world.prowlarr.add(1, [SEASON], name="Alpha")
    world.prowlarr.add(2, [SEASON], name="Bravo", delay_s=60)
    async with contextlib.aclosing(world.run()) as events:
        async for event in events:
            if isinstance(event, FoundRow) and event.type == "indexer":
                break
    kept = await world.db.read(find_search, 1)
    assert ([one.indexer for one in kept.indexers], kept.rows) == (["Alpha"], 1)


async def test_prowlarr_itself_that_refuses_ends_the_search(world: SearchWorld) -> None:
    world.prowlarr.key = "another"
    with pytest.raises(ServiceError) as caught:
        await world.search()
    assert isinstance(caught.value, Refused)
    assert KEY not in caught.value.sentence


async def test_prowlarr_that_starts_up_is_waited_for_and_that_is_said_once(world: SearchWorld) -> None:
    world.prowlarr.add(1, [SEASON])
    world.prowlarr.starting = 3
    found = await world.search()
    said = [event.text for _, event in found.events if isinstance(event, Said)]
    assert said == ["Prowlarr is starting up, waiting for it"]
    assert found.titles() == [SEASON]


async def test_without_prowlarr_the_setting_is_named(db: Database, tmp_path: Path) -> None:
    world = SearchWorld(db, tmp_path, **{"prowlarr.enabled": False})
    with pytest.raises(UsageError, match=r"prowlarr\.enabled is false"):
        await world.search()


async def test_no_key_is_stored(world: SearchWorld) -> None:
    world.prowlarr.add(1, [Offer(SEASON, fate="magnet"), Offer("Harbor.Lights.S03")])
    await world.search()
    with contextlib.closing(sqlite3.connect(world.db.path)) as connection:
        assert KEY not in "\n".join(connection.iterdump())


def known(world: SearchWorld, *titles: str, catalog: int = 7001) -> None:
    """A series that Sonarr reported under these titles."""
    with contextlib.closing(sqlite3.connect(world.db.path)) as connection, connection:
        for at, title in enumerate(titles):
            connection.execute(
                "INSERT INTO known_titles (source, service_id, kind, catalog_id, year, title, key, folding, role) "
                "VALUES ('sonarr', 1, 'series', ?, 2010, ?, ?, 1, ?)",
                (catalog, title, title.lower(), "alternative" if at else "title"),
            )


async def test_words_follow_when_no_row_of_the_id_has_the_episode(world: SearchWorld) -> None:
    """A hundred rows by id, none of season 7: the one found by words comes first."""
    known(world, "Harbor Lane")
    alpha = world.prowlarr.add(1, name="Alpha", tv=("q", "season", "ep", "tvdbId"))
    others = [
        Offer(f"Harbor.Lane.S{season:02}E{number:02}.1080p.WEB.H264-AAA", tvdb_id=7001)
        for season in range(1, 6)
        for number in range(1, 21)
    ]
    right = Offer("Harbor.Lane.S07E06.1080p.WEB.H264-BBB")
    alpha.finds = lambda query: others if query.startswith("{") else [right]
    found = await world.search("", tvdb=7001, kind="series", season=7, episode=6)
    assert alpha.asked == ["{tvdbid:7001}{season:7}{episode:6}", "Harbor Lane S07E06"]
    assert (found.answers["Alpha"].rows, found.answers["Alpha"].queries) == (101, 2)
    best = max(found.rows("release"), key=lambda row: row["score"])
    assert best["title"] == right.title
    kept = await world.db.read(find_search, 1)
    assert kept.text == "Harbor Lane"


async def test_a_pack_of_the_season_by_id_is_enough(world: SearchWorld) -> None:
    known(world, "Harbor Lane")
    alpha = world.prowlarr.add(
        1, [Offer("Harbor.Lane.S07.1080p.WEB-CCC", tvdb_id=7001)], tv=("q", "season", "ep", "tvdbId")
    )
    await world.search("", tvdb=7001, kind="series", season=7, episode=6)
    assert alpha.asked == ["{tvdbid:7001}{season:7}{episode:6}"]


async def test_an_id_nobody_here_knows_needs_its_words(world: SearchWorld) -> None:
    world.prowlarr.add(1, [SEASON])
    with pytest.raises(UsageError, match="knows no title of that id"):
        await world.search("", tvdb=999, kind="series")
    assert len((await world.search("harbor lights", tvdb=999, kind="series")).releases) == 1


async def test_what_a_title_says_is_stored_and_read_again_only_when_it_is_not_as_now(world: SearchWorld) -> None:
    world.prowlarr.add(1, [Offer(SEASON, flags=("freeleech",))])
    (release,) = (await world.search()).releases
    assert columns_in(release) == columns_of(SEASON)
    told = dataclasses.replace(release, parsed=release.parsed.replace("Harbor", "Port"))
    assert columns_in(told).title == "Port Lights"
    for other in ("", "{", "[]", '{"title": "of an older version"}'):
        assert columns_in(dataclasses.replace(release, parsed=other)) == columns_of(SEASON)
    query = "SELECT categories, flags, json_extract(parsed, '$.resolution') FROM releases"
    assert await world.db.read(lambda c: tuple(c.execute(query).fetchone())) == ("[5040]", '["freeleech"]', 1080)
