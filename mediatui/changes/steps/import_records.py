"""The steps of an import through Sonarr or Radarr, as they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from mediatui.changes.steps.bases import ArrStep
from mediatui.model.arr_import import SentFile, sent_from_text
from mediatui.model.plan import StepWords


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrImport(ArrStep):
    """Has a service import ``files`` (``model.arr_import``) of a ``transfer`` for one of its series or films
    (``item``). ``known`` are the records it had when this was planned. The rest is what they are of, for the media
    table."""

    KIND: ClassVar[str] = "arr_import"
    WORDS: ClassVar[StepWords] = StepWords("import through service", "import through a service", "imports")
    NOTIFIES_ONLY: ClassVar[bool] = False

    transfer: int
    item: int
    title: str
    files: str
    known: tuple[int, ...] = ()
    year: int | None = None
    tmdb_id: int = 0
    tvdb_id: int = 0

    @property
    def sent(self) -> tuple[SentFile, ...]:
        """The files."""
        return sent_from_text(self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndArrImport(ArrStep):
    """Proves every file of a transfer that was to be imported into one series or film: it is imported when all of them
    are in the library, else it is in staging again. ``beside`` are the subtitles that are placed beside them where the
    service has brought none (``model.arr_import``), ``looks`` is how often the files were looked for before, ``left``
    what was not imported, for its history. ``then`` is the code of what is to be asked once that is proven (with its
    ``detail``): a file of it could not be imported. The rest is what they are of, for the media table."""

    KIND: ClassVar[str] = "end_arr_import"
    WORDS: ClassVar[StepWords] = StepWords("look at records", "transfer looked at", "transfers looked at")
    NOTIFIES_ONLY: ClassVar[bool] = False

    transfer: int
    item: int
    files: str
    known: tuple[int, ...] = ()
    beside: str = ""
    looks: int = 0
    left: tuple[str, ...] = ()
    then: str = ""
    detail: Mapping[str, object] = field(default_factory=dict)
    title: str = ""
    year: int | None = None
    tmdb_id: int = 0
    tvdb_id: int = 0

    @property
    def sent(self) -> tuple[SentFile, ...]:
        """The files."""
        return sent_from_text(self.files)
