"""Choosing the files of a torrent that waits for it: videos, all, or by hand in a tree."""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from mediatui.model.human import counted, size_text
from mediatui.model.selection import is_video
from mediatui.model.text import printable
from mediatui.model.torrent import Torrent, TorrentFile
from mediatui.tui.view import View, in_background
from mediatui.tui.widgets.columns import AnyColumn, Column
from mediatui.tui.widgets.fixed_rows import FixedRows
from mediatui.tui.widgets.row_list import RowList
from mediatui.tui.widgets.rows import Row
from mediatui.tui.widgets.trail_line import TrailLine

COLUMNS: tuple[AnyColumn, ...] = (
    Column("File", cut="name", least=40),
    Column("Size", right=True, rank=1),
    Column("Kind", rank=2),
)


class FilesView(View):
    """The files of one torrent as a tree; the marked ones are selected."""

    NAME = "Files"
    HELP = "Mark the files to select: space one or a folder, m the videos, a all. Enter selects them after a yes."
    FIRST_KEYS = ("open", "mark", "videos", "mark_all", "leave")
    KEY_WORDS: ClassVar[Mapping[str, str]] = {"open": "select these files", "mark_all": "all"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "videos", "videos", id="files.videos", tooltip="Mark the videos only, no samples"),
        Binding("escape,backspace,h", "leave", "back", id="files.back", tooltip="Select nothing, and go back"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._rows = FixedRows()
        self._list = RowList(COLUMNS, self._rows, id="file-list")
        self._title = TrailLine(id="files-title")
        self._torrent: Torrent | None = None
        self._files: dict[int, TorrentFile] = {}
        self._inside: dict[int, list[int]] = {}

    def compose(self) -> ComposeResult:
        yield self._title
        yield self._list

    async def on_front(self) -> None:
        """Gives the tree the keyboard."""
        self.take_keyboard(self._list)

    def show(self, torrent: Torrent, files: Sequence[TorrentFile]) -> None:
        """Shows the files of a torrent, its videos marked."""
        self._torrent = torrent
        self._files = {file.file_id: file for file in files}
        self._inside = {}
        self._rows.take(self._tree(files))
        self._list.marks.clear()
        self._list.source_changed(to_top=True)
        self._list.refresh()
        self.action_videos()

    def _tree(self, files: Sequence[TorrentFile]) -> list[Row]:
        """Folders (negative keys) above what is in them."""
        rows: list[Row] = []
        open_now: tuple[str, ...] = ()
        folders: dict[tuple[str, ...], int] = {}
        for file in sorted(files, key=lambda file: file.path.rpartition("/")[::2]):
            *parents, name = printable(file.path).strip("/").split("/")
            for depth in range(1, len(parents) + 1):
                path = tuple(parents[:depth])
                if path not in folders:
                    folders[path] = -len(folders) - 1
                    self._inside[folders[path]] = []
                if path != open_now[:depth]:
                    rows.append(Row(folders[path], (f"{'  ' * (depth - 1)}▾ {path[-1]}", "", ""), heading=True))
                self._inside[folders[path]].append(file.file_id)
            open_now = tuple(parents)
            kind = "video" if is_video(file) else ""
            rows.append(Row(file.file_id, (f"{'  ' * len(parents)}{name}", size_text(file.bytes), kind)))
        return rows

    @property
    def selected(self) -> list[int]:
        """The ids of the marked files; a marked folder is all that is in it."""
        chosen: set[int] = set()
        for key in self._list.marks:
            chosen.update(self._inside.get(key, [key]))
        return sorted(chosen)

    def on_row_list_marks_changed(self, message: RowList.MarksChanged) -> None:
        message.stop()
        self._show_title()

    def _show_title(self) -> None:
        chosen = self.selected
        size = size_text(sum(self._files[file].bytes for file in chosen if file in self._files))
        name = printable(self._torrent.filename) if self._torrent else ""
        self._title.set_parts(
            [(f"{len(chosen):,} of {counted(len(self._files), 'file')}, {size} · {name}", "$heading")]
        )

    def action_videos(self) -> None:
        self._list.marks.clear()
        self._list.marks.add(file.file_id for file in self._files.values() if is_video(file))
        self._list.source_changed()
        self._list.refresh()
        self._show_title()

    def on_row_list_opened(self, message: RowList.Opened) -> None:
        message.stop()
        if self._torrent is None:
            return
        if not self.selected:
            self.say("No file is marked; space marks one, m the videos, a all.", "warning")
            return
        self.host.plans.select_files(self._torrent.id, self.selected)

    def work_begun(self, ids: Collection[str]) -> None:
        """Goes back to the list: the choice was made."""
        in_background(self.host, functools.partial(self._go_on, ids), "files-chosen")

    async def _go_on(self, ids: Collection[str]) -> None:
        await self.host.go_back()
        if isinstance(view := self.host.view, View):
            view.work_begun(ids)

    async def action_leave(self) -> None:
        await self.host.go_back()
