"""The state of a torrent on a seedbox, from what its client says of it."""

from __future__ import annotations

import pytest

from mediatui.model.seedbox import SEEDBOX_STATES, STALLED_S, SeedboxState, SeenTorrent, state_of

COMMAND = "Command on torrent creation failed: Wrong object type."
LOST = "Download registered as completed, but hash check returned unfinished chunks."


def torrent(**given: object) -> SeenTorrent:
    texts = dict.fromkeys(("hash", "name", "directory", "base_path", "message", "label", "note"), "")
    flags = {"complete": False, "hashing": False, "is_open": True, "is_active": True, "wanted": True, "meta": False}
    return SeenTorrent(**{**texts, **flags, "done": 0, **given})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "idle_s", "state"),
    [
        ({"meta": True}, 0, "metadata"),
        ({"meta": True, "is_active": False, "wanted": False}, 0, "metadata"),
        ({"hashing": True, "complete": True}, 0, "checking"),
        ({"hashing": True, "is_open": False, "wanted": False}, 0, "checking"),
        ({}, STALLED_S - 1, "downloading"),
        ({}, STALLED_S, "stalled"),
        ({"complete": True}, STALLED_S, "seeding"),
        ({"is_active": False}, 0, "paused"),
        ({"is_active": False, "complete": True}, STALLED_S, "paused"),
        ({"is_active": False, "wanted": False}, 0, "stopped"),
        ({"is_open": False, "is_active": False}, 0, "stopped"),
        ({"is_open": False, "is_active": False, "message": COMMAND}, 0, "badly added"),
        ({"is_open": False, "is_active": False, "wanted": False, "message": COMMAND}, 0, "stopped"),
        ({"is_active": False, "message": LOST}, 0, "data missing"),
        ({"is_open": False, "is_active": False, "wanted": False, "message": LOST}, 0, "data missing"),
        ({"is_active": False, "complete": True, "message": LOST}, 0, "paused"),
        ({"message": "Tracker: [Failure reason \"down\"]"}, 0, "downloading"),
    ],
)  # fmt: skip
def test_facts_make_a_state_and_a_message_alone_is_no_error(
    given: dict[str, object], idle_s: float, state: SeedboxState
) -> None:
    assert state_of(torrent(**given), idle_s) == state
    assert state in SEEDBOX_STATES
