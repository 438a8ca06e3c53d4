"""Which file of a torrent a symlink of the library points at, by the names at the end of its target."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mediatui.model.torrent import TorrentFile
from mediatui.store.torrents.listing import LinkInto


def file_of_target(files: Sequence[TorrentFile], target: str) -> TorrentFile | None:
    """The file a target ends with: of several with its name the one whose folders agree the furthest. None where none
    has its name, or where several agree as far. A mount that keeps no folders joins them to the name by ``_``."""
    parts = target.rstrip("/").split("/")
    named = [file for file in files if _name(file) == parts[-1]]
    named = named or [file for file in files if file.path.lstrip("/").replace("/", "_") == parts[-1]]
    agreeing = [(_agreement(file, parts), file) for file in named]
    most = max((number for number, _ in agreeing), default=0)
    best = [file for number, file in agreeing if number == most]
    return best[0] if len(best) == 1 else None


def links_by_file(
    files: Sequence[TorrentFile], links: Iterable[LinkInto]
) -> tuple[dict[int, list[LinkInto]], list[LinkInto]]:
    """The links into a torrent by the id of the file each points at, and those of which the file is not known."""
    by_file: dict[int, list[LinkInto]] = {}
    unknown: list[LinkInto] = []
    for link in links:
        file = file_of_target(files, link.target)
        if file is None:
            unknown.append(link)
        else:
            by_file.setdefault(file.file_id, []).append(link)
    return by_file, unknown


def _name(file: TorrentFile) -> str:
    return file.path.rpartition("/")[2]


def _agreement(file: TorrentFile, parts: Sequence[str]) -> int:
    """How many parts at the end of a path and of a target are the same."""
    own = file.path.strip("/").split("/")
    number = 0
    for one, other in zip(reversed(own), reversed(parts), strict=False):
        if one != other:
            break
        number += 1
    return number
