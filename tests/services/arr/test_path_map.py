"""A service that sees the library under other paths is found out, the map that fits proposed."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from mediatui.model.path_map import PathMap
from mediatui.services.arr.client import Arr
from mediatui.services.arr.http import ArrHttp
from mediatui.services.arr.path_map import ProposedMap, RootsComparison, compare_roots, meets
from tests.fakes.arr import KEY, FakeArr


def made(*folders: Path) -> None:
    for folder in folders:
        folder.mkdir(parents=True)


def fake(theirs: Callable[[str], str], **folders: Sequence[Path]) -> FakeArr:
    """A Sonarr with these root folders, each with a folder for each series named in it."""
    sonarr = FakeArr("sonarr", theirs=theirs)
    for series in folders.values():
        for folder in series:
            sonarr.hold(folder.name, folder)
    return sonarr


async def look(sonarr: FakeArr, roots: Sequence[Path], path_map: PathMap | None = None) -> RootsComparison:
    arr = Arr(ArrHttp(sonarr.kind, "http://arr.invalid", SecretStr(KEY), transport=httpx.MockTransport(sonarr)))
    return await compare_roots(arr, path_map or PathMap(), [str(root) for root in roots])


def applied(proposal: ProposedMap | None) -> PathMap:
    assert proposal is not None
    return PathMap(proposal.pairs)


async def test_roots_that_meet_ask_for_nothing_more(tmp_path: Path) -> None:
    show = tmp_path / "library" / "tv" / "Dark"
    made(show)
    for root in (tmp_path / "library", show.parent, show):
        sonarr = fake(lambda path: path, tv=[show])
        found = await look(sonarr, [root])
        assert (found.blind, len(found.meeting), found.proposal) == (False, 1, None)
        assert sonarr.lists() == 0
    assert not (await look(FakeArr("sonarr"), [tmp_path])).blind


async def test_the_common_tail_of_both_is_left_out_of_the_map(tmp_path: Path) -> None:
    """``/srv/library/tv`` here and ``/data/library/tv`` in a container."""
    library = tmp_path / "library"
    shows = [library / "tv" / name for name in ("Dark", "Harbor Lights", "Fargo")]
    made(*shows)
    sonarr = fake(lambda path: path.replace(str(tmp_path), "/data"), tv=shows)
    found = await look(sonarr, [library / "tv"])
    assert found.blind
    assert found.proposal == ProposedMap(((str(tmp_path), "/data"),), 3, 3)
    again = await look(sonarr, [library / "tv"], applied(found.proposal))
    assert not again.blind


async def test_folders_of_the_series_tell_where_names_do_not(tmp_path: Path) -> None:
    shows = [tmp_path / "library" / "Séries" / "Drama" / name for name in ("Dark", "Fargo")]
    others = [tmp_path / "library" / "Films" / "Drama"]
    made(*shows, *others)
    sonarr = fake(lambda path: path.replace(str(shows[0].parent), "/tv"), tv=shows)
    found = await look(sonarr, [tmp_path / "library" / "Séries", others[0].parent])
    assert found.proposal == ProposedMap(((str(shows[0].parent), "/tv"),), 2, 2)


async def test_a_root_of_theirs_above_several_of_ours_is_found(tmp_path: Path) -> None:
    film, show = tmp_path / "library" / "films" / "Heat", tmp_path / "library" / "tv" / "Dark"
    made(film, show)
    sonarr = FakeArr("sonarr", theirs=lambda path: path.replace(str(tmp_path / "library"), "/media"))
    sonarr.root(tmp_path / "library")
    sonarr.hold("Dark", show)
    found = await look(sonarr, [film.parent, show.parent])
    assert found.proposal == ProposedMap(((str(tmp_path / "library"), "/media"),), 1, 1)


async def test_what_one_short_map_cannot_say_is_said_root_by_root(tmp_path: Path) -> None:
    first, second = tmp_path / "one" / "tv" / "Dark", tmp_path / "two" / "anime" / "Mushishi"
    made(first, second)

    def theirs(path: str) -> str:
        return path.replace(str(tmp_path / "one"), "/data").replace(str(tmp_path / "two"), "/data")

    found = await look(fake(theirs, tv=[first], anime=[second]), [first.parent, second.parent])
    path_map = applied(found.proposal)
    assert path_map.to_ours("/data/tv/Dark") == str(first)
    assert path_map.to_ours("/data/anime/Mushishi") == str(second)


async def test_windows_and_other_forms_of_unicode_are_no_hindrance(tmp_path: Path) -> None:
    show = tmp_path / "library" / "Se\u0301ries" / "Dark"
    made(show)
    sonarr = fake(lambda path: path.replace(str(tmp_path / "library"), "D:").replace("/", "\\").replace("e\u0301", "é"))
    sonarr.records.roots.append("D:\\Séries")
    found = await look(sonarr, [show.parent])
    assert found.proposal is not None
    assert applied(found.proposal).to_ours("D:\\Séries\\Dark") == str(show)


async def test_where_nothing_speaks_for_one_none_is_proposed(tmp_path: Path) -> None:
    made(tmp_path / "library" / "tv" / "Dark")
    sonarr = FakeArr("sonarr")
    sonarr.hold("Fargo", "/volume1/video/Fargo")
    found = await look(sonarr, [tmp_path / "library" / "tv"])
    assert (found.blind, found.proposal) == (True, None)
    assert (await look(sonarr, [tmp_path / "gone"])).proposal is None


def test_the_command_sets_what_it_says(tmp_path: Path) -> None:
    proposal = ProposedMap((("/srv/it's here", "/data"),), 1, 1)
    words = shlex.split(proposal.command("sonarr.anime"))
    assert words[:4] == ["mediatui", "config", "set", "sonarr.anime.path_map"]
    assert json.loads(words[4]) == [{"ours": "/srv/it's here", "theirs": "/data"}]


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/a/b", True), ("/a", True), ("/a/b/c", True), ("/a/bc", False), ("/", True), ("b", False), ("D:\\a\\b", False)],
)
def test_folders_meet_by_whole_names(path: str, expected: bool) -> None:
    assert meets(path, ["/a/b"]) is expected
