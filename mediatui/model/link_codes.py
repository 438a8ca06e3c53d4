"""Why a link does not open, as the archive keeps it. The numbers are those of the first provider, for archives hold
them; the client of another one translates its own into them."""

from __future__ import annotations

from typing import Final

HOSTER_LOST: Final = 19
"""The hoster no longer has the file: adding the same files again makes a new link."""
PROVIDER_LOST: Final = 24
"""The provider no longer has the file: it has to be fetched from peers again."""
BLOCKED: Final = 35
"""The file is blocked, for good."""
