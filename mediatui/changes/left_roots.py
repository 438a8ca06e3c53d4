"""Forgetting the links of folders that left ``library.roots``, before guards judge by what is known of the library.

No scan reads these folders any more, so what is known of their links gets stale: targets that are gone by now would
look like a mount that is half there, for ever.
"""

from __future__ import annotations

import os

from mediatui.model.human import counted
from mediatui.model.text import printable
from mediatui.runtime.context import Context
from mediatui.runtime.events import Said
from mediatui.settings.places import configured_roots
from mediatui.store.library.left_roots import drop_links_outside


async def forget_left_roots(ctx: Context) -> list[Said]:
    """Forgets them; returns a line for each folder."""
    roots = configured_roots(ctx.settings)
    dropped = await ctx.db.write(drop_links_outside, roots)
    return [
        Said(
            "info",
            f"{printable(os.fsdecode(root))} is no longer in library.roots: "
            f"{counted(count, 'link')} there {'is' if count == 1 else 'are'} forgotten.",
        )
        for root, count in dropped
    ]
