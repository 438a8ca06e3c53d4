"""The settings that Redriva keeps in its environment and in its files, read where ours say nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from mediatui.system.files import NotAFile, open_file

REDRIVA_NAMES: Final[Mapping[str, str]] = {
    "RD_TOKEN": "realdebrid.token",
    "RD_MAX_CONCURRENT": "realdebrid.max_concurrent",
    "RD_BATCH_SIZE": "realdebrid.batch_size",
    "RD_QUOTA_WAIT": "realdebrid.quota_wait_s",
    "RD_TORRENT_WAIT": "realdebrid.torrent_wait_s",
    "RD_PAGE_WAIT": "realdebrid.page_wait_s",
}
REDRIVA_FILES: Final = (".env", "config/.env")
REDRIVA_TOKEN_FILES: Final = ("config/rd_token.conf", "data/token")
"""Files of Redriva that hold the token alone, on their first line that is no comment."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,100}")
_PLACEHOLDER: Final = "your_real_debrid_token_here"
"""What stands in the example of Redriva's file."""
_MOST_TOKEN_BYTES: Final = 4096
_ASSIGNMENT = re.compile(r"^\s*(?:export\s+)?(RD_[A-Z_]+)\s*=\s*(.*?)\s*$", re.MULTILINE)


def token_files(folder: Path) -> Iterator[tuple[Path, str]]:
    """The token in each file of Redriva's that holds one. A text that cannot be a token is left alone: the file may be
    of another program."""
    for name in REDRIVA_TOKEN_FILES:
        file = folder / name
        try:
            with open_file(file) as stream:
                text = stream.read(_MOST_TOKEN_BYTES).decode("utf-8")
        except (NotAFile, OSError, UnicodeDecodeError):
            continue
        lines = (line.strip() for line in text.splitlines())
        first = next((line for line in lines if line and not line.startswith("#")), "")
        if _TOKEN.fullmatch(first) and first != _PLACEHOLDER:
            yield file, first


def dotenv_files(folder: Path) -> Iterator[tuple[Mapping[str, str], str]]:
    """What each environment file of Redriva sets, and where, with a place for the name. Raises NotAFile for a device or
    a pipe."""
    for name in REDRIVA_FILES:
        file = folder / name
        if file.is_dir():  # a virtual environment may have that name
            continue
        try:
            with open_file(file) as stream:
                text = stream.read().decode("utf-8")
        except (OSError, UnicodeDecodeError):  # most working directories have no such file
            continue
        yield {match[1]: _unquoted(match[2]) for match in _ASSIGNMENT.finditer(text)}, f"{{}} in {folder / name}"


def _unquoted(text: str) -> str:
    if text[:1] in ("'", '"'):
        return text[1:].partition(text[0])[0]
    return re.split(r"\s#", text, maxsplit=1)[0].strip()
