"""Recognises in names what belongs to a film or an episode and is not it: trailers, samples, interviews, deleted scenes
and whatever else Plex, Jellyfin and discs hold under extras."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from mediatui.names.parts import Phrase

_KINDS: Final = {
    "a sample": r"samples?|muestra|echantillon",
    "a trailer": r"(?:(?:official|theatrical|teaser|final|first|international|red ?band) )*trailers?"
    r"|bandes? ?annonces?|tr[ae]ilery?|avance",
    "a teaser": r"teasers?",
    "a featurette": r"featurettes?",
    "a making-of": r"(?:the )?makings? ?of|coulisses|blick hinter die kulissen|dietro le quinte",
    "behind the scenes": r"behind ?the ?scenes?|behindthescene|bts|on ?set|tras las camaras|detras de (?:las )?camaras",
    "a deleted scene": r"(?:deleted|extended|alternate|cut|missing|additional|unused|removed) ?scenes?|deleted"
    r"|scenes? (?:coupees?|inedites?)|entfernte szenen?|escenas? eliminadas?|scene eliminate|delscene",
    "an alternate ending": r"alternate ?(?:endings?|openings?)",
    "outtakes": r"out ?takes?|bloopers?(?: reels?)?|gag ?reels?|betisiers?",
    "a bonus": r"bonus(?:es)?(?: ?(?:dis[ck]s?|dvds?|cds?|blu ?rays?|materials?|features?|contents?|tracks?|videos?))?"
    r"|zusatzmaterial|contenuti speciali",
    "an extra": r"extras?|extra ?features?|special ?features?|supplements?|supplementals?|supplementary|complements?",
    "a promo": r"promos?|promotional|tv ?spots?|radio ?spots?|commercials?",
    "a preview": r"previews?|sneak ?peeks?|first ?look|inside ?look",
    "an interview": r"interviews?|entretiens?|entrevistas?|intervista|q ?a",
    "a clip": r"clips?",
    "a music video": r"music ?videos?",
    "a storyboard": r"story ?boards?(?: comparisons?)?|animatics?",
    "a gallery": r"(?:photo |image |still )?galler(?:y|ies)|slide ?shows?",
    "a screen test": r"screen ?tests?|test ?footage|camera ?tests?|rehearsals?|auditions?",
    "a press kit": r"epk|press ?kits?|b ?rolls?",
    "an effects reel": r"(?:vfx|visual ?effects?|special ?effects?)(?: (?:breakdowns?|reels?|progressions?))?",
    "an opening or ending": r"nc ?(?:op|ed)|creditless ?(?:openings?|endings?|op|ed)|clean ?(?:openings?|endings?)",
    "a recap": r"recaps?",
    "an easter egg": r"easter ?eggs?",
}
_WEAK: Final = {
    "a scene": r"scenes?",
    "a short": r"shorts?",
    "another video": r"others?|theme music|backdrops?|menus?",
    "a commentary": r"commentar(?:y|ies)",
    "an intro": r"intros?|outros?",
}
"""Words that count only as a suffix behind a hyphen (``-short``), as a whole name, or as the name of a folder."""
SURE: Final = frozenset(
    kind for kind in _KINDS if kind not in ("an interview", "a clip", "a promo", "a preview", "a recap", "a gallery")
)
"""What titles of episodes are hardly ever called."""


def _pattern(*kinds: dict[str, str]) -> re.Pattern[str]:
    words = (words for some in kinds for words in some.values())
    either = "|".join(f"(?P<k{number}>{word})" for number, word in enumerate(words))
    return re.compile(rf"(?<!\S)(?:{either})(?: ?(?P<number>[0-9]{{1,3}}))?(?!\S)")


_KNOWN: Final = _pattern(_KINDS)
_ALL: Final = _pattern(_KINDS, _WEAK)
_NAMES: Final = (*_KINDS, *_WEAK)
HINT: Final = re.compile(
    r"sampl|tr[ae]iler|teaser|annonce|featur|mak|behind|bts|set|delet|delscene|scene|szene|escena|ending|opening|out.?take"
    r"|bloop|gag|betis|bonus|extra|suppl|compl|promo|spot|commercial|preview|peek|look|intervi|entre|q.?a|clip|music"
    r"|board|animatic|galler|slide|test|footage|rehears|audit|epk|press|roll|vfx|effect|nc.?op|nc.?ed|creditless|clean"
    r"|recap|easter|short|other|backdrop|menu|comment|intro|outro|coulisse|kulisse|quinte|camara|zusatz|speciali|avance"
    r"|muestra|chantil"
)
"""Found in every lowered name that may be an extra; much faster than reading the name."""


def extras_in(text: str) -> Iterator[Phrase]:
    """The extras that a folded text (words joined by blanks) names, each as people call it: ``a trailer``, or
    ``a trailer (2)`` where it has a number."""
    for match in _KNOWN.finditer(text):
        yield Phrase(_says(match), match.start(), match.end())


def extra_alone(text: str) -> str:
    """The extra that a whole name, the name of a folder or a suffix is called, folded; empty for none."""
    match = _ALL.fullmatch(text)
    return _says(match) if match else ""


def kind_of_extra(says: str) -> str:
    """An extra without its number, and without the title it ends."""
    return says.partition(":")[0].partition(" (")[0]


def _says(match: re.Match[str]) -> str:
    kind = next(name for number, name in enumerate(_NAMES) if match.groupdict().get(f"k{number}"))
    return f"{kind} ({int(match['number'])})" if match["number"] else kind
