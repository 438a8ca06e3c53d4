"""A folder of downloads on the screen: files are taken one by one, their siblings follow, and nothing moves before a
yes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.worlds.screen import Open, well


async def test_files_are_taken_compared_skipped_and_imported(
    open_app: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, storage, folder = (tmp_path / name for name in ("lib", "kept", "in"))
    for place in (library / "Séries/Drama", storage, folder):
        place.mkdir(parents=True)
    for number, mark in ((1, b"a"), (2, b"b"), (3, b"b")):
        with (folder / f"Salt.Road.S01E0{number}.mkv").open("wb") as file:
            file.write(mark)
            file.truncate(16_000_000)
    for key, value in (
        ("LIBRARY__ROOTS", f'["{library}"]'), ("LIBRARY__MOUNTS", "[]"), ("LIBRARY__STORAGE", f'["{storage}"]'),
        ("IMPORTING__STORAGE", str(storage)), ("AUTOMATION__TRANSFERS_EVERY_S", "0"),
    ):  # fmt: skip
        monkeypatch.setenv(f"MEDIATUI_{key}", value)
    async with open_app(well(1), size=(100, 24)) as screen:
        await screen.press("colon")
        screen.app.prompt._input.value = f"import {folder}"
        await screen.press("enter")
        await screen.until(lambda: "3 to be looked at" in screen.text())
        await screen.press("m")
        await screen.until(lambda: "title, year:" in screen.text())
        screen.app.prompt._input.value = "series:Salt Road (2018)"
        await screen.press("enter")
        await screen.until(lambda: screen.text().count("Salt Road (2018)") > 2)
        await screen.press("F")
        screen.app.prompt._input.value = str(library / "Séries/Drama")
        await screen.press("enter")
        await screen.until(lambda: "2 can be imported, 1 to be looked at" in screen.text())
        await screen.press("G", "c")
        await screen.until(lambda: "BLAKE2b" in screen.text())
        assert "the same" in screen.line("content")
        await screen.press("escape")
        await screen.until(lambda: "enter take" in screen.text() or "⏎ take" in screen.text())
        await screen.press("enter")
        await screen.until(lambda: "3 can be imported" in screen.text())
        await screen.press("s")
        await screen.until(lambda: "skipped by you" in screen.text())
        assert not list(storage.iterdir())
        await screen.press("I")
        await screen.until(lambda: "2 files moved" in screen.text() or "2 links placed" in screen.text())
        await screen.press("y")
        await screen.until(lambda: [path.name for path in folder.iterdir()] == ["Salt.Road.S01E03.mkv"])
        await screen.until(lambda: "all 1" in screen.text())
        assert len([path for path in library.rglob("*.mkv") if path.is_symlink()]) == 2
