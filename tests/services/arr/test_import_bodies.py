"""The bodies of imports: what loses a file is refused by us, and never sent."""

from __future__ import annotations

from typing import Any

import pytest

from mediatui.model.errors import UsageError
from mediatui.services.arr.bodies import import_body, import_entry, judge_entry, why_no_import
from tests.fakes.arr import FakeArr
from tests.worlds.arr_client import client

QUALITY = {"quality": {"id": 3, "name": "WEBDL-1080p"}, "revision": {"version": 1, "real": 0}}
ENGLISH = [{"id": 1, "name": "English"}]


def entry(kind: Any = "sonarr", **changed: object) -> dict[str, object]:
    """A file as it is sent."""
    made = import_entry(
        kind, path="/staging/1-x/x.mkv", item=7, episodes=(71,), quality=QUALITY, languages=ENGLISH, folder="X.S01",
        group="GRP", flags=0, release_type="singleEpisode",
    )  # fmt: skip
    return {name: value for name, value in {**made, **changed}.items() if value is not ...}


def test_a_film_has_no_fields_of_a_series() -> None:
    assert set(entry("radarr")) == {
        "path", "folderName", "movieId", "quality", "languages", "releaseGroup", "indexerFlags",
    }  # fmt: skip
    assert set(entry()) - set(entry("radarr")) == {"seriesId", "episodeIds", "releaseType"}


def test_what_is_judged_has_the_number_of_its_listing() -> None:
    judged = judge_entry("sonarr", entry(), 55, 3)
    assert (judged["id"], judged["seasonNumber"], "folderName" in judged) == (55, 3, False)


@pytest.mark.parametrize("mode", ["copy", "move"])
@pytest.mark.parametrize("kind", ["sonarr", "radarr"])
def test_a_whole_body_is_an_import(kind: Any, mode: Any) -> None:
    assert why_no_import(kind, import_body([entry(kind)], mode)) == ""


@pytest.mark.parametrize(
    ("kind", "files", "why"),
    [
        ("sonarr", [], "of no file"),
        ("sonarr", [entry()] * 101, "more than 100"),
        ("sonarr", [entry(quality=...)], "no quality"),
        ("sonarr", [entry(quality={})], "no quality"),
        ("sonarr", [entry(languages=[])], "no language"),
        ("sonarr", [entry(languages=...)], "no language"),
        ("sonarr", [entry(episodeIds=[])], "no episode"),
        ("sonarr", [entry(episodeIds=[0])], "no episode"),
        ("sonarr", [entry(seriesId=0)], "of nothing"),
        ("sonarr", [entry("radarr")], "of nothing"),
        ("radarr", [entry()], "of nothing"),
        ("radarr", [entry("radarr"), entry("radarr", path="/staging/1-x/y.mkv")], "two files of one film"),
        ("sonarr", [entry(path="")], "no path"),
        ("sonarr", ["x"], "no path"),
    ],
)
async def test_what_would_lose_a_file_is_never_sent(kind: Any, files: list[Any], why: str) -> None:
    fake = FakeArr(kind)
    body = import_body(files, "copy")
    assert why in why_no_import(kind, body)
    arr = client(fake, kind)
    with pytest.raises(UsageError, match=why):
        await arr.import_files(body)
    assert fake.seen == []
    await arr.close()


@pytest.mark.parametrize("changed", [{"importMode": "auto"}, {"name": "RescanMovie"}, {"movieIds": [1]}])
def test_another_command_is_no_import(changed: dict[str, object]) -> None:
    assert why_no_import("sonarr", {**import_body([entry()], "copy"), **changed})
