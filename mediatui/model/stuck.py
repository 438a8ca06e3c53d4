"""Why a transfer is where it is: one sentence, what happens next and when, and what helps. One pure function, and the
sentences of every code as data."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from mediatui.model.arr import ROOTS, named_title, roots_of
from mediatui.model.human import duration, short_date, size_text
from mediatui.model.torrent import CONVERTING, DOWNLOADED, UNSELECTED
from mediatui.model.transfer import DROPPED, Hold, HoldKind, ServiceHold, State, Transfer
from mediatui.model.transfer_errors import CHOICES, TROUBLES

Group = Literal["you", "time", "works", "ended"]
"""What a transfer waits for: a person, or time; or it is being worked on; or it has ended."""
GROUPS: Final[Mapping[Group, str]] = {
    "you": "waits for you",
    "time": "waits for time",
    "works": "works",
    "ended": "ended",
}
ADDS: Final = "realdebrid adds"
"""The request lane of adds to the account, as a service that can be held."""
MOUNT: Final = "mount"
STAGING: Final = "staging"
TITLES: Final = {
    "realdebrid": "Real-Debrid", ADDS: "Real-Debrid", "seedbox": "the seedbox", "sftp": "SFTP", MOUNT: "the mount",
    STAGING: "staging",
}  # fmt: skip


def held_title(service: str) -> str:
    """A service that can be held, for people: ``Real-Debrid``, ``Sonarr``."""
    return TITLES.get(service, named_title(service.removesuffix(ROOTS)))


@dataclass(frozen=True, slots=True)
class Stuck:
    """``why`` as a sentence without its full stop; what comes ``next``, and when (epoch seconds, None: not known); the
    ``key`` and the command that ``helps`` (empty: none)."""

    group: Group
    why: str
    next: str = ""
    next_at: float | None = None
    key: str = ""
    helps: str = ""


SENTENCES: Final[Mapping[str, Sequence[str]]] = {
    "target": (
        "{named} is not in {missing_at} yet", "was {was}, is {is_now} now", "two targets fit equally: {candidates}",
        "{unsure}", "no target yet",
    ),
    "hash": ("the .torrent is of another hash than {indexer} said", "the .torrent is of another hash than was said"),
    "refused": ("{service} refuses this one: {reasons}", "Real-Debrid refuses this one ({date})"),
    "known-hash": (
        "{service} takes no hash it has imported before ({date})", "{service} takes no hash it has imported before",
    ),
    "not-sent": ("{service}'s client does not answer: {client}", "{service} said yes and has nothing"),
    "not-cached": ("not cached at Real-Debrid",),
    "partial": (
        "RAR: one archive instead of {archived} files", "{missing} of {of} files have no link",
        "{lacks} is not in it: {there} of {of}",
        "{episodes} is missing; the pack is not whole", "there, with {there} of {of} files",
        "not all that is wanted is in it",
    ),
    "gone": (
        "gone from {service}'s queue; its history says: {said}", "gone from {service}'s queue",
        "gone from the account; its history there says: {said}", "gone from the account",
    ),
    "paths": (
        "{service} does not see staging at {there}", "no path rule for {unruled}",
        "SFTP does not see the file; rule {rule} gives {gives}", "not seen there",
    ),
    "arr-cannot-see-mount": (
        "{service} can import no file whose path is not UTF-8: {odd}", "{service} does not see {path}",
        "{service} does not see the mount at this path",
    ),
    "files": (
        "{expired}: its link has expired", "{service} cannot read {unread} through the mount",
        "{service} does not list {unlisted}",
        "{unlike} is not what its name says: {said}", "{in_way} could not be linked: {said}",
        "{unstaged}: its link in staging is gone",
        "{file} has another size on the mount", "{hostile} is no name of a file", "two files fit: {places}",
        "no video is in {no_video}", "two files fit",
    ),
    "episode": (
        "{service} does not know {unknown}", "{service} could not import {unproven}: {said}",
        "{wanted} is wanted, {file} is {found}", "season says {says}, file says {found}",
        "{file} does not say which episode it is", "no episode is among its files",
    ),
    "archive": ("{file} is an archive", "an archive, not a file"),
    "disc": ("a disc, not a file",),
    "parts": ("{service} holds one file a film, and these are {parts} parts", "part {part} is missing"),
    "import": (
        "{service} refuses the import: {refused}", "replace it? {has}",
        "replace it? {in_library} leads to a file", "{kept} stays as it is: {said}",
        "{unplaced} could not be placed: {said}",
        "{service} rejects {rejected}: {reasons}", "{doubt}", "{place} lies there already, in no record",
        "replaces {replaces}; {bare} would have no file", "the episode has a file; replace?",
    ),
    "no-storage": ("{problem}", "no folder is set for fetched files"),
    "place": ("{why}", "the folder for it is not known"),
    "client-away": ("waits for {service}",),
    "client-refused": ("{service} refuses the password or token",),
    "host-key": ("host key changed",),
    "sftp-away": ("waits for SFTP",),
    "indexer-limit": ("{indexer} is paused until {until}", "the indexer is at its limit"),
    "indexer-gone": ("no indexer has it any more",),
    "add-dropped": ("the folder could not be made there: {folder}", "the folder could not be made there"),
    "never-appeared": ("added, but not at the seedbox",),
    "no-slot": ("waits for a slot ({busy} of {slots} busy)", "waits for a slot"),
    "rd-pause": ("Real-Debrid takes no adds at the moment",),
    "rd-dead": ("Real-Debrid says: {status}; the entry stays, {kept}", "Real-Debrid says: {status}", "dead there"),
    "stalled": ("no byte for {quiet}", "no byte comes"),
    "arr-pending": ("{service} holds it until {until}", "{service} holds it"),
    "no-space": ("{needed} needed, {free} free above the reserve", "no room in staging"),
    "remote-missing": ("SFTP does not see the file; rule {rule} gives {gives}", "SFTP does not see the file"),
    "data-away": ("the seedbox's data are away ({away} of {rows})", "the seedbox's data are away"),
    "remote-changed": ("{file} changed while it was fetched", "a file changed while it was fetched"),
    "bad-piece": ("piece {piece} of {file} is wrong", "a piece is wrong"),
    "mount-away": (
        "{view} held {held} names, shows {shows}: nothing is concluded",
        "{service}'s root {root} looks empty: nothing is imported into it", "{problem}", "the mount is not alive",
    ),
    "mount-busy": (
        "{file} comes late; next read {until}", "files there come late; next read {until}", "files there come late",
    ),
    "not-on-mount": (
        "not on the mount yet, looked {looks} times; its cache is {cache} min; {refreshes} would refresh it",
        "not on the mount yet, looked {looks} times; its cache is {cache} min",
        "not on the mount yet, looked {looks} times; {refreshes} would refresh it",
        "not on the mount yet, looked {looks} times", "not on the mount yet",
    ),
    "arr-away": ("{service} does not answer",),
    "arr-key": ("{service} refuses the key",),
    "arr-hangs": ("{service} hangs on {file} since {since}", "a mount hangs where {service} runs: nothing is imported"),
    "not-proven": (
        "import said successful, but {unproven} is not there; put back: {back}",
        "import said successful, but {unproven} is not there", "import said successful, but no file is there",
    ),
    "internal": ("something unforeseen happened: {error}", "something unforeseen happened; the log says what"),
}  # fmt: skip
"""For each code its sentences: the first of which everything is known."""

_TIMES: Final = frozenset({"until", "since"})
_SIZES: Final = frozenset({"needed", "free"})
_HELPS: Final[Mapping[str, tuple[str, str]]] = {
    "target": ("m", "map {id}"),
    "gone": ("r", "transfers retry {id}"),
    "rd-dead": ("", "repair {entry}"),
    "client-refused": ("", "doctor"),
    "host-key": ("", "doctor"),
    "arr-key": ("", "doctor"),
    "arr-hangs": ("", "doctor"),
    "arr-cannot-see-mount": ("", "paths test"),
    "paths": ("", "paths test"),
    "no-storage": ("", "config show"),
    "no-space": ("", "staging --leftovers"),
    "import": ("I", "import {id}"),
    "place": ("", "import {id} --folder FOLDER"),
    "episode": ("m", "map {id}"),
    "archive": ("D", "transfers done {id}"),
    "disc": ("D", "transfers done {id}"),
    "parts": ("D", "transfers done {id}"),
}
"""The key and the command that help with a code; with others a retry does."""
_AT_IMPORT: Final = {"import": "import {id}", "partial": "import {id} --partial"}
"""The commands that answer what an import asks."""
_RETRY: Final = ("r", "transfers retry {id}")
_RUN: Final = ("", "transfers run --once")
_LOOK: Final = "looked at again by the next run"
_CLIENT_STATUS: Final = {
    CONVERTING: "no metadata yet",
    UNSELECTED: "its files are not selected yet",
    "queued": "queued there",
    DOWNLOADED: "all of it is there, its links are awaited",
    "hashing": "checking files at the seedbox",
    "paused": "paused at the seedbox",
    "importing": "Sonarr imports it itself",
    "completed": "whole there; imported there by itself",
    "absent": "not in the queue there; it is looked for before anything is concluded",
}


def sentence_of(code: str, detail: Mapping[str, object], now: float) -> str:
    """The sentence of a code, with what is known; of a question that came ``after`` a failure, that of the failure."""
    code = str(detail.get("after", code))
    known = {name: _shown(name, value, now) for name, value in detail.items() if value is not None}
    for text in SENTENCES.get(code, ()):
        try:
            return text.format_map(known)
        except KeyError:
            continue
    return code


def _shown(name: str, value: object, now: float) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        if name in _TIMES:
            return time.strftime("%H:%M", time.localtime(value))
        if name == "date":
            return short_date(value, now)
        return size_text(int(value)) if name in _SIZES else f"{value:,}"
    return str(value)


def why_stuck(
    transfer: Transfer, holds: Mapping[str, ServiceHold], now: float, line: tuple[int, int] | None = None
) -> Stuck:
    """Why a transfer is where it is. ``holds`` are those of the services, ``line`` is its place among those that wait
    to be fetched and how many are fetched at once."""
    state, hold = transfer.state, transfer.hold
    if state == State.UNKNOWN:
        return Stuck("you", "its state is of another version; it is left alone", helps=f"transfers show {transfer.id}")
    if transfer.ended_at is not None:
        return _ended(transfer, now)
    if hold.kind == HoldKind.PAUSED:
        return Stuck(
            "you",
            f"paused by you{_before(hold, now)}",
            "goes on when resumed",
            None,
            "p",
            f"transfers resume {transfer.id}",
        )
    if hold.kind == HoldKind.IGNORED:
        helps = f"transfers unignore {transfer.id}"
        return Stuck("you", f"ignored{_before(hold, now)}", "goes on when not ignored any more", None, "H", helps)
    if hold.kind == HoldKind.CHOICE:
        ways = CHOICES.get(hold.code, "try again, or another release")
        return Stuck("you", sentence_of(hold.code, hold.detail, now), ways, None, *_help(transfer, hold.code))
    for service in _services_of(transfer):
        if service in holds:
            return _of_service(transfer, holds[service], now)
    if hold.kind == HoldKind.WAITING:
        why = sentence_of(hold.code, {"service": client_of(transfer), **hold.detail}, now)
        return Stuck("time", why, _next_try(hold.retry_at, now), hold.retry_at, *_help(transfer, hold.code))
    return _on_its_way(transfer, now, line)


def _before(hold: Hold, now: float) -> str:
    """What held a transfer before a person put it aside, behind a semicolon; empty for nothing."""
    before = hold.detail.get("before")
    code = before.get("code") if isinstance(before, Mapping) else None
    if not code or not isinstance(before, Mapping):
        return ""
    detail = before.get("detail")
    return f"; before: {sentence_of(str(code), detail if isinstance(detail, Mapping) else {}, now)}"


def _services_of(transfer: Transfer) -> Sequence[str]:
    """The services that a transfer needs next, the one it needs first in front."""
    if transfer.route == "arr":
        return (transfer.service,)
    on_way_home = transfer.state in (State.READY, State.FETCHING)
    on_way_home |= transfer.state == State.STAGED and transfer.auto == "import" and transfer.has_target
    if transfer.route == "seedbox":
        return ("seedbox", *(("staging", "sftp") if on_way_home else ()))
    adds = (ADDS,) if transfer.state == State.WANTED else ()
    if transfer.looked_after_by and (
        transfer.state == State.IMPORTING or (transfer.state == State.STAGED and on_way_home)
    ):
        return (MOUNT, transfer.looked_after_by, roots_of(transfer.looked_after_by))
    return ("realdebrid", *adds, *((STAGING, MOUNT) if on_way_home and transfer.is_fetched else ()))


def _of_service(transfer: Transfer, hold: ServiceHold, now: float) -> Stuck:
    title = held_title(hold.service)
    why = sentence_of(hold.code, {"service": title, **hold.detail}, now)
    if hold.retry_at is None:
        return Stuck(
            "you", why, f"once it is put right: transfers retry {transfer.id}", None, *_help(transfer, hold.code)
        )
    since = time.strftime("%H:%M", time.localtime(hold.since))
    helps = _HELPS.get(hold.code, _RUN)[1]
    return Stuck("time", f"{why} since {since}", _next_try(hold.retry_at, now), hold.retry_at, "", helps)


def _next_try(at: float | None, now: float) -> str:
    left = (at or now) - now
    return f"next try in {duration(left)}" if left >= 1 else "tried next"


def _help(transfer: Transfer, code: str) -> tuple[str, str]:
    key, command = _HELPS.get(code, _RETRY)
    if code == "files" and "places" in transfer.hold.detail:
        command = "transfers pick {id} 1"
    elif code == "files" and "expired" in transfer.hold.detail:
        key, command = "", "check {entry}"  # it says whether a repair helps
    elif code == "files" and "unstaged" in transfer.hold.detail:
        key, command = "", "staging again {id}"
    if transfer.state == State.STAGED and code in _AT_IMPORT:
        key, command = "I", _AT_IMPORT[code]
        if code == "import" and "kept" in transfer.hold.detail:
            key, command = "D", "transfers done {id}"
        elif code == "import":
            known = transfer.hold.detail
            command += " --replace" if "in_library" in known else ""
            command += "".join(f" --override {number}" for number in overridable(transfer))
            if known.get("can_override") == []:
                key, command = "m", "map {id}"
    elif transfer.state == State.STAGED and code == "episode" and "unknown" in transfer.hold.detail:
        key, command = "I", "import {id} --partial"  # which leaves it out
    if code == "target" and "missing_at" in transfer.hold.detail:
        command = "grab {hash} --apply"  # which adds it first
    return key, command.format(id=transfer.id, hash=transfer.hash, entry=transfer.entry_id)


def overridable(transfer: Transfer) -> Sequence[int]:
    """The numbers of what is asked about a staged transfer that a person may import all the same; none where a plan of
    a person imports it anyway."""
    known = transfer.hold.detail
    numbers = known.get("can_override")
    if transfer.hold.code != "import" or "has" in known or not isinstance(numbers, list):
        return ()
    return [number for number in numbers if isinstance(number, int)]


def client_of(transfer: Transfer) -> str:
    """Who has a transfer, for people: ``Real-Debrid``, ``Sonarr``."""
    if transfer.route == "arr":
        return named_title(transfer.service) or "Sonarr or Radarr"
    return "Real-Debrid" if transfer.route == "debrid" else "the seedbox"


def _ended(transfer: Transfer, now: float) -> Stuck:
    said = sentence_of(transfer.hold.code, transfer.hold.detail, now) if transfer.hold.code else ""
    words = {
        State.FAILED: said or "cannot go on", State.FORGOTTEN: "forgotten; nothing was deleted",
        State.BY_HAND: "dealt with by hand", State.DONE: "in the library",
        State.CLEANED: "done, and gone at the seedbox",
    }  # fmt: skip
    key, helps = _help(transfer, "") if transfer.state in DROPPED else ("", "")
    return Stuck("ended", words[transfer.state], "", None, key, helps)


def _on_its_way(transfer: Transfer, now: float, line: tuple[int, int] | None) -> Stuck:
    client = client_of(transfer)
    match transfer.state:
        case State.WANTED:
            return Stuck("time", "waits to be sent", "sent by the next run", now, *_RUN)
        case State.SENDING:
            return Stuck("works", f"being sent to {client}")
        case State.DOWNLOADING:
            return _downloading(transfer, now)
        case State.READY if line is not None:
            place, most = line
            why = f"limit {most} files at once, {_ordinal(place)} in line"
            return Stuck("time", why, "fetched when it is its turn")
        case State.READY if transfer.is_fetched:
            return Stuck("time", f"whole at {client}", "fetched by the next run", now, *_RUN)
        case State.READY if transfer.route == "debrid" and transfer.entry_id:
            then = "nothing by itself: goes on when let, into staging.folder"
            return Stuck("you", f"whole at {client}", then, None, "I", f"import {transfer.entry_id} --auto import")
        case State.READY:
            return Stuck("you", f"whole at {client}", "nothing by itself", None, "D", f"transfers done {transfer.id}")
        case State.FETCHING:
            return Stuck("works", "waits for the mount" if transfer.route == "debrid" else "being fetched")
        case State.STAGED if transfer.auto == "import" and transfer.has_target:
            return Stuck("time", "its links are in staging", "imported by the next run", now, *_RUN)
        case State.STAGED if not transfer.has_target:
            why = "its links are in staging; it is for nothing in particular"
            return Stuck("you", why, "imported once it is for something", None, "m", f"map {transfer.id}")
        case State.STAGED:
            return Stuck("you", "its links are in staging", "nothing by itself", None, "I", f"import {transfer.id}")
        case State.IMPORTING:
            return Stuck("works", "being imported")
        case _:
            return Stuck("time", "in the library; what is left in staging goes next", "done by the next run", now)


def _downloading(transfer: Transfer, now: float) -> Stuck:
    said = _CLIENT_STATUS.get(transfer.status)
    if said is not None:
        return Stuck("works", said, _LOOK, None, *_RUN)
    if transfer.status.startswith("absent: "):
        return Stuck("works", f"{transfer.status.removeprefix('absent: ')}; nothing is concluded", _LOOK, None, *_RUN)
    quiet = None if transfer.progress_at is None else now - transfer.progress_at
    if transfer.seeders == 0 and quiet is not None:
        return Stuck("time", f"no seeders for {duration(quiet)}", _LOOK, None, *_RUN)
    of = "" if transfer.size is None else f" of {size_text(transfer.size)}"
    done = "" if transfer.progress is None else f", {transfer.progress:.0f} %{of}"
    return Stuck("works", f"downloading at {client_of(transfer)}{done}", _LOOK, None, *_RUN)


def _ordinal(number: int) -> str:
    if 10 <= number % 100 <= 13:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def every_code() -> frozenset[str]:
    """Every code a hold may have."""
    return frozenset(TROUBLES) | frozenset(CHOICES)
