"""The head-and-tail check on real files: what is whole, what is cut, what was never written, what is no video."""

from __future__ import annotations

import os
import random
import shutil
import socket
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediatui.system.head_and_tail import Assessment, check_head_and_tail
from tests.worlds.samples import not_media, shared_samples

NEEDS_FFMPEG = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="needs ffmpeg")
NOBODY = 65534


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shared_samples(tmp_path_factory)


def of(path: Path, expected_bytes: int | None = None) -> Assessment:
    return check_head_and_tail(os.fsencode(path), expected_bytes=expected_bytes)


def write(folder: Path, content: bytes, name: str = "video.mkv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.slow
@NEEDS_FFMPEG
@pytest.mark.parametrize(
    ("name", "container"),
    [
        ("good.mkv", "matroska"),
        ("good.webm", "matroska"),
        ("moov-first.mp4", "mp4"),
        ("moov-last.mp4", "mp4"),
        ("good.mov", "mp4"),
        ("good.avi", "avi"),
        ("camera.avi", "avi"),
        ("good.ts", "mpeg-ts"),
        ("good.m2ts", "mpeg-ts"),
        ("good.wmv", "asf"),
        ("good.flv", "flv"),
        ("good.mpg", "mpeg-ps"),
    ],
)
def test_a_whole_video_is_surely_playable(samples: Path, name: str, container: str) -> None:
    found = of(samples / name, (samples / name).stat().st_size)
    assert (found.verdict, found.container, found.sure) == ("playable", container, True), found


@NEEDS_FFMPEG
@pytest.mark.parametrize("name", ["live.mkv", "fragments.mp4"])
def test_a_video_whose_end_is_not_declared_is_playable(samples: Path, name: str) -> None:
    assert of(samples / name).verdict == "playable"


@NEEDS_FFMPEG
@pytest.mark.parametrize("name", ["good.mkv", "moov-first.mp4", "moov-last.mp4", "good.avi"])
@pytest.mark.parametrize("percent", [50, 95])
def test_a_video_cut_short_is_surely_truncated(samples: Path, name: str, percent: int) -> None:
    found = of(samples / f"cut{percent}-{name}")
    assert (found.verdict, found.sure) == ("truncated", True), found
    assert f"{(samples / f'cut{percent}-{name}').stat().st_size:,} bytes" in found.reason


@NEEDS_FFMPEG
@pytest.mark.parametrize("name", ["good.mkv", "moov-first.mp4", "moov-last.mp4", "good.avi", "good.ts"])
@pytest.mark.parametrize("damage", ["half-zeros", "head-only"])
def test_a_video_whose_rest_was_never_written_is_surely_zeroed(samples: Path, name: str, damage: str) -> None:
    found = of(samples / f"{damage}-{name}")
    assert (found.verdict, found.sure) == ("zeroed", True), found


@NEEDS_FFMPEG
@pytest.mark.parametrize("name", ["good.mkv", "moov-first.mp4", "moov-last.mp4", "good.avi", "good.wmv"])
def test_wherever_a_video_is_cut_it_is_never_called_playable(samples: Path, name: str, tmp_path: Path) -> None:
    data = (samples / name).read_bytes()
    cuts = {1, 3, 8, 30, 47, 60, 100, 4095, 4096, 65535, 65536, 65537, len(data) - 300, len(data) - 20}
    cuts |= {random.Random(7).randrange(1, len(data) - 20) for _ in range(40)}
    found = {cut: of(write(tmp_path, data[:cut])) for cut in cuts if cut < len(data)}
    assert not {cut: one for cut, one in found.items() if one.verdict == "playable"}
    assert all(one.verdict in ("truncated", "not media", "zeroed") for one in found.values()), found


@NEEDS_FFMPEG
@pytest.mark.parametrize("name", ["sound.mkv", "sound.mp4"])
def test_a_file_without_a_video_track_is_left_to_ffprobe(samples: Path, name: str) -> None:
    found = of(samples / name)
    assert (found.verdict, found.sure) == ("no video", False), found


@NEEDS_FFMPEG
def test_bytes_after_the_end_do_no_harm(samples: Path, tmp_path: Path) -> None:
    for name in ("good.mkv", "moov-first.mp4", "moov-last.mp4", "good.avi"):
        data = (samples / name).read_bytes()
        for rest in (b"TAG" + bytes(125), bytes(20_000), b"x" * 5_000):
            assert of(write(tmp_path, data + rest)).verdict == "playable", (name, rest[:5])


@NEEDS_FFMPEG
def test_a_size_that_is_not_the_one_on_record_is_truncated(samples: Path) -> None:
    size = (samples / "good.mkv").stat().st_size
    found = of(samples / "good.mkv", size + 1000)
    assert (found.verdict, found.sure) == ("truncated", True)
    assert f"{size:,}" in found.reason
    assert f"{size + 1000:,}" in found.reason


@pytest.mark.parametrize("name", [name for name in not_media() if name not in ("zeros.mkv", "random.mkv")])
def test_pages_archives_and_texts_are_surely_not_media(tmp_path: Path, name: str) -> None:
    found = of(write(tmp_path, not_media()[name]))
    assert (found.verdict, found.sure) == ("not media", True), found


def test_an_unknown_beginning_is_not_surely_not_media(tmp_path: Path) -> None:
    found = of(write(tmp_path, not_media()["random.mkv"]))
    assert (found.verdict, found.sure) == ("not media", False)


def test_zeros_and_no_content_are_distinguished(tmp_path: Path) -> None:
    assert of(write(tmp_path, bytes(200_000))).verdict == "zeroed"
    assert of(write(tmp_path, bytes(1))).verdict == "zeroed"
    assert of(write(tmp_path, b"")).verdict == "empty"
    assert of(write(tmp_path, b""), 1000).verdict == "empty"


# --- sizes no test can write out: sparse files, whose middle is never read ----------------------------------------

GIB = 2**30


def sparse(path: Path, size: int, parts: dict[int, bytes]) -> Path:
    with path.open("wb") as file:
        file.truncate(size)
        for offset, content in parts.items():
            file.seek(offset)
            file.write(content)
    return path


def box(kind: bytes, content: int) -> bytes:
    return struct.pack(">I4s", content + 8, kind)


def test_mp4_boxes_beyond_four_gigabytes(tmp_path: Path) -> None:
    wide = struct.pack(">I4sQ", 1, b"mdat", 6 * GIB)
    moov = box(b"moov", 5000) + b"m" * 5000
    parts = {0: box(b"ftyp", 16), 24: wide, 24 + 6 * GIB: moov}
    whole = sparse(tmp_path / "a.mp4", 24 + 6 * GIB + len(moov), parts)
    assert of(whole) == Assessment("playable", "whole: its boxes add up to the file", "mp4", True)
    os.truncate(whole, 5 * GIB)
    assert of(whole).verdict == "truncated"


def test_an_mp4_box_of_size_zero_reaches_to_the_end(tmp_path: Path) -> None:
    moov = box(b"moov", 16) + b"m" * 16
    data = box(b"ftyp", 16) + b"i" * 16 + moov + struct.pack(">I4s", 0, b"mdat") + b"d" * 90_000
    assert of(write(tmp_path, data)).verdict == "playable"
    no_index = box(b"ftyp", 16) + b"i" * 16 + struct.pack(">I4s", 0, b"mdat") + b"d" * 90_000
    assert of(write(tmp_path, no_index)).verdict == "truncated"


def test_an_mp4_may_end_in_free_space(tmp_path: Path) -> None:
    data = b"".join(box(kind, 9_000) + b"x" * 9_000 for kind in (b"ftyp", b"moov", b"mdat"))
    found = of(write(tmp_path, data + box(b"free", 9_000) + bytes(9_000)))
    assert (found.verdict, found.sure) == ("playable", True)


def test_an_avi_of_more_than_two_gigabytes_has_several_chunks(tmp_path: Path) -> None:
    def chunk(kind: bytes, size: int) -> bytes:
        return struct.pack("<4sI4s", b"RIFF", size - 8, kind)

    parts = {0: chunk(b"AVI ", GIB) + b"vids", GIB: chunk(b"AVIX", GIB), 2 * GIB: chunk(b"AVIX", GIB)}
    whole = sparse(tmp_path / "a.avi", 3 * GIB, parts | {3 * GIB - 10: b"idx"})
    assert of(whole) == Assessment("playable", "whole: its RIFF chunk ends with the file", "avi", True)
    os.truncate(whole, 2 * GIB + 5 * 2**20)
    assert (of(whole).verdict, of(whole).sure) == ("truncated", True)


def test_silence_at_the_end_of_uncompressed_sound_is_not_surely_damage(tmp_path: Path) -> None:
    track = b"\x1a\x45\xdf\xa3\x80" + b"\x18\x53\x80\x67" + struct.pack(">Q", (1 << 56) | 90_000)
    silent = of(write(tmp_path, track + b"A_PCM/INT/LIT".ljust(80_000, b"s") + bytes(10_000)))
    assert (silent.verdict, silent.sure) == ("zeroed", False)
    other = of(write(tmp_path, track + b"A_AAC".ljust(80_000, b"s") + bytes(10_000)))
    assert (other.verdict, other.sure) == ("zeroed", True)


def test_a_thousand_boxes_are_not_walked_to_the_end(tmp_path: Path) -> None:
    fragments = (box(b"moof", 1000) + b"f" * 1000 + box(b"mdat", 9000) + b"d" * 9000) * 500
    found = of(write(tmp_path, box(b"ftyp", 8) + b"i" * 8 + box(b"moov", 8) + b"m" * 8 + fragments))
    assert (found.verdict, found.sure) == ("playable", False)


# --- what is no readable file ------------------------------------------------------------------------------------


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _folder(path: Path) -> None:
    path.mkdir()


def _dangling(path: Path) -> None:
    path.symlink_to("nowhere")


def _loop(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize("make", [_fifo, _folder, _dangling, _loop])
@pytest.mark.timeout(10)
def test_what_is_no_file_is_unknown_at_once(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "video.mkv")
    found = of(tmp_path / "video.mkv", 1000)
    assert (found.verdict, found.sure) == ("unknown", False)


def test_sockets_devices_and_impossible_names_are_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("s.mkv")
        for path in (b"s.mkv", b"/dev/null", b"/dev/tty", b"a\0b.mkv", b"x" * 300, b"s.mkv/inside.mkv", b""):
            assert check_head_and_tail(path).verdict == "unknown", path


def test_a_file_that_may_not_be_read_is_unknown(tmp_path: Path) -> None:
    path = write(tmp_path, b"<html>")
    path.chmod(0)
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        found = of(path)
    finally:
        if root:
            os.seteuid(0)
    assert (found.verdict, found.reason) == ("unknown", "cannot be read: Permission denied")


EARLY = Path("/sys/kernel/mm/transparent_hugepage/enabled")  # says it has 4,096 bytes and has some 20


@pytest.mark.skipif(not EARLY.exists(), reason="needs sysfs")
def test_a_file_that_ends_before_its_size_is_unknown() -> None:
    found = of(EARLY)
    assert found.verdict == "unknown"
    assert "it ended after" in found.reason


@pytest.mark.parametrize("name", [b"new\nline.mkv", b"caf\xe9.mkv", b"-v.mkv", b"http:x.mkv", b" .mkv"])
def test_any_name_is_opened(tmp_path: Path, name: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path(os.fsdecode(name)).write_bytes(b"<html>")
    assert check_head_and_tail(name).reason == "an HTML or XML page"
    assert check_head_and_tail(os.fsencode(tmp_path) + b"/" + name).reason == "an HTML or XML page"


def test_no_file_stays_open(tmp_path: Path) -> None:
    path = write(tmp_path, not_media()["random.mkv"])
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(50):
        of(path)
        of(tmp_path)
        check_head_and_tail(b"/dev/null")
    assert len(os.listdir("/proc/self/fd")) == before


MAGIC = [b"\x1aE\xdf\xa3", b"\x18\x53\x80\x67", b"RIFF", b"AVI ", b"\0\0\0\x18ftyp", b"\0\0\0\1mdat", b"moov", b"G"]


@given(st.lists(st.one_of(st.sampled_from(MAGIC), st.binary(max_size=40)), min_size=1, max_size=12))
def test_no_content_makes_it_fail(tmp_path_factory: pytest.TempPathFactory, parts: list[bytes]) -> None:
    path = tmp_path_factory.getbasetemp() / "anything"
    path.write_bytes(b"".join(parts))
    found = of(path)
    assert found.verdict != "unknown"
    assert found.reason
