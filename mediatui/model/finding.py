"""What a tool of maintenance finds: a thing, why it is listed, and the steps that would mend it. Pure data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mediatui.model.plan import Step


@dataclass(frozen=True, slots=True)
class Finding:
    """``path`` is the thing (a link, a folder, a file), ``target`` what it points at as far as that matters, ``reason``
    one sentence, ``facts`` what a detail view may show (JSON), ``steps`` the changes it proposes: none when it is only
    told. Paths are bytes."""

    category: str
    path: bytes
    reason: str
    target: bytes = b""
    facts: Mapping[str, object] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
