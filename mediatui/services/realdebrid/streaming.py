"""What Real-Debrid answers about streaming a file: its addresses, and what it knows of the media."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit

from mediatui.model.stream import MediaInfo, StreamAddress, Track
from mediatui.services.errors import BadAnswer
from mediatui.services.fields import as_number, as_text, whole

_MOST_TRACKS: Final = 200


def read_addresses(answer: object) -> tuple[StreamAddress, ...]:
    """The addresses of ``/streaming/transcode``, in its order; raises BadAnswer. Nothing to stream is an empty list
    there."""
    if answer in (None, []):
        return ()
    if not isinstance(answer, Mapping):
        raise BadAnswer("Real-Debrid sent something that is not a list of streaming addresses.")
    return tuple(
        StreamAddress(str(form), str(quality), url)
        for form, qualities in answer.items()
        if isinstance(qualities, Mapping)
        for quality, url in qualities.items()
        if isinstance(url, str) and urlsplit(url).scheme in ("http", "https")
    )


def read_media_info(answer: object) -> MediaInfo:
    """The answer of ``/streaming/mediaInfos``; raises BadAnswer."""
    if not isinstance(answer, Mapping):
        raise BadAnswer("Real-Debrid sent media information that cannot be read.")
    details = answer.get("details")
    kinds = details if isinstance(details, Mapping) else {}
    tracks = [_track(kind, track) for kind in ("video", "audio", "subtitles") for track in _tracks_in(kinds.get(kind))]
    return MediaInfo(
        name=_text(answer.get("filename")),
        kind=_text(answer.get("type")),
        season=_text(answer.get("season")),
        episode=_text(answer.get("episode")),
        year=_text(answer.get("year")),
        duration_s=max(0.0, as_number(answer.get("duration")) or 0.0),
        bitrate=whole(answer.get("bitrate")),
        size=whole(answer.get("size")),
        tracks=tuple(tracks[:_MOST_TRACKS]),
    )


def _tracks_in(value: object, depth: int = 2) -> Iterator[Mapping[str, object]]:
    """The tracks in a value: by language, as a list, or as a list of tracks by language; all of these are sent."""
    if isinstance(value, Mapping) and ("codec" in value or "stream" in value):
        yield value
    elif depth and isinstance(value, Mapping | list):
        for part in value.values() if isinstance(value, Mapping) else value:
            yield from _tracks_in(part, depth - 1)


def _track(kind: str, track: Mapping[str, object]) -> Track:
    width, height = whole(track.get("width")), whole(track.get("height"))
    channels = as_number(track.get("channels"))
    shape = f"{width}×{height}" if width and height else f"{channels:g} channels" if channels else ""
    language = _text(track.get("lang")) or _text(track.get("lang_iso"))
    language = "" if language.lower() in ("unknown", "und") else language
    return Track(kind, _text(track.get("codec")) or _text(track.get("type")), language, shape)


def _text(value: object) -> str:
    """A text, or a number as one; anything else is none."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:g}"
    return str(as_text(value)).strip() if isinstance(value, str) else ""
