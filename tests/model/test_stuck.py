"""Every code and every sentence of why a transfer is where it is."""

from __future__ import annotations

import time
from typing import Any

import pytest

from mediatui.commands.catalog import COMMANDS
from mediatui.model.stuck import ADDS, SENTENCES, every_code, sentence_of, why_stuck
from mediatui.model.transfer import FREE, Hold, HoldKind, ServiceHold, State, Transfer

NOW = time.mktime((2026, 10, 20, 14, 0, 0, 0, 0, -1))
AT_1402 = NOW + 120
AT_2140 = NOW + 7 * 3600 + 40 * 60
OCT_12 = NOW - 8 * 86_400
HASH = "a" * 40


def transfer(state: State = State.WANTED, hold: Hold = FREE, **facts: Any) -> Transfer:
    known: dict[str, Any] = {
        "id": 7, "route": "debrid", "account": 1, "hash": HASH, "name": "Film", "size": None, "state": state,
        "hold": hold, "auto": "none", "entry_id": "", "entry_is_new": False, "without_target": False,
        "cached_only": False, "select": "video", "status": "", "progress": None, "seeders": None, "progress_at": None,
        "absent_at": None, "created_at": NOW, "changed_at": NOW, "ended_at": None,
    }  # fmt: skip
    return Transfer(**{**known, **facts})


def choice(code: str, **detail: object) -> Hold:
    return Hold(HoldKind.CHOICE, code, detail)


def waiting(code: str, **detail: object) -> Hold:
    return Hold(HoldKind.WAITING, code, detail, 1, NOW, NOW + 240)


