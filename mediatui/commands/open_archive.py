"""The archive for commands that only read it: no event loop, no settings, no network."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager

from mediatui.runtime.invocation import Invocation
from mediatui.store.database import explain, open_reader, prepare
from mediatui.store.torrents.classes import classify_archive


def library_roots(invocation: Invocation) -> tuple[bytes, ...]:
    """The configured folders of links of this run; raises SettingsError."""
    from mediatui.commands.workspace import load_for
    from mediatui.settings.places import configured_roots

    return configured_roots(load_for(invocation).settings)


def saved_filters(invocation: Invocation) -> Mapping[str, str]:
    """The saved filters of this run, queries by their names; raises SettingsError."""
    from mediatui.commands.workspace import load_for

    return load_for(invocation).settings.ui.filters


@contextmanager
def open_archive(invocation: Invocation) -> Iterator[sqlite3.Connection]:
    """A read-only connection to the archive of this run, created empty when there is none yet."""
    invocation.paths.make_data_dir()
    if invocation.demo:
        from mediatui.demo.archive import fill_demo

        fill_demo(invocation.paths.database)
    prepare(invocation.paths.database)
    classify_archive(invocation.paths.database)
    with closing(open_reader(invocation.paths.database)) as connection:
        try:
            yield connection
        except sqlite3.Error as error:
            raise explain(error, invocation.paths.database) from error
