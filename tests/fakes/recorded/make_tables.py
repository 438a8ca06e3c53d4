"""Makes the table of a service out of answers that were recorded of it.

    python -m tests.fakes.recorded.make_tables sonarr FOLDER [FOLDER…]

Each file of a folder holds ``request``, ``status`` and ``body``. Kept are names and types; no value, and no text.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Final

from tests.fakes.recorded.shapes import FOLDER, Shape, merged, shape_of

KINDS: Final[Mapping[str, Mapping[str, str]]] = {
    "sonarr": {
        "entry": "manualimport_one_link manualimport_kinds manualimport_odd manualimport_over_*: body[]",
        "entry's series": "manualimport_one_link: body[].series",
        "entry's episode": "manualimport_one_link manualimport_over_existing_better: body[].episodes[]",
        "judged entry": "manualimport_post_judge manualimport_post_no_episodes: body[]",
        "file": "episodefile_after_import episodefile_multi_episode episodefile_put_bulk: body[]",
        "item": "series_add series_by_tvdb sonarr_series_*: body",
        "episode": "episode_list sonarr_episodes_*: body[]",
        "queue row": "queue_details queue_rows_seen queue_pending_in_paged: rows",
    },
    "radarr": {
        "entry": "manualimport_one_link manualimport_kinds manualimport_over_*: body[]",
        "entry's movie": "manualimport_one_link: body[].movie",
        "judged entry": "manualimport_post_judge: body[]",
        "file": "moviefile_after_import moviefile_after_rescan moviefile_scene_name moviefile_two_records: body[]",
        "item": "movie_1 movie_add_nulls movie_with_file movie_with_two_file_records: body",
        "queue row": "radarr_queue_details queue_one: rows",
        "extra file": "extrafile: body[]",
    },
}
BOTH: Final[Mapping[str, str]] = {
    "command that was sent": "command_import_move_sent command_import_replace_sent command_same_twice_second: body",
    "command that ended": "command_import_* command_rescan_*: body",
    "line of an import": "history_after_import history_after_replace: rows",
    "line of a removal": "history_after_replace history_missing_from_disk: rows",
    "root folder": "rootfolder_list rootfolder_add rootfolder rootfolder_inaccessible rootfolder_while_*: list",
    "listing": "filesystem_folder_with_slash filesystem_with_slash filesystem_missing*: body",
    "naming": "config_naming: body",
    "media management": "config_mediamanagement: body",
    "profile": "qualityprofile: body[]",
    "status": "system_status: body",
    "rename": "rename_preview: body[]",
    "refusal": "rootfolder_add_again rootfolder_add_missing rootfolder_add_relative: body[]",
    "error": "manualimport_dangling* manualimport_no_arguments manualimport_non_utf8*: body",
}
CUT: Final = {
    "entry": ("series", "movie", "episodes"), "judged entry": ("movie", "episodes"), "profile": ("items",),
    "command that was sent": ("body",), "command that ended": ("body",),
}  # fmt: skip
"""What was cut short in some of the recordings, and is a kind of its own where it is whole."""
EVENTS: Final = {"line of an import": "Imported", "line of a removal": "Deleted"}


def main(kind: str, folders: list[Path]) -> None:
    """Writes the table of a service."""
    files = {path.stem: json.loads(path.read_text("utf-8")) for one in folders for path in sorted(one.glob("*.json"))}
    kinds = {name: _shape(name, where, files) for name, where in {**BOTH, **KINDS[kind]}.items()}
    statuses = {name: one["status"] for name, one in files.items() if "status" in one}
    text = json.dumps({"kinds": kinds, "statuses": statuses}, separators=(",", ":"))
    (FOLDER / f"{kind}.json").write_text(text.replace('},"', '},\n"').replace(',"manual', ',\n"manual') + "\n", "utf-8")


def _shape(kind: str, where: str, files: Mapping[str, Any]) -> Shape:
    patterns, _, place = where.partition(": ")
    found = [
        row
        for name, one in files.items()
        if any(fnmatch(name, pattern) for pattern in patterns.split())
        for row in _at(one.get("body"), place)
        if isinstance(row, dict) and _is_of(kind, row)
    ]
    rows = [{name: row[name] for name in row if name not in CUT.get(kind, ())} for row in found]
    if not rows:
        raise SystemExit(f"no recording of {kind} ({where})")
    return merged(map(shape_of, rows))


def _is_of(kind: str, row: Mapping[str, Any]) -> bool:
    """Whether a row is of a kind; one with a handful of fields was cut short."""
    if kind in EVENTS:
        return EVENTS[kind] in str(row.get("eventType"))
    if kind == "command that ended":
        return "ended" in row and row.get("commandName") is not None
    return len(row) > 5 or kind not in ("item", "entry", "file", "episode")


def _at(body: Any, place: str) -> Iterator[Any]:
    if place == "rows":
        yield from body["records"] if isinstance(body, dict) else body
    elif place == "list":
        yield from body if isinstance(body, list) else [body]
    elif place == "body[]":
        yield from body if isinstance(body, list) else []
    elif place.startswith("body[]."):
        for row in body:
            value = row.get(place.removeprefix("body[].").removesuffix("[]"))
            yield from value if isinstance(value, list) else [value]
    else:
        yield from body if isinstance(body, list) else [body]


if __name__ == "__main__":
    main(sys.argv[1], [Path(one) for one in sys.argv[2:]])
