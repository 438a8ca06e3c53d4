"""Names parsed once are kept in the database and read from there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from mediatui.names.parsed import KnownNames, known_names, parse_name
from mediatui.store.database import Database, open_reader
from mediatui.store.library.names import store_names

NAMES = [
    "2012 (2009).mkv", "Dune.Part.Two.2024.2160p.WEB-DL.mkv", "The.Show.S01-S03.1080p", "The.Show.S01E02E03.1080p.mkv",
    "The Show (2015) - 2015-10-02 - Guest.mkv", "[Group] Show - 133 [1080p].mkv", "Harbour 03-05", "S03E09 WS PDTV",
    "caf\udce9 (2010).mkv", "E\u0301te\u0301 (2010).mkv", "x" * 400, "",
]  # fmt: skip


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(tmp_path / "mediatui.db")
    yield opened
    await opened.close()


async def read(db: Database, names: list[str]) -> KnownNames:
    """What these names say; keeps what was new."""
    known = await db.read(known_names, names)
    async with db.transaction() as connection:
        await store_names(connection, known.fresh)
    return known


async def test_a_second_run_parses_nothing_and_says_the_same(db: Database) -> None:
    first = await read(db, NAMES + NAMES)
    second = await read(db, NAMES)
    assert len(first.fresh) == len(NAMES)
    assert second.fresh == []
    assert second.parsed == first.parsed
    assert first.parsed == {name: parse_name(name) for name in NAMES}


async def test_only_new_names_are_parsed(db: Database) -> None:
    await read(db, ["Film (2010).mkv"])
    known = await read(db, ["Film (2010).mkv", "Other (2011).mkv"])
    assert [row[0] for row in known.fresh] == ["Other (2011).mkv"]
    assert set(known.parsed) == {"Film (2010).mkv", "Other (2011).mkv"}


async def test_names_parsed_by_other_rules_are_parsed_again(db: Database) -> None:
    async with db.transaction() as connection:
        await store_names(connection, [("Film (2010).mkv", 0, '"of another form"')])
    assert len((await read(db, ["Film (2010).mkv"])).fresh) == 1
    with closing(open_reader(db.path)) as connection:
        assert known_names(connection, ["Film (2010).mkv"]).fresh == []


async def test_spellings_of_one_name_are_parsed_once(db: Database) -> None:
    known = await read(db, ["Été (2010).mkv", "E\u0301te\u0301 (2010).mkv"])
    assert len(known.fresh) == 1
    assert len(known.parsed) == 2
