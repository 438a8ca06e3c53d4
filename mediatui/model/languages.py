"""Languages by their codes: of two letters (ISO 639-1), as TMDB and people write them, and of three (ISO 639-3), as
TVDB does."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_PAIRS: Final = """
aaaar ababk afafr akaka amamh arara anarg asasm avava aeave ayaym azaze babak bmbam bebel bnben bibis bobod
bsbos brbre bgbul cacat csces chcha ceche cuchu cvchv kwcor cocos crcre cycym dadan dedeu dvdiv dzdzo elell
eneng eoepo etest eueus eeewe fofao fafas fjfij fifin frfra fyfry ffful gdgla gagle glglg gvglv gngrn guguj
hthat hahau shhbs heheb hzher hihin hohmo hrhrv huhun hyhye igibo ioido iiiii iuiku ieile iaina idind ikipk
isisl itita jvjav jajpn klkal knkan kskas kakat krkau kkkaz kmkhm kikik rwkin kykir kvkom kgkon kokor kjkua
kukur lolao lalat lvlav lilim lnlin ltlit lbltz lulub lglug mhmah mlmal mrmar mkmkd mgmlg mtmlt mnmon mimri
msmsa mymya nanau nvnav nrnbl ndnde ngndo nenep nlnld nnnno nbnob nonor nynya ococi ojoji orori omorm ososs
papan pipli plpol ptpor pspus quque rmroh roron rnrun rurus sgsag sasan sisin skslk slslv sesme smsmo snsna
sdsnd sosom stsot esspa sqsqi scsrd srsrp ssssw susun swswa svswe tytah tatam tttat tetel tgtgk tltgl ththa
titir toton tntsn tstso tktuk trtur twtwi uguig ukukr ururd uzuzb veven vivie vovol wawln wowol xhxho yiyid
yoyor zazha zhzho zuzul
"""
LONG: Final[Mapping[str, str]] = MappingProxyType({pair[:2]: pair[2:] for pair in _PAIRS.split()})
"""The code of three letters by that of two."""
_SHORT: Final = {long: short for short, long in LONG.items()}


def short_language(code: str) -> str:
    """The code of two letters for one of either length, with or without a region (``fra``, ``fr-FR``); the code itself
    in small letters for a language that has none of two."""
    plain = code.strip().lower().replace("_", "-").partition("-")[0]
    return _SHORT.get(plain, plain)
