"""Bringing the archive up to date: the options."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from mediatui.commands.options import choice, flag, text
from mediatui.model.choices import SYNC_MODES, OldDetails, SyncMode

if TYPE_CHECKING:
    from mediatui.archive.sync.job import SyncOptions


@dataclass(frozen=True, slots=True)
class Sync:
    """The options of ``sync``; they have the names of ``archive.sync.job.SyncOptions``."""

    mode: SyncMode = choice("What to read.", SYNC_MODES, default=SYNC_MODES[0])
    statuses: tuple[str, ...] = text("With details: only rows of this status.", "S", "--status", many=True)
    dry_run: bool = flag("Read the list only; say what would be fetched and what it costs.")
    status_changes_only: bool = flag("Details of new torrents and changed statuses only.")
    include_active: bool = flag("Also details of running downloads.", "--include-active-downloads")
    skip_error_retry: bool = flag("Leave alone what failed before.")
    resume: bool = flag("Forget what an interrupted sync left pending.", "--no-resume", off=True)
    old: OldDetails | None = choice(
        "Fetch details again that are seven days old: of unfinished torrents, or of the oldest finished ones too.",
        get_args(OldDetails),
        default=None,
    )
    accept_empty: bool = flag("Believe at once that the account is empty now.")


def job_options(options: Sync, *, all_examples: bool = False) -> SyncOptions:
    """The options of the job; raises UsageError for a status that does not exist, or that the mode does not take."""
    from mediatui.archive.sync.job import read_options

    return read_options({**dataclasses.asdict(options), "all_examples": all_examples})
