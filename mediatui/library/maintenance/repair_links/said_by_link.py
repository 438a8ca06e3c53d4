"""What a dead link and the file it led to say beyond title, year and number."""

from __future__ import annotations

import os
from collections.abc import Sequence

from mediatui.library.maintenance.same_series import names_of
from mediatui.library.maintenance.snapshot import TreeLink
from mediatui.names.claims import NameClaims, claims_of
from mediatui.names.parsed import library_title


def claims_of_link(link: TreeLink, titles: Sequence[str], *, is_episode: bool) -> tuple[NameClaims, NameClaims]:
    """What a link says beyond title and number, and what the file it led to says."""
    said = []
    for path in (link.path, link.pointed):
        folders = names_of(os.path.dirname(path))
        if path == link.path:  # the folder of a genre says nothing of a film
            own = [library_title(name) is not None for name in folders[-2:]]
            folders = folders[-1:] if own[-1:] == [True] else folders[-2:] if any(own) else []
        name = os.fsdecode(os.path.basename(path))
        said.append(claims_of(name, folders, titles, is_episode=is_episode))
    return said[0], said[1]
