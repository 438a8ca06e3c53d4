"""The patterns of ``loose_numbers``, each with the name it is for.

They stand in the order in which they are tried: what is written most clearly comes first.
"""

from __future__ import annotations

import re
from typing import Final

from mediatui.names.dates import YEAR_FIRST
from mediatui.names.number_words import ENGLISH, FRENCH, GERMAN, ITALIAN, SPANISH
from mediatui.names.pattern_pieces import SEASON_WORD, WORD_AFTER, WORD_BEFORE, YEAR

_SEASONS_WORD: Final = rf"(?:{SEASON_WORD}|seasons|saisons|temp)"
_NUMBER_WORD: Final = "|".join(ENGLISH)
# "Season Two", "Saison sept": each language's own words, and none that is an article
_SEASON_IN_WORDS: Final = "|".join(
    rf"{season}[ .](?=(?:{'|'.join(words)}){WORD_AFTER})"
    for season, words in (
        ("season", ENGLISH), ("saison", FRENCH[1:]), ("staffel", (*GERMAN, "fünf", "zwölf")),
        ("temporada", SPANISH[1:]), ("stagione", ITALIAN[1:]),
    )
)  # fmt: skip

# A season and its episodes, both written out

# "shows01e02": nothing between the title and the season
GLUED = re.compile(r"(?<=[a-z])s(?P<season>[0-9]{2})(?P<episodes>(?:e[0-9]{2})+)(?![0-9])")
# "S1E1-8 of 8": all of a season
WHOLE_SEASON = re.compile(
    WORD_BEFORE + r"s(?P<season>[0-9]{1,2})e1-(?P<count>[0-9]{1,3})[ ._](?:of|из)[ ._](?P=count)(?![0-9])",
    re.IGNORECASE,
)
# "S6.E1E3": from the first to the third, or the first and the third
RANGE_MARKED = re.compile(
    WORD_BEFORE + r"s(?P<season>[0-9]{1,2})[ ._]?e(?P<first>[0-9])e(?P<last>[0-9])(?![0-9])", re.IGNORECASE
)
# "s06.01"
POINT = re.compile(WORD_BEFORE + r"s(?P<season>[0-9]{1,2})[._](?P<first>[0-9]{2})(?=[._ ])", re.IGNORECASE)
# "Cap.201", "Cap.201_203", "Cap.201-03": the season, then the episode in two digits
CHAPTER = re.compile(
    WORD_BEFORE + r"cap[. ]{1,2}(?P<season>[0-9]{1,2})(?P<first>[0-9]{2})(?:[_-](?:(?P=season))?(?P<last>[0-9]{2}))?"
    r"(?![0-9])",
    re.IGNORECASE,
)
# "S01EP02", "S01.E.02", "S01x04", "1x04 Title", "2016x231": whatever else is marked
# as both, and the strict rule found unclear
EXPLICIT = re.compile(
    WORD_BEFORE + r"(?:s(?P<season>[0-9]{1,4})[ ._-]{0,3}ep?(?:[ .](?=[0-9]{1,3}(?![^\W_])))?"
    rf"|(?P<year>{YEAR})x(?=[0-3][0-9]{{2}}(?![0-9]))"
    r"|s?(?P<short>[0-9]{1,2})(?:x(?=[0-9]{2})|e(?=[0-9]{2}(?![^\W_]))))"
    r"(?P<first>[0-9]{1,5})(?:-(?:ep?|x)?(?P<last>[0-9]{1,4})" + WORD_AFTER + ")?(?![0-9])",
    re.IGNORECASE,
)
# "Tem.2": only beside a chapter
TEMPORADA = re.compile(WORD_BEFORE + r"tem[. ]{1,2}[0-9]{1,2}(?![0-9])", re.IGNORECASE)
# "Season.3of5": the third of five seasons
SEASON_OF = re.compile(
    rf"{WORD_BEFORE}{_SEASONS_WORD}[ ._-]{{0,3}}(?P<season>[0-9]{{1,2}})[ ._]?of[ ._]?[0-9]{{1,2}}{WORD_AFTER}",
    re.IGNORECASE,
)

# Seasons

