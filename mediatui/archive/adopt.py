"""Assigning the archive to another account, after the user has confirmed it."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from mediatui.changes.owner import AccountOwner, remember_owner
from mediatui.runtime.context import Context
from mediatui.runtime.events import Event, Finished
from mediatui.store.facts import EMPTY_LIST, WHOLE_LIST, forget_facts

NEXT = "The next sync marks torrents that this account does not hold as gone."


def adopt_question(known: AccountOwner | None, given: AccountOwner) -> str:
    """The question before the archive is assigned to another account."""
    return f"This archive belongs to {known or 'no account yet'}; it will belong to {given}. {NEXT}"


async def adopt(ctx: Context, owner: AccountOwner) -> AsyncGenerator[Event, None]:
    """The job: from now on the archive belongs to the account of ``owner``. The list of the other account no longer
    proves anything, so nothing is chosen for deletion before the next whole list."""
    async with ctx.db.transaction() as connection:
        await forget_facts(connection, (WHOLE_LIST, EMPTY_LIST))
        await remember_owner(connection, owner, ctx.clock())
    yield Finished("done", f"The archive belongs to {owner} now. {NEXT}", {"account": owner.id})
