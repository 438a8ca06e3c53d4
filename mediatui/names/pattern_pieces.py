"""Pieces of regular expressions that several rules for names share."""

from __future__ import annotations

from typing import Final

WORD_BEFORE: Final = r"(?<![^\W_])"
"""No letter or digit stands in front."""
WORD_AFTER: Final = r"(?![^\W_])"
"""No letter or digit follows."""
NUMBER_END: Final = r"(?![0-9])(?![pPiI]\b)"
"""The number ends here, and is no height of a picture (``S01E1080p``)."""
SEASON_WORD: Final = r"saison|season|staffel|temporada|stagione|seizoen|sezon|säsong|sæson"
YEAR: Final = r"(?:19|20)[0-9]{2}"
FILM_YEAR: Final = r"(?:18[89]|19[0-9]|20[0-9])[0-9]"
"""A year that a film can be of."""
