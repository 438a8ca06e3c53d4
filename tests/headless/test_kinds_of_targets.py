"""Links that are named like videos and lead to folders, and folders of a mount that are named by ids and hashes."""

from __future__ import annotations

import contextlib
import os
import sqlite3

import pytest

from mediatui.library.scan.match import Matcher
from mediatui.library.scan.slow_targets import SlowTargets
from mediatui.store.library.views import held_torrents, known_gone
from tests.worlds.home import Home
from tests.worlds.link_tree import LinkTree

ALPHA = "movies/Alpha (2001)/Alpha (2001).mkv"
IDS = ("AAAAAAAAAAAA1", "AAAAAAAAAAAA2", "AAAAAAAAAAAA3")
HASH = f"{3:040d}"


@pytest.fixture
def tree(home: Home) -> LinkTree:
    return LinkTree(home)


def test_a_link_named_like_a_video_to_a_folder_is_of_the_wrong_kind(tree: LinkTree) -> None:
    tree.file("__all__/Alpha.2001.1080p.mkv/Alpha.2001.1080p.mkv")
    tree.link(ALPHA, "__all__/Alpha.2001.1080p.mkv")
    tree.both("movies/Beta (2002)/Beta (2002).mkv", "__all__/Beta.2002.1080p.mkv/Beta.2002.1080p.mkv")
    tree.file("__all__/Gamma.S01.1080p/Gamma.S01E01.mkv")
    tree.link("shows/Gamma (2003)/Season 01", "__all__/Gamma.S01.1080p")
    tree.link("shows/Delta (2004) - all.MKV", text="Gamma (2003)")
    for depth in ("basic", "full"):
        found = tree.findings("scan", "--depth", depth)
        found.pop("movies/Beta (2002)/Beta (2002).mkv" if depth == "full" else "", None)  # it does not play
        assert {path: row["state"] for path, row in found.items()} == {
            ALPHA: "wrong kind", "shows/Delta (2004) - all.MKV": "wrong kind",
        }, depth  # fmt: skip
        assert found[ALPHA]["reason"] == "the target is a folder, and the link is named like a video"
    assert tree.home.json("integrity").result["categories"] == {}
    assert tree.home.json("cleanup", "--only", "broken").result["unknown_targets"] == 0
    links = tree.relinked()
    assert links[ALPHA] == "__all__/Alpha.2001.1080p.mkv/Alpha.2001.1080p.mkv"
    assert links["shows/Gamma (2003)/Season 01"] == "__all__/Gamma.S01.1080p"
    assert ALPHA not in tree.findings("scan")


def test_of_videos_in_the_folder_the_right_one_is_taken_by_the_usual_scores(tree: LinkTree) -> None:
    for name in ("Show.S01E01.mkv", "Show.S01E02.mkv", "inner/Show.S01E03.mkv"):
        tree.file(f"__all__/Show.S01/{name}")
    for name in ("Sample.Film.2001.trailer.mkv", "other.nfo"):
        tree.file(f"__all__/Film.2001/{name}")
    for number in (1, 2, 3, 4):
        tree.link(f"shows/Show (2001)/Season 01/Show (2001) - S01E0{number}.mkv", "__all__/Show.S01")
    tree.link("movies/Film (2001)/Film (2001).mkv", "__all__/Film.2001")
    links = tree.relinked()
    assert [os.path.basename(links[path]) for path in sorted(links)] == [
        "Film.2001", "Show.S01E01.mkv", "Show.S01E02.mkv", "Show.S01E03.mkv", "Show.S01",
    ]  # fmt: skip


def test_on_a_network_mount_a_listing_shows_it() -> None:
    folders = {b"/m/all/Alpha.mkv": -2, b"/m/all/Season 1": -2, b"/m/all/Beta.mkv": 0}
    listing = {os.path.basename(path): kind for path, kind in folders.items()}
    targets = SlowTargets([b"/m"], 2, lambda folder: listing)
    wanted = [(b"/L/" + name, b"/m/all/" + target) for name, target in (
        (b"a.mkv", b"Alpha.mkv"), (b"Season 01", b"Alpha.mkv"), (b"b.mkv", b"Beta.mkv"), (b"c.MKV", b"Season 1"),
    )]  # fmt: skip
    judged = {path: state for batch in targets.judge(wanted) for path, state, _ in batch}
    assert judged == {
        b"/L/a.mkv": "wrong kind", b"/L/Season 01": "ok", b"/L/b.mkv": "ok", b"/L/c.MKV": "wrong kind",
    }  # fmt: skip


