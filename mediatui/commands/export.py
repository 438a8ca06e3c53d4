"""Exporting torrents (a backup, direct links), and importing the database of Redriva."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast

from mediatui.commands.options import choice, file, number, word, words
from mediatui.model.choices import EXPORT_FORMATS, ExportFormat
from mediatui.model.human import counted

if TYPE_CHECKING:
    from mediatui.archive.links import FileLink, LinkOpener
    from mediatui.commands.answer import Answer

PROGRESS_S = 1.0
_OUTPUT = "Write to FILE, not standard output."


@dataclass(frozen=True, slots=True)
class Export:
    """The options of ``export``."""

    query: tuple[str, ...] = words("[QUERY]...", query=True)
    format: ExportFormat = choice("The file format.", EXPORT_FORMATS, required=True)
    file: Path | None = file(_OUTPUT, "-o", "--output")


@dataclass(frozen=True, slots=True)
class Unrestrict:
    """The options of ``unrestrict``."""

    wanted: str = word("ID", "the id of a torrent")
    files: tuple[int, ...] = number("Only file N.", "--file", many=True)
    file: Path | None = file(_OUTPUT, "-o", "--output")


@dataclass(frozen=True, slots=True)
class ImportRedriva:
    """The option of ``import-redriva``."""

    file: Path = word("FILE.db", "a database of Redriva", kind="file")


def export(answer: Answer, options: Export) -> int:
    """Writes the rows that match the query to a file, or out; raises UsageError."""
    from mediatui.archive.backup import export_to_file, export_to_stream
    from mediatui.archive.query.known_links import answerable
    from mediatui.archive.query.parse import parse
    from mediatui.commands.open_archive import library_roots, open_archive
    from mediatui.model.errors import UsageError
    from mediatui.store.conditions import torrents_matching

    query = parse(" ".join(options.query))
    if options.file is None and answer.json:
        raise UsageError(
            "With --json the export needs a file.", "Name it with -o FILE; standard output holds the result."
        )
    with open_archive(answer.invocation) as connection:
        tree, unknown = answerable(connection, query, lambda: library_roots(answer.invocation))
        condition = torrents_matching(tree)
        if unknown:
            answer.said("warning", unknown)
        if options.file is None:
            export_to_stream(connection, cast(TextIO, _ToAnswer(answer)), options.format, condition)
            return 0
        count = export_to_file(connection, options.file, options.format, condition)
    answer.result(
        f"{counted(count, 'torrent')} written to {options.file}.", counts={"count": count, "file": str(options.file)}
    )
    return 0


class _ToAnswer(io.TextIOBase):
    """Lets a writer of files write to the answer of a command."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def write(self, text: str) -> int:
        self._answer.raw(text)
        return len(text)


async def take_over_redriva(answer: Answer, options: ImportRedriva) -> int:
    """Imports a Redriva database, which is only read."""
    from mediatui.model.human import counted, size_text
    from mediatui.runtime.events import Phase, Progress
    from mediatui.store.redriva import Reading, import_redriva

    with contextlib.suppress(OSError):
        answer.event(Phase(f"reading {options.file} ({size_text(options.file.stat().st_size)})"))
    async with answer.workspace() as workspace:
        reading = Reading()
        work = asyncio.create_task(import_redriva(workspace.db, options.file, reading=reading))
        try:
            while not work.done():
                await asyncio.wait({work}, timeout=PROGRESS_S)
                answer.event(Progress(reading.rows))
        except asyncio.CancelledError:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            raise
        taken = work.result()
    rows = f"{taken.added:,} added, {taken.kept:,} kept, {taken.unusable:,} unusable"
    what = f"{counted(taken.links, 'link')}, {counted(taken.tombstones, 'tombstone')}, {taken.suspect:,} suspect"
    answer.result(f"{counted(taken.read, 'torrent')} read: {rows}; {what}.", counts=dataclasses.asdict(taken))
    return 0


async def unrestrict(answer: Answer, options: Unrestrict) -> int:
    """Direct links of one torrent, one a line, or in a file that only its owner can read."""
    from mediatui.archive.links import LinkOpener, choose_links, secret_file
    from mediatui.model.human import counted
    from mediatui.store.torrents.listing import files_of, find_torrent, links_of

    target = options.file
    async with answer.workspace() as workspace:
        torrent = await workspace.read(find_torrent, options.wanted)
        known = await workspace.read(files_of, torrent.id)
        links = await workspace.read(links_of, torrent.id)
        chosen = choose_links(torrent, known, links, options.files)
        opener = LinkOpener(workspace.connect(), known, links)
        made = 0
        with contextlib.nullcontext(answer.line) if target is None else secret_file(target) as write:
            for link in chosen:
                fields = await _direct_link(opener, link, answer)
                direct = fields["download"]
                shown = fields if target is None else {**fields, "download": None}
                answer.row("link", {"torrent_id": torrent.id, "file": link.file_id, **shown})
                if isinstance(direct, str):
                    write(direct)
                    made += 1
    failed = len(chosen) - made
    where = f" written to {target}" if target is not None and made else ""
    counts = {"links": made, "failed": failed, "torrent_id": torrent.id}
    summary = f"{counted(made, 'link')}{where}." if target is not None or failed else ""
    answer.result(summary, ok=not failed, counts=counts)
    return 1 if failed else 0


async def _direct_link(opener: LinkOpener, link: FileLink, answer: Answer) -> dict[str, object]:
    """A row with the direct link of a link; without a ``download`` when it cannot be opened, which is reported. Raises
    ServiceError when the other links could not be opened either."""
    from mediatui.archive.links import OF_ONE_LINK, MisplacedLink
    from mediatui.services.errors import ServiceError

    try:
        opened = await opener.open(link)
    except MisplacedLink as error:
        answer.said("error", error.message)
        return {"filename": link.name, "bytes": None, "download": None, "reason": error.message}
    except ServiceError as error:
        if error.kind not in OF_ONE_LINK:
            raise
        answer.said("error", f"{link.name}: {error.message}")
        return {"filename": link.name, "bytes": None, "download": None, "reason": error.message}
    if opened.note:
        answer.said("warning", opened.note)
    made = opened.made
    return {"filename": made.filename, "bytes": made.bytes, "download": made.download, "reason": ""}
