"""What people read in place of the word a step has in the database: what it does, and how many of it are counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_WORDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "delete_torrent": ("delete torrent", "torrent deleted", "torrents deleted"),
    "reinsert_torrent": ("re-insert torrent", "torrent re-inserted", "torrents re-inserted"),
    "add_torrent": ("add torrent", "torrent added", "torrents added"),
    "take_off_added": ("take off torrent", "added torrent taken off", "added torrents taken off"),
    "select_files": ("select files", "selection of files", "selections of files"),
    "unlink_symlink": ("remove link", "link removed", "links removed"),
    "relink_symlink": ("repoint link", "link repointed", "links repointed"),
    "restore_symlink": ("restore link", "link restored", "links restored"),
    "mend_link": ("mend link", "link mended", "links mended"),
    "move_path": ("move", "moved", "moved"),
    "remove_empty_dir": ("remove folder", "empty folder removed", "empty folders removed"),
    "make_dir": ("make folder", "folder made", "folders made"),
    "set_media_file": ("note file", "file noted", "files noted"),
    "arr_find": ("find whose it is", "service told", "services told"),
    "arr_path": ("tell path", "path told", "paths told"),
    "arr_rescan": ("rescan", "rescan", "rescans"),
    "arr_monitor": ("monitor again", "monitored again", "monitored again"),
    "arr_search": ("search", "search", "searches"),
}
"""By the ``KIND`` of a step: what it does, one of it, several."""


def step_words(kind: str) -> str:
    """What a step of a kind does, in a few words: ``remove link``."""
    return _WORDS[kind][0] if kind in _WORDS else kind.replace("_", " ")


def count_steps(kind: str, count: int) -> str:
    """So many steps of a kind, as a question counts them: ``2 links removed``, ``1 rescan``."""
    return f"{count:,} {_WORDS[kind][1 if count == 1 else 2] if kind in _WORDS else kind.replace('_', ' ')}"
