import json

import pytest

from mediatui.archive.query.parse import parse
from mediatui.archive.stats import before_growth, collect_statistics, compact_line
from mediatui.headless.report import statistics_lines
from mediatui.store.conditions import torrents_matching
from mediatui.store.torrents.classes import classify_due
from mediatui.store.torrents.listing import bytes_together, count_torrents
from tests.worlds.archive import DAY, NOW, Archive


def test_the_compact_line_is_the_documented_one(archive: Archive) -> None:
    archive.writer.execute("BEGIN")
    for number in range(4_233):
        status = "error" if number < 2 else "downloaded"
        archive.add(status=status, bytes=3_590_834_000, details_at=NOW if number else None)
    archive.add(status="error", gone_at=NOW)
    archive.writer.execute("COMMIT")
    classify_due(archive.writer, NOW)
    assert compact_line(archive.reader) == "4,233 torrents | 4,232 details (100.0%) | 0 active | 2 problems | 15.2 TB"


def test_an_empty_archive_has_statistics(archive: Archive) -> None:
    assert compact_line(archive.reader) == "0 torrents | 0 details (0.0%) | 0 active | 0 problems | 0 B"
    figures = collect_statistics(archive.reader, NOW)
    assert (figures.total, figures.coverage, figures.average_bytes, figures.mean_progress) == (0, 0, 0, 0)
    assert figures.smallest_bytes is None
    assert figures.statuses == figures.months == figures.biggest == figures.growth == ()
    assert figures.requests.mean_ms is None
    assert [advice.command for advice in figures.recommendations] == ["mediatui --headless sync"]


def test_volume_progress_and_recent_additions(archive: Archive) -> None:
    archive.add(bytes=0, progress=0, status="magnet_conversion", added_at=NOW - 60)
    archive.add(bytes=100, progress=50, status="downloading", added_at=NOW - 2 * DAY)
    archive.add(bytes=500, details_at=NOW, added_at=None)
    archive.add(bytes=9_999, gone_at=NOW)
    figures = collect_statistics(archive.reader, NOW)
    assert (figures.total, figures.gone, figures.active) == (3, 1, 2)
    assert (figures.bytes, figures.average_bytes) == (600, 200)
    assert (figures.smallest_bytes, figures.largest_bytes) == (100, 500)
    assert (figures.added_day, figures.added_week) == (1, 2)
    assert figures.mean_progress == 50
    assert (figures.details, figures.missing_details) == (1, 2)
    assert round(figures.coverage, 1) == 33.3


def test_the_account_is_split_by_status_host_and_month(archive: Archive) -> None:
    archive.add(bytes=30, status="downloaded", added_at=1_736_899_200)  # 15 January 2025
    archive.add(bytes=20, status="downloaded", host="other.example", added_at=1_736_899_200)
    archive.add(bytes=10, status="new_status", added_at=1_739_577_600)  # 15 February 2025
    archive.add(bytes=40, status="downloaded", added_at=None)
    figures = collect_statistics(archive.reader, NOW)
    assert [(share.name, share.count, share.percent, share.bytes) for share in figures.statuses] == [
        ("downloaded", 3, 75.0, 90),
        ("new_status", 1, 25.0, 10),
    ]
    assert [(share.name, share.count) for share in figures.hosts] == [("real-debrid.com", 3), ("other.example", 1)]
    assert [(share.name, share.count, share.bytes) for share in figures.months] == [
        ("2025-01", 2, 50),
        ("2025-02", 1, 10),
    ]


def test_duplicates_waste_all_but_the_largest_copy(archive: Archive) -> None:
    for size in (100, 300, 200):
        archive.add(hash="a" * 40, bytes=size)
    archive.add(hash="b" * 40)
    archive.add(hash="b" * 40, gone_at=NOW)
    duplicates = collect_statistics(archive.reader, NOW).duplicates
    assert (duplicates.groups, duplicates.extra, duplicates.wasted_bytes) == (1, 2, 300)


def test_the_biggest_are_ten_largest_first(archive: Archive) -> None:
    for size in range(1, 13):
        archive.add(bytes=size)
    archive.add(bytes=999, gone_at=NOW)
    biggest = collect_statistics(archive.reader, NOW).biggest
    assert [torrent.bytes for torrent in biggest] == [12, 11, 10, 9, 8, 7, 6, 5, 4, 3]


def test_extensions_count_the_selected_files_of_standing_rows(archive: Archive) -> None:
    first = archive.add(files=[("/Some.Dir/a.b.MKV", 5), ("/no_extension", 1), ("/x.mkv", 5), ("/skipped.txt", 1)])
    archive.writer.execute("UPDATE torrent_files SET selected = 0 WHERE torrent_id = ? AND file_id = 4", (first,))
    archive.add(files=[("/gone.avi", 1)], gone_at=NOW)
    extensions = collect_statistics(archive.reader, NOW).extensions
    assert [(share.name, share.count, share.bytes) for share in extensions] == [("mkv", 2, 10)]
    assert round(extensions[0].percent, 1) == 66.7


