"""The sections of the settings for Sonarr and Radarr."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, SecretStr

from mediatui.model.arr import ArrKind, arr_section, arr_title
from mediatui.settings.section import Section
from mediatui.settings.value_types import AbsolutePath, OptionalUrl, ServiceName, TagLabel


class PathMapping(Section):
    """The path of one folder for mediatui (``ours``) and for the other program (``theirs``)."""

    ours: AbsolutePath
    theirs: str = Field(min_length=1)


class ArrSettings(Section):
    """One Sonarr or Radarr; ``name`` distinguishes it from the others."""

    kind: ClassVar[ArrKind]
    name: ServiceName
    enabled: bool = Field(default=False, description="whether it is notified of changes")
    url: OptionalUrl = Field(default="", description="its address")
    api_key: SecretStr = Field(default=SecretStr(""), description="its API key")
    after_change: Literal["none", "rescan", "search"] = Field(
        default="rescan", description="what it does after a change"
    )
    path_map: list[PathMapping] = Field(default=[], description="paths that differ: a list of {ours, theirs}")
    quality_profile: str = Field(default="", description="quality profile of what is added, where it has several")
    root_folder: str = Field(default="", description="root folder of what is added, where it has several")
    tags: list[TagLabel] = Field(default=[], description="tags of what is added, which it has to know")

    @property
    def title(self) -> str:
        """Its title for people: ``Sonarr``, or ``Sonarr (anime)``."""
        return arr_title(self.kind, self.name)

    @property
    def section(self) -> str:
        """The beginning of its keys: ``sonarr``, or ``sonarr.anime``."""
        return arr_section(self.kind, self.name)


_NAMED = "its name; needed where there are several"


class SonarrSettings(ArrSettings):
    """One Sonarr."""

    kind = "sonarr"
    name: ServiceName = Field(default="sonarr", description=_NAMED)
    monitor: Literal["this", "none", "all", "future"] = Field(
        default="this", description="what is monitored of a series that is added"
    )
    season_folder: bool = Field(default=True, description="whether the seasons of one that is added have folders")
    series_type: Literal["standard", "daily", "anime"] = Field(
        default="standard", description="the type of one that is added"
    )


class RadarrSettings(ArrSettings):
    """One Radarr."""

    kind = "radarr"
    name: ServiceName = Field(default="radarr", description=_NAMED)
    monitor: Literal["this", "none"] = Field(default="this", description="whether a film that is added is monitored")
    minimum_availability: Literal["announced", "inCinemas", "released"] = Field(
        default="released", description="from when on one that is added counts as available"
    )
