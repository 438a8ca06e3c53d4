"""rclone's remote control (``rclone rc``, version 1.60): how old listings can be, and refreshing views."""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import httpx
from pydantic import SecretStr

from mediatui.model.errors import MediatuiError
from mediatui.model.secrets import keep_secret
from mediatui.model.view_finder import innermost
from mediatui.services.errors import BadAnswer, Refused, ServiceError, Transient, Unreachable
from mediatui.services.http import Call, HttpClient, Policy
from mediatui.services.redaction import EXCERPT, redact
from mediatui.system.mount_table import RCLONE, mount_point_of

if TYPE_CHECKING:
    from mediatui.settings import Settings

ANSWER_S: Final = 5.0
REFRESH_S: Final = 30.0
"""rclone retries a failing service several times before it reports the failure: 5 s, then 20 s and more."""
NOT_KNOWN: Final = "file does not exist"
KERNEL_S: Final = 1.2
"""For so many seconds after a refresh the kernel may still answer a stat from its cache."""
NANOSECONDS: Final = 1e9


class Rclone:
    """The remote control at an address. ``fs`` is the name of the remote, needed when rclone has several mounts; when
    it is empty, the remote is found by ``source``, the mount's source in the mount table. ``is_own``: the address is
    that of this mount's own process, so a single mount there is this one, whatever its name. ``close`` it, or
    connections stay open."""

    def __init__(
        self,
        url: str,
        user: str = "",
        password: SecretStr | None = None,
        *,
        fs: str = "",
        source: str = "",
        is_own: bool = True,
        timeout_s: float = ANSWER_S,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._url, self._source = url.rstrip("/"), source
        self._is_own = is_own
        self._fs: str | None = fs or None
        secret = "" if password is None else password.get_secret_value()
        keep_secret(secret)
        self._http = HttpClient(
            self._url,
            _basic(user, secret) if user or secret else {},
            Policy(name="rclone", tries=lambda call, error: 1, timeout_s=timeout_s),
            _RcloneFailures(self._url),
            transport=transport,
        )

    async def close(self) -> None:
        """Closes connections."""
        await self._http.close()

    @property
    def fs(self) -> str:
        """The name of the mount there, known once it was asked something; empty while it needs none."""
        return self._fs or ""

    async def cache_s(self) -> float:
        """How many seconds old a listing may be before the service is asked again; raises ServiceError."""
        options = (await self._ask_mount("vfs/stats")).get("opt")
        found = options.get("DirCacheTime") if isinstance(options, dict) else None
        if isinstance(found, bool) or not isinstance(found, int | float):
            raise BadAnswer(
                f"rclone at {self._url} does not report how long it keeps listings.",
                "It is too old or too new.",
            )
        return float(found) / NANOSECONDS

    async def refresh(self, folder: str) -> str:
        """Makes rclone read a folder (relative to the mount; empty is its root) again from the service, without the
        folders in it; returns what rclone says went wrong, empty when it said OK. OK does not prove that the service
        works: one that answers 404 leaves an empty folder. Raises ServiceError."""
        answer = await self._ask_mount("vfs/refresh", {"dir": folder} if folder else {}, REFRESH_S)
        result = answer.get("result")  # the status is 200 in any case
        said = result.get(folder) if isinstance(result, dict) else None
        return "" if said == "OK" else redact(str(said or "it does not report the result"))[:EXCERPT]

    async def _ask_mount(
        self, command: str, given: Mapping[str, str] | None = None, timeout_s: float | None = None
    ) -> Mapping[str, object]:
        """The answer to a command about the mount."""
        if self._fs is None:
            self._fs = await self._find_fs()
        return await self._ask(command, {**(given or {}), **({"fs": self._fs} if self._fs else {})}, timeout_s)

    async def _find_fs(self) -> str:
        """The name of the mount among those of rclone; empty when none is needed."""
        listed = (await self._ask("vfs/list", {})).get("vfses")
        names = [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []
        if len(names) < 2 and (self._is_own or not names):
            return ""
        found = fs_of(self._source, names)
        if not found:
            raise _which_mount(self._url, ", ".join(names))
        return found

    async def _ask(
        self, command: str, given: Mapping[str, str], timeout_s: float | None = None
    ) -> Mapping[str, object]:
        call = Call("POST", command, "interactive", command, json=given, timeout_s=timeout_s)
        answer = _object((await self._http.request(call)).body)
        assert answer is not None  # every other answer was raised as an error
        return answer


class _RcloneFailures:
    """The errors for unexpected answers of the remote control at an address."""

    def __init__(self, url: str) -> None:
        self._url = url

    def no_answer(self, error: Exception) -> MediatuiError:
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            return Unreachable(
                f"rclone's remote control cannot be reached at {self._url}.",
                "rclone has to run with --rc; see library.rclone_rc.",
            )
        if isinstance(error, httpx.TimeoutException):
            return Transient(f"rclone's remote control at {self._url} did not answer in time.")
        return Transient(f"The connection to rclone's remote control broke ({type(error).__name__}).")

    async def refusal(self, call: Call, response: httpx.Response) -> ServiceError | None:
        status, answer = response.status_code, _object(await response.aread())
        if status in (401, 403):
            return Refused(
                f"rclone's remote control at {self._url} refuses (HTTP {status}).",
                "See library.rclone_rc_user and library.rclone_rc_password.",
                status=status,
            )
        if answer is None:
            return BadAnswer(
                f"At {self._url} something else answers than rclone's remote control (HTTP {status}).",
                "See library.rclone_rc.",
                status=status,
            )
        if status < 300:
            return None
        said = str(answer.get("error", ""))
        if "VFS" in said:  # no mount of that name, or several and none was named
            return _which_mount(self._url, said, status)
        return BadAnswer(f"rclone at {self._url} failed ({redact(said)[:EXCERPT]}).", "See its log.", status=status)


def _basic(user: str, secret: str) -> Mapping[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(f'{user}:{secret}'.encode()).decode()}"}


def _object(body: bytes) -> Mapping[str, object] | None:
    """The body as a JSON object; None when it is anything else."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _which_mount(url: str, said: str, status: int | None = None) -> BadAnswer:
    return BadAnswer(
        f"rclone at {url} does not know which mount is meant ({redact(said)[:EXCERPT]}).",
        "Name it: library.mounts takes {path, rclone_fs}.",
        status=status,
    )


def fs_of(source: str, names: Sequence[str]) -> str:
    """The one of rclone's names (``rd{ml3Um}:movies``: the braces mean flags beside the configuration) for a source in
    the mount table; empty when none fits, for example when ``--devname`` set another source. Other flags mean another
    mount."""
    if source in names:
        return source
    found = [name for name in names if source == _without_flags(name) or _without_flags(source) == name]
    return found[0] if len(found) == 1 else ""


def _without_flags(name: str) -> str:
    return re.sub(r"\{[^}]*\}", "", name, count=1)


def remote_control(settings: Settings, place: bytes) -> tuple[Rclone, str] | None:
    """A client of the remote control of the mount that a folder lies on, to be closed by the caller, and the folder's
    path below the mount; None when the mount is not rclone's, or no address is configured."""
    given, point = settings.library, mount_point_of(place)
    configured = {os.path.normpath(os.fsencode(mount.path)): mount for mount in given.mounts}
    path = innermost(configured, place)
    own = configured[path] if path is not None else None
    own_address = (own.rclone_rc or "") if own is not None else ""
    if point is not None and point.kind == RCLONE:
        base, shown, address = point.path, point.root, own_address or given.rclone_rc
    else:
        base, shown, address = path or place, b"/", own_address
    if not address:
        return None
    folder = os.path.normpath(os.path.join(shown, os.path.relpath(place, base))).lstrip(b"/")
    client = Rclone(
        address, given.rclone_rc_user, given.rclone_rc_password, fs=(own.rclone_fs or "") if own is not None else "",
        source=point.source if point is not None else "", is_own=bool(own_address),
    )  # fmt: skip
    return client, os.fsdecode(folder)


async def refresh(settings: Settings, place: bytes) -> str | None:
    """Makes rclone read a folder of a mount again; returns why it did not, as a sentence, empty when it said OK, None
    when there is no remote control."""
    found = remote_control(settings, place)
    if found is None:
        return None
    client, folder = found
    try:
        said = await client.refresh(folder)
        if folder and said == NOT_KNOWN:  # rclone has not listed what it lies in, or not since it was made
            await client.refresh("")
            said = await client.refresh(folder)
    except ServiceError as error:
        return error.message
    finally:
        await client.close()
    mount = f" of its mount {redact(client.fs)[:EXCERPT]}" if client.fs else ""
    return f"rclone could not read {redact(folder)[:EXCERPT] or 'the root'}{mount} ({said})." if said else ""
