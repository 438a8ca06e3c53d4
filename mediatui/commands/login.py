"""Logging in to Real-Debrid with a code that is typed on its page, and ending that login."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mediatui.commands.options import flag
from mediatui.commands.workspace import TOKEN
from mediatui.model.errors import ServiceFailure, UsageError

if TYPE_CHECKING:
    from mediatui.commands.answer import Answer
    from mediatui.commands.workspace import Workspace
    from mediatui.services.realdebrid.oauth import DeviceCode
    from mediatui.settings import Loaded
    from mediatui.settings.login import Login, LoginFile


@dataclass(frozen=True, slots=True)
class LogIn:
    """The options of ``login``."""

    replace: bool = flag(f"Once it has worked take {TOKEN} out of the config file, which would come first.")


@dataclass(frozen=True, slots=True)
class LogOut:
    """The options of ``logout``."""

    only_here: bool = flag("Forget the login here without ending it at Real-Debrid.")


def expect_no_token(loaded: Loaded, config_file: Path, *, replace: bool) -> None:
    """Raises UsageError when a token is set that would come before a login, unless it is in the config file and is to
    be replaced."""
    in_file = loaded.token_set == f"config file {config_file}"
    if loaded.token_set and not (replace and in_file):
        hint = f"{'Add --replace to take it out, or' if in_file else 'Take it out there, or'} go on with that token."
        raise UsageError(f"{TOKEN} is set ({loaded.token_set}) and comes before a login.", hint)


async def keep(workspace: Workspace, login: Login) -> None:
    """Keeps a login as that of this run; a token in the config file, which would come first, is taken out of it."""
    from mediatui.settings.edit import unset_value
    from mediatui.settings.login import LoginFile

    config_file = workspace.paths.config_file
    file = LoginFile(config_file)
    async with file.locked():
        file.write(login)
    if workspace.loaded.token_set == f"config file {config_file}":
        unset_value(config_file, TOKEN)
    workspace.reload_settings()


async def login(answer: Answer, options: LogIn) -> int:
    """Shows a code, waits until it was typed in on the service's page, and keeps the login. Raises ServiceError."""
    from mediatui.commands.connect_account import make_oauth
    from mediatui.commands.doctor import check_realdebrid
    from mediatui.services.realdebrid.login import wait_for_login

    async with answer.workspace() as workspace:
        loaded = workspace.loaded
        if not workspace.demo:
            expect_no_token(loaded, workspace.paths.config_file, replace=options.replace)
        oauth = make_oauth(loaded.settings, workspace.transport())
        try:
            code = await oauth.device_code()
            fields = {"user_code": code.user_code, "page": code.page, "lasts_s": code.lasts_s}
            answer.row("code", fields, typing_code(code))
            await keep(workspace, await wait_for_login(oauth, code))
        finally:
            await oauth.close()
        loaded = workspace.loaded
        check = await check_realdebrid(
            workspace.invocation, loaded.settings, login=loaded.login, transport=workspace.transport()
        )
    answer.result(f"Logged in. {check.text} {check.hint}".strip(), counts={"state": check.state, "reason": check.text})
    return 0


def typing_code(code: DeviceCode) -> str:
    """What is to be done with a code, in a sentence."""
    return f"Open {code.page} and type {code.user_code} there; it holds {round(code.lasts_s / 60)} minutes."


async def logout(answer: Answer, options: LogOut) -> int:
    """Ends the login at the service, and forgets it here. A private token is left alone. Raises ServiceError."""
    from mediatui.settings.login import BadLogin, LoginFile

    async with answer.workspace() as workspace:
        file = LoginFile(workspace.paths.config_file)
        try:
            held = file.read()
        except BadLogin:
            if not options.only_here:
                raise
        else:
            if held is None:
                token_set = workspace.loaded.token_set
                also = f" {TOKEN} is set ({token_set}); config unset {TOKEN} takes it out." if token_set else ""
                answer.result(f"There is no login on this device.{also}", counts={"ended": False, "forgotten": False})
                return 0
            if not (held.ended or options.only_here):
                await _end_there(workspace, file)
        async with file.locked():
            file.remove()
        workspace.reload_settings()
    what = "is forgotten here; it may go on at Real-Debrid" if options.only_here else "has ended"
    answer.result(f"The login of this device {what}.", counts={"ended": not options.only_here, "forgotten": True})
    return 0


async def _end_there(workspace: Workspace, file: LoginFile) -> None:
    """Ends the login's own token at the service, never one that is configured."""
    from mediatui.commands.connect_account import make_client
    from mediatui.services.budget import Budget, MemoryLedger
    from mediatui.services.errors import Refused
    from mediatui.services.realdebrid.login import LoginEnded

    client = make_client(workspace.settings, Budget(MemoryLedger()), workspace.transport(), login=file)
    try:
        await client.disable_token()
    except LoginEnded:
        pass
    except ServiceFailure as error:
        if isinstance(error, Refused) and error.status == 401:  # nor does it accept the renewed one: it has ended
            return
        raise ServiceFailure(
            error.message, "The login stays; --only-here forgets it without ending it there."
        ) from None
    finally:
        await client.close()
