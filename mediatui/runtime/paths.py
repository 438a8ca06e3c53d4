"""Where mediatui keeps its files: the archive, the log, the config file.

Kept free of heavy imports, because every fast command needs it.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mediatui.system.private_files import make_folder

APP: Final = "mediatui"


@dataclass(frozen=True, slots=True)
class Paths:
    """The data dir (archive, backups, what the screens remember), the state dir (log) and the config file; none of them
    needs to exist."""

    data_dir: Path
    state_dir: Path
    config_file: Path

    @property
    def database(self) -> Path:
        """The archive, an SQLite database."""
        return self.data_dir / "mediatui.db"

    @property
    def backups(self) -> Path:
        """Copies of the database made before migrations, and hash backups made before bulk changes."""
        return self.data_dir / "backups"

    @property
    def known_hosts(self) -> Path:
        """The host keys that are pinned, in the form of OpenSSH."""
        return self.data_dir / "known_hosts"

    @property
    def log_file(self) -> Path:
        """The rotating log, one JSON object a line."""
        return self.state_dir / "log" / "mediatui.log"

    @property
    def screen_file(self) -> Path:
        """What is remembered of the screens between starts, as JSON: of each archive apart, since folders are in it."""
        return self.data_dir / "screen.json"

    def private(self) -> Iterator[Path]:
        """Everything that exists of these and that only its owner should read: folders, archive, copies, log, config
        file, login, what the screens remember."""
        from mediatui.settings.login import LoginFile

        login = LoginFile(self.config_file).path
        known = [self.data_dir, self.config_file, login, self.backups, self.log_file.parent, self.screen_file]
        known.append(self.known_hosts)
        known += [self.database.with_name(f"{self.database.name}{end}") for end in ("", "-wal", "-shm")]
        for folder in (self.backups, self.log_file.parent):
            with contextlib.suppress(OSError):
                known += sorted(folder.iterdir())
        return (path for path in known if os.path.exists(path))

    def make_data_dir(self) -> None:
        """Creates the data dir (readable by its owner only) when it is missing; raises UnusableFolder."""
        make_folder(self.data_dir, "data dir", "Choose another with --data-dir or MEDIATUI_DATA_DIR.")


def find_paths(
    *,
    config: Path | None = None,
    data_dir: Path | None = None,
    demo: bool = False,
    environ: Mapping[str, str] = os.environ,
) -> Paths:
    """The paths of this run: the arguments, else ``MEDIATUI_CONFIG`` and ``MEDIATUI_DATA_DIR``, else the user's
    own folders as the platform defines them.

    The demo lives in a folder ``demo`` below each of these, with a config file of its own unless ``config`` names
    one, so that it can never touch a real archive or its settings.
    """
    import platformdirs

    data = data_dir or _from(environ, "MEDIATUI_DATA_DIR") or platformdirs.user_data_path(APP, appauthor=False)
    state = platformdirs.user_state_path(APP, appauthor=False)
    if demo:
        data, state = data / "demo", state / "demo"
        file = config or data / "config.toml"
    else:
        own = platformdirs.user_config_path(APP, appauthor=False) / "config.toml"
        file = config or _from(environ, "MEDIATUI_CONFIG") or own
    return Paths(_absolute(data), _absolute(state), _absolute(file))


def _from(environ: Mapping[str, str], name: str) -> Path | None:
    value = environ.get(name, "").strip()
    return Path(value) if value else None


def _absolute(path: Path) -> Path:
    with contextlib.suppress(RuntimeError):  # "~name" without such a user: a folder of that name is meant
        path = path.expanduser()
    return Path(os.path.abspath(path))
