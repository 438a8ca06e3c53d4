"""What stands in the config file, before anything is said of whether it is right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from mediatui.model.arr import ARR_TITLES
from mediatui.model.errors import UsageError
from mediatui.settings.toml_text import MOST_BYTES, BadToml, parse_toml
from mediatui.system.files import NotAFile, open_file


class SettingsError(UsageError):
    """One or more settings are wrong; ``problems`` holds a sentence for each."""

    kind = "settings"

    def __init__(self, problems: list[str], hint: str = "") -> None:
        super().__init__(" ".join(problems), hint)
        self.problems = tuple(problems)


def read_file(path: Path) -> dict[str, object]:
    """The content of a config file, empty when there is none; raises SettingsError when it cannot be read."""
    try:
        with open_file(path) as stream:
            content = stream.read(MOST_BYTES + 1)
    except NotAFile as error:
        raise SettingsError([f"The config file cannot be read: {error.message}"]) from None
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsError([f"The config file {path} cannot be read: {error.strerror}."]) from None
    try:
        return parse_toml(content)
    except BadToml as error:
        raise SettingsError([f"The config file {path} {error.what}."], error.hint) from None


def flatten(table: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Every ``section.key`` of a config file with its value; a list of services, and anything that is not a section, is
    yielded whole under its name."""
    for section, content in table.items():
        if section in ARR_TITLES and isinstance(content, list) and len(content) == 1:
            content = content[0]
        if isinstance(content, dict):
            for name, value in content.items():
                yield f"{section}.{name}", value
        else:
            yield section, content
