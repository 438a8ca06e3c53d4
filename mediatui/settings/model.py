"""The settings: their sections, keys, defaults and ranges.

Every key has a ``description``; ``settings.keys`` turns types and ranges into "what is allowed".
"""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic import model_validator as check_together
from pydantic_core import PydanticCustomError

from mediatui.model.arr import ARR_TITLES
from mediatui.model.choices import OldDetails, Theme
from mediatui.model.errors import UsageError
from mediatui.model.media_server import ServerName
from mediatui.model.text import printable
from mediatui.settings.acquisition import (
    AcquireSettings,
    ImportingSettings,
    MetadataSettings,
    PathsSettings,
    ProwlarrSettings,
    StagingSettings,
)
from mediatui.settings.arr import ArrSettings, RadarrSettings, SonarrSettings
from mediatui.settings.media_servers import JellyfinSettings, MediaServerSettings, PlexSettings
from mediatui.settings.place_checks import STORAGE, check_places, check_rules
from mediatui.settings.section import Section
from mediatui.settings.seedbox import SeedboxSettings
from mediatui.settings.sftp import SftpSettings
from mediatui.settings.value_types import (
    AbsolutePath,
    Allowed,
    Extension,
    Language,
    OptionalRcUrl,
    Url,
)  # fmt: skip

REAL_DEBRID_HOST = "real-debrid.com"
REAL_DEBRID_URL = "https://api.real-debrid.com/rest/1.0"
FULL_WINDOW_S = 60.0
MIB = 1024 * 1024
VIDEO_EXTENSIONS = ("mkv", "mp4", "avi", "mov", "m4v", "webm", "ts", "m2ts", "wmv")


class RealDebridSettings(Section):
    """The account and the request budget. Times are seconds."""

    token: SecretStr = Field(default=SecretStr(""), description="private API token of the account")
    base_url: Url = Field(default=REAL_DEBRID_URL, description="address of the API")
    requests_per_minute: int = Field(
        default=200, ge=1, le=250, description="requests in a window; leaves room for others"
    )
    window_s: float = Field(
        default=FULL_WINDOW_S, ge=0.05, le=3600, description="length of the window requests are counted in"
    )
    max_concurrent: int = Field(default=8, ge=1, le=32, description="requests in flight at once")
    list_page: int = Field(default=5000, ge=1, le=5000, description="torrents a list page")
    timeout_s: float = Field(default=30.0, ge=0.1, le=600, description="wait for an answer")
    batch_size: int = Field(default=250, ge=1, le=10_000, description="rows a database transaction")
    quota_wait_s: float = Field(
        default=60.0, ge=0, le=3600, description="pause after a 429 on lists without Retry-After"
    )
    torrent_wait_s: float = Field(
        default=10.0, ge=0, le=3600, description="pause after a 429 on details without Retry-After"
    )
    page_wait_s: float = Field(default=0.0, ge=0, le=3600, description="pause between list pages")
    max_list_bytes: int = Field(
        default=512 * MIB, ge=MIB, le=4096 * MIB, description="bytes a list may have, unpacked; more is no answer"
    )
    max_answer_bytes: int = Field(
        default=16 * MIB, ge=MIB, le=1024 * MIB, description="bytes any other answer may have, unpacked"
    )

    languages: list[Language] = Field(
        default=[], description="languages preferred among copies (dedupe --keep best), the first before the others"
    )

    @property
    def is_real_debrid(self) -> bool:
        """Whether ``base_url`` is the service itself, not a simulator."""
        host = (urlsplit(self.base_url).hostname or "").lower().rstrip(".")
        return host == REAL_DEBRID_HOST or host.endswith("." + REAL_DEBRID_HOST)

    @check_together(mode="after")
    def _whole_window_for_the_service(self) -> RealDebridSettings:
        """The service counts in minutes (API documentation), so a shorter window would break its limit."""
        if self.window_s < FULL_WINDOW_S and self.is_real_debrid:
            raise PydanticCustomError(
                "short_window",
                "a number from 60 up while realdebrid.base_url is Real-Debrid's own (shorter is for simulators)",
            )
        return self


class MountSettings(Section):
    """A folder that symlinks point into; ``sentinel`` is a file in it that exists while it is mounted. ``rclone_rc`` is
    the address of its own remote control, ``rclone_fs`` the name of its remote there."""

    path: AbsolutePath
    sentinel: str | None = None
    rclone_rc: OptionalRcUrl | None = None
    rclone_fs: str | None = None


