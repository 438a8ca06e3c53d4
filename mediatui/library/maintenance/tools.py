"""The tools of maintenance: what each is called, what it lists, and where its code is."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from mediatui.model.errors import UsageError
from mediatui.model.text import printable

if TYPE_CHECKING:
    from mediatui.library.maintenance.snapshot import LibrarySnapshot

MIN_SCORE: Final = 90
"""A candidate with this score is taken without asking."""


@dataclass(frozen=True, slots=True)
class ToolOptions:
    """``only`` are categories (empty: all), ``min_score`` what a candidate must reach to be proposed, ``max_per_dir``
    how many entries a folder may hold (None: as many as usual, and only where range folders are), ``remove_unrepaired``
    whether broken links without a candidate may go.

    ``paths`` are folders and links of the library (names of first-level folders too): only what lies there is found;
    none is the whole library.

    With ``rebase`` (an old and a new place) fix-symlinks has links follow a mount that moved, and does nothing else.
    With ``link`` (text of its path) and ``title`` repair-links looks for that link alone, by a title somebody typed."""

    tool: str
    only: tuple[str, ...] = ()
    min_score: int = MIN_SCORE
    max_per_dir: int | None = None
    remove_unrepaired: bool = False
    link: str = ""
    title: str = ""
    rebase: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


Find = Callable[["LibrarySnapshot", ToolOptions], Mapping[str, object]]
"""Passes findings to the reporter and returns the counts: of each category, and of what was looked at (``looked_at``,
an int, is what the share of removals is taken of)."""


@dataclass(frozen=True, slots=True)
class Tool:
    """``categories`` map the words of its findings to one line about each, in the order in which they are repaired.
    ``advice`` says what to do about a category: a sentence, and the command to run."""

    name: str
    title: str
    about: str
    module: str
    categories: Mapping[str, str]
    section: str = "repair"
    advice: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def asks_services(self) -> bool:
        """Whether it needs what Sonarr and Radarr know now, not only what they reported before."""
        return self.name in ("integrity", "cleanup", "link-movies", "fix-bad-links")

    @property
    def moves_folders(self) -> bool:
        """Whether it moves or removes folders, or links from one folder to another: it has to know whose they are."""
        return self.name in ("cleanup", "fix-symlinks")

    def find(self) -> Find:
        """The function that does the work."""
        function: Find = importlib.import_module(f"{__package__}.{self.module}").find
        return function


IN_PART: Final = "where"
"""How the reason begins why a category was not looked for, when it was in other folders."""
TOOLS: Final[Mapping[str, Tool]] = {
    tool.name: tool
    for tool in (
        Tool(
            "integrity", "Integrity", "Checks what the library knows, what is stored, and what is linked.",
            "integrity",
            {
                "ghost": "known to the library, but its file is gone",
                "orphan": "a video on storage that no link and nothing known points at",
                "broken": "a link whose target is gone",
            },
            "integrity",
            {
                "ghost": (
                    "A film's file may be on storage under another name; an episode needs to be fetched again.",
                    "mediatui --headless link-movies",
                ),
                "orphan": (
                    "Note which of them are films the library knows; the others need a link, or may go.",
                    "mediatui --headless link-movies",
                ),
                "broken": (
                    "Point them at the files they should lead to, or have their torrents added again.",
                    "mediatui --headless repair-links",
                ),
            },
        ),
        Tool(
            "cleanup", "Cleanup", "Puts the library in order.", "cleanup.tool",
            {
                "broken": "a dead link, with the best file to point it at",
                "misplaced": "a link in another folder than its genre, type or letter says",
                "duplicates": "several links in one folder to the same file",
                "oversized": "a folder with too many entries",
                "empty": "a folder with no file and no link below",
            },
            "cleanup",
        ),
        Tool(
            "repair-links", "Repair links", "Finds the file that a dead link should point at.", "repair_links.tool",
            {"repair": "a dead link and its candidates", "no candidate": "a dead link nothing was found for"},
        ),
        Tool(
            "fix-bad-links", "Fix bad links", "Finds links that lead to another episode than their name says.",
            "bad_links",
            {
                "fixed": "points at another episode; the right file is known",
                "not found": "points at another episode; the right file is not there",
                "ambiguous": "points at another episode; several files could be the right one",
                "numbered otherwise in the release": "leads to its file, which the release counts otherwise",
                "no episode": "shares its target, and its name or its target has no episode number",
                "error": "a link that could not be read",
            },
        ),
        Tool(
            "fix-symlinks", "Fix symlinks", "Makes relative links absolute; moves links to the folder they belong in.",
            "fix_symlinks",
            {
                "relative": "a relative link", "leaf": "a link beside the folder that should hold it",
                "moved": "a link into a mount that moved", "not there": "a link whose target is not at the new place",
            },
        ),
        Tool(
            "link-movies", "Link movies", "Finds the file of each film the library knows.", "link_movies",
            {
                "linked by link": "linked by its link in the library",
                "linked by storage": "linked by a file on storage",
                "ambiguous": "several files could be it; nothing is guessed",
                "no live target": "its link leads nowhere",
                "not in the library": "a film link of which the library knows nothing",
                "name not understood": "a film link without title and year",
            },
        ),
    )
}  # fmt: skip


def check_options(options: ToolOptions) -> Tool:
    """The tool these options are for; raises UsageError for unknown words and numbers out of range."""
    tool = TOOLS.get(options.tool)
    if tool is None:
        raise UsageError(f"There is no tool {printable(options.tool)!r}.", f"Tools: {', '.join(TOOLS)}.")
    for word in options.only:
        if word not in tool.categories:
            allowed = ", ".join(tool.categories)
            raise UsageError(f"{tool.name} has no category {printable(word)!r}.", f"Allowed: {allowed}.")
    _in_range("--min-score", options.min_score, 50, 100)
    if options.max_per_dir is not None:
        _in_range("--max-per-dir", options.max_per_dir, 2, 100_000)
    if options.remove_unrepaired and options.only != ("broken",):
        raise UsageError("--remove-unrepaired goes with --only broken alone.", "Other links would be removed unseen.")
    if options.rebase:
        _check_rebase(options)
    return tool


def _check_rebase(options: ToolOptions) -> None:
    if options.tool != "fix-symlinks":
        raise UsageError(f"{options.tool} does not take --rebase.", "fix-symlinks does.")
    if len(options.rebase) != 2 or not all(place.startswith("/") for place in options.rebase):
        raise UsageError("--rebase takes two absolute paths: where the mount was, and where it is.")
    if len({*map(os.path.normpath, options.rebase)}) == 1:
        raise UsageError("--rebase takes two different places.")


def _in_range(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise UsageError(f"{name} {value} is out of range.", f"Allowed: {least} to {most:,}.")


def wanted(options: ToolOptions) -> Sequence[str]:
    """The requested categories, in the order of the tool."""
    return [word for word in TOOLS[options.tool].categories if not options.only or word in options.only]
