"""A WebDAV service of torrents, and a real rclone mount of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.webdav import WebDav
from tests.worlds.mount import torrents
from tests.worlds.rclone_mount import RcloneMount


@pytest.fixture
def service() -> Iterator[WebDav]:
    """A service of 12 films and 12 seasons; ``service.tree`` is to be changed, its switches to be thrown."""
    with WebDav(torrents()) as service:
        yield service


@pytest.fixture
def debrid(tmp_path: Path, service: WebDav) -> Iterator[RcloneMount]:
    """A mount of ``service`` at ``debrid`` in the test's folder; skipped where none can be."""
    with RcloneMount(tmp_path / "debrid", service.url) as mount:
        yield mount
