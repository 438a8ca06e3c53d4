"""The doctor: whether every configured service and path is in order."""

from __future__ import annotations

import asyncio
import functools
import os
import shlex
import shutil
import sqlite3
import stat
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mediatui.changes.owner import OtherAccount, expect_same_account, owner_of, read_owner
from mediatui.commands.checks import Check
from mediatui.commands.connect_account import make_client
from mediatui.commands.options import report_by_exit_code
from mediatui.commands.workspace import TOKEN, load_for
from mediatui.model.account import Account
from mediatui.model.errors import MediatuiError
from mediatui.model.human import counted, short_moment, size_text
from mediatui.model.text import join_words, printable
from mediatui.runtime.invocation import Invocation
from mediatui.runtime.paths import Paths
from mediatui.settings import Loaded, Settings, SettingsError
from mediatui.settings.login import BadLogin, LoginFile
from mediatui.settings.places import configured_mounts
from mediatui.store.conditions import EVERY_TORRENT
from mediatui.store.database import check_file, find_damage, open_reader, prepare
from mediatui.store.jobs import is_alive, read_holder
from mediatui.store.torrents.listing import count_torrents
from mediatui.system.ffprobe import find_ffprobe
from mediatui.system.helper_process import TimedOut, ask
from mediatui.system.mounts import Mount, check_mount
from mediatui.system.threads import in_thread

if TYPE_CHECKING:
    from mediatui.commands.answer import Answer
    from mediatui.services.http import Transport

LITTLE_ROOM = 500_000_000
FEW_DAYS = 7
SKEW_S = 120
FOUND = 5
"""Exit code: problems were found."""
START_S = 10.0
"""How many seconds a service that starts up is waited for."""


@dataclass(frozen=True, slots=True)
class Doctor:
    """The options of ``doctor``."""

    exit_code: bool = report_by_exit_code("a problem was found")


async def doctor(answer: Answer, options: Doctor) -> int:
    """Checks Real-Debrid, the paths and the database; with ``exit_code`` a problem ends with 5."""
    problems = warnings = 0
    async for check in check_everything(answer.invocation):
        problems += check.state == "problem"
        warnings += check.state == "warning"
        fields = {"name": check.name, "state": check.state, "reason": check.text, "hint": check.hint}
        answer.row("check", fields, f"{check.state:<8} {check.name:<12} {check.text}")
        if check.hint and not answer.json:
            answer.line(f"{'':<22}{check.hint}")
    found = [
        f"{count} {what}{'s' if count > 1 else ''}"
        for count, what in ((problems, "problem"), (warnings, "warning"))
        if count
    ]
    summary = f"{', '.join(found)}." if found else "All is well."
    answer.result(summary, ok=True, counts={"problems": problems, "warnings": warnings})
    return FOUND if problems and options.exit_code else 0


async def check_everything(invocation: Invocation) -> AsyncIterator[Check]:
    """Every check, as it is done; none raises, and none changes anything but a missing data dir."""
    loaded: Loaded | None = None
    try:
        loaded = load_for(invocation)
        yield check_config(invocation.paths.config_file)
    except SettingsError as error:
        yield Check("settings", "problem", error.message, error.hint)
    for check in check_modes(invocation.paths):
        yield check
    yield _guarded("data dir", lambda: _check_data_dir(invocation))
    yield _guarded("database", lambda: _check_database(invocation))
    if loaded is not None:
        settings = loaded.settings
        for check in await _check_places(settings):
            yield check
        if settings.staging.folder is not None:
            from mediatui.commands.check_staging import check_staging

            for check in await check_staging(settings):
                yield check
        if settings.library.mounts:
            from mediatui.commands.check_rclone import check_rclone

            for check in await check_rclone(settings):
                yield check
        yield _check_ffprobe(settings.scan.ffprobe)
        for service in settings.services:
            if service.enabled:
                from mediatui.commands.check_arr import check_arr

                for check in await check_arr(invocation, service, settings):
                    yield check
        if settings.prowlarr.enabled:
            yield await check_prowlarr(invocation, settings)
        if settings.seedbox.enabled:
            from mediatui.commands.check_seedbox import check_seedbox

            yield await check_seedbox(invocation, settings)
        if settings.sftp.host:
            from mediatui.commands.check_sftp import check_sftp

            yield await check_sftp(invocation, settings)
        if settings.metadata.in_use:
            from mediatui.commands.check_catalogs import check_catalogs

            for check in await check_catalogs(invocation, settings):
                yield check
        if bad := check_login(loaded, invocation.paths.config_file):
            yield bad
        if settings.plex.enabled or settings.jellyfin.enabled:
            from mediatui.commands.check_media_servers import check_media_servers, check_reports

            for check in (*await check_media_servers(invocation, settings), *check_reports(invocation.paths.database)):
                yield check
        from mediatui.commands.check_paths import check_paths_in_short

        for check in await check_paths_in_short(invocation, settings):
            yield check
        yield await check_realdebrid(invocation, settings, login=loaded.login)


