"""An answer that is a list, read part by part: the parts before are let go while the next one is read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final, TypeVar

from mediatui.services.errors import BadAnswer
from mediatui.services.http import Answer
from mediatui.services.json_list import JsonList, NoList
from mediatui.services.realdebrid.schemas import no_json

PART: Final = 500
"""Elements in a part."""
SHORT_BYTES: Final = 200_000
"""A shorter list is read at once; a longer one off the event loop, with a pause for whoever waits for that."""
PAUSE_S: Final = 0.001

Part = TypeVar("Part")


async def parts_of(answer: Answer, read: Callable[[list[object]], Part], what: str) -> AsyncIterator[Part]:
    """``read`` of every five hundred elements of the list ``what``; nothing for an empty answer. The answer is used
    up. Raises BadAnswer, and what ``read`` raises."""
    if answer.status == 204 or not any(piece.strip() for piece in answer.pieces):
        return
    short = sum(map(len, answer.pieces)) <= SHORT_BYTES
    elements = JsonList(answer.pieces)

    def next_part() -> Part | None:
        found = elements.read(PART)
        return read(found) if found else None

    try:
        while (part := next_part() if short else await asyncio.to_thread(next_part)) is not None:
            yield part
            if not short:
                await asyncio.sleep(PAUSE_S)
    except NoList as error:
        raise BadAnswer(f"Real-Debrid sent something that is not a list of {what}.", "Try again later.") from error
    except BadAnswer:
        raise
    except ValueError as error:
        raise no_json(error) from error
