"""The config.xml of Sonarr and Radarr: key, port and base path, read from an untrusted file."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import stat
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from xml.parsers import expat

from pydantic import SecretStr

from mediatui.model.secrets import keep_secret

MOST_BYTES: Final = 64 * 1024
"""A real file has about one kilobyte."""


@dataclass(frozen=True, slots=True)
class ArrConfig:
    """The content of a config.xml: ``port`` is 0, ``url_base`` and ``address`` are empty when missing or unusable."""

    api_key: SecretStr = field(default_factory=lambda: SecretStr(""))
    port: int = 0
    url_base: str = ""
    address: str = ""


class _RefusedXmlError(Exception):
    """XML with parts that no config.xml has."""


def parse_config(text: bytes) -> ArrConfig | None:
    """The content of ``text``; None when it is no config.xml. A document type, and with it every entity, is refused:
    entities can expand a small file without limit, or include other files."""
    if len(text) > MOST_BYTES:
        return None
    values: dict[str, str] = {}
    path: list[str] = []

    def refuse(*_: object) -> None:
        raise _RefusedXmlError

    def begin(name: str, _: dict[str, str]) -> None:
        path.append(name)

    def add(data: str) -> None:
        if len(path) == 2 and path[0] == "Config":
            values[path[1]] = values.get(path[1], "") + data

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda _: path.pop()
    parser.CharacterDataHandler = add
    try:
        parser.Parse(text, True)
    except (_RefusedXmlError, expat.ExpatError, ValueError, LookupError):
        return None
    if "ApiKey" not in values and "Port" not in values:
        return None
    return _config({name: value.strip() for name, value in values.items()})


def read_config(path: Path) -> ArrConfig | None:
    """The content of the file; None when it is missing, not readable, or no config.xml."""
    try:
        # Not blocking: opening a pipe of this name would never return.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        return None
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None
        with os.fdopen(os.dup(handle), "rb") as file:
            return parse_config(file.read(MOST_BYTES + 1))
    except OSError:
        return None
    finally:
        os.close(handle)


async def read_configs(paths: Sequence[Path], *, most_s: float) -> dict[Path, ArrConfig]:
    """The files among ``paths`` that can be read within ``most_s`` seconds.

    Each is read in a thread of its own that is not joined: on a dead mount an open may never return.
    """
    loop = asyncio.get_running_loop()
    found: dict[Path, ArrConfig] = {}
    left = len(paths)
    done = asyncio.Event()

    def take(path: Path, config: ArrConfig | None) -> None:
        nonlocal left
        left -= 1
        if config is not None:
            found[path] = config
        if left == 0:
            done.set()

    def read(path: Path) -> None:
        config = read_config(path)
        try:
            loop.call_soon_threadsafe(take, path, config)
        except RuntimeError:
            return  # the program did not wait for this thread and has closed its loop

    for path in paths:
        threading.Thread(target=read, args=(path,), daemon=True).start()
    if paths:
        try:
            async with asyncio.timeout(most_s):
                await done.wait()
        except TimeoutError:
            pass
    return dict(found)


def _config(values: dict[str, str]) -> ArrConfig:
    key = values.get("ApiKey", "")
    if not (key.isascii() and key.isalnum()):
        key = ""
    keep_secret(key)
    port = values.get("Port", "")
    return ArrConfig(
        SecretStr(key),
        int(port) if port.isascii() and port.isdigit() and len(port) <= 5 and 0 < int(port) < 65536 else 0,
        clean_base(values.get("UrlBase", "")),
        _address(values.get("BindAddress", "")),
    )


def _address(bound: str) -> str:
    """The one address the service listens on; empty when it is every address, or no address at all ("*")."""
    try:
        address = ipaddress.ip_address(bound)
    except ValueError:
        return ""
    return "" if address.is_unspecified else str(address)


def clean_base(text: str) -> str:
    """A base path as ``/sonarr``; empty for none, or for one with characters that an address cannot contain."""
    base = text.strip().strip("/")
    if not base or not base.isascii() or not all(char.isalnum() or char in "-._~/" for char in base):
        return ""
    return "/" + base
