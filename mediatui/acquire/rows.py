"""A transfer as a row of output, with why it is where it is."""

from __future__ import annotations

from collections.abc import Mapping

from mediatui.model.stuck import why_stuck
from mediatui.model.transfer import HoldKind, ServiceHold, Transfer


def as_row(transfer: Transfer, holds: Mapping[str, ServiceHold], now: float) -> dict[str, object]:
    """The fields of a transfer for a program; times are epoch seconds."""
    stuck = why_stuck(transfer, holds, now)
    hold = transfer.hold
    return {
        "id": transfer.id, "name": transfer.name, "route": transfer.route, "hash": transfer.hash,
        "state": transfer.state.value, "hold": hold.kind.value,
        "code": hold.code or None, "why": stuck.why, "group": stuck.group, "next": stuck.next or None,
        "next_at": stuck.next_at, "helps": stuck.helps or None, "size": transfer.size, "auto": transfer.auto,
        "tries": hold.tries, "status": transfer.status or None, "progress": transfer.progress,
        "seeders": transfer.seeders, "entry_id": transfer.entry_id or None, "created_at": transfer.created_at,
        "changed_at": transfer.changed_at, "ended_at": transfer.ended_at,
        "options": list(_options(hold.detail)) if hold.kind == HoldKind.CHOICE else [],
    }  # fmt: skip


def _options(detail: Mapping[str, object]) -> list[str]:
    listed = detail.get("candidates")
    return [str(one) for one in listed] if isinstance(listed, list) else []
