"""Sending releases, magnets and hashes from the screen: what each is for is said, and what is clear to nobody is
asked."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from mediatui.acquire.changed_additions import additions_of
from mediatui.acquire.target_guard import AGAIN
from mediatui.changes.steps.adopt_entry import AdoptEntry
from mediatui.changes.steps.arr_push import PushRelease
from mediatui.changes.steps.begin_transfer import SendTransfer
from mediatui.commands import propose
from mediatui.commands.catalog import COMMANDS
from mediatui.commands.grab import Grab
from mediatui.commands.grab_columns import question_of
from mediatui.model.errors import MediatuiError
from mediatui.model.human import counted
from mediatui.model.plan import Plan
from mediatui.model.target import shown_targets, targets_from_text
from mediatui.model.text import cut_middle, join_words
from mediatui.tui.answer import ScreenAnswer
from mediatui.tui.changing_additions import ChangesAdditions
from mediatui.tui.job_monitor import ASKING
from mediatui.tui.to_grab import ToGrab
from mediatui.tui.view import in_background
from mediatui.tui.widgets.menu import Choice
from mediatui.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from mediatui.tui.host import Host

ALL_THE_SAME: Final = "All the same: "
"""How the sentence begins that says what speaks against what is sent."""
LONGEST_NAME, SHORTEST_NAME = 40, 12
NAME_AND_WHY = 66
"""How long both are in a question that is to be whole on 80 columns, in cells."""


class GrabPlans:
    """Plans that send something, as a part of what plans can be made."""

    _app: Host

    async def _propose(self, make: Callable[[], Awaitable[Plan]], marked_in: RowList | None, seen: bool) -> None:
        raise NotImplementedError

    def _marked_list(self) -> RowList | None:
        raise NotImplementedError

    def show_steps(self, plan: Plan, marked_in: RowList | None = None) -> None:
        raise NotImplementedError

    def grab(self, wanted: ToGrab) -> None:
        """Proposes to send these as transfers."""
        if wanted.sources:
            begin = functools.partial(self._grab, wanted, self._marked_list())
            in_background(self._app, begin, ASKING, exclusive=True)

    async def _grab(self, wanted: ToGrab, marked_in: RowList | None) -> None:
        """Proposes to send these; what is left only because something speaks against it can be sent all the same, and
        what is for nothing that is known can be sent for nothing in particular."""
        app = self._app
        options = Grab(wanted.sources, no_target=wanted.without_target, again=wanted.again, route=wanted.route or None)
        try:
            plan = await propose.plan_of(COMMANDS["grab"], app.workspace, options, ScreenAnswer(app))
        except MediatuiError as error:
            app.prompt.say(error.sentence, "error")
            return
        steps = [step for step in plan.steps if isinstance(step, SendTransfer | PushRelease)]
        against = [(what, why) for what, why in plan.notes if AGAIN in why]
        if steps and not any(step.is_sent for step in steps):
            self._ask_what_for(wanted, plan, steps, marked_in)
        elif plan.steps or not against:
            warned = (f"{ALL_THE_SAME}{wanted.warned}.",) if wanted.warned else ()
            await self._offer(replace(plan, says=(*warned, *plan.says)), marked_in)
        else:
            why = against[0][1].partition(f"; {AGAIN}")[0]
            again = replace(wanted, again=True)
            if app.workspace.settings.ui.confirm == "always" and not wanted.warned:
                # It is asked about in any case: one question says both.
                self.grab(replace(again, warned=why if len(against) == 1 else f"{why}, the first of {len(against):,}"))
                return
            which = f"{cut_middle(against[0][0], 40)}: {why}." if len(plan.notes) == 1 else (
                f"Nothing is sent: {len(plan.notes):,} are left, the first because {why}."
            )  # fmt: skip
            app.prompt.ask(f"{which} Send all the same?", lambda: self.grab(again), len(against))

    async def _offer(self, plan: Plan, marked_in: RowList | None, seen: bool = False) -> None:
        async def made() -> Plan:
            return plan

        await self._propose(made, marked_in, seen)

    def how_to_change(self, plan: Plan, marked_in: RowList | None, seen: bool) -> Callable[[], None] | None:
        """What changes how a plan adds to Sonarr and Radarr, and asks about it again; None where it adds nothing."""
        if not additions_of(plan):
            return None

        def ask_again(changed: Plan) -> None:
            if seen:
                self.show_steps(changed, marked_in)
            in_background(self._app, functools.partial(self._offer, changed, marked_in, seen), ASKING, exclusive=True)

        return ChangesAdditions(self._app, plan, ask_again).begin

    def _ask_what_for(
        self, wanted: ToGrab, plan: Plan, steps: Sequence[SendTransfer | PushRelease], marked_in: RowList | None
    ) -> None:
        """What is to become of what is for nothing that is clear."""
        why = question_of(steps[0])
        width = max(SHORTEST_NAME, NAME_AND_WHY - len(why))
        named = (
            cut_middle(steps[0].what, min(width, LONGEST_NAME)) if len(steps) == 1 else counted(len(steps), "torrent")
        )
        choices = [Choice("m", "choose", "what it is for, among the candidates")] if wanted.choose is not None else []
        choices += [
            Choice("n", "nothing in particular", "it is sent, and stands for no film or series"),
            Choice("w", "wait", "it is noted as a transfer and not sent; m on Transfers says what it is for"),
        ]

        def taken(name: str) -> None:
            if name == "choose" and wanted.choose is not None:
                wanted.choose()
            elif name == "wait":
                in_background(self._app, functools.partial(self._offer, plan, marked_in), ASKING, exclusive=True)
            else:
                self.grab(replace(wanted, without_target=True))

        self._app.prompt.choose(f"{named}: {why}. It is for", choices, taken)


def sending(plan: Plan, left: int) -> list[str]:
    """What is to be known before what a plan has is sent, and how many others are left; nothing where it sends
    nothing."""
    steps = [step for step in plan.steps if isinstance(step, SendTransfer | PushRelease | AdoptEntry)]
    if not steps:
        return []
    resting = sum(isinstance(step, AdoptEntry) and step.resting > 0 for step in steps)
    bare = sum(step.without_target for step in steps if not (isinstance(step, AdoptEntry) and step.resting))
    aimed = [targets_from_text(step.targets) for step in steps if step.targets]
    added = additions_of(plan)
    warned = [one for one in plan.says if one.startswith(ALL_THE_SAME)]
    says = [one for one in plan.says if any(f"{step.what} is added" in one for step in added)]
    if len(added) > 1:
        says = [f"{join_words([step.what for step in added])} are added first."]
    says = [*warned, *says]
    if aimed:
        says.append(f"For {shown_targets(aimed[0])}." if len(aimed) == 1 else f"For {len(aimed):,} targets (p shows).")
    if bare:
        to_account = any(isinstance(step, SendTransfer) for step in steps)
        says.append(f"{'To Real-Debrid, for' if to_account else 'For'} nothing in particular.")
    if noted := len(steps) - resting - bare - len(aimed):
        taken_on = isinstance(steps[0], AdoptEntry)
        says.append(f"{noted:,} noted without a target{'' if taken_on else ', not sent'}.")
    if unknown := sum(not step.bytes for step in steps):
        says.append(f"{'Its size' if len(steps) == 1 else f'The size of {unknown:,}'} is not known yet.")
    follows = {step.auto for step in steps if not isinstance(step, PushRelease) and step.is_sent} - {"none"}
    swapped = sum(len(step.replaces) for step in steps if isinstance(step, SendTransfer))
    if swapped:
        says.append(f"{counted(swapped, 'dead link')} lead{'s' if swapped == 1 else ''} there once it is proven.")
    elif follows:
        where = "the library" if "import" in follows else "staging"
        says.append(f"Linked in {where} once {'it is ' if len(steps) == 1 else ''}whole.")
    if left:
        says.append(f"{left:,} more {'is' if left == 1 else 'are'} left (p shows why).")
    return says
