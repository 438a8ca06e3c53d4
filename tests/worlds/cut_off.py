"""A program that ends in the midst of its work: from some commit on nothing is stored any more, as after a kill -9."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from mediatui.store.database import Database


class Killed(Exception):
    """The program has ended."""


@dataclass
class Commits:
    """How many commits there were."""

    count: int = 0


@contextmanager
def cut_off(after: int) -> Iterator[Commits]:
    """Nothing is stored after so many commits (0: never)."""
    commits = Commits()
    write, transaction = Database.write, Database.transaction

    def cut() -> None:
        if after and commits.count >= after:
            raise Killed

    async def writing(self: Database, *args: Any, **more: Any) -> Any:
        cut()
        result = await write(self, *args, **more)
        commits.count += 1
        cut()
        return result

    @asynccontextmanager
    async def in_transaction(self: Database, **more: bool) -> AsyncIterator[Any]:
        cut()
        async with transaction(self, **more) as connection:
            yield connection
        commits.count += 1
        cut()

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(Database, "write", writing)
        monkeypatch.setattr(Database, "transaction", in_transaction)
        yield commits
