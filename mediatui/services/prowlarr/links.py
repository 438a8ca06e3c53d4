"""What stands behind the links of releases: a torrent, or a magnet; and why there is neither."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import httpx

from mediatui.model.errors import UsageError
from mediatui.model.secrets import keep_secret
from mediatui.model.torrent_file import MAX_BYTES
from mediatui.services.errors import BadAnswer, Permanent, ServiceError, SlowDown
from mediatui.services.http import Answer, Call, base_address, retry_after
from mediatui.services.redaction import excerpt

if TYPE_CHECKING:
    from mediatui.settings.acquisition import ProwlarrSettings

DOWNLOAD: Final = "GET download"
_FOR_GOOD: Final = re.compile(r"Invalid torrent file contents|Failed to normalize provided link")
_SAID: Final = re.compile(r'description="([^"]*)"|"message":\s*"([^"]*)"')
_LIMIT: Final = re.compile(r"grab limit of \d+", re.IGNORECASE)
REDIRECTS: Final = frozenset((301, 302, 303, 307, 308))
TITLE_WITHIN: Final = 64 * 1024
_TITLE: Final = re.compile(rb"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)


class LinkGone(Permanent):
    """There is no torrent behind a link any more, or never was."""

    kind = "indexer-gone"


@dataclass(frozen=True, slots=True)
class Linked:
    """What a link leads to: the bytes of a .torrent file, or a ``magnet``."""

    content: bytes = b""
    magnet: str = ""


def link_call(link: str) -> Call:
    """The request for what stands behind a link: each costs the indexer a request, and may pause it."""
    return Call("GET", link, "interactive", DOWNLOAD)


def link_for_others(settings: ProwlarrSettings, link: str) -> str:
    """The whole address of a link for another program, with the key in it: it is sent in the body of a request, and
    kept nowhere. Raises UsageError where address or key are not set."""
    base, key = base_address(settings.url), settings.api_key.get_secret_value().strip()
    if base is None or not key:
        raise UsageError("prowlarr.url and prowlarr.api_key are not set.", "A release is fetched through Prowlarr.")
    keep_secret(key)
    return f"{base}/{link}{'&' if '?' in link else '?'}apikey={quote(key, safe='')}"


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
    if status in REDIRECTS and not response.headers.get("location", ""):
        return LinkGone("Prowlarr leads past itself, and does not say where to.", status=status)
    if status == 200 and len(response.content) > MAX_BYTES:
        return BadAnswer(f"More than a torrent stands behind the link ({len(response.content):,} bytes).")
    return None


def is_good(response: httpx.Response) -> bool:
    """Whether an answer has what was asked for."""
    return response.status_code == 200 or response.status_code in REDIRECTS


def read_linked(answer: Answer) -> Linked | str:
    """What came, or the address that it leads to. Raises LinkGone when it is no torrent."""
    if answer.status in REDIRECTS:
        location = answer.headers.get("location", "")
        return Linked(magnet=location) if is_magnet(location) else location
    return read_torrent(answer.body)


def read_torrent(content: bytes) -> Linked:
    """The torrent that came. Raises LinkGone, with the title of a page that came in its place."""
    if content.startswith(b"d"):
        return Linked(content=content)
    page = _TITLE.search(content[:TITLE_WITHIN])
    said = excerpt(html.unescape(page[1].decode("utf-8", "replace"))).rstrip(".") if page else ""
    raise LinkGone(f"What stands behind the link is no torrent{f' but a page ({said})' if said else ''}.")


def is_magnet(location: str) -> bool:
    """Whether a redirect leads to a magnet."""
    return location.lower().startswith("magnet:?")


def _said(text: str) -> str:
    match = _SAID.search(text)
    return excerpt(match[1] or match[2]).rstrip(".") if match else ""
