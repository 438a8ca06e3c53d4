"""The root folder of a series or film right before something is imported into it, compared with what it last held.

An absent volume looks like an empty root folder, and one that came back by halves like a small one. What it held at the
last good look is kept; most of that has to be there still. A retry by a person has it looked at afresh.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mediatui.services.arr.library import LEAST_LEFT, RootTrouble
from mediatui.store.arr.facts import ROOTS_HELD, read_service_fact, store_service_fact

if TYPE_CHECKING:
    from mediatui.runtime.context import Context
    from mediatui.services.arr.library import ArrLibrary
    from mediatui.services.arr.records import Movie, Series

MOST_NAMES: Final = 200
"""So many names of a root folder are enough to see that its volume is gone."""


async def look_at_root(ctx: Context, library: ArrLibrary, item: Series | Movie) -> RootTrouble:
    """Why nothing may be imported now into the root folder of a series or film (``ArrLibrary.root_trouble``); what it
    holds is kept when nothing is wrong. Raises ServiceError."""
    trouble = await library.root_trouble(item)
    if trouble.why or not trouble.root:
        return trouble
    fact = await ctx.db.read(read_service_fact, library.arr.name, ROOTS_HELD)
    known = dict(fact.value) if fact is not None else {}
    before = known.get(trouble.root)
    held = {str(one) for one in before} if isinstance(before, list) else set()
    left = len(held & trouble.names)
    if left < LEAST_LEFT * len(held):
        why = f"its root folder holds {left} of the {len(held)} names it held ({trouble.root})"
        return RootTrouble(why, trouble.root, looks_empty=True, names=trouble.names)
    now = {**known, trouble.root: sorted(trouble.names)[:: max(1, len(trouble.names) // MOST_NAMES)]}
    await ctx.db.write(store_service_fact, library.arr.name, ROOTS_HELD, now, ctx.clock())
    return trouble
