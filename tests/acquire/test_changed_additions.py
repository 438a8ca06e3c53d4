"""How additions to Sonarr and Radarr are changed before they are made: all of a service, and what the plan says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mediatui.acquire.adding import Offers
from mediatui.acquire.changed_additions import MONITORED, PROFILE, ROOT, additions_of, changed, parts_of
from mediatui.changes.steps.arr_add import AddFilm, AddSeries, need_of
from mediatui.changes.steps.begin_transfer import SendTransfer
from mediatui.model.plan import Plan
from mediatui.services.arr.adding import Profile
from mediatui.services.arr.records import RootFolder
from mediatui.settings import Settings

LANE = AddSeries(
    what="Harbor Lane (2018)", service="sonarr", title="Harbor Lane", year=2018, profile=1, root="/tv", tvdb_id=71,
    seasons=(1, 2),
)  # fmt: skip
SIGNAL = replace(LANE, what="Signal (2016)", tvdb_id=72, profile=2, seasons=(1,))
FILM = AddFilm(
    what="Quiet Harbor (2014)", service="radarr", title="Quiet Harbor", year=2014, profile=4, root="/films", tmdb_id=6
)
SEND = SendTransfer(what="a", hash="a" * 40, bytes=2000, needs=(need_of(LANE),))
SAID = "Sonarr: Harbor Lane (2018) is added, S01 monitored, Any, in /tv."
OFFERS = {
    "sonarr": Offers(
        (Profile(1, "Any"), Profile(2, "HD")),
        (RootFolder(1, "/tv", True, 10**12), RootFolder(2, "/lost"), RootFolder(3, "/anime", True, 1000)),
    ),
    "radarr": Offers((Profile(4, "Any"),), (RootFolder(1, "/films", True, 10**12),)),
}


def plan_of(*steps: Any) -> Plan:
    return Plan("grab", "Send", steps, says=("2 are left.", SAID))


def after(plan: Plan, *parts: tuple[str, str]) -> Plan:
    for service, name in parts:
        plan = changed(plan, Settings(), OFFERS, service, name)
    return plan


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([PROFILE], "S01, S02 monitored, HD, in /tv."),
        ([PROFILE, PROFILE], "S01, S02 monitored, Any, in /tv."),
        ([ROOT], "S01, S02 monitored, Any, in /anime."),
        ([ROOT, ROOT], "S01, S02 monitored, Any, in /tv."),
        ([MONITORED], "monitored but for specials, Any, in /tv."),
        ([MONITORED, MONITORED], "monitored from now on, Any, in /tv."),
        ([MONITORED, MONITORED, MONITORED], "nothing monitored, Any, in /tv."),
        ([MONITORED] * 4, "S01, S02 monitored, Any, in /tv."),
    ],
)
def test_a_part_is_changed_to_the_next_it_can_be_and_said(parts: list[str], said: str) -> None:
    found = after(plan_of(LANE, SEND), *(("sonarr", name) for name in parts))
    room = ("/anime has 1.0 kB free for 2.0 kB (links take none).",) if "/anime" in said else ()
    assert found.says == ("2 are left.", *room, f"Sonarr: Harbor Lane (2018) is added, {said}")
    assert found.steps[1] == SEND
    assert need_of(additions_of(found)[0]) == need_of(LANE)


def test_all_that_goes_to_a_service_is_changed_and_nothing_of_another() -> None:
    found = after(plan_of(LANE, SIGNAL, FILM, SEND), ("sonarr", PROFILE), ("sonarr", MONITORED), ("radarr", MONITORED))
    lane, signal, film = additions_of(found)
    assert (lane, signal) == (replace(LANE, profile=2, monitor="all"), replace(SIGNAL, profile=2, monitor="all"))
    assert film == replace(FILM, monitored=False)
    assert found.says[-1] == "Radarr: Quiet Harbor (2014) is added, Any, in /films, not monitored."
    assert len(found.says) == 4


def test_the_parts_say_what_there_is_no_other_of() -> None:
    parts = parts_of(plan_of(FILM, LANE), OFFERS)
    assert [(one.service, one.name, one.value, one.note) for one in parts] == [
        ("radarr", PROFILE, "Any", "there is no other"),
        ("radarr", ROOT, "/films", "1.0 TB free, there is no other"),
        ("radarr", MONITORED, "yes", ""),
        ("sonarr", PROFILE, "Any", ""),
        ("sonarr", ROOT, "/tv", "1.0 TB free"),
        ("sonarr", MONITORED, "the seasons it is sent for", ""),
    ]
    alone = plan_of(FILM)
    assert after(alone, ("radarr", PROFILE), ("radarr", ROOT)).steps == alone.steps
