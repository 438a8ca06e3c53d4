"""The history of a torrent: kept by whatever writes it, the newest 20 moments."""

from __future__ import annotations

from mediatui.store.torrents.past import past_of
from tests.worlds.archive import NOW, Archive


def change(archive: Archive, torrent_id: str, at: int, **facts: object) -> None:
    columns = ", ".join(f"{name} = ?" for name in facts)
    archive.writer.execute(
        f"UPDATE torrents SET last_seen_at = ?, {columns} WHERE id = ?", (at, *facts.values(), torrent_id)
    )


def test_statuses_errors_and_leaving_are_moments_and_what_stays_the_same_is_none(archive: Archive) -> None:
    one = archive.add(status="queued")
    other = archive.add(status="queued")
    change(archive, one, NOW + 1, status="queued", progress=3)
    change(archive, one, NOW + 2, status="downloading")
    change(archive, one, NOW + 3, gone_at=NOW + 3)
    change(archive, one, NOW + 4, gone_at=None)
    change(archive, one, NOW + 5, status="error")
    assert [(one.at - NOW, one.sentence) for one in past_of(archive.reader, one)] == [
        (5, "its status became error"),
        (4, "came back"),
        (3, "left the account"),
        (2, "its status became downloading"),
    ]
    change(archive, one, NOW + 6, error="it broke")
    change(archive, one, NOW + 6, error="it broke")
    change(archive, one, NOW + 6, error=None)
    assert [moment.value for moment in past_of(archive.reader, one) if moment.what == "error"] == ["it broke"]
    assert past_of(archive.reader, other) == []
    (changed,) = archive.reader.execute("SELECT changed_at FROM torrents WHERE id = ?", (one,)).fetchone()
    assert changed == NOW + 5


def test_the_newest_twenty_are_kept_and_go_with_the_torrent(archive: Archive) -> None:
    one = archive.add(status="queued")
    for number in range(1, 31):
        change(archive, one, NOW + number, status=f"status {number}")
    assert [moment.value for moment in past_of(archive.reader, one)] == [f"status {n}" for n in range(30, 10, -1)]
    archive.writer.execute("PRAGMA foreign_keys = ON")
    archive.writer.execute("DELETE FROM torrents WHERE id = ?", (one,))
    assert past_of(archive.reader, one) == []
