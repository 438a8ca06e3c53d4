"""What a user names a torrent by: a magnet, an info-hash, or a .torrent file of this machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mediatui.model.errors import UsageError
from mediatui.model.magnet import looks_like_magnet, read_magnet
from mediatui.model.text import printable
from mediatui.model.torrent_file import MAX_BYTES, TorrentFileFacts, read_torrent_file
from mediatui.system.files import open_file


@dataclass(frozen=True, slots=True)
class TorrentSource:
    """The info-hash and name (empty: not known) of a torrent; of a .torrent file also its ``content`` and facts, of a
    ``magnet`` that whole. ``size`` in bytes is what its indexer says (0: not said)."""

    hash: str
    name: str
    content: bytes = b""
    facts: TorrentFileFacts | None = None
    magnet: str = ""
    size: int = 0

    @property
    def what(self) -> str:
        """Its name for people, else its hash."""
        return printable(self.name or self.hash)


def read_torrent_source(text: str) -> TorrentSource:
    """What a magnet, a hash or the path of a .torrent file stands for. Raises UsageError."""
    path = _file_meant(text)
    if path is None:
        magnet = read_magnet(text)
        return TorrentSource(magnet.hash, magnet.name, magnet=text.strip() if looks_like_magnet(text) else "")
    try:
        with open_file(path) as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(
            f"{printable(text)} cannot be read ({error.strerror or error}).", "Give a magnet, a hash or a file."
        ) from error
    facts = read_torrent_file(content)
    return TorrentSource(facts.hash, facts.name, content, facts)


def _file_meant(text: str) -> Path | None:
    """The file that ``text`` means; None when it means a magnet or a hash."""
    if looks_like_magnet(text):
        return None
    try:
        path = Path(text).expanduser()
        return path if path.suffix.lower() == ".torrent" or path.is_file() else None
    except (OSError, ValueError, RuntimeError):  # too long for a name, a NUL, the home of an unknown user
        return None
