"""One finding, whole: what it is about, why it is listed, what would be changed, and what is known."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence

from textual.content import Content

from mediatui.library.maintenance.tools import TOOLS
from mediatui.model.finding import Finding
from mediatui.model.human import counted, size_text
from mediatui.model.plan import Step, library_changes
from mediatui.model.text import printable
from mediatui.model.tree_diff import tree_diff
from mediatui.tui.views.changes.plan_tree import tree_lines
from mediatui.tui.widgets.detail_pane import fact_lines, heading_lines, title_lines

MOST_LINES = 200
"""How many lines of what would change are shown here; the plan shows all."""
MOST_VALUES = 20


def finding_lines(tool: str, finding: Finding) -> Iterator[Content]:
    """The pane's lines."""
    yield from title_lines(finding.path)
    about = TOOLS[tool].categories.get(finding.category, "")
    yield from fact_lines([("category", finding.category), ("that is", about), ("why", finding.reason)])
    yield from fact_lines([("target", os.fsdecode(finding.target))])
    yield from fact_lines([(key.replace("_", " "), _value(key, value)) for key, value in finding.facts.items()])
    yield from _candidates(finding.facts.get("candidates"))
    yield from _steps(finding.steps)
    sentence, _ = TOOLS[tool].advice.get(finding.category, ("", ""))
    if sentence:
        yield from heading_lines("what helps")
        yield Content(sentence)


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
    yield from heading_lines(f"candidates {len(candidates):,}")
    for one in candidates:
        if isinstance(one, dict):
            sign = " " if one.get("allowed") else "✗"
            yield Content(f"{sign}{one.get('score'):>4}  {printable(os.path.basename(str(one.get('path'))))}")
            yield Content.styled(f"      {printable(str(one.get('why')))}", "$quiet")
        else:
            yield Content(printable(str(one)))


def _steps(steps: Sequence[Step]) -> Iterator[Content]:
    yield Content("")
    if not steps:
        yield Content.styled("nothing is proposed: it is only reported", "$quiet")
        return
    yield Content.styled(f"what would change ({len(steps):,})", "$heading")
    diff = tree_diff(library_changes(steps))
    if not len(diff):
        for step in steps[:MOST_LINES]:
            yield Content(f"{step.WORDS.does} {printable(step.what)}")
        return
    yield Content.styled(printable(diff.root), "$quiet")
    for text, tone in tree_lines(diff, MOST_LINES):
        yield Content.styled(text, f"${tone}")
    if len(diff) > MOST_LINES:
        yield Content.styled(f"and {counted(len(diff) - MOST_LINES, 'more line')}: p shows the plan", "$quiet")
