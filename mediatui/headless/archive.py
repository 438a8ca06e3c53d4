"""Commands that only read the archive: torrents, show, stats. No event loop, no settings, no network."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator, Sequence

from mediatui.commands.open_archive import library_roots, open_archive, saved_filters
from mediatui.commands.torrent_columns import TORRENT_COLUMNS, Shown
from mediatui.commands.torrents import Show, Stats, Torrents, order_of, query_of
from mediatui.headless.output import Output
from mediatui.model.human import counted, date_time, size_text
from mediatui.model.text import printable
from mediatui.model.torrent import Torrent, TorrentFile
from mediatui.runtime.invocation import Invocation
from mediatui.store.torrents.listing import LinkInto
from mediatui.store.torrents.past import Moment

FIELDS = {field.name.rstrip("_"): field.name for field in dataclasses.fields(Torrent)}
"""The names of the database, and those of the record."""


def run_torrents(invocation: Invocation, output: Output, options: Torrents) -> int:
    """Lists the rows that match the query; dates and sizes come newest and largest first unless reversed."""
    from mediatui.archive.query.known_links import answerable
    from mediatui.archive.query.parse import parse
    from mediatui.store.conditions import EVERY_TORRENT, torrents_matching
    from mediatui.store.torrents.listing import bytes_together, count_torrents, iterate_torrents

    key, descending = order_of(options)
    query = parse(query_of(options, lambda: saved_filters(invocation)))
    with open_archive(invocation) as connection:
        tree, unknown = answerable(connection, query, lambda: library_roots(invocation))
        condition = torrents_matching(tree)
        rows = iterate_torrents(
            connection, condition, sort=key, reverse=descending, limit=options.limit, offset=options.offset or 0
        )
        count, size = count_torrents(connection, condition), bytes_together(connection, condition)
        empty = not count and not count_torrents(connection, EVERY_TORRENT)
        if output.json:
            shown = 0
            for shown, torrent in enumerate(rows, 1):  # noqa: B007 - the count of the last one is wanted
                output.row("torrent", torrent_fields(torrent))
                if output.gone:
                    break
        else:
            shown = output.table(TORRENT_COLUMNS, map(Shown, rows))
    if unknown:
        output.said("warning", unknown)
    summary = _summary(count, size, shown, empty) if not output.json else ""
    if summary:
        output.said("info", summary)
    output.result(counts={"count": count, "bytes": size, "shown": shown} | ({"not_known": unknown} if unknown else {}))
    return 0


def _summary(count: int, size: int, shown: int, empty: bool) -> str:

    if empty:
        return "The archive is empty. Fill it: mediatui --headless sync"
    if not count:
        return "No torrent matches."
    part = "" if shown == count else f", {shown:,} shown"
    return f"{counted(count, 'torrent')}, {size_text(size)}{part}"


def torrent_fields(torrent: Torrent) -> dict[str, object]:
    """A torrent as a row of JSON output, under the names of the database."""
    return {name: getattr(torrent, field) for name, field in FIELDS.items()}


def run_show(invocation: Invocation, output: Output, options: Show) -> int:
    """One torrent, whole: facts, files, links, and what in the library points at it."""
    from mediatui.archive.links_to_files import links_by_file
    from mediatui.store.torrents.listing import files_of, find_torrent, library_links_of, links_of
    from mediatui.store.torrents.past import past_of

    with open_archive(invocation) as connection:
        torrent = find_torrent(connection, options.wanted)
        files = files_of(connection, torrent.id)
        links = links_of(connection, torrent.id)
        library = library_links_of(connection, torrent.id)
        past = past_of(connection, torrent.id)
    fields = torrent_fields(torrent) | {"history": [dataclasses.asdict(moment) for moment in past]}
    by_file, _ = links_by_file(files, library)
    fields |= {
        "files": [
            dataclasses.asdict(file) | {"library_links": [link.path for link in by_file.get(file.file_id, ())]}
            for file in files
        ],
        "links": links,
        "library_links": [link.path for link in library],
    }
    output.row("torrent", fields)
    if not output.json:
        for line in torrent_lines(torrent, files, links, library, past):
            output.line(line)
    output.result(counts={"id": torrent.id})
    return 0


def torrent_lines(
    torrent: Torrent,
    files: Sequence[TorrentFile],
    links: Sequence[str],
    library: Sequence[LinkInto],
    past: Sequence[Moment],
) -> Iterator[str]:
    """What ``show`` prints: facts, files with the links of the library to each, links, what happened to it."""
    from mediatui.archive.links_to_files import links_by_file
    from mediatui.model.problems import diagnose

    yield printable(torrent.filename)
    facts: list[tuple[str, object]] = [
        ("id", torrent.id),
        ("hash", torrent.hash),
        ("own name", torrent.original_filename),
        ("status", f"{torrent.status} ({torrent.progress:g}%)"),
        ("class", torrent.class_),
        ("reason", diagnose(torrent, time.time()).reason),
        (
            "size",
            size_text(torrent.bytes) + (f" of {size_text(torrent.original_bytes)}" if torrent.original_bytes else ""),
        ),
        ("added", date_time(torrent.added_at)),
        ("ended", date_time(torrent.ended_at) if torrent.ended_at is not None else None),
        ("host", torrent.host),
        ("seeders", torrent.seeders),
        ("links", torrent.links_count),
        ("details", date_time(torrent.details_at)),
        ("gone since", date_time(torrent.gone_at) if torrent.gone_at is not None else None),
        ("error", torrent.error),
    ]
    for name, value in facts:
        if value not in (None, ""):
            yield f"  {name:<11} {value}"
    by_file, elsewhere = links_by_file(files, library)
    if files:
        yield f"files ({len(files):,})"
        for file in files:
            mark = "?" if file.selected is None else "+" if file.selected else "-"
            yield f"  {mark} {size_text(file.bytes):>9}  {file.path}"
            for one in by_file.get(file.file_id, ()):
                yield f"              <- {one.path}"
    if links:
        yield f"links ({len(links):,}), in the order of the selected files"
        for link in links:
            yield f"  {link}"
    if elsewhere:
        yield f"in the library{' too' if by_file else ''} ({len(elsewhere):,})"
        for one in elsewhere:
            yield f"  {one.path}"
    if past:
        yield f"what happened to it ({len(past):,})"
        for moment in past:
            yield f"  {date_time(moment.at)}  {moment.sentence}"


def run_stats(invocation: Invocation, output: Output, options: Stats) -> int:
    """The figures, whole or on one line."""
    from mediatui.archive.stats import compact_line

    with open_archive(invocation) as connection:
        if options.compact:
            line = compact_line(connection)
            output.row("stats", {"line": line}, line)
            output.result()
            return 0
        from mediatui.archive.stats import collect_statistics

        figures = collect_statistics(connection)
    fields = dataclasses.asdict(figures)
    output.row("stats", fields)
    if not output.json:
        from mediatui.headless.report import statistics_lines

        for text in statistics_lines(figures):
            output.line(text)
    output.result()
    return 0
