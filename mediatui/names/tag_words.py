"""The words that are technical tags: the one list that titles end at (``release_title``) and that words are compared by
(``technical_tags``).

Patterns are written for folded words joined by blanks; ``in_a_name`` makes one for a name as it is written.
"""

from __future__ import annotations

import re
from typing import Final


def words_in(words: str) -> frozenset[str]:
    """The words of a list that is written as one text."""
    return frozenset(words.split())


SURE: Final = (
    r"(?:480|540|576|720|900|1080|1440|2160|4320)[pi](?:[0-9]{2,3})?|[0-9]{3,4}x[0-9]{3,4}|[48]k|uhd|fhd|qhd|ultra ?hd"
    r"|blu ?ray|b[dr] ?(?:rip|mux|rip ?mux)|bd(?:remux|mv|25|50|66|100)|uhdrip|remux|web ?rip"
    r"|web ?(?:dl|mux)(?:rip|mux)?|hdtv(?:rip)?|hd ?rip|hd ?light|hdtc|hdts|hdcam|dvd ?rip|dvd ?scr"
    r"|dvd(?:5|9|r|full|mux)|dsr(?:ip)?|[pds]dtv|tv ?rip|satrip|vhs ?rip|vodrip|ppvrip"
    r"|hddvd|telesync|telecine|screener|camrip"
    r"|[xh] ?26[456]|hevc|avc|xvid|divx|av1|vp9|vc ?1|mpeg ?[24]|(?:8|10|12) ?bits?|hi10p?"
    r"|aac(?:[1-9]|lc)?|e?ac ?3|ddp?[257]|ddpa?(?:[257])?|dts(?:hd|x)?|true ?hd|atmos|flac[1257]?|opus[1257]?|mp3|lpcm"
    r"|hdr(?:10(?:p|plus)?)?|hdr ?10|dovi|dolby ?vision|hlg|sdr|[0-9]{2,3} ?fps|hfr|[2-8]ch"
)
"""A word, or words, that are a technical tag almost everywhere."""
SURE_BEGINS: Final = words_in("ultra blu b bd br bdrip brrip web hd dvd tv vhs x h vc mpeg e ac eac true hdr dolby")
"""The words, numbers aside, that begin a sure tag of several words."""
MAYBE: Final = words_in(
    "web dvd bd hd dl hq dv sd tc scr dub dual ppv ppvod vod "
    "proper repack repack2 repack3 rerip internal readnfo dirfix nfofix subfix hybrid custom untouched retail "
    "limited dubbed subbed subs esub esubs msub msubs multisub multisubs hardsub hardsubs hardcoded hc softsubs "
    "ws fs ntsc pal v2 v3 v4 mhd ddc "
    "amzn nf dsnp dsny hmax atvp pcok pmtp hulu crav itunes crunchyroll"
)
"""Words that are tags beside other tags."""
BEHIND: Final = words_in(
    "real int ma ts cam ray dd audio es x rip sub oar cbr vbr mux ad max atv stan cr netflix amazon disney iplayer ip "
    "sho roku vudu fod pmnp adn wakanim funi repacked"
)
"""Ordinary words that are tags only behind a sure one."""
TITLE_WORDS: Final = words_in("opus screener atmos telecine avc flac mp3 remux uhd sdr hlg 4k 8k")
LANGUAGES: Final[dict[str, str]] = {
    word: code
    for code, words in {
        "en": "english eng en ingles", "fr": "french fra fre fr", "de": "german deutsch ger deu swissgerman",
        "es": "spanish esp spa castellano espanol",
        "latino": "latino lat", "it": "italian ita", "pt": "portuguese por pt", "br": "ptbr dublado brazilian",
        "ru": "russian rus ru", "pl": "polish pl pol", "nl": "dutch nld nl flemish", "sv": "swedish swe",
        "no": "norwegian", "da": "danish dan", "fi": "finnish fin", "nordic": "nordic", "ja": "japanese jpn jap ja",
        "ko": "korean kor ko", "zh": "chinese chi zho mandarin cantonese", "hi": "hindi hin", "ta": "tamil tam",
        "te": "telugu tel", "cs": "czech cze ces cz", "hu": "hungarian hun", "tr": "turkish tur", "el": "greek",
        "he": "hebrew heb", "ar": "arabic ara", "uk": "ukrainian ukr", "th": "thai", "vi": "vietnamese vie",
        "ro": "romanian rum ron", "bg": "bulgarian bul", "hr": "croatian", "sr": "serbian", "sk": "slovak slk",
        "is": "icelandic", "lt": "lithuanian", "lv": "latvian", "et": "estonian", "fa": "persian farsi",
        "bn": "bengali", "ca": "catalan catala", "ml": "malayalam", "kn": "kannada", "sq": "albanian",
        "af": "afrikaans", "mr": "marathi", "tl": "tagalog", "ur": "urdu", "rm": "romansh rumantsch romansch",
        "mn": "mongolian khalkha", "ka": "georgian", "id": "indonesian", "ms": "malay", "sl": "slovenian",
        "mk": "macedonian",
        "multi": "multi multilang multi2 multi3", "vostfr": "vostfr subfrench vost", "vff": "vff truefrench",
        "vfq": "vfq", "vfi": "vfi", "vf2": "vf2", "vf": "vf", "vo": "vo", "swesub": "swesub", "plsub": "plsub",
    }.items()
    for word in words.split()
}  # fmt: skip
"""Words for languages, and for what a release holds of them."""

