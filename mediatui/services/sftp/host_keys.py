"""The host keys that are pinned: a file of ours in the form of OpenSSH's ``known_hosts``.

Without a pinned key nothing is connected to; only a person pins one, after its fingerprint was shown.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mediatui.model.errors import StoreError
from mediatui.system.private_files import write_private

ALGORITHMS: Final[tuple[str, ...]] = ("ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512", "rsa-sha2-256")
"""Host key algorithms, best first. Without an order a server with two keys would be pinned by its RSA key."""
_RSA: Final = ("rsa-sha2-512", "rsa-sha2-256")
MOST_BYTES: Final = 1024 * 1024
_FINGERPRINT: Final = re.compile(r"(?:SHA256:)?([A-Za-z0-9+/]{43})=?")


@dataclass(frozen=True, slots=True)
class HostKey:
    """A public key of a server: the name of its kind and its bytes."""

    algorithm: str
    data: bytes

    @property
    def fingerprint(self) -> str:
        """How OpenSSH shows it: ``SHA256:`` and 43 characters."""
        return "SHA256:" + base64.b64encode(hashlib.sha256(self.data).digest()).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class KnownHosts:
    """The file of pinned keys. Every call reads it anew, for another mediatui may have changed it; it is small. Each
    raises StoreError when it cannot be read or written."""

    file: Path

    def keys(self, host: str, port: int) -> tuple[HostKey, ...]:
        """The pinned keys of a server, in the order of the file."""
        name = host_name(host, port)
        return tuple(key for names, key in map(_read, self._lines()) if key is not None and name in names)

    def pin(self, host: str, port: int, key: HostKey) -> None:
        """Pins a key in place of all others of that server."""
        line = f"{host_name(host, port)} {key.algorithm} {base64.b64encode(key.data).decode()}"
        self._write([*self._others(host, port), line])

    def forget(self, host: str, port: int) -> int:
        """Takes the keys of a server out; returns how many there were."""
        count = len(self.keys(host, port))
        if count:
            self._write(self._others(host, port))
        return count

    def _others(self, host: str, port: int) -> list[str]:
        name = host_name(host, port)
        return [line for line in self._lines() if name not in _read(line)[0]]

    def _lines(self) -> list[str]:
        try:
            with open(self.file, encoding="utf-8", errors="replace") as stream:
                return stream.read(MOST_BYTES).splitlines()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StoreError(
                f"The pinned host keys in {self.file} cannot be read ({error.strerror}).",
                "Without them no server is trusted.",
            ) from None

    def _write(self, lines: list[str]) -> None:
        write_private(self.file, "".join(f"{line}\n" for line in lines))


def host_name(host: str, port: int) -> str:
    """How ``known_hosts`` names a server: its host alone on port 22."""
    host = host.lower()
    return host if port == 22 else f"[{host}]:{port}"


def order_of(pinned: tuple[HostKey, ...]) -> list[str]:
    """The algorithms to ask a server for, those of its pinned keys first."""
    kinds = [key.algorithm for key in pinned]
    first = [name for name in ALGORITHMS if name in kinds or (name in _RSA and "ssh-rsa" in kinds)]
    return first + [name for name in ALGORITHMS if name not in first]


def same_fingerprint(given: str, shown: str) -> bool:
    """Whether a text that a person gave is that fingerprint, with ``SHA256:`` in front or without."""
    read = _FINGERPRINT.fullmatch(given.strip())
    return read is not None and f"SHA256:{read[1]}" == shown


def is_fingerprint(text: str) -> bool:
    """Whether a text has the form of a fingerprint."""
    return _FINGERPRINT.fullmatch(text.strip()) is not None


def _read(line: str) -> tuple[tuple[str, ...], HostKey | None]:
    """The hosts and the key of a line; no host for a comment, and what we did not write."""
    words = line.split()
    if len(words) < 3 or words[0].startswith(("#", "@")):
        return (), None
    try:
        data = base64.b64decode(words[2], validate=True)
    except (ValueError, binascii.Error):
        return (), None
    return tuple(words[0].lower().split(",")), HostKey(words[1], data)
