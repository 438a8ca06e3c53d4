"""The copies of what the account holds more than once, as rows: a heading for each group, its copies below."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from textual.content import Content

from mediatui.archive.duplicates import RULES, DuplicateGroup
from mediatui.model.choices import KEEPS, Keep
from mediatui.model.human import counted, short_date, size_text
from mediatui.model.text import printable
from mediatui.model.torrent import Torrent
from mediatui.tui.views.torrents.detail import LABEL, detail_lines
from mediatui.tui.widgets.columns import AnyColumn, Column
from mediatui.tui.widgets.detail_pane import fact_lines
from mediatui.tui.widgets.pane_lines import PaneLine
from mediatui.tui.widgets.rows import Row

COLUMNS: Final[tuple[AnyColumn, ...]] = (
    Column("Copies", cut="name", least=20),
    Column("Size", right=True, rank=3),
    Column("Files", right=True, rank=4, spare=True),
    Column("Added", right=True, rank=2),
    Column("Library", right=True, rank=1),
    Column("Change", stays=True),
)
KEPT: Final[Mapping[Keep, str]] = {**RULES, "best": "the best by its name"}
"""What each rule keeps."""


def copies_of(group: DuplicateGroup) -> tuple[Torrent, ...]:
    """All of a group, the one that is kept first."""
    return (group.keeper, *group.others, *group.left_out)


def totals_of(groups: Sequence[DuplicateGroup]) -> str:
    """What deleting the others of these groups comes to: ``12 copies in 9 groups, 1.2 TB``."""
    copies = counted(sum(len(group.dropped) for group in groups), "copy", "copies")
    of_groups = counted(sum(bool(group.dropped) for group in groups), "group")
    return f"{copies} in {of_groups}, {size_text(sum(group.wasted_bytes for group in groups))}"


def rule_notes(by_rule: Mapping[Keep, Sequence[DuplicateGroup]]) -> list[str]:
    """What is said of each rule: what it keeps, and what it would delete. The rules differ in that because a copy with
    files that the kept one lacks is not deleted."""
    return [f"{KEPT[rule]}: deletes {totals_of(by_rule.get(rule, ()))}" for rule in KEEPS]


class Copies:
    """The groups of copies, with what was chosen by hand. The group under the cursor stays, said to be done, when its
    copies are gone."""

    def __init__(self) -> None:
        self.groups: list[DuplicateGroup] = []
        self._links: Mapping[str, int] = {}
        self._shown: list[DuplicateGroup] = []
        self._of: dict[int, DuplicateGroup] = {}
        self._by_hand: set[str] = set()
        self._done: DuplicateGroup | None = None
        self._done_at = 0

    # Which there are

    def forget_choices(self) -> None:
        """Another rule, or other groups: nothing is chosen by hand."""
        self._by_hand = set()
        self._done = None

    def take(self, groups: Sequence[DuplicateGroup], links: Mapping[str, int], cursor: int | None) -> None:
        """Other groups from now on, with how many library links point into each torrent; what ``cursor`` is on
        stays."""
        before = self.group_at(cursor)
        self.groups, self._links = [self._as_chosen(group) for group in groups], links
        known = {torrent.id for group in self.groups for torrent in copies_of(group)}
        if before is None or before.keeper.id in known:
            self._done = None
        elif before is not self._done:
            self._done, self._done_at = before, self._shown.index(before) if before in self._shown else 0

    def narrow(self, keys: Collection[int] | None) -> None:
        """Shows only groups with a copy that has one of these keys; None: all."""
        held = [keys is None or any(one.key in keys for one in copies_of(group)) for group in self.groups]
        self._shown = [group for group, holds in zip(self.groups, held, strict=True) if holds]
        if self._done is not None:
            self._shown.insert(min(self._done_at, len(self._shown)), self._done)
        self._of = {torrent.key: group for group in self._shown for torrent in copies_of(group)}
        self._of |= {heading_key(group): group for group in self._shown}

    def leave(self, cursor: int | None) -> bool:
        """Drops the group that is done once the cursor is elsewhere; whether there was one."""
        if self._done is None or self.group_at(cursor) is self._done:
            return False
        self._shown = [group for group in self._shown if group is not self._done]
        self._done = None
        return True

    @property
    def shown(self) -> list[DuplicateGroup]:
        """The groups that are listed and have copies to delete or to choose from."""
        return [group for group in self._shown if group is not self._done]

    @property
    def keys(self) -> Collection[int]:
        """The keys of the copies and headings that are listed."""
        return self._of.keys()

    def group_at(self, key: int | None) -> DuplicateGroup | None:
        """The group of a copy, or of the heading, that has this key."""
        return None if key is None else self._of.get(key)

    def torrent_at(self, key: int | None) -> Torrent | None:
        """The copy with this key; None for a heading."""
        group = self.group_at(key)
        return None if group is None else next((one for one in copies_of(group) if one.key == key), None)

    def chosen(self, keys: Collection[int], working: Collection[str]) -> list[DuplicateGroup]:
        """The groups of these rows, each once, in order; without those of which copies are worked on, or are gone."""
        wanted = {id(self._of[key]) for key in keys if key in self._of}
        groups = [group for group in self.shown if id(group) in wanted]
        return [group for group in groups if not any(torrent.id in working for torrent in copies_of(group))]

    # Choosing by hand

    def keep(self, key: int | None) -> bool:
        """Has the copy with this key kept in place of the other; whether there is one."""
        group, torrent = self.group_at(key), self.torrent_at(key)
        if group is None or torrent is None or group is self._done:
            return False
        self._by_hand = {one for one in self._by_hand if one not in {copy.id for copy in copies_of(group)}}
        self._by_hand.add(torrent.id)
        chosen = group.keeping(torrent.id)
        self.groups = [chosen if one is group else one for one in self.groups]
        return True

    def _as_chosen(self, group: DuplicateGroup) -> DuplicateGroup:
        by_hand = next((torrent.id for torrent in copies_of(group) if torrent.id in self._by_hand), None)
        return group if by_hand is None else group.keeping(by_hand)

    # Rows and details

    def rows(self, rule: Keep, working: Mapping[str, str], now: float) -> Iterator[Row]:
        """The rows of the list; ``working`` says by id of a torrent what is being done with it. What the ``rule`` says
        of every group is not said again."""
        for group in self._shown:
            because = "" if group.kept_because == RULES.get(rule) else f" · kept: {group.kept_because}"
            because = f" · nothing is deleted: the kept one {group.unproven}" if group.unproven else because
            done = group is self._done
            heading = f"{printable(group.name)}{'' if done else because}"
            yield Row(heading_key(group), (heading, "", "", "", "", ""), heading=True)
            for torrent in copies_of(group):
                yield self._row(torrent, group, now, working.get(torrent.id, ""))

    def _row(self, torrent: Torrent, group: DuplicateGroup, now: float, doing: str) -> Row:
        """A copy: by its name where that is not the one of the heading, else by its id."""
        if doing:
            word, tone = f"… {doing}", "working"
        elif torrent is group.keeper:
            word, tone = "✓ keep", "ok"
        elif group is self._done:
            word, tone = "✓ deleted", "quiet"
        elif torrent in group.dropped:
            word, tone = "✗ delete", "attention"
        else:
            word, tone = "– keep" if torrent in group.others else "– keep, own files", "quiet"
        links = self._links.get(torrent.id, 0)
        name = torrent.id if torrent.filename == group.name else torrent.filename
        files = "" if torrent.selected_count is None else f"{torrent.selected_count:,}"
        cells = (
            f"  {printable(name)}", size_text(torrent.bytes), files, short_date(torrent.added_at, now),
            f"← {links:,}" if links else "", word,
        )  # fmt: skip
        return Row(torrent.key, cells, tone)

    def lines(self, connection: sqlite3.Connection, key: int | None) -> Iterator[PaneLine]:
        """The pane's lines about a copy, or about the group whose heading has this key."""
        group, torrent = self.group_at(key), self.torrent_at(key)
        if group is None:
            yield Content("Nothing selected.")
        elif torrent is None:
            yield Content.styled(printable(group.name), "$heading")
            yield Content("")
            yield from fact_lines(
                [
                    ("what", f"{counted(len(copies_of(group)), 'copy', 'copies')}: {group.why}"),
                    ("kept", f"{group.keeper.id}: {group.kept_because}"),
                    ("deletes", totals_of([group]) if group.dropped else f"none: the kept one {group.unproven}"),
                    ("to do", "d deletes them, undoable" if group.dropped else ""),
                ]
            )
        else:
            name, *others = detail_lines(connection, key)
            yield name
            yield from fact_lines([*self._facts(torrent, group)], LABEL)
            yield from others

    def _facts(self, torrent: Torrent, group: DuplicateGroup) -> Iterator[tuple[str, str]]:
        links = self._links.get(torrent.id, 0)
        if torrent is group.keeper:
            yield "keep", group.kept_because
        elif group is self._done:
            yield "deleted", "u takes it back"
        elif torrent in group.dropped:
            yield "delete", f"{group.why} as {group.keeper.id}, which is kept: {group.kept_because}"
            yield "", "K keeps this one instead"
        elif torrent in group.others:
            yield "keep", f"the other, {group.keeper.id}, {group.unproven}"
        else:
            yield "keep", f"it holds files that {group.keeper.id} does not"
        if links:
            yield "library", f"{counted(links, 'link')} {'points' if links == 1 else 'point'} at this copy"


def heading_key(group: DuplicateGroup) -> int:
    """The key of the heading of a group: negative, and the same whichever copy is kept."""
    return -min(torrent.key for torrent in copies_of(group)) - 1
