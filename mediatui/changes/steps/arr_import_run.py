"""One import through Sonarr or Radarr from the last look before it to what came of it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from mediatui.changes.arr_holds import does_hang, note_arr_answers, note_arr_away, note_arr_hangs, note_root_away
from mediatui.changes.arr_proof import Proven, Records, prove_files, read_records, strays, texts_at
from mediatui.changes.arr_roots import MOST_NAMES, look_at_root
from mediatui.changes.file_proof import prove
from mediatui.changes.free_place import read_folders, read_names, recorded_below, taken_by
from mediatui.changes.in_root_dir import Outdated, missing_folders, run_blocking
from mediatui.changes.servers.note import note_links, told_servers
from mediatui.changes.servers.watch_state import keep_watched
from mediatui.changes.step_run import Outcome, StepRun
from mediatui.changes.steps.arr_rescan import why_no_rescan
from mediatui.changes.steps.import_command import ImportEnd, find_earlier, send_import
from mediatui.changes.steps.imported_links import note_proven
from mediatui.changes.steps.symlinks import make_link
from mediatui.changes.transfer_in_hand import TransferInHand
from mediatui.model.arr_import import Replaced, SentFile
from mediatui.model.errors import GuardTripped
from mediatui.model.human import counted
from mediatui.model.stuck import sentence_of
from mediatui.model.text import join_words, printable
from mediatui.model.transfer import FREE, Event, Hold, HoldKind, State, Transfer
from mediatui.model.transfer_errors import hold_for
from mediatui.runtime.events import Said
from mediatui.services.errors import NotFound, ServiceError
from mediatui.store.transfers.change import MovedOn
from mediatui.system.helper_process import TimedOut, ask
from mediatui.system.threads import in_thread

if TYPE_CHECKING:
    from mediatui.changes.steps.import_records import ArrImport
    from mediatui.services.arr.library import ArrLibrary

RESCAN_S: Final = 600.0
NEXT_RUN: Final = "What was sent is looked for by the next run."
PUT_BACK: Final = "put link back"
"""The journal's word for an old link that went without a new one in its place."""


