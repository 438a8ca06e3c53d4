"""The settings: what is read from where, what is refused and how, and how the config file is changed."""

from __future__ import annotations

import json
import stat
from collections.abc import Mapping
from pathlib import Path

import pytest

from mediatui.model.preferred import Preferred
from mediatui.settings import MASK, SettingsError, all_keys, load, load_settings, plain_value
from mediatui.settings.edit import export_text, import_file, reset, set_value, unset_value
from mediatui.settings.model import Settings
from tests.worlds.places import PROJECT

SECRET = "SECRETVALUE1234567890"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "config.toml"


def write(file: Path, text: str) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, "utf-8")


def read(file: Path, environ: Mapping[str, str] | None = None, **more: object) -> Settings:
    overrides = {name.replace("__", "."): value for name, value in more.items()}
    return load_settings(file, environ=environ or {}, folder=file.parent, overrides=overrides)


def problem(file: Path, environ: Mapping[str, str] | None = None) -> str:
    with pytest.raises(SettingsError) as caught:
        read(file, environ)
    assert caught.value.exit_code == 2
    return caught.value.message


def test_without_a_file_the_defaults_are_the_documented_ones(file: Path) -> None:
    settings = read(file)
    account = settings.realdebrid
    assert account.base_url == "https://api.real-debrid.com/rest/1.0"
    assert (account.requests_per_minute, account.window_s, account.max_concurrent) == (200, 60, 8)
    assert (account.list_page, account.timeout_s, account.batch_size) == (5000, 30, 250)
    assert (account.quota_wait_s, account.torrent_wait_s, account.page_wait_s) == (60, 10, 0)
    assert (settings.library.workers, settings.library.small_file_bytes) == (8, 1024)
    assert (settings.library.max_delete_share, settings.library.max_delete_count) == (0.10, 50)
    assert (settings.scan.probe_workers, settings.scan.probe_timeout_s, settings.scan.history) == (4, 30, 3)
    assert [(one.name, one.after_change) for one in settings.services] == [("sonarr", "rescan"), ("radarr", "rescan")]
    assert settings.ui.vim_keys is True
    assert settings.automation.sync_every_minutes == settings.automation.scan_every_hours == 0


def test_command_line_beats_environment_beats_file_beats_redriva_beats_default(file: Path) -> None:
    old = {"RD_MAX_CONCURRENT": "2"}
    new = {"MEDIATUI_REALDEBRID__MAX_CONCURRENT": "4", **old}
    assert read(file).realdebrid.max_concurrent == 8
    assert read(file, old).realdebrid.max_concurrent == 2
    write(file, "[realdebrid]\nmax_concurrent = 3\n")
    assert read(file, old).realdebrid.max_concurrent == 3
    assert read(file, new).realdebrid.max_concurrent == 4
    assert read(file, new, realdebrid__max_concurrent=5).realdebrid.max_concurrent == 5