class LibrarySettings(Section):
    """The symlink library and what may be deleted from it in one run."""

    roots: list[AbsolutePath] = Field(
        default=[], description="folders of symlinks; their first level is the categories"
    )
    mounts: list[MountSettings] = Field(
        default=[], description="where targets live: paths, or {path, sentinel, rclone_rc, rclone_fs}"
    )
    storage: list[AbsolutePath] = Field(default=[], description="folders of real files")
    mount_timeout_s: float = Field(
        default=5.0, ge=1, le=300, description="an answer of a mount later than this is late"
    )
    rclone_rc: OptionalRcUrl = Field(default="", description="address of rclone's remote control; empty is not used")
    rclone_rc_user: str = Field(default="", description="its user name, if it requires one")
    rclone_rc_password: SecretStr = Field(default=SecretStr(""), description="the password of that login")
    mount_cache_min: int = Field(
        default=0, ge=0, le=10**6, description="minutes a mount may keep a listing; 0 asks rclone, else takes a day"
    )
    workers: int = Field(default=8, ge=1, le=64, description="threads that walk the library")
    small_file_bytes: int = Field(default=1024, ge=0, le=2**40, description="videos smaller than this are suspicious")
    max_delete_share: float = Field(
        default=0.10, ge=0, le=1, description="share of the items examined that one run may delete"
    )
    max_delete_count: int = Field(default=50, ge=0, le=10**9, description="items one run may delete")
    max_per_dir: int | None = Field(
        default=None,
        ge=2,
        le=100_000,
        description="entries a folder may hold; unset: 50, where range folders are",
    )
    video_extensions: list[Extension] = Field(default=list(VIDEO_EXTENSIONS), description="what counts as a video")

    @property
    def video_endings(self) -> tuple[bytes, ...]:
        """The endings of video names, in small letters with the dot."""
        return tuple(f".{extension.lower()}".encode() for extension in self.video_extensions)

    @field_validator("mounts", mode="before")
    @classmethod
    def _paths_as_mounts(cls, value: object) -> object:
        if not isinstance(value, list):
            return value
        return [{"path": entry} if isinstance(entry, str) else entry for entry in value]


class ScanSettings(Section):
    """The depth of a scan."""

    ffprobe: str = Field(default="", description="path of ffprobe; empty finds it on PATH")
    probe_workers: int = Field(default=4, ge=1, le=64, description="videos probed at once")
    probe_timeout_s: float = Field(default=30.0, ge=1, le=3600, description="wait for one probe")
    playable_days: int = Field(
        default=7, ge=0, le=365, description="days until a file that could be read is read again"
    )
    history: int = Field(default=3, ge=1, le=100, description="scans kept")


class SyncSettings(Section):
    """What a sync fetches again."""

    old: OldDetails = Field(
        default="unfinished", description="whose details a smart sync fetches again after seven days"
    )
    old_per_run: int = Field(
        default=200,
        ge=1,
        le=100_000,
        description="finished torrents it does so for in one run, oldest details first",
    )


class UiSettings(Section):
    """The full screen."""

    theme: Theme = Field(default="mediatui", description="colours")
    colors: Literal["auto", "truecolor", "256", "16", "none"] = Field(
        default="auto", description="how many colours to draw with; auto asks the terminal, NO_COLOR is none"
    )
    vim_keys: bool = Field(default=True, description="whether h j k l g G move")
    confirm: Literal["always", "destructive"] = Field(default="always", description="which actions ask first")
    density: Literal["compact", "comfortable"] = Field(default="compact", description="room between rows")
    keymap: dict[str, str] = Field(default={}, description="other keys for actions: action = key")
    filters: dict[str, str] = Field(default={}, description="saved filters of torrents: name = query")

    @field_validator("theme", mode="before")
    @classmethod
    def _none_is_ours(cls, value: object) -> object:
        return value or "mediatui"

    @field_validator("colors", mode="before")
    @classmethod
    def _number_as_word(cls, value: object) -> object:
        """256 and 16 may stand in the file without quotes."""
        return str(value) if type(value) is int else value


PlayerWord = Annotated[str, Allowed("a word of its command line, {url} where the address goes")]


class PlaySettings(Section):
    """What plays a file."""

    player: list[PlayerWord] = Field(
        default=[], description="command line of the player; empty is the first of mpv, vlc, xdg-open"
    )

    @field_validator("player")
    @classmethod
    def _has_a_place_for_the_address(cls, value: list[str]) -> list[str]:
        if value and not (value[0].strip() and "{url}" not in value[0] and any("{url}" in word for word in value[1:])):
            raise PydanticCustomError(
                "player", "a program and its words, one of which holds {place}, the address", {"place": "{url}"}
            )
        return value


