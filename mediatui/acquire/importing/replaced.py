"""Which file of a transfer each dead link is pointed at that it was sent for. The links keep their paths and names."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mediatui.acquire.importing.assign import Assigned, Question
from mediatui.acquire.importing.place import PlacedFile
from mediatui.model.target import number_text
from mediatui.model.text import printable
from mediatui.settings import Settings
from mediatui.store.transfers.replaced import ReplacedLink
from mediatui.system.helper_process import TimedOut, ask
from mediatui.system.symlinks import judge

WORKS: Final = "ok"


@dataclass(frozen=True, slots=True)
class Swaps:
    """The ``files`` that links are pointed at; the links that are ``kept`` as they are (by their paths, with the
    reason); what has to be answered first."""

    files: tuple[PlacedFile, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()
    asks: Question | None = None


def match_replaced(replaced: Sequence[ReplacedLink], assigned: Sequence[Assigned], settings: Settings) -> Swaps:
    """The file for each link, which is of all that the link is of: an episode would else be left without a file.
    Blocks."""
    files: list[PlacedFile] = []
    kept: list[tuple[str, str]] = []
    for link in replaced:
        found = next((one for one in assigned if _holds(one, link)), None)
        if found is None:
            return Swaps(kept=tuple(kept), asks=_question(link, assigned))
        if (there := _text_of(link.path)) == found.file.remote:
            files.append(PlacedFile(found, link.path, is_there=True))
        elif why := _why_kept(link, there, settings):
            kept.append((os.fsdecode(link.path), why))
        else:
            files.append(PlacedFile(found, link.path, before=link.target))
    if files:
        return Swaps(tuple(files), tuple(kept))
    name = os.path.basename(kept[0][0])
    return Swaps(kept=tuple(kept), asks=Question("import", {"kept": printable(name), "said": kept[0][1]}))


def _holds(one: Assigned, link: ReplacedLink) -> bool:
    if link.season is None:
        return one.season is None and not one.part
    return one.season == link.season and {*link.episodes} <= {*one.episodes}


def _question(link: ReplacedLink, assigned: Sequence[Assigned]) -> Question:
    """What is asked of a link that no file is all of."""
    some = next((one for one in assigned if one.season == link.season and {*one.episodes} & {*link.episodes}), None)
    if some is not None:
        bare = tuple(sorted({*link.episodes} - {*some.episodes}))
        return Question("import", {"replaces": link.numbers, "bare": number_text(link.season, bare)})
    name = printable(os.fsdecode(os.path.basename(link.path)))
    return Question("import", {"kept": name, "said": "no file of it is that"})


def _text_of(path: bytes) -> bytes | None:
    try:
        return os.readlink(path)
    except OSError:
        return None


def _why_kept(link: ReplacedLink, there: bytes | None, settings: Settings) -> str:
    """Why a link is left as it is; empty when it is dead still."""
    if there is None:
        return "the link is gone"
    if there != link.target:
        return "it leads elsewhere by now"
    library = settings.library
    try:
        seen: tuple[object, ...] = ask(
            judge, link.path, True, (), library.small_file_bytes, library.video_endings, seconds=library.mount_timeout_s
        )
    except (TimedOut, OSError):
        return "where it leads does not answer"
    return "it leads to a file again" if seen[2] == WORKS else ""
