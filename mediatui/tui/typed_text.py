"""What becomes of what is typed into the prompt: the view in front is narrowed, a command runs, something is added."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from mediatui.tui.filtering import FilteredView

if TYPE_CHECKING:
    from mediatui.tui.job_monitor import JobMonitor
    from mediatui.tui.plan_controller import PlanController
    from mediatui.tui.view import View
    from mediatui.tui.views.help.palette import PaletteView


class Taker(Protocol):
    """What does what is typed: the app."""

    job_monitor: JobMonitor

    @property
    def view(self) -> View | None:
        """The view in front."""

    @property
    def plans(self) -> PlanController:
        """Plans and their application."""

    async def run_command(self, line: str) -> None:
        """Does what the ``:`` line says."""


class TypedText:
    """The listener of the app's prompt (``widgets.prompt_input.Listener``)."""

    def __init__(self, app: Taker) -> None:
        self._app = app

    def prompt_typed(self, mode: str, text: str) -> str:
        """Narrows the rows of the view in front while a filter is typed; returns why a text is no filter."""
        view = self._app.view
        if mode == "filter" and isinstance(view, FilteredView):
            return view.filter_typed(text)
        if mode == "palette":
            cast("PaletteView", view).narrow(text)
        return ""

    def message_cut(self, severity: str, text: str) -> None:
        """Puts what is too long for the message line into the log."""
        self._app.job_monitor.write(severity, text)

    def prompt_left(self, mode: str) -> None:
        """Gives the view in front the filter back that it had before another was begun."""
        view = self._app.view
        if mode == "filter" and isinstance(view, FilteredView):
            view.filter_left()

    async def prompt_entered(self, mode: str, text: str) -> None:
        """Hands what was entered to the view in front, or does what it says."""
        app, view = self._app, self._app.view
        if view is not None and view.entered(mode, text):
            return
        if mode == "command":
            await app.run_command(text)
        elif mode == "filter" and isinstance(view, FilteredView):
            view.filter_entered()
        elif mode == "add":
            app.plans.add(text.strip())
        elif mode == "grab":
            app.plans.grab_typed(text.strip())
        elif mode == "palette":
            await cast("PaletteView", view).choose()
