"""The real files that links lead to: every folder of the mounts and of the storage, listed once."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from mediatui.library.maintenance.library_paths import LibraryPaths
from mediatui.library.maintenance.reading import Reader, names_in
from mediatui.library.maintenance.reporter import Reporter
from mediatui.model.hidden_names import is_media_name, is_system_name, standing
from mediatui.model.path import folders_above, is_below, is_within
from mediatui.system.mount_calls import Failed

BEAT: Final = 200
"""Progress is reported after this many folders."""


@dataclass(slots=True)
class Storage:
    """The real files: ``folders`` maps each folder to the names of the files directly in it, ``files`` each path to
    itself (``shared``). ``unread`` as in Tree; ``left_out`` are the folders and videos that were left out for their
    hidden names."""

    tops: Sequence[bytes]
    folders: dict[bytes, list[bytes]] = field(default_factory=dict)
    files: dict[bytes, bytes] = field(default_factory=dict)
    unread: list[tuple[bytes, int]] = field(default_factory=list)
    left_out: list[bytes] = field(default_factory=list)
    reader: Reader = field(default_factory=Reader)
    _real: dict[bytes, bytes] = field(default_factory=dict)

    def __contains__(self, path: bytes) -> bool:
        return path in self.files

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.files)

    def add(self, folder: bytes, names: list[bytes]) -> None:
        """Adds the files directly in a folder."""
        self.folders[folder] = names
        for name in names:
            path = folder + b"/" + name
            self.files[path] = path

    def shared(self, path: bytes) -> bytes:
        """The path as it is held here, where it is that of a file: a hundred thousand links then hold no copies."""
        return self.files.get(path, path)

    def real(self, path: bytes) -> bytes:
        """Where a path leads, all links followed; the path itself where that cannot be determined."""
        if path in self.files:
            return path
        if path not in self._real:
            self._real[path] = self._follow(path)
        return self._real[path]

    def _follow(self, path: bytes) -> bytes:
        landing = self.reader.landing(path)
        if not self.reader.mount_of(landing):
            return landing
        try:
            return self.reader.ask(os.path.realpath, landing)
        except OSError:
            return path

    def forget_paused(self) -> None:
        """Forgets the files on paused mounts: what is on those is unknown."""
        self.files = {path: path for path in self.files if not self.reader.is_paused(path)}
        self.folders = {folder: names for folder, names in self.folders.items() if not self.reader.is_paused(folder)}


def read_storage(places: LibraryPaths, reporter: Reporter) -> Storage:
    """Lists every folder of the mounts and of the storage once; symlinks in them are not followed. Files of a mount
    that stops answering are dropped."""
    tops = [top for top in dict.fromkeys((*places.mounts, *places.storage)) if not places.away(top)]
    tops = [top for top in tops if not any(is_below(top, other) for other in tops)]
    found = Storage(tops, reader=places.reader())
    here, elsewhere = list(tops), list[bytes]()
    videos = places.video_endings
    by_content: list[bytes] = []
    while here or elsewhere:
        if here and found.reader.mount_of(here[-1]):
            elsewhere.append(here.pop())
            continue
        asked, elsewhere = ([here.pop()], elsewhere) if here else (elsewhere, [])
        for folder, names in found.reader.all(names_in, asked):
            if isinstance(names, Failed):
                found.unread.append((folder, names.code or errno.ETIMEDOUT))
                continue
            for name in names.folders:
                judged = standing(name, videos)
                if judged == "hidden":
                    found.left_out.append(folder + b"/" + name)
                    continue
                here.append(folder + b"/" + name)
                if judged == "by content":
                    by_content.append(here[-1])
            files = [name for name in names.files if not is_system_name(name)]
            if len(files) != len(names.files):
                hidden = (name for name in names.files if is_system_name(name) and places.is_video(name))
                found.left_out += (folder + b"/" + name for name in hidden)
            if files:
                found.add(folder, files)
            if len(found.folders) % BEAT == 0:
                reporter.progress(len(found.files), current=os.fsdecode(folder))
    if by_content:
        _leave_out_storage(found, by_content, places)
    if found.reader.paused:
        found.forget_paused()
    reporter.progress(len(found.files))
    return found


def _leave_out_storage(found: Storage, by_content: Sequence[bytes], places: LibraryPaths) -> None:
    """Leaves out those of these folders of the storage below which no name is that of media."""
    holding: set[bytes] = set()
    videos = places.video_endings
    for folder, names in found.folders.items():
        inside = [above for above in (folder, *folders_above(folder)) if above in by_content]
        if inside and any(is_media_name(name, videos) for name in (*names, *folder.split(b"/"))):
            holding.update(inside)
    hidden = [folder for folder in by_content if folder not in holding]
    if hidden:
        out = {folder for folder in found.folders if any(is_within(folder, top) for top in hidden)}
        for folder in out:
            for name in found.folders[folder]:
                del found.files[folder + b"/" + name]
        found.folders = {folder: names for folder, names in found.folders.items() if folder not in out}
        found.left_out += [folder for folder in hidden if not any(is_below(folder, other) for other in hidden)]
