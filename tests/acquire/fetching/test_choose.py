"""Which files of a torrent are fetched."""

from __future__ import annotations

import pytest

from mediatui.acquire.fetching.choose import Candidate, left_out

MB = 1_000_000
FILM = Candidate((b"Film", b"film.mkv"), 4000 * MB)


def why(path: str, size: int = MB, *, wanted: bool = True, keep_extras: bool = False) -> str:
    """Why a file beside a film is left out; empty when it is fetched."""
    file = Candidate(tuple(path.encode().split(b"/")), size, wanted)
    found = left_out([FILM, file], video_endings=(b".mkv",), sample_below=300 * MB, keep_extras=keep_extras)
    assert 0 not in found
    return found.get(1, "")


@pytest.mark.parametrize(
    ("path", "size", "said"),
    [
        ("Film/film-sample.mkv", 50 * MB, "a sample"),
        ("Film/Sample/film.mkv", 50 * MB, "a sample"),
        ("Film/film-sample.mkv", 301 * MB, ""),
        ("Film/film-sample.mkv", 420 * MB, ""),
        ("Film/Sampler.2019.mkv", 50 * MB, ""),
        ("Film/film.nfo", 100, "a text"),
        ("Film/Film.URL", 100, "a text"),
        ("Film/poster.JPG", 100, "a picture"),
        ("Film/Proof/p.rar", 100, "a proof"),
        ("Film/Proof.of.Life.mkv", 3000 * MB, ""),
        ("Film/Sample/film.srt", 100, ""),
        ("Film/film.idx", 100, ""),
        ("Film/film.rar", 100, ""),
    ],
)
def test_samples_proofs_texts_and_pictures_stay_there(path: str, size: int, said: str) -> None:
    assert why(path, size) == said
    assert why(path, size, keep_extras=True) == ""


def test_what_is_off_at_the_seedbox_is_not_wanted_even_among_extras_that_are_kept() -> None:
    assert why("Film/film.srt", wanted=False) == "off at the seedbox"
    assert why("Film/film.nfo", wanted=False, keep_extras=True) == "off at the seedbox"


def test_a_release_that_is_a_sample_by_its_name_alone_is_fetched() -> None:
    alone = Candidate((b"Sample", b"sample.mkv"), 100 * MB)
    assert left_out([alone], video_endings=(b".mkv",), sample_below=300 * MB, keep_extras=False) == {}
