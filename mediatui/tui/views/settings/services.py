"""What can be done with the services on the settings screen: test them, find Sonarr and Radarr, propose path maps."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import work
from textual.binding import Binding
from textual.content import Content

from mediatui.model.arr import ARR_TITLES, arr_section, arr_title
from mediatui.model.catalog import CATALOG_TITLES
from mediatui.model.errors import MediatuiError, UsageError
from mediatui.model.media_server import SERVER_TITLES, server_of
from mediatui.model.text import join_words, printable
from mediatui.tui.view import View
from mediatui.tui.widgets.detail_pane import DetailPane

if TYPE_CHECKING:
    from mediatui.commands.checks import Check
    from mediatui.services.arr.detect import Place, Proposal
    from mediatui.services.arr.path_map import ProposedMap
    from mediatui.settings import SettingKey, Settings
    from mediatui.settings.arr import ArrSettings

KEYS = (
    Binding("t", "test", "test", id="settings.test", tooltip="Test the services with what is configured"),
    Binding("f", "find", "find", id="settings.find", tooltip="Search for Sonarr and Radarr here, and for path maps"),
)
PARTS = {
    "prowlarr": "Prowlarr",
    "seedbox": "the seedbox",
    "sftp": "the SSH login of the seedbox",
    "staging": "the folder of staging",
    "paths": "whether paths are seen",
    "rclone": "rclone",
}
"""What is tested from the settings of a part alone."""
COLOURS = {"ok": "$ok", "warning": "$attention", "problem": "$broken"}


class AnswersPane(DetailPane):
    """What services answered when they were tested, whole."""

    def __init__(self) -> None:
        super().__init__("answers")

    def show_checks(self, checks: Sequence[Check]) -> None:
        """Shows the results of these checks; none hides the pane."""
        lines: list[Content] = []
        for check in checks:
            lines.append(Content.styled(f"{check.name} {check.state}: {printable(check.text)}", COLOURS[check.state]))
            if check.hint:
                lines.append(Content(f"  {printable(check.hint)}"))
        self.show(checks, lines)
        self.display = bool(lines)


class ServiceActions(View):
    """A view of settings in which services are tested and found (``KEYS``)."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self.answers = AnswersPane()
        self.answers.display = False
        self._offered: set[str] = set()

    @abstractmethod
    def chosen_key(self) -> SettingKey | None:
        """The setting under the cursor; None when there is none."""

    @abstractmethod
    def written(self) -> None:
        """Called when the config file was changed: applies its settings."""

    def tested_from(self, key: SettingKey | None) -> str:
        """What is tested from a setting: its service, or all that are in use when it belongs to none."""
        from mediatui.commands.check_catalogs import used_catalogs
        from mediatui.services.media_servers import used_servers

        try:
            settings = self.workspace.settings
            if key is not None and key.section in ARR_TITLES:
                return settings.arr(key.service or key.section).title
            if key is not None and (server := server_of(key.section)) is not None:
                return SERVER_TITLES[server]
            if key is not None and (part := _part_of(key)) in PARTS:
                return PARTS[part]
            catalogs = [CATALOG_TITLES[name] for name in used_catalogs(settings)]
            if key is not None and key.section == "metadata":
                return join_words(catalogs)
            others = [one.title for one in settings.services if one.enabled]
            others += ["Prowlarr"] * settings.prowlarr.enabled + ["the seedbox"] * settings.seedbox.enabled + catalogs
            others += [SERVER_TITLES[name] for name in used_servers(settings)]
        except MediatuiError:  # the test says what is wrong with the settings
            others = []
        return "Real-Debrid" if key is None or key.section == "realdebrid" else join_words(["Real-Debrid", *others])

    def action_test(self) -> None:
        """Tests the service of the setting under the cursor, all that are in use when it belongs to none."""
        key = self.chosen_key()
        if key is not None:
            self.say(f"Asking {self.tested_from(key)} …")
            self._test(key)

    @work(group="settings-test", exclusive=True, exit_on_error=False)
    async def _test(self, key: SettingKey) -> None:
        try:
            checks = await self._checks(key)
        except MediatuiError as error:
            self.say(error.sentence, "error")
            return
        self.answers.show_checks(checks)
        bad = sum(check.state != "ok" for check in checks)
        summary = f"{bad:,} of {len(checks):,} need{'s' if bad == 1 else ''} attention" if bad else "all is well"
        off = self._is_off(key)
        then = "But it is off: space on “In use” turns it on" if off else "Tab goes to the answers, esc closes them"
        of_one = len({check.name.partition(" ")[0] for check in checks}) == 1
        said = f"{self.tested_from(key)}: {summary}" if of_one else summary.capitalize()
        self.say(f"{said}. {then}.", "warning" if bad or off else "info")

    def _is_off(self, key: SettingKey) -> bool:
        """Whether the service of a setting is not in use."""
        if (server := server_of(key.section)) is not None:
            return not self.workspace.settings.media_server(server).enabled
        if key.section == "seedbox":
            return not self.workspace.settings.seedbox.enabled
        return key.section in ARR_TITLES and not self.workspace.settings.arr(key.service or key.section).enabled

    async def _checks(self, key: SettingKey) -> list[Check]:
        from mediatui.commands.check_arr import check_arr
        from mediatui.commands.check_catalogs import check_catalogs
        from mediatui.commands.check_media_servers import check_media_servers
        from mediatui.commands.check_seedbox import check_seedbox
        from mediatui.commands.check_sftp import check_sftp
        from mediatui.commands.doctor import check_prowlarr, check_realdebrid

        settings = self.workspace.settings
        if key.section in ARR_TITLES:
            service = settings.arr(key.service or key.section)
            return await check_arr(self.workspace.invocation, service, settings)
        workspace = self.workspace
        if (server := server_of(key.section)) is not None:
            return await check_media_servers(workspace.invocation, settings, [server])
        if (part := _part_of(key)) in PARTS:
            return await self._of_part(part)
        if key.section == "metadata":
            if not settings.metadata.in_use:
                raise UsageError(
                    "Neither TMDB nor TVDB has a key here.", "Set metadata.tmdb_key, metadata.tvdb_key, or both."
                )
            return await check_catalogs(workspace.invocation, settings)
        checks = [
            await check_realdebrid(
                workspace.invocation, settings, login=workspace.loaded.login, transport=workspace.transport()
            )
        ]
        if key.section != "realdebrid":
            enabled = [service for service in settings.services if service.enabled]
            for service in enabled:
                checks += await check_arr(workspace.invocation, service, settings)
            if settings.prowlarr.enabled:
                checks.append(await check_prowlarr(workspace.invocation, settings))
            if settings.seedbox.enabled:
                checks.append(await check_seedbox(workspace.invocation, settings))
            if settings.sftp.host:
                checks.append(await check_sftp(workspace.invocation, settings))
            checks += await check_catalogs(workspace.invocation, settings)
            checks += await check_media_servers(workspace.invocation, settings)
        return checks

    async def _of_part(self, part: str) -> list[Check]:
        """The checks of one of ``PARTS``."""
        from mediatui.commands.check_paths import check_paths
        from mediatui.commands.check_rclone import check_rclone
        from mediatui.commands.check_seedbox import check_seedbox
        from mediatui.commands.check_sftp import check_sftp
        from mediatui.commands.check_staging import check_staging
        from mediatui.commands.doctor import check_prowlarr

        invocation, settings = self.workspace.invocation, self.workspace.settings
        if part == "staging":
            return await check_staging(settings)
        if part == "prowlarr":
            return [await check_prowlarr(invocation, settings)]
        if part == "seedbox":
            return [await check_seedbox(invocation, settings)]
        if part == "sftp":
            return [await check_sftp(invocation, settings)]
        if part == "rclone":
            if not (found := await check_rclone(settings)):
                raise UsageError("No network mount is in use here.", "Set library.mounts to where one is.")
            return found
        tried = [one.check async for one in check_paths(invocation, settings)]
        if not tried:
            raise UsageError("Nothing here has paths of its own.", "Sonarr, Radarr, Plex and Jellyfin have.")
        return tried

    # Finding

    def action_find(self) -> None:
        """Searches for services on this machine, then for the path maps of those that are configured."""
        self.say("Searching for Sonarr and Radarr: in Docker, on their usual ports, by their config.xml …")
        self._find()

    @work(group="settings-find", exclusive=True, exit_on_error=False)
    async def _find(self) -> None:
        """Proposes the first that was found and is neither configured nor proposed already; then the first path map
        that is missing."""
        from mediatui.services.arr.detect import detect, place_for

        try:
            settings = self.workspace.settings
        except MediatuiError as error:
            self.say(error.sentence, "error")
            return
        found = await detect()
        known = {(service.kind, service.url) for service in settings.services if service.enabled}
        new = [one for one in found if (one.kind, one.url) not in known]
        left = [one for one in new if one.url not in self._offered]
        if left:
            proposal = left[0]
            self._offered.add(proposal.url)
            place = place_for(proposal, settings)
            question = _question(proposal, place, len(left) - 1)
            self.host.prompt.ask(question, lambda: self._take(proposal, place.name), 1)
        elif not await self._offer_map(settings):
            self._offered.clear()
            self.say(_nothing_new(len(found), len(new)), "info" if found else "warning")

    def _take(self, proposal: Proposal, name: str) -> None:
        """Writes what was found into the config file, as the service of this name. Without a key it cannot be enabled
        yet."""
        from mediatui.settings.edit import find_key

        section, key = arr_section(proposal.kind, name), proposal.api_key.get_secret_value()
        values = {"url": proposal.url, **({"api_key": key, "enabled": "true"} if key else {})}
        if not self._write_all(section, values):
            return
        if key:
            self.say(f"{proposal.url} is saved; asking it …")
            self._test(find_key(f"{section}.url"))
        else:
            self.say(f"{proposal.url} is saved. Type its key into {section}.api_key, then set {section}.enabled.")

    async def _offer_map(self, settings: Settings) -> bool:
        """Asks whether to save the first path map that a service needs and that was not offered yet; whether there is
        one."""
        from mediatui.services.arr.path_map import missing_map

        for service in settings.services:
            if not service.enabled or self.workspace.demo:
                continue
            try:
                proposal = await missing_map(settings, service.name)
            except MediatuiError:
                continue  # a test says why
            if proposal is not None and (mark := f"{service.name} {proposal.as_json}") not in self._offered:
                self._offered.add(mark)
                self._ask_for_map(service, proposal)
                return True
        return False

    def _ask_for_map(self, service: ArrSettings, proposal: ProposedMap) -> None:
        pairs = ", ".join(f"{printable(theirs)} is {printable(ours)} here" for ours, theirs in proposal.pairs)
        sure = f" ({proposal.found:,} of {proposal.looked_for:,} folders are found so)" if proposal.found else ""
        stands = ", in place of the map that is set" if service.path_map else ""
        question = f"{service.title} sees the library under another path: {pairs}{sure}. Save that path map{stands}?"
        self.host.prompt.ask(question, lambda: self._take_map(service.section, proposal), 1)

    def _take_map(self, section: str, proposal: ProposedMap) -> None:
        from mediatui.settings.edit import find_key

        if self._write_all(section, {"path_map": proposal.as_json}):
            self.say("The path map is saved; asking …")
            self._test(find_key(f"{section}.path_map"))

    def _write_all(self, section: str, values: dict[str, str]) -> bool:
        """Writes settings of a section into the config file; whether they are there now."""
        from mediatui.settings.edit import set_value

        try:
            for field, value in values.items():
                set_value(self.workspace.paths.config_file, f"{section}.{field}", value)
        except MediatuiError as error:
            self.say(error.sentence, "error")
            return False
        self.written()
        return True


def _part_of(key: SettingKey) -> str:
    """The part of the settings that is tested alone from a setting: its section, but for those of rclone."""
    return "rclone" if key.name.startswith(("library.rclone", "library.mount_cache")) else key.section


def _question(proposal: Proposal, place: Place, more: int) -> str:
    """What is asked before something that was found is saved; the key itself is never shown."""
    key = "with its key" if proposal.api_key.get_secret_value() else "its key has to be typed"
    also = f" ({more:,} more: f again)" if more else ""
    where = ""
    if place.replaces:
        where = f" (it replaces {printable(place.replaces)})"
    elif place.beside:
        where = f" beside {join_words(place.beside)}, as {arr_title(proposal.kind, place.name)}"
    return f"{ARR_TITLES[proposal.kind]} at {proposal.url}: {printable(proposal.why)}. Save it{where}, {key}?{also}"


def _nothing_new(found: int, new: int) -> str:
    if new:
        return "That was all that was found; f starts again."
    if found:
        return "Only what is configured already was found."
    return "Neither Sonarr nor Radarr was found here; type sonarr.url and sonarr.api_key."
