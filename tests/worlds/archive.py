"""Small archives for the tests: rows given by the facts a test cares about, in a real SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

from mediatui.model.text import fold
from mediatui.store.database import open_reader, prepare
from mediatui.store.torrents.classes import classify_due

NOW = 1_750_000_000
DAY = 86_400


class Archive:
    """An archive being filled; ``reader`` is the read-only connection the product would use."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "mediatui.db"
        prepare(self.path)
        self.writer = sqlite3.connect(self.path, isolation_level=None)
        self.reader = open_reader(self.path)
        self.count = 0

    def close(self) -> None:
        self.reader.close()
        self.writer.close()

    def add(
        self,
        filename: str = "A.Name",
        *,
        files: Sequence[tuple[str, int]] | None = None,
        links: Sequence[str] = (),
        **facts: object,
    ) -> str:
        """Adds a row and returns its id; ``files`` are (path, bytes) pairs, all selected."""
        self.count += 1
        torrent_id = str(facts.pop("id", f"ID{self.count:04d}"))
        row: dict[str, object] = {
            "id": torrent_id,
            "hash": f"{self.count:040x}",
            "filename": filename,
            "status": "downloaded",
            "bytes": 1000,
            "progress": 100.0,
            "host": "real-debrid.com",
            "added_at": NOW - DAY,
            "first_seen_at": NOW,
            "last_seen_at": NOW,
        }
        if files is not None:
            row |= {"files_count": len(files), "selected_count": len(files), "details_at": NOW}
        if links:
            row["links_count"] = len(links)
        row |= facts
        both = [filename, str(row["original_filename"])] if row.get("original_filename") else [filename]
        row["folded"] = "\n".join(map(fold, both))
        self.insert("torrents", row)
        for number, (path, size) in enumerate(files or (), start=1):
            file = {"torrent_id": torrent_id, "file_id": number, "path": path, "bytes": size, "selected": 1}
            self.insert("torrent_files", file)
        for position, link in enumerate(links):
            self.insert("torrent_links", {"torrent_id": torrent_id, "position": position, "link": link})
        if "class" not in facts and not self.writer.in_transaction:
            classify_due(self.writer, NOW)
        return torrent_id

    def insert(self, table: str, row: Mapping[str, object]) -> None:
        columns = ", ".join(row)
        marks = ", ".join("?" * len(row))
        self.writer.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", tuple(row.values()))