def test_every_key_has_an_environment_name_that_sets_it(file: Path) -> None:
    samples = {"whole": "20", "number": "70", "truth": "false", "list": "[]", "table": '{"a":"b"}'}
    texts = {"base_url": "http://h/x", "url": "http://h/x", "after_change": "search", "confirm": "destructive"}
    texts |= {"density": "comfortable", "colors": "256", "level": "debug", "old": "all", "theme": "nord"}
    special = {"max_delete_share": "0.5", "max_bytes": "20000", "max_list_bytes": "2000000"}
    special |= {"connections": "3", "parallel": "5"}
    special |= {"max_answer_bytes": "2000000", "prefer": '{"languages": "fr"}'}
    special |= {"pause_s": "5", "avoid": '{"languages": "vfq"}', "route_by_indexer": '{"Alpha": "seedbox"}'}
    texts |= {"rclone_rc": "http://h", "monitor": "none", "series_type": "anime", "minimum_availability": "announced"}
    texts |= {"auto": "fetch", "probe": "none", "folder": "/staging", "method": "library", "existing": "skip"}
    texts |= {"route": "arr", "key_file": "/home/bob/key"}
    texts |= {"film_name": "{title}", "episode_name": "{season}x{episode}", "season_folder": "s{season}"}
    for key in all_keys().values():
        field = key.name.partition(".")[2]
        text = special.get(field) or samples.get(key.kind) or texts.get(field, "anything")
        storage = {"MEDIATUI_LIBRARY__STORAGE": '["/storage"]'} if key.name == "importing.storage" else {}
        text = "/storage" if storage else text
        loaded = load(file, environ={**storage, key.environment_name: text}, folder=file.parent)
        if storage:
            loaded.origins.pop("library.storage")
        assert loaded.origins == {key.name: f"environment variable {key.environment_name}"}
        shown = plain_value(loaded.settings, key.name)
        if key.secret:
            assert shown == MASK
        elif key.kind in ("text", "truth"):
            assert str(shown).lower() == text
        else:
            assert shown == json.loads(text)


def test_a_number_of_colours_needs_no_quotes_in_the_file(file: Path) -> None:
    write(file, "[ui]\ncolors = 256\n")
    assert read(file).ui.colors == "256"


def test_an_empty_environment_variable_counts_as_unset(file: Path) -> None:
    write(file, f'[realdebrid]\ntoken = "{SECRET}"\n')
    environ = {"MEDIATUI_REALDEBRID__TOKEN": "", "MEDIATUI_REALDEBRID__TIMEOUT_S": ""}
    assert read(file, environ).realdebrid.token.get_secret_value() == SECRET


