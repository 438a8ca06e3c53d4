"""Whether paths of ours are seen from the other sides: what ``paths test``, doctor and the settings screen say."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from mediatui.changes.servers.places import ServerPlaces
from mediatui.commands.check_media_servers import layout_checks
from mediatui.commands.checks import Check
from mediatui.commands.path_sides import JellyfinSide, Other, OtherSide, SeesLate, What, open_sides
from mediatui.library.film_folders import films_that_share
from mediatui.model.errors import MediatuiError
from mediatui.model.human import counted
from mediatui.model.path_map import holds, same_path
from mediatui.model.path_proposal import Pair, aligned_pairs, anchored, shortened, tail_places
from mediatui.model.path_rules import PathRule, PathRules, Translation
from mediatui.model.text import printable
from mediatui.settings.places import configured_roots, path_rules, staging_folder
from mediatui.system.helper_process import TimedOut, ask
from mediatui.system.sample_links import describe_path, sample_link, size_of, sub_folders
from mediatui.system.threads import in_thread

if TYPE_CHECKING:
    from mediatui.model.media_server import ServerLibrary
    from mediatui.runtime.invocation import Invocation
    from mediatui.settings import Settings

MOST_TRIED: Final = 24
"""So many places of the other side are looked at for a path that it does not see."""
MOST_TORRENTS: Final = 5
"""So many torrents of the seedbox are samples."""
MOST_SAMPLES: Final = 40
"""So many folders of the library a sample is taken from."""
WORDS: Final[Mapping[What, str]] = {
    "rule": "what a rule gives: ", "staging": "staging: ", "library": "the folder ", "link": "the link ",
    "target": "the target ", "path": "",
}  # fmt: skip
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Sample:
    """A path of ours, and what it is tried for; ``inside`` is the name of something that lies in a folder."""

    what: What
    path: str
    is_file: bool = False
    inside: str = ""


@dataclass(frozen=True, slots=True)
class PathCheck:
    """What came of a path at one side: the path as that has it (None: nothing was tried), whether it sees it (None: it
    was not asked), and the pair with which it would; ``is_late`` where it answers, but did not say that in time."""

    kind: str
    service: str
    check: Check
    sample: Sample | None = None
    other: Other | None = None
    seen: bool | None = None
    proposal: Pair | None = None
    is_late: bool = False


async def check_paths(
    invocation: Invocation, settings: Settings, *, path: str = "", everywhere: bool = False, seedbox: bool = False
) -> AsyncIterator[PathCheck]:
    """What is tried at every side in use, one after the other: ``path`` alone where it is given, else the folder of
    each rule, staging, and a link of the library with what it leads to (with ``everywhere`` one of each folder), and
    with ``seedbox`` where its newest torrents are. None raises."""
    rules = path_rules(settings)
    async with open_sides(settings, invocation) as (sides, unasked):
        for one in unasked:
            yield _failed(one.kind, one.name if one.kind == "arr" else "", one.name, one.error)
        for side in sides:
            trial = _Trial(side, rules, settings)
            try:
                async for found in trial.of_one(path) if path else trial.of_all(everywhere):
                    yield found
                if isinstance(side, JellyfinSide) and not path:
                    libraries = await side.libraries()
                    checks = await layout_checks(settings, "jellyfin", libraries)
                    for check in (*checks, *await _check_films(settings, libraries)):
                        yield PathCheck(side.kind, "", check)
            except MediatuiError as error:
                yield _failed(side.kind, side.service, side.name, error)
        if seedbox and settings.seedbox.enabled and not path:
            for found in await _of_seedbox(invocation, settings, rules):
                yield found
        for rule in () if path else rules.rules:
            if not any(_is_for(rule, side) for side in sides):
                yield _unused(rule)


async def check_paths_in_short(invocation: Invocation, settings: Settings) -> list[Check]:
    """For doctor: each path that is not seen, or that all are; nothing where there is no staging and no rule. What
    cannot be asked has a check of its own there."""
    if settings.staging.folder is None and not settings.paths.rules:
        return []
    tried = [one async for one in check_paths(invocation, settings)]
    found = [one for one in tried if one.sample is not None or one.is_late]
    odd = [one for one in found if one.seen is False or one.check.state == "warning" or one.is_late]
    missed = [replace(one.check, name="paths") for one in odd]
    seen = sum(one.seen is True for one in found)
    if missed or not seen:
        return missed
    return [Check("paths", "ok", f"{counted(seen, 'path')} tried, all seen.")]


async def _check_films(settings: Settings, libraries: Sequence[ServerLibrary]) -> list[Check]:
    """How many films of a library of Jellyfin share a folder: of these it shows no local trailers."""
    places, checks = ServerPlaces.of(settings, "jellyfin", libraries), []
    endings = settings.library.video_endings
    for library in places.libraries:
        folders = map(places.ours, library.locations if library.kind == "films" else ())
        ours = [folder for folder in folders if folder is not None]
        shared = await in_thread(partial(_shared_films, ours, endings))
        if shared:
            text = f"{counted(shared, 'film')} of {printable(library.title)} share a folder"
            checks.append(Check("jellyfin", "ok", f"{text}: Jellyfin shows no local trailers for them."))
    return checks


def _shared_films(folders: Sequence[bytes], endings: Sequence[bytes]) -> int:
    return sum(films_that_share(folder, endings) for folder in folders)


class _Trial:
    """What is tried at one side. Every method raises MediatuiError when that cannot be asked."""

    def __init__(self, side: OtherSide, rules: PathRules, settings: Settings) -> None:
        self._side, self._rules, self._settings = side, rules, settings
        self._seen_link = ""
        """The link that was seen last: what it leads to is tried next."""

    async def of_one(self, path: str) -> AsyncIterator[PathCheck]:
        """A path that was named, and what it leads to when it is a link."""
        is_file, target = await self._here(describe_path, os.fsencode(path)) or (False, b"")
        yield await self._at(Sample("path", path, is_file))
        if target and "target" in self._side.asked_for:
            yield await self._at(Sample("target", os.fsdecode(target), True))

    async def of_all(self, everywhere: bool) -> AsyncIterator[PathCheck]:
        """The rules for this side, staging, and the library."""
        for rule in self._rules.rules:
            if _is_for(rule, self._side):
                yield await self._at(Sample("rule", rule.source))
        staging = staging_folder(self._settings)
        if staging is not None and "staging" in self._side.asked_for:
            held = await self._here(sub_folders, staging)
            inside = os.fsdecode(os.path.basename(held[0])) if held else ""
            yield await self._at(Sample("staging", os.fsdecode(staging), inside=inside))
        async for found in self._library(everywhere):
            yield found

    async def _library(self, everywhere: bool) -> AsyncIterator[PathCheck]:
        """Links of the library: with ``everywhere`` one of each folder, else the first that is seen, and the first of
        all where none is."""
        missed: list[PathCheck] = []
        for folder in (await self._folders())[:MOST_SAMPLES]:
            link = await self._here(sample_link, folder)
            found = [] if link is None else [await self._at(sample) for sample in self._samples(*link)]
            if everywhere or (found and all(one.seen for one in found)):
                missed = []
                for one in found:
                    yield one
                if not everywhere:
                    break
            missed = missed if everywhere else missed or found
        for one in missed:
            yield one

    async def _folders(self) -> list[bytes]:
        """The folders of the library that links are taken from."""
        roots = list(configured_roots(self._settings))
        own = [os.fsencode(folder) for folder in await self._side.own_folders()]
        if own:
            return [one for one in own if any(holds(os.fsdecode(root), os.fsdecode(one)) for root in roots)]
        return [one for root in roots for one in (await self._here(sub_folders, root) or [root])]

    def _samples(self, link: bytes, target: bytes) -> list[Sample]:
        place = os.fsdecode(link)
        samples = [
            Sample("library", os.path.dirname(place)), Sample("link", place, True),
            Sample("target", os.fsdecode(target), True),
        ]  # fmt: skip
        return [one for one in samples if one.what in self._side.asked_for]

    async def _here(self, function: Callable[[bytes], Answer], path: bytes) -> Answer | None:
        """What a call on this side's files gives; None when it fails or takes too long."""
        seconds = self._settings.library.mount_timeout_s
        try:
            return await in_thread(lambda: ask(function, path, seconds=seconds))
        except (TimedOut, OSError):
            return None

    async def _at(self, sample: Sample) -> PathCheck:
        """What comes of a path."""
        side = self._side
        other = side.there(sample.path, sample.what)
        size = await self._here(size_of, os.fsencode(sample.path)) if sample.what == "target" else None
        seen = await side.look(other.path, sample.what, is_file=sample.is_file, size=size)
        here, there = printable(sample.path), printable(other.path)
        placed = f"{WORDS[sample.what]}{here}{'' if there == here else f' as {there}'} ({other.by})"
        begun = PathCheck(side.kind, side.service, Check(side.name, "ok", ""), sample, other, seen.yes)
        if seen.yes and sample.is_file:
            self._seen_link = here
        if not seen.yes:
            proposal = await self._proposal(sample, other.rule)
            text = f"{side.title} {seen.said} {placed}."
            if sample.what == "target" and self._seen_link and not seen.verb:
                text = f"{side.title} sees the link {self._seen_link}, not the mount: it does not see {here}."
            check = Check(side.name, "problem", text, self._hint(sample, proposal))
            return replace(begun, proposal=proposal, check=check)
        if sample.inside and not (await side.look(f"{other.path}/{sample.inside}", sample.what, is_file=False)).yes:
            text = f"{side.title} sees {placed}, but not {printable(sample.inside)} in it."
            hint = "It is another folder there, or an empty one: is it mounted there?"
            return replace(begun, seen=False, check=Check(side.name, "problem", text, hint))
        return replace(begun, check=Check(side.name, "ok", f"{side.title} {seen.said} {placed}{seen.text}."))

    async def _proposal(self, sample: Sample, failing: PathRule | None) -> Pair | None:
        """The first pair with which a path would be seen, of few that are tried: it begins where the ``failing`` rule
        does. None for a target, which no rule moves."""
        if sample.what == "target":
            return None
        for pair in (await self._suggested(sample.path))[:MOST_TRIED]:
            there = Translation([PathRule(self._side.kind, *pair)]).there(sample.path)
            if any(holds(os.fsdecode(root), there.path) for root in configured_roots(self._settings)):
                continue  # another folder of the library lies there
            places = [there.path, *([f"{there.path}/{sample.inside}"] if sample.inside else [])]
            seen = [(await self._side.look(place, sample.what, is_file=sample.is_file)).yes for place in places]
            if not there.assumed and all(seen):
                return pair if failing is None else anchored(failing.source, sample.path, there.path) or pair
        return None

    async def _suggested(self, path: str) -> list[Pair]:
        """The pairs that the ends of a path suggest, the likeliest first."""
        folders = await self._side.folders()
        found = aligned_pairs(path, folders)
        for base, first, place in tail_places(path, ["/", *folders]):
            names = await self._side.names(base)
            if names is not None and first in names and place != path:
                found.append(shortened(path, place))
        return list(dict.fromkeys(found))

    def _hint(self, sample: Sample, proposal: Pair | None) -> str:
        """What helps when a path is not seen."""
        title, is_arr = self._side.title, self._side.kind == "arr"
        if sample.what == "target":
            return (
                f"Mount it at the same path where {title} runs, and restart that whenever the mount was restarted"
                f"{'; or set importing.method to library' if is_arr else ''}."
            )
        where = "its path_map" if is_arr and sample.what == "library" else "paths.rules"
        if proposal is None:
            if not is_arr and sample.what != "rule":
                return f"Add its folder to a library of {title}, or say in {where} where {title} has it."
            return f"Let {title} see it there, or add a rule to {where}."
        ours, theirs = map(printable, proposal)
        if where != "paths.rules":
            return f"It sees {ours} as {theirs}: put that into {where}."
        return f"It sees {ours} as {theirs}: {with_rule(self._rules, self._side, proposal)}"