CASES: list[tuple[Hold, State, str]] = [
    (choice("target"), State.WANTED, "no target yet"),
    (choice("target", candidates=["UK 78", "US 78"]), State.WANTED, "two targets fit equally: UK 78, US 78"),
    (choice("target", named="Dune (2021)", missing_at="Radarr"), State.WANTED, "Dune (2021) is not in Radarr yet"),
    (choice("target", unsure="nothing fits its title"), State.WANTED, "nothing fits its title"),
    (choice("target", was="S11E04", is_now="S12E04"), State.STAGED, "was S11E04, is S12E04 now"),
    (choice("hash", indexer="Alpha"), State.WANTED, "the .torrent is of another hash than Alpha said"),
    (choice("refused", date=OCT_12), State.WANTED, "Real-Debrid refuses this one (12 Oct)"),
    (choice("refused", service="Sonarr", reasons=["too big", "cam"]), State.WANTED,
     "Sonarr refuses this one: too big, cam"),
    (choice("known-hash", service="Sonarr"), State.WANTED, "Sonarr takes no hash it has imported before"),
    (choice("not-sent", service="Sonarr"), State.WANTED, "Sonarr said yes and has nothing"),
    (choice("not-cached"), State.WANTED, "not cached at Real-Debrid"),
    (choice("partial", archived=10), State.READY, "RAR: one archive instead of 10 files"),
    (choice("partial", missing=3, of=10), State.READY, "3 of 10 files have no link"),
    (choice("partial", episodes="S01E04"), State.READY, "S01E04 is missing; the pack is not whole"),
    (choice("partial", there=1, of=10), State.WANTED, "there, with 1 of 10 files"),
    (choice("gone"), State.WANTED, "gone from the account"),
    (choice("paths", unruled="/media/sdb/bob"), State.READY, "no path rule for /media/sdb/bob"),
    (choice("paths", rule=2, gives="/home/bob/x"), State.READY,
     "SFTP does not see the file; rule 2 gives /home/bob/x"),
    (choice("arr-cannot-see-mount", service="Sonarr"), State.STAGED, "Sonarr does not see the mount at this path"),
    (choice("arr-cannot-see-mount", service="Sonarr", path="/mnt/rd/x.mkv"), State.STAGED,
     "Sonarr does not see /mnt/rd/x.mkv"),
    (choice("arr-cannot-see-mount", service="Sonarr", odd="x.mkv"), State.STAGED,
     "Sonarr can import no file whose path is not UTF-8: x.mkv"),
    (choice("paths", service="Sonarr", there="/staging/1-x"), State.STAGED,
     "Sonarr does not see staging at /staging/1-x"),
    (choice("files", service="Sonarr", unlisted="E03.mkv"), State.STAGED, "Sonarr does not list E03.mkv"),
    (choice("files"), State.STAGED, "two files fit"),
    (choice("files", places=["M/a.mkv", "M/b.mkv"]), State.READY, "two files fit: M/a.mkv, M/b.mkv"),
    (choice("files", file="E03.mkv"), State.READY, "E03.mkv has another size on the mount"),
    (choice("files", unlike="E03.mkv", said="an HTML or XML page"), State.READY,
     "E03.mkv is not what its name says: an HTML or XML page"),
    (choice("files", unstaged="E03.mkv"), State.STAGED, "E03.mkv: its link in staging is gone"),
    (choice("files", in_way="E03.mkv", said="something else is at its path now"), State.READY,
     "E03.mkv could not be linked: something else is at its path now"),
    (choice("files", hostile=".."), State.READY, ".. is no name of a file"),
    (choice("files", expired="E03.mkv"), State.FETCHING, "E03.mkv: its link has expired"),
    (choice("files", service="Sonarr", unread="E03.mkv"), State.STAGED, "Sonarr cannot read E03.mkv through the mount"),
    (choice("episode", says=2, found=3), State.STAGED, "season says 2, file says 3"),
    (choice("episode", service="Sonarr", unknown="S03E09"), State.STAGED, "Sonarr does not know S03E09"),
    (choice("episode", service="Sonarr", unproven="E03.mkv", said="it does not know its number any more"),
     State.STAGED, "Sonarr could not import E03.mkv: it does not know its number any more"),
    (choice("archive"), State.STAGED, "an archive, not a file"),
    (choice("disc"), State.STAGED, "a disc, not a file"),
    (choice("parts", part=1), State.STAGED, "part 1 is missing"),
    (choice("parts", service="Radarr", parts=2), State.STAGED,
     "Radarr holds one file a film, and these are 2 parts"),
    (choice("import", service="Sonarr", rejected="2 files", reasons="not an upgrade"), State.STAGED,
     "Sonarr rejects 2 files: not an upgrade"),
    (choice("import"), State.STAGED, "the episode has a file; replace?"),
    (choice("import", service="Radarr", refused="no such film"), State.STAGED,
     "Radarr refuses the import: no such film"),
    (choice("import", has="S01E01.mkv (4.1 GB, WEBDL-1080p) is there"), State.STAGED,
     "replace it? S01E01.mkv (4.1 GB, WEBDL-1080p) is there"),
    (choice("import", doubt="a.mkv: the file says 2014, the film is of 1999"), State.STAGED,
     "a.mkv: the file says 2014, the film is of 1999"),
    (choice("import", in_library="Heat (1995).mkv"), State.STAGED, "replace it? Heat (1995).mkv leads to a file"),
    (choice("import", kept="Heat (1995).mkv", said="it leads to a file again"), State.STAGED,
     "Heat (1995).mkv stays as it is: it leads to a file again"),
    (choice("import", unplaced="Heat (1995).mkv", said="its link is not there"), State.STAGED,
     "Heat (1995).mkv could not be placed: its link is not there"),
    (choice("import", place="Dune (2021).mkv"), State.STAGED, "Dune (2021).mkv lies there already, in no record"),
    (choice("import", replaces="S01E09-E10", bare="S01E10"), State.STAGED,
     "replaces S01E09-E10; S01E10 would have no file"),
    (choice("import", after="not-proven"), State.STAGED, "import said successful, but no file is there"),
    (choice("no-storage"), State.STAGED, "no folder is set for fetched files"),
    (choice("no-storage", problem="staging.folder /s is not a folder"), State.READY,
     "staging.folder /s is not a folder"),
    (choice("place"), State.STAGED, "the folder for it is not known"),
    (choice("place", why="its genre is not known"), State.STAGED, "its genre is not known"),
    (choice("files", no_video="Heat.1995"), State.STAGED, "no video is in Heat.1995"),
    (choice("episode", wanted="S02E03", file="a.mkv", found="S02E04"), State.STAGED,
     "S02E03 is wanted, a.mkv is S02E04"),
    (choice("episode", file="a.mkv"), State.STAGED, "a.mkv does not say which episode it is"),
    (waiting("client-away", service="the seedbox"), State.DOWNLOADING, "waits for the seedbox"),
    (choice("client-refused", service="Real-Debrid"), State.WANTED, "Real-Debrid refuses the password or token"),
    (choice("host-key"), State.READY, "host key changed"),
    (waiting("sftp-away"), State.READY, "waits for SFTP"),
    (waiting("indexer-limit", indexer="Alpha", until=NOW + 2400), State.WANTED, "Alpha is paused until 14:40"),
    (choice("indexer-gone"), State.WANTED, "no indexer has it any more"),
    (waiting("add-dropped"), State.WANTED, "the folder could not be made there"),
    (waiting("never-appeared"), State.WANTED, "added, but not at the seedbox"),
    (waiting("no-slot", busy=4, slots=4), State.WANTED, "waits for a slot (4 of 4 busy)"),
    (waiting("rd-pause"), State.WANTED, "Real-Debrid takes no adds at the moment"),
    (choice("rd-dead", status="virus"), State.DOWNLOADING, "Real-Debrid says: virus"),
    (waiting("stalled", quiet="31m00s"), State.DOWNLOADING, "no byte for 31m00s"),
    (waiting("arr-pending", service="Sonarr", until=AT_2140), State.DOWNLOADING, "Sonarr holds it until 21:40"),
    (waiting("no-space", needed=41_000_000_000, free=12_000_000_000), State.READY,
     "41.0 GB needed, 12.0 GB free above the reserve"),
    (waiting("remote-missing", rule=2, gives="/home/bob/x"), State.READY,
     "SFTP does not see the file; rule 2 gives /home/bob/x"),
    (waiting("data-away", away=38, rows=40), State.READY, "the seedbox's data are away (38 of 40)"),
    (waiting("remote-changed", file="E03.mkv"), State.FETCHING, "E03.mkv changed while it was fetched"),
    (choice("bad-piece", piece=812, file="E03"), State.FETCHING, "piece 812 of E03 is wrong"),
    (waiting("mount-away"), State.READY, "the mount is not alive"),
    (waiting("mount-away", view="__all__", held=4210, shows=12), State.READY,
     "__all__ held 4,210 names, shows 12: nothing is concluded"),
    (waiting("mount-away", problem="/mnt/rd is empty"), State.READY, "/mnt/rd is empty"),
    (waiting("mount-away", service="Sonarr", root="/data/tv"), State.STAGED,
     "Sonarr's root /data/tv looks empty: nothing is imported into it"),
    (waiting("mount-busy", until=NOW + 180), State.FETCHING, "files there come late; next read 14:03"),
    (waiting("mount-busy", file="E03.mkv", until=NOW + 180), State.READY, "E03.mkv comes late; next read 14:03"),
    (waiting("not-on-mount", looks=14), State.READY, "not on the mount yet, looked 14 times"),
    (waiting("not-on-mount", looks=14, cache=60, refreshes="library.rclone_rc"), State.READY,
     "not on the mount yet, looked 14 times; its cache is 60 min; library.rclone_rc would refresh it"),
    (waiting("not-on-mount", looks=14, refreshes="library.rclone_rc"), State.READY,
     "not on the mount yet, looked 14 times; library.rclone_rc would refresh it"),
    (waiting("not-on-mount", looks=14, cache=60), State.FETCHING,
     "not on the mount yet, looked 14 times; its cache is 60 min"),
    (waiting("arr-away", service="Sonarr"), State.STAGED, "Sonarr does not answer"),
    (choice("arr-key", service="Sonarr"), State.STAGED, "Sonarr refuses the key"),
    (waiting("arr-hangs", service="Sonarr", file="E03.mkv", since=AT_1402), State.STAGED,
     "Sonarr hangs on E03.mkv since 14:02"),
    (waiting("arr-hangs", service="Radarr"), State.STAGED, "a mount hangs where Radarr runs: nothing is imported"),
    (waiting("not-proven"), State.STAGED, "import said successful, but no file is there"),
    (waiting("not-proven", unproven="E03.mkv"), State.STAGED, "import said successful, but E03.mkv is not there"),
    (waiting("not-proven", unproven="E03.mkv", back="old.mkv"), State.STAGED,
     "import said successful, but E03.mkv is not there; put back: old.mkv"),
    (choice("internal", error="KeyError"), State.WANTED, "something unforeseen happened: KeyError"),
]  # fmt: skip


