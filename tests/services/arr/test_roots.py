"""Several services: each is asked only for what lies below its own root folders, of two the one with the innermost."""

from __future__ import annotations

import httpx
from pydantic import SecretStr

from mediatui.model.path_map import PathMap
from mediatui.services.arr.client import Arr
from mediatui.services.arr.http import ArrHttp
from mediatui.services.arr.roots import RootFolders
from mediatui.settings.model import Settings
from tests.fakes.arr import BROKEN, KEY, FakeArr
from tests.fakes.arr_qualities import Kind


class Several:
    """Sonarrs and Radarrs by name, each with root folders."""

    def __init__(self, **roots: tuple[Kind, list[str]]) -> None:
        self.fakes: dict[str, FakeArr] = {}
        tables: dict[Kind, list[dict[str, object]]] = {"sonarr": [], "radarr": []}
        for name, (kind, folders) in roots.items():
            self.fakes[name] = FakeArr(kind)
            tables[kind].append({"name": name, "enabled": True, "url": f"http://{name}.invalid", "api_key": KEY})
            for folder in folders:
                self.fakes[name].root(folder)
        self.settings = Settings.model_validate(tables)
        self.roots = RootFolders(self.settings, self.connect)

    def connect(self, name: str) -> Arr:
        service = self.settings.arr(name)
        transport = httpx.MockTransport(self.fakes[name])
        http = ArrHttp(service.kind, service.url, SecretStr(KEY), name=name, retry_pause_s=0.0001, transport=transport)
        return Arr(http)

    async def asked(self, name: str, *paths: str, path_map: PathMap | None = None) -> list[str]:
        return await self.roots.asked(self.connect(name), path_map or PathMap(), paths)


async def test_each_is_asked_for_what_lies_in_its_own_root_folders() -> None:
    world = Several(tv=("sonarr", ["/lib/tv"]), anime=("sonarr", ["/lib/anime"]))
    paths = ["/lib/tv/Dark/1.mkv", "/lib/anime/Mushishi/1.mkv", "/lib/tv4k/Dark/1.mkv", "/elsewhere/1.mkv"]
    assert await world.asked("tv", *paths) == paths[:1]
    assert await world.asked("anime", *paths) == paths[1:2]


async def test_of_two_that_claim_a_path_the_innermost_root_counts() -> None:
    world = Several(tv=("sonarr", ["/lib"]), anime=("sonarr", ["/lib/tv/anime"]))
    deep, flat = "/lib/tv/anime/Mushishi/1.mkv", "/lib/tv/Dark/1.mkv"
    assert await world.asked("tv", deep, flat) == [flat]
    assert await world.asked("anime", deep, flat) == [deep]
    assert await world.roots.of_others(world.connect("tv"), PathMap(), [deep, flat]) == {deep}


async def test_of_one_root_folder_both_are_asked() -> None:
    world = Several(tv=("sonarr", ["/lib/tv"]), uhd=("sonarr", ["/lib/tv/"]))
    for name in ("tv", "uhd"):
        assert await world.asked(name, "/lib/tv/Dark/1.mkv") == ["/lib/tv/Dark/1.mkv"]


async def test_paths_are_compared_as_we_see_them() -> None:
    world = Several(tv=("sonarr", ["/data/tv"]))
    path_map = PathMap([("/srv/library", "/data")])
    assert await world.asked("tv", "/srv/library/tv/Dark/1.mkv", "/data/tv/x", path_map=path_map) == [
        "/srv/library/tv/Dark/1.mkv"
    ]


async def test_the_other_kind_is_neither_asked_nor_waited_for() -> None:
    """A service is asked only for what can be its own."""
    world = Several(sonarr=("sonarr", ["/lib/tv"]), radarr=("radarr", ["/lib/tv/films"]))
    assert await world.asked("sonarr", "/lib/tv/films/x") == ["/lib/tv/films/x"]
    assert world.fakes["radarr"].seen == []
    assert len(world.fakes["sonarr"].seen) == 1


async def test_every_service_is_asked_once_for_its_root_folders() -> None:
    world = Several(tv=("sonarr", ["/lib/tv"]), anime=("sonarr", ["/lib/anime"]))
    for _ in range(3):
        await world.asked("tv", "/lib/tv/x")
        await world.asked("anime", "/lib/tv/x")
    assert [len(fake.seen) for fake in world.fakes.values()] == [1, 1]


async def test_another_one_that_is_away_contends_for_nothing() -> None:
    world = Several(tv=("sonarr", ["/lib/tv"]), anime=("sonarr", ["/lib/tv/anime"]))
    world.fakes["anime"].fail(BROKEN)
    assert await world.asked("tv", "/lib/tv/anime/x") == ["/lib/tv/anime/x"]


async def test_one_without_root_folders_is_asked_for_what_no_other_has() -> None:
    world = Several(tv=("sonarr", []), anime=("sonarr", ["/lib/anime"]))
    assert await world.asked("tv", "/lib/anime/x", "/lib/tv/x") == ["/lib/tv/x"]
