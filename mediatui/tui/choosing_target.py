"""Choosing what a release or a transfer is for: the candidates with points and reasons, other words, or an id."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from mediatui.commands.candidate_columns import reasons_text, where_text
from mediatui.model.errors import MediatuiError
from mediatui.model.human import counted
from mediatui.model.target import FORMS, shown_targets
from mediatui.model.text import cut_middle, printable
from mediatui.tui.view import View, in_background
from mediatui.tui.widgets.lines import pairs
from mediatui.tui.widgets.menu import Choice, Extra

if TYPE_CHECKING:
    from mediatui.acquire.mapping.aim import Aim
    from mediatui.acquire.mapping.rank import TargetCandidate
    from mediatui.commands.map import Mapped

MOST: Final = 9
LONGEST_NAME: Final = 32
WORDS: Final = "target words"
ID: Final = "target id"
"""Modes of the prompt."""


@dataclass(frozen=True, slots=True)
class Choosing:
    """What is being mapped: transfers and releases by what they are called, their name for people, further choices,
    what takes these, and what is done once the choice is stored."""

    keys: tuple[str, ...]
    named: str
    also: tuple[Choice, ...] = ()
    take: Callable[[str], None] | None = None
    then: Callable[[], None] | None = None


class ChoosesTarget(View):
    """A view with rows that are for a film or series."""

    _choosing: Choosing | None = None

    def acted(self) -> None:
        """Called when something was chosen."""
        raise NotImplementedError

    def choose_target(self, wanted: Choosing) -> None:
        """Shows what these may be for; the one that is taken is stored."""
        self._choosing = wanted
        in_background(self, functools.partial(self._offer_candidates, wanted, ""), "target", exclusive=True)

    async def find_aims(
        self, keys: Sequence[str], to: str | None = None, words: str = ""
    ) -> tuple[list[Mapped], list[Aim], list[str]]:
        """What these may be for: what fits, or what a person says (``to``), or what has other ``words`` for its title;
        and what could not be compared. Raises UsageError."""
        from mediatui.commands.map import find_aims

        return await find_aims(self.workspace, keys, to=to, words=words)

    async def store_choice(self, item: Mapped, aim: Aim) -> None:
        """Notes what one of them is for. Raises MediatuiError."""
        from mediatui.commands.map import store_choice

        await self.workspace.db.write(store_choice, item, aim, self.workspace.settings, time.time())

    async def _offer_candidates(self, wanted: Choosing, words: str) -> None:
        self.say(f"Looking what {wanted.named} may be for …")
        try:
            items, aims, notes = await self.find_aims(wanted.keys, words=words)
        except MediatuiError as error:
            self.say(error.sentence, "error")
            return
        aim = aims[0]
        found = aim.candidates[:MOST]
        said = " ".join(notes) or aim.asks or (f"{found[0].shown} fits" if found else "")
        self.say(f"{printable(said)}." if said and not notes else said, "warning" if notes else "info")
        choices = [candidate_choice(at, one) for at, one in enumerate(found, 1)]
        if len(items) > 1:
            choices.append(Choice("a", "each by itself", "what fits each without a question", "auto"))
        choices += wanted.also
        if not choices:
            self._ask_for_words(wanted, "nothing fits; ")
            return
        extras = (
            Extra("/", "other words", lambda _: self._ask_for_words(wanted)),
            Extra("#", "an id", lambda _: self._ask_for_id()),
        )
        by_name = {str(at): one for at, one in enumerate(found, 1)}
        take = functools.partial(self._candidate_taken, wanted, items, aims, by_name)
        self.host.prompt.choose(f"{wanted.named} is for", choices, take, extras=extras)

    def _candidate_taken(
        self, wanted: Choosing, items: Sequence[Mapped], aims: Sequence[Aim], found: dict[str, TargetCandidate],
        name: str,
    ) -> None:  # fmt: skip
        if name == "auto":
            self._store_targets_soon(wanted, items, aims)
        elif name not in found:
            if wanted.take is not None:
                wanted.take(name)
        elif len(items) == 1:
            self._store_targets_soon(wanted, items, [replace(aims[0], targets=found[name].mapped, asks="")])
        else:
            text = found[name].item.target().text
            in_background(self, functools.partial(self._store_typed_target, wanted, text), "target", exclusive=True)

    def _ask_for_words(self, wanted: Choosing, why: str = "") -> None:
        hint = pairs(("enter", "compare"), ("tvdb:81189", "an id is taken"), ("esc", "back"))
        self.host.prompt.open(WORDS, f"{why}title, year: ", hint=hint)

    def _ask_for_id(self) -> None:
        self.host.prompt.open(ID, "id: ", hint=pairs(("enter", "take"), ("esc", "back"), (FORMS.partition(",")[0], "")))

    def entered(self, mode: str, text: str) -> bool:
        """Takes words, or an id."""
        wanted = self._choosing
        if mode not in (WORDS, ID) or wanted is None:
            return super().entered(mode, text)
        given = text.strip()
        if not given:
            self.say("Nothing was chosen.")
        elif mode == ID or _is_target(given):
            in_background(self, functools.partial(self._store_typed_target, wanted, given), "target", exclusive=True)
        else:
            in_background(self, functools.partial(self._offer_candidates, wanted, given), "target", exclusive=True)
        return True

    async def _store_typed_target(self, wanted: Choosing, text: str) -> None:
        try:
            items, aims, _ = await self.find_aims(wanted.keys, to=text)
        except MediatuiError as error:
            self.say(error.sentence, "error")
            return
        await self._store_targets(wanted, items, aims)

    def _store_targets_soon(self, wanted: Choosing, items: Sequence[Mapped], aims: Sequence[Aim]) -> None:
        in_background(self, functools.partial(self._store_targets, wanted, items, aims), "target", exclusive=True)

    async def _store_targets(self, wanted: Choosing, items: Sequence[Mapped], aims: Sequence[Aim]) -> None:
        done: list[Aim] = []
        said = ""
        for item, aim in zip(items, aims, strict=True):
            if not aim.targets:
                said = said or f"{cut_middle(printable(item.title), LONGEST_NAME)} is left: {aim.asks}."
                continue
            try:
                await self.store_choice(item, aim)
                done.append(aim)
            except MediatuiError as error:
                said = said or error.sentence
        first = f"{wanted.named}: for {printable(shown_targets(done[0].targets))}." if done else ""
        if len(items) > 1 and done:
            first = f"{counted(len(done), 'choice')} stored."
        self.say(" ".join(filter(None, (first, said))), "warning" if said else "info")
        self.acted()
        if done and wanted.then is not None:
            wanted.then()


def candidate_choice(at: int, one: TargetCandidate) -> Choice:
    """A candidate as a choice: points and target, and why."""
    return Choice(str(at), f"{one.points:>3}  {one.shown}", f"{reasons_text(one)}  {where_text(one)}", str(at))


def _is_target(text: str) -> bool:
    return text.lower().startswith(("tmdb:", "tvdb:", "film:", "series:")) or (
        text[:2].lower() == "tt" and text[2:].isdecimal()
    )
