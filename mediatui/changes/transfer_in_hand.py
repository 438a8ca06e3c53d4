"""A transfer that a step or a pass works on: every change of it goes through the one writer of states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mediatui.model.transfer import Event, Hold, State, Transfer, Who
from mediatui.runtime.context import Context
from mediatui.store.transfers.change import NOTHING, Noted, change

NO_FACTS: Final[Mapping[str, object]] = {}


class TransferInHand:
    """Has the transfer as it is after the last change. ``always`` are facts that stand in the history of each change,
    such as the batch it is of."""

    def __init__(self, ctx: Context, transfer: Transfer, always: Mapping[str, object] = NO_FACTS) -> None:
        self._ctx, self._transfer, self._always = ctx, transfer, always

    async def _change(
        self,
        event: Event,
        to: State | None,
        *,
        who: Who = "job",
        hold: Hold | None = None,
        why: str = "",
        noted: Noted = NOTHING,
        facts: Mapping[str, object] | None = None,
    ) -> None:
        """Changes it; raises MovedOn where somebody else has changed it meanwhile."""
        self._transfer = await self._ctx.db.write(
            change, self._transfer.id, event, who, self._transfer.state, to,
            hold=hold, why=why, noted=noted, facts={**(facts or {}), **self._always}, now=self._ctx.clock(),
        )  # fmt: skip
