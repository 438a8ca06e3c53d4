"""``login`` and ``logout``: a code, a login that is kept and used, and its end; a private token is left alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from mediatui.commands import workspace
from mediatui.runtime.invocation import Invocation
from mediatui.runtime.paths import find_paths
from tests.worlds.here import serving
from tests.worlds.home import TOKEN, Home, Service


@pytest.fixture
def account() -> Iterator[Service]:
    """An account whose code is typed in once it was asked about."""
    options = ("--count", "5", "--latency", "0.001", "--window", "1", "--frozen", "--typed-after", "1")
    with serving(*options, "--token", TOKEN) as address:
        yield Service(address)


@pytest.fixture
def new_home(home: Home, account: Service) -> Home:
    """A home that knows the account's address and no token."""
    home.use(account).monkeypatch.delenv("MEDIATUI_REALDEBRID__TOKEN")
    return home


def login_file(home: Home) -> Path:
    return home.folder / "config" / "mediatui" / "config.login.json"


def test_a_login_is_shown_kept_used_and_ended(new_home: Home) -> None:
    refused = new_home.json("sync")
    assert (refused.code, "mediatui login" in refused.error["hint"]) == (2, True)
    code, result = new_home.json("login").lines
    assert (code["type"], code["page"], code["lasts_s"]) == ("code", "https://real-debrid.com/device", 1800)
    assert (result["ok"], result["state"]) == (True, "ok")
    file = login_file(new_home)
    assert file.stat().st_mode & 0o777 == 0o600
    held = json.loads(file.read_text())
    synced = new_home.run("sync")
    assert (synced.code, "5 new" in synced.out) == (0, True)
    shown = new_home.run("config", "show")
    assert "login of this device" in next(line for line in shown.out.splitlines() if "realdebrid.token" in line)
    exported = new_home.run("config", "export", "--with-secrets")
    seen = shown.out + exported.out + new_home.log_file.read_text() + new_home.run("doctor").out
    for name in ("access_token", "refresh_token", "client_secret"):
        assert held[name] not in seen
    ended = new_home.run("logout")
    assert (ended.code, "has ended" in ended.out, file.exists()) == (0, True, False)
    file.write_text(json.dumps(held))  # as if a copy of it were found
    over = new_home.json("sync")
    assert (over.code, over.error["kind"]) == (3, "login-ended")
    assert "mediatui login" in over.error["hint"]
    assert "The login of this device has ended" in new_home.run("doctor").out
    assert new_home.run("logout").code == 0
    assert "There is no login" in new_home.run("logout").out


def test_a_private_token_comes_first_and_is_left_alone(new_home: Home) -> None:
    assert new_home.run("login").code == 0
    assert new_home.run("config", "set", "realdebrid.token", TOKEN).code == 0
    assert "is not used: realdebrid.token is set" in " ".join(new_home.run("doctor").out.split())
    refused = new_home.json("login")
    assert (refused.code, "config.toml" in refused.error["message"], "--replace" in refused.error["hint"]) == (
        2, True, True,
    )  # fmt: skip
    assert new_home.run("logout").code == 0  # ends the login, not the token
    assert new_home.run("sync").code == 0
    assert new_home.run("login", "--replace").code == 0
    assert TOKEN not in (login_file(new_home).parent / "config.toml").read_text()
    assert new_home.run("sync").code == 0
    new_home.monkeypatch.setenv("MEDIATUI_REALDEBRID__TOKEN", TOKEN)
    refused = new_home.json("login", "--replace")
    assert (refused.code, "environment variable" in refused.error["message"]) == (2, True)


def test_a_login_that_cannot_be_ended_there_stays_unless_it_is_to_be_forgotten(new_home: Home) -> None:
    assert new_home.run("login").code == 0
    new_home.monkeypatch.setenv("MEDIATUI_REALDEBRID__BASE_URL", "http://127.0.0.1:9/rest/1.0")
    failed = new_home.json("logout")
    assert (failed.code, "--only-here" in failed.error["hint"], login_file(new_home).exists()) == (3, True, True)
    assert new_home.run("logout", "--only-here").code == 0
    assert not login_file(new_home).exists()


def test_others_that_may_read_the_login_are_named_and_the_demo_uses_its_own(new_home: Home) -> None:
    assert new_home.run("login").code == 0
    login_file(new_home).chmod(0o644)
    assert "config.login.json can be read by others" in " ".join(new_home.run("doctor").out.split())
    demo = Invocation("", find_paths(config=login_file(new_home).parent / "config.toml", demo=True), demo=True)
    new_home.monkeypatch.setattr(workspace, "demo_overrides", lambda database: dict(workspace.DEMO_SETTINGS))
    held = json.loads(login_file(new_home).read_text())
    for token, login in ((held["access_token"], True), (workspace.DEMO_TOKEN, False)):
        loaded = workspace.load_for(demo)
        assert (loaded.settings.account.token.get_secret_value(), loaded.login is not None) == (token, login)
        login_file(new_home).unlink(missing_ok=True)


def test_a_login_that_cannot_be_read_is_said_and_made_anew(new_home: Home) -> None:
    assert new_home.run("login").code == 0
    login_file(new_home).write_text("{")
    assert "cannot be read" in new_home.run("doctor").out
    assert new_home.run("login").code == 0
    assert new_home.run("sync").code == 0
