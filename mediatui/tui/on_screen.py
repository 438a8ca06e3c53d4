"""What the commands of the catalog do on the screen, where that is more than showing a plan or lines."""

from __future__ import annotations

import functools
import sqlite3
from typing import TYPE_CHECKING, cast

from mediatui.commands.parse import Typed
from mediatui.model.errors import MediatuiError
from mediatui.tui.view import OpenList, in_background

if TYPE_CHECKING:
    from mediatui.changes.owner import AccountOwner
    from mediatui.commands.sftp import TrustHost
    from mediatui.model.plan import Plan
    from mediatui.runtime.jobs import Job
    from mediatui.store.library.scans import Scan
    from mediatui.tui.host import Host
    from mediatui.tui.views.answer.view import AnswerView
    from mediatui.tui.views.changes.journal import JournalView
    from mediatui.tui.views.downloads.view import DownloadsView
    from mediatui.tui.views.maintenance.view import MaintenanceView
    from mediatui.tui.views.search.view import SearchView
    from mediatui.tui.views.settings.welcome import WelcomeView
    from mediatui.tui.views.symlinks.scans import ScansView
    from mediatui.tui.views.symlinks.view import SymlinksView
    from mediatui.tui.views.torrents.duplicates import DuplicatesView
    from mediatui.tui.views.transfers.staging import StagingView
    from mediatui.tui.views.transfers.view import TransfersView


async def sync(app: Host, typed: Typed) -> None:
    """Starts a sync; raises UsageError."""
    from mediatui.commands.sync import job_options

    app.start_sync(job_options(typed.options))


async def torrents(app: Host, typed: Typed) -> None:
    """Shows the list, filtered, sorted and cut as asked; raises UsageError for a sort key that is none."""
    from mediatui.commands.torrents import order_of, query_of

    options = typed.options
    order = order_of(options)
    query = query_of(options, lambda: app.workspace.settings.ui.filters)
    app.post_message(OpenList(query, order, options.limit))


async def show(app: Host, typed: Typed) -> None:
    """Shows one torrent in the list."""
    app.post_message(OpenList(f"id:{typed.options.wanted}"))


async def stats(app: Host, typed: Typed) -> None:
    """Shows the figures, and says the line of them when that was asked for."""
    from mediatui.archive.stats import compact_line

    await app.open_view("stats")
    if typed.options.compact:
        app.prompt.say(await app.workspace.read(compact_line))


async def diagnose(app: Host, typed: Typed) -> None:
    """Shows what is wrong, or the torrents of the classes that are named; raises UsageError."""
    from mediatui.commands.torrents import classes_of

    classes = [name.replace(" ", "-") for name in classes_of(typed.options)]
    if typed.options.classes:
        app.post_message(OpenList(" OR ".join(f"class:{name}" for name in classes)))
    else:
        await app.open_view("problems")


async def check(app: Host, typed: Typed) -> None:
    """Checks links; raises UsageError."""
    from mediatui.commands.torrents import job_options

    app.plans.start_check(await app.workspace.read(job_options, typed.options, app.workspace.library_roots))


async def download(app: Host, typed: Typed) -> None:
    """Starts fetching files of a torrent; raises UsageError."""
    from mediatui.commands.job_kinds import DOWNLOAD
    from mediatui.commands.play import job_options

    wanted = job_options(typed.options)
    app.workspace.connect()
    app.workspace.runner.start(DOWNLOAD, wanted)
    app.prompt.say(f"Fetching into {wanted.folder}; ctrl+c stops it, and the same command carries on.")


async def remote_fetch(app: Host, typed: Typed) -> None:
    """Starts fetching from the seedbox; raises UsageError."""
    from mediatui.commands.job_kinds import REMOTE_FETCH
    from mediatui.commands.remote import job_options

    wanted = job_options(app.workspace.settings, typed.options)
    app.workspace.runner.start(REMOTE_FETCH, wanted)
    app.prompt.say(f"Fetching into {wanted.folder}; ctrl+c stops it, and the same command carries on.")


async def _search_view(app: Host) -> SearchView:
    view = cast("SearchView", await app.show_view("search", load=False))
    await app.open_view("search")
    return view


async def search(app: Host, typed: Typed) -> None:
    """Searches releases, and lists them as the indexers answer; raises UsageError."""
    from mediatui.acquire.search.query import parse, sorted_by
    from mediatui.commands.search import job_options

    options = typed.options
    if options.media is not None:
        from mediatui.commands.search import media_kind, media_text

        text, kind = media_text(options), media_kind(options)
        (await _search_view(app)).search_media(text, kind, options.season)
        return
    wanted = job_options(options)
    parse(options.where or "")
    sorted_by((), options.sort or "score")
    (await _search_view(app)).start(wanted, options.where or "", options.sort)


async def search_list(app: Host, typed: Typed) -> None:
    """Offers the searches that are kept."""
    (await _search_view(app)).action_earlier()


