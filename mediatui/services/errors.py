"""The errors of services, by the reaction they require.

ServiceError
├── Refused          stop everything, inform the user
├── SlowDown         pause every lane
├── Exhausted        the account's allowance is used up; nothing is broken
├── NoSlot           wait for a slot
├── Transient        the service failed, the connection broke, time ran out: try again
│   ├── Unreachable  no connection at all
│   └── StartingUp   it is not ready yet; nothing was done
├── Uncertain        a call that must not be made twice broke off; it may have been done
├── NotFound         it does not know this id
├── DeadLink         suspect; to be checked twice
├── LinkExpired      a fresh link may do
├── Infringing       the file is blocked
├── Permanent        never retried
└── BadAnswer        a good status, but not what the API promises
"""

from __future__ import annotations

from mediatui.model.errors import ServiceFailure


class ServiceError(ServiceFailure):
    """A call of a service failed; ``status`` is the HTTP status, ``code`` the service's own error code."""

    def __init__(self, message: str, hint: str = "", *, status: int | None = None, code: int | None = None) -> None:
        super().__init__(message, hint)
        self.status = status
        self.code = code
        self.said = ""
        """What the service itself said of it; empty where that is not known."""


class Refused(ServiceError):
    """The service refuses this token, account or address."""

    kind = "refused"


class SlowDown(ServiceError):
    """Too many requests; ``retry_after`` is what the service asked for, in seconds, or None."""

    kind = "slow-down"
    retry_after: float | None = None


class Exhausted(ServiceError):
    """The account's traffic or fair use is used up for now."""

    kind = "exhausted"


class NoSlot(ServiceError):
    """Too many active torrents."""

    kind = "no-slot"


class Transient(ServiceError):
    """The service failed temporarily; a retry may succeed."""

    kind = "transient"


class Unreachable(Transient):
    """The service cannot be reached at all."""

    kind = "unreachable"


class StartingUp(Transient):
    """The service has just been started and accepts no requests yet; the request was not begun."""

    kind = "starting-up"


class Uncertain(ServiceError):
    """A call that must not be made twice broke off; the service may have done it."""

    kind = "uncertain"


class NotFound(ServiceError):
    """The service does not know this id."""

    kind = "not-found"


class DeadLink(ServiceError):
    """The hoster no longer has the file (19) or the service no longer has it (24)."""

    kind = "dead-link"


class LinkExpired(ServiceError):
    """A direct link does not lead to its file any more; a fresh one may."""

    kind = "link-expired"


class Infringing(ServiceError):
    """The file is blocked."""

    kind = "infringing"


class Permanent(ServiceError):
    """The request can never succeed."""

    kind = "permanent"


class BadAnswer(ServiceError):
    """The answer is not what the API promises."""

    kind = "bad-answer"
