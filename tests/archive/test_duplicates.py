from dataclasses import replace

import pytest

from mediatui.archive.duplicates import DuplicateGroup, find_duplicates
from mediatui.model.choices import KEEPS, By, Keep
from mediatui.model.errors import UsageError
from tests.worlds.archive import DAY, NOW, Archive

SAME = "a" * 40


def select(archive: Archive, torrent_id: str, *file_ids: int) -> None:
    """Of the torrent's files only these are selected, with the counts and bytes that go with them."""
    archive.writer.execute("UPDATE torrent_files SET selected = 0 WHERE torrent_id = ?", (torrent_id,))
    for file_id in file_ids:
        archive.writer.execute(
            "UPDATE torrent_files SET selected = 1 WHERE torrent_id = ? AND file_id = ?", (torrent_id, file_id)
        )
    archive.writer.execute(
        "UPDATE torrents SET selected_count = ?, "
        "bytes = (SELECT sum(bytes) FROM torrent_files WHERE torrent_id = torrents.id AND selected) WHERE id = ?",
        (len(file_ids), torrent_id),
    )


def found(archive: Archive, by: By = "hash", keep: Keep = "newest") -> list[tuple[str, list[str]]]:
    """The groups as (id that stays, ids that can go)."""
    groups = find_duplicates(archive.reader, by, keep)
    return [(group.keeper.id, [torrent.id for torrent in group.others]) for group in groups]


def alike(archive: Archive, *names: str) -> bool:
    """Whether torrents of these names, each with its own hash, are one group by title."""
    for name in names:
        archive.add(name)
    groups = find_duplicates(archive.reader, "title", "newest")
    assert sum(1 + len(group.others) for group in groups) in (0, len(names))
    return len(groups) == 1


def test_rows_of_one_hash_are_a_group_and_the_rest_is_not(archive: Archive) -> None:
    old = archive.add("Film", hash=SAME, bytes=700, added_at=NOW - DAY)
    new = archive.add("Film again", hash=SAME, bytes=700, added_at=NOW)
    archive.add("Film", hash="b" * 40, bytes=700)
    (group,) = find_duplicates(archive.reader, "hash", "newest")
    assert (group.keeper.id, [torrent.id for torrent in group.others]) == (new, [old])
    assert (group.name, group.why, group.wasted_bytes) == ("Film again", "same info-hash", 700)


def test_rows_without_a_hash_are_not_alike(archive: Archive) -> None:
    archive.add("one", hash="")
    archive.add("two", hash="")
    assert found(archive) == []


@pytest.mark.parametrize("by", ["hash", "title"])
def test_nothing_held_twice_is_no_group(archive: Archive, by: By) -> None:
    assert found(archive, by) == []
    archive.add("Film.2010.1080p.BluRay.x264")
    archive.add("Other.2011.1080p.BluRay.x264")
    assert found(archive, by) == []


@pytest.mark.parametrize("by", ["hash", "title"])
def test_rows_the_account_no_longer_lists_count_for_nothing(archive: Archive, by: By) -> None:
    archive.add("Film.2010.1080p.A", hash=SAME, gone_at=NOW)
    first = archive.add("Film.2010.1080p.B", hash=SAME, added_at=1)
    assert found(archive, by) == []
    second = archive.add("Film.2010.1080p.C", hash=SAME, added_at=2)
    assert found(archive, by) == [(second, [first])]


@pytest.mark.parametrize(
    ("keep", "kept"), [("newest", "late"), ("oldest", "early"), ("largest", "big"), ("smallest", "small")]
)
def test_the_rule_chooses_who_stays(archive: Archive, keep: Keep, kept: str) -> None:
    for torrent_id, added_at, size in (("big", 2, 90), ("early", 1, 50), ("small", 3, 10), ("late", 4, 50)):
        archive.add(f"Film.2010.1080p.{torrent_id}", id=torrent_id, added_at=added_at, bytes=size)
    archive.add("Film.2010.1080p.undated", id="undated", added_at=None, bytes=60)
    ((keeper, others),) = found(archive, "title", keep)
    assert keeper == kept
    assert sorted([keeper, *others]) == ["big", "early", "late", "small", "undated"]
    if keep in ("newest", "oldest"):
        assert others[-1] == "undated"