@pytest.mark.parametrize(
    ("line", "shown", "allowed"),
    [
        ("requests_per_minute = 251", "requests_per_minute = 251", "from 1 to 250"),
        ("requests_per_minute = 0", "requests_per_minute = 0", "from 1 to 250"),
        ("requests_per_minute = true", "requests_per_minute = true", "a whole number"),
        ('requests_per_minute = "many"', 'requests_per_minute = "many"', "a whole number"),
        ("max_concurrent = 33", "max_concurrent = 33", "from 1 to 32"),
        ("max_concurrent = 1.5", "max_concurrent = 1.5", "a whole number"),
        ("timeout_s = nan", "timeout_s = NaN", "a number from 0.1"),
        ("quota_wait_s = -1", "quota_wait_s = -1", "a number from 0"),
        ("list_page = 5001", "list_page = 5001", "from 1 to 5000"),
        ("window_s = 59", "window_s = 59", "from 60 up while realdebrid.base_url is Real-Debrid's own"),
        ('base_url = "ftp://host"', 'base_url = "ftp://host"', "an address such as https://"),
        ('base_url = "https://"', 'base_url = "https://"', "an address"),
        ('base_url = "http://host:99999/x"', "base_url", "an address"),
        ('base_url = "real-debrid.com"', "base_url", "an address"),
        ("base_url = 5", "base_url = 5", "an address"),
    ],
)
def test_a_bad_value_names_key_value_allowed_and_file(file: Path, line: str, shown: str, allowed: str) -> None:
    write(file, f"[realdebrid]\n{line}\n")
    message = problem(file)
    assert message.startswith(f"realdebrid.{shown}")
    assert allowed in message
    assert f"(config file {file})" in message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[library]\nroots = "/a"\n', 'library.roots = "/a" is not allowed'),
        ('[library]\nroots = ["a/b"]\n', "wrong at entry 1"),
        ('[library]\nmounts = ["/a", { path = "b" }]\n', "wrong at entry 2, path"),
        (
            '[library]\nmounts = [{ pth = "/b" }]\n',
            "a list of paths or {path, sentinel, rclone_rc, rclone_fs}",
        ),
        ('[library]\nvideo_extensions = ["mk v"]\n', "each a file extension"),
        ("[library]\nmax_delete_share = 1.5\n", "a number from 0 to 1"),
        ("[library]\nworkers = 65\n", "from 1 to 64"),
        ('[sonarr]\nafter_change = "delete"\n', "one of none, rescan, search"),
        ('[sonarr]\npath_map = [{ ours = "/a" }]\n', "wrong at entry 1, theirs"),
        ('[paths]\nrules = [{ kind = "emby", from = "/a", to = "/b" }]\n', "kind is seedbox, arr"),
        ('[paths]\nrules = [{ kind = "arr", from = "/a/../b", to = "/b" }]\n', "wrong at entry 1, from"),
        ('[paths]\nrules = [{ kind = "arr", from = "/a", to = "D:b" }]\n', "wrong at entry 1, to"),
        ('[paths]\nrules = [{ kind = "arr", source = "/a", to = "/b" }]\n', "wrong at entry 1, from"),
        (
            '[[paths.rules]]\nkind = "plex"\nfrom = "/a"\nto = "/b"\n'
            '[[paths.rules]]\nkind = "plex"\nfrom = "/a/"\nto = "/c"\n',
            "one rule for a folder (two of plex begin at /a/)",
        ),
        (
            '[paths]\nrules = [{ kind = "arr", from = "/a", to = "/b", service = "anime" }]\n',
            "for the service anime: allowed are sonarr, radarr",
        ),
        ('[paths]\nrules = [{ kind = "plex", from = "/a", to = "/b", service = "sonarr" }]\n', "of the kind arr"),
        ('[ui]\nvim_keys = "perhaps"\n', "true or false"),
        ("[ui.keymap]\nquit = 5\n", "a table of texts"),
        ("ui = 3\n", "ui is a section, not a value"),
        ('[log]\nlevel = "loud"\n', "one of debug, info, warning, error"),
    ],
)
def test_a_bad_value_of_any_section_says_what_is_allowed(file: Path, text: str, expected: str) -> None:
    write(file, text)
    assert expected in problem(file)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[realdebrid]\ntokn = 1\n", "no setting realdebrid.tokn"),
        ("[realdebrid]\ntokn = 1\n", "Did you mean realdebrid.token?"),
        ("[reladebrid]\ntoken = 'x'\n", "Did you mean realdebrid?"),
        ("token = 'x'\n", "Did you mean realdebrid.token?"),
        ("[zzzz]\nqqqq = 1\n", "Sections: realdebrid, library"),
        ("[log]\nqqqq = 1\n", "Keys of log: level, max_bytes, backups."),
    ],
)
def test_an_unknown_key_is_named_with_what_may_have_been_meant(file: Path, text: str, expected: str) -> None:
    write(file, text)
    assert expected in problem(file)


def test_every_problem_is_named_at_once(file: Path) -> None:
    write(file, "[realdebrid]\nmax_concurrent = 99\ntokn = 1\n[log]\nbackups = -1\n")
    message = problem(file, {"MEDIATUI_UI__DENSITY": "loose", "MEDIATUI_UI__DENSTY": "compact"})
    for name in ("max_concurrent", "tokn", "log.backups", "ui.density", "MEDIATUI_UI__DENSTY"):
        assert name in message


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("MEDIATUI_REALDEBRID__TOKN", "x", "sets nothing. Did you mean realdebrid.token?"),
        ("MEDIATUI_REALDEBIRD__TOKEN", "x", "Did you mean realdebrid.token?"),
        ("MEDIATUI_REALDEBRID__LIST_PAGE", "abc", 'realdebrid.list_page = "abc"'),
        ("MEDIATUI_REALDEBRID__LIST_PAGE", "0", "(environment variable MEDIATUI_REALDEBRID__LIST_PAGE)"),
        ("MEDIATUI_LIBRARY__ROOTS", "/a", "(as JSON)"),
        ("MEDIATUI_LIBRARY__ROOTS", '["a"]', "an absolute path"),
        pytest.param("MEDIATUI_LIBRARY__ROOTS", "[" * 100_000, "an absolute path", id="deep"),
        pytest.param("MEDIATUI_REALDEBRID__TIMEOUT_S", "9" * 10_000, "a number from 0.1 to 600", id="huge"),
        ("MEDIATUI_UI__VIM_KEYS", "perhaps", "true or false"),
        ("RD_MAX_CONCURRENT", "many", "(environment variable RD_MAX_CONCURRENT)"),
    ],
)
def test_a_bad_environment_variable_is_named(file: Path, name: str, text: str, expected: str) -> None:
    assert expected in problem(file, {name: text})


