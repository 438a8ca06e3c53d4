"""The login of this device at Real-Debrid, and the file beside the config file that keeps it.

A login is made by a code that is typed on the service's page (services/realdebrid/NOTES.md 27). Its token ends after
some time and is renewed; a file of its own keeps it, for the config file is the user's.
"""

from __future__ import annotations

import dataclasses
import json
import math
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from mediatui.model.errors import UsageError
from mediatui.model.foreign_json import parse_json
from mediatui.model.secrets import keep_secret
from mediatui.settings.secret_rules import wrong_character
from mediatui.system.file_lock import file_lock
from mediatui.system.files import NotAFile, open_file
from mediatui.system.private_files import make_folder, write_private

ORIGIN: Final = "login of this device"
"""Where the token comes from, as it is shown."""
PATIENCE_S: Final = 150.0
"""How long another process that renews the login is waited for: longer than its request and its retries may take."""
_MOST_BYTES: Final = 65_536
_SECRETS: Final = ("access_token", "refresh_token", "client_id", "client_secret")


@dataclass(frozen=True, slots=True)
class Login:
    """What the service gave: the token of requests, which ends at ``expires_at`` (epoch seconds), and what renews it.

    A login that ``ended`` was taken back by the service or its user; it stays only to say so."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    client_id: str
    client_secret: str = field(repr=False)
    expires_at: float
    ended: bool = False

    def keep_secrets(self) -> None:
        """Registers its secrets: from now on they are masked wherever text is shown."""
        for secret in (self.access_token, self.refresh_token, self.client_secret):
            keep_secret(secret)


class BadLogin(UsageError):
    """The file of the login cannot be read, or holds something else."""


class LoginFile:
    """The login beside a config file, readable by its owner only (0600)."""

    def __init__(self, config_file: Path) -> None:
        self.path = config_file.with_name(f"{config_file.stem}.login.json")
        self._lock = config_file.with_name(f".{config_file.stem}.login.lock")

    def read(self) -> Login | None:
        """The login, its secrets registered; None when there is none. Raises BadLogin."""
        try:
            with open_file(self.path) as stream:
                login = _login(parse_json(stream.read(_MOST_BYTES)))
        except FileNotFoundError:
            return None
        except NotAFile as error:
            raise self._unusable(error.message.rstrip(".")) from None
        except OSError as error:
            raise self._unusable(error.strerror or type(error).__name__) from None
        except ValueError:
            raise self._unusable("it holds something else") from None
        login.keep_secrets()
        return login

    def _unusable(self, why: str) -> BadLogin:
        return BadLogin(f"The login in {self.path} cannot be read: {why}.", "Log in again: mediatui login")

    def write(self, login: Login) -> None:
        """Keeps a login, whole or not at all; raises UnusableFolder."""
        login.keep_secrets()
        write_private(self.path, json.dumps(dataclasses.asdict(login)) + "\n")

    def remove(self) -> None:
        """Forgets the login; raises UsageError when the file stays."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise UsageError(f"{self.path} cannot be removed: {error.strerror}.") from None

    def locked(self) -> AbstractAsyncContextManager[None]:
        """Held while the login is renewed or replaced, so that no two processes do. Raises Busy, StoreError."""
        make_folder(self.path.parent, "folder of the config file", "The login is kept there.")
        return file_lock(self._lock, PATIENCE_S, "renewing the login")


def _login(content: object) -> Login:
    """The login in what was read; raises ValueError."""
    if not isinstance(content, dict):
        raise ValueError("not a login")
    access, refresh, client, secret = (_secret(content.get(name)) for name in _SECRETS)
    at = content.get("expires_at")
    if isinstance(at, bool) or not isinstance(at, int | float) or not math.isfinite(at):
        raise ValueError("not a login")
    return Login(access, refresh, client, secret, float(at), content.get("ended") is True)


def _secret(value: object) -> str:
    if not isinstance(value, str) or not value or wrong_character(value):
        raise ValueError("not a login")
    return value