def test_equal_rows_keep_the_one_that_came_first(archive: Archive) -> None:
    first, second, third = (archive.add(hash=SAME) for _ in range(3))
    for keep in KEEPS:
        assert found(archive, keep=keep) == [(first, [second, third])]


@pytest.mark.parametrize(
    "trouble",
    [{"status": "downloading"}, {"status": "dead"}, {"health": "dead"}, {"error": "infringing"}, {"selected_count": 2}],
)
@pytest.mark.parametrize("keep", ["newest", "oldest", "largest", "smallest"])
def test_a_finished_healthy_row_stays_whatever_the_rule_says(
    archive: Archive, keep: Keep, trouble: dict[str, object]
) -> None:
    for torrent_id, added_at, size in (("A", 1, 10), ("B", 9, 90)):
        archive.add("Film.2010.1080p", id=torrent_id, added_at=added_at, bytes=size, links_count=1, **trouble)
    archive.add("Film.2010.1080p", id="whole", added_at=5, bytes=50, links_count=1, selected_count=1)
    ((keeper, others),) = found(archive, "title", keep)
    assert (keeper, set(others)) == ("whole", {"A", "B"})


def test_a_row_with_files_the_keeper_lacks_never_goes(archive: Archive) -> None:
    files = [("/e1.mkv", 10), ("/e2.mkv", 20), ("/e3.mkv", 30)]
    whole = archive.add(hash=SAME, files=files, bytes=60, added_at=1)
    part = archive.add(hash=SAME, files=files, added_at=2)
    select(archive, part, 1, 2)
    assert found(archive, keep="newest") == []
    assert found(archive, keep="oldest") == [(whole, [part])]


def test_rows_a_keeper_does_not_stand_for_are_compared_among_themselves(archive: Archive) -> None:
    files = [("/e1.mkv", 10), ("/e2.mkv", 20)]
    ids = [archive.add(hash=SAME, files=files, added_at=number) for number in range(4)]
    for torrent_id, file_id in zip(ids, (1, 1, 2, 2), strict=True):
        select(archive, torrent_id, file_id)
    assert found(archive, keep="oldest") == [(ids[2], [ids[3]]), (ids[0], [ids[1]])]


def test_files_of_equal_size_are_still_different_files(archive: Archive) -> None:
    files = [("/e1.mkv", 10), ("/e2.mkv", 10)]
    for file_id in (1, 2):
        select(archive, archive.add(hash=SAME, files=files, links_count=1), file_id)
    assert found(archive) == []


@pytest.mark.parametrize(
    ("known", "unknown", "goes"),
    [
        ({}, {}, True),
        ({"links_count": 2, "selected_count": 2}, {"links_count": 2}, True),
        ({"links_count": 2, "selected_count": 2}, {"links_count": 1}, False),
        ({"links_count": 2, "selected_count": 2}, {}, False),
        ({"links_count": 2, "selected_count": 2}, {"links_count": 2, "bytes": 999}, False),
        ({"links_count": 2, "selected_count": 2}, {"links_count": 2, "selected_count": 3}, False),
        ({}, {"bytes": 1}, False),
    ],
)
def test_a_row_whose_selection_is_not_known_goes_only_when_counts_and_bytes_agree(
    archive: Archive, known: dict[str, object], unknown: dict[str, object], goes: bool
) -> None:
    first = archive.add(hash=SAME, added_at=2, **known)
    second = archive.add(hash=SAME, added_at=1, **unknown)
    assert found(archive) == ([(first, [second])] if goes else [])


def test_files_known_from_a_twin_are_not_a_known_selection(archive: Archive) -> None:
    files = [("/e1.mkv", 10), ("/e2.mkv", 20)]
    archive.add(hash=SAME, files=files, bytes=30, added_at=2)
    twin = archive.add(hash=SAME, files=files, bytes=20, added_at=1, selected_count=None)
    archive.writer.execute("UPDATE torrent_files SET selected = NULL WHERE torrent_id = ?", (twin,))
    assert found(archive) == []


