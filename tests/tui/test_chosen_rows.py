"""A key that removes acts on what the screen shows as chosen: random moves, marks, ranges, folds, chips and filters,
then the key, and what it is about must be what was to be read on the screen before."""

from __future__ import annotations

import random
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from mediatui.model.plan import Plan
from mediatui.tui.filtering import FilteredView
from mediatui.tui.plan_controller import PlanController
from tests.worlds.maintenance import MaintenanceWorld
from tests.worlds.screen import NOW, Open, Screen, broken, run_tool, scanned, well

BURSTS = 6
"""How often it is tried on each screen."""
MOVES = ("j", "j", "k", "space", "space", "v", "v", "g", "G", "a", "A", "i", "ctrl+d", "pageup")
FILTERS = ("film.1", "film.2", "film", "nothing.of.that")
NAME = re.compile(r"Film\.\d+|Alien|Dune|Empty")


class Row:
    """A line of a list as it is read: whether the cursor is there, whether it is marked, and the name it holds."""

    def __init__(self, line: str) -> None:
        self.line = line
        self.at_cursor, self.marked = line[:1] == "▌", line[1:2] == "●"
        found = NAME.search(re.sub(r"F0{5,}", "Film.", line))  # a copy named as its group shows its id
        self.name = found[0] if found else ""


def rows_of(screen: Screen) -> list[Row]:
    return [Row(line) for line in screen.text().splitlines()]


def marked_count(screen: Screen) -> int:
    """How many rows the screen says are marked, with those a filter or a fold hides."""
    found = re.search(r"([\d,]+)(?: links)? marked", screen.text())
    return int(found[1].replace(",", "")) if found else 0


def listed(screen: Screen) -> set[str]:
    """The names of a list: behind the two cells in which the cursor and the mark stand."""
    return {row.name for row in rows_of(screen) if row.name and not row.line[:2].strip("▌● ")}


def chosen(screen: Screen) -> tuple[set[str], int]:
    """The names that are marked, else that under the cursor; and how many more are marked out of sight."""
    rows = rows_of(screen)
    marked = {row.name for row in rows if row.marked}
    if marked or marked_count(screen):
        return marked, marked_count(screen) - len(marked)
    return {row.name for row in rows if row.at_cursor and row.name}, 0


@pytest.fixture
def seed() -> int:
    """Another one in every run; a test that fails shows it among its values."""
    return secrets.randbits(32)


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> list[Plan]:
    """The plans that were made, whether anything was to do or not."""
    made: list[Plan] = []
    original = PlanController._made

    async def recorded(self: PlanController, make: Callable[[], Awaitable[Plan]]) -> Plan | None:
        async def once() -> Plan:
            made.append(await make())
            return made[-1]

        return await original(self, once)

    monkeypatch.setattr(PlanController, "_made", recorded)
    return made


def named(plan: Plan) -> set[str]:
    """What a plan is about: what it changes, and what it says is left alone."""
    texts = [*(step.what for step in plan.steps), *(what for what, _ in plan.notes)]
    return {found[0] for text in texts if (found := NAME.search(text))}


async def wander(screen: Screen, dice: random.Random, others: tuple[str, ...], *, filters: bool = True) -> None:
    """Keys as they come over a slow line: all of a burst there before the first is looked at."""
    keys: list[str] = []
    for _ in range(dice.randint(1, 7)):
        keys.append(dice.choice((*MOVES, *others)))
    filtered = isinstance(screen.app.view, FilteredView) and screen.app.view.filter_text
    keys += ["escape"] if filtered and dice.random() < 0.7 else []
    if filters and dice.random() < 0.3:
        line = dice.choice(FILTERS)
        keys += ["slash", *(["ctrl+u"] if filtered else []), *line, "enter", dice.choice(("j", "space", "v"))]
    screen.burst(*keys)
    await screen.settle()


async def asked(screen: Screen, plans: list[Plan], key: str) -> Plan | None:
    """Presses a key, and says no; returns the plan it asked about."""
    before = len(plans)
    await screen.press(key)
    if screen.app.prompt.mode:
        assert len(plans) > before
        assert f"{len(plans[-1].steps):,} " in screen.text(), "the question says how many"
        await screen.press("escape")
        assert "Nothing was done." in screen.text()
    return plans[-1] if len(plans) > before else None


