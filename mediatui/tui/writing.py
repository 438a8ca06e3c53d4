"""Writing a file from the screen: its name is typed, and one that is there is replaced only after a yes."""

from __future__ import annotations

import contextlib
import stat
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TextIO

from textual import work

from mediatui.model.human import long_moment, size_text
from mediatui.model.text import printable
from mediatui.system.private_files import replacing
from mediatui.system.threads import in_thread
from mediatui.tui.view import View


class WritesFiles(View):
    """A view that writes files."""

    _write: Callable[[Path], None] | None = None
    """What is begun once the name of the file is known."""

    def ask_file(self, what: str, write: Callable[[Path], None]) -> None:
        """Asks for the name of the file that ``what`` goes into, and begins ``write`` with it."""
        self._write = write
        self.host.prompt.open("export", f"write {what} to the file: ")

    def entered(self, mode: str, text: str) -> bool:
        """Takes the name of the file."""
        if mode != "export" or self._write is None:
            return super().entered(mode, text)
        write, self._write = self._write, None
        if text.strip():
            self._ask_before_replacing(text.strip(), write)
        else:
            self.say("Nothing was written: there was no file name.", "warning")
        return True

    @work(group="file-to-write", exclusive=True, exit_on_error=False)
    async def _ask_before_replacing(self, name: str, write: Callable[[Path], None]) -> None:
        try:
            file, there = await in_thread(lambda: what_is_there(name))
        except (OSError, RuntimeError, ValueError) as error:  # no such home, a NUL in the path
            why = f"{getattr(error, 'strerror', None) or error}".rstrip(".")
            self.say(f"{printable(name)} cannot be written: {why}.", "error")
            return
        if there:
            question = f"{printable(name)} is there already ({there}). Replace it?"
            self.host.prompt.ask(question, lambda: write(file), 1)
        else:
            write(file)


@contextlib.asynccontextmanager
async def replacing_in_thread(file: Path) -> AsyncIterator[TextIO]:
    """``replacing`` off the event loop. Raises OSError, or ValueError for an invalid path."""
    opened = contextlib.ExitStack()
    stream = await in_thread(lambda: opened.enter_context(replacing(file)))
    try:
        yield stream
    except BaseException as error:
        raised = error
        await in_thread(lambda: opened.__exit__(type(raised), raised, raised.__traceback__))
        raise
    await in_thread(opened.close)


def what_is_there(name: str) -> tuple[Path, str]:
    """The file of a name as it was typed, and its size and age when it would be replaced; of a device or a pipe, which
    is written to, neither. Blocks; raises OSError, and RuntimeError or ValueError for a name that is none."""
    file = Path(name).expanduser()
    try:
        found = file.stat()
    except FileNotFoundError:
        return file, ""
    return file, f"{size_text(found.st_size)}, {long_moment(found.st_mtime)}" if stat.S_ISREG(found.st_mode) else ""
