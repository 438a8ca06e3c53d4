import base64

import pytest
from hypothesis import given

from mediatui.model.errors import UsageError
from mediatui.model.magnet import Magnet, magnet_link, read_magnet
from tests.worlds.any_text import any_text

HASH = "0123456789abcdef0123456789abcdef01234567"
BASE32 = base64.b32encode(bytes.fromhex(HASH)).decode()
V2 = "1220" + "ab" * 32


@pytest.mark.parametrize(
    "text",
    [
        HASH,
        HASH.upper(),
        f"  {HASH}\n",
        BASE32,
        BASE32.lower(),
        f"magnet:?xt=urn:btih:{HASH}",
        f"MAGNET:?XT=URN:BTIH:{HASH.upper()}",
        f"magnet:?xt=urn:btih:{BASE32.lower()}",
        f"magnet:?xt=urn%3Abtih%3A{HASH}",
        f"magnet:?tr=udp://t.example&xt=urn:btih:{HASH}",
        f"magnet:?xt=urn:btmh:{V2}&xt=urn:btih:{HASH}",
        f"magnet:?xt.1=urn:ed2k:{'a' * 32}&xt.2=urn:btih:{HASH}",
        f"magnet:?xt=urn:btih:{HASH}&xt=urn:btih:{'f' * 40}",
    ],
)
def test_every_way_to_write_a_hash_is_read_as_the_same_torrent(text: str) -> None:
    assert read_magnet(text) == Magnet(HASH, "")


@pytest.mark.parametrize(
    "text",
    [
        f"magnet:?xt=urn:btih:{BASE32}&dn=",
        f"MAGNET:?xt=URN:BTIH:{HASH.upper()}&dn=A+B",
        f"magnet:?dn=x&xt=urn%3Abtih%3A{HASH}",
        f"magnet:?xt=urn:btih:{HASH}&amp;dn=My+Show&amp;tr=udp",
        f"magnet:?xt=urn:btih:{HASH}&tr=udp%3A%2F%http://2Ft.example%3A1337",
        f"magnet:?xt.1=urn:btih:{HASH}",
        f" {HASH.upper()}\n",
    ],
)
def test_the_hash_is_read_whatever_is_wrong_with_the_rest(text: str) -> None:
    """With the cases above and below: case K3 (aria2#492, rqbit#150, transdroid#598, atomashpolskiy/bt#105)."""
    assert read_magnet(text).hash == HASH


@pytest.mark.parametrize(
    ("written", "name"),
    [("L%C3%A9gende", "Légende"), ("a+b%2Bc", "a b+c"), ("x%26y", "x&y"), ("", ""), ("%FF", "\ufffd")],
)
def test_the_name_of_a_magnet_is_decoded(written: str, name: str) -> None:
    assert read_magnet(f"magnet:?dn={written}&xt=urn:btih:{HASH}").name == name


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "No magnet link"),
        (" \n ", "No magnet link"),
        ("hello", '"hello" is neither'),
        ("https://example.org/x.torrent", "neither a magnet link nor a hash"),
        ("https://site.example/torrent/1", "neither a magnet link nor a hash"),
        (f"{HASH} {HASH}", "neither"),
        ("magnet:", "has no hash"),
        ("magnet:?dn=Film&tr=udp://t.example", "has no hash"),
        ("magnet:?dn=x", "has no hash"),
        ("magnet:?xt=urn:btih:", "no hash"),
        ("magnet:?xt=urn:ed2k:" + "a" * 32, "has no hash"),
        ("magnet:?xt=urn:btih:&dn=Film", "no hash after urn:btih"),
        (f"magnet:?xt=urn:btmh:{V2}", "version 2"),
        (HASH[:-1], "39 characters"),
        (HASH + "0", "41 characters"),
        ("ab" * 32, "64 characters"),
        ("magnet:?xt=urn:btih:abc", "3 characters"),
        ("g" + HASH[1:], "not hex digits"),
        ("0189" * 8, "not base32"),
        ("\u212a" * 32, "neither"),
        (f"magnet:?xt=urn:btih:{chr(0x212A) * 32}", "not base32"),
        (f"magnet:?xt=urn:btih:zz&xt=urn:btih:{HASH}", "2 characters"),
    ],
)
def test_what_is_wrong_is_named_and_what_is_allowed_is_named(text: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_magnet(text)
    assert says in caught.value.message
    assert "40 hex digits" in caught.value.hint


def test_the_error_is_short_and_cannot_act_on_a_terminal() -> None:
    with pytest.raises(UsageError) as caught:
        read_magnet("\x1b[31m" + "x\u202e " * 100_000)
    assert len(caught.value.message) < 150
    assert caught.value.message.isprintable()


def test_a_magnet_without_a_name_has_no_name_parameter() -> None:
    assert magnet_link(HASH) == f"magnet:?xt=urn:btih:{HASH}"


@pytest.mark.slow
@given(any_text(without="\ud800\udbff\udc80\udce9\udfff"))
def test_a_written_magnet_reads_back_whatever_the_name(name: str) -> None:
    link = magnet_link(HASH, name)
    assert link.isascii()
    assert len(link.split()) == 1
    assert read_magnet(link) == Magnet(HASH, name)


@pytest.mark.slow
@given(any_text().map(lambda text: "magnet:?" + text) | any_text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        magnet = read_magnet(text)
    except UsageError:
        return
    assert len(bytes.fromhex(magnet.hash)) == 20
