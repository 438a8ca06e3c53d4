"""The fakes answer with no field the real ones were not seen to send, and with the types they send.

The tables are what was recorded, of the newer head where the released line does not differ. A real server is not asked:
what it sends more does no harm.
"""

from __future__ import annotations

from typing import Any

from tests.contract.server import Server


def named(text: str) -> frozenset[str]:
    """The names in a text."""
    return frozenset(text.split())


ITEM = named(
    """added certification cleanTitle genres id images imdbId monitored originalLanguage overview path qualityProfileId
    ratings rootFolderPath runtime sortTitle statistics status tags title titleSlug tmdbId year alternateTitles"""
)
SERIES = ITEM | named(
    """airTime ended firstAired languageProfileId lastAired monitorNewItems network nextAiring previousAiring
    seasonFolder seasons seriesType tvMazeId tvRageId tvdbId useSceneNumbering addOptions"""
)
MOVIE = ITEM | named(
    """digitalRelease folderName hasFile inCinemas isAvailable keywords minimumAvailability movieFile movieFileId
    originalTitle physicalRelease popularity releaseDate secondaryYear secondaryYearSourceId sizeOnDisk studio website
    youTubeTrailerId addOptions"""
)
FILE = named(
    """customFormatScore customFormats dateAdded id indexerFlags languages mediaInfo path quality qualityCutoffNotMet
    relativePath releaseGroup sceneName size"""
)
EPISODE_FILE, MOVIE_FILE = FILE | named("seasonNumber releaseType"), FILE | named("edition originalFilePath")
COMMAND = named(
    """body commandName duration ended exception id message name priority queued result sendUpdatesToClient started
    stateChangeTime status trigger updateScheduledTask"""
)
HISTORY = named(
    """customFormatScore customFormats data date downloadId eventType id languages quality qualityCutoffNotMet
    sourceTitle"""
)
QUEUE = named(
    """added customFormatScore customFormats downloadClient downloadClientHasPostImportCategory downloadId errorMessage
    episodeHasFile estimatedCompletionTime id indexer languages outputPath protocol quality size sizeleft status
    statusMessages timeleft title trackedDownloadState trackedDownloadStatus"""
)
EPISODE = named(
    """airDate airDateUtc episodeFileId episodeNumber hasFile id monitored overview runtime seasonNumber seriesId title
    tvdbId unverifiedSceneNumbering"""
)
ALTERNATE_TITLE = {
    "sonarr": named("title seasonNumber sceneSeasonNumber sceneOrigin comment"),
    "radarr": named("sourceType movieMetadataId title cleanTitle id"),
}
STATISTICS = named(
    "episodeCount episodeFileCount percentOfEpisodes releaseGroups seasonCount sizeOnDisk totalEpisodeCount"
)
SETTINGS = named(
    """autoUnmonitorPreviouslyDownloadedEpisodes autoUnmonitorPreviouslyDownloadedMovies
    copyUsingHardlinks deleteEmptyFolders
    enableMediaInfo extraFileExtensions id importExtraFiles minimumFreeSpaceWhenImporting recycleBin
    recycleBinCleanupDays rescanAfterRefresh seasonPackUpgrade seasonPackUpgradeThreshold setPermissionsLinux
    skipFreeSpaceCheckWhenImporting userRejectedExtensions"""
)


def fields(rows: list[dict[str, Any]]) -> set[str]:
    """Every field of these rows."""
    assert rows
    return {name for row in rows for name in row}


def test_no_field_is_invented(fake: Server) -> None:
    assert fake.fake is not None
    sonarr = fake.kind == "sonarr"
    held = fake.hold()
    fake.fake.finds[fake.episodes(held)[0]["id"] if sonarr else held.id] = "Some.Release"
    fake.search(held)
    one_of = named("episodeId seasonNumber") if sonarr else named("")
    allowed = {
        fake.item: SERIES if sonarr else MOVIE,
        f"{fake.file}?{fake.owner}={held.id}": EPISODE_FILE if sonarr else MOVIE_FILE,
        "command": COMMAND,
        "config/mediamanagement": SETTINGS,
        "queue/details": QUEUE | one_of,
        "history/since?date=2020": HISTORY | one_of,
    }
    for path, known in allowed.items():
        shown = fake.get(path).body
        assert fields(shown if isinstance(shown, list) else [shown]) <= known | {fake.owner}, path
    row = fake.row(held)
    assert fields(row["alternateTitles"]) <= ALTERNATE_TITLE[fake.kind]
    if sonarr:
        assert fields(fake.episodes(held)) <= EPISODE
        assert set(row["statistics"]) == STATISTICS
        assert {"seasonNumber", "monitored", "statistics"} == fields(row["seasons"])


def test_ids_and_marks_have_the_types_they_have(fake: Server) -> None:
    held = fake.hold()
    row, (record,) = fake.row(held), fake.records(held)
    for value in (row["id"], row["qualityProfileId"], row["tmdbId"], record["id"], record["size"]):
        assert type(value) is int
    assert type(row["monitored"]) is bool
    assert type(record["quality"]["revision"]["version"]) is int
    assert [type(one) for one in (row["path"], record["path"], record["dateAdded"])] == [str, str, str]


def test_the_released_line_lacks_what_it_lacks(sonarr: Server) -> None:
    newer = named("userRejectedExtensions seasonPackUpgrade seasonPackUpgradeThreshold")
    settings = set(sonarr.get("config/mediamanagement").body)
    assert newer & settings == (set() if sonarr.released else newer)
    assert ("isContainerized" in sonarr.get("system/status").body) is not sonarr.released
