"""Reads what lies in a folder of the library and where its links lead; to be called in the helper process."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from dataclasses import dataclass

from mediatui.system.symlinks import absolute


@dataclass(frozen=True, slots=True)
class FolderContent:
    """The content of a series' or film's folder, by ``lstat``: whether the folder ``exists``, the targets of its links
    (absolute), and the links that lead to directories (the folder itself, when it is one)."""

    exists: bool
    targets: tuple[bytes, ...] = ()
    to_folders: tuple[bytes, ...] = ()


def read_folder_content(folder: bytes, follow: bool) -> FolderContent:
    """The content of a series' or film's folder. Links are followed only to find out whether they lead to a directory,
    and only with ``follow``. Raises OSError. May hang."""
    if not os.path.lexists(folder):
        return FolderContent(exists=False)
    if os.path.islink(folder):
        return FolderContent(True, (absolute(folder, os.readlink(folder)),), (folder,) if follow else ())
    targets: list[bytes] = []
    to_folders: list[bytes] = []
    for where, folders, names in os.walk(folder, onerror=_raise):
        for path in (os.path.join(where, name) for name in (*folders, *names)):
            if os.path.islink(path):
                targets.append(absolute(path, os.readlink(path)))
                if follow and os.path.isdir(path):
                    to_folders.append(path)
    return FolderContent(True, tuple(targets), tuple(to_folders))


def _raise(error: OSError) -> None:
    raise error


def states_of(paths: Sequence[bytes], follow: bool = True) -> list[str]:
    """What is at each path now: ``absent``, ``folder``, ``good``, ``dangling``, or ``unknown``; without ``follow``
    every path that exists is ``unknown``. May hang."""
    return [_state_of(path, follow) for path in paths]


def _state_of(path: bytes, follow: bool) -> str:
    if not os.path.lexists(path):
        return "absent"
    if not follow:
        return "unknown"
    try:
        os.stat(path)
    except FileNotFoundError:
        return "dangling"
    except OSError:
        return "unknown"
    return "folder" if os.path.isdir(path) else "good"


def link_to(links: Sequence[bytes], name: bytes) -> bytes:
    """The first of these links that leads to a file of this name; empty for none."""
    for link in links:
        with contextlib.suppress(OSError):
            if os.path.basename(os.readlink(link)) == name:
                return link
    return b""
