"""What the demo talks to in place of Real-Debrid."""

from __future__ import annotations

from pathlib import Path

import httpx

from mediatui.demo.account import SimulatedAccount
from mediatui.demo.archive import fill_demo, keep_changes
from mediatui.demo.indexers import demo_prowlarr, offered_in
from mediatui.demo.library import keep_mount
from mediatui.demo.service import SimulatedService
from mediatui.demo.transport import SimulatedTransport

LATENCY_S = 0.15
CODE_TYPED_AFTER = 1
"""There is no page to type a code on: it counts as typed in when it was asked about so often."""


def demo_transport(database: Path) -> httpx.AsyncBaseTransport:
    """The simulated service of this demo, with the cap really enforced and the time answers take."""
    account = SimulatedAccount(birth=fill_demo(database))
    keep_changes(account, database.with_name(f"{database.name}.account.json"))
    keep_mount(database.parent, account)
    account.offered = offered_in(lambda: demo_prowlarr(database))
    service = SimulatedService(account)
    service.login.typed_after = CODE_TYPED_AFTER
    return SimulatedTransport(service, latency_s=LATENCY_S)
