"""Several Sonarrs and Radarrs in the settings, each by its name: files, environment, commands that change them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from mediatui.model.errors import UsageError
from mediatui.settings import MASK, SettingsError, keys_of, load, plain_value
from mediatui.settings.edit import export_text, find_key, import_file, set_value, unset_value
from mediatui.settings.model import Settings

KEY = "0123456789abcdef0123456789abcdef"
TWO = f"""# mine
[[sonarr]] # the first
name = "tv"
# where it is
url = "http://tv:8989" # inside
api_key = "{KEY}"

[[sonarr]]
name = "anime"
url = "http://anime:8989"
enabled = true

[ui]
theme = "nord"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def read(file: Path, environ: Mapping[str, str] | None = None, **overrides: object) -> Settings:
    return load(file, environ=environ or {}, folder=file.parent, overrides=overrides).settings


def refused(file: Path, environ: Mapping[str, str] | None = None) -> str:
    with pytest.raises(SettingsError) as caught:
        read(file, environ)
    assert caught.value.exit_code == 2
    assert KEY not in caught.value.message
    return caught.value.message


def test_one_is_named_by_its_kind_and_several_by_their_names(file: Path) -> None:
    file.write_text('[sonarr]\nurl = "http://one"\n')
    sonarr, radarr = read(file).services
    assert (sonarr.kind, sonarr.name, sonarr.title, sonarr.url) == ("sonarr", "sonarr", "Sonarr", "http://one")
    assert (radarr.kind, radarr.name, radarr.title) == ("radarr", "radarr", "Radarr")
    file.write_text(TWO)
    settings = read(file)
    assert [(one.kind, one.name, one.title) for one in settings.services] == [
        ("sonarr", "tv", "Sonarr (tv)"),
        ("sonarr", "anime", "Sonarr (anime)"),
        ("radarr", "radarr", "Radarr"),
    ]
    assert settings.arr("anime").url == "http://anime:8989"


def test_the_word_of_a_kind_is_the_only_one_of_it_whatever_its_name(file: Path) -> None:
    """Plans of old databases hold ``sonarr``."""
    file.write_text('[sonarr]\nname = "tv"\n')
    assert read(file).arr("sonarr").name == "tv"
    file.write_text(TWO)
    with pytest.raises(UsageError, match=r"^No Sonarr or Radarr is named sonarr in the settings\.$"):
        read(file).arr("sonarr")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[[sonarr]]\nname = "a"\n[[sonarr]]\nname = "a"\n', "2 services are named a"),
        ('[[sonarr]]\nname = "a"\n[radarr]\nname = "a"\n', "2 services are named a"),
        (f'[[sonarr]]\nname = "a"\n[[sonarr]]\napi_key = "{KEY}"\n', "each of several needs a name"),
        ('[sonarr]\nname = "A b"\n', 'sonarr.name = "A b" is not allowed'),
        ('[[sonarr]]\nname = "ä"\n[[sonarr]]\nname = "b"\n', "sonarr.ä.name"),
        ('[sonarr]\nname = "radarr"\n', "a Sonarr cannot be named radarr"),
        ('[sonarr]\nname = "tree"\n', "a Sonarr cannot be named tree"),
        ('[sonarr.anime]\nurl = "http://a"\n', "Several are written as [[sonarr]], each with a name."),
        ('[[sonarr]]\nname = "a"\nurll = "x"\n[[sonarr]]\nname = "b"\n', "There is no setting sonarr.a.urll"),
        (
            f'[[sonarr]]\nname = "a"\napi_key = 7\nurl = "x"\n[[sonarr]]\nname = "b"\napi_key = "{KEY}"\n',
            "sonarr.a.url",
        ),
        ("sonarr = 5\n", "sonarr is a section"),
    ],
)
def test_what_cannot_be_is_named_with_its_reason_and_place(file: Path, text: str, expected: str) -> None:
    file.write_text(text)
    message = refused(file)
    assert expected in message
    assert str(file) in message


def test_the_environment_gives_all_of_them_as_a_list_in_place_of_the_file(file: Path) -> None:
    file.write_text(TWO)
    services = [{"name": "a", "url": "http://a"}, {"name": "b", "api_key": KEY}]
    loaded = load(file, environ={"MEDIATUI_SONARR": json.dumps(services)}, folder=file.parent)
    assert [one.name for one in loaded.settings.sonarr] == ["a", "b"]
    assert loaded.origins["sonarr.a.url"] == "environment variable MEDIATUI_SONARR"
    assert [one.name for one in read(file, {"MEDIATUI_SONARR": "[]"}).sonarr] == ["sonarr"]
    assert read(file, {"MEDIATUI_SONARR": '{"url": "http://one"}'}).sonarr[0].url == "http://one"


def test_one_key_of_the_environment_works_while_there_is_one_service(file: Path) -> None:
    one = {"MEDIATUI_SONARR__URL": "http://new"}
    assert read(file, one).sonarr[0].url == "http://new"
    file.write_text('[[sonarr]]\nname = "tv"\nenabled = true\n')
    assert (read(file, one).sonarr[0].url, read(file, one).sonarr[0].enabled) == ("http://new", True)
    file.write_text(TWO)
    assert "MEDIATUI_SONARR__URL) is for the only Sonarr, but" in refused(file, one)


@pytest.mark.parametrize("text", ["nonsense", "[1]", '"x"', "[[]]"])
def test_a_list_of_the_environment_that_is_none_is_refused(file: Path, text: str) -> None:
    assert "MEDIATUI_SONARR is not a list of services" in refused(file, {"MEDIATUI_SONARR": text})


