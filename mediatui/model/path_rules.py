"""The rules by which a path of one side becomes that of the other: ``paths.rules``.

A rule puts one folder in the place of another. Of those that fit a path the longest decides, by whole names, and it is
applied once: a rule that leads into itself (``/`` to ``/home/bob``), or two that lead to each other, go round nothing.
Where no rule fits, both sides are taken to see the same path.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from mediatui.model.path_map import Moves, holds, longest_first, moved, read_folder, same_path

PathKind = Literal["seedbox", "arr", "plex", "jellyfin"]
PATH_KINDS: Final[tuple[PathKind, ...]] = ("seedbox", "arr", "plex", "jellyfin")


@dataclass(frozen=True, slots=True)
class PathRule:
    """One rule: what lies at ``source`` here lies at ``target`` there; both are absolute.

    Here is this machine, and there Sonarr or Radarr (``arr``; with ``service`` only the one of that name), Plex or
    Jellyfin; of a ``seedbox`` here is what rTorrent says, and there what SFTP shows.
    """

    kind: PathKind
    source: str
    target: str
    service: str = ""

    @property
    def whose(self) -> str:
        """The kind, or the service it is for alone."""
        return self.service or self.kind


@dataclass(frozen=True, slots=True)
class Translated:
    """A path as the other side has it, and the rule that says so; without one the same path is assumed."""

    path: str
    rule: PathRule | None = None

    @property
    def assumed(self) -> bool:
        """Whether no rule says so."""
        return self.rule is None


class Translation:
    """The rules between this side and one other, in both directions."""

    def __init__(self, rules: Iterable[PathRule]) -> None:
        """Rules for one service come before those for all of its kind with the same folder; raises ValueError for a
        path that is not absolute."""
        self._rules: list[tuple[PathRule, Moves]] = []
        back = []
        own_first = sorted(rules, key=lambda rule: not rule.service)
        for rule in own_first:
            source, target = read_folder(rule.source), read_folder(rule.target)
            if source is None or target is None:
                raise ValueError(f"{rule.source} or {rule.target} is not an absolute path")
            self._rules.append((rule, longest_first([(source, target)])))
            back.append((target, source))
        self._rules.sort(key=lambda one: -len(one[1][0][0]))
        self._back = longest_first(back)

    @property
    def rules(self) -> tuple[PathRule, ...]:
        """The rules in the order in which they are looked at."""
        return tuple(rule for rule, _ in self._rules)

    def there(self, path: str | os.PathLike[str]) -> Translated:
        """A path of this side as the other has it."""
        for rule, moves in self._rules:
            for other in moved(path, moves):
                return Translated(other, rule)
        return Translated(os.fspath(path))

    def here(self, path: str) -> str | None:
        """A path of the other side as this one has it; None when nothing here is at that path there."""
        for ours in tuple(moved(path, self._back)) or (path,):
            there = self.there(ours).path
            if there == path or same_path(there, path):
                return ours
        return None


class PathRules:
    """All rules of the settings."""

    def __init__(self, rules: Sequence[PathRule] = ()) -> None:
        self.rules = tuple(rules)

    def of(self, kind: PathKind, service: str = "") -> Translation:
        """Those of one side: a kind, and of ``arr`` a service by its name."""
        return Translation(rule for rule in self.rules if rule.kind == kind and rule.service in ("", service))


def chained(rules: Sequence[PathRule]) -> list[PathRule]:
    """The rules that lead to where a rule for the same side begins, another or they themselves: a path is changed once
    all the same."""
    return [
        rule
        for rule in rules
        if any(rule.kind == one.kind and holds(one.source, rule.target) and not same_path(rule.source, rule.target)
               for one in rules if rule.service in ("", one.service) or not one.service)
    ]  # fmt: skip


def equal_sources(rules: Sequence[PathRule]) -> PathRule | None:
    """The first rule that begins at the same folder as an earlier one for the same side: which of them counts cannot be
    told. None when there is none."""
    seen: set[tuple[object, ...]] = set()
    for rule in rules:
        folder = read_folder(rule.source)
        mark = (rule.kind, rule.service, None if folder is None else folder.key)
        if mark in seen:
            return rule
        seen.add(mark)
    return None
