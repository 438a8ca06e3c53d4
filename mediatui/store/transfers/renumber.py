"""Targets follow the ids of their episodes: where a service numbers these anew, what transfers are for and what was
watched is counted anew too, and a transfer asks before it goes on."""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from mediatui.model.target import Target, shown_targets
from mediatui.model.transfer import OPEN, Event, Hold, HoldKind
from mediatui.store.transfers.change import change
from mediatui.store.transfers.rows import find_transfer
from mediatui.store.transfers.targets import set_targets, target_of, targets_of

_ARCHIVED: Final = "kind, '', 0, tmdb_id, tvdb_id, imdb_id, title, year, season, episodes, episode_ids, air_dates"


class Place(NamedTuple):
    """Where an episode is now: its season, its number, and the day it was first shown."""

    season: int
    number: int
    air_date: str


def follow_ids(connection: sqlite3.Connection, service: str, now: float) -> list[str]:
    """Counts anew what is for episodes whose numbers a service has changed; what changed, as ``S11E04, is S12E04``. All
    of it belongs into the transaction that reads the service's episodes."""
    rows = connection.execute(
        "SELECT DISTINCT transfers.id, state FROM transfer_targets JOIN transfers ON transfers.id = transfer_id "
        "WHERE kind = 'series' AND episode_ids <> '[]' AND ended_at IS NULL"
    ).fetchall()
    changed = [said for number, _ in rows if (said := _follow_transfer(connection, int(number), service, now))]
    archived = connection.execute(
        f"SELECT id, {_ARCHIVED} FROM watch_archive WHERE kind = 'series' AND episode_ids <> '[]'"
    ).fetchall()
    for number, *row in archived:
        _follow_archived(connection, int(number), target_of(row), service)
    return changed


def _follow_transfer(connection: sqlite3.Connection, number: int, service: str, now: float) -> str:
    before = targets_of(connection, number)
    places = _places(connection, service, (one for mapped in before for one in mapped.target.episode_ids))
    after = [dataclasses.replace(one, target=counted_anew(one.target, places)) for one in before]
    if after == before:
        return ""
    set_targets(connection, number, after)
    transfer = find_transfer(connection, number)
    if transfer.state not in OPEN:
        return ""
    was, is_now = _numbers([one.target for one in before]), _numbers([one.target for one in after])
    hold = transfer.hold
    if hold.kind != HoldKind.CHOICE:
        hold = Hold(HoldKind.CHOICE, "target", {"was": was, "is_now": is_now}, since=now)
    why = f"{service} counts it anew: was {was}, is {is_now} now"
    facts = {"for": shown_targets(after)}
    change(connection, number, Event.HELD, "job", transfer.state, hold=hold, why=why, facts=facts, now=now)
    return f"{was}, is {is_now}"


def _follow_archived(connection: sqlite3.Connection, number: int, target: Target, service: str) -> None:
    after = counted_anew(target, _places(connection, service, target.episode_ids))
    if after != target:
        connection.execute(
            "UPDATE watch_archive SET season = ?, episodes = ?, air_dates = ? WHERE id = ?",
            (after.season, json.dumps(after.episodes), json.dumps(after.air_dates), number),
        )


def counted_anew(target: Target, places: Mapping[int, Place]) -> Target:
    """A target with the numbers its episodes have now, by their ids; as it is where an episode is not found, or where
    they are in several seasons."""
    found = [places[one] for one in target.episode_ids if one in places]
    seasons = {place.season for place in found}
    if len(found) < len(target.episode_ids) or len(seasons) != 1:
        return target
    (season,) = seasons
    episodes = tuple(sorted(place.number for place in found)) if target.episodes else ()
    if (season, episodes) == (target.season, target.episodes):
        return target
    dates = tuple(place.air_date for place in sorted(found) if place.air_date)
    return dataclasses.replace(target, season=season, episodes=episodes, air_dates=dates or target.air_dates)


def _numbers(targets: Iterable[Target]) -> str:
    return ", ".join(target.numbers for target in targets)


def _places(connection: sqlite3.Connection, service: str, ids: Iterable[int]) -> dict[int, Place]:
    rows = connection.execute(
        "SELECT tvdb_id, season, number, air_date FROM arr_episodes WHERE service = ? "
        "AND tvdb_id IN (SELECT value FROM json_each(?))",
        (service, json.dumps(list(ids))),
    )
    return {int(row[0]): Place(int(row[1]), int(row[2]), str(row[3])) for row in rows}
