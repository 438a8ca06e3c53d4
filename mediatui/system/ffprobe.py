"""Asks ffprobe about a file: streams, codecs, duration; one short-lived process a file.

Only ffprobe's own "invalid data" makes a file ``not media``. Every failure that may have another cause than the file's
content (a time-out, an I/O error, a killed ffprobe, an unreadable answer) is ``unknown``. ffprobe reads headers: it
calls a truncated file playable; ``library.playback`` finds those. A read that fails after the file was opened can also
look like invalid data to it, so ``not media`` counts only for a file whose head was readable just before.
"""

from __future__ import annotations

import asyncio
import math
import os
import shutil
import signal
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from mediatui.model.errors import UsageError
from mediatui.model.foreign_json import parse_json

ProbeVerdict = Literal["playable", "no video", "not media", "unknown"]

INSTALL_HINT = "Install ffmpeg (it brings ffprobe) or set scan.ffprobe to where it is."
KILL_GRACE_S = 1.0
CANCEL_GRACE_S = 0.1
KEPT_BYTES = 256 * 1024
MOST_PIXELS = 1_000_000

_ENTRIES = (
    "error=code,string:format=format_name,duration"
    ":stream=codec_type,codec_name,width,height:stream_disposition=attached_pic"
)
_INVALID_DATA = -int.from_bytes(b"INDA", "little")  # AVERROR_INVALIDDATA, libavutil/error.h
_PICTURE_FORMATS = frozenset(("image2", "gif", "apng", "ico", "tty"))  # tty draws text files as video


@dataclass(frozen=True, slots=True)
class Probed:
    """What ffprobe found. Durations are seconds, sizes pixels; "", () and None mean unknown. ``late``: it did not
    answer in time."""

    verdict: ProbeVerdict
    reason: str
    duration_s: float | None = None
    video_codec: str = ""
    audio_codecs: tuple[str, ...] = ()
    width: int | None = None
    height: int | None = None
    late: bool = False


def find_ffprobe(configured: str) -> str:
    """The absolute path of ffprobe: ``configured`` (a path or a name), or the one on PATH when that is empty.

    Raises UsageError with an installation hint when there is no such program.
    """
    wanted = os.path.expanduser(configured.strip()) or "ffprobe"
    found = shutil.which(wanted)
    if found is None:
        what = (
            f"scan.ffprobe is {configured.strip()}, which is no program" if configured.strip() else "no ffprobe on PATH"
        )
        raise UsageError(f"Videos cannot be probed: {what}.", INSTALL_HINT)
    return os.path.abspath(found)


