"""Which torrent a link points into: by folder names, whatever the mount calls its views, then by file name and size."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest

from mediatui.library.scan.match import Matcher, names_of
from mediatui.store.database import open_reader
from tests.worlds.library import LibraryWorld

MOUNTS = (b"/mnt/remote", b"/mnt/remote/inner", b"/srv/files")


@pytest.mark.parametrize(
    ("target", "names"),
    [
        (b"/mnt/remote/all/Film.2020/film.mkv", ["Film.2020", "all", "film.mkv"]),
        (b"/mnt/remote/shows/Show/Season 1/e1.mkv", ["Season 1", "Show", "shows", "e1.mkv"]),
        (b"/mnt/remote/inner/Film/film.mkv", ["Film", "film.mkv"]),
        (b"/mnt/remote/film.mkv", ["film.mkv"]),
        (b"/mnt/remote", ["mnt", "remote"]),
        (b"/mnt/remote2/Film/film.mkv", ["Film", "remote2", "mnt", "film.mkv"]),
        (b"/mnt/remote/all/caf\xe9/\xff.mkv", ["caf\udce9", "all", "\udcff.mkv"]),
        (b"/", []),
    ],
)
def test_names_that_may_be_a_torrents_are_given_from_the_file_upwards(target: bytes, names: list[str]) -> None:
    assert names_of(target, MOUNTS) == names


FILM = ("Film.2020.mkv-GROUP", [("film.mkv", 700)])
CASES: dict[str, tuple[list[tuple[str, str, list[tuple[str, int]], dict[str, object]]], str, str | None]] = {
    "by its shown name": ([("A", *FILM, {})], "all/Film.2020.mkv-GROUP/film.mkv", "A"),
    "in a view of any name": ([("A", *FILM, {})], "movies/Film.2020.mkv-GROUP/film.mkv", "A"),
    "without a view": ([("A", *FILM, {})], "Film.2020.mkv-GROUP/film.mkv", "A"),
    "in a nested view": ([("A", *FILM, {})], "views/4k/Film.2020.mkv-GROUP/film.mkv", "A"),
    "by its own name": (
        [("A", "Shown", [("film.mkv", 1)], {"original_filename": "Own Name"})],
        "all/Own Name/film.mkv",
        "A",
    ),
    "in a folder of the torrent": ([("A", "Show", [("Season 1/e1.mkv", 1)], {})], "all/Show/Season 1/e1.mkv", "A"),
    "a folder of it that is another torrent's name": (
        [("A", "Show", [("Season 1/e1.mkv", 1)], {}), ("B", "Season 1", [("other.mkv", 1)], {})],
        "all/Show/Season 1/e1.mkv",
        "A",
    ),
    "its inner folder is the torrent": (
        [("A", "Show", [("x.mkv", 1)], {}), ("B", "Season 1", [("e1.mkv", 1)], {})],
        "all/Show/Season 1/e1.mkv",
        "B",
    ),
    "a torrent of one file without a folder": ([("A", "film.mkv", [("film.mkv", 1)], {})], "all/film.mkv", "A"),
    "a link to the whole torrent": ([("A", *FILM, {})], "all/Film.2020.mkv-GROUP", "A"),
    "a torrent whose files are not known": ([("A", "Film", [], {})], "all/Film/film.mkv", "A"),
    "the twin that stands, not the older one that is gone": (
        [("A", *FILM, {"gone_at": 9, "added_at": 8}), ("B", *FILM, {"added_at": 1})],
        "all/Film.2020.mkv-GROUP/film.mkv",
        "B",
    ),
    "the twin that holds the file": (
        [("A", "Film", [("film.mkv", 1)], {"added_at": 1}), ("B", "Film", [("other.mkv", 1)], {"added_at": 9})],
        "all/Film/film.mkv",
        "A",
    ),
    "of equal twins the newest": (
        [("A", *FILM, {"added_at": 5}), ("B", *FILM, {"added_at": 7}), ("C", *FILM, {"added_at": 6})],
        "all/Film.2020.mkv-GROUP/film.mkv",
        "B",
    ),
    "a tombstone, when that is all there is": (
        [("A", *FILM, {"gone_at": 9})],
        "all/Film.2020.mkv-GROUP/film.mkv",
        "A",
    ),
    "a name that only begins like it": ([("A", *FILM, {})], "all/Film.2020.mkv-GROUP2/x.mkv", None),
    "a name in another case": ([("A", "Film", [("film.mkv", 1)], {})], "all/FILM/x.mkv", None),
    "a name that is not UTF-8": ([("A", "Film", [("film.mkv", 1)], {})], "all/Fi\udcfflm/x.mkv", None),
    "nothing of that name": ([("A", *FILM, {})], "all/Else/else.mkv", None),
}


@pytest.mark.parametrize("case", CASES)
async def test_a_target_leads_to_its_torrent(tmp_path: Path, case: str) -> None:
    torrents, target, wanted = CASES[case]

    async with LibraryWorld(tmp_path) as world:
        for torrent_id, name, files, facts in torrents:
            world.torrent(torrent_id, name, files, **facts)
        with contextlib.closing(open_reader(world.database)) as connection:
            mount = os.fsencode(world.mount)
            matcher = Matcher(connection, [mount])
            assert matcher.match(mount + b"/" + os.fsencode(target)) == wanted


BY_FILE = {
    "the only one": ([("A", "X", [("film.mkv", 700)])], 700, "A"),
    "its size is another": ([("A", "X", [("film.mkv", 700)])], 699, None),
    "its size is not known": ([("A", "X", [("film.mkv", 700)])], None, "A"),
    "two hold it": ([("A", "X", [("film.mkv", 700)]), ("B", "Y", [("film.mkv", 700)])], 700, None),
    "two of the name, one of the size": ([("A", "X", [("film.mkv", 7)]), ("B", "Y", [("film.mkv", 8)])], 8, "B"),
    "two of the name, no size": ([("A", "X", [("film.mkv", 7)]), ("B", "Y", [("film.mkv", 8)])], None, None),
    "deep in its folders": ([("A", "X", [("a/b/film.mkv", 7)])], 7, "A"),
    "a name that only ends so": ([("A", "X", [("my film.mkv", 7)])], 7, None),
}


@pytest.mark.parametrize("case", BY_FILE)
async def test_a_file_leads_to_a_torrent_only_when_exactly_one_holds_it(tmp_path: Path, case: str) -> None:
    torrents, size, wanted = BY_FILE[case]

    async with LibraryWorld(tmp_path) as world:
        for torrent_id, name, files in torrents:
            world.torrent(torrent_id, name, files)
        world.torrent("GONE", "Z", [("film.mkv", 700), ("film.mkv", 7), ("film.mkv", 8)], gone_at=5)
        with contextlib.closing(open_reader(world.database)) as connection:
            found = dict(Matcher(connection, []).match_by_file([(b"/lib/link", b"/renamed/film.mkv", size)]))
        assert found.get(b"/lib/link") == wanted


async def test_a_scan_stores_what_links_lead_to_and_forgets_it_when_they_point_elsewhere(tmp_path: Path) -> None:
    async with LibraryWorld(tmp_path) as world:
        links = world.film("Film", files=2)
        world.torrent("A", "Film", [("Film.0.mkv", 2048), ("Film.1.mkv", 2048)])
        world.torrent("B", "Renamed", [("moved.mkv", 2048)])
        (world.view / "elsewhere").mkdir()
        (world.view / "elsewhere" / "moved.mkv").write_bytes(b"v" * 2048)
        (world.films / "moved.mkv").symlink_to(world.view / "elsewhere" / "moved.mkv")
        await world.scan()
        assert dict(world.rows("SELECT torrent_id, count(*) FROM library_links GROUP BY 1")) == {"A": 2, "B": 1}
        links[0].unlink()
        links[0].symlink_to(world.view / "nowhere" / "x.mkv")
        await world.scan()
        assert dict(world.rows("SELECT torrent_id, count(*) FROM library_links GROUP BY 1")) == {
            "A": 1, "B": 1, None: 1,
        }  # fmt: skip
