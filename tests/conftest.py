"""What holds for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mediatui.model import secrets


@pytest.fixture(autouse=True)
def own_secrets() -> Iterator[None]:
    """A test leaves no secret behind: a key called "another" would be taken out of the texts of later tests."""
    before = dict(secrets._known)
    yield
    secrets._known.clear()
    secrets._known.update(before)
