"""How well names are matched: ``python -m tests.bench.bench_matching [NAMES]``.

A made library of 20,000 names with planted halves, parts, cuts, extras, dated shows, events and seasons that are
counted otherwise. What each name stands for is known from how it was made. Counts wrong relinks, wrong copies and
links that were right and would be changed (all have to be 0), and the share of the right repairs that are taken
unasked (95 % at least). Ends with 1 when a limit is missed.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mediatui.changes.steps.symlinks import RelinkSymlink
from mediatui.library.maintenance import bad_links
from mediatui.library.maintenance.repair_links import tool as repair_links
from mediatui.library.maintenance.tools import ToolOptions
from mediatui.names.releases import read_releases
from tests.bench.bench_requests import Report
from tests.worlds.imagined import MOUNT, ROOT, empty_archive, findings_of

NAMES = 20_000
BEGINNINGS = (
    "Amber Birch Cobalt Dusky Ember Frozen Golden Hollow Indigo Jade Kindled Lunar Misty Northern Opal Pale Quiet Rusty"
)
ENDINGS = (
    "Anchor Bridge Canyon Desert Estate Falcon Garden Harbour Island Journey Kingdom Lantern Meadow Needle Orchard"
)
TAGS = ("1080p.BluRay.x264-GRP", "720p.WEB-DL.DDP5.1.H.264-NTb", "2160p.UHD.BluRay.HDR10.x265-FGT", "1080p.WEB.h264",
        "MULTi.1080p.WEB.x265-D-Z0N3", "PROPER.1080p.HDTV.x264-SYS", "FRENCH.720p.BluRay.x264")  # fmt: skip
PARTIAL = ("Trailer", "Making.Of", "Bonus.Disc", "Behind.the.Scenes", "Interview", "CD1", "Part.2", "pt.I", "Disc.One",
           "Sample", "Featurette.3", "Deleted.Scenes", "Teaser", "1of2")  # fmt: skip
CUTS = (
    "Extended",
    "Directors.Cut",
    "Unrated",
    "Remastered",
    "Zorro.Cut",
    "3D.H-SBS",
    "Final.Cut",
    "IMAX",
    "Open.Matte",
)
TITLES = ("The Interview", "Sample Day", "Trailer Park", "Two of Us", "Part of the Plan", "The Long Cut", "Home Again",
          "An Extra Chair", "Bonus Round", "Making Peace", "The Clip", "Lost and Found")  # fmt: skip


@dataclass
class Made:
    """A library: dead and live links, files, the files each link may lead to (none: it has to stay), and names of
    torrents with what they stand for."""

    links: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    right: dict[str, set[str]] = field(default_factory=dict)
    torrents: dict[str, object] = field(default_factory=dict)


class Maker:
    """Makes titles, each once, and what is planted below them."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.made = Made()
        self._number = 0

    def title(self) -> str:
        """Two words and a name, never given twice."""
        self._number += 1
        name = "".join("aeiou"[int(digit) % 5] + "bcdfghklmr"[int(digit)] for digit in str(self._number))
        return f"{self.dice.choice(BEGINNINGS.split())} {self.dice.choice(ENDINGS.split())} {name.title()}"

    def tags(self) -> str:
        return self.dice.choice(TAGS)

    def store(self, name: str, folder: str = "") -> str:
        """Puts a file on the mount; returns its path there."""
        path = f"all/{folder or name}/{name}.mkv"
        self.made.files.append(path)
        return path

    def dead(self, link: str, old: str, right: set[str]) -> None:
        """A dead link. Two in three led to a file whose name says what it was."""
        known = self.dice.random() < 0.67
        self.made.links[link] = f"gone/{old}.mkv" if known else f"gone/{len(self.made.links)}.mkv"
        self.made.right[link] = right

    def film(self) -> None:
        """A film: mostly with its file, always with something that is not it."""
        title, year, dice = self.title(), self.dice.randint(1960, 2024), self.dice
        dotted = f"{title.replace(' ', '.')}.{year}"
        link = f"movies/{title} ({year})/{title} ({year}).mkv"
        right = set[str]()
        if dice.random() < 0.8:
            right.add(self.store(f"{dotted}.{self.tags()}"))
        for text in dice.sample(PARTIAL + CUTS, 2):
            tags = self.tags()
            name = f"{dotted}.{text}.{tags}" if dice.random() < 0.6 else f"{dotted}.1080p.WEB.{text}.x264"
            self.store(name)
        if dice.random() < 0.2:  # a library with editions
            cut = dice.choice(("Extended", "Uncut", "Director's Cut"))
            written = cut.replace(" ", ".").replace("'", "")
            own = f"{dotted}.{written}.1080p.BluRay"
            edition = f"movies/{title} ({year})/{title} ({year}) {{edition-{cut}}}.mkv"
            paths = {self.store(own, f"{own}-x")}
            same = {path for path in self.made.files if path.startswith(f"all/{dotted}.") and f".{written}." in path}
            self.dead(edition, own, paths | same)
        self.dead(link, f"{dotted}.{self.tags()}", right)

    def show(self) -> None:
        """A season: episodes with and without titles, halves, cuts, extras beside them, some missing."""
        title, dice, season = self.title(), self.dice, self.dice.randint(1, 9)
        dotted, year = title.replace(" ", "."), self.dice.randint(1990, 2024)
        folder = f"{dotted}.S{season:02d}.1080p"
        for number in range(1, 9):
            numbers, tags = f"S{season:02d}E{number:02d}", self.tags()
            name = f"{dotted}.{numbers}"
            own = dice.choice(("", dice.choice(TITLES)))
            link = f"shows/{title} ({year})/Season {season:02d}/{title} ({year}) - {numbers}"
            shown = f".{own.replace(' ', '.')}" if own else ""
            kind = dice.random()
            if kind < 0.65:  # the whole episode; a title of it stands in both names, or in one of them
                file = self.store(f"{name}{shown}.{tags}", folder)
                self.dead(f"{link}{f' - {own}' if own else ''}.mkv", f"{name}{shown}.720p", {file})
            elif kind < 0.8:
                both = [self.store(f"{name}{half}.{tags}", folder) for half in "ab"]
                self.dead(f"{link}a.mkv", f"{name}a.720p", {both[0]})
                self.dead(f"{link}b.mkv", f"{name}b.720p", {both[1]})
            elif kind < 0.9:
                self.store(f"{name}{dice.choice(('a', 'b', '.pt1', '.Extended', '.Trailer', '.Uncut'))}.{tags}", folder)
                self.dead(f"{link}.mkv", f"{name}.720p", set())
            else:
                self.store(f"{dotted}.S{season:02d}E{number + 20:02d}.{tags}", folder)
                self.dead(f"{link}.mkv", f"{name}.720p", set())

    def dated(self) -> None:
        """A daily show; only another date is there."""
        title = self.title()
        dotted = title.replace(" ", ".")
        for day in range(1, 5):
            self.store(f"{dotted}.2024.01.{day:02d}.Guest.{self.tags()}")
            link = f"shows/{title} (1996)/Season 2024/{title} (1996) - 2024-02-{day:02d} - Guest.mkv"
            self.dead(link, f"{dotted}.2024.02.{day:02d}.720p", set())

    def season_off(self) -> None:
        """A season that its release counts otherwise: every link is right as it is; then one with a single mistake."""
        title, dice = self.title(), self.dice
        dotted = title.replace(" ", ".")
        seasons, episodes = dice.choice(((-1, 0), (0, 1), (0, 12), (1, -3)))
        for number in range(4, 10):
            name = f"{dotted}.S{5 + seasons:02d}E{number + episodes:02d}.1080p"
            link = f"shows/{title} (2001)/Season 05/{title} (2001) - S05E{number:02d}.mkv"
            self.made.links[link] = self.store(name, f"{dotted}.S{5 + seasons:02d}.1080p")
            self.made.right[link] = set()
            if seasons:
                self.store(f"{dotted}.S05E{number:02d}.1080p", f"{dotted}.S05.1080p")
        title = self.title()
        dotted = title.replace(" ", ".")
        files = [self.store(f"{dotted}.S01E{number:02d}.1080p", f"{dotted}.S01.1080p") for number in range(1, 7)]
        for number, file in enumerate(files, 1):
            link = f"shows/{title} (2001)/Season 01/{title} (2001) - S01E{number:02d}.mkv"
            self.made.links[link] = files[1] if number == 5 else file
            self.made.right[link] = {file} if number == 5 else set()

    def event(self) -> None:
        """Torrents of an event, each of another match, and of a film by several groups."""
        dice, dotted = self.dice, self.title().replace(" ", ".")
        day = f"2024.{dice.randint(1, 12):02d}.{dice.randint(1, 28):02d}"
        teams = dice.sample(ENDINGS.split(), 6)
        for at in range(0, 6, 2):
            match = f"{teams[at]}.vs.{teams[at + 1]}"
            form = dice.choice(("{title}.2024.{match}.1080p.WEB.x264", "{title}.{day}.{match}.1080p.WEB.x264-GRP",
                                "{title}.2024.1080p.WEB.x264.{match}", "{title}.S01E01.{match}.1080p.WEB"))  # fmt: skip
            self.made.torrents[form.format(title=dotted, match=match, day=day)] = (dotted, form, match)
        film = self.title().replace(" ", ".")
        for group in ("-AAA", "-BBB", "-D-Z0N3"):
            self.made.torrents[f"{film}.1999.1080p.{dice.choice(('BluRay', 'WEB-DL', 'HDTV'))}.x264{group}"] = film
        for text in dice.sample(CUTS + PARTIAL, 2):
            self.made.torrents[f"{film}.1999.{text}.1080p.BluRay.x264-AAA"] = (film, text)


