"""The colours: calm, dark, one accent; the others only carry meaning."""

from __future__ import annotations

from textual.theme import Theme

THEME = Theme(
    name="mediatui",
    primary="#3a7ca5",
    secondary="#5c8d89",
    accent="#6cb6d9",
    foreground="#d6d9dc",
    background="#14171a",
    surface="#22282e",
    panel="#1b2025",
    success="#7fb685",
    warning="#d9a441",
    error="#d9655b",
    dark=True,
    variables={"text-muted": "#87919a"},
)
