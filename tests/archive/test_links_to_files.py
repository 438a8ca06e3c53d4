"""The file of a torrent that a link of the library points at."""

from __future__ import annotations

import pytest

from mediatui.archive.links_to_files import file_of_target, links_by_file
from mediatui.model.torrent import TorrentFile
from mediatui.store.torrents.listing import LinkInto

FILES = (
    TorrentFile(1, "/Season 1/E01.mkv", 10, True),
    TorrentFile(2, "/Season 2/E01.mkv", 10, True),
    TorrentFile(3, "/Film.mkv", 10, True),
    TorrentFile(4, "/Extras/Making of.mkv", 10, False),
)


@pytest.mark.parametrize(
    ("target", "file"),
    [
        ("/mnt/all/Show/Season 2/E01.mkv", 2),
        ("../../mnt/all/Show/Film.mkv", 3),
        ("/mnt/all/Film.mkv/Film.mkv", 3),
        ("/mnt/all/Show/E01.mkv", None),  # either
        ("/mnt/all/Show/Extras_Making of.mkv", 4),
        ("/mnt/all/Show/E02.mkv", None),
        ("/mnt/all/Show", None),
        ("", None),
    ],
)
def test_a_target_ends_with_the_path_of_its_file(target: str, file: int | None) -> None:
    found = file_of_target(FILES, target)
    assert (None if found is None else found.file_id) == file


def test_links_stand_with_their_file_and_the_others_apart() -> None:
    links = [LinkInto(f"/l/{number}", f"/m/T/{name}") for number, name in enumerate(("Film.mkv", "?", "Film.mkv"))]
    assert links_by_file(FILES, links) == ({3: [links[0], links[2]]}, [links[1]])
