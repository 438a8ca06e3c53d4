"""One finding, whole: what it is about, why it is listed, what would be changed, and what is known."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from mediatui.library.maintenance.tools import TOOLS
from mediatui.model.finding import Finding
from mediatui.model.human import size_text
from mediatui.model.plan import Step, library_changes
from mediatui.model.text import printable
from mediatui.model.tree_diff import tree_diff
from mediatui.tui.views.changes.plan_tree import tree_line
from mediatui.tui.views.torrents.detail import DetailPane

LABEL = 10
MOST_LINES = 200
"""So many lines of what would change are shown here; the plan shows all."""
MOST_VALUES = 20
SIGNS = {"-": "$text-error", "+": "$text-success", "→": "$text-warning", "~": "$accent"}


def finding_lines(tool: str, finding: Finding) -> Iterator[Content]:
    """The pane's lines."""
    folder, name = os.path.split(finding.path)
    yield Content.styled(_text(name), "bold")
    yield Content.styled(f"in {_text(folder)}", "$text-muted")
    yield Content("")
    about = TOOLS[tool].categories.get(finding.category, "")
    yield from _facts([("category", finding.category), ("that is", about), ("why", finding.reason)])
    yield from _facts([("target", os.fsdecode(finding.target))])
    yield from _facts([(key.replace("_", " "), _value(key, value)) for key, value in finding.facts.items()])
    yield from _candidates(finding.facts.get("candidates"))
    yield from _steps(finding.steps)
    sentence, _ = TOOLS[tool].advice.get(finding.category, ("", ""))
    if sentence:
        yield Content("")
        yield Content.styled("what helps", "bold")
        yield Content(sentence)


def _text(path: bytes) -> str:
    return printable(os.fsdecode(path))


def _facts(facts: Sequence[tuple[str, str]]) -> Iterator[Content]:
    for name, text in facts:
        if text:
            label = printable(name)
            yield Content.assemble((f"{label:<{LABEL}}", "$text-muted"), " " * (len(label) >= LABEL), printable(text))


def _value(key: str, value: object) -> str:
    """A fact on one line; candidates are shown on their own."""
    if key == "candidates" or value in (None, "", [], {}):
        return ""
    if key == "size" and isinstance(value, int):
        return size_text(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value[:MOST_VALUES]) + _more(len(value))
    if isinstance(value, Mapping):
        pairs = list(value.items())
        return ", ".join(f"{name}: {one}" for name, one in pairs[:MOST_VALUES]) + _more(len(pairs))
    return str(value)


def _more(count: int) -> str:
    return f" and {count - MOST_VALUES:,} more" if count > MOST_VALUES else ""


def _candidates(candidates: object) -> Iterator[Content]:
    if not isinstance(candidates, list) or not candidates:
        return
    yield Content("")
    yield Content.styled(f"candidates {len(candidates):,}", "bold")
    for one in candidates:
        if isinstance(one, dict):
            sign = " " if one.get("allowed") else "✗"
            yield Content(f"{sign}{one.get('score'):>4}  {printable(os.path.basename(str(one.get('path'))))}")
            yield Content.styled(f"      {printable(str(one.get('why')))}", "$text-muted")
        else:
            yield Content(printable(str(one)))


def _steps(steps: Sequence[Step]) -> Iterator[Content]:
    yield Content("")
    if not steps:
        yield Content.styled("nothing is proposed: it is only told", "$text-muted")
        return
    yield Content.styled(f"what would change ({len(steps):,})", "bold")
    diff = tree_diff(library_changes(steps))
    if not len(diff):
        for step in steps[:MOST_LINES]:
            yield Content(f"{step.WORDS.does} {printable(step.what)}")
        return
    yield Content.styled(printable(diff.root), "$text-muted")
    for line in diff[:MOST_LINES]:
        yield Content.styled(tree_line(line), SIGNS.get(line.sign, ""))
    if len(diff) > MOST_LINES:
        yield Content.styled(
            f"and {len(diff) - MOST_LINES:,} lines more: p makes the plan, tab shows its tree", "$text-muted"
        )


class FindingPane(VerticalScroll, can_focus=True):
    """The details of one finding."""

    BINDINGS: ClassVar[list[BindingType]] = list(DetailPane.BINDINGS)

    def __init__(self) -> None:
        super().__init__(id="finding-detail")
        self._body = Static("", markup=False)
        self._path = b""

    def compose(self) -> ComposeResult:
        yield self._body

    def show(self, tool: str, finding: Finding) -> None:
        """Shows a finding; redraws only when something is different."""
        content = Content("\n").join(list(finding_lines(tool, finding)))
        if content != self._body.content:
            self._body.update(content)
        if finding.path != self._path:
            self._path = finding.path
            self.scroll_home(animate=False)
