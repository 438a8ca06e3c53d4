"""fix-symlinks: relative links become absolute."""

from __future__ import annotations

import os
from collections.abc import Mapping

from mediatui.library.tools import ToolOptions, wanted
from mediatui.library.world import World
from mediatui.model.finding import Finding
from mediatui.model.plan import RelinkSymlink
from mediatui.model.text import printable


def find(world: World, options: ToolOptions) -> Mapping[str, object]:
    """Tells every relative link that leads somewhere."""
    tree = world.tree
    world.tell.phase("looking for relative links", len(tree.links))
    categories = wanted(options)
    for link in tree.links:
        if "relative" in categories and link.state == "ok" and not link.target.startswith(b"/"):
            path = os.fsdecode(link.path)
            step = RelinkSymlink(
                what=printable(path), path=path, target=os.fsdecode(link.target), new_target=os.fsdecode(link.pointed)
            )
            world.tell.found(Finding("relative", link.path, "its target is relative", link.target, steps=(step,)))
    return {"looked_at": len(tree.links)}
