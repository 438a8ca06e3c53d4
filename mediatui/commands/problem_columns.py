"""The columns of the torrents with a problem, each declared once for the screen and for headless output."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mediatui.commands.columns import Column
from mediatui.model.human import date, size_text
from mediatui.model.problems import PROBLEM_INFO, Diagnosis
from mediatui.model.text import printable
from mediatui.model.torrent import Torrent


@dataclass(frozen=True, slots=True)
class Problem:
    """A torrent, what is the matter with it, and how many links of the library point into it."""

    torrent: Torrent
    found: Diagnosis
    links: int = 0


def _name(problem: Problem) -> str:
    return printable(problem.torrent.filename)


def _size(problem: Problem) -> str:
    return size_text(problem.torrent.bytes)


def _why(problem: Problem) -> str:
    return problem.found.reason


PROBLEM_COLUMNS: Final[tuple[Column[Problem], ...]] = (
    Column("Class", headless=lambda row: row.found.name),
    Column("", lambda row: PROBLEM_INFO[row.found.name].sign, stays=True),
    Column("Name", _name, _name, cut="name", least=31),
    Column("Status", headless=lambda row: row.torrent.status),
    Column("%", headless=lambda row: f"{row.torrent.progress:g}", right=True),
    Column("Added", headless=lambda row: date(row.torrent.added_at)),
    Column("Size", _size, _size, right=True, rank=2),
    Column("Links", lambda row: f"{row.links:,}" if row.links else "", right=True, rank=3, spare=True),
    Column("Why", _why, _why, cut="end", least=20, rank=1, spare=True),
    Column("Id", headless=lambda row: row.torrent.id),
)
