"""Which alternative titles of a series or film name just it: such a title identifies it in the name of a file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from mediatui.names.claims import claims_of
from mediatui.names.titles import fold_title, same_title

_DIGIT: Final = re.compile("[0-9]")


def names_it(title: str, mains: Sequence[str], *, of_series: bool, of_season: bool = False) -> bool:
    """Whether an alternative ``title`` identifies what the main titles ``mains`` are of (``of_season``: the season it
    is for). A title that names a part, a cut or an extra may be that alone. A series may share the beginning of its
    title with others (``The Office`` of ``The Office (US)``), and a number behind its title may be that of a season."""
    folded = fold_title(title)
    known = [fold_title(main) for main in mains]
    if not folded or any(same_title(folded, main) for main in known):
        return False  # nothing new
    if _said(title) - {said for main in mains for said in _said(main)}:
        return False
    return not of_series or not any(
        _begins(main, folded) or (not of_season and _begins(folded, main) and _DIGIT.search(folded[len(main) :]))
        for main in known
    )


def _said(title: str) -> frozenset[str]:
    claims = claims_of(title)
    return claims.parts | claims.editions | claims.extras


def _begins(title: str, beginning: str) -> bool:
    return beginning != "" and title.startswith(f"{beginning} ")
