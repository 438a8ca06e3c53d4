"""The columns of path rules, each declared once for the screen and for headless output."""

from __future__ import annotations

from typing import Final

from mediatui.commands.columns import Column
from mediatui.model.path_rules import PathRule
from mediatui.model.text import printable

RULE_COLUMNS: Final[tuple[Column[PathRule], ...]] = (
    Column("For", headless=lambda rule: rule.whose),
    Column("Here", headless=lambda rule: printable(rule.source), cut="path", least=20),
    Column("There", headless=lambda rule: printable(rule.target), cut="path", least=20, rank=1),
)
