"""The check of a request against the table of a service: path, method, names in the query, fields in the body.

Where answers of real services differ from the description, those count: ``DIFFERENT`` says so, with what was seen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent
DIFFERENT: Final[Mapping[tuple[str, str, str], str]] = {}
"""What is allowed all the same, by service, endpoint (method and path) and name."""
WRONG: Final[list[str]] = []
"""What was wrong with requests of the test that runs: it fails at its end (``tests.conftest``)."""
_PLAIN: Final[Mapping[str, tuple[type, ...]]] = {
    "integer": (int,), "number": (int, float), "string": (str,), "boolean": (bool,), "object": (dict,),
}  # fmt: skip


@cache
def _table(service: str) -> Mapping[str, Any]:
    table: Mapping[str, Any] = json.loads((FOLDER / f"{service}.json").read_text("utf-8"))
    return table


def note_request(
    service: str,
    method: str,
    path: str,
    query: Iterable[tuple[str, str]] = (),
    body: object = None,
    also: Collection[str] = (),
) -> str:
    """What is wrong with a request, which also fails the test that made it; empty when nothing is. ``also`` are fields
    of the body that the service itself has told, be they of a later version."""
    known = _fields_of(service, method, path)
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if name in known or name not in also}
    if wrong := wrong_request(service, method, path, query, body):
        WRONG.append(f"{service}: {wrong}")
    return wrong


def wrong_request(
    service: str, method: str, path: str, query: Iterable[tuple[str, str]] = (), body: object = None
) -> str:
    """What is wrong with a request to a service, ``path`` below its API; empty when nothing is."""
    table = _table(service)
    found = next((one for one in table["paths"] if re.fullmatch(re.sub(r"\{\w+\}", r"\\d+", one), path)), None)
    if found is None:
        return f"{service} has no {path}"
    operation = table["paths"][found].get(method)
    if operation is None:
        return f"{service} has no {method} {found}"
    where = f"{method} {found}"
    for name, value in query:
        form = operation["query"].get(name)
        if form is None and (service, where, name) not in DIFFERENT:
            return f"{where} has no parameter {name}"
        form = form[0] if isinstance(form, list) else form
        if form == "integer" and not value.lstrip("-").isdecimal():
            return f"{name} of {where} is no number"
        if form == "boolean" and value not in ("true", "false"):
            return f"{name} of {where} is neither true nor false"
    if operation["body"] is None:
        return "" if body in (None, {}) else f"{where} takes no body"
    return _wrong_value(service, where, table["schemas"], operation["body"], body)


def _fields_of(service: str, method: str, path: str) -> Collection[str]:
    """The fields of the body of a request; none where it has no single form."""
    table = _table(service)
    found = next((one for one in table["paths"] if re.fullmatch(re.sub(r"\{\w+\}", r"\\d+", one), path)), "")
    form = table["paths"].get(found, {}).get(method, {}).get("body")
    is_one = isinstance(form, str) and form.startswith("#")
    return table["schemas"][form[1:]].get("fields", ()) if is_one else ()


def _wrong_value(service: str, where: str, schemas: Mapping[str, Any], form: Any, value: object) -> str:
    if value is None or form == "any":
        return ""  # null stands for what is not there
    if isinstance(form, list):
        if not isinstance(value, list):
            return f"{where} is no list"
        wrongs = (_wrong_value(service, f"{where}[]", schemas, form[0], one) for one in value)
        return next(filter(None, wrongs), "")
    if form.startswith("#"):
        return _wrong_object(service, where, schemas, schemas[form[1:]], value)
    is_plain = isinstance(value, _PLAIN[form]) and (form == "boolean" or not isinstance(value, bool))
    return "" if is_plain else f"{where} is no {form}"


def _wrong_object(service: str, where: str, schemas: Mapping[str, Any], schema: Any, value: object) -> str:
    if "enum" in schema:
        return "" if value in schema["enum"] else f"{where} is none of {', '.join(map(str, schema['enum']))}"
    if "one of" in schema:
        forms = [schemas[one[1:]] if isinstance(one, str) else one for one in schema["one of"]]
        wrongs = [_wrong_object(service, where, schemas, one, value) for one in forms]
        return "" if "" in wrongs else f"{where} is none of what is allowed: {wrongs[0]}"
    if not isinstance(value, dict):
        return f"{where} is no object"
    if missing := [name for name in schema.get("required", []) if name not in value]:
        return f"{where} lacks {missing[0]}"
    for name, one in value.items():
        if name not in schema["fields"]:
            if (service, where, name) not in DIFFERENT:
                return f"{where} has no field {name}"
            continue
        allowed = schema.get("constants", {}).get(name)
        if allowed is not None and one not in allowed:
            return f"{name} of {where} is none of {', '.join(map(str, allowed))}"
        if wrong := _wrong_value(service, f"{where}.{name}", schemas, schema["fields"][name], one):
            return wrong
    return ""
