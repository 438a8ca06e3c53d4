"""The command line: global options anywhere, wrong usage, what is imported, streams that close, secrets."""

from __future__ import annotations

import json
import os
import pty
import stat
import subprocess
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pytest

from mediatui.cli import run_commands
from tests.worlds.forks import Forks
from tests.worlds.here import run_here
from tests.worlds.places import PROJECT

SECRET = "SECRETVALUE1234567890"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user without any mediatui file; standard input is no terminal."""
    for name in list(os.environ):
        if name.startswith(("MEDIATUI_", "RD_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    for kind in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind.lower()))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def config(home: Path) -> Path:
    return home / "config" / "mediatui" / "config.toml"


def result(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    """The last line of standard output, which must be the JSON result; nothing else may be on standard error."""
    captured = capsys.readouterr()
    assert captured.err == ""
    line = json.loads(captured.out.splitlines()[-1])
    assert isinstance(line, dict)
    assert line["type"] == "result"
    return line


@dataclass(frozen=True)
class Answer:
    """How a command ended, and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


def here(*arguments: str, given: str = "") -> Answer:
    """A command run in this process; standard input holds ``given`` and is no terminal."""
    return Answer(*run_here(list(arguments), given))


def shell(line: str) -> subprocess.CompletedProcess[str]:
    """Runs ``line`` in a shell where ``m`` is mediatui; standard output is that of the whole line."""
    environ = {**os.environ, "PYTHONPATH": str(PROJECT)}
    script = f'set -o pipefail; m() {{ "{sys.executable}" -m mediatui "$@"; }}; {line}'
    return subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=environ, timeout=60)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--json", "config", "path"],
        ["config", "--json", "path"],
        ["config", "path", "--json"],
        ["--headless", "config", "path", "--json"],
    ],
)
def test_global_options_may_stand_anywhere(
    arguments: list[str], config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_commands(arguments) == 0
    line = result(capsys)
    assert line == {"type": "result", "command": "config path", "ok": True, "path": str(config), "exists": False}


def test_the_config_file_is_that_of_the_option_else_of_the_environment(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MEDIATUI_CONFIG", str(home / "e.toml"))
    run_commands(["config", "path"])
    run_commands(["config", "path", "--config", str(home / "o.toml")])
    run_commands(["--config", str(home / "o.toml"), "config", "path"])
    assert capsys.readouterr().out.splitlines() == [str(home / name) for name in ("e.toml", "o.toml", "o.toml")]


@pytest.mark.parametrize(
    ("arguments", "command", "expected"),
    [
        (["stas"], "", 'Did you mean "stats"?'),
        (["frobnicate"], "", "Commands: "),
        (["config", "sho"], "config", 'Did you mean "show"?'),
        (["stats", "--bogus"], "stats", "--bogus"),
        (["torrents", "-status:error"], "torrents", "after --"),
        (["torrents", "--limit", "0"], "torrents", "--limit"),
        (["sync", "--mode", "quick"], "sync", "'smart', 'fast', 'full', 'torrents', 'details'"),
        (["export", "--format", "xml"], "export", "'json', 'csv', 'magnets', 'dmm'"),
        (["export"], "export", "--format"),
        (["show"], "show", "ID"),
        (["config", "set"], "config set", "KEY"),
        (["stats", "--data-dir", ""], "stats", "--data-dir"),
        ([], "", "needs a command"),
    ],
)
def test_wrong_usage_says_what_is_right_and_exits_2(
    arguments: list[str], command: str, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_commands([*arguments, "--json"]) == 2
    line = result(capsys)
    error = line["error"]
    assert isinstance(error, dict)
    assert (line["command"], line["ok"], error["kind"]) == (command, False, "usage")
    assert expected in error["message"] + error["hint"]
    assert run_commands(["--headless", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("mediatui: ")


@pytest.mark.parametrize("arguments", [[], ["sync"], ["torrents", "x"], ["show", "A"], ["stats"]])
def test_without_a_terminal_a_screen_is_refused_and_the_flag_named(arguments: list[str], home: Path) -> None:
    answer = here(*arguments)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "--headless" in answer.stderr
    assert not (home / "data").exists()


@pytest.mark.parametrize(
    "arguments",
    [["diagnose", "--exit-code"], ["scan", "--exit-code"], ["cleanup", "--limit", "3"]],
)
def test_an_option_of_headless_commands_is_refused_without_headless(
    arguments: list[str], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_commands(arguments) == 2
    assert f"{arguments[1]} goes with --headless" in capsys.readouterr().err


def test_a_config_file_that_was_named_must_exist_except_to_create_it(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = str(home / "none.toml")
    assert run_commands(["--headless", "--config", name, "stats"]) == 2
    assert f"There is no config file {name}" in capsys.readouterr().err
    assert run_commands(["--config", name, "config", "set", "log.backups", "4"]) == 0
    assert "backups = 4" in Path(name).read_text()


def test_a_wrong_setting_ends_every_command_that_reads_settings(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.parent.mkdir(parents=True)
    config.write_text("[realdebrid]\nmax_concurrent = 99\n")
    assert run_commands(["sync", "--json"]) == 2
    error = result(capsys)["error"]
    assert isinstance(error, dict)
    assert error["kind"] == "settings"
    assert error["message"].startswith(f"realdebrid.max_concurrent = 99 is not allowed (config file {config})")


@pytest.mark.slow
def test_a_secret_is_read_from_a_pipe_and_never_shown(config: Path) -> None:
    answer = here("config", "set", "realdebrid.token", given=f"{SECRET}\n")
    assert answer.returncode == 0, answer.stderr
    assert f'token = "{SECRET}"' in config.read_text()
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    said = answer.stdout + answer.stderr
    for arguments in (["show"], ["show", "--json"], ["export"], ["export", "--json"], ["path"]):
        said += (answer := here("config", *arguments)).stdout + answer.stderr
    assert SECRET not in said
    assert "********" in said
    assert SECRET in here("config", "export", "--with-secrets").stdout


@pytest.mark.process
def test_a_secret_typed_on_a_terminal_is_not_echoed(config: Path) -> None:
    environ = {**os.environ, "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-m", "mediatui", "config", "set", "sonarr.api_key"]
    person, terminal = pty.openpty()
    with subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal, env=environ) as running:
        os.close(terminal)
        shown = os.read(person, 1000)
        os.write(person, f"{SECRET}\n".encode())
        while True:
            try:
                shown += os.read(person, 1000)
            except OSError:
                break
    os.close(person)
    assert running.returncode == 0
    assert b"sonarr.api_key: " in shown
    assert SECRET.encode() not in shown
    assert SECRET in config.read_text()


@pytest.mark.slow
def test_an_empty_secret_is_refused(config: Path) -> None:
    answer = here("config", "set", "realdebrid.token")
    assert answer.returncode == 2
    assert "No value was given for realdebrid.token" in answer.stderr
    assert not config.exists()


def test_settings_are_set_shown_exported_imported_and_unset(
    home: Path, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_commands(["config", "set", "realdebrid.requests_per_minute", "150"]) == 0
    assert run_commands(["config", "export", "-o", str(home / "saved.toml")]) == 0
    assert run_commands(["config", "unset", "realdebrid.requests_per_minute"]) == 0
    assert run_commands(["config", "unset", "realdebrid.requests_per_minute"]) == 0
    assert run_commands(["config", "import", str(home / "saved.toml")]) == 0
    capsys.readouterr()
    assert run_commands(["config", "show", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    shown = {row["key"]: row for row in rows if row["type"] == "setting"}
    assert shown["realdebrid.requests_per_minute"]["value"] == 150
    assert shown["realdebrid.requests_per_minute"]["origin"] == f"config file {config}"
    assert shown["realdebrid.timeout_s"]["origin"] == "default"
    assert stat.S_IMODE((home / "saved.toml").stat().st_mode) == 0o600


def test_a_list_that_is_not_json_is_refused_with_how_to_write_one(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_commands(["config", "set", "library.roots", "/srv/library"]) == 2
    said = capsys.readouterr().err
    assert "library.roots = /srv/library is not JSON" in said
    assert '["one", "two"]' in said
    assert not config.exists()


def test_a_setting_that_the_environment_overrules_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MEDIATUI_UI__DENSITY", "compact")
    assert run_commands(["config", "set", "ui.density", "comfortable"]) == 0
    assert "MEDIATUI_UI__DENSITY is set too" in capsys.readouterr().err


def test_the_text_of_config_show_says_where_a_value_comes_from(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_commands(["config", "show"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert next(line for line in lines if line.startswith("realdebrid.timeout_s ")).endswith("default")


def test_importing_what_is_not_there_is_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_commands(["config", "import", str(home / "none.toml")]) == 2
    assert f"There is no file {home / 'none.toml'}" in capsys.readouterr().err


@pytest.mark.process
def test_an_unexpected_error_is_one_sentence_and_its_trace_is_in_the_log(home: Path) -> None:
    broken = home / "broken"
    broken.mkdir()
    (broken / "tomllib.py").write_text("raise RuntimeError('odd auth_token=" + SECRET + "')")
    environ = {**os.environ, "PYTHONPATH": f"{broken}:{PROJECT}"}
    command = [sys.executable, "-m", "mediatui", "config", "show"]
    answer = subprocess.run(command, capture_output=True, text=True, env=environ, timeout=60)
    assert answer.returncode == 1
    assert answer.stderr.splitlines()[0] == "mediatui: An unexpected error ended mediatui (RuntimeError)."
    assert len(answer.stderr.splitlines()) == 2
    log = (home / "state" / "mediatui" / "log" / "mediatui.log").read_text()
    assert "Traceback" in json.loads(log)["trace"]
    assert SECRET not in log


def imported(heavy: Collection[str], *commands: str) -> dict[str, set[str]]:
    """Which of these modules are imported after each command, one after the other in a process of their own."""
    code = (
        "import sys; from mediatui.cli import run_commands\n"
        "heavy, *commands = (words.split() for words in sys.argv[1:])\n"
        "for words in commands:\n"
        "    assert run_commands(words) == 0, words\n"
        "    print('imported', *{*heavy} & {*sys.modules}, file=sys.stderr)"
    )
    environ = {**os.environ, "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-c", code, " ".join(heavy), *commands]
    answer = subprocess.run(command, capture_output=True, text=True, env=environ, timeout=60)
    assert answer.returncode == 0, answer.stderr
    lines = [line.split()[1:] for line in answer.stderr.splitlines() if line.startswith("imported")]
    return dict(zip(commands, map(set, lines), strict=True))


@pytest.mark.process
def test_the_version_is_told_without_importing_anything_heavy() -> None:
    heavy = {"pydantic", "httpx", "asyncio", "textual", "sqlite3", "platformdirs", "logging", "json"}
    assert imported(heavy, "--version") == {"--version": set()}


@pytest.mark.process
def test_commands_that_only_read_import_nothing_heavy() -> None:
    heavy = {"textual", "pydantic", "httpx", "asyncio", "aiosqlite", "tomlkit"}
    commands = ("--headless stats --compact", "--headless torrents", "--headless torrents --json")
    assert imported(heavy, *commands) == {command: set() for command in commands}


@pytest.mark.process
def test_an_interruption_ends_a_question_without_a_trace(config: Path) -> None:
    environ = {**os.environ, "PYTHONPATH": str(PROJECT)}
    take_terminal = "import fcntl, signal, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)"
    take_terminal += "; signal.signal(signal.SIGINT, signal.default_int_handler)"  # ignored when tests run in a job
    run = "sys.argv[1:] = ['config', 'set', 'realdebrid.token']; from mediatui.cli import main; main()"
    command = [sys.executable, "-c", f"{take_terminal}; {run}"]
    for keys, code in ((b"\x03", 130), (b"\x04", 2)):
        person, terminal = pty.openpty()
        with subprocess.Popen(
            command, stdin=terminal, stdout=terminal, stderr=terminal, env=environ, start_new_session=True
        ) as running:
            os.close(terminal)
            shown = os.read(person, 1000)
            os.write(person, keys)
            while True:
                try:
                    shown += os.read(person, 1000)
                except OSError:
                    break
        os.close(person)
        assert running.returncode == code
        assert b"Traceback" not in shown
    assert not config.exists()


@pytest.mark.process
def test_a_reader_that_stops_early_is_no_error(forks: Forks) -> None:
    answer = shell("m config show | head -c 1")
    assert (answer.returncode, answer.stderr) == (0, "")
    one = forks.run("config", "show", "--json", lines=1)
    assert json.loads(one.out.splitlines()[0])["type"] == "setting"
    for ended in (one, forks.run("--help", lines=1), forks.run("--version", lines=0)):
        assert (ended.code, ended.err) == (0, "")


@pytest.mark.process
def test_a_reader_that_stops_early_is_no_error_in_large_output(home: Path, forks: Forks) -> None:
    (home / "config" / "mediatui").mkdir(parents=True)
    keys = "\n".join(f"key{number} = 'x'" for number in range(8_000))
    (home / "config" / "mediatui" / "config.toml").write_text(f"[ui.keymap]\n{keys}\n")
    for command in ("config export", "config show --json", "config show"):
        answer = forks.run(*command.split(), lines=1)
        assert (answer.code, answer.err) == (0, "")


@pytest.mark.process
def test_streams_that_are_closed_from_the_start_are_no_error(home: Path) -> None:
    answer = shell("m config show --json >&- && m config path 2>&-")
    assert (answer.returncode, answer.stderr) == (0, "")
    answer = shell("m config set log.backups 5 >&- <&- 2>&-")
    assert answer.returncode == 0
    assert (home / "config" / "mediatui" / "config.toml").read_text() == "[log]\nbackups = 5\n"


@pytest.mark.process
def test_an_error_keeps_its_exit_code_when_nobody_can_be_told() -> None:
    assert shell("m config set nonsense 1 >&- 2>&-").returncode == 2


@pytest.mark.process
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_output_that_cannot_be_written_is_told(home: Path, forks: Forks) -> None:
    run_commands(["config", "set", "log.backups", "5"])
    for command in ("config path", "config show", "config show --json", "config export --with-secrets"):
        answer = forks.run(*command.split(), stdout="/dev/full")
        assert answer.code == 1
        assert "The output cannot be written: No space left on device." in answer.err


@pytest.mark.process
def test_a_terminal_that_knows_no_unicode_gets_replacements(home: Path) -> None:
    assert here("config", "set", "scan.ffprobe", "thème 千").returncode == 0
    answer = shell("PYTHONIOENCODING=ascii m config show")
    assert answer.returncode == 0, answer.stderr
    assert "th?me ?" in answer.stdout


@pytest.mark.slow
def test_clearing_needs_the_word_or_the_flag(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_commands(["stats", "--json"]) == 0
    capsys.readouterr()
    answer = here("clear", "--json")
    assert answer.returncode == 2
    assert "--yes-clear-everything" in json.loads(answer.stdout)["error"]["message"]
