"""What a service takes the files of a transfer for. One file that it cannot read makes it list nothing of a folder:
then it is asked file by file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from mediatui.services.errors import Transient, Unreachable

if TYPE_CHECKING:
    from mediatui.services.arr.client import Arr
    from mediatui.services.arr.importing import ImportEntry
    from mediatui.services.errors import ServiceError

BROKEN: Final = 500


class Hangs(Exception):
    """A listing was not answered in its time: a file it reads does not answer the service."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What is listed, by the path there; and the paths it cannot read, with what it says of each."""

    entries: Mapping[str, ImportEntry] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)


async def list_files(arr: Arr, folder: str, paths: Sequence[str]) -> Listing:
    """Lists a folder of staging and, where that cannot be, each of the ``paths``; one that is not in the list is asked
    for by itself. All paths are theirs. Raises Hangs, and ServiceError."""
    try:
        listed = {one.path: one for one in await _list(arr, folder)}
    except Transient as error:
        if error.status != BROKEN:
            raise
        listed = {}
    entries = {path: listed[path] for path in paths if path in listed}
    unread: dict[str, str] = {}
    for path in paths:
        if path in entries:
            continue
        try:
            found = await _list(arr, path)
        except Transient as error:
            if error.status != BROKEN:
                raise
            unread[path] = error.said or error.message
            continue
        entries |= {one.path: one for one in found if one.path == path}
    return Listing(entries, unread)


async def _list(arr: Arr, folder: str) -> Sequence[ImportEntry]:
    try:
        return await arr.list_imports(folder)
    except Transient as error:
        if is_late(error):
            raise Hangs from error
        raise


def is_late(error: ServiceError) -> bool:
    """Whether a service that can be reached gave no answer in time."""
    return isinstance(error, Transient) and error.status is None and not isinstance(error, Unreachable)
