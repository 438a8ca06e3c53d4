"""The Real-Debrid REST API, as far as mediatui needs it; what it answers is read in ``answers``."""

from __future__ import annotations

import functools
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Final
from urllib.parse import quote

from mediatui.model.account import Account, ActiveCount, ListPage, PageInParts, Unrestricted
from mediatui.model.errors import UsageError
from mediatui.model.stream import DirectBody, MediaInfo, StreamAddress
from mediatui.model.torrent import ListedTorrent, TorrentDetail
from mediatui.services.budget import Budget, RequestLane
from mediatui.services.errors import BadAnswer, NotFound, Transient
from mediatui.services.fields import whole
from mediatui.services.http import Call, HttpClient, Method
from mediatui.services.realdebrid.direct_links import DirectLinks
from mediatui.services.realdebrid.http import MEDIA_INFO
from mediatui.services.realdebrid.list_parts import parts_of
from mediatui.services.realdebrid.schemas import (
    ActiveAnswer,
    AddedAnswer,
    Model,
    PlainAnswer,
    Traffic,
    UnrestrictedAnswer,
    UserAnswer,
    decode,
    read_detail,
    read_object,
    read_plain,
    read_rows,
    total_of,
)
from mediatui.services.realdebrid.streaming import read_addresses, read_media_info
from mediatui.settings.secret_rules import TOKEN_PAGE, without_blanks, wrong_secret

DOWNLOADS_A_PAGE = 5000
_LANES: Final[tuple[tuple[str, RequestLane], ...]] = (
    ("torrents/add", "add"), ("torrents/info/", "details"), ("unrestrict/link", "unrestrict"),
)  # fmt: skip
"""The request lanes of paths that the service counts apart."""
MOST_ROWS = 10_000
"""More than any page has: what is to be held at once is refused."""


def clean_token(text: str) -> str:
    """The token without blanks and control characters at its ends; raises UsageError that names what is wrong."""
    token = without_blanks(text)
    where = f"Take it from {TOKEN_PAGE}: mediatui config set realdebrid.token. Or log in with a code: mediatui login"
    if not token:
        raise UsageError("There is no Real-Debrid token.", where)
    if fault := wrong_secret("token", token, of_real_debrid=False):
        raise UsageError(f"The Real-Debrid token {fault}.", where)
    return token


