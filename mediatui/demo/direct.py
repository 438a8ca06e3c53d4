"""The simulated servers of direct links: the bytes of a file from where they are asked for, and what is known of it.

The bytes are made as they are read, the same at the same place of every file: a file of gigabytes costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from mediatui.demo.faults import Reply
from mediatui.demo.seed import SimTorrent
from mediatui.model.torrent import TorrentFile

BLOCK: Final = 65_536
A_SECOND: Final = 20_000_000
"""Bytes a second that the demo's server sends."""
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


def content(first: int, count: int) -> bytes:
    """``count`` bytes of a simulated file from the byte ``first`` on."""
    start = first - first % 16
    lines = range(start // 16, (first + count) // 16 + 1)
    return b"".join(b"%015x\n" % number for number in lines)[first - start : first - start + count]


def pieces(first: int, end: int) -> Iterator[bytes]:
    """The bytes from ``first`` up to ``end``, block by block."""
    while first < end:
        count = min(BLOCK, end - first)
        yield content(first, count)
        first += count


def expired() -> Reply:
    """The answer to a direct link that leads nowhere any more (NOTES.md 25)."""
    return Reply(404, b"", {"x-error": "invalid_download_code"})


def answer(size: int, asked: str) -> Reply:
    """The answer for a file of ``size`` bytes to a request with this ``Range`` header (empty for none)."""
    found = _RANGE.fullmatch(asked)
    first = int(found[1]) if found else 0
    if found and first >= size:
        return Reply(416, b"", {"content-range": f"bytes */{size}"})
    headers = {"content-type": "application/force-download", "accept-ranges": "bytes"}
    if found:
        end = min(int(found[2]) + 1, size) if found[2] else size
        headers["content-range"] = f"bytes {first}-{end - 1}/{size}"
        return Reply(206, b"", headers, extent=(first, end))
    return Reply(200, b"", headers, extent=(0, size))


def addresses(base: str, download_id: str) -> Mapping[str, object]:
    """The answer of ``/streaming/transcode``."""
    return {
        "apple": {"full": f"{base}/{download_id}/full.m3u8"},
        "dash": {"full": f"{base}/{download_id}/full.mpd"},
        "liveMP4": {"full": f"{base}/{download_id}/full.mp4"},
        "h264WebM": {"full": f"{base}/{download_id}/full.webm"},
    }


def media(torrent: SimTorrent, file: TorrentFile, link: str) -> Mapping[str, object]:
    """The answer of ``/streaming/mediaInfos``; its tracks come in the forms the service sends."""
    tall = 2160 if "2160p" in torrent.filename else 720 if "720p" in torrent.filename else 1080
    length = 5_400.0 + file.bytes % 2_000 if torrent.shape == "film" else 2_640.0
    languages = ("fre", "French"), ("eng", "English")
    return {
        "filename": file.path.rpartition("/")[2].rpartition(".")[0],
        "hoster": "real-debrid.com",
        "link": link,
        "type": "movie" if torrent.shape == "film" else "show",
        "season": None if torrent.shape == "film" else f"{torrent.season:02d}",
        "episode": None if torrent.shape == "film" else f"{file.file_id:02d}",
        "year": None,
        "duration": length,
        "bitrate": int(file.bytes * 8 / length),
        "size": file.bytes,
        "details": {
            "video": {
                "und1": {
                    "stream": "0:0", "lang": "Unknown", "lang_iso": "und", "codec": "hevc" if tall == 2160 else "h264",
                    "colorspace": "yuv420p", "width": tall * 16 // 9, "height": tall,
                }
            },
            "audio": {
                f"{code}{number}": {
                    "stream": f"0:{number}", "lang": name, "lang_iso": code, "codec": "eac3", "sampling": 48_000,
                    "channels": 5.1,
                }
                for number, (code, name) in enumerate(languages, 1)
            },
            "subtitles": [{"fre1": {"stream": "0:3", "lang": "French", "lang_iso": "fre", "type": "SRT"}}],
        },
        "poster_path": None, "audio_image": None, "backdrop_path": None,
    }  # fmt: skip
