"""rclone's remote control (``rclone rc``, version 1.60): how long a mount keeps its listings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

import httpx
from pydantic import SecretStr

from mediatui.model.secrets import keep_secret
from mediatui.services.errors import BadAnswer, Refused, ServiceError, Transient, Unreachable
from mediatui.services.redaction import redact

ANSWER_S: Final = 5.0
NANOSECONDS: Final = 1e9
EXCERPT: Final = 200


class Rclone:
    """The remote control at an address; ``fs`` is the name of the remote, needed where rclone has several mounts.
    ``close`` it, or connections stay open."""

    def __init__(
        self,
        url: str,
        user: str = "",
        password: SecretStr | None = None,
        *,
        fs: str = "",
        timeout_s: float = ANSWER_S,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._url, self._fs = url.rstrip("/"), fs
        secret = "" if password is None else password.get_secret_value()
        keep_secret(secret)
        self._client = httpx.AsyncClient(
            auth=httpx.BasicAuth(user, secret) if user or secret else None,
            timeout=timeout_s, follow_redirects=False, transport=transport,
        )  # fmt: skip

    async def close(self) -> None:
        """Closes connections."""
        await self._client.aclose()

    async def cache_s(self) -> float:
        """How many seconds old a listing may be before the service is asked again; raises ServiceError."""
        options = (await self._ask("vfs/stats")).get("opt")
        found = options.get("DirCacheTime") if isinstance(options, dict) else None
        if isinstance(found, bool) or not isinstance(found, int | float):
            raise BadAnswer(
                f"rclone at {self._url} does not tell how long it keeps listings.", "It is too old, or new."
            )
        return float(found) / NANOSECONDS

    async def _ask(self, command: str) -> Mapping[str, object]:
        given = {"fs": self._fs} if self._fs else {}
        try:
            response = await self._client.post(f"{self._url}/{command}", json=given)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise Unreachable(
                f"rclone's remote control cannot be reached at {self._url}.",
                "rclone has to run with --rc; see library.rclone_rc.",
            ) from error
        except httpx.TimeoutException as error:
            raise Transient(f"rclone's remote control at {self._url} did not answer in time.") from error
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise Transient(f"The connection to rclone's remote control broke ({type(error).__name__}).") from error
        return self._read(response)

    def _read(self, response: httpx.Response) -> Mapping[str, object]:
        status = response.status_code
        if status in (401, 403):
            raise Refused(
                f"rclone's remote control at {self._url} refuses (HTTP {status}).",
                "See library.rclone_rc_user and library.rclone_rc_password.",
                status=status,
            )
        try:
            answer = json.loads(response.content)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise BadAnswer(
                f"At {self._url} something else answers than rclone's remote control (HTTP {status}).",
                "See library.rclone_rc.",
                status=status,
            )
        if status >= 300:
            raise self._error(str(answer.get("error", "")), status)
        return answer

    def _error(self, said: str, status: int) -> ServiceError:
        if "VFS" in said:  # none of that name, or several and none named
            return BadAnswer(
                f"rclone at {self._url} does not know which mount is meant ({redact(said)[:EXCERPT]}).",
                "Name it: library.mounts takes {path, rclone_fs}.",
                status=status,
            )
        return BadAnswer(f"rclone at {self._url} failed ({redact(said)[:EXCERPT]}).", "See its log.", status=status)