@pytest.mark.parametrize(
    ("name", "resolution"),
    [
        ("Film.2160p.UHD", "2160p"),
        ("Film 4K HDR", "2160p"),
        ("Film.4k", "2160p"),
        ("Show.1080i.HDTV", "1080p"),
        ("Show.720p", "720p"),
        ("Film.DVDRip.576p", "576p"),
        ("Old.480p", "480p"),
        ("Film.DVDRip", "not named"),
        ("Studio54K", "not named"),
    ],
)
def test_resolutions_are_read_from_names(archive: Archive, name: str, resolution: str) -> None:
    archive.add(name)
    assert [share.name for share in collect_statistics(archive.reader, NOW).resolutions] == [resolution]


def add_sync(archive: Archive, ended_at: float, state: str = "done", **counts: object) -> None:
    job = {"name": "sync", "lane": "account", "state": state, "pid": 1, "started_at": ended_at - 5}
    archive.insert("jobs", job | {"ended_at": ended_at, "counts": json.dumps(counts), "summary": "s", "requests": 3})


def test_growth_is_counted_back_from_the_job_history(archive: Archive) -> None:
    for _ in range(5):
        archive.add(first_seen_at=50)
    add_sync(archive, 100, new=4, gone=0, revived=0)
    add_sync(archive, 200, new=2, gone=2, revived=1)
    add_sync(archive, 300, state="failed", new=50)
    add_sync(archive, 400, new=9, dry_run=True)
    figures = collect_statistics(archive.reader, 500)
    assert [(point.at, point.total, point.came, point.went) for point in figures.growth] == [
        (100, 4, 4, 0),
        (200, 5, 3, 2),
    ]
    assert (figures.syncs, figures.last_sync_at) == (2, 200)


def test_request_figures_cover_the_last_day(archive: Archive) -> None:
    def request(at: float, outcome: str | None, ms: float | None, what: str = "GET /torrents") -> None:
        row = {"at": at, "service": "rd", "lane": "list", "what": what, "outcome": outcome, "ms": ms}
        archive.insert("requests", row)

    for ms in range(1, 100):
        request(NOW - 10, "ok", ms)
    request(NOW - 10, "slow-down", 2_500, "GET /torrents/info/{id}")
    request(NOW - 5, None, None)
    request(NOW - 2 * DAY, "ok", 9_999)
    figures = collect_statistics(archive.reader, NOW).requests
    assert figures.count == 101
    assert figures.errors == (("slow-down", 1), ("unanswered", 1))
    assert figures.mean_ms == pytest.approx((99 * 50 + 2_500) / 100)
    assert figures.p95_ms == 96
    assert (figures.slowest[0].what, figures.slowest[0].slow) == ("GET /torrents/info/{id}", 1)
    assert (len(figures.hours), figures.hours[-1], sum(figures.hours)) == (24, 101, 101)
    assert figures.busiest_minute == 101


def test_recommendations_name_a_command_and_a_query_that_lists_their_rows(archive: Archive) -> None:
    add_sync(archive, NOW - 3 * DAY)
    archive.add(status="error")
    archive.add(status="waiting_files_selection", progress=0)
    archive.add(links_count=1, selected_count=2)
    archive.add(hash="d" * 40, bytes=2_000_000)
    archive.add(hash="d" * 40, bytes=1_000_000)
    for path, state in ((b"/l/a", "ok"), (b"/l/b", "broken"), (b"/l/c", "loop"), (b"/l/d", "unreachable")):
        archive.insert("library_links", {"path": path, "target": b"/t", "state": state})
    advice = collect_statistics(archive.reader, NOW).recommendations
    assert [(each.text, each.query) for each in advice] == [
        ("The last sync was 3 days ago.", None),
        ("5 without details.", "details:no"),
        ("3 with a problem.", "class:problem"),
        ("1 duplicate takes 1.0 MB.", "is:duplicate"),
        ("2 dead links in the library.", None),
    ]
    counted = {
        each.query: count_torrents(archive.reader, torrents_matching(parse(each.query)))
        for each in advice
        if each.query
    }
    assert counted == {"details:no": 5, "class:problem": 3, "is:duplicate": 2}
    assert all(each.command.startswith("mediatui --headless ") for each in advice)


