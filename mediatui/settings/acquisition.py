"""The sections of the settings that are about finding releases, and what films and series are called."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_core import PydanticCustomError

from mediatui.model.path_rules import PathKind, PathRule, equal_sources
from mediatui.model.preferred import Preferred
from mediatui.model.text import printable
from mediatui.settings.section import Section
from mediatui.settings.value_types import (
    Allowed,
    EpisodeName,
    FilmName,
    IndexerName,
    LanguageCode,
    OptionalPath,
    Preferences,
    ProwlarrUrl,
    Routes,
    RulePath,
    SeasonFolder,
    ViewName,
)


class ProwlarrSettings(Section):
    """The Prowlarr that releases are searched with."""

    enabled: bool = Field(default=False, description="whether releases are searched with it")
    url: ProwlarrUrl = Field(default="", description="its address")
    api_key: SecretStr = Field(default=SecretStr(""), description="its API key")
    indexers: list[IndexerName] = Field(default=[], description="names of the indexers that are asked; empty is all")
    parallel: int = Field(default=6, ge=1, le=20, description="indexers asked at once")
    timeout_s: float = Field(default=60.0, ge=1, le=600, description="wait for an indexer")


Auto = Literal["none", "fetch", "import"]
"""How far a transfer goes by itself once it is whole."""


class StagingSettings(Section):
    """Where links to files on a mount are placed before they are in the library."""

    folder: OptionalPath = Field(
        default=None, description="local folder where transfers become links; empty leaves them at Real-Debrid"
    )
    keep_free_gb: float = Field(
        default=5, ge=0, le=1_000_000, description="GB that stay free where staging is: else nothing more is fetched"
    )
    leftover_days: int = Field(
        default=7, ge=0, le=3650, description="days after which what belongs to no transfer counts as left over there"
    )


class AcquireSettings(Section):
    """Which releases are preferred, where they are sent, and how far they go by themselves."""

    prefer: Preferences = Field(
        default={}, description="what is preferred, best first, by languages, resolutions, sources and groups"
    )
    avoid: Preferences = Field(
        default={}, description="what comes after all else, by languages, resolutions, sources and groups"
    )
    route: Literal["debrid", "arr"] = Field(
        default="debrid", description="where releases go, unless their indexer has a route or one is named"
    )
    route_by_indexer: Routes = Field(
        default={}, description="where releases of an indexer go, by its name; what is not debrid is not sent unasked"
    )
    pause_s: float = Field(default=1.0, ge=0, le=60, description="pause between two torrents that are sent")
    stalled_min: int = Field(default=30, ge=1, le=1440, description="how long no byte comes before that is said")
    auto: Auto = Field(
        default="import",
        description="how far a transfer goes by itself once staging.folder is set: there, or into the library",
    )
    mount_view: ViewName = Field(default="", description="view of the mounts that links lead through")
    probe: Literal["head", "ffprobe", "none"] = Field(
        default="head", description="how a file on a mount is opened before a link to it is made"
    )

    film_name: FilmName = Field(default="{title} ({year})", description="what films that are imported are called")
    episode_name: EpisodeName = Field(
        default="{title} ({year}) - S{season:02}E{episode:02}", description="what episodes that are imported are called"
    )
    season_folder: SeasonFolder = Field(
        default="Season {season:02}", description="what folders of seasons are called where no other says it"
    )

    @property
    def preferred(self) -> Preferred:
        """What is preferred and avoided, in small letters."""
        return Preferred(_words(self.prefer), _words(self.avoid))

    @property
    def routes(self) -> dict[str, str]:
        """The route of each indexer that has one, by its name in small letters."""
        return {name.casefold(): route for name, route in self.route_by_indexer.items()}

    def route_of(self, indexer: str) -> str:
        """Where releases of an indexer go."""
        return self.routes.get(indexer.casefold(), self.route)


def _words(given: dict[str, str]) -> dict[str, tuple[str, ...]]:
    return {
        name: tuple(word for part in text.split(",") if (word := part.strip().lower())) for name, text in given.items()
    }


class ImportingSettings(Section):
    """How what is in staging comes into the library."""

    method: Literal["auto", "arr", "library"] = Field(
        default="auto",
        description="auto imports through Sonarr and Radarr what they know, library places links itself",
    )
    existing: Literal["ask", "skip", "upgrade"] = Field(
        default="ask",
        description="what happens where a film or an episode has a file; upgrade: what is better replaces it",
    )
    storage: OptionalPath = Field(
        default=None, description="where files that are imported are kept, one of library.storage; empty imports none"
    )
    subtitles: bool = Field(default=True, description="whether subtitles are placed beside their videos")
    sample_max_mb: int = Field(default=300, ge=0, le=10_000, description="MB below which a sample is one by its name")


class PathRuleSettings(Section):
    """A folder of this side (``from``) and the same one as another program has it (``to``); ``service`` is the name of
    the only Sonarr or Radarr it is for."""

    kind: PathKind
    source: RulePath = Field(alias="from")
    target: RulePath = Field(alias="to")
    service: str | None = None

    @property
    def as_rule(self) -> PathRule:
        """The rule it is, for the service as it is named in the settings."""
        return PathRule(self.kind, self.source, self.target, self.service or "")


PATH_RULES: Final = (
    "a list of {kind, from, to}: kind is seedbox, arr (with {service} for one alone), plex or jellyfin, from and to "
    r"are absolute paths such as /home/bob or D:\TV without .. in them"
)


class PathsSettings(Section):
    """Which folders have another path for another program."""

    rules: Annotated[list[PathRuleSettings], Allowed(PATH_RULES)] = Field(
        default=[], description="folders that other programs have elsewhere: a list of {kind, from, to}"
    )

    @field_validator("rules")
    @classmethod
    def _each_begins_elsewhere(cls, value: list[PathRuleSettings]) -> list[PathRuleSettings]:
        """Of two rules with one beginning nobody could say which counts."""
        if (twice := equal_sources([rule.as_rule for rule in value])) is not None:
            raise PydanticCustomError(
                "path_rules", "one rule for a folder (two of {whose} begin at {path})",
                {"whose": printable(twice.whose), "path": printable(twice.source)},
            )  # fmt: skip
        return value


class MetadataSettings(Section):
    """The catalogs that films and series are searched in."""

    languages: list[LanguageCode] = Field(
        default=["fr", "en"], description="languages of titles and texts, the first before the others"
    )
    tmdb_key: SecretStr = Field(default=SecretStr(""), description="API key or read access token for TMDB")
    tvdb_key: SecretStr = Field(default=SecretStr(""), description="API key for TVDB")
    tvdb_pin: SecretStr = Field(default=SecretStr(""), description="PIN of that key, if it has one")

    @property
    def in_use(self) -> bool:
        """Whether a catalog has a key."""
        return self.has_tmdb or self.has_tvdb

    @property
    def has_tmdb(self) -> bool:
        """Whether TMDB is used."""
        return bool(self.tmdb_key.get_secret_value().strip())

    @property
    def has_tvdb(self) -> bool:
        """Whether TVDB is used."""
        return bool(self.tvdb_key.get_secret_value().strip())
