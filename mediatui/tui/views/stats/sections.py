"""The figures of the archive as a page: cards, months, and sections in as many columns as there is room for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final

from rich.cells import cell_len

from mediatui.archive.stats import Recommendation, Statistics
from mediatui.commands.torrent_columns import status_sign
from mediatui.model.human import counted, size_text
from mediatui.model.problems import PROBLEM_INFO, PROBLEMS
from mediatui.model.release_words import NOT_NAMED, shown_as
from mediatui.model.text import printable
from mediatui.model.torrent import UNSELECTED
from mediatui.store.torrents.statistics import Share
from mediatui.tui.views.stats.charts import area, bar, columns
from mediatui.tui.views.stats.page import GAP, Block, Item, Opens, Page, Part, Piece, Sheet
from mediatui.tui.widgets.columns import fit

CARD: Final = 25
"""How many cells wide a card is at least."""
COLUMN: Final = 54
"""How many cells wide a column of sections is at least."""
MOST_ROWS: Final = 8
MOST_MONTHS: Final = 400
YEAR: Final = 4
"""Cells of the number of a year."""
ALIKE: Final = 1.25
"""Bars of values that differ by less say nothing."""
WIDE: Final = 70
"""From so many cells on the months say how many were the most."""
TALL: Final = 32
"""From so many lines on charts are taller."""
PERIODS: Final = {1: "24 hours", 7: "7 days", 30: "30 days", 365: "a year"}


def stats_page(figures: Statistics, width: int, height: int, per_minute: int) -> Page:
    """The page of these figures for a screen of so many cells and lines; ``per_minute`` is how many requests may be
    sent a minute."""
    sheet = Sheet(width)
    sheet.place(_cards(figures, width), 0, 1 if height >= TALL else 0)
    months = [month for month in figures.months if len(month.name) == 7 and month.name[:4].isdecimal()]
    if len(months) > 1:
        sheet.place(_months(months, width, 3 if height >= TALL else 2), 0, sheet.height + 1)
    count = max(1, (width + GAP) // (COLUMN + GAP))
    each = (width + GAP) // count - GAP
    blocks = [block for block in _sections(figures, each, per_minute) if len(block.lines) > 1]
    tops = [sheet.height + 1] * count
    for block in blocks:
        column = tops.index(min(tops))
        sheet.place(block, column * (each + GAP), tops[column])
        tops[column] += len(block.lines) + 1
    return sheet.page()


# Cards and months, over the whole width


def _cards(figures: Statistics, width: int) -> Block:
    across = max(1, min(6, width // CARD))
    each = width // across
    block = Block(width)
    for at, (name, figure, label, opens, meaning) in enumerate(_card_figures(figures)):
        x, y = at % across * each, at // across
        if not at % across:
            block.lines.append([])
        nothing = figure in ("0", "0 B")
        block.items.append(Item(f"card {name}", opens, x, y, each - 1))
        block.lines[y] += [
            Piece(x, f"{figure:>8}", "quiet" if nothing else meaning or "heading", at),
            Piece(x + 8, fit(f" {label}", each - 9), "quiet", at),
        ]
    return block


def _card_figures(figures: Statistics) -> list[tuple[str, str, str, Opens, str]]:
    """Name, figure, label, what it opens, and what a figure above 0 means."""
    return [
        ("total", f"{figures.total:,}", "torrents", Opens(""), ""),
        ("volume", size_text(figures.bytes), "volume", Opens("size:>50gb"), ""),
        ("day", f"{figures.added_day:,}", "added 24 h", Opens("added:<1d"), ""),
        ("week", f"{figures.added_week:,}", "added 7 d", Opens("added:<7d"), ""),
        ("problems", f"{figures.problems:,}", "problems", Opens("class:problem"), "attention"),
        ("errors", f"{figures.errors:,}", "service errors", Opens(f"status:problem -status:{UNSELECTED}"), "broken"),
        ("dead", f"{figures.dead_links:,}", "with dead links", Opens("health:dead"), "broken"),
        ("library", f"{figures.dead_library_links:,}", "dead in library", Opens(view="symlinks"), "broken"),
        ("details", f"{figures.missing_details:,}", "without details", Opens("details:no"), ""),
        ("active", f"{figures.active:,}", "active", Opens("status:active"), "working"),
        ("duplicates", f"{figures.duplicates.extra:,}", "duplicates", Opens("is:duplicate"), ""),
        ("gone", f"{figures.gone:,}", "gone", Opens("is:gone"), ""),
    ]


def _months(known: Sequence[Share], width: int, height: int) -> Block:
    """A column for each month, as many as there is room for, the last year's in the colour of bars; years below."""
    months = list(_every_month(known))
    each = max(1, min(4, width // len(months)))
    shown = months[-(width // each) :]
    if each == 1:
        height = min(height, 2)
    block = Block(width)
    most = max(month.count for month in shown)
    title = [("Added by month", "heading"), *([(f"  at most {most:,}", "quiet")] if width >= WIDE else [])]
    block.line(*block.ends(title, _month_note(shown[-1])))
    for at, month in enumerate(shown):
        block.items.append(
            Item(
                f"month {month.name}",
                Opens(month.query),
                at * each,
                1,
                max(1, each // 2),
                height,
                _month_note(month),
                0,
            )
        )
    this_year = shown[-1].name[:4]
    wide = max(1, each // 2)
    for line in columns([month.count for month in shown], height):
        pieces: list[Piece] = []
        for at, (sign, month) in enumerate(zip(line, shown, strict=True)):
            meaning = "bar" if month.name.startswith(this_year) else "quiet"
            pieces.append(Piece(at * each, sign * wide, meaning, at))
            if each > wide:  # in the same style: one run of many columns is few bytes
                pieces.append(Piece(at * each + wide, " " * (each - wide), meaning))
        block.lines.append(pieces)
    block.lines.append(_years(shown, each, width))
    return block


def _years(months: Sequence[Share], each: int, width: int) -> list[Piece]:
    """The years below the months with which they begin, as far as there is room for their numbers."""
    years = [Piece(at * each, month.name[:4], "quiet") for at, month in enumerate(months) if month.name[5:] == "01"]
    if not years or years[0].x > YEAR:
        years.insert(0, Piece(0, months[0].name[:4], "quiet"))
    shown: list[Piece] = []
    for year in years:
        if year.x + YEAR <= width and (not shown or year.x > shown[-1].x + YEAR):
            shown.append(year)
    return shown


def _every_month(known: Sequence[Share]) -> Iterator[Share]:
    """The months from the first to the last, those without a torrent too; no more than are ever shown."""
    by_name = {month.name: month for month in known}
    first, last = (12 * int(name[:4]) + int(name[5:]) - 1 for name in (known[0].name, known[-1].name))
    for number in range(max(first, last - MOST_MONTHS + 1), last + 1):
        name = f"{number // 12:04d}-{number % 12 + 1:02d}"
        yield by_name.get(name) or Share(name, 0, 0.0, 0, f"added:{name}")


def _month_note(month: Share) -> tuple[Part, ...]:
    return ((f"{month.name}  ", ""), (f"{counted(month.count, 'torrent'):>16}", "heading"),
            (f"{size_text(month.bytes):>10}", "quiet"))  # fmt: skip


# Sections


def _sections(figures: Statistics, width: int, per_minute: int) -> list[Block]:
    """Every section, also those with nothing but a heading, which say nothing."""
    hosts = figures.hosts if len(figures.hosts) > 1 else ()
    types = figures.extensions if len(figures.extensions) > 1 else ()
    return [
        _advice(figures.recommendations, width),
        _problems(figures, width),
        _growth(figures, width),
        _shares("Resolution", figures.resolutions, width),
        _shares("Language", figures.languages, width),
        _shares("Source", figures.sources, width),
        _shares("Size", figures.sizes, width, f"{size_text(figures.average_bytes)} on average"),
        _biggest(figures, width),
        _shares("File types", types, width, "files"),
        _shares("Hosts", hosts, width),
        _requests(figures, width, per_minute),
    ]


def _headed(title: str, width: int, note: str = "") -> Block:
    block = Block(width)
    block.line(*(block.ends([(title, "heading")], [(note, "quiet")]) if note else [(title, "heading")]))
    return block


def _advice(advice: Sequence[Recommendation], width: int) -> Block:
    block = _headed("Worth doing", width)
    for one in advice:
        key, opens = _way_of(one)
        text = one.text.rstrip(".")
        block.line(
            *block.ends([(fit(text, min(cell_len(text), width - cell_len(key) - 2)), "")], [(key, "key")]),
            name=f"advice {one.command}", opens=opens,
        )  # fmt: skip
    if not advice:
        block.line(("Nothing to do.", "quiet"))
    return block


def _way_of(advice: Recommendation) -> tuple[str, Opens]:
    """The key that helps, and what opens."""
    ways = {
        "diagnose": ("2", Opens(view="problems")), "dedupe": ("2 D", Opens(view="duplicates")),
        "repair-links": ("4", Opens(view="symlinks")),
    }  # fmt: skip
    return ways.get(advice.command.split()[-1], ("s", Opens(action="sync")))


def _problems(figures: Statistics, width: int) -> Block:
    """The classes that are problems, worst first as everywhere."""
    shares = {share.name: share for share in figures.classes}
    found = [shares[name] for name in PROBLEMS if name in shares]
    part = f"{figures.problems:,} of {figures.total:,}"
    block = _headed("Problems", width, part if found else "")
    if not found:
        block.line(("None.", "ok"))
        return block
    _rows(block, found, [(PROBLEM_INFO[name].sign, PROBLEM_INFO[name].tone) for name in PROBLEMS if name in shares])
    return block


def _shares(title: str, shares: Sequence[Share], width: int, what: str = "") -> Block:
    block = _headed(title, width, what)
    if len(shares) > 1:
        _rows(block, shares[:MOST_ROWS])
    return block


def _rows(block: Block, shares: Sequence[Share], signs: Sequence[Part] = ()) -> None:
    """A row for each share: its sign if it has one, name, bar, count, size; no bars where they would be all alike."""
    most, least = max(share.count for share in shares), min(share.count for share in shares)
    names = [printable(share.name, empty="(none)") for share in shares]
    count = max(len(f"{share.count:,}") for share in shares)
    before = 2 if signs else 0
    name = min(max(map(cell_len, names)), block.width - count - 30)
    room = block.width - before - name - count - 14
    for at, (share, text) in enumerate(zip(shares, names, strict=True)):
        drawn = bar(share.count, most, room) if most >= ALIKE * least else ""
        said = share.name != shown_as("source", NOT_NAMED)
        parts = [(f"{signs[at][0]} ", signs[at][1])] if signs else []
        parts += [
            (fit(text, name), "" if said else "quiet"), (f"  {drawn:<{room}}  ", "bar" if said else "quiet"),
            (f"{share.count:>{count},}", ""), (f"{size_text(share.bytes):>10}", "quiet"),
        ]  # fmt: skip
        block.line(*parts, name=f"share {share.query or share.name}", opens=Opens(share.query) if share.query else None)


def _growth(figures: Statistics, width: int) -> Block:
    """How the account grew, as far as it still stands, and what came and went in the last days."""
    block = _headed("Growth", width, "by when it was added")
    counts = list(accumulate(month.count for month in figures.months))
    if len(counts) > 2:
        for line in area(counts, width, 3):
            block.line((line, "bar"))
        first, last = figures.months[0].name, f"{counts[-1]:,} in {figures.months[-1].name}"
        block.line(*block.ends([(f"{counts[0]:,} in {first}", "quiet")], [(last, "quiet")]))
    came, went = max(period.came for period in figures.periods), max(period.went for period in figures.periods)
    wide = len(f"{came:,}") + 1
    for period in figures.periods if figures.total else ():
        parts: list[Part] = [(f"{f'+{period.came:,}':>{wide}}", "ok" if period.came else "quiet")]
        if went:
            parts.append((f"{f'−{period.went:,}':>{len(f'{went:,}') + 3}}", "broken" if period.went else "quiet"))
        parts.append((f"{size_text(period.came_bytes):>10}", "quiet"))
        since = f"<{period.days}d"
        block.line(
            *block.ends([(PERIODS[period.days], "")], parts),
            name=f"period {period.days}", opens=Opens(f"added:{since} OR gone:{since}"),
        )  # fmt: skip
    return block


def _biggest(figures: Statistics, width: int) -> Block:
    """The largest, each with its status unless all are well."""
    block = _headed("Biggest", width)
    signs = [status_sign(torrent) for torrent in figures.biggest]
    status = max((cell_len(sign) for sign, _ in signs), default=0) if len({sign for sign, _ in signs}) > 1 else 0
    for torrent, (sign, tone) in zip(figures.biggest, signs, strict=True):
        after: list[Part] = [(f"{size_text(torrent.bytes):>10}", "")]
        after += [(f"  {fit(sign, status)}", "" if tone == "ok" else tone)] if status else []
        room = width - sum(cell_len(text) for text, _ in after)
        block.line(
            (fit(printable(torrent.filename), room), ""), *after,
            name=f"big {torrent.id}", opens=Opens(f"id:{torrent.id}"),
        )  # fmt: skip
    return block


def _requests(figures: Statistics, width: int, per_minute: int) -> Block:
    """What of the budget was used in the last day, hour by hour, and what went wrong; a row opens the log."""
    requests, log = figures.requests, Opens(view="activity")
    block = _headed("Requests", width, "the last 24 hours")
    if not requests.count:
        return block
    each = max(1, width // len(requests.hours))
    for line in columns(requests.hours, 2):
        block.line(("".join(f"{sign * max(1, each - 1):<{each}}" for sign in line), "bar"))
    rows: list[tuple[str, str, str]] = [
        ("sent", f"{requests.count:,}", ""),
        ("busiest minute", f"{requests.busiest_minute:,} of {per_minute:,}", ""),
    ]
    if requests.mean_ms is not None and requests.p95_ms is not None:
        rows.append(("answers", f"{requests.mean_ms:,.0f} ms, 95 % within {requests.p95_ms:,.0f} ms", ""))
    rows += [(name.replace("-", " "), f"{count:,}", "attention") for name, count in requests.errors]
    rows += [(f"slow: {slow.what}", f"{slow.slowest_ms:,.0f} ms", "") for slow in requests.slowest if slow.slow]
    for name, text, meaning in rows:
        label = fit(printable(name), min(cell_len(name), width - len(text) - 2))
        block.line(*block.ends([(label, "")], [(text, meaning)]), name=f"requests {name}", opens=log)
    return block
