"""Where mediatui keeps things, and what moves them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from mediatui.model.errors import StoreError

APP = "mediatui"


@dataclass(frozen=True, slots=True)
class Paths:
    """The data dir (database, backups), the state dir (log) and the config file; none need exist yet."""

    data_dir: Path
    state_dir: Path
    config_file: Path

    @property
    def database(self) -> Path:
        """The archive."""
        return self.data_dir / "mediatui.db"

    @property
    def log_file(self) -> Path:
        """The rotating log, JSON lines."""
        return self.state_dir / "log" / "mediatui.log"

    def make_data_dir(self) -> None:
        """Creates the data dir; raises StoreError when it cannot be created or written."""
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"The data dir {self.data_dir} cannot be created ({error.strerror or error}).",
                "Choose another with --data-dir or MEDIATUI_DATA_DIR.",
            ) from error
        if not os.access(self.data_dir, os.W_OK | os.X_OK):
            raise StoreError(
                f"The data dir {self.data_dir} cannot be written.",
                "Check its owner and permissions, or choose another with --data-dir or MEDIATUI_DATA_DIR.",
            )


def find_paths(data_dir: Path | None = None, config_file: Path | None = None, *, demo: bool = False) -> Paths:
    """The paths of this run: what is given, else the environment, else the platform's user folders.

    The demo has folders of its own, so that it can never meet the real archive.
    """
    import platformdirs

    name = f"{APP}-demo" if demo else APP
    from_environment = None if demo else os.environ.get("MEDIATUI_DATA_DIR")
    data = data_dir or (Path(from_environment) if from_environment else Path(platformdirs.user_data_dir(name)))
    config = config_file or Path(
        os.environ.get("MEDIATUI_CONFIG") or Path(platformdirs.user_config_dir(APP)) / "config.toml"
    )
    return Paths(data.expanduser(), Path(platformdirs.user_state_dir(name)), config.expanduser())
