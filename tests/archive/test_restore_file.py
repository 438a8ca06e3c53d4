import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediatui.archive.backup import export_to_file
from mediatui.archive.restore_file import MAX_BYTES, BackedUp, BackupFile, read_backup
from mediatui.model.choices import ExportFormat
from mediatui.model.errors import UsageError
from mediatui.store.conditions import EVERY_TORRENT
from tests.worlds.any_text import any_text
from tests.worlds.archive import Archive

A, B, C = "a" * 40, "b" * 40, "c" * 40
NASTY = '\x1b[31m"quoted", 🎬\u202e\n&é'


def read(folder: Path, content: object) -> BackupFile:
    """Reads ``content``: text and bytes as they are, anything else as JSON."""
    path = folder / "backup"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8", newline="")
    return read_backup(path)


def refusal(path: Path) -> str:
    with pytest.raises(UsageError) as caught:
        read_backup(path)
    assert str(path) in caught.value.message
    assert "json, dmm and magnets" in caught.value.hint
    return caught.value.message


@pytest.mark.parametrize("format_", ["json", "dmm", "magnets"])
def test_an_export_reads_back_with_its_hashes_names_and_selections(
    archive: Archive, tmp_path: Path, format_: ExportFormat
) -> None:
    part = archive.add(NASTY, hash=A, files=[("/a.mkv", 5), ("/b.srt", 1), ("/c.mkv", 7)], bytes=12, added_at=3)
    archive.writer.execute("UPDATE torrent_files SET selected = 0 WHERE torrent_id = ? AND file_id = 2", (part,))
    archive.add("short", hash=B, original_filename="Long.Name", files=[("/x.mkv", 9)], bytes=9, added_at=2)
    archive.add("no detail yet", hash=C, added_at=1)
    archive.add("no hash", hash="", added_at=0)
    path = tmp_path / "out"
    export_to_file(archive.reader, path, format_, EVERY_TORRENT)
    backup = read_backup(path)
    listed = format_ != "magnets"
    assert backup.rows == (
        BackedUp(A, NASTY, (1, 3) if listed else None, 12 if listed else None),
        BackedUp(B, "Long.Name", (1,) if listed else None, 9 if listed else None),
        BackedUp(C, "no detail yet", None, 1000 if listed else None),
    )
    assert backup.broken == (((4, "It has no hash."),) if listed else ())


def test_json_tells_nothing_selected_from_not_known(archive: Archive, tmp_path: Path) -> None:
    waiting = archive.add("waiting", hash=A, files=[("/a", 1)], added_at=2)
    unsure = archive.add("unsure", hash=B, files=[("/a", 1), ("/b", 1)], added_at=1)
    archive.writer.execute("UPDATE torrent_files SET selected = 0 WHERE torrent_id = ?", (waiting,))
    archive.writer.execute("UPDATE torrent_files SET selected = NULL WHERE torrent_id = ? AND file_id = 2", (unsure,))
    export_to_file(archive.reader, tmp_path / "out", "json", EVERY_TORRENT)
    assert [row.selected for row in read_backup(tmp_path / "out").rows] == [(), None]


def test_an_empty_json_export_is_a_backup_of_nothing(archive: Archive, tmp_path: Path) -> None:
    for format_ in ("json", "dmm"):
        export_to_file(archive.reader, tmp_path / "out", format_, EVERY_TORRENT)
        assert read_backup(tmp_path / "out") == BackupFile((), ())


def test_a_plain_debrid_media_manager_backup_is_read(tmp_path: Path) -> None:
    rows = [{"filename": "Film", "hash": A.upper()}, {"filename": "Série", "hash": B}]
    expected = BackupFile((BackedUp(A, "Film", None, None), BackedUp(B, "Série", None, None)), ())
    assert read(tmp_path, rows) == expected
    indented = json.dumps(rows, indent=2, ensure_ascii=False).replace("\n", "\r\n")
    assert read(tmp_path, b"\xef\xbb\xbf" + indented.encode()) == expected


def test_a_list_of_magnets_and_hashes_is_read_around_comments_and_blank_lines(tmp_path: Path) -> None:
    base32 = "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U"
    text = f"# mine\r\n\r\n  {A}  \nMAGNET:?dn=Film+2&xt=urn:btih:{B}\r{base32}\n\n#end"
    backup = read(tmp_path, text)
    assert [(row.hash, row.name) for row in backup.rows] == [
        (A, ""),
        (B, "Film 2"),
        (b"abcdefghijklmnopqrst".hex(), ""),
    ]
    assert backup.broken == ()
    assert read(tmp_path, "\ufeff" + A).rows == (BackedUp(A, "", None, None),)


def test_broken_lines_are_set_aside_with_their_number_and_reason(tmp_path: Path) -> None:
    backup = read(tmp_path, f"# list\n{A}\n\n{A[1:]}\nmagnet:?dn=x\n<b>\n{B}\n")
    assert [row.hash for row in backup.rows] == [A, B]
    assert [number for number, _ in backup.broken] == [4, 5, 6]
    assert ["39 characters" in why or "no hash" in why or "neither" in why for _, why in backup.broken] == [True] * 3