async def search_show(app: Host, typed: Typed) -> None:
    """Shows a search that is kept; raises UsageError for one that is not."""
    from mediatui.acquire.search.query import parse, sorted_by
    from mediatui.store.releases.rows import find_search

    options = typed.options
    parse(options.where or "")
    sorted_by((), options.sort or "score")
    await app.workspace.read(find_search, options.search)
    (await _search_view(app)).show_search(options.search, options.where or "", options.sort)


async def list_transfers(app: Host, typed: Typed) -> None:
    """Shows the transfers, those that fit; raises UsageError for words that choose none."""
    from mediatui.acquire.query import chosen

    chosen(typed.options.query, ())
    view = cast("TransfersView", await app.show_view("transfers", load=False))
    await app.open_view("transfers")
    view.open_query(typed.options.query, why=typed.options.why)


async def import_(app: Host, typed: Typed) -> None:
    """Opens a folder of downloads, or proposes to import what is named; raises UsageError."""
    from mediatui.commands.import_ import folder_wanted

    wanted = folder_wanted(app.workspace, typed.options)
    if wanted is None:
        app.plans.propose_command(typed.command, typed.options)
        return
    view = cast("DownloadsView", await app.show_view("downloads", load=False))
    await app.open_view("downloads")
    view.open_path(*wanted)


async def list_staging(app: Host, typed: Typed) -> None:
    """Shows what lies in staging, or what is left over there."""
    view = cast("StagingView", await app.show_view("staging", load=False))
    await app.open_view("staging")
    if typed.options.leftovers:
        view.open_leftovers()


async def follow_transfers(app: Host, typed: Typed) -> None:
    """Starts one pass over the transfers."""
    app.follow_transfers(now=True)
    app.prompt.say("Moving transfers on.")


async def refresh_library(app: Host, typed: Typed) -> None:
    """Starts reading what Sonarr and Radarr know."""
    from mediatui.commands.job_kinds import REFRESH
    from mediatui.commands.library import job_options

    app.workspace.runner.start(REFRESH, job_options(typed.options))
    app.prompt.say("Reading what Sonarr and Radarr know.")


async def dedupe(app: Host, typed: Typed) -> None:
    """Shows the copies, and asks about dropping them when that was asked for."""
    view = cast("DuplicatesView", await app.show_view("duplicates", load=False))
    view.by, view.keep = typed.options.by, typed.options.keep
    await app.open_view("duplicates", again=True)
    if typed.options.apply:
        app.plans.propose_command(typed.command, typed.options)


async def journal(app: Host, typed: Typed) -> None:
    """Shows the batches, or the one that is named; raises UsageError for one that does not exist."""
    if typed.options.batch is not None:
        await app.plans.show_batch(typed.options.batch)
        return
    view = cast("JournalView", await app.show_view("journal", load=False))
    view.limit = typed.options.limit
    await app.open_view("journal", again=True)


async def resume(app: Host, typed: Typed) -> None:
    """Asks whether to resume a batch; raises UsageError for one that does not exist."""
    await app.plans.resume(typed.options.batch, failed=typed.options.failed)


async def scan(app: Host, typed: Typed) -> None:
    """Starts a scan, and asks about removing what it found when that was asked for; raises UsageError."""
    from mediatui.library.roots import configured_library, scan_roots

    scan_roots(configured_library(app.workspace.settings), typed.options.roots)
    await _scan(app, typed, typed.options.roots)


async def scan_again(app: Host, typed: Typed) -> None:
    """Starts a scan of the folders of an earlier one; raises UsageError."""
    before = await _earlier(app, typed)
    await _scan(app, typed, before.roots, before.depth)


async def _scan(app: Host, typed: Typed, roots: tuple[str, ...], depth: str = "basic") -> None:
    from mediatui.commands.scan import options_of
    from mediatui.library.links.unlink import parse_removable_states

    parse_removable_states(typed.options.only)
    wanted = options_of(typed.options, roots, "full" if depth == "full" else "basic")
    view = cast("SymlinksView", await app.show_view("symlinks"))
    job = view.start(wanted)
    if job is not None and typed.options.apply:
        in_background(app, functools.partial(_propose_removal, app, typed, job), "scan-apply", exclusive=True)


async def _propose_removal(app: Host, typed: Typed, job: Job) -> None:
    """Asks about removing what a scan found gone, once it has ended well."""
    from mediatui.changes.notify import with_links_that_came_back
    from mediatui.library.links.unlink import parse_removable_states, plan_unlink
    from mediatui.library.roots import configured_library, find_roots
    from mediatui.library.scan.history import require_typed_count

    if (await job.wait()).outcome != "done":
        return
    settings = app.workspace.settings
    states = parse_removable_states(typed.options.only)
    try:
        folders = await find_roots(configured_library(settings), getattr(typed.options, "roots", ()))
    except MediatuiError as error:
        app.prompt.say(error.sentence, "error")
        return

    def make(connection: sqlite3.Connection) -> Plan:
        plan = require_typed_count(connection, settings, plan_unlink(connection, folders, states))
        return with_links_that_came_back(connection, settings, plan)

    app.plans.propose(make)


