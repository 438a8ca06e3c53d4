"""The commands. Each imports what it runs when it runs.

Without ``--headless`` a command opens the full screen on its view. ``account``, ``add``, ``ask``, ``clear``,
``config``, ``doctor``, ``export``, ``import-redriva``, ``restore`` and ``unrestrict`` have no view of their own: they
run headless in any case.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final, Literal

import click

from mediatui.cli.options import FILE, NAMES, Group
from mediatui.cli.run import Run

SYNC_MODES: Final = ("smart", "fast", "full", "torrents", "details")
DEPTHS: Final = ("basic", "full")
PROBING: Final = ("suspect", "all")
EXPORT_FORMATS: Final = ("json", "csv", "magnets", "dmm")
DUPLICATES_BY: Final = ("hash", "title")
KEEPERS: Final = ("newest", "oldest", "largest", "smallest")
LARGEST: Final = 2**31 - 1
COUNT: Final = click.IntRange(1, LARGEST)


@click.group(cls=Group, invoke_without_command=True, context_settings=NAMES)
@click.pass_context
def commands(context: click.Context) -> int:
    """One terminal for a Real-Debrid and symlink media library.

    Without a command the full screen opens on the torrent list; a command picks another view. With --headless the
    same command runs without the screen.
    """
    run = context.ensure_object(Run)
    if context.invoked_subcommand is not None:
        return 0
    if not run.on_screen:
        raise click.UsageError("--headless needs a command.", context)
    return run.open_screen("")


@commands.command()
@click.option("--mode", type=click.Choice(SYNC_MODES), default="smart", show_default=True, help="What to read.")
@click.option("--status", "statuses", multiple=True, metavar="S", help="With details: only rows of this status.")
@click.option("--dry-run", is_flag=True, help="Read the list only; say what would be fetched and what it costs.")
@click.option("--status-changes-only", is_flag=True, help="Details of new torrents and changed statuses only.")
@click.option("--include-active-downloads", is_flag=True, help="Also details of running downloads.")
@click.option("--skip-error-retry", is_flag=True, help="Leave alone what failed before.")
@click.option("--no-resume", is_flag=True, help="Forget what an interrupted sync still owed.")
@click.option("--accept-empty", is_flag=True, help="Believe at once that the account is empty now.")
@click.pass_obj
def sync(
    run: Run,
    mode: str,
    statuses: tuple[str, ...],
    dry_run: bool,
    status_changes_only: bool,
    include_active_downloads: bool,
    skip_error_retry: bool,
    no_resume: bool,
    accept_empty: bool,
) -> int:
    """Bring the local archive up to date."""
    options = {
        "mode": mode,
        "statuses": statuses,
        "dry_run": dry_run,
        "status_changes_only": status_changes_only,
        "include_active": include_active_downloads,
        "skip_error_retry": skip_error_retry,
        "resume": not no_resume,
        "accept_empty": accept_empty,
    }
    if run.on_screen:
        return run.open_screen("sync", options)
    from mediatui.headless.account import run_sync

    return run_sync(*run.begin("sync"), options)


@commands.command()
@click.argument("query", nargs=-1)
@click.option(
    "--sort", metavar="KEY", default="added", show_default=True, help="Sort key, or a wrong one to list them."
)
@click.option("--reverse", is_flag=True, help="The other way round.")
@click.option("--limit", type=COUNT, metavar="N", help="At most N rows.")
@click.pass_obj
def torrents(run: Run, query: tuple[str, ...], sort: str, reverse: bool, limit: int | None) -> int:
    """List the torrents that match QUERY.

    A query that begins with - goes after --, or begins with NOT.
    """
    text = " ".join(query)
    if run.on_screen:
        return run.open_screen("torrents", {"query": text, "sort": sort, "reverse": reverse, "limit": limit})
    from mediatui.headless.archive import run_torrents

    return run_torrents(*run.begin("torrents"), query=text, sort=sort, reverse=reverse, limit=limit)


@commands.command()
@click.argument("wanted", metavar="ID")
@click.pass_obj
def show(run: Run, wanted: str) -> int:
    """Show one torrent, whole."""
    if run.on_screen:
        return run.open_screen("show", {"wanted": wanted})
    from mediatui.headless.archive import run_show

    return run_show(*run.begin("show"), wanted=wanted)


@commands.command()
@click.option("--compact", is_flag=True, help="One line.")
@click.pass_obj
def stats(run: Run, compact: bool) -> int:
    """Show the figures of the archive."""
    if run.on_screen:
        return run.open_screen("stats")
    from mediatui.headless.archive import run_stats

    return run_stats(*run.begin("stats"), compact=compact)


@commands.command()
@click.option("--exit-code", is_flag=True, help="Exit with 5 when a problem was found.")
@click.pass_obj
def doctor(run: Run, exit_code: bool) -> int:
    """Check the service, the paths and the database."""
    from mediatui.headless.account import run_doctor

    return run_doctor(*run.begin("doctor"), exit_code=exit_code)


@commands.command()
@click.option("--yes-clear-everything", is_flag=True, help="Do not ask.")
@click.pass_obj
def clear(run: Run, yes_clear_everything: bool) -> int:
    """Empty the archive, after the word CLEAR was typed. The account is not touched."""
    from mediatui.headless.account import run_clear

    return run_clear(*run.begin("clear"), confirmed=yes_clear_everything)


@commands.group()
def account() -> None:
    """See to whose account the archive is of."""


@account.command("adopt")
@click.option("--yes-adopt-account", is_flag=True, help="Do not ask.")
@click.pass_obj
def account_adopt(run: Run, yes_adopt_account: bool) -> int:
    """Let the archive follow a token of another account, after the word ADOPT was typed."""
    from mediatui.headless.account import run_adopt

    return run_adopt(*run.begin("account adopt"), confirmed=yes_adopt_account)


@commands.command()
@click.argument("query", nargs=-1)
@click.option("--format", "file_format", type=click.Choice(EXPORT_FORMATS), required=True, help="The file format.")
@click.option("-o", "--output", "file", type=FILE, metavar="FILE", help="Write to FILE, not standard output.")
@click.pass_obj
def export(run: Run, query: tuple[str, ...], file_format: str, file: Path | None) -> int:
    """Write the torrents that match QUERY as JSON, CSV, magnets or a Debrid Media Manager backup."""
    from mediatui.headless.account import run_export

    return run_export(*run.begin("export"), query=" ".join(query), file_format=file_format, file=file)


@commands.command("import-redriva")
@click.argument("file", type=FILE, metavar="FILE.db")
@click.pass_obj
def import_redriva(run: Run, file: Path) -> int:
    """Take over an existing Redriva database."""
    from mediatui.headless.account import run_import_redriva

    return run_import_redriva(*run.begin("import-redriva"), file=file)


apply_option = click.option("--apply", is_flag=True, help="Do it; without this the plan is only shown.")
allow_option = click.option(
    "--allow", type=click.IntRange(0, LARGEST), metavar="N", help="Let up to N things go in this run, above the limits."
)


@commands.command()
@click.option("--exit-code", is_flag=True, help="Exit with 5 when a problem was found.")
@click.pass_obj
def diagnose(run: Run, exit_code: bool) -> int:
    """List every torrent with a problem: class, reason, what to do."""
    if run.on_screen:
        return run.open_screen("problems")
    from mediatui.headless.problems import run_diagnose

    return run_diagnose(*run.begin("diagnose"), exit_code=exit_code)


@commands.command()
@click.argument("query", nargs=-1, metavar="[QUERY|ID]...")
@click.option("--limit", type=COUNT, metavar="N", help="At most N torrents.")
@click.pass_obj
def check(run: Run, query: tuple[str, ...], limit: int | None) -> int:
    """Look whether links still open, within the request budget. A torrent named by id has all its links looked at."""
    if run.on_screen:
        return run.open_screen("check", {"words": query, "limit": limit})
    from mediatui.headless.problems import run_check

    return run_check(*run.begin("check"), words=query, limit=limit)


@commands.command()
@click.argument("words", nargs=-1, metavar="[QUERY|ID]...")
@apply_option
@allow_option
@click.option("--force", is_flag=True, help="Also names the service's filter would refuse.")
@click.option("--download", is_flag=True, help="Let the service fetch what it does not have at hand.")
@click.pass_obj
def repair(run: Run, words: tuple[str, ...], apply: bool, allow: int | None, force: bool, download: bool) -> int:
    """Add broken torrents again with the same files; the old entry goes once the new one is proven."""
    if run.on_screen:
        return run.open_screen("repair", {"words": words, "force": force, "may_download": download})
    from mediatui.headless.changes import run_repair

    return run_repair(*run.begin("repair"), words=words, apply=apply, force=force, may_download=download, allow=allow)


@commands.command()
@click.option("--by", type=click.Choice(DUPLICATES_BY), default="hash", show_default=True, help="What makes a copy.")
@click.option("--keep", type=click.Choice(KEEPERS), default="newest", show_default=True, help="Which copy stays.")
@apply_option
@allow_option
@click.pass_obj
def dedupe(run: Run, by: str, keep: str, apply: bool, allow: int | None) -> int:
    """Show what the account holds twice, and drop the copies that hold nothing of their own."""
    if run.on_screen:
        return run.open_screen("dedupe", {"by": by, "keep": keep})
    from mediatui.headless.changes import run_dedupe

    return run_dedupe(*run.begin("dedupe"), by=by, keep=keep, apply=apply, allow=allow)


@commands.command()
@click.argument("words", nargs=-1, required=True, metavar="QUERY|ID...")
@apply_option
@allow_option
@click.pass_obj
def delete(run: Run, words: tuple[str, ...], apply: bool, allow: int | None) -> int:
    """Delete torrents from the account. A tombstone stays, and undo brings them back."""
    if run.on_screen:
        return run.open_screen("delete", {"words": words})
    from mediatui.headless.changes import run_delete

    return run_delete(*run.begin("delete"), words=words, apply=apply, allow=allow)


@commands.command()
@click.argument("sources", nargs=-1, required=True, metavar="MAGNET|HASH|FILE.torrent...")
@click.option("--select", default="video", show_default=True, metavar="video|all|IDS", help="Which files.")
@click.pass_obj
def add(run: Run, sources: tuple[str, ...], select: str) -> int:
    """Add torrents to the account and select their files, at once."""
    from mediatui.headless.changes import run_add

    return run_add(*run.begin("add"), sources=sources, select=select)


@commands.command()
@click.argument("wanted", metavar="ID")
@click.option("--file", "files", type=COUNT, multiple=True, metavar="N", help="Only file N.")
@click.option("-o", "--output", "file", type=FILE, metavar="FILE", help="Write to FILE, not standard output.")
@click.pass_obj
def unrestrict(run: Run, wanted: str, files: tuple[int, ...], file: Path | None) -> int:
    """Print direct links of a torrent. Whoever has them can download: they count as secrets."""
    from mediatui.headless.problems import run_unrestrict

    return run_unrestrict(*run.begin("unrestrict"), wanted=wanted, files=files, file=file)


@commands.command()
@click.argument("file", type=FILE, metavar="FILE")
@apply_option
@click.pass_obj
def restore(run: Run, file: Path, apply: bool) -> int:
    """Put back what a backup (JSON, Debrid Media Manager, magnets) holds and the account lacks."""
    from mediatui.headless.changes import run_restore

    return run_restore(*run.begin("restore"), file=file, apply=apply)


@commands.command()
@click.argument("batch", required=False, type=COUNT)
@click.option("--limit", type=COUNT, default=50, show_default=True, metavar="N", help="At most N.")
@click.pass_obj
def journal(run: Run, batch: int | None, limit: int) -> int:
    """Show what was changed, batch by batch, or everything about one BATCH."""
    if run.on_screen:
        return run.open_screen("journal")
    from mediatui.headless.journal import run_journal

    return run_journal(*run.begin("journal"), batch=batch, limit=limit)


@commands.command()
@click.argument("batch", required=False, type=COUNT)
@apply_option
@allow_option
@click.pass_obj
def undo(run: Run, batch: int | None, apply: bool, allow: int | None) -> int:
    """Take a BATCH back, the last one unless one is named."""
    if run.on_screen:
        return run.open_screen("undo", {"batch": batch})
    from mediatui.headless.changes import run_undo

    return run_undo(*run.begin("undo"), batch=batch, apply=apply, allow=allow)


@commands.command()
@click.argument("batch", required=False, type=COUNT)
@click.option("--failed", is_flag=True, help="Also what failed.")
@apply_option
@allow_option
@click.pass_obj
def resume(run: Run, batch: int | None, failed: bool, apply: bool, allow: int | None) -> int:
    """Carry on with an unfinished BATCH."""
    if run.on_screen:
        return run.open_screen("journal")
    from mediatui.headless.changes import run_resume

    return run_resume(*run.begin("resume"), batch=batch, failed=failed, apply=apply, allow=allow)


@commands.command()
@click.argument("words", nargs=-1, metavar="[ROOT]... | list | show N | diff N | rerun N | delete N")
@click.option("--depth", type=click.Choice(DEPTHS), help="basic (unless said), or full: do the files play?")
@click.option("--probe", type=click.Choice(PROBING), help="Full depth; ffprobe looks at what is suspect, or at all.")
@click.option("--read-first-kb", is_flag=True, help="Read the first KB of every file: slow on a network mount.")
@click.option("--accept-mounts", is_flag=True, help="Take mounts as they are, though they hold less than before.")
@click.option(
    "--accept-view", multiple=True, metavar="VIEW", help="What this view of a mount shows now is the measure from now."
)
@click.option("--only", multiple=True, metavar="STATE", help="With --apply: only links that are broken, loop or small.")
@apply_option
@allow_option
@click.option("--exit-code", is_flag=True, help="Exit with 5 when a link is wrong or could not be judged.")
@click.pass_obj
def scan(
    run: Run,
    words: tuple[str, ...],
    depth: Literal["basic", "full"] | None,
    probe: Literal["suspect", "all"] | None,
    read_first_kb: bool,
    accept_mounts: bool,
    accept_view: tuple[str, ...],
    only: tuple[str, ...],
    apply: bool,
    allow: int | None,
    exit_code: bool,
) -> int:
    """Look at every link of the library, or of the folders named. With --apply links whose target is gone are removed.

    "list" shows earlier scans, "show N" what one found, "diff N" what changed since the one before it, "rerun N" scans
    the same folders again, "delete N" forgets one (links are not touched).
    """
    chosen: dict[str, object] = {"read_first_kb": read_first_kb, "accept_mounts": accept_mounts}
    chosen |= {"accept_view": accept_view} if accept_view else {}
    chosen |= {name: word for name, word in (("depth", depth), ("probe", probe)) if word}
    if run.on_screen:
        return run.open_screen("scan", {"words": words, **chosen})
    from mediatui.headless import library
    from mediatui.library.scan.state import ScanOptions, read_scan_options

    given = run.begin("scan")
    if words[:1] == ("list",):
        return library.run_scan_list(*given)
    options = ScanOptions(words)
    if words[:1] in (("show",), ("diff",), ("rerun",), ("delete",)):
        if len(words) != 2 or not words[1].isdecimal():
            raise click.UsageError(f"scan {words[0]} takes the number of a scan; scan list shows them.")
        about = {"show": library.run_scan_show, "diff": library.run_scan_diff, "delete": library.run_scan_delete}
        if words[0] in about:
            return about[words[0]](*given, number=int(words[1]))
        options = library.options_of_scan(given[0], int(words[1]))
    if "depth" not in chosen and "probe" not in chosen:
        chosen["depth"] = options.depth  # that of the scan that is run again
    options = replace(read_scan_options(options.roots, chosen), mode="apply" if apply else "dry-run")
    return library.run_scan(*given, options, apply=apply, only=only, allow=allow, exit_code=exit_code)
