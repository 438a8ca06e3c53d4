"""A sync that is made to wait says so, and why."""

from __future__ import annotations

import json

from tests.worlds.home import Home, Service


def test_a_sync_that_the_service_slows_down_waits_says_why_and_ends_well(home: Home, strict_service: Service) -> None:
    done = home.use(strict_service).json("-v", "sync")

    assert done.code == 0
    assert done.result["details"] == 10
    assert strict_service.log()["refused"] > 0
    events = [json.loads(line) for line in done.err.splitlines()]
    waits = [line for line in events if line["type"] == "waiting"]
    assert waits
    assert {line["reason"] for line in waits} & {"the service asked to slow down", "paused"}
    assert all(line["until"].endswith("Z") for line in waits)
