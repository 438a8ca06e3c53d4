"""A transfer as a row of output, with why it is where it is."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from mediatui.model.stuck import why_stuck
from mediatui.model.target import MappedTarget, shown_targets
from mediatui.model.transfer import HoldKind, ServiceHold, Transfer
from mediatui.model.transfer_file import TransferFile


def as_row(
    transfer: Transfer, holds: Mapping[str, ServiceHold], now: float, targets: Sequence[MappedTarget] = ()
) -> dict[str, object]:
    """The fields of a transfer and what it is for, for a program; times are epoch seconds."""
    stuck = why_stuck(transfer, holds, now)
    hold = transfer.hold
    return {
        "id": transfer.id, "name": transfer.name, "route": transfer.route, "service": transfer.service or None,
        "hash": transfer.hash,
        "state": transfer.state.value, "hold": hold.kind.value,
        "code": hold.code or None, "why": stuck.why, "group": stuck.group, "next": stuck.next or None,
        "next_at": stuck.next_at, "helps": stuck.helps or None, "size": transfer.size, "auto": transfer.auto,
        "tries": hold.tries, "status": transfer.status or None, "progress": transfer.progress,
        "seeders": transfer.seeders, "entry_id": transfer.entry_id or None, "created_at": transfer.created_at,
        "changed_at": transfer.changed_at, "ended_at": transfer.ended_at,
        "options": list(_options(hold.detail)) if hold.kind == HoldKind.CHOICE else [],
        "targets": [one.target.text for one in targets], "for": shown_targets(targets) if targets else None,
    }  # fmt: skip


def file_row(file: TransferFile) -> dict[str, object]:
    """The fields of a file of a transfer, for a program; its paths on the mount and in staging where they are known."""
    return {
        "path": file.path, "size": file.size, "wanted": file.wanted, "state": file.state or None,
        "why": file.why or None, "target": os.fsdecode(file.remote) or None, "link": os.fsdecode(file.link) or None,
    }  # fmt: skip


def _options(detail: Mapping[str, object]) -> list[str]:
    listed = detail.get("options", detail.get("candidates"))
    return [str(one) for one in listed] if isinstance(listed, list) else []
