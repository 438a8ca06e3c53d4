"""Secrets of this run never pass the one place that takes them out, however they are written."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from mediatui.model import secrets
from mediatui.model.errors import ServiceFailure
from mediatui.model.secrets import MASK, keep_secret, mask_secrets
from mediatui.model.text import printable
from mediatui.services.realdebrid.errors import classify

TOKEN = "Aa0_~+/SUPERSECRET=="
PASSWORD = 'pä"ss\\wörd €uro'


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "_known", {})
    keep_secret(TOKEN)
    keep_secret(PASSWORD)


def ways(secret: str) -> dict[str, str]:
    """A secret as a service may write it."""
    return {
        "plain": secret,
        "percent": "".join(f"%{byte:02X}" for byte in secret.encode()),
        "partly percent": quote(secret, safe=""),
        "JSON": json.dumps(secret)[1:-1],
        "JSON, every character": "".join(f"\\u{ord(char):04x}" for char in secret),
        "JSON in JSON": json.dumps(json.dumps(secret))[3:-3],
        "HTML": "".join(f"&#{ord(char)};" for char in secret),
        "HTML, hexadecimal": "".join(f"&#x{ord(char):X};" for char in secret),
    }


@pytest.mark.parametrize("way", ways(""))
@pytest.mark.parametrize("secret", [TOKEN, PASSWORD])
def test_it_goes_however_it_is_written(secret: str, way: str) -> None:
    written = ways(secret)[way]
    for said in (mask_secrets(f"no {written}!"), printable(f"no {written}!"), ServiceFailure(f"no {written}!").message):
        assert written not in said
        assert said == f"no {MASK}!"


def test_it_goes_when_marks_nobody_sees_are_between() -> None:
    assert printable(TOKEN[:5] + "\u200b" + TOKEN[5:]) == MASK


def test_it_goes_before_an_excerpt_could_cut_it_in_two() -> None:
    for body in (json.dumps({"error": "x" * 190 + TOKEN}), "x" * 190 + TOKEN):
        assert TOKEN[:6] not in classify(500, body.encode(), {}).message


def test_a_short_secret_goes_only_as_a_word_of_its_own() -> None:
    keep_secret("film")
    assert mask_secrets("a film, filmed: film") == f"a {MASK}, filmed: {MASK}"
    keep_secret("abc")
    assert mask_secrets("abc") == "abc"


def test_ordinary_text_passes() -> None:
    text = 'Tom & Jerry 100% \\ &#233; {"a": "\\u00e9"}'
    assert mask_secrets(text) == text


@pytest.mark.parametrize("order", [("shortkey", "shortkey-and-more"), ("shortkey-and-more", "shortkey")])
def test_of_a_secret_that_holds_another_nothing_is_left(order: tuple[str, str]) -> None:
    for value in order:
        keep_secret(value)
    assert mask_secrets("a=shortkey-and-more b=shortkey") == f"a={MASK} b={MASK}"
