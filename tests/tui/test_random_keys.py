"""Whatever is typed, however fast, nothing breaks: errors of handlers end the app, those of workers fail the test."""

from __future__ import annotations

import asyncio
import random

import pytest

from mediatui.demo.seed import make_torrents
from tests.worlds.maintenance import MaintenanceWorld
from tests.worlds.screen import NOW, Open, dead_series, doubled

VIEWS = (*"123456", "0", "comma", "question_mark", "ctrl+p", "colon")
NAMED = (
    "up", "down", "pageup", "pagedown", "home", "end", "enter", "escape", "tab", "shift+tab", "backspace", "space",
    "left", "right", "ctrl+d", "ctrl+u", "ctrl+r", "delete",
)  # fmt: skip
LETTERS = "abcdefghijklmnoprstuvwxyzADGHIJKLMNOPRSTVX[]+-#<>!."
"""All but those that leave: q asks nothing when nothing runs."""
TYPED = (
    "/lost", "/status:problem", "/size:>1", '/"', ":integrity", ":cleanup --categories", ":undo", ":plan", ":sync",
    ":scan", ":journal", ":config set", ":nonsense", "/é中", "+magnet:?xt=urn:btih:" + "a" * 40,
)  # fmt: skip
NAMES = {"/": "slash", ":": "colon", "+": "plus", " ": "space"}


def some_keys(dice: random.Random) -> list[str]:
    """A key, or a line that is typed and entered."""
    roll = dice.random()
    if roll < 0.2:
        return [dice.choice(VIEWS)]
    if roll < 0.55:
        return [dice.choice(LETTERS)]
    if roll < 0.85:
        return [dice.choice(NAMED)]
    return [NAMES.get(char, char) for char in dice.choice(TYPED)] + ["enter"]


@pytest.mark.parametrize("seed", range(4))
async def test_random_keys_break_nothing(open_app: Open, world: MaintenanceWorld, seed: int) -> None:
    doubled(world)
    dead_series(world)
    world.movie("Lost", 1990, missing=True)
    dice = random.Random(seed)
    size = dice.choice([(80, 24), (120, 40), (60, 15), (150, 30)])
    async with open_app(make_torrents(40, now=NOW), size=size, unseen=5, frames=True) as screen:
        for _ in range(12):
            screen.burst(*(key for _ in range(dice.randint(1, 6)) for key in some_keys(dice)))
            await dice.choice([screen.settle, lambda: asyncio.sleep(0), lambda: asyncio.sleep(0.02)])()
        await screen.settle()
        assert screen.app.return_code is None
