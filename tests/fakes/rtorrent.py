"""A way to an rTorrent that is none: it keeps torrents in memory, and lies as told.

It answers as the real one does (``tests/services/rtorrent/test_real.py``): 0 to every load, faults for what it does not
know, several calls each by itself.
"""

from __future__ import annotations

import re
import xmlrpc.client
from dataclasses import dataclass, field
from typing import Any

from mediatui.model.errors import UsageError
from mediatui.model.magnet import read_magnet
from mediatui.model.torrent_file import read_torrent_file
from mediatui.services.errors import ServiceError
from mediatui.services.rtorrent.client import RTorrent
from mediatui.services.torrent_client import ClientAway

NOT_THERE = xmlrpc.client.Fault(-501, "Could not find info-hash.")
UNTRUSTED = {"faultCode": -507, "faultString": "Command is not allowed for untrusted connections."}
ALONE = re.compile(r"load\.|d\.(open|start|stop)$|d\.custom\d?\.set$|d\.priority\.set$")
"""What ruTorrent passes on only when it comes alone."""
NEVER = re.compile(r"execute|method\.|view\.size|d\.tracker_announce|d\.directory\.set|system\.hostname")
_COMMAND = re.compile(r'(d\.[\w.]+)\.set=(?:(mediatui),)?"((?:[^"\\]|\\.)*)"')
_FIELDS = {"d.directory": "folder", "d.custom1": "label", "d.custom": "note"}


