"""The ``:`` line and the command the screen was opened with: the headless commands, done on the screen."""

from __future__ import annotations

import functools
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from textual.suggester import SuggestFromList

from mediatui.archive.sync.job import MODES, SyncOptions, read_options
from mediatui.archive.targets import read_targets
from mediatui.library.maintenance.tools import TOOLS
from mediatui.library.roots import configured_library, scan_roots
from mediatui.library.scan.state import read_scan_options
from mediatui.model.errors import MediatuiError, UsageError
from mediatui.model.text import printable
from mediatui.tui.view import OpenList, in_background

if TYPE_CHECKING:
    from mediatui.changes.owner import Owner
    from mediatui.tui.host import Host
    from mediatui.tui.views.maintenance.view import MaintenanceView
    from mediatui.tui.views.symlinks.view import SymlinksView
    from mediatui.tui.views.torrents.duplicates import DuplicatesView

VIEWS = ("problems", "stats", "symlinks", "maintenance", "journal", "settings", "activity")
NAMES = (
    *("sync", "torrents", "show", "diagnose", "check", "repair", "delete", "dedupe", "add", "undo", "scan", "account"),
    *TOOLS,
    *(*VIEWS, "help", "quit"),
)


@dataclass(frozen=True, slots=True)
class _Takes:
    """The options a command takes: flags, options with a value and with two, each with its field; and whether it takes
    words."""

    flags: Mapping[str, tuple[str, object]] = field(default_factory=dict)
    valued: Mapping[str, str] = field(default_factory=dict)
    words: bool = False
    pairs: Mapping[str, str] = field(default_factory=dict)


_TAKES: Mapping[str, _Takes] = {
    "sync": _Takes(
        {
            "--dry-run": ("dry_run", True),
            "--status-changes-only": ("status_changes_only", True),
            "--include-active-downloads": ("include_active", True),
            "--skip-error-retry": ("skip_error_retry", True),
            "--no-resume": ("resume", False),
            "--accept-empty": ("accept_empty", True),
        },
        {"--mode": "mode", "--status": "statuses"},
    ),
    "repair": _Takes({"--force": ("force", True), "--download": ("may_download", True)}, words=True),
    "dedupe": _Takes(valued={"--by": "by", "--keep": "keep"}),
    "add": _Takes(valued={"--select": "select"}, words=True),
    **{
        name: _Takes(
            {"--remove-unrepaired": ("remove_unrepaired", True)},
            {"--only": "only", "--min-score": "min_score", "--max-per-dir": "max_per_dir"},
            pairs={"--rebase": "rebase"} if name == "fix-symlinks" else {},
        )
        for name in TOOLS
    },
    **{name: _Takes(words=True) for name in ("torrents", "show", "check", "delete", "undo", "account")},
    "scan": _Takes(
        {"--read-first-kb": ("read_first_kb", True), "--accept-mounts": ("accept_mounts", True)},
        {"--depth": "depth", "--probe": "probe", "--accept-view": "accept_view"},
        words=True,
    ),
}


@dataclass(frozen=True, slots=True)
class Typed:
    """A command: its name, its words, and its options by field."""

    name: str
    words: Sequence[str] = ()
    options: Mapping[str, Any] = field(default_factory=dict)


def suggestions() -> SuggestFromList:
    """What completes a command line."""
    lines = [*NAMES, *(f"sync --mode {mode}" for mode in MODES), *(f"sync {flag}" for flag in _TAKES["sync"].flags)]
    lines += ["torrents class:problem", "torrents is:duplicate", "repair class:aged-out", "dedupe --by title"]
    return SuggestFromList(lines)


def described() -> Iterator[tuple[str, str]]:
    """The commands that are more than a key, for the palette: the beginning of the line, and what it does or takes."""
    for name in NAMES:
        takes = _TAKES.get(name, _Takes())
        options = " ".join((*takes.flags, *takes.valued, *takes.pairs))
        if name in TOOLS:
            yield name, TOOLS[name].about
        elif name in _TAKES:
            yield name, f"Takes {options or 'words'}" + (" and words" if options and takes.words else "")


def read_command(line: str) -> Typed:
    """The command in a line; raises UsageError that names what is wrong and what there is."""
    name, _, rest = line.strip().partition(" ")
    name = {"q": "quit"}.get(name, name)
    if not name:
        raise UsageError("Nothing was typed.", f"Commands: {', '.join(NAMES)}.")
    if name not in NAMES:
        raise UsageError(f"There is no command {printable(name, empty='')!r} here.", f"Commands: {', '.join(NAMES)}.")
    takes = _TAKES.get(name, _Takes())
    if name == "torrents":
        return Typed(name, [rest.strip()])
    try:
        words = shlex.split(rest)
    except ValueError as error:
        raise UsageError(f"The command cannot be read: {error}.") from None
    return _read_words(name, takes, words)