class ImportRun(TransferInHand):
    """One step on its way. ``run`` says how it ended; a transfer not all of which is in the library is in staging again
    then, with what keeps it."""

    def __init__(self, act: StepRun, step: ArrImport, library: ArrLibrary, transfer: Transfer) -> None:
        super().__init__(act.ctx, transfer)
        self._act, self._step, self._library, self._arr = act, step, library, library.arr
        self._sent = step.sent
        self._in_root: list[str] = []
        self._folders: list[str] = []
        self._item_folder = ""

    async def run(self) -> Outcome:
        """Looks first what became of what was sent; sends what was not."""
        try:
            ended = await find_earlier(self._act, self._arr)
            if ended is None:
                if (stopped := await self._why_not(self._sent)) is not None:
                    return stopped
                ended = await self._send(self._sent)
            return await self._judged(ended)
        except MovedOn as error:
            return Outcome("skipped", error.message)

    async def _judged(self, ended: ImportEnd) -> Outcome:
        """What came of it, where the service can be asked."""
        try:
            return await self._judge(ended)
        except NotFound as error:
            await self._put_back(self._sent)
            return await self._ask("target", {"unsure": error.message.rstrip(".")}, error.message)
        except ServiceError as error:
            arr = self._arr
            await self._act.ctx.db.write(note_arr_away, arr.name, arr.title, error, self._act.ctx.clock())
            return Outcome("planned", f"{error.message} {NEXT_RUN}")

    # Before

    async def _why_not(self, files: Sequence[SentFile]) -> Outcome | None:
        """How the step ends where nothing must be sent now; None where it may be."""
        act, arr, now = self._act, self._arr, self._act.ctx.clock()
        try:
            if await does_hang(arr):
                await act.ctx.db.write(note_arr_hangs, arr.name, arr.title, now)
                return await self._back(None, sentence_of("arr-hangs", {"service": arr.title}, now))
            item = await self._library.item(self._step.item)
            trouble = await look_at_root(act.ctx, self._library, item)
            self._in_root = sorted(trouble.names)[:: max(1, len(trouble.names) // MOST_NAMES)]
            if trouble.why:
                await act.ctx.db.write(note_root_away, arr.name, arr.title, trouble, now)
                return await self._back(None, f"{arr.title} is asked to import nothing: {trouble.why}")
            records = await read_records(self._library, self._step.item)
            naming = await arr.naming()
            names = await read_names(self._library, records.folder)
            self._folders = await read_folders(self._library, records.folder)
            self._item_folder = self._library.path_map.to_ours(records.folder)
        except NotFound as error:
            return await self._ask("target", {"unsure": error.message.rstrip(".")}, error.message)
        except ServiceError as error:
            return await self._away(error)
        if why := self._why_changed(records, files):
            return await self._back(None, why)
        replaced = {one.path for sent in files for one in sent.replaces}
        recorded = recorded_below(records.folder, (one.path for one in records.files))
        recorded |= recorded_below(records.folder, map(self._library.path_map.to_theirs, replaced))
        if place := taken_by(files, names, recorded, renames=naming.renames):
            return await self._ask("import", {"place": printable(place)}, f"{place} lies there already, in no record")
        return await self._unread(files)

    def _why_changed(self, records: Records, files: Sequence[SentFile]) -> str:
        """Why what was planned is out of date: another file has come meanwhile, or one that was to go is gone."""
        planned = {one.record for sent in files for one in sent.replaces}
        present = {one.id for sent in files for one in records.of_any(sent)}
        if (present - {*self._step.known}) or not planned <= {one.id for one in records.files} | self._taken_away():
            return f"{self._arr.title} has other files of it than when it was planned"
        return ""

    def _taken_away(self) -> set[int]:
        """The records of links that an earlier step of the batch has taken away: a rescan drops them."""
        return {one.record for sent in self._sent for one in sent.replaces if one.dead}

    async def _unread(self, files: Sequence[SentFile]) -> Outcome | None:
        """Looks at each link once more, and reads head and tail of what it leads to: a target that does not answer
        hangs the service."""
        links = await texts_at(self._act, [one.link for one in files])
        for sent, text in zip(files, links, strict=True):
            name = sent.file.rpartition("/")[2]
            if text != sent.target:
                return await self._ask("files", {"unstaged": name}, f"{name}: its link in staging is gone")
            proof = await prove(self._act.ctx, os.fsencode(sent.target))
            if proof.away or proof.state == "late":
                raise GuardTripped(f"{name}: {proof.why}")
            if proof.state != "proven":
                detail = {"expired": name} if proof.state == "expired" else {"unlike": name, "said": proof.why}
                return await self._ask("files", detail, f"{name}: {proof.why}")
        return None

    async def _send(self, files: Sequence[SentFile]) -> ImportEnd:
        records = await self._library.records(self._step.item)
        ids = {one for sent in files for one in sent.ids}
        record: dict[str, object] = {
            "service": self._step.service, "item": self._step.item, "title": self._step.title,
            "files": [one.file for one in files], "paths": [str(one.entry["path"]) for one in files],
            "replaced": [
                {"path": one.path, "text": one.text, "record": one.record} for sent in files for one in sent.replaces
            ],
            "monitored": sorted(ids & records.monitored),
            "unmonitors": (await self._library.management()).unmonitors, "in_root": self._in_root,
            "folder": self._item_folder, "folders": self._folders,
        }  # fmt: skip
        olds = [os.fsencode(one.path) for sent in files for one in sent.replaces]
        for warning in await keep_watched(self._act.ctx, self._act.batch, olds):
            self._act.events.put_nowait(Said("warning", warning))
        return await send_import(self._act, self._arr, record, [dict(one.entry) for one in files])

    # After

    async def _judge(self, ended: ImportEnd) -> Outcome:
        """What came of it, whatever it says of itself; a rest that a bad file kept from being tried is sent once
        more."""
        bad: SentFile | None = None
        while True:
            stopped = await self._not_ended(ended) or await self._root_gone(ended)
            if stopped is not None:
                return stopped
            proven = {found.sent.file for found in await self._proven(self._sent)}
            lacking = [one for one in self._sent if one.file not in proven]
            named = self._named_by(ended, lacking)
            rest = [one for one in lacking if one is not named]
            if named is None or len(ended.files) < len(self._sent) or not rest:
                return await self._settle(ended, lacking, named or bad or self._left_out(ended, lacking))
            bad = named
            if (stopped := await self._why_not(rest)) is not None:
                return stopped
            ended = await self._send(rest)

    def _left_out(self, ended: ImportEnd, lacking: Sequence[SentFile]) -> SentFile | None:
        """The file without which the rest was sent once more."""
        return next((one for one in lacking if one.file not in ended.files), None)

    async def _not_ended(self, ended: ImportEnd) -> Outcome | None:
        """How the step ends where nothing is known yet, or nothing was taken."""
        act, arr, now = self._act, self._arr, self._act.ctx.clock()
        if ended.refused:
            said = {"service": arr.title, "refused": printable(ended.refused)}
            return await self._ask("import", said, f"{arr.title} refuses the import: {ended.refused}")
        if ended.away is not None:
            await act.ctx.db.write(note_arr_away, arr.name, arr.title, ended.away, now)
            if not ended.is_sent:
                return await self._back(None, ended.away.message)
            return Outcome("planned", f"{ended.away.message} {NEXT_RUN}")
        await act.ctx.db.write(note_arr_answers, arr.name)
        if ended.goes_on:
            at = ended.record.get("at")
            file = next((one.file.rpartition("/")[2] for one in self._sent if one.file in ended.files), "")
            since = float(at) if isinstance(at, int | float) else now
            await act.ctx.db.write(note_arr_hangs, arr.name, arr.title, now, printable(file), since)
            return Outcome("planned", f"{arr.title} works on it still")
        return None

    async def _root_gone(self, ended: ImportEnd) -> Outcome | None:
        """How the step ends where the root folder looks like that of an absent volume now: what was imported lies in
        the bare mount point then. Nothing is believed, put back or rescanned before the volume is there again."""
        item = await self._library.item(self._step.item)
        held = ended.record.get("in_root")
        trouble = await self._library.root_trouble(item, held=held if isinstance(held, list | tuple) else ())
        if not trouble.looks_empty:
            return None
        arr = self._arr
        await self._act.ctx.db.write(note_root_away, arr.name, arr.title, trouble, self._act.ctx.clock())
        return Outcome("planned", f"{trouble.why}. {NEXT_RUN}")

    async def _proven(self, files: Sequence[SentFile]) -> Sequence[Proven]:
        """The files that are in the library, each noted. What lies there without a record is taken on by one
        rescan."""
        records = await read_records(self._library, self._step.item)
        proven = await prove_files(self._act, self._library, records, files, self._step.known)
        if len(proven) < len(files) and await self._is_astray(records, files, proven) and await self._rescan():
            records = await read_records(self._library, self._step.item)
            proven = await prove_files(self._act, self._library, records, files, self._step.known)
        for one in proven:
            await note_proven(self._act, self._step, one)
        return proven

    async def _is_astray(self, records: Records, files: Sequence[SentFile], proven: Sequence[Proven]) -> bool:
        """Whether a link of ours lies in the folder of the item, in no record."""
        done = {one.sent.file for one in proven}
        texts = [os.fsencode(one.target) for one in files if one.file not in done]
        folder = os.fsencode(self._library.path_map.to_ours(records.folder))
        seconds = self._act.ctx.settings.library.mount_timeout_s
        try:
            return bool(await in_thread(lambda: ask(strays, folder, texts, seconds=seconds)))
        except (TimedOut, OSError):
            return False

    async def _rescan(self) -> bool:
        """Has this one item rescanned, where that does no harm; whether it was."""
        try:
            if await why_no_rescan(self._act, self._library, self._step.item):
                return False
            command = await self._arr.rescan(self._step.item)
            await self._act.note("rescan after an import", {"command": command})
            scale = self._act.scale
            await self._arr.wait_for(command, most_s=RESCAN_S * scale, poll_s=scale)
        except ServiceError:
            return False
        return True

    def _named_by(self, ended: ImportEnd, lacking: Sequence[SentFile]) -> SentFile | None:
        """The file at which a failed import stopped: it, and all after it, were not tried."""
        unread = "" if ended.end is None else ended.end.unread
        if not unread or ended.end is None or ended.end.status != "failed":
            return None
        return next((one for one in lacking if unread in (one.target, one.entry.get("path"))), None)

    async def _settle(self, ended: ImportEnd, lacking: Sequence[SentFile], bad: SentFile | None) -> Outcome:
        """How it ends once everything was looked at."""
        title = self._arr.title
        if not lacking:
            return Outcome("done", "" if len(self._sent) == 1 else f"{counted(len(self._sent), 'file')} imported")
        back = await self._put_back(lacking)
        name = printable((bad or lacking[0]).file.rpartition("/")[2])
        if bad is not None:
            return await self._ask("files", {"service": title, "unread": name}, f"{title} cannot read {name}")
        if ended.end is not None and ended.end.status == "failed":
            known = {"service": title, "unproven": name, "said": "it does not know its number any more"}
            return await self._ask("episode", known, f"{title} failed: it does not know what {name} is for")
        known = {"service": title, "unproven": name, **({"back": join_words(back)} if back else {})}
        hold = hold_for("not-proven", FREE, self._act.ctx.clock(), detail=known)
        why = f"{title} has no record of {name}" + (f"; put back: {join_words(back)}" if back else "")
        return await self._back(hold, why, ended="failed")

    async def _put_back(self, lacking: Sequence[SentFile]) -> list[str]:
        """Puts old links back that went while nothing came in their place, with one rescan; returns what is said of
        them. Of files the way to their recycle bin is named. What a killed run was putting back is rescanned too."""
        back: list[str] = []
        begun = {line.after.get("path") for line in await self._act.lines() if line.kind == PUT_BACK}
        placed = bool(begun)
        for one in [old for sent in lacking for old in sent.replaces]:
            if one.dead or not await run_blocking(self._act, lambda old=one: _is_gone(old)):  # type: ignore[misc]
                back += [os.path.basename(one.path)] if one.path in begun else []
                continue
            if one.text and await self._place_old(one, is_noted=one.path in begun):
                placed = True
                back.append(os.path.basename(one.path))
            elif not one.text:
                back.append(f"{os.path.basename(one.path)} is a file: look in the recycle bin of {self._arr.title}")
        if placed:
            await self._rescan()
        return [printable(one) for one in back]

    async def _place_old(self, one: Replaced, *, is_noted: bool) -> bool:
        path, text = os.fsencode(one.path), os.fsencode(one.text)
        ctx = self._act.ctx
        if not is_noted:
            await ctx.db.write(note_links, told_servers(ctx.settings), [(path, "placed")], ctx.clock())
            await self._act.note(PUT_BACK, {"path": one.path, "target": one.text})

        def place() -> None:
            make_link(self._act, path, text, missing_folders(self._act, path), ())

        try:
            await run_blocking(self._act, place)
        except (Outdated, OSError):
            return False
        return True

    # How it ends

    async def _away(self, error: ServiceError) -> Outcome:
        await self._act.ctx.db.write(note_arr_away, self._arr.name, self._arr.title, error, self._act.ctx.clock())
        return await self._back(None, error.message)

    async def _ask(self, code: str, detail: Mapping[str, Any], why: str) -> Outcome:
        hold = Hold(HoldKind.CHOICE, code, detail, since=self._act.ctx.clock())
        return await self._back(hold, why, ended="failed")

    async def _back(self, hold: Hold | None, why: str, *, ended: str = "skipped") -> Outcome:
        """Puts the transfer back in staging."""
        said = printable(why.rstrip("."))
        await self._change(Event.NOT_IMPORTED, State.STAGED, hold=hold, why=said, facts={"sent": self._step.files})
        return Outcome("failed" if ended == "failed" else "skipped", said)


def _is_gone(old: Replaced) -> bool:
    """Whether nothing is at the place of an old file any more, in a folder that is seen."""
    path = os.fsencode(old.path)
    return not os.path.lexists(path) and os.path.isdir(os.path.dirname(os.path.dirname(path)))