def test_a_row_with_nothing_selected_can_go(archive: Archive) -> None:
    files = [("/e1.mkv", 10)]
    whole = archive.add(hash=SAME, files=files, added_at=1)
    waiting = archive.add(hash=SAME, files=files, added_at=2, status="waiting_files_selection")
    archive.writer.execute("UPDATE torrent_files SET selected = 0 WHERE torrent_id = ?", (waiting,))
    assert found(archive) == [(whole, [waiting])]


@pytest.mark.parametrize(
    "names",
    [
        ("The.Show.S01.1080p.WEB-DL.x264-FW", "The Show S01 1080p BluRay x265-NTb"),
        ("The.Show.S01.COMPLETE.1080p.WEB", "The Show S01 1080p"),
        ("The.Show.S01E02.1080p.WEB.x264-FW", "the show s01e02 1080p HDTV", "The_Show_1x02_1080p"),
        ("Élite.S01E01.720p.WEB", "Elite S01E01 720p"),
        ("Film.2010.MULTi.1080p.BluRay.x264-FW", "Film (2010) MULTi 1080p WEB"),
        ("Film.2010.2160p.WEB", "Film.2010.4K.BluRay"),
        ("2012.2009.1080p.BluRay.x264", "2012 (2009) 1080p WEB"),
        ("1917.2019.1080p.BluRay.x264", "1917 (2019) 1080p WEB"),
        ("1984.1984.1080p.BluRay.x264", "1984 (1984) 1080p WEB"),
        ("The.Daily.2024.05.12.720p.WEB", "The Daily 2024-05-12 720p"),
    ],
)
def test_names_of_the_same_thing_are_a_group(archive: Archive, names: tuple[str, ...]) -> None:
    assert alike(archive, *names)


@pytest.mark.parametrize(
    "names",
    [
        ("The.Show.S01.1080p.WEB", "The.Show.S02.1080p.WEB"),
        ("The.Show.S01.1080p.WEB", "The.Show.S01E01.1080p.WEB"),
        ("The.Show.S01.1080p.WEB", "The.Show.S01-S03.1080p.WEB"),
        ("The.Show.S01E01.1080p.WEB", "The.Show.S01E02.1080p.WEB"),
        ("The.Show.S01E01.1080p.WEB", "The.Show.S01E01E02.1080p.WEB"),
        ("The.Show.S01E01a.1080p.WEB", "The.Show.S01E01b.1080p.WEB"),
        ("The.Show.S01.Part.1.1080p.WEB", "The.Show.S01.Part.2.1080p.WEB"),
        ("The.Show.S01.1080p.WEB", "The.Show.S01.Extras.1080p.WEB"),
        ("The.Office.US.S01.1080p.WEB", "The.Office.UK.S01.1080p.WEB"),
        ("The.Daily.2024.05.12.720p.WEB", "The.Daily.2024.05.13.720p.WEB"),
        ("Film.2010.1080p.WEB", "Film.2010.720p.WEB"),
        ("Film.2010.1080p.WEB", "Film.2011.1080p.WEB"),
        ("Film.2010.1080p.WEB", "Film.2.2010.1080p.WEB"),
        ("Film.2010.Part.1.1080p.WEB", "Film.2010.Part.2.1080p.WEB"),
        ("Film.2010.CD1.720p", "Film.2010.CD2.720p"),
        ("Film.2010.1080p.WEB", "Film.2010.Directors.Cut.1080p.WEB"),
        ("Film.2010.1080p.WEB", "Film.2010.3D.1080p.WEB"),
        ("Film.2010.1080p.BluRay", "Film.2010.Complete.Collection.1080p.BluRay"),
        ("Film.2010.FRENCH.1080p.WEB", "Film.2010.MULTi.1080p.WEB"),
        ("Film.2010.FRENCH.1080p.WEB", "Film.2010.VOSTFR.1080p.WEB"),
        ("Film.2010.FRENCH.1080p.WEB", "Film.2010.GERMAN.1080p.WEB"),
        ("Film.2010.1080p.WEB", "Film.2010.MULTi.1080p.WEB"),
        ("2012.2009.1080p.WEB", "1917.2019.1080p.WEB"),
        ("2012.2009.1080p.WEB", "2012.2011.1080p.WEB"),
        ("F1.2024.Round.05.Monaco.1080p", "F1.2024.Round.06.Spain.1080p"),
    ],
)
def test_names_of_different_things_are_never_a_group(archive: Archive, names: tuple[str, ...]) -> None:
    assert not alike(archive, *names)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "1080p",
        "S01E01 1080p",
        "no quality 2010",
        "Film.1080p",
        "2012.1080p.BluRay",
        "1917.1080p.BluRay",
        "Film.Trilogy.2001-2003.1080p",
        "\u202e\x00",
        "x" * 5000 + ".2010.1080p",
    ],
)
def test_a_name_that_does_not_say_what_it_is_forms_no_group(archive: Archive, name: str) -> None:
    assert not alike(archive, name, name)


