from collections.abc import Iterator
from pathlib import Path

import pytest

from mediatui.archive.query.parse import parse
from mediatui.model.choices import TORRENT_SORTS
from mediatui.model.errors import UsageError
from mediatui.model.query_tree import Range
from mediatui.store.conditions import torrents_matching, torrents_matching_leaf
from mediatui.store.torrents.listing import (
    UnknownTorrent,
    bytes_together,
    count_torrents,
    files_of,
    find_torrent,
    links_of,
    list_torrents,
    matching_keys,
    read_sort,
    sorted_keys,
    torrents_by_key,
)
from tests.worlds.archive import Archive


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    made = Archive(tmp_path)
    yield made
    made.close()


def test_the_newest_come_first_unless_asked_otherwise(archive: Archive) -> None:
    for name, added in (("b", 2), ("c", 3), ("undated", None), ("a", 1)):
        archive.add(name, added_at=added)
    assert [row.filename for row in list_torrents(archive.reader)] == ["c", "b", "a", "undated"]
    by_name = list_torrents(archive.reader, sort="name", reverse=False, limit=2, offset=1)
    assert [row.filename for row in by_name] == ["b", "c"]


def test_a_reversed_order_is_the_exact_reverse(archive: Archive) -> None:
    for name in ("first", "second", "third"):
        archive.add(name)
    for sort in TORRENT_SORTS:
        upwards = list_torrents(archive.reader, sort=sort, reverse=False)
        assert list_torrents(archive.reader, sort=sort, reverse=True) == upwards[::-1]


def test_the_first_rows_are_read_without_sorting_the_archive(archive: Archive) -> None:
    for condition in (torrents_matching(parse("")), torrents_matching(parse("some words"))):
        statements: list[str] = []
        archive.reader.set_trace_callback(statements.append)
        list_torrents(archive.reader, condition, limit=50)
        archive.reader.set_trace_callback(None)
        plan = " ".join(row["detail"] for row in archive.reader.execute(f"EXPLAIN QUERY PLAN {statements[0]}"))
        assert "torrents_by_added" in plan
        assert "TEMP B-TREE FOR ORDER BY" not in plan


def test_status_and_health_sort_by_how_well_things_stand(archive: Archive) -> None:
    for status, health in (("dead", None), ("never_heard_of", "dead"), ("downloaded", "ok"), ("queued", "unknown")):
        archive.add(status, status=status, health=health)
    by_status = list_torrents(archive.reader, sort="status", reverse=False)
    assert [row.status for row in by_status] == ["downloaded", "queued", "dead", "never_heard_of"]
    by_health = list_torrents(archive.reader, sort="health", reverse=False)
    assert [row.health for row in by_health] == ["dead", None, "unknown", "ok"]


def test_keys_and_counts_agree_with_the_rows(archive: Archive) -> None:
    for size in (10, 30, 20):
        archive.add(f"size {size}", bytes=size)
    archive.add("gone", gone_at=1)
    large = torrents_matching_leaf(Range("bytes", low=10, low_open=True), 0)
    keys = sorted_keys(archive.reader, large, sort="size", reverse=False)
    assert [row.bytes for row in torrents_by_key(archive.reader, keys)] == [20, 30, 1000]
    assert matching_keys(archive.reader, large) == set(keys)
    assert (count_torrents(archive.reader), bytes_together(archive.reader)) == (3, 60)
    none = torrents_matching(parse("size:>9999"))
    assert (count_torrents(archive.reader, none), bytes_together(archive.reader, none)) == (0, 0)
    assert torrents_by_key(archive.reader, [keys[1], 99_999, keys[0]])[0].key == keys[1]


def test_files_and_links_come_typed_and_in_order(archive: Archive) -> None:
    torrent = archive.add(files=[("/a.mkv", 5), ("/b.srt", 1)], links=["https://l/2", "https://l/1"])
    archive.writer.execute("UPDATE torrent_files SET selected = NULL WHERE file_id = 2")
    first, second = files_of(archive.reader, torrent)
    assert (first.path, first.bytes, first.selected) == ("/a.mkv", 5, True)
    assert second.selected is None
    assert links_of(archive.reader, torrent) == ["https://l/2", "https://l/1"]
    assert files_of(archive.reader, "nothing") == []


def test_a_torrent_is_found_by_id_hash_or_the_beginning_of_one(archive: Archive) -> None:
    archive.add("one", id="ABC1", hash="1a" * 20)
    archive.add("two", id="ABC12", hash="2b" * 20, gone_at=5)
    assert find_torrent(archive.reader, " ABC1 ").filename == "one"
    assert find_torrent(archive.reader, "abc12").filename == "two"
    assert find_torrent(archive.reader, "1A1A").filename == "one"


def test_a_torrent_that_is_not_there_or_not_clear_is_a_usage_error(archive: Archive) -> None:
    archive.add(id="ABC1", hash="1a" * 20)
    archive.add(id="ABC2", hash="2b" * 20)
    for wanted, said in (
        ("ABC", "ABC2, ABC1"),
        ("zzz", '"zzz"'),
        ("", "No torrent id"),
        ("%", '"%"'),
        ("a\udcff\x1b[0m", "No torrent in"),
    ):
        with pytest.raises(UnknownTorrent) as caught:
            find_torrent(archive.reader, wanted)
        assert said in caught.value.message
        assert "\x1b" not in caught.value.message
        assert caught.value.exit_code == 2


def test_sort_keys_are_checked() -> None:
    assert read_sort("size") == "size"
    with pytest.raises(UsageError) as caught:
        read_sort("colour")
    assert "seeders" in caught.value.hint