def test_names_that_are_no_settings_are_left_alone(file: Path) -> None:
    assert read(file, {"MEDIATUI_CONFIG": "x", "MEDIATUI_DATA_DIR": "y", "MEDIATUI_TEST_KILLS": "3"}) == Settings()


@pytest.mark.parametrize(
    "text",
    [
        f"[realdebrid]\ntoken = ['{SECRET}']\n",
        f"[realdebrid]\ntokn = '{SECRET}'\n",
        f"token = '{SECRET}'\n",
        f"[sonarr]\napi_key = {{ a = '{SECRET}' }}\n",
        f"[realdebrid]\nbase_url = 'https://user:{SECRET}@host/'\n",
        f"[realdebrid]\ntoken = '{SECRET}\n",
        f"realdebrid = '{SECRET}'\n",
    ],
)
def test_no_error_shows_a_secret(file: Path, text: str) -> None:
    write(file, text)
    assert SECRET not in problem(file)


def test_a_token_is_never_in_the_text_of_the_settings(file: Path) -> None:
    settings = read(file, {"MEDIATUI_REALDEBRID__TOKEN": SECRET, "MEDIATUI_SONARR__API_KEY": SECRET})
    assert settings.realdebrid.token.get_secret_value() == SECRET
    assert SECRET not in repr(settings) + str(settings.model_dump()) + settings.model_dump_json()


def test_a_short_window_is_for_servers_that_are_not_real_debrid(file: Path) -> None:
    write(file, '[realdebrid]\nwindow_s = 1\nbase_url = "http://127.0.0.1:8080/rest/1.0/"\n')
    settings = read(file)
    assert (settings.realdebrid.window_s, settings.realdebrid.base_url) == (1, "http://127.0.0.1:8080/rest/1.0")
    for host in ("api.real-debrid.com", "API.Real-Debrid.com.", "real-debrid.com"):
        write(file, f'[realdebrid]\nwindow_s = 1\nbase_url = "https://{host}/rest/1.0"\n')
        assert "window_s = 1 is not allowed" in problem(file)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"[realdebrid\n", "not valid TOML"),
        (b"a = = 1\n", "line 1"),
        (b"\xff\xfe\x00", "not UTF-8"),
        pytest.param(b"a = " + b"[" * 100_000, "nested too deeply", id="deep"),
    ],
)
def test_a_file_that_is_no_toml_is_named(file: Path, content: bytes, expected: str) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    message = problem(file)
    assert expected in message
    assert str(file) in message


def test_a_folder_in_place_of_the_config_file_is_named(file: Path) -> None:
    file.mkdir(parents=True)
    assert f"The config file {file} cannot be read" in problem(file)


def test_a_byte_order_mark_is_no_error(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"\xef\xbb\xbf[log]\nbackups = 7\n")
    assert read(file).log.backups == 7


@pytest.mark.parametrize("place", [".env", "config/.env"])
def test_the_env_file_of_redriva_is_read_from_the_working_directory(tmp_path: Path, place: str) -> None:
    (tmp_path / "config").mkdir()
    text = f'# Redriva\nRD_TOKEN="{SECRET}"\nexport RD_PAGE_WAIT=0.5 # slow\nOTHER=1\nRD_BATCH_SIZE=100\r\n'
    (tmp_path / place).write_text(text, "utf-8")
    loaded = load(tmp_path / "none.toml", environ={}, folder=tmp_path)
    account = loaded.settings.realdebrid
    assert account.token.get_secret_value() == SECRET
    assert (account.page_wait_s, account.batch_size) == (0.5, 100)
    assert loaded.origins["realdebrid.token"] == f"RD_TOKEN in {tmp_path / place}"


