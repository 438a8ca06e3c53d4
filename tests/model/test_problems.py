"""What class a row gets: one table of facts and what they mean, and what must hold for any facts."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediatui.model.name_filter import FILTERED, filtered_part
from mediatui.model.problems import (
    BY_RANK,
    CLASSES,
    PROBLEM_INFO,
    PROBLEMS,
    Class,
    ClassGroup,
    ClassInput,
    Diagnosis,
    Undo,
    classify,
    own_reason,
)
from mediatui.model.torrent import STATUSES
from tests.worlds.any_text import any_text

NOW = 1_790_000_000
MINUTE = 60


def facts(status: str = "downloaded", **more: Any) -> ClassInput:
    """A row that is fine: one file, one link, added long ago."""
    given: dict[str, Any] = {
        "status": status, "error": None, "seeders": None, "speed": None, "added_at": NOW - 90 * 86_400,
        "ended_at": NOW - 90 * 86_400, "links_count": 1, "selected_count": 1, "health": None, "health_code": None,
        "health_at": None, "gone_at": None, "filename": "Film.2020.mkv", "original_filename": "Film.2020",
    }  # fmt: skip
    return ClassInput(**{**given, **more})


def looked(health: str, code: int | None, **more: Any) -> ClassInput:
    return facts(health=health, health_code=code, health_at=NOW - MINUTE, **more)


def downloading(age: int, **more: Any) -> ClassInput:
    return facts("downloading", added_at=NOW - age, ended_at=None, links_count=0, **more)


def converting(age: int) -> ClassInput:
    return facts("magnet_conversion", added_at=NOW - age, ended_at=None, links_count=None, selected_count=None)


def finished(ago: int, links: int | None, selected: int | None, **more: Any) -> ClassInput:
    return facts(ended_at=NOW - ago, links_count=links, selected_count=selected, **more)


TABLE: list[tuple[str, ClassInput, Class, str, int | None]] = [
    ("finished", facts(), "ok", "", None),
    ("looked at and well", looked("ok", None), "ok", "", None),
    ("looked at, nothing learnt", looked("unknown", None), "ok", "", None),
    # on its way
    ("queued for ever", facts("queued", added_at=1), "working", "queued", None),
    ("compressing", facts("compressing", added_at=1, seeders=0, speed=0), "working", "compressing", None),
    ("uploading", facts("uploading", added_at=1, seeders=0, speed=0), "working", "uploading", None),
    ("a lively download", downloading(86_400, seeders=3, speed=9), "working", "downloading", None),
    ("a download without figures", downloading(86_400), "working", "downloading", None),
    ("no seeders yet", downloading(19 * MINUTE + 59, seeders=0, speed=9), "working", "downloading", NOW + 1),
    ("no seeders for 20 minutes", downloading(20 * MINUTE, seeders=0, speed=9), "stalled", "no seeders 20", None),
    ("no progress yet", downloading(5 * MINUTE, seeders=9, speed=0), "working", "", NOW + 15 * MINUTE),
    ("no progress for 20 minutes", downloading(20 * MINUTE, seeders=9, speed=0), "stalled", "no progress 20", None),
    ("a download of unknown age", downloading(0, seeders=0)._replace(added_at=None), "working", "", None),
    ("just converting", converting(0), "working", "magnet conversion", NOW + 10 * MINUTE + 1),
    ("converting for 10 minutes", converting(10 * MINUTE), "working", "magnet conversion", NOW + 1),
    ("converting for longer", converting(10 * MINUTE + 1), "stalled", "converted after 10 minutes", None),
    # statuses that say it themselves
    ("nothing selected", facts("waiting_files_selection"), "needs selection", "files to be selected", None),
    ("a virus", facts("virus"), "virus", "virus", None),
    ("an error", facts("error"), "error", "internal error", None),
    ("no peers", facts("dead"), "dead", "no peers", None),
    ("a bad magnet", facts("magnet_error"), "magnet error", "magnet", None),
    ("an unknown status", facts("transmuting"), "temporary", "unknown status transmuting", None),
    ("a status of the old tool", facts("hoster_unavailable"), "temporary", "status hoster_unavailable", None),
    # links and files
    ("as many links as files", finished(3600, 5, 5), "ok", "", None),
    ("links not known", finished(3600, None, 5), "ok", "", None),
    ("selection not known", finished(3600, 1, None), "ok", "", None),
    ("one link missing", finished(3600, 4, 5), "partial", "4 links for 5 files", None),
    ("no link at all", finished(3600, 0, 1), "partial", "0 links for 1 file", None),
    ("one link for many files", finished(3600, 1, 1200), "rar", "one link for 1,200 files", None),
    ("one link for two files", finished(3600, 1, 2), "rar", "one link", None),
    ("links still being made", finished(59, 1, 5), "working", "just now", NOW + 1),
    ("the grace is over", finished(60, 4, 5), "partial", "4 links", None),
    ("finished at an unknown time", finished(0, 4, 5)._replace(ended_at=None), "partial", "4 links", None),
    # looks at links
    ("failed once", looked("unknown", 19), "temporary", "failed once (19)", None),
    ("failed once, and partial", looked("unknown", 19, links_count=2, selected_count=3), "partial", "2 links", None),
    ("dropped by the hoster", looked("dead", 19), "aged out", "(19)", None),
    ("dropped by the service", looked("dead", 24), "evicted", "(24)", None),
    ("dead for an unknown reason", looked("dead", None), "evicted", "(gone)", None),
    ("not found", looked("dead", 404), "evicted", "(404)", None),
    ("not found, by its code", looked("dead", 7), "evicted", "(7)", None),
    ("dead rather than partial", looked("dead", 19, links_count=2, selected_count=3), "aged out", "(19)", None),
    ("blocked", looked("dead", 35), "likely blocked", "(35)", None),
    # what the archive noted when it asked
    ("our time-out", facts(error="host did not answer in time."), "temporary", "next sync asks again", None),
    ("our broken connection", facts(error="The connection to x broke (ReadError)."), "temporary", "broke", None),
    ("unreachable", facts(error="x cannot be reached (ConnectError)."), "temporary", "reached", None),
    ("a failure in passing", facts(error="Real-Debrid failed in passing (HTTP 502)."), "temporary", "502", None),
    ("an id not known", facts(error="Real-Debrid does not know this id (HTTP 404, code 7)."), "error", "404", None),
    ("refused", facts(error="Real-Debrid refused the request (HTTP 400, code 2)."), "error", "refused", None),
    # messages of Redriva
    ("timeout", facts(error="timeout"), "temporary", "timeout", None),
    ("Timed out", facts(error="Read timed out."), "temporary", "Read timed out;", None),
    ("Time-out", facts(error="Gateway Time-out"), "temporary", "Time-out", None),
    ("404", facts(error="HTTP 404 after timeout"), "error", "HTTP 404", None),
    ("403", facts(error="403 Forbidden"), "error", "403", None),
    ("503", facts(error="HTTP 503: Service Unavailable"), "temporary", "503", None),
    ("5xx", facts(error="server error 5xx"), "temporary", "5xx", None),
    ("quota", facts(error="Quota exceeded"), "temporary", "Quota", None),
    ("429", facts(error="HTTP 429"), "temporary", "429", None),
    ("connection", facts(error="ClientConnectorError: Connection refused"), "temporary", "Connection", None),
    ("json", facts(error="JSONDecodeError: Expecting value"), "temporary", "JSON", None),
    ("anything else", facts(error="infringing_file"), "error", "infringing_file", None),
    ("its error status with a timeout", facts("error", error="timeout"), "temporary", "timeout", None),
    ("its error status with a 404", facts("error", error="HTTP 404"), "error", "HTTP 404", None),
    ("a virus with a timeout", facts("virus", error="timeout"), "virus", "virus", None),
    # not on the account any more
    ("gone", facts(gone_at=NOW - 1), "gone", "not list it", None),
    ("gone and a virus", facts("virus", gone_at=1), "gone", "", None),
    ("gone and dead", looked("dead", 19, gone_at=1, filename="A.WEB-DL"), "gone", "", None),
]  # fmt: skip


@pytest.mark.parametrize(("given", "name", "reason", "due"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_facts_make_the_class(given: ClassInput, name: Class, reason: str, due: int | None) -> None:
    found = classify(given, NOW)
    assert (found.name, found.due) == (name, due)
    assert reason in found.reason
    assert bool(found.reason) == (name != "ok")


def test_the_table_knows_every_class_and_every_status() -> None:
    assert {row[2] for row in TABLE} == set(CLASSES)
    assert {row[1].status for row in TABLE} >= set(STATUSES)


RE_ADDED: list[ClassInput] = [
    facts("error"), facts("dead"), facts("magnet_error"), finished(3600, 1, 9), finished(3600, 4, 5),
    looked("dead", 19), looked("dead", 24), downloading(3600, seeders=0), facts(error="HTTP 404"),
]  # fmt: skip
LEFT: list[ClassInput] = [
    facts(), looked("ok", None), facts("queued"), downloading(60, seeders=0), facts("waiting_files_selection"),
    facts("virus"), looked("unknown", 19), facts(error="timeout"), facts("transmuting"), facts(gone_at=1),
]  # fmt: skip


@pytest.mark.parametrize(("name", "release"), [("filename", "A.WEB-DL.mkv"), ("original_filename", "a.web.h264-x")])
def test_a_filtered_name_blocks_what_would_have_to_be_added_again(name: str, release: str) -> None:
    for broken in RE_ADDED:
        plain = classify(broken, NOW)
        blocked = classify(ClassInput(**{**broken._asdict(), name: release}), NOW)
        assert blocked.name == "likely blocked", plain
        assert plain.reason in blocked.reason
        assert "filters" in blocked.reason


def test_a_filtered_name_alone_is_no_problem() -> None:
    for row in LEFT:
        assert classify(row._replace(filename="A.WEB-DL.mkv"), NOW) == classify(row, NOW)


def test_every_part_of_the_filter_is_found_and_named() -> None:
    for part in FILTERED:
        assert filtered_part(f"Film.2020.1080p.{part}-GROUP") == part
        assert filtered_part(f"Film.2020.{part.lower()}") == part.lower()
    for passing in ("Film.WEB.DL", "Film.2160p.BluRay.x265", "Film.HDTV.x265", "Film WEB x264", ""):
        assert filtered_part(passing) == ""


times = st.none() | st.integers(NOW - 5000, NOW + 5000) | st.integers(0, 2**40)
counts = st.none() | st.integers(0, 50)
names = st.sampled_from(["Film.mkv", "A.WEB-DL", "", "\u202e🎬"])
any_facts = st.builds(
    ClassInput,
    status=st.sampled_from([*STATUSES, "transmuting", ""]),
    error=st.none() | st.sampled_from(["timeout", "404", "", "."]) | any_text(),
    seeders=counts,
    speed=counts,
    added_at=times,
    ended_at=times,
    links_count=counts,
    selected_count=counts,
    health=st.sampled_from([None, "ok", "dead", "unknown", "odd"]),
    health_code=st.sampled_from([None, 7, 19, 24, 35, 404, -1]),
    health_at=times,
    gone_at=st.none() | times,
    filename=names,
    original_filename=st.none() | names,
)


@given(any_facts, st.floats(NOW - 6000, NOW + 6000))
def test_any_facts_have_a_class_that_only_time_to_come_may_change(given: ClassInput, now: float) -> None:
    found = classify(given, now)
    assert found.name in PROBLEM_INFO
    assert found.due is None or found.due > now


@pytest.mark.slow
@given(any_facts, st.integers(NOW - 6000, NOW + 6000), st.integers(1, 4000))
def test_a_class_lasts_until_it_is_due(given: ClassInput, now: int, passed: int) -> None:
    found = classify(given, now)
    if found.due is None or now + passed < found.due:
        assert classify(given, now + passed) == found
    if found.due is not None:
        assert classify(given, found.due).name != found.name


def test_every_class_is_explained() -> None:
    assert set(PROBLEM_INFO) == set(CLASSES)
    assert set(BY_RANK) == set(CLASSES)
    for name, about in PROBLEM_INFO.items():
        assert about.name == name
        assert about.sign
        assert about.meaning
        assert about.group in get_args(ClassGroup)
        assert about.undo in get_args(Undo)


def test_every_problem_can_be_acted_on() -> None:
    assert set(CLASSES) - set(PROBLEMS) == {"ok", "working", "gone"}
    for name in PROBLEMS:
        about = PROBLEM_INFO[name]
        assert about.action
        assert about.key
        assert about.command.startswith("mediatui --headless ")
    assert "add" not in PROBLEM_INFO["virus"].action
    assert "add" not in PROBLEM_INFO["likely blocked"].action


@pytest.mark.parametrize(
    ("found", "own"),
    [
        (Diagnosis("dead", "the service found no peers"), ""),
        (Diagnosis("evicted", "its link is dead: the service no longer has the file (24)"), ""),
        (Diagnosis("partial", "3 links for 10 files"), "3 links for 10 files"),
        (
            Diagnosis("likely blocked", "its name holds WEBRip, which the service filters; the service found no peers"),
            "WEBRip",
        ),
        (Diagnosis("likely blocked", "its name holds WEBRip, which the service filters; 1 link"), "WEBRip; 1 link"),
        (
            Diagnosis("likely blocked", "the service blocks one of its files (35)"),
            "the service blocks one of its files (35)",
        ),
    ],
)
def test_the_reason_of_a_row_leaves_out_what_its_class_says(found: Diagnosis, own: str) -> None:
    assert own_reason(found) == own
