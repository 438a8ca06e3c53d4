"""Records in the answers of Plex, read leniently: a number may be a text (XML), and a row without a key is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from mediatui.model.media_server import LibraryKind, ServerItem, ServerKind, ServerLibrary, ServerUser, Watched
from mediatui.services.fields import as_number, as_text, objects, whole

KINDS: Final[Mapping[str, LibraryKind]] = {"movie": "films", "show": "series"}
ITEM_KINDS: Final[Mapping[str, ServerKind]] = {
    "movie": "film", "show": "series", "season": "season", "episode": "episode",
}  # fmt: skip


def read_sections(container: Mapping[str, object]) -> list[ServerLibrary]:
    """Its sections with their folders."""
    found = []
    for row in objects(container.get("Directory")):
        if key := _text(row, "key"):
            places = tuple(path for one in objects(row.get("Location")) if (path := _raw(one, "path")))
            found.append(ServerLibrary(key, _text(row, "title"), KINDS.get(_text(row, "type"), "other"), places))
    return found


def read_refreshing(container: Mapping[str, object]) -> bool:
    """Whether a section is being read at present."""
    return any(_is_true(row.get("refreshing")) for row in objects(container.get("Directory")))


def read_items(container: Mapping[str, object], library: str) -> list[ServerItem]:
    """The films or episodes of a page that have a file, and those alone."""
    return [item for row in _rows(container) if (item := read_item(row, library)) is not None]


def read_item(row: Mapping[str, object], library: str = "") -> ServerItem | None:
    """A film or an episode with its files; None for one without a key or a file."""
    key, kind = _text(row, "ratingKey"), ITEM_KINDS.get(_text(row, "type"))
    parts = [part for media in objects(row.get("Media")) for part in objects(media.get("Part"))]
    files = tuple(path for part in parts if (path := _raw(part, "file")))
    if not key or kind is None or not files:
        return None
    is_read = all(whole(part.get("size")) > 0 for part in parts)
    return ServerItem(key, kind, _text(row, "title"), files[0], library, files, is_read)


def read_total(container: Mapping[str, object]) -> tuple[int, int]:
    """How many rows a page has, and how many there are in all."""
    size = whole(container.get("size"))
    return size, whole(container.get("totalSize")) or size


def read_watched(row: Mapping[str, object]) -> Watched:
    """What the user whose token asked has seen of a film or an episode."""
    plays = whole(row.get("viewCount"))
    at = as_number(row.get("lastViewedAt"))
    return Watched(plays > 0, whole(row.get("viewOffset")) / 1000, plays, float(at) if at else None)


def first_row(container: Mapping[str, object]) -> Mapping[str, object] | None:
    """The first row of an answer about one item."""
    return next(_rows(container), None)


def read_machine(container: Mapping[str, object]) -> tuple[str, str]:
    """Its identifier and its version; raises ValueError when it is not Plex that answers."""
    machine = _text(container, "machineIdentifier")
    if not machine:
        raise ValueError("it has no machineIdentifier")
    return machine, _text(container, "version")


def read_users(value: object) -> Iterator[tuple[ServerUser, bool]]:
    """The users of a home at plex.tv, and whether each has a PIN."""
    for row in objects(value.get("users") if isinstance(value, dict) else None):
        if number := whole(row.get("id")):
            user = ServerUser(str(number), _text(row, "title"), _is_true(row.get("admin")))
            yield user, _is_true(row.get("protected"))


def read_tokens(container: Mapping[str, object]) -> dict[str, str]:
    """The tokens of the users a server is shared with, by the ids of the users."""
    rows = objects(container.get("SharedServer"))
    found = {_text(row, "userID"): _raw(row, "accessToken") for row in rows}
    return {user: token for user, token in found.items() if user and token}


def _rows(container: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """The films or episodes of an answer; in XML they have another name (2)."""
    return objects(container.get("Metadata") or container.get("Video"))


def _is_true(value: object) -> bool:
    return value is True or value in ("1", "true", 1)


def _text(row: Mapping[str, object], name: str) -> str:
    return str(as_text(row.get(name)))


def _raw(row: Mapping[str, object], name: str) -> str:
    """A text as it was sent: a path in another Unicode form is another path."""
    value = row.get(name)
    return value if isinstance(value, str) else ""