async def try_often(
    screen: Screen, plans: list[Plan], dice: random.Random, others: tuple[str, ...],
    expected: Callable[[Screen], tuple[set[str], int]] = chosen,
) -> int:  # fmt: skip
    """Wanders about and presses ``d``; returns how often there was something to ask about."""
    times = 0
    for number in range(10 * BURSTS):
        if times and number >= BURSTS:
            break
        await wander(screen, dice, others, filters=number > 0)
        await screen.until(lambda: marked_count(screen) >= sum(row.marked for row in rows_of(screen)))
        names, hidden = expected(screen)
        text = screen.text()
        plan = await asked(screen, plans, "d")
        got = set() if plan is None else named(plan)
        assert names <= got, text
        assert len(got) == len(names) + hidden, text
        times += bool(got)
    return times


def of_class(screen: Screen) -> tuple[set[str], int]:
    """As ``chosen``, and on a heading its class: what stands below it, or its count where it is folded."""
    rows = rows_of(screen)
    at = next((number for number, row in enumerate(rows) if row.at_cursor), None)
    if at is None or marked_count(screen) or not (heading := re.match(r"▌ ([▸▾]) \S (\D+?) (\d+)  ", rows[at].line)):
        return chosen(screen)
    return set(), int(heading[3])


def of_group(screen: Screen) -> tuple[set[str], int]:
    """What goes of the groups that have a mark, else of that of the cursor."""
    groups: list[list[Row]] = []
    for row in rows_of(screen):
        if row.name and row.line[2:3] != " " and not row.line[:2].strip("▌● "):
            groups.append([row])
        elif groups and re.match(r"[▌ ][● ]  \S", row.line):
            groups[-1].append(row)
    some = [group for group in groups if any(row.marked for row in group)]
    taken = some or [group for group in groups if any(row.at_cursor for row in group)]
    return {row.name for group in taken for row in group if "✗ delete" in row.line}, 0


async def test_on_the_lists_of_torrents(open_app: Open, plans: list[Plan], seed: int) -> None:
    account = well(9)
    for number, status in ((1, "error"), (2, "error"), (4, "virus"), (6, "dead"), (7, "dead")):
        account[number] = broken(account[number], status)
    account += [
        replace(account[of], id=f"COPY{number}", filename=f"Film.{number}", added_at=NOW - 9000.0 - number)
        for number, of in ((11, 0), (12, 0), (13, 3), (14, 5))
    ]
    dice = random.Random(seed)
    async with open_app(account, size=(80, 40)) as screen:
        assert await try_often(screen, plans, dice, ("left_square_bracket", "right_square_bracket", "O"))
        await screen.press("escape", "escape", "A", "2")
        await screen.until(lambda: "virus" in screen.text())
        assert await try_often(screen, plans, dice, ("left_square_bracket", "right_square_bracket"), of_class)
        await screen.press("escape", "escape", "A", "D")
        await screen.until(lambda: "4 copies in 3 groups" in screen.text())
        assert await try_often(screen, plans, dice, ("K",), of_group)
        assert screen.service.written() == []


async def test_on_links_and_findings(open_app: Open, world: MaintenanceWorld, plans: list[Plan], seed: int) -> None:
    for number in range(1, 8):
        world.movie(f"Film.{number}", missing=number < 6)
    dice = random.Random(seed)
    async with open_app(well(7), size=(80, 40)) as screen:
        await scanned(screen)
        await screen.press("A", "g", "tab")
        await screen.until(lambda: "Film.3" in screen.text())
        assert await try_often(screen, plans, dice, ("left_square_bracket", "right_square_bracket"))
        await run_tool(screen, "cleanup")
        await screen.press("tab")
        await screen.until(lambda: "Film.3" in screen.text())
        for _ in range(BURSTS):
            await wander(screen, dice, ("left_square_bracket", "right_square_bracket"))
            before, (names, _), text = listed(screen), chosen(screen), screen.text()
            await screen.press("X")
            if names:
                await screen.until(lambda: listed(screen) != before)  # noqa: B023 - called at once
                assert before - listed(screen) == names, text
                assert f"{len(names)} ignored; I shows what is." in screen.text()
                await screen.press("I", "a", "X", "I")
