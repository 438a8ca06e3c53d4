"""Lists of the settings as lines, and every setting in one place of the screen."""

from __future__ import annotations

from collections import Counter

import pytest

from mediatui.settings import Settings, all_keys
from mediatui.settings.entries import asked_for, entry_lines, moved, summary, with_new, with_text, without
from mediatui.settings.groups import GROUPS, OTHERS, grouped

ROOTS = all_keys()["library.roots"]
MOUNTS = all_keys()["library.mounts"]
PATHS = all_keys()["sonarr.path_map"]
KEYMAP = all_keys()["ui.keymap"]


def test_every_setting_stands_in_one_group_and_none_among_the_others() -> None:
    shown = list(grouped(Settings()))
    counts = Counter(place.key.name for _, places in shown for place in places)
    assert set(counts) == set(all_keys())
    assert set(counts.values()) == {1}
    assert OTHERS not in [group for group, _ in shown]
    assert {name for titles in GROUPS.values() for name in titles} <= set(all_keys())
    assert [group for group, _ in shown][:2] == ["Account", "Library"]
    assert shown[-1][0] == "Requests to Real-Debrid"


def test_services_of_one_kind_have_a_group_each() -> None:
    settings = Settings.model_validate({"sonarr": [{"name": "tv"}, {"name": "anime"}]})
    groups = dict(grouped(settings))
    assert [place.key.name for place in groups["Sonarr (anime)"]][:3] == [
        "sonarr.anime.enabled", "sonarr.anime.url", "sonarr.anime.api_key",
    ]  # fmt: skip
    assert "Sonarr" not in groups


def test_a_list_of_texts() -> None:
    roots: object = ["/a", "/b"]
    lines = list(entry_lines(ROOTS, roots))
    assert [(line.at, line.text) for line in lines] == [(0, "/a"), (1, "/b")]
    assert summary(ROOTS, roots) == "/a, /b"
    assert with_new(ROOTS, roots, ["/c"]) == ["/a", "/b", "/c"]
    assert with_text(ROOTS, roots, lines[1], "/d") == ["/a", "/d"]
    assert without(roots, 0) == ["/b"]
    assert moved(roots, 0, 1) == ["/b", "/a"]
    assert (moved(roots, 0, -1), moved(roots, 1, 1)) == (roots, roots)
    assert roots == ["/a", "/b"]


def test_a_list_of_tables() -> None:
    mounts: object = [{"path": "/m", "sentinel": "alive"}]
    lines = list(entry_lines(MOUNTS, mounts))
    assert [(line.field, line.text) for line in lines] == [
        ("path", "/m"), ("sentinel", "alive"), ("rclone_rc", ""), ("rclone_fs", ""),
    ]  # fmt: skip
    assert [name for name, _ in asked_for(MOUNTS)] == ["path"]
    assert [name for name, _ in asked_for(PATHS)] == ["ours", "theirs"]
    assert with_new(PATHS, [], ["/tv", "/data"]) == [{"ours": "/tv", "theirs": "/data"}]
    assert with_text(MOUNTS, mounts, lines[1], " ") == [{"path": "/m"}]
    assert with_text(MOUNTS, mounts, lines[0], "") == [{"path": "", "sentinel": "alive"}]  # refused when it is saved
    assert with_text(MOUNTS, mounts, lines[2], "http://r") == [
        {"path": "/m", "sentinel": "alive", "rclone_rc": "http://r"}
    ]
    assert summary(PATHS, [{"ours": "/tv", "theirs": "/data"}]) == "/tv = /data"
    rules = all_keys()["paths.rules"]
    assert [name for name, _ in asked_for(rules)] == ["kind", "from", "to"]
    assert summary(rules, with_new(rules, [], ["arr", "/tv", "/data"])) == "arr: /tv = /data"


@pytest.mark.parametrize("name", ["quit", "app.quit"])
def test_a_table_of_texts(name: str) -> None:
    keys = with_new(KEYMAP, {}, [name, "ctrl+q"])
    (line,) = entry_lines(KEYMAP, keys)
    assert (line.at, line.text) == (name, "ctrl+q")
    assert with_text(KEYMAP, keys, line, "Q") == {name: "Q"}
    assert without(keys, name) == {}
    assert moved(keys, name, 1) == keys
    assert summary(KEYMAP, keys) == f"{name} = ctrl+q"
