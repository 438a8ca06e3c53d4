"""The settings of a fresh Sonarr or Radarr: its media management, and how it names files."""

from __future__ import annotations

from tests.fakes.arr_qualities import Kind, Row


def settings_of(kind: Kind, released: bool) -> Row:
    """Media management of a fresh server."""
    what, whose = ("Episodes", "Series") if kind == "sonarr" else ("Movies", "Movie")
    newest = {"userRejectedExtensions": "", "seasonPackUpgrade": "all", "seasonPackUpgradeThreshold": 100}
    rest: Row = {"episodeTitleRequired": "always"}
    if kind == "radarr":
        rest = {"autoRenameFolders": False, "pathsDefaultStatic": False}
    return {
        f"autoUnmonitorPreviouslyDownloaded{what}": False, "recycleBin": "", "recycleBinCleanupDays": 7,
        "downloadPropersAndRepacks": "preferAndUpgrade", f"createEmpty{whose}Folders": False,
        "deleteEmptyFolders": False, "fileDate": "none", "rescanAfterRefresh": "always", "setPermissionsLinux": False,
        "chmodFolder": "755", "chownGroup": "", "skipFreeSpaceCheckWhenImporting": False,
        "minimumFreeSpaceWhenImporting": 100, "copyUsingHardlinks": True, "useScriptImport": False,
        "scriptImportPath": "", "importExtraFiles": False, "extraFileExtensions": "srt", "enableMediaInfo": True,
        **rest, **(newest if kind == "sonarr" and not released else {}), "id": 1,
    }  # fmt: skip


def naming_of(kind: Kind) -> Row:
    """How a fresh server names files: it does not rename."""
    if kind == "radarr":
        return {
            "renameMovies": False, "replaceIllegalCharacters": True, "colonReplacementFormat": "smart",
            "standardMovieFormat": "{Movie Title} ({Release Year}) {Quality Full}",
            "movieFolderFormat": "{Movie Title} ({Release Year})", "id": 1,
        }  # fmt: skip
    form = "{Series Title} - S{season:00}E{episode:00} - {Episode Title} {Quality Full}"
    return {
        "renameEpisodes": False, "replaceIllegalCharacters": True, "colonReplacementFormat": 4,
        "customColonReplacementFormat": "", "multiEpisodeStyle": 5, "standardEpisodeFormat": form,
        "dailyEpisodeFormat": "{Series Title} - {Air-Date} - {Episode Title} {Quality Full}",
        "animeEpisodeFormat": form, "seriesFolderFormat": "{Series Title}", "seasonFolderFormat": "Season {season}",
        "specialsFolderFormat": "Specials", "id": 1,
    }  # fmt: skip
