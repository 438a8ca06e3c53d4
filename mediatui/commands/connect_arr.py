"""The clients of the Sonarrs and Radarrs of this run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mediatui.runtime.invocation import Invocation
    from mediatui.services.arr.client import Arr
    from mediatui.settings import Settings


def make_arr(settings: Settings, invocation: Invocation, name: str, start_s: float | None = None) -> Arr:
    """A client of the Sonarr or Radarr of this name, in the demo of the simulated one; ``start_s`` is how long it is
    waited for while it starts up. Raises UsageError when there is none, or its address or key is unusable."""
    from mediatui.services.arr.client import configured_arr

    transport = None
    if invocation.demo:
        from mediatui.demo.arrs import arr_transport

        transport = arr_transport(settings.arr(name).kind, invocation.paths.database)
    return configured_arr(settings, name, transport, start_s=start_s)
