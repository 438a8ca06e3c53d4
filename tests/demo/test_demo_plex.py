"""The Plex of the demo: it takes what lies below a reported folder, drops what dangles, and tells each user's marks."""

from __future__ import annotations

import os
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from mediatui.demo.plex import PlexUser, SimulatedPlex, videos_below
from mediatui.model.media_server import Watched
from mediatui.services.errors import Permanent
from mediatui.services.plex.client import Plex

TOKEN = "demo-token-of-ann"


async def test_a_report_has_it_look_at_that_folder_and_users_keep_their_own_marks(tmp_path: Path) -> None:
    films, target = tmp_path / "Films" / "SF", tmp_path / "mount.mkv"
    films.mkdir(parents=True)
    target.write_bytes(b"video")
    (films / "Dust Road (2001).mkv").symlink_to(target)
    (films / "Gone (2002).mkv").symlink_to(tmp_path / "gone.mkv")
    box = SimulatedPlex([PlexUser(1, "ann", True, token=TOKEN), PlexUser(2, "bob", token="demo-token-of-bob")])
    box.section("1", "Films", "movie", str(tmp_path / "Films"))
    plex = Plex("http://plex.invalid", SecretStr(TOKEN), transport=httpx.MockTransport(box))
    (library,) = await plex.libraries()
    await plex.report(str(films), library)
    (item,) = [item async for page in plex.items(library) for item in page]
    assert item.path == str(films / "Dust Road (2001).mkv")
    ann, bob = await plex.users()
    await plex.set_watched(bob, item, Watched(True))
    seen = [await plex.watched(user, item) for user in (ann, bob)]
    assert [one is not None and one.played for one in seen] == [False, True]
    target.unlink()
    with pytest.raises(Permanent):
        await plex.report(str(tmp_path), library)
    await plex.report(str(films), library)
    assert [item async for page in plex.items(library) for item in page] == []
    await plex.close()


def test_a_file_whose_name_is_not_utf8_is_none_it_tells_of(tmp_path: Path) -> None:
    (tmp_path / "ok.mkv").touch()
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/T\xe9.mkv")).touch()
    assert list(videos_below(str(tmp_path))) == [str(tmp_path / "ok.mkv")]
