"""What was sent through the simulated Sonarr or Radarr: it comes within minutes, and is imported as a small file."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from mediatui.demo.arr_items import Known, Row, date_of, file_of
from mediatui.model.arr import ArrKind

COMES_IN_S: Final = 120.0
"""So long what is sent takes to come."""
SIZE: Final = 4_000_000_000
CONTENT: Final = bytes(1 << 20)
"""What stands for a film or an episode."""


def queue_of(kind: ArrKind, sent: Iterable[Row], now: float) -> Iterator[Row]:
    """The rows of what has not come yet: one for each episode, or for the film."""
    for number, one in enumerate(sent, 1):
        left = 1 - (now - one["at"]) / COMES_IN_S
        for item in () if left <= 0 else one["ids"]:
            yield {
                **_owner(kind, item), "id": number * 1000 + item % 1000, "title": one["title"],
                "downloadId": one["hash"], "size": SIZE, "sizeleft": int(SIZE * min(left, 1.0)),
                "status": "downloading", "trackedDownloadStatus": "ok", "trackedDownloadState": "downloading",
                "statusMessages": [], "protocol": "torrent", "downloadClient": "demo box",
            }  # fmt: skip


def history_of(kind: ArrKind, sent: Iterable[Row], info_hash: str, now: float) -> list[Row]:
    """The lines of history of a hash, the newest first."""
    lines: list[Row] = []
    for number, one in enumerate(sent, 1):
        if info_hash not in ("", one["hash"]):
            continue
        events = [("grabbed", one["at"])]
        if now - one["at"] >= COMES_IN_S:
            events.append(("downloadFolderImported", one["at"] + COMES_IN_S))
        lines += [
            {
                **_owner(kind, item), "id": number * 10_000 + 100 * place + at, "eventType": event,
                "sourceTitle": one["title"], "downloadId": one["hash"], "date": date_of(int(when)), "data": {},
            }
            for place, (event, when) in enumerate(events) for at, item in enumerate(one["ids"])
        ]  # fmt: skip
    return sorted(lines, key=lambda line: -line["id"])


def import_due(kind: ArrKind, known: Known, sent: Iterable[Row], now: float) -> None:
    """Puts what has come into the folder of its film or series, and on record."""
    for one in sent:
        for item in one["ids"] if now - one["at"] >= COMES_IN_S else ():
            owner = item // 10_000 if kind == "sonarr" else item
            row = known.items.get(owner)
            episode = next((each for each in known.episodes.get(owner, []) if each["id"] == item), None)
            if row is None or (kind == "sonarr" and (episode is None or episode["hasFile"])):
                continue
            if kind == "radarr" and known.files.get(owner):
                continue
            folder, name = Path(row["path"]), one["title"]
            if episode is not None:
                season, number = episode["seasonNumber"], episode["episodeNumber"]
                folder, name = folder / f"Season {season:02}", f"{row['title']} - S{season:02}E{number:02}"
            path = folder / f"{name.replace('/', '-')}.mkv"
            _write(path)
            record = file_of(item * 10 + 9, _name(kind), owner, str(path), len(CONTENT))
            known.files.setdefault(owner, []).append(record)
            if episode is not None:
                record["seasonNumber"] = episode["seasonNumber"]
                episode |= {"hasFile": True, "episodeFileId": record["id"]}


def _write(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        if not os.path.lexists(path):
            path.write_bytes(CONTENT)


def _name(kind: ArrKind) -> str:
    return "seriesId" if kind == "sonarr" else "movieId"


def _owner(kind: ArrKind, item: int) -> Row:
    return {"seriesId": item // 10_000, "episodeId": item} if kind == "sonarr" else {"movieId": item}
