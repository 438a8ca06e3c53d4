"""The configured places of the library's links and their targets, and their paths for Sonarr and Radarr."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from mediatui.model.path_map import PathMap
from mediatui.model.path_rules import PathRules
from mediatui.system.mounts import Mount

if TYPE_CHECKING:
    from mediatui.settings.model import Settings


def configured_mounts(settings: Settings) -> tuple[Mount, ...]:
    """The mounts of the settings, and the folders of real files, which may be mounts too."""
    given, late = settings.library, settings.library.mount_timeout_s
    mounts = [Mount(_plain(mount.path), os.fsencode(mount.sentinel or ""), late) for mount in given.mounts]
    known = {mount.path for mount in mounts}
    return (*mounts, *(Mount(path, timeout_s=late) for path in map(_plain, given.storage) if path not in known))


def configured_roots(settings: Settings) -> tuple[bytes, ...]:
    """The folders of symlinks, without a slash at their end."""
    return tuple(map(_plain, settings.library.roots))


def staging_folder(settings: Settings) -> bytes | None:
    """The folder in which transfers become links; None where none is set."""
    return None if settings.staging.folder is None else _plain(settings.staging.folder)


def imported_storage(settings: Settings) -> bytes | None:
    """The folder of real files in which imported ones are kept; None where none is set."""
    return None if settings.importing.storage is None else _plain(settings.importing.storage)


def writable_folders(settings: Settings) -> tuple[bytes, ...]:
    """The folders in which links are made and removed: the roots, and that of staging."""
    staging = staging_folder(settings)
    return (*configured_roots(settings), *(() if staging is None else (staging,)))


def library_folders(settings: Settings) -> tuple[bytes, ...]:
    """The roots, and the folders of the targets."""
    return (*configured_roots(settings), *(mount.path for mount in configured_mounts(settings)))


def _plain(path: Path) -> bytes:
    return os.path.normpath(os.fsencode(path))


def configured_path_map(settings: Settings, name: str) -> PathMap:
    """The path map of the service of this name; raises UsageError when a path of it is not absolute."""
    return PathMap((pair.ours, pair.theirs) for pair in settings.arr(name).path_map)


def path_rules(settings: Settings) -> PathRules:
    """The rules by which paths of this side become those of another: ``of("arr", NAME)``, ``of("plex")`` and so on."""
    return PathRules([rule.as_rule for rule in settings.paths.rules])


def staging_path_at(settings: Settings, name: str, path: str) -> str:
    """A path in staging as the Sonarr or Radarr of this name has it: by a rule, else by its path map."""
    found = path_rules(settings).of("arr", name).there(path)
    return configured_path_map(settings, name).to_theirs(path) if found.assumed else found.path