@pytest.mark.parametrize("place", ["config/rd_token.conf", "data/token"])
def test_a_token_file_of_redriva_is_read_when_nothing_else_gives_a_token(tmp_path: Path, place: str) -> None:
    token = "ABCDEFGHIJKLMNOPQRSTUVWX"
    (tmp_path / place).parent.mkdir(parents=True)
    (tmp_path / place).write_text(f"# the token\n\n  {token}  \n")
    loaded = load(tmp_path / "none.toml", environ={}, folder=tmp_path)
    assert loaded.settings.realdebrid.token.get_secret_value() == token
    assert loaded.origins["realdebrid.token"] == str(tmp_path / place)

    (tmp_path / ".env").write_text(f"RD_TOKEN={token[::-1]}\n")
    loaded = load(tmp_path / "none.toml", environ={}, folder=tmp_path)
    assert loaded.settings.realdebrid.token.get_secret_value() == token[::-1]


@pytest.mark.parametrize("text", ["", "your_real_debrid_token_here", "two words", "<html>", "short", "\x00" * 40])
def test_what_is_no_token_in_such_a_file_is_left_alone(tmp_path: Path, text: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "token").write_text(text)
    loaded = load(tmp_path / "none.toml", environ={}, folder=tmp_path)
    assert loaded.settings.realdebrid.token.get_secret_value() == ""
    assert loaded.origins == {}


def test_a_number_of_redriva_beyond_our_range_is_brought_into_it_and_says_so(file: Path) -> None:
    loaded = load(file, environ={"RD_MAX_CONCURRENT": "50"}, folder=file.parent)
    assert loaded.settings.realdebrid.max_concurrent == 32
    assert "brought from 50 to 32" in loaded.origins["realdebrid.max_concurrent"]


def test_an_env_file_of_something_else_never_stops_a_command(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe RD_TOKEN=x")
    (tmp_path / "config").write_text("not a folder")
    assert load_settings(tmp_path / "c.toml", environ={}, folder=tmp_path) == Settings()


def test_setting_a_value_creates_a_private_file(file: Path) -> None:
    set_value(file, "realdebrid.token", SECRET)
    assert read(file).realdebrid.token.get_secret_value() == SECRET
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_setting_a_value_keeps_comments_and_everything_else(file: Path) -> None:
    write(file, "# mine\n[realdebrid]\ntimeout_s = 20 # slow line\n\n[ui]\n# bright\ntheme = 'nord'\n")
    file.chmod(0o644)
    set_value(file, "realdebrid.requests_per_minute", "150")
    set_value(file, "ui.theme", "dracula")
    text = file.read_text()
    for kept in ("# mine", "timeout_s = 20 # slow line", "# bright", "requests_per_minute = 150"):
        assert kept in text
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (read(file).ui.theme, read(file).realdebrid.timeout_s) == ("dracula", 20)


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("library.roots", '["/films", "/séries"]', ["/films", "/séries"]),
        ("library.mounts", '["/m", {"path": "/n", "sentinel": "alive"}]', None),
        ("ui.keymap", '{"quit": "ctrl+q"}', {"quit": "ctrl+q"}),
        (
            "paths.rules",
            '[{"kind": "arr", "from": "/", "to": "D:\\\\TV", "service": "sonarr"}, '
            '{"kind": "plex", "from": "/", "to": "/"}]',
            [
                {"kind": "arr", "from": "/", "to": "D:\\TV", "service": "sonarr"},
                {"kind": "plex", "from": "/", "to": "/"},
            ],
        ),
        ("ui.vim_keys", "False", False),
        ("realdebrid.timeout_s", "12.5", 12.5),
        ("scan.ffprobe", '"quoted" \\ name', '"quoted" \\ name'),
    ],
)
def test_a_value_of_any_type_survives_being_set_and_read(file: Path, key: str, text: str, value: object) -> None:
    set_value(file, key, text)
    shown = plain_value(read(file), key)
    assert shown == ([{"path": "/m"}, {"path": "/n", "sentinel": "alive"}] if value is None else value)


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        ("realdebrid.max_concurrent", "33", "from 1 to 32"),
        ("realdebrid.max_concurrent", "", "from 1 to 32"),
        ("realdebrid.window_s", "5", "Real-Debrid's own"),
        ("library.roots", "/a", "a list"),
        ("library.roots", "null", "is not allowed"),
        ("ui.them", "x", "Did you mean ui.theme?"),
        ("ui.theme", "plaid", "allowed is one of mediatui, ansi-dark, "),
        ("token", "x", "Did you mean realdebrid.token?"),
    ],
)
def test_a_value_that_is_not_allowed_leaves_the_file_as_it_was(file: Path, key: str, text: str, expected: str) -> None:
    write(file, "# untouched\n")
    with pytest.raises(SettingsError, match=expected):
        set_value(file, key, text)
    assert file.read_text() == "# untouched\n"
    assert list(file.parent.iterdir()) == [file]


