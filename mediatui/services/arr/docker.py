"""Sonarr and Radarr among the containers Docker lists (Docker Engine API, ContainerList), read leniently."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_pascal

from mediatui.model.arr import ArrKind
from mediatui.services.arr.records import ARR_KINDS

HERE: Final = "127.0.0.1"


class _Part(BaseModel):
    model_config = ConfigDict(alias_generator=to_pascal, extra="ignore", frozen=True)


class _Port(_Part):
    private_port: int = 0
    public_port: int | None = None
    type: str | None = "tcp"
    ip: str | None = Field(default="", alias="IP")


class _Mount(_Part):
    source: str | None = ""
    destination: str | None = ""


class _Network(_Part):
    ip_address: str | None = Field(default="", alias="IPAddress")


class _Networks(_Part):
    networks: dict[str, _Network | None] | None = None


class _HostConfig(_Part):
    network_mode: str | None = ""


class _Row(_Part):
    id: str
    names: list[str] | None = None
    image: str | None = ""
    ports: list[_Port] | None = None
    mounts: list[_Mount] | None = None
    host_config: _HostConfig | None = None
    network_settings: _Networks | None = None


@dataclass(frozen=True, slots=True)
class Container:
    """A container that probably runs the service: ``config`` is where its config.xml would be on this machine."""

    id: str
    kind: ArrKind
    name: str
    image: str
    config: Path | None
    row: _Row

    def addresses(self, port: int) -> list[str]:
        """``host:port`` pairs at which ``port`` of the container may be reached from here, the likeliest first."""
        row, found = self.row, []
        if row.host_config and row.host_config.network_mode == "host":
            found.append(f"{HERE}:{port}")
        for mapped in row.ports or ():
            if mapped.private_port == port and mapped.public_port and mapped.type in ("tcp", None):
                found.append(_place(mapped.ip or "0.0.0.0", mapped.public_port))
        networks = row.network_settings.networks if row.network_settings else None
        for network in (networks or {}).values():
            if network and network.ip_address:
                found.append(_place(network.ip_address, port))
        return list(dict.fromkeys(place for place in found if place))


def read_containers(answer: object) -> list[Container]:
    """The containers of Docker's list that probably run Sonarr or Radarr; rows that cannot be read are left out."""
    found = []
    for item in answer if isinstance(answer, list) else ():
        try:
            row = _Row.model_validate(item)
        except ValidationError:
            continue
        name = (row.names or [""])[0].lstrip("/")
        kind = _kind(name, row.image or "")
        if kind is not None:
            found.append(Container(row.id, kind, name, row.image or "", _config_of(row), row))
    return found


def _kind(name: str, image: str) -> ArrKind | None:
    """The kind in the name of the image or of the container; the image decides when they differ."""
    base = image.partition("@")[0].rpartition("/")[2].partition(":")[0].casefold()
    by_image: list[ArrKind] = [kind for kind in ARR_KINDS if kind in base]
    by_name: list[ArrKind] = [kind for kind in ARR_KINDS if kind in name.casefold()]
    if len(by_image) == 1:
        return by_image[0]
    return by_name[0] if len(by_name) == 1 and not by_image else None


def _config_of(row: _Row) -> Path | None:
    for mount in row.mounts or ():
        if (mount.destination or "").rstrip("/") == "/config" and (mount.source or "").startswith("/"):
            return Path(mount.source or "", "config.xml")
    return None


def _place(address: str, port: int) -> str:
    """``host:port``; this machine for an address that means all of its addresses, empty for an invalid one."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if not 0 < port < 65536:
        return ""
    if ip.is_unspecified:
        return f"{HERE}:{port}"
    return f"[{ip}]:{port}" if ip.version == 6 else f"{ip}:{port}"
