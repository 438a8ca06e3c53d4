"""What the keys of transfers do: at once and locally, but for what the next pass then sends."""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Sequence
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from mediatui.acquire.acts import Act, act_on
from mediatui.acquire.answers import Answer, answers_of
from mediatui.acquire.mount.pick import pick_place, places_of
from mediatui.commands.catalog import COMMANDS
from mediatui.commands.import_ import Import
from mediatui.model.errors import MediatuiError
from mediatui.model.human import counted
from mediatui.model.magnet import magnet_link
from mediatui.model.stuck import why_stuck
from mediatui.model.text import cut_middle, printable
from mediatui.model.transfer import FREE, HoldKind, State, Transfer
from mediatui.names.release_columns import columns_of
from mediatui.store.transfers.placed import placed_links
from mediatui.store.transfers.targets import targets_of
from mediatui.system.category_folders import category_folders
from mediatui.system.helper_process import TimedOut, ask
from mediatui.system.threads import in_thread
from mediatui.tui.choosing_target import ChoosesTarget, Choosing
from mediatui.tui.hints import with_keys
from mediatui.tui.open_player import open_player
from mediatui.tui.view import Ask, in_background
from mediatui.tui.widgets.menu import Choice

LONGEST_NAME = 40
FOR = (Choice("n", "nothing in particular", "it is sent, and stands for no film or series"),)
"""What a transfer can be for."""
_DONE: dict[Act, str] = {
    "pause": "paused; p lets {it} go on", "resume": "{goes} on", "retry": "tried again at once",
    "forget": "forgotten, nothing was deleted; r takes {it} up again", "done": "dealt with by hand",
    "ignore": "ignored; H takes that back", "unignore": "not ignored any more",
}  # fmt: skip