async def _earlier(app: Host, typed: Typed) -> Scan:
    from mediatui.commands.scan import scan_of

    return await app.workspace.read(scan_of, typed.options.number)


async def _scans(app: Host) -> ScansView:
    await app.open_view("scans", again=True)
    return cast("ScansView", app.view)


async def scan_list(app: Host, typed: Typed) -> None:
    """Shows earlier scans."""
    await _scans(app)


async def scan_show(app: Host, typed: Typed) -> None:
    """Shows what a scan found; raises UsageError."""
    earlier = await _earlier(app, typed)
    (await _scans(app)).show_findings(earlier)


async def scan_diff(app: Host, typed: Typed) -> None:
    """Shows what changed since the scan before; raises UsageError."""
    earlier = await _earlier(app, typed)
    (await _scans(app)).compare(earlier)


async def scan_delete(app: Host, typed: Typed) -> None:
    """Asks whether to forget a scan; raises UsageError."""
    earlier = await _earlier(app, typed)
    (await _scans(app)).ask_to_delete(earlier)


async def run_tool(app: Host, typed: Typed) -> None:
    """Runs a tool of maintenance, and asks about its changes when that was asked for; raises UsageError."""
    from mediatui.commands.maintain import options_of

    name = typed.command.name
    wanted = options_of(name, typed.options)
    view = cast("MaintenanceView", await app.show_view("maintenance", load=False))
    await app.open_view("maintenance")
    view.go_to(name)
    then = functools.partial(view.propose, name, wanted.only) if getattr(typed.options, "apply", False) else None
    view.start(wanted, then)


async def config_set(app: Host, typed: Typed) -> None:
    """Sets a setting; a secret without a value is asked for. Raises UsageError."""
    from mediatui.commands.config import secret_to_ask, set_value

    options = typed.options
    secret = secret_to_ask(options)
    await app.open_view("answer")
    view = cast("AnswerView", app.view)

    def write(text: str) -> None:
        view.run(typed, lambda answer: set_value(answer, options.key, text, typed=not secret))

    if secret:
        view.ask_secret(secret, write)
    else:
        write(options.value)


async def login(app: Host, typed: Typed) -> None:
    """Shows a code to log in with, and waits for it; raises UsageError when a token is set that comes first."""
    from mediatui.commands.login import expect_no_token

    workspace = app.workspace
    if not workspace.demo:
        expect_no_token(workspace.loaded, workspace.paths.config_file, replace=typed.options.replace)
    await app.open_view("welcome")
    cast("WelcomeView", app.view).log_in()


async def clear(app: Host, typed: Typed) -> None:
    """Empties the archive, after the word CLEAR unless it was confirmed in the command."""
    from mediatui.commands.account import CLEAR_QUESTION
    from mediatui.commands.job_kinds import CLEAR

    def start() -> None:
        app.workspace.runner.start(CLEAR, None)

    if typed.options.confirmed:
        start()
    else:
        app.prompt.ask(CLEAR_QUESTION, start, 1, word="CLEAR")


async def adopt(app: Host, typed: Typed) -> None:
    """Asks, with the word ADOPT to be typed, whether the archive is to follow the token."""
    in_background(app, functools.partial(_ask_to_adopt, app, typed.options.confirmed), "adopt", exclusive=True)


async def _ask_to_adopt(app: Host, confirmed: bool) -> None:
    from mediatui.archive.adopt import adopt_question
    from mediatui.changes.owner import owner_of, read_owner

    try:
        given = owner_of(await app.workspace.connect().account())
        known = await app.workspace.read(read_owner)
    except MediatuiError as error:
        app.prompt.say(error.sentence, "error")
        return
    if known is not None and known.id == given.id:
        app.prompt.say(f"The archive belongs to {given} already.")
    elif confirmed:
        _start_adopting(app, given)
    else:
        app.prompt.ask(adopt_question(known, given), lambda: _start_adopting(app, given), 1, word="ADOPT")


def _start_adopting(app: Host, owner: AccountOwner) -> None:
    from mediatui.commands.job_kinds import ADOPT

    app.workspace.runner.start(ADOPT, owner)


async def sftp_trust(app: Host, typed: Typed) -> None:
    """Shows the fingerprint of a server's host key, and pins it after a yes."""
    in_background(app, functools.partial(_ask_to_trust, app, typed.options), "sftp", exclusive=True)


async def _ask_to_trust(app: Host, options: TrustHost) -> None:
    from mediatui.commands.sftp import look_at_key

    try:
        shown = await look_at_key(app.workspace.invocation, options)
    except MediatuiError as error:
        app.prompt.say(error.sentence, "error", whole="log")
        return

    def pin() -> None:
        try:
            app.prompt.say(shown.pin())
        except MediatuiError as error:
            app.prompt.say(error.sentence, "error")

    if shown.pinned or options.fingerprint is not None:
        pin()
    else:
        app.prompt.ask(shown.question, pin, 1)
