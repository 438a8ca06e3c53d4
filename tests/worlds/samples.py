"""Small real video files made with ffmpeg, and the same files damaged in the ways libraries meet."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=3")
SOUND = ("-f", "lavfi", "-i", "sine=frequency=440:duration=3")
COVER = ("-f", "lavfi", "-i", "color=red:size=320x240:duration=0.04")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-shortest")
BOTH, SEEN, HEARD = ("-map", "0:v", "-map", "1:a", "-shortest"), ("-map", "0:v"), ("-map", "1:a", "-c:a", "aac")

MADE = {
    "good.mkv": (*BOTH, *H264, "-g", "5"),
    "good.webm": (*SEEN, "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8"),
    "good.avi": (*BOTH, "-c:v", "mpeg4", "-c:a", "mp2"),
    "camera.avi": (*SEEN, "-c:v", "mjpeg"),
    "good.wmv": (*BOTH, "-c:v", "wmv2", "-c:a", "wmav2"),
    "good.flv": (*BOTH, "-c:v", "flv", "-c:a", "aac", "-ar", "44100"),
    "good.mpg": (*BOTH, "-c:v", "mpeg2video", "-b:v", "800k", "-c:a", "mp2"),
    "sound.mkv": HEARD,
    "sound.mp4": HEARD,
    "cover.jpg": ("-map", "2:v", "-frames:v", "1"),
}
"""Files that are encoded, each with its options; the inputs are a picture, a sound and a cover."""
COPIED = {
    "live.mkv": ("-live", "1", "-f", "matroska"),
    "moov-first.mp4": ("-movflags", "+faststart"),
    "moov-last.mp4": (),
    "fragments.mp4": ("-movflags", "+frag_keyframe+empty_moov"),
    "good.mov": (),
    "good.ts": (),
    "good.m2ts": ("-mpegts_m2ts_mode", "1"),
}
"""The streams of ``good.mkv`` in other containers."""


def shared_samples(factory: pytest.TempPathFactory) -> Path:
    """The folder of ``make_samples``, made once for all processes of a test run; to be read only."""
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    folder, whole = base / "samples", base / "samples-are-whole"
    with (base / "samples-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not whole.exists():
            folder.mkdir(exist_ok=True)
            make_samples(folder)
            whole.touch()
    return folder


def make_samples(folder: Path) -> Path:
    """Writes every file of ``MADE`` and ``COPIED``, a sound file with a cover, and the damaged ones; returns
    ``folder``."""
    _ffmpeg(*PICTURE, *SOUND, *COVER, *_outputs(folder, MADE))
    inputs = [word for name in ("good.mkv", "sound.mp4", "cover.jpg") for word in ("-i", str(folder / name))]
    copied = {name: ("-map", "0", "-c", "copy", *options) for name, options in COPIED.items()}
    attached = ("-map", "1", "-map", "2", "-c", "copy", "-disposition:v", "attached_pic")
    _ffmpeg(*inputs, *_outputs(folder, {**copied, "cover.mp4": attached}))
    for name in ("good.mkv", "moov-first.mp4", "moov-last.mp4", "good.avi", "good.ts"):
        _damage(folder / name)
    for name, content in not_media().items():
        (folder / name).write_bytes(content)
    return folder


def missing_program() -> str:
    """The reason to skip a test that makes samples and has ffprobe look at them; empty when both programs are there."""
    return next((f"needs {name}" for name in ("ffmpeg", "ffprobe") if shutil.which(name) is None), "")


def _outputs(folder: Path, files: Mapping[str, Sequence[str]]) -> list[str]:
    return [word for name, options in files.items() for word in (*options, str(folder / name))]


def _ffmpeg(*options: str) -> None:
    subprocess.run(("ffmpeg", "-v", "error", "-nostdin", "-y", *options), check=True, timeout=60)


def _damage(whole: Path) -> None:
    """Beside ``whole``: cut at 50 and 95 %, the second half zeros, and its head followed by zeros."""
    data = whole.read_bytes()
    half = len(data) // 2
    for percent in (50, 95):
        whole.with_name(f"cut{percent}-{whole.name}").write_bytes(data[: len(data) * percent // 100])
    whole.with_name(f"half-zeros-{whole.name}").write_bytes(data[:half] + bytes(len(data) - half))
    whole.with_name(f"head-only-{whole.name}").write_bytes(data[:65536] + bytes(len(data) - 65536))


def not_media() -> dict[str, bytes]:
    """Names and contents of files that are no video at all."""
    page = b"<!DOCTYPE html>\n<html><head><title>503 Service Unavailable</title></head></html>\n"
    noise = bytes((index * index * 31 + index * 7 + 129) % 251 for index in range(100_000))
    subtitles = "1\n00:00:01,000 --> 00:00:02,000\nÇa va, hélas ?\n\n2\n00:00:03,000 --> 00:00:04,000\nOui.\n\n"
    return {
        "zeros.mkv": bytes(200_000),
        "random.mkv": noise,
        "page.mkv": page,
        "padded-page.mkv": page + bytes(300_000),
        "error.mkv": b'{"error": "bad_token", "error_code": 8}',
        "rar.mkv": b"Rar!\x1a\x07\x01\x00" + noise,
        "zip.mp4": b"PK\x03\x04\x14\x00" + noise,
        "subtitles.mkv": subtitles.encode(),
        "latin-subtitles.mkv": subtitles.encode("latin-1"),
        "utf16-subtitles.mkv": subtitles.encode("utf-16"),
        "free-text.mkv": b"The free text of a file that begins like the box of another.\n",
    }
