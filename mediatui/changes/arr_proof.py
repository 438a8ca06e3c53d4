"""What proves that Sonarr or Radarr imported a file: a record of theirs, and what lies there. What they say of a
command is none."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediatui.changes.step_run import StepRun
from mediatui.model.arr_import import SentFile
from mediatui.model.path_map import read_folder
from mediatui.system.helper_process import TimedOut, ask
from mediatui.system.threads import in_thread

if TYPE_CHECKING:
    from mediatui.services.arr.importing import FiledEpisode
    from mediatui.services.arr.library import ArrLibrary


@dataclass(frozen=True, slots=True)
class Proven:
    """A file of an import that is in the library: its record there, its path (ours), and whether we see it."""

    sent: SentFile
    record: int
    path: str
    is_seen: bool = True


@dataclass(frozen=True, slots=True)
class Records:
    """The files on record of a series or film, and at Sonarr the record of each episode (0: none), by its id."""

    files: tuple[FiledEpisode, ...]
    of_episode: Mapping[int, int]
    folder: str

    def of(self, sent: SentFile) -> list[FiledEpisode]:
        """The records that may be of a file: of each of its episodes the same, or any of the film."""
        if not self.of_episode:
            return [*self.files]
        ids = {self.of_episode.get(one, 0) for one in sent.ids}
        return [one for one in self.files if ids == {one.id}]

    def of_any(self, sent: SentFile) -> list[FiledEpisode]:
        """The records of any of its episodes, or of the film."""
        if not self.of_episode:
            return [*self.files]
        ids = {self.of_episode.get(one, 0) for one in sent.ids}
        return [one for one in self.files if one.id in ids]


async def read_records(library: ArrLibrary, item: int) -> Records:
    """The present records. Raises ServiceError, NotFound for an item it does not have."""
    arr = library.arr
    facts = await arr.item_facts(item)
    files = await arr.filed(item)
    episodes = await arr.episodes(item) if arr.kind == "sonarr" else ()
    return Records(files, {one.id: one.episode_file_id for one in episodes}, facts.path)


async def prove_files(
    act: StepRun, library: ArrLibrary, records: Records, files: Sequence[SentFile], before: Collection[int]
) -> tuple[Proven, ...]:
    """Those of these files that are in the library: a record of all its episodes (or of the film) in the folder of the
    item, at which we see a link of our text. Where we see nothing of that folder, a record that was not there
    ``before``, of the same size, that the history says was taken from our path. Raises ServiceError."""
    pairs = [(sent, record) for sent in files for record in records.of(sent) if is_inside(record.path, records.folder)]
    places = [library.path_map.to_ours(record.path) for _, record in pairs]
    texts = await texts_at(act, places)
    found: dict[str, Proven] = {}
    unseen: list[tuple[SentFile, FiledEpisode]] = []
    for (sent, record), place, text in zip(pairs, places, texts, strict=True):
        if text == sent.target:
            found[sent.file] = Proven(sent, record.id, place)
        elif text is None and record.id not in before and record.size == sent.size:
            unseen.append((sent, record))
    if unseen:
        noted = {(one.data.dropped_path, one.data.file_id) for one in await library.arr.imports_noted()}
        for sent, record in unseen:
            if (str(sent.entry.get("path", "")), str(record.id)) in noted:
                place = library.path_map.to_ours(record.path)
                found.setdefault(sent.file, Proven(sent, record.id, place, is_seen=False))
    return tuple(found.values())


def is_inside(path: str, folder: str) -> bool:
    """Whether a path of theirs lies in a folder of theirs."""
    inner, outer = read_folder(path), read_folder(folder)
    if inner is None or outer is None:
        return False
    return len(inner.key) > len(outer.key) and inner.key[: len(outer.key)] == outer.key


async def texts_at(act: StepRun, paths: Sequence[str]) -> Sequence[str | None]:
    """The text of the link at each path of ours; empty for anything else or nothing there, None where the folders it
    would lie in are not seen by us at all."""
    seconds = act.ctx.settings.library.mount_timeout_s
    try:
        return await in_thread(lambda: ask(read_texts, [*map(os.fsencode, paths)], seconds=seconds))
    except TimedOut:
        return [None] * len(paths)


def read_texts(paths: Sequence[bytes]) -> list[str | None]:
    """The same; to be called in the helper process. May hang."""
    return [_text_at(path) for path in paths]


def _text_at(path: bytes) -> str | None:
    try:
        return os.fsdecode(os.readlink(path))
    except OSError:
        above = os.path.dirname(path)
        return "" if os.path.lexists(path) or os.path.isdir(above) or os.path.isdir(os.path.dirname(above)) else None


def strays(folder: bytes, texts: Sequence[bytes]) -> list[bytes]:
    """The links below a folder with one of these texts; to be called in the helper process. May hang."""
    found = []
    wanted = {*texts}
    for where, _, names in os.walk(folder):
        for path in (os.path.join(where, name) for name in names):
            if os.path.islink(path) and os.readlink(path) in wanted:
                found.append(path)
    return found
