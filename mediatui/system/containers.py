"""Checks whether a video file is complete, by its head and tail and the rules of its container.

Every check gets a ``Sample`` and returns a ``Assessment``; the magic number selects the check (``CHECKS``). Sources:
RFC 8794 (EBML) and RFC 9559 (Matroska), ISO/IEC 14496-12 (MP4 boxes), the QuickTime File Format, the AVI RIFF and
OpenDML references, ISO/IEC 13818-1 (transport packets), the Advanced Systems Format specification.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

PlaybackVerdict = Literal["playable", "truncated", "zeroed", "not media", "no video", "empty", "io_error", "unknown"]

_UNSURE_NO_VIDEO = "it names no video track"


@dataclass(frozen=True, slots=True)
class Assessment:
    """The result of a check of a file; ``sure`` is whether the verdict stands without ffprobe.

    ``container`` is "" when it was not recognised; ``code`` is the error number of a file that could not be opened or
    read.
    """

    verdict: PlaybackVerdict
    reason: str
    container: str
    sure: bool
    code: int = 0


@dataclass(slots=True)
class Sample:
    """The first and the last bytes of a file of ``size`` bytes, and a few more reads where these do not reach."""

    size: int
    head: bytes
    tail: bytes
    read: Callable[[int, int], bytes]
    reads_left: int

    def at(self, offset: int, count: int) -> bytes:
        """The ``count`` bytes at ``offset``, fewer at the end of the file; empty when the reads are used up.

        Raises OSError when they cannot be read.
        """
        count = min(count, self.size - offset)
        if offset + count <= len(self.head):
            return self.head[offset : offset + count]
        from_tail = offset - (self.size - len(self.tail))
        if from_tail >= 0:
            return self.tail[from_tail : from_tail + count]
        if not self.reads_left:
            return b""
        self.reads_left -= 1
        return self.read(offset, count)


def is_zeros(data: bytes) -> bool:
    """Whether there are bytes and all of them are zero."""
    return data[-1:] == b"\0" and data == bytes(len(data))


def _cut(container: str, declared: int, size: int, what: str) -> Assessment:
    return Assessment("truncated", f"{size:,} bytes, but {what} {declared:,}", container, True)


def _zero_tail(container: str, sure: bool = True) -> Assessment:
    return Assessment("zeroed", "its last bytes are all zero", container, sure)


# --- Matroska and WebM ------------------------------------------------------------------------------------------

_EBML, _SEGMENT, _TRACKS, _CLUSTER = 0x1A45DFA3, 0x18538067, 0x1654AE6B, 0x1F43B675
_VIDEO_TRACK = b"\x83\x81\x01"  # TrackType (0x83), one byte long, 1: video


def _number(data: bytes, at: int, *, marked: bool) -> tuple[int, int] | None:
    """An EBML variable-length number at ``at`` and where it ends; ``marked`` keeps the length marker, as IDs do.

    None when it is invalid or reaches beyond the data.
    """
    first = data[at] if at < len(data) else 0
    length = 9 - first.bit_length()
    if length > 8 or at + length > len(data):
        return None
    value = int.from_bytes(data[at : at + length], "big")
    return (value if marked else value & ((1 << 7 * length) - 1)), at + length


def _element(data: bytes, at: int) -> tuple[int, int, int | None] | None:
    """ID, start of the content and its size (None for "unknown") of the EBML element at ``at``."""
    name = _number(data, at, marked=True)
    size = name and _number(data, name[1], marked=False)
    if not name or not size:
        return None
    unknown = (1 << 7 * (size[1] - name[1])) - 1
    return name[0], size[1], None if size[0] == unknown else size[0]


def matroska(sample: Sample) -> Assessment:
    """The declared size of the Segment against the file; a Segment of unknown size says nothing about its end."""
    at = 0
    while (element := _element(sample.head, at)) is not None:
        name, content, length = element
        if name == _SEGMENT:
            return _segment(sample, content, length)
        if length is None:
            break
        at = content + length
    if at >= sample.size or sample.size - at < 12:
        return Assessment("truncated", "it ends within its header", "matroska", True)
    return Assessment("not media", "nothing follows its Matroska header", "matroska", False)


def _segment(sample: Sample, content: int, length: int | None) -> Assessment:
    end = sample.size if length is None else content + length
    if end > sample.size:
        return _cut("matroska", end, sample.size, "its Segment ends at")
    span = min(len(sample.tail), end)
    if is_zeros(sample.at(end - span, span)):
        # Uncompressed sound that ends in silence is zeros as well.
        return _zero_tail("matroska", b"A_PCM" not in sample.head)
    if _has_video_track(sample.head, content) is False:
        return Assessment("no video", _UNSURE_NO_VIDEO, "matroska", False)
    if length is None:
        return Assessment("playable", "its Segment does not say where it ends", "matroska", False)
    return Assessment("playable", "whole: its Segment ends within the file", "matroska", True)


def _has_video_track(head: bytes, at: int) -> bool | None:
    """Whether a track is a video; None when the tracks are not in ``head``."""
    while (element := _element(head, at)) is not None:
        name, content, length = element
        if name == _CLUSTER or length is None:
            return None
        at = content + length
        if name == _TRACKS:
            return head.find(_VIDEO_TRACK, content, at) >= 0 or (None if at > len(head) else False)
    return None


# --- MP4 and QuickTime ------------------------------------------------------------------------------------------

FIRST_BOXES = frozenset((b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"styp", b"sidx"))
_FILLERS = frozenset((b"free", b"skip", b"wide", b"uuid", b"junk"))
_BOXES = FIRST_BOXES | _FILLERS | {b"moof", b"mfra", b"meta", b"udta", b"emsg", b"prft", b"ssix"}
_PCM = (b"sowt", b"twos", b"lpcm", b"in24", b"in32", b"ipcm", b"raw ")


def mp4(sample: Sample) -> Assessment:
    """Walks the top-level boxes, whose sizes must add up to the file, with ``moov`` before or after ``mdat``."""
    seen: set[bytes] = set()
    at, size = 0, sample.size
    kind, video = b"", True
    while size - at >= 8:
        header = sample.at(at, 16)
        if len(header) < 8:
            return _unfinished(sample, seen)
        length, kind = int.from_bytes(header[:4], "big"), header[4:8]
        least = 8
        if length == 1:
            length, least = int.from_bytes(header[8:16], "big"), 16
        elif length == 0 and kind != bytes(4):
            length = size - at  # "to the end of the file"
        if length < least or (at + length > size and kind not in _BOXES):
            return _after_boxes(sample, seen, at, header)
        if at + length > size:
            return _cut("mp4", at + length, size, f"its box {kind.decode()} ends at")
        if kind == b"moov":
            video = not _names_no_video(sample.head, at, length)
        seen.add(kind)
        at += length
    return _all_boxes(sample, seen, kind, video)


def _names_no_video(head: bytes, at: int, length: int) -> bool:
    """Whether a whole ``moov`` in ``head`` has handlers, none of them of a video."""
    end = at + length
    return end <= len(head) and head.find(b"hdlr", at, end) >= 0 and head.find(b"vide", at, end) < 0


def _all_boxes(sample: Sample, seen: set[bytes], last: bytes, video: bool) -> Assessment:
    if is_zeros(sample.tail) and last not in _FILLERS:
        # An index may end in padding, uncompressed sound in silence.
        return _zero_tail("mp4", last != b"moov" and not any(name in sample.head for name in _PCM))
    if b"moov" not in seen:
        return Assessment("truncated", "it ends before its index (moov)", "mp4", b"moof" not in seen)
    if b"mdat" not in seen:
        return Assessment("truncated", "it has an index but no data (mdat)", "mp4", False)
    if not video:
        return Assessment("no video", _UNSURE_NO_VIDEO, "mp4", False)
    return Assessment("playable", "whole: its boxes add up to the file", "mp4", True)


def _after_boxes(sample: Sample, seen: set[bytes], at: int, header: bytes) -> Assessment:
    """Judges a file in which something other than a box follows at ``at``."""
    if b"moov" in seen and b"mdat" in seen and b"moof" not in seen:
        return Assessment("playable", f"{sample.size - at:,} bytes follow its boxes", "mp4", False)
    if is_zeros(header):
        return Assessment("zeroed", f"zeros where a box should be at {at:,}", "mp4", is_zeros(sample.tail))
    return Assessment("truncated", f"no box where one should be at {at:,}", "mp4", False)


def _unfinished(sample: Sample, seen: set[bytes]) -> Assessment:
    """Judges a file with more boxes than may be read, as fragmented files have."""
    if is_zeros(sample.tail):
        return _zero_tail("mp4", False)
    if b"moov" not in seen:
        return Assessment("unknown", "too many boxes to find its index (moov)", "mp4", False)
    return Assessment("playable", "fragmented; not every fragment was looked at", "mp4", False)


# --- RIFF: AVI --------------------------------------------------------------------------------------------------


_STRAY = 2**20  # what is longer is no tag or padding that some program appended


def riff(sample: Sample) -> Assessment:
    """The size of an AVI's RIFF chunk, and of those that follow it in files of more than 1 GB (OpenDML)."""
    kind = sample.head[8:12]
    if sample.size < 12:
        return Assessment("truncated", "it ends within its header", "", True)
    if kind == b"WAVE":
        return Assessment("no video", "a sound file", "wav", False)
    if kind != b"AVI ":
        return Assessment("not media", "a RIFF file that is no video", "", True)
    length = int.from_bytes(sample.head[4:8], "little")
    if length in (0, 0xFFFFFFFF):  # written at the end of a recording, which this one may not have reached
        return _zero_tail("avi") if is_zeros(sample.tail) else Assessment("playable", "it states no size", "avi", False)
    end = 8 + length
    while end + 12 <= sample.size and (header := sample.at(end, 12)) and header[8:12] == b"AVIX":
        end += 8 + int.from_bytes(header[4:8], "little")
    if end > sample.size + 9:  # some programs count the 8 bytes of the chunk's own header, or a byte of padding
        return _cut("avi", end, sample.size, "its RIFF chunk ends at")
    span = min(len(sample.tail), end)
    rest = max(0, sample.size - end)
    if is_zeros(sample.at(min(end, sample.size) - span, span)):
        return _zero_tail("avi")
    if rest > _STRAY and is_zeros(sample.tail):  # a further chunk may be missing
        return _zero_tail("avi", False)
    if b"vids" not in sample.head and b"iavs" not in sample.head:
        return Assessment("no video", _UNSURE_NO_VIDEO, "avi", False)
    if rest > len(sample.tail):
        return Assessment("playable", f"{rest:,} bytes follow its RIFF chunk", "avi", False)
    return Assessment("playable", "whole: its RIFF chunk ends with the file", "avi", True)


