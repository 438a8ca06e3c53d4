"""Asking ffprobe: what real files are, and that nothing in the way of a file is ever held against it."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mediatui.model.errors import UsageError
from mediatui.system.ffprobe import Probed, find_ffprobe, probe
from tests.worlds.samples import missing_program, shared_samples

NEEDS_FFMPEG = pytest.mark.skipif(bool(missing_program()), reason=missing_program())
NOBODY = 65534
PATIENT_S = 60.0


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shared_samples(tmp_path_factory)


async def real(path: Path | bytes) -> Probed:
    return await probe(find_ffprobe(""), os.fsencode(path), timeout_s=PATIENT_S)


@pytest.mark.slow
@NEEDS_FFMPEG
@pytest.mark.parametrize(
    ("name", "codec", "audio"),
    [
        ("good.mkv", "h264", ("aac",)),
        ("moov-first.mp4", "h264", ("aac",)),
        ("moov-last.mp4", "h264", ("aac",)),
        ("fragments.mp4", "h264", ("aac",)),
        ("good.webm", "vp8", ()),
        ("good.avi", "mpeg4", ("mp2",)),
        ("camera.avi", "mjpeg", ()),
        ("good.ts", "h264", ("aac",)),
        ("good.wmv", "wmv2", ("wmav2",)),
    ],
)
async def test_a_video_is_playable_with_its_streams(
    samples: Path, name: str, codec: str, audio: tuple[str, ...]
) -> None:
    found = await real(samples / name)
    assert (found.verdict, found.video_codec, found.audio_codecs) == ("playable", codec, audio), found
    assert (found.width, found.height) == (320, 240)
    assert found.duration_s == pytest.approx(3, abs=0.3)


@NEEDS_FFMPEG
@pytest.mark.parametrize("name", ["sound.mkv", "sound.mp4", "cover.mp4", "subtitles.mkv"])
async def test_sound_a_cover_and_subtitles_are_no_video(samples: Path, name: str) -> None:
    found = await real(samples / name)
    assert found.verdict == "no video", found
    assert found.audio_codecs == (() if name == "subtitles.mkv" else ("aac",))


@NEEDS_FFMPEG
@pytest.mark.parametrize(
    "name", ["zeros.mkv", "random.mkv", "page.mkv", "padded-page.mkv", "error.mkv", "rar.mkv", "cut50-moov-last.mp4"]
)
async def test_invalid_data_is_not_media(samples: Path, name: str) -> None:
    assert (await real(samples / name)).verdict == "not media"


@NEEDS_FFMPEG
async def test_a_picture_named_as_a_video_is_not_media(samples: Path, tmp_path: Path) -> None:
    path = shutil.copy(samples / "cover.jpg", tmp_path / "video.mkv")
    assert (await real(Path(path))).verdict == "not media"
    assert (await real(samples / "cover.jpg")).verdict == "not media"


@NEEDS_FFMPEG
async def test_a_playlist_named_as_a_video_fetches_nothing(tmp_path: Path) -> None:
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.read(100))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        path = tmp_path / "list.m3u8"
        lines = (
            "#EXTM3U",
            "#EXT-X-TARGETDURATION:10",
            "#EXTINF:10,",
            f"http://127.0.0.1:{port}/a.ts",
            "#EXT-X-ENDLIST",
        )
        path.write_text("\n".join(lines) + "\n")
        found = await real(path)
    assert asked == []
    assert found.verdict != "playable"


def _folder(path: Path) -> None:
    path.mkdir()


def _dangling(path: Path) -> None:
    path.symlink_to("nowhere")


def _loop(path: Path) -> None:
    path.symlink_to(path)


@NEEDS_FFMPEG
@pytest.mark.parametrize("make", [_folder, _dangling, _loop])
async def test_what_cannot_be_opened_is_unknown(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "video.mkv")
    found = await real(tmp_path / "video.mkv")
    assert (found.verdict, found.duration_s) == ("unknown", None)


@NEEDS_FFMPEG
async def test_a_fifo_is_unknown_after_the_time_out(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "video.mkv")
    found = await probe(find_ffprobe(""), os.fsencode(tmp_path / "video.mkv"), timeout_s=0.5)
    assert found == Probed("unknown", "no answer from ffprobe within 0.5 s", late=True)


@NEEDS_FFMPEG
async def test_a_file_that_may_not_be_read_is_unknown(samples: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(samples / "good.mkv", tmp_path / "video.mkv"))
    path.chmod(0)
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        found = await real(path)
    finally:
        if root:
            os.seteuid(0)
    assert (found.verdict, found.reason) == ("unknown", "Permission denied")


@NEEDS_FFMPEG
@pytest.mark.parametrize(
    "name",
    [
        b"new\nline.mkv",
        b"caf\xe9.mkv",
        b"-v.mkv",
        b"http:x.mkv",
        b"concat:a|b.mkv",
        b"file:x.mkv",
        b"50%03d ?#&'\".mkv",
    ],
)
async def test_any_name_is_taken_for_a_file(
    samples: Path, tmp_path: Path, name: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(samples / "good.mkv", os.fsdecode(name))
    assert (await real(name)).verdict == "playable"
    if not name.startswith((b"-", b"http:", b"concat:", b"file:")):  # behind a folder these are names like any other
        assert (await real(os.fsencode(tmp_path) + b"/" + name)).verdict == "playable"


@NEEDS_FFMPEG
async def test_a_path_through_a_linked_folder_is_followed_as_the_system_does(samples: Path, tmp_path: Path) -> None:
    (tmp_path / "far" / "inner").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "far" / "inner")
    shutil.copy(samples / "good.mkv", tmp_path / "far" / "video.mkv")
    assert (await real(tmp_path / "link" / ".." / "video.mkv")).verdict == "playable"


# --- programs that are no good ffprobe ---------------------------------------------------------------------------


def script(folder: Path, body: str) -> str:
    path = folder / "fake ffprobe"
    path.write_text(f"#!{sys.executable}\nimport os, signal, subprocess, sys, time\n{body}\n")
    path.chmod(0o755)
    return str(path)


def is_gone(pid: int) -> bool:
    """Whether the process ended; one that only waits to be collected counts as ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