def test_a_wrong_value_in_the_file_can_be_set_right_or_taken_out(file: Path) -> None:
    write(file, "[realdebrid]\nmax_concurrent = 99\ntokn = 1\n[log]\nbackups = 2\n")
    assert unset_value(file, "realdebrid.tokn")
    set_value(file, "realdebrid.max_concurrent", "9")
    assert read(file).realdebrid.max_concurrent == 9
    assert unset_value(file, "log.backups")
    assert not unset_value(file, "log.backups")
    assert "log" not in file.read_text()


def test_taking_out_a_key_that_others_need_is_refused(file: Path) -> None:
    write(file, '[realdebrid]\nbase_url = "http://localhost"\nwindow_s = 1\n')
    with pytest.raises(SettingsError, match="window_s"):
        unset_value(file, "realdebrid.base_url")
    assert "base_url" in file.read_text()


def test_a_linked_config_file_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.toml", tmp_path / "link.toml"
    real.write_text("# here\n")
    link.symlink_to(real)
    set_value(link, "log.backups", "5")
    assert link.is_symlink()
    assert "backups = 5" in real.read_text()


def test_an_export_masks_secrets_also_in_comments_and_unknown_places(file: Path) -> None:
    text = f'# token = "{SECRET}"\n[realdebrid]\n token = "{SECRET}" \n#  old api_key: {SECRET}\n[sonarr]\n'
    write(file, text + f'api_key = "{SECRET}"\n[other]\ntoken = "{SECRET}"\n')
    masked = export_text(file, with_secrets=False)
    assert SECRET not in masked
    assert masked.count(MASK) == 5
    assert export_text(file, with_secrets=True).count(SECRET) == 5
    assert SECRET in file.read_text()


def test_an_export_comes_back_by_import_with_the_present_secrets(file: Path, tmp_path: Path) -> None:
    write(file, f'# mine\n[realdebrid]\ntoken = "{SECRET}"\n[log]\nbackups = 1\n')
    exported = tmp_path / "exported.toml"
    exported.write_text(export_text(file, with_secrets=False).replace("backups = 1", "backups = 2"))
    kept = import_file(file, exported, replace=True)
    settings = read(file)
    assert (settings.realdebrid.token.get_secret_value(), settings.log.backups) == (SECRET, 2)
    assert kept is not None
    assert "backups = 1" in kept.read_text()
    assert [stat.S_IMODE(path.stat().st_mode) for path in (file, kept)] == [0o600, 0o600]


