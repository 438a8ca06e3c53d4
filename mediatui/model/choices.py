"""Words that are chosen from: each list once, for what does the work and for the options of the commands."""

from __future__ import annotations

from typing import Final, Literal, get_args

SyncMode = Literal["smart", "fast", "full", "torrents", "details"]
SYNC_MODES: Final[tuple[SyncMode, ...]] = get_args(SyncMode)

OldDetails = Literal["unfinished", "all"]
"""Whose details are fetched again once they are old."""

TorrentSort = Literal["name", "size", "files", "progress", "added", "status", "class", "health", "links", "seeders"]
TORRENT_SORTS: Final[tuple[TorrentSort, ...]] = get_args(TorrentSort)

By = Literal["hash", "title"]
BYS: Final[tuple[By, ...]] = get_args(By)
"""What makes two torrents copies of each other."""

Keep = Literal["newest", "oldest", "largest", "smallest", "best"]
KEEPS: Final[tuple[Keep, ...]] = get_args(Keep)
"""Which of some copies stays."""

ExportFormat = Literal["json", "csv", "magnets", "dmm"]
EXPORT_FORMATS: Final[tuple[ExportFormat, ...]] = get_args(ExportFormat)

ScanDepth = Literal["basic", "full"]
SCAN_DEPTHS: Final[tuple[ScanDepth, ...]] = get_args(ScanDepth)

Probing = Literal["suspect", "all"]
PROBINGS: Final[tuple[Probing, ...]] = get_args(Probing)
"""About which files that seem to play a full scan asks ffprobe."""

Theme = Literal[
    "mediatui", "ansi-dark", "ansi-light", "atom-one-dark", "atom-one-light", "catppuccin-frappe", "catppuccin-latte",
    "catppuccin-macchiato", "catppuccin-mocha", "dracula", "flexoki", "gruvbox", "monokai", "nord", "rose-pine",
    "rose-pine-dawn", "rose-pine-moon", "solarized-dark", "solarized-light", "textual-dark", "textual-light",
    "tokyo-night",
]  # fmt: skip
THEMES: Final[tuple[Theme, ...]] = get_args(Theme)
"""The colours of the screen: ours, and those of Textual."""