@pytest.mark.parametrize(("hold", "state", "why"), CASES, ids=[f"{hold.code}-{why}" for hold, _, why in CASES])
def test_what_holds_a_transfer_is_said(hold: Hold, state: State, why: str) -> None:
    stuck = why_stuck(transfer(state, hold), {}, NOW)
    assert stuck.why == why
    assert stuck.next
    assert stuck.helps.partition(" ")[0] in {name.partition(" ")[0] for name in COMMANDS}
    if hold.kind == HoldKind.WAITING:
        assert (stuck.group, stuck.next, stuck.next_at) == ("time", "next try in 4m00s", NOW + 240)
    else:
        assert (stuck.group, stuck.next_at) == ("you", None)


def test_every_code_has_its_sentences_and_a_case() -> None:
    assert set(SENTENCES) == every_code()
    assert {hold.code for hold, _, _ in CASES} == every_code()


@pytest.mark.parametrize(
    ("facts", "why", "group"),
    [
        ({"state": State.WANTED}, "waits to be sent", "time"),
        ({"state": State.SENDING}, "being sent to Real-Debrid", "works"),
        ({"state": State.DOWNLOADING, "status": "magnet_conversion"}, "no metadata yet", "works"),
        ({"state": State.DOWNLOADING, "route": "seedbox", "status": "hashing"}, "checking files at the seedbox",
         "works"),
        ({"state": State.DOWNLOADING, "route": "seedbox", "status": "paused"}, "paused at the seedbox", "works"),
        ({"state": State.DOWNLOADING, "route": "arr", "status": "importing"}, "Sonarr imports it itself", "works"),
        ({"state": State.DOWNLOADING, "seeders": 0, "progress_at": NOW - 3 * 3600}, "no seeders for 3h00m", "time"),
        (
            {"state": State.DOWNLOADING, "progress": 31.2, "size": 44_100_000_000, "seeders": 4},
            "downloading at Real-Debrid, 31 % of 44.1 GB", "works",
        ),
        ({"state": State.READY}, "whole at Real-Debrid", "you"),
        ({"state": State.READY, "auto": "fetch"}, "whole at Real-Debrid", "time"),
        ({"state": State.STAGED, "has_target": True}, "its links are in staging", "you"),
        ({"state": State.STAGED, "has_target": True, "auto": "import"}, "its links are in staging", "time"),
        ({"state": State.STAGED}, "its links are in staging; it is for nothing in particular", "you"),
        ({"state": State.IMPORTING}, "being imported", "works"),
        ({"state": State.FETCHING}, "waits for the mount", "works"),
        ({"state": State.IMPORTED}, "in the library; what is left in staging goes next", "time"),
        ({"state": State.WANTED, "hold": Hold(HoldKind.PAUSED)}, "paused by you", "you"),
        (
            {"state": State.WANTED, "hold": Hold(HoldKind.PAUSED, detail={"before": {"code": "gone", "detail": {}}})},
            "paused by you; before: gone from the account",
            "you",
        ),
        ({"state": State.WANTED, "hold": Hold(HoldKind.IGNORED)}, "ignored", "you"),
        ({"state": State.UNKNOWN}, "its state is of another version; it is left alone", "you"),
        ({"state": State.DONE, "ended_at": NOW}, "in the library", "ended"),
        ({"state": State.CLEANED, "ended_at": NOW}, "done, and gone at the seedbox", "ended"),
        ({"state": State.FORGOTTEN, "ended_at": NOW}, "forgotten; nothing was deleted", "ended"),
        ({"state": State.BY_HAND, "ended_at": NOW}, "dealt with by hand", "ended"),
        (
            {"state": State.FAILED, "ended_at": NOW, "hold": Hold(code="rd-dead", detail={"status": "virus"})},
            "Real-Debrid says: virus", "ended",
        ),
    ],
)  # fmt: skip
def test_where_a_transfer_is_is_said(facts: dict[str, Any], why: str, group: str) -> None:
    stuck = why_stuck(transfer(**facts), {}, NOW)
    assert (stuck.why, stuck.group) == (why, group)


