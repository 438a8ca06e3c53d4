"""Draws the pictures of the README from the demo: ``python -m tests.tui.make_screenshots``.

Needs DejaVu Sans Mono (Debian: fonts-dejavu-core). Every picture is what the program shows, nothing is retouched.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from pathlib import Path

import resvg_py
from textual.pilot import Pilot

from mediatui.commands.workspace import Workspace
from mediatui.runtime.invocation import Invocation
from mediatui.runtime.paths import find_paths
from mediatui.tui.app import MediatuiApp

OUT = Path(__file__).resolve().parents[2] / "screenshots"
FONTS = Path("/usr/share/fonts/truetype/dejavu")
FONT = "DejaVu Sans Mono"


def write_png(app: MediatuiApp, name: str) -> None:
    """Writes what the app shows as ``screenshots/NAME.png``."""
    svg = app.export_screenshot(title="mediatui --demo")
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL).replace("Fira Code", FONT)
    files = [str(path) for path in sorted(FONTS.glob("DejaVuSansMono*.ttf"))]
    png = resvg_py.svg_to_bytes(svg_string=svg, font_files=files, monospace_family=FONT)
    OUT.mkdir(exist_ok=True)
    (OUT / f"{name}.png").write_bytes(bytes(png))


async def settle(pilot: Pilot[int], seconds: float = 0.6) -> None:
    """Waits until the screen had time to follow."""
    await pilot.pause(seconds)


async def take(folder: Path, size: tuple[int, int], name: str, keys: list[str | float], wait: float = 0.8) -> None:
    """Starts the demo, presses keys (a number: waits so many seconds), writes the picture."""
    paths = find_paths(data_dir=folder, config=folder / "config.toml", demo=True)
    app = MediatuiApp(Workspace(Invocation("", paths, demo=True)))
    async with app.run_test(size=size) as pilot:
        await settle(pilot, 3.0)
        for key in keys:
            if isinstance(key, str):
                await pilot.press(key)
            await settle(pilot, 0.15 if isinstance(key, str) else key)
        await settle(pilot, wait)
        write_png(app, name)
    print(f"{name}.png")  # noqa: T201 - a command tells what it did


async def main() -> None:
    """Every picture, one after the other, each from a fresh demo."""
    pictures: list[tuple[tuple[int, int], str, list[str | float], float]] = [
        ((140, 36), "torrents", ["j", "j", "j", "enter"], 0.8),
        ((80, 24), "torrents-80x24", ["slash", *"station", "enter", "space", "space"], 1.0),
        ((120, 34), "problems", ["2", "N", "j", "j", "j"], 1.5),
        ((120, 24), "plan", ["2", *"nnnnnn", "D", "d", "escape", "2", "G", *"kkkkkkkkkkkk", "r", "p"], 1.5),
        ((120, 40), "stats", ["3"], 2.0),
        ((140, 34), "symlinks", ["4", 1.0, "a", "S", "enter", 8.0, "A", "j", "tab", 1.0, "j", "j", "enter"], 1.5),
        ((140, 34), "maintenance", ["5", 1.0, "j", "j", "S", 10.0, "tab", *"jjjjjjjj"], 1.5),
        ((100, 26), "activity", ["0", "o", "o", "o"], 0.8),
        ((110, 30), "settings", ["comma"], 0.8),
        ((100, 34), "help", ["question_mark"], 0.8),
    ]
    for size, name, keys, wait in pictures:
        with tempfile.TemporaryDirectory() as folder:
            await take(Path(folder), size, name, keys, wait)


if __name__ == "__main__":
    asyncio.run(main())
