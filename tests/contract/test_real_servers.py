"""Says in the summary of a run which services it was tried against, and which only as fakes."""

from __future__ import annotations

import pytest

from tests.contract.real import real_server, variable


@pytest.mark.parametrize("service", ["sonarr", "radarr", "prowlarr", "jellyfin", "plex"])
def test_the_contract_is_tried_on_a_real_server(service: str) -> None:
    if real_server(service) is None:
        pytest.skip(f"{variable(service)} is not set (URL,KEY): the contract holds the fake only, see CONTRIBUTING.md")