@dataclass
class FakeRTorrent:
    """Where it does not ``passes_all``, ruTorrent stands before it, which has rules of its own. ``drops`` are fields
    that a load does not keep, ``ignores`` those that cannot be set later either: ``folder``, ``label``, ``note``,
    ``running``. ``swallows`` adds nothing. ``late`` looks find nothing of a torrent yet. ``refuses`` begins the methods
    that are not passed on. It ``restarts`` after a load: the next so many requests find nobody. ``breaks`` is raised
    once a method of this name was carried out."""

    passes_all: bool = True
    name: str = "a fake"
    most_bytes: int = 512 * 1024
    drops: set[str] = field(default_factory=set)
    ignores: set[str] = field(default_factory=set)
    swallows: bool = False
    late: int = 0
    refuses: tuple[str, ...] = ()
    restarts: int = 0
    breaks: dict[str, ServiceError] = field(default_factory=dict)
    torrents: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    def client(self, **given: Any) -> RTorrent:
        """A client of it that does not wait."""

        async def no_pause(seconds: float) -> None:
            pass

        return RTorrent(self, **{"sleep": no_pause, **given})

    def hold(self, number: int, **given: Any) -> str:
        """Has it hold a torrent; its hash in small letters."""
        found = f"{number:040x}"
        self.torrents[found.upper()] = new_torrent(found, **given)
        return found

    def methods(self) -> list[str]:
        """What was asked for, in order."""
        return [method for method, _ in self.asked]

    async def close(self) -> None:
        pass

    async def send(self, body: bytes) -> bytes:
        params, method = xmlrpc.client.loads(body, use_builtin_types=True)
        assert method is not None
        if self.restarts and any(asked.startswith("load.") for asked in self.methods()):
            self.restarts -= 1
            raise ClientAway("It is away.")
        answer = self._answer(method, params)
        sent = xmlrpc.client.dumps(
            answer if isinstance(answer, xmlrpc.client.Fault) else (answer,), methodresponse=True
        ).encode("utf-8", "surrogatepass")
        self.sizes.append(len(sent))
        return sent

    def _answer(self, method: str, params: tuple[Any, ...]) -> Any:
        if method == "system.multicall":
            calls = [(call["methodName"], tuple(call["params"])) for call in params[0]]
            return [self._one(*call) if self._passes(call[0], ALONE) else dict(UNTRUSTED) for call in calls]
        found = self._one(method, params)
        return xmlrpc.client.Fault(**found) if isinstance(found, dict) and "faultCode" in found else found[0]

    def _one(self, method: str, params: tuple[Any, ...]) -> Any:
        """A value in a list of its own, or a fault as a struct."""
        self.asked.append((method, params))
        if not self._passes(method, NEVER):
            return dict(UNTRUSTED)
        if method.startswith(self.refuses) and self.refuses:
            return {"faultCode": -506, "faultString": f"Method '{method}' not defined"}
        try:
            return [self._do(method, params)]
        except LookupError:
            return {"faultCode": NOT_THERE.faultCode, "faultString": NOT_THERE.faultString}
        finally:
            if (error := self.breaks.pop(method, None)) is not None:
                raise error

    def _passes(self, method: str, kept: re.Pattern[str]) -> bool:
        """Whether ruTorrent, and rTorrent 0.16.10 behind it, let a call through."""
        return self.passes_all or not kept.match(method)

    def _do(self, method: str, params: tuple[Any, ...]) -> Any:
        if method.startswith("load."):
            return self._load(method, params)
        if method == "d.multicall2":
            view = [one for one in self.torrents.values() if params[1] == "main" or not one["d.complete"]]
            return [[self._cell(one, column) for column in params[2:]] for one in view]
        if method in ("view.size", "execute.throw", "system.client_version", "network.xmlrpc.size_limit"):
            return {"view.size": len(self.torrents), "system.client_version": "0.16.20"}.get(
                method, self.most_bytes if "limit" in method else 0
            )
        if method == "method.get":
            return self.events.get(params[1], {"!_own": "x", "~_own": "y"})
        if method.startswith(("system.", "directory.", "session.")):
            return "x"
        return self._on_torrent(method, params)

    def _on_torrent(self, method: str, params: tuple[Any, ...]) -> Any:
        one = self.torrents[params[0]]
        if self.late and method == "d.name":
            self.late -= 1
            raise LookupError
        if method == "t.multicall":
            return [["http://tracker.example:80/key/announce"]]
        if method.endswith(".set"):
            self._set(one, method.removesuffix(".set"), params[-1], self.ignores)
            return 0
        if method in ("d.start", "d.open", "d.stop", "d.close", "d.erase"):
            if method == "d.erase":
                del self.torrents[params[0]]
            elif method == "d.start" and "running" not in self.ignores:
                one.update({"d.is_active": 1, "d.is_open": 1, "d.state": 1})
            elif method in ("d.stop", "d.close"):
                one.update({"d.is_active": 0, "d.state": 0})
            return 0
        return one.get(method, 0)

    def _load(self, method: str, params: tuple[Any, ...]) -> int:
        if self.swallows:
            return 0
        try:
            given = params[1]
            found = read_torrent_file(given) if isinstance(given, bytes) else read_magnet(given)
        except UsageError:
            return 0
        if found.hash.upper() not in self.torrents:
            one = new_torrent(found.hash, name=found.name, meta=isinstance(given, str), running="start" in method)
            for command in params[2:]:
                name, _, value = _COMMAND.fullmatch(command).groups()  # type: ignore[union-attr]
                self._set(one, name, re.sub(r"\\(.)", r"\1", value), self.drops)
            if "running" in self.drops:
                one.update({"d.is_active": 0})
            self.torrents[found.hash.upper()] = one
        return 0

    def _set(self, one: dict[str, Any], name: str, value: Any, left_out: set[str]) -> None:
        if _FIELDS.get(name) not in left_out:
            one[name] = value

    def _cell(self, one: dict[str, Any], column: str) -> Any:
        return "http://tracker.example:80/key#" if column.startswith("cat=") else one[column.partition("=")[0]]


def new_torrent(
    hash: str,  # noqa: A002 - the word of the whole program
    name: str = "Some Name",
    *,
    done: int = 0,
    complete: bool = False,
    meta: bool = False,
    running: bool = True,
    rate: int = 0,
) -> dict[str, Any]:
    """The fields of a torrent."""
    texts = {"d.hash": hash.upper(), "d.name": name, "d.directory": "/data", "d.base_path": f"/data/{name}"}
    texts |= {"d.message": "", "d.custom1": "", "d.custom": ""}
    numbers = dict.fromkeys(
        ("d.hashing", "d.ratio", "d.up.total", "d.up.rate", "d.load_date", "d.timestamp.finished", "d.is_private"), 0
    )
    numbers |= {"d.size_bytes": 1000, "d.bytes_done": done, "d.complete": int(complete), "d.is_meta": int(meta)}
    numbers |= dict.fromkeys(("d.is_open", "d.is_active", "d.state"), int(running)) | {"d.down.rate": rate}
    return texts | numbers
