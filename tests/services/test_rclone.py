"""rclone's remote control by its recorded answers: the status proves nothing, one mount of several is named."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
import pytest
from pydantic import SecretStr

from mediatui.services.errors import BadAnswer, Refused, ServiceError, Transient, Unreachable
from mediatui.services.rclone import Rclone, fs_of

SEVERAL = {"error": 'more than one VFS active - need "fs" parameter', "path": "vfs/refresh", "status": 500}
NO_SUCH = {"error": 'couldn\'t find method "vfs/refresh"', "input": {}, "path": "vfs/refresh", "status": 404}
DOWN = "couldn't list files: 503 Service Unavailable"


@dataclass
class Control:
    """A remote control: ``answers`` by command, ``asked`` is what came, as command and body."""

    answers: dict[str, object] = field(default_factory=dict)
    vfses: tuple[str, ...] = ("rd:",)
    asked: list[tuple[str, object]] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        command = request.url.path.strip("/")
        self.asked.append((command, json.loads(request.content)))
        found = self.answers.get(command, {"vfses": list(self.vfses)} if command == "vfs/list" else {})
        if isinstance(found, Exception):
            raise found
        return found if isinstance(found, httpx.Response) else httpx.Response(200, json=found)

    def client(self, **given: object) -> Rclone:
        return Rclone("http://127.0.0.1:5572/", **given, transport=httpx.MockTransport(self))  # type: ignore[arg-type]

    def refresh(self, folder: str = "movies", **given: object) -> str:
        return asyncio.run(self.client(**given).refresh(folder))


@pytest.mark.parametrize(("folder", "body"), [("movies", {"dir": "movies"}), ("", {})])
def test_a_refresh_names_the_folder_and_nothing_for_the_root_and_never_asks_for_what_is_below(
    folder: str, body: object
) -> None:
    control = Control({"vfs/refresh": {"result": {folder: "OK"}}})
    assert control.refresh(folder) == ""
    assert control.asked == [("vfs/list", {}), ("vfs/refresh", body)]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"result": {"movies": DOWN}}, DOWN),
        ({"result": {"movies": "file does not exist"}}, "file does not exist"),
        ({"result": {"shows": "OK"}}, "it does not report the result"),
        ({"result": "OK"}, "it does not report the result"),
        ({"jobid": 18}, "it does not report the result"),
        ({}, "it does not report the result"),
    ],
)
def test_a_status_of_200_proves_nothing_only_ok_of_the_folder_does(answer: object, said: str) -> None:
    assert Control({"vfs/refresh": answer}).refresh() == said


@pytest.mark.parametrize(
    ("answer", "error", "text"),
    [
        (httpx.Response(401, text="Unauthorized\n"), Refused, "refuses (HTTP 401)"),
        (httpx.Response(404, json=NO_SUCH), BadAnswer, "couldn't find method"),
        (httpx.Response(500, json=SEVERAL), BadAnswer, "does not know which mount is meant"),
        (httpx.Response(500, json={"error": 'no VFS found with name "rd"'}), BadAnswer, "which mount is meant"),
        (httpx.Response(200, text="<html>login</html>"), BadAnswer, "something else answers"),
        (httpx.Response(200, json=["OK"]), BadAnswer, "something else answers"),
        (httpx.Response(302, headers={"location": "/login"}), BadAnswer, "something else answers"),
        (httpx.ConnectError("refused"), Unreachable, "cannot be reached"),
        (httpx.ReadTimeout("late"), Transient, "did not answer in time"),
        (httpx.RemoteProtocolError("cut"), Transient, "broke"),
    ],
)
def test_what_is_no_answer_to_a_refresh_is_an_error_with_its_reason(
    answer: object, error: type[ServiceError], text: str
) -> None:
    with pytest.raises(error) as caught:
        Control({"vfs/refresh": answer}).refresh()
    assert text in caught.value.message


def test_the_login_is_basic_and_never_shown() -> None:
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["authorization"])
        return httpx.Response(500, json={"error": "no secret-word here"})

    client = Rclone(
        "http://h", "me", SecretStr("secret-word"), transport=httpx.MockTransport(answer)
    )  # fmt: skip
    with pytest.raises(BadAnswer) as caught:
        asyncio.run(client.refresh("movies"))
    assert seen[0].startswith("Basic ")
    assert "secret-word" not in caught.value.message


def test_a_cache_time_is_in_nanoseconds() -> None:
    control = Control({"vfs/stats": {"opt": {"DirCacheTime": 35996400000000000}}})
    assert asyncio.run(control.client().cache_s()) == 9999 * 3600


@pytest.mark.parametrize(
    ("source", "names", "found"),
    [
        ("rd:", ["rd{ml3Um}:", "rd{ml3Um}:shows"], "rd{ml3Um}:"),
        ("rd{ml3Um}:shows", ["rd{ml3Um}:", "rd{ml3Um}:shows"], "rd{ml3Um}:shows"),
        ("rd:", ["rd:", "rd{ml3Um}:"], "rd:"),
        ("rd{ml3Um}:", ["rd:", "rd:shows"], "rd:"),
        ("rd:", ["rd{aaaaa}:", "rd{bbbbb}:"], ""),
        (":webdav{aaaaa}:", [":webdav{bbbbb}:"], ""),
        ("my-mount", ["rd:", "rd:shows"], ""),
        ("", ["rd:", "rd:shows"], ""),
    ],
)
def test_the_mount_of_several_is_found_by_its_source_in_the_mount_table(
    source: str, names: list[str], found: str
) -> None:
    """Not where --devname gave another name."""
    assert fs_of(source, names) == found


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({"source": "rd:"}, [("vfs/list", {}), ("vfs/refresh", {"dir": "movies", "fs": "rd{ml3Um}:"})]),
        ({"fs": "rd:", "source": "other"}, [("vfs/refresh", {"dir": "movies", "fs": "rd:"})]),
    ],
)
def test_of_several_mounts_the_one_that_is_meant_is_named(given: dict[str, str], asked: object) -> None:
    control = Control({"vfs/refresh": {"result": {"movies": "OK"}}}, vfses=("rd{ml3Um}:", "rd{ml3Um}:shows"))
    assert control.refresh(**given) == ""
    assert control.asked == asked


@pytest.mark.parametrize("ask", [lambda client: client.refresh("movies"), lambda client: client.cache_s()])
def test_where_the_mount_cannot_be_told_none_is_asked(ask: Callable[[Rclone], object]) -> None:
    control = Control(vfses=("rd:", "rd:shows"))
    with pytest.raises(BadAnswer) as caught:
        asyncio.run(ask(control.client(source="my-mount")))  # type: ignore[arg-type]
    assert "does not know which mount is meant (rd:, rd:shows)" in caught.value.message
    assert "rclone_fs" in caught.value.hint
    assert [command for command, _ in control.asked] == ["vfs/list"]


@pytest.mark.parametrize(("source", "asked"), [("other:", False), ("rd:", True)])
def test_the_one_mount_of_an_address_that_stands_for_all_has_to_be_the_one_that_is_meant(
    source: str, asked: bool
) -> None:
    """Two rclones, and library.rclone_rc of one: a refresh of that one proves nothing about the other's mount."""
    control = Control({"vfs/refresh": {"result": {"movies": "OK"}}}, vfses=("rd:",))
    if asked:
        assert control.refresh(source=source, is_own=False) == ""
    else:
        with pytest.raises(BadAnswer):
            control.refresh(source=source, is_own=False)
    assert ("vfs/refresh" in [command for command, _ in control.asked]) is asked
