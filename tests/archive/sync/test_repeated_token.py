"""A service that repeats the token in what it says has it neither stored nor shown."""

from __future__ import annotations

import io
import json
import sqlite3
from pathlib import Path
from urllib.parse import quote

import pytest

from mediatui.archive.repair import plan_repair
from mediatui.archive.targets import targets_by_id
from mediatui.demo.faults import Reply
from mediatui.headless.output import Output
from mediatui.runtime.invocation import Invocation
from mediatui.runtime.paths import Paths
from tests.worlds.account import INFO, AccountWorld, MakeWorld, torrent, torrents

TOKEN = "SIMULATED"
"""That of the world."""


def everything_stored(world: AccountWorld) -> str:
    connection = sqlite3.connect(f"{world.path.as_uri()}?mode=ro", uri=True)
    try:
        return "\n".join(connection.iterdump())
    finally:
        connection.close()


def all_printed(world: AccountWorld, tmp_path: Path) -> str:
    """What headless commands would print of the events, as text and as JSON."""
    printed = ""
    for machine in (True, False):
        out, err = io.StringIO(), io.StringIO()
        output = Output(
            Invocation("sync", Paths(tmp_path, tmp_path, tmp_path), json=machine, verbose=1), stdout=out, stderr=err
        )
        for event in world.events:
            output.event(event, lambda found: json.dumps(found.row, default=str))
            if type(event).__name__ == "Finished":
                output.finished(event)  # type: ignore[arg-type]
        printed += out.getvalue() + err.getvalue()
    return printed


@pytest.mark.parametrize(
    "said",
    [
        TOKEN,
        f"Bearer {TOKEN}",
        "".join(f"%{byte:02x}" for byte in TOKEN.encode()),
        quote(f"?auth_token={TOKEN}"),
        "x" * 195 + TOKEN,
        TOKEN[:4] + "\u200b" + TOKEN[4:],
    ],
)
@pytest.mark.parametrize("as_json", [True, False])
async def test_it_is_neither_stored_nor_shown(account_of: MakeWorld, tmp_path: Path, said: str, as_json: bool) -> None:
    bad = torrent("error", shape="season", file_count=6)
    world = await account_of([bad, *torrents(2)])
    await world.sync(mode="torrents")
    body = json.dumps({"error": said, "error_code": 4}).encode() if as_json else f"<p>{said}".encode()
    world.fault(INFO, lambda reply: Reply(400, body), times=1)
    assert (await world.sync(mode="full")).finished.exit_code == 1
    world.fault("/torrents/addMagnet", lambda reply: Reply(400, body))
    await world.apply(world.plan(lambda c: plan_repair(c, targets_by_id(c, [bad.id]))))
    printed = all_printed(world, tmp_path)
    world.fault("/torrents", lambda reply: Reply(403, body), times=9)
    await world.sync(mode="full")
    printed += all_printed(world, tmp_path)

    assert "HTTP 400" in printed
    assert "HTTP 403" in printed
    for secret in (TOKEN, TOKEN[:7], said):
        assert secret not in printed
        assert secret not in everything_stored(world)