async def until_gone(pid: int) -> None:
    while not is_gone(pid):
        await asyncio.sleep(0.01)


HANGS = """
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen(["sleep", "600"])
open({pids!r} + ".part", "w").write(f"{{os.getpid()}} {{child.pid}}")
os.rename({pids!r} + ".part", {pids!r})
time.sleep(600)
"""


@pytest.mark.timeout(30)
async def test_an_ffprobe_that_never_answers_is_killed_with_its_children(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    fake = script(tmp_path, HANGS.format(pids=str(pids)))
    found = await probe(fake, b"/video.mkv", timeout_s=2)
    assert found.verdict == "unknown"
    for pid in map(int, pids.read_text().split()):
        await until_gone(pid)


@pytest.mark.timeout(30)
async def test_a_cancelled_probe_kills_its_ffprobe(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    fake = script(tmp_path, HANGS.format(pids=str(pids)))
    task = asyncio.create_task(probe(fake, b"/video.mkv", timeout_s=600))
    while not pids.exists():
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    for pid in map(int, pids.read_text().split()):
        await until_gone(pid)


@pytest.mark.timeout(30)
async def test_cancelled_while_it_starts_it_leaves_nothing_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process may run before the event loop has connected its pipes."""
    pids, connected = tmp_path / "pids", asyncio.Event()
    loop = asyncio.get_running_loop()
    start = loop.subprocess_exec

    async def start_slowly(*args: Any, **options: Any) -> Any:
        started = await start(*args, **options)
        await connected.wait()
        return started

    monkeypatch.setattr(loop, "subprocess_exec", start_slowly)
    task = asyncio.create_task(probe(script(tmp_path, HANGS.format(pids=str(pids))), b"/video.mkv", timeout_s=600))
    while not pids.exists():
        await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.sleep(0)
    connected.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    for pid in map(int, pids.read_text().split()):
        await until_gone(pid)


@pytest.mark.process
@pytest.mark.timeout(30)
async def test_a_process_that_cannot_be_killed_is_abandoned(tmp_path: Path) -> None:
    # What survives here keeps the pipes open from a session of its own, as a process stuck in the kernel would.
    pid_file = tmp_path / "pid"
    survivor = "child = subprocess.Popen(['sleep', '20'], start_new_session=True)"
    survivor += f"\nopen({str(pid_file)!r}, 'w').write(str(child.pid))"
    fake = script(tmp_path, survivor + "\nsys.stdout.close()\ntime.sleep(600)")
    began = time.monotonic()
    found = await probe(fake, b"/video.mkv", timeout_s=1.5)
    assert found.verdict == "unknown"
    survivor_pid = int(pid_file.read_text())
    assert not is_gone(survivor_pid), f"it was waited for: {time.monotonic() - began:.1f} s"
    os.kill(survivor_pid, 9)


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "body",
    [
        "print('garbage ' * 1000)",
        "sys.stdout.buffer.write(bytes(range(256)) * 40)",
        "print('[' * 100000)",
        "print('[1, 2]')",
        "print('{}')",
        'print(\'{"streams": 5, "format": [], "error": "x"}\'); sys.exit(3)',
        'print(\'{"error": {"code": -5, "string": "Input/output error"}}\'); sys.exit(1)',
        'print(\'{"streams": [{"codec_type": "video"}], "format": {"duration": "9"}}\'); sys.exit(1)',
        'print(\'{"streams": [{"codec_type": "video"}], "format": {"duration": "N/A"}}\')',
        'print(\'{"streams": [{"codec_type": "video"}], "format": {"duration": "inf"}}\')',
        "sys.exit(1)",
        "os.kill(os.getpid(), signal.SIGKILL)",
        "os.kill(os.getpid(), signal.SIGSEGV)",
    ],
)
async def test_an_answer_that_is_none_is_unknown(tmp_path: Path, body: str) -> None:
    found = await probe(script(tmp_path, body), b"/video.mkv", timeout_s=20)
    assert found.verdict == "unknown"
    assert found.reason


@pytest.mark.timeout(30)
async def test_an_endless_answer_is_not_kept(tmp_path: Path) -> None:
    fake = script(tmp_path, "while True: os.write(1, b'x' * 65536); os.write(2, b'y' * 65536)")
    assert (await probe(fake, b"/video.mkv", timeout_s=0.7)).verdict == "unknown"


async def test_it_gets_no_input_and_a_session_of_its_own(tmp_path: Path) -> None:
    fake = script(tmp_path, "print(repr(sys.stdin.read()), os.getsid(0) == os.getpid(), file=sys.stderr)")
    assert (await probe(fake, b"/video.mkv", timeout_s=20)).reason == "'' True"


async def test_a_program_or_a_name_that_cannot_be_started_with_is_unknown(tmp_path: Path) -> None:
    assert (await probe(str(tmp_path / "nothing"), b"/video.mkv", timeout_s=5)).verdict == "unknown"
    fake = script(tmp_path, "sys.exit(1)")
    assert (await probe(fake, b"/a\0b.mkv", timeout_s=5)).verdict == "unknown"
    assert (await probe(fake, b"/" + b"x" * 4_000_000, timeout_s=5)).verdict == "unknown"


@pytest.mark.slow
async def test_no_file_stays_open(tmp_path: Path) -> None:
    fake = script(tmp_path, "time.sleep(600 if 'slow' in sys.argv[-1] else 0)")
    await probe(fake, b"/video.mkv", timeout_s=20)
    before = len(os.listdir("/proc/self/fd"))
    await asyncio.gather(*(probe(fake, b"/video.mkv", timeout_s=20) for _ in range(4)))
    await asyncio.gather(*(probe(fake, b"/slow.mkv", timeout_s=0.3) for _ in range(4)))
    assert len(os.listdir("/proc/self/fd")) == before


# --- finding it --------------------------------------------------------------------------------------------------


def test_it_is_found_by_path_by_name_and_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "ffprobe"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert find_ffprobe(str(program)) == str(program)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert find_ffprobe("~/ffprobe") == str(program)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_ffprobe("") == str(program)
    assert find_ffprobe("ffprobe") == str(program)


def test_without_it_there_is_an_installation_hint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "plain").write_text("no program")
    for configured in ("", "ffprobe", str(tmp_path / "nothing"), str(tmp_path / "plain"), str(tmp_path)):
        with pytest.raises(UsageError) as caught:
            find_ffprobe(configured)
        assert "ffmpeg" in caught.value.hint
        assert configured in caught.value.message
