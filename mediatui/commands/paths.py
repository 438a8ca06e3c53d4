"""The paths of other programs: which rules there are, and whether the other sides see what they give."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mediatui.commands.options import flag, report_by_exit_code, word
from mediatui.commands.path_columns import RULE_COLUMNS
from mediatui.model.human import counted

if TYPE_CHECKING:
    from mediatui.commands.answer import Answer
    from mediatui.commands.check_paths import PathCheck
    from mediatui.commands.options import NoOptions

FOUND: Final = 5
"""Exit code: a path is not seen."""


@dataclass(frozen=True, slots=True)
class TryPaths:
    """The options of ``paths test``."""

    path: str | None = word("[PATH]", "a path of this machine", required=False)
    everywhere: bool = flag("A link of every folder of the library, not only of one.", "--all")
    exit_code: bool = report_by_exit_code("a path is not seen, or a service cannot be asked")


async def list_rules(answer: Answer, options: NoOptions) -> int:
    """Lists the rules; nothing is asked."""
    from mediatui.model.path_rules import chained
    from mediatui.settings.places import path_rules

    async with answer.workspace() as workspace:
        rules = path_rules(workspace.settings).rules
    for rule in rules:
        fields = {"kind": rule.kind, "service": rule.service or None, "from": rule.source, "to": rule.target}
        answer.row("path_rule", fields)
    answer.table(RULE_COLUMNS, rules)
    none = "No rules: other programs are taken to have the same paths."
    again = " Whether they hold: mediatui --headless paths test."
    if leading := chained(rules):
        what = f"{len(leading):,} of them lead{'s' if len(leading) == 1 else ''} to where a rule begins"
        again = f" {what}: a path is changed once all the same.{again}"
    answer.result(f"{counted(len(rules), 'rule')}.{again}" if rules else f"{none}{again}", counts={"rules": len(rules)})
    return 0


async def test_paths(answer: Answer, options: TryPaths) -> int:
    """Asks the other sides what they see; with ``exit_code`` a miss ends with 5. Raises UsageError."""
    from mediatui.commands.check_paths import check_paths
    from mediatui.model.errors import UsageError

    if options.path is not None and options.everywhere:
        raise UsageError("A path and --all cannot be given together.", "paths test PATH, or paths test --all")
    path = "" if options.path is None else _absolute(options.path)
    tried = missed = not_asked = rows = 0
    async with answer.workspace() as workspace:
        settings = workspace.settings
        tries = check_paths(answer.invocation, settings, path=path, everywhere=options.everywhere, seedbox=True)
        async for found in tries:
            rows += 1
            tried += found.seen is not None
            missed += found.seen is False
            not_asked += found.seen is None and found.check.state == "problem"
            _say(answer, found)
    bad = [f"{missed:,} of {counted(tried, 'path')} not seen"] if missed else []
    bad += [f"{counted(not_asked, 'service')} cannot be asked"] if not_asked else []
    if bad:
        summary = f"{', '.join(bad)}."
    elif tried:
        summary = f"{counted(tried, 'path')} tried, all seen."
    elif rows:
        summary = "No other side was asked."
    else:
        summary = "Nothing to ask: no Sonarr, Radarr, Plex or Jellyfin is in use."
    counts = {"tried": tried, "missed": missed, "not_asked": not_asked}
    answer.result(summary, ok=True, counts=counts)
    return FOUND if bad and options.exit_code else 0


def _absolute(text: str) -> str:
    return os.path.abspath(os.path.expanduser(text))


def _say(answer: Answer, found: PathCheck) -> None:
    """One line and its hint, or one object."""
    check, sample, other = found.check, found.sample, found.other
    rule = None if other is None or other.rule is None else {"from": other.rule.source, "to": other.rule.target}
    proposal = None if found.proposal is None else {"from": found.proposal[0], "to": found.proposal[1]}
    fields = {
        "name": check.name, "state": check.state, "reason": check.text, "hint": check.hint, "kind": found.kind,
        "service": found.service or None, "sample": sample and sample.what, "path": sample and sample.path,
        "there": other and other.path, "rule": rule, "assumed": other and other.assumed, "seen": found.seen,
        "proposal": proposal,
    }  # fmt: skip
    answer.row("check", fields, f"{check.state:<8} {check.name:<12} {check.text}")
    if check.hint and not answer.json:
        answer.line(f"{'':<22}{check.hint}")
