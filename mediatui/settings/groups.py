"""The settings in the order people look for them, with titles in plain words: what the settings screen shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from mediatui.model.arr import ARR_TITLES, ArrKind
from mediatui.settings.keys import SettingKey, keys_of
from mediatui.settings.model import Settings

OTHERS: Final = "Other"
"""Where a setting stands that has no place here yet."""
GROUPS: Final[Mapping[str, Mapping[str, str]]] = {
    "Account": {
        "realdebrid.token": "Token",
        "realdebrid.languages": "Preferred languages",
    },
    "Library": {
        "library.roots": "Folders of links",
        "library.mounts": "Mounts of the targets",
        "library.storage": "Folders of real files",
        "library.video_extensions": "Endings of videos",
        "library.small_file_bytes": "Suspiciously small below",
        "library.max_per_dir": "Most entries of a folder",
    },
    "sonarr": {},
    "radarr": {},
    "Prowlarr": {
        "prowlarr.enabled": "In use",
        "prowlarr.url": "Address",
        "prowlarr.api_key": "API key",
        "prowlarr.indexers": "Indexers asked",
        "prowlarr.parallel": "Indexers asked at once",
        "prowlarr.timeout_s": "Wait for one, seconds",
    },
    "Releases": {
        "acquire.prefer": "Preferred",
        "acquire.avoid": "Avoided",
        "acquire.route": "Route of releases",
        "acquire.route_by_indexer": "Route of an indexer",
        "acquire.pause_s": "Pause between two, seconds",
        "acquire.stalled_min": "Said to stall after, minutes",
    },
    "Seedbox": {
        "seedbox.enabled": "In use",
        "seedbox.url": "Address of rTorrent",
        "seedbox.user": "User name",
        "seedbox.password": "Password",
        "seedbox.roots": "Folders of torrents there",
        "seedbox.verify_tls": "Certificate is checked",
        "seedbox.allow_http": "Password over http",
    },
    "Files of the seedbox": {
        "sftp.host": "Host of its SSH login",
        "sftp.port": "Port",
        "sftp.user": "User name",
        "sftp.key_file": "Key file",
        "sftp.passphrase": "Passphrase of that key",
        "sftp.password": "Password",
        "sftp.agent": "Keys of ssh-agent",
        "sftp.use_ssh_config": "~/.ssh/config counts",
        "sftp.trust_system_known_hosts": "~/.ssh/known_hosts counts",
        "sftp.connections": "Connections at once",
        "sftp.parallel": "Files at once",
        "sftp.limit_kib_s": "At most, KiB a second",
        "sftp.keep_extras": "Samples and texts too",
    },
    "Staging": {
        "staging.folder": "Folder of staged links",
        "staging.keep_free_gb": "Kept free there, GB",
        "staging.leftover_days": "Left over after days",
        "acquire.auto": "Goes by itself up to",
        "acquire.mount_view": "View of the mounts",
        "acquire.probe": "Files are opened by",
    },
    "Importing": {
        "importing.method": "Done by",
        "importing.existing": "Where a file is already",
        "importing.storage": "Folder of imported files",
        "importing.subtitles": "Subtitles too",
        "importing.sample_max_mb": "Samples are below, MB",
        "acquire.film_name": "Names of films",
        "acquire.episode_name": "Names of episodes",
        "acquire.season_folder": "Folders of seasons",
    },
    "Paths": {
        "paths.rules": "Folders with another path there",
    },
    "Titles and texts": {
        "metadata.languages": "Languages, first before others",
        "metadata.tmdb_key": "Key for TMDB",
        "metadata.tvdb_key": "Key for TVDB",
        "metadata.tvdb_pin": "PIN of that key",
    },
    "Plex": {
        "plex.enabled": "In use",
        "plex.url": "Address",
        "plex.token": "Token",
        "plex.libraries": "Libraries in use",
        "plex.ignore": "Libraries left alone",
        "plex.update": "Changes are reported",
    },
    "Jellyfin": {
        "jellyfin.enabled": "In use",
        "jellyfin.url": "Address",
        "jellyfin.api_key": "API key",
        "jellyfin.user": "User whose eyes are used",
        "jellyfin.libraries": "Libraries in use",
        "jellyfin.ignore": "Libraries left alone",
        "jellyfin.update": "Changes are reported",
    },
    "rclone": {
        "library.rclone_rc": "Address of its control",
        "library.rclone_rc_user": "User name",
        "library.rclone_rc_password": "Password",
        "library.mount_cache_min": "Age of listings, minutes",
        "library.mount_timeout_s": "Wait for a mount, seconds",
    },
    "Screen": {
        "ui.theme": "Theme",
        "ui.colors": "Number of colours",
        "ui.density": "Room between rows",
        "ui.confirm": "Ask before",
        "ui.vim_keys": "h j k l g G move",
        "ui.keymap": "Other keys",
        "ui.filters": "Saved filters",
    },
    "By itself": {
        "automation.sync_every_minutes": "Sync every, minutes",
        "automation.scan_every_hours": "Scan every, hours",
        "automation.transfers_every_s": "Look at transfers every, seconds",
        "automation.arr_every_hours": "Read Sonarr and Radarr every, hours",
        "sync.old": "Old details of",
        "sync.old_per_run": "Old details in a run",
    },
    "Limits on removal": {
        "library.max_delete_count": "Items in one run",
        "library.max_delete_share": "Share of what is there",
    },
    "Scan": {
        "scan.playable_days": "Believe readable, days",
        "scan.history": "Scans kept",
        "scan.ffprobe": "Path of ffprobe",
        "scan.probe_workers": "Videos probed at once",
        "scan.probe_timeout_s": "Wait for a probe, seconds",
        "library.workers": "Threads of a walk",
    },
    "Playing": {
        "play.player": "Player",
    },
    "Log": {
        "log.level": "Least level",
        "log.max_bytes": "Bytes of a file",
        "log.backups": "Older files kept",
    },
    OTHERS: {},
    "Requests to Real-Debrid": {
        "realdebrid.requests_per_minute": "Requests in a window",
        "realdebrid.window_s": "Window, seconds",
        "realdebrid.max_concurrent": "Requests at once",
        "realdebrid.quota_wait_s": "Pause after 429 on lists",
        "realdebrid.torrent_wait_s": "Pause after 429 on details",
        "realdebrid.page_wait_s": "Pause between list pages",
        "realdebrid.list_page": "Torrents on a list page",
        "realdebrid.timeout_s": "Wait for an answer, seconds",
        "realdebrid.base_url": "Address of the API",
        "realdebrid.max_list_bytes": "Most bytes of a list",
        "realdebrid.max_answer_bytes": "Most bytes of an answer",
        "realdebrid.batch_size": "Rows of a transaction",
    },
}
"""Titles by group and key. A group called by a kind of service is made once for each service of that kind."""
OF_A_SERVICE: Final[Mapping[str, str]] = {
    "enabled": "In use",
    "url": "Address",
    "api_key": "API key",
    "after_change": "After a change",
    "path_map": "Paths that differ",
    "quality_profile": "Quality profile of new ones",
    "root_folder": "Root folder of new ones",
    "tags": "Tags of new ones",
    "monitor": "Monitored of new ones",
    "season_folder": "Season folders in new ones",
    "series_type": "Type of new ones",
    "minimum_availability": "New ones are available when",
    "name": "Name",
}
"""Titles of what every Sonarr and Radarr has."""


@dataclass(frozen=True, slots=True)
class Place:
    """A setting with its title."""

    key: SettingKey
    title: str


def grouped(settings: Settings) -> Iterator[tuple[str, list[Place]]]:
    """Every setting there is, each once, group by group."""
    keys = {key.name: key for key in keys_of(settings)}
    placed = {name for titles in GROUPS.values() for name in titles}
    for group, titles in GROUPS.items():
        if group in ARR_TITLES:
            yield from _of_services(settings, group, keys)  # type: ignore[arg-type]  # a kind
            continue
        places = [Place(keys[name], title) for name, title in titles.items() if name in keys]
        if group == OTHERS:
            places = [
                Place(key, key.field.replace("_", " "))
                for name, key in keys.items()
                if name not in placed and key.section not in ARR_TITLES
            ]
        if places:
            yield group, places


def _of_services(
    settings: Settings, kind: ArrKind, keys: Mapping[str, SettingKey]
) -> Iterator[tuple[str, list[Place]]]:
    services = [service for service in settings.services if service.kind == kind]
    for service in services:
        begin = service.section if len(services) > 1 else kind
        fields = [key.field for key in keys.values() if key.section == kind and key.name == f"{begin}.{key.field}"]
        fields.sort(key=lambda field: list(OF_A_SERVICE).index(field) if field in OF_A_SERVICE else len(OF_A_SERVICE))
        titles = {field: OF_A_SERVICE.get(field, field.replace("_", " ")) for field in fields}
        yield service.title, [Place(keys[f"{begin}.{field}"], title) for field, title in titles.items()]
