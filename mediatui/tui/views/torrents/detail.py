"""One torrent, whole: facts, files as a tree with their links and those of the library to each."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content

from mediatui.archive.links_to_files import links_by_file
from mediatui.commands.torrent_columns import status_sign
from mediatui.model.human import counted, long_moment, size_text
from mediatui.model.problems import PROBLEM_INFO, diagnose
from mediatui.model.text import printable
from mediatui.model.torrent import UNSELECTED, Torrent, TorrentFile
from mediatui.store.torrents.listing import LinkInto, files_of, library_links_of, links_of, torrents_by_key
from mediatui.store.torrents.past import Moment, past_of
from mediatui.tui.widgets.detail_pane import fact_lines, history_lines, label
from mediatui.tui.widgets.pane_lines import Entry, PaneLine

if TYPE_CHECKING:
    from mediatui.store.changes.journal import Line

LABEL = 9
"""How many cells wide the name of a fact of a torrent is."""
MOST_FILES = 500


@dataclass(frozen=True, slots=True)
class Whole:
    """A torrent with everything the archive knows of it."""

    torrent: Torrent
    files: tuple[TorrentFile, ...]
    links: tuple[str, ...]
    library: tuple[LinkInto, ...]
    history: tuple[Line, ...]
    past: tuple[Moment, ...]
    again: str
    """The id of the entry that holds the same files now, of a torrent that is gone; empty when there is none."""


def read_whole(connection: sqlite3.Connection, key: int) -> Whole | None:
    """Everything about the torrent with this key, None when it is no longer there."""
    # Imported late: the list is shown before any torrent is opened.
    from mediatui.archive.repair import held_again
    from mediatui.store.changes.journal import lines_about

    found = torrents_by_key(connection, [key])
    if not found:
        return None
    torrent = found[0]
    return Whole(
        torrent,
        tuple(files_of(connection, torrent.id)),
        tuple(links_of(connection, torrent.id)),
        tuple(library_links_of(connection, torrent.id)),
        tuple(lines_about(connection, torrent.id)),
        tuple(past_of(connection, torrent.id)),
        held_again(connection, torrent),
    )


def detail_lines(connection: sqlite3.Connection, key: int | None, media: Iterable[Content] = ()) -> Iterator[PaneLine]:
    """The pane's lines about the torrent with this key, ``media`` (of one of its files) among them; costs no
    request."""
    whole = None if key is None else read_whole(connection, key)
    if whole is None:
        yield Content("Nothing selected.")
        return
    torrent = whole.torrent
    word, tone = status_sign(torrent)
    yield Content.styled(printable(torrent.filename), "$heading")
    if torrent.original_filename and torrent.original_filename != torrent.filename:
        yield Content.styled(f"in {printable(torrent.original_filename)}", "$quiet")
    yield Content("")
    progress = "" if torrent.progress >= 100 else f" {torrent.progress:g}%"
    yield Content.assemble(label("status", LABEL), (word + progress, f"${tone}"))
    of = f" of {size_text(torrent.original_bytes)}" if torrent.original_bytes else ""
    found = diagnose(torrent, time.time())
    about = PROBLEM_INFO[found.name]
    to_do = f"{about.key} {about.action}, {counted(about.requests, 'request')}" if about.action else ""
    if whole.again:
        to_do = f"nothing: it is on the account again, as {whole.again}"
    facts = [
        ("why", printable(found.reason, empty="") if about.group == "problem" else ""),
        ("to do", to_do),
        ("size", size_text(torrent.bytes) + of),
        ("added", long_moment(torrent.added_at)),
        ("ended", long_moment(torrent.ended_at)),
        ("seeders", "" if torrent.seeders is None else f"{torrent.seeders:,}"),
        ("speed", f"{size_text(torrent.speed)}/s" if torrent.speed else ""),
        ("id", printable(torrent.id)),
        ("hash", printable(torrent.hash)),
        ("details", long_moment(torrent.details_at) or "not fetched yet: ctrl+r fetches them (1 request)"),
        ("gone", long_moment(torrent.gone_at)),
        ("host", printable(torrent.host, empty="")),
        ("error", printable(torrent.error or "", empty="")),
    ]
    yield from fact_lines(facts, LABEL)
    yield from media
    if whole.past:
        yield Content("")
        yield Content.styled("what happened to it", "$heading")
        for moment in whole.past:
            yield Content.assemble((f"  {long_moment(moment.at)}  ", "$quiet"), printable(moment.sentence))
    by_file, elsewhere = links_by_file(whole.files, whole.library)
    yield from _files(whole, by_file)
    yield from _library(elsewhere, beside_files=bool(by_file))
    yield from history_lines(whole.history, "  ")


def _files(whole: Whole, by_file: Mapping[int, Sequence[LinkInto]]) -> Iterator[PaneLine]:
    """The files as a tree, below each the links of the library to it."""
    if not whole.files:
        return
    selected = [file for file in whole.files if file.selected]
    opened_by = {file.file_id: link for file, link in zip(selected, whole.links, strict=False)}
    complete = len(selected) == len(whole.links)
    yield Content("")
    waits = whole.torrent.status == UNSELECTED
    if waits:
        said = "none selected yet: f chooses"
    else:
        said = f"{len(selected):,} selected, {counted(len(whole.links), 'link')}"
    unknown = "" if whole.files[0].selected is not None else ", selection not known yet (list shared with a twin)"
    yield Content.styled(f"{counted(len(whole.files), 'file')}, {said}{unknown}", "$heading")
    folder: Sequence[str] = ()
    for file in whole.files[:MOST_FILES]:
        *parents, name = printable(file.path).strip("/").split("/")
        for depth, parent in enumerate(parents):
            if tuple(parents[: depth + 1]) != tuple(folder[: depth + 1]):
                yield Entry(f"{'  ' * depth}▾ ", parent)
        folder = parents
        mark = "?" if file.selected is None else "✓" if file.selected and not waits else "·"
        link = printable(opened_by[file.file_id].rsplit("/", 1)[-1]) if complete and file.file_id in opened_by else ""
        indent = "  " * len(parents)
        yield Entry(f"{indent}{mark} ", name, size_text(file.bytes), link)
        for one in by_file.get(file.file_id, ()):
            yield Content.assemble((f"{indent}  ← ", "$quiet"), printable(one.path))
    if len(whole.files) > MOST_FILES:
        yield Content(f"… and {len(whole.files) - MOST_FILES:,} more, :show {whole.torrent.id} lists all")
    if whole.links and not complete:
        yield Content.styled("links do not match the selected files one to one:", "$attention")
        for link in whole.links[:MOST_FILES]:
            yield Content(f"  {printable(link)}")


def _library(links: Sequence[LinkInto], *, beside_files: bool) -> Iterator[Content]:
    """The links of the library of which the file is not known."""
    if not links and beside_files:
        return
    yield Content("")
    if not links:
        yield Content.styled("nothing in the library is known to point here", "$quiet")
        return
    yield Content.styled(f"in the library{' too' if beside_files else ''} {len(links):,}", "$heading")
    for link in links[:MOST_FILES]:
        yield Content(f"  {printable(link.path)}")