async def _of_seedbox(invocation: Invocation, settings: Settings, rules: PathRules) -> list[PathCheck]:
    """Where the files of the newest torrents of the seedbox are over SFTP, by the rules; SFTP itself is not asked."""
    from mediatui.commands.connect_seedbox import make_seedbox

    try:
        client = make_seedbox(settings, invocation)
        try:
            rows = (await client.torrents()).rows.values()
        finally:
            await client.close()
    except MediatuiError as error:
        return [_failed("seedbox", "", "seedbox", error)]
    translation, found = rules.of("seedbox"), []
    newest = sorted((row for row in rows if row.base_path.startswith("/")), key=lambda row: -row.added_at)
    for row in newest[:MOST_TORRENTS]:
        ruled = translation.there(row.base_path)
        by = "assumed, no rule fits" if ruled.assumed else "a rule"
        text = (
            f"rTorrent's {printable(row.base_path)} is {printable(ruled.path)} over SFTP ({by}); nobody looked there."
        )
        other = Other(ruled.path, by, ruled.assumed, ruled.rule)
        found.append(PathCheck("seedbox", "", Check("seedbox", "ok", text), Sample("path", row.base_path), other))
    return found


def with_rule(rules: PathRules, side: OtherSide, pair: Pair) -> str:
    """The command that adds a rule for a side, in place of one that begins at the same folder."""
    kept = [one for one in rules.rules if not (_is_for(one, side) and same_path(one.source, pair[0]))]
    table = [
        {"kind": one.kind, "from": one.source, "to": one.target, **({"service": one.service} if one.service else {})}
        for one in (*kept, PathRule(side.kind, *pair, side.service))
    ]
    return f"mediatui config set paths.rules {shlex.quote(json.dumps(table, ensure_ascii=False))}"


def _is_for(rule: PathRule, side: OtherSide) -> bool:
    return rule.kind == side.kind and rule.service in ("", side.service)


def _unused(rule: PathRule) -> PathCheck:
    """What is said of a rule whose side is not in use."""
    who = "SFTP" if rule.kind == "seedbox" else rule.whose
    text = f"rule {printable(rule.source)} = {printable(rule.target)}: {who} is not asked here."
    other = Other(rule.target, "a rule", rule=rule)
    return PathCheck(rule.kind, rule.service, Check(rule.whose, "warning", text), Sample("rule", rule.source), other)


def _failed(kind: str, service: str, name: str, error: MediatuiError) -> PathCheck:
    """What is said of a side that cannot be asked."""
    check = Check(name, "problem", error.message, error.hint)
    return PathCheck(kind, service, check, is_late=isinstance(error, SeesLate))
