"""Which film or episode a link shows, as a query by hand finds it: true whichever was written first, and last."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from mediatui.store.database import Database
from mediatui.store.library.links import store_links
from mediatui.store.library.media import Media, drop_media, overwrite_media, set_media_links, store_media
from tests.worlds.places import PROJECT

QUERY = "SELECT path, title FROM library_links LEFT JOIN media ON media.id = media_id ORDER BY path"
A, B = b"/films/a.mkv", b"/films/b.mkv"


def film(title: str, link: bytes) -> tuple[object, ...]:
    return Media("film", title, 1999, link_path=link, source="tree").as_row()


async def test_links_know_their_media(tmp_path: Path) -> None:
    file = tmp_path / "archive.db"
    seen: list[dict[bytes, str | None]] = []

    def look() -> None:
        with contextlib.closing(sqlite3.connect(file)) as connection:
            seen.append(dict(connection.execute(QUERY)))

    db = await Database.open(file)
    async with db.transaction() as connection:
        await store_media(connection, [film("Alien", A)])
    async with db.transaction() as connection:
        links = [(path, b"/m" + path, "ok", 1, 0) for path in (A, B)]
        await store_links(connection, links, lambda path: b"/films", 1, 1)
    look()
    async with db.transaction() as connection:
        await store_media(connection, [film("Brazil", B), film("Aliens", A)])
    look()
    async with db.transaction() as connection:
        await set_media_links(connection, [(1, b"/films/elsewhere.mkv")])
    look()
    async with db.transaction() as connection:
        await set_media_links(connection, [(1, B)])  # in the place of what stood there
    look()
    async with db.transaction() as connection:
        await overwrite_media(connection, [(1, *film("Akira", A))])
    look()
    async with db.transaction() as connection:
        await drop_media(connection, [1])
    look()
    await db.close()
    assert seen == [
        {A: "Alien", B: None},
        {A: "Aliens", B: "Brazil"},
        {A: None, B: "Brazil"},
        {A: None, B: "Aliens"},
        {A: "Akira", B: None},
        {A: None, B: None},
    ]


async def test_an_archive_of_before_is_brought_up_to_it(tmp_path: Path) -> None:
    """The migration fills in what is known already."""
    file = tmp_path / "archive.db"
    schema = PROJECT / "mediatui" / "store" / "schema"
    with contextlib.closing(sqlite3.connect(file)) as connection:
        for script in sorted(schema.glob("00[1-4]_*.sql")):
            connection.executescript(script.read_text())
        connection.execute("PRAGMA user_version = 4")
        connection.execute("INSERT INTO media (kind, title, link_path) VALUES ('film', 'Alien', ?)", (A,))
        connection.execute("INSERT INTO library_links (path, target, state) VALUES (?, ?, 'ok')", (A, b"/m/a"))
        connection.commit()

    await (await Database.open(file)).close()
    with contextlib.closing(sqlite3.connect(file)) as connection:
        assert dict(connection.execute(QUERY)) == {A: "Alien"}
