"""The theme that is chosen stays from one start to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediatui.model.errors import MediatuiError
from mediatui.settings.edit import set_value

if TYPE_CHECKING:
    from mediatui.tui.host import Host


def save_theme(app: Host, name: str) -> None:
    """Writes the theme into the config file, and says whether it holds then."""
    workspace = app.workspace
    try:
        set_value(workspace.paths.config_file, "ui.theme", name)
        workspace.reload_settings()
        kept = workspace.settings.ui.theme == name
    except MediatuiError as error:
        app.prompt.say(error.sentence, "error")
        return
    origin = workspace.loaded.origins["ui.theme"]
    app.prompt.say(f"Theme {name} is saved." if kept else f"Theme {name} is saved, but the {origin} comes first.")