def test_a_title_group_says_what_its_rows_share(archive: Archive) -> None:
    for name in ("The.Show.S01E02.MULTi.1080p.WEB", "The Show S01E02 MULTi 1080p"):
        archive.add(name, bytes=5000)
    for name in ("Film.2010.FRENCH.720p.WEB", "Film (2010) FRENCH 720p", "Film 2010 720p FRENCH"):
        archive.add(name, bytes=4000)
    groups = find_duplicates(archive.reader, "title", "newest")
    assert [(group.name, group.wasted_bytes) for group in groups] == [
        ("Film (2010) fr 720p", 8000),
        ("The Show S01E02 1080p", 5000),
    ]
    assert {group.why for group in groups} == {"same title, season, episode and quality"}


def test_by_title_rows_of_one_hash_still_need_the_same_files(archive: Archive) -> None:
    files = [("/e1.mkv", 10), ("/e2.mkv", 20)]
    for file_id in (1, 2):
        select(archive, archive.add("The.Show.S01.1080p", hash=SAME, files=files), file_id)
    assert found(archive, "title") == []


def test_by_title_rows_without_a_hash_are_not_taken_for_one_torrent(archive: Archive) -> None:
    large = archive.add("Film.2010.1080p.A", hash="", bytes=20)
    small = archive.add("Film.2010.1080p.B", hash="", bytes=10)
    assert found(archive, "title", "largest") == [(large, [small])]


def test_half_a_season_does_not_stand_for_a_whole_one(archive: Archive) -> None:
    episodes = [("/e1.mkv", 10), ("/e2.mkv", 20)]
    whole = archive.add("The.Show.S01.1080p.A", files=[*episodes, ("/a.nfo", 1)], added_at=1)
    half = archive.add("The.Show.S01.1080p.B", files=[*episodes, ("/Sample/e.mkv", 1)], added_at=2)
    select(archive, half, 2, 3)
    assert found(archive, "title", "newest") == []
    assert found(archive, "title", "oldest") == [(whole, [half])]


def group_of_three(archive: Archive) -> DuplicateGroup:
    files = [("/e1.mkv", 10), ("/e2.mkv", 20)]
    for torrent_id in ("whole", "twin", "part"):
        archive.add("Show", id=torrent_id, hash=SAME, files=files, bytes=30)
    select(archive, "part", 1)
    (group,) = find_duplicates(archive.reader, "hash", "largest")
    return group


def test_a_keeper_chosen_by_hand_takes_the_place_of_the_other(archive: Archive) -> None:
    group = group_of_three(archive)
    assert (group.keeper.id, group.wasted_bytes) == ("whole", 40)
    chosen = group.keeping("twin")
    assert (chosen.keeper.id, [row.id for row in chosen.others], chosen.left_out) == ("twin", ["whole", "part"], ())
    assert (chosen.name, chosen.why, chosen.wasted_bytes) == (group.name, group.why, 40)
    assert group.keeping("whole") == group


