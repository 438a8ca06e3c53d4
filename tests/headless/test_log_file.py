"""What the log file holds the next morning: runs, jobs, phases, steps and requests."""

from __future__ import annotations

import json
import re

from tests.worlds.home import TOKEN, Home, Service


def logged(home: Home) -> list[str]:
    """``level text`` of every line."""
    lines = map(json.loads, home.log_file.read_text().splitlines())
    return [f"{line['level']} {line['text']}" for line in lines]


def test_a_run_leaves_its_command_its_jobs_and_their_ends(home: Home, account: Service) -> None:
    home.use(account)
    assert home.run("sync").code == 0
    lines = logged(home)
    assert re.fullmatch(r"info begins: mediatui --headless sync \(version .+\)", lines[0])
    assert any(re.fullmatch(r"info sync 1: begins: .+", line) for line in lines)
    assert any(re.fullmatch(r"info sync 1: fetching details \(60\)", line) for line in lines)
    assert any(re.fullmatch(r"info sync 1: done: .+ \(\d+ requests\)", line) for line in lines)
    assert lines[-1] == "info ends with exit code 0"
    assert not [line for line in lines if line.startswith("debug")]


def test_every_step_of_a_batch_stands_there_with_its_outcome(home: Home, account: Service) -> None:
    home.use(account).run("sync")
    kept = home.ids(limit=2)
    account.delete(kept[0])
    home.run("delete", *kept, "--apply", "--allow", "5")
    steps = [line for line in logged(home) if ": delete_torrent: " in line]
    assert len(steps) == 2
    assert all(line.startswith(("info apply", "warning apply")) for line in steps)
    assert {line.rpartition(": ")[2].split(" (")[0] for line in steps} <= {"done", "skipped"}


def test_what_goes_wrong_is_an_error_with_its_sentence_and_its_exit_code(home: Home, account: Service) -> None:
    home.use(account)
    home.monkeypatch.setenv("MEDIATUI_REALDEBRID__TOKEN", "SOMEOTHERTOKEN123456789")
    code = home.run("sync").code
    lines = logged(home)
    assert any(line.startswith("error sync") and "does not accept the token" in line for line in lines)
    assert lines[-1] == f"info ends with exit code {code}"


def test_at_debug_every_request_is_a_line_and_no_secret_is_in_any(home: Home, account: Service) -> None:
    home.use(account)
    home.monkeypatch.setenv("MEDIATUI_LOG__LEVEL", "debug")
    home.run("sync")
    requests = [line for line in logged(home) if re.fullmatch(r"debug GET torrents\S*: 200, \d+ ms", line)]
    assert len(requests) >= 61
    assert TOKEN not in home.log_file.read_text()
