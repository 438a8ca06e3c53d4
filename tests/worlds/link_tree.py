"""One root of links and one mount, for commands run in a home: links and files by their paths, and nothing else."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from tests.worlds.home import Home

VIDEO = b"\x1aE\xdf\xa3".ljust(3012, b"v")


class LinkTree:
    """``root`` holds the links and ``mount`` their targets; ``home`` is configured to use them."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.root, self.mount = home.folder / "L", home.folder / "M"
        self.root.mkdir()
        self.mount.mkdir()
        (self.mount / "version.txt").touch()
        home.monkeypatch.setenv("MEDIATUI_LIBRARY__ROOTS", json.dumps([str(self.root)]))
        mounts = [{"path": str(self.mount), "sentinel": "version.txt"}]
        home.monkeypatch.setenv("MEDIATUI_LIBRARY__MOUNTS", json.dumps(mounts))

    def file(self, path: str) -> Path:
        """A video on the mount."""
        full = self.mount / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(VIDEO)
        return full

    def link(self, path: str, target: str = "", *, text: str = "") -> Path:
        """A link of the library to a path below the mount, or with this text; dead without either."""
        full = self.root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.symlink_to(text or self.mount / (target or f"__all__/gone/{full.name}"))
        return full

    def both(self, path: str, target: str) -> Path:
        """A link of the library to a video on the mount."""
        self.file(target)
        return self.link(path, target)

    def findings(self, *words: str) -> dict[str, dict[str, Any]]:
        """What a command finds, by the path below the root."""
        rows = [row for row in self.home.json(*words).lines if row["type"] == "finding"]
        return {os.path.relpath(row["path"], self.root): row for row in rows}

    def relinked(self) -> dict[str, str]:
        """Where each link leads after dead ones were repaired: below the root and below the mount."""
        done = self.home.run("repair-links", "--apply", "--allow", "50")
        assert done.code == 0, done.err
        return self.links()

    def links(self) -> dict[str, str]:
        """Every link, by its path below the root, and where it leads below the mount."""
        found = {}
        for folder, folders, names in os.walk(self.root):
            for path in (os.path.join(folder, name) for name in (*folders, *names)):
                if os.path.islink(path):
                    found[os.path.relpath(path, self.root)] = os.path.relpath(os.readlink(path), self.mount)
        return found

    def away(self) -> None:
        """The mount is gone: an empty folder is left."""
        os.rename(self.mount, self.home.folder / "M-elsewhere")
        self.mount.mkdir()
