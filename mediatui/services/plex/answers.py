"""Answers of Plex, in JSON or XML (NOTES.md, 2), as objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from mediatui.model.foreign_json import parse_json

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

DEEPEST: Final = 20
"""Elements in elements; those of Plex are five deep."""


def read_container(body: bytes, content_type: str) -> Mapping[str, object]:
    """The ``MediaContainer`` of an answer. Raises ValueError for anything else."""
    if "xml" in content_type.lower() or body.lstrip()[:1] == b"<":
        name, found = read_xml(body)
        if name != "MediaContainer":
            raise ValueError("it is no MediaContainer")
        return found
    value = parse_json(body)
    found_in = value.get("MediaContainer") if isinstance(value, dict) else None
    if not isinstance(found_in, dict):
        raise ValueError("it is no MediaContainer")
    return found_in


def read_xml(body: bytes) -> tuple[str, Mapping[str, object]]:
    """The name of the outermost element, and it as an object: its attributes, and its elements as lists by their names.
    Raises ValueError for what is no such XML; a document type, which could make it explode, is refused."""
    from xml.etree import ElementTree

    text = body.decode("utf-8")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ValueError("it has a document type")
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise ValueError(str(error)) from None
    return root.tag, _as_object(root, DEEPEST)


def _as_object(element: Element, deepest: int) -> dict[str, object]:
    if not deepest:
        raise ValueError("it is nested too deeply")
    found: dict[str, object] = dict(element.attrib)
    for one in element:
        held = found.get(one.tag)
        rows = held if isinstance(held, list) else []
        rows.append(_as_object(one, deepest - 1))
        found[one.tag] = rows
    return found