# --- MPEG transport streams -------------------------------------------------------------------------------------

_SYNC = 0x47
_STRIDES = (188, 192, 204)  # plain, with a time stamp before each packet (.m2ts), with error correction after it
_PACKETS = 5


def transport_start(head: bytes) -> tuple[int, int] | None:
    """Where the first transport packet begins and how far apart packets are; None when these are none."""
    for stride in _STRIDES:
        for start in range(stride):
            if head[start : start + 1] != b"G":
                continue
            packets = head[start : start + stride * _PACKETS : stride]
            if len(packets) >= 3 and packets == b"G" * len(packets):
                return start, stride
    return None


def transport(sample: Sample, start: int, stride: int) -> Assessment:
    """The packets in the tail must be in step with those in the head; a missing end cannot be seen."""
    if is_zeros(sample.tail):
        return _zero_tail("mpeg-ts")
    begin = sample.size - len(sample.tail)
    marks = sample.tail[(start - begin) % stride :: stride]
    if marks == bytes((_SYNC,)) * len(marks):
        return Assessment("playable", "its packets are in step at both ends", "mpeg-ts", True)
    return Assessment("playable", "its last packets are out of step", "mpeg-ts", False)


# --- Windows Media and the rest ---------------------------------------------------------------------------------

_ASF_FILE_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")


