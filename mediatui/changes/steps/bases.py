"""What the records of several families of steps have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from mediatui.model.plan import JobLane, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryStep(Step):
    """A step inside the library's roots. Paths are text whose odd bytes are surrogates (os.fsdecode). ``takes_back`` is
    the line of the journal that it undoes, 0 for none."""

    LANE: ClassVar[JobLane] = "library"
    TOUCHES_FILES: ClassVar[bool] = True
    """Whether it acts on the file system: then the disk of its paths has to be there after it too."""

    path: str
    takes_back: int = 0

    @property
    def reverses(self) -> int | None:
        return self.takes_back or None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrStep(Step):
    """A request to the Sonarr or Radarr of this name (``service``). It costs no request to the account and touches no
    file of ours."""

    LANE: ClassVar[JobLane] = "library"
    NOTIFIES_ONLY: ClassVar[bool] = True

    service: str
