"""What imported links and their folders are called."""

from __future__ import annotations

import pytest

from mediatui.acquire.importing.names import LONGEST, episode_name, film_name, season_folder, title_folder
from mediatui.model.errors import MediatuiError
from mediatui.names.episode_numbers import episodes_of
from mediatui.names.parsed import library_title
from mediatui.settings import load_settings

FILM, EPISODE = "{title} ({year})", "{title} ({year}) - S{season:02}E{episode:02}"


@pytest.mark.parametrize(
    ("title", "year", "name"),
    [
        ("Heat", 1995, "Heat (1995).mkv"),
        ("Dune: Part Two", 2024, "Dune - Part Two (2024).mkv"),
        ("Face/Off", 1997, "Face-Off (1997).mkv"),
        ("What? \"Now\" <is> *it*|", 2001, "What Now is it (2001).mkv"),
        ("...And Justice for All", 1979, "And Justice for All (1979).mkv"),
        ("No Year", None, "No Year.mkv"),
        ("Two\nLines\x1b[31m", 2000, "Two Lines_[31m (2000).mkv"),
    ],
)  # fmt: skip
def test_films(title: str, year: int | None, name: str) -> None:
    assert film_name(FILM, title, year, ".mkv") == name


def test_a_part_is_said_behind_the_year() -> None:
    assert film_name(FILM, "Heat", 1995, ".avi", 2) == "Heat (1995) - part2.avi"


@pytest.mark.parametrize(
    ("episodes", "numbers"),
    [((3,), "S02E03"), ((3, 4), "S02E03-E04"), ((3, 4, 5), "S02E03-E05"), ((3, 7), "S02E03E07")],
)
def test_episodes_are_read_back_by_the_strict_rule(episodes: tuple[int, ...], numbers: str) -> None:
    name = episode_name(EPISODE, "Moon Diner", 2015, 2, episodes, ".mkv")
    assert name == f"Moon Diner (2015) - {numbers}.mkv"
    found = episodes_of(name)
    assert found is not None
    assert found.episodes == episodes


@pytest.mark.parametrize("title", ["x" * 400, "é" * 300, "千" * 200])
def test_long_titles_are_cut_at_a_character_and_keep_their_numbers(title: str) -> None:
    name = episode_name(EPISODE, title, 2015, 2, (3,), ".mkv")
    assert len(name.encode()) <= LONGEST
    assert name.endswith(" (2015) - S02E03.mkv")
    assert "�" not in name
    assert library_title(title_folder(title, 2015)) is not None


@pytest.mark.parametrize(
    ("siblings", "folder"),
    [
        ((), "Season 03"), (("Saison 01", "Saison 02"), "Saison 03"), (("Season 1",), "Season 3"), (("S01",), "S03"),
        (("Specials",), "Season 03"),
    ],
)  # fmt: skip
def test_a_season_is_called_as_its_siblings(siblings: tuple[str, ...], folder: str) -> None:
    assert season_folder("Season {season:02}", 3, siblings) == folder


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("acquire.film_name", "{year}"), ("acquire.film_name", "{title} {tags}"), ("acquire.film_name", "a/{title}"),
        ("acquire.film_name", "{title.__class__}"), ("acquire.film_name", "{title"),
        ("acquire.film_name", "{title:>99999999}"),
        ("acquire.film_name", "{title!r}"),
        ("acquire.episode_name", "{season:09999999}{episode}"),
        ("acquire.episode_name", "{title} {season}"), ("acquire.season_folder", "Season"),
    ],
)  # fmt: skip
def test_a_name_that_cannot_be_one_is_refused_in_words(key: str, value: str, tmp_path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(MediatuiError, match="allowed is a name with"):
        load_settings(tmp_path / "config.toml", environ={}, folder=tmp_path, overrides={key: value})


TITLED = f"{EPISODE} - {{episode_title}}"
LONG = "Å" * 99 + "!"
LONGER = "É" * 99 + "?"


@pytest.mark.parametrize(
    ("episodes", "titles", "begins", "has"),
    [
        ((4,), (LONG,), "Ångström Heights (2015) - S03E04 - Å", ()),
        ((4, 5), (LONG, LONGER), "Ångström Heights (2015) - S03E04-E05 - Å", ("É",)),
        ((4, 5), ("Short", LONGER), "Ångström Heights (2015) - S03E04-E05 - Short & É", ()),
    ],
)
def test_only_titles_of_episodes_are_cut_the_last_one_first(
    episodes: tuple[int, ...], titles: tuple[str, ...], begins: str, has: tuple[str, ...]
) -> None:
    name = episode_name(TITLED, "Ångström Heights", 2015, 3, episodes, ".mkv", titles)
    assert name.startswith(begins)
    assert len(name.encode()) <= LONGEST
    assert name.encode().decode() == name
    assert not any(letter in name for letter in has)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("", "Moon Diner (2015) - S02E03.mkv"),
        ("A/B: C?", "Moon Diner (2015) - S02E03 - A-B - C.mkv"),
        ("S01E05", "Moon Diner (2015) - S02E03.mkv"),
        ("Deleted Scenes", "Moon Diner (2015) - S02E03.mkv"),
        ("...", "Moon Diner (2015) - S02E03.mkv"),
    ],
)
def test_a_title_that_says_nothing_or_something_else_is_left_out(title: str, name: str) -> None:
    assert episode_name(TITLED, "Moon Diner", 2015, 2, (3,), ".mkv", (title,)) == name
