"""The settings of mediatui: one model, read from environment and config file, written with comments kept.

The model is imported when it is first asked for: pydantic takes half a second, and whoever only wants to know places
(``settings.places``), such as the helper process of calls on mounts, needs none of it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mediatui.settings.config_file import SettingsError
    from mediatui.settings.keys import MASK, SettingKey, all_keys, keys_of, plain_value
    from mediatui.settings.model import Settings
    from mediatui.settings.sources import Loaded, load, load_settings

__all__ = [
    "MASK",
    "Loaded",
    "SettingKey",
    "Settings",
    "SettingsError",
    "all_keys",
    "keys_of",
    "load",
    "load_settings",
    "plain_value",
]

_MODULES = {
    "config_file": ("SettingsError",),
    "keys": ("MASK", "SettingKey", "all_keys", "keys_of", "plain_value"),
    "model": ("Settings",),
    "sources": ("Loaded", "load", "load_settings"),
}


def __getattr__(name: str) -> object:
    for module, names in _MODULES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
