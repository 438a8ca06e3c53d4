"""Which files of a mount are those of an entry: names, sizes, all or none."""

from __future__ import annotations

import pytest

from mediatui.acquire.mount.fit import (
    ShownFile,
    WantedFile,
    as_shown,
    candidate_names,
    comparable,
    fit_files,
    hostile_name,
    is_one_segment,
)

SIZE = 4_000_000_001
NAME = "Fern.Valley.2019.1080p.WEB"
ALONE = ShownFile(f"{NAME}.mkv".encode(), SIZE)
SHORTER = ShownFile(f"{NAME}.mkv".encode(), SIZE - 1)
IN_FOLDER = ShownFile(f"{NAME}/{NAME}.mkv".encode(), SIZE)
FERN = [WantedFile(f"/{NAME}.mkv", SIZE)]


@pytest.mark.parametrize(
    ("candidates", "found", "doubled"),
    [
        ([[ALONE]], ALONE.path, []),
        ([[IN_FOLDER]], IN_FOLDER.path, []),
        ([[IN_FOLDER], [SHORTER]], IN_FOLDER.path, []),
        ([[IN_FOLDER], [ALONE]], None, [IN_FOLDER.path, ALONE.path]),
    ],
)
def test_a_film_of_one_file_alone_or_in_a_folder(
    candidates: list[list[ShownFile]], found: bytes | None, doubled: list[bytes]
) -> None:
    fit = fit_files(FERN, candidates)
    assert list(fit.found.values()) == ([] if found is None else [found])
    assert list(fit.doubled) == doubled


def test_another_size_is_no_fit_and_names_its_folder() -> None:
    longer = ShownFile(f"{NAME}/{NAME}.mkv".encode(), SIZE + 1)
    fit = fit_files(FERN, [[longer]])
    assert (fit.found, fit.resized, fit.folder) == ({}, {f"/{NAME}.mkv": SIZE + 1}, NAME.encode())


def season(count: int, folder: str = "Pack") -> tuple[list[WantedFile], list[ShownFile]]:
    names = [f"S01E{number:02}.mkv" for number in range(1, count + 1)]
    wanted = [WantedFile(f"/Pack/{name}", 100 + number) for number, name in enumerate(names)]
    return wanted, [ShownFile(f"{folder}/{name}".encode(), 100 + number) for number, name in enumerate(names)]


def test_all_wanted_files_or_none() -> None:
    wanted, shown = season(10)
    assert len(fit_files(wanted, [shown]).found) == 10
    fit = fit_files(wanted, [shown[:9]])
    assert not fit.found
    assert fit.missing == ["/Pack/S01E10.mkv"]
    assert fit_files(wanted, []).missing == [one.path for one in wanted]


def test_what_is_not_wanted_may_stand_there_too() -> None:
    wanted, shown = season(2)
    assert len(fit_files(wanted[:1], [[*shown, ShownFile(b"Pack/info.nfo", 3)]]).found) == 1


def test_the_folders_in_a_torrent_distinguish_files_of_one_name_and_size() -> None:
    wanted = [WantedFile("/Pack/Disc 1/01.mkv", 7), WantedFile("/Pack/Disc 2/01.mkv", 7)]
    shown = [ShownFile(b"Pack/Disc 1/01.mkv", 7), ShownFile(b"Pack/Disc 2/01.mkv", 7)]
    assert fit_files(wanted, [shown]).found == {
        "/Pack/Disc 1/01.mkv": b"Pack/Disc 1/01.mkv", "/Pack/Disc 2/01.mkv": b"Pack/Disc 2/01.mkv",
    }  # fmt: skip
    flat = fit_files(wanted, [[ShownFile(b"Pack/01.mkv", 7)]])  # one file cannot be two
    assert (flat.found, flat.missing) == ({}, ["/Pack/Disc 2/01.mkv"])
    unclear = fit_files(wanted[:1], [[ShownFile(b"Pack/a/01.mkv", 7), ShownFile(b"Pack/b/01.mkv", 7)]])
    assert unclear.doubled == [b"Pack/a/01.mkv", b"Pack/b/01.mkv"]


@pytest.mark.parametrize(
    ("theirs", "shown"),
    [
        ("What?: A|B.mkv", "What__ A_B.mkv"),
        ('"Quoted" <x>*.mkv', "_Quoted_ _x__.mkv"),
        ("back\\slash.mkv", "back_slash.mkv"),
        ("plain & 100% #1.mkv", "plain & 100% #1.mkv"),
    ],
)
def test_characters_the_service_replaces(theirs: str, shown: str) -> None:
    assert as_shown(theirs) == shown
    fit = fit_files([WantedFile(f"/{theirs}", 5)], [[ShownFile(shown.encode(), 5)]])
    assert list(fit.found.values()) == [shown.encode()]


def test_capitals_and_composed_letters_do_not_count() -> None:
    assert comparable("Ame\u0301lie.MKV") == comparable("am\u00e9lie.mkv")
    assert comparable("a.mkv") != comparable("a .mkv")


def test_candidates_in_order() -> None:
    assert candidate_names("Film: A.mkv", "Orig.A.mkv") == ["Film_ A.mkv", "Orig.A.mkv", "Film_ A", "Orig.A"]
    assert candidate_names("Pack.S01", "Pack.S01") == ["Pack.S01", "Pack"]
    assert candidate_names("..", "a/b") == []
    assert candidate_names("Film", wanted=[WantedFile("/Film/film: x.mkv", 1)]) == ["Film", "film_ x.mkv"]
    assert candidate_names("Pack", wanted=season(2)[0]) == ["Pack"]


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\0b", "a\nb", "a\rb"])
def test_a_name_from_outside_is_one_segment(name: str) -> None:
    assert not is_one_segment(name)


def test_hostile_names_are_named() -> None:
    assert hostile_name([WantedFile("/Pack/../../etc/passwd", 1)], "Pack") == ".."
    assert hostile_name([WantedFile("/Pack/a\nb.mkv", 1)], "Pack") == "a\nb.mkv"
    assert hostile_name([WantedFile("/a.mkv", 1)], "x/y") == "x/y"
    assert hostile_name([WantedFile("/Pack/a.mkv", 1)], "Pack", "") == ""