def test_a_list_and_a_key_of_the_environment_contradict_each_other(file: Path) -> None:
    message = refused(file, {"MEDIATUI_SONARR": "[]", "MEDIATUI_SONARR__API_KEY": KEY})
    assert "MEDIATUI_SONARR and MEDIATUI_SONARR__API_KEY are both set" in message


def test_setting_a_key_of_a_new_name_adds_a_service_and_keeps_comments(file: Path) -> None:
    file.write_text(
        f'# top\n[sonarr] # mine\n# where\nurl = "http://a" # inside\napi_key = "{KEY}"\n\n[ui]\ntheme = "nord"\n'
    )
    assert set_value(file, "sonarr.anime.url", "http://b") is True
    assert set_value(file, "sonarr.anime.enabled", "true") is False
    assert set_value(file, "radarr.4k.url", "http://c") is True
    text = file.read_text()
    for kept in ("# top\n", "[[sonarr]] # mine\n", "# where\n", 'url = "http://a" # inside\n', 'theme = "nord"'):
        assert kept in text
    settings = read(file)
    assert [(one.name, one.url, one.enabled) for one in settings.services] == [
        ("sonarr", "http://a", False),
        ("anime", "http://b", True),
        ("4k", "http://c", False),
    ]
    assert settings.arr("sonarr").api_key.get_secret_value() == KEY


@pytest.mark.parametrize(
    "text",
    [
        'sonarr = {url = "http://a"}\n',
        'sonarr.url = "http://a"\n',
        '[[sonarr]]\nurl = "http://a"\n[[sonarr.path_map]]\nours = "/a"\ntheirs = "/b"\n',
        '[sonarr]\nurl = "http://a"\n[[sonarr.path_map]]\nours = "/a"\ntheirs = "/b"\n[log]\nbackups = 1\n',
        'sonarr = [{name = "sonarr", url = "http://a"}]\n',
    ],
)
def test_a_second_service_is_added_whatever_form_the_first_has(file: Path, text: str) -> None:
    file.write_text(text)
    set_value(file, "sonarr.anime.url", "http://b")
    settings = read(file)
    assert [(one.name, one.url) for one in settings.sonarr] == [("sonarr", "http://a"), ("anime", "http://b")]
    assert len(settings.sonarr[0].path_map) == ("path_map" in text)
    assert settings.sonarr[1].path_map == []


def test_among_several_a_key_without_a_name_says_which_there_are(file: Path) -> None:
    file.write_text(TWO)
    with pytest.raises(SettingsError, match=r"say which is meant: sonarr\.tv\.url, sonarr\.anime\.url"):
        set_value(file, "sonarr.url", "http://x")
    set_value(file, "sonarr.tv.name", "sonarr")
    set_value(file, "sonarr.url", "http://x")
    assert read(file).arr("sonarr").url == "http://x"
    assert file.read_text().count("http://") == 2


@pytest.mark.parametrize("name", ["sonarr.a_b.url", "sonarr.anime.urll", "sonarr.a.b.url", "library.x.roots"])
def test_a_key_of_a_service_that_cannot_be_is_refused(file: Path, name: str) -> None:
    with pytest.raises(SettingsError):
        set_value(file, name, "http://x")
    assert not file.exists()


def test_keys_services_and_all_of_a_kind_can_be_taken_out(file: Path) -> None:
    file.write_text(TWO)
    assert unset_value(file, "sonarr.anime.enabled")
    assert not unset_value(file, "sonarr.anime.enabled")
    with pytest.raises(SettingsError, match="needs a name"):
        unset_value(file, "sonarr.anime.name")
    assert unset_value(file, "sonarr.anime")
    assert [one.name for one in read(file).sonarr] == ["tv"]
    assert unset_value(file, "sonarr")
    assert tomllib.loads(file.read_text()) == {"ui": {"theme": "nord"}}


def test_an_export_hides_the_keys_of_each_and_comes_back_with_them(file: Path, tmp_path: Path) -> None:
    other = KEY[::-1]
    file.write_text(TWO.replace('name = "anime"', f'name = "anime"\napi_key = "{other}"'))
    masked = export_text(file, with_secrets=False)
    assert (masked.count(MASK), KEY in masked, other in masked) == (2, False, False)
    swapped = tmp_path / "swapped.toml"
    first, second = masked.partition("[[sonarr]]")[2].partition("[ui]")[0].split("[[sonarr]]")
    swapped.write_text(f"[[sonarr]]{second}[[sonarr]]{first}")
    import_file(file, swapped, replace=True)
    settings = read(file)
    assert [one.name for one in settings.sonarr] == ["anime", "tv"]
    assert [one.api_key.get_secret_value() for one in settings.sonarr] == [other, KEY]


def test_every_service_has_its_own_keys_in_the_list_of_settings(file: Path) -> None:
    file.write_text(TWO)
    loaded = load(file, environ={}, folder=file.parent)
    names = [key.name for key in keys_of(loaded.settings)]
    urls = [name for name in names if name.endswith(".url")]
    assert urls == [
        "sonarr.tv.url", "sonarr.anime.url", "radarr.url", "prowlarr.url", "seedbox.url", "plex.url", "jellyfin.url",
    ]  # fmt: skip
    assert plain_value(loaded.settings, "sonarr.anime.url") == "http://anime:8989"
    assert loaded.origins["sonarr.anime.url"] == f"config file {file}"
    assert "sonarr.anime.after_change" not in loaded.origins
    assert find_key("sonarr.anime.url").environment_name == "MEDIATUI_SONARR"
