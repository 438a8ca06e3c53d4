"""Every command of the catalog on the screen: typed on the ``:`` line, and as what the screen was opened with. That
each runs headless is seen in ``tests/headless/test_change_commands.py``."""

from __future__ import annotations

import contextlib
import sqlite3
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, cast

import pytest

from mediatui.cli import run_commands
from mediatui.commands.catalog import COMMANDS
from mediatui.commands.command import load
from mediatui.commands.parse import Typed, read_line
from mediatui.model.errors import UsageError
from mediatui.tui import command_line
from mediatui.tui.command_line import completions
from mediatui.tui.host import Host
from tests.worlds.screen import Open, Screen, broken, well

OUTCOMES: dict[str, tuple[str, str]] = {
    "delete": ("F000000000003", "Delete 1 torrent"),
    "journal": ("1", "batch 1 · Delete 1 torrent"),
    "undo": ("1", "Undo batch 1"),
    "resume": ("1 --failed", "Nothing is left to do in batch 1"),
    "sync": ("--mode torrents", "sync done"),
    "torrents": ("status:downloaded --sort size --limit 2", ", 2 shown"),
    "show": ("F000000000002", "/id:F000000000002 1 esc ✕"),
    "refresh": ("F000000000002", "1 torrent refreshed."),
    "select": ("F000000000002 --files 1", "is downloaded: only a torrent that waits"),
    "api": ("GET torrents?limit=2", '"filename": "Film.2"'),
    "stats": ("--compact", "| 1 problems |"),
    "diagnose": ("", "error 1"),
    "check": ("--limit 1", "check done"),
    "repair": ("class:problem --force", "Repair 1 torrent"),
    "dedupe": ("--by title --keep largest", "keep the largest · "),
    "add": (f"{'a' * 40} --select all", "Add 1"),
    "grab": (f"{'b' * 40}", "Take on 1 torrent"),
    "staging": ("", "No folder for staging is set"),
    "staging again": ("1", "There is no transfer 1."),
    "staging clean": ("", "There is no folder for staging"),
    "paths": ("", "No rules: other programs"),
    "paths list": ("", "No rules: other programs"),
    "remote": ("", "seedbox.roots names no folder."),
    "remote fetch": ("/home/bob/data/film.mkv -o FOLDER/new", "seedbox.roots names no folder."),
    "sftp trust": ("127.0.0.1:1", "Nothing listens at [127.0.0.1]:1."),
    "sftp forget": ("box.invalid", "No host key of box.invalid is pinned."),
    "paths test": ("", "Nothing to ask: no Sonarr"),
    "import": ("status:downloaded --no-target", "Take on "),
    "map": ("1", "There is no transfer 1"),
    "transfers": ("waits:you", "/waits:you 0"),
    "transfers show": ("1", "There is no transfer 1"),
    "transfers history": ("1", "There is no transfer 1"),
    "transfers run": ("", "0 transfers under way."),
    "transfers pause": ("1", "There is no transfer 1"),
    "transfers resume": ("1", "There is no transfer 1"),
    "transfers retry": ("1", "There is no transfer 1"),
    "transfers pick": ("1 1", "There is no transfer 1"),
    "transfers forget": ("1", "There is no transfer 1"),
    "transfers done": ("1", "There is no transfer 1"),
    "transfers ignore": ("b" * 40, "Ignore: 1 done."),
    "transfers unignore": ("b" * 40, "Unignore: 1 done."),
    "unrestrict": ("F000000000002", "http"),
    "play": ("F000000000002", "this is the address"),
    "stream": ("F000000000002 --file 1", "eac3, 5.1 channels, French"),
    "download": ("F000000000002 --file 9 -o FOLDER/new", "has no selected file 9"),
    "restore": ("FOLDER/backup.json", "A Film"),
    "scan": ("--depth basic", "scan done"),
    "scan rerun": ("1", "scan done"),
    "scan list": ("", "2 scans stored"),
    "scan folders": ("", "folders, "),
    "scan show": ("1", "scan 1 ·"),
    "scan diff": ("2", "scan 2 since scan 1"),
    "scan delete": ("1", "Forget scan 1"),
    "ask": ("FOLDER/library/Films/Film.3.mkv", "Neither Sonarr nor Radarr is enabled"),
    "replace": ("FOLDER/library/Films/Film.3.mkv", "Replace 1 dead link"),
    "search": ("harbor lights", "prowlarr.enabled is false"),
    "search list": ("", "No search is kept yet"),
    "search show": ("1", "There is no search 1"),
    "library refresh": ("", "No Sonarr or Radarr is enabled"),
    "integrity": ("--only broken", "integrity done"),
    "cleanup": ("--only empty", "cleanup done"),
    "repair-links": ("--min-score 95", "repair-links done"),
    "fix-bad-links": ("", "fix-bad-links done"),
    "fix-symlinks": ("", "fix-symlinks done"),
    "link-movies": ("", "link-movies done"),
    "export": ("status:downloaded --format magnets", "magnet:?"),
    "import-redriva": ("FOLDER/backup.json", "✗"),
    "doctor": ("", "database"),
    "completion": ("bash", "_mediatui_completion"),
    "login": ("", "comes before a login"),
    "logout": ("", "There is no login on this device"),
    "config path": ("", "config.toml"),
    "config show": ("", "realdebrid.requests_per_minute"),
    "config set": ("log.backups 4", "log.backups = 4"),
    "config export": ("", "backups = 4"),
    "config unset": ("log.backups", "log.backups is no longer set"),
    "config import": ("FOLDER/other.toml", "Settings of"),
    "config reset": ("log", "of log are the defaults now"),
    "account adopt": ("", "The archive belongs to demo (1) already"),
    "clear": ("", "Type CLEAR"),
}
"""What each command is given, and what it shows, in an order that makes what a later one needs."""
DONE_AFTER = {"delete": ("y",)}
"""Keys that answer a question with more than a no."""


