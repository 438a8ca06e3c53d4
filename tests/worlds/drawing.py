"""Apps that cost less to open and to drive: each stylesheet is parsed once, and a screen is drawn when it is at rest.

Without a terminal Textual composes every frame and throws it away. The frames between two states at rest are left out;
what is at rest is drawn, so that a line that cannot be drawn still fails its test.
"""

from __future__ import annotations

from typing import Any

import pytest
from textual._compositor import Compositor
from textual.app import App
from textual.css.stylesheet import Stylesheet

_parsed: dict[object, Any] = {}
_parse = Stylesheet._parse_rules
_render_update = Compositor.render_update


def parse_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Apps share the rules of sources that are read with the same variables."""

    def parse(self: Stylesheet, css: str, read_from: Any, *args: Any, **kwargs: Any) -> Any:
        key = (css, read_from, args, tuple(kwargs.items()), tuple(self._variables.items()))
        if key not in _parsed:
            _parsed[key] = _parse(self, css, read_from, *args, **kwargs)
        return _parsed[key]

    monkeypatch.setattr(Stylesheet, "_parse_rules", parse)


def draw_at_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is drawn before ``draw`` is called."""

    def later(self: Compositor, full: bool = False, screen_stack: Any = None, simplify: bool = False) -> Any:
        if full:
            self._dirty_regions.add(self.size.region)
        return None

    monkeypatch.setattr(Compositor, "render_update", later)


def draw(app: App[Any]) -> None:
    """Draws what changed since the last time."""
    compositor = app.screen._compositor
    if app.is_running and compositor._dirty_regions:
        _render_update(compositor)
