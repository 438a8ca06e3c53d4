"""Numbers, halves of characters and nesting too deep to hold, in the answers of other services."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from mediatui.archive.restore_file import read_backup
from mediatui.model.magnet import read_magnet
from mediatui.services.arr.records import LARGEST, ByFolder, Series, read_answer, read_whole_item
from mediatui.services.arr.refusals import said_in
from mediatui.services.errors import BadAnswer
from mediatui.system.ffprobe import _read

DEEP = b"[" * 200_000
LONG = b"9" * 5000


@pytest.mark.parametrize("number", [str(10**30).encode(), b"9" * 400, b"1e400"])
def test_a_series_whose_id_no_database_holds_keeps_its_folder(number: bytes) -> None:
    body = b'[{"id": ' + number + b', "path": "/tv/A"}, {"id": 7, "path": "/tv/B", "year": ' + number + b"}]"
    first, second = read_answer(body, "Sonarr", tuple[Series, ...], "its series")
    assert (first.id, second.id) == (LARGEST, 7)
    assert ByFolder((first, second)).find("/tv/A/Season 1/x.mkv") is first


@pytest.mark.parametrize("body", [DEEP, b'[{"id": ' + DEEP, b'[{"id": 1, "path": "\\ud800"}]', b"\xff", b""])
def test_what_cannot_be_read_is_a_bad_answer_of_that_service(body: bytes) -> None:
    with pytest.raises(BadAnswer, match="Sonarr"):
        read_answer(body, "Sonarr", tuple[Series, ...], "its series")
    with pytest.raises(BadAnswer, match="Sonarr"):
        read_whole_item(body, "Sonarr", 1)


@pytest.mark.parametrize("text", [b'"title": "\\ud800"', b'"tvdbId": ' + LONG])
def test_an_item_that_could_not_be_sent_back_as_it_is_is_refused(text: bytes) -> None:
    with pytest.raises(BadAnswer):
        read_whole_item(b'{"id": 1, "path": "/tv/A", ' + text + b"}", "Sonarr", 1)


@pytest.mark.parametrize("body", [DEEP, b'{"message": ' + LONG + b"}", b'{"message": "\\ud800"}'])
def test_a_refusal_that_cannot_be_read_says_nothing_odd(body: bytes) -> None:
    said_in(httpx.Response(400, content=body)).encode()


@pytest.mark.parametrize(
    "format_", [b'{"duration": ' + LONG + b"}", b'{"duration": ' + b"9" * 400 + b"}", b'{"duration": "1e999"}', DEEP]
)
def test_ffprobe_with_numbers_nobody_holds_has_no_verdict(format_: bytes) -> None:
    streams = b'[{"codec_type": "video", "codec_name": "h264", "width": ' + str(10**30).encode() + b"}]"
    probed = _read(0, b'{"streams": ' + streams + b', "format": ' + format_ + b"}", b"")
    assert (probed.verdict, probed.width) == ("unknown", None)


@pytest.mark.parametrize("odd", [f'"bytes": {10**400}', '"filename": "\\ud800"', f'"selected": [{10**30}]'])
def test_an_entry_of_a_backup_fails_alone(tmp_path: Path, odd: str) -> None:
    file = tmp_path / "backup.json"
    file.write_text(f'[{{"hash": "{"a" * 40}", {odd}}}, {{"hash": "{"b" * 40}"}}]')
    backup = read_backup(file)
    assert backup.rows[-1].hash == "b" * 40
    json.dumps([row.name for row in backup.rows], ensure_ascii=False).encode()


def test_a_name_in_a_magnet_can_be_stored() -> None:
    read_magnet(f"magnet:?xt=urn:btih:{'a' * 40}&dn=a\udcffb").name.encode()
