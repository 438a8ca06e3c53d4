"""Statistics: cards that open the list behind them, charts of block characters, a table for each section."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from mediatui.archive.stats import Statistics, before_growth, collect_statistics
from mediatui.model.human import short_moment, size_text
from mediatui.model.text import cut_middle, printable
from mediatui.model.torrent import UNSELECTED
from mediatui.runtime.events import Changed, Event, Finished
from mediatui.runtime.jobs import Job
from mediatui.store.torrents.statistics import Share
from mediatui.tui.view import OpenList, View, in_background

BAR = "█▉▊▋▌▍▎▏"
MONTHS = 24
SYNCS = "s syncs"
WHAT_HELPS = {"diagnose": "2 shows them", "dedupe": "2, then D, shows them", "repair-links": "4 shows them"}
"""The keys for a recommendation, by its command; the others need a sync."""
REFRESH_S = 5.0


def bar(value: float, largest: float, width: int) -> str:
    """A bar of at most ``width`` cells, in eighths of a cell; any value above 0 gets at least one eighth."""
    if largest <= 0 or value <= 0 or width <= 0:
        return ""
    eighths = max(1, round(value / largest * width * 8))
    return BAR[0] * (eighths // 8) + (BAR[8 - eighths % 8] if eighths % 8 else "")


class Card(Static, can_focus=True):
    """One figure with its name; enter or a click opens the list behind it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,l", "open", "open the list", id="card.open")]

    class Opened(Message):
        """The card's list is wanted."""

        def __init__(self, query: str, view: str) -> None:
            super().__init__()
            self.query = query
            self.view = view

    def __init__(self, name: str, query: str = "", view: str = "") -> None:
        """It opens the list of ``query``, or a ``view``."""
        super().__init__(classes="card", markup=False)
        self.title = name
        self.list_query = query
        self._view = view

    def show(self, figure: str, note: str = "") -> None:
        """Puts the figure on the card, redrawn only when it changed."""
        beside = (f"  {note}", "$quiet") if note else ""
        text = Content.assemble((figure, "$heading"), beside, "\n", (self.title, "$quiet"))
        if text != self.content:
            self.update(text)

    def action_open(self) -> None:
        self.post_message(self.Opened(self.list_query, self._view))

    def on_click(self) -> None:
        self.action_open()


class Cards(Static):
    """The row of cards; wraps to the width."""


