"""A real OpenSSH server on 127.0.0.1: ``with RealSshd() as server``; only the user of the tests can log in.

Tests that need one are skipped with the reason where there is no sshd. The process dies with the test run; waits are
bounded, and it is ended by its pid.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from getpass import getuser
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import pytest

from tests.worlds.rtorrent import ON_MEMORY, free_port

if TYPE_CHECKING:
    from mediatui.services.sftp.client import Sftp
    from mediatui.services.sftp.host_keys import KnownHosts
    from mediatui.settings.sftp import SftpSettings

UP_S = 10.0
SSHD = Path("/usr/sbin/sshd")
_DIES_WITH_US = ("setpriv", "--pdeathsig", "KILL")


def make_key(file: Path, *more: str) -> Path:
    """A new key pair beside each other, of Ed25519 unless another kind is named."""
    kind = () if "-t" in more else ("-t", "ed25519")
    empty = () if "-N" in more else ("-N", "")
    subprocess.run(["ssh-keygen", "-q", *kind, *empty, *more, "-f", str(file)], check=True, timeout=20)
    return file


class RealSshd:
    """An sshd in a folder of its own: ``root`` is for files, ``key`` logs in, ``lines`` go into its configuration."""

    def __init__(self, *lines: str) -> None:
        self.lines = lines
        self.folder = Path()
        self.port = free_port()
        self.host_keys = ["host_ed25519"]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> RealSshd:
        if not SSHD.exists() or shutil.which("ssh-keygen") is None:
            pytest.skip("a real SSH server: no sshd")
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        self.folder = Path(tempfile.mkdtemp(prefix="sshd-", dir=ON_MEMORY if os.access(ON_MEMORY, os.W_OK) else None))
        self.root.mkdir()
        make_key(self.folder / "host_ed25519")
        make_key(self.key)
        shutil.copy(self.folder / "key.pub", self.folder / "authorized_keys")
        try:
            self.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def root(self) -> Path:
        return self.folder / "root"

    @property
    def key(self) -> Path:
        return self.folder / "key"

    @property
    def known(self) -> KnownHosts:
        """Our file of pinned keys, in which that of this server is."""
        from mediatui.services.sftp.host_keys import KnownHosts

        return KnownHosts(self.folder / "known_hosts")

    def section(self, **given: object) -> SftpSettings:
        """The settings that log in."""
        from mediatui.settings.sftp import SftpSettings

        fields: dict[str, object] = {
            "host": "127.0.0.1", "port": self.port, "user": getuser(), "key_file": self.key, "agent": False,
            "trust_system_known_hosts": False,
        }  # fmt: skip
        return SftpSettings.model_validate(fields | given)

    def pin(self, port: int = 0) -> None:
        """Pins the key that it has now, for its own port or that of a proxy before it."""
        import base64

        from mediatui.services.sftp.host_keys import HostKey

        kind, text = (self.folder / f"{self.host_keys[0]}.pub").read_text().split()[:2]
        self.known.pin("127.0.0.1", port or self.port, HostKey(kind, base64.b64decode(text)))

    def files(self, *, connections: int = 1, answer_s: float = 20.0, **given: object) -> Sftp:
        """A client of it, whose key is pinned."""
        from mediatui.services.sftp.client import Sftp

        self.pin()
        return Sftp(self.section(**given), self.known, connections=connections, answer_s=answer_s)

    def start(self) -> None:
        """Starts it, again after ``stop``, and waits until it accepts connections."""
        config = self.folder / "sshd_config"
        keys = [f"HostKey {self.folder / name}" for name in self.host_keys]
        config.write_text(
            "\n".join(
                (
                    "ListenAddress 127.0.0.1", f"Port {self.port}", *keys, f"PidFile {self.folder}/sshd.pid",
                    f"AuthorizedKeysFile {self.folder}/authorized_keys", "StrictModes no", "UsePAM no",
                    "PasswordAuthentication no", "KbdInteractiveAuthentication no", "MaxStartups 100:30:200",
                    *self.lines,
                    "Subsystem sftp internal-sftp", "",
                )
            )
        )  # fmt: skip
        with open(self.folder / "log", "ab") as log:
            self._process = subprocess.Popen(
                [*(_DIES_WITH_US if shutil.which("setpriv") else ()), str(SSHD), "-D", "-e", "-f", str(config)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        until = time.monotonic() + UP_S
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            if self._process.poll() is not None:
                break
            time.sleep(0.01)
        raise AssertionError((self.folder / "log").read_text(errors="replace"))

    def stop(self) -> None:
        """Ends it and its sessions, as a crash would."""
        if self._process is not None:
            self.cut_sessions()
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def cut_sessions(self) -> None:
        """Ends the sessions that are open now, and nothing else."""
        for pid in self.sessions():
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)

    def sessions(self) -> list[int]:
        """The processes of its sessions."""
        return [] if self._process is None else list(_below(self._process.pid))


def _below(pid: int) -> Iterator[int]:
    """The processes that a process started, and theirs."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in map(int, children):
        yield from _below(child)
        yield child
