"""How a fake Sonarr or Radarr reads a file it may import: what it is of, its quality, and what is wrong with it."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.fakes.arr_qualities import Row, read_from, version_of, weight
from tests.fakes.arr_qualities import named as quality_named
from tests.fakes.arr_records import Records
from tests.fakes.arr_rows import ENGLISH, number
from tests.fakes.sockets import Hang

VIDEOS: Final = (".mkv", ".mp4", ".avi", ".m4v", ".ts", ".wmv", ".mov", ".mpg", ".m2ts")
UNKNOWN: Final = [{"id": 0, "name": "Unknown"}]
MOST: Final = 100
"""Above so many files a folder's entries are not judged."""
_LEFT_OUT: Final = (
    "-trailer", "-other", "-behindthescenes", "-deleted", "-featurette", "-interview", "-scene", "-short",
)  # fmt: skip
_FOLDERS: Final = {
    "extras", "extrafanart", "behind the scenes", "deleted scenes", "featurettes", "interviews", "other", "scenes",
    "samples", "shorts", "trailers",
}  # fmt: skip
_MORE_FOLDERS: Final = {
    "sonarr": {"theme music", "backdrops", "@eadir", "plex versions"}, "radarr": {"sample"},
}  # fmt: skip
_EPISODES: Final = re.compile(
    r"^(?P<title>.*?)[ ._-]*S(?P<season>\d{1,2})(?P<numbers>(?:-?E\d{1,3})*)\b", re.IGNORECASE
)
_FILM: Final = re.compile(r"^(?P<title>.+?)[ ._(]+(?P<year>(?:19|20)\d\d)\b")
_GROUP: Final = re.compile(r"-([A-Za-z0-9]+)$")
_BRACKETS: Final = re.compile(r"^\[([^\]]+)\]")
_PART: Final = re.compile(r"\b(?:cd|part|pt)[ ._-]?\d\b", re.IGNORECASE)


@dataclass
class Importing:
    """What is known of files that are imported, and what goes wrong with them. Files are named by their last segment.

    ``minutes`` is how long a video is (else as long as its item), ``qualities`` the quality of its picture by name.
    ``silent`` have no sound, ``unreadable`` cannot be read, at ``hanging`` every look waits for ever. ``blind`` are
    folders of ours the server sees as empty. ``free`` is what fits into a root folder, in bytes. ``cannot_move``: it
    may not write where the files lie; ``no_record``: it places files and forgets them. ``before`` is done when an
    import begins, ``cleans_fresh_subtitles`` takes the subtitles of what was replaced two seconds after, fresh ones of
    that name too. ``says`` is the end (status, result, message) an import comes to after it did its work; ``words``
    turns messages into another language.
    """

    minutes: dict[str, float] = field(default_factory=dict)
    qualities: dict[str, str] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    unreadable: set[str] = field(default_factory=set)
    hanging: set[str] = field(default_factory=set)
    blind: list[str] = field(default_factory=list)
    free: int | None = None
    cannot_move: bool = False
    no_record: bool = False
    cleans_fresh_subtitles: bool = False
    before: Callable[[], None] | None = None
    says: tuple[str, str, str] | None = None
    words: Callable[[str], str] = lambda text: text


class NotThere(Exception):
    """A file the server cannot open; what its error says."""