class StatsView(View):
    """The figures of the archive; read from SQLite when shown and after a job ends."""

    NAME = "Stats"
    KEY = "3"
    HELP = "Figures of the whole archive. Tab moves between the cards, enter opens the list behind one."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+r", "reload", "read again", id="stats.reload", tooltip="Read the figures again"),
        Binding("j,down", "scroll('scroll_down')", "down", show=False, id="stats.down"),
        Binding("k,up", "scroll('scroll_up')", "up", show=False, id="stats.up"),
        Binding("pagedown,ctrl+d", "scroll('page_down')", "page down", show=False, id="stats.page-down"),
        Binding("pageup,ctrl+u", "scroll('page_up')", "page up", show=False, id="stats.page-up"),
        Binding("g,home", "scroll('scroll_home')", "first line", show=False, id="stats.top"),
        Binding("G,end", "scroll('scroll_end')", "last line", show=False, id="stats.bottom"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._cards = {
            "total": Card("torrents", ""),
            "volume": Card("volume", "size:>50gb"),
            "day": Card("added 24 h", "added:<1d"),
            "week": Card("added 7 d", "added:<7d"),
            "problems": Card("problems", "class:problem"),
            "errors": Card("service errors", f"status:problem -status:{UNSELECTED}"),
            "dead": Card("with dead links", "health:dead"),
            "library": Card("dead in library", view="symlinks"),
            "details": Card("without details", "details:no"),
            "active": Card("active", "status:active"),
            "duplicates": Card("duplicates", "is:duplicate"),
            "gone": Card("gone", "is:gone"),
        }
        self._body = Static("", markup=False)
        self._figures: Statistics | None = None
        self._read_at = 0.0
        self._stale = True

    def compose(self) -> ComposeResult:
        with VerticalScroll(can_focus=False, id="stats-scroll"):
            with Cards(classes="cards"):
                yield from self._cards.values()
            yield self._body

    async def on_front(self) -> None:
        """Reads the figures when rows changed since, once the view stands."""
        if self._stale:
            self.call_after_refresh(self._reload_soon)
        self.take_keyboard(self._cards["total"])

    def _reload_soon(self) -> None:
        in_background(self, self.reload, "stats", exclusive=True)

    def on_job_event(self, job: Job, event: Event) -> None:
        """Figures are read again when a job ended, or some seconds after rows changed."""
        ended = isinstance(event, Finished)
        self._stale = self._stale or ended or isinstance(event, Changed)
        if self.display and self._stale and (ended or time.monotonic() - self._read_at > REFRESH_S):
            self._reload_soon()

    def action_reload(self) -> None:
        self._reload_soon()

    def action_scroll(self, how: str) -> None:
        scroll = self.query_one("#stats-scroll", VerticalScroll)
        getattr(scroll, f"action_{how}")()

    async def reload(self) -> None:
        """Reads the figures off the event loop and draws them."""
        self._read_at = time.monotonic()
        self._stale = False
        figures = await self.workspace.read(collect_statistics)
        self._show_cards(figures)
        self._figures = figures
        self._show_sections()

    def _show_sections(self) -> None:
        if self._figures is not None:
            width = max(40, min(self.size.width - 4, 120)) if self.size.width else 76
            self._body.update(Content("\n").join(sections(self._figures, width)))

    def on_resize(self) -> None:
        """Draws the bars again: they are as wide as there is room."""
        self._show_sections()

    def _show_cards(self, figures: Statistics) -> None:
        cards = self._cards
        cards["total"].show(f"{figures.total:,}", "" if figures.coverage >= 100 else f"{figures.coverage:.0f}% known")
        cards["volume"].show(size_text(figures.bytes))
        cards["day"].show(f"{figures.added_day:,}")
        cards["week"].show(f"{figures.added_week:,}")
        cards["problems"].show(f"{figures.problems:,}")
        cards["errors"].show(f"{figures.errors:,}")
        cards["dead"].show(f"{figures.dead_links:,}")
        cards["library"].show(f"{figures.dead_library_links:,}")
        cards["details"].show(f"{figures.missing_details:,}")
        cards["active"].show(f"{figures.active:,}")
        cards["duplicates"].show(f"{figures.duplicates.extra:,}", size_text(figures.duplicates.wasted_bytes))
        cards["gone"].show(f"{figures.gone:,}")

    async def on_card_opened(self, message: Card.Opened) -> None:
        message.stop()
        if message.view:
            await self.host.open_view(message.view)
        else:
            self.post_message(OpenList(message.query))


def sections(figures: Statistics, width: int) -> list[Content]:
    """Every section below the cards, as lines of at most ``width`` cells."""
    parts: list[Content] = []
    parts += _advice(figures)
    parts += _months(figures, width)
    parts += _shares("By status", figures.statuses, width)
    parts += _shares("By class", figures.classes, width)
    parts += _shares("By resolution", figures.resolutions, width)
    parts += _shares("File types (files)", figures.extensions, width)
    parts += _shares("Hosts", figures.hosts, width)
    parts += _sizes(figures, width)
    parts += _growth(figures, width)
    parts += _service(figures)
    return parts


def _heading(text: str) -> list[Content]:
    return [Content(""), Content.styled(text, "$heading")]


def _advice(figures: Statistics) -> list[Content]:
    lines = _heading("Worth doing")
    if not figures.recommendations:
        return [*lines, Content("  Nothing to do.")]
    lines += [
        Content.assemble(f"  {advice.text}  ", (WHAT_HELPS.get(advice.command.split()[-1], SYNCS), "$quiet"))
        for advice in figures.recommendations
    ]
    return lines


def _months(figures: Statistics, width: int) -> list[Content]:
    if not figures.months:
        return []
    months = figures.months[-MONTHS:]
    largest = max(month.count for month in months)
    room = max(8, width - 32)
    lines = _heading("Added by month")
    lines += [
        Content.assemble(
            f"  {month.name:<8}",
            (f"{bar(month.count, largest, room):<{room}}", "$bar"),
            f" {month.count:>7,} {size_text(month.bytes):>10}",
        )
        for month in months
    ]
    return lines


def _shares(title: str, shares: Sequence[Share], width: int) -> list[Content]:
    if not shares:
        return []
    room = max(6, min(40, width - 62))
    largest = max(share.percent for share in shares)
    lines = _heading(title)
    lines += [
        Content.assemble(
            f"  {cut_middle(printable(share.name, empty='(none)'), 24):<24} {share.count:>9,} {share.percent:>6.1f}% "
            f"{size_text(share.bytes):>10}  ",
            (bar(share.percent, largest, room), "$bar"),
        )
        for share in shares
    ]
    return lines


def _sizes(figures: Statistics, width: int) -> list[Content]:
    if figures.largest_bytes is None or figures.smallest_bytes is None:
        return []
    lines = _heading("Biggest")
    lines += [
        Content(
            f"  {size_text(torrent.bytes):>10}  {printable(torrent.status):<12} "
            f"{cut_middle(printable(torrent.filename), max(20, width - 29))}"
        )
        for torrent in figures.biggest
    ]
    lines.append(
        Content(
            f"  average {size_text(figures.average_bytes)} · smallest {size_text(figures.smallest_bytes)}"
            f" · mean progress {figures.mean_progress:.1f}%"
        )
    )
    return lines


def _growth(figures: Statistics, width: int) -> list[Content]:
    points = figures.growth[-10:]
    if not points:
        return []
    lines = _heading("Growth, from sync to sync")
    if before := before_growth(points):
        lines.append(Content(f"  {'before':<12}  {before:>9,} torrents"))
    lines += [
        Content(f"  {short_moment(point.at)}  {point.total:>9,} torrents  +{point.came:,} −{point.went:,}")
        for point in points
    ]
    return lines


def _service(figures: Statistics) -> list[Content]:
    requests = figures.requests
    lines = _heading("Requests, last 24 h")
    answer = "" if requests.mean_ms is None else f" · mean answer {requests.mean_ms:.0f} ms"
    errors = _joined(f"{name} {count:,}" for name, count in requests.errors)
    lines.append(Content(f"  {requests.count:,} sent{answer} · errors: {errors or 'none'}"))
    lines += [
        Content(f"  slow: {printable(slow.what)} {slow.slowest_ms:,.0f} ms ({slow.slow:,} over 1 s)")
        for slow in requests.slowest
        if slow.slow
    ]
    return lines


def _joined(words: Iterable[str]) -> str:
    return ", ".join(words)
