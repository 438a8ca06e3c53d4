"""Separates links that are right in another numbering from links that are wrong.

The library counts as TVDB and Sonarr do, a release may count otherwise: when most links of a season are off by one and
the same season or episode offset, each to a file of its own, that is another numbering. A record of Sonarr proves it
for a single link too.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import Final

from mediatui.model.text import fold
from mediatui.names.episode_numbers import EpisodeNumbers
from mediatui.names.technical_tags import EXTENSION
from mediatui.store.library.media import Media

LEAST: Final = 2
"""How many links of a season have to be off by the same: one alone is a mistake as well as another numbering."""
Offset = tuple[int, int]
"""By how many seasons and episodes a file is counted higher than its link."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """A live link with the numbers in its name and in that of its file, and the file it leads to."""

    path: bytes
    season: Hashable
    """What the links of one season have in common."""
    says: EpisodeNumbers
    target: EpisodeNumbers
    file: bytes


def offset_of(says: EpisodeNumbers, target: EpisodeNumbers) -> Offset | None:
    """By how much a file is counted otherwise than its link; None where no one offset leads from one to the other."""
    apart = {b - a for a, b in zip(says.episodes, target.episodes, strict=False)}
    if len(says.episodes) != len(target.episodes) or len(apart) != 1:
        return None
    return target.season - says.season, apart.pop()


def numbered_otherwise(links: Sequence[Numbered]) -> dict[Hashable, Offset]:
    """The seasons whose release counts otherwise, each with the offset. ``links`` are all live links of the library,
    those that are right too."""
    seasons: defaultdict[Hashable, list[Numbered]] = defaultdict(list)
    for link in links:
        seasons[link.season].append(link)
    found: dict[Hashable, Offset] = {}
    shared = {file for file, count in Counter(file for file, _ in _files(links)).items() if count > 1}
    for season, group in seasons.items():
        exchanged = _in_rings(group)
        offsets = Counter(
            offset
            for link in group
            if link.file not in shared
            and link.path not in exchanged
            and (offset := offset_of(link.says, link.target)) not in (None, (0, 0))
        )
        for offset, count in offsets.items():
            if offset is not None and count >= LEAST and 2 * count > len(group):
                found[season] = offset
    return found


def _files(links: Sequence[Numbered]) -> Collection[tuple[bytes, EpisodeNumbers]]:
    """The files that links lead to, once for each episode that leads there: a link of the same episode in another
    folder does not make a file a shared one."""
    return {(link.file, link.says) for link in links}


def _in_rings(links: Sequence[Numbered]) -> set[bytes]:
    """The links that were exchanged: each leads to the file of the next, the last to that of the first. One offset for
    all of them cannot do that."""
    after = {link.says: link.target for link in links if link.says != link.target}
    ringed: set[EpisodeNumbers] = set()
    for start in after:
        way = [start]
        while (following := after.get(way[-1])) is not None and following not in way:
            way.append(following)
        if following == start:
            ringed.update(way)
    return {link.path for link in links if link.says in ringed}


def proof_by_record(media: Media | None, target: EpisodeNumbers | None, file: bytes) -> str:
    """Why a link is right by what Sonarr has on record of it, in words; empty where the record does not prove it.

    Its name of the release (``sceneName``) or of the file it came from (``originalFilePath``) names the file, folder
    and ending aside; or the numbers it has for the release are those of the file.
    """
    if media is None:
        return ""
    name = _bare(os.fsdecode(file))
    if name and name in map(_bare, media.release_names):
        return "Sonarr has it on record as the file of this episode"
    named = target is not None and media.scene_season == target.season and media.scene_episodes
    if target is not None and named and set(media.scene_episodes) <= set(target.episodes):
        return f"Sonarr counts it as {target} in releases"
    return ""


def _bare(path: str) -> str:
    """The name of a file as it is compared: without folder, ending and the ways of writing blanks."""
    return fold(EXTENSION.sub("", path.replace("\\", "/").rpartition("/")[2]))
