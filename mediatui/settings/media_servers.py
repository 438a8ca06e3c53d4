"""The sections of the settings that are about media servers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, SecretStr

from mediatui.settings.section import Section
from mediatui.settings.value_types import Allowed, MediaServerUrl, PlexUrl

LibraryName = Annotated[str, Allowed("the name of a library of it")]


class MediaServerSettings(Section):
    """What both kinds of media servers have."""

    enabled: bool = Field(default=False, description="whether it is in use")
    url: MediaServerUrl = Field(default="", description="its address")
    libraries: list[LibraryName] = Field(default=[], description="its libraries that are in use; empty is all")
    ignore: list[LibraryName] = Field(default=[], description="its libraries that are left alone")
    update: bool = Field(default=True, description="whether changes of the library are reported to it")


class JellyfinSettings(MediaServerSettings):
    """The Jellyfin that shows the library."""

    api_key: SecretStr = Field(default=SecretStr(""), description="its API key, of its dashboard")
    user: str = Field(default="", description="user whose eyes are used; empty is the first administrator")


class PlexSettings(MediaServerSettings):
    """The Plex that shows the library."""

    url: PlexUrl = Field(default="", description="its address")
    token: SecretStr = Field(default=SecretStr(""), description="the token of its owner")