def asf(sample: Sample) -> Assessment:
    """The file size in the file properties, which live broadcasts do not know."""
    header = int.from_bytes(sample.head[16:24], "little")
    if sample.size < 24 or header > sample.size:
        return _cut("asf", header, sample.size, "its header alone ends at")
    found = sample.head.find(_ASF_FILE_PROPERTIES)
    if found >= 0 and found + 92 <= len(sample.head):
        declared = int.from_bytes(sample.head[found + 40 : found + 48], "little")
        broadcast = sample.head[found + 88] & 1
        if declared > sample.size and not broadcast:
            return _cut("asf", declared, sample.size, "its header states")
    if is_zeros(sample.tail):
        return _zero_tail("asf")
    return Assessment("playable", "its head and tail are in order", "asf", found >= 0)


def _plain(container: str, *, sure: bool) -> Callable[[Sample], Assessment]:
    """The check for a container of which only the magic number and the tail are read."""

    def check(sample: Sample) -> Assessment:
        if is_zeros(sample.tail):
            return _zero_tail(container, sure)
        return Assessment("playable", "its head and tail are in order", container, True)

    return check


def _sound(container: str) -> Callable[[Sample], Assessment]:
    return lambda sample: Assessment("no video", "a sound file", container, False)


# Zeros may follow the last picture of an MPEG program stream (13818-2, zero_byte), so these are not surely damage.
CHECKS: tuple[tuple[bytes, Callable[[Sample], Assessment]], ...] = (
    (b"\x1aE\xdf\xa3", matroska),
    (b"RIFF", riff),
    (bytes.fromhex("3026b2758e66cf11"), asf),
    (b"FLV\x01", _plain("flv", sure=True)),
    (b"\0\0\x01\xba", _plain("mpeg-ps", sure=False)),
    (b"\0\0\x01\xb3", _plain("mpeg-video", sure=False)),
    (b".RMF", _plain("realmedia", sure=False)),
    (b"OggS", lambda sample: Assessment("playable", "it may be sound or video", "ogg", False)),
    (b"ID3", _sound("mp3")),
    (b"fLaC", _sound("flac")),
)
