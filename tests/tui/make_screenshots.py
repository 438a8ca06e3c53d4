"""Draws the pictures of the README from the demo: ``python -m tests.tui.make_screenshots [NAME …]``.

Needs DejaVu Sans Mono (Debian: fonts-dejavu-core). Every picture is what the program shows, nothing is retouched.
"""

from __future__ import annotations

import asyncio
import io
import os
import re
import sys
import tempfile
from pathlib import Path

import resvg_py
from rich.color import Color
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from textual.pilot import Pilot

from mediatui.commands.workspace import Workspace
from mediatui.runtime.invocation import Invocation
from mediatui.runtime.paths import find_paths
from mediatui.tui.app import MediatuiApp
from mediatui.tui.colours import Depth, of_256

OUT = Path(__file__).resolve().parents[2] / "screenshots"
FONTS = Path("/usr/share/fonts/truetype/dejavu")
FONT = "DejaVu Sans Mono"


XTERM = TerminalTheme(
    (0, 0, 0), (229, 229, 229),
    [(0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229)],
    [(127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255), (255,) * 3],
)  # fmt: skip
"""The 16 colours of xterm."""
MOST_S = 60


class Shown(str):
    """Waits until the screen shows a text, at most a minute."""


PICTURES: list[tuple[tuple[int, int], str, list[str | float], float]] = [
    ((140, 36), "torrents", [Shown("fetching"), "j", "j", "j", "enter", Shown("E11")], 0.8),
    ((80, 24), "torrents-80x24", ["slash", *"station", "enter", "space", "space"], 1.0),
    ((120, 34), "problems", ["2", Shown("evicted"), "j", "j", "j"], 0.8),
    ((120, 24), "plan", ["2", Shown("aged out"), "]", "r", "p"], 1.5),
    ((120, 40), "stats", ["3"], 2.0),
    ((140, 34), "symlinks", ["4", 1.0, "a", "S", "enter", Shown("done"), "A", "j", "tab", 1.0, "j", "j", "enter"], 1.5),
    ((140, 34), "maintenance", ["5", 1.0, "j", "j", "S", 10.0, "tab", *"jjjjjjjj"], 1.5),
    ((140, 30), "search", ["7", "s", *"foundation", "enter", 8.0, "j"], 1.0),
    ((140, 34), "transfers", ["8", 1.0, *"jjjjjj", "enter", "I"], 1.0),
    ((120, 26), "staging", ["8", 1.0, "greater_than_sign", Shown("In staging"), "j", "enter", "j", "tab", "tab"], 1.0),
    ((100, 26), "activity", ["0", "o", "d"], 0.8),
    ((110, 30), "settings", ["comma"], 0.8),
    ((100, 34), "help", ["question_mark"], 0.8),
]
"""Size, name, the keys that lead there, and how long it takes until all is shown."""
DEPTHS: tuple[Depth, ...] = ("truecolor", "256", "16")
IN_EACH_DEPTH = ("torrents", "problems", "symlinks")


def write_png(app: MediatuiApp, name: str) -> None:
    """Writes what a terminal shows of the app as ``screenshots/NAME.png``."""
    width, height = app.size
    paper = Console(
        width=width, height=height, file=io.StringIO(), force_terminal=True, color_system="truecolor", record=True,
        legacy_windows=False, safe_box=False,
    )  # fmt: skip
    paper.print(app.screen._compositor.render_update(full=True, screen_stack=app._background_screens))
    svg = paper.export_svg(title="mediatui --demo", theme=XTERM if app.native_ansi_color else None)
    if app.depth == "256":
        for grey in range(232, 256):  # what is asked for a grey is not quite what is shown
            svg = svg.replace(of_256(grey), Color.from_ansi(grey).get_truecolor().hex)
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL).replace("Fira Code", FONT)
    files = [str(path) for path in sorted(FONTS.glob("DejaVuSansMono*.ttf"))]
    png = resvg_py.svg_to_bytes(svg_string=svg, font_files=files, monospace_family=FONT)
    OUT.mkdir(exist_ok=True)
    (OUT / f"{name}.png").write_bytes(bytes(png))


async def settle(pilot: Pilot[int], seconds: float = 0.6) -> None:
    """Waits until the screen had time to follow."""
    await pilot.pause(seconds)


def shown_by(app: MediatuiApp) -> str:
    """The text on the screen."""
    return "\n".join("".join(segment.text for segment in line) for line in app.screen._compositor.render_strips())


async def take(
    folder: Path, size: tuple[int, int], name: str, keys: list[str | float], wait: float, depth: Depth
) -> None:
    """Starts the demo, presses keys (a number: waits so many seconds), writes the picture."""
    paths = find_paths(data_dir=folder, config=folder / "config.toml", demo=True)
    app = MediatuiApp(Workspace(Invocation("", paths, demo=True)))
    app._found = depth
    app.begin_with("auto", "")
    async with app.run_test(size=size) as pilot:
        await settle(pilot, 3.0)
        for key in keys:
            if isinstance(key, Shown):
                async with asyncio.timeout(MOST_S):
                    while key not in shown_by(app):
                        await settle(pilot, 0.2)
                continue
            if isinstance(key, str):
                await pilot.press(key)
            await settle(pilot, 0.15 if isinstance(key, str) else key)
        await settle(pilot, wait)
        write_png(app, name)
    print(f"{name}.png")  # noqa: T201 - a command tells what it did


async def main(wanted: list[str]) -> None:
    """Every picture, or those named, one after the other, each from a fresh demo."""
    os.environ.pop("NO_COLOR", None)
    for depth in DEPTHS:
        for size, subject, keys, wait in PICTURES:
            name = subject if depth == "truecolor" else f"{subject}-{depth}"
            if (depth == "truecolor" or subject in IN_EACH_DEPTH) and (not wanted or name in wanted):
                with tempfile.TemporaryDirectory() as folder:
                    await take(Path(folder), size, name, keys, wait, depth)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
