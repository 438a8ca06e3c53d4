"""The colours: chosen for each depth, readable wherever they are shown, and the only ones that views may name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from rich.color import Color as RichColor
from rich.color import ColorSystem
from textual.color import Color
from textual.style import Style
from textual.theme import BUILTIN_THEMES, Theme

import mediatui.tui
from mediatui.tui.colour_depth import ColouredApp, depth_of
from mediatui.tui.colours import READABLE, Colours, Depth, contrast
from mediatui.tui.other_themes import colours_of
from mediatui.tui.theme import MEANINGS, OF_256, THEME, TRUECOLOR, at_depth

TUI = Path(mediatui.tui.__file__).parent
DEPTHS: tuple[Depth, ...] = ("truecolor", "256", "16", "none")
COLOURED = [theme for theme in BUILTIN_THEMES.values() if not theme.ansi]
PALETTES = {
    "xterm": "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 7f7f7f ff0000",
    "PuTTY": "000000 bb0000 00bb00 bbbb00 0000bb bb00bb 00bbbb bbbbbb 555555 ff5555",
    "Windows": "0c0c0c c50f1f 13a10e c19c00 0037da 881798 3a96dd cccccc 767676 e74856",
    "macOS": "000000 c23621 25bc24 adad27 492ee1 d338d3 33bbc8 cbcccd 818383 fc391f",
    "Dracula": "21222c ff5555 50fa7b f1fa8c bd93f9 ff79c6 8be9fd f8f8f2 6272a4 ff6e6e",
}
"""The first ten colours of terminals people use."""


def variables(theme: Theme, depth: Depth) -> dict[str, str]:
    drawn = at_depth(theme, depth)
    return {**drawn.to_color_system().generate(), **drawn.variables}


def sent(colour: str) -> tuple[int, ...]:
    """What a terminal of 256 colours shows where the theme asks for a colour."""
    number = RichColor.parse(colour).downgrade(ColorSystem.EIGHT_BIT).number
    assert number is not None
    assert number >= 16  # the first 16 are not the same on any two terminals
    return tuple(RichColor.from_ansi(number).get_truecolor())


def least_contrast(colours: Colours, shown: dict[str, Color]) -> float:
    return min(contrast(shown[text], shown[behind]) for text, behind in product(colours.said, colours.behind))


def test_our_colours_can_be_read_on_everything_they_are_shown_on() -> None:
    for colours in (TRUECOLOR, OF_256):
        assert least_contrast(colours, {one: Color.parse(one) for one in colours.said + colours.behind}) >= READABLE
        assert contrast(Color.parse(colours.bar), Color.parse(colours.page)) >= 3


def test_what_256_colours_make_of_ours_can_be_read_and_told_apart() -> None:
    """Those chosen for them, and those a tmux makes of the others when its own terminal has no more."""
    shown = {one: Color(*sent(one)) for one in OF_256.said + OF_256.behind}
    assert least_contrast(OF_256, shown) >= READABLE
    for colours in (OF_256, TRUECOLOR):
        for several in (colours.said, (colours.page, colours.cursor, colours.left)):
            assert len({sent(one) for one in several}) == len(several)


@pytest.mark.parametrize("theme", COLOURED, ids=lambda theme: theme.name)
def test_every_theme_can_be_read(theme: Theme) -> None:
    for depth in ("truecolor", "256"):
        colours = colours_of(theme, depth)
        assert least_contrast(colours, {one: Color.parse(one) for one in colours.said + colours.behind}) >= READABLE
        assert colours.page != colours.left != colours.cursor != colours.page


@pytest.mark.parametrize("depth", DEPTHS)
def test_each_word_for_a_style_is_one_in_every_theme(depth: Depth) -> None:
    for theme in (THEME, *BUILTIN_THEMES.values()):
        known = variables(theme, depth)
        for word in MEANINGS:
            assert Style.parse(f"${word}", known), f"${word} of {theme.name}"


def test_sixteen_colours_are_the_terminals_own() -> None:
    known = variables(THEME, "16")
    for name, value in known.items():
        assert not re.search(r"#[0-9a-f]{3}|\d%", value) or name not in (*MEANINGS, *THEME.variables), (name, value)
    assert Style.parse("$broken", known).foreground == Color.parse("ansi_bright_red")
    assert Style.parse("$attention", known).foreground == Color.parse("ansi_yellow")
    assert Style.parse("$ok", known).foreground == Color.parse("ansi_green")
    assert known["accent"] == known["block-cursor-background"] == "ansi_cyan"


def test_a_light_theme_chooses_the_named_colours_for_a_light_background() -> None:
    light = variables(BUILTIN_THEMES["textual-light"], "16")
    names = {Style.parse(f"${word}", light).foreground for word in ("accent", "attention", "broken")}
    assert names == {Color.parse(one) for one in ("ansi_blue", "ansi_magenta", "ansi_red")}
    assert light["block-cursor-background"] == "ansi_blue"


@pytest.mark.parametrize("name", PALETTES)
def test_named_colours_can_be_read_in_the_palettes_of_terminals(name: str) -> None:
    palette = [Color.parse(f"#{value}") for value in PALETTES[name].split()]
    known = variables(THEME, "16")
    cursor = [Color.parse(known[f"block-cursor-{part}"]).ansi for part in ("foreground", "background")]
    said = [Style.parse(f"${word}", known).foreground for word in ("ok", "attention", "broken", "accent")]
    pairs = [cursor, *([one.ansi, 0] for one in said if one is not None)]
    for text, behind in pairs:
        assert text is not None
        assert behind is not None
        assert contrast(palette[text], palette[behind]) >= READABLE, (text, behind)


def test_without_colours_the_cursor_and_the_pane_with_the_keyboard_are_told_by_weight() -> None:
    known = variables(THEME, "none")
    assert "reverse" in known["block-cursor-text-style"]
    assert known["block-cursor-blurred-text-style"] != known["block-cursor-text-style"]
    assert known["header-style"] != known["quiet-style"]
    assert Style.parse("$title", known).underline


def test_the_first_frame_has_the_colours_and_the_theme_that_are_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    app = ColouredApp()
    app.begin_with("256", "nord")
    assert app.stylesheet._variables["accent"] == colours_of(BUILTIN_THEMES["nord"], "256").accent
    app.begin_with("16", "no such theme")
    assert (app.theme, app.stylesheet._variables["accent"]) == ("nord", "ansi_cyan")
    monkeypatch.setenv("NO_COLOR", "1")
    silent = ColouredApp()
    silent.begin_with("256", "")
    assert silent.depth == "none"


TERMINALS: dict[str, tuple[dict[str, str], int | None, Depth]] = {
    "over SSH": ({"TERM": "xterm-256color"}, 256, "256"),
    "says truecolor": ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, 256, "truecolor"),
    "says 24bit": ({"TERM": "xterm", "COLORTERM": "24bit"}, 8, "truecolor"),
    "old xterm": ({"TERM": "xterm"}, 8, "16"),
    "16 colours": ({"TERM": "xterm-16color"}, 16, "16"),
    "Linux console": ({"TERM": "linux"}, 8, "16"),
    "tmux": ({"TERM": "tmux-256color", "COLORTERM": "truecolor", "TMUX": "/tmp/x"}, 256, "truecolor"),
    "tmux of old": ({"TERM": "screen", "TMUX": "/tmp/x"}, 8, "16"),
    "GNU screen": ({"TERM": "screen", "COLORTERM": "truecolor", "STY": "1.pts"}, 8, "16"),
    "GNU screen, 256": ({"TERM": "screen-256color", "COLORTERM": "truecolor", "STY": "1.pts"}, 256, "256"),
    "tmux in GNU screen": (
        {"TERM": "tmux-256color", "COLORTERM": "truecolor", "STY": "1.pts", "TMUX": "/tmp/x"}, 256, "truecolor",
    ),
    "a name without a number": ({"TERM": "foot"}, 256, "256"),
    "kitty, not described here": ({"TERM": "xterm-kitty"}, None, "256"),
    "direct": ({"TERM": "xterm-direct"}, None, "truecolor"),
    "nobody knows it": ({"TERM": "new"}, None, "16"),
    "one colour": ({"TERM": "vt220"}, 0, "none"),
    "dumb": ({"TERM": "dumb", "COLORTERM": "truecolor"}, 0, "none"),
    "NO_COLOR": ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, 256, "none"),
}  # fmt: skip


@pytest.mark.parametrize(("environment", "described", "depth"), TERMINALS.values(), ids=TERMINALS)
def test_the_terminal_says_how_many_colours_it_has(
    environment: dict[str, str], described: int | None, depth: Depth
) -> None:
    assert depth_of(environment, described) == depth


def texts_in(file: Path) -> Iterator[tuple[int, str]]:
    """The texts in a file of the package, but for docstrings."""
    tree = ast.parse(file.read_text("utf-8"))
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.lineno, node.value


_WORD = re.compile(r"\$([a-z][a-z-]*)")
_WEIGHTS = frozenset(("bold", "dim", "italic", "underline"))
_STYLES = _WEIGHTS | {"reverse", "on", "not"}
_COLOURS = re.compile(r"#[0-9a-fA-F]{3,8}|ansi_[a-z_]+|(bright_)?(red|green|yellow|blue|cyan|magenta|white|black)")


def test_what_views_say_of_style_are_words_of_the_theme() -> None:
    """Each ``$word`` is one, and no text that is a style names a colour or a weight."""
    for file in sorted(TUI.rglob("*.py")):
        if file.name in ("theme.py", "other_themes.py"):
            continue
        for line, text in texts_in(file):
            where = f"{file.relative_to(TUI)}:{line}: {text!r}"
            assert set(_WORD.findall(text)) <= set(MEANINGS), where
            rest = {word for word in text.split() if not _COLOURS.fullmatch(word)}
            assert not (rest <= _STYLES and (rest & _WEIGHTS or rest != set(text.split()))), where


def test_the_stylesheet_names_no_colour() -> None:
    for number, line in enumerate((TUI / "app.tcss").read_text("utf-8").splitlines(), 1):
        for value in re.findall(r"(?:color|background): ([^;]+);", line):
            assert value.startswith("$"), f"app.tcss:{number}: {line}"
