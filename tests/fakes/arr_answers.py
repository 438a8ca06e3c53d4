"""How the answers of a fake Sonarr or Radarr are made: JSON, pages, and the forms their refusals have."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final

import httpx

from tests.fakes.arr_qualities import Row

PROBLEM: Final = {"type": "https://tools.ietf.org/html/rfc9110#section-15.5.5", "title": "Not Found", "status": 404}
STACK: Final = "\n   at NzbDrone"


@dataclass
class Switches:
    """What sets one server apart from others: its age, its URL base, and what ails its machine."""

    released: bool = False
    base: str = ""
    mount_hangs: bool = False
    client_away: bool = False
    up_for_s: float = 86_400.0


def version(sonarr: bool, released: bool) -> str:
    """What the server says its version is."""
    return ("4.0.19.2979" if released else "10.0.0.28163") if sonarr else "10.0.0.28341"


def ok(answer: object, status: int = 200) -> httpx.Response:
    """An answer as JSON."""
    content = json.dumps(answer).encode()
    return httpx.Response(status, content=content, headers={"content-type": "application/json; charset=utf-8"})


def with_message(status: int, message: str) -> httpx.Response:
    """An error with a message and the head of a stack."""
    return httpx.Response(status, json={"message": message, "description": message + STACK})


def broken(message: str) -> httpx.Response:
    """Their own failure, such as one unknown id among several: nothing was done."""
    return with_message(500, message)


def missing(what: str, number_of: int) -> httpx.Response:
    """A thing that is not there, to a request that changes it."""
    return with_message(404, f"{what} with ID {number_of} does not exist")


def problem() -> httpx.Response:
    """A thing that is not there, to a request that reads it."""
    return ok(PROBLEM, 404)


def gone(sonarr: bool, released: bool) -> httpx.Response:
    """No such episode, file or command, to a request that reads it: the head of Sonarr says so without a word."""
    return httpx.Response(404) if sonarr and not released else problem()


def wanting(message: str) -> httpx.Response:
    """A request without the argument it needs."""
    return httpx.Response(400, json={"message": f"BadRequest: {message}", "content": message})


def failure(field: str, message: str, value: object = None, code: str = "") -> Row:
    """One entry of a refusal; ``code`` is the name of the rule, which an answer of their lookup does not have."""
    shown: Row = {"propertyName": field, "errorMessage": message}
    if value is not None:
        shown["attemptedValue"] = value
    shown["severity"] = "error"
    if not code:
        return shown
    path = {"path": value} if field == "Path" and value is not None else {}
    told = {**path, "propertyName": _words(field), "propertyValue": value}
    return {**shown, "errorCode": code, "formattedMessageArguments": [], "formattedMessagePlaceholderValues": told}


def empty(field: str, value: object = None) -> Row:
    """An entry about a field that is needed."""
    return failure(field, f"'{_words(field)}' must not be empty.", value, "NotEmptyValidator")


def not_positive(field: str) -> Row:
    """An entry about a number that has to be more than 0."""
    return failure(field, f"'{_words(field)}' must be greater than '0'.", 0, "GreaterThanValidator")


def refused(*wrong: Row) -> httpx.Response:
    """A refusal, field by field."""
    return httpx.Response(400, json=list(wrong))


def no_such_root(root: object) -> httpx.Response:
    """A refusal of a root folder there is not."""
    says = f"Root folder '{root}' does not exist"
    return refused(failure("RootFolderPath", says, root, "RootFolderExistsValidator"))


def _words(field: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", r" \1", field)


def paged(request: httpx.Request, rows: list[Row], sort: str, beyond: str = "empty") -> httpx.Response:
    """A page of rows. One beyond the end is empty, or, of the queue, the last there is with that one's number."""
    asked = request.url.params
    page, size = int(asked.get("page", "1")), int(asked.get("pageSize", "10"))
    if beyond == "earlier":
        page = max(min(page, -(-len(rows) // size)), 1)
    head: Row = {"page": page, "pageSize": size, "sortKey": asked.get("sortKey", sort)}
    head |= {"sortDirection": asked.get("sortDirection", "descending"), "totalRecords": len(rows)}
    return ok({**head, "records": rows[(page - 1) * size : page * size]})


def body_of(request: httpx.Request) -> Row:
    """The body of a request as an object."""
    given = json.loads(request.content or b"{}")
    return dict(given) if isinstance(given, dict) else {}


def ids_in(row: Row, field: str) -> list[object]:
    """A list in a row, empty when it is not there."""
    value = row.get(field)
    return list(value) if isinstance(value, list) else []


def rows_in(row: Row, field: str) -> list[Row]:
    """A list of objects in a row."""
    return [one for one in ids_in(row, field) if isinstance(one, dict)]
