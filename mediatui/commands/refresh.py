"""Fetching single torrents again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediatui.commands.options import words

if TYPE_CHECKING:
    from mediatui.commands.answer import Answer


@dataclass(frozen=True, slots=True)
class Refresh:
    """The options of ``refresh``."""

    ids: tuple[str, ...] = words("ID...", required=True)


async def refresh(answer: Answer, options: Refresh) -> int:
    """Fetches each torrent again, one request each; one that fails alone is named, and the others go on."""
    from mediatui.archive.sync.refresh import refresh_rows
    from mediatui.model.errors import MediatuiError
    from mediatui.model.human import counted
    from mediatui.model.text import printable
    from mediatui.services.errors import BadAnswer, DeadLink, NotFound, Permanent
    from mediatui.store.torrents.listing import find_torrent, torrents_by_id

    done = 0
    async with answer.workspace() as workspace:
        wanted: dict[str, str] = {}
        problems: dict[str, MediatuiError] = {}
        for text in dict.fromkeys(options.ids):
            try:
                torrent = await workspace.read(find_torrent, text)
                wanted[torrent.id] = torrent.filename
            except MediatuiError as error:
                problems[text] = error
        if problems and not wanted:
            raise next(iter(problems.values()))
        account = workspace.connect()
        for torrent_id, name in wanted.items():
            try:
                await refresh_rows(workspace.db, account, [torrent_id])
            except (NotFound, BadAnswer, DeadLink, Permanent) as error:
                problems[torrent_id] = error
                continue
            (row,) = await workspace.read(torrents_by_id, [torrent_id])
            state = f"{row.status} {row.progress:g}%  {row.class_}  {printable(name)}"
            fields = {"torrent_id": row.id, "name": row.filename, "status": row.status, "progress": row.progress}
            answer.row("refreshed", {**fields, "class": row.class_, "links": row.links_count}, f"{row.id}  {state}")
            done += 1
    for text, problem in problems.items():
        answer.row("failure", {"torrent_id": text, "reason": problem.message})
        answer.said("error", f"{printable(text)}: {problem.sentence}")
    failed = len(problems)
    more = f", {failed:,} failed" if failed else ""
    counts = {"done": done, "failed": failed}
    answer.result(f"{counted(done, 'torrent')} refreshed{more}.", ok=not failed, counts=counts)
    return 1 if failed else 0
