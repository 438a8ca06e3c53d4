"""The file of pinned host keys, and in which order a server is asked for one."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest

from mediatui.services.sftp.host_keys import ALGORITHMS, HostKey, KnownHosts, order_of, same_fingerprint

ONE, OTHER = HostKey("ssh-ed25519", b"one"), HostKey("ssh-rsa", b"other")


def test_a_pinned_key_is_found_by_host_and_port_and_replaces_the_ones_before(tmp_path: Path) -> None:
    known = KnownHosts(tmp_path / "known_hosts")
    assert known.keys("box", 22) == ()
    known.pin("box", 22, ONE)
    known.pin("Box", 2222, OTHER)
    assert known.keys("BOX", 22) == (ONE,)
    assert known.keys("box", 2222) == (OTHER,)
    known.pin("box", 22, OTHER)
    assert known.keys("box", 22) == (OTHER,)
    assert known.file.read_text().splitlines() == [
        f"[box]:2222 ssh-rsa {base64.b64encode(b'other').decode()}",
        f"box ssh-rsa {base64.b64encode(b'other').decode()}",
    ]
    assert stat.S_IMODE(known.file.stat().st_mode) == 0o600


def test_forgetting_takes_out_one_server_and_leaves_what_somebody_else_wrote(tmp_path: Path) -> None:
    known = KnownHosts(tmp_path / "known_hosts")
    known.file.write_text("# mine\n@revoked box ssh-rsa AAAA\nbox ssh-rsa not*base64\n")
    known.pin("box", 22, ONE)
    assert known.forget("box", 22) == 1
    assert known.forget("box", 22) == 0
    assert known.file.read_text() == "# mine\n@revoked box ssh-rsa AAAA\nbox ssh-rsa not*base64\n"


@pytest.mark.parametrize(
    ("pinned", "first"),
    [((), "ssh-ed25519"), ((OTHER,), "rsa-sha2-512"), ((HostKey("ecdsa-sha2-nistp256", b""),), "ecdsa-sha2-nistp256")],
)
def test_the_kind_of_the_pinned_key_is_asked_for_first(pinned: tuple[HostKey, ...], first: str) -> None:
    asked = order_of(pinned)
    assert asked[0] == first
    assert sorted(asked) == sorted(ALGORITHMS)


def test_a_fingerprint_may_be_given_with_its_kind_or_without() -> None:
    plain = ONE.fingerprint.removeprefix("SHA256:")
    assert same_fingerprint(ONE.fingerprint, ONE.fingerprint)
    assert same_fingerprint(f" {plain}= ", ONE.fingerprint)
    assert not same_fingerprint(plain[:-1] + "x", ONE.fingerprint)
    assert not same_fingerprint("MD5:11:22", ONE.fingerprint)
