"""The clients of the account of this run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mediatui.services.budget import Budget
    from mediatui.services.http import Transport
    from mediatui.services.realdebrid.client import RealDebrid
    from mediatui.services.realdebrid.login import LoginAccess
    from mediatui.services.realdebrid.oauth import OAuth
    from mediatui.settings import Settings
    from mediatui.settings.login import LoginFile


def make_client(
    settings: Settings,
    budget: Budget,
    transport: Transport | None = None,
    token: str | None = None,
    *,
    login: LoginFile | None = None,
) -> RealDebrid:
    """A client for the configured service, with ``token``, the ``login`` or the configured token; raises
    UsageError."""
    from mediatui.model.secrets import keep_secret
    from mediatui.services.realdebrid.client import RealDebrid, clean_token
    from mediatui.services.realdebrid.direct_links import DirectLinks
    from mediatui.services.realdebrid.http import Most, Pauses, realdebrid_http
    from mediatui.services.realdebrid.login import LoginAccess

    options = settings.realdebrid
    access: str | LoginAccess
    if token is None and login is not None:
        access = LoginAccess(login, make_oauth(settings, transport))
    else:
        access = clean_token(options.token.get_secret_value() if token is None else token)
        keep_secret(access)
    http = realdebrid_http(
        options.base_url,
        access,
        budget,
        timeout_s=options.timeout_s,
        pauses=Pauses(options.quota_wait_s, options.torrent_wait_s),
        most=Most(options.max_list_bytes, options.max_answer_bytes),
        transport=transport,
    )
    return RealDebrid(http, budget, DirectLinks(timeout_s=options.timeout_s, transport=transport))


def make_oauth(settings: Settings, transport: Transport | None = None) -> OAuth:
    """What logs in at the configured service; raises UsageError."""
    from mediatui.services.realdebrid.oauth import OAuth

    options = settings.realdebrid
    return OAuth(options.base_url, window_s=options.window_s, timeout_s=options.timeout_s, transport=transport)
