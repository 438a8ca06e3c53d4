"""The first start: paste a token, tested at once, log in with a code, or open the demo."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from mediatui.model.errors import MediatuiError
from mediatui.model.text import printable
from mediatui.settings.secret_rules import TOKEN_PAGE
from mediatui.tui.view import View

if TYPE_CHECKING:
    from mediatui.services.realdebrid.oauth import DeviceCode

ABOUT: Final = f"""Paste your private API token here and press enter.
{TOKEN_PAGE} shows it.
It is tested at once, and kept in the config file, readable by you only."""
OTHERWISE: Final = """ctrl+l  log in with a code instead: nothing to copy
ctrl+t  show or hide what is typed
ctrl+o  open the demo: a simulated account, nothing is needed for it"""
WHILE_WAITING: Final = "y copies the code, esc goes back to the token."
REFUSED: Final = f"Paste another one into the field ({TOKEN_PAGE} shows it), or press ctrl+l for a code."
MINUTE_S: Final = 60.0


class CodePane(Static, can_focus=True):
    """The code to type on the service's page."""


class WelcomeView(View):
    """Asks for a token and tests it, or shows a code and waits until it was typed in."""

    NAME = "Welcome"
    HELP = "Paste a token and press enter, log in with a code (ctrl+l), or open the demo (ctrl+o)."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+l", "log_in", "log in", id="welcome.login", tooltip="Log in with a code instead of a token"),
        Binding("ctrl+t", "show_token", "show", id="welcome.show", tooltip="Show or hide what is typed"),
        Binding("ctrl+o", "demo", "open the demo", id="welcome.demo", tooltip="A simulated account, no token needed"),
        Binding("y", "copy_code", show=False, id="welcome.copy", tooltip="Copy the code"),
        Binding("enter", "log_in", show=False, id="welcome.again"),
        Binding("escape", "leave", show=False, id="welcome.back", tooltip="Back from the code to the token"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._about = Static(ABOUT, markup=False)
        self._token = Input(password=True, placeholder="token", id="welcome-token", select_on_focus=False)
        self._token.cursor_blink = False
        self._pane = CodePane("", id="welcome-code", markup=False)
        self._pane.display = False
        self._verdict = Static("", id="welcome-verdict", markup=False)
        self._otherwise = Static(OTHERWISE, markup=False)
        self._code: DeviceCode | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="welcome"), Vertical(id="welcome-box"):
            yield Static(Content.styled("mediatui", "$title"))
            yield Static("One terminal for your Real-Debrid library.\n", markup=False)
            yield self._about
            yield self._token
            yield self._pane
            yield self._verdict
            yield self._otherwise

    async def on_front(self) -> None:
        """Gives the field or the code the keyboard, and says when a login has ended."""
        self.take_keyboard(self._pane if self._pane.display else self._token)
        if not (self._code or str(self._verdict.content)):
            from mediatui.commands.doctor import check_login

            try:
                loaded = self.workspace.loaded
            except MediatuiError as error:
                self._say_failed(error.sentence)
                return
            found = check_login(loaded, self.workspace.paths.config_file)
            if found is not None and not loaded.token_set:
                self._say_failed(f"{found.text} Press ctrl+l to log in again.")

    def _say_failed(self, text: str) -> None:
        self._verdict.update(Content.styled(f"✗ {printable(text)}", "$broken"))

    # A token

    def action_show_token(self) -> None:
        self._token.password = not self._token.password

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self._test(message.value)

    @work(group="welcome", exclusive=True, exit_on_error=False)
    async def _test(self, text: str) -> None:
        from mediatui.commands.doctor import check_realdebrid
        from mediatui.services.realdebrid.client import clean_token
        from mediatui.settings.edit import set_value

        workspace = self.workspace
        try:
            token = clean_token(text)
        except MediatuiError as error:
            self._say_failed(f"{error.message} {TOKEN_PAGE} shows it.")
            return
        self._verdict.update("Asking Real-Debrid …")
        try:
            check = await check_realdebrid(
                workspace.invocation, workspace.settings, token, transport=workspace.transport()
            )
            if check.state == "problem":
                self._say_failed(f"{check.text} {REFUSED if check.refused else check.hint}")
                return
            set_value(workspace.paths.config_file, "realdebrid.token", token)
        except MediatuiError as error:
            self._say_failed(error.sentence)
            return
        self._token.value = ""
        workspace.reload_settings()
        self.host.begin(f"✓ {check.text}")

    # A code

    def action_log_in(self) -> None:
        self.log_in()

    def log_in(self) -> None:
        """Asks for a code, shows it, and waits until it was typed in; a code that is waited for stays."""
        if self._code is None:
            self._verdict.update("Asking Real-Debrid for a code …")
            self._log_in()

    @work(group="welcome", exclusive=True, exit_on_error=False)
    async def _log_in(self) -> None:
        from mediatui.commands.connect_account import make_oauth
        from mediatui.commands.doctor import check_realdebrid
        from mediatui.commands.login import keep
        from mediatui.services.realdebrid.login import wait_for_login

        workspace = self.workspace
        try:
            oauth = make_oauth(workspace.settings, workspace.transport())
            try:
                self._code = await oauth.device_code()
                self._show_code(True)
                counting = asyncio.create_task(self._count_down(self._code.lasts_s))
                try:
                    await keep(workspace, await wait_for_login(oauth, self._code))
                finally:
                    counting.cancel()
            finally:
                self._code = None
                await oauth.close()
            loaded = workspace.loaded
            check = await check_realdebrid(
                workspace.invocation, loaded.settings, login=loaded.login, transport=workspace.transport()
            )
        except MediatuiError as error:
            again = " Enter asks for a new code." if self._pane.display else ""
            self._say_failed(f"{error.message}{again}")
            return
        self._show_code(False)
        self.host.begin(f"✓ Logged in. {check.text}")

    def _show_code(self, shown: bool) -> None:
        """The code in place of the field, or the field again."""
        if shown and self._code is not None:
            self._pane.update(
                Content.assemble("Open  ", (self._code.page, "$title"), "\n",
                                 "Type  ", (self._code.user_code, "$title"))
            )  # fmt: skip
        self._pane.display, self._token.display = shown, not shown
        self._about.update("Log in on any device, such as your telephone:" if shown else ABOUT)
        self._otherwise.update(WHILE_WAITING if shown else OTHERWISE)
        self._verdict.update("")
        self.take_keyboard(self._pane if shown else self._token)

    async def _count_down(self, left_s: float) -> None:
        """Says how long the code still holds, every minute."""
        while left_s > 0:
            self._verdict.update(f"Waiting for you there. The code holds about {round(left_s / MINUTE_S)} min.")
            await asyncio.sleep(MINUTE_S)
            left_s -= MINUTE_S

    def action_copy_code(self) -> None:
        if self._code is not None:
            self.host.copy_text(self._code.user_code, "Code")

    async def action_leave(self) -> None:
        """Back from the code to the token; from there to where one came from."""
        if not self._pane.display:
            await self.host.go_back()
            return
        self.workers.cancel_group(self, "welcome")
        self._code = None
        self._show_code(False)

    def action_demo(self) -> None:
        self.host.open_demo()