# "S01", "S2014", "Season 2", "Saison II", "Season Two"
SEASONS = re.compile(
    rf"{WORD_BEFORE}(?:(?:{_SEASONS_WORD}[ ._-]{{0,3}}|s|s[ ](?=[0-9]{{2}}(?![0-9])))"
    rf"(?P<season>{YEAR}|[0-9]{{1,3}})(?![0-9xp])"
    r"|(?:saison|season|stagione)[ .](?P<roman>X{0,2}(?:I[VX]|V?I{1,3}|V|X))"
    rf"|(?:{_SEASON_IN_WORDS})(?P<word>[^\W\d_]+))"
    rf"(?:(?=[ds][0-9])|{WORD_AFTER})",
    re.IGNORECASE,
)
# "Series 2" at the end or before brackets: elsewhere it is a word of titles
SERIES = re.compile(
    WORD_BEFORE + r"series[ ._-]{1,3}(?P<season>[1-9][0-9]?)" + WORD_AFTER + r"(?=[ ._-]*(?:$|[(\[]|complete))",
    re.IGNORECASE,
)
# "S01-S03", "Seasons 1 to 5", "Season 1 and 3", "S01S02", "01 02 (": seasons behind the first
MORE_SEASONS = re.compile(
    rf"[ ._]{{0,2}}(?:(?P<to>-|(?:to|a|à|bis)(?=[ ._]))[ ._]{{0,2}}"
    rf"|(?P<and>[&+,.]|(?:and|et|und)(?=[ ._])|(?=s[0-9]{{2}}(?![0-9e])))[ ._]{{0,2}}(?![0-9]{{3}})"
    r"|(?<=[0-9])[ ](?=s?[0-9]{2}[ ]\())"
    rf"(?:(?:{_SEASONS_WORD}|s)[ ._]?)?(?P<season>[0-9]{{1,2}}){WORD_AFTER}(?![.][0-9]?[TGM]B)",
    re.IGNORECASE,
)
# "S03.Extras.01", "S01 2.5GB", "S01D1": the number behind is no episode
SEASON_EXTRA = re.compile(r"[ ._-]+(?:extras?|subpack|[0-9](?:\.[0-9])?[tg]b|d(?:is[ck])?[0-9])", re.IGNORECASE)

# An episode beside a mark

# Behind "2x1": a hyphen, a bracket, or words that speak of the season
BEHIND_CROSS = re.compile(r"[-\[(]|(?:season|complete)" + WORD_AFTER, re.IGNORECASE)
# "2x1", "2xALL"
CROSS = re.compile(
    WORD_BEFORE + r"(?P<season>[0-9]{1,2})x(?P<first>[0-9]{1,2}|all)(?![0-9])" + WORD_AFTER, re.IGNORECASE
)
# "5of9", "14.of.21", "2013.14.of.21"
OF = re.compile(
    rf"(?:{WORD_BEFORE}(?P<year>{YEAR})[ ._])?"
    + WORD_BEFORE
    + r"(?P<first>[0-9]{1,3})(?P<apart>[ ._])?(?:of|из)[ ._]?(?P<count>[0-9]{1,3})(?![0-9])"
    + WORD_AFTER,
    re.IGNORECASE,
)
# "E05", "ep 5", "Episode 5", "#5", "E01-E03", "E01E02", "第05話", "5. Bölüm"
MARK = re.compile(
    WORD_BEFORE + r"(?:ep?(?=[0-9])|ep[ .]{1,2}|(?:[eé]pisodes?|episodios?|cap[ií]tulos?|folgen?)[ ._]{1,2}|#|第)"
    r"(?P<first>[0-9]{1,4})(?:(?:[-~&]|[ ]-[ ]|(?P<glued>(?=e[0-9])))(?P<mark>ep?)?(?P<last>[0-9]{1,4}))?"
    r"(?:v[0-9])?(?:[话話集])?(?![0-9])(?![pPiI]\b)"
    r"|" + WORD_BEFORE + r"(?P<turkish>[0-9]{1,4})[. ]{0,2}(?:blm|b[oö]l[uü]m)" + WORD_AFTER,
    re.IGNORECASE,
)
# A year behind "Episode 4", and not the size of a picture: the film of that name
YEAR_BEHIND = re.compile(rf"(?<![0-9]){YEAR}(?![0-9x*])")

# A number counted over all seasons

