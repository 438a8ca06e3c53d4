"""What the first frame of the screen is drawn by, read without the model: importing that takes longer than the frame.

Nothing here is checked: the settings are loaded (``sources.load``), or refused, as soon as the frame stands.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mediatui.settings.config_file import flatten, read_file

_NEEDED: Final = ("realdebrid.token", "ui.colors", "ui.theme")


@dataclass(frozen=True, slots=True)
class FirstLook:
    """Whether there is a token, set or of a login, and the settings of colours as they are written; empty when they are
    not. Redriva's names are not looked at."""

    has_token: bool
    colors: str
    theme: str


def look(config_file: Path, environ: Mapping[str, str] = os.environ) -> FirstLook:
    """Looks at the environment, the config file and the login. Raises SettingsError when the file cannot be read."""
    found = {name: value for name, value in flatten(read_file(config_file)) if name in _NEEDED}
    for name in _NEEDED:
        if text := environ.get(f"MEDIATUI_{name.upper().replace('.', '__')}"):
            found[name] = text
    token, colors, theme = (str(found.get(name) or "").strip() for name in _NEEDED)
    return FirstLook(bool(token) or _has_login(config_file), colors, theme)


def _has_login(config_file: Path) -> bool:
    from mediatui.settings.login import BadLogin, LoginFile

    with contextlib.suppress(BadLogin):
        login = LoginFile(config_file).read()
        return login is not None and not login.ended
    return False
