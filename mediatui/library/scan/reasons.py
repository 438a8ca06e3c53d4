"""Says why a link is in its state."""

from __future__ import annotations

import errno
import os

from mediatui.model.link import NOT_ON_MOUNT, NOT_PROBED
from mediatui.model.views import HELD, WITNESSED
from mediatui.system.view_checks import EMPTY


def reason_of(state: str, code: int | None) -> str:
    """Why a link is in its state, in a few words."""
    if state == NOT_ON_MOUNT:
        return WITNESSED.get(code or 0, WITNESSED[HELD])
    if state == "unknown" and code == EMPTY:
        return "the folder of its torrent lists empty"
    if state == "wrong kind" and code == errno.EISDIR:
        return "the target is a folder, and the link is named like a video"
    if code in NOT_PROBED:
        return NOT_PROBED[code]
    if code:
        return os.strerror(code)
    return {
        "small": "the target is too small to be a video",
        "wrong kind": "the target is no file and no folder",
        "outside": "the target is on no mount that is configured",
        "unknown": "the mount or view it needs cannot be judged",
    }.get(state, "")
