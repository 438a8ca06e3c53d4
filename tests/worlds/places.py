"""Where this repository lies."""

from __future__ import annotations

from pathlib import Path

PROJECT = Path(__file__).parents[2]
"""The folder of pyproject.toml; processes that tests start find the package from here."""
