"""What was typed on the prompt before, to be taken again."""

from __future__ import annotations

MOST = 100


class History:
    """Texts by the mode they were entered in, without repeats; ``walk`` goes through those of the mode begun last."""

    def __init__(self) -> None:
        self._entries: dict[str, list[str]] = {}
        self._walked: list[str] = []
        self._at = 0

    def begin(self, mode: str) -> None:
        """Walks begin behind the newest text of this mode."""
        self._walked = self._entries.setdefault(mode, [])
        self._at = len(self._walked)

    @property
    def is_at_end(self) -> bool:
        """Whether no earlier text stands in the field."""
        return self._at >= len(self._walked)

    def walk(self, by: int) -> str | None:
        """The text so many entries later; empty behind the newest, None where there is none at all."""
        if not self._walked:
            return None
        self._at = max(0, min(len(self._walked), self._at + by))
        return "" if self.is_at_end else self._walked[self._at]

    def add(self, mode: str, text: str) -> None:
        """Keeps a text that was entered."""
        entries = self._entries.setdefault(mode, [])
        entries[:] = [*[entry for entry in entries if entry != text][1 - MOST :], text]
