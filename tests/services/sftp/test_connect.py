"""Logging in to a real SSH server: what is refused before a byte of a file, and what is said."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from mediatui.model.errors import UsageError
from mediatui.services.sftp import connect
from mediatui.services.sftp.client import Sftp, opened
from mediatui.services.sftp.connect import shown_key
from mediatui.services.sftp.errors import (
    HostKeyChanged,
    HostKeyUnknown,
    LoginRefused,
    RemoteMissing,
    RemoteRefused,
    SftpAway,
)
from mediatui.services.sftp.host_keys import HostKey, KnownHosts
from mediatui.services.torrent_client import ClientAway
from mediatui.settings.sftp import SftpSettings
from tests.worlds.rtorrent import RealRTorrent, free_port
from tests.worlds.sshd import RealSshd, make_key

pytestmark = pytest.mark.real


async def refused(section: SftpSettings, known: KnownHosts) -> Exception:
    """How a login ends that has to fail."""
    files = Sftp(section, known)
    with pytest.raises((SftpAway, LoginRefused, HostKeyUnknown, HostKeyChanged, UsageError)) as raised:
        await files.lstat(b"/")
    await files.close()
    return raised.value


async def test_a_server_whose_key_is_not_pinned_is_shown_and_not_logged_in_to(sshd: RealSshd, tmp_path: Path) -> None:
    known = KnownHosts(tmp_path / "known_hosts")
    error = await refused(sshd.section(), known)
    assert isinstance(error, HostKeyUnknown)
    key = await shown_key(sshd.section())
    assert key.fingerprint in error.message
    assert f"sftp trust 127.0.0.1:{sshd.port} --fingerprint {key.fingerprint}" in error.hint
    known.pin("127.0.0.1", sshd.port, key)
    async with opened(sshd.section(), known) as files:
        assert (await files.lstat(b"/")).kind == "folder"


async def test_another_key_or_another_kind_of_key_is_a_hard_stop(sshd: RealSshd, tmp_path: Path) -> None:
    known = KnownHosts(tmp_path / "known_hosts")
    known.pin("127.0.0.1", sshd.port, HostKey("ssh-ed25519", b"x" * 51))
    error = await refused(sshd.section(), known)
    assert isinstance(error, HostKeyChanged)
    assert error.exit_code == 4
    assert "has changed" in error.message
    assert error.shown in error.message
    assert "sftp forget" in error.hint
    known.pin("127.0.0.1", sshd.port, HostKey("ssh-rsa", b"x" * 51))
    error = await refused(sshd.section(), known)
    assert isinstance(error, HostKeyChanged)
    assert "is of another kind" in error.message


async def test_the_users_own_known_hosts_count_unless_they_are_not_to(
    sshd: RealSshd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = KnownHosts(tmp_path / "known_hosts")
    theirs = tmp_path / "theirs"
    theirs.write_text(f"[127.0.0.1]:{sshd.port} {(sshd.folder / 'host_ed25519.pub').read_text()}")
    monkeypatch.setattr(connect, "SYSTEM_KNOWN_HOSTS", theirs)
    files = Sftp(sshd.section(trust_system_known_hosts=True), known)
    assert (await files.lstat(b"/")).kind == "folder"
    await files.close()
    assert isinstance(await refused(sshd.section(), known), HostKeyUnknown)


async def test_a_refused_login_names_what_was_tried_and_no_secret(sshd: RealSshd, tmp_path: Path) -> None:
    sshd.pin()
    other = make_key(tmp_path / "other")
    error = await refused(sshd.section(key_file=other, password="geheim-123"), sshd.known)
    assert isinstance(error, LoginRefused)
    assert f"tried: key {other} and password" in error.sentence
    assert "geheim" not in error.sentence


async def test_a_key_file_that_cannot_be_used_says_why(sshd: RealSshd, tmp_path: Path) -> None:
    sshd.pin()
    locked = make_key(tmp_path / "locked", "-N", "open sesame", "-a", "1")
    (tmp_path / "text").write_text("no key")
    for given, said in (
        ({"key_file": tmp_path / "gone"}, "is not there"),
        ({"key_file": tmp_path / "text"}, "is no private key"),
        ({"key_file": locked}, "is encrypted"),
        ({"key_file": locked, "passphrase": "another"}, "does not fit"),
    ):
        error = await refused(sshd.section(**given), sshd.known)
        assert isinstance(error, UsageError)
        assert said in error.sentence
    assert isinstance(await refused(sshd.section(key_file=locked, passphrase="open sesame"), sshd.known), LoginRefused)


async def test_a_port_where_nothing_or_something_else_listens(sshd: RealSshd, monkeypatch: pytest.MonkeyPatch) -> None:
    error = await refused(sshd.section(port=free_port()), sshd.known)
    assert "Nothing listens at" in str(error)
    monkeypatch.setattr(connect, "LOGIN_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        error = await refused(sshd.section(port=silent.getsockname()[1]), sshd.known)
    assert "No SSH server answers at" in str(error)
    assert isinstance(await refused(sshd.section(host=""), sshd.known), UsageError)


@pytest.fixture(scope="module")
def closed_server() -> Iterator[RealSshd]:
    with RealSshd("ForceCommand /bin/false", "DisableForwarding yes") as server:
        yield server


async def test_a_server_that_closes_sftp_and_forwards_nothing_is_told_apart(closed_server: RealSshd) -> None:
    files = closed_server.files()
    with pytest.raises(SftpAway, match="closed SFTP"):
        await files.lstat(b"/")
    with pytest.raises(ClientAway, match="opens no connection to /run/rpc"):
        await files.through_ssh("/run/rpc")()
    await files.close()


async def test_a_connection_that_broke_is_opened_again_and_only_then(sshd: RealSshd) -> None:
    files = sshd.files()
    await asyncio.gather(*(files.lstat(b"/") for _ in range(5)))
    assert files.opened == 1
    sshd.cut_sessions()
    assert (await files.lstat(b"/")).kind == "folder"
    assert files.opened == 2
    await files.close()


async def test_names_are_bytes_and_what_is_not_there_or_not_allowed_is_said(sshd: RealSshd) -> None:
    files = sshd.files()
    folder = os.fsencode(sshd.root) + b"/names"
    odd = [b"\xff\xfe.mkv", b"back\\slash", b"two\nlines", b"n" * 255]
    await files.make_folders(folder + b"/deep/er")
    for name in odd:
        Path(os.fsdecode(folder + b"/" + name)).write_bytes(b"four")
    entries = await files.listing(folder, 100)
    assert sorted(entry.name for entry in entries) == sorted([*odd, b"deep"])
    assert {entry.facts.size for entry in entries if entry.facts.kind == "file"} == {4}
    with pytest.raises(RemoteRefused, match="more than 2 entries"):
        await files.listing(folder, 2)
    with pytest.raises(RemoteMissing, match="is not there"):
        await files.lstat(folder + b"/gone")
    with pytest.raises(RemoteRefused):
        await files.rename(folder + b"/" + odd[0], folder + b"/" + odd[1])
    assert (await files.space(folder)).total > 0
    await files.close()


async def test_rtorrent_is_reached_through_the_login_by_its_socket(sshd: RealSshd, rtorrent: RealRTorrent) -> None:
    from mediatui.services.rtorrent.configured import configured_rtorrent
    from mediatui.settings.seedbox import SeedboxSettings

    files = sshd.files()
    section = SeedboxSettings(enabled=True, url=f"ssh+scgi://{rtorrent.socket}")
    client = configured_rtorrent(
        section, through_ssh=files.through_ssh, make_folder=files.make_folder, closing=files.close
    )
    assert (await client.facts()).transport == "SCGI through SSH"
    assert files.opened == 1
    await client.close()
    missing = configured_rtorrent(
        SeedboxSettings(enabled=True, url=f"ssh+scgi://{rtorrent.socket}.gone"), through_ssh=files.through_ssh,
        closing=files.close,
    )  # fmt: skip
    with pytest.raises(ClientAway, match="opens no connection to"):
        await missing.facts()
    await missing.close()
