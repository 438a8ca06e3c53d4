"""The commands as a user, a cron job or a pipe meets them: in processes, over a real socket."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from mediatui.demo import account as demo_account
from mediatui.demo import archive as demo_archive
from mediatui.demo import connect
from mediatui.demo.seed import make_torrents
from mediatui.store.jobs import process_start
from tests.worlds.forks import Forks
from tests.worlds.home import TOKEN, Home, Service
from tests.worlds.places import PROJECT

COMPACT = re.compile(
    r"[\d,]+ torrents \| [\d,]+ details \(\d+\.\d%\) \| [\d,]+ active \| [\d,]+ problems \| [\d.,]+ [KMGTP]?B\n"
)


@pytest.fixture
def synced(home: Home, service: Service, synced_files: Path) -> Home:
    """A home whose archive holds the account."""
    shutil.copytree(synced_files, home.database.parent)
    return home.use(service)


def sql(home: Home, statement: str, *values: object) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(home.database)) as connection, connection:
        return connection.execute(statement, values).fetchall()


def first_id(home: Home) -> str:
    return str(sql(home, "SELECT id FROM torrents WHERE status = 'downloaded' ORDER BY key LIMIT 1")[0][0])


@pytest.mark.slow
def test_sync_fills_the_archive_and_a_second_one_finds_nothing_new(home: Home, service: Service) -> None:
    done = home.use(service).json("sync")
    assert done.code == 0
    assert done.err == ""
    assert done.result["command"] == "sync"
    assert (done.result["new"], done.result["details"]) == (60, 60)
    assert sorted(row[0] for row in sql(home, "SELECT id FROM torrents")) == sorted(service.log()["ids"])

    again = home.json("sync").result
    assert again["new"] == again["details"] == 0
    assert again["requests"] <= 3


@pytest.mark.slow
def test_a_dry_run_prints_its_plan_and_leaves_the_archive_empty(home: Home, service: Service) -> None:
    plan = home.use(service).json("sync", "--dry-run")
    news = next(row for row in plan.lines if row["type"] == "plan" and row["reason"] == "new")
    assert (news["count"], len(news["ids"])) == (60, 5)
    assert plan.result["would_cost_requests"] > 60
    assert sql(home, "SELECT count(*) FROM torrents") == [(0,)]

    verbose = home.json("-v", "sync", "--dry-run")
    assert len(next(row for row in verbose.lines if row.get("reason") == "new")["ids"]) == 60
    assert all(json.loads(line)["type"] for line in verbose.err.splitlines())

    text = home.run("sync", "--dry-run")
    assert re.search(r"new +60  \w+", text.out)


@pytest.mark.slow
def test_the_token_is_in_no_log(synced: Home) -> None:
    synced.monkeypatch.setenv("MEDIATUI_LOG__LEVEL", "debug")
    assert synced.json("-v", "sync", "--mode", "full").code == 0
    assert synced.log_file.exists()
    found = [path for path in synced.folder.rglob("*") if path.is_file() and TOKEN.encode() in path.read_bytes()]
    assert found == []


@pytest.mark.slow
def test_torrents_lists_sorts_limits_and_counts(synced: Home) -> None:
    everything = synced.json("torrents", "--sort", "size")
    sizes = [row["bytes"] for row in everything.lines[:-1]]
    assert len(sizes) == 60
    assert sizes == sorted(sizes, reverse=True)

    smallest = synced.json("torrents", "--sort", "size", "--reverse", "--limit", "3")
    assert [row["bytes"] for row in smallest.lines[:-1]] == sorted(sizes)[:3]
    assert (smallest.result["count"], smallest.result["shown"]) == (60, 3)

    done = synced.json("torrents", "status:downloaded", "size:>1gb")
    assert {row["status"] for row in done.lines[:-1]} == {"downloaded"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", done.lines[0]["added_at"])

    table = synced.run("torrents", "--limit", "2")
    assert len(table.out.splitlines()) == 3
    assert "60 torrents" in table.err


@pytest.mark.slow
def test_a_saved_filter_narrows_the_list_with_the_words_beside_it(synced: Home) -> None:
    synced.run("config", "set", "ui.filters", '{"done or new": "status:downloaded OR added:<1d"}')
    both = synced.json("torrents", "--saved", "done or new", "size:>1gb").lines[:-1]
    assert both == synced.json("torrents", "(status:downloaded OR added:<1d) size:>1gb").lines[:-1]
    assert 0 < len(both) < 60

    wrong = synced.run("torrents", "--saved", "done")
    assert (wrong.code, wrong.out) == (2, "")
    assert "There is no saved filter 'done'.\n  Saved: done or new.\n" in wrong.err


@pytest.mark.slow
def test_torrents_that_match_nothing_are_no_error(synced: Home) -> None:
    none = synced.run("torrents", "surely-not-there")
    assert (none.code, none.out) == (0, "")
    assert none.err == "No torrent matches.\n"


@pytest.mark.slow
def test_show_prints_a_torrent_whole(synced: Home) -> None:
    wanted = first_id(synced)
    row = synced.json("show", wanted).lines[0]
    assert row["id"] == wanted
    assert len(row["files"]) == row["files_count"]
    assert len(row["links"]) == row["links_count"] > 0

    text = synced.run("show", wanted).out
    assert row["hash"] in text
    assert row["files"][0]["path"] in text

    insert = "INSERT INTO library_links (path, target, state, torrent_id) VALUES (?, ?, 'ok', ?)"
    first = row["files"][0]
    for path, target in ((b"/l/one.mkv", f"/mnt/all/T{first['path']}"), (b"/l/folder", "/mnt/all/T")):
        sql(synced, insert, path, target.encode(), wanted)
    row, text = synced.json("show", wanted).lines[0], synced.run("show", wanted).out
    assert (row["files"][0]["library_links"], row["library_links"]) == (["/l/one.mkv"], ["/l/folder", "/l/one.mkv"])
    assert re.search(rf"{re.escape(first['path'])}\n +<- /l/one.mkv\n", text)
    assert re.search(r"in the library too \(1\)\n +/l/folder\n", text)


@pytest.mark.slow
def test_a_torrent_without_a_name_is_called_so(synced: Home) -> None:
    wanted = first_id(synced)
    sql(synced, "UPDATE torrents SET filename = '', bytes = 9e15 WHERE id = ?", wanted)
    assert synced.run("torrents", f"id:{wanted}").out.splitlines()[1].startswith("(no name)")
    assert synced.run("show", wanted).out.startswith("(no name)\n")
    assert "(no name)" in synced.run("stats").out


@pytest.mark.slow
def test_stats_come_whole_or_in_one_line(synced: Home) -> None:
    whole = synced.run("stats")
    assert re.search(r"Growth.*\n  \S+ \S+ +60  \+60 -0\n", whole.out)
    assert "slowest     GET /torrents/info/{id}: " in whole.out
    assert whole.out.startswith("60 torrents, ")
    assert "By status" in whole.out
    assert synced.json("stats").lines[0]["total"] == 60

    compact = synced.run("stats", "--compact")
    assert COMPACT.fullmatch(compact.out)
    assert compact.out.startswith("60 torrents | 60 details (100.0%) | ")
    assert compact.err == ""


def test_commands_that_read_do_so_in_an_empty_home(home: Home) -> None:
    assert home.json("clear").result["cleared"] == 0
    assert home.run("stats", "--compact").out == "0 torrents | 0 details (0.0%) | 0 active | 0 problems | 0 B\n"
    assert home.json("torrents").result["count"] == 0
    assert "The archive is empty" in home.run("torrents").err
    assert home.run("export", "--format", "json").out.strip() == "[]"


@pytest.mark.slow
def test_doctor_finds_a_service_that_answers_in_order(synced: Home) -> None:
    synced.monkeypatch.setenv("MEDIATUI_SCAN__FFPROBE", sys.executable)  # a program that is there on every machine
    checks = {row["name"]: row for row in synced.json("doctor").lines[:-1]}
    assert {row["state"] for row in checks.values()} == {"ok"}
    assert "premium days" in checks["real-debrid"]["reason"]
    assert "60 torrents" in checks["database"]["reason"]


@pytest.mark.slow
def test_doctor_names_an_unreachable_host_a_bad_token_and_a_readable_config(synced: Home) -> None:
    synced.monkeypatch.setenv("MEDIATUI_REALDEBRID__TOKEN", "WRONG")
    refused = synced.json("doctor", "--exit-code")
    assert refused.code == 5
    assert "does not accept the token" in refused.lines[-2]["reason"]

    synced.monkeypatch.setenv("MEDIATUI_REALDEBRID__TOKEN", TOKEN)
    synced.monkeypatch.setenv("MEDIATUI_REALDEBRID__BASE_URL", "http://127.0.0.1:9/rest/1.0")
    config = synced.folder / "config" / "mediatui" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text("[ui]\nvim_keys = true\n")
    config.chmod(0o644)
    away = synced.json("doctor")
    assert away.code == 0
    assert away.result["problems"] == 1
    states = {row["name"]: row for row in away.lines[:-1]}
    assert "127.0.0.1:9 cannot be reached" in states["real-debrid"]["reason"]
    assert states["settings"]["state"] == "warning"
    assert states["settings"]["hint"] == f"chmod 600 {config}"


@pytest.mark.parametrize(
    ("name", "value", "code", "said"),
    [
        ("TOKEN", "", 2, "no Real-Debrid token"),
        ("TOKEN", "two words", 2, "a blank at character 4 of 9"),
        ("TOKEN", "ONE\nTWO", 2, "a line break at character 4 of 7"),
        ("TOKEN", "WRONG", 3, "does not accept the token"),
        ("BASE_URL", "ftp://example.invalid", 2, "base"),
        ("BASE_URL", "http://127.0.0.1:9/rest/1.0", 3, "cannot be reached"),
        ("BASE_URL", "http://no-such-host.invalid/", 3, "cannot be reached"),
    ],
)
def test_a_sync_that_cannot_begin_says_why(
    home: Home, service: Service, name: str, value: str, code: int, said: str
) -> None:
    home.use(service).monkeypatch.setenv(f"MEDIATUI_REALDEBRID__{name}", value)
    done = home.json("sync")
    assert done.code == code
    assert said in done.error["message"]
    assert done.error["hint"] or done.error["kind"] == "settings"


def test_a_token_with_blanks_around_it_works(home: Home, service: Service) -> None:
    home.use(service).monkeypatch.setenv("MEDIATUI_REALDEBRID__TOKEN", f"  {TOKEN}\r\n")
    assert home.run("sync", "--mode", "torrents").code == 0


@pytest.mark.process
def test_clear_needs_the_word(synced: Home) -> None:
    refused = synced.json("clear")
    assert refused.code == 2
    assert "--yes-clear-everything" in refused.error["message"]
    assert sql(synced, "SELECT count(*) FROM torrents") == [(60,)]

    for word, code, left in (("clear", 2, 60), ("CLEAR", 0, 0)):
        master, slave = pty.openpty()
        process = synced.start("--headless", "clear", stdin=slave, stdout=slave, stderr=slave)
        os.write(master, f"{word}\n".encode())
        assert process.wait(timeout=30) == code
        os.close(slave)
        os.close(master)
        assert sql(synced, "SELECT count(*) FROM torrents") == [(left,)]


@pytest.mark.slow
def test_clear_with_the_flag_keeps_the_request_window(synced: Home) -> None:
    sent = sql(synced, "SELECT count(*) FROM requests")
    assert synced.json("clear", "--yes-clear-everything").result["cleared"] == 60
    assert sql(synced, "SELECT count(*) FROM torrents") == [(0,)]
    assert sql(synced, "SELECT count(*) FROM requests") == sent
    assert synced.json("sync").result["new"] == 60


@pytest.mark.slow
@pytest.mark.parametrize("form", ["json", "csv", "magnets", "dmm"])
def test_an_export_is_the_same_in_a_pipe_and_in_a_file(synced: Home, form: str) -> None:
    file = synced.folder / "export"
    piped = synced.run("export", "--format", form, "status:downloaded")
    written = synced.json("export", "--format", form, "-o", str(file), "status:downloaded")

    assert written.result["count"] == sql(synced, "SELECT count(*) FROM torrents WHERE status = 'downloaded'")[0][0]
    text = file.read_bytes().decode()
    assert piped.out == text.replace("\r\n", "\n")
    count = written.result["count"]
    if form == "csv":
        assert len(list(csv.DictReader(io.StringIO(text)))) == count
    elif form == "magnets":
        assert len(re.findall(r"^magnet:\?xt=urn:btih:[0-9a-f]{40}", text, re.M)) == count
    else:
        rows = json.loads(text)
        assert len(rows) == count
        assert {"filename", "hash"} <= set(rows[0])


@pytest.mark.slow
def test_an_export_that_cannot_be_written_is_named(synced: Home) -> None:
    done = synced.json("export", "--format", "json", "-o", str(synced.folder))
    assert done.code == 2
    assert str(synced.folder) in done.error["message"]
    assert "-o FILE" in synced.json("export", "--format", "json").error["hint"]


def test_a_redriva_database_is_taken_over(home: Home) -> None:
    file = home.folder / "redriva.db"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE torrents (id TEXT, filename TEXT, status TEXT, added_on TEXT, bytes INTEGER)")
        connection.execute("INSERT INTO torrents VALUES ('A', 'A Film', 'downloaded', '2024-05-01T10:00:00Z', 5)")
        connection.execute(
            "CREATE TABLE torrent_details (id TEXT, name TEXT, original_filename TEXT, status TEXT, size INTEGER, "
            "files_count INTEGER, progress REAL, links TEXT, hash TEXT, host TEXT, error TEXT)"
        )
    assert home.json("import-redriva", str(file)).code == 0
    assert home.json("show", "A").lines[0]["filename"] == "A Film"

    missing = home.json("import-redriva", str(home.folder / "none.db"))
    assert missing.code == 2
    assert "none.db" in missing.error["message"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "NOPE"), "NOPE"),
        (("torrents", "colour:red"), "colour"),
        (("torrents", '"never closed'), "quote"),
        (("torrents", "size:>big"), "big"),
        (("export", "--format", "csv", "colour:red"), "colour"),
    ],
)
def test_wrong_input_names_itself(synced: Home, arguments: tuple[str, ...], said: str) -> None:
    done = synced.json(*arguments)
    assert done.code == 2
    assert said in done.error["message"]
    assert done.error["hint"]
    assert synced.run(*arguments).out == ""


@pytest.mark.parametrize("command", [("sync",), ("torrents",), ("stats", "--compact"), ("clear",)])
def test_a_data_dir_that_is_a_file_is_named(home: Home, service: Service, command: tuple[str, ...]) -> None:
    (home.folder / "file").touch()
    done = home.use(service).json("--data-dir", str(home.folder / "file"), *command)
    assert done.code == (0 if command == ("clear",) else 2)
    if done.code:
        assert str(home.folder / "file") in done.error["message"]


def test_a_damaged_a_foreign_or_a_newer_database_is_named_and_left_alone(home: Home, service: Service) -> None:
    home.use(service)
    home.database.parent.mkdir(parents=True)

    def check(kind: str) -> None:
        before = home.database.read_bytes()
        for command in ("sync", "torrents", "stats"):
            done = home.json(command)
            assert (done.code, done.error["kind"]) == (2, kind)
        doctor = home.json("doctor", "--exit-code")
        assert doctor.code == 5
        assert home.database.read_bytes() == before

    home.database.write_bytes(b"surely not a database, but long enough to be read as one" * 40)
    check("damaged-database")
    home.database.unlink()
    with closing(sqlite3.connect(home.database)) as connection, connection:
        connection.execute("CREATE TABLE something_else (a)")
    check("damaged-database")
    home.database.unlink()
    with closing(sqlite3.connect(home.database)) as connection, connection:
        connection.execute("CREATE TABLE torrents (a)")
        connection.execute("PRAGMA user_version = 9999")
    check("newer-database")


@pytest.mark.process
def test_a_sync_beside_another_process_ends_and_names_it(synced: Home, forks: Forks) -> None:
    pid = os.getpid()
    host = os.uname().nodename
    lock = "INSERT INTO job_locks VALUES ('account', NULL, 'sync', ?, ?, ?, ?, ?)"
    sql(synced, lock, host, pid, process_start(pid), time.time(), time.time())

    done = forks.run("--json", "sync")
    assert (done.code, done.error["kind"]) == (4, "busy")
    assert f"pid {pid}" in done.error["message"]
    assert forks.run("--json", "clear", "--yes-clear-everything").code == 4
    assert forks.run("--headless", "torrents").code == 0

    sql(synced, "UPDATE job_locks SET process_start = 'long ago'")
    assert forks.run("--json", "sync").code == 0


def details(home: Home) -> int:
    if not home.database.exists():
        return 0
    with closing(sqlite3.connect(f"{home.database.as_uri()}?mode=ro", uri=True)) as connection:
        try:
            return int(connection.execute("SELECT count(*) FROM torrents WHERE details_at IS NOT NULL").fetchone()[0])
        except sqlite3.Error:
            return 0


@pytest.mark.process
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_sync_exits_with_130_and_the_next_one_carries_on(
    home: Home, slow_service: Service, forks: Forks, number: signal.Signals
) -> None:
    home.use(slow_service)
    with forks.running("--json", "-v", "sync", "--mode", "fast") as sync:
        sync.wait_for(lambda: details(home) >= 8)
        sync.send(number)
        done = sync.end()

    assert done.code == 130
    assert done.error["kind"] == "interrupted"
    assert 8 <= details(home) < 40
    assert sql(home, "SELECT state FROM jobs") == [("cancelled",)]
    assert sql(home, "SELECT count(*) FROM job_locks") == [(0,)]

    rest = home.json("-v", "sync", "--mode", "fast")
    assert rest.code == 0
    assert "Carries on" in rest.err
    assert details(home) == 40
    served = slow_service.log()["details_served"]
    assert len(served) == 40
    assert max(served.values()) == 1, "an answer in flight was dropped when the sync was interrupted"


@pytest.mark.process
def test_a_reader_that_stops_early_is_no_error(synced: Home, forks: Forks) -> None:
    for command in ("torrents", "stats", "export --format csv", "--json torrents", "--json sync --dry-run"):
        done = forks.run("--headless", *command.split(), lines=1)
        assert (command, done.code, done.err.count("rror")) == (command, 0, 0)
        assert len(done.out.splitlines()) == 1


def test_the_demo_syncs_without_a_token_and_in_a_place_of_its_own(home: Home) -> None:
    home.monkeypatch.setattr(demo_account, "make_torrents", partial(make_torrents, 300))
    home.monkeypatch.setattr(connect, "LATENCY_S", 0.0)
    home.monkeypatch.setattr(demo_archive, "WITHOUT_DETAILS", 10)
    before = home.json("--demo", "torrents", "--limit", "1").result["count"]
    done = home.json("--demo", "sync")
    assert done.code == 0
    assert done.result["new"] >= 12
    assert done.result["details"] >= 22
    assert 300 > before > 200
    assert not home.database.exists()


@pytest.mark.process
def test_no_command_imports_textual(synced: Home) -> None:
    commands = [
        ["config", "show"], ["sync", "--dry-run"], ["sync"], ["torrents"], ["stats"], ["doctor"],
        ["show", first_id(synced)], ["export", "--format", "csv"], ["clear"],
    ]  # fmt: skip
    program = (
        "import json, sys; from mediatui.cli import run_commands\n"
        "for command in json.loads(sys.argv[1]):\n"
        "    assert run_commands(['--headless', *command]) == 2 * (command == ['clear']), command\n"
        "    assert 'textual' not in sys.modules, command\n"
        "assert 'httpx' in sys.modules, 'what is imported is seen'\n"
    )
    environ = {**os.environ, "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-c", program, json.dumps(commands)]
    done = subprocess.run(command, capture_output=True, text=True, env=environ, timeout=60)
    assert done.returncode == 0, done.stderr
