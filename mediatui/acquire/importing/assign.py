"""Which file of a transfer is which episode, or the film; what is left, and why; and what a person has to answer.

What is not sure is never taken: only a number that the strict rule finds, the one episode of the target where there is
one video, or a group's own count in the first season make a regular episode.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from mediatui.model.selection import SUBTITLES
from mediatui.model.target import Target, number_text
from mediatui.model.transfer_file import TransferFile
from mediatui.names.claims import claims_of, is_extra
from mediatui.names.counted_episodes import counted_episode
from mediatui.names.episode_numbers import EpisodeNumbers, episodes_of
from mediatui.names.extras import SURE, kind_of_extra
from mediatui.names.parsed import parse_name
from mediatui.names.release_columns import columns_of
from mediatui.names.titles import fold_title, same_title

DISC_FOLDERS: Final = frozenset(("BDMV", "VIDEO_TS"))
DISC_ENDINGS: Final = (".iso", ".img", ".nrg")
ARCHIVE_ENDINGS: Final = (".rar", ".zip", ".7z")
SUBTITLES_LEFT: Final = "subtitles"
"""Why subtitles are left: they are placed beside a video, where it is clear which."""
SAMPLE_SHARE: Final = 0.1
"""A sample is smaller than this share of the biggest video."""
MOST_COUNTED: Final = 99
"""Bare numbers of three digits and more may be a season and an episode."""
_SPECIAL: Final = re.compile(
    r"(?<![^\W_])(?:O[VA][AV]s?|SP[ ._-]?[0-9]*|specials?|NC(?:OP|ED)[0-9]*|PV[0-9]*|recap|preview)(?![^\W_])",
    re.IGNORECASE,
)
_HALF: Final = re.compile(r"(?<![^\W_])[0-9]{1,4}\.5(?![0-9]|\.[01](?![0-9]))")
"""A number of an episode between two others; ``5.1`` and the like are the channels of its sound."""
_NOT_REGULAR: Final = SURE | {"a recap", "a preview"}


@dataclass(frozen=True, slots=True)
class Assigned:
    """A file that is the film of a target (or its ``part``, 0 for the whole), or ``episodes`` of a ``season``."""

    file: TransferFile
    target: Target
    season: int | None = None
    episodes: tuple[int, ...] = ()
    part: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """What only a person can answer: the code of a hold, and what is known."""

    code: str
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Assignment:
    """What becomes of the files of a transfer: those that are imported, those that are left with the reason (by their
    paths), and what has to be answered first. ``unnumbered`` are the paths of videos that do not say their episode."""

    imported: tuple[Assigned, ...] = ()
    left: tuple[tuple[str, str], ...] = ()
    asks: Question | None = None
    unnumbered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AssignOptions:
    """Whether a pack may lack episodes (``partial``), below which size (bytes) a video called a sample is one, the
    endings of videos, and the ``season`` that a person says all are of (None: by their names). ``aliases`` are titles
    (folded) that stand for one season, ``said`` what the service takes videos for that do not say their episode, by
    path."""

    partial: bool = False
    sample_below: int = 300_000_000
    video_endings: tuple[bytes, ...] = (b".mkv", b".mp4", b".avi")
    season: int | None = None
    aliases: Mapping[str, int] = field(default_factory=dict)
    said: Mapping[str, EpisodeNumbers] = field(default_factory=dict)


def assign(
    files: Sequence[TransferFile],
    targets: Sequence[Target],
    release: str,
    options: AssignOptions,
    known: Mapping[int, Collection[int]] | None = None,
) -> Assignment:
    """Which file is what. ``files`` are those in staging, ``release`` is the name of the transfer, and ``known`` are
    the episodes that are out, by season, as far as that is known."""
    if disc := next((file for file in files if is_of_disc(file.path)), None):
        return Assignment(asks=Question("disc", {"file": _name(disc)}))
    videos = [file for file in files if os.fsencode(file.path).lower().endswith(options.video_endings)]
    left = {file.path: _other(file) for file in files if file not in videos}
    if not videos:
        archive = next((file for file in files if file.path.lower().endswith(ARCHIVE_ENDINGS)), None)
        asked = Question("archive", {"file": _name(archive)}) if archive else Question("files", {"no_video": release})
        return Assignment(left=tuple(left.items()), asks=asked)
    kinds = {target.kind for target in targets}
    if len(kinds) != 1 or (kinds == {"series"} and any(not one.is_of(targets[0]) for one in targets)):
        return Assignment(left=tuple(left.items()), asks=Question("target", {"unsure": "it is for several at once"}))
    if kinds == {"film"}:
        found = _films(videos, targets, release, options)
    else:
        found = _episodes(videos, targets, release, options, known or {})
    return Assignment(found.imported, (*left.items(), *found.left), found.asks, found.unnumbered)


def is_of_disc(path: str) -> bool:
    above = {part.upper() for part in path.split("/")[:-1]}
    return bool(DISC_FOLDERS & above) or path.lower().endswith(DISC_ENDINGS)


def _other(file: TransferFile) -> str:
    ending = os.path.splitext(file.path)[1].lower()
    if ending in ARCHIVE_ENDINGS:
        return "an archive"
    return SUBTITLES_LEFT if ending.lstrip(".") in SUBTITLES else "no video"


def _name(file: TransferFile) -> str:
    return file.path.rpartition("/")[2]


def _folders(file: TransferFile, release: str) -> list[str]:
    return [release, *(part for part in file.path.split("/")[:-1] if part)]


def _biggest(videos: Sequence[TransferFile]) -> int:
    return max(file.size for file in videos)


def _extra_of(file: TransferFile, titles: Collection[str], biggest: int, options: AssignOptions, *, film: bool) -> str:
    """What kind of extra a video is; empty for none."""
    folder = file.path.rpartition("/")[0].rpartition("/")[2]
    said = claims_of(_name(file), [folder] if folder else [], titles).extras
    kinds = {kind_of_extra(one) for one in said}
    if film:
        found = kinds if is_extra(_name(file), folder, titles) else set()
    else:
        found = kinds & _NOT_REGULAR if is_extra(_name(file), folder) or kinds & _NOT_REGULAR else set()
    if found == {"a sample"} and (file.size >= options.sample_below or file.size >= SAMPLE_SHARE * biggest):
        return ""
    return sorted(found)[0] if found else ""


# Films


def _films(
    videos: Sequence[TransferFile], targets: Sequence[Target], release: str, options: AssignOptions
) -> Assignment:
    titles = {fold_title(target.title) for target in targets if target.title}
    biggest, left = _biggest(videos), dict[str, str]()
    for file in videos:
        if said := _extra_of(file, titles, biggest, options, film=True):
            left[file.path] = said
    films = [file for file in videos if file.path not in left]
    if not films:
        return Assignment(left=tuple(left.items()), asks=Question("files", {"no_video": release}))
    if len(targets) > 1:
        return _collection(films, targets, left, options)
    parts = {file.path: number for file in films if (number := _part_of(file, titles))}
    if parts and len(parts) == len(films):
        numbers = sorted(parts.values())
        if numbers != list(range(1, max(len(numbers), 2) + 1)):
            missing = next(number for number in range(1, numbers[-1] + 2) if number not in numbers)
            if len(numbers) != len(set(numbers)):
                return Assignment(left=tuple(left.items()), asks=_several(films))
            return Assignment(left=tuple(left.items()), asks=Question("parts", {"part": missing}))
        return Assignment(
            tuple(Assigned(file, targets[0], part=parts[file.path]) for file in films), tuple(left.items())
        )
    whole = [file for file in films if file.path not in parts]
    film = max(whole, key=lambda file: file.size)
    left |= {file.path: "not the film: a bigger video is" for file in films if file is not film}
    return Assignment((Assigned(film, targets[0]),), tuple(left.items()))


def _part_of(file: TransferFile, titles: Collection[str]) -> int:
    """The number of a part or disc that a name says beside its title; 0 for none."""
    said = claims_of(_name(file), (), titles).parts
    numbers = {one.rpartition(" ")[2] for one in said if one.startswith(("part ", "disc "))}
    number = numbers.pop() if len(numbers) == 1 else ""
    return int(number) if number.isdecimal() else 0


def _collection(
    films: Sequence[TransferFile], targets: Sequence[Target], left: dict[str, str], options: AssignOptions
) -> Assignment:
    """Each of several films by its title and year."""
    found: dict[str, Target] = {}
    taken: list[Assigned] = []
    for target in targets:
        fitting = [file for file in films if _is_called(file, target)]
        if len(fitting) > 1:
            return Assignment(left=tuple(left.items()), asks=_several(fitting))
        if fitting:
            found[fitting[0].path] = target
            taken.append(Assigned(fitting[0], target))
    if not taken or (len(taken) < len(targets) and not options.partial):
        there = {one.target for one in taken}
        missing = next(target for target in targets if target not in there)
        return Assignment(left=tuple(left.items()), asks=Question("partial", {"episodes": missing.shown}))
    left |= {file.path: "none of the films it is for" for file in films if file.path not in found}
    return Assignment(tuple(taken), tuple(left.items()))


def _is_called(file: TransferFile, target: Target) -> bool:
    parsed = parse_name(_name(file))
    same_year = target.year is None or parsed.year is None or parsed.year == target.year
    return same_title(parsed.folded, fold_title(target.title)) and same_year


def _several(files: Sequence[TransferFile]) -> Question:
    ordered = sorted(files, key=lambda file: (-file.size, file.path))
    return Question("files", {"places": [_name(file) for file in ordered]})


# Episodes


def _episodes(
    videos: Sequence[TransferFile],
    targets: Sequence[Target],
    release: str,
    options: AssignOptions,
    known: Mapping[int, Collection[int]],
) -> Assignment:
    left: dict[str, str] = {}
    biggest = _biggest(videos)
    titles = {fold_title(target.title) for target in targets if target.title}
    regular = []
    for file in videos:
        if said := _extra_of(file, titles, biggest, options, film=False):
            left[file.path] = said
        else:
            regular.append(file)
    one = targets[0] if len(targets) == 1 and len(targets[0].episodes) == 1 and len(regular) == 1 else None
    taken: list[Assigned] = []
    others: dict[str, EpisodeNumbers] = {}
    unnumbered: list[TransferFile] = []
    for file in regular:
        numbers = _numbers_of(file, release, targets, options)
        if numbers is None and one is None:
            numbers = _by_alias(file, options) or _said_of(file, targets, options)
        if numbers is not None and options.season not in (None, numbers.season):
            others[file.path] = numbers
            left[file.path] = f"season says {options.season}, file says {numbers}"
        elif numbers is None and one is not None and not _is_special(_name(file)):
            taken.append(Assigned(file, one, one.season, one.episodes))
        elif numbers is None:
            unnumbered.append(file)
            special = _is_special(_name(file))
            left[file.path] = "a special: it takes no regular number" if special else "it does not say its episode"
        elif 0 in numbers.episodes:
            left[file.path] = f"{numbers} is no episode"
        elif (target := _target_for(numbers, targets)) is not None:
            taken.append(Assigned(file, target, numbers.season, numbers.episodes))
        else:
            others[file.path] = numbers
            left[file.path] = f"{numbers} is not what it is for"
    asks = _asked_of_episodes(taken, others, unnumbered, targets, options, known)
    nameless = tuple(file.path for file in unnumbered if not _is_special(_name(file)))
    return Assignment(tuple(taken), tuple(left.items()), asks, nameless)


def _is_special(name: str) -> bool:
    """Whether a name is that of a special, or of something between two episodes: neither takes a regular number."""
    is_between = counted_episode(name) is None and _HALF.search(os.path.splitext(name)[0]) is not None
    return is_between or _SPECIAL.search(name) is not None


def _said_of(file: TransferFile, targets: Sequence[Target], options: AssignOptions) -> EpisodeNumbers | None:
    """What the service takes a video for that does not say its episode: never a special, nor against its targets."""
    said = options.said.get(file.path)
    if said is None or not said.season or 0 in said.episodes or _is_special(_name(file)):
        return None
    return said if _target_for(said, targets) is not None else None


def _numbers_of(
    file: TransferFile, release: str, targets: Sequence[Target], options: AssignOptions
) -> EpisodeNumbers | None:
    """Season and episodes by the strict rule; of a name a group counts (``[Group] Show - 02``), or that has a bare
    number, those of the season that a person says, else of the first one where that alone is wanted."""
    name, season = _name(file), options.season
    if (numbers := episodes_of(name, _folders(file, release))) is not None:
        return numbers
    if season is not None and (numbers := episodes_of(name, [f"Season {season}"])) is not None:
        return numbers
    counted = counted_episode(name)
    found: tuple[int, ...] = () if counted is None else (counted[1],)
    if season is not None:
        found = found or columns_of(os.path.splitext(name)[0]).absolute
    elif {target.season for target in targets} == {1} and _season_of_alias(name, options) in (None, 1):
        season = 1
    if season is None or not found or not all(0 < one <= MOST_COUNTED for one in found) or _is_special(name):
        return None
    return EpisodeNumbers(season, found)


def _by_alias(file: TransferFile, options: AssignOptions) -> EpisodeNumbers | None:
    """The season whose own title a name has, and the number behind that."""
    name = _name(file)
    season, counted = _season_of_alias(name, options), counted_episode(name)
    found = columns_of(os.path.splitext(name)[0]).absolute if counted is None else (counted[1],)
    if season is None or not found or not all(0 < one <= MOST_COUNTED for one in found) or _is_special(name):
        return None
    return EpisodeNumbers(season, tuple(found))


def _season_of_alias(name: str, options: AssignOptions) -> int | None:
    """The season that the title in a name stands for by itself; None for no such title."""
    if not options.aliases:
        return None
    counted = counted_episode(name)
    return options.aliases.get(parse_name(name).folded if counted is None else fold_title(counted[0]))


def season_aliases(titles: Iterable[tuple[str, int | None]]) -> dict[str, int]:
    """The titles (folded) that stand for one season, of ``(title, season)``; what several seasons are called is left
    out."""
    found: dict[str, set[int]] = {}
    for title, season in titles:
        found.setdefault(fold_title(title), set()).add(-1 if season is None else season)
    return {
        title: seasons.pop() for title, seasons in found.items() if title and len(seasons) == 1 and min(seasons) > 0
    }


def _target_for(numbers: EpisodeNumbers, targets: Sequence[Target]) -> Target | None:
    """The target that wants any of these episodes; a special only where season 0 or all of the series is wanted."""
    for target in targets:
        if target.season not in (None, numbers.season):
            continue
        if not target.episodes or set(target.episodes) & set(numbers.episodes):
            return target
    return None


def _asked_of_episodes(
    taken: Sequence[Assigned],
    others: Mapping[str, EpisodeNumbers],
    unnumbered: Sequence[TransferFile],
    targets: Sequence[Target],
    options: AssignOptions,
    known: Mapping[int, Collection[int]],
) -> Question | None:
    by_episode: dict[tuple[int | None, int], list[TransferFile]] = {}
    for one in taken:
        for episode in one.episodes:
            by_episode.setdefault((one.season, episode), []).append(one.file)
    if doubled := next((files for files in by_episode.values() if len(files) > 1), None):
        return _several(doubled)
    if others and options.season is not None:
        found = next((one for one in others.values() if one.season != options.season), None)
        if found is not None:
            return Question("episode", {"says": options.season, "found": str(found)})
    if not taken and others:
        path, numbers = next(iter(others.items()))
        wanted = targets[0].numbers or "another season"
        return Question("episode", {"wanted": wanted, "file": path.rpartition("/")[2], "found": str(numbers)})
    if not taken:
        file = unnumbered[0] if unnumbered else None
        return Question("episode", {"file": _name(file)} if file else {"no_episode": True})
    missing = [] if options.partial else _missing(set(by_episode), targets, known)
    return Question("partial", {"episodes": ", ".join(missing)}) if missing else None


def _missing(
    there: set[tuple[int | None, int]], targets: Sequence[Target], known: Mapping[int, Collection[int]]
) -> list[str]:
    """The wanted episodes without a file. Where it is not known which episodes a season has, those from the first to
    the last that is there."""
    missing = []
    for target in targets:
        seasons = [target.season] if target.season is not None else sorted({season for season, _ in there if season})
        for season in seasons:
            found = {episode for of, episode in there if of == season}
            wanted = set(target.episodes) or set(known.get(season or 0, ()))
            if not wanted:
                wanted = set(range(1, max(found, default=0) + 1)) if season else found
            lacking = sorted(wanted - found)
            if lacking or not found:
                missing.append(number_text(season, lacking))
    return missing