def test_a_list_of_nothing_but_broken_magnets_is_reported_line_by_line(tmp_path: Path) -> None:
    backup = read(tmp_path, f"magnet:?xt=urn:btmh:1220{'ab' * 32}\nmagnet:?xt=urn:btih:xyz\n")
    assert backup.rows == ()
    assert [number for number, _ in backup.broken] == [1, 2]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (5, "not an object"),
        (A, "not an object"),
        (None, "not an object"),
        ([A], "not an object"),
        ({"filename": "x"}, "no hash"),
        ({"hash": None}, "no hash"),
        ({"hash": ""}, "no hash"),
        ({"hash": 5}, "not a text"),
        ({"hash": A[1:]}, "39 characters"),
        ({"hash": "g" * 40}, "not hex digits"),
        ({"hash": "\x1b[2J"}, "neither"),
        ({"hash": A, "selected": "1,2"}, "not a list"),
        ({"hash": A, "selected": False}, "not a list"),
        ({"hash": A, "selected": {"1": True}}, "not a list"),
        ({"hash": A, "selected": [0]}, "file id"),
        ({"hash": A, "selected": [-1]}, "file id"),
        ({"hash": A, "selected": ["1"]}, "file id"),
        ({"hash": A, "selected": [1.0]}, "file id"),
        ({"hash": A, "selected": [True]}, "file id"),
        ({"hash": A, "selected": [10**30]}, "file id"),
        ({"hash": A, "files": 3}, "files are not a list"),
        ({"hash": A, "files": [1]}, "files are not a list"),
        ({"hash": A, "files": [{"id": 1, "selected": "yes"}]}, "true, false or null"),
        ({"hash": A, "files": [{"id": 1, "selected": 1}]}, "true, false or null"),
        ({"hash": A, "files": [{"selected": True}]}, "file id"),
    ],
)
def test_a_broken_row_is_set_aside_and_costs_no_other(tmp_path: Path, row: object, why: str) -> None:
    backup = read(tmp_path, [{"hash": B}, row, {"hash": C}])
    assert [each.hash for each in backup.rows] == [B, C]
    ((position, said),) = backup.broken
    assert position == 2
    assert why in said
    assert said.isprintable()


def test_the_same_hash_counts_once_for_each_selection(tmp_path: Path) -> None:
    rows = [
        {"hash": A, "filename": "first", "selected": [2, 1]},
        {"hash": A.upper(), "filename": "again", "selected": [1, 2, 2]},
        {"hash": A, "selected": [1]},
        {"hash": A},
        {"hash": A, "selected": []},
        {"hash": A, "selected": None},
    ]
    backup = read(tmp_path, rows)
    assert [(row.name, row.selected) for row in backup.rows] == [("first", (1, 2)), ("", (1,)), ("", None)]
    assert backup.broken == ()


@pytest.mark.parametrize("size", [None, -1, "5", 1.5, True, 2**63, [1]])
def test_a_size_that_is_none_counts_as_not_known(tmp_path: Path, size: object) -> None:
    assert read(tmp_path, [{"hash": A, "bytes": size, "filename": 7}]).rows == (BackedUp(A, "", None, None),)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b" \r\n\t\n", "is empty"),
        (b"# only a comment\n", "no line of it"),
        (b"id,hash,filename\r\nX," + A.encode() + b",Film\r\n", "no line of it"),
        (b"Dear diary\n", "no line of it"),
        (b'"text"', "no line of it"),
        (b'{"torrents": []}', "JSON object"),
        (b'  {"hash": "x"}', "JSON object"),
        (b"\x89PNG\r\n\x1a\n\x00\xff", "not UTF-8"),
        (A.encode("utf-16"), "not UTF-8"),
        (A.encode() + b"\n\x00", "not text"),
        (b"[", "damaged"),
        (b'[{"hash": "x"}', "damaged"),
        (b'[{"hash": "x"},\n\n]', "line 3"),
        (b'[{"hash": "x"} {}]', "damaged"),
        (b"[,]", "damaged"),
        (b"[]]", "damaged"),
        (b"[] x", "damaged"),
        (b"[section]\nkey = 1\n", "damaged"),
        (b"[" * 200_000, "damaged"),
        (b'[{"a":' * 100_000, "damaged"),
        (b"[" + b"9" * 10_000 + b"]", "damaged"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_no_backup_is_refused_by_name(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "mine.bak"
    path.write_bytes(content)
    assert says in refusal(path)


def test_a_file_that_cannot_be_read_is_refused_by_name(tmp_path: Path) -> None:
    assert "No such file" in refusal(tmp_path / "missing")
    assert "directory" in refusal(tmp_path)
    with pytest.raises(UsageError, match="cannot be read"):
        read_backup(Path("a\0b"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_of_somebody_else_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "closed"
    path.write_text(A)
    path.chmod(0)
    assert "Permission denied" in refusal(path)


def test_a_file_too_large_for_a_backup_is_refused_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "huge"
    with path.open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    assert "too large" in refusal(path)


def test_a_backup_may_come_through_a_pipe() -> None:
    reading, writing = os.pipe()
    try:
        os.write(writing, A.encode())
        os.close(writing)
        assert read_backup(Path(f"/dev/fd/{reading}")).rows == (BackedUp(A, "", None, None),)
    finally:
        os.close(reading)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_text(max_size=5) | st.sampled_from([A, B]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["hash", "filename", "selected", "files", "bytes", "id"]), inner, max_size=5)
    ),
    max_leaves=15,
)


@pytest.mark.slow
@given(st.lists(JSON_VALUES, max_size=6))
def test_every_entry_of_any_list_is_read_or_set_aside(
    tmp_path_factory: pytest.TempPathFactory, entries: list[object]
) -> None:
    backup = read(tmp_path_factory.getbasetemp(), entries)
    positions = [position for position, _ in backup.broken]
    assert positions == sorted(set(positions))
    assert bool(backup.rows) == (len(positions) < len(entries))


@given(st.binary(max_size=120) | any_text(max_size=120).map(lambda text: f"{A}\n{text}".encode("utf-8", "replace")))
def test_any_file_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    try:
        backup = read(tmp_path_factory.getbasetemp(), content)
    except UsageError:
        return
    assert all(len(row.hash) == 40 for row in backup.rows)