def the_line(name: str, folder: Path) -> str:
    return f"{name} {OUTCOMES[name][0].replace('FOLDER', str(folder))}".strip()


def prepare(folder: Path) -> None:
    (folder / "backup.json").write_text(f'[{{"hash": "{"b" * 40}", "filename": "A Film", "selected": [1]}}]')
    (folder / "other.toml").write_text("[log]\nbackups = 5\n")


async def run_each(screen: Screen, folder: Path, names: Iterable[str], do: Callable[[str], Any]) -> None:
    """Does these commands, waits for what each shows, and says no to what it asks."""
    for name in names:
        shown = OUTCOMES[name][1]
        await screen.press("1")
        screen.app.prompt.say("")
        await do(the_line(name, folder))
        await screen.until(lambda shown=shown: shown in screen.text())  # type: ignore[misc]  # bound at once
        if screen.app.prompt.mode:
            await screen.press(*DONE_AFTER.get(name, ("escape",)))
        await screen.until(lambda: not screen.app.workspace.runner.running)


def test_every_command_has_an_outcome_here() -> None:
    assert set(OUTCOMES) == set(COMMANDS)


async def test_every_command_can_be_typed(open_app: Open, library: Path, tmp_path: Path) -> None:
    prepare(tmp_path)
    account = well(6)
    account[0] = broken(account[0])
    async with open_app(account, size=(240, 24)) as screen:

        async def type_it(line: str) -> None:
            await screen.press("colon")
            screen.app.prompt._input.value = line
            await screen.press("enter")

        await run_each(screen, tmp_path, OUTCOMES, type_it)