def test_the_place_in_the_line_is_said() -> None:
    assert why_stuck(transfer(State.READY), {}, NOW, (3, 2)).why == "limit 2 files at once, 3rd in line"


def test_the_hold_of_a_service_is_said_of_what_needs_it_next() -> None:
    holds = {
        "realdebrid": ServiceHold("realdebrid", "client-away", {}, AT_1402 - 3600, 3, NOW + 600),
        ADDS: ServiceHold(ADDS, "rd-pause", {}, NOW, 1, NOW + 30),
    }
    stuck = why_stuck(transfer(State.WANTED), holds, NOW)
    assert (stuck.why, stuck.next) == ("waits for Real-Debrid since 13:02", "next try in 10m00s")
    del holds["realdebrid"]
    assert why_stuck(transfer(State.WANTED), holds, NOW).why == "Real-Debrid takes no adds at the moment since 14:00"
    assert why_stuck(transfer(State.DOWNLOADING), holds, NOW).why.startswith("downloading")
    refused = {"realdebrid": ServiceHold("realdebrid", "client-refused", {}, NOW, 1, None)}
    stuck = why_stuck(transfer(State.WANTED), refused, NOW)
    assert (stuck.group, stuck.helps) == ("you", "doctor")


def test_a_mount_that_is_away_holds_only_what_goes_on_by_itself() -> None:
    held = {"mount": ServiceHold("mount", "mount-away", {"problem": "/mnt/rd is empty"}, NOW, 1, NOW + 60)}
    assert why_stuck(transfer(State.READY, auto="import"), held, NOW).why == "/mnt/rd is empty since 14:00"
    assert why_stuck(transfer(State.READY), held, NOW).why == "whole at Real-Debrid"
    assert why_stuck(transfer(State.STAGED, auto="fetch", has_target=True), held, NOW).why == "its links are in staging"


