"""What rTorrent's configuration runs when a torrent is taken out: it may delete the data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from mediatui.model.seedbox import EraseEvents, EventCommand
from mediatui.services.errors import ServiceError
from mediatui.services.redaction import excerpt
from mediatui.services.rtorrent.rpc import Rpc
from mediatui.services.rtorrent.scan import Value
from mediatui.services.torrent_client import CallFailed, CallRefused, EraseDeletes

ERASED: Final = "event.download.erased"
FINISHED: Final = "event.download.finished"
_OWN: Final = ("!_", "~_", "erasedata")
"""How the names of rTorrent's own commands and of ruTorrent's plugin begin, which asks people itself."""
_ACTS: Final = re.compile(r"\brm\b|execute")


async def read_erase_events(rpc: Rpc) -> EraseEvents:
    """The commands on both events that are not rTorrent's own. Raises ServiceError, but where the calls are refused the
    events are not known, which is no error."""
    try:
        erased = await _commands(rpc, ERASED)
        finished = await _commands(rpc, FINISHED)
    except (CallRefused, CallFailed):
        return EraseEvents(known=False)
    if erased is None or finished is None:
        return EraseEvents(known=False)
    return EraseEvents(
        known=True,
        erased=tuple(one for one in erased if not one.name.startswith(_OWN)),
        finished=tuple(one for one in finished if _ACTS.search(one.text)),
    )


def deletes(events: EraseEvents) -> EraseDeletes:
    """The error for an erase that may delete data nobody gave up."""
    if not events.known:
        return EraseDeletes(
            "It is not known whether this seedbox deletes data when a torrent is taken out.",
            "It does not show what its configuration runs then.", events,
        )  # fmt: skip
    what = "; ".join(f"{excerpt(one.name)}: {excerpt(one.text)}" for one in events.erased)
    return EraseDeletes(f"This seedbox deletes data when a torrent is taken out ({what}).", "", events)


async def _commands(rpc: Rpc, event: str) -> list[EventCommand] | None:
    """The commands on an event; None for an answer that is no list of them."""
    answer = await rpc.call("method.get", "", event)
    if isinstance(answer, ServiceError) or not isinstance(answer, Mapping):
        return None
    return [EventCommand(name, _text(value)) for name, value in answer.items()]


def _text(value: Value) -> str:
    """A command as text; one that rTorrent has taken apart already comes as a list of its words."""
    if isinstance(value, list):
        return " ".join(_text(one) for one in value)
    return ", ".join(f"{name} {_text(one)}" for name, one in value.items()) if isinstance(value, dict) else str(value)
