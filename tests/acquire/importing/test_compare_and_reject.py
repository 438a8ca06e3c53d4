"""Which file is better, by our own comparison, and what a rejection means. Pure."""

from __future__ import annotations

from typing import Any

import pytest

from mediatui.acquire.importing.through_arr.compare import is_better, rank_of
from mediatui.acquire.importing.through_arr.qualities import group_of, own_quality, quality_to_send
from mediatui.acquire.importing.through_arr.rejections import OVERRIDABLE, kind_of, next_try, worst_of
from mediatui.services.arr.importing import OrderedProfile, ProfileItem
from tests.fakes.arr_qualities import GROUPS, named


def profile(*order: str) -> OrderedProfile:
    """A profile with these qualities, the worst first; several with a slash count alike."""
    rows = {str(one["name"]): one for group in GROUPS["sonarr"] for one in group}
    items = []
    for text in order:
        names = text.split("/")
        inner: Any = tuple({"quality": rows[name]} for name in names)
        items.append(ProfileItem(dict(rows[names[0]]), ()) if len(names) == 1 else ProfileItem({}, inner))
    return OrderedProfile(1, tuple(items))


USUAL = profile("SDTV", "HDTV-720p", "WEBRip-1080p/WEBDL-1080p", "Bluray-1080p", "WEBDL-2160p")


@pytest.mark.parametrize(
    ("ours", "theirs", "better"),
    [
        (("Bluray-1080p", 1, 0), ("WEBDL-1080p", 1, 0), True),
        (("WEBDL-1080p", 1, 0), ("WEBDL-1080p", 1, 0), False),
        (("WEBDL-1080p", 1, 0), ("WEBRip-1080p", 1, 0), False),
        (("WEBDL-1080p", 2, 0), ("WEBRip-1080p", 1, 0), True),
        (("WEBDL-1080p", 1, 50), ("WEBDL-1080p", 1, 20), True),
        (("WEBDL-1080p", 1, 20), ("WEBDL-1080p", 1, 20), False),
        (("WEBDL-1080p", 1, 90), ("WEBDL-1080p", 2, 0), False),
        (("HDTV-720p", 2, 90), ("WEBDL-1080p", 1, 0), False),
        (("Bluray-2160p", 1, 0), ("SDTV", 1, 0), False),
        (("SDTV", 1, 0), ("Bluray-2160p", 1, 0), True),
    ],
)
def test_place_then_revision_then_score_strictly(ours: Any, theirs: Any, better: bool) -> None:
    ranks = [rank_of(USUAL, named("sonarr", name, version), score) for name, version, score in (ours, theirs)]
    assert is_better(*ranks) is better


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Not an upgrade for existing episode file(s). Existing quality: WEBDL-1080p. New Quality HDTV-720p.", "worse"),
        ("Not a quality revision upgrade for existing episode file(s)", "worse"),
        ("Not a Custom Format upgrade for existing episode file(s)", "worse"),
        ("Episode file already imported at 2024-01-01", "worse"),
        ("Episode file on disk contains more episodes than this file contains", "shared"),
        ("Sample", "sample"),
        ("Unable to determine if file is a sample", "sample"),
        ("No audio tracks detected", "sample"),
        ("Not enough free space", "space"),
        ("Episode 2x03 was unexpected considering the X.S02 folder name", "pack"),
        ("Episodes 2x03, 2x04 were not found in the grabbed release: X", "pack"),
        ("Partial season packs are not supported", "pack"),
        ("Unknown Series", "map"),
        ("Unknown Movie", "map"),
        ("Invalid season or episode", "map"),
        ("Episodes not selected", "map"),
        ("Unable to parse file", "map"),
        ("Single episode file contains all episodes in seasons", "map"),
        ("Single episode split into multiple files", "map"),
        ("File is suspected multi-part file, Radarr doesn't support this", "map"),
        ("Episode does not have a title and recently aired", "later"),
        ("Episode has a TBA title and recently aired", "later"),
        ("Episode does not have an absolute episode number and recently aired", "later"),
        ("File is still being unpacked", "soon"),
        ("Unexpected error processing file", "soon"),
        ("Caution: Found executable file with extension: .exe", "never"),
        ("Extras are not supported", "never"),
        ("Something new that nobody has seen", "other"),
    ],
)
def test_what_a_rejection_means(text: str, kind: str) -> None:
    assert kind_of(text) == kind
    assert (kind in OVERRIDABLE) == (kind not in ("map", "never", "soon", "shared"))


def test_the_worst_of_several_decides() -> None:
    found = worst_of(["Not an upgrade for existing episode file(s)", "Unknown Series", "Sample"])
    assert found is not None
    assert found.kind == "map"
    assert worst_of([]) is None
    space = worst_of(["Not enough free space"])
    assert space is not None
    assert "a link needs none" in space.said


def test_what_is_recent_is_asked_again_daily_for_a_week_and_what_is_unpacked_three_times() -> None:
    assert [next_try("later", tries) for tries in (0, 6, 7)] == [86_400, 86_400, None]
    assert [next_try("soon", tries) for tries in range(4)] == [60, 300, 900, None]
    assert next_try("worse", 0) is None


@pytest.mark.parametrize(
    ("name", "quality"),
    [("X.S01.1080p.WEB-GRP", "WEBDL-1080p"), ("X.2010.720p.HDTV", "HDTV-720p"), ("X.1080p.BluRay", "Bluray-1080p"),
     ("X", ""), ("X.S01.1080p", "")],
)  # fmt: skip
def test_the_quality_that_a_name_says(name: str, quality: str) -> None:
    found = own_quality([name], USUAL)
    assert (found["quality"]["name"] if found else "") == quality


def test_what_the_service_knows_stands_and_ours_fills_what_it_does_not() -> None:
    known, unknown = named("sonarr", "SDTV"), {"quality": {"id": 0, "name": "Unknown"}, "revision": {}}
    names = ["X.S01.1080p.WEB-GRP"]
    assert quality_to_send(known, names, USUAL, is_judged=True) == known
    assert quality_to_send(known, names, USUAL, is_judged=False)["quality"]["name"] == "WEBDL-1080p"
    assert quality_to_send(unknown, names, USUAL, is_judged=True)["quality"]["name"] == "WEBDL-1080p"
    assert quality_to_send(unknown, ["x"], USUAL, is_judged=False) == unknown


@pytest.mark.parametrize(("name", "group"), [("X.S01-SHORT", "SHORT"), ("X.S01-OTHER[xy]", "OTHER"), ("X S01", "")])
def test_the_group_of_a_release(name: str, group: str) -> None:
    assert group_of([name]) == group
