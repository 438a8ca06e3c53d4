"""The rows of Problems: a heading for each class, those that can be mended first, and its torrents below it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from textual.content import Content

from mediatui.commands.columns import screen_cells, shown_on_screen
from mediatui.commands.problem_columns import PROBLEM_COLUMNS, Problem
from mediatui.model.human import counted, size_text
from mediatui.model.problems import PROBLEM_INFO, PROBLEMS, Class, ProblemInfo, diagnose, own_reason
from mediatui.model.torrent import Torrent
from mediatui.tui.widgets.detail_pane import fact_lines
from mediatui.tui.widgets.rows import Row

COLUMNS: Final = shown_on_screen(PROBLEM_COLUMNS)
_MENDING_KEYS: Final = ("r", "f")
_ONE_WORD: Final = {"r": "repair", "d": "delete", "y": "copy", "f": "choose files", "ctrl+r": "check again"}
MENDABLE: Final[tuple[Class, ...]] = tuple(name for name in PROBLEMS if PROBLEM_INFO[name].key in _MENDING_KEYS)
ORDER: Final[tuple[Class, ...]] = (*MENDABLE, *(name for name in PROBLEMS if name not in MENDABLE))
"""The classes as they stand on the screen: worst first among those that can be mended, and among the others."""


class Groups:
    """The torrents with a problem by class. What is under the cursor stays, said to be done, when it has a problem no
    more."""

    def __init__(self) -> None:
        self.folded: set[Class] = set(ORDER) - set(MENDABLE)
        self._members: dict[Class, list[Problem]] = {}
        self._by_key: dict[int, Problem] = {}
        self._kept: Problem | None = None
        self._kept_class: Class | None = None

    def take(self, torrents: Sequence[Torrent], links: Mapping[str, int], now: float, cursor: int | None) -> None:
        """Other torrents from now on; what ``cursor`` is on stays."""
        before, before_class = self.problem(cursor), self.class_of(cursor)
        self._members = {}
        for torrent in torrents:
            found = diagnose(torrent, now)
            self._members.setdefault(found.name, []).append(Problem(torrent, found, links.get(torrent.id, 0)))
        self._by_key = {one.torrent.key: one for members in self._members.values() for one in members}
        gone = before is not None and self.problem(before.torrent.key, kept=False) is None
        self._kept = before if gone else None
        self._kept_class = before_class

    def leave(self, cursor: int | None) -> bool:
        """Drops what was kept for the cursor once it is elsewhere; whether anything was."""
        key = None if self._kept is None else self._kept.torrent.key
        left_torrent = self._kept is not None and key != cursor
        left_heading = self._kept_class is not None and heading_key(self._kept_class) != cursor
        if left_torrent:
            self._kept = None
        if left_heading:
            emptied = self._kept_class is not None and not self._members.get(self._kept_class)
            self._kept_class = None
            return left_torrent or emptied
        return left_torrent

    def problem(self, key: int | None, *, kept: bool = True) -> Problem | None:
        """The torrent with this key, ``kept`` ones too; None for a heading."""
        if kept and self._kept is not None and self._kept.torrent.key == key:
            return self._kept
        return None if key is None else self._by_key.get(key)

    def torrent(self, key: int | None) -> Torrent | None:
        """The torrent with a problem that has this key."""
        found = self.problem(key, kept=False)
        return None if found is None else found.torrent

    def class_of(self, key: int | None) -> Class | None:
        """The class whose heading has this key; None for a torrent."""
        return ORDER[-key - 1] if key is not None and key < 0 else None

    def torrents_of(self, name: Class) -> list[Torrent]:
        """The torrents of a class, folded or not."""
        return [one.torrent for one in self._members.get(name, [])]

    def keys(self) -> list[int]:
        """The keys of the torrents in the order of the list, folded or not."""
        return [torrent.key for name in ORDER for torrent in self.torrents_of(name)]

    def fold(self, name: Class) -> None:
        """Folds a class, or unfolds it."""
        self.folded ^= {name}

    def rows(self, working: Mapping[str, str], *, unfold: bool = False) -> list[Row]:
        """The rows of the list; ``working`` says by id of a torrent what is being done with it. ``unfold`` shows the
        members of folded classes too."""
        rows: list[Row] = []
        for name in ORDER:
            members = list(self._members.get(name, []))
            count = len(members)
            if self._kept is not None and self._kept.found.name == name:
                members = sorted([*members, self._kept], key=lambda one: one.torrent.key)
            if not members and name != self._kept_class:
                continue
            rows.append(Row(heading_key(name), (self._heading(name, count), "", "", "", ""), heading=True))
            if unfold or name not in self.folded:
                rows += [self._row(one, working) for one in members]
        return rows

    def _heading(self, name: Class, count: int) -> str:
        about = PROBLEM_INFO[name]
        if not count:
            return f"✓ {name}: nothing left"
        sign = "▸" if name in self.folded else "▾"
        return f"{sign} {about.sign} {name} {count:,}  {about.key} {_ONE_WORD[about.key]} · {about.meaning}"

    def _row(self, one: Problem, working: Mapping[str, str]) -> Row:
        """A torrent; what is being done with it, or was, stands before its name, which is never left out."""
        about = PROBLEM_INFO[one.found.name]
        sign, *rest = screen_cells(COLUMNS, replace(one, found=one.found._replace(reason=own_reason(one.found))))
        if word := working.get(one.torrent.id):
            cells, tone = ("…", f"… {word} · {rest[0]}", *rest[1:-1], ""), "working"
        elif one is self._kept:
            cells, tone = ("✓", f"✓ done · {rest[0]}", *rest[1:-1], ""), "ok"
        else:
            cells, tone = (sign, *rest), about.tone
        return Row(one.torrent.key, cells, "quiet", also=((0, tone),))


def heading_key(name: Class) -> int:
    """The key of the heading of a class: negative, those of torrents are not."""
    return -ORDER.index(name) - 1


def cost_of(about: ProblemInfo) -> str:
    """What mending one of a class costs, and whether it can be undone."""
    cost = f"{about.requests} requests each" if about.requests > 1 else "1 request" if about.requests else ""
    undo = {"yes": "undoable", "no": "not undoable", "nothing to undo": ""}[about.undo]
    undo = "the entry is replaced" if about.key == "r" else undo
    return ", ".join(part for part in (cost, undo) if part)


def class_lines(name: Class, torrents: Collection[Torrent]) -> Iterator[Content]:
    """The pane's lines about a class: what it means, what helps, and what that costs."""
    about = PROBLEM_INFO[name]
    yield Content.styled(f"{name}: {counted(len(torrents), 'torrent')}", "$heading")
    yield Content("")
    facts = [
        ("why", about.meaning),
        ("size", size_text(sum(torrent.bytes for torrent in torrents))),
        ("to do", f"{about.key} {about.action}"),
        ("costs", cost_of(about)),
    ]
    yield from fact_lines(facts)
