"""Repairing a series at once: only files of the same season and episode, whatever the names are."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediatui.changes.steps.symlinks import RelinkSymlink
from mediatui.library.maintenance.repair_links.series_batch import numbers_by_name, plan_series, series_of
from mediatui.model.finding import Finding
from mediatui.store.database import open_reader, prepare

FOLDER = b"/library/Series/Drama/Foundation (2021)/Saison 01"
STORED = b"/mount/all/Foundation.S01.1080p"


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """An archive with nothing in it."""
    path = Path(tmp_path_factory.mktemp("archive")) / "mediatui.db"
    prepare(path)
    with closing(open_reader(path)) as reader:
        yield reader


def dead(name: str, candidates: tuple[str, ...] = ()) -> Finding:
    facts = [{"path": os.fsdecode(STORED) + "/" + one, "score": 99, "why": "", "allowed": True} for one in candidates]
    return Finding("repair", FOLDER + b"/" + name.encode(), "", STORED + b".old/x.mkv", {"candidates": facts})


forms = st.sampled_from(
    ["S{s:02d}E{e:02d}", "S{s:02d}E{e:02d}E{n:02d}", "{s}x{e:02d}", "S{s:02d}E{e:03d}", "{e:02d}", "E{e:02d}", ""]
)
names = st.builds(
    lambda form, s, e: f"Foundation.{form.format(s=s, e=e, n=e + 1)}.mkv", forms, st.integers(1, 3), st.integers(1, 25)
)


@pytest.mark.slow
@given(links=st.lists(names, max_size=5), files=st.lists(names, max_size=6))
def test_no_link_is_ever_pointed_at_a_file_of_other_numbers(
    connection: sqlite3.Connection, links: list[str], files: list[str]
) -> None:
    beside = [STORED + b"/" + name.encode() for name in files]
    plan = plan_series(connection, [dead(name) for name in links], STORED + b"/Foundation.S01E01.mkv", beside)
    for step in plan.steps:
        assert isinstance(step, RelinkSymlink)
        numbers = numbers_by_name(os.fsencode(step.path))
        assert numbers is not None
        assert numbers == numbers_by_name(os.fsencode(step.new_target))
    assert len(plan.steps) + len(plan.notes) == len(links)


def test_a_file_of_another_title_is_left_alone_and_said(connection: sqlite3.Connection) -> None:
    finding = dead("Foundation (2021) - S01E02.mkv", ("Dark.S01E02.mkv",))
    plan = plan_series(connection, [finding], STORED + b"/Foundation.S01E01.mkv", [])
    assert plan.steps == ()
    assert "no file of S01E02" in plan.notes[0][1]


def test_a_folder_of_several_shows_gives_only_files_of_the_confirmed_one(connection: sqlite3.Connection) -> None:
    beside = [STORED + b"/Dark.S01E02.mkv", STORED + b"/Foundation.S01E03.sample.mkv", STORED + b"/S01E04.mkv"]
    links = [dead(f"Foundation (2021) - S01E0{number}.mkv") for number in (2, 3, 4)]
    plan = plan_series(connection, links, STORED + b"/Foundation.S01E01.mkv", beside)
    assert [step.new_target for step in plan.steps if isinstance(step, RelinkSymlink)] == [
        os.fsdecode(STORED) + "/S01E04.mkv"
    ]
    assert len(plan.notes) == 2


def test_a_show_of_the_same_title_and_another_year_is_left_alone(connection: sqlite3.Connection) -> None:
    finding = dead("Foundation (2021) - S01E02.mkv", ("Foundation.1990.S01E02.mkv", "Foundation.S01E02.mkv"))
    plan = plan_series(connection, [finding], STORED + b"/Foundation.2021.S01E01.mkv", [])
    [step] = plan.steps
    assert isinstance(step, RelinkSymlink)
    assert step.new_target.endswith("/Foundation.S01E02.mkv")


def test_of_two_files_of_one_episode_the_best_candidate_is_taken(connection: sqlite3.Connection) -> None:
    both = ("Foundation.S01E02.1080p.mkv", "Foundation.S01E02.720p.mkv")
    beside = [STORED + b"/" + name.encode() for name in both]
    finding = dead("Foundation (2021) - S01E02.mkv", both)
    [step] = plan_series(connection, [finding], STORED + b"/Foundation.S01E01.mkv", beside).steps
    assert isinstance(step, RelinkSymlink)
    assert step.new_target.endswith("1080p.mkv")


def test_episodes_of_one_folder_are_one_series_and_films_are_none() -> None:
    one = series_of(FOLDER + b"/Foundation (2021) - S01E02.mkv")
    assert one == series_of(FOLDER.replace(b"01", b"02") + b"/Foundation (2021) - S02E01.mkv")
    assert one.title
    assert series_of(b"/library/Films/Dune (2021).mkv") != series_of(b"/library/Films/Alien (1979).mkv")


def test_a_link_of_a_half_is_only_pointed_at_that_half(connection: sqlite3.Connection) -> None:
    beside = [STORED + b"/Foundation." + name + b".mkv" for name in (b"S01E02a", b"S01E03b.1080p", b"S01E04.Extended")]
    links = [dead(f"Foundation (2021) - {name}.mkv") for name in ("S01E02b", "S01E03b", "S01E04")]
    [step] = plan_series(connection, links, STORED + b"/Foundation.S01E01.mkv", beside).steps
    assert isinstance(step, RelinkSymlink)
    assert step.new_target.endswith("S01E03b.1080p.mkv")


def test_files_of_another_title_than_the_links_are_named_as_such(connection: sqlite3.Connection) -> None:
    """A person may confirm a file of another title; the steps of the others say so before they are done."""
    beside = [STORED + b"/Fondation.S01E02.mkv", STORED + b"/Foundation.S01E03.mkv"]
    links = [dead(f"Foundation (2021) - S01E0{number}.mkv") for number in (2, 3)]
    [step] = plan_series(connection, links, STORED + b"/Fondation.S01E01.mkv", beside).steps
    assert isinstance(step, RelinkSymlink)
    assert step.new_target.endswith("Fondation.S01E02.mkv")
    assert "of another title than the link (fondation)" in step.reason
    [own] = plan_series(connection, links, STORED + b"/Foundation.S01E01.mkv", beside).steps
    assert "another title" not in own.reason


def test_a_file_without_a_title_is_of_the_confirmed_series_only_by_its_folder(connection: sqlite3.Connection) -> None:
    mixed = b"/mount/all/Downloads"
    plan = plan_series(connection, [dead("Foundation (2021) - S01E02.mkv")], mixed + b"/Foundation.S01E01.mkv",
                       [mixed + b"/S01E02.mkv"])  # fmt: skip
    assert plan.steps == ()