async def test_the_screen_opens_with_every_command_as_if_it_was_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What each then does is seen above."""
    run: list[Typed] = []

    async def take(app: object, typed: Typed) -> None:
        run.append(typed)

    monkeypatch.setattr(command_line, "run", take)
    app = cast(Host, object())
    for name in OUTCOMES:
        line = the_line(name, tmp_path)
        await command_line.perform(app, line)
        await command_line.begin(app, read_line(line))
        typed, opened = run[-2:]
        assert typed == opened
        assert opened.command is COMMANDS[name]


async def test_the_screen_opens_with_a_command(open_app: Open, library: Path, tmp_path: Path) -> None:
    prepare(tmp_path)
    account = well(6)
    account[0] = broken(account[0])
    async with open_app(account, size=(150, 40)) as screen:
        others = ["delete", "journal", "undo", "stats", "dedupe", "scan", "config set", "clear"]
        await run_each(screen, tmp_path, others, lambda line: command_line.begin(screen.app, read_line(line)))
        await command_line.begin(screen.app, read_line("journal 99"))
        await screen.until(lambda: "There is no batch 99" in screen.text())
        name = "integrity"
        await command_line.begin(screen.app, read_line(the_line(name, tmp_path)))
        (job,) = screen.app.workspace.runner.running
        assert job.title == name
        await screen.until(lambda: job.state != "waiting")
        job.cancel()
        await screen.until(lambda: not screen.app.workspace.runner.running)


@pytest.mark.parametrize("name", [name for name, command in COMMANDS.items() if command.view])
def test_a_command_opens_the_screen_with_all_it_was_given(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Typed | None] = []
    for kind in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path))
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("mediatui.tui.launch.run", lambda invocation, typed: opened.append(typed) or 0)
    line = the_line(name, tmp_path)

    assert run_commands(line.split()) == 0
    assert opened == [read_line(line)]


async def test_the_screen_shows_the_view_of_its_command_and_begins_it(open_app: Open) -> None:
    async with open_app(well(6), size=(110, 30), line="torrents Film --sort name --limit 4") as screen:
        await screen.until(lambda: ", 4 shown" in screen.text())
        assert screen.text().index("Film.1") < screen.text().index("Film.4")
        assert "Film.5" not in screen.text()
        await screen.press("escape")
        await screen.until(lambda: "Film.5" in screen.text())


async def test_what_an_import_brings_is_listed_at_once_gone_ones_too(open_app: Open, tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "other.db")) as connection, connection:
        connection.execute("CREATE TABLE torrents (id TEXT, filename TEXT, status TEXT)")
        rows = [("DELETED000001", "Gone.Film", "deleted"), ("FINE000000001", "Fine.Film", "downloaded")]
        connection.executemany("INSERT INTO torrents VALUES (?, ?, ?)", rows)
    async with open_app(well(2), size=(120, 24)) as screen:
        assert "Fine.Film" not in screen.text()
        await screen.press("colon")
        screen.app.prompt._input.value = f"import-redriva {tmp_path / 'other.db'}"
        await screen.press("enter")
        await screen.until(lambda: "2 torrents read: 2 added" in screen.text())
        await screen.press("1")
        await screen.until(lambda: "Fine.Film" in screen.text())
        await screen.until(lambda: "gone 1" in screen.text())
        assert "Gone.Film" not in screen.text()


def test_what_the_catalog_refers_to_is_there() -> None:
    for command in COMMANDS.values():
        for package, reference in (
            ("commands", command.options), ("commands", command.plan), ("commands", command.answer),
            ("headless", command.headless), ("tui", command.screen),
        ):  # fmt: skip
            assert not reference or callable(load(f"{package}.{reference}")), command.name


def test_each_command_is_done_in_one_way_by_each_face() -> None:
    for command in COMMANDS.values():
        assert bool(command.headless) + bool(command.plan) + bool(command.answer) == 1, command.name
        assert command.screen or command.plan or command.answer, command.name


IMPOSSIBLE = (
    ("sync --status error", "--status goes with --mode details; smart"),
    ("sync --mode details --status nonsense", "There is no status nonsense"),
    ("stats --exit-code", "stats does not take '--exit-code'"),
    ("diagnose --exit-code", "--exit-code is for --headless"),
    ("torrents --limti 5", "torrents does not take '--limti'"),
    ("torrents --sort colour", 'Unknown sort key "colour"'),
    ("config shoe", "config does not take 'shoe'"),
    ("journal 99", "There is no batch 99"),
    ("resume 99 --failed", "There is no batch 99"),
    ("scan show 99", "There is no scan 99"),
    ("problems now", "problems does not take 'now'"),
    ("fly", "There is no command 'fly' here"),
)


async def test_what_cannot_be_is_said(open_app: Open) -> None:
    async with open_app(well(2), size=(150, 24)) as screen:
        for line, said in IMPOSSIBLE:
            screen.app.prompt.say("")
            await screen.settle()
            assert said not in screen.text()
            await screen.app.run_command(line)
            await screen.until(lambda said=said: said in screen.text())  # type: ignore[misc]  # bound at once


def test_a_query_keeps_its_quotes_and_may_begin_with_a_hyphen() -> None:
    assert read_line('torrents "le bureau" -x265 --limit 3').options.query == ('"le bureau"', "-x265")
    assert read_line("torrents l'avare").options.query == ("l'avare",)
    assert read_line("delete 'a b'").options.words == ("a b",)
    with pytest.raises(UsageError, match="cannot be read"):
        read_line("delete 'a b")


def test_a_flag_can_make_a_field_false() -> None:
    assert read_line("sync").options.resume is True
    assert read_line("sync --no-resume").options.resume is False


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("sy", "sync"), ("sync --st", "sync --status"), ("sync --mode d", "sync --mode details"),
        ("config s", "config show"), ("scan l", "scan list"), ("scan rerun 3 --pr", "scan rerun 3 --probe"),
        ("cleanup --only du", "cleanup --only duplicates"), ("dedupe --by t", "dedupe --by title"),
        ("torrents class:p", "torrents class:problem"), ("torrents --sort si", "torrents --sort size"),
        ("diagnose --e", None), ("x", None),
    ],
)  # fmt: skip
def test_the_line_is_completed(typed: str, completed: str | None) -> None:
    first = next(iter(completions(typed)), None)
    assert (first and first.text) == (completed and f"{completed} ")


def test_what_fits_is_listed_with_a_sentence_each_and_without_what_is_typed_already() -> None:
    assert all(one.note for one in completions("") + completions("sync ") + completions("account "))
    words = [one.word for one in completions("torrents --json --sort size ")]
    assert "--sort" not in words
    assert "--limit" in words
