"""The calls that send a release through Sonarr or Radarr, and say what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

from pydantic import ConfigDict
from pydantic.alias_generators import to_camel

from mediatui.services.arr.activity import HistoryEvent
from mediatui.services.arr.records import Moment, QueuedCommand, TextList, Truth, read_answer
from mediatui.services.errors import BadAnswer, Permanent
from mediatui.services.http import Call

if TYPE_CHECKING:
    from mediatui.model.arr import ArrKind
    from mediatui.services.arr.http import ArrHttp

PUSH_S: Final = 60.0
"""How long the answer to a push is waited for."""
MOST_HISTORY: Final = 200


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a service says of a release that was pushed; ``approved`` does not say that it was sent."""

    __pydantic_config__ = ConfigDict(alias_generator=to_camel, extra="ignore")
    approved: Truth = False
    rejected: Truth = False
    temporarily_rejected: Truth = False
    rejections: TextList = ()


@dataclass(frozen=True, slots=True)
class _Started:
    __pydantic_config__ = ConfigDict(alias_generator=to_camel, extra="ignore")
    start_time: Moment = None


@dataclass(frozen=True, slots=True)
class _HistoryPage:
    records: tuple[HistoryEvent, ...] = ()


class SendingCalls:
    """The calls of a client that send. Each raises ServiceError."""

    kind: ArrKind
    title: str
    _http: ArrHttp

    async def push(self, body: Mapping[str, object]) -> Pushed:
        """Pushes a release (``bodies.push_body``). Raises Permanent with every reason where it is refused, and
        Uncertain when it may have been taken: it is not made again."""
        path = f"{self._http.address.api.strip('/')}/release/push"
        call = Call(
            "POST", path, "interactive", "POST /release/push", json=body, repeatable=False, about="a release",
            timeout_s=PUSH_S,
        )  # fmt: skip
        answer = read_answer((await self._http.request(call)).body, self.title, list[Pushed], "an answer to a push")
        if not answer:
            raise BadAnswer(f"{self.title} sent no answer to a push.")
        return answer[0]

    async def send_held(self, row_id: int) -> None:
        """Has it send a row of its queue that it holds, now."""
        await self._http.write("POST", f"queue/grab/{row_id}", "what it holds")

    async def clients_away(self) -> str:
        """Which of its download clients do not answer, in its words; empty when all of them do."""
        try:
            await self._http.write("POST", "downloadclient/testall", "its download clients")
        except Permanent as error:
            if error.status != 400:
                raise
            return error.said or "a download client does not answer"
        return ""

    async def up_for(self) -> float | None:
        """For how many seconds it runs, by its own clock; None when it does not say."""
        call = Call("GET", f"{self._http.address.api.strip('/')}/system/status", "interactive", "GET /system/status")
        answer = await self._http.request(call)
        started = read_answer(answer.body, self.title, _Started, "a status").start_time
        try:
            now = parsedate_to_datetime(answer.headers.get("date", "")).timestamp()
        except ValueError:
            return None
        return None if started is None else now - started

    async def refresh_downloads(self) -> int:
        """Has it ask its download clients anew; the id of the command."""
        body = {"name": "RefreshMonitoredDownloads"}
        answer = await self._http.write("POST", "command", "the command RefreshMonitoredDownloads", body)
        return read_answer(answer, self.title, QueuedCommand, "an answer to a command").id

    async def history_of_download(self, info_hash: str) -> tuple[HistoryEvent, ...]:
        """What it noted of a download, the newest first; it matches hashes in capitals, exactly."""
        body = await self._http.get(
            "history", "its history", downloadId=info_hash.upper(), page=1, pageSize=MOST_HISTORY
        )
        return read_answer(body, self.title, _HistoryPage, "a history").records
