"""A file as a service offers it: the addresses it streams at, tracks, codecs and length, and the bytes themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class StreamAddress:
    """An address at which the service streams a file in a format (``apple``, ``dash`` …) and a quality. ``url`` is a
    secret, as a direct link is."""

    format: str
    quality: str
    url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Track:
    """A track of a file: ``kind`` is video, audio or subtitles; ``shape`` is its picture size or its channels. What the
    service does not know is empty."""

    kind: str
    codec: str = ""
    language: str = ""
    shape: str = ""

    @property
    def text(self) -> str:
        """The track in words: ``h264, 1920×1080``."""
        return ", ".join(part for part in (self.codec, self.shape, self.language) if part) or "not described"


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """What the service knows of a file. ``kind`` is its word (``movie``, ``show``, ``audio``), ``duration_s`` seconds,
    ``bitrate`` bits a second, ``size`` bytes; 0 and empty where it does not know."""

    name: str
    kind: str = ""
    season: str = ""
    episode: str = ""
    year: str = ""
    duration_s: float = 0.0
    bitrate: int = 0
    size: int = 0
    tracks: tuple[Track, ...] = ()


@dataclass(frozen=True, slots=True)
class DirectBody:
    """What a direct link leads to: the bytes from ``first`` on, and how many there are in all (None: not known).
    Reading ``pieces`` raises Transient (``services.errors``) where the connection breaks."""

    first: int
    total: int | None
    pieces: AsyncIterator[bytes]
