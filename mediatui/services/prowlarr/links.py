"""What stands behind the links of releases: a torrent, or a magnet; and why there is neither."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import httpx

from mediatui.model.torrent_file import MAX_BYTES
from mediatui.services.errors import BadAnswer, Permanent, ServiceError, SlowDown
from mediatui.services.http import Answer, Call, retry_after

DOWNLOAD: Final = "GET download"
_FOR_GOOD: Final = re.compile(r"Invalid torrent file contents|Failed to normalize provided link")
_SAID: Final = re.compile(r'description="([^"]*)"|"message":\s*"([^"]*)"')
_LIMIT: Final = re.compile(r"grab limit of \d+", re.IGNORECASE)
_REDIRECTS: Final = frozenset((301, 302, 303, 307, 308))


class LinkGone(Permanent):
    """There is no torrent behind a link any more, or never was."""

    kind = "indexer-gone"


@dataclass(frozen=True, slots=True)
class Linked:
    """What a link leads to: the bytes of a .torrent file, or a ``magnet``."""

    content: bytes = b""
    magnet: str = ""


def link_call(link: str) -> Call:
    """The request for what stands behind a link, made once: each costs the indexer a request, and may pause it."""
    return Call("GET", link, "interactive", DOWNLOAD)


def link_refusal(response: httpx.Response) -> ServiceError | None:
    """The error for an answer to such a request whose body is read; None when a torrent or a magnet came. (None, too,
    for a failure that is like any other.)"""
    status = response.status_code
    said = _said(response.text) if status >= 400 else ""
    if status == 429:
        limit = "is at its limit of grabs" if _LIMIT.search(said) else "is paused"
        error = SlowDown(f"The indexer {limit}{f' ({said})' if said else ''}.", status=status)
        error.retry_after = retry_after(response.headers)
        return error
    if status in (404, 410) or (status == 500 and _FOR_GOOD.search(response.text)):
        return LinkGone(f"The indexer has no torrent behind its link{f' ({said})' if said else ''}.", status=status)
    if status in _REDIRECTS and not response.headers.get("location", "").startswith("magnet:?"):
        return LinkGone(
            "Prowlarr leads past itself, to the indexer's own address.", "Switch off Redirect of that indexer there."
        )
    if status == 200 and len(response.content) > MAX_BYTES:
        return BadAnswer(f"More than a torrent stands behind the link ({len(response.content):,} bytes).")
    return None


def is_good(response: httpx.Response) -> bool:
    """Whether an answer has what was asked for."""
    return response.status_code == 200 or response.status_code in _REDIRECTS


def read_linked(answer: Answer) -> Linked:
    """What came. Raises LinkGone when it is no torrent."""
    if answer.status in _REDIRECTS:
        return Linked(magnet=answer.headers.get("location", ""))
    if not answer.body.startswith(b"d"):
        raise LinkGone("What stands behind the link is no torrent.")
    return Linked(content=answer.body)


def _said(text: str) -> str:
    from mediatui.services.redaction import excerpt

    match = _SAID.search(text)
    return excerpt(match[1] or match[2]).rstrip(".") if match else ""
