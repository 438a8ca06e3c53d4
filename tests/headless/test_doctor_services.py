"""doctor on several Sonarrs and Radarrs: each by its name, reachable, and seeing the library where we see it."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mediatui.services.catalogs import Catalogs
from tests.fakes.arr import KEY, FakeArr
from tests.fakes.catalogs import TMDB_KEY, TVDB_KEY, TVDB_PIN, FakeTmdb, FakeTvdb, slow_down
from tests.fakes.jellyfin import ANN, FakeJellyfin
from tests.fakes.prowlarr import FakeProwlarr
from tests.fakes.sockets import on_socket
from tests.worlds.home import Home
from tests.worlds.rtorrent import RealRTorrent
from tests.worlds.sshd import RealSshd


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "library"
    for name in ("tv/Dark", "tv/Fargo", "films/Heat"):
        (folder / name).mkdir(parents=True)
    return folder


@pytest.fixture
def contained(library: Path) -> Iterator[tuple[FakeArr, str]]:
    """A Sonarr in a container, which sees the library as /data, and its address."""
    sonarr = FakeArr(
        "sonarr",
        theirs=lambda path: path.replace(str(library), "/data"),
        ours=lambda path: path.replace("/data", str(library)),
    )
    for name in ("Dark", "Fargo"):
        sonarr.hold(name, library / "tv" / name)
    with on_socket(sonarr) as address:
        yield sonarr, address


def configured(home: Home, text: str) -> Path:
    config = home.folder / "config" / "mediatui" / "config.toml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(text)
    config.chmod(0o600)
    return config


def checks(home: Home) -> dict[str, dict[str, str]]:
    return {row["name"]: row for row in home.json("doctor").lines[:-1]}


def test_root_folders_that_meet_no_root_of_the_library_ask_for_attention_with_the_map_that_fits(
    home: Home, library: Path, contained: tuple[FakeArr, str]
) -> None:
    """Path map missing, then set by the command doctor gives."""
    sonarr = f'[sonarr]\nenabled = true\nurl = "{contained[1]}"\napi_key = "{KEY}"\n'
    configured(home, f'# kept\n[library]\nroots = ["{library}/tv", "{library}/films"]\n{sonarr}')
    found = checks(home)["sonarr"]
    assert found["state"] == "warning"
    assert "none of its root folders (/data/tv) is in the library" in found["reason"]
    assert "2 of 2 folders of its series" in found["hint"]
    assert home.run("doctor", "--exit-code").code == 5
    command = shlex.split(found["hint"].partition("mediatui ")[2])
    assert json.loads(command[-1]) == [{"ours": str(library), "theirs": "/data"}]
    assert home.run(*command).code == 0
    assert checks(home)["sonarr"]["state"] == "ok"


def test_a_map_that_is_wrong_is_found_out_too(home: Home, library: Path, contained: tuple[FakeArr, str]) -> None:
    """Path map wrong."""
    wrong = 'path_map = [{ours = "/elsewhere", theirs = "/data"}]\n'
    sonarr = f'[sonarr]\nenabled = true\nurl = "{contained[1]}"\napi_key = "{KEY}"\n{wrong}'
    configured(home, f'[library]\nroots = ["{library}"]\n{sonarr}')
    found = checks(home)["sonarr"]
    assert found["state"] == "warning"
    assert f'"ours": "{library}", "theirs": "/data"' in found["hint"]


def test_each_of_several_is_a_check_of_its_own(home: Home, library: Path, contained: tuple[FakeArr, str]) -> None:
    radarr = FakeArr("radarr")
    radarr.hold("Heat", library / "films" / "Heat")
    with on_socket(radarr) as address:
        configured(
            home,
            f'[library]\nroots = ["{library}"]\n'
            f'[[sonarr]]\nname = "tv"\nenabled = true\nurl = "{contained[1]}"\napi_key = "{KEY}"\n'
            f'[[sonarr]]\nname = "anime"\nenabled = true\nurl = "http://127.0.0.1:9"\napi_key = "{KEY}"\n'
            f'[radarr]\nenabled = true\nurl = "{address}"\napi_key = "{KEY}"\n',
        )
        found = checks(home)
    assert {name: found[name]["state"] for name in ("tv", "anime", "radarr")} == {
        "tv": "warning", "anime": "problem", "radarr": "ok",
    }  # fmt: skip
    assert "mediatui config set sonarr.tv.path_map" in found["tv"]["hint"]
    assert "Sonarr (anime) cannot be reached" in found["anime"]["reason"]
    assert "sonarr.anime.url" in found["anime"]["hint"]


def test_a_root_folder_the_service_cannot_get_at_asks_for_attention(home: Home, library: Path) -> None:
    sonarr = FakeArr("sonarr", ours=lambda path: f"/nowhere{path}")
    sonarr.hold("Dark", library / "tv" / "Dark")
    with on_socket(sonarr) as address:
        configured(
            home,
            f'[library]\nroots = ["{library}"]\n[sonarr]\nenabled = true\nurl = "{address}"\napi_key = "{KEY}"\n',
        )
        assert f"cannot get at its root folder {library}/tv" in checks(home)["sonarr"]["reason"]


def test_prowlarr_is_asked_and_what_it_has_paused_or_lacks_is_named(home: Home) -> None:
    prowlarr = FakeProwlarr()
    prowlarr.add(1, name="Alpha")
    prowlarr.add(2, name="Bravo")
    with on_socket(prowlarr) as address:
        section = f'[prowlarr]\nenabled = true\nurl = "{address}"\napi_key = "{KEY}"\n'
        configured(home, section)
        well = checks(home)["prowlarr"]
        prowlarr.fail(prowlarr.indexers[2])
        paused = checks(home)["prowlarr"]
        configured(home, f'{section}indexers = ["alpha", "Charlie"]\n')
        lacking = checks(home)["prowlarr"]
    assert (well["state"], "2 indexers in use" in well["reason"]) == ("ok", True)
    assert (paused["state"], "it has paused Bravo until " in paused["reason"]) == ("warning", True)
    assert (lacking["state"], "it has no indexer Charlie" in lacking["reason"]) == ("problem", True)
    assert "There are: Alpha, Bravo" in lacking["hint"]


def test_catalogs_without_a_key_are_not_asked_and_those_with_one_that_is_refused_are_named(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmdb, tvdb = FakeTmdb(), FakeTvdb(pin=TVDB_PIN)
    monkeypatch.setattr(
        "mediatui.commands.connect_catalogs.make_catalogs",
        lambda settings, invocation: Catalogs(settings, tmdb.transport(), tvdb.transport()),
    )
    configured(home, "")
    assert not {"tmdb", "tvdb"} & set(checks(home))
    configured(home, f'[metadata]\ntmdb_key = "{TMDB_KEY}"\ntvdb_key = "{TVDB_KEY}"\n')
    found = checks(home)
    assert (found["tmdb"]["state"], "TMDB accepts the key, answers in" in found["tmdb"]["reason"]) == ("ok", True)
    assert (found["tvdb"]["state"], "does not accept the key" in found["tvdb"]["reason"]) == ("problem", True)
    assert "metadata.tvdb_pin" in found["tvdb"]["hint"]
    configured(home, f'[metadata]\ntmdb_key = "{TMDB_KEY}"\ntvdb_key = "{TVDB_KEY}"\ntvdb_pin = "{TVDB_PIN}"\n')
    tmdb.lies.append(slow_down(300))
    found = checks(home)
    assert (found["tmdb"]["state"], "slow down" in found["tmdb"]["reason"]) == ("warning", True)
    assert found["tvdb"]["state"] == "ok"


def test_a_profile_root_folder_or_tag_for_additions_that_is_not_there_asks_for_attention(
    home: Home, library: Path, contained: tuple[FakeArr, str]
) -> None:
    sonarr = f'[sonarr]\nenabled = true\nurl = "{contained[1]}"\napi_key = "{KEY}"\n'
    there = f'[library]\nroots = ["{library}/tv"]\n{sonarr}path_map = [{{ours = "{library}", theirs = "/data"}}]\n'
    for line, lacks, setting in (
        ('quality_profile = "HD"', "Sonarr has no quality profile HD.", "sonarr.quality_profile"),
        ('root_folder = "/elsewhere"', "Sonarr has no root folder /elsewhere.", "sonarr.root_folder"),
        ('tags = ["vu"]', "Sonarr has no tag vu.", "sonarr.tags"),
    ):
        configured(home, there + line)
        found = checks(home)["sonarr"]
        assert (found["state"], lacks in found["reason"], setting in found["hint"]) == ("warning", True, True)
    configured(home, there + 'quality_profile = "any"\nroot_folder = "/data/tv"')
    assert checks(home)["sonarr"]["state"] == "ok"


def test_the_seedbox_is_asked_and_its_way_in_limit_and_folders_are_said(home: Home, rtorrent: RealRTorrent) -> None:
    configured(home, f'[seedbox]\nenabled = true\nurl = "{rtorrent.url}"\n')
    found = checks(home)["seedbox"]
    assert (found["state"], found["hint"]) == ("ok", "")
    assert re.match(
        r"rTorrent 0\.\d.* answers in \d+ ms, by SCGI over a unix socket, takes requests up to .*B, makes folders",
        found["reason"],
    )


def test_the_ssh_login_of_the_seedbox_carries_scgi_and_tells_its_folders_and_room(
    home: Home, rtorrent: RealRTorrent, sshd: RealSshd
) -> None:
    login = f'[sftp]\nhost = "127.0.0.1"\nport = {sshd.port}\nkey_file = "{sshd.key}"\nagent = false\n'
    seedbox = f'[seedbox]\nenabled = true\nurl = "ssh+scgi://{rtorrent.socket}"\n'
    configured(home, f'{login}{seedbox}roots = ["{sshd.root}"]\n')
    found = checks(home)
    assert {found[name]["state"] for name in ("seedbox", "sftp")} == {"problem"}
    assert "is not known yet: ssh-ed25519 SHA256:" in found["sftp"]["reason"]
    said = home.run("sftp", "trust", f"127.0.0.1:{sshd.port}")
    assert said.code == 3
    fingerprint = re.search(r"SHA256:\S{43}", said.out + said.err)[0]  # type: ignore[index]
    wrong = home.run("sftp", "trust", f"127.0.0.1:{sshd.port}", "--fingerprint", "SHA256:" + "x" * 43)
    assert wrong.code == 4
    assert home.run("sftp", "trust", "127.0.0.1", "--fingerprint", fingerprint).code == 0
    found = checks(home)
    assert "by SCGI through SSH" in found["seedbox"]["reason"]
    assert found["sftp"]["state"] == "ok"
    assert re.search(rf"free, {re.escape(str(sshd.root))} can be written in", found["sftp"]["reason"])
    (sshd.root / "Show").mkdir(exist_ok=True)
    (sshd.root / "Show" / "e01.mkv").write_bytes(b"episode" * 1000)
    (sshd.root / "Show" / "e01.nfo").write_bytes(b"text")
    assert "Show" in home.run("remote").out
    assert home.run("remote", "/etc").code == 2
    fetched = home.run("remote", "fetch", f"{sshd.root}/Show", "-o", str(home.folder / "here"))
    assert fetched.code == 0
    assert (home.folder / "here" / "Show" / "e01.mkv").read_bytes() == b"episode" * 1000
    assert [path.name for path in (home.folder / "here" / "Show").iterdir()] == ["e01.mkv"]
    again = home.run("--json", "remote", "fetch", f"{sshd.root}/Show/", "-o", str(home.folder / "here"))
    assert (again.code, again.result["there"], again.result["bytes"]) == (0, 1, 0)
    configured(home, f'{login}{seedbox}roots = ["{sshd.root}/gone"]\n')
    assert "it sees no folder" in checks(home)["sftp"]["reason"]
    assert home.run("sftp", "forget", "127.0.0.1").out.startswith("1 host key of 127.0.0.1 forgotten")


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("", "seedbox.url is not set."),
        ('url = "scgi:///nowhere/rpc.socket"', "cannot be reached at scgi:///nowhere/rpc.socket (No such file"),
        ('url = "scgi://127.0.0.1:1"', "cannot be reached at scgi://127.0.0.1:1 (Connection refused)"),
        ('url = "ssh+scgi:///home/bob/rpc.socket"', "leads through an SSH login, and sftp.host is not set"),
        (
            'url = "http://198.51.100.7/RPC2"\nuser = "bob"\npassword = "tell-nobody"',
            "travel unencrypted to 198.51.100.7",
        ),
    ],
)
def test_a_seedbox_that_cannot_be_reached_says_why_and_never_its_password(home: Home, lines: str, reason: str) -> None:
    configured(home, f"[seedbox]\nenabled = true\n{lines}\n")
    found = checks(home)["seedbox"]
    assert found["state"] == "problem"
    assert reason in found["reason"]
    assert "tell-nobody" not in str(found)


def with_map(library: Path, address: str) -> str:
    """The settings of the Sonarr in its container."""
    paths = f'path_map = [{{ours = "{library}", theirs = "/data"}}]\n'
    sonarr = f'[sonarr]\nenabled = true\nurl = "{address}"\napi_key = "{KEY}"\n{paths}'
    return f'[library]\nroots = ["{library}"]\n{sonarr}'


def test_a_root_folder_that_looks_like_an_absent_volume_is_a_problem(
    home: Home, library: Path, contained: tuple[FakeArr, str]
) -> None:
    sonarr, address = contained
    link = library / "tv" / "Dark" / "Dark.S01E01.mkv"
    link.symlink_to(library / "films")
    sonarr.hold("Held", library / "tv" / "Held", [link])
    configured(home, with_map(library, address))
    found = checks(home)["sonarr roots"]
    assert (found["state"], "none of the folders it has files in (/data/tv)" in found["reason"]) == ("problem", True)
    sonarr.mount_hangs = True
    assert "a mount hangs where it runs" in checks(home)["sonarr roots"]["reason"]
    sonarr.mount_hangs = False
    (library / "tv" / "Held").mkdir()
    assert "sonarr roots" not in checks(home)


def test_a_download_client_that_does_not_answer_asks_for_attention(
    home: Home, library: Path, contained: tuple[FakeArr, str]
) -> None:
    configured(home, with_map(library, contained[1]))
    assert "sonarr clients" not in checks(home)
    contained[0].client_away = True
    found = checks(home)["sonarr clients"]
    assert (found["state"], "does not answer" in found["reason"]) == ("warning", True)


def test_links_to_folders_below_its_root_folders_are_named_and_links_to_files_are_not(
    home: Home, library: Path, contained: tuple[FakeArr, str]
) -> None:
    configured(home, with_map(library, contained[1]))
    (library / "tv" / "Dark" / "S01E01.mkv").symlink_to(library / "gone.mkv")
    (library / "tv" / "Dark" / "S01E02").symlink_to(library / "gone")
    assert "sonarr links" not in checks(home)
    for number in range(1, 6):
        (library / "tv" / "Fargo" / f"Season {number}").symlink_to(library / "films")
    found = checks(home)["sonarr links"]
    assert found["state"] == "warning"
    assert "5 links below its root folders lead to folders" in found["reason"]
    assert "Fargo/Season 1" in found["reason"]
    assert "and 2 more" in found["reason"]
    assert "Sonarr goes through them" in found["hint"]


@pytest.mark.parametrize(
    ("settings", "state", "said"),
    [
        ({}, "ok", "no recycle bin: what it removes is gone"),
        ({"recycleBin": "/data/bin"}, "ok", "what it removes goes to /data/bin"),
        ({"autoUnmonitorPreviouslyDownloadedEpisodes": True}, "ok", "what loses its file is no longer monitored"),
        ({"deleteEmptyFolders": True}, "ok", "removes folders that have become empty"),
        ({"setPermissionsLinux": True}, "warning", "changes them on the mount"),
    ],
)
def test_what_its_own_settings_do_to_the_library_is_said(
    home: Home, library: Path, contained: tuple[FakeArr, str], settings: dict[str, object], state: str, said: str
) -> None:
    configured(home, with_map(library, contained[1]))
    contained[0].settings.update(settings)
    found = checks(home)["sonarr media"]
    assert (found["state"], said in found["reason"]) == (state, True), found
    assert "keeps its name" in found["reason"]


@pytest.fixture
def shown(tmp_path: Path) -> Iterator[tuple[FakeJellyfin, str]]:
    """A Jellyfin that shows a library of links as /media, and its address."""
    jellyfin = FakeJellyfin(tmp_path / "shown")
    jellyfin.add_film("Old Oak (2010)")
    jellyfin.add_episode("Dust Ferry (2019)", 1, 1)
    with on_socket(jellyfin) as address:
        yield jellyfin, address


def with_jellyfin(home: Home, fake: FakeJellyfin, address: str, key: str = "", more: str = "") -> None:
    rule = f'[[paths.rules]]\nkind = "jellyfin"\nfrom = "{fake.folder}"\nto = "/media"\n'
    roots = f'[library]\nroots = ["{fake.folder}/Films", "{fake.folder}/Shows"]\n'
    server = f'[jellyfin]\nenabled = true\nurl = "{address}"\napi_key = "{key or fake.key}"\n{more}\n'
    configured(home, f"{roots}{server}{rule}")


def test_jellyfin_is_named_with_its_libraries_or_with_what_is_wrong(
    home: Home, shown: tuple[FakeJellyfin, str]
) -> None:
    fake, address = shown
    with_jellyfin(home, *shown)
    assert checks(home)["jellyfin"]["reason"].endswith("2 libraries in use.")
    with_jellyfin(home, *shown, more='libraries = ["Filme"]')
    assert "it has no library Filme" in checks(home)["jellyfin"]["reason"]
    fake.user_keys["c" * 32] = ANN
    with_jellyfin(home, *shown, key="c" * 32)
    found = checks(home)["jellyfin"]
    assert "this key is a user's; make an API key" in found["reason"]
    assert address not in found["reason"]
    fake.libraries[0].locations = fake.libraries[1].locations = ["/data/elsewhere"]
    with_jellyfin(home, *shown)
    assert "none of its libraries (Films, Shows) shows the library of links" in checks(home)["jellyfin"]["reason"]


def test_folders_that_jellyfin_would_take_for_series_are_named_with_those_to_have(
    home: Home, shown: tuple[FakeJellyfin, str]
) -> None:
    """A-59."""
    shows = shown[0].folder / "Shows"
    for kind in ("Animation", "Drame/A-M", "Drame/N-Z"):
        (shows / kind / "Kin (2021)" / "Season 01").mkdir(parents=True)
    shutil.rmtree(shows / "Dust Ferry (2019)")
    with_jellyfin(home, *shown)
    found = checks(home)["jellyfin"]
    assert found["reason"] == "Jellyfin takes folders in /media/Shows (Shows) for series that are none."
    assert found["hint"].endswith("/media/Shows/Animation, /media/Shows/Drame/A-M, /media/Shows/Drame/N-Z.")
