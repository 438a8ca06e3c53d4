"""The log file: JSON lines, rotating, private, without secrets."""

from __future__ import annotations

import json
import logging
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mediatui.runtime.logs import log_crash, read_earlier, start_log, stop_log


@pytest.fixture(autouse=True)
def _without_a_log() -> Iterator[None]:
    """No test begins with the log of a command that ran before, and none leaves its own."""
    stop_log()
    yield
    stop_log()
    logging.getLogger("mediatui").propagate = True


def lines(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_a_record_is_one_json_line_in_a_private_file(tmp_path: Path) -> None:
    file = tmp_path / "log" / "mediatui.log"
    assert start_log(file) == ""
    logging.getLogger("mediatui.archive.sync.job").warning("several\nlines of %s", "Légendes")
    (line,) = lines(file)
    assert (line["level"], line["where"], line["text"]) == (
        "warning",
        "mediatui.archive.sync.job",
        "several\nlines of Légendes",
    )
    assert str(line["at"]).endswith("Z")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_secrets_never_reach_the_file(tmp_path: Path) -> None:
    file = tmp_path / "mediatui.log"
    start_log(file)
    secret = "A1B2C3D4E5F6G7"
    logger = logging.getLogger("mediatui.services")
    logger.error("Authorization: Bearer %s", secret)
    logger.error("GET https://host/rest?auth_token=%s&limit=1", secret)
    try:
        raise ValueError(f"token={secret}")
    except ValueError:
        logger.exception("broke")
    text = file.read_text()
    assert secret not in text
    assert "ValueError" in text
    assert len(lines(file)) == 3


def test_the_level_decides_what_is_written_and_can_change(tmp_path: Path) -> None:
    file = tmp_path / "mediatui.log"
    logger = logging.getLogger("mediatui.x")
    start_log(file, level="error")
    logger.warning("unwritten")
    start_log(file, level="debug")
    logger.debug("written")
    assert [line["text"] for line in lines(file)] == ["written"]


def test_requests_are_not_logged_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "mediatui.log"
    start_log(file, level="debug")
    logging.getLogger("httpx").info("HTTP Request: GET https://host/torrents")
    logging.getLogger("httpcore.connection").debug("connect_tcp.started")
    assert file.read_text() == ""


def test_the_file_is_put_aside_at_its_size_and_few_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "mediatui.log"
    start_log(file, max_bytes=10_000, backups=2)
    for number in range(1000):
        logging.getLogger("mediatui").info("line %d", number)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["mediatui.log", "mediatui.log.1", "mediatui.log.2"]
    assert all(path.stat().st_size <= 10_000 for path in tmp_path.iterdir())
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}
    assert lines(file)[-1]["text"] == "line 999"


def test_a_log_that_cannot_be_written_is_told_and_stops_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert "There is no log" in start_log(tmp_path / "file" / "mediatui.log")
    assert "There is no log" in start_log(tmp_path)
    logging.getLogger("mediatui").error("nowhere")
    assert capsys.readouterr().err == ""


def test_a_crash_is_logged_with_its_trace_even_when_no_log_was_open(tmp_path: Path) -> None:
    file = tmp_path / "mediatui.log"
    try:
        raise KeyError("odd")
    except KeyError:
        assert log_crash(file) == f"The details are in {file}."
    assert "KeyError: 'odd'" in str(lines(file)[0]["trace"])


def test_earlier_lines_are_read_from_rotated_files_too_and_what_is_no_line_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "mediatui.log"
    line = '{{"at": "2026-03-01T0{0}:00:00.000Z", "level": "info", "text": "line {0}"}}\n'
    file.with_name("mediatui.log.10").write_text(line.format(1))
    file.with_name("mediatui.log.2").write_text(line.format(2))
    file.write_text("{\n\n[]\n" + line.format(3) + line.format(9))
    before = datetime(2026, 3, 1, 5, tzinfo=UTC).timestamp()
    assert [one.text for one in read_earlier(file, before, 10)] == ["line 1", "line 2", "line 3"]
    assert [one.text for one in read_earlier(file, before, 2)] == ["line 2", "line 3"]
    assert read_earlier(tmp_path / "none.log", before, 2) == []
