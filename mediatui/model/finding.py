"""What a maintenance tool finds: a path, the reason, and the steps that would repair it. Pure data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mediatui.model.plan import Step


@dataclass(frozen=True, slots=True)
class Finding:
    """``path`` is a link, a folder or a file, ``target`` what it points at where that matters, ``reason`` one sentence,
    ``facts`` the data of the detail view (JSON), ``steps`` the changes it proposes: none when it is only reported.
    Paths are bytes."""

    category: str
    path: bytes
    reason: str
    target: bytes = b""
    facts: Mapping[str, object] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
