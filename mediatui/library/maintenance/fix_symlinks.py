"""fix-symlinks: relative links become absolute; links that lie beside the folder which should hold them move there."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mediatui.changes.owned_folders import OwnedFolders
from mediatui.changes.steps.moves import MovePath
from mediatui.changes.steps.symlinks import RelinkSymlink
from mediatui.library.maintenance.same_series import is_season_folder
from mediatui.library.maintenance.snapshot import LibrarySnapshot, Tree, TreeLink
from mediatui.library.maintenance.storage import Storage
from mediatui.library.maintenance.tools import ToolOptions, wanted
from mediatui.model.finding import Finding
from mediatui.model.plan import Step
from mediatui.model.text import printable
from mediatui.names.episode_numbers import episodes_of
from mediatui.names.parsed import library_title
from mediatui.names.seasons import season_of_folder
from mediatui.names.titles import fold_title

BEAT = 1_000
IN_THE_WAY = "something of that name is there already"


@dataclass(frozen=True, slots=True)
class Leaf:
    """The folder below its own that should hold a link; where several could, none is chosen, and ``ambiguity`` says
    so."""

    folder: bytes = b""
    ambiguity: str = ""


def find(snapshot: LibrarySnapshot, options: ToolOptions) -> Mapping[str, object]:
    """Reports every relative link, and every link beside the folder it belongs in; or those into a mount that moved."""
    if options.rebase:
        from mediatui.library.maintenance import rebase

        return rebase.find(snapshot, options)
    tree, categories = snapshot.tree, wanted(options)
    snapshot.reporter.phase("looking for relative links and folders beside links", len(tree.links))
    leaves = Leaves(tree, snapshot.owned)
    counts: Counter[str] = Counter()
    for number, link in enumerate(tree.links):
        leaf = leaves.of(link) if "leaf" in categories and link.target else None
        relative = bool(link.target) and not link.target.startswith(b"/")
        finding = None
        if leaf is not None:
            finding = leaves.move(link, leaf, absolute_of(link, snapshot.storage) if relative else link.target)
        elif relative and "relative" in categories:
            finding = _relative(link, snapshot.storage)
        if finding is not None:
            counts[finding.category] += 1
            counts["kept"] += not finding.steps
            snapshot.reporter.found(finding)
        if number % BEAT == 0:
            snapshot.reporter.progress(number)
    return {"looked_at": len(tree.links), "kept": counts["kept"]}


def absolute_of(link: TreeLink, storage: Storage) -> bytes | None:
    """The absolute path that leads where a link's relative target does; None where it cannot be determined.

    ``..`` behind a folder that is itself a symlink leads elsewhere than its text says, so each path is resolved to its
    end. A dead link can be made absolute too: it stays dead, and leads to the same place.
    """
    if link.state not in ("ok", "broken", "wrong kind"):
        return None
    end = storage.real(link.path)
    folder = storage.real(os.path.dirname(link.path))
    for text in (link.pointed, os.path.normpath(os.path.join(folder, link.target)), end):
        if storage.real(text) == end and text != link.path:
            return text
    return None


def _relative(link: TreeLink, storage: Storage) -> Finding:
    new = absolute_of(link, storage)
    if new is None:
        return Finding("relative", link.path, f"its target is relative and {link.state}: it stays", link.target)
    return Finding("relative", link.path, "its target is relative", link.target, steps=(_relink(link, new),))


def _relink(link: TreeLink, new: bytes) -> RelinkSymlink:
    path = os.fsdecode(link.path)
    return RelinkSymlink(
        what=printable(path), path=path, target=os.fsdecode(link.target), new_target=os.fsdecode(new),
        reason="its target is relative",
    )  # fmt: skip


class Leaves:
    """The folders of seasons and titles beside links, and the names that are taken in them."""

    def __init__(self, tree: Tree, owned: OwnedFolders) -> None:
        self._tree = tree
        self._owned = owned
        self._seasons: dict[bytes, dict[int, list[bytes]]] = {}
        self._titles: dict[bytes, dict[tuple[str, int], list[bytes]]] = {}
        self._taken: set[bytes] = set()

    def of(self, link: TreeLink) -> Leaf | None:
        """Where a link belongs: in its season's folder, or in the folder of its title; None where it is right, or where
        its name and the folders beside it give no strict answer."""
        folder, name = os.path.dirname(link.path), os.fsdecode(os.path.basename(link.path))
        if not self._folders(folder):
            return None
        numbers, own = episodes_of(name), library_title(name)
        if numbers is not None and (found := self._seasons_in(folder).get(numbers.season)):
            return _only(found, "for its season")
        if own is None or not (found := self._titles_in(folder).get((fold_title(own[0]), own[1]))):
            return None
        if len(found) > 1:
            return _only(found, "of its title")
        seasons = self._seasons_in(found[0])
        if numbers is None:  # a film, which goes in no folder of a series
            return None if seasons else _only(found, "of its title")
        return _only(seasons.get(numbers.season, ()), "for its season")

    def move(self, link: TreeLink, leaf: Leaf, target: bytes | None) -> Finding:
        """The move of a link to its leaf, its ``target`` made absolute first; without steps where it cannot move."""
        folder, name = os.path.split(link.path)
        new = leaf.folder + b"/" + name
        shown = printable(os.fsdecode(leaf.folder[len(folder) + 1 :]), empty="")
        if leaf.ambiguity:
            return Finding("leaf", link.path, leaf.ambiguity, link.target)
        if target is None:
            why = f"it belongs in {shown}, but its target is relative and {link.state}: it stays"
            return Finding("leaf", link.path, why, link.target)
        inside = self._tree.folders.get(leaf.folder)
        if inside is None:
            why = f"it belongs in {shown}, which could not be read"
            return Finding("leaf", link.path, why, link.target)
        if new in self._taken or any(name in names for names in inside):
            return Finding("leaf", link.path, f"it belongs in {shown}, but {IN_THE_WAY}", link.target)
        verdict = self._owned.may_move(link.path, new, link=True)
        if verdict.reason:
            return Finding("leaf", link.path, f"it belongs in {shown}; it stays: {verdict.reason}", link.target)
        self._taken.add(new)
        steps: list[Step] = [_relink(link, target)] if target != link.target else []
        path = os.fsdecode(link.path)
        steps.append(
            MovePath(
                what=printable(path), path=path, new_path=os.fsdecode(new), target=os.fsdecode(target),
                reason=f"it belongs in {shown}", risk=verdict.risk,
            )
        )  # fmt: skip
        return Finding("leaf", link.path, f"it belongs in {shown}", link.target, steps=tuple(steps))

    def _folders(self, folder: bytes) -> Sequence[bytes]:
        return self._tree.folders.get(folder, ((), (), ()))[0]

    def _seasons_in(self, folder: bytes) -> Mapping[int, Sequence[bytes]]:
        if folder not in self._seasons:
            found = self._seasons.setdefault(folder, {})
            for name in sorted(self._folders(folder)):
                season = season_of_folder(os.fsdecode(name))
                if season is not None and is_season_folder(os.fsdecode(name)):
                    found.setdefault(season, []).append(folder + b"/" + name)
        return self._seasons[folder]

    def _titles_in(self, folder: bytes) -> Mapping[tuple[str, int], Sequence[bytes]]:
        if folder not in self._titles:
            found = self._titles.setdefault(folder, {})
            for name in sorted(self._folders(folder)):
                if own := library_title(os.fsdecode(name)):
                    found.setdefault((fold_title(own[0]), own[1]), []).append(folder + b"/" + name)
        return self._titles[folder]


def _only(folders: Sequence[bytes], what: str) -> Leaf | None:
    if len(folders) > 1:
        names = ", ".join(printable(os.fsdecode(os.path.basename(folder))) for folder in folders)
        return Leaf(ambiguity=f"{len(folders)} folders {what} are beside it ({names}); nothing is guessed")
    return Leaf(folders[0]) if folders else None
