"""A Sonarr or Radarr the contract is tried on, fake or real, and the items and links a case makes there."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.contract.real import RealServer, numbers, small_video, variable
from tests.fakes.arr import KEY, FakeArr
from tests.fakes.arr_qualities import Kind

ENDS = {"completed", "failed", "aborted", "cancelled", "orphaned"}
OURS = "mediatui-contract"
MOST_S = 120.0


@dataclass(frozen=True)
class Answer:
    """What a request was answered with; ``body`` is None when it is empty."""

    status: int
    body: Any
    headers: httpx.Headers


@dataclass
class Held:
    """An item a case made: its id, its folder, and its links with what they lead to, all by our names."""

    id: int
    folder: Path
    title: str
    links: list[Path] = field(default_factory=list)
    targets: list[Path] = field(default_factory=list)


class Server:
    """One server. Its words: ``item`` ("series", "movie"), ``file`` ("episodefile", …), ``owner`` ("seriesId", …)."""

    def __init__(self, kind: Kind, folder: Path, client: httpx.Client, *, fake: FakeArr | None = None) -> None:
        self.kind: Kind = kind
        self.fake = fake
        self.item, self.file, self.owner = (
            ("series", "episodefile", "seriesId") if kind == "sonarr" else ("movie", "moviefile", "movieId")
        )
        self.rescan_name = "RescanSeries" if kind == "sonarr" else "RescanMovie"
        self.folder = folder
        self.library, self.mount = folder / "library", folder / "mount"
        self._client = client
        self._theirs: Callable[[str], str] = lambda path: path
        self.video = b"v" * 2048
        self._before: dict[str, object] = {}

    @classmethod
    def of_fake(cls, kind: Kind, folder: Path, released: bool = False) -> Server:
        """A fake."""
        fake = FakeArr(kind, released=released, strict=False)
        client = httpx.Client(transport=fake.transport(), base_url="http://arr.invalid")
        return cls(kind, folder, client, fake=fake)

    @classmethod
    def of_real(cls, kind: Kind, real: RealServer) -> Server:
        """A real one; the case is skipped when no folder is named."""
        if not real.ours:
            pytest.skip(f"{variable(kind)} names no folder both sides see (MEDIATUI_TEST_FOLDER)")
        server = cls(
            kind, Path(real.ours) / OURS / f"{kind}-{uuid.uuid4().hex[:8]}", httpx.Client(base_url=real.url, timeout=60)
        )
        server.key = real.key
        server._theirs = lambda path: real.theirs.rstrip("/") + path.removeprefix(real.ours.rstrip("/"))
        return server

    key = KEY

    @property
    def released(self) -> bool:
        """Whether it is the released Sonarr 4.0 and not a newer one."""
        return self.kind == "sonarr" and self.get("/api").body["current"] == "v3"

    def open(self) -> None:
        """Makes the folders, and one of them a root folder of the server."""
        if self.fake is None:
            self._sweep()
            for left in self.folder.parent.glob(f"{self.kind}-*"):
                shutil.rmtree(left)
            self.video = small_video()
        for folder in (self.library, self.mount):
            folder.mkdir(parents=True)
            folder.chmod(0o777)
        added = self.post("rootfolder", {"path": self.theirs(self.library)})
        assert added.status == 201, added

    def close(self) -> None:
        """Takes back all of it: settings, items, root folder, files."""
        try:
            if self._before:
                self.put(f"config/mediamanagement/{self.setting('id')}", {**self._settings(), **self._before})
            self._sweep()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
            if self.fake is None and self.folder.parent.is_dir() and not os.listdir(self.folder.parent):
                self.folder.parent.rmdir()
            self._client.close()

    def _sweep(self) -> None:
        """Removes our items and root folders, also those of a run that was killed."""
        below = self.theirs(self.folder.parent if self.fake is None else self.folder) + "/"
        for row in self.get(self.item).body:
            if str(row["path"]).startswith(below):
                self.delete(f"{self.item}/{row['id']}", deleteFiles="false")
        for row in self.get("rootfolder").body:
            if str(row["path"]).startswith(below):
                self.delete(f"rootfolder/{row['id']}")

    # Requests

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        params: Mapping[str, object] | None = None,
        key: str | None = "",
    ) -> Answer:
        """One request; a path that begins with ``/`` is one of the server, else of its API."""
        headers = {} if key is None else {"X-Api-Key": key or self.key}
        url = path if path.startswith("/") else f"/api/v3/{path}"
        asked: Any = [(name, str(one)) for name, value in (params or {}).items() for one in _each(value)]
        content = None if body is None else json.dumps(body)
        headers["content-type"] = "application/json"
        answer = self._client.request(method, url, params=asked or None, content=content, headers=headers)
        text = answer.content
        return Answer(answer.status_code, json.loads(text) if text.strip() else None, answer.headers)

    def get(self, path: str, /, **params: object) -> Answer:
        return self.ask("GET", path, params=params)

    def post(self, path: str, body: object = None) -> Answer:
        return self.ask("POST", path, body)

    def put(self, path: str, body: object, /, **params: object) -> Answer:
        return self.ask("PUT", path, body, params=params)

    def delete(self, path: str, body: object = None, /, **params: object) -> Answer:
        return self.ask("DELETE", path, body, params=params)

    # Commands

    def run(self, name: str, **body: object) -> dict[str, Any]:
        """A command, to its end."""
        sent = self.post("command", {"name": name, **body})
        assert sent.status == 201, sent
        return self.end_of(sent.body["id"])

    def end_of(self, command: int) -> dict[str, Any]:
        """The command when it has ended."""
        row = _until(lambda: self.get(f"command/{command}").body, lambda row: row["status"] in ENDS)
        assert isinstance(row, dict)
        return row

    def rescan(self, held: Held) -> dict[str, Any]:
        """Has an item looked at again."""
        return self.run(self.rescan_name, **{self.owner: held.id})

    def search(self, held: Held) -> dict[str, Any]:
        """Has a release looked for: for the first episode of a series, or for a film."""
        if self.get("indexer").body:
            pytest.skip("this server has indexers: a search could download something")
        if self.kind == "radarr":
            return self.run("MoviesSearch", movieIds=[held.id])
        return self.run("EpisodeSearch", episodeIds=[self.episodes(held)[0]["id"]])

    # The root folder

    @contextlib.contextmanager
    def root_away(self, emptied: bool) -> Iterator[None]:
        """Without the root folder, or with nothing in it."""
        away = self.folder / "away"
        self.library.rename(away)
        if emptied:
            self.library.mkdir()
        try:
            yield
        finally:
            if emptied:
                self.library.rmdir()
            away.rename(self.library)

    # Settings

    def _settings(self) -> dict[str, Any]:
        settings = self.get("config/mediamanagement").body
        assert isinstance(settings, dict)
        return settings

    def setting(self, name: str) -> object:
        return self._settings()[name]

    def set(self, **values: object) -> None:
        """Changes settings of media management until the case is over."""
        now = self._settings()
        for name in values:
            self._before.setdefault(name, now[name])
        answer = self.put(f"config/mediamanagement/{now['id']}", {**now, **values})
        assert answer.status == 202, answer

    def unmonitor_deleted(self) -> None:
        """Switches "unmonitor deleted" on."""
        what = "Episodes" if self.kind == "sonarr" else "Movies"
        self.set(**{f"autoUnmonitorPreviouslyDownloaded{what}": True})

    # Items

    def theirs(self, path: Path) -> str:
        """A path of ours as the server writes it."""
        return self._theirs(str(path))

    def hold(self, files: int = 1, folder: Path | None = None) -> Held:
        """An item in a folder of its own, with as many links (one for a film), each on record and monitored."""
        found = self.unheld()
        title = re.sub(r"[^A-Za-z0-9]+", " ", found["title"]).strip()
        folder = folder or self.library / f"{title} ({found['year']})"
        profile = self.get("qualityprofile").body[0]["id"]
        body = {
            **found, "path": self.theirs(folder), "qualityProfileId": profile, "monitored": True,
            "minimumAvailability": "released",
            "addOptions": {"monitor": "skip" if self.kind == "sonarr" else "movieOnly"},
        }  # fmt: skip
        added = self.post(self.item, body)
        assert added.status == 201, added
        held = Held(added.body["id"], folder, found["title"])
        self.wait_for_refresh(held.id)
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o777)
        for name in self._names(held, title, found["year"], files):
            self.link(held, name)
        end = self.rescan(held)
        assert (end["status"], len(self.records(held))) == ("completed", len(held.links)), end
        return held

    def link(self, held: Held, name: str) -> Path:
        """One more link in an item's folder, to a file of its own on the mount."""
        target, link = self.mount / str(held.id) / name, held.folder / name
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(self.video + bytes(len(held.links)))
        # What the link says is for the server to follow.
        link.symlink_to(self.theirs(target))
        held.links.append(link)
        held.targets.append(target)
        return link

    def _names(self, held: Held, title: str, year: int, files: int) -> list[str]:
        dotted = title.replace(" ", ".")
        if self.kind == "radarr":
            return [f"{dotted}.{year}.1080p.WEB-DL.x264-GRP.mkv"]
        rows = sorted(self.episodes(held), key=lambda row: (row["seasonNumber"], row["episodeNumber"]))
        chosen = [row for row in rows if row["seasonNumber"] == 1][:files]
        if len(chosen) < files:
            pytest.skip(f"{held.title} has no {files} episodes in its first season; name another (MEDIATUI_TEST_TVDB)")
        return [f"{dotted}.S01E{row['episodeNumber']:02}.1080p.WEB-DL.x264-GRP.mkv" for row in chosen]

    def unheld(self) -> dict[str, Any]:
        """What a lookup says of a series or film the server does not hold yet."""
        sonarr = self.kind == "sonarr"
        name, word = ("TVDB", "tvdb") if sonarr else ("TMDB", "tmdb")
        for one in numbers(name, [*range(900_001, 900_011)] if sonarr else [*range(800_001, 800_016)]):
            answer = self.get(f"{self.item}/lookup", term=f"{word}:{one}")
            if answer.status == 200 and answer.body and not answer.body[0].get("id"):
                found: dict[str, Any] = answer.body[0]
                return found
        pytest.skip(f"{variable(self.kind)} finds no title to add; name some it lacks (MEDIATUI_TEST_{name})")

    def wait_for_refresh(self, item: int) -> None:
        """The answer to an addition comes before the episodes do."""
        name, ids = ("RefreshMovie", "movieIds") if self.kind == "radarr" else ("RefreshSeries", "seriesIds")

        def refreshes() -> list[str]:
            rows = [row for row in self.get("command").body if row["name"] == name]
            return [row["status"] for row in rows if item in row.get("body", {}).get(ids, ())]

        _until(refreshes, lambda seen: bool(seen) and set(seen) <= ENDS)

    def row(self, held: Held) -> dict[str, Any]:
        """The item as it is answered now."""
        row = self.get(f"{self.item}/{held.id}").body
        assert isinstance(row, dict)
        return row

    def records(self, held: Held) -> list[dict[str, Any]]:
        """Its file records, by path."""
        rows = self.get(self.file, **{self.owner: held.id}).body
        return sorted(rows, key=lambda row: str(row["path"]))

    def ids(self, held: Held) -> list[int]:
        """The ids of its file records, by path."""
        return [row["id"] for row in self.records(held)]

    def episodes(self, held: Held) -> list[dict[str, Any]]:
        """Its episodes."""
        rows = self.get("episode", seriesId=held.id).body
        return sorted(rows, key=lambda row: (row["seasonNumber"], row["episodeNumber"]))

    def marks(self, held: Held) -> list[tuple[bool, bool]]:
        """Whether it has a file and is monitored: each episode of the first season, or the film."""
        rows = [self.row(held)] if self.kind == "radarr" else self.episodes(held)
        return [(row["hasFile"], row["monitored"]) for row in rows if row.get("seasonNumber", 1) == 1]


def _each(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else [value]


def _until(look: Callable[[], Any], done: Callable[[Any], bool]) -> Any:
    """What a look shows once it is as it should be; fails when that takes too long."""
    end = time.monotonic() + MOST_S
    while not done(seen := look()):
        assert time.monotonic() < end, f"after {MOST_S:g} s it is still {seen}"
        time.sleep(0.05)
    return seen
