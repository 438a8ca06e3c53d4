"""The root of every error a user may meet.

MediatuiError              one sentence, what it means, what to do
├── UsageError      exit 2   a wrong command line, query or setting
├── StoreError      exit 2   the database cannot be used (see ``store.database``)
├── ServiceError    exit 3   a service refused or could not be reached (see ``services.errors``)
├── Busy            exit 4   another mediatui holds the lane
└── GuardTripped    exit 4   a safety rule stopped the work
"""

from __future__ import annotations

from mediatui.model.secrets import mask_secrets


class MediatuiError(Exception):
    """An error with one sentence for the user (``message``) and, if there is a remedy, what to do (``hint``). The
    secrets of this run, which a service may have repeated, are masked in both.

    ``kind`` is the stable word of the JSON result line, ``exit_code`` the process exit code
    (interface: exit codes).
    """

    kind = "error"
    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        self.message = mask_secrets(message)
        self.hint = mask_secrets(hint)
        super().__init__(self.message)

    @property
    def sentence(self) -> str:
        """What went wrong and what to do, on one line."""
        return f"{self.message} {self.hint}".strip()


class UsageError(MediatuiError):
    """The command line, a query or a setting is wrong; the message names what was given, the hint what is allowed."""

    kind = "usage"
    exit_code = 2


class StoreError(MediatuiError):
    """The database cannot be opened, read or written."""

    kind = "store"
    exit_code = 2


class ServiceFailure(MediatuiError):
    """A service refused or could not be reached; the tree of reactions is in ``services.errors``."""

    kind = "service"
    exit_code = 3


class Busy(MediatuiError):
    """Another process holds the lane a job needs."""

    kind = "busy"
    exit_code = 4


class GuardTripped(MediatuiError):
    """A safety rule stopped the work before anything (more) changed."""

    kind = "guard"
    exit_code = 4
