"""What each technical tag says of a release, by column. The tags themselves are recognised by ``technical_tags``.

A tag of several words stands here without blanks (``webdl`` for ``WEB-DL``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mediatui.names.tag_words import LANGUAGES, words_in

RESOLUTIONS: Final[Mapping[int, int]] = {2160: 1600, 1080: 1000, 720: 620, 576: 550, 480: 0}
"""The classes that heights are brought to, the highest first, and the least height of each."""
WEAK_HEIGHTS: Final[Mapping[str, int]] = {
    "4k": 2160, "uhd": 2160, "ultrahd": 2160, "uhdrip": 2160, "uhdbd": 2160, "uhdbdrip": 2160, "uhdremux": 2160,
    "4klight": 2160, "8k": 2160, "fhd": 1080, "fullhd": 1080, "qhd": 1080, "2160": 2160, "1080": 1080, "720": 720,
    "576": 576, "480": 480,
}  # fmt: skip
"""Words for a height that count where none is written in lines."""
SOURCES: Final[Mapping[str, str]] = {
    "remux": "remux bdremux uhdremux remuxbd",
    "disc": "bdmv bd25 bd50 bd66 bd100 bdfull brdisk bdiso bdisk fullbd untouched iso dvd5 dvd9 2dvd5 2dvd9 2xdvd9 "
            "2xdvd5 dvdr dvdfull mdvdr",
    "bluray": "bluray bdrip brrip bd bdmux bdripmux bdrmux brmux brripmux bluraymux hddvd hddvdrip uhdrip uhdbd "
              "uhdbdrip uhd2bd mbluray bdlight mhd",
    "web-dl": "webdl web webhd webuhd webdlmux amazonhd amazonsd amazonuhd netflixhd netflixuhd ituneshd maxdomehd "
              "disneyhd vod",
    "webrip": "webrip webmux webdlrip webcap vodrip hdrip dlmux",
    "hdtv": "hdtv hdtvrip hdtvmux tvhd pdtv sdtv dtv dsr dsrip tvrip satrip dvb dvbrip dthrip uhdtv ahdtv auhdtv ppv "
            "ppvrip netflixuhdrip rawhd",
    "dvd": "dvd dvdrip dvdmux r5 xvidvd dvdivx vhsrip vhs",
    "cam": "cam hdcam camrip hdcamrip hqcam hqcamrip newcam telesync telesynch ts hdts tsrip hdtsrip telecine tc hdtc "
           "hdtcrip screener scr dvdscr bdscr webscr webscreener dvdscreener workprint predvd predvdrip",
}  # fmt: skip
CODECS: Final[Mapping[str, str]] = {
    "x265": "x265 h265 hevc hevc10", "x264": "x264 h264 avc avchd", "av1": "av1", "xvid": "xvid divx dvdivx xvidvd",
}  # fmt: skip
HDR: Final[Mapping[str, str]] = {
    "dv": "dv dovi dolbyvision", "hdr10+": "hdr10p hdr10plus", "hdr10": "hdr10 hdr", "hlg": "hlg",
}  # fmt: skip
AUDIO: Final[Mapping[str, str]] = {
    "atmos": "atmos atmos7 atmos5 ddpa ddpa2 ddpa5 ddpa7", "truehd": "truehd truehd5 truehd7",
    "dts-hd": "dtshd dtshdma dtsma dtshdhra dtsx", "dts": "dts dtses dts5",
    "ddp": "ddp ddp1 ddp2 ddp5 ddp7 ddpa ddpa2 ddpa5 ddpa7 eac3 ddplus",
    "dd": "dd dd1 dd2 dd5 dd7 dd51 dd20 ac3 ac3d", "aac": "aac aac1 aac2 aac5 aac6 aac7 aaclc heaac",
    "flac": "flac flac1 flac2 flac5 flac7", "opus": "opus opus1 opus2 opus5 opus7", "pcm": "pcm lpcm", "mp3": "mp3",
}  # fmt: skip
FLAGS: Final[Mapping[str, str]] = {
    "proper": "proper", "repack": "repack repack2 repack3 rerip repacked", "internal": "internal int",
    "hc": "hc hardcoded hardsub hardsubs korsub korsubs",
}  # fmt: skip
CHANNELS: Final[Mapping[str, str]] = {"2ch": "2.0", "6ch": "5.1", "8ch": "7.1"}
BESIDE_TAGS: Final = words_in(
    "ld dl md ml doku docu stv pal ntsc secam mp4 mkv avi mpg m2ts wmv mp2 mp3 vp7 vp8 vorbis dxva xxx final complete "
    "completa complet integrale dubbed dublado preair upscaled upscale ws fs hr lq hq mq line cc 3d hsbs hou sbs lav "
    "hin soft subtitles subtitulado legendas plus 480 576 720 1080 2160 extras hra mono stereo hebsubs subforced new "
    "sub subs c updated reencoded pcm ac3 qc sdr hybrid ai"
)
"""Words that are no title where they stand beside tags, though most of them say nothing for a column."""
UNTOUCHED: Final = frozenset(("avc", "hevc", "vc1", "mpeg2", "mvc"))
"""How a disc that was not encoded again names its codec, beside the word ``COMPLETE`` or ``Blu-ray``."""


def _by_word() -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    tables = {"source": SOURCES, "codec": CODECS, "hdr": HDR, "audio": AUDIO, "flag": FLAGS}
    for column, table in tables.items():
        for value, words in table.items():
            for word in words.split():
                found[word] = (*found.get(word, ()), (column, value))
    for word in UNTOUCHED:
        found.setdefault(word, ())
    return found


SAYS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = _by_word()
"""The columns that a tag speaks of, and what it says there."""
BEGINNINGS: Final = frozenset(word[:end] for word in (*SAYS, *WEAK_HEIGHTS) for end in range(1, len(word)))
"""What a tag of several words may begin with."""
LANGUAGE_NAMES: Final[Mapping[str, str]] = {code: word for word, code in reversed(LANGUAGES.items())}
"""The word a language is shown by (``french``), by its code; ``multi``, ``vff`` and their like stay as they are."""
SHORT_LANGUAGES: Final[Mapping[str, str]] = {
    short: code
    for code, words in {
        "en": "en ing", "fr": "fr", "de": "de", "es": "es", "it": "it", "pt": "pt", "ru": "ru", "pl": "pl",
        "nl": "nl", "hu": "hu", "cs": "cz", "sk": "sk", "lt": "lt", "lv": "lv lav", "ro": "ro", "bg": "bg",
        "ka": "ka geo", "ca": "cat", "ja": "ja jp", "ko": "ko kr", "uk": "ua", "zh": "chs cht big5", "te": "tel",
        "he": "heb", "hr": "cro", "sv": "se", "da": "dk",
    }.items()
    for short in words.split()
}  # fmt: skip
"""Letters that are a language where they stand in capitals beside tags, and are words elsewhere."""
