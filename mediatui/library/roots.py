"""The configured library: roots and mounts as bytes, and the folders that may be scanned."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediatui.model.errors import UsageError
from mediatui.model.path import is_below, is_within
from mediatui.model.text import printable
from mediatui.settings.places import configured_mounts, configured_roots
from mediatui.system.helper_process import ANSWER_S, TimedOut, ask
from mediatui.system.mounts import Mount, mount_of
from mediatui.system.symlinks import folders_in
from mediatui.system.threads import in_thread

if TYPE_CHECKING:
    from mediatui.settings import Settings


NO_ANSWER = "A library root does not answer."
ROOT_AWAY = "Is it on a mount that is away? See library.roots: mediatui config show"


@dataclass(frozen=True, slots=True)
class Library:
    """Roots of symlinks, and mounts of targets (folders of real files included), all absolute, without a trailing
    slash. ``timeout_s`` is the time limit of a call on one of them, in seconds."""

    roots: tuple[bytes, ...]
    mounts: tuple[Mount, ...]
    timeout_s: float = ANSWER_S

    def root_of(self, path: bytes) -> bytes | None:
        """The root a path lies in (or is), None when it is outside them all."""
        return next((root for root in self.roots if is_within(path, root)), None)

    def mount_of(self, target: bytes) -> Mount | None:
        """The mount a target lies on, None when it is on none that is known."""
        return mount_of(self.mounts, target)

    def knows(self, target: bytes) -> bool:
        """Whether a target is on a known mount or, for a chain of links, in a root."""
        return self.mount_of(target) is not None or self.root_of(target) is not None


def configured_library(settings: Settings) -> Library:
    """The library of the settings; raises UsageError when no root is configured."""
    roots = configured_roots(settings)
    if not roots:
        raise UsageError(
            "No library is configured.",
            "Name its folders: mediatui config set library.roots '[\"/path/to/library\"]'",
        )
    return Library(roots, configured_mounts(settings), settings.library.mount_timeout_s)


def scan_roots(library: Library, wanted: Sequence[str]) -> list[bytes]:
    """The folders to scan: those named (first-level folders by name, or paths inside a root), all roots when none is.
    Raises UsageError for a path outside every root, one that does not exist, or one that is no folder."""
    named = [_named(library, word) for word in wanted] if wanted else map(_existing, library.roots)
    found = list(dict.fromkeys(named))
    inner = [path for path in found if any(is_below(path, other) for other in found)]
    return [path for path in found if path not in inner]


def scope_of(library: Library, wanted: Sequence[str]) -> list[bytes]:
    """The folders and links of the library that are named: ``scan_roots``, and absolute paths of links in a root.
    Raises UsageError."""
    found: list[bytes] = []
    folders: list[str] = []
    for word in wanted:
        path = os.path.normpath(os.fsencode(word))
        root = library.root_of(os.path.dirname(path))
        if root is not None and os.path.islink(path) and _lies_in(os.path.dirname(path), root):
            found.append(path)
        else:
            folders.append(word)
    return [*found, *(scan_roots(library, folders) if folders else ())]


async def find_scope(library: Library, wanted: Sequence[str]) -> list[bytes]:
    """``scope_of``, off the event loop; raises UsageError also when a root does not answer in time."""
    words = _absolute(wanted)  # the helper may be in another folder
    try:
        return await in_thread(lambda: ask(scope_of, library, words, seconds=library.timeout_s))
    except TimedOut:
        raise UsageError(NO_ANSWER, ROOT_AWAY) from None


def _absolute(words: Sequence[str]) -> list[str]:
    return [os.path.abspath(word) if "/" in word else word for word in words]


async def find_roots(library: Library, wanted: Sequence[str]) -> list[bytes]:
    """``scan_roots``, off the event loop; raises UsageError also when a root does not answer in time."""
    try:
        return await in_thread(lambda: ask(scan_roots, library, wanted, seconds=library.timeout_s))
    except TimedOut:
        raise UsageError(NO_ANSWER, ROOT_AWAY) from None


def _named(library: Library, word: str) -> bytes:
    given = os.fsencode(word)
    if b"/" in given:
        path = os.path.normpath(os.path.abspath(given))
        root = library.root_of(path)
        if root is not None and os.path.islink(path) and not os.path.isdir(path):
            raise UsageError(f"{printable(word)} is a link to no folder.", "Name the folder it is in.")
        if root is None or not _lies_in(path, root):
            roots = ", ".join(printable(os.fsdecode(root)) for root in library.roots)
            raise UsageError(f"{printable(word)} is outside every library root.", f"Roots: {roots}.")
        return _existing(path)
    for root in library.roots:
        path = os.path.join(root, given)
        if given not in (b"", b".", b"..") and os.path.isdir(path) and _lies_in(path, root):
            return path
    names = sorted({name for root in library.roots for name in first_level(root)})
    shown = ", ".join(printable(os.fsdecode(name)) for name in names[:20]) or "none"
    raise UsageError(f"The library has no folder {printable(word)}.", f"Folders: {shown}.")


def _lies_in(path: bytes, root: bytes) -> bool:
    """Whether ``path`` is reached from the root without a symlink: what is behind a symlink is not part of the
    library."""
    return os.path.realpath(path) == os.path.normpath(os.path.join(os.path.realpath(root), os.path.relpath(path, root)))


def _existing(path: bytes) -> bytes:
    shown = printable(os.fsdecode(path))
    if not os.path.exists(path):
        raise UsageError(f"There is no folder {shown}.", "See library.roots: mediatui config show")
    if not os.path.isdir(path):
        raise UsageError(f"{shown} is not a folder.", "Roots are folders of symlinks; see library.roots.")
    return path


def first_level(root: bytes) -> list[bytes]:
    """The names of the folders directly in a root, sorted, without hidden ones; none when the root cannot be read."""
    try:
        return sorted(map(os.path.basename, folders_in(root)[0]))
    except OSError:
        return []
