"""What can go wrong with an SSH login and the files behind it, by the reaction it needs.

ServiceError
├── Transient › SftpAway       the server cannot be reached, or the connection broke: try again
├── Refused › LoginRefused     it refuses user, key and password
├── HostKeyError               stop: nobody knows who answers
│   ├── HostKeyUnknown         no key of this host is pinned
│   └── HostKeyChanged         it shows another key than the pinned one (exit 4)
├── NotFound › RemoteMissing   nothing lies at that path
├── SeveralFit                 names there differ in their Unicode form only
├── RemoteChanged              the file is not what it was
├── BadPiece                   bytes are not what the torrent says, twice
├── FileTaken                  another file has the name here
└── Permanent › RemoteRefused  the server does not do that
"""

from __future__ import annotations

from mediatui.services.errors import NotFound, Permanent, Refused, ServiceError, Transient


class SftpAway(Transient):
    """The SSH server cannot be reached, speaks no SFTP, or the connection broke."""

    kind = "sftp-away"


class LoginRefused(Refused):
    """The server refuses the user, or each key and password that was tried."""

    kind = "client-refused"


class HostKeyError(ServiceError):
    """Nobody can say whether the server is the one that is meant. ``shown`` is the fingerprint of the key it shows,
    empty where it shows none that can be used."""

    kind = "host-key"

    def __init__(self, message: str, hint: str, *, algorithm: str = "", shown: str = "") -> None:
        super().__init__(message, hint)
        self.algorithm = algorithm
        self.shown = shown


class HostKeyUnknown(HostKeyError):
    """No key of this host is pinned yet."""


class HostKeyChanged(HostKeyError):
    """The server shows another key than the one that is pinned, or none of that kind."""

    exit_code = 4


class RemoteMissing(NotFound):
    """Nothing lies at a path there, or no file."""

    kind = "remote-missing"


class SeveralFit(ServiceError):
    """Several files there could be the one that is meant."""

    kind = "files"


class RemoteChanged(ServiceError):
    """A file there has another size or time than when its fetch began."""

    kind = "remote-changed"


class BadPiece(ServiceError):
    """A piece was fetched twice, and is not what the torrent says; ``pieces`` are their numbers from 0."""

    kind = "bad-piece"

    def __init__(self, message: str, hint: str, pieces: tuple[int, ...]) -> None:
        super().__init__(message, hint)
        self.pieces = pieces


class FileTaken(ServiceError):
    """Another file has the name that a fetched one is to get."""

    kind = "file-taken"


class NoSpace(ServiceError):
    """The disk here would be fuller than it may get."""

    kind = "no-space"


class RemoteRefused(Permanent):
    """The server does not allow, or cannot do, what was asked."""

    kind = "remote-refused"
