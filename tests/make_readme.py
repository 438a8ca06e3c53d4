"""Writes the tables of the README that are made from the program: ``python -m tests.make_readme``."""

from __future__ import annotations

from collections.abc import Iterator

from mediatui.commands.catalog import COMMANDS
from mediatui.commands.parse import usage_of
from tests.worlds.places import PROJECT

README = PROJECT / "README.md"
BEGIN, END = "<!-- commands: python -m tests.make_readme -->\n", "<!-- end of commands -->\n"


def command_table() -> Iterator[str]:
    """The table of commands, line by line."""
    yield "| Command | What it does |"
    yield "|---|---|"
    yield "| *(none)* | The torrent list; on the first start, the welcome screen. |"
    for command in COMMANDS.values():
        usage = usage_of(command).replace("|", "\\|")
        about = f"{command.about} {command.more}".strip().replace("********", "`********`")
        yield f"| `{usage}` | {about} |"


def with_tables(text: str) -> str:
    """The text of the README with its table of commands as the program is now."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    assert begin, f"the README holds no {BEGIN.strip()}"
    assert end, f"the README holds no {END.strip()}"
    return before + begin + "".join(f"{line}\n" for line in command_table()) + end + after


if __name__ == "__main__":
    README.write_text(with_tables(README.read_text("utf-8")), "utf-8")
