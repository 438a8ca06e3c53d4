"""What the help and the palette offer: what can be done where one is, and everything."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import NamedTuple

from textual.dom import DOMNode

from mediatui.tui.keys import Command, Keys
from mediatui.tui.view import View


class Group(NamedTuple):
    """Commands under a heading."""

    title: str
    commands: list[Command]


def here(keys: Keys, app: DOMNode, view: View, focused: DOMNode | None, read: Callable[[], object]) -> list[Group]:
    """The commands of the view, of the list that has the keyboard, of the app, what moves the cursor, and at the end
    what there is to ``read``. A key is listed where it acts."""
    found: dict[str, list[Command]] = {}
    moving: list[Command] = []
    taken: set[str] = set()
    inside = focused if focused is not None and view in focused.ancestors else None
    for title, source in (("In the list", inside), (view.NAME, view), ("Everywhere", app)):
        own = [] if source is None else keys.commands(source, view.key_words, view.first_keys)
        own = [one for one in own if not taken.issuperset(one.keys.split())]
        taken.update(key for one in own for key in one.keys.split())
        moving += [one for one in own if one.moves]
        found[title] = [one for one in own if not one.moves]
    manual = Command("help", "The words and signs on the screen, the filter, every command", ":help", read)
    about = view.HELP.partition(". ")[0].rstrip(".")
    titles = {view.NAME: f"{view.NAME} · {about}" if about else view.NAME, "In the list": "In the list"}
    groups = [Group(title, found[name]) for name, title in (titles | {"Everywhere": "Everywhere"}).items()]
    groups += [Group("Moving about", moving), Group("To read", [manual])]
    return [group for group in groups if group.commands]


def typed_commands(described: Iterable[tuple[str, str]], open_line: Callable[[str], object]) -> Group:
    """The commands of the ``:`` line (name, sentence); each opens that line with its name."""
    commands = [Command(f":{line}", about, ":", functools.partial(open_line, f"{line} ")) for line, about in described]
    return Group("Commands, after :", commands)


def themes(names: Iterable[str], choose: Callable[[str], object]) -> Group:
    """The colours there are."""
    commands = [
        Command(f"theme {name}", "Other colours", "", functools.partial(choose, name)) for name in sorted(names)
    ]
    return Group("Colours", commands)
