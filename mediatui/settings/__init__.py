"""The settings of mediatui: one model, read from environment and config file, written with comments kept."""

from mediatui.settings.keys import MASK, SettingKey, all_keys, keys_of, plain_value
from mediatui.settings.model import Settings
from mediatui.settings.sources import Loaded, SettingsError, load, load_settings

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