class AutomationSettings(Section):
    """What the open app does by itself; 0 switches it off."""

    sync_every_minutes: int = Field(default=0, ge=0, le=10_080, description="minutes between syncs; 0 is off")
    scan_every_hours: int = Field(default=0, ge=0, le=8_760, description="hours between scans; 0 is off")
    transfers_every_s: int = Field(
        default=30, ge=0, le=86_400, description="seconds between looks at transfers under way; 0 is off"
    )
    arr_every_hours: int = Field(
        default=6, ge=0, le=8_760, description="hours between readings of what Sonarr and Radarr know; 0 is off"
    )


class LogSettings(Section):
    """The log file."""

    level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="least level written")
    max_bytes: int = Field(default=2_000_000, ge=10_000, le=10**10, description="bytes at which the file is rotated")
    backups: int = Field(default=3, ge=0, le=100, description="rotated files that are kept")


class Settings(Section):
    """Every setting; ``Settings()`` holds the defaults, ``load_settings`` returns those of a run."""

    realdebrid: RealDebridSettings = RealDebridSettings()
    library: LibrarySettings = LibrarySettings()
    sync: SyncSettings = SyncSettings()
    scan: ScanSettings = ScanSettings()
    sonarr: tuple[SonarrSettings, ...] = (SonarrSettings(),)
    radarr: tuple[RadarrSettings, ...] = (RadarrSettings(),)
    prowlarr: ProwlarrSettings = ProwlarrSettings()
    seedbox: SeedboxSettings = SeedboxSettings()
    sftp: SftpSettings = SftpSettings()
    acquire: AcquireSettings = AcquireSettings()
    staging: StagingSettings = StagingSettings()
    importing: ImportingSettings = ImportingSettings()
    paths: PathsSettings = PathsSettings()
    metadata: MetadataSettings = MetadataSettings()
    plex: PlexSettings = PlexSettings()
    jellyfin: JellyfinSettings = JellyfinSettings()
    play: PlaySettings = PlaySettings()
    ui: UiSettings = UiSettings()
    automation: AutomationSettings = AutomationSettings()
    log: LogSettings = LogSettings()

    @property
    def account(self) -> RealDebridSettings:
        """The section of the account's provider."""
        return self.realdebrid

    @field_validator("sonarr", "radarr", mode="before")
    @classmethod
    def _one_or_several(cls, value: object) -> object:
        """Accepts one table, or a list of them, each with a name when there are several; an empty list means one with
        defaults."""
        if not isinstance(value, list):
            return [value] if isinstance(value, dict) else value
        if len(value) > 1 and not all(isinstance(service, dict) and service.get("name") for service in value):
            raise PydanticCustomError("service_name", "each of several needs a name of its own")
        return value or [{}]

    @check_together(mode="after")
    def _names_distinguish_services(self) -> Settings:
        """Every name belongs to one service; ``tree`` is reserved for media that no service reported."""
        for service in self.services:
            if service.name != service.kind and service.name in (*ARR_TITLES, "tree"):
                raise PydanticCustomError(
                    "service_name",
                    "a {title} cannot be named {name}",
                    {"title": ARR_TITLES[service.kind], "name": service.name},
                )
        names = Counter(service.name for service in self.services)
        for name, count in names.items():
            if count > 1:
                raise PydanticCustomError(
                    "service_name", "{count} services are named {name}", {"count": count, "name": name}
                )
        return self

    @check_together(mode="after")
    def _places_fit(self) -> Settings:
        mounts = [mount.path for mount in self.library.mounts]
        places = {"library.roots": self.library.roots, STORAGE: self.library.storage, "library.mounts": mounts}
        check_places(self.staging.folder, self.importing.storage, places)
        return self

    @check_together(mode="after")
    def _path_rules_are_for_services(self) -> Settings:
        check_rules(self.paths.rules, [service.name for service in self.services])
        return self

    @property
    def services(self) -> tuple[ArrSettings, ...]:
        """Every Sonarr and Radarr, enabled or not; there is at least one of each kind."""
        return (*self.sonarr, *self.radarr)

    def media_server(self, name: ServerName) -> MediaServerSettings:
        """The section of a media server."""
        section: MediaServerSettings = getattr(self, name)
        return section

    def arr(self, name: str) -> ArrSettings:
        """The Sonarr or Radarr of this name; the word of a kind also means the only service of that kind. Raises
        UsageError when there is none."""
        for service in self.services:
            if service.name == name:
                return service
        of_kind = [service for service in self.services if service.kind == name]
        if len(of_kind) == 1:
            return of_kind[0]
        raise UsageError(
            f"No Sonarr or Radarr is named {printable(name)} in the settings.",
            f"There are: {', '.join(service.name for service in self.services)}.",
        )