def test_an_import_with_something_wrong_changes_nothing(file: Path, tmp_path: Path) -> None:
    write(file, "[log]\nbackups = 1\n")
    bad = tmp_path / "bad.toml"
    bad.write_text("[log]\nbackups = -1\n")
    with pytest.raises(SettingsError, match=r"log\.backups = -1"):
        import_file(file, bad)
    assert file.read_text() == "[log]\nbackups = 1\n"
    assert not file.with_name("config.toml.bak").exists()


def test_an_import_leaves_what_it_does_not_name_and_replaces_it_when_asked_to(file: Path, tmp_path: Path) -> None:
    write(file, f'# mine\n[realdebrid]\ntoken = "{SECRET}"\ntimeout_s = 20\n[log]\nbackups = 1\n')
    new = tmp_path / "new.toml"
    new.write_text("[realdebrid]\ntimeout_s = 40\n[ui]\ntheme = 'nord'\n")
    import_file(file, new)
    settings = read(file)
    assert (settings.realdebrid.token.get_secret_value(), settings.realdebrid.timeout_s) == (SECRET, 40)
    assert (settings.log.backups, settings.ui.theme, "# mine" in file.read_text()) == (1, "nord", True)
    import_file(file, new, replace=True)
    settings = read(file)
    assert (settings.realdebrid.token.get_secret_value(), settings.log.backups) == ("", Settings().log.backups)


def test_an_import_adds_services_to_those_of_other_names(file: Path, tmp_path: Path) -> None:
    write(file, '[sonarr]\nurl = "http://one:1"\napi_key = "ONEKEY"\n')
    new = tmp_path / "new.toml"
    new.write_text('[[sonarr]]\nname = "anime"\nurl = "http://two:2"\n[[sonarr]]\nname = "sonarr"\nenabled = true\n')
    import_file(file, new)
    held = {service.name: (service.url, service.enabled) for service in read(file).sonarr}
    assert held == {"sonarr": ("http://one:1", True), "anime": ("http://two:2", False)}


def test_a_section_or_everything_is_set_back_and_the_old_file_is_kept(file: Path) -> None:
    assert reset(file) is None
    before = f'[realdebrid]\ntoken = "{SECRET}"\n[log]\nbackups = 1\n'
    write(file, before)
    assert reset(file, "ui") is None
    kept = reset(file, "log")
    assert kept is not None
    assert (kept.read_text(), read(file).log.backups) == (before, Settings().log.backups)
    assert read(file).realdebrid.token.get_secret_value() == SECRET
    with pytest.raises(SettingsError, match="no section lgo"):
        reset(file, "lgo")
    reset(file)
    assert read(file) == Settings()


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        ("realdebrid.token", "bad token \x01zzz", "a blank at character 4 of 14"),
        ("realdebrid.token", "ABCDEFGHIJKLMNOPQRSTUVWXYZ\x01234", "a control character at character 27 of 30"),
        ("realdebrid.token", "ABCDEFGHIJKLMNOPQRST\nUVWXYZ", "a line break at character 21 of 27"),
        ("realdebrid.token", "ABCDEFGHIJKLMNOPQRSTUVWXYé", "not ASCII at character 26 of 26"),
        ("realdebrid.token", "ABC", "has 3 characters"),
        ("sonarr.api_key", "0123 4567", "a blank at character 5 of 9"),
        ("library.rclone_rc_password", "one\ntwo", "a line break at character 4 of 7"),
    ],
)
def test_a_secret_that_cannot_be_one_is_refused_and_not_shown(
    file: Path, tmp_path: Path, key: str, text: str, expected: str
) -> None:
    with pytest.raises(SettingsError, match=expected) as error:
        set_value(file, key, text)
    section, _, field = key.partition(".")
    new = tmp_path / "new.toml"
    new.write_text(f"[{section}]\n{field} = {json.dumps(text)}\n")
    with pytest.raises(SettingsError, match=expected):
        import_file(file, new)
    assert (text in str(error.value), file.exists()) == (False, False)