class TransferActs(ChoosesTarget):
    """A view with transfers to act on: the marked ones, else the one under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "pause", "pause", id="transfers.pause", tooltip="Pause, or let paused ones go on"),
        Binding("r", "retry", "retry", id="transfers.retry", tooltip="Try again at once; take up what has ended"),
        Binding("m", "target", "what for", id="transfers.target", tooltip="Choose which film or episode it is for"),
        Binding("I", "import", "import", id="transfers.import", tooltip="Into the library; let what rests go on"),
        Binding("f", "end('forget')", "forget", id="transfers.forget", tooltip="End it; nothing is deleted"),
        Binding("D", "end('done')", "by hand", id="transfers.done", tooltip="End it as dealt with by hand"),
        Binding("H", "ignore", "ignore", show=False, id="transfers.ignore", tooltip="Leave alone, or take that back"),
        Binding("y", "copy", "copy", show=False, id="transfers.copy", tooltip="Copy magnet links"),
        Binding("w", "play", "play", id="transfers.play", tooltip="Play it from the library"),
        Binding("ctrl+r", "pass", "look now", show=False, id="transfers.pass", tooltip="A pass over all: 1 request"),
    ]

    def targets(self) -> list[Transfer]:
        """The marked transfers, else the one under the cursor."""
        raise NotImplementedError

    def acted(self) -> None:
        """Called when something was done with transfers: the marks are used up, and rows have changed."""

    def _chosen(self) -> list[Transfer]:
        found = self.targets()
        if not found:
            self.say("There is no transfer here: + sends a magnet, a hash or a .torrent file.", "warning")
        return found

    def action_pause(self) -> None:
        chosen = self._chosen()
        going = [one for one in chosen if one.hold.kind != HoldKind.PAUSED]
        self._act("pause" if going else "resume", going or chosen)

    def action_ignore(self) -> None:
        chosen = self._chosen()
        minded = [one for one in chosen if one.hold.kind != HoldKind.IGNORED]
        self._act("ignore" if minded else "unignore", minded or chosen)

    def action_retry(self) -> None:
        """Tries again; of one that asks something it is asked how, and which of several places it is taken from."""
        chosen = self._chosen()
        places = places_of(chosen[0]) if len(chosen) == 1 else ()
        if not places:
            resting = [one for one in chosen if one.state == State.READY and one.hold == FREE and not one.is_fetched]
            if len(resting) == len(chosen) > 0:
                self.say("Whole at Real-Debrid: nothing is to be tried again. I lets it go on.", "warning")
            elif not self._answer(chosen):
                self._act("retry", chosen)
            return
        above = len(os.path.commonpath([os.path.dirname(place) for place in places])) + 1
        choices = [
            Choice(f"{at}" if at < 10 else "", f"{at}", f"…/{place[above:]}") for at, place in enumerate(places, 1)
        ]
        self.host.prompt.choose(f"{_named(chosen)} is taken from", choices, lambda at: self._pick(chosen[0], at))

    def _pick(self, transfer: Transfer, given: str) -> None:
        self._pick_soon(transfer, given)

    @work(group="transfers-act", exit_on_error=False)
    async def _pick_soon(self, transfer: Transfer, given: str) -> None:
        try:
            await self.workspace.db.write(pick_place, transfer.id, given, time.time())
        except MediatuiError as error:
            self.say(error.sentence, "warning")
            return
        self.acted()
        self.say(f"{_named([transfer])}: looked at again at once.")

    def action_import(self) -> None:
        """Proposes to bring into the library what is staged; lets what is whole and rests on the account go on."""
        chosen = self._chosen()
        if len(chosen) == 1 and chosen[0].state == State.STAGED and self._answer(chosen):
            return
        if staged := [one.id for one in chosen if one.state == State.STAGED]:
            self.host.plans.import_staged(staged)
            return
        resting = [one for one in chosen if one.state == State.READY and not one.is_fetched and one.entry_id]
        if chosen and self.workspace.settings.staging.folder is None:
            self.say("There is no folder for staging: set staging.folder (, shows the settings).", "warning")
        elif resting:
            self.host.plans.take_on([one.entry_id for one in resting])
        elif chosen:
            self.say("Only what is in staging, or rests at Real-Debrid, whole, can be let go on.", "warning")

    def _answer(self, chosen: Sequence[Transfer]) -> bool:
        """Offers the ways out of what the one that is chosen asks; false when there is none, or one alone."""
        if len(chosen) != 1:
            return False
        one = chosen[0]
        targets = targets_of(self.workspace.reader, one.id)
        title = targets[0].target.title if targets else columns_of(one.name).title
        answers = {answer.word: answer for answer in answers_of(one, title)}
        if len(answers) < 2:
            return False
        choices = [Choice(answer.key, answer.word, answer.about) for answer in answers.values()]
        why = why_stuck(one, {}, time.time()).why
        self.host.prompt.choose(printable(why), choices, lambda word: self._take_answer(one, answers[word]))
        return True

    def _take_answer(self, one: Transfer, answer: Answer) -> None:
        if answer.is_begun:
            self.host.action_command(answer.command)
        elif answer.command:
            in_background(self, functools.partial(self.host.run_command, answer.command), "answer")
        elif answer.act == "target":
            self.action_target()
        elif answer.act == "folder":
            in_background(self, functools.partial(self._ask_folder, one), "answer", exclusive=True)
        elif answer.act in ("done", "forget"):
            self.action_end(answer.act)
        else:
            self._act("retry", [one])

    async def _ask_folder(self, one: Transfer) -> None:
        """Asks in which folder of the library a new film or series is made."""
        roots = self.workspace.library_roots()
        try:
            folders = await in_thread(lambda: ask(category_folders, roots))
        except TimedOut:
            self.say("The library does not answer.", "warning")
            return
        above = len(os.path.commonpath(roots)) + 1 if len(roots) > 1 else len(roots[0]) + 1 if roots else 0
        known = {printable(os.fsdecode(folder[above:])): os.fsdecode(folder) for folder in folders}
        if not known:
            self.say("The library has no folder for it: make one, then I again.", "warning")
            return
        choices = [Choice(f"{at}" if at < 10 else "", shown) for at, shown in enumerate(known, 1)]
        self.host.prompt.choose(f"{_named([one])} goes into", choices, lambda shown: self.host.plans.propose_command(
            COMMANDS["import"], Import((str(one.id),), folder=known[shown])))  # fmt: skip

    def action_end(self, act: Act) -> None:
        chosen = self._chosen()
        if chosen:
            ends = {"forget": "Forget", "done": "End as dealt with by hand:"}[act]
            question = f"{ends} {_named(chosen)}? Nothing is deleted, here or on the account."
            self.post_message(Ask(question, lambda: self._act(act, chosen), len(chosen)))

    def _act(self, act: Act, chosen: Sequence[Transfer]) -> None:
        if chosen:
            self._act_soon(act, chosen)

    @work(group="transfers-act", exit_on_error=False)
    async def _act_soon(self, act: Act, chosen: Sequence[Transfer]) -> None:
        done: list[Transfer] = []
        problems: list[MediatuiError] = []
        now = time.time()
        for one in chosen:
            try:
                await self.workspace.db.write(act_on, act, str(one.id), now)
                done.append(one)
            except MediatuiError as error:
                problems.append(error)
        self.acted()
        parts = []
        if done:
            few = len(done) == 1
            words = _DONE[act].format(it="it" if few else "them", goes="goes" if few else "go")
            parts.append(f"{_named(done)}: {words}.")
        if problems:
            more = f" ({len(problems) - 1:,} more)" if len(problems) > 1 else ""
            parts.append(with_keys(f"{problems[0].sentence}{more}"))
        self.say(" ".join(parts), "warning" if problems else "info")

    def action_target(self) -> None:
        """Chooses what transfers are for; those that were not sent may be for nothing in particular."""
        chosen = [one for one in self._chosen() if one.ended_at is None and one.state != State.IMPORTING]
        waiting = [one for one in chosen if one.state == State.WANTED and not one.may_be_sent]
        if chosen:
            keys = tuple(str(one.id) for one in chosen)
            also = FOR if waiting else ()
            send, then = functools.partial(self._send, waiting), functools.partial(self._add_and_send, keys)
            self.choose_target(Choosing(keys, _named(chosen), also, lambda _: send(), then))
        elif self.targets():
            self.say("It has ended, or is being imported: what it is for stays.", "warning")

    def _add_and_send(self, keys: Sequence[str]) -> None:
        """Proposes to send those whose film or series has to be added to Sonarr or Radarr first."""
        from mediatui.store.transfers.rows import read_transfer
        from mediatui.tui.to_grab import ToGrab

        found = (read_transfer(self.workspace.reader, int(key)) for key in keys)
        missing = [one for one in found if one is not None and "missing_at" in one.hold.detail]
        self.host.plans.grab(ToGrab(tuple(magnet_link(one.hash, one.name) for one in missing), again=True))

    def _send(self, waiting: Sequence[Transfer]) -> None:
        from mediatui.tui.to_grab import ToGrab

        self.host.plans.grab(ToGrab(tuple(magnet_link(one.hash, one.name) for one in waiting), without_target=True))

    def action_copy(self) -> None:
        if chosen := self._chosen():
            what = "Magnet link" if len(chosen) == 1 else f"{len(chosen):,} magnet links"
            self.host.copy_text("\n".join(magnet_link(one.hash, one.name) for one in chosen), what)

    def action_play(self) -> None:
        """Plays the first file that the library has of the first transfer that is chosen."""
        chosen = self._chosen()
        placed = placed_links(self.workspace.reader, chosen[0]) if chosen else []
        if placed:
            in_background(self, functools.partial(open_player, self, os.fsdecode(placed[0].path)), "play")
        elif chosen:
            self.say("The library has no link into it yet. The details say what it waits for.", "warning")

    def action_pass(self) -> None:
        self.host.follow_transfers(now=True)


def _named(transfers: Sequence[Transfer]) -> str:
    """One by its name, several by their number."""
    if len(transfers) == 1:
        return cut_middle(printable(transfers[0].name or transfers[0].hash), LONGEST_NAME)
    return counted(len(transfers), "transfer")