def _read_words(name: str, takes: _Takes, words: list[str]) -> Typed:
    options: dict[str, Any] = {}
    kept: list[str] = []
    while words:
        word = words.pop(0)
        if word in takes.flags:
            field_name, value = takes.flags[word]
            options[field_name] = value
        elif word in takes.valued and words:
            field_name, given = takes.valued[word], words.pop(0)
            if field_name in ("statuses", "only", "accept_view"):
                options.setdefault(field_name, []).append(given)
            else:
                options[field_name] = given
        elif word in takes.pairs and len(words) > 1:
            options[takes.pairs[word]] = (words.pop(0), words.pop(0))
        elif takes.words and not word.startswith("--"):
            kept.append(word)
        else:
            pairs = (f"{name} OLD NEW" for name in takes.pairs)
            allowed = ", ".join((*takes.valued, *takes.flags, *pairs)) or "no options"
            raise UsageError(f"{name} does not take {printable(word, empty='')!r}.", f"It takes {allowed}.")
    return Typed(name, kept, options)


async def perform(app: Host, typed: Typed) -> None:
    """Does a command on the screen; what would change something is asked first. Raises UsageError."""
    changing, words, options = app.plans, list(typed.words), dict(typed.options)
    match typed.name:
        case "sync":
            app.start_sync(read_options({"statuses": (), **options}))
        case "torrents":
            app.post_message(OpenList(" ".join(words)))
        case "show":
            app.post_message(OpenList(f"id:{words[0]}" if words else ""))
        case "diagnose":
            await app.open_view("problems")
        case "repair":
            changing.repair_targets(lambda c: read_targets(c, words, default="class:problem"), **options)
        case "delete":
            changing.delete_targets(lambda c: read_targets(c, words))
        case "check":
            await changing.check_words(words, options.get("limit"))
        case "dedupe":
            await _dedupe(app, options)
        case "add":
            changing.add(" ".join(words), options.get("select", "video"))
        case "undo":
            changing.undo(_batch(words))
        case "account":
            _adopt(app, words)
        case "scan":
            await _scan(app, words, options)
        case name if name in TOOLS:
            await _run_tool(app, name, options)
        case "quit":
            app.leave()
        case "help":
            await app.open_help()
        case name:
            await app.open_view(name)


def _batch(words: Sequence[str]) -> int | None:
    if not words:
        return None
    if not words[0].isdecimal():
        raise UsageError(f"{printable(words[0], empty='')!r} is no batch.", "Give its number; 6 lists them.")
    return int(words[0])


def _adopt(app: Host, words: Sequence[str]) -> None:
    """Asks, with the word ADOPT to be typed, whether the archive is to follow the token."""
    if list(words) != ["adopt"]:
        raise UsageError("account takes the word adopt.", "It lets the archive follow a token of another account.")
    in_background(app, functools.partial(_ask_to_adopt, app), "adopt", exclusive=True)


async def _ask_to_adopt(app: Host) -> None:
    from mediatui.archive.adopt import adopt_question
    from mediatui.changes.owner import owner_of, read_owner

    try:
        given = owner_of(await app.workspace.connect().account())
        known = await app.workspace.read(read_owner)
    except MediatuiError as error:
        app.prompt.say(error.sentence, "error")
        return
    if known is not None and known.id == given.id:
        app.prompt.say(f"The archive is of {given} already.")
        return
    app.prompt.ask(adopt_question(known, given), lambda: _start_adopting(app, given), 1, word="ADOPT")


def _start_adopting(app: Host, owner: Owner) -> None:
    from mediatui.commands.workspace import ADOPT

    app.workspace.runner.start(ADOPT, owner)


async def _dedupe(app: Host, options: Mapping[str, Any]) -> None:
    from mediatui.archive.duplicates import read_by, read_keep

    by, keep = read_by(options.get("by", "hash")), read_keep(options.get("keep", "newest"))
    view = cast("DuplicatesView", await app.show_view("duplicates", load=False))
    view.by, view.keep = by, keep
    await app.open_view("duplicates")


async def _scan(app: Host, words: Sequence[str], options: Mapping[str, Any]) -> None:
    view = cast("SymlinksView", await app.show_view("symlinks"))
    if words[:1] in (["list"], ["show"], ["diff"], ["rerun"], ["delete"]):
        await app.open_view("scans")
    else:
        scan_roots(configured_library(app.workspace.settings), words)
        view.start(read_scan_options(words, options))


async def _run_tool(app: Host, name: str, options: Mapping[str, Any]) -> None:
    from mediatui.tui.views.maintenance.tool_runs import read_tool_options

    read = read_tool_options(name, dict(options))
    view = cast("MaintenanceView", await app.show_view("maintenance", load=False))
    await app.open_view("maintenance")
    view.go_to(name)
    view.start(read)


async def begin(app: Host, command: str, options: Mapping[str, Any]) -> None:
    """Does what the command line asked for, once the screen stands."""
    given = dict(options)
    try:
        if command == "sync":
            app.start_sync(SyncOptions(**given))
        elif command == "torrents" and given.get("query"):
            app.post_message(OpenList(given["query"]))
        elif command == "show":
            app.post_message(OpenList(f"id:{given['wanted']}"))
        elif command in ("repair", "delete", "check"):
            words = given.pop("words")
            await perform(app, Typed(command, words, given))
        elif command == "scan":
            await _scan(app, list(given.pop("words")), given)
        elif command in TOOLS:
            await _run_tool(app, command, given)
        elif command == "undo":
            app.plans.undo(given.get("batch"))
        elif command == "dedupe":
            await _dedupe(app, given)
    except MediatuiError as error:
        app.prompt.say(error.sentence, "error")
