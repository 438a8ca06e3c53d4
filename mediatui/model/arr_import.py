"""A file on its way into the library through Sonarr or Radarr: what is sent, and what it replaces. Pure data, and how a
step keeps it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Replaced:
    """A file that goes when another is imported: its ``record`` there, its ``path`` (ours), the ``text`` of its link
    (empty: it is a file, or we do not see it), and its size in bytes. ``beside`` are the names of what goes with it.
    ``dead`` is the text of a link that leads nowhere: a step of its own takes that away before."""

    record: int
    path: str
    text: str = ""
    size: int = 0
    beside: tuple[str, ...] = ()
    dead: str = ""


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file of an import: its path in the torrent (``file``), its link in staging and the text of that, its size in
    bytes; the season and numbers of its episodes, and the ids the service knows them by (of a film: that of the film).
    ``entry`` is what is sent of it (``services.arr.bodies``); empty for one that is imported already."""

    file: str
    link: str
    target: str
    size: int
    ids: tuple[int, ...]
    season: int | None = None
    episodes: tuple[int, ...] = ()
    entry: Mapping[str, Any] = field(default_factory=dict)
    replaces: tuple[Replaced, ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """Subtitles (their path in the torrent, and the text and size in bytes of their link) that belong beside a
    ``video`` (its path in the torrent), with what stands behind its name (``.fr.srt``)."""

    file: str
    target: str
    size: int
    video: str
    suffix: str


def beside_as_text(files: Sequence[Beside]) -> str:
    """Subtitles as JSON, for a step."""
    return json.dumps([dataclasses.asdict(one) for one in files])


def beside_from_text(text: str) -> tuple[Beside, ...]:
    """The subtitles in a text of ``beside_as_text``."""
    return tuple(Beside(**one) for one in json.loads(text)) if text else ()


def sent_as_text(files: Sequence[SentFile]) -> str:
    """Files as JSON, for a step."""
    return json.dumps([dataclasses.asdict(one) for one in files])


def sent_from_text(text: str) -> tuple[SentFile, ...]:
    """The files in a text of ``sent_as_text``."""
    return tuple(_sent(one) for one in json.loads(text)) if text else ()


def _sent(fields: dict[str, Any]) -> SentFile:
    lists = {name: tuple(fields[name]) for name in ("ids", "episodes")}
    replaced = tuple(Replaced(**{**one, "beside": tuple(one["beside"])}) for one in fields["replaces"])
    return SentFile(**{**fields, **lists, "replaces": replaced})
