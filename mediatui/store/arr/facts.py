"""What was found out of a service once, and what a person answered to it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mediatui.model.secrets import mask_secrets

LIST: Final = "list"
"""When its films or series were last read whole, and how many there were."""
ROOTS_HELD: Final = "roots.held"
"""Names of its root folders at the last good look, by the paths of these."""
LIST_FAILED: Final = "list.failed"
"""Why its list could not be read, or was not believed, since then."""


@dataclass(frozen=True, slots=True)
class ServiceFact:
    """A fact of a service, learnt at ``at`` (epoch seconds), and the answer to it; empty and None when there is
    none."""

    value: Mapping[str, object]
    at: float
    answer: str = ""
    answered_at: float | None = None


def read_service_fact(connection: sqlite3.Connection, service: str, name: str) -> ServiceFact | None:
    """A fact of a service; None when it is not known."""
    row = connection.execute(
        "SELECT value, at, answer, answered_at FROM service_facts WHERE service = ? AND name = ?", (service, name)
    ).fetchone()
    if row is None:
        return None
    value = json.loads(row[0])
    return ServiceFact(value if isinstance(value, dict) else {}, float(row[1]), row[2], row[3])


def facts_named(connection: sqlite3.Connection, name: str) -> dict[str, ServiceFact]:
    """A fact of every service that has it, by the name of the service."""
    rows = connection.execute("SELECT service FROM service_facts WHERE name = ? ORDER BY service", (name,)).fetchall()
    found = {row[0]: read_service_fact(connection, row[0], name) for row in rows}
    return {service: fact for service, fact in found.items() if fact is not None}


def store_service_fact(
    connection: sqlite3.Connection, service: str, name: str, value: Mapping[str, object], now: float
) -> None:
    """Stores a fact of a service; an answer to what it was before is forgotten when it differs."""
    text = mask_secrets(json.dumps(dict(value)))
    connection.execute(
        "INSERT INTO service_facts (service, name, value, at) VALUES (?, ?, ?, ?) ON CONFLICT (service, name) "
        "DO UPDATE SET answer = CASE WHEN value = excluded.value THEN answer ELSE '' END, "
        "answered_at = CASE WHEN value = excluded.value THEN answered_at END, value = excluded.value, at = excluded.at",
        (service, name, text, now),
    )


def forget_service_fact(connection: sqlite3.Connection, service: str, name: str) -> None:
    """Forgets a fact that is no longer true."""
    connection.execute("DELETE FROM service_facts WHERE service = ? AND name = ?", (service, name))
