"""Changing how something is added to Sonarr or Radarr, before it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mediatui.acquire.adding import Offers, read_offers
from mediatui.acquire.changed_additions import Part, additions_of, changed, parts_of
from mediatui.model.errors import MediatuiError
from mediatui.model.human import counted
from mediatui.model.plan import Plan
from mediatui.tui.job_monitor import ASKING
from mediatui.tui.view import in_background
from mediatui.tui.widgets.menu import Choice, Extra

if TYPE_CHECKING:
    from mediatui.tui.host import Host


class ChangesAdditions:
    """The parts of what a plan adds, as a menu: each is changed to the next it can be, and enter asks again about the
    plan as it is then (``ask_again``)."""

    def __init__(self, app: Host, plan: Plan, ask_again: Callable[[Plan], None]) -> None:
        self._app, self._plan, self._ask_again = app, plan, ask_again
        self._offers: dict[str, Offers] = {}
        self._title = ""

    def begin(self) -> None:
        """Asks the services what there is to choose from, and offers that."""
        in_background(self._app, self._begin, ASKING, exclusive=True)

    async def _begin(self) -> None:
        steps = additions_of(self._plan)
        try:
            for service in dict.fromkeys(step.service for step in steps):
                arr = self._app.workspace.arr(service)
                try:
                    self._offers[service] = await read_offers(arr)
                finally:
                    await arr.close()
        except MediatuiError as error:
            self._app.prompt.say(error.sentence, "error")
            return
        title = f"{counted(len(steps), 'title')} are" if len(steps) > 1 else f"{steps[0].what} is"
        self._title = f"{title} added with"
        parts = parts_of(self._plan, self._offers)
        several = len({part.service for part in parts}) > 1
        choices = []
        for part in parts:
            service = f"{self._app.workspace.settings.arr(part.service).title} " if several else ""
            choices.append(Choice("", f"{service}{part.name}", _shown(part), _key(part)))
        change = Extra("space", "change", self._change, stays=True)
        self._app.prompt.choose(self._title, choices, self._take, extras=(change,))

    def _change(self, key: str) -> None:
        service, _, name = key.partition(" ")
        self._plan = changed(self._plan, self._app.workspace.settings, self._offers, service, name)
        self._app.prompt.note_choices(
            self._title, {_key(part): _shown(part) for part in parts_of(self._plan, self._offers)}
        )

    def _take(self, _: str) -> None:
        self._ask_again(self._plan)


def _key(part: Part) -> str:
    return f"{part.service} {part.name}"


def _shown(part: Part) -> str:
    return f"{part.value}{f' ({part.note})' if part.note else ''}"
