"""Makes the table of a service out of the description of its API (OpenAPI 3): what a request may have in it.

    python -m tests.fakes.openapi.make_tables sonarr openapi.json

Kept are methods, names and types of parameters, and names and types in bodies; no text of the description.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.fakes.arr_requests import ENDPOINTS
from tests.fakes.openapi.check import FOLDER

BELOW: Final = {"sonarr": "/api/v3/", "radarr": "/api/v3/", "prowlarr": "/"}
PROWLARR: Final = ("api/v1/system/status", "api/v1/indexer", "api/v1/indexerstatus", "api/v1/search", "{id}/api",
                   "{id}/download")  # fmt: skip
"""What is asked of Prowlarr, all by GET."""


def table_of(description: Mapping[str, Any], below: str, wanted: set[tuple[str, str]]) -> dict[str, Any]:
    """The table of the methods and paths that are wanted."""
    schemas: Mapping[str, Any] = description["components"]["schemas"]
    paths: dict[str, dict[str, Any]] = {}
    names: set[str] = set()
    for path, methods in description["paths"].items():
        short = path.removeprefix(below)
        for method, operation in methods.items():
            if (method.upper(), short) not in wanted:
                continue
            query = {
                one["name"]: _type(one["schema"]) for one in operation.get("parameters", []) if one["in"] == "query"
            }
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            body = None if content is None else _type(content["schema"], names)
            paths.setdefault(short, {})[method.upper()] = {"query": query, "body": body}
    found: dict[str, Any] = {}
    while left := names - set(found):
        for name in left:
            found[name] = _schema(schemas[name], names)
    return {"paths": dict(sorted(paths.items())), "schemas": dict(sorted(found.items()))}


def _type(schema: Mapping[str, Any], names: set[str] | None = None) -> Any:
    """The type of a value: a word, a list of one for arrays, ``#Name`` for a schema."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        if names is not None:
            names.add(name)
        return f"#{name}"
    if schema.get("type") == "array":
        return [_type(schema.get("items", {}), names)]
    return schema.get("type", "any")


def _schema(schema: Mapping[str, Any], names: set[str]) -> Any:
    if "oneOf" in schema:
        return {"one of": [_schema(one, names) if "$ref" not in one else _type(one, names) for one in schema["oneOf"]]}
    if "enum" in schema:
        return {"enum": schema["enum"]}
    fields = {name: _type(one, names) for name, one in schema.get("properties", {}).items()}
    constants = {name: one["enum"] for name, one in schema.get("properties", {}).items() if "enum" in one}
    more = {"required": schema["required"]} if schema.get("required") else {}
    return {"fields": fields, **({"constants": constants} if constants else {}), **more}


def main(kind: str, file: str) -> None:
    """Writes the table of a service."""
    wanted = {("GET", path) for path in PROWLARR}
    if kind != "prowlarr":
        wanted = {(one.method, one.path) for one in ENDPOINTS["sonarr" if kind == "sonarr" else "radarr"]}
    description = json.loads(Path(file).read_text("utf-8"))
    table = table_of(description, BELOW[kind], wanted)
    lines = json.dumps(table, separators=(",", ":")).replace('},"', '},\n"')
    (FOLDER / f"{kind}.json").write_text(lines + "\n", "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:3])
