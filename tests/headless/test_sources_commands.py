"""Commands that take something in or hand something out: add, restore, unrestrict, check."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.worlds.home import TOKEN, Home, Result, Service

HASH = "a" * 40
OTHER = "b" * 40
INFO = b"d6:lengthi2000000000e4:name8:Film.mkv12:piece lengthi16384e6:pieces20:" + b"x" * 20 + b"e"
TORRENT = b"d8:announce20:http://tracker.test/4:info" + INFO + b"e"
DIRECT = b"cdn.invalid"


@pytest.fixture
def refusing(home: Home, service: Service, synced_files: Path) -> Home:
    """A home for commands that are refused before anything is sent; its account is shared, and stays as it is."""
    shutil.copytree(synced_files, home.database.parent)
    return home.use(service)


def step(done: Result) -> dict[str, Any]:
    (row,) = [row for row in done.lines if row["type"] == "step"]
    return row


def by_hash(service: Service, info_hash: str) -> list[dict[str, Any]]:
    return [entry for entry in service.entries.values() if entry["hash"] == info_hash]


@pytest.mark.slow
def test_a_magnet_a_hash_and_a_file_are_added_once(changing: Home, account: Service) -> None:
    file = changing.folder / "Film.torrent"
    file.write_bytes(TORRENT)
    info_hash = hashlib.sha1(INFO, usedforsecurity=False).hexdigest()
    magnet = f"magnet:?xt=urn:btih:{OTHER.upper()}&dn=Another+Film"
    done = changing.json("add", HASH, magnet, str(file), HASH, "--select", "all")
    assert done.code == 0
    assert (done.result["done"], done.result["failed"]) == (3, 0)
    assert [row["reason"] for row in done.lines if row.get("outcome") == "skipped"] == ["it was given twice"]
    for one in (HASH, OTHER, info_hash):
        (entry,) = by_hash(account, one)
        assert entry["selected"]
    assert ("PUT", "/torrents/addTorrent") in account.written

    sent = len(account.written)
    again = changing.json("add", HASH, str(file))
    assert (again.code, again.result["steps"]) == (0, 0)
    assert all("on the account already" in row["reason"] for row in again.lines[:-1])
    assert len(account.written) == sent

    assert changing.json("undo", "--apply").result["done"] == 3
    assert not any(by_hash(account, one) for one in (HASH, OTHER, info_hash))


def test_file_ids_that_do_not_exist_fail_that_torrent_and_say_so(changing: Home, account: Service) -> None:
    done = changing.json("add", HASH, "--select", "1,999")
    assert (done.code, done.result["failed"]) == (1, 1)
    assert "no file 999" in step(done)["reason"]
    (entry,) = by_hash(account, HASH)
    assert (entry["status"], entry["selected"]) == ("waiting_files_selection", [])
    assert "--failed" in done.result["hint"]
    assert "no file 999" in changing.run("resume", str(done.result["batch"]), "--failed").out
    assert "no file 999" in changing.run("resume", "--failed").out
    assert changing.run("resume").out.strip() == "No batch is unfinished."


@pytest.mark.parametrize(
    ("source", "select", "said"),
    [
        ("magnet:?dn=A+Film", "all", "no hash"),
        ("magnet:?xt=urn:btih:zzzz", "all", "hash"),
        ("not-a-hash", "all", "not-a-hash"),
        ("missing.torrent", "all", "missing.torrent"),
        (".", "all", '"."'),
        ("", "all", ""),
        (HASH, "", "selects no files"),
        (HASH, "0", "selects no files"),
        (HASH, "1,x", "1,x"),
        (HASH, "5-2", "5-2"),
        (HASH, "1-999999", "too large"),
    ],
)
def test_a_source_or_a_selection_that_cannot_be_read_adds_nothing(
    refusing: Home, service: Service, source: str, select: str, said: str
) -> None:
    done = refusing.json("add", OTHER, source, "--select", select)
    assert (done.code, done.error["kind"]) == (2, "usage")
    assert said in done.error["message"]
    assert done.error["hint"]
    assert service.written == []


def test_a_damaged_torrent_file_is_named_and_not_sent(refusing: Home, service: Service) -> None:
    file = refusing.folder / "damaged.torrent"
    damaged = {
        b"": "empty",
        TORRENT[:-9]: "ends too early|beyond the end",
        TORRENT + b"more": "behind its end",
        b"d4:info" + b"l" * 500 + b"e" * 500 + b"e": "nested deeper",
        b"<html>": "not a torrent file",
        b"d8:announce1:xe": "no info",
        b"x" * (17 << 20): "too many",
    }
    for content, said in damaged.items():
        file.write_bytes(content)
        done = refusing.json("add", str(file))
        assert done.code == 2
        assert re.search(said, done.error["message"])
    assert service.written == []


@pytest.mark.slow
@pytest.mark.parametrize("form", ["json", "dmm", "magnets"])
def test_what_an_export_holds_and_the_account_lacks_is_put_back(changing: Home, account: Service, form: str) -> None:
    file = changing.folder / "backup"
    changing.run("export", "--format", form, "-o", str(file), "status:downloaded")
    lost = changing.ids(limit=2)
    before = {account.entries[one]["hash"]: account.entries[one]["selected"] for one in lost}
    changing.run("delete", *lost, "--apply")

    plan = changing.json("restore", str(file))
    assert plan.result["add_torrent"] == 2
    sent = len(account.written)
    assert not any(by_hash(account, one) for one in before)
    done = changing.json("restore", str(file), "--apply")
    assert (done.code, done.result["done"]) == (0, 2)
    assert len(account.written) == sent + 4
    for one, selected in before.items():
        assert [entry["selected"] for entry in by_hash(account, one)] == [selected]
    assert changing.json("restore", str(file), "--apply").result["steps"] == 0


def test_a_list_of_debrid_media_manager_with_broken_rows_is_restored_as_far_as_it_goes(
    changing: Home, account: Service
) -> None:
    file = changing.folder / "dmm.json"
    rows = [{"filename": "A", "hash": HASH}, {"filename": "B"}, 7, {"hash": "x"}, {"hash": OTHER, "selected": [-1]}]
    file.write_text(json.dumps(rows))
    done = changing.json("restore", str(file), "--apply")
    assert (done.code, done.result["done"]) == (0, 1)
    assert len(by_hash(account, HASH)) == 1
    left = [(row["what"], bool(row["reason"])) for row in done.lines if row.get("outcome") == "skipped"]
    assert left == [("row 2", True), ("row 3", True), ("row 4", True), ("row 5", True)]


def test_a_list_with_doubles_a_mark_at_its_start_and_known_hashes_is_restored(changing: Home, account: Service) -> None:
    """A file that begins with U+FEFF (debrid-media-manager#99), one hash in upper case."""
    held = account.entries
    ((known,),) = changing.sql("SELECT hash FROM torrents WHERE gone_at IS NULL LIMIT 1")
    rows: list[dict[str, object]] = [
        {"filename": "A.2001", "hash": "01" * 20},
        {"filename": "A.2001", "hash": "01" * 20},
        {"filename": "B.2002", "hash": " " + "02" * 20},
        {"filename": None, "hash": "03" * 20},
        {"filename": "C", "hash": "xyz"},
        {"filename": "D", "hash": known.upper(), "bytes": 5},
        {"filename": "E.2005", "hash": "ab" * 20},
        {"filename": "E.2005", "hash": "AB" * 20},
    ]
    file = changing.folder / "dmm.json"
    file.write_text("\ufeff" + json.dumps(rows), encoding="utf-8")
    planned = changing.run("restore", str(file))
    assert planned.code == 0
    assert "row 5" in planned.out
    done = changing.json("restore", str(file), "--apply")
    assert (done.code, done.result["done"]) == (0, 4)
    assert {entry["hash"] for entry in account.entries.values()} - {entry["hash"] for entry in held.values()} == {
        one * 20 for one in ("01", "02", "03", "ab")
    }


def test_what_a_restore_leaves_is_summed_up(changing: Home, account: Service) -> None:
    """A backup of the account as it is, with one broken row."""
    file = changing.folder / "backup.json"
    assert changing.run("export", "--format", "json", "-o", str(file)).code == 0
    rows = json.loads(file.read_text())
    file.write_text(json.dumps([*rows, 7]))
    text = changing.run("restore", str(file))
    left = [line for line in text.out.splitlines() if line.startswith("left")]
    assert len(left) == 2, text.out
    assert re.search(r"left +\d\d  \(it is on the account already\); -v lists them$", left[1])
    assert left[0].startswith(f"left     row {len(rows) + 1}")
    every = [line for line in changing.run("-v", "restore", str(file)).out.splitlines() if line.startswith("left")]
    assert len(every) > len(rows) - 5
    machine = [row for row in changing.json("restore", str(file)).lines if row["type"] == "step"]
    assert len(machine) == len(every)
    assert account.written == []


@pytest.mark.parametrize("content", ['{"torrents": []}', "[{", "a;b;c\n1;2;3\n", "", "\x00\x01", None])
def test_a_file_of_another_tool_is_refused_by_name(refusing: Home, service: Service, content: str | None) -> None:
    file = refusing.folder / "other"
    if content is not None:
        file.write_text(content)
    done = refusing.json("restore", str(file), "--apply")
    assert (done.code, done.error["kind"]) == (2, "usage")
    assert str(file) in done.error["message"]
    assert service.written == []


def links(home: Home) -> tuple[str, int]:
    """A finished torrent with several links, and how many."""
    one, count = home.sql(
        "SELECT id, links_count FROM torrents WHERE status = 'downloaded' AND links_count > 2 ORDER BY key LIMIT 1"
    )[0]
    return str(one), int(count)


@pytest.mark.slow
def test_direct_links_go_to_standard_output_and_nowhere_else(changing: Home) -> None:
    changing.monkeypatch.setenv("MEDIATUI_LOG__LEVEL", "debug")
    wanted, count = links(changing)
    done = changing.run("unrestrict", wanted, "-v")
    assert done.code == 0
    assert len(re.findall(r"^https://cdn\.invalid/d/\S+$", done.out, re.MULTILINE)) == count
    assert "cdn.invalid" not in done.err
    assert len(changing.run("unrestrict", wanted, "--file", "2").out.splitlines()) == 1
    rows = changing.json("-v", "unrestrict", wanted, "--file", "1", "--file", "3").lines
    assert [row["file"] for row in rows[:-1]] == [1, 3]
    assert rows[-1]["links"] == 2
    assert changing.log_file.exists()
    for path in changing.folder.rglob("*"):
        assert not path.is_file() or not (DIRECT in path.read_bytes() or TOKEN.encode() in path.read_bytes())


@pytest.mark.slow
def test_direct_links_written_to_a_file_are_for_its_owner_only(changing: Home, account: Service) -> None:
    wanted, count = links(changing)
    file = changing.folder / "links.txt"
    done = changing.json("unrestrict", wanted, "-o", str(file))
    assert "cdn.invalid" not in done.out + done.err
    assert file.stat().st_mode & 0o777 == 0o600
    content = file.read_text()
    assert content.count("https://cdn.invalid/") == len(content.splitlines()) == count == done.result["links"]

    sent = len(account.written)
    for place in (file, changing.folder, changing.folder / "none" / "links.txt"):
        refused = changing.json("unrestrict", wanted, "-o", str(place))
        assert refused.code == 2
        assert str(place) in refused.error["message"]
    assert file.read_text() == content
    unknown = changing.json("unrestrict", wanted, "--file", "77", "-o", str(changing.folder / "new"))
    assert (unknown.code, "77" in unknown.error["message"]) == (2, True)
    (waiting,) = changing.ids("waiting_files_selection", 1)
    assert "No link" in changing.json("unrestrict", waiting).error["message"]
    assert len(account.written) == sent, "a link was asked for that could not be kept"
    assert not (changing.folder / "new").exists()


def test_a_link_that_does_not_open_is_named_and_leaves_no_empty_file(changing: Home, account: Service) -> None:
    (wanted,) = changing.ids(limit=1)
    account.delete(wanted)
    file = changing.folder / "links.txt"
    done = changing.json("unrestrict", wanted, "-o", str(file))
    assert (done.code, done.result["links"]) == (1, 0)
    assert done.result["failed"] >= 1
    assert all(row["reason"] and row["download"] is None for row in done.lines[:-1])
    assert not file.exists()


def opened(service: Service) -> int:
    return sum(1 for method, path in service.written if (method, path) == ("POST", "/unrestrict/link"))


@pytest.mark.slow
def test_check_looks_at_no_more_than_asked_and_clears_up_after_itself(changing: Home, account: Service) -> None:
    wanted, count = links(changing)
    changing.run("unrestrict", wanted, "--file", "1")
    own = json.loads(account.ask("/downloads"))
    assert len(own) == 1

    before = opened(account)
    done = changing.json("check", "--limit", "3")
    assert (done.code, done.result["looked"], done.result["opened"]) == (0, 3, 3)
    assert opened(account) == before + 3
    checked = "SELECT count(DISTINCT torrent_id) FROM link_checks"
    assert changing.sql(checked) == [(3,)]
    assert changing.json("check", *changing.ids()[-3:], "--limit", "1").code == 0
    assert changing.sql(checked) == [(4,)]
    assert changing.json("check", wanted).result["looked"] == count
    assert json.loads(account.ask("/downloads")) == own


def test_a_link_that_fails_once_is_reported_and_not_called_dead(changing: Home, account: Service) -> None:
    (wanted,) = changing.ids(limit=1)
    account.delete(wanted)
    done = changing.json("check", wanted)
    rows = [row for row in done.lines if row["type"] == "check"]
    assert {row["verdict"] for row in rows} <= {"suspect", "unknown"}
    assert rows[0]["torrent_id"] == wanted
    assert done.result["dead"] == 0
    text = changing.run("check", wanted)
    assert re.search(rf"^(suspect|unknown) +{wanted} link 1", text.out, re.MULTILINE)


def test_the_files_in_the_data_folder_are_for_their_owner_only(changing: Home) -> None:
    changing.run("delete", *changing.ids(limit=2), "--apply")
    (backup,) = Path(changing.database.parent / "backups").glob("hashes-*.json")
    assert backup.stat().st_mode & 0o077 == 0
    assert changing.json("restore", str(backup)).result["add_torrent"] == 2
