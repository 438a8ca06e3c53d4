"""Bringing a folder of downloads into the library: the rows it makes, and the plan."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mediatui.acquire.downloads.judge import JudgeOptions, Row
    from mediatui.acquire.downloads.look import Folder
    from mediatui.commands.answer import Answer
    from mediatui.commands.workspace import Workspace
    from mediatui.model.plan import Plan

BEGINNINGS: Final = ("/", "./", "../", "~")
"""How a path begins; another word is one where it has a slash and is there."""
MOST_POINTS: Final = 100


@dataclass(frozen=True, slots=True)
class FolderImport:
    """How a folder is imported: what all of it is for (none: each is mapped), the Sonarr or Radarr it is for, the
    season all are of, from how many points on a file is taken, the method (empty: as the settings say), what becomes of
    what is there, where the folder of a new film or series is made (empty: where it belongs), the numbers of the files
    that a person takes or leaves, and of the one to be compared."""

    for_target: tuple[str, ...] = ()
    service: str | None = None
    season: int | None = None
    min_score: int | None = None
    method: str = ""
    replace: bool = False
    both: bool = False
    folder: bytes = b""
    take: tuple[int, ...] = ()
    skip: tuple[int, ...] = ()
    compare: int | None = None

    def with_points(self, points: int) -> FolderImport:
        """The same, each file taken from so many points on."""
        return replace(self, min_score=points)

    def in_folder(self, folder: bytes) -> FolderImport:
        """The same, new folders made in this one."""
        return replace(self, folder=folder)


def path_in(words: Sequence[str]) -> bytes | None:
    """The path (absolute) that the words of the command name; None where they name something else. Raises UsageError
    for several."""
    from mediatui.model.errors import UsageError

    paths = [word for word in words if _is_path(word)]
    if not paths:
        return None
    if len(words) > 1:
        raise UsageError("A folder is imported alone.", "Name one folder or file, and nothing else.")
    return os.path.abspath(os.fsencode(os.path.expanduser(paths[0])))


def _is_path(word: str) -> bool:
    return word in (".", "..") or word.startswith(BEGINNINGS) or ("/" in word and os.path.lexists(word))


async def plan_folder(workspace: Workspace, path: bytes, options: FolderImport, answer: Answer) -> Plan:
    """The plan for what is ready of the files at a path; a row for each of them is shown. Raises UsageError."""
    from mediatui.acquire.downloads.look import summary
    from mediatui.acquire.downloads.plan import plan_rows
    from mediatui.commands.download_columns import DOWNLOAD_COLUMNS, as_json
    from mediatui.model.text import printable_path
    from mediatui.system.threads import in_thread

    folder, rows = await read_rows(workspace, path, options, lambda text: answer.said("debug", text))
    for note in folder.notes:
        answer.said("warning", note)
    if not rows:
        answer.line(f"{printable_path(path)} holds no file.")
    for row in rows:
        answer.row("file", as_json(row))
    answer.table(DOWNLOAD_COLUMNS, rows)
    if rows:
        answer.line(summary(rows))
    if options.compare is not None:
        await show_compared(workspace, rows, options.compare, answer)
    return await in_thread(lambda: plan_rows(workspace.settings, folder.content.top, rows))


async def read_rows(
    workspace: Workspace, path: bytes, options: FolderImport, tell: Callable[[str], None]
) -> tuple[Folder, list[Row]]:
    """The files at a path and what becomes of each. Raises UsageError."""
    from mediatui.acquire.downloads.look import compare_folder, judge_folder

    how = judge_options(options)
    folder = await open_folder(workspace, path, options, tell)
    await compare_folder(workspace.context(), folder, tell)
    await accept(workspace, folder, options, options.take)
    return folder, await judge_folder(workspace.context(), folder, how, options.take, options.skip)


async def open_folder(workspace: Workspace, path: bytes, options: FolderImport, tell: Callable[[str], None]) -> Folder:
    """The files at a path, mapped; which of them are the same is not looked at. Raises UsageError."""
    from mediatui.acquire.downloads.look import aim_folder, map_folder, read_folder
    from mediatui.commands.find_targets import target_finder
    from mediatui.model.target import read_target

    await workspace.wait_until_open()
    ctx = workspace.context()
    folder = await read_folder(ctx, path, tell)
    finder = target_finder(workspace, options.service)
    if options.for_target:
        await aim_folder(finder, folder, [read_target(text) for text in options.for_target], options.season)
    else:
        await map_folder(finder, folder, options.season)
    return folder


async def accept(workspace: Workspace, folder: Folder, options: FolderImport, numbers: Collection[int]) -> None:
    """Takes what fits best for files that a person confirmed where nothing is chosen yet: their siblings follow. Raises
    UsageError for a number that no file has."""
    from mediatui.acquire.downloads.look import take_best
    from mediatui.commands.find_targets import target_finder
    from mediatui.model.errors import UsageError

    known = {one.number for one in folder.downloads}
    if unknown := [number for number in numbers if number not in known]:
        raise UsageError(f"There is no file {unknown[0]}.", f"They are numbered from 1 to {len(known):,}.")
    if numbers:
        await take_best(target_finder(workspace, options.service), folder, numbers)


async def show_compared(workspace: Workspace, rows: Sequence[Row], number: int, answer: Answer) -> None:
    """Shows a file beside the one that it is like. Raises UsageError."""
    from mediatui.acquire.downloads.compare import compare
    from mediatui.commands.download_columns import COMPARED_COLUMNS
    from mediatui.model.errors import UsageError

    row = next((row for row in rows if row.download.number == number), None)
    if row is None or not row.other:
        raise UsageError(f"File {number} is like no other." if row else f"There is no file {number}.")
    facts = await compare(workspace.context(), row.download.file.path, row.other)
    for fact in facts:
        answer.row("compared", {"what": fact.what, "one": fact.one, "other": fact.other, "same": fact.same})
    answer.table(COMPARED_COLUMNS, facts)


def judge_options(options: FolderImport) -> JudgeOptions:
    """How the files are judged. Raises UsageError."""
    from mediatui.acquire.downloads.judge import JudgeOptions
    from mediatui.acquire.importing.place import PlaceOptions
    from mediatui.model.errors import UsageError

    if options.min_score is not None and options.min_score > MOST_POINTS:
        raise UsageError(f"--min-score {options.min_score} is too much.", f"Points go up to {MOST_POINTS}.")
    if options.replace and options.both:
        raise UsageError("--replace and --both do not go together.", "Leave one of them out.")
    place = PlaceOptions(options.replace, options.folder, options.both)
    return JudgeOptions(options.min_score, options.season, place, options.method)


def named_folder(workspace: Workspace, given: str | None) -> bytes:
    """The folder that is named, which has to be one of the library; empty for none."""
    import os

    from mediatui.model.errors import UsageError
    from mediatui.model.path import is_within
    from mediatui.model.text import printable

    if not given:
        return b""
    folder = os.path.normpath(os.path.abspath(os.fsencode(os.path.expanduser(given))))
    if not any(is_within(folder, root) for root in workspace.library_roots()) or not os.path.isdir(folder):
        raise UsageError(f"{printable(given)} is no folder of the library.", "It has to be there, in library.roots.")
    return folder
