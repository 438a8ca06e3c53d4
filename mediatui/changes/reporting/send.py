"""The job that reports changes of the library to media servers, and reads back whether they have them.

What cannot be sent is kept: while a mount is away, while a target cannot be read, while a server does not answer.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mediatui.changes.reporting.choose import KnownTree, Told, choose_folders, is_utf8
from mediatui.changes.reporting.look import Looked, look_at, why_away
from mediatui.changes.reporting.prove import prove_reports
from mediatui.changes.reporting.put_back import put_back_watched
from mediatui.changes.servers.known import read_known
from mediatui.changes.servers.note import told_servers
from mediatui.changes.servers.places import ServerPlaces
from mediatui.model.errors import MediatuiError
from mediatui.model.human import counted
from mediatui.model.media_server import SERVER_TITLES, ServerName
from mediatui.model.text import printable
from mediatui.runtime.context import Context
from mediatui.runtime.events import Event, Finished, FoundRow, Phase, Said
from mediatui.store.facts import read_fact, store_fact
from mediatui.store.servers.items import KnownItem
from mediatui.store.servers.reports import (
    Report,
    drop_reports,
    end_report,
    forget_ended,
    note_sent,
    postpone,
    reports_in,
)

if TYPE_CHECKING:
    from mediatui.services.media_server import MediaServer

FIRST_RETRY_S: Final = 15.0
LONGEST_RETRY_S: Final = 600.0
PROOF_S: Final = 60.0
"""How long after a server has looked it is asked whether it has what was reported."""
SAME_TIME_S: Final = 1.0
"""Two times of change within that are one: the server takes the file for the one it has read."""


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """The options of the job: with ``kept`` what could not be sent before is tried again at once."""

    kept: bool = False


async def report_to_servers(ctx: Context, options: ReportOptions) -> AsyncGenerator[Event, None]:
    """The job. A server that does not answer is a warning; what was for it is kept."""
    servers, now = told_servers(ctx.settings), ctx.clock()
    await ctx.db.write(forget_ended, servers, now)
    open_reports = await ctx.db.read(reports_in, "waiting", "sent")
    due = [one for one in open_reports if one.is_due(now) or (options.kept and one.tries)]
    sent, missed = 0, 0
    if due:
        yield Phase("reporting to media servers")
        if why := await why_away(ctx):
            await ctx.db.write(postpone, due, why, now + FIRST_RETRY_S, 1)
            yield Said("warning", f"{_waiting(len(due))}: {why}.")
            due = []
    for name in servers:
        own = [one for one in due if one.server == name]
        if not own:
            continue
        busy = {one.reported: one.due_at for one in open_reports if one.server == name and one.state == "sent"}
        try:
            async with contextlib.aclosing(_Told(ctx, name, own, busy).run()) as events:
                async for event in events:
                    sent += isinstance(event, FoundRow)
                    missed += isinstance(event, Said)
                    yield event
        except MediatuiError as error:
            left = [one for one in await ctx.db.read(reports_in, "waiting", "sent") if one in own]
            await ctx.db.write(postpone, left, error.message.rstrip("."), now + _retry_s(left), 1)
            yield Said("warning", f"{_waiting(len(left))}: {error.sentence}" if left else error.sentence)
    yield Finished("done", f"{counted(sent, 'folder')} reported to media servers." if sent else "Nothing to report.",
                   {"reported": sent, "missed": missed})  # fmt: skip


def _waiting(count: int) -> str:
    return f"{counted(count, 'report')} to media servers wait{'s' if count == 1 else ''}"


def _retry_s(reports: Sequence[Report]) -> float:
    """When what a server did not take is tried again, in seconds."""
    tries = max((one.tries for one in reports), default=0)
    return min(LONGEST_RETRY_S, FIRST_RETRY_S * 2.0 ** min(tries, 10))


class _Told:
    """One server that is told what is due for it, and asked what it has."""

    def __init__(self, ctx: Context, name: ServerName, due: Sequence[Report], busy: Mapping[str, float]) -> None:
        self._ctx = ctx
        self._name = name
        self._due = due
        self._busy = busy
        self._now = ctx.clock()

    async def run(self) -> AsyncGenerator[Event, None]:
        """Raises MediatuiError when the server does not answer; what it answered before is stored."""
        server = self._ctx.media_server(self._name, start_s=0.0)  # it is asked again soon, by another run
        try:
            places = ServerPlaces.of(self._ctx.settings, self._name, await server.libraries())
            sent = [one for one in self._due if one.state == "sent"]
            known: Mapping[bytes, KnownItem] = {}
            if sent or server.looks_at_all:
                known = await read_known(self._ctx, server, places)
            async for said in prove_reports(self._ctx, server, places, known, sent):
                yield said
            async for event in put_back_watched(self._ctx, server, places):
                yield event
            async for event in self._send(server, places, known):
                yield event
        finally:
            await server.close()

    async def _send(
        self, server: MediaServer, places: ServerPlaces, known: Mapping[bytes, KnownItem]
    ) -> AsyncGenerator[Event, None]:
        ready = await self._ready([one for one in self._due if one.state == "waiting"])
        if not ready:
            return
        looks_at = self._now + await server.looks_after_s() + PROOF_S
        rest = []
        for one in ready:
            if not await self._read_anew(server, known, one):
                rest.append(one)
        fact = await self._ctx.db.read(read_fact, self._whole)
        last_whole = {
            place: at for place, at in (fact[0] if fact else {}).items() if isinstance(at, int | float)
        }  # fmt: skip
        tree = KnownTree(known) if server.looks_at_all else None
        chosen = choose_folders(rest, places, tree, now=self._now, last_whole=last_whole, busy=self._busy)
        title = SERVER_TITLES[self._name]
        for told, until in chosen.later:
            why = f"what was reported of {printable(told.folder)} before is not read back yet"
            if told.whole:
                why = f"{title} is made to look at all of {printable(told.whole)} every five minutes at most"
            await self._ctx.db.write(postpone, [one.report for one in told.looked], why, until)
        for one in chosen.nowhere:
            if places.is_left_alone(places.theirs(one.nearest)):
                await self._ctx.db.write(drop_reports, [one.report])
                continue
            why = f"no library of {title} shows {printable(os.fsdecode(one.nearest))}"
            await self._ctx.db.write(end_report, one.report, "missed", why, self._now)
            yield Said("warning", f"{why[0].upper()}{why[1:]}.")
        for told in chosen.told:
            await server.report(told.folder, told.library)
            await self._sent(told, looks_at)
            if told.whole:
                last_whole[told.whole] = self._now
                async with self._ctx.db.transaction() as connection:
                    await store_fact(connection, self._whole, last_whole, self._now)
            yield FoundRow("report", {"server": self._name, "folder": told.folder, "library": told.library.title})

    @property
    def _whole(self) -> str:
        return f"server_whole.{self._name}"

    async def _ready(self, waiting: Sequence[Report]) -> list[Looked]:
        """What can be sent; what somebody else changed since is forgotten, the rest kept with its reason."""
        looked = await look_at(self._ctx, waiting)
        await self._ctx.db.write(drop_reports, [one.report for one in looked if not one.is_ours])
        for one in looked:
            if one.is_ours and one.why:
                await self._ctx.db.write(postpone, [one.report], one.why, self._now + _retry_s([one.report]), 1)
        return [one for one in looked if one.is_ours and not one.why]

    async def _sent(self, told: Told, looks_at: float) -> None:
        """Notes what a report was of; what is no item of a server is not read back."""
        videos = self._ctx.settings.library.video_endings
        reports = [one.report for one in told.looked]
        await self._ctx.db.write(note_sent, reports, told.folder, self._now, looks_at, False)
        for one in told.looked:
            if not (one.is_folder or one.report.place.lower().endswith(videos)):
                await self._ctx.db.write(end_report, one.report, "proven", "", self._now)
            elif not is_utf8(one.report.place):
                why = f"reported, but {SERVER_TITLES[self._name]} cannot be asked about a name that is not UTF-8"
                await self._ctx.db.write(end_report, one.report, "missed", why, self._now)

    async def _read_anew(self, server: MediaServer, known: Mapping[bytes, KnownItem], one: Looked) -> bool:
        """Has the file of a link read anew that was pointed to one of the same time of change: a report would not make
        the server read it. Returns whether it was asked for."""
        item = known.get(one.report.place) if one.report.kind == "swapped" else None
        if item is None or one.mtime is None:
            return False
        found = await server.item(item.item_id)
        if found is None or found.dated_at is None or abs(found.dated_at - one.mtime) > SAME_TIME_S:
            return False
        if not await server.read_anew(found):
            return False
        await self._ctx.db.write(note_sent, [one.report], "", self._now, self._now + PROOF_S, True)
        return True
