"""One release, whole: what it is for, what its name says, where else it is, what is known of it here, what can be
done; and how the indexers answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.content import Content

from mediatui.acquire.search.row import ReleaseRow
from mediatui.commands.release_columns import answer_text, chosen_for, for_text
from mediatui.model.badges import BADGES, MARKERS
from mediatui.model.human import long_moment, size_text
from mediatui.model.release import FoundRelease, IndexerAnswer
from mediatui.model.text import printable
from mediatui.tui.widgets.detail_pane import fact_lines, heading_lines, label
from mediatui.tui.widgets.pane_lines import Entry, PaneLine

LABEL = 9
"""How many cells wide the name of a fact is."""


def detail_lines(row: ReleaseRow | None, answers: Sequence[IndexerAnswer]) -> Iterator[PaneLine]:
    """The lines about a release, and the answers of the indexers below; only these where there is no release."""
    if row is not None:
        yield from _release_lines(row)
    yield from answer_lines(answers)


def _release_lines(row: ReleaseRow) -> Iterator[PaneLine]:
    release, columns, known = row.release, row.columns, row.known
    first = release.first
    yield Content.styled(printable(first.title), "$heading")
    yield Content("")
    sign, said = BADGES[known.badge]
    here = f" {known.share} of its episodes" if known.badge == "part" else ""
    yield Content.assemble(label("here", LABEL), f"{sign} {known.badge}{here}: {said}")
    for marker in known.markers:
        yield Content.assemble(" " * LABEL, f"{marker}: {MARKERS[marker]}")
    taken_for = f"{known.title} ({known.year})" if known.year else known.title
    about = "" if release.related else "nothing to do with what was searched for"
    quality = [f"{columns.resolution}p" if columns.resolution else "", columns.source, columns.codec, *columns.hdr]
    yield from fact_lines(
        (
            ("for", chosen_for(row) or " ".join(filter(None, (taken_for or columns.title, for_text(row))))),
            ("score", about or f"{row.score}: how well it fits what was searched for, acquire.prefer and avoid"),
            ("quality", " ".join(filter(None, quality))),
            ("audio", " ".join(filter(None, (*columns.audio, columns.channels)))),
            ("language", ", ".join(columns.languages)),
            ("flags", ", ".join((*columns.flags, *first.flags))),
            ("group", columns.group),
            ("size", "not said" if first.size is None else size_text(first.size)),
            ("found at", _offer_text(first)),
            ("hash", first.hash or "not said by the indexer"),
            ("command", f":grab {release.name}"),
        ),
        LABEL,
    )
    yield from heading_lines("what can be done")
    for pressed, does in ways(row):
        yield Content.assemble((f"{pressed:<{LABEL}}", "$key"), does)
    if release.also:
        yield from heading_lines("also at")
        for one in release.also:
            yield Entry("", _offer_text(one), "" if one.size is None else size_text(one.size))


def ways(row: ReleaseRow) -> Iterator[tuple[str, str]]:
    """The keys that do something with a release, each with what it does and costs."""
    yield "+", "sends it to the account; asks first, with what speaks against it, and undo takes it out again"
    yield "m", "chooses which film, season or episode it is for; M does and sends it"
    if row.release.hashes:
        if "ignored" in row.known.markers:
            yield "H", "does not ignore it any more"
        else:
            yield "H", "ignores it: it is not sent; H again takes that back"
        yield "y", "copies its magnet link"


def answer_lines(answers: Sequence[IndexerAnswer]) -> Iterator[Content]:
    """How each indexer answered."""
    if not answers:
        return
    yield from heading_lines("indexers")
    for one in answers:
        tone = "$quiet" if one.outcome == "answered" else "$attention"
        took = f"  {one.ms / 1000:.1f} s" if one.queries else ""
        yield Content.assemble(f"{printable(one.indexer)}  ", (f"{answer_text(one)}{took}", tone))


def _offer_text(one: FoundRelease) -> str:
    parts = [printable(one.indexer)]
    parts += [] if one.seeders is None else [f"{one.seeders:,} seeders"]
    parts += [] if one.grabs is None else [f"{one.grabs:,} grabs"]
    parts += [] if one.published_at is None else [long_moment(one.published_at)]
    return ", ".join(parts)
