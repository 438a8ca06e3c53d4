"""The demo of a small account."""

from __future__ import annotations

import pytest

from mediatui.demo.seed import make_torrents

SMALL = 800
"""Torrents of an account whose library still has every case."""


def make_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The simulated account has a fifth of its torrents."""
    monkeypatch.setattr(
        "mediatui.demo.account.make_torrents", lambda seed, now: make_torrents(SMALL, seed=seed, now=now)
    )
