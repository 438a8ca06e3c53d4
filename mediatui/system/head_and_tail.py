"""The head-and-tail check: whether a video file is complete, from 68 KiB of it and without ffprobe.

It finds files that a header check passes: a truncated file whose header is fine, or one whose second half was never
written. It blocks, so call it from a thread; it opens nothing but regular files.
"""

from __future__ import annotations

import errno
import os
import stat

from mediatui.system.containers import (
    CHECKS,
    FIRST_BOXES,
    Assessment,
    Sample,
    is_zeros,
    mp4,
    transport,
)
from mediatui.system.containers import transport_start as find_transport

__all__ = ["HEAD", "TAIL", "Assessment", "check_head_and_tail"]

HEAD = 64 * 1024
TAIL = 4 * 1024
MORE_READS = 6

# O_NONBLOCK: a FIFO opens at once instead of waiting for its writer. O_NOCTTY: a terminal does not become the
# controlling one.
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY

_FOREIGN = (
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"PK\x05\x06", "a ZIP archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x1f\x8b\x08", "a gzip archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"%PDF-", "a PDF"),
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF89a", "a GIF picture"),
    (b"GIF87a", "a GIF picture"),
    (b"\x7fELF", "a program"),
)
_CONTROLS = bytes(code for code in (*range(0x20), 0x7F) if code not in b"\t\n\f\r\x1b")
_TEXT_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_TEXT_SPAN = 4096
AWAY = frozenset((errno.ENOTCONN, errno.ETIMEDOUT, errno.ESTALE, errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ENODEV))
"""Error numbers of a mount that is away. EIO is not among them: when a file is read, it may concern that file alone."""
_NOT_THE_CONTENT = AWAY | {
    errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP, errno.EACCES, errno.EPERM, errno.ENXIO, errno.EMFILE,
    errno.ENFILE, errno.ENOMEM, errno.EINVAL,
}  # fmt: skip


class _EndedEarly(OSError):
    """Fewer bytes came than the file's size says: the file is changing, or what serves it failed."""


def check_head_and_tail(path: bytes, *, expected_bytes: int | None = None) -> Assessment:
    """Assesses the file at ``path`` by its head and tail; ``expected_bytes`` is its size on record.

    Follows symlinks. Never raises for errors of the file system: a file that cannot be opened, or that is no regular
    file, is ``unknown``, because that says nothing about the video. A file that opens and cannot be read is
    ``io_error``: what serves it may have lost it.
    """
    try:
        file = os.open(path, _FLAGS)
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
        return _unknown(error)
    try:
        return _assess(file, expected_bytes)
    except OSError as error:
        return _unknown(error)
    finally:
        os.close(file)


def _unknown(error: OSError | ValueError) -> Assessment:
    reason = getattr(error, "strerror", None) or str(error)
    number = getattr(error, "errno", None)
    failed = number is not None and number not in _NOT_THE_CONTENT
    return Assessment("io_error" if failed else "unknown", f"cannot be read: {reason}", "", False, number or 0)


def _assess(file: int, expected_bytes: int | None) -> Assessment:
    status = os.fstat(file)
    if not stat.S_ISREG(status.st_mode):
        what = "a folder" if stat.S_ISDIR(status.st_mode) else "no regular file"
        return Assessment("unknown", f"{what}, not looked into", "", False)
    size = status.st_size
    if size == 0:
        return Assessment("empty", "it has no content", "", True)
    if expected_bytes is not None and size != expected_bytes:
        return Assessment("truncated", f"{size:,} bytes, but {expected_bytes:,} on record", "", True)

    def read(offset: int, count: int) -> bytes:
        data = os.pread(file, count, offset)
        if len(data) < count:
            raise _EndedEarly(f"it ended after {offset + len(data):,} of {size:,} bytes")
        return data

    head = read(0, min(size, HEAD))
    if is_zeros(head):
        return Assessment("zeroed", "its first bytes are all zero", "", True)
    tail = head[-TAIL:] if size <= HEAD else read(size - TAIL, TAIL)
    return _judge(Sample(size, head, tail, read, MORE_READS))


def _judge(sample: Sample) -> Assessment:
    """Finds the container by its magic number, else what kind of file it is."""
    head = sample.head
    for magic, check in CHECKS:
        if head.startswith(magic):
            return check(sample)
    if head[4:8] in FIRST_BOXES and (head[0] == 0 or not _written(head)):  # "The free ..." is text
        return mp4(sample)
    for magic, what in _FOREIGN:
        if head.startswith(magic):
            return Assessment("not media", what, "", True)
    if what := _written(head):
        return Assessment("not media", what, "", True)
    if packets := find_transport(head):
        return transport(sample, *packets)
    return Assessment("not media", "no known container begins like this", "", False)


def _written(head: bytes) -> str:
    """The kind of text a head is, such as the error page of a server; empty when it is no text.

    A page may be padded with zeros to the length of the video it stands for.
    """
    if head.startswith(_TEXT_MARKS):
        return "text"
    text = head.rstrip(b"\0")[:_TEXT_SPAN]
    begin = text.lstrip()
    if begin[:64].lower().startswith((b"<!doctype", b"<html", b"<?xml", b"<head", b"<body")):
        return "an HTML or XML page"
    if len(text.translate(None, _CONTROLS)) != len(text):
        return ""
    if begin.startswith((b"{", b"[")):
        return "a JSON answer or text"
    return "text"