def check_login(loaded: Loaded, config_file: Path) -> Check | None:
    """What is wrong with the login of this device, or that it is not used; None when nothing is to be said."""
    file = LoginFile(config_file)
    try:
        login = file.read()
    except BadLogin as error:
        return Check("login", "warning", error.message, error.hint)
    if login is None or loaded.login is not None:
        return None
    if login.ended:
        return Check("login", "warning", "The login of this device has ended.", "Log in again: mediatui login")
    return Check("login", "warning", f"The login of this device is not used: {TOKEN} is set ({loaded.token_set}).")


def _guarded(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except MediatuiError as error:
        return Check(name, "problem", error.message, error.hint)
    except sqlite3.Error as error:
        return Check(name, "problem", f"The database failed: {error}.")


def check_config(file: Path) -> Check:
    """Whether the config file is there; that it is valid was seen when it was read."""
    if not file.exists():
        return Check("settings", "ok", f"No config file at {file}; defaults and the environment apply.")
    return Check("settings", "ok", f"{file} is valid.")


def check_modes(paths: Paths) -> Iterator[Check]:
    """A warning for each file and folder of ours that others may read or write."""
    if os.name != "posix":
        return
    for path in paths.private():
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            others = "written" if mode & 0o022 else "read"
            name = "settings" if path == paths.config_file else "private"
            right = 0o700 if path.is_dir() else 0o600
            text = f"{printable(str(path))} can be {others} by others (mode {mode:04o})."
            yield Check(name, "warning", text, f"chmod {right:o} {shlex.quote(str(path))}")


def _check_data_dir(invocation: Invocation) -> Check:
    invocation.paths.make_data_dir()
    folder = invocation.paths.data_dir
    free = shutil.disk_usage(folder).free
    if free < LITTLE_ROOM:
        return Check("data dir", "warning", f"{folder} has {size_text(free)} left.", "Free some space on its volume.")
    return Check("data dir", "ok", f"{folder}, {size_text(free)} free.")


def _check_database(invocation: Invocation) -> Check:
    path = invocation.paths.database
    check_file(path)
    if not path.exists():
        return Check("database", "ok", "No archive yet; the first sync creates it.")
    prepare(path)
    if (damage := find_damage(path)) is not None:
        return Check("database", "problem", damage.message, damage.hint)
    with closing(open_reader(path)) as connection:
        count = count_torrents(connection, EVERY_TORRENT)
        holder = read_holder(connection, "account")
    busy = ""
    if holder is not None and is_alive(holder, time.time()):
        busy = f"; {holder.job_name} is running (pid {holder.pid})"
    return Check("database", "ok", f"{path}, {counted(count, 'torrent')}{busy}.")


async def _check_places(settings: Settings) -> list[Check]:
    """The roots, mounts and folders of real files, all at the same time: each may keep us waiting as long as an answer
    may take, and none is waited for longer."""
    library, late = settings.library, settings.library.mount_timeout_s
    checks: list[Callable[[], Check]] = []
    checks += [functools.partial(_check_folder, "library", "roots", path, late) for path in library.roots]
    checks += [functools.partial(_check_mount, mount) for mount in configured_mounts(settings)[: len(library.mounts)]]
    checks += [functools.partial(_check_folder, "storage", "storage", path, late) for path in library.storage]
    return list(await asyncio.gather(*map(in_thread, checks)))


def _check_folder(name: str, setting: str, path: Path, seconds: float) -> Check:
    hint = f"Mount it, or correct library.{setting} in the settings."
    try:
        mode = ask(os.stat, path, seconds=seconds).st_mode
    except TimedOut:
        text = f"{path} did not answer within {seconds:g} seconds: the mount it is on hangs."
        return Check(name, "problem", text, "Mount it again; nothing else waits for it.")
    except OSError as error:
        return Check(name, "problem", f"{path} cannot be read ({error.strerror}).", hint)
    if not stat.S_ISDIR(mode):
        return Check(name, "problem", f"{path} is not a folder.", hint)
    return Check(name, "ok", f"{path} is there.")


def _check_mount(mount: Mount) -> Check:
    """Whether a mount is alive; a dead one is left alone after some seconds."""
    state = check_mount(mount)
    if state.problem:
        hint = "Mount it, or correct library.mounts; nothing is removed from the library while it is so."
        return Check("mount", "problem", f"{state.problem}.", hint)
    kind = "a network mount" if state.remote else "a local folder"
    return Check(
        "mount", "ok", f"{os.fsdecode(mount.path)} is alive: {kind}, {counted(state.entries, 'entry', 'entries')}."
    )


def _check_ffprobe(configured: str) -> Check:
    try:
        return Check("ffprobe", "ok", f"{find_ffprobe(configured)} is there.")
    except MediatuiError as error:
        return Check("ffprobe", "warning", error.message, error.hint)


async def check_prowlarr(invocation: Invocation, settings: Settings) -> Check:
    """Whether Prowlarr is reachable with its key, has the indexers of the settings, and asks them at present; three
    requests."""
    from mediatui.commands.connect_prowlarr import make_prowlarr

    try:
        prowlarr = make_prowlarr(settings, invocation, start_s=START_S)
    except MediatuiError as error:
        return Check("prowlarr", "problem", error.message, error.hint)
    try:
        began = time.monotonic()
        status = await prowlarr.status()
        latency = (time.monotonic() - began) * 1000
        indexers, pauses = await prowlarr.indexers(), await prowlarr.pauses()
    except MediatuiError as error:
        return Check("prowlarr", "problem", error.message, error.hint)
    finally:
        await prowlarr.close()
    used = [one for one in indexers if one.enabled and one.protocol == "torrent"]
    text = f"Prowlarr {printable(status.version)} answers in {latency:,.0f} ms, {counted(len(used), 'indexer')} in use"
    known = {one.name.casefold() for one in indexers}
    if missing := [printable(name) for name in settings.prowlarr.indexers if name.casefold() not in known]:
        return Check(
            "prowlarr", "problem", f"{text}; it has no indexer {join_words(missing, 'or')}.",
            f"Correct prowlarr.indexers. There are: {', '.join(printable(one.name) for one in indexers) or 'none'}.",
        )  # fmt: skip
    if not used:
        return Check("prowlarr", "warning", f"{text}.", "Add one in Prowlarr, or switch one on.")
    names = {one.id: printable(one.name) for one in used}
    paused = [
        f"{names[pause.indexer_id]}{f' until {short_moment(pause.until)}' if pause.until else ''}"
        for pause in pauses
        if pause.indexer_id in names
    ]
    if paused:
        return Check(
            "prowlarr", "warning", f"{text}; it has paused {join_words(paused)}.",
            "Each failed; Prowlarr asks it again by itself then. Its page System, Events says why.",
        )  # fmt: skip
    return Check("prowlarr", "ok", f"{text}.")


def _other_account(database: Path, account: Account) -> Check | None:
    """What is wrong when the archive is of another account than the token; None when it is not, or is not known."""
    try:
        with closing(open_reader(database)) as connection:
            expect_same_account(read_owner(connection), owner_of(account))
    except OtherAccount as error:
        return Check("real-debrid", "problem", error.message, error.hint)
    except (MediatuiError, sqlite3.Error):  # there is no archive yet, or another check says what is wrong with it
        return None
    return None


async def check_realdebrid(
    invocation: Invocation,
    settings: Settings,
    token: str | None = None,
    *,
    login: LoginFile | None = None,
    transport: Transport | None = None,
) -> Check:
    """Whether the service is reachable and accepts ``token`` (default: that of the ``login``, else the configured one);
    two requests. ``transport`` stands in for the network."""
    from mediatui.services.budget import Budget, MemoryLedger

    if invocation.demo and transport is None:
        from mediatui.demo.connect import demo_transport

        transport = demo_transport(invocation.paths.database)
    try:
        client = make_client(settings, Budget(MemoryLedger()), transport, token, login=login)
    except MediatuiError as error:
        return Check("real-debrid", "problem", error.message, error.hint)
    try:
        began = time.monotonic()
        account = await client.user()
        latency = (time.monotonic() - began) * 1000
        skew = await client.clock_skew()
    except MediatuiError as error:
        refused = getattr(error, "status", None) == 401
        return Check("real-debrid", "problem", error.message, error.hint, refused)
    finally:
        await client.close()
    if token is None and (other := _other_account(invocation.paths.database, account)):
        return other
    text = f"{account.username}, {account.type}, {account.premium_days:,} premium days, answers in {latency:,.0f} ms."
    if not account.premium_seconds:
        return Check("real-debrid", "problem", text, "Without premium the service mends and plays nothing.")
    if account.premium_days < FEW_DAYS:
        return Check("real-debrid", "warning", text, "Premium ends soon.")
    if abs(skew) > SKEW_S:
        return Check("real-debrid", "warning", f"{text} This clock is {skew:+,.0f} s off.", "Set the clock (NTP).")
    return Check("real-debrid", "ok", text)