class RealDebrid:
    """The Real-Debrid account behind a token: a ``DebridAccount`` (``model.account``), and what only Real-Debrid has.
    Every call raises ServiceError; ``close`` when done."""

    def __init__(self, http: HttpClient, budget: Budget, direct: DirectLinks | None = None) -> None:
        """``direct`` asks what direct links lead to; one with the defaults when left out."""
        self._http = http
        self._direct = direct or DirectLinks()
        self.budget = budget
        self._account: Account | None = None

    async def close(self) -> None:
        """Closes connections."""
        try:
            await self._direct.close()
        finally:
            await self._http.close()

    async def torrents_page(self, page: int, limit: int) -> ListPage:
        """Page ``page`` (from 1) of the list, newest first, ``limit`` rows (at most 5000) a page."""
        answer = await self.torrents_in_parts(page, limit)
        rows: list[ListedTorrent] = []
        async for part in answer.parts:
            rows += part
            if len(rows) > MOST_ROWS:
                raise BadAnswer(f"Real-Debrid sent more than {MOST_ROWS:,} rows for a page of {limit:,}.")
        return ListPage(tuple(rows), answer.total, len(rows))

    async def torrents_in_parts(self, page: int, limit: int, *, only_active: bool = False) -> PageInParts:
        """The same page, to be read part by part, however many rows the service puts into it."""
        params: dict[str, str | int] = {"page": page, "limit": limit}
        if only_active:
            params["filter"] = "active"
        answer = await self._http.get("torrents", "list", "GET /torrents", **params)
        read = functools.partial(read_rows, limit=limit)
        return PageInParts(total_of(answer), parts_of(answer, read, "torrents"))

    async def torrent(self, torrent_id: str, *, interactive: bool = False) -> TorrentDetail:
        """One torrent, whole; ``interactive`` requests do not queue behind a running sync."""
        lane: RequestLane = "interactive" if interactive else "details"
        answer = await self._http.get(f"torrents/info/{_segment(torrent_id)}", lane, "GET /torrents/info/{id}")
        detail = read_detail(decode(answer))
        if detail.row.id != torrent_id:
            raise BadAnswer(f"Real-Debrid sent the details of {detail.row.id!r} for {torrent_id!r}.")
        return detail

    async def active_count(self) -> ActiveCount:
        """How many torrents are active, and how many may be."""
        active = await self._object("torrents/activeCount", ActiveAnswer)
        return ActiveCount(active.nb, active.limit)

    async def user(self) -> Account:
        """Who the token belongs to."""
        user = await self._object("user", UserAnswer)
        return Account(user.id, user.username, user.email, user.type, user.premium, user.expiration)

    async def account(self) -> Account:
        """Who the token belongs to, asked once for as long as this client lives."""
        if self._account is None:
            self._account = await self.user()
        return self._account

    async def disable_token(self) -> None:
        """Ends the token of this client for good. Raises Refused when it had ended already."""
        await self._http.get("disable_access_token", "interactive", "GET /disable_access_token")

    async def clock_skew(self) -> float:
        """Seconds our clock is ahead of the service's (positive) or behind (negative)."""
        answer = await self._http.get("time/iso", "interactive", "GET /time/iso")
        try:
            theirs = datetime.fromisoformat(answer.body.decode().strip().strip('"')).timestamp()
        except (ValueError, OverflowError) as error:
            raise BadAnswer("Real-Debrid sent a time that cannot be read.") from error
        return time.time() - theirs

    async def traffic(self) -> tuple[Traffic, ...]:
        """What the limited hosters leave."""
        answer = await self._http.get("traffic", "interactive", "GET /traffic")
        hosts = decode(answer) if answer.body.strip() else {}
        if not isinstance(hosts, dict):
            raise BadAnswer("Real-Debrid sent something that is not a traffic table.")
        return tuple(
            Traffic(
                host,
                whole(row.get("left")),
                whole(row.get("limit")),
                str(row.get("type") or ""),
                str(row.get("reset") or ""),
            )
            for host, row in hosts.items()
            if isinstance(row, dict)
        )

    async def add_magnet(self, magnet: str) -> str:
        """Adds a magnet; returns the id of the entry. Raises Infringing for a blocked name or an account whose adds
        are paused (NOTES.md 15), NoSlot when too many are active, Uncertain when it may have been added."""
        call = Call(
            "POST", "torrents/addMagnet", "add", "POST /torrents/addMagnet", form={"magnet": magnet}, repeatable=False
        )
        return read_object(await self._http.request(call), AddedAnswer, "/torrents/add").id

    async def add_torrent(self, content: bytes) -> str:
        """Adds a .torrent file; returns and raises like ``add_magnet``."""
        call = Call("PUT", "torrents/addTorrent", "add", "PUT /torrents/addTorrent", content=content, repeatable=False)
        return read_object(await self._http.request(call), AddedAnswer, "/torrents/add").id

    async def select_files(self, torrent_id: str, files: Sequence[int] | None) -> None:
        """Selects files by id (None: all of them); that they already are is no error (202)."""
        wanted = "all" if files is None else ",".join(str(file) for file in files)
        path = f"torrents/selectFiles/{_segment(torrent_id)}"
        await self._http.request(
            Call("POST", path, "change", "POST /torrents/selectFiles/{id}", form={"files": wanted})
        )

    async def delete_torrent(self, torrent_id: str) -> bool:
        """Takes a torrent off the account; False when it was not there any more."""
        return await self._delete(f"torrents/delete/{_segment(torrent_id)}", "DELETE /torrents/delete/{id}")

    async def unrestrict(self, link: str) -> Unrestricted:
        """A direct link for one of the account's links. Raises DeadLink, Infringing, Exhausted."""
        answer = await self._http.request(
            Call("POST", "unrestrict/link", "unrestrict", "POST /unrestrict/link", form={"link": link})
        )
        made = read_object(answer, UnrestrictedAnswer, "/unrestrict/link")
        return Unrestricted(made.id, made.filename, made.filesize, made.link, made.download, bool(made.streamable))

    async def ask(self, method: Method, path: str, params: Mapping[str, str], form: Mapping[str, str]) -> PlainAnswer:
        """Any request of the API, within the budget of its kind. One that writes is not repeated when it breaks off:
        then Uncertain is raised."""
        lane: RequestLane = next(
            (lane for begin, lane in _LANES if path.startswith(begin)), "interactive" if method == "GET" else "change"
        )
        whole_list = path in ("torrents", "downloads")
        call = Call(
            method, path, "list" if whole_list else lane, f"{method} {{path}}",
            params=params, form=form or None, repeatable=method == "GET",
        )  # fmt: skip
        answer = await self._http.request(call)
        return PlainAnswer(answer.status, read_plain(answer.body), total_of(answer))

    async def download_status(self, made: Unrestricted) -> int:
        """The HTTP status of a direct link; no request of the API's. Raises Unreachable when no connection to its
        server can be made, Transient when that does not answer."""
        return await self._direct.status(made.download)

    async def stream_addresses(self, download_id: str) -> tuple[StreamAddress, ...]:
        """Where the service streams a file that was unrestricted, by the id of its row in the download list."""
        path = f"streaming/transcode/{_segment(download_id)}"
        return read_addresses(decode(await self._http.get(path, "interactive", "GET /streaming/transcode/{id}")))

    async def media_info(self, download_id: str) -> MediaInfo | None:
        """Tracks, codecs and length of a file that was unrestricted; None when the service knows nothing of it, which
        it says with 503 (NOTES.md 26)."""
        try:
            answer = await self._http.get(f"streaming/mediaInfos/{_segment(download_id)}", "interactive", MEDIA_INFO)
        except Transient as error:
            if error.status == 503:
                return None
            raise
        return read_media_info(decode(answer))

    def read_direct(self, url: str, first: int = 0) -> AbstractAsyncContextManager[DirectBody]:
        """What a direct link leads to, from the byte ``first`` on where its server skips; outside the budget, without
        the token. Raises LinkExpired, DeadLink, Exhausted, SlowDown, Transient, BadAnswer."""
        return self._direct.read(url, first)

    async def download_ids(self) -> set[str]:
        """The ids of the account's download list, all of it (one request for each 5000). Raises BadAnswer when what
        came is not the whole list."""
        ids: set[str] = set()
        while True:
            page = len(ids) // DOWNLOADS_A_PAGE + 1
            answer = await self._http.get("downloads", "list", "GET /downloads", page=page, limit=DOWNLOADS_A_PAGE)
            known = len(ids)
            count = 0
            async for part in parts_of(answer, _download_ids, "downloads"):
                count += len(part)
                ids.update(part)
            total = total_of(answer)
            if count < DOWNLOADS_A_PAGE or len(ids) < known + DOWNLOADS_A_PAGE:
                if total is not None and len(ids) < total:
                    raise BadAnswer("Real-Debrid sent only a part of the list of downloads.", "Try again later.")
                return ids

    async def delete_download(self, download_id: str) -> bool:
        """Takes a row off the download list; False when it was not there any more."""
        return await self._delete(f"downloads/delete/{_segment(download_id)}", "DELETE /downloads/delete/{id}")

    def lasting_link(self, link: str) -> str:
        """The form of a link that names the file for every account."""
        return short_link(link)

    async def _delete(self, path: str, what: str) -> bool:
        try:
            await self._http.request(Call("DELETE", path, "change", what))
        except NotFound:
            return False
        return True

    async def _object(self, path: str, model: type[Model]) -> Model:
        return read_object(await self._http.get(path, "interactive", f"GET /{path}"), model, f"/{path}")


def short_link(link: str) -> str:
    """The form of a link that names the file for every account: the first 13 characters of its id (NOTES.md 12)."""
    head, _, last = link.rpartition("/")
    return f"{head}/{last[:13]}"


def _download_ids(rows: list[object]) -> list[str]:
    """An id for each row; that of a row which has none is empty."""
    return [str(row.get("id")) if isinstance(row, dict) else "" for row in rows]


def _segment(torrent_id: str) -> str:
    """An id as one piece of a path, whatever is in it."""
    return quote(torrent_id, safe="")
