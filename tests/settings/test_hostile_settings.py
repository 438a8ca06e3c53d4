"""Nonsensical settings are reported, in bounded time."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from mediatui.settings import load_settings
from mediatui.settings.sources import MOST_PROBLEMS, SettingsError

DIGITS = "9" * 5000
DOTS = ".".join(["a"] * 20_000)


def problem(folder: Path, text: str) -> SettingsError:
    file = folder / "config.toml"
    file.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_settings(file, environ={}, folder=folder)
    return caught.value


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"[realdebrid]\n\nmax_concurrent = {DIGITS}\n", "a number with too many digits (at line 3)"),
        (f"[realdebrid]\nmax_concurrent = -{DIGITS}\n", "a number with too many digits (at line 2)"),
        (f"[realdebrid]\nmax_concurrent = {'9_' * 5000}9\n", "a number with too many digits (at line 2)"),
        (f"[realdebrid]\nmax_concurrent = 0x{'f' * 5000}\n", "realdebrid.max_concurrent = … is not allowed"),
        (f"[realdebrid]\ntimeout_s = {DIGITS}.0\n", "realdebrid.timeout_s"),
        (f"{DOTS} = 1\n", "is nested too deeply (at line 1)"),
        (f"\n[{DOTS}]\n", "is nested too deeply (at line 2)"),
        (f"x = {{ {DOTS} = 1 }}\n", "is nested too deeply (at line 1)"),
        ("x = " + "[" * 20_000, "is nested too deeply"),
        ("x = 1\n" * 200_000, "is longer than 1,048,576 bytes"),
        ("[ui]\n" + "".join(f"k{number}.x = 1\n" for number in range(20_000)), "19,980 more are wrong"),
        ("".join(f"s{number}.x = 1\n" for number in range(20_000)), "19,980 more are wrong"),
        ("x" * 1_000_000, "is not valid TOML"),
    ],
)
def test_it_is_named_at_once(tmp_path: Path, text: str, said: str) -> None:
    began = time.process_time()
    error = problem(tmp_path, text)
    assert time.process_time() - began < 2
    assert said in error.message
    assert (error.exit_code, len(error.problems) <= MOST_PROBLEMS + 1, len(error.message) < 10_000) == (2, True, True)


def test_a_long_number_in_the_environment_is_named(tmp_path: Path) -> None:
    for name, value in (("MAX_CONCURRENT", DIGITS), ("TIMEOUT_S", "1e999"), ("BATCH_SIZE", f"-{DIGITS}")):
        with pytest.raises(SettingsError, match=rf"realdebrid\.{name.lower()}"):
            load_settings(tmp_path / "none", environ={f"MEDIATUI_REALDEBRID__{name}": value}, folder=tmp_path)


def test_a_text_with_many_dots_is_no_long_key(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[realdebrid]\ntoken = "' + ".".join(["a"] * 20) + '"\n')
    assert load_settings(file, environ={}, folder=tmp_path).realdebrid.token.get_secret_value().startswith("a.a")
