"""The first start: paste a token, tested at once, or open the demo."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from mediatui.model.errors import MediatuiError
from mediatui.tui.view import View

TEXT = """One terminal for your Real-Debrid library.

Paste your private API token (the account's API token page shows it) and press enter.
It is tested at once, and kept in the config file, readable by you only.

No account at hand? ctrl+o opens the demo: a simulated account of 4,245 torrents."""


class WelcomeView(View):
    """Asks for a token and tests it live."""

    NAME = "Welcome"
    HELP = "Paste a token and press enter, or open the demo with ctrl+o."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+o", "demo", "open the demo", id="welcome.demo", tooltip="A simulated account, no token needed"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._token = Input(password=True, placeholder="token", id="welcome-token", select_on_focus=False)
        self._token.cursor_blink = False
        self._verdict = Static("", id="welcome-verdict", markup=False)

    def compose(self) -> ComposeResult:
        with Vertical(id="welcome"), Vertical(id="welcome-box"):
            yield Static(Content.styled("mediatui", "bold $accent"))
            yield Static("")
            yield Static(TEXT, markup=False)
            yield self._token
            yield self._verdict

    async def on_front(self) -> None:
        """Gives the field the keyboard."""
        self._token.focus()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self._test(message.value)

    @work(group="welcome-test", exclusive=True, exit_on_error=False)
    async def _test(self, text: str) -> None:
        from mediatui.commands.doctor import check_realdebrid
        from mediatui.services.realdebrid.client import clean_token
        from mediatui.settings.edit import set_value

        try:
            token = clean_token(text)
            self._verdict.update("Asking Real-Debrid …")
            check = await check_realdebrid(self.workspace.invocation, self.workspace.settings, token)
            if check.state == "problem":
                self._verdict.update(Content.styled(f"✗ {check.text} {check.hint}", "$text-error"))
                return
            set_value(self.workspace.paths.config_file, "realdebrid.token", token)
        except MediatuiError as error:
            self._verdict.update(Content.styled(f"✗ {error.sentence}", "$text-error"))
            return
        self._token.value = ""
        self.workspace.reload_settings()
        self.host.begin(f"✓ {check.text}")

    def action_demo(self) -> None:
        self.host.open_demo()
