"""The same folder under two paths: ours, and that of another program (in a container, on Windows).

Paths are compared by whole components, never by their text: ``/data/tv`` holds ``/data/tv/Show`` and not
``/data/tv4k``. Unicode forms do not matter (NFC), and neither does case on the Windows side. A relative path, or one
with ``..`` in it, is inside nothing: its text does not show where it leads.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mediatui.model.errors import UsageError

_DRIVE = re.compile(r"([A-Za-z]):(?:[\\/]|$)")
_SEPARATORS = re.compile(r"[\\/]")


@dataclass(frozen=True, slots=True)
class FolderPath:
    """An absolute path in pieces: ``anchor`` is "/", a drive such as ``D:\\`` or ``\\\\`` of a share."""

    anchor: str
    parts: tuple[str, ...]

    @property
    def is_windows(self) -> bool:
        """Whether it is a path of Windows, where both slashes separate and case does not count."""
        return self.anchor != "/"

    @property
    def key(self) -> tuple[str, ...]:
        """The same for every spelling of a path; a parent's key is the beginning of its child's."""
        parts = (self.anchor, *(unicodedata.normalize("NFC", part) for part in self.parts))
        return tuple(part.casefold() for part in parts) if self.is_windows else parts

    def with_parts(self, more: tuple[str, ...]) -> str:
        """The text of the path with the components ``more`` below this one, with the separators of this one."""
        return self.anchor + ("\\" if self.is_windows else "/").join(self.parts + more)


def read_folder(path: str | os.PathLike[str]) -> FolderPath | None:
    """``path`` in pieces, without doubled slashes and ``.``; None when it is relative or has ``..`` in it."""
    text = os.fspath(path)
    if drive := _DRIVE.match(text):
        anchor, names = f"{drive[1].upper()}:\\", _SEPARATORS.split(text[2:])
    elif text.startswith("\\\\"):
        anchor, names = "\\\\", _SEPARATORS.split(text)
    elif text.startswith("/"):
        anchor, names = "/", text.split("/")
    else:
        return None
    parts = tuple(name for name in names if name not in ("", "."))
    return None if ".." in parts else FolderPath(anchor, parts)


def same_path(one: str, other: str) -> bool:
    """Whether two absolute paths are the same by their text."""
    first, second = read_folder(one), read_folder(other)
    return first is not None and second is not None and first.key == second.key


def holds(folder: str, path: str) -> bool:
    """Whether ``path`` is ``folder`` or lies in it, by whole names; not for a path that is not absolute."""
    outer, inner = read_folder(folder), read_folder(path)
    return outer is not None and inner is not None and inner.key[: len(outer.key)] == outer.key


class PathMap:
    """Turns our paths into theirs and back; the pair with the longest matching prefix decides.

    ``pairs`` are (ours, theirs). A path that no pair matches is the same on both sides and is returned unchanged.
    """

    def __init__(self, pairs: Iterable[tuple[str | os.PathLike[str], str]] = ()) -> None:
        """Raises UsageError when a path of a pair is not absolute."""
        known = [(_absolute(ours), _absolute(theirs)) for ours, theirs in pairs]
        self._to_theirs = longest_first(known)
        self._to_ours = longest_first((theirs, ours) for ours, theirs in known)

    def to_theirs(self, path: str | os.PathLike[str]) -> str:
        """Our ``path`` as a path of the other program."""
        return next(moved(path, self._to_theirs), os.fspath(path))

    def to_ours(self, path: str) -> str:
        """A path of the other program as ours."""
        return next(moved(path, self._to_ours), path)


Moves = list[tuple[tuple[str, ...], FolderPath]]
"""Folders (the key of each) and what stands in their place, the longest first."""


def _absolute(path: str | os.PathLike[str]) -> FolderPath:
    folder = read_folder(path)
    if folder is None:
        raise UsageError(
            f'"{os.fspath(path)}" in a path map is not an absolute path.',
            r"Allowed are paths such as /data/tv or D:\TV, without .. in them.",
        )
    return folder


def longest_first(pairs: Iterable[tuple[FolderPath, FolderPath]]) -> Moves:
    """What replaces one folder of each pair by the other; of equal ones the first comes first."""
    return sorted(((source.key, target) for source, target in pairs), key=lambda move: -len(move[0]))


def moved(path: str | os.PathLike[str], moves: Moves) -> Iterator[str]:
    """``path`` after each of the moves that fit it, once, the longest first; nothing when none fits."""
    folder = read_folder(path)
    key = () if folder is None else folder.key
    for prefix, target in moves:
        if folder is not None and key[: len(prefix)] == prefix:
            yield target.with_parts(folder.parts[len(prefix) - 1 :])
