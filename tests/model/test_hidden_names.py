"""Which names are hidden, and which only begin with a dot."""

from __future__ import annotations

import pytest

from mediatui.model.hidden_names import count_names, is_media_name, sentence_of_left_out, standing

SYSTEM = (
    ".Trash", ".Trash-1000", ".Trashes", ".trash", ".stfolder", ".stversions", ".git", ".plexmatch", "._A (2001).mkv",
    "._...And Justice", ".DS_Store", ".nfs000000000001", "@eaDir", "#recycle", "lost+found", ".mediatui-3-1",
)  # fmt: skip
MEDIA = (
    "...And Justice for All (1979)", "..hidden", "...", ".hack SIGN (2002)", ".hack.SIGN.S01.1080p", ".hack 1x02",
    ".hack - S01E02", ".hack.E12", ".45 (2006)", ".hack.mkv", ".hack.MP4", ".Season 1", ".saison 02", ".Livre IV",
)  # fmt: skip
BY_CONTENT = (".hack", ".cache", ".config", ".hack.nfo", ".1080p", ".x264", ".s3cfg", ".123456789")
SHOWN = ("Film (2001)", "@Home (2001)", "#Alive (2020)", "lost+found 2", "git", "_x", "")


@pytest.mark.parametrize(
    ("names", "wanted"), [(SYSTEM, "hidden"), (MEDIA, "shown"), (BY_CONTENT, "by content"), (SHOWN, "shown")]
)
def test_a_name_is_hidden_only_where_it_is_known_to_be_a_systems(names: tuple[str, ...], wanted: str) -> None:
    assert {name: standing(name.encode()) for name in names} == dict.fromkeys(names, wanted)


def test_names_of_systems_are_no_media_whatever_they_hold() -> None:
    assert not any(is_media_name(name.encode()) for name in SYSTEM)
    assert all(is_media_name(name.encode()) for name in MEDIA)
    assert is_media_name(b".clip.foo", (b".foo",))
    assert not is_media_name(b".clip.mkv", (b".foo",))


def test_what_is_left_out_is_counted_by_name() -> None:
    names = count_names([b"/L/a/@eaDir", b"/L/b/@eaDir", b"/L/.Trash-1"])
    assert names == {"@eaDir": 2, ".Trash-1": 1}
    assert sentence_of_left_out(names) == "Left out, as its name is hidden: @eaDir (2), .Trash-1."
    many = sentence_of_left_out({f".x\x1b{number}": 1 for number in range(7)})
    assert many.endswith(" and 2 other names.")
    assert "\x1b" not in many
    assert sentence_of_left_out({}) == ""