_NUMBER: Final = r"(?P<first>[0-9]{2,4})(?:(?P<to>[ ]?[-~][ ]?)(?P<last>[0-9]{2,4}))?(?:[ ]?v[0-9])?"
# "03-05" at the end, "03-04.&.06-07"
RANGES = re.compile(
    r"(?<=[^\W_])[ ._](?P<first>[0-9]{2,4})-(?P<last>[0-9]{2,4})"
    r"(?:[ ._]&[ ._](?P<again>[0-9]{2,4})-(?P<end>[0-9]{2,4})(?=[ ._]*(?:$|[\[(]))|$)"
)
# "Show - 133 [", "Show - 01v2 -", "Show-02[": behind a hyphen
HYPHENED = re.compile(
    rf"(?:[ ._]+-[ ._]+|(?<=[^\W_])-(?=[0-9]{{2}}\[)){_NUMBER}(?![0-9])(?=[ ._]*(?:$|[\[({{~]|-[ ._])"
    r"|[ ._]+(?:[^\W\d]|[0-9]{3,4}[pi]))"
)
# "[Group] Show - 02.5 [": between two episodes
BETWEEN = re.compile(r"(?<=[^\W_])[ ._]+-[ ._]+[0-9]{2,3}[.]5(?=[ ._]*[\[(])")
# "[05]", "(05)", "{05}", "[24END]"
IN_BRACKETS = re.compile(rf"[\[({{]{_NUMBER}(?:END|完)?[\])}}]")
# "[Group] Show 07 [720p]", "[Group] Show! 07"
PLAIN = re.compile(rf"(?<=[^\W_])[!:]?[ ._]{_NUMBER}(?=[ ._]*(?:$|[\[(]))")
# "[Group] Show 07 Title": in a name with a group, before words too
PLAIN_IN_GROUP = re.compile(rf"(?<=[^\W_])!?[ ._]{_NUMBER}(?=[ ._]+(?:[\[(]|$|[^\W\d]))")
# "Show 01-12 (1080p)": before brackets that hold no year
BEFORE_BRACKETS = re.compile(rf"(?<=[^\W_])[ ]{_NUMBER}(?=[ ]\((?!{YEAR}\)))")
# "01 - Title", "012. Title", "01-02 - Title": in front
FIRST = re.compile(r"(?P<first>[0-9]{2,3})(?:-(?P<last>[0-9]{2,3}))?(?:[ ]-[ ]|\.[ ])(?=[^\W\d])")
# "03-Title.avi": joined by a hyphen, in the name of a file
FIRST_JOINED = re.compile(r"(?P<first>0[0-9])(?P<last>)-(?=[^\W\d])")
# "[Group] 06 Title"
FIRST_IN_GROUP = re.compile(r"(?P<first>0[0-9])(?P<last>)[ ](?=[^\W\d])")
# Behind a number: nothing that a title could go on with
NO_TITLE = re.compile(r"(?:o[vna][ad]s?|end|vostfr|dvd|bd|[0-9]{3,4}p)(?![^\W_])", re.IGNORECASE)

# A number directly before the technical tags

# "Show.-.01.720p", "Show.01-03.HDTV", "Show.[01].720p": a mark or a range separates it from a title
RUN = re.compile(
    r"(?<=[^\W_])[ ._](?:-[ ._])?(?:(?P<first>0[0-9]{1,2})(?:[ ]?[-~][ ]?|[ ._]?[&+][ ._]?)(?P<last>[0-9]{2,3})"
    r"|(?<=[ ._]-[ ._])(?P<behind>[0-9]{2,3})|\[(?P<inside>[0-9]{2,3})\])(?:v[0-9])?[ ._]*$"
)
# "Show 445 VOSTFR par Team": by people who translate series
TRANSLATED = re.compile(r"(?<=[^\W_])[ ._](?P<first>[0-9]{2,4})[ ._]+VOST(?:FR|A)[ ._]+(?:par|by)[ ._]", re.IGNORECASE)
# "Show.02.FRENCH", not the end of a date
PADDED = re.compile(r"(?<=[^\W_])(?<![0-9][._ -][0-9]{2})[ ._](?P<first>0[0-9])(?:v[0-9])?[ ._]?$")
# "Show.103.HDTV", "Show.1213.HDTV", "Show.103.104.HDTV", "Show.13.HDTV": in recordings of television
COUNTED = re.compile(
    r"(?<=[^\W_])[ ._](?:(?P<season>[0-9]{1,2})(?P<first>[0-9]{2})(?:[._ ](?P=season)(?P<last>[0-9]{2}))?"
    r"|(?P<short>[0-9])(?P<one>[0-9]{2})(?P<two>[0-9]{2})|(?P<alone>(?<=[^\W\d_][ ._])[0-9]{2}|[0-9]))(?:v[0-9])?[ ._]$"
)
# "Show.Part.2.HDTV", "Show Part Two Title HDTV"
PART = re.compile(
    rf"{WORD_BEFORE}part[ ._]?(?P<first>[0-9]{{1,2}}|{_NUMBER_WORD}){WORD_AFTER}[ ._-]*(?:[^\W_]+[ ._])?$",
    re.IGNORECASE,
)
TELEVISION = re.compile(WORD_BEFORE + r"(?:[hps]dtv|dsr)", re.IGNORECASE)
PICTURE_SIZE = re.compile(r"[0-9]{3,4}[pi]", re.IGNORECASE)
INTERLACED = re.compile(r"[0-9]{3,4}i", re.IGNORECASE)

