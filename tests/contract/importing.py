"""What a case of an import makes on a server, and how it asks for one."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.contract.server import Answer, Held, Server

QUALITY: dict[str, Any] = {"quality": {"id": 3, "name": "WEBDL-1080p"}, "revision": {"version": 1, "real": 0}}


class Staging:
    """A folder of files to import for an item, each a link to a file of its own on the mount."""

    def __init__(self, server: Server, held: Held) -> None:
        self.server, self.held = server, held
        self.folder = server.folder / "staging" / "7-fresh"
        self.folder.mkdir(parents=True)
        for folder in (self.folder, self.folder.parent):
            folder.chmod(0o777)

    def name(self, number: int = 1, rest: str = "1080p.WEB-DL.x264-NEW") -> str:
        """The name of a release of the episode with this number of the first season, or of the film."""
        title, row = self.held.title.replace(" ", "."), self.server.row(self.held)
        what = f"S01E{number:02}" if self.server.kind == "sonarr" else str(row["year"])
        return f"{title}.{what}.{rest}.mkv"

    def link(self, name: str) -> Path:
        """A link of this name in the folder."""
        target = self.server.mount / "fresh" / name
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(self.server.video + b"fresh")
        link = self.folder / name
        link.symlink_to(self.server.theirs(target))
        return link

    def list(self, path: Path | None = None) -> Answer:
        """What the server lists there."""
        folder = self.server.theirs(path or self.folder)
        return self.server.get("manualimport", folder=folder, filterExistingFiles="false")

    def entry(self, link: Path, *episodes: int, **more: object) -> dict[str, Any]:
        """The file of a command: for these episodes of the first season, or for the film."""
        told: dict[str, Any] = {"path": self.server.theirs(link), self.server.owner: self.held.id}
        told |= {"quality": QUALITY, "languages": [{"id": 1, "name": "English"}], "releaseGroup": "NEW"}
        if self.server.kind == "sonarr":
            told |= {"episodeIds": [self.ids()[one] for one in episodes or (1,)], "releaseType": "singleEpisode"}
        return told | more

    def ids(self) -> dict[int, int]:
        """The ids of the episodes of the first season, by their number."""
        rows = self.server.episodes(self.held)
        return {row["episodeNumber"]: row["id"] for row in rows if row["seasonNumber"] == 1}

    def run(self, files: Iterable[dict[str, Any]], mode: str = "copy") -> dict[str, Any]:
        """An import, to its end."""
        return self.server.run("ManualImport", files=list(files), importMode=mode)

    def file_of(self, number: int = 1) -> dict[str, Any] | None:
        """The record of an episode, or of the film; None when it has none."""
        if self.server.kind == "radarr":
            wanted = self.server.row(self.held)["movieFileId"]
        else:
            wanted = next(
                row["episodeFileId"]
                for row in self.server.episodes(self.held)
                if (row["seasonNumber"], row["episodeNumber"]) == (1, number)
            )
        return next((row for row in self.server.records(self.held) if row["id"] == wanted), None)

    def record(self, number: int = 1) -> dict[str, Any]:
        """The record of an episode, or of the film, that has one."""
        found = self.file_of(number)
        assert found is not None
        return found

    def ours(self, record: dict[str, Any]) -> Path:
        """Where the file of a record is, by our name."""
        return self.held.folder / str(record["relativePath"])


def ended(end: dict[str, Any]) -> tuple[str, str, str]:
    """How a command ended."""
    return end["status"], end["result"], end.get("message", "")


def all_went_well(files: int) -> tuple[str, str, str]:
    """What every import says that did not fail, whatever it came to."""
    return "completed", "successful", f"Manually imported {files} files"


def text(link: Path) -> str:
    """What a link says."""
    return os.readlink(link)
