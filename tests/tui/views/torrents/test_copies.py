"""Copies as rows: which is kept and why, what was chosen by hand, and a group that is done."""

from __future__ import annotations

from mediatui.archive.duplicates import find_duplicates
from mediatui.tui.views.torrents.copies import Copies, heading_key, totals_of
from tests.worlds.archive import Archive

SAME = "a" * 40
MORE = "b" * 40
DAY = 86_400.0
NOW = 1_790_000_000.0


def two_groups(archive: Archive) -> Copies:
    """Two files, each held twice; three links lead into the older copy of the first."""
    for name, shared in (("Film", SAME), ("Other", MORE)):
        archive.add(name, id=f"{name}new", hash=shared, bytes=700, added_at=NOW)
        archive.add(name, id=f"{name}old", hash=shared, bytes=700, added_at=NOW - DAY)
    copies = Copies()
    copies.take(find_duplicates(archive.reader, "hash", "newest"), {"Filmold": 3}, None)
    copies.narrow(None)
    return copies


def shown(copies: Copies, working: dict[str, str] | None = None) -> list[tuple[str, str, str]]:
    """What each row says first, of the library, and last."""
    rows = copies.rows("newest", working or {}, NOW)
    return [(row.cells[0].strip(), row.cells[4], row.cells[-1]) for row in rows]


def key_of(copies: Copies, torrent_id: str) -> int:
    return next(row.key for row in copies.rows("newest", {}, NOW) if row.cells[0].strip() == torrent_id)


def test_a_name_is_said_once_and_each_copy_says_what_becomes_of_it(archive: Archive) -> None:
    copies = two_groups(archive)
    assert shown(copies, {"Otherold": "deleting"}) == [
        ("Film", "", ""),
        ("Filmnew", "", "✓ keep"),
        ("Filmold", "← 3", "✗ delete"),
        ("Other", "", ""),
        ("Othernew", "", "✓ keep"),
        ("Otherold", "", "… deleting"),
    ]


def test_where_the_kept_copy_is_not_known_to_be_whole_nothing_is_marked_to_be_deleted(archive: Archive) -> None:
    copies = two_groups(archive)
    archive.writer.execute("UPDATE torrents SET status = 'error' WHERE id LIKE 'Film%'")
    copies.take(find_duplicates(archive.reader, "hash", "newest"), {}, None)
    copies.narrow(None)
    assert totals_of(copies.shown) == "1 copy in 1 group, 700 B"
    rows = shown(copies)
    at = next(at for at, row in enumerate(rows) if row[0].startswith("Film ·"))
    assert rows[at][0] == "Film · nothing is deleted: the kept one is not known to be whole"
    assert [row[2] for row in rows[at + 1 : at + 3]] == ["✓ keep", "– keep"]


def test_what_was_chosen_by_hand_is_said_and_outlives_a_new_search(archive: Archive) -> None:
    copies = two_groups(archive)
    heading = heading_key(copies.shown[0])
    assert copies.keep(key_of(copies, "Filmold"))
    copies.take(find_duplicates(archive.reader, "hash", "newest"), {}, None)
    copies.narrow(None)
    assert shown(copies)[:2] == [("Film · kept: chosen by hand", "", ""), ("Filmold", "", "✓ keep")]
    assert heading_key(copies.shown[0]) == heading
    assert not copies.keep(heading)
    copies.forget_choices()
    copies.take(find_duplicates(archive.reader, "hash", "newest"), {}, None)
    copies.narrow(None)
    assert shown(copies)[1] == ("Filmnew", "", "✓ keep")


def test_what_is_worked_on_or_done_is_not_chosen_again(archive: Archive) -> None:
    copies = two_groups(archive)
    keys = [heading_key(group) for group in copies.shown]
    assert [group.name for group in copies.chosen(keys, ())] == ["Film", "Other"]
    assert [group.name for group in copies.chosen(keys, {"Filmold"})] == ["Other"]

    cursor = key_of(copies, "Filmnew")
    archive.writer.execute("UPDATE torrents SET gone_at = 1 WHERE id = 'Filmold'")
    copies.take(find_duplicates(archive.reader, "hash", "newest"), {}, cursor)
    copies.narrow(None)
    assert shown(copies)[:3] == [("Film", "", ""), ("Filmnew", "", "✓ keep"), ("Filmold", "", "✓ deleted")]
    assert copies.chosen([cursor], ()) == []
    assert not copies.keep(cursor)
    assert not copies.leave(key_of(copies, "Filmold"))
    assert copies.leave(key_of(copies, "Othernew"))
    assert [name for name, _, _ in shown(copies)] == ["Other", "Othernew", "Otherold"]


def test_the_details_say_why_and_which_copy_the_library_uses(archive: Archive) -> None:
    copies = two_groups(archive)

    def said(key: int) -> str:
        return "\n".join(str(line) for line in copies.lines(archive.reader, key))

    assert "keep     added last" in said(key_of(copies, "Filmnew"))
    about = said(key_of(copies, "Filmold"))
    assert "delete   same info-hash as Filmnew, which is kept: added last" in about
    assert "library  3 links point at this copy" in about
    assert "deletes   1 copy in 1 group, 700 B" in said(heading_key(copies.shown[0]))
