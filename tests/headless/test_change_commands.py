"""Every command without ``--apply``, and what ``diagnose`` prints: nothing is changed, and what is printed works."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
from pathlib import Path

import pytest

from mediatui.changes.steps.registry import step_kinds
from mediatui.commands.catalog import COMMANDS
from mediatui.commands.options import declared
from mediatui.model.problems import PROBLEM_INFO, PROBLEMS
from tests.worlds.forks import Forks
from tests.worlds.home import TOKEN, Home, Service, move_in

HASH = "a" * 40
WORDS = {name: kind.record.WORDS.does for name, kind in step_kinds().items()}
STEP = re.compile(rf"(?:would +)?({'|'.join(WORDS.values())}) +(.*)")

ARGUMENTS: dict[str, tuple[str, ...]] = {
    "account adopt": ("--yes-adopt-account",),
    "add": (HASH,),
    "api": ("DELETE", "torrents/delete/ID"),
    "ask": ("library/Films/gone.mkv",),
    "check": ("--limit", "2"),
    "cleanup": (),
    "clear": ("--yes-clear-everything",),
    "config export": (),
    "config import": ("FILE",),
    "config path": (),
    "config reset": ("log",),
    "config set": ("realdebrid.max_concurrent", "4"),
    "config show": (),
    "config unset": ("realdebrid.max_concurrent",),
    "dedupe": (),
    "delete": ("class:problem",),
    "diagnose": (),
    "completion": ("bash",),
    "doctor": (),
    "download": ("ID", "-o", "films"),
    "export": ("--format", "magnets"),
    "fix-bad-links": (),
    "fix-symlinks": (),
    "grab": (HASH, "--no-target"),
    "import": ("class:ok", "--no-target"),
    "import-redriva": ("FILE",),
    "integrity": (),
    "journal": (),
    "link-movies": (),
    "library refresh": (),
    "login": (),
    "logout": (),
    "map": ("TRANSFER",),
    "paths": (),
    "paths list": (),
    "paths test": (),
    "play": ("ID",),
    "refresh": ("ID",),
    "remote": (),
    "remote fetch": ("/home/bob/data/film.mkv",),
    "repair": (),
    "repair-links": (),
    "replace": ("library/Films/gone.mkv",),
    "restore": ("FILE",),
    "resume": (),
    "scan": (),
    "scan delete": ("SCAN",),
    "scan diff": ("SCAN",),
    "scan list": (),
    "scan folders": (),
    "scan rerun": ("SCAN",),
    "scan show": ("SCAN",),
    "search": ("harbor",),
    "search list": (),
    "search show": ("1",),
    "select": ("WAITING", "--files", "all"),
    "sftp forget": ("box.invalid",),
    "sftp trust": ("bob@box.invalid",),
    "show": ("ID",),
    "staging": (),
    "staging again": ("TRANSFER",),
    "staging clean": (),
    "stats": (),
    "stream": ("ID",),
    "sync": ("--mode", "full"),
    "torrents": (),
    "transfers": (),
    "transfers done": ("TRANSFER",),
    "transfers forget": ("TRANSFER",),
    "transfers history": ("TRANSFER",),
    "transfers ignore": ("TRANSFER",),
    "transfers pause": ("TRANSFER",),
    "transfers pick": ("TRANSFER", "1"),
    "transfers resume": ("TRANSFER",),
    "transfers retry": ("TRANSFER",),
    "transfers run": ("--once",),
    "transfers show": ("TRANSFER",),
    "transfers unignore": ("TRANSFER",),
    "undo": (),
    "unrestrict": ("ID",),
}
"""Sensible arguments for every command there is: a new one has to be named here."""
AT_ONCE = {
    "add": {"POST /torrents/addMagnet", "POST /torrents/selectFiles"},
    "check": {"POST /unrestrict/link", "DELETE /downloads/delete"},
    "play": {"POST /unrestrict/link"},
    "stream": {"POST /unrestrict/link"},
    "unrestrict": {"POST /unrestrict/link"},
}
"""The commands that act at once by their nature, and all they may send."""


REFUSED_HERE = (
    "ask", "config import", "import-redriva", "library refresh", "login", "remote", "remote fetch", "replace", "search",
    "search show", "sftp trust", "transfers pick", "transfers resume", "transfers retry", "transfers unignore",
)  # fmt: skip
"""The commands that have nothing to work on there, and say so."""
WITH_APPLY = [
    name
    for name, command in COMMANDS.items()
    if any(option == "apply" for option, _, _ in declared(command.options_class()))
]
OF_THE_LIBRARY = (
    "scan",
    "scan rerun",
    "ask",
    "cleanup",
    "repair-links",
    "fix-bad-links",
    "fix-symlinks",
    "link-movies",
    "replace",
)
SHOWS_ITS_PLAN = [name for name in WITH_APPLY if name not in (*OF_THE_LIBRARY, "api", "staging again", "staging clean")]
"""The others list what they found, each thing once; their plan is part of that (``test_scan_command``,
``test_maintenance_commands``). To be asked, a service has to be there (``test_ask_command``), and to be taken out
of staging links have to lie there."""


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory, service: Service, synced_files: Path) -> tuple[Path, Service]:
    """A data folder to be copied, and its account: two torrents were deleted, and a batch is unfinished."""
    folder = tmp_path_factory.mktemp("lived")
    with pytest.MonkeyPatch.context() as monkeypatch:
        home = move_in(folder, monkeypatch).use(service)
        shutil.copytree(synced_files, home.database.parent)
        one, two, three = home.ids(limit=3)
        assert home.run("delete", one, two, "--apply").code == 0
        monkeypatch.setenv("MEDIATUI_REALDEBRID__TOKEN", "NOT-THE-TOKEN")
        assert home.run("delete", three, "--apply").code == 3
    return home.database.parent, service


@pytest.fixture
def settled(home: Home, lived_in: tuple[Path, Service]) -> Home:
    """A home with a past."""
    data, service = lived_in
    shutil.copytree(data, home.database.parent)
    (home.folder / "FILE").write_text(f'[{{"hash": "{HASH}", "filename": "A Film", "selected": [1]}}]')
    with_library(home)
    return home.use(service)


def with_library(home: Home) -> None:
    """Configures a library of two links, one of them broken, and a folder for staging."""
    library, mount, staging = home.folder / "library", home.folder / "mount", home.folder / "staging"
    staging.mkdir()
    (library / "Films").mkdir(parents=True)
    mount.mkdir()
    (mount / "good.mkv").write_bytes(b"v" * 2048)
    for name in ("good.mkv", "gone.mkv"):
        (library / "Films" / name).symlink_to(mount / name)
    home.monkeypatch.setenv("MEDIATUI_LIBRARY__ROOTS", json.dumps([str(library)]))
    home.monkeypatch.setenv("MEDIATUI_LIBRARY__MOUNTS", json.dumps([{"path": str(mount)}]))
    home.monkeypatch.setenv("MEDIATUI_STAGING__FOLDER", str(staging))


def links_of(home: Home) -> dict[str, str]:
    """Every link of the library and where it points."""
    return {str(path): os.readlink(path) for path in (home.folder / "library").rglob("*") if path.is_symlink()}


def arguments(home: Home, name: str) -> list[str]:
    given = {"ID": home.ids(limit=1)[0], "FILE": str(home.folder / "FILE"), "SCAN": "2"}
    given["WAITING"] = home.ids("waiting_files_selection", 1)[0]
    if "SCAN" in ARGUMENTS[name]:
        assert [home.run("scan").code for _ in range(2)] == [0, 0]
    if "TRANSFER" in ARGUMENTS[name]:
        assert home.run("grab", HASH, "--apply").code == 0  # noted, for it has no target
        given["TRANSFER"] = "1"
    return [*name.split(), *(given.get(word, word) for word in ARGUMENTS[name])]


def steps_in(text: str) -> list[tuple[str, str]]:
    return [(found[1], found[2]) for found in map(STEP.match, text.splitlines()) if found]


def test_every_command_is_run_by_the_tests() -> None:
    assert set(ARGUMENTS) == set(COMMANDS)
    assert {"delete", "dedupe", "repair", "restore", "resume", "scan", "undo"} <= set(WITH_APPLY)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "download"])  # see test_play_commands
def test_nothing_is_changed_without_apply(settled: Home, lived_in: tuple[Path, Service], name: str) -> None:
    service = lived_in[1]
    before, held, links = len(service.written), service.entries, links_of(settled)
    done = settled.run(*arguments(settled, name))
    sent = {f"{method} {'/'.join(path.split('/')[:3])}" for method, path in service.written[before:]}

    assert done.code == (2 if name in REFUSED_HERE else 0), done.err
    assert sent == AT_ONCE.get(name, set())
    assert links_of(settled) == links
    assert "1 broken" in done.out or name != "scan"
    if name == "add":
        (added,) = set(service.entries) - set(held)
        service.delete(added)
    assert service.entries == held


@pytest.mark.parametrize("name", SHOWS_ITS_PLAN)
def test_a_plan_is_the_same_in_text_and_in_json(settled: Home, lived_in: tuple[Path, Service], name: str) -> None:
    before = len(lived_in[1].written)
    given = arguments(settled, name)
    text, machine = settled.run("-v", *given), settled.json(*given)
    rows = [row for row in machine.lines if row["type"] == "step"]
    planned = [row for row in rows if row["outcome"] == "planned"]

    assert len(planned) >= 1
    assert all({"kind", "what", "outcome", "reason"} <= set(row) for row in rows)
    shown = steps_in(text.out)
    assert [words for words, _ in shown] == [WORDS[row["kind"]] for row in planned]
    for (_, rest), row in zip(shown, planned, strict=True):
        assert rest.startswith(row["what"])
    left = [row for row in rows if row["outcome"] == "skipped"]
    assert [line.split("  (")[0] for line in text.out.splitlines() if line.startswith("left")] == [
        f"left     {row['what']}" for row in left
    ]
    assert machine.result["steps"] == len(planned)
    assert machine.result["applied"] is False
    assert f"{machine.result['requests']:,} requests" in text.out
    assert machine.result["requests"] == sum(row["requests"] for row in planned)
    assert "Nothing was changed; --apply does it." in text.out
    assert len(lived_in[1].written) == before


def test_the_cost_shown_for_each_step_adds_up(settled: Home) -> None:
    text = settled.run("dedupe").out
    (step,) = [line for line in text.splitlines() if line.startswith("delete torrent")]
    assert f"{re.split(' {2,}', step)[2]} requests" in text


@pytest.mark.parametrize("name", ["delete", "resume"])
def test_without_a_token_an_apply_ends_before_anything_is_stored(settled: Home, name: str) -> None:
    batches = settled.sql("SELECT count(*) FROM batches")
    settled.monkeypatch.delenv("MEDIATUI_REALDEBRID__TOKEN")
    done = settled.json(*arguments(settled, name), "--apply")
    assert done.code == 2
    assert "no Real-Debrid token" in done.error["message"]
    assert settled.sql("SELECT count(*) FROM batches") == batches


def test_diagnose_names_each_problem_with_its_reason_and_counts_by_class(settled: Home) -> None:
    done = settled.json("diagnose")
    *findings, result = done.lines
    assert [row["type"] for row in findings] == ["finding"] * len(findings)
    needed = {"path", "target", "state", "reason", "torrent_id", "class", "suggestion", "command", "requests", "undo"}
    assert all(needed <= set(row) and row["reason"] and row["suggestion"] for row in findings)
    ranks = [PROBLEMS.index(row["state"]) for row in findings]
    assert ranks == sorted(ranks)

    counts = {name: sum(1 for row in findings if row["state"] == name) for name in {row["state"] for row in findings}}
    assert result["classes"] == counts
    assert result["problems"] == len(findings) > 0
    assert len(counts) >= 4

    known = {row[0]: row[1:] for row in settled.sql("SELECT id, status, progress, bytes FROM torrents")}
    assert all(known[row["torrent_id"]] == (row["status"], row["progress"], row["bytes"]) for row in findings)
    assert all(row["added_at"].endswith("Z") for row in findings)
    assert result["bytes"] == sum(result["class_bytes"].values()) == sum(row["bytes"] for row in findings)

    text = settled.run("diagnose", "--exit-code")
    totals = text.out.splitlines()[-len(counts) - 1 : -1]
    assert {(line.rsplit(None, 3)[0].strip(), int(line.rsplit(None, 3)[1])) for line in totals} == set(counts.items())
    assert text.code == 5
    for row in findings:
        assert re.search(rf"^{row['class']} .*{row['torrent_id']}$", text.out, re.MULTILINE)
        assert row["command"] in text.out
    for name, count in counts.items():
        assert f"\n{name} {count}: " in text.out
    assert settled.json("diagnose", "--exit-code").result["problems"] == len(findings)


def test_of_a_link_that_failed_once_a_check_is_recommended(settled: Home) -> None:
    (one,) = settled.ids(limit=1)
    settled.sql(
        "UPDATE torrents SET health = 'unknown', health_code = 19, health_at = 1, class = 'temporary' WHERE id = ?", one
    )
    (row,) = [row for row in settled.json("diagnose").lines if row.get("torrent_id") == one]
    assert row["command"] == "mediatui --headless check class:temporary"
    assert f"\n  {row['command']}\n" in settled.run("diagnose").out
    assert settled.run("check", "class:temporary").code == 0


def test_diagnose_of_an_account_without_problems_says_so(settled: Home) -> None:
    settled.json("clear", "--yes-clear-everything")
    assert settled.run("diagnose", "--exit-code").out.endswith("No problem was found.\n")
    assert settled.json("diagnose").result["classes"] == {}


@pytest.mark.parametrize("command", sorted({about.command for about in PROBLEM_INFO.values() if about.command}))
def test_each_command_that_is_recommended_is_one(settled: Home, lived_in: tuple[Path, Service], command: str) -> None:
    before = len(lived_in[1].written)
    program, *rest = shlex.split(command)
    assert (program, rest[0]) == ("mediatui", "--headless")
    done = settled.run(*(word for word in rest[1:] if word != "--apply"))
    assert done.code == 0, done.err
    assert len(lived_in[1].written) == before


def every_command_in(text: str) -> list[str]:
    return re.findall(r"mediatui --headless ([^.\n]*[^.\s])", text)


def test_the_commands_of_stats_and_of_an_unfinished_batch_are_accepted(settled: Home) -> None:
    said = settled.run("stats").out + settled.run("delete", "class:problem").err
    found = every_command_in(said)
    assert len(found) >= 3
    for command in found:
        assert settled.run(*(word for word in shlex.split(command) if word != "--apply")).code == 0, command


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("delete",), "QUERY"),
        (("delete", ""), "named"),
        (("delete", " ", ""), "named"),
        (("repair", " "), "named"),
        (("delete", "AAAAAAAAAAAAA"), "AAAAAAAAAAAAA"),
        (("delete", HASH), HASH),
        (("delete", "ID", "class:problem"), "mixed"),
        (("delete", "colour:red"), "colour"),
        (("repair", "AAAAAAAAAAAAA"), "AAAAAAAAAAAAA"),
        (("check", "AAAAAAAAAAAAA"), "AAAAAAAAAAAAA"),
        (("unrestrict", "AAAAAAAAAAAAA"), "AAAAAAAAAAAAA"),
        (("undo", "99"), "99"),
        (("undo", "0"), "0"),
        (("resume", "99"), "99"),
        (("journal", "99"), "99"),
        (("journal", "99999999999999999999"), "99999999999999999999"),
        (("journal", "--limit", "99999999999999999999"), "99999999999999999999"),
        (("check", "--limit", "99999999999999999999"), "99999999999999999999"),
        (("torrents", "--limit", "99999999999999999999"), "99999999999999999999"),
        (("delete", "ID", "--allow", "99999999999999999999"), "99999999999999999999"),
        (("dedupe", "--by", "colour"), "colour"),
        (("dedupe", "--keep", "prettiest"), "prettiest"),
    ],
)
def test_wrong_input_is_named_and_changes_nothing(
    settled: Home, lived_in: tuple[Path, Service], given: tuple[str, ...], said: str
) -> None:
    before = len(lived_in[1].written)
    known = settled.ids(limit=1)[0]
    words = [known if word == "ID" else word for word in given]
    apply = ["--apply"] if given[0] in WITH_APPLY else []
    done = settled.json(*words, *apply)
    assert done.code == 2
    assert said in done.error["message"]
    assert done.error["hint"]
    assert len(lived_in[1].written) == before


def test_a_query_that_finds_nothing_is_nothing_to_do(settled: Home, lived_in: tuple[Path, Service]) -> None:
    before = len(lived_in[1].written)
    for command in ("delete", "repair"):
        done = settled.json(command, "surely-not-there", "--apply")
        assert done.code == 0
        assert (done.result["steps"], done.result["applied"]) == (0, False)
        assert "nothing to do" in settled.run(command, "surely-not-there", "--apply").out
    assert len(lived_in[1].written) == before


@pytest.mark.process
def test_a_reader_of_a_plan_that_stops_early_is_no_error(settled: Home, forks: Forks) -> None:
    for command in ("delete class:problem", "repair", "diagnose", "journal", "--json diagnose", "--json undo"):
        done = forks.run("--headless", *command.split(), lines=1)
        assert (command, done.code) == (command, 0)
        assert len(done.out.splitlines()) == 1
        assert "error" not in done.err


@pytest.mark.slow
def test_the_token_is_never_shown_and_in_no_file(settled: Home) -> None:
    settled.monkeypatch.setenv("MEDIATUI_LOG__LEVEL", "debug")
    for name in WITH_APPLY:
        settled.run(*arguments(settled, name), "-v")
    found = [path for path in settled.folder.rglob("*") if path.is_file() and TOKEN.encode() in path.read_bytes()]
    assert found == []


def test_diagnose_of_some_classes_counts_these_alone(settled: Home) -> None:
    every = settled.json("diagnose").result["classes"]
    name = next(one for one in every if " " in one)
    done = settled.json("diagnose", "--class", name.replace(" ", "-"), "--class", "VIRUS")
    assert done.result["classes"] == {one: count for one, count in every.items() if one in (name, "virus")}
    text = settled.run("diagnose", "--class", "virus")
    assert "Status" in text.out.splitlines()[0]
    assert text.out.splitlines()[-2].startswith("virus ")
    refused = settled.json("diagnose", "--class", "fine")
    assert (refused.code, "no class of problems" in refused.error["message"]) == (2, True)
