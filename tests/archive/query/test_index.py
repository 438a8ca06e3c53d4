from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediatui.archive.query.index import FEW, Index, Matches, narrows, resolve_with
from mediatui.archive.query.parse import parse
from mediatui.model.choices import TORRENT_SORTS, TorrentSort
from mediatui.model.problems import CLASSES
from mediatui.model.query_tree import hiding_gone
from mediatui.model.torrent import STATUSES
from mediatui.store.conditions import torrents_matching
from mediatui.store.torrents.listing import index_rows_by_id, sorted_keys
from tests.worlds.archive import DAY, NOW, Archive


def loaded(archive: Archive, sort: TorrentSort = "added", reverse: bool = True) -> Index:
    index = Index(resolve_with(archive.reader))
    for _ in index.load(archive.reader, sort=sort, reverse=reverse, chunk=7):
        pass
    return index


def found(index: Index, query: str, previous: Matches | None = None) -> list[int]:
    return list(index.filter(parse(query), previous, NOW).keys())


def by_sql(archive: Archive, query: str, sort: TorrentSort = "added", reverse: bool = True) -> list[int]:
    condition = torrents_matching(parse(query), NOW)
    return list(sorted_keys(archive.reader, condition, sort=sort, reverse=reverse))


maybe = st.none()
WORDS = ["a", "b", "ab", "1080p", "é", "E", "50%", "x_y", "🎬", "'", "s01", "ſ", "İ"]
name = st.lists(st.sampled_from(WORDS), max_size=4).map(".".join)
row = st.fixed_dictionaries(
    {
        "filename": name,
        "original_filename": maybe | name,
        "status": st.sampled_from([*STATUSES, "brand_new", "another"]),
        "bytes": st.sampled_from([0, 1, 999, 1000, 10**9, 10**10]),
        "progress": st.sampled_from([0.0, 10.0, 99.9, 100.0]),
        "host": st.sampled_from(["", "real-debrid.com", "Ünder.example"]),
        "hash": st.sampled_from(["", "a" * 40, "ab" * 20, "c" * 40]),
        "added_at": maybe | st.sampled_from([0, NOW - 8 * DAY, NOW - 7 * DAY, NOW - 60, NOW + 5]),
        "links_count": maybe | st.integers(0, 3),
        "files_count": maybe | st.integers(0, 3),
        "selected_count": maybe | st.integers(0, 3),
        "seeders": maybe | st.integers(0, 2),
        "speed": maybe | st.integers(0, 2),
        "gone_at": maybe | st.just(NOW),
        "changed_at": maybe | st.sampled_from([NOW - 8 * DAY, NOW - 60]),
        "details_at": maybe | st.just(NOW),
        "class": maybe | st.sampled_from(CLASSES),
        "health": maybe | st.sampled_from(["ok", "dead", "unknown", "odd"]),
    }
)
word = st.sampled_from(WORDS).map(lambda text: '"' + text + '"')
FIELDS = """
    status:done status:active status:problem status:unknown status:error|dead|unknown
    status:needs-selection|error -status:partial
    size:>999 size:<=1000 size:1gb size:0..1kb progress:<100 progress:>10 progress:99.9
    added:<7d added:>7d added:7d.. added:2020.. added:<=2024 links:0 links:<2 links:>1.5
    host:real host:ü hash:a hash:ab id:id00 file:a ext:b health:dead health:ok|unknown
    is:incomplete is:gone is:duplicate is:stalled is:unlinked linked:yes
    res:1080p|none source:none lang:none
    details:yes details:no gone:<1d gone:2020.. changed:<7d changed:>7d changed:2020..
"""
field = st.sampled_from(FIELDS.split())
queries = st.recursive(
    word | field,
    lambda inner: st.one_of(
        inner.map(lambda one: f"-({one})"),
        st.lists(inner, min_size=2, max_size=3).map(" ".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda many: f"({' OR '.join(many)})"),
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where archives of examples lie."""
    return tmp_path_factory.mktemp("archives")


def add_all(archive: Archive, rows: Iterable[dict[str, object]]) -> None:
    """Adds rows in one transaction."""
    archive.writer.execute("BEGIN")
    for facts in rows:
        archive.add(**facts)
    archive.writer.execute("COMMIT")


@pytest.mark.slow
@given(
    rows=st.lists(row, max_size=12),
    texts=st.lists(queries | st.just(""), min_size=1, max_size=6),
    load_sort=st.sampled_from(TORRENT_SORTS),
    sort=st.sampled_from(TORRENT_SORTS),
    reverse=st.booleans(),
    changed=st.lists(st.tuples(st.integers(0, 14), row), max_size=4),
)
def test_sql_and_memory_give_the_same_rows_in_the_same_order(
    folder: Path,
    rows: list[dict[str, object]],
    texts: list[str],
    load_sort: TorrentSort,
    sort: TorrentSort,
    reverse: bool,
    changed: list[tuple[int, dict[str, object]]],
) -> None:
    with TemporaryDirectory(dir=folder) as own:
        archive = Archive(Path(own))
        try:
            add_all(archive, rows)
            index = loaded(archive, load_sort, reverse)
            for text in texts:
                assert found(index, text) == by_sql(archive, text, load_sort, reverse)
            index.sort(sort, reverse)
            _check_with_narrowing(archive, index, texts)
            ids = [f"ID{number:04d}" for number, _ in changed]
            for torrent_id, (_, facts) in zip(ids, changed, strict=True):
                archive.writer.execute("DELETE FROM torrents WHERE id = ?", (torrent_id,))
                add_all(archive, [{"id": torrent_id, "key": int(torrent_id[2:]), **facts}])
            index.update(index_rows_by_id(archive.reader, ids))
            _check_with_narrowing(archive, index, texts)
        finally:
            archive.close()


def _check_with_narrowing(archive: Archive, index: Index, texts: list[str]) -> None:
    previous = None
    for text in texts:
        previous = index.filter(parse(text), previous, NOW)
        assert list(previous.keys()) == by_sql(archive, text, index.sort_key, index.reverse)
        tighter = f'{text} "a"'
        narrowed = index.filter(parse(tighter), previous, NOW)
        assert list(narrowed.keys()) == by_sql(archive, tighter, index.sort_key, index.reverse)


@pytest.mark.parametrize(
    ("tree", "wider", "sure"),
    [
        ("foundation", "found", True),
        ("found", "foundation", False),
        ("foundation s01", "found s0", True),
        ("foundation -x265", "found", True),
        ("foundation -x26", "found -x265", False),
        ("a OR b", "a", False),
        ("status:error a", "status:error", True),
        ("class:partial a", "class:partial", True),
        ("anything", "", True),
        ("is:gone", "", False),
        ("is:gone a", "is:gone", True),
        ("added:<7d a", "added:<7d", False),
        ("a b", "is:stalled a", False),
    ],
)
def test_narrowing_is_only_claimed_where_it_is_certain(tree: str, wider: str, sure: bool) -> None:
    assert narrows(hiding_gone(parse(tree)), hiding_gone(parse(wider))) is sure


@pytest.fixture
def index(archive: Archive) -> Iterator[Index]:
    for number in range(30):
        archive.add(f"name {number:02d}", bytes=number, added_at=NOW - number)
    return loaded(archive)


def test_windows_rows_and_sizes_of_what_was_found(archive: Archive, index: Index) -> None:
    matches = index.filter(parse('"name 1"'), now=NOW)
    assert len(matches) == 10
    assert list(matches.keys(2, 4)) == [13, 14]
    assert index.row_of(matches, 13) == 2
    assert index.row_of(matches, 1) is None
    assert index.row_of(matches, 999) is None
    assert index.bytes_of(matches) == sum(range(10, 20))
    assert index.bytes_of(index.filter(parse(""), now=NOW)) == sum(range(30))


def test_loading_tells_how_far_it_is(archive: Archive, index: Index) -> None:
    again = Index(resolve_with(archive.reader))
    assert list(again.load(archive.reader, chunk=12)) == [12, 24, 30]
    assert len(again) == 30
    empty = Index(resolve_with(archive.reader))
    assert len(empty.filter(parse("anything"))) == 0


def test_older_matches_stay_readable_while_rows_come_and_the_order_changes(archive: Archive, index: Index) -> None:
    matches = index.filter(parse('"name 0"'), now=NOW)
    before = list(matches.keys())
    new = [archive.add("name 0 new", added_at=NOW + 1)]
    index.update(index_rows_by_id(archive.reader, new))
    index.sort("name")
    assert list(matches.keys()) == before
    assert len(index.filter(parse('"name 0"'), matches, NOW)) == 11


@pytest.mark.parametrize("count", [1, FEW + 5])
def test_new_and_changed_rows_take_their_place(archive: Archive, index: Index, count: int) -> None:
    ids = [archive.add(f"fresh {number}", added_at=NOW - number % 7) for number in range(count)]
    archive.writer.execute("UPDATE torrents SET added_at = ?, status = 'error' WHERE id = 'ID0030'", (NOW + 9,))
    index.update(index_rows_by_id(archive.reader, [*ids, "ID0030"]))
    assert found(index, "") == by_sql(archive, "")
    assert found(index, "status:error") == [30]
    assert found(index, "")[0] == 30


def test_removed_rows_are_gone_from_every_column(archive: Archive, index: Index) -> None:
    archive.writer.execute("UPDATE torrents SET seeders = key")
    index.update(index_rows_by_id(archive.reader, [f"ID{number:04d}" for number in range(31)]))
    archive.writer.execute("DELETE FROM torrents WHERE key % 3 = 0")
    index.remove(range(0, 31, 3))
    assert len(index) == 20
    for sort in TORRENT_SORTS:
        index.sort(sort)
        assert found(index, "name 1 -2") == by_sql(archive, "name 1 -2", sort, False)


def test_what_only_sqlite_knows_is_asked_once_until_rows_change(archive: Archive) -> None:
    archive.add("one", hash="a" * 40)
    asked: list[object] = []

    def resolve(leaf: object, now: float) -> set[int]:
        asked.append(leaf)
        return {1}

    index = Index(resolve)
    assert list(index.load(archive.reader)) == [1]
    for _ in range(3):
        assert found(index, "is:duplicate name OR is:duplicate") == [1]
    assert len(asked) == 1
    index.update(index_rows_by_id(archive.reader, ["ID0001"]))
    assert found(index, "is:duplicate") == [1]
    assert len(asked) == 2
