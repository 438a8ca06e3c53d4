"""Queries about links into torrents: no answer, and no change, before every folder of links was scanned to its end."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.worlds.home import Home, Service

NO = ("linked:no", "is:unlinked", "-linked:yes", "NOT linked:yes", "-(linked:yes)", "-(linked:yes OR status:virus)")
YES = ("linked:yes", "-linked:no", "NOT is:unlinked", "-(is:unlinked)")


def roots(home: Home, *names: str) -> list[Path]:
    """The folders of links that are configured."""
    folders = [home.folder / name for name in names]
    for folder in folders:
        folder.mkdir(exist_ok=True)
    home.monkeypatch.setenv("MEDIATUI_LIBRARY__ROOTS", json.dumps(list(map(str, folders))))
    return folders


def link(home: Home, folder: Path) -> str:
    """A link into a torrent; returns its id."""
    ((torrent_id, name),) = home.sql("SELECT id, filename FROM torrents WHERE status = 'downloaded' LIMIT 1")
    target = home.folder / "mount" / name / f"{name}.mkv"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(b"v" * 2048)
    (folder / "one.mkv").symlink_to(target)
    return str(torrent_id)


def found(home: Home, query: str) -> set[str]:
    return {line["id"] for line in home.json("torrents", "--", query).lines if line["type"] == "torrent"}


@pytest.mark.parametrize("configured", [(), ("links",)], ids=["no roots", "never scanned"])
def test_before_a_scan_nothing_is_answered_and_nothing_deleted(
    changing: Home, account: Service, configured: tuple[str, ...]
) -> None:
    roots(changing, *configured)
    for query in (*NO, *YES, "linked:no OR linked:yes"):
        said = changing.run("torrents", "--", query)
        assert (said.code, "scan" in said.err.lower(), "No torrent matches" in said.out + said.err) == (0, True, True)
        machine = changing.json("torrents", "--", query)
        assert machine.result["count"] == 0
        assert "scan" in machine.result["not_known"]
        assert "scan" in machine.err
    for command in ("delete", "repair"):
        for query in (NO[0], NO[2], "status:downloaded OR linked:no"):
            refused = changing.run(command, "--apply", "--allow", "60", "--", query)
            assert refused.code == 4
            assert "scan" in refused.err.lower()
    assert account.written == []
    assert changing.run("torrents", "status:downloaded -linked:yes").code == 0
    assert found(changing, "status:virus OR linked:no") == found(changing, "status:virus")
    assert found(changing, "-(linked:no status:virus)") == found(changing, "-status:virus")


def test_an_export_says_so_too(changing: Home) -> None:
    done = changing.run("export", "linked:no", "--format", "magnets")
    assert (done.code, done.out) == (0, "")
    assert "scan" in done.err.lower()


def test_a_scan_of_every_root_answers_and_one_of_some_does_not(changing: Home, account: Service) -> None:
    first, second = roots(changing, "links", "more")
    linked = link(changing, second)
    every = found(changing, "")
    (first / "a").mkdir()
    assert changing.run("scan", str(first)).code == 0
    assert found(changing, "linked:no") == set(), "links of the other root are not known"
    assert changing.run("delete", "linked:no", "--apply", "--allow", "60").code == 4
    assert changing.run("scan", str(second)).code == 0
    for query in NO[:5]:
        assert found(changing, query) == every - {linked}
    for query in YES:
        assert found(changing, query) == {linked}
    assert found(changing, NO[5]) == every - {linked} - found(changing, "status:virus")

    roots(changing, "links", "more", "third")
    assert found(changing, "linked:no") == set(), "a folder more is a folder nobody has looked into"
    roots(changing, "links", "more")
    assert found(changing, "linked:no") == every - {linked}
    assert account.written == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_cannot_be_read_is_no_end(changing: Home) -> None:
    (root,) = roots(changing, "links")
    (root / "closed").mkdir(mode=0)
    try:
        changing.run("scan")
        assert found(changing, "linked:no") == set()
    finally:
        (root / "closed").chmod(0o700)
    changing.run("scan")
    assert found(changing, "linked:no")


def test_what_came_after_the_scan_is_neither(changing: Home) -> None:
    """A repaired torrent has another id, and the links that lead to it were matched with the old one."""
    roots(changing, "links")
    assert changing.run("scan").code == 0
    every = found(changing, "linked:no")
    new = sorted(every)[0]
    changing.sql("UPDATE torrents SET first_seen_at = first_seen_at + 86400 WHERE id = ?", new)
    assert found(changing, "linked:no") == every - {new}
    assert found(changing, "linked:yes") == set()