SMALL_WORDS: Final = {
    "french": words_in("le la les un une des du et dans sur pour"),
    "german": words_in("der die das ein eine den dem des und im am zum von mit"),
    "italian": words_in("il lo gli una uno della dello del di nel per"),
    "spanish": words_in("el los las una uno del y en por"),
}
"""Words that show the language a title is in, by the English name of the language."""

ENDS_TITLE: Final = (
    r"(?:1920|1280)\*[0-9]{3,4}|dvd(?: ?mux)?|hd ?(?:dvd|cam|ts|tv)|a?u?hdtv|(?:sat|dth|dvb) ?rip|dvb|bd ?scr|web ?cap"
    r"|full ?hd|(?:half|full|h) ?(?:sbs|ou)|sbs|rv[0-9]{2}|[0-9]{2}\.[0-9]{3} ?fps|[0-9]+(?:[.,][0-9]+)? ?[mgt]b"
    r"|e ac ?3|ac3d|aac[0-9.]*|ddp?[0-9] ?[0-9]|dts|l?pcm|vorbis|lame[0-9.]*"
    r"|multi ?(?:subs?|audio)?|dual ?audio|truefrench|subfrench|vost(?:fr|a)?|vff|vfq|vfi|kor ?subs?|repack|workprint"
    r"|(?:en|nl|swe|pl|hard|e) ?sub(?:s|bed)?|r5|pal|ntsc|secam|mp4|mkv|fansub|readnfo|nfofix|dirfix|preair|cd ?[1-9]"
    r"|bd(?=[ ._-]+[0-9]{3,4}p)|web(?=[ ._-]*(?:[xh][ ._]?26[45]|[0-9]{3,4}[pi]|hevc|av1))"
)
"""More that ends a title wherever it stands, though other releases of a film may differ in it."""
EDITION: Final = (
    r"(?:super )?extended|uncut|unrated|uncensored|theatrical|(?:4k )?remastered|restored|imax|redux|despecialized"
    r"|colori[sz]ed|2in1|director'?s? cut|(?:final|assembly|alternat(?:iv)?e) cut|open matte|fan ?edit|recut|proper"
    r"|internal|retail|limited|convert|criterion(?: collection)?"
    r"|(?:(?:special|ultimate|diamond|signature|collector'?s?|criterion|extended|theatrical|imax|[0-9]{2}th|anniversary"
    r"|unrated|limited|definitive|deluxe|fan) ){1,3}(?:edition|cut|version)"
)
"""Words for an edition; part of a title where no year or sure tag follows."""
_SHORT: Final = words_in(
    "swissgerman dl ld md ml pl nl ptbr complete vo vf doku docu xxx stv cam ts tc 3d hou widescreen oar cc mono "
    "stereo vhs cbr vbr deluxe"
)
_NAMED: Final = frozenset(word for word in LANGUAGES if len(word) > 2)
BESIDE: Final = "|".join((*sorted(MAYBE | _NAMED | _SHORT), r"[257]\.[01]"))
"""Languages and other words that end a title where a sure tag follows, and are words of titles elsewhere."""


def in_a_name(pattern: str) -> str:
    """A pattern for words joined by blanks as one for a name, where a dot, a hyphen or an underscore may join them."""
    return re.sub(r"(?<!\[) (\??)", r"[ ._-]\1", pattern)
