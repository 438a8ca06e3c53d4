"""link-movies: finds the file of each film the library knows, by its link, else by its title and year on storage."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mediatui.changes.steps.media import SetMediaFile
from mediatui.library.maintenance.known_titles import KnownTitles
from mediatui.library.maintenance.reading import is_file
from mediatui.library.maintenance.snapshot import LibrarySnapshot, TreeLink, resolved
from mediatui.library.maintenance.stored_films import Titles, TitleYear, find_films, narrowest
from mediatui.library.maintenance.tools import ToolOptions, wanted
from mediatui.model.finding import Finding
from mediatui.model.human import counted
from mediatui.model.kinds import kind_of
from mediatui.model.text import fold, printable
from mediatui.names.titles import fold_title, same_title, title_key
from mediatui.store.library.media import Media, iterate_media
from mediatui.store.library.titles import alternative_titles

MOST_LISTED = 10
CHUNK = 1_000


@dataclass(slots=True, eq=False)
class Film:
    """A film the library knows, and the links that show it."""

    media: Media
    links: list[TreeLink] = field(default_factory=list)
    several: bool = False
    """Whether other films have the same title and year, so that these do not identify it."""

    @property
    def what(self) -> str:
        """Title and year, for people."""
        return printable(f"{self.media.title} ({self.media.year})" if self.media.year else self.media.title)

    @property
    def keys(self) -> set[TitleYear]:
        """Its titles with its year; none without a year."""
        if self.media.year is None:
            return set()
        titles = filter(None, (self.media.title, self.media.original_title))
        return {(folded, self.media.year) for title in titles if (folded := fold_title(title))}


def find(snapshot: LibrarySnapshot, options: ToolOptions) -> Mapping[str, object]:
    """Reports what could be linked and what not. Only the file that the library records for a film changes."""
    run = _Run(snapshot, wanted(options))
    if not run.films:
        snapshot.reporter.say("warning", "The library knows no film yet. Run integrity first, or connect Radarr.")
    links = run.match_links()
    left = run.by_link()
    if left:
        run.by_storage(left)
    return {"looked_at": links, "films": len(run.films), "outcomes": dict(run.outcomes)}


class _Run:
    def __init__(self, snapshot: LibrarySnapshot, categories: Sequence[str]) -> None:
        self._snapshot = snapshot
        self._categories = categories
        self.outcomes: Counter[str] = Counter()
        self.films = [Film(media) for media in iterate_media(snapshot.connection, "film")]
        self._by_link = {film.media.link_path: film for film in self.films if film.media.link_path}
        self._by_key: dict[TitleYear, list[Film]] = {}
        for film in self.films:
            for key in film.keys:
                self._by_key.setdefault(key, []).append(film)
        self._known_titles = KnownTitles(snapshot.connection)
        self._by_alternative: dict[TitleYear, list[Film]] = {}
        by_service = {(film.media.source, film.media.service_id): film for film in self.films}
        for title in alternative_titles(snapshot.connection, "film"):
            film_of_title = by_service.get((title.source, title.service_id))
            if film_of_title is not None and title.year is not None:
                self._by_alternative.setdefault((title.key, title.year), []).append(film_of_title)

    def _report(self, finding: Finding) -> None:
        self.outcomes[finding.category] += 1
        if finding.category in self._categories:
            self._snapshot.reporter.found(finding)

    # The links.

    def match_links(self) -> int:
        """Gives each film the links that show it; returns how many links of films there are."""
        places = self._snapshot.places
        links = [
            link
            for link in self._snapshot.tree.links
            if places.is_video(os.path.basename(link.path)) and kind_of(link.path, places.roots) == "film"
        ]
        self._snapshot.reporter.phase("matching links and films", len(links))
        titles = Titles(self._snapshot)
        for start in range(0, len(links), CHUNK):
            chunk = links[start : start + CHUNK]
            names = {link.path: os.fsdecode(os.path.basename(link.path)) for link in chunk}
            title_years = titles.of(set(names.values()))
            above = {link.path: self._folder_name(link) for link in chunk if names[link.path] not in title_years}
            of_folders = titles.of({name for name in above.values() if name})
            for link in chunk:
                key = title_years.get(names[link.path]) or of_folders.get(above.get(link.path, ""))
                self._match(link, names[link.path], key)
            self._snapshot.reporter.progress(start + len(chunk))
        return len(links)

    def _folder_name(self, link: TreeLink) -> str:
        folder = os.path.dirname(link.path)
        return "" if folder in self._snapshot.places.roots else os.fsdecode(os.path.basename(folder))

    def _match(self, link: TreeLink, name: str, key: TitleYear | None) -> None:
        own = self._by_link.get(link.path)
        if own is not None:
            own.links.append(link)
        if key is None:
            if own is None:
                self._report(Finding("name not understood", link.path, "its name has no title and year", link.target))
            return
        same = [*self._by_key.get(key, ()), *self._called_so(key)]
        if not same and own is None:
            self._report(
                Finding("not in the library", link.path, "no film of its title and year is known", link.target)
            )
            return
        free = self._free(link, own, same)
        if len(free) > 1:
            free = [film for film in free if _plain(film.media) & {_plain_name(name, key[1])}] or free
        if len(free) > 1:
            for film in free:
                film.several = True
            why = f"{len(free):,} films of this title and year are known"
            facts = {"candidates": [film.what for film in free]}
            self._report(Finding("ambiguous", link.path, why, link.target, facts))
        elif free:
            free[0].links.append(link)

    def _called_so(self, key: TitleYear) -> list[Film]:
        """The films that have a title and year only as an alternative one."""
        title, year = key
        found = dict.fromkeys(self._by_alternative.get((title_key(title), year), ()))
        return [film for film in found if key not in film.keys and self._is_called(film, title)]

    def _is_called(self, film: Film, title: str) -> bool:
        return any(same_title(title, other) for other in self._known_titles.of_media(film.media).titles)

    def _free(self, link: TreeLink, own: Film | None, same: Sequence[Film]) -> list[Film]:
        """The films a link may show besides its own. A film that has a link needs no other, but is ambiguous beside one
        that has none. An item read from the tree's own names stands in for what a service knows."""
        tree, storage = self._snapshot.tree, self._snapshot.storage
        at = {film.media.link_path: film for film in same if film.media.link_path in tree.by_path}
        free = [film for film in same if film.media.link_path not in at]
        stands_in = all(film.media.source != "tree" for film in free)
        others = [film for film in at.values() if not (stands_in and film.media.source == "tree")]
        if own is not None:
            return free if stands_in and own.media.source == "tree" and not others else []
        if free and others and link.state == "ok":
            file = resolved(link, storage)
            shown = [tree.by_path[film.media.link_path] for film in others if film.media.link_path is not None]
            if any(other_link.state == "ok" and resolved(other_link, storage) == file for other_link in shown):
                return []
        return [*free, *others] if free else []

    # The films.

    def by_link(self) -> list[Film]:
        """Reports the films whose links lead to their file; returns the films that get no file that way."""
        left: list[Film] = []
        for film in self.films:
            files = sorted({resolved(link, self._snapshot.storage) for link in film.links if link.state == "ok"})
            now = film.media.file_path
            if now is not None and (now in files or (not files and self._is_there(now))):
                self.outcomes["already linked"] += 1
            elif len(files) == 1:
                self._report(_linked("linked by link", film, files[0], self._shown(film)))
            elif files:
                self._report(_unsure(film, files, self._shown(film), "its links lead to"))
            elif film.links and any(link.state not in ("broken", "loop") for link in film.links):
                self._report(_dead(film))  # whether its file is gone is unknown
            elif not film.several:
                left.append(film)
        return left

    def _is_there(self, file: bytes) -> bool:
        """Whether a file exists, or is on a mount that is away and may exist."""
        if file in self._snapshot.storage or self._snapshot.places.away(file):
            return True
        try:
            return self._snapshot.reader.ask(is_file, file)
        except OSError:
            return True

    def _shown(self, film: Film) -> bytes:
        """The path a film is listed by."""
        return film.links[0].path if film.links else film.media.link_path or os.fsencode(film.what)

    def by_storage(self, left: Sequence[Film]) -> None:
        """Reports the films that match a file on storage by title and year; by an alternative title only where no other
        film is called so."""
        keys_of = {film: film.keys | self._keys_of_its_own(film) for film in left}
        stored = find_films(self._snapshot, {key for keys in keys_of.values() for key in keys})
        taken = {film.media.file_path for film in self.films if film not in left}
        taken |= {
            resolved(link, self._snapshot.storage) for film in self.films for link in film.links if link.state == "ok"
        }
        for film in left:
            keys = keys_of[film]
            files = narrowest([path for key in keys for path in stored.get(key, ()) if path not in taken])
            shown = self._shown(film)
            same = [other for key in keys for other in self._by_key.get(key, ())]
            rivals = [other for other in same if other is not film and other in keys_of]
            if files and (rivals or len(files) > 1):
                why = "other films have its title and year; found on storage:" if rivals else "found on storage:"
                self._report(_unsure(film, files, shown, why))
            elif files:
                self._report(_linked("linked by storage", film, files[0], shown))
            elif film.links:
                self._report(_dead(film))
            else:
                self.outcomes["without a file"] += 1

    def _keys_of_its_own(self, film: Film) -> set[TitleYear]:
        """The alternative titles, with its year, that no other film has in any way."""
        also, year = self._known_titles.of_media(film.media), film.media.year
        if year is None:
            return set()
        return {
            (title, year)
            for title in also.titles
            if (title, year) not in self._by_key
            and {None, year}.isdisjoint(self._known_titles.years_of_others("film", title, also.item, year))
        }


