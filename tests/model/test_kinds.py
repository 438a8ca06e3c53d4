"""What the folders of a path say of films and episodes, and whose a path can therefore be."""

from __future__ import annotations

import pytest

from mediatui.model.kinds import kind_of, may_hold

ROOTS = (b"/srv/library", b"/srv/tv")


@pytest.mark.parametrize(
    ("path", "kind", "sonarr", "radarr"),
    [
        (b"/srv/library/Films/Heat/a.mkv", "film", False, True),
        (b"/srv/library/S\xc3\xa9ries/Dark/a.mkv", "episode", True, False),
        (b"/srv/tv/Dark/a.mkv", "episode", True, False),
        (b"/srv/library/Comedy/a.mkv", "", True, True),
        # Films of that kind are kept there too, and some have films among their series.
        (b"/srv/library/Anime/a.mkv", "episode", True, True),
        (b"/srv/tv/Movies/a.mkv", "episode", True, True),
        (b"/srv/library/Films/Anime/a.mkv", "film", False, True),
    ],
)
def test_folders_say_whose_a_path_can_be(path: bytes, kind: str, sonarr: bool, radarr: bool) -> None:
    assert kind_of(path, ROOTS) == kind
    assert (may_hold("sonarr", path, ROOTS), may_hold("radarr", path, ROOTS)) == (sonarr, radarr)
