import time
from collections.abc import Iterator

import pytest

from mediatui.archive.query.parse import MAX_DEPTH, MAX_TERMS, QueryError, parse
from mediatui.model.text import fold
from mediatui.store.conditions import torrents_matching
from mediatui.store.torrents.listing import list_torrents
from tests.worlds.archive import DAY, NOW, Archive


def names(archive: Archive, query: str, now: float = NOW) -> set[str]:
    condition = torrents_matching(parse(query), now)
    return {torrent.filename for torrent in list_torrents(archive.reader, condition)}


def problem(query: str) -> QueryError:
    with pytest.raises(QueryError) as caught:
        parse(query)
    return caught.value


@pytest.fixture
def paris() -> Iterator[None]:
    """A time zone with summer time, whatever the machine's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Europe/Paris")
        time.tzset()
        yield
    time.tzset()


def test_words_match_in_any_order_without_case_accents_or_dots(archive: Archive) -> None:
    archive.add("Le.Bureau.des.Légendes.S03")
    archive.add("Foundation S01 MULTi")
    assert names(archive, "LEGENDES bureau") == {"Le.Bureau.des.Légendes.S03"}
    assert names(archive, "des.legendes") == {"Le.Bureau.des.Légendes.S03"}
    assert names(archive, "foundation légendes") == set()
    assert len(names(archive, "")) == 2
    assert len(names(archive, " ... ")) == 2


def test_quoted_words_match_as_one(archive: Archive) -> None:
    archive.add("The Good Place")
    archive.add("Place of the Good")
    assert names(archive, '"good place"') == {"The Good Place"}
    assert len(names(archive, "good place")) == 2


L_AUBERGE = (
    "L\u2019Auberge.Grecque.2002",
    "L'Auberge.Grise.2003",
    "L\u00b4Auberge.4",
    "L\u2018Auberge.5",
    "L`Auberge.6",
)


HEX = "0123456789abcdef0123456789abcdef01234567"
BASE32 = "AERUKZ4JVPG66AJDIVTYTK6N54ASGRLH"


@pytest.mark.parametrize(
    "text",
    [
        HEX,
        HEX.upper(),
        BASE32,
        BASE32.lower(),
        f"magnet:?xt=urn:btih:{HEX}&dn=A+(2001)&tr=udp%3A%2F%2Fx",
        f"MAGNET:?xt=urn:btih:{BASE32}",
        "ABCDEFGHIJ123",
        f"{HEX} status:done",
        f"nothing OR magnet:?xt=urn:btih:{HEX}",
    ],
)
def test_a_bare_id_hash_or_magnet_finds_its_torrent(archive: Archive, text: str) -> None:
    archive.add("The one", hash=HEX, id="ABCDEFGHIJ123")
    archive.add("Another")
    assert names(archive, text) == {"The one"}
    assert names(archive, "-ABCDEFGHIJ123") == {"Another"}


def test_a_magnet_that_is_none_is_a_clear_error() -> None:
    assert "version 2" in problem(f"dune magnet:?xt=urn:btmh:1220{'ab' * 32}").message
    assert problem("dune magnet:?dn=x").position == 5


def test_what_changed_this_week_and_what_left_has_an_answer(archive: Archive) -> None:
    archive.add("changed", changed_at=NOW - 2 * DAY, details_at=NOW)
    archive.add("long ago", changed_at=NOW - 8 * DAY)
    archive.add("never")
    archive.add("left", gone_at=NOW - 2 * DAY)
    archive.add("left long ago", gone_at=NOW - 30 * DAY)
    assert names(archive, "changed:<7d") == {"changed"}
    assert names(archive, "changed:>7d") == {"long ago"}
    assert names(archive, "-changed:<7d") == {"long ago", "never"}
    assert names(archive, "gone:<7d") == {"left"}
    assert names(archive, "changed:<7d OR gone:<7d") == {"changed", "left"}
    assert names(archive, "details:yes") == {"changed"}
    assert names(archive, "details:no") == {"long ago", "never"}


@pytest.mark.parametrize("apostrophe", ["'", "\u2019", "\u02bc", "\u2018", "`", "\u00b4"])
def test_apostrophes_are_one_in_queries_names_and_paths(archive: Archive, apostrophe: str) -> None:
    for name in L_AUBERGE:
        archive.add(name)
    archive.add("Ocean's Band (2004)", files=[("/Ocean\u2019s/Ocean\u02bcs.mkv", 1)])
    archive.add("L Auberge.7")
    assert names(archive, f"l{apostrophe}auberge") == set(L_AUBERGE)
    assert names(archive, f'"l{apostrophe}auberge grecque"') == {L_AUBERGE[0]}
    assert names(archive, f"ocean{apostrophe}s") == {"Ocean's Band (2004)"}
    assert names(archive, f"-ocean{apostrophe}s auberge") == {*L_AUBERGE, "L Auberge.7"}
    assert names(archive, f"file:ocean{apostrophe}s") == names(archive, f"file:Ocean{apostrophe}s.*")
    assert names(archive, f"file:ocean{apostrophe}s") == {"Ocean's Band (2004)"}
    assert names(archive, f"file:l{apostrophe}aub*") == set(L_AUBERGE)


def test_the_original_name_is_searched_too(archive: Archive) -> None:
    archive.add("movie.mkv", original_filename="Whole.Pack.2019")
    assert names(archive, "pack 2019") == {"movie.mkv"}


@pytest.mark.parametrize(
    "name",
    [
        "50% off_now",
        "it's \"quoted\" 'twice'",
        "back\\slash [group] (2021)",
        "\x1b[31mred\x1b[0m",
        "千と千尋の神隠し",
        "🎬 film",
        "مرحبا",
        "-- DROP TABLE torrents;",
    ],
)
def test_odd_names_are_found_by_themselves_in_quotes_and_nothing_else_is(archive: Archive, name: str) -> None:
    archive.add(name)
    archive.add("something else entirely")
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    assert names(archive, f'"{quoted}"') == {name}


def test_percent_and_underscore_are_not_wildcards(archive: Archive) -> None:
    archive.add("100% sure", files=[("/100%_sure.mkv", 1)])
    archive.add("100 sure", files=[("/100xxsure.mkv", 1)])
    assert names(archive, "100%") == {"100% sure"}
    assert names(archive, "file:100%_s") == {"100% sure"}
    assert names(archive, "file:*%_sure.mkv") == {"100% sure"}


def test_minus_bang_and_not_negate_words_fields_and_brackets(archive: Archive) -> None:
    for name in ("a one", "b two", "c three"):
        archive.add(name)
    assert names(archive, "-one") == {"b two", "c three"}
    assert names(archive, "!one NOT two") == {"c three"}
    assert names(archive, "-(one OR two)") == {"c three"}
    assert names(archive, "NOT -one") == {"a one"}
    assert names(archive, '-"b two"') == {"a one", "c three"}


def test_a_lone_sign_is_a_word(archive: Archive) -> None:
    archive.add("Artist - Album")
    archive.add("Artist Album")
    assert names(archive, "Artist - Album") == {"Artist - Album"}


def test_or_binds_looser_than_juxtaposition_and_brackets_group(archive: Archive) -> None:
    for name in ("red car", "red bike", "blue car"):
        archive.add(name)
    assert names(archive, "red car OR blue") == {"red car", "blue car"}
    assert names(archive, "(red OR blue) car") == {"red car", "blue car"}
    assert names(archive, "red AND car") == {"red car"}


def test_brackets_inside_a_word_belong_to_it(archive: Archive) -> None:
    archive.add("f(x) of y")
    archive.add("f x")
    assert names(archive, "(f(x) OR nothing)") == {"f(x) of y"}


def test_status_takes_statuses_groups_unknown_and_alternatives(archive: Archive) -> None:
    for status in ("downloaded", "downloading", "error", "waiting_files_selection", "brand_new"):
        archive.add(status, status=status)
    assert names(archive, "status:error") == {"error"}
    assert names(archive, "STATUS:Active") == {"downloading"}
    assert names(archive, "status:problem") == {"error", "waiting_files_selection"}
    assert names(archive, "status:done|active") == {"downloaded", "downloading"}
    assert names(archive, "status:unknown") == {"brand_new"}
    assert names(archive, "status:needs-selection") == {"waiting_files_selection"}
    assert names(archive, "status:downloaded|needs_selection") == {"downloaded", "waiting_files_selection"}
    assert names(archive, "-status:done,error status:done|error|unknown") == {"brand_new"}


def test_sizes_are_decimal_with_binary_units_beside(archive: Archive) -> None:
    archive.add("gb", bytes=1000**3)
    archive.add("gib", bytes=1024**3)
    archive.add("one-and-a-half", bytes=1_550_000_000)
    assert names(archive, "size:>1gb") == {"gib", "one-and-a-half"}
    assert names(archive, "size:>=1gb") == {"gb", "gib", "one-and-a-half"}
    assert names(archive, "size:<1GiB") == {"gb"}
    assert names(archive, "size:<=1gib") == {"gb", "gib"}
    assert names(archive, "size:1gb..1.2gb") == {"gb", "gib"}
    assert names(archive, "size:1.5gb") == {"one-and-a-half"}
    assert names(archive, "size:1gb") == {"gb", "gib", "one-and-a-half"}
    assert names(archive, "size:..1gb") == {"gb"}
    assert names(archive, "size:=1000000000") == {"gb"}
    assert names(archive, "size:>999999999999999pb") == set()


def test_ages_count_back_from_now(archive: Archive) -> None:
    archive.add("fresh", added_at=NOW - 6 * DAY)
    archive.add("week", added_at=NOW - 7 * DAY)
    archive.add("old", added_at=NOW - 40 * DAY)
    archive.add("undated", added_at=None)
    assert names(archive, "added:<7d") == {"fresh"}
    assert names(archive, "added:7d") == {"fresh", "week"}
    assert names(archive, "added:>30d") == {"old"}
    assert names(archive, "added:7d..30d") == {"week"}
    assert names(archive, "added:1w..") == {"week", "old"}
    assert names(archive, "-added:<7d") == {"week", "old", "undated"}
    assert names(archive, "added:<7d", now=NOW + 30 * DAY) == set()


@pytest.mark.usefixtures("paris")
def test_dates_are_whole_days_months_and_years_of_the_local_zone(archive: Archive) -> None:
    archive.add("new year", added_at=1_735_686_000)  # 2025-01-01 00:00 in Paris, still 2024 in UTC
    archive.add("last second", added_at=1_743_458_399)  # 2025-03-31 23:59:59 in Paris, in summer time
    archive.add("april", added_at=1_743_458_400)
    assert names(archive, "added:2025") == {"new year", "last second", "april"}
    assert names(archive, "added:2025-01-01") == {"new year"}
    assert names(archive, "added:2025-01..2025-03") == {"new year", "last second"}
    assert names(archive, "added:>2025-03") == {"april"}
    assert names(archive, "added:<=2025-03") == {"new year", "last second"}
    assert names(archive, "added:<2025") == set()
    assert names(archive, "added:2025-03-31..") == {"last second", "april"}


def test_progress_links_host_hash_and_id(archive: Archive) -> None:
    archive.add("half", progress=50.5, links_count=None, host="other.example", hash="ab" * 20, id="ABC123")
    archive.add("none", progress=100, links_count=0, hash="ac" * 20, id="ABD999")
    assert names(archive, "progress:<100") == {"half"}
    assert names(archive, "progress:50%") == {"half"}
    assert names(archive, "progress:100") == {"none"}
    assert names(archive, "links:0") == {"none"}
    assert names(archive, "-links:0") == {"half"}
    assert names(archive, "host:OTHER") == {"half"}
    assert names(archive, "hash:AB") == {"half"}
    assert names(archive, "hash:a") == {"half", "none"}
    assert names(archive, "id:abc") == {"half"}
    assert names(archive, "id:C123") == set()


def test_file_globs_and_substrings_look_inside(archive: Archive) -> None:
    archive.add("pack", files=[("/Sub/Disc.One.rar", 1), ("/info.nfo", 1)])
    archive.add("film", files=[("/Film.mkv", 1)])
    archive.add("bare.MKV")
    assert names(archive, "file:*.rar") == {"pack"}
    assert names(archive, "file:*.RAR") == {"pack"}
    assert names(archive, "file:disc*") == {"pack"}
    assert names(archive, "file:one") == {"pack"}
    assert names(archive, "file:/sub/") == {"pack"}
    assert names(archive, "file:*.ra") == set()
    assert names(archive, 'file:"*one.r?r"') == {"pack"}
    assert names(archive, "ext:mkv") == {"film", "bare.MKV"}
    assert names(archive, "ext:.nfo|mkv") == {"film", "bare.MKV", "pack"}


def test_health_counts_the_never_checked_as_unknown(archive: Archive) -> None:
    for health in ("ok", "dead", "unknown", None):
        archive.add(str(health), health=health)
    assert names(archive, "health:dead") == {"dead"}
    assert names(archive, "health:ok|dead") == {"ok", "dead"}
    assert names(archive, "health:unknown") == {"unknown", "None"}
    assert names(archive, "-health:ok") == {"dead", "unknown", "None"}


def test_gone_rows_are_hidden_until_the_query_mentions_them(archive: Archive) -> None:
    archive.add("here")
    archive.add("left", gone_at=NOW)
    assert names(archive, "") == {"here"}
    assert names(archive, "here OR left") == {"here"}
    assert names(archive, "-nothing") == {"here"}
    assert names(archive, "is:gone") == {"left"}
    assert names(archive, "-is:gone") == {"here"}
    assert names(archive, "is:gone OR here") == {"here", "left"}


def test_is_incomplete_duplicate_and_stalled(archive: Archive) -> None:
    archive.add("whole", links_count=3, selected_count=3)
    archive.add("partial", links_count=1, selected_count=3)
    archive.add("unknown links", links_count=None, selected_count=3)
    archive.add("no seeders", status="downloading", progress=10, seeders=0, speed=5, added_at=NOW - 1300)
    archive.add("just begun", status="downloading", progress=0, seeders=0, added_at=NOW - 60)
    archive.add("flowing", status="downloading", progress=10, seeders=4, speed=9, added_at=NOW - 1300)
    archive.add("converting", status="magnet_conversion", progress=0, added_at=NOW - 700)
    archive.add("twin one", hash="f" * 40)
    archive.add("twin two", hash="f" * 40)
    archive.add("twin gone", hash="f" * 40, gone_at=NOW)
    assert names(archive, "is:incomplete status:done") == {"partial"}
    assert names(archive, "is:incomplete") == {"partial", "no seeders", "just begun", "flowing", "converting"}
    assert names(archive, "is:stalled") == {"no seeders", "converting"}
    assert names(archive, "is:duplicate") == {"twin one", "twin two"}


def test_linked_asks_whether_the_library_points_at_the_row(archive: Archive) -> None:
    used = archive.add("used")
    archive.add("unused")
    link = {"path": b"/l/a", "target": b"/m/a", "state": "ok", "torrent_id": used}
    archive.insert("library_links", link)
    archive.insert("library_links", {**link, "path": b"/l/b", "torrent_id": None})
    assert names(archive, "linked:yes") == {"used"}
    assert names(archive, "linked:no") == names(archive, "is:unlinked") == {"unused"}


@pytest.mark.parametrize(
    ("query", "position", "said"),
    [
        ('name "open', 5, "never closed"),
        ("a (b", 2, "never closed"),
        ("(", 0, "never closed"),
        ("a b)", 3, "closes nothing"),
        (")", 0, "closes nothing"),
        ("()", 0, "Nothing inside"),
        ("a OR", 2, "both sides"),
        ("OR a", 0, "both sides"),
        ("(a OR ) b", 3, "both sides"),
        ("a AND", 2, "both sides"),
        ("a NOT", 2, "needs something"),
        ('ab"c"', 2, "middle of a word"),
    ],
)
def test_broken_structure_is_an_error_at_its_place(query: str, position: int, said: str) -> None:
    error = problem(query)
    assert error.position == position
    assert said in error.message
    assert error.exit_code == 2


@pytest.mark.parametrize(
    ("query", "said", "allowed"),
    [
        ("bogus:1", '"bogus"', "status, class, size"),
        ("Dune: Part", '"Dune"', "in quotes"),
        ("status:nope", '"nope"', "waiting_files_selection"),
        ("status:", "No value for status", "downloaded"),
        ("status:error|", '"error|"', "downloaded"),
        ("size:big", '"big"', ">10gb"),
        ("size:1.5", '"1.5"', ">10gb"),
        ("size:2gb..1gb", "wrong way round", ">10gb"),
        ("size:..", '".."', ">10gb"),
        ("added:soon", '"soon"', "<7d"),
        ("added:2025-13", "no such date", "2025-01..2025-03"),
        ("added:2025-02-30", "no such date", "2025-01..2025-03"),
        ("added:2025-03..2025-01", "wrong way round", "2025-01..2025-03"),
        ("added:7d..2025", '"7d..2025"', "<7d"),
        ("progress:x", '"x"', "<100"),
        ("links:-1", '"-1"', "2..5"),
        ("hash:xyz", '"xyz"', "hex"),
        ("health:great", '"great"', "dead, ok, unknown"),
        ("is:happy", '"happy"', "incomplete, gone, duplicate, stalled, unlinked"),
        ("linked:maybe", '"maybe"', "yes, no"),
        ("ext:", "No value", "mkv"),
        ("size:٣gb", '"٣gb"', ">10gb"),
    ],
)
def test_unknown_fields_and_bad_values_say_what_is_allowed(query: str, said: str, allowed: str) -> None:
    error = problem(f"word {query}")
    assert said.lower() in error.message.lower()
    assert allowed in error.hint
    assert error.position == 5


def test_what_was_typed_is_printable_in_the_error() -> None:
    assert "\x1b" not in problem("status:\x1b[31m").message
    assert "\u202e" not in problem('hash:"\u202exyz"').message


def test_absurd_queries_are_refused_before_sqlite_would_choke() -> None:
    assert "terms" in problem("word " * (MAX_TERMS + 1)).message
    assert "brackets" in problem("(" * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1)).message


def test_the_longest_allowed_query_runs(archive: Archive) -> None:
    archive.add("word")
    assert names(archive, "-" * 5000 + "word " * MAX_TERMS) == {"word"}
    assert names(archive, "(" * MAX_DEPTH + "word" + ")" * MAX_DEPTH) == {"word"}


def test_a_query_that_is_not_utf8_is_taken_as_text(archive: Archive) -> None:
    archive.add("name")
    assert names(archive, "n\udcffame") == set()


def test_every_value_is_bound(archive: Archive) -> None:
    condition = torrents_matching(parse('"x\'); DROP TABLE torrents; --" host:"a\'b" file:"\'" id:"\'"'), NOW)
    assert "'" not in condition.text.replace("'\\'", "").replace("'/'", "")
    assert fold("x'); DROP TABLE torrents; --") in condition.values
    assert list_torrents(archive.reader, condition) == []
