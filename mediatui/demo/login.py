"""The simulated login by device code: codes, whether they were typed in, and the tokens given for them.

It is stricter than the service may be: every code works once, and a renewal ends the tokens before it at once.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from mediatui.demo.faults import JSON_TYPE, Reply, error

PATH: Final = "/oauth/v2/"
CLIENT_ID: Final = "X245A4XAIBGVM"
GRANT: Final = "http://oauth.net/grant_type/device/1.0"
BEGIN: Final = "SIMULATED"
"""Every token begins so."""
_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass(slots=True)
class _Code:
    """A code that was given out, how often it was asked about, and the secret of the client once it was typed in."""

    user_code: str
    made_at: float
    asked: int = 0
    typed: bool = False
    client: tuple[str, str] | None = None


@dataclass(slots=True)
class _Grant:
    """What one login holds: its client, and its present tokens."""

    client: tuple[str, str]
    access_token: str = ""
    refresh_token: str = ""
    ends_at: float = 0.0


class SimulatedLogin:
    """Answers below ``/oauth/v2/``. A code is typed in by ``type_in``, or by itself when it was asked about
    ``typed_after`` times. With ``takes_unknown`` a login of another run may be renewed."""

    def __init__(
        self, clock: Callable[[], float], *, typed_after: int | None = None, takes_unknown: bool = False
    ) -> None:
        self.typed_after = typed_after
        self.interval = 5
        self.code_lasts_s = 1_800
        self.token_lasts_s = 3_600
        self._clock = clock
        self._takes_unknown = takes_unknown
        self._codes: dict[str, _Code] = {}
        self._grants: list[_Grant] = []
        self._ended: set[str] = set()

    def type_in(self, user_code: str = "") -> None:
        """A user types a code on the page and allows it; without one every code that waits."""
        for code in self._codes.values():
            if user_code in ("", code.user_code):
                code.typed = True

    def is_given(self, token: str) -> bool:
        """Whether it is the present token of a login."""
        return any(grant.access_token == token and self._clock() < grant.ends_at for grant in self._grants)

    def has_ended(self, token: str) -> bool:
        """Whether it was the token of a login and is not any more."""
        return token in self._ended or (
            not self.is_given(token) and any(token == grant.access_token for grant in self._grants)
        )

    def end(self, token: str) -> None:
        """Ends the login of a token, as the user may on the page."""
        self._ended.add(token)
        for grant in self._grants:
            if grant.access_token == token:
                self._ended.add(grant.refresh_token)
        self._grants = [grant for grant in self._grants if grant.access_token != token]

    def answer(self, method: str, path: str, query: Mapping[str, str], form: Mapping[str, str]) -> Reply:
        """The answer to one request."""
        if (method, path) == ("GET", f"{PATH}device/code"):
            return self._device_code(query)
        if (method, path) == ("GET", f"{PATH}device/credentials"):
            return self._credentials(query)
        if (method, path) == ("POST", f"{PATH}token"):
            return self._token(form)
        return error(404, 3, "unknown_method")(Reply(404))

    def _device_code(self, query: Mapping[str, str]) -> Reply:
        if query.get("client_id") != CLIENT_ID:
            return error(400, 2, "wrong_parameter")(Reply(400))
        device_code = f"{BEGIN}{secrets.token_hex(20)}"
        user_code = "".join(secrets.choice(_LETTERS) for _ in range(8))
        self._codes[device_code] = _Code(user_code, self._clock())
        return _json(
            {
                "device_code": device_code,
                "user_code": user_code,
                "interval": self.interval,
                "expires_in": self.code_lasts_s,
                "verification_url": "https://real-debrid.com/device",
            }
        )

    def _credentials(self, query: Mapping[str, str]) -> Reply:
        code = self._codes.get(query.get("code", ""))
        if query.get("client_id") != CLIENT_ID or code is None or self._is_over(code):
            return error(400, 2, "wrong_parameter")(Reply(400))
        code.asked += 1
        if self.typed_after is not None and code.asked > self.typed_after:
            code.typed = True
        if not code.typed:
            return error(403, None, "authorization_pending")(Reply(403))
        code.client = code.client or (f"{BEGIN}{secrets.token_hex(6)}", secrets.token_hex(20))
        return _json({"client_id": code.client[0], "client_secret": code.client[1]})

    def _is_over(self, code: _Code) -> bool:
        return self._clock() >= code.made_at + self.code_lasts_s

    def _token(self, form: Mapping[str, str]) -> Reply:
        client, given = (form.get("client_id", ""), form.get("client_secret", "")), form.get("code", "")
        grant = self._granted(client, given) if form.get("grant_type") == GRANT else None
        if grant is None:
            return error(403, 9, "permission_denied")(Reply(403))
        self._ended |= {grant.access_token, grant.refresh_token}
        grant.access_token = f"{BEGIN}{secrets.token_hex(22)}"
        grant.refresh_token = f"{BEGIN}{secrets.token_hex(22)}"
        grant.ends_at = self._clock() + self.token_lasts_s
        return _json(
            {
                "access_token": grant.access_token,
                "expires_in": self.token_lasts_s,
                "token_type": "Bearer",
                "refresh_token": grant.refresh_token,
            }
        )

    def _granted(self, client: tuple[str, str], given: str) -> _Grant | None:
        """The login that a code or a refresh token stands for; a code is used up by it."""
        code = self._codes.get(given)
        if code is not None and code.client == client and not self._is_over(code):
            del self._codes[given]
            self._grants.append(_Grant(client))
            return self._grants[-1]
        for grant in self._grants:
            if grant.client == client and grant.refresh_token == given:
                return grant
        if self._takes_unknown and given.startswith(BEGIN) and given not in self._ended and code is None:
            self._grants.append(_Grant(client, refresh_token=given))
            return self._grants[-1]
        return None


def _json(value: object) -> Reply:
    return Reply(200, json.dumps(value).encode(), {"content-type": JSON_TYPE})
