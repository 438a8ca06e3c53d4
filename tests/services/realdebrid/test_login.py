"""Logging in by device code, and the token of a login: renewed in time, by one of several, kept before it is used."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from mediatui.demo.account import SimulatedAccount
from mediatui.demo.faults import Fault, Reply, dropped, error, html
from mediatui.demo.seed import make_torrents
from mediatui.demo.service import SimulatedService
from mediatui.demo.transport import SimulatedTransport
from mediatui.model.secrets import mask_secrets
from mediatui.services.budget import Budget, MemoryLedger
from mediatui.services.errors import Refused, ServiceError, Transient
from mediatui.services.realdebrid.client import RealDebrid
from mediatui.services.realdebrid.http import realdebrid_http
from mediatui.services.realdebrid.login import CodeExpired, LoginAccess, LoginEnded, wait_for_login
from mediatui.services.realdebrid.oauth import DEVICE_PAGE, OAuth, oauth_address
from mediatui.settings.login import BadLogin, Login, LoginFile
from mediatui.settings.sources import load
from mediatui.system import file_lock

TOKEN = "/oauth/v2/token"
CREDENTIALS = "/oauth/v2/device/credentials"


class World:
    """A simulated service whose clock is turned by hand, and the login of one device."""

    def __init__(self, folder: Path) -> None:
        self.now = 1_780_000_000.0
        account = SimulatedAccount(make_torrents(3), clock=lambda: self.now, frozen=True)
        self.service = SimulatedService(account, token="PRIVATETOKEN123456789", window_s=0.5)
        self.file = LoginFile(folder / "config.toml")
        self.transport: httpx.AsyncBaseTransport = SimulatedTransport(self.service)
        self.slept: list[float] = []

    def oauth(self) -> OAuth:
        return OAuth(
            "http://simulated.invalid/rest/1.0", window_s=0.5, transport=self.transport, clock=lambda: self.now
        )

    def client(self) -> RealDebrid:
        """A client as another process would make it."""
        budget = Budget(MemoryLedger(), limit=200, window_s=0.5)
        access = LoginAccess(self.file, self.oauth(), clock=lambda: self.now)
        http = realdebrid_http("http://simulated.invalid/rest/1.0", access, budget, transport=self.transport)
        return RealDebrid(http, budget)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    async def log_in(self) -> Login:
        oauth = self.oauth()
        code = await oauth.device_code()
        self.service.login.type_in(code.user_code)
        login = await wait_for_login(oauth, code, clock=lambda: self.now, sleep=self.sleep)
        self.file.write(login)
        return login

    def asked(self, path: str = TOKEN) -> int:
        return self.service.count(path)

    def fault(self, path: str, change: Callable[[Reply], Reply], *, before: bool = True, times: int = 1) -> None:
        self.service.faults.append(Fault(path, change, times=times, before=before))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def test_a_code_is_asked_about_at_its_interval_until_it_is_typed_in(world: World) -> None:
    oauth = world.oauth()
    code = await oauth.device_code()
    assert code.page == DEVICE_PAGE
    assert code.device_code not in repr(code)
    assert mask_secrets(f"?code={code.device_code}&") == "?code=********&"

    async def type_in_later(seconds: float) -> None:
        await world.sleep(seconds)
        if len(world.slept) == 4:
            world.service.login.type_in(code.user_code)

    world.fault(CREDENTIALS, html(502))
    login = await wait_for_login(oauth, code, clock=lambda: world.now, sleep=type_in_later)
    assert world.slept == [pytest.approx(5 * 0.5 / 60)] * 4
    assert [status for _, _, path, status in world.service.log if path == CREDENTIALS] == [502, 403, 403, 403, 200]
    assert login.expires_at == world.now + 3_600
    for secret in (login.access_token, login.refresh_token, login.client_secret):
        assert secret not in repr(login)
        assert mask_secrets(f"it says {secret}.") == "it says ********."
    world.file.write(login)
    assert (await world.client().user()).username == "demo"


async def test_a_code_that_nobody_types_in_expires(world: World) -> None:
    oauth = world.oauth()
    world.service.login.code_lasts_s = 20
    world.service.login.interval = 600  # the longest that is believed is a minute
    code = await oauth.device_code()
    assert (code.lasts_s, code.interval_s) == (20, pytest.approx(0.5))
    with pytest.raises(CodeExpired):
        await wait_for_login(oauth, code, clock=lambda: world.now, sleep=world.sleep)
    assert sum(world.slept) < 20
    world.now += 5
    world.service.login.type_in()
    assert await oauth.credentials(code) is None


async def test_asking_too_often_asks_less_often(world: World) -> None:
    oauth = world.oauth()
    code = await oauth.device_code()
    world.service.login.type_in()
    world.fault(CREDENTIALS, error(429, 34, "too_many_requests"))
    await wait_for_login(oauth, code, clock=lambda: world.now, sleep=world.sleep)
    assert world.slept[1] == pytest.approx(2 * world.slept[0])


async def test_a_token_is_renewed_before_it_ends_and_kept_before_it_is_used(world: World) -> None:
    first = await world.log_in()
    client = world.client()
    await client.user()
    assert world.asked() == 1
    world.now += 3_600 - 1
    kept: list[bool] = []
    send = world.transport.handle_async_request

    async def look(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/user"):
            held = json.loads(world.file.path.read_text())["access_token"]
            kept.append(request.headers["authorization"] == f"Bearer {held}")
        return await send(request)

    world.transport.handle_async_request = look  # type: ignore[method-assign]
    await client.user()
    assert (world.asked(), kept) == (2, [True])
    now = world.file.read()
    assert now is not None
    assert first.access_token != now.access_token
    assert world.file.path.stat().st_mode & 0o777 == 0o600
    assert all(status == 200 for _, _, path, status in world.service.log if path == "/user")


async def test_two_processes_renew_once_whoever_is_first(world: World) -> None:
    await world.log_in()
    clients = [world.client() for _ in range(3)]
    world.now += 4_000
    await asyncio.gather(*(client.user() for client in clients for _ in range(4)))
    assert world.asked() == 2
    assert world.service.count("/user") == 12
    # One that still holds the token before it takes the new one from the file when its own is refused.
    late = world.client()
    world.now += 4_000
    await clients[0].user()
    await late.user()
    assert world.asked() == 3


async def test_a_refused_token_is_renewed_once_and_then_it_is_enough(world: World) -> None:
    login = await world.log_in()
    client = world.client()
    world.fault("/user", error(401, 8, "bad_token"))
    assert (await client.user()).username == "demo"
    assert world.asked() == 2
    assert world.file.read() != login
    world.fault("/user", error(401, 8, "bad_token"), times=9)
    with pytest.raises(Refused) as refused:
        await client.user()
    assert not isinstance(refused.value, LoginEnded)
    assert "mediatui login" in refused.value.hint
    assert world.asked() == 2


async def test_a_login_that_the_service_has_ended_is_said_and_not_asked_for_again(world: World, tmp_path: Path) -> None:
    login = await world.log_in()
    world.service.login.end(login.access_token)
    for _ in range(2):
        with pytest.raises(LoginEnded) as ended:
            await world.client().user()
        assert "mediatui login" in ended.value.hint
    assert world.asked() == 2
    loaded = load(tmp_path / "config.toml", environ={}, folder=tmp_path)
    assert (loaded.settings.account.token.get_secret_value(), loaded.login) == ("", None)


@pytest.mark.parametrize(
    "change", [html(403), html(502), error(404, 3, "unknown_method"), error(429, 34, "too_many_requests"), dropped]
)
async def test_what_cannot_be_renewed_for_now_is_not_lost(world: World, change: Callable[[Reply], Reply]) -> None:
    login = await world.log_in()
    client = world.client()
    world.fault(TOKEN, change, times=3)
    world.now = login.expires_at - 1
    await client.user()  # it still lasts
    await client.user()
    assert world.file.read() == login
    world.now += 60
    world.service.faults.clear()
    world.fault(TOKEN, change, times=3)
    with pytest.raises(ServiceError) as failed:
        await client.user()
    assert not isinstance(failed.value, LoginEnded)
    assert world.file.read() == login
    world.service.faults.clear()
    assert (await client.user()).username == "demo"


async def test_a_login_that_cannot_be_written_is_written_with_the_next_request(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.log_in()
    client = world.client()
    world.now += 4_000
    with monkeypatch.context() as full:
        full.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        await client.user()
    await client.user()
    held = world.file.read()
    assert held is not None
    assert world.service.login.is_given(held.access_token)


async def test_a_lock_or_a_file_in_the_way_is_an_error_of_the_request(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mediatui.settings.login.PATIENCE_S", 0.0)
    await world.log_in()
    client = world.client()
    world.now += 4_000
    async with world.file.locked():
        with pytest.raises(Transient, match="Another mediatui is renewing the login"):
            await client.user()
    kept = world.file.path.read_text()
    world.file.path.write_text("{")
    with pytest.raises(Refused, match="cannot be read"):
        await client.user()
    world.file.path.write_text(kept)
    await client.user()
    assert world.asked() == 2


async def test_ending_the_token_ends_the_login(world: World) -> None:
    login = await world.log_in()
    client = world.client()
    await client.disable_token()
    assert world.service.login.has_ended(login.access_token)
    with pytest.raises(LoginEnded):
        await client.user()


async def test_a_lock_that_is_held_is_waited_for_and_ends_with_its_holder(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mediatui.settings.login.PATIENCE_S", 0.0)
    async with world.file.locked():
        with pytest.raises(file_lock.Busy, match="renewing the login"):
            async with world.file.locked():
                pass
    async with world.file.locked():
        pass


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{",
        '{"access_token": 3}',
        '{"expires_at": 1e999}',
        "\x00",
        '{"access_token": "a\\nb", "expires_at": 1}',
    ],
)
async def test_a_file_of_something_else_counts_as_no_login(world: World, tmp_path: Path, content: str) -> None:
    world.file.path.write_text(content)
    assert load(tmp_path / "config.toml", environ={}, folder=tmp_path).login is None
    with pytest.raises(BadLogin):
        world.file.read()


async def test_a_token_that_is_set_comes_before_the_login(world: World, tmp_path: Path) -> None:
    login = await world.log_in()
    file = tmp_path / "config.toml"
    assert load(file, environ={}, folder=tmp_path).settings.account.token.get_secret_value() == login.access_token
    file.write_text('[realdebrid]\ntoken = "PASTEDTOKEN1234567890"\n')
    loaded = load(file, environ={}, folder=tmp_path)
    assert (loaded.settings.account.token.get_secret_value(), loaded.login) == ("PASTEDTOKEN1234567890", None)
    world.file.write(replace(login, ended=True))
    file.unlink()
    assert load(file, environ={}, folder=tmp_path).login is None


def test_logins_are_made_beside_the_api() -> None:
    assert oauth_address("https://api.real-debrid.com/rest/1.0/") == "https://api.real-debrid.com/oauth/v2"
    assert oauth_address("http://127.0.0.1:8080") == "http://127.0.0.1:8080/oauth/v2"
