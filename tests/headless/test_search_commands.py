"""search, search list and search show: what they print, their rows for programs, and their exit codes."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from mediatui.commands.release_columns import answer_text
from mediatui.demo import indexers
from mediatui.demo.prowlarr import hash_of
from mediatui.model.human import short_moment
from mediatui.model.release import IndexerAnswer
from mediatui.services.catalogs import Catalogs
from tests.fakes.arr import KEY
from tests.fakes.catalogs import TMDB_KEY, TVDB_KEY, FakeTmdb, FakeTvdb, SimEpisode, SimTitle, slow_down
from tests.fakes.prowlarr import FakeProwlarr, Offer
from tests.fakes.sockets import on_socket
from tests.worlds.home import Home
from tests.worlds.small_demo import make_small

SEASON = "Harbor.Lights.S02.MULTi.1080p.WEB-DL.x265-FW"
EPISODE = "Harbor.Lights.S02E03.720p.HDTV.x264-GRP"


@pytest.fixture
def prowlarr() -> FakeProwlarr:
    prowlarr = FakeProwlarr()
    prowlarr.add(1, [Offer(SEASON, seeders=90), EPISODE, "Another.Film.2019.1080p"], name="Alpha")
    prowlarr.add(2, [Offer(SEASON, seeders=5)], name="Bravo")
    return prowlarr


@pytest.fixture
def searching(home: Home, prowlarr: FakeProwlarr) -> Iterator[Home]:
    """A home whose settings name the Prowlarr."""
    with on_socket(prowlarr) as address:
        config = home.folder / "config" / "mediatui" / "config.toml"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(f'[prowlarr]\nenabled = true\nurl = "{address}"\napi_key = "{KEY}"\n')
        config.chmod(0o600)
        yield home


def test_releases_are_listed_the_best_first_with_how_each_indexer_answered(searching: Home) -> None:
    result = searching.run("search", "harbor", "lights")
    assert result.code == 0
    lines = result.out.splitlines()
    assert [line.split()[0] for line in lines[1:3]] == ["r1", "r2"]
    assert SEASON in lines[1]
    assert "Alpha +1" in lines[1]
    assert "Another.Film" not in result.out
    assert "3 rows, 1 has nothing to do with it" in result.out
    assert lines[-1] == "2 releases (1 more have nothing to do with it), search 1."
    assert KEY not in result.out + result.err


def test_for_a_program_rows_come_as_they_are_found_with_those_that_have_nothing_to_do_with_it(searching: Home) -> None:
    rows = searching.json("search", "harbor lights").lines
    releases = [row for row in rows if row["type"] == "release"]
    assert {row["title"]: row["related"] for row in releases} == {
        SEASON: True, EPISODE: True, "Another.Film.2019.1080p": False,
    }  # fmt: skip
    one = next(row for row in releases if row["title"] == SEASON)
    assert (one["resolution"], one["source"], one["codec"], one["seasons"], one["languages"], one["group"]) == (
        1080, "web-dl", "x265", [2], ["multi"], "FW",
    )  # fmt: skip
    answers = {row["indexer"]: (row["outcome"], row["rows"]) for row in rows if row["type"] == "indexer"}
    assert answers == {"Alpha": ("answered", 3), "Bravo": ("answered", 1)}
    assert rows[-1]["type"] == "result"
    assert (rows[-1]["ok"], rows[-1]["search"], rows[-1]["releases"], rows[-1]["related"]) == (True, 1, 3, 2)


def test_what_is_found_is_narrowed_sorted_and_limited(searching: Home) -> None:
    rows = searching.json("search", "harbor", "--where", "res:720,1080 -is:cam", "--sort", "title").lines
    assert [row["title"] for row in rows if row["type"] == "release"] == ["Another.Film.2019.1080p", SEASON, EPISODE]
    rows = searching.json("search", "harbor", "--where", "is:pack", "--limit", "1", "--indexer", "alpha").lines
    assert [row["title"] for row in rows if row["type"] == "release"] == [SEASON]


def test_a_search_is_read_again_without_a_request(searching: Home, prowlarr: FakeProwlarr) -> None:
    searching.run("search", "harbor lights", "--season", "2")
    asked = list(prowlarr.indexers[1].asked)
    shown = searching.run("search", "show", "1", "--where", "is:episode")
    assert (shown.code, EPISODE in shown.out, SEASON in shown.out) == (0, True, False)
    assert "1 release of search 1, harbor lights" in shown.out
    listed = searching.run("search", "list")
    assert "harbor lights --series --season 2" in listed.out
    assert "2 of 2 answered" in listed.out
    (row,) = searching.json("search", "list").lines[:-1]
    assert (row["id"], row["text"], row["releases"]) == (1, "harbor lights", 3)
    assert prowlarr.indexers[1].asked == asked == ["harbor lights S02"]


@pytest.mark.parametrize("text", ["{broken", "7", "null", '["a", 1]', '{"no": "field"}'])
def test_a_search_whose_rows_were_edited_by_hand_is_shown_as_far_as_it_can_be_read(
    searching: Home, text: str, prowlarr: FakeProwlarr
) -> None:
    searching.run("search", "harbor lights")
    searching.sql("UPDATE searches SET options = ?, indexers = ?", text, text)
    searching.sql("UPDATE releases SET parsed = ?, also = ?, target = ?", text, text, text)
    shown = searching.run("search", "show", "1")
    assert (shown.code, SEASON in shown.out) == (0, True)
    assert "harbor lights" in searching.run("search", "list").out
    searching.sql("UPDATE releases SET first = ?, hash = ''", text)
    assert searching.run("search", "show", "1").code == 0
    left = searching.run("grab", "r1", "--no-target", "--again", "--apply")
    assert (left.code, "tells neither a link nor a hash" in left.out) == (1, True)


def test_an_indexer_that_does_not_answer_is_named_and_ends_with_one(searching: Home, prowlarr: FakeProwlarr) -> None:
    prowlarr.indexers[2].fault = "error"
    result = searching.run("search", "harbor lights")
    assert result.code == 1
    assert "did not answer, paused until" in result.out
    assert result.out.splitlines()[-1].endswith("Bravo did not answer.")
    again = searching.run("search", "harbor lights")
    assert "Bravo is paused." in again.out


def test_the_key_is_in_no_log_table_or_export(searching: Home) -> None:
    config = searching.folder / "config" / "mediatui" / "config.toml"
    config.write_text(f'{config.read_text()}[log]\nlevel = "debug"\n')
    shown = [
        searching.run("-v", *words) for words in (["search", "harbor"], ["search", "show", "1"], ["config", "export"])
    ]
    written = [path.read_bytes() for path in searching.folder.rglob("*") if path.is_file() and path != config]
    assert any(b"GET api/v1/search?query=harbor" in content for content in written)
    assert not any(KEY.encode() in content for content in written)
    assert not any(KEY in result.out + result.err for result in shown)


def test_when_none_answers_it_ends_with_three(searching: Home, prowlarr: FakeProwlarr) -> None:
    for one in prowlarr.indexers.values():
        one.fault = "page"
    result = searching.json("search", "harbor lights")
    assert (result.code, result.result["error"]["kind"]) == (3, "no-answer")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["x", "--film", "--series"], "do not go together"),
        (["x", "--film", "--season", "1"], "A film has no season"),
        (["x", "--episode", "1"], "--episode goes with --season"),
        ([" "], "nothing to search for"),
        (["--tvdb", "7", "--tmdb", "8"], "do not go together"),
        (["x", "--tvdb", "7", "--film"], "ids are those of series"),
        (["x", "--imdb", "nm12"], "is no id of IMDb"),
        (["--tvdb", "7"], "knows no title of that id"),
        (["x", "--where", "status:ok"], "Unknown field"),
        (["x", "--sort", "date"], "cannot be sorted by"),
        (["x", "--indexer", "Delta"], "has no indexer Delta"),
        (["show", "7"], "There is no search 7"),
        (["--media", "x", "--where", "is:pack"], "--where is for releases"),
        (["--media", "x", "--category", "2000"], "--category is for releases"),
        (["--media", "x"], "Neither TMDB nor TVDB has a key here."),
    ],
)
def test_what_is_wrong_is_said_before_anybody_is_asked(
    searching: Home, prowlarr: FakeProwlarr, arguments: list[str], said: str
) -> None:
    result = searching.run("search", *arguments)
    assert result.code == 2
    assert said in result.err
    assert not any(one.asked for one in prowlarr.indexers.values())


def test_hostile_titles_are_one_line_without_anything_a_terminal_acts_on(
    searching: Home, prowlarr: FakeProwlarr
) -> None:
    titles = ["harbor \x1b]0;owned\x07\x1b[31mred", "harbor \u202eevil\nline\ttab", "harbor [red]x[/red] &lt;b&gt;"]
    titles.append("harbor " + "x" * 2000)
    prowlarr.indexers = {}
    prowlarr.add(1, titles, name="A\x1b[31mlpha")
    result = searching.run("search", "harbor")
    assert "\x1b" not in result.out + result.err
    assert "\u202e" not in result.out
    assert "harbor [red]x[/red] <b>" in result.out
    assert len([line for line in result.out.splitlines() if line.startswith("r")]) == 4


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (IndexerAnswer(1, "A", "answered", rows=1, queries=1), "1 row"),
        (IndexerAnswer(1, "A", "answered", rows=53, unrelated=50, queries=1), "53 rows, 50 have nothing to do with it"),
        (IndexerAnswer(1, "A", "answered", rows=9, queries=2, detail="odd"), "9 rows, 2 queries, odd"),
        (IndexerAnswer(1, "A", "did not answer", rows=7, queries=2), "did not answer, 7 rows before that"),
        (IndexerAnswer(1, "A", "switched off"), "switched off"),
        (IndexerAnswer(1, "A", "paused", until=1_790_000_000), f"paused until {short_moment(1_790_000_000)}"),
    ],
)  # fmt: skip
def test_how_an_indexer_answered_is_said_in_words(answer: IndexerAnswer, text: str) -> None:
    assert answer_text(answer) == text


def test_the_demo_has_four_indexers_one_of_which_fails(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    make_small(monkeypatch)
    monkeypatch.setattr(indexers, "SLOW_S", 0.5)
    result = home.run("--demo", "search", "foundation")
    assert result.code == 1
    answers = [line.split("  ")[0] for line in result.out.partition("\n\nIndexer")[2].splitlines()[1:]]
    assert answers[:4] == ["Lighthouse", "Magnet Bay", "Broken Mast", "Slow Ferry"]
    assert "Foundation.S02.MULTi.1080p" in result.out
    assert "Broken Mast did not answer" in result.out
    media = home.run("--demo", "search", "--media", "foundation s03")
    assert "tvdb:366972  Fondation (2021)" in media.out
    assert "S03E10" in media.out
    film = home.json("--demo", "search", "--media", "the quiet harbour", "--film").lines[0]
    assert (film["title"], film["badge"]) == ("Le Port tranquille", "obtained")


def test_a_release_is_sent_by_its_number_and_no_indexer_is_asked_for_what_is_left_anyway(
    searching: Home, prowlarr: FakeProwlarr
) -> None:
    searching.run("search", "harbor", "lights")
    result = searching.run("grab", "r1", "r2", "--no-target")
    assert f"left     {SEASON}  (its name holds WEB-DL, which the service filters" in result.out
    assert "Fetching" not in result.err
    result = searching.run("grab", "r2", "--no-target", "--again")
    assert f"Fetching torrent from the indexers: {EPISODE}" in result.err
    assert "Send 1 torrent" in result.out
    assert EPISODE in result.out
    assert KEY not in result.out + result.err
    assert "There is no release r99." in searching.run("grab", "r99").err
    assert searching.sql("SELECT hash FROM releases WHERE id = 2") == [(hash_of(Offer(EPISODE)),)]
    searching.run("transfers", "ignore", hash_of(Offer(EPISODE)))
    result = searching.run("grab", "r2", "--no-target", "--again")
    assert "it is ignored" in result.out, "what its link led to is known from then on"
    assert "Fetching" not in result.err
    searching.run("transfers", "unignore", hash_of(Offer(EPISODE)))
    prowlarr.indexers[1].grabs_left = 0
    result = searching.run("grab", "r2", "--no-target", "--again")
    assert "Send 1 torrent" in result.out, "what was fetched once is not asked for again"
    searching.sql("DELETE FROM torrent_blobs")
    for more in ([], ["--apply"]):  # nothing is done before that is typed, so nothing has failed
        result = searching.run("grab", "r2", "--no-target", "--again", *more)
        assert "Alpha: The indexer is at its limit of grabs" in result.out
        assert result.code == len(more)


@pytest.fixture
def catalogs(monkeypatch: pytest.MonkeyPatch) -> tuple[FakeTmdb, FakeTvdb]:
    """Catalogs that know a series of two episodes and a film; nothing waits between queries."""
    monkeypatch.setattr("mediatui.acquire.search.ask.PAUSE_S", 0.0)
    episodes = (SimEpisode(1, 1, "2021-09-24", {"en": "One"}), SimEpisode(1, 2, "2021-10-01", {"en": "[b]Two\x1b"}))
    show = SimTitle("series", {"en": "Harbor Lights"}, 2021, 900, 7001, aliases=("Port",), episodes=episodes)
    film = SimTitle("film", {"en": "Harbor", "fr": "Le Port"}, 2014, 62, 63, overviews={"en": "Calm."})
    tmdb, tvdb = FakeTmdb([show, film]), FakeTvdb([show, film])
    monkeypatch.setattr(
        "mediatui.commands.connect_catalogs.make_catalogs",
        lambda settings, invocation: Catalogs(settings, tmdb.transport(), tvdb.transport()),
    )
    monkeypatch.setenv("MEDIATUI_METADATA__TMDB_KEY", TMDB_KEY)
    monkeypatch.setenv("MEDIATUI_METADATA__TVDB_KEY", TVDB_KEY)
    return tmdb, tvdb


def test_films_and_series_are_found_with_the_language_of_each_text(
    home: Home, catalogs: tuple[FakeTmdb, FakeTvdb]
) -> None:
    found = home.json("search", "--media", "harbor")
    film, series = [row for row in found.lines if row["type"] == "media"]
    assert (film["id"], film["title"], film["title_from"], film["overview_from"]) == ("tmdb:62", "Le Port", "fr", "en")
    assert (series["id"], series["badge"], found.code) == ("tvdb:7001", "unknown", 0)
    shown = home.run("search", "--media", "harbor").out
    assert "tmdb:62    Le Port (2014)        film    Harbor" in shown
    assert home.run("search", "--media", "harbor", "lights").out.count("2021-09-24") == 1
    one = home.json("search", "--media", "tvdb:7001", "--season", "1")
    assert [row["air_date"] for row in one.lines if row["type"] == "episode"] == ["2021-09-24", "2021-10-01"]
    printed = home.run("search", "--media", "tvdb:7001", "--season", "1").out
    assert "S01E02   2021-10-01  [b]Two" in printed
    assert "\x1b" not in printed
    assert home.run("search", "--media", "nothing").code == 1
    catalogs[1].lies.append(slow_down(600))
    half = home.run("search", "--media", "harbor")
    assert (half.code, "Le Port" in half.out, "TVDB asks to slow down" in half.out + half.err) == (1, True, True)


def test_releases_are_searched_by_the_titles_and_ids_of_the_catalog(
    searching: Home, prowlarr: FakeProwlarr, catalogs: tuple[FakeTmdb, FakeTvdb]
) -> None:
    prowlarr.indexers[1].movie = ("q", "tmdbid")
    result = searching.json("search", "--tmdb", "62", "--indexer", "Bravo")
    assert result.code == 0, result.err
    assert prowlarr.indexers[2].asked == ["Le Port 2014", "Harbor 2014"]
    number = result.result["search"]
    shown = searching.json("search", "show", str(number))
    assert shown.code == 0
    catalogs[0].lies.append(httpx.Response(401, json={}))
    result = searching.run("search", "--tmdb", "64", "Le Port", "--indexer", "Bravo")
    assert "TMDB does not accept the key" in result.out + result.err
    assert prowlarr.indexers[2].asked[2:] == ["Le Port"]
