"""Logging in, and the token of a login from then on: renewed before it ends, kept before it is used."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Final

from mediatui.model.errors import Busy, MediatuiError
from mediatui.services.errors import Refused, ServiceError, SlowDown, Transient
from mediatui.services.realdebrid.oauth import INTERVAL_S, Credentials, Denied, DeviceCode, OAuth
from mediatui.settings.login import Login, LoginFile

EARLY_S: Final = 300.0
"""How long before its end a token is renewed."""
AGAIN_S: Final = 60.0
"""After a token was renewed, or could not be, for so long it is not tried again unless it has to be."""
LOG_IN: Final = "Log in again: mediatui login"
log = logging.getLogger(__name__)


class CodeExpired(ServiceError):
    """The code was not typed in while it lasted."""

    kind = "code-expired"


class LoginEnded(Refused):
    """There is no login any more: the service or its user took it back."""

    kind = "login-ended"


async def wait_for_login(
    oauth: OAuth,
    code: DeviceCode,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Login:
    """Asks every ``code.interval_s`` seconds until the code was typed in; returns the login. A service that cannot be
    reached for a while is asked again. Raises CodeExpired."""
    until, interval = clock() + code.lasts_s, code.interval_s
    given: Credentials | None = None
    while clock() + interval < until:
        await sleep(interval)
        try:
            given = given or await oauth.credentials(code)
            if given is not None:
                return await oauth.log_in(code, given)
        except Denied:
            break
        except SlowDown as error:
            interval = max(interval + INTERVAL_S * oauth.scale, error.retry_after or 0.0)  # RFC 8628, section 3.5
        except Transient as error:
            log.info("the login cannot be asked about: %s", error.message)
    raise CodeExpired("The code was not typed in while it lasted.", "Begin again for a new one.")


class LoginAccess:
    """The token of a login for every request (``services.http.Access``)."""

    hint = LOG_IN

    def __init__(self, file: LoginFile, oauth: OAuth, *, clock: Callable[[], float] = time.time) -> None:
        """Raises UsageError when the file cannot be read."""
        self._file = file
        self._oauth = oauth
        self._clock = clock
        self._login = file.read()
        self._one = asyncio.Lock()
        self._not_before = 0.0
        self._unwritten = False

    async def close(self) -> None:
        """Closes connections."""
        await self._oauth.close()

    async def token(self) -> str:
        """The token of the next request, renewed when it ends soon. Raises LoginEnded when there is none any more, and
        ServiceError when it has ended and cannot be renewed."""
        login, now = self._known(), self._clock()
        if self._unwritten:
            self._write(login)
        over = now >= login.expires_at
        if over or (now >= login.expires_at - EARLY_S * self._oauth.scale and now >= self._not_before):
            await self._renew(login.access_token, needed=over)
        return self._known().access_token

    async def renew(self, refused: str) -> bool:
        """Renews a token that the service refused, once in a while: what is new and refused too stays so. Raises
        ServiceError when it cannot be."""
        if self._known().access_token == refused and self._clock() < self._not_before:
            return False
        await self._renew(refused, needed=True)
        return True

    def _known(self) -> Login:
        if self._login is None or self._login.ended:
            raise LoginEnded("There is no login on this device any more.", LOG_IN)
        return self._login

    async def _renew(self, old: str, *, needed: bool) -> None:
        """Puts another token in place of ``old``, unless another request or process has: that one is taken then. A
        token that still lasts (not ``needed``) stays when it cannot be renewed."""
        async with self._one:
            if self._known().access_token != old:
                return
            try:
                async with self._file.locked():
                    await self._renew_locked(old)
            except LoginEnded:
                raise
            except MediatuiError as error:
                self._not_before = self._clock() + AGAIN_S * self._oauth.scale
                log.warning("the login is not renewed: %s", error.message)
                if needed:
                    raise _as_service_error(error) from error

    async def _renew_locked(self, old: str) -> None:
        held = self._file.read()
        if held is None or held.ended or held.access_token != old:
            self._login = held
            self._known()
            return
        try:
            new = await self._oauth.renew(held)
        except Denied as error:
            self._login = dataclasses.replace(held, ended=True)
            self._write(self._login)
            raise LoginEnded(f"The login of this device has ended: {error.message}", LOG_IN) from None
        self._login = new
        self._write(new)
        self._not_before = self._clock() + AGAIN_S * self._oauth.scale
        log.info("the login is renewed")

    def _write(self, login: Login) -> None:
        """Keeps the login before it is used. One that cannot be written now is written with the next request: it
        cannot be had again."""
        try:
            self._file.write(login)
            self._unwritten = False
        except MediatuiError as error:
            self._unwritten = True
            log.error("the login cannot be kept: %s", error.message)


def _as_service_error(error: MediatuiError) -> ServiceError:
    """Why the token cannot be renewed, as what a request may raise: a lock that is held passes, a file that cannot be
    read or written does not."""
    if isinstance(error, ServiceError):
        return error
    kind = Transient if isinstance(error, Busy) else Refused
    return kind(f"The login cannot be renewed: {error.message}", error.hint)