def make(names: int, seed: int = 7) -> Made:
    """A library of about this many names: links, files and torrents."""
    maker = Maker(seed)
    plants: Sequence[tuple[Callable[[], None], int]] = (
        (maker.film, 6), (maker.show, 3), (maker.dated, 1), (maker.season_off, 1), (maker.event, 2),
    )  # fmt: skip
    while len(maker.made.links) + len(maker.made.files) + len(maker.made.torrents) < names:
        for plant, times in plants:
            for _ in range(times):
                plant()
    return maker.made


def relinked(made: Made, folder: Path) -> Iterator[tuple[str, str, str]]:
    """What both tools would take unasked: the tool, the link, the file."""
    for connection in empty_archive(folder):
        for name, find in (("repair-links", repair_links.find), ("fix-bad-links", bad_links.find)):
            for finding in findings_of(find, ToolOptions(name, min_score=90), connection, made.links, made.files):
                for step in finding.steps:
                    assert isinstance(step, RelinkSymlink)
                    yield name, step.path.removeprefix(f"{ROOT}/"), step.new_target.removeprefix(f"{MOUNT}/")


def main(names: int = NAMES) -> int:
    """Measures and reports; 1 when a limit is missed."""
    made, report = make(names), Report()
    live = {link for link, target in made.links.items() if target in set(made.files)}
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        steps = list(relinked(made, Path(folder)))
    seconds = time.perf_counter() - began
    wrong = [step for step in steps if step[2] not in made.right[step[1]]]
    for tool, link, file in wrong[:10]:
        print(f"    {tool}: {link} <- {file}")  # noqa: T201
    taken = {link for _, link, file in steps if file in made.right[link]}
    report.at_most("wrong relinks of dead links", sum(link not in live for _, link, _ in wrong), 0)
    report.at_most("wrong relinks of live links", sum(link in live for _, link, _ in wrong), 0)
    wanted = [link for link, right in made.right.items() if right]
    missed = [link for link in wanted if link not in taken]
    for link in missed[:10]:
        print(f"    left: {link} (led to {made.links[link]}), right: {sorted(made.right[link])}")  # noqa: T201
    report.at_least(f"right repairs taken, of {len(wanted):,}", 100 * len(taken) / len(wanted), 95, "%")
    releases = read_releases(made.torrents)
    groups: dict[object, set[object]] = {}
    for name, release in releases.items():
        groups.setdefault(release, set()).add(str(made.torrents[name]))
    report.at_most(
        f"wrong copies, of {len(made.torrents):,} torrents", sum(len(group) - 1 for group in groups.values()), 0
    )
    same: dict[object, list[str]] = {}
    for name, thing in made.torrents.items():
        same.setdefault(thing, []).append(name)
    copies = [names for names in same.values() if len(names) > 1]
    found = sum(len({releases.get(name, name) for name in names}) == 1 for names in copies)
    report.at_least(f"copies found, of {len(copies):,} releases by several groups", 100 * found / len(copies), 95, "%")
    total = len(made.links) + len(made.files) + len(made.torrents)
    report.at_most(f"seconds for the links of {total:,} names", seconds, 600, "s")
    return 0 if report.met else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
