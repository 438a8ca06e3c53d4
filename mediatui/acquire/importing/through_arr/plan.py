"""What becomes of staged transfers that a Sonarr or Radarr looks after: it is asked what it sees and would do, we
compare and assign, and what is left is one import for each season or film, with every file named in it.

Nothing is changed here. Every look is made again right before the import is sent (``changes.steps.arr_import_run``).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mediatui.acquire.importing.assign import Assigned, Assignment, AssignOptions, Question, assign, season_aliases
from mediatui.acquire.importing.plan import MB, ImportOptions, PlannedImport, of_season
from mediatui.acquire.importing.through_arr.candidate import Candidate
from mediatui.acquire.importing.through_arr.film import doubt_by_length, doubt_by_name, needs_length
from mediatui.acquire.importing.through_arr.listing import Hangs, Listing, is_late, list_files
from mediatui.acquire.importing.through_arr.look import why_not_seen, why_not_staged
from mediatui.acquire.importing.through_arr.making import ImportSteps
from mediatui.acquire.importing.through_arr.said import said_of
from mediatui.acquire.importing.through_arr.sift import Sifted, Sifting
from mediatui.acquire.mount.holds import hold_mount, note_mount_alive
from mediatui.acquire.mount.staging_names import folder_name
from mediatui.changes.arr_clients import ArrClients
from mediatui.changes.arr_holds import (
    does_hang,
    note_arr_answers,
    note_arr_away,
    note_arr_hangs,
    note_root_away,
    why_held,
)
from mediatui.changes.arr_proof import Records, read_records
from mediatui.changes.arr_roots import look_at_root
from mediatui.changes.file_proof import prove
from mediatui.changes.steps.arr_refresh import ArrRefresh, was_refreshed
from mediatui.changes.steps.lacking import was_asked
from mediatui.model.arr import named_title, roots_of
from mediatui.model.arr_import import SentFile, sent_from_text
from mediatui.model.errors import MediatuiError
from mediatui.model.stuck import sentence_of
from mediatui.model.target import Target, number_text
from mediatui.model.text import printable
from mediatui.model.transfer import HoldKind, Transfer
from mediatui.model.transfer_file import TransferFile
from mediatui.runtime.context import Context
from mediatui.services.errors import NotFound, ServiceError
from mediatui.settings.places import staging_folder, staging_path_at
from mediatui.store.transfers.files import files_of
from mediatui.store.transfers.holds import release_service
from mediatui.store.transfers.rows import history_of

if TYPE_CHECKING:
    from mediatui.names.episode_numbers import EpisodeNumbers
    from mediatui.services.arr.importing import ImportEntry, ItemFacts
    from mediatui.services.arr.library import ArrLibrary
    from mediatui.services.arr.records import Episode


class _Away(Exception):
    """Nothing can be asked of the service now: what holds it is noted, and this is the sentence."""


async def plan_through_arr(
    ctx: Context, service: str, wanted: Sequence[tuple[Transfer, Sequence[Target]]], options: ImportOptions
) -> list[PlannedImport]:
    """What becomes of transfers that one service looks after, one after the other."""
    now = ctx.clock()
    clients = ArrClients(ctx)
    planned: list[PlannedImport] = []
    try:
        for transfer, targets in wanted:
            held = await ctx.db.read(why_held, service, now) or await ctx.db.read(why_held, roots_of(service), now)
            if held:
                planned.append(PlannedImport(transfer, away=held))
                continue
            try:
                library = clients.library(service)
                planned.append(await _Planning(ctx, library, transfer, targets, options).plan())
            except _Away as away:
                planned.append(PlannedImport(transfer, away=str(away)))
            except ServiceError as error:
                title = named_title(service)
                await ctx.db.write(note_arr_away, service, title, error, now)
                planned.append(PlannedImport(transfer, away=error.message.rstrip(".")))
            except MediatuiError as error:
                planned.append(PlannedImport(transfer, away=error.message.rstrip(".")))
    finally:
        await clients.close()
    return planned


class _Planning:
    """One transfer and its service."""

    def __init__(
        self, ctx: Context, library: ArrLibrary, transfer: Transfer, targets: Sequence[Target], options: ImportOptions
    ) -> None:
        self._ctx, self._library, self._arr = ctx, library, library.arr
        self._transfer, self._options = transfer, options
        self._targets = [of_season(one, options.season) for one in targets]
        self._service = library.arr.name
        self._left: list[tuple[str, str]] = []
        self._files: Sequence[TransferFile] = ()
        self._first: dict[int, str] = {}
        self._aliases: dict[str, int] = {}
        self._listing: Listing | None = None

    async def plan(self) -> PlannedImport:
        """What becomes of it. Raises _Away, and ServiceError."""
        if (again := await self._look_again()) is not None:
            return again
        all_files = await self._ctx.db.read(files_of, self._transfer.id)
        files = self._files = [file for file in all_files if file.wanted and file.link]
        await self._expect_service()
        items = {one.service_id: await self._item(one.service_id) for one in self._targets}
        if missing := next((number for number, item in items.items() if item is None), None):
            target = next(one for one in self._targets if one.service_id == missing)
            return self._asks(Question("target", {"named": target.named, "missing_at": self._arr.title}))
        known = {number: item for number, item in items.items() if item is not None}
        episodes = {number: await self._arr.episodes(number) if self._arr.kind == "sonarr" else () for number in known}
        settings = self._ctx.settings
        partial = self._options.partial or await self._ctx.db.read(was_asked, self._transfer.id)
        season = self._options.season
        how = AssignOptions(
            partial, settings.importing.sample_max_mb * MB, settings.library.video_endings, season, self._aliases
        )
        aired = _aired(episodes, self._ctx.clock())
        found = assign(files, self._targets, self._transfer.name, how, aired)
        if isinstance(said := await self._said(found, episodes), Question):
            return self._asks(said)
        if said:
            found = assign(files, self._targets, self._transfer.name, replace(how, said=said), aired)
        self._left += found.left
        if found.asks is not None:
            return self._asks(found.asks)
        if several := [one for one in found.imported if one.part]:
            return self._asks(Question("parts", {"service": self._arr.title, "parts": len(several)}))
        return await self._plan_files(found.imported, known, episodes)

    # Before anything is listed

    async def _expect_service(self) -> None:
        """Raises _Away while a mount hangs where the service runs."""
        now = self._ctx.clock()
        if await does_hang(self._arr):
            await self._ctx.db.write(note_arr_hangs, self._service, self._arr.title, now)
            raise _Away(sentence_of("arr-hangs", {"service": self._arr.title}, now))
        await self._ctx.db.write(note_arr_answers, self._service)
        await self._ctx.db.write(release_service, self._service)

    async def _item(self, number: int) -> ItemFacts | None:
        """A series or film, None when the service has it no more. Raises _Away while its root folder looks like that
        of an absent volume."""
        try:
            item = await self._library.item(number)
            trouble = await look_at_root(self._ctx, self._library, item)
        except NotFound:
            return None
        if trouble.why:
            now = self._ctx.clock()
            await self._ctx.db.write(note_root_away, self._service, self._arr.title, trouble, now)
            raise _Away(f"{self._arr.title} is asked to import nothing: {trouble.why}")
        await self._ctx.db.write(release_service, roots_of(self._service))
        if trouble.is_first:
            self._first[number] = f"first in {printable(trouble.root)}"
        titles = ((one.title, one.season_number) for one in item.alternate_titles)
        self._aliases |= season_aliases([(item.title, None), *titles])
        return await self._arr.item_facts(number)

    async def _why_unread(self, files: Sequence[TransferFile]) -> Question | None:
        """Reads head and tail of every target: one that does not answer would hang the service. Raises _Away."""
        for file in files:
            proof = await prove(self._ctx, file.remote)
            name = printable(file.path.rpartition("/")[2])
            if proof.state == "late":
                await self._ctx.db.write(hold_mount, "mount-busy", {"file": name}, self._ctx.clock())
            if proof.away or proof.state == "late":
                raise _Away(f"{name}: {proof.why}")
            if proof.state != "proven":
                known = {"expired": name} if proof.state == "expired" else {"unlike": name, "said": proof.why}
                return Question("files", known)
        await self._ctx.db.write(note_mount_alive, reads=True)
        return None

    # Files

    async def _plan_files(
        self,
        imported: Sequence[Assigned],
        items: Mapping[int, ItemFacts],
        episodes: Mapping[int, Sequence[Episode]],
    ) -> PlannedImport:
        files = [one.file for one in imported]
        if (asks := await self._list(files)) is not None:
            return self._asks(asks)
        listing = self._listing or Listing()
        paths = {one.file.path: self._there_of(one.file) for one in imported}
        candidates: list[Candidate] = []
        unread: list[str] = []
        for one in imported:
            path = paths[one.file.path]
            if path in listing.unread:
                unread.append(one.file.path)
                continue
            entry = listing.entries.get(path)
            if entry is None:
                name = printable(one.file.path.rpartition("/")[2])
                return self._asks(Question("files", {"service": self._arr.title, "unlisted": name}))
            ids = _ids(one, items[one.target.service_id], episodes[one.target.service_id])
            if not ids:
                number = number_text(one.season, one.episodes)
                if self._options.partial:
                    self._left.append((one.file.path, f"{self._arr.title} does not know {number}"))
                    continue
                return await self._unknown(number, items[one.target.service_id])
            item = items[one.target.service_id]
            candidates.append(Candidate(one, item, ids, path, self._transfer.name, entry))
        if not candidates:
            known = {"service": self._arr.title, "path": printable(os.fsdecode(files[0].remote))}
            return self._asks(Question("arr-cannot-see-mount", known))
        records = {number: await read_records(self._library, number) for number in items}
        judged, doubts = await self._judged(candidates), await self._doubts(candidates)
        sifting = Sifting(self._ctx, self._library, self._transfer, self._options, records, episodes)
        sifted = await sifting.sift(judged, doubts)
        asked = () if sifted.asks is None else sifted.asks.detail.get("items", ())
        if self._options.override and not sifting.items and isinstance(asked, list):
            # The numbers are those of what this plan would ask: nothing was asked before.
            sifting = replace(sifting, items=tuple(map(str, asked)))
            sifted = await sifting.sift(judged, doubts)
        self._left += sifted.left
        if sifted.hold is not None:
            return PlannedImport(self._transfer, left=tuple(self._left), hold=sifted.hold)
        if sifted.asks is not None:
            return self._asks(sifted.asks)
        then = None
        if unread:
            name = printable(unread[0].rpartition("/")[2])
            then = Question("files", {"service": self._arr.title, "unread": name})
        return self._steps(sifted, records, then)

    async def _list(self, files: Sequence[TransferFile]) -> Question | None:
        """Lists staging once, with all of these files; or says what has to be asked first. Raises as ``plan`` does."""
        if self._listing is not None:
            return None
        asks = await why_not_staged(files, self._ctx.settings.library.mount_timeout_s)
        asks = asks or await self._why_unread(files) or await why_not_seen(self._arr, files, self._there)
        if asks is not None:
            return asks
        try:
            paths = [*map(self._there_of, files)]
            self._listing = await list_files(self._arr, self._there(self._folder()), paths)
        except Hangs:
            raise await self._hangs(files[0]) from None
        return None

    async def _said(
        self, found: Assignment, episodes: Mapping[int, Sequence[Episode]]
    ) -> Mapping[str, EpisodeNumbers] | Question:
        """What the service takes the videos for that do not say their episode; or what has to be asked first."""
        nameless = [file for file in self._files if file.path in found.unnumbered]
        if not nameless or self._arr.kind == "radarr":
            return {}
        if (asks := await self._list([*nameless, *(one.file for one in found.imported)])) is not None:
            return asks
        entries = {} if self._listing is None else self._listing.entries
        listed = {one.path: entries[there] for one in nameless if (there := self._there_of(one)) in entries}
        return said_of(nameless, listed, episodes)

    def _there_of(self, file: TransferFile) -> str:
        return self._there(os.fsdecode(file.link))

    async def _unknown(self, number: str, item: ItemFacts) -> PlannedImport:
        """What becomes of it while the service does not know an episode: the series is read anew once, then a person is
        asked."""
        service, title = self._service, self._arr.title
        if await self._ctx.db.read(was_refreshed, service, item.id, self._ctx.clock()):
            return self._asks(Question("episode", {"service": title, "unknown": number}))
        step = ArrRefresh(
            what=f"{title}: {printable(item.title)}", service=service, item=item.id, title=item.title,
            transfer=self._transfer.id, risk=f"it does not know {number}; import it again once it does",
        )  # fmt: skip
        return PlannedImport(self._transfer, (step,), tuple(self._left))

    async def _judged(self, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
        """The files with what the service says of what would be sent. Only those that it has not judged so are judged
        anew: that reads them through the mount."""
        profiles = await self._arr.ordered_profiles()
        anew = [one for one in candidates if one.must_be_judged(profiles.of(one.item))]
        if not anew:
            return candidates
        bodies = [one.for_judgement(self._arr.kind, profiles.of(one.item)) for one in anew]
        try:
            judged = {one.path: one for one in await self._arr.judge_imports(bodies)}
        except ServiceError as error:
            if is_late(error):
                raise await self._hangs(anew[0].assigned.file) from None
            raise
        return [_with_judgement(one, judged.get(one.path)) if one in anew else one for one in candidates]

    async def _doubts(self, candidates: Sequence[Candidate]) -> Mapping[str, str]:
        """Why files may not be their films, by their paths in the torrent."""
        found: dict[str, str] = {}
        for one in candidates if self._arr.kind == "radarr" else ():
            why = doubt_by_name(one.name, one.item)
            if not why and needs_length(one.listed, one.item):
                why = await doubt_by_length(self._ctx, one.assigned.file.remote, one.item)
            if why:
                found[one.assigned.file.path] = why
        return found

    async def _hangs(self, file: TransferFile) -> _Away:
        name, now = printable(file.path.rpartition("/")[2]), self._ctx.clock()
        await self._ctx.db.write(note_arr_hangs, self._service, self._arr.title, now, name, now)
        return _Away(sentence_of("arr-hangs", {"service": self._arr.title, "file": name, "since": now}, now))

    def _folder(self) -> str:
        staging = staging_folder(self._ctx.settings) or b""
        name = folder_name(self._transfer.id, self._transfer.name or self._transfer.hash)
        return os.path.join(os.fsdecode(staging), name)

    def _there(self, path: str) -> str:
        return staging_path_at(self._ctx.settings, self._service, path)

    # What comes of it

    def _asks(self, question: Question) -> PlannedImport:
        return PlannedImport(self._transfer, left=tuple(self._left), asks=question)

    def _steps(self, sifted: Sifted, records: Mapping[int, Records], then: Question | None) -> PlannedImport:
        settings = self._ctx.settings
        item = self._targets[0].service_id
        making = ImportSteps(self._arr, self._transfer, self._files, self._options.by, item, self._first)
        beside = making.beside(sifted.kept) if settings.importing.subtitles else []
        placed = {one.file for one in beside}
        self._left = [(path, why) for path, why in self._left if path not in placed]
        steps = making.steps(sifted.kept, records, self._left, then, beside)
        return PlannedImport(self._transfer, steps, tuple(self._left))

    async def _look_again(self) -> PlannedImport | None:
        """The plan of a transfer of which something was not proven: it is looked for once more, and nothing is sent.
        None for any other, and for one that a person wants imported."""
        transfer = self._transfer
        hold = transfer.hold
        if self._options.by == "user" or hold.kind != HoldKind.WAITING or hold.code != "not-proven":
            return None
        events = await self._ctx.db.read(history_of, transfer.id)
        noted = next((one.facts.get("sent") for one in reversed(events) if one.facts.get("sent")), None)
        if not isinstance(noted, str):
            return None
        sent: Sequence[SentFile] = ()
        with contextlib.suppress(ValueError, KeyError, TypeError):
            sent = sent_from_text(noted)
        if not sent:
            return None
        await self._expect_service()
        files = [file for file in await self._ctx.db.read(files_of, transfer.id) if file.link]
        item = _item_of(sent, self._targets)
        target = next((one for one in self._targets if one.service_id == item), self._targets[0])
        making = ImportSteps(self._arr, transfer, files, "job", item)
        return PlannedImport(transfer, making.look_again(sent, hold.tries, target))


def _item_of(sent: Sequence[SentFile], targets: Sequence[Target]) -> int:
    entry = next((one.entry for one in sent if one.entry), {})
    number = entry.get("seriesId") or entry.get("movieId")
    return number if isinstance(number, int) else targets[0].service_id


def _with_judgement(one: Candidate, judged: ImportEntry | None) -> Candidate:
    """A file with what was said of it as it would be sent."""
    if judged is None or one.listed is None:
        return one
    listed = replace(
        one.listed, rejections=judged.rejections, custom_format_score=judged.custom_format_score,
        quality=judged.quality or one.listed.quality, series=judged.series or one.listed.series,
    )  # fmt: skip
    return replace(one, listed=listed)


def _ids(one: Assigned, item: ItemFacts, episodes: Sequence[Episode]) -> tuple[int, ...]:
    """The ids of the episodes of a file, all of them of that series, or of the film; none when one is not known."""
    if one.season is None:
        return (item.id,)
    known = {
        episode.episode_number: episode.id
        for episode in episodes
        if episode.season_number == one.season and episode.series_id in (0, item.id)
    }
    found = tuple(known[number] for number in one.episodes if number in known)
    return found if len(found) == len(one.episodes) else ()


def _aired(episodes: Mapping[int, Sequence[Episode]], now: float) -> Mapping[int, Sequence[int]]:
    """The episodes that are out and have no file yet, by season: those that a pack has to hold to be whole."""
    found: dict[int, list[int]] = {}
    for some in episodes.values():
        for one in some:
            if one.air_date_utc is not None and one.air_date_utc <= now and not one.has_file:
                found.setdefault(one.season_number, []).append(one.episode_number)
    return found