def test_what_is_whole_and_rests_says_what_lets_it_go_on() -> None:
    stuck = why_stuck(transfer(State.READY, entry_id="ABC"), {}, NOW)
    assert (stuck.group, stuck.key, stuck.helps) == ("you", "I", "import ABC --auto import")
    assert "staging.folder" in stuck.next
    assert why_stuck(transfer(State.READY, route="seedbox", entry_id="ABC"), {}, NOW).key == "D"


def test_where_there_is_no_room_it_says_what_shows_what_could_go() -> None:
    held = {"staging": ServiceHold("staging", "no-space", {"needed": 41e9, "free": 12e9}, NOW, 1, NOW + 60)}
    stuck = why_stuck(transfer(State.READY, auto="import"), held, NOW)
    assert stuck.why == "41.0 GB needed, 12.0 GB free above the reserve since 14:00"
    assert stuck.helps == "staging --leftovers"


def test_whether_a_link_has_expired_is_said_by_a_check_of_its_entry() -> None:
    stuck = why_stuck(transfer(State.READY, choice("files", expired="E03.mkv"), entry_id="ABC"), {}, NOW)
    assert stuck.helps == "check ABC"


def test_what_a_person_has_to_answer_comes_before_the_hold_of_a_service() -> None:
    holds = {"realdebrid": ServiceHold("realdebrid", "client-away", {}, NOW, 1, NOW + 15)}
    assert why_stuck(transfer(State.WANTED, choice("gone")), holds, NOW).why == "gone from the account"


def test_a_code_of_another_version_is_named_as_it_is() -> None:
    assert sentence_of("moon-phase", {}, NOW) == "moon-phase"


def test_names_with_braces_are_shown_as_they_are() -> None:
    assert sentence_of("files", {"expired": "{id} {0}.mkv"}, NOW) == "{id} {0}.mkv: its link has expired"
