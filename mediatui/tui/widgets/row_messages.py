"""What a list of rows says happened; views handle these as ``on_row_list_…``."""

from __future__ import annotations

from textual.message import Message


class RowMessages:
    """The messages, as part of the list."""

    class Highlighted(Message, namespace="row_list"):
        """The cursor is on another row; ``key`` is None when there is none."""

        def __init__(self, key: int | None) -> None:
            super().__init__()
            self.key = key

        def can_replace(self, message: Message) -> bool:
            """Only the newest of several waiting ones matters."""
            return isinstance(message, RowMessages.Highlighted)

    class Opened(Message, namespace="row_list"):
        """A row was opened; the details are to take the keyboard (``into``), or just to be shown."""

        def __init__(self, key: int, into: bool = False) -> None:
            super().__init__()
            self.key = key
            self.into = into

    class MarksChanged(Message, namespace="row_list"):
        """The number of marked rows is another now."""

        def __init__(self, count: int) -> None:
            super().__init__()
            self.count = count

        def can_replace(self, message: Message) -> bool:
            """Only the newest of several waiting ones matters."""
            return isinstance(message, RowMessages.MarksChanged)

    class SortRequested(Message, namespace="row_list"):
        """A heading was clicked."""

        def __init__(self, sort: str) -> None:
            super().__init__()
            self.sort = sort
