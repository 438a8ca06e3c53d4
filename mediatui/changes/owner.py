"""Whose account the archive is of: with the token of another one a sync would mark everything gone, and a change or its
undo would be made on the wrong account."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediatui.model.errors import GuardTripped
from mediatui.model.text import printable
from mediatui.services.errors import BadAnswer
from mediatui.store.database import Connection
from mediatui.store.facts import ACCOUNT, read_fact, store_fact

if TYPE_CHECKING:
    from mediatui.model.account import Account
    from mediatui.runtime.context import Context


class OtherAccount(GuardTripped):
    """The token belongs to another account than the archive."""

    kind = "other-account"


@dataclass(frozen=True, slots=True)
class AccountOwner:
    """The account an archive is of, as the service names it."""

    id: int
    username: str

    def __str__(self) -> str:
        return f"{printable(self.username)} ({self.id})"


def owner_of(account: Account) -> AccountOwner:
    """The account as it is remembered; raises BadAnswer when the service did not say which one it is."""
    if not account.id:
        raise BadAnswer("The service did not say whose account the token is of.", "Try again later.")
    return AccountOwner(account.id, account.username)


def read_owner(connection: sqlite3.Connection) -> AccountOwner | None:
    """The account the archive is of; None while none was seen."""
    fact = read_fact(connection, ACCOUNT)
    if fact is None or not isinstance(number := fact[0].get("id"), int):
        return None
    return AccountOwner(number, str(fact[0].get("username", "")))


async def remember_owner(connection: Connection, owner: AccountOwner, now: float) -> None:
    """Notes whose the archive is from now on."""
    await store_fact(connection, ACCOUNT, {"id": owner.id, "username": owner.username}, now)


def expect_same_account(known: AccountOwner | None, given: AccountOwner) -> None:
    """Raises OtherAccount when the archive is of another account than the token."""
    if known is not None and known.id != given.id:
        raise OtherAccount(
            f"The token is of the account {given}, this archive of {known}; nothing was changed.",
            "Keep an archive for each (--data-dir DIR), empty this one (mediatui clear), or let it follow the token: "
            "mediatui --headless account adopt",
        )


async def check_owner(ctx: Context, *, remember: bool = True) -> None:
    """Raises OtherAccount when the token is of another account than the archive; the first account seen is remembered.
    Costs one request a session."""
    known = await ctx.db.read(read_owner)
    account = await ctx.account.account()
    if known is None and not account.id:
        return  # a service that does not say: there is nothing to compare, now or later
    owner = owner_of(account)
    expect_same_account(known, owner)
    if known is None and remember:
        async with ctx.db.transaction() as connection:
            await remember_owner(connection, owner, ctx.clock())
