"""A path as click reads it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import click


class FilePath(click.Path):
    """A path. An empty one is refused: a shell passes it for a variable that is not set."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path as a Path."""
        if value == "":
            self.fail("it is empty.", param, ctx)
        return super().convert(value, param, ctx)


FILE: Final = FilePath(path_type=Path)
