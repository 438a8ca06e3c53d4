"""Whether a service sees what it is to import: our names in staging, and what their links lead to. It lists a link that
leads nowhere like any other, so a target is looked for in its own folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mediatui.acquire.importing.assign import Question
from mediatui.changes.arr_proof import read_texts
from mediatui.model.text import printable
from mediatui.model.transfer_file import TransferFile
from mediatui.system.helper_process import TimedOut, ask
from mediatui.system.threads import in_thread

if TYPE_CHECKING:
    from collections.abc import Callable

    from mediatui.services.arr.client import Arr


async def why_not_staged(files: Sequence[TransferFile], seconds: float) -> Question | None:
    """What has to be answered where a link that we placed in staging is not there any more, or another is; None where
    all are as they were placed, or cannot be looked at within so many seconds."""
    try:
        texts = await in_thread(lambda: ask(read_texts, [file.link for file in files], seconds=seconds))
    except TimedOut:
        return None
    for file, text in zip(files, texts, strict=True):
        if text != os.fsdecode(file.remote):
            return Question("files", {"unstaged": _name(file.link)})
    return None


async def why_not_seen(arr: Arr, files: Sequence[TransferFile], there: Callable[[str], str]) -> Question | None:
    """What has to be answered before a service can import the links of these files; None when it sees them. ``there``
    turns a path in staging into the service's. Raises ServiceError."""
    for file in files:
        if not _is_utf8(file.remote):
            return Question("arr-cannot-see-mount", {"service": arr.title, "odd": _name(file.remote)})
    for folder in dict.fromkeys(os.path.dirname(file.link) for file in files):
        path = there(os.fsdecode(folder))
        names = {one.name for one in (await arr.entries_in(path)).files}
        if any(os.fsdecode(os.path.basename(file.link)) not in names for file in _in(files, folder)):
            ours = printable(os.fsdecode(folder))
            return Question("paths", {"service": arr.title, "staging": ours, "there": printable(path)})
    for folder in dict.fromkeys(os.path.dirname(file.remote) for file in files):
        sizes = {one.name: one.size for one in (await arr.entries_in(os.fsdecode(folder))).files}
        for file in files:
            if os.path.dirname(file.remote) != folder:
                continue
            if sizes.get(os.fsdecode(os.path.basename(file.remote))) != file.size:
                known = {"service": arr.title, "path": printable(os.fsdecode(file.remote)), "link": _name(file.link)}
                return Question("arr-cannot-see-mount", known)
    return None


def _in(files: Sequence[TransferFile], folder: bytes) -> list[TransferFile]:
    return [file for file in files if os.path.dirname(file.link) == folder]


def _name(path: bytes) -> str:
    return printable(os.fsdecode(os.path.basename(path)))


def _is_utf8(path: bytes) -> bool:
    try:
        path.decode()
    except UnicodeDecodeError:
        return False
    return True
