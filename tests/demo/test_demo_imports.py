"""The Sonarr and the Radarr of the demo import links as the real ones do, and keep what they imported."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from mediatui.demo import arrs
from mediatui.model.arr import ArrKind
from mediatui.runtime.invocation import Invocation


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    """The services are made for each test."""
    arrs._made.cache_clear()
    yield
    arrs._made.cache_clear()


def ask(demo: Invocation, kind: ArrKind, path: str, body: object = None, /, **query: str) -> Any:
    """The answer of a service of the demo."""
    request = httpx.Request(
        "GET" if body is None else "POST", f"http://arr.invalid/api/v3/{path}", params=query, json=body,
        headers={"x-api-key": "demo"},
    )  # fmt: skip
    return arrs.demo_arr(kind, demo.paths.database)(request).json()


@pytest.mark.parametrize(
    ("kind", "name"),
    [("sonarr", "Foundation.S02E10.1080p.WEB-DL.x264-NEW.mkv"), ("radarr", "Dune.Part.Two.2024.1080p.WEB-DL-NEW.mkv")],
)
def test_a_link_is_listed_imported_as_a_link_and_kept(
    demo: Invocation, tmp_path: Path, kind: ArrKind, name: str
) -> None:
    target = tmp_path / "mount" / name
    target.parent.mkdir()
    target.write_bytes(b"v" * 100)
    link = tmp_path / "staging" / name
    link.parent.mkdir()
    link.symlink_to(target)
    listing = ask(demo, kind, "filesystem", path=f"{link.parent}/", includeFiles="true")
    assert [(one["name"], one["size"]) for one in listing["files"]] == [(name, len(str(target)))]
    (entry,) = ask(demo, kind, "manualimport", folder=str(link.parent), filterExistingFiles="false")
    item = entry["series" if kind == "sonarr" else "movie"]["id"]
    owner = {"seriesId": item} if kind == "sonarr" else {"movieId": item}
    episodes = {"episodeIds": [one["id"] for one in entry["episodes"]]} if kind == "sonarr" else {}
    assert (entry["rejections"], entry["size"]) == ([], 100)
    file = {"path": str(link), **owner, **episodes, "quality": entry["quality"], "languages": entry["languages"]}
    try:
        sent = ask(demo, kind, "command", {"name": "ManualImport", "files": [file], "importMode": "copy"})
        assert sent["message"] == "Manually imported 1 files"
        arrs._made.cache_clear()  # as in another run
        what = "episodefile" if kind == "sonarr" else "moviefile"
        (record,) = [
            one for one in ask(demo, kind, what, **{n: str(v) for n, v in owner.items()}) if name in one["path"]
        ]
        assert os.readlink(record["path"]) == str(target)
        (line,) = ask(demo, kind, "history", eventType="3")["records"]
        assert line["data"] == {"fileId": str(record["id"]), "droppedPath": str(link), "importedPath": record["path"]}
        worse = tmp_path / name.replace("1080p", "480p")
        worse.write_bytes(b"v")
        (entry,) = ask(demo, kind, "manualimport", folder=str(worse))
        assert [one["reason"].partition(" for ")[0] for one in entry["rejections"]] == ["Not an upgrade"]
    finally:
        for placed in demo.paths.database.parent.glob(f"library/**/{name}"):
            placed.unlink()
    ask(demo, kind, "command", {"name": "RescanSeries" if kind == "sonarr" else "RescanMovie", **owner})
    assert not [one for one in ask(demo, kind, what, **{n: str(v) for n, v in owner.items()}) if name in one["path"]]


def test_what_no_name_tells_is_unknown(demo: Invocation, tmp_path: Path) -> None:
    (tmp_path / "Nobody.Knows.2001.mkv").write_bytes(b"v")
    (unknown,) = ask(demo, "sonarr", "manualimport", folder=str(tmp_path))
    assert [one["reason"] for one in unknown["rejections"]] == ["Unknown Series"]


def test_a_service_sees_the_folder_of_what_it_has_files_of(demo: Invocation) -> None:
    """Though the library of the demo holds none: an import there is not held for an absent volume."""
    (root,) = ask(demo, "sonarr", "rootfolder")
    listing = ask(demo, "sonarr", "filesystem", path=f"{root['path']}/", includeFiles="true")
    assert "Foundation (2021)" in {one["name"] for one in listing["directories"]}
