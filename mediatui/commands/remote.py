"""The files of the seedbox: what lies in a folder there, and fetching it."""

from __future__ import annotations

import os
import posixpath
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mediatui.commands.columns import Column
from mediatui.commands.options import file, word
from mediatui.model.errors import UsageError
from mediatui.model.human import counted, short_moment, size_text
from mediatui.model.text import printable
from mediatui.services.remote_files import RemoteEntry

if TYPE_CHECKING:
    from mediatui.acquire.fetching.job import FetchPath
    from mediatui.commands.answer import Answer
    from mediatui.settings import Settings

MOST: Final = 100_000
COLUMNS: Final[tuple[Column[RemoteEntry], ...]] = (
    Column("Kind", headless=lambda entry: entry.facts.kind),
    Column("Size", headless=lambda entry: size_text(entry.facts.size) if entry.facts.kind == "file" else ""),
    Column("Changed", headless=lambda entry: short_moment(entry.facts.mtime), rank=1),
    Column("Name", headless=lambda entry: _shown(entry.name), cut="path", least=20),
)


@dataclass(frozen=True, slots=True)
class Remote:
    """The options of ``remote``."""

    path: str | None = word("[PATH]", "a folder of the seedbox, as SFTP names it", required=False)


@dataclass(frozen=True, slots=True)
class RemoteFetch:
    """The options of ``remote fetch``."""

    path: str = word("PATH", "a file or folder of the seedbox, as SFTP names it")
    folder: Path | None = file("Into the folder DIR, not into staging.", "-o", "--output", metavar="DIR")


async def list_folder(answer: Answer, options: Remote) -> int:
    """Lists a folder below the roots, or each root; one look each. Raises UsageError, ServiceError."""
    from mediatui.acquire.fetching.job import roots_of
    from mediatui.acquire.fetching.one_file import is_below
    from mediatui.commands.connect_seedbox import make_sftp

    async with answer.workspace() as workspace:
        roots = roots_of(workspace.settings)
        folders = roots if options.path is None else [_remote_path(options.path)]
        for folder in folders:
            if folder not in roots and not is_below(folder, roots):
                raise UsageError(f"{_shown(folder)} is not below seedbox.roots.", f"Such as {_shown(roots[0])}.")
        files = make_sftp(workspace.settings, answer.invocation)
        count = 0
        try:
            for folder in folders:
                entries = sorted(
                    await files.listing(folder, MOST), key=lambda one: (one.facts.kind != "folder", one.name)
                )
                count += len(entries)
                if len(folders) > 1 and not answer.json:
                    answer.line(_shown(folder))
                for entry in entries:
                    facts = {"kind": entry.facts.kind, "size": entry.facts.size, "mtime": entry.facts.mtime}
                    path = os.fsdecode(posixpath.join(folder, entry.name))
                    answer.row("remote_entry", {"path": path, **facts})
                answer.table(COLUMNS, entries)
        finally:
            await files.close()
    answer.result(f"{counted(count, 'entry', 'entries')}.", counts={"entries": count})
    return 0


def job_options(settings: Settings, options: RemoteFetch) -> FetchPath:
    """The options of the job. Raises UsageError without a folder to fetch into."""
    from mediatui.acquire.fetching.job import FetchPath

    folder = options.folder or settings.staging.folder
    if folder is None:
        raise UsageError("staging.folder is not set.", "Set it, or give a folder with -o DIR.")
    return FetchPath(os.fsdecode(_remote_path(options.path)), os.path.abspath(os.path.expanduser(folder)))


def _folders_first(entry: RemoteEntry) -> tuple[bool, bytes]:
    return entry.facts.kind != "folder", entry.name


def _remote_path(text: str) -> bytes:
    """A path there as bytes, without slashes at its end."""
    return os.fsencode(text).rstrip(b"/") or b"/"


def _shown(name: bytes) -> str:
    return printable(name.decode("utf-8", "surrogateescape"))
