"""What a person can answer to what a transfer asks: for each code its ways out, each with the command that does it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from mediatui.model.stuck import why_stuck
from mediatui.model.transfer import HoldKind, State, Transfer

Act = Literal["", "retry", "target", "done", "forget", "folder"]
"""What is done with the transfer itself, where no command says it whole: ``folder`` chooses one first."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One way out: its key and word, what it does and costs; the command that does it, which is only typed where
    something is missing still (``is_begun``), or the ``act``."""

    key: str
    word: str
    about: str
    command: str = ""
    act: Act = ""
    is_begun: bool = False


_FORGET: Final = Answer("f", "forget it", "nothing is deleted", act="forget")
_DONE: Final = Answer("d", "by hand", "you bring it in yourself; nothing is deleted", act="done")
_TARGET: Final = Answer("m", "what for", "another film, season or episode", act="target")
_LOOK: Final = "one look at the mount or the account"


def answers_of(transfer: Transfer, title: str = "") -> Sequence[Answer]:
    """The ways out of what a transfer asks, the likeliest first; none while it asks nothing, or has ended. ``title`` is
    what another release of it is searched by."""
    if transfer.hold.kind != HoldKind.CHOICE or transfer.ended_at is not None:
        return ()
    return [*(_at_import(transfer) if transfer.state == State.STAGED else _on_its_way(transfer, title))]


def _at_import(one: Transfer) -> Iterator[Answer]:
    code = one.hold.code
    plain = f"import {one.id}"
    again = Answer("i", "look again", "the plan is made anew, and asks before anything is done", plain)
    as_links = Answer("l", "as links", "placed by mediatui, past Sonarr and Radarr", f"{plain} --method library")
    if code == "target":
        yield _TARGET
    elif code == "partial":
        yield Answer("p", "those there", "the episodes that are in it; the plan asks", f"{plain} --partial")
    elif code == "place":
        yield Answer("c", "choose a folder", "of the library, for a new film or series", act="folder")
    elif code == "episode":
        yield _TARGET
        yield Answer("s", "say the season", "that all of it is of", f"{plain} --season ", is_begun=True)
    elif code == "import":
        yield from _of_import(one, plain)
    elif code == "files" and "unstaged" in one.hold.detail:
        yield Answer("g", "fetch again", "its links are made anew", f"staging again {one.id}")
    elif code not in ("archive", "disc"):
        yield again
    if one.looked_after_by and code in ("import", "files", "parts", "paths", "arr-cannot-see-mount", "episode"):
        yield as_links
    if code in ("paths", "arr-cannot-see-mount"):
        yield Answer("t", "test the paths", "which path each side sees", "paths test --all")
    yield _DONE
    yield _FORGET


def _of_import(one: Transfer, plain: str) -> Iterator[Answer]:
    """The ways out of a replacement, a rejection, a place that is taken."""
    helps = why_stuck(one, {}, 0.0).helps
    known = one.hold.detail
    if helps.startswith("import") and helps != plain:
        yield Answer("o", "all the same", "the plan says what is replaced, and asks", helps)
    if "in_library" in known:
        yield Answer("b", "beside it", "both stay, told apart by their resolution", f"{plain} --both")
    yield Answer("i", "look again", "the plan says what is replaced, and asks", plain)
    if "kept" not in known:
        yield _TARGET


def _on_its_way(one: Transfer, title: str) -> Iterator[Answer]:
    code, known = one.hold.code, one.hold.detail
    if code == "target":
        yield _TARGET
    elif code == "partial" and "lacks" in known:
        yield Answer("t", "those in it", "the episodes that are in it", act="retry")
    elif code in ("gone", "refused", "known-hash", "not-sent", "not-cached", "hash"):
        yield Answer("s", "send again", "a request or two", act="retry")
    else:
        yield Answer("a", "look again", _LOOK, act="retry")
    if code == "files" and "expired" in known and one.entry_id:
        yield Answer("c", "check its links", "2 requests a link; says whether a repair helps", f"check {one.entry_id}")
        yield Answer("e", "repair it", "adds the torrent again, after a yes", f"repair {one.entry_id}")
    if code in ("refused", "known-hash", "not-sent"):
        line = f"grab {one.hash} --again --route "
        yield Answer("w", "another way", "debrid, arr or seedbox", line, is_begun=True)
    if title and code != "target":
        yield Answer("n", "another release", "searched for by its name", f"search {shlex.quote(title)}", is_begun=True)
    yield _DONE
    yield _FORGET