def test_a_keeper_chosen_by_hand_does_not_cost_files_and_can_be_changed_back(archive: Archive) -> None:
    group = group_of_three(archive)
    part = group.keeping("part")
    assert (part.keeper.id, part.others, part.wasted_bytes) == ("part", (), 0)
    assert [row.id for row in part.left_out] == ["whole", "twin"]
    assert replace(part.keeping("whole"), others=group.others, kept_because=group.kept_because) == group


@pytest.mark.parametrize(
    ("keep", "kept", "why"),
    [
        ("newest", "new", "added last"),
        ("oldest", "old", "added first"),
        ("largest", "new", "the first of equals"),
        ("smallest", "new", "the first of equals"),
    ],
)
def test_it_is_said_why_a_rule_keeps_a_copy(archive: Archive, keep: Keep, kept: str, why: str) -> None:
    archive.add("Film", id="new", hash=SAME, bytes=10, added_at=NOW)
    archive.add("Film", id="old", hash=SAME, bytes=10, added_at=NOW - DAY)
    (group,) = find_duplicates(archive.reader, "hash", keep)
    assert (group.keeper.id, group.kept_because) == (kept, why)
    archive.writer.execute("UPDATE torrents SET status = 'error' WHERE id = ?", (kept,))
    (group,) = find_duplicates(archive.reader, "hash", keep)
    assert (group.keeper.id != kept, group.kept_because) == (True, "the only one that is whole")


def test_a_keeper_from_outside_the_group_is_refused(archive: Archive) -> None:
    with pytest.raises(UsageError) as caught:
        group_of_three(archive).keeping("else\x1b[31m")
    assert '"else[31m" is not one of these' in caught.value.message
    assert caught.value.hint == "The ids are: whole, twin, part."


@pytest.mark.parametrize(
    ("best", "other", "why"),
    [
        ("Film.2010.1080p.BluRay.x264", "Film.2010.1080p.WEB-DL.x265", "Blu-ray rather than WEB-DL"),
        ("Film.2010.1080p.BluRay.REMUX.AVC", "Film.2010.1080p.BluRay.x265", "remux rather than Blu-ray"),
        ("Film.2010.1080p.WEB-DL.H.265", "Film.2010.1080p.WEB-DL.H.264", "HEVC rather than AVC"),
        ("Film.2010.2160p.WEB-DL.DV.x265", "Film.2010.2160p.WEB-DL.x265", "Dolby Vision rather than no HDR"),
        ("Film.2010.1080p.WEB-DL.x264-A", "Film.2010.1080p.WEB-DL.x264-B", "the larger one"),
    ],
)
@pytest.mark.parametrize("swapped", [False, True])
def test_the_best_copy_stays_and_the_reason_is_said(
    archive: Archive, best: str, other: str, why: str, swapped: bool
) -> None:
    for name in (other, best) if swapped else (best, other):
        archive.add(name, id=name, bytes=90 if name == best else 10)
    (group,) = find_duplicates(archive.reader, "title", "best")
    assert (group.keeper.id, group.kept_because) == (best, why)
    assert group.keeping(other).kept_because == "chosen by hand"


def test_of_copies_of_one_hash_the_preferred_language_decides_and_a_whole_one_goes_first(archive: Archive) -> None:
    for name in ("Film.2010.1080p.ENGLISH.BluRay", "Film.2010.1080p.FRENCH.BluRay"):
        archive.add(name, hash=SAME, id=name)
    (group,) = find_duplicates(archive.reader, "hash", "best", ("french",))
    assert (group.keeper.id, group.kept_because) == ("Film.2010.1080p.FRENCH.BluRay", "has the language french")
    archive.writer.execute("UPDATE torrents SET health = 'dead' WHERE id LIKE '%FRENCH%'")
    (group,) = find_duplicates(archive.reader, "hash", "best", ("fr",))
    assert (group.keeper.id, group.kept_because) == ("Film.2010.1080p.ENGLISH.BluRay", "the only one that is whole")
