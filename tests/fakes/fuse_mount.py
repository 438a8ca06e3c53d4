"""A FUSE file system that tests can make slow, failing, or silent for ever: ``with FuseMount(folder, tree) as mount``.

It is served by a process of its own, so that whatever waits for it is released when that ends. Without the right to
mount, tests that need it are skipped.
"""

from __future__ import annotations

import ast
import ctypes
import errno
import os
import stat
import struct
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from types import TracebackType

import pytest

from tests.worlds.places import PROJECT

Tree = dict[str, "Tree | int"]
"""Names and what they are: a folder, or a file of so many bytes."""
LOOKUP, FORGET, GETATTR, OPEN, READ, STATFS, RELEASE, INIT = 1, 2, 3, 14, 15, 17, 18, 26
OPENDIR, READDIR, RELEASEDIR, INTERRUPT, BATCH_FORGET = 27, 28, 29, 36, 42
NO_REPLY = (FORGET, INTERRUPT, BATCH_FORGET)
MNT_FORCE, MNT_DETACH = 1, 2


class FuseMount:
    """A mount at ``folder``. ``silence`` makes it answer nothing more, ``fail_reads`` answers reads with EIO, ``delay``
    lets every answer take so many seconds; ``asked`` tells how often it was asked for what since it was last asked."""

    def __init__(self, folder: Path, tree: Tree) -> None:
        self.folder = folder
        self._tree = tree

    def __enter__(self) -> FuseMount:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.fakes.fuse_mount", str(self.folder), repr(self._tree)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=PROJECT,
        )  # fmt: skip
        if self._read() != "mounted":
            self._server.communicate()
            pytest.skip("no FUSE file system can be mounted here")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unmount()
        self._server.kill()
        self._server.communicate()

    def _read(self) -> str:
        assert self._server.stdout is not None
        return self._server.stdout.readline().strip()

    def tell(self, words: str) -> str:
        """Sends a command to the server; its answer."""
        assert self._server.stdin is not None
        self._server.stdin.write(words + "\n")
        self._server.stdin.flush()
        return self._read()

    def silence(self) -> None:
        """From now on nothing is answered."""
        self.tell("silence")

    def fail_reads(self) -> None:
        """From now on reading a file fails."""
        self.tell("fail_reads")

    def delay(self, seconds: float) -> None:
        """From now on each answer takes so long."""
        self.tell(f"delay {seconds}")

    def asked(self) -> dict[int, int]:
        """How often each kind of request came since the last call."""
        return {int(kind): int(count) for kind, count in (word.split(":") for word in self.tell("asked").split())}

    def abandon(self) -> None:
        """Nobody serves it any more, and it stays mounted: whatever asks gets ENOTCONN."""
        self._server.kill()
        self._server.wait()

    def unmount(self) -> None:
        """Takes the mount away, as ``umount -f -l`` does; calls under way fail."""
        ctypes.CDLL(None).umount2(os.fsencode(self.folder), MNT_FORCE | MNT_DETACH)