def _linked(category: str, film: Film, file: bytes, shown: bytes) -> Finding:
    media = film.media
    assert media.id is not None
    step = SetMediaFile(
        what=film.what, path=os.fsdecode(file), media=media.id, title=media.title, year=media.year,
        before=os.fsdecode(media.file_path or b""),
    )  # fmt: skip
    why = f"{film.what} is {printable(os.fsdecode(os.path.basename(file)))}"
    return Finding(category, shown, why, file, {"film": film.what, "tmdb_id": media.tmdb_id}, (step,))


def _unsure(film: Film, files: Sequence[bytes], shown: bytes, why: str) -> Finding:
    facts = {"film": film.what, "candidates": [os.fsdecode(file) for file in files[:MOST_LISTED]]}
    count = counted(len(files), "file")
    return Finding("ambiguous", shown, f"{film.what}: {why} {count}", facts=facts)


def _dead(film: Film) -> Finding:
    link = film.links[0]
    state = "is away" if link.state == "unknown" else f"is {link.state}"
    return Finding("no live target", link.path, f"{film.what}: its link's target {state}", link.target)


def _plain(media: Media) -> set[str]:
    """Its titles without case and accents, everything else as it is written."""
    return {fold(title) for title in (media.title, media.original_title) if title}


def _plain_name(name: str, year: int) -> str:
    return fold(name.partition(f"({year})")[0])