# A season and an episode in one number, between words

# "Show.2005.211.Title": directly behind the year
BEHIND_YEAR = re.compile(
    rf"(?<=[^\W_])[ ._]\(?{YEAR}\)?(?P<start>[ ._]+)(?P<season>[1-9])(?P<first>[0-9]{{2}})[ ._]+(?=[^\W\d])"
)
# "Show.101.Title.2010.11.23": before a title and a date
BEFORE_DATE = re.compile(
    r"(?<=[^\W_])(?P<start>[ ._]+)(?P<season>[1-9])(?P<first>(?!00)[0-9]{2})[ ._]+(?=[^\W\d])"
    rf".*[ ._]{YEAR_FIRST}(?![0-9])"
)

# Words and numbers that may be read here

# Of a season or a part, in small letters, in any of the languages of the patterns above
SPEAKING: Final = (*SEASON_WORD.split("|"), "series", "temp", "part", "#")
WITH_DIGITS = re.compile(r"[^\W_]*[0-9][^\W_]*")
# "2010", "1080p", "x264", "10bit", and what begins with letters and is no mark ("FW42"): in small letters
PLAIN_NUMBER: Final = re.compile(
    r"(?:19|20)[0-9]{2}$|[0-9]{3,4}[pi]$|[xh]26[45]$|264$|265$|4k$|(?:8|10)bits?$|hdr10p?$|e?ac3$|av1$|mp[34]$"
    r"|(?!ep[0-9])[a-z]{2,}[0-9]+$"
).match
# "DDP5.1", "AAC 2.0", "MA.5.1"
CHANNELS = re.compile(
    r"(?:ddp|(?<=[^\W_])dd|aac|ac3|dts|truehd|atmos|(?<=dts-hd[ .])ma)[ .]?[1257]\.[012](?![0-9])"
    r"|dd[257]\.[012](?![0-9])"
)
# "S05", in small letters
ONE_SEASON: Final = re.compile(r"s[0-9]{2}$").match
# Beside a season: what may mark an episode, a second season or the number of an episode behind it
BESIDE_SEASON: Final = ("ep", "cap", "folge", "第", " - ", " of", ".of")
RIGHT_BEHIND = re.compile(r"[ ._\[({-]{1,3}(?![0-9]{3,4}[pi])[0-9]")

# Hints, in small letters: without them the patterns they are for find nothing

# GLUED, WHOLE_SEASON, RANGE_MARKED, SEASON_OF, CHAPTER, POINT, EXPLICIT
WRITTEN_OUT_HINT = re.compile(r"[0-9][ ._-]{0,3}e|[0-9]x[0-9]|s[0-9]{1,2}[._][0-9]{2}[._ ]|cap[. ]|of[ ._]?[0-9]")
# MARK
MARK_HINT = re.compile(r"ep?[0-9]|ep[ .]|[eé]pisod|cap[ií]tulo|folge|#|第|blm|b[oö]l")

# No number at all

# "[35BDC2DA]"
CHECKSUM = re.compile(r"[\[(][0-9A-Fa-f]{8}[\])]")
HEIGHTS: Final = (240, 264, 265, 266, 360, 480, 540, 576, 720)
"""Heights of pictures and numbers of codecs, which stand where an episode could."""