def test_errors_of_the_service_are_counted_apart_from_problems(archive: Archive) -> None:
    for status in ("error", "magnet_error", "virus", "dead", "waiting_files_selection"):
        archive.add(status=status, details_at=NOW)
    archive.add(links_count=1, selected_count=2, details_at=NOW)
    archive.add(health="dead", health_code=24, details_at=NOW)
    archive.add(status="error", health="dead", gone_at=NOW)
    classify_due(archive.writer, NOW)
    figures = collect_statistics(archive.reader, NOW)
    assert (figures.errors, figures.problems, figures.dead_links, figures.dead_library_links) == (4, 7, 1, 0)
    listed = torrents_matching(parse("status:problem -status:waiting_files_selection"))
    assert count_torrents(archive.reader, listed) == 4
    assert "errors      4 reported by the service" in "\n".join(statistics_lines(figures))


def test_active_downloads_are_worth_a_sync_and_otherwise_there_is_nothing_to_do(archive: Archive) -> None:
    add_sync(archive, NOW - 60)
    archive.add(details_at=NOW)
    figures = collect_statistics(archive.reader, NOW)
    assert figures.recommendations == ()
    assert list(statistics_lines(figures))[-2:] == ["Worth doing", "  Nothing to do."]
    archive.add(status="downloading", progress=5, speed=7, seeders=1, added_at=NOW - 60, details_at=NOW)
    (advice,) = collect_statistics(archive.reader, NOW).recommendations
    assert (advice.query, advice.command) == ("status:active", "mediatui --headless sync --include-active-downloads")


def test_the_largest_are_told_with_their_status(archive: Archive) -> None:
    archive.add("Some.Film", bytes=5_000_000_000, status="compressing")
    lines = list(statistics_lines(collect_statistics(archive.reader, NOW)))
    assert "      5.0 GB  compressing  Some.Film" in lines


def test_growth_says_what_was_there_before(archive: Archive) -> None:
    for _ in range(5):
        archive.add(first_seen_at=50)
    add_sync(archive, 100, new=2, gone=1)
    figures = collect_statistics(archive.reader, 500)
    assert before_growth(figures.growth) == 4
    assert "  before                           4" in list(statistics_lines(figures))
    assert before_growth(()) == 0


def test_growth_counts_what_was_added_and_deleted_from_here(archive: Archive) -> None:
    for seen, gone in ((99, None), (99, None), (99, 150), (99, 160), (140, None), (199, None), (250, None)):
        archive.add(first_seen_at=seen, gone_at=gone)
    add_sync(archive, 100, new=4)
    add_sync(archive, 200, new=1)
    figures = collect_statistics(archive.reader, 300)
    assert [(point.at, point.total, point.came, point.went) for point in figures.growth] == [
        (100, 4, 4, 0),
        (200, 4, 2, 2),  # one was added here and two were deleted between the syncs
        (300, 5, 1, 0),  # and one was added since
    ]


def test_each_share_is_what_its_query_lists(archive: Archive) -> None:
    names = ("Film.2019.FRENCH.1080p.WEB-DL", "Show.S01.MULTi.VFF.2160p.REMUX", "Old.DVDRip", "A.Name", "Gone.1080p")
    for number, name in enumerate(names):
        gone = NOW - 3 * DAY if name.startswith("Gone") else None
        size = (500, 7 * 10**9, 20 * 10**9, 90 * 10**9, 10**9)[number]
        archive.add(name, bytes=size, status="brand_new" if number == 3 else "error", host=f"h{number}", gone_at=gone)
    figures = collect_statistics(archive.reader, NOW)
    assert [(share.name, share.count) for share in figures.sources] == [
        ("DVD", 1), ("remux", 1), ("WEB-DL", 1), ("not named", 1),
    ]  # fmt: skip
    assert [(share.name, share.count) for share in figures.languages] == [
        ("French", 2), ("multi", 1), ("not named", 2),
    ]  # fmt: skip
    assert [share.name for share in figures.sizes] == ["below 1 GB", "5 to 20 GB", "20 to 50 GB", "50 GB and more"]
    for shares in (
        figures.statuses, figures.classes, figures.resolutions, figures.sources, figures.languages, figures.sizes,
        figures.hosts, figures.months,
    ):  # fmt: skip
        for share in shares:
            condition = torrents_matching(parse(share.query), NOW)
            found = count_torrents(archive.reader, condition), bytes_together(archive.reader, condition)
            assert found == (share.count, share.bytes), share
    assert [(period.days, period.came, period.went) for period in figures.periods] == [
        (1, 0, 0), (7, 4, 1), (30, 4, 1), (365, 4, 1),
    ]  # fmt: skip


def test_parts_of_an_archive_are_one_type(archive: Archive) -> None:
    archive.add(files=[(f"/a.{name}", 1) for name in ("rar", "r00", "r01", "002", "mkv")])
    extensions = collect_statistics(archive.reader, NOW).extensions
    assert [(share.name, share.count, share.query) for share in extensions] == [
        ("rar", 4, "file:*.r??"), ("mkv", 1, "ext:mkv"),
    ]  # fmt: skip
    found = count_torrents(archive.reader, torrents_matching(parse("file:*.r??"), NOW))
    assert found == 1
