"""Taking torrents elsewhere from a list of them: onto the clipboard, into a file."""

from __future__ import annotations

import contextlib
import functools
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final

from textual import work
from textual.binding import Binding, BindingType

from mediatui.archive.backup import export_to_file, magnet, read_format
from mediatui.model.choices import EXPORT_FORMATS
from mediatui.model.errors import MediatuiError, UsageError
from mediatui.model.human import counted
from mediatui.model.text import cut_middle, printable
from mediatui.model.torrent import Torrent
from mediatui.store.torrents.listing import files_of, links_of, torrents_by_key
from mediatui.system.threads import in_thread
from mediatui.tui.view import Severity, in_background
from mediatui.tui.widgets.menu import Choice, choices_of
from mediatui.tui.writing import WritesFiles, replacing_in_thread

LONGEST_NAME: Final = 40
NAMED_LEFT: Final = 3
"""How many torrents are named of which direct links are missing."""
UNASKED: Final = 10
"""Of so many torrents direct links are made without a question."""
COPIED: Final = ("name", "magnet", "hash", "links", "direct")
_NOUNS: Final = {"hash": ("hash", "hashes"), "links": ("link", "links")}


class TakesTorrents(WritesFiles):
    """A view with torrents to copy or to write to a file."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "copy", id="torrent.copy", tooltip="Copy name, magnet, links or direct links"),
        Binding(
            "x", "export", "export", show=False, id="torrent.export", tooltip="Write those marked, else all, to a file"
        ),
    ]

    NO_TARGET: ClassVar[str] = "There is no torrent under the cursor."

    def targets(self) -> list[Torrent]:
        """The torrents an action is for, in the order of the list: the marked ones, else the one under the cursor."""
        return []

    def exported(self) -> Sequence[int]:
        """The keys of the torrents to write to a file, in the order of the list: the marked ones, else all that are
        listed."""
        return []

    # Copying

    def action_copy(self) -> None:
        if self.targets():
            self.host.prompt.choose("copy", self.copied(), self.copy_taken)
        else:
            self.say(self.NO_TARGET, "warning")

    def copied(self) -> list[Choice]:
        """What can be copied."""
        return choices_of(COPIED, ["", "", "", "", "(1 request each)"])

    def copy_taken(self, kind: str) -> None:
        """Copies what was chosen, one a line, in the order of the list."""
        if kind == "direct":
            self._direct_soon([torrent.key for torrent in self.targets()], None)
        else:
            self._copy([torrent.key for torrent in self.targets()], kind)

    @work(group="copy", exit_on_error=False)
    async def _copy(self, keys: Sequence[int], kind: str) -> None:
        lines = await self.workspace.read(copied_lines, keys, kind)
        if lines:
            self.host.copy_text("\n".join(lines), counted(len(lines), *_NOUNS.get(kind, (kind,))))
        else:
            self.say(f"There is nothing to copy: no {_NOUNS.get(kind, (kind,))[0]} is known.", "warning")

    # Exporting

    def action_export(self) -> None:
        keys = self.exported()
        if not keys:
            self.say("There is nothing to export.", "warning")
            return
        kinds = [*choices_of(EXPORT_FORMATS), Choice("l", "direct links", "(1 request each)")]
        title = f"export {counted(len(keys), 'torrent')} as"
        self.host.prompt.choose(title, kinds, lambda form: self._form_taken(form, keys))

    def _form_taken(self, form: str, keys: Sequence[int]) -> None:
        what = f"{form} of {counted(len(keys), 'torrent')}"
        if form in EXPORT_FORMATS:
            self.ask_file(what, lambda file: self._export_soon(form, file, keys))
            return
        ask = functools.partial(self.ask_file, what, lambda file: self._direct_soon(keys, file))
        if len(keys) > UNASKED:
            question = f"Ask for the direct links of {counted(len(keys), 'torrent')}, 1 request a link?"
            self.host.prompt.ask(question, ask, len(keys))
        else:
            ask()

    def _export_soon(self, form: str, file: Path, keys: Sequence[int]) -> None:
        in_background(self, functools.partial(self._export, form, file, keys), "export")

    async def _export(self, form: str, file: Path, keys: Sequence[int]) -> None:
        known = read_format(form)
        try:
            count = await self.workspace.read(lambda connection: export_to_file(connection, file, known, keys))
        except MediatuiError as error:
            self.say(error.message, "error")
            return
        why = "without a hash" if form == "magnets" else "not known any more"
        left = f"; {len(keys) - count:,} left out, {why}" if count < len(keys) else ""
        self.say(f"{counted(count, 'torrent')} exported to {file}{left}.")

    # Direct links

    def _direct_soon(self, keys: Sequence[int], file: Path | None) -> None:
        in_background(self, functools.partial(self._direct, keys, file), "direct", exclusive=True)

    async def _direct(self, keys: Sequence[int], file: Path | None) -> None:
        """Asks for direct links, one request each; copies them, or writes them to ``file``, which stays as it is when
        there are none. What cannot be had is named with the reason, and the others go on."""
        torrents = await self.workspace.read(torrents_by_key, keys)
        lines: list[str] = []
        left: list[str] = []
        broke = ""
        try:
            self.workspace.connect()
            async with contextlib.AsyncExitStack() as opened:
                stream = None if file is None else await opened.enter_async_context(replacing_in_thread(file))
                try:
                    for torrent in torrents:
                        if why := await self._direct_links_of(torrent, lines):
                            left.append(why)
                except MediatuiError as error:
                    if not lines:
                        raise
                    broke = f"{error.sentence} "
                if not lines:
                    raise UsageError("No direct link was made.", _not_of(left))
                if stream is not None:
                    await in_thread(lambda: stream.write("".join(f"{line}\n" for line in lines)))
        except MediatuiError as error:
            self.say(error.sentence, "error")
            return
        except (OSError, ValueError) as error:
            self.say(f"{file} cannot be written: {getattr(error, 'strerror', None) or error}.", "error")
            return
        which = f" of {len(torrents) - len(left):,} of {len(torrents):,} torrents" if left else ""
        what = f"{counted(len(lines), 'direct link')}{which}"
        severity: Severity = "error" if broke else "warning" if left else "info"
        if file is None:
            self.host.copy_text("\n".join(lines), f"{broke}{what}", _not_of(left), severity)
        else:
            self.say(f"{broke}{what} exported to {file}, readable by you only. {_not_of(left)}".strip(), severity)

    async def _direct_links_of(self, torrent: Torrent, lines: list[str]) -> str:
        """Makes the direct links of a torrent; returns its name with the reason when it has not all of them. Raises
        ServiceError when those of others could not be made either."""
        from mediatui.archive.links import OF_ONE_LINK, choose_links
        from mediatui.services.errors import ServiceError

        name = cut_middle(printable(torrent.filename), LONGEST_NAME)
        files = await self.workspace.read(files_of, torrent.id)
        links = await self.workspace.read(links_of, torrent.id)
        try:
            chosen = choose_links(torrent, files, links, ())
        except UsageError:
            return f"{name}: no link of it is known ({torrent.status.replace('_', ' ')})"
        why = ""
        for link in chosen:
            self.say(f"Asking for direct links: {len(lines) + 1:,} …")
            try:
                lines.append((await self.workspace.connect().unrestrict(link.link)).download)
            except ServiceError as error:
                if error.kind not in OF_ONE_LINK:
                    raise
                why = why or f"{name}: {error.message.rstrip('.')}"
        return why


def _not_of(left: Sequence[str]) -> str:
    """Names the torrents of which direct links are missing, with the reasons; empty when there are none."""
    return f"Not of {'; '.join(left[:NAMED_LEFT])}{' …' if len(left) > NAMED_LEFT else ''}" if left else ""


def copied_lines(connection: sqlite3.Connection, keys: Sequence[int], kind: str) -> list[str]:
    """The name, the magnet, the hash or the links of each torrent, in the order of ``keys``; a torrent without any is
    left out."""
    torrents = torrents_by_key(connection, keys)
    if kind == "links":
        return [link for torrent in torrents for link in links_of(connection, torrent.id)]
    if kind == "name":
        return [torrent.filename for torrent in torrents]
    return [magnet(torrent) if kind == "magnet" else torrent.hash for torrent in torrents if torrent.hash]
