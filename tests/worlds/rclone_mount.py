"""A real ``rclone mount`` of a WebDAV service: ``with RcloneMount(folder, service.url) as mount``.

Tests that need one are skipped with the reason where there is no rclone, no fusermount3, or nothing may be mounted. The
process dies with the test run, and its mount point is taken away whatever state it is in.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

MOUNTED_S = 15.0
END_S = 5.0
QUICK = (
    "--dir-cache-time", "1s", "--low-level-retries", "1", "--timeout", "3s", "--contimeout", "3s",
    "--attr-timeout", "0s", "--poll-interval", "0",
)  # fmt: skip
"""What lets a test see soon what changes at the service. Listings are remembered one second."""
_DIES_WITH_US = ("setpriv", "--pdeathsig", "TERM")


def why_not() -> str:
    """Why nothing can be mounted here, empty when it may be tried."""
    if not os.path.exists("/dev/fuse"):
        return "no /dev/fuse"
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        return "/dev/fuse may not be opened"
    for program in ("rclone", "fusermount3"):
        if shutil.which(program) is None:
            return f"no {program}"
    return ""


def is_mounted(folder: Path) -> bool:
    """Whether a folder is a mount point; nothing is asked of the mount itself."""
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as table:
        return any(line.split()[4].replace(r"\040", " ") == str(folder) for line in table)


class RcloneMount:
    """The mount at ``folder``; ``options`` come after those of ``QUICK``. ``rc_url`` is its remote control."""

    def __init__(self, folder: Path, url: str, *options: str) -> None:
        self.folder = folder
        self.url = url
        self.options = options
        self.rc_url = ""
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> RcloneMount:
        if reason := why_not():
            pytest.skip(f"a real rclone mount: {reason}")
        if said := self.mount():
            pytest.skip(f"a real rclone mount: the mount is refused ({said})")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unmount()

    @property
    def pid(self) -> int:
        """The process of rclone."""
        assert self._process is not None
        return self._process.pid

    def mount(self, *options: str) -> str:
        """Mounts it (again), with these options instead of those given at first, if any; what rclone says when it
        cannot, else nothing."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.options = options or self.options
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{free.getsockname()[1]}"
        self.rc_url = f"http://{address}"
        log = self.folder.with_name(f"{self.folder.name}.rclone.log")
        log.write_bytes(b"")
        config = self.folder.with_name(f"{self.folder.name}.rclone.conf")
        config.touch()
        command = [
            *(_DIES_WITH_US if shutil.which(_DIES_WITH_US[0]) else ()),
            "rclone", "mount", ":webdav:", str(self.folder), "--webdav-url", self.url, "--read-only",
            "--rc", "--rc-addr", address, "--rc-no-auth", "--log-file", str(log), *_last(QUICK, self.options),
        ]  # fmt: skip
        environ = {**os.environ, "RCLONE_CONFIG": str(config)}
        self._process = subprocess.Popen(
            command, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )  # fmt: skip
        until = time.monotonic() + MOUNTED_S
        while not is_mounted(self.folder):
            if self._process.poll() is not None or time.monotonic() > until:
                self.unmount()
                said = log.read_text(errors="replace").strip().splitlines()[-1:]
                return " ".join(said) or "it says nothing"
            time.sleep(0.01)
        return ""

    def freeze(self) -> None:
        """rclone stops answering, as one does that hangs; ``thaw`` lets it go on."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """rclone goes on where it stopped."""
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """rclone dies; what is left of the mount answers ENOTCONN."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def unmount(self) -> None:
        """Takes the mount away, in whatever state it is; the empty folder stays."""
        process, self._process = self._process, None
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGCONT)
        if is_mounted(self.folder):
            subprocess.run(["fusermount3", "-u", str(self.folder)], stderr=subprocess.DEVNULL, check=False)
        if process is not None:
            try:
                process.wait(END_S if not is_mounted(self.folder) else 0)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if is_mounted(self.folder):
            subprocess.run(["fusermount3", "-uz", str(self.folder)], stderr=subprocess.DEVNULL, check=True)

    def remount(self) -> None:
        """Unmounts and mounts, as a restart of the service does."""
        self.unmount()
        assert not self.mount()

    def rc(self, command: str, **body: str) -> dict[str, Any]:
        """What the remote control answers to a command (``vfs/refresh``)."""
        request = urllib.request.Request(f"{self.rc_url}/{command}", json.dumps(body).encode(), method="POST")
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=30) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def forget(self) -> None:
        """All listings are forgotten: the next look asks the service."""
        self.rc("vfs/forget")


def _last(*given: Sequence[str]) -> list[str]:
    """Options with their values, of each the last that was given."""
    found: dict[str, list[str]] = {}
    for options in given:
        name = ""
        for word in options:
            if word.startswith("--"):
                name = word
                found[name] = []
            else:
                found[name].append(word)
    return [word for name, values in found.items() for word in (name, *values)]