def test_links_follow_a_folder_that_loses_the_ending_of_a_video(tree: LinkTree) -> None:
    """Case H3 (riven#593, decypharr#52): the mount drops ``.mkv`` from the folder, not from the file in it."""
    film = "movies/Bad Lands (2024) {imdb-tt0000001}/Bad Lands (2024) {imdb-tt0000001}.mkv"
    episode = "shows/Eps (2005)/Season 01/Eps (2005) - S01E01.mkv"
    for link, name in ((film, "Bad Lands - 2024 - GRP"), (episode, "Eps.S01E01.1080p")):
        tree.file(f"__all__/{name}/{name}.mkv")
        tree.link(link, f"__all__/{name}.mkv/{name}.mkv")
    assert {row["state"] for row in tree.findings("scan").values()} == {"broken"}
    assert tree.relinked() == {
        film: "__all__/Bad Lands - 2024 - GRP/Bad Lands - 2024 - GRP.mkv",
        episode: "__all__/Eps.S01E01.1080p/Eps.S01E01.1080p.mkv",
    }
    assert tree.findings("scan") == {}


@pytest.fixture
def account(tree: LinkTree) -> LinkTree:
    """Three torrents of one name, and one whose name is the id of another."""
    assert tree.home.run("torrents").code == 0
    torrents = [
        *((torrent_id, "Hotel.Lima.2019.1080p.BluRay", f"{number:040d}") for number, torrent_id in enumerate(IDS, 1)),
        ("BBBBBBBBBBBB1", "Other.2001", f"{8:040d}"), ("BBBBBBBBBBBB2", IDS[1], f"{9:040d}"),
    ]  # fmt: skip
    with contextlib.closing(sqlite3.connect(tree.home.database)) as connection, connection:
        for torrent_id, name, info_hash in torrents:
            connection.execute(
                "INSERT INTO torrents (id, hash, filename, status, bytes, folded, added_at, first_seen_at,"
                " last_seen_at) VALUES (?, ?, ?, 'downloaded', 1, '', 1, 1, 1)",
                (torrent_id, info_hash, name),
            )
    return tree


def test_a_folder_named_by_an_id_or_a_hash_leads_to_that_torrent(account: LinkTree) -> None:
    file = "Hotel.Lima.2019.1080p.BluRay.mkv"
    account.file(f"__all__/{IDS[0]}/{file}")
    wanted = {
        "a.mkv": (f"__all__/{IDS[1]}/{file}", IDS[1]),
        "b.mkv": (f"__all__/{HASH}/{file}", IDS[2]),
        "c.mkv": (f"__all__/{IDS[0]}/{file}", IDS[0]),
        "d.mkv": (f"__all__/{IDS[2].lower()}/inner/{file}", IDS[2]),
        "e.mkv": (f"__all__/Other.2001/{IDS[0]}/{file}", IDS[0]),
        "f.mkv": (f"__all__/Other.2001/{file}", "BBBBBBBBBBBB1"),
        "g.mkv": ("__all__/0000000000000000000000000000000000000077/x.mkv", None),
    }
    for name, (target, _) in wanted.items():
        account.link(f"movies/{name}", target)
    assert account.home.run("scan").code == 0
    rows = account.home.sql("SELECT path, torrent_id FROM library_links")
    assert {os.path.basename(os.fsdecode(path)): torrent for path, torrent in rows} == {
        name: torrent for name, (_, torrent) in wanted.items()
    }


def test_the_archive_bears_witness_for_folders_named_by_ids(account: LinkTree) -> None:
    with contextlib.closing(sqlite3.connect(account.home.database)) as connection, connection:
        held = held_torrents(connection, {IDS[0].encode(): None, HASH.encode(): None, b"nothing": None})
        assert {*held} == {IDS[0].encode(), HASH.encode()}
        assert {HASH.encode(), IDS[2].encode()} <= held[HASH.encode()].names
        connection.execute("UPDATE torrents SET gone_at = 1 WHERE id = ?", (IDS[2],))
        assert known_gone(connection, [IDS[2].encode(), HASH.encode(), IDS[0].encode()]) == {
            IDS[2].encode(), HASH.encode(),
        }  # fmt: skip
        matcher = Matcher(connection, [b"/m"])
        assert matcher.match(b"/m/all/" + HASH.upper().encode() + b"/x.mkv") == IDS[2]
