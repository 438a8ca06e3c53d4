"""The other sides of path rules: what Sonarr, Radarr, Plex and Jellyfin see at a path. Nothing here writes."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import AsyncIterator, Awaitable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeVar

from mediatui.changes.arr_holds import does_hang
from mediatui.model.errors import MediatuiError
from mediatui.model.media_server import SERVER_TITLES, ServerLibrary
from mediatui.model.path_map import FolderPath, PathMap, holds, read_folder
from mediatui.model.path_rules import PathKind, PathRule, Translation
from mediatui.model.text import join_words, printable
from mediatui.services.errors import Transient
from mediatui.services.fields import is_storable
from mediatui.services.media_servers import used_servers
from mediatui.settings.places import configured_path_map, path_rules

if TYPE_CHECKING:
    from mediatui.runtime.invocation import Invocation
    from mediatui.services.arr.client import Arr
    from mediatui.services.jellyfin.client import Jellyfin
    from mediatui.services.media_server import MediaServer
    from mediatui.settings import Settings

START_S: Final = 10.0
"""How many seconds a service that starts up is waited for."""
LOOK_S: Final = 10.0
"""How many seconds a side may take to say what it sees at one path; it has no limit of its own where a mount hangs."""
NOT_UTF_8: Final = "takes no name that is not UTF-8, and does not see"
What = Literal["rule", "staging", "library", "link", "target", "path"]
"""What a path is tried for: a rule, the folder of staging, a folder of the library, a link in it, what that leads to,
or because it was named."""
Answer = TypeVar("Answer")


class SeesLate(Transient):
    """A side that answers does not say what it sees at a path."""


@dataclass(frozen=True, slots=True)
class Other:
    """A path as the other side has it, and in words how that is known; ``assumed`` where nothing says so."""

    path: str
    by: str
    assumed: bool = False
    rule: PathRule | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """Whether the other side sees a path as it has to; ``verb`` is what it does with it, ``text`` what more is to be
    said."""

    yes: bool
    verb: str = ""
    text: str = ""

    @property
    def said(self) -> str:
        """What it does with the path."""
        return self.verb or ("sees" if self.yes else "does not see")


class OtherSide(Protocol):
    """One program that has paths of its own."""

    kind: PathKind
    name: str
    service: str
    """The name of a Sonarr or Radarr; empty for the others."""
    title: str
    asked_for: frozenset[What]
    """Which paths have to be seen from that side."""

    def there(self, path: str, what: What) -> Other:
        """A path of ours as that side has it."""
        ...

    async def look(self, path: str, what: What, *, is_file: bool, size: int | None = None) -> Seen:
        """Whether it sees a path of its own, with as many bytes where ``size`` is given and it tells them. Raises
        ServiceError."""
        ...

    async def folders(self) -> Sequence[str]:
        """The folders it is known to see. Raises ServiceError."""
        ...

    async def names(self, folder: str) -> Collection[str] | None:
        """What a folder of its own lists; None where it lists none. Raises ServiceError."""
        ...

    async def own_folders(self) -> Sequence[str]:
        """Which folders of ours it has to see of the library; empty for any. Raises ServiceError."""
        ...


class ArrSide:
    """A Sonarr or Radarr: it lists any folder."""

    kind: PathKind = "arr"
    asked_for: frozenset[What] = frozenset({"rule", "staging", "library", "target", "path"})

    def __init__(self, arr: Arr, translation: Translation, path_map: PathMap, section: str) -> None:
        self.name = self.service = arr.name
        self.title = arr.title
        self._arr, self._translation, self._path_map, self._section = arr, translation, path_map, section
        self._sizes: dict[str, Mapping[str, int]] = {}
        """What each folder that was listed holds, with sizes."""
        self._answers = False

    def there(self, path: str, what: What) -> Other:
        """A target as it is, for a link leads there by its text; the library by ``path_map``; else a rule decides,
        and where none fits ``path_map``."""
        if what == "target":
            return by_text(path)
        by_map, ruled = self._path_map.to_theirs(path), self._translation.there(path)
        if what != "library" and not ruled.assumed:
            return Other(ruled.path, "a rule", rule=ruled.rule)
        if by_map != path:
            return Other(by_map, f"{self._section}.path_map")
        return Other(path, "assumed, no rule fits", assumed=True)

    async def look(self, path: str, what: What, *, is_file: bool, size: int | None = None) -> Seen:
        """The folder above is listed, for one that is missing is listed as if it were empty; where that cannot be read,
        a folder is there that lists something."""
        folder = read_folder(path)
        if folder is None:
            return Seen(False)
        if not is_storable(path):
            return Seen(False, NOT_UTF_8)
        above = FolderPath(folder.anchor, folder.parts[:-1])
        if folder.parts:
            seen = (await self._listed(above)).get(_folded(folder.parts[-1], folder))
            if seen is not None:
                other = size is not None and seen != size
                return Seen(False, f"has another file ({seen:,} bytes, not {size:,}) at") if other else Seen(True)
        return Seen(not is_file and bool(await self._listed(folder)))

    async def folders(self) -> Sequence[str]:
        return [root.path for root in await self._arr.root_folders()]

    async def names(self, folder: str) -> Collection[str] | None:
        read = read_folder(folder)
        return None if read is None else await self._listed(read)

    async def own_folders(self) -> Sequence[str]:
        return [self._path_map.to_ours(folder) for folder in await self.folders()]

    async def _listed(self, folder: FolderPath) -> Mapping[str, int]:
        path = folder.with_parts(())
        if not self._answers:
            if await in_time(self.title, path, does_hang(self._arr), looks=2):
                raise Transient(
                    f"A mount hangs where {self.title} runs: it is asked for no folder.", "Mount it again there."
                )
            self._answers = True
        if path not in self._sizes:
            found = await in_time(self.title, path, self._arr.entries_in(path))
            entries = (*found.directories, *found.files)
            self._sizes[path] = {_folded(entry.name, folder): entry.size for entry in entries}
        return self._sizes[path]


class ServerSide:
    """A media server: it tells which folders its libraries have."""

    service = ""
    asked_for: frozenset[What] = frozenset({"rule", "link", "path"})

    def __init__(self, server: MediaServer, translation: Translation) -> None:
        self.kind: PathKind = server.name
        self.name: str = server.name
        self.title = SERVER_TITLES[server.name]
        self._server, self._translation = server, translation
        self._libraries: Sequence[ServerLibrary] | None = None

    def there(self, path: str, what: What) -> Other:
        ruled = self._translation.there(path)
        by = "assumed, no rule fits" if ruled.assumed else "a rule"
        return Other(ruled.path, by, ruled.assumed, ruled.rule)

    async def look(self, path: str, what: What, *, is_file: bool, size: int | None = None) -> Seen:
        """It sees what lies in a folder of a library; of a folder also that it holds one of those."""
        fits = [
            printable(one.title)
            for one in await self.libraries()
            if any(holds(place, path) or (not is_file and holds(path, place)) for place in one.locations)
        ]
        if fits:
            return Seen(True, "has a library for", f": {join_words(fits)}")
        return Seen(False, "has no library for")

    async def folders(self) -> Sequence[str]:
        return [place for one in await self.libraries() for place in one.locations]

    async def names(self, folder: str) -> Collection[str] | None:
        return None

    async def own_folders(self) -> Sequence[str]:
        return ()

    async def libraries(self) -> Sequence[ServerLibrary]:
        """Its libraries, asked for once. Raises ServiceError."""
        if self._libraries is None:
            self._libraries = await self._server.libraries()
        return self._libraries


class JellyfinSide(ServerSide):
    """Jellyfin: it also tells whether a path is there, of a link and of what that leads to."""

    asked_for: frozenset[What] = frozenset({"rule", "link", "target", "path"})

    def __init__(self, server: Jellyfin, translation: Translation) -> None:
        super().__init__(server, translation)
        self._jellyfin = server

    def there(self, path: str, what: What) -> Other:
        return by_text(path) if what == "target" else super().there(path, what)

    async def look(self, path: str, what: What, *, is_file: bool, size: int | None = None) -> Seen:
        """A path is there; but for a target it also lies in a library, or holds one."""
        if not is_storable(path):
            return Seen(False, NOT_UTF_8)
        if not await in_time(self.title, path, self._jellyfin.sees(path, is_file=is_file)):
            return Seen(False)
        shown = await super().look(path, what, is_file=is_file)
        if what == "target":
            return Seen(True)
        if shown.yes:
            return Seen(True, text=f", in a library{shown.text}")
        return Seen(False, "sees, but has no library for,")


async def in_time(title: str, path: str, look: Awaitable[Answer], *, looks: int = 1) -> Answer:
    """What a side says of a path, which may take so many ``looks``; raises SeesLate when it takes longer."""
    seconds = looks * LOOK_S
    try:
        async with asyncio.timeout(seconds):
            return await look
    except TimeoutError:
        text = f"{title} did not say within {seconds:g} seconds what it sees at {printable(path)}."
        raise SeesLate(text, "A mount may hang where it runs: mount it again there.") from None


def by_text(path: str) -> Other:
    """What a link leads to: no rule changes the text of a link."""
    return Other(path, "a link leads there by its text")


@dataclass(frozen=True, slots=True)
class Unasked:
    """A side that cannot be asked, and why."""

    kind: PathKind
    name: str
    error: MediatuiError


@asynccontextmanager
async def open_sides(
    settings: Settings, invocation: Invocation
) -> AsyncIterator[tuple[Sequence[OtherSide], Sequence[Unasked]]]:
    """The sides in use, and those of them whose settings do not allow to ask them. Nothing is asked yet."""
    from mediatui.commands.connect_arr import make_arr
    from mediatui.commands.connect_media_servers import make_media_server
    from mediatui.services.jellyfin.client import Jellyfin

    rules = path_rules(settings)
    sides: list[OtherSide] = []
    unasked: list[Unasked] = []
    async with AsyncExitStack() as stack:
        for service in settings.services:
            if not service.enabled:
                continue
            try:
                own = configured_path_map(settings, service.name)
                arr = make_arr(settings, invocation, service.name, START_S)
            except MediatuiError as error:
                unasked.append(Unasked("arr", service.name, error))
                continue
            stack.push_async_callback(arr.close)
            sides.append(ArrSide(arr, rules.of("arr", service.name), own, service.section))
        for name in used_servers(settings):
            try:
                server = make_media_server(settings, invocation, name, START_S)
            except MediatuiError as error:
                unasked.append(Unasked(name, name, error))
                continue
            stack.push_async_callback(server.close)
            paths = rules.of(name)
            sides.append(JellyfinSide(server, paths) if isinstance(server, Jellyfin) else ServerSide(server, paths))
        yield sides, unasked


def _folded(name: str, folder: FolderPath) -> str:
    text = unicodedata.normalize("NFC", name)
    return text.casefold() if folder.is_windows else text