class Server:
    """Answers the kernel (linux/fuse.h)."""

    def __init__(self, device: int, tree: Tree) -> None:
        self.device = device
        self.nodes: list[Tree | int] = [0, tree]
        self.numbers: dict[tuple[int, str], int] = {}
        self.counts: Counter[int] = Counter()
        self.silent = self.failing = False
        self.delay = 0.0

    def serve(self) -> None:
        """Until it is unmounted."""
        while True:
            try:
                request = os.read(self.device, 1 << 18)
            except OSError:
                return
            _, kind, unique, node = struct.unpack_from("<IIQQ", request)
            self.counts[kind] += 1
            if self.silent or kind in NO_REPLY:
                continue
            if self.delay and kind != INIT:
                time.sleep(self.delay)
            error, body = self.answer(kind, node, request[40:])
            try:
                os.write(self.device, struct.pack("<IiQ", 16 + len(body), -error, unique) + body)
            except OSError:
                continue  # the caller gave up

    def answer(self, kind: int, node: int, body: bytes) -> tuple[int, bytes]:
        """An error number and a body."""
        match kind:
            case 26:
                return 0, struct.pack("<IIIIHHIIHHI28x", 7, 23, 0, 0, 8, 8, 1 << 16, 1, 0, 0, 0)
            case 3:
                return 0, struct.pack("<QII", 0, 0, 0) + self.attributes(node)
            case 1:
                return self.lookup(node, body.rstrip(b"\0").decode())
            case 14 | 27:
                return 0, struct.pack("<QII", 0, 0, 0)
            case 28:
                return 0, self.listing(node, *struct.unpack_from("<QQI", body)[1:])
            case 15:
                offset, size = struct.unpack_from("<QI", body, 8)
                held = self.nodes[node]
                assert isinstance(held, int)
                return (errno.EIO, b"") if self.failing else (0, b"v" * max(0, min(size, held - offset)))
            case 17:
                return 0, struct.pack("<QQQQQIII", 0, 0, 0, 0, 0, 4096, 255, 4096) + bytes(28)
            case 18 | 29:
                return 0, b""
        return errno.ENOSYS, b""

    def attributes(self, node: int) -> bytes:
        held = self.nodes[node]
        mode, size = (stat.S_IFREG | 0o644, held) if isinstance(held, int) else (stat.S_IFDIR | 0o755, 0)
        return struct.pack("<6Q10I", node, size, 0, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)

    def number_of(self, node: int, name: str) -> int:
        folder = self.nodes[node]
        assert isinstance(folder, dict)
        if (node, name) not in self.numbers:
            self.nodes.append(folder[name])
            self.numbers[node, name] = len(self.nodes) - 1
        return self.numbers[node, name]

    def lookup(self, node: int, name: str) -> tuple[int, bytes]:
        folder = self.nodes[node]
        if not isinstance(folder, dict) or name not in folder:
            return errno.ENOENT, b""
        number = self.number_of(node, name)
        return 0, struct.pack("<QQQQII", number, 0, 0, 0, 0, 0) + self.attributes(number)

    def listing(self, node: int, offset: int, size: int) -> bytes:
        folder = self.nodes[node]
        assert isinstance(folder, dict)
        found = b""
        for place, (name, held) in list(enumerate(folder.items(), 1))[offset:]:
            text = name.encode()
            kind = 4 if isinstance(held, dict) else 8
            entry = struct.pack("<QQII", self.number_of(node, name), place, len(text), kind) + text
            entry += bytes(-len(entry) % 8)
            if len(found) + len(entry) > size:
                break
            found += entry
        return found

    def obey(self, words: str) -> str:
        """Does what a test wants."""
        match words.split():
            case ["silence"]:
                self.silent = True
            case ["fail_reads"]:
                self.failing = True
            case ["delay", seconds]:
                self.delay = float(seconds)
            case ["asked"]:
                counts, self.counts = self.counts, Counter()
                return " ".join(f"{kind}:{count}" for kind, count in counts.items())
        return "done"


def main() -> None:
    """Mounts, serves, and obeys standard input until that ends."""
    folder, tree = sys.argv[1], ast.literal_eval(sys.argv[2])
    try:
        device = os.open("/dev/fuse", os.O_RDWR)
        options = f"fd={device},rootmode=40000,user_id=0,group_id=0,allow_other".encode()
        failed = ctypes.CDLL(None).mount(b"mediatui-test", os.fsencode(folder), b"fuse", 0, options)
    except OSError:
        failed = True
    if failed:
        sys.stdout.write("failed\n")
        return
    server = Server(device, tree)
    threading.Thread(target=server.serve, daemon=True).start()
    sys.stdout.write("mounted\n")
    sys.stdout.flush()
    for line in sys.stdin:
        sys.stdout.write(server.obey(line) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
