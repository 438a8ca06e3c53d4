"""Clients of a fake Sonarr or Radarr, and what the fakes of these tests hold."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from pydantic import SecretStr

from mediatui.model.arr import ArrKind
from mediatui.services.arr.client import Arr
from mediatui.services.arr.http import ArrHttp
from tests.fakes.arr import KEY, FakeArr

Answer = Callable[[httpx.Request], httpx.Response | Awaitable[httpx.Response]]


def stocked(kind: ArrKind = "sonarr", **options: Any) -> FakeArr:
    """A Sonarr with two series, the first of which has a file of two episodes, or a Radarr with two films, the first of
    which has its file; none of their folders is on this machine."""
    fake = FakeArr(kind, **options)
    if kind == "sonarr":
        fake.hold("The Show", "/tv/The Show", ["/tv/The Show/S01/S01E01.mkv"], year=2019, tvdbId=71, tmdbId=72)
        fake.records.episode(1, 1, 2, title="")
        fake.hold("The Show US", "/tv/The Show US", year=2021, monitored=False)
        fake.records.files[1001]["size"] = 2**33
    else:
        fake.hold("Film", "/films/Film (1999)", ["/films/Film (1999)/Film.mkv"], year=1999, tmdbId=603)
        fake.hold("Lost", "/films/Lost (2001)", year=2001)
        fake.records.files[1001]["size"] = 2**32
    return fake


def client(
    service: Answer | None = None,
    kind: ArrKind = "sonarr",
    url: str = "http://arr.invalid:8989",
    key: str = KEY,
) -> Arr:
    """A client of ``service``, which tries again without a pause; of a stocked fake without one."""
    transport = httpx.MockTransport(service or stocked(kind))  # type: ignore[arg-type]  # a fake may answer later
    return Arr(ArrHttp(kind, url, SecretStr(key), retry_pause_s=0.001, transport=transport))