class Reading:
    """What a server makes of files on disk. ``parses`` says how names are read that do not speak for themselves: the
    number of the series at TVDB (of the film at TMDB), and its episodes."""

    def __init__(
        self, records: Records, importing: Importing, parses: Mapping[str, tuple[int, list[tuple[int, int]]]]
    ) -> None:
        self._records, self.importing, self._parses = records, importing, parses
        self._kind = records.kind

    # Files on disk

    def sees(self, ours: str) -> bool:
        """Whether there is something at a path of ours, through links, for this server."""
        real = os.path.realpath(ours)
        hidden = any(real == one or real.startswith(one.rstrip("/") + "/") for one in map(str, self.importing.blind))
        return os.path.exists(ours) and not hidden

    def open(self, path: str) -> str:
        """Our path of a file of theirs that can be read. Raises NotThere, and Hang where nobody answers."""
        ours = self._records.ours(path)
        if not os.path.lexists(ours) or not _is_utf8(path):
            raise NotThere(f"File doesn't exist: {printable(path)}")
        if os.path.basename(path) in self.importing.hanging:
            raise Hang
        if not self.sees(ours):
            raise NotThere(f"Could not find file '{printable(self._target(ours))}'.")
        return ours

    def _target(self, ours: str) -> str:
        while os.path.islink(ours):
            ours = os.path.join(os.path.dirname(ours), os.readlink(ours))
        return self._records.theirs(ours)

    def videos(self, folder: str) -> list[str]:
        """The videos below a folder of theirs that are not left out without a word; the file itself for a file."""
        ours = self._records.ours(folder)
        if os.path.lexists(ours) and not os.path.isdir(ours):
            return [folder]
        return [self._below(folder, ours, one) for one in self._walk(ours)]

    @staticmethod
    def _below(folder: str, ours: str, found: str) -> str:
        return posixpath.join(folder, os.path.relpath(found, ours))

    def _walk(self, ours: str) -> Iterator[str]:
        out = _FOLDERS | _MORE_FOLDERS[self._kind]
        for where, folders, names in os.walk(ours, followlinks=True):
            folders[:] = sorted(one for one in folders if one[0] != "." and one.lower() not in out)
            for name in sorted(names):
                stem, extension = os.path.splitext(name.lower())
                if extension in VIDEOS and not stem.endswith(_LEFT_OUT):
                    yield os.path.join(where, name)

    # What they are of

    def item_of(self, stem: str) -> Row | None:
        """The series or film a name is of."""
        if stem in self._parses:
            return self._by_number(self._parses[stem][0])
        match = (_EPISODES if self._kind == "sonarr" else _FILM).match(stem)
        if match is None:
            return None
        rows = [row for row in self._records.items.values() if _folded(match["title"]) in _titles(row)]
        if self._kind == "radarr":
            rows = [row for row in rows if number(row["year"]) in (0, int(match["year"]))]
        return rows[0] if len(rows) == 1 else None

    def _by_number(self, wanted: int) -> Row | None:
        name = "tvdbId" if self._kind == "sonarr" else "tmdbId"
        return next((row for row in self._records.items.values() if row[name] == wanted), None)

    def numbers_of(self, stem: str) -> list[tuple[int, int]]:
        """Season and number of the episodes a name says; without numbers when it names a season alone."""
        if stem in self._parses:
            return self._parses[stem][1]
        match = _EPISODES.match(stem)
        return [(int(match["season"]), int(one)) for one in re.findall(r"\d+", match["numbers"])] if match else []

    def is_release(self, name: str) -> bool:
        """Whether the name of a folder is read as that of a release."""
        if re.match(r"\d+-", name):
            return False
        return bool((_EPISODES if self._kind == "sonarr" else _FILM).match(name))

    def episodes_of(self, item: int, stem: str) -> list[Row]:
        """The episodes of a series a name says, those it has."""
        wanted = self.numbers_of(stem)
        rows = {(row["seasonNumber"], row["episodeNumber"]): row for row in self._records.episodes_of(item)}
        return [rows[one] for one in wanted if one in rows]

    def quality_of(self, path: str, known: bool = True) -> Row:
        """The quality of a file: that of its picture, else what its name says."""
        name = os.path.basename(path)
        told = self.importing.qualities.get(name)
        if told:
            return quality_named(self._kind, told)
        return read_from(self._kind, posixpath.splitext(name)[0] if known else "")

    def group_of(self, path: str, known: bool) -> str:
        """The group; of a file nothing is known of, a guess from the folder it lies in."""
        stem = posixpath.splitext(posixpath.basename(path))[0]
        found = _GROUP.search(stem) or _BRACKETS.match(stem)
        if not found and not known:
            found = _GROUP.search(posixpath.basename(posixpath.dirname(path)))
        return found[1] if found else ""

    def minutes_of(self, name: str, item: Row) -> float:
        """How long a video is, in minutes."""
        return self.importing.minutes.get(name, float(number(item["runtime"]) or 42))

    # What is wrong with them

    def rejections(
        self, path: str, item: Row | None, episodes: list[Row] | None, folder: str, quality: Row
    ) -> list[Row]:
        """Why a file is not for this item and these episodes; ``folder`` is the name of a release."""
        reasons = list(self._of_place(path, item, episodes, folder))
        if item is not None and reasons[:1] != ["Invalid season or episode"]:
            reasons += self._of_video(path, item)
            reasons += self._of_records(item, episodes or [], quality)
        return [{"reason": self.importing.words(one), "type": "permanent"} for one in reasons]

    def _of_place(self, path: str, item: Row | None, episodes: list[Row] | None, folder: str) -> Iterator[str]:
        stem = posixpath.splitext(posixpath.basename(path))[0]
        if item is None:
            yield "Unknown Series" if self._kind == "sonarr" else "Unknown Movie"
        elif self._kind == "sonarr" and episodes is not None and not episodes:
            yield "Invalid season or episode"
        elif self._kind == "sonarr" and folder and episodes:
            yield from self._unexpected(folder, episodes)
        if any(one.startswith("_UNPACK_") for one in path.split("/")):
            yield "File is still being unpacked"
        if self._kind == "radarr" and item is not None and _PART.search(stem) and not _PART.search(str(item["title"])):
            yield "File is suspected multi-part file, Radarr doesn't support this"

    def _unexpected(self, folder: str, episodes: list[Row]) -> Iterator[str]:
        match = _EPISODES.match(folder)
        if match is None:
            return
        numbers = self.numbers_of(folder)
        season = int(match["season"])
        odd = [
            f"{one['seasonNumber']}x{number(one['episodeNumber']):02}"
            for one in episodes
            if one["seasonNumber"] != season
            or (numbers and (one["seasonNumber"], one["episodeNumber"]) not in numbers)
        ]  # fmt: skip
        if odd:
            was = "Episode {} was" if len(odd) == 1 else "Episodes {} were"
            name = posixpath.splitext(folder)[0] if folder.lower().endswith(VIDEOS) else folder
            yield f"{was.format(', '.join(odd))} unexpected considering the {name} folder name"

    def _of_video(self, path: str, item: Row) -> Iterator[str]:
        name = os.path.basename(path)
        if name in self.importing.unreadable:
            yield "Unable to determine if file is a sample"
        elif name in self.importing.silent:
            yield "No audio tracks detected"
        elif self.minutes_of(name, item) < self._sample_below(item):
            yield "Sample"
        free, size = self.importing.free, self._records.size(path)
        if free is not None and size > free:
            yield "Not enough free space"

    def _sample_below(self, item: Row) -> float:
        """Below so many minutes a video is a sample."""
        runtime = number(item["runtime"])
        if self._kind == "sonarr":
            return 5.0 if runtime and runtime < 20 else 10.0
        steps = ((3, 0.25), (10, 1.5), (30, 5.0))
        return next((least for most, least in steps if runtime and runtime <= most), 10.0)

    def _of_records(self, item: Row, episodes: list[Row], quality: Row) -> Iterator[str]:
        """What is there already and is strictly better; what is as good is no reason."""
        if self._kind == "radarr":
            held, what = self._records.files_of(number(item["id"]))[:1], "movie file"
        else:
            ids = {number(one["episodeFileId"]) for one in episodes}
            held, what = (
                [self._records.files[one] for one in sorted(ids) if one in self._records.files],
                "episode file(s)",
            )
        for record in held:
            old = record["quality"]
            assert isinstance(old, dict)
            mine, theirs = weight(self._kind, quality), weight(self._kind, old)
            if mine < theirs:
                names = f"Existing quality: {_name(old)}. New Quality {_name(quality)}."
                yield f"Not an upgrade for existing {what}. {names}"
            elif mine == theirs and version_of(quality) < version_of(old):
                yield f"Not a quality revision upgrade for existing {what}. Existing quality: {_name(old)}."
        if any(len(self._records.sharing(record)) > len(episodes) for record in held if episodes):
            yield "Episode file on disk contains more episodes than this file contains"


def languages_of(known: bool) -> list[Row]:
    """The languages of a file."""
    return [dict(one) for one in (ENGLISH if known else UNKNOWN)]


def printable(path: str) -> str:
    """A path as they write one that is not UTF-8."""
    return os.fsencode(path).decode("utf-8", "replace")


def _name(quality: Row) -> str:
    held = quality["quality"]
    assert isinstance(held, dict)
    return str(held["name"])


def _titles(row: Row) -> set[str]:
    titles = [row["title"], row.get("originalTitle", "")]
    others = row["alternateTitles"]
    assert isinstance(others, list)
    return {_folded(str(one)) for one in [*titles, *(other["title"] for other in others)]} - {""}


def _folded(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", title.casefold())


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
