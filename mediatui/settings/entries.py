"""Lists and tables of the settings as lines: one for each entry, or for each field of an entry that is a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from mediatui.settings.keys import EntryField, SettingKey

FIELD_TITLES: Final = {
    "path": "folder",
    "sentinel": "file that must exist",
    "rclone_rc": "its own rclone control",
    "rclone_fs": "its name there",
    "ours": "here",
    "theirs": "there",
}
"""What fields of entries are called."""
ASKED_TITLES: Final = {
    "kind": "kind (seedbox, arr, plex or jellyfin)",
    "from": "folder here",
    "to": "the same folder there",
}
"""What is asked for where the title of a field says too little."""
COMMAND_LINES: Final = ("play.player",)
"""Lists that are the words of one line."""


@dataclass(frozen=True, slots=True)
class EntryLine:
    """A line of a list: of the entry ``at`` (a place in a list, a name in a table), or of one ``field`` of it, with
    what it is called and its value, empty when it has none."""

    at: int | str
    field: str
    title: str
    text: str


def is_one_line(key: SettingKey) -> bool:
    """Whether a list is the words of a command line, which is edited as one."""
    return key.name in COMMAND_LINES


def has_entries(key: SettingKey) -> bool:
    """Whether a value has entries that are lines of their own."""
    return key.kind in ("list", "table") and not is_one_line(key)


def entry_lines(key: SettingKey, value: object) -> Iterator[EntryLine]:
    """The lines of a value of that key (in the form of ``plain_value``); none for a value that is no list or table."""
    if isinstance(value, dict):
        for name, content in value.items():
            yield EntryLine(str(name), "", str(name), str(content))
    for at, entry in enumerate(value if isinstance(value, list) else ()):
        if not key.fields:
            yield EntryLine(at, "", f"{at + 1}", str(entry))
        for field in key.fields:
            title = FIELD_TITLES.get(field.name, field.name)
            before = f"{at + 1}" if field is key.fields[0] else " " * len(f"{at + 1}")
            yield EntryLine(at, field.name, f"{before} {title}", str(entry.get(field.name) or ""))


def summary(key: SettingKey, value: object) -> str:
    """A list or table in one line."""
    if isinstance(value, dict):
        return ", ".join(f"{name} = {content}" for name, content in value.items())
    first = [field.name for field in key.fields if field.required]
    entries = value if isinstance(value, list) else ()
    return ", ".join(_shown(entry, first) if isinstance(entry, dict) else str(entry) for entry in entries)


def _shown(entry: Mapping[str, object], names: Sequence[str]) -> str:
    """The needed fields of a table in one line, its kind in front."""
    kind = f"{entry.get('kind', '')}: " if "kind" in names else ""
    return kind + " = ".join(str(entry.get(name, "")) for name in names if name != "kind")


def asked_for(key: SettingKey) -> Sequence[tuple[str, str]]:
    """What a new entry needs: names and what they are called. A table of texts needs a name and a value."""
    if key.kind == "table":
        return (("name", "action"), ("value", "key"))
    required = [field.name for field in key.fields if field.required]
    return [(name, ASKED_TITLES.get(name) or FIELD_TITLES.get(name, name)) for name in required] or [("", "entry")]


def with_new(key: SettingKey, value: object, given: Sequence[str]) -> object:
    """The value with one entry more, of what ``asked_for`` names."""
    if isinstance(value, dict):
        return {**value, given[0].strip(): given[1]}
    entries = list(value) if isinstance(value, list) else []
    if not key.fields:
        return [*entries, given[0]]
    names = [field.name for field in key.fields if field.required]
    return [*entries, dict(zip(names, given, strict=True))]


def with_text(key: SettingKey, value: object, line: EntryLine, text: str) -> object:
    """The value with another text in a line; an empty one takes a field away that may be missing."""
    if isinstance(value, dict):
        return {**value, line.at: text}
    entries = list(value) if isinstance(value, list) else []
    at = int(line.at)
    if not line.field:
        entries[at] = text
        return entries
    required = EntryField(line.field, True) in key.fields
    changed = {**entries[at], line.field: text}
    if not (text.strip() or required):
        del changed[line.field]
    entries[at] = changed
    return entries


def without(value: object, at: int | str) -> object:
    """The value without an entry."""
    if isinstance(value, dict):
        return {name: content for name, content in value.items() if name != at}
    return [entry for place, entry in enumerate(value) if place != at] if isinstance(value, list) else value


def moved(value: object, at: int | str, by: int) -> object:
    """The list with an entry ``by`` places later; as it is at an end, and for a table."""
    if not isinstance(value, list) or not isinstance(at, int) or not 0 <= at + by < len(value):
        return value
    entries = list(value)
    entries.insert(at + by, entries.pop(at))
    return entries
