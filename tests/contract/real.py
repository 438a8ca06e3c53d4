"""Real servers to try the contract on, as the environment names them."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.worlds.samples import H264, PICTURE, SOUND

FOLDER = "MEDIATUI_TEST_FOLDER"


@dataclass(frozen=True)
class RealServer:
    """A server: its address, its key, and a folder both sides see, by our name and by theirs."""

    url: str
    key: str
    ours: str = ""
    theirs: str = ""


def variable(service: str) -> str:
    """The variable that names the real one of a service."""
    return f"MEDIATUI_TEST_{service.upper()}"


def real_server(service: str) -> RealServer | None:
    """The server ``MEDIATUI_TEST_SERVICE=URL,KEY[,FOLDER[,FOLDER AS THE SERVER SEES IT]]`` names, None when it is not
    set. Without folders there ``MEDIATUI_TEST_FOLDER=FOLDER[,…]`` holds for it."""
    given = os.environ.get(variable(service), "")
    if not given:
        return None
    url, key, *folders = [part.strip() for part in given.split(",")]
    folders = folders or [part.strip() for part in os.environ.get(FOLDER, "").split(",")]
    return RealServer(url.rstrip("/"), key, folders[0], folders[-1])


def numbers(name: str, default: list[int]) -> list[int]:
    """The numbers of series or films a real server can look up: those of ``MEDIATUI_TEST_NAME``, else invented ones."""
    given = os.environ.get(f"MEDIATUI_TEST_{name}", "")
    return [int(one) for one in given.split(",") if one.strip()] or default


@cache
def small_video() -> bytes:
    """Three seconds of a real video where ffmpeg is there, else bytes that are none."""
    if shutil.which("ffmpeg") is None:
        return b"v" * 2048
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "video.mkv"
        subprocess.run(["ffmpeg", "-v", "error", "-y", *PICTURE, *SOUND, *H264, str(path)], check=True)
        return path.read_bytes()
