"""Asking right before a step whether a path of the library may move or go, with what the services hold by then."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mediatui.changes.in_root_dir import run_blocking
from mediatui.changes.owned_folders import OwnedFolders
from mediatui.changes.step_run import StepRun
from mediatui.services.arr.folders import ServiceFolders, read_service_folders
from mediatui.settings.places import configured_roots

if TYPE_CHECKING:
    from mediatui.runtime.context import Context

OLDEST_S: Final = 600.0
"""What the services hold is asked again after so long."""


FILE_ENDINGS: Final = frozenset(
    ("srt", "sub", "idx", "sup", "ass", "ssa", "smi", "vtt", "nfo", "txt", "xml", "jpg", "jpeg", "png", "webp", "tbn",
     "mp3", "mka")
)  # fmt: skip
"""A link with one of these endings, or that of a video, stands for a file: it is no folder of a series or film."""


class Kept(Exception):
    """A path stays where it is; the message says why. ``for_now``: because a service could not be asked."""

    def __init__(self, why: str, *, for_now: bool = False) -> None:
        super().__init__(why)
        self.for_now = for_now


@dataclass(slots=True)
class KnownFolders:
    """What Sonarr and Radarr hold, once it was asked, and when that was (monotonic seconds)."""

    folders: OwnedFolders | None = None
    asked_at: float = 0.0


async def read_owned_folders(ctx: Context) -> tuple[OwnedFolders, tuple[ServiceFolders, ...]]:
    """What the services hold now, and their own lists it was made from. Costs two requests a service."""
    by_service = await read_service_folders(ctx.settings, ctx.arr)
    folders = OwnedFolders(by_service, configured_roots(ctx.settings))
    known = ctx.recall(KnownFolders)
    known.folders, known.asked_at = folders, time.monotonic()
    return folders, by_service


async def owned_folders_now(ctx: Context) -> OwnedFolders:
    """What the services hold: asked when it is first needed, and again when it is old."""
    known = ctx.recall(KnownFolders)
    if known.folders is None or time.monotonic() - known.asked_at > OLDEST_S:
        folders, _ = await read_owned_folders(ctx)
        return folders
    return known.folders


async def expect_link_removable(act: StepRun, path: bytes) -> None:
    """Raises Kept where a link stands for a folder of Sonarr or Radarr, or for one above it."""
    ending = os.fsdecode(path).rpartition(".")[2].lower()
    if ending not in FILE_ENDINGS and ending not in act.ctx.settings.library.video_extensions:
        await expect_removable(act, path)


async def expect_removable(act: StepRun, path: bytes) -> None:
    """Raises Kept where a folder that is empty, or a link in the place of one, has to stay."""
    owned = await owned_folders_now(act.ctx)
    _, why = await run_blocking(act, lambda: owned.may_go(path))
    if why:
        raise Kept(why, for_now=bool(owned.problem))