async def probe(ffprobe: str, path: bytes, *, timeout_s: float) -> Probed:
    """Runs ``ffprobe`` on the file at ``path`` for at most ``timeout_s`` seconds.

    The process runs in a session of its own without input and is killed with everything it started when the time is up
    or the caller is cancelled. One that cannot be killed, because it waits for a dead mount, is abandoned after
    ``KILL_GRACE_S`` seconds.
    """
    starting = asyncio.ensure_future(
        asyncio.get_running_loop().subprocess_exec(
            _Answer,
            *_command(ffprobe, path),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
    )
    try:
        # Cancelled while it starts, asyncio would kill the process alone, and wait for what that started.
        transport, answer = await asyncio.shield(starting)
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
        return Probed("unknown", f"ffprobe cannot be started: {error}")
    except asyncio.CancelledError:
        await asyncio.wait((starting,))
        if starting.exception() is None:
            await _end(*starting.result(), CANCEL_GRACE_S)
        raise
    try:
        await asyncio.wait((answer.ended,), timeout=timeout_s)
    except asyncio.CancelledError:
        await _end(transport, answer, CANCEL_GRACE_S)
        raise
    if not answer.ended.done():
        await _end(transport, answer, KILL_GRACE_S)
        return Probed("unknown", f"no answer from ffprobe within {timeout_s:g} s", late=True)
    transport.close()
    return _read(transport.get_returncode(), bytes(answer.output), bytes(answer.errors))


async def _end(transport: asyncio.SubprocessTransport, answer: _Answer, grace_s: float) -> None:
    """Kills the process with everything it started, and waits for at most ``grace_s`` seconds until it is gone."""
    try:
        _kill(transport, answer)
        await asyncio.wait((answer.ended,), timeout=grace_s)
    finally:
        transport.close()


def _command(ffprobe: str, path: bytes) -> tuple[str | bytes, ...]:
    """The command line. An absolute ``file:`` address is never taken for an option or another protocol, whatever the
    name.

    The whitelist keeps ffprobe from fetching what a playlist names that pretends to be a video.
    """
    address = b"file:" + os.path.join(os.getcwdb(), path)  # not abspath: it resolves ".." before symlinks
    options = ("-v", "error", "-protocol_whitelist", "file", "-show_entries", _ENTRIES, "-of", "json=compact=1")
    return (ffprobe, *options, "-i", address)


class _Answer(asyncio.SubprocessProtocol):
    """Keeps the start of the process's output; ``ended`` is done when the process is gone and its pipes are closed."""

    def __init__(self) -> None:
        self.output, self.errors = bytearray(), bytearray()
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        kept = self.output if fd == 1 else self.errors
        kept += data[: KEPT_BYTES - len(kept)]

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_result(None)


def _kill(transport: asyncio.SubprocessTransport, answer: _Answer) -> None:
    """Kills the process and its children: as the leader of its session it is the leader of their process group."""
    if answer.ended.done():  # its process id may be reused by now
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(transport.get_pid(), signal.SIGKILL)


def _read(code: int | None, output: bytes, errors: bytes) -> Probed:
    """The verdict of an ffprobe that ended by itself."""
    if code is None or code < 0:
        return Probed("unknown", f"ffprobe was killed by signal {-code}" if code else "ffprobe's end was missed")
    try:
        document = parse_json(output)
    except ValueError:
        return Probed("unknown", _last_line(errors) or f"ffprobe ended with {code} and no answer")
    if failure := _table(document, "error"):
        verdict: ProbeVerdict = "not media" if failure.get("code") == _INVALID_DATA else "unknown"
        return Probed(verdict, str(failure.get("string") or _last_line(errors)))
    if code != 0:
        return Probed("unknown", _last_line(errors) or f"ffprobe ended with {code}")
    return _judge(_table(document, "format"), _streams(document))


def _last_line(errors: bytes) -> str:
    """The last line ffprobe wrote to its error stream."""
    lines = errors.decode("utf-8", "replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _judge(container: dict[str, object], streams: list[dict[str, object]]) -> Probed:
    audio = tuple(str(stream.get("codec_name", "")) for stream in streams if stream.get("codec_type") == "audio")
    duration = _seconds(container.get("duration"))
    if not streams:
        return Probed("unknown", "ffprobe finds no streams", duration)
    video = next((stream for stream in streams if stream.get("codec_type") == "video" and not _is_cover(stream)), None)
    names = set(str(container.get("format_name", "")).split(","))
    if names & _PICTURE_FORMATS or any(name.endswith("_pipe") for name in names):
        return Probed("not media", "a picture or text", duration)
    if video is None:
        kinds = sorted(
            {"a cover" if _is_cover(stream) else str(stream.get("codec_type", "data")) for stream in streams}
        )
        return Probed("no video", f"only {', '.join(kinds)}", duration, "", audio)
    codec, width, height = str(video.get("codec_name", "")), _pixels(video.get("width")), _pixels(video.get("height"))
    if duration is None or duration <= 0:
        return Probed("unknown", "ffprobe finds no duration", duration, codec, audio, width, height)
    return Probed("playable", "a video stream with a duration", duration, codec, audio, width, height)


def _is_cover(stream: dict[str, object]) -> bool:
    """Whether a video stream is a cover picture. Its codec does not show that: old cameras film in mjpeg."""
    return _table(stream, "disposition").get("attached_pic") == 1


def _streams(document: object) -> list[dict[str, object]]:
    found = document.get("streams") if isinstance(document, dict) else None
    return [stream for stream in found if isinstance(stream, dict)] if isinstance(found, list) else []


def _table(document: object, key: str) -> dict[str, object]:
    """The object under ``key``; empty when there is none."""
    found = document.get(key) if isinstance(document, dict) else None
    return found if isinstance(found, dict) else {}


def _seconds(value: object) -> float | None:
    try:
        seconds = float(value) if isinstance(value, str | int | float) else math.nan
    except (ValueError, OverflowError):
        return None
    return seconds if math.isfinite(seconds) else None


def _pixels(value: object) -> int | None:
    return value if isinstance(value, int) and 0 <= value <= MOST_PIXELS else None
