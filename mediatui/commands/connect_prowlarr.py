"""The client of the Prowlarr of this run."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mediatui.runtime.invocation import Invocation
    from mediatui.services.prowlarr.client import Prowlarr
    from mediatui.settings import Settings


def make_prowlarr(settings: Settings, invocation: Invocation, start_s: float | None = None) -> Prowlarr:
    """A client of the configured Prowlarr, in the demo of the simulated one; ``start_s`` is how long it is waited for
    while it starts up. Raises UsageError when its address or key is unusable."""
    from mediatui.services.prowlarr.client import configured_prowlarr

    transport = None
    if invocation.demo:
        from mediatui.demo.indexers import demo_prowlarr

        transport = demo_prowlarr(invocation.paths.database).transport()
    return configured_prowlarr(settings, transport, start_s=start_s)


@contextlib.asynccontextmanager
async def open_prowlarr(settings: Settings, invocation: Invocation) -> AsyncIterator[Prowlarr | None]:
    """Prowlarr while it is needed; None where it is not to be used. Raises UsageError when its address or key is
    unusable."""
    if not settings.prowlarr.enabled:
        yield None
        return
    prowlarr = make_prowlarr(settings, invocation)
    try:
        yield prowlarr
    finally:
        await prowlarr.close()