def test_blanks_around_a_pasted_secret_are_left_out_and_a_simulators_token_may_be_short(file: Path) -> None:
    set_value(file, "realdebrid.token", f"\t {SECRET}\r\n")
    assert read(file).realdebrid.token.get_secret_value() == SECRET
    set_value(file, "realdebrid.base_url", "http://localhost:1")
    set_value(file, "realdebrid.token", "ABC")
    assert read(file).realdebrid.token.get_secret_value() == "ABC"


def test_an_imported_token_is_judged_by_the_address_that_holds_after_the_import(file: Path, tmp_path: Path) -> None:
    write(file, '[realdebrid]\nbase_url = "http://localhost:1"\n')
    new = tmp_path / "new.toml"
    new.write_text('[realdebrid]\ntoken = "ABC"\n')
    import_file(file, new)
    assert read(file).realdebrid.token.get_secret_value() == "ABC"
    new.write_text('[realdebrid]\ntoken = "ABCD"\n')
    with pytest.raises(SettingsError, match="has 4 characters"):
        import_file(file, new, replace=True)


def test_the_readme_documents_every_key_with_its_default() -> None:
    readme = (PROJECT / "README.md").read_text("utf-8")
    lines = readme.partition("## Settings")[2].partition("\n## ")[0].splitlines()
    rows = {line.split("`")[1]: line for line in lines if line.startswith("| `")}
    assert list(rows) == list(all_keys())
    defaults = Settings()
    for name, key in all_keys().items():
        value = plain_value(defaults, name)
        assert (f"`{value if isinstance(value, str) else json.dumps(value)}`" if value != "" else "|  |") in rows[name]
        assert key.allowed in rows[name]


def test_what_is_preferred_is_a_list_or_a_text_and_nothing_else_can_be(file: Path) -> None:
    write(file, '[acquire.prefer]\nlanguages = ["Multi", "french"]\nresolutions = "1080p, 720p ,"\n')
    preferred = {"languages": ("multi", "french"), "resolutions": ("1080p", "720p")}
    assert read(file).acquire.preferred == Preferred(preferred, {})
    write(file, '[acquire.avoid]\nlanguages = "VFQ"\n[acquire.route_by_indexer]\n"Alpha One" = "seedbox"\n')
    assert read(file).acquire.preferred == Preferred({}, {"languages": ("vfq",)})
    assert read(file).acquire.routes == {"alpha one": "seedbox"}
    write(file, '[acquire.route_by_indexer]\nAlpha = "usenet"\n')
    with pytest.raises(SettingsError, match="debrid, seedbox or arr"):
        read(file)
    write(file, '[acquire.prefer]\ncolours = "red"\n')
    with pytest.raises(SettingsError, match=r"acquire\.prefer"):
        read(file)


def test_languages_of_titles_have_two_letters_and_keys_of_catalogs_are_secrets(file: Path) -> None:
    write(file, f'[metadata]\nlanguages = ["fra", "en-GB", " JA "]\ntmdb_key = " {SECRET}\\n"\n')
    settings = read(file)
    assert settings.metadata.languages == ["fr", "en", "ja"]
    assert settings.metadata.in_use
    assert plain_value(settings, "metadata.tmdb_key") == MASK
    assert {key.name for key in all_keys().values() if key.section == "metadata" and key.secret} == {
        "metadata.tmdb_key", "metadata.tvdb_key", "metadata.tvdb_pin",
    }  # fmt: skip
    assert not Settings().metadata.in_use
    for wrong in ('["french"]', '["xx"]', '"fr,qq"', "[3]"):
        write(file, f"[metadata]\nlanguages = {wrong}\n")
        with pytest.raises(SettingsError, match=r"metadata\.languages"):
            read(file)
