import csv
import io
import json
import os
import stat
from pathlib import Path

import pytest

from mediatui.archive.backup import export_to_file, export_to_stream, read_format
from mediatui.archive.query.parse import parse
from mediatui.model.choices import EXPORT_FORMATS, ExportFormat
from mediatui.model.errors import StoreError, UsageError
from mediatui.store.conditions import EVERY_TORRENT, TorrentCondition, torrents_matching
from tests.worlds.archive import NOW, Archive

NASTY = "\x1b[31m=cmd|'/C calc'!A0\r\n\"quoted\", 🎬\u202e"


def exported(archive: Archive, format_: ExportFormat, query: str = "") -> str:
    stream = io.StringIO(newline="")
    export_to_stream(archive.reader, stream, format_, torrents_matching(parse(query), NOW))
    return stream.getvalue()


def test_json_holds_every_fact_with_files_and_links(archive: Archive) -> None:
    archive.add(NASTY, files=[("/a.mkv", 5), ("/b.srt", 1)], links=["https://real-debrid.com/d/X"], added_on="2025")
    archive.writer.execute("UPDATE torrent_files SET selected = 0 WHERE file_id = 2")
    text = exported(archive, "json")
    (row,) = json.loads(text)
    assert row["filename"] == NASTY
    assert row["links"] == ["https://real-debrid.com/d/X"]
    assert row["files"] == [
        {"id": 1, "path": "/a.mkv", "bytes": 5, "selected": True},
        {"id": 2, "path": "/b.srt", "bytes": 1, "selected": False},
    ]
    assert (row["added_on"], row["status"], row["bytes"]) == ("2025", "downloaded", 1000)
    assert "key" not in row
    assert text.isascii()
    assert "\x1b" not in text


def test_dmm_is_a_list_of_names_and_hashes_with_what_a_restore_needs(archive: Archive) -> None:
    archive.add("Film", hash="a" * 40, files=[("/a.mkv", 5), ("/b.srt", 1)])
    archive.writer.execute("UPDATE torrent_files SET selected = 0 WHERE file_id = 2")
    (row,) = json.loads(exported(archive, "dmm"))
    assert (row["filename"], row["hash"], row["selected"]) == ("Film", "a" * 40, [1])


def test_csv_reads_back_and_cannot_run_a_formula(archive: Archive) -> None:
    for name in ("=1+1", "+x", "-x", "@x", " =x", "\t=x", NASTY, 'a "b", c', "plain"):
        archive.add(name)
    rows = list(csv.DictReader(io.StringIO(exported(archive, "csv"), newline="")))
    names = {row["filename"] for row in rows}
    assert {"'=1+1", "'+x", "'-x", "'@x", "' =x", 'a "b", c', "plain"} <= names
    assert len(rows) == 9
    assert not any(name.lstrip()[:1] in ("=", "+", "-", "@") for name in names)
    assert not any("\x1b" in name or "\n" in name for name in names)
    assert rows[0]["original_filename"] == ""


def test_magnets_are_one_a_line_with_the_name_encoded(archive: Archive) -> None:
    archive.add("a b&c\nd", hash="1" * 40, added_at=2)
    archive.add("short.mkv", hash="2" * 40, original_filename="Légende", added_at=1)
    archive.add("no hash", hash="", added_at=0)
    assert exported(archive, "magnets").splitlines() == [
        f"magnet:?xt=urn:btih:{'1' * 40}&dn=a%20b%26c%0Ad",
        f"magnet:?xt=urn:btih:{'2' * 40}&dn=L%C3%A9gende",
    ]


@pytest.mark.parametrize("format_", EXPORT_FORMATS)
def test_an_empty_export_is_still_well_formed(archive: Archive, format_: ExportFormat) -> None:
    text = exported(archive, format_)
    if format_ in ("json", "dmm"):
        assert json.loads(text) == []
    else:
        assert len(text.splitlines()) == (1 if format_ == "csv" else 0)


def test_only_rows_of_the_query_go_out_and_are_counted(archive: Archive, tmp_path: Path) -> None:
    archive.add("one", status="error")
    archive.add("two")
    archive.add("gone", gone_at=NOW)
    target = tmp_path / "new folder" / "out.json"
    count = export_to_file(archive.reader, target, "json", torrents_matching(parse("status:error"), NOW))
    assert count == 1
    assert [row["filename"] for row in json.loads(target.read_text())] == ["one"]
    assert [row["filename"] for row in json.loads(exported(archive, "json", "is:gone"))] == ["gone"]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_failed_export_leaves_the_old_file_and_nothing_else(archive: Archive, tmp_path: Path) -> None:
    archive.add("one")
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "backup.json").write_text("old")
    with pytest.raises(Exception, match="no such column"):
        export_to_file(archive.reader, folder / "backup.json", "json", TorrentCondition("nonsense"))
    assert [path.name for path in folder.iterdir()] == ["backup.json"]
    assert (folder / "backup.json").read_text() == "old"
    assert not archive.reader.in_transaction


def test_a_place_that_cannot_be_written_is_a_clear_error(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "a-file").write_text("")
    for target in (tmp_path / "a-file" / "out.json", tmp_path):
        with pytest.raises(StoreError) as caught:
            export_to_file(archive.reader, target, "json", EVERY_TORRENT)
        assert "cannot be written" in caught.value.message
    assert not list(tmp_path.glob(".*.part"))


def test_an_export_into_a_pipe_goes_through_it(archive: Archive, tmp_path: Path) -> None:
    archive.add("one")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert export_to_file(archive.reader, pipe, "magnets", EVERY_TORRENT) == 1
        assert os.read(reader, 1000).startswith(b"magnet:")
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_an_export_shows_one_moment_while_rows_keep_coming(archive: Archive) -> None:
    for number in range(3):
        archive.add(f"n{number}", files=[("/f", 1)])

    class Busy(io.StringIO):
        def write(self, text: str) -> int:
            archive.writer.execute("DELETE FROM torrent_files")
            return super().write(text)

    stream = Busy()
    export_to_stream(archive.reader, stream, "json", EVERY_TORRENT)
    assert [len(row["files"]) for row in json.loads(stream.getvalue())] == [1, 1, 1]


def test_formats_are_checked() -> None:
    assert read_format("dmm") == "dmm"
    with pytest.raises(UsageError) as caught:
        read_format("xml")
    assert "json, csv, magnets, dmm" in caught.value.hint
