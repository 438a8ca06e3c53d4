"""Requests to rTorrent: calls in XML, and the commands that go with a torrent."""

from __future__ import annotations

import xmlrpc.client
from collections.abc import Sequence
from typing import TypeAlias, cast

from mediatui.model.errors import UsageError
from mediatui.services.torrent_client import wrong_text

Param: TypeAlias = "str | int | bytes | Sequence[Param] | dict[str, Param]"
Call = tuple[str, Sequence[Param]]
"""A method and its parameters."""


def encode(method: str, params: Sequence[Param]) -> bytes:
    """The body of a request. Raises UsageError for a text that XML cannot carry."""
    sendable = cast("tuple[str, ...]", tuple(_sendable(one) for one in params))  # of texts, numbers, bytes, lists
    return xmlrpc.client.dumps(sendable, method).encode()


def encode_several(calls: Sequence[Call]) -> bytes:
    """The body of a request that makes several calls, each of which is answered by itself."""
    return encode("system.multicall", [[{"methodName": method, "params": list(params)} for method, params in calls]])


def command(name: str, value: str) -> str:
    """A command with a value, always quoted: without that a comma or a semicolon in it would end the command, and
    rTorrent would drop it with all that follow (NOTES.md 2)."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{name}"{escaped}"'


def _sendable(value: Param) -> object:
    if isinstance(value, str):
        if why := wrong_text(value):
            raise UsageError(f"A text {why}: it cannot be sent to rTorrent.")
        return value
    if isinstance(value, bytes):
        return xmlrpc.client.Binary(value)
    if isinstance(value, dict):
        return {name: _sendable(one) for name, one in value.items()}
    return value if isinstance(value, int) else [_sendable(one) for one in value]
