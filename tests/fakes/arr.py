"""A Sonarr or a Radarr over real folders, as the real ones were seen to behave.

    sonarr = FakeArr("sonarr")
    sonarr.root(library / "tv")
    item = sonarr.hold("Dark", library / "tv" / "Dark", [first_link, second_link])
    Arr(ArrHttp("sonarr", "http://sonarr.invalid", SecretStr(KEY), transport=sonarr.transport()))
    with on_socket(sonarr) as address: ...          # tests.fakes.sockets

**What it holds.** ``hold(title, folder, files, **facts)`` puts a series or film on record and returns its id; paths are
ours, and ``theirs``/``ours`` (given to the constructor) turn them into theirs and back. Ids are foreseeable (``hold``
says how). ``records`` has the rows to look at or to change: ``items`` and ``files`` by id, ``episodes``, ``history``,
``queue``, ``roots``. ``settings`` are those of media management: ``deleteEmptyFolders``, ``recycleBin``,
``autoUnmonitorPreviouslyDownloadedEpisodes`` (``…Movies``).

**What it was sent.** ``seen`` (method, path with query), ``commands`` (name, id or ids), ``bodies`` (of commands),
``writes`` (method, path, body of everything else that changes something), ``lists()``.

**How commands go.** They have effects on records as the real ones: a folder that moved loses its records, a link that
dangles ends the rescan as failed, a missing or empty root is passed over. ``steps`` is how often a look finds a new
command running (None: until ``finish()``); ``busy`` keeps new ones queued; ``forced`` is an end without effect;
``finds[episode or film id] = "Title"`` is what a search grabs; ``restart()`` is a kill and a start.

**How it imports.** ``importing`` says what is known of videos and what goes wrong (``tests.fakes.arr_reading``),
``parses`` how odd names are read, ``naming`` and ``settings`` what is switched on; ``pass_time`` does what it does some
seconds after.

**How it fails.** ``fail(FAILURE, only="command", times=1)`` with one of ``BROKEN`` (500), ``STARTING`` (503),
``LOGIN_PAGE``, ``ELSEWHERE`` (302 to another host), ``CUT``, ``HANG``, or any httpx.Response or exception;
``well()`` ends that. ``mount_hangs``, ``client_away`` and ``base`` (its URL base) are switches; so is ``released``, the
released Sonarr 4.0 instead of the newer head. ``strict`` refuses with 400 what no client of ours may send: unknown
parameters, and commands without ids, which the real ones take for one about everything; and what breaks a rule of
``tests.fakes.arr_rules`` fails the test.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final

import httpx

from tests.fakes.arr_adding import AddingApi
from tests.fakes.arr_answers import Switches, body_of, ok, problem, version, with_message
from tests.fakes.arr_api import ServerApi
from tests.fakes.arr_commands import Commands
from tests.fakes.arr_disk import Disk
from tests.fakes.arr_importing import ImportApi
from tests.fakes.arr_imports import Imports
from tests.fakes.arr_items import ItemsApi
from tests.fakes.arr_names import Names
from tests.fakes.arr_qualities import Kind, Row
from tests.fakes.arr_reading import Importing, Reading
from tests.fakes.arr_records import Records
from tests.fakes.arr_replacing import Failing, ReplacingApi
from tests.fakes.arr_requests import endpoint_of, wrong_command, wrong_query
from tests.fakes.arr_rules import Rules
from tests.fakes.arr_sending import Sending, SendingApi
from tests.fakes.arr_settings import naming_of, settings_of
from tests.fakes.openapi.check import note_request
from tests.fakes.sockets import Cut, Hang

KEY: Final = "0123456789abcdef0123456789abcdef"
Failure = httpx.Response | Exception

BROKEN: Final = httpx.Response(500, json={"message": "database is locked", "description": "SQLiteException"})
STARTING: Final = httpx.Response(503, json={"errorMessage": "Sonarr is starting up, please try again later"})
LOGIN_PAGE: Final = httpx.Response(200, html="<!doctype html><title>Log in</title>")
ELSEWHERE: Final = httpx.Response(302, headers={"location": "https://auth.invalid/login?rd=x"})
CUT: Final = Cut()
HANG: Final = Hang()


class FakeArr:
    """See the module."""

    def __init__(
        self,
        kind: Kind,
        *,
        base: str = "",
        key: str = KEY,
        released: bool = False,
        strict: bool = True,
        theirs: Callable[[str], str] = lambda path: path,
        ours: Callable[[str], str] = lambda path: path,
    ) -> None:
        self.kind: Kind = kind
        self.key = key
        self.strict = strict
        self.settings = settings_of(kind, released)
        self.records = Records(kind, theirs, ours)
        self.naming = naming_of(kind)
        self.importing = Importing()
        self._disk = Disk(self.records, self._setting)
        self._commands = Commands(self.records, self._disk)
        self._switches = Switches(released=released, base=base)
        self._adding = adding = AddingApi(self.records, self._commands)
        reading = Reading(self.records, self.importing, adding.parses)
        self._disk.sees = reading.sees
        self._later: list[tuple[float, Callable[[], None]]] = []
        names = Names(self.records, self.naming)
        self._wire_imports(Imports(self.records, self._disk, reading, self._setting, names, lambda: released))
        self._commands.renames = names.rename
        self._rules = Rules(self.records, self._commands, self._switches, names)
        self._apis: tuple[object, ...] = (
            (server := ServerApi(self.records, self._commands, self.settings, self._switches)),
            ItemsApi(self.records, self._disk, self._commands, self._switches),
            adding,
        )
        server.sees = reading.sees
        self._failures: list[list[object]] = []
        self.sending = Sending()
        self._sender = SendingApi(self.records, self._switches, self.sending)
        self._apis = (*self._apis, self._sender, ImportApi(self.records, reading, self._switches, self.naming, names))
        self.failing = Failing()
        self._apis = (*self._apis, ReplacingApi(self.records, self._commands, self._switches, self.failing))
        self.next_failure: dict[str, Failure] = {}
        """What the next request of an endpoint (``add_item``, ``push``) is answered with; ``takes_all_the_same``:
        although it was taken."""
        self.takes_all_the_same = False
        self.seen: list[tuple[str, str]] = []
        self.bodies: list[Row] = []
        self.writes: list[tuple[str, str, Row]] = []

    def _wire_imports(self, imports: Imports) -> None:
        name = "RescanSeries" if self.kind == "sonarr" else "RescanMovie"
        imports.rescan = lambda item: (self._commands.send(name, {self.records.owner: item}), None)[1]
        imports.later = lambda seconds, act: self._later.append((seconds, act))

        def run(sent: Row, most: int | None) -> str:
            if self._switches.mount_hangs:
                raise Hang
            return imports.run(sent, most)

        self._commands.imports = run
        self._commands.end_of_imports = lambda: self.importing.says
        self._commands.words = lambda text: self.importing.words(text)

    def transport(self) -> httpx.MockTransport:
        """What a client of httpx sends its requests through to reach it."""
        return httpx.MockTransport(self)  # type: ignore[arg-type]  # one that hangs answers later

    # What it holds

    def root(self, folder: Path | str) -> None:
        """Makes a folder of ours a root folder of theirs."""
        self.records.roots.append(self.records.theirs(str(folder)))

    def hold(self, title: str, folder: Path | str, files: Sequence[Path | str] = (), **facts: object) -> int:
        """A series or film with files on record; see ``Records.hold``. Without a root folder that holds it, the folder
        above it becomes one."""
        return self.records.hold(title, folder, files, **facts)

    @property
    def world(self) -> dict[int, tuple[str, int]]:
        """What its look-up finds by words, by the number at TVDB (Radarr: TMDB): title and year."""
        return self._adding.world

    @property
    def parses(self) -> dict[str, tuple[int, list[tuple[int, int]]]]:
        """How Sonarr reads names: the number of the series, and season and episode of its episodes."""
        return self._adding.parses

    def item(self, item: int) -> Row:
        """A series or film as it is answered now."""
        return self.records.item_json(self.records.items[item])

    def paths(self, item: int) -> list[str]:
        """Where the recorded files of an item are, as they write it."""
        return [self.records.path_of(record) for record in self.records.files_of(item)]

    # What it was sent

    @property
    def commands(self) -> list[tuple[str, object]]:
        """The commands it took: the name, and the id or ids."""
        return [
            (str(body["name"]), next((value for name, value in body.items() if name != "name"), None))
            for body in self.bodies
        ]

    def lists(self) -> int:
        """How often it was asked for all it holds."""
        return sum(path.removeprefix(self.base) in ("/api/v3/series", "/api/v3/movie") for _, path in self.seen)

    # How commands go

    @property
    def steps(self) -> int | None:
        """How often a look at a new command finds it running; None for one that never ends by itself."""
        return self._commands.steps

    @steps.setter
    def steps(self, steps: int | None) -> None:
        self._commands.steps = steps

    @property
    def busy(self) -> bool:
        """Whether new commands wait behind others."""
        return self._commands.busy

    @busy.setter
    def busy(self, busy: bool) -> None:
        self._commands.busy = busy

    @property
    def forced(self) -> tuple[str, str, str] | None:
        """Status, result and message commands end with, without having done anything; None for what they come to."""
        return self._commands.forced

    @forced.setter
    def forced(self, end: tuple[str, str, str] | None) -> None:
        self._commands.forced = end

    @property
    def finds(self) -> dict[int, str]:
        """The title of the release a search finds, by the id of the episode or film."""
        return self._commands.finds

    @property
    def learns(self) -> dict[int, Callable[[], object]]:
        """What its next refresh of a series or film finds out, by the number of that."""
        return self._commands.on_refresh

    def finish(self) -> None:
        """Ends every command that waits or runs."""
        self._commands.finish()

    def restart(self, done: int = 0, forgets: bool = False) -> None:
        """A kill and a start: what ran is orphaned, an import after ``done`` of its files (or unknown, when the server
        ``forgets`` it); what was queued runs."""
        self._commands.restart(done, forgets)

    def pass_time(self, seconds: float) -> None:
        """Does what it does so long after an import."""
        left = [(due - seconds, act) for due, act in self._later]
        self._later = [one for one in left if one[0] > 0]
        for due, act in left:
            if due <= 0:
                act()

    # How it fails

    def fail(self, failure: Failure, *, only: str = "", times: int = -1) -> None:
        """Answers requests whose path holds ``only`` with a failure, ``times`` times (-1: until ``well``)."""
        self._failures.append([failure, only, times])

    def well(self) -> None:
        """Ends what ``fail`` began."""
        self._failures.clear()

    @property
    def base(self) -> str:
        """Its URL base, as ``/sonarr``; "" for none."""
        return self._switches.base

    @base.setter
    def base(self, base: str) -> None:
        self._switches.base = base

    @property
    def mount_hangs(self) -> bool:
        """Whether some mount of its machine hangs: root folders come without their space."""
        return self._switches.mount_hangs

    @mount_hangs.setter
    def mount_hangs(self, hangs: bool) -> None:
        self._switches.mount_hangs = hangs

    @property
    def client_away(self) -> bool:
        """Whether its download client is away: the queue is then empty and says nothing of it."""
        return self._switches.client_away

    @client_away.setter
    def client_away(self, away: bool) -> None:
        self._switches.client_away = away

    def _setting(self, name: str) -> object:
        if name == "autoUnmonitorPreviouslyDownloaded":
            name += "Episodes" if self.kind == "sonarr" else "Movies"
        return self.settings[name]

    # The door

    def __call__(self, request: httpx.Request) -> httpx.Response | Awaitable[httpx.Response]:
        """The answer to a request."""
        self.seen.append((request.method, request.url.raw_path.decode()))
        for failure in self._failures:
            if str(failure[1]) in request.url.path and failure[2]:
                failure[2] = int(str(failure[2])) - 1
                return _failed(failure[0], request)
        try:
            answer = self._admit(request)
        except Hang as hang:
            return self._counted(_failed(hang, request))
        if not isinstance(answer, httpx.Response):  # it hangs
            return answer
        answer.headers["x-application-version"] = version(self.kind == "sonarr", self._switches.released)
        self._commands.begin()
        return answer

    async def _counted(self, answer: object) -> httpx.Response:
        """What is not answered, counted while it is waited for."""
        self._rules.listings += 1
        try:
            assert isinstance(answer, Awaitable)
            found: httpx.Response = await answer
        finally:
            self._rules.listings -= 1
        return found

    def _admit(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if self.base and not path.startswith(self.base + "/"):
            return httpx.Response(307, headers={"location": self.base + request.url.raw_path.decode()})
        path = path.removeprefix(self.base)
        if path == "/ping":
            return ok({"status": "OK"})
        if "/api/" not in path and path != "/api":
            return httpx.Response(200, html=f"<!doctype html><title>{self.kind.title()}</title>")
        if not path.startswith("/api"):
            answer = problem()
            answer.headers["content-type"] = "application/problem+json; charset=utf-8"
            return answer
        given = request.headers.get("x-api-key") or request.headers.get("authorization", "").removeprefix("Bearer ")
        if self.key not in (given, request.url.params.get("apikey")):
            return httpx.Response(401)
        if path == "/api":
            newest = self.kind == "sonarr" and not self._switches.released
            return ok({"current": "v5", "deprecated": ["v3"]} if newest else {"current": "v3", "deprecated": []})
        return self._answer(request, path.removeprefix("/api/v3/"))

    def _answer(self, request: httpx.Request, path: str) -> httpx.Response:
        endpoint = endpoint_of(self.kind, request.method, path)
        if endpoint is None:
            return httpx.Response(404)
        if self.strict and (wrong := wrong_query(endpoint, request.url.params.multi_items())):
            return httpx.Response(400, json={"message": wrong})
        ids = [int(part) for part in path.split("/") if part.isdecimal()]
        wrong = wrong_command(self.kind, json.loads(request.content)) if endpoint.name == "send" else ""
        if self.strict and wrong:
            return with_message(400, wrong)
        if self.strict:
            body = json.loads(request.content) if request.content else None
            told = self.records.items.get(ids[0], {}) if ids else {}
            self._rules.look(endpoint.name, body if isinstance(body, dict) else {})
            note_request(self.kind, request.method, path, request.url.params.multi_items(), body, told)
        if endpoint.name == "send":
            self.bodies.append(body_of(request))
        elif request.method != "GET":
            self.writes.append((request.method, path, body_of(request)))
        api = next(one for one in self._apis if hasattr(one, endpoint.name))
        if endpoint.name in ("queue", "queue_details"):
            self._sender.look()
        failure = self.next_failure.pop(endpoint.name, None)
        if failure is None or self.takes_all_the_same:
            answer: httpx.Response = getattr(api, endpoint.name)(request, ids[0] if ids else 0)
        if failure is not None:
            return _failed(failure, request)  # type: ignore[return-value]  # one that hangs answers later
        return answer


def _failed(failure: object, request: httpx.Request) -> httpx.Response | Awaitable[httpx.Response]:
    """A failure as a client sees it; one on a socket is made there."""
    if isinstance(failure, httpx.Response):
        return httpx.Response(failure.status_code, headers=failure.headers, content=failure.content)
    assert isinstance(failure, Exception)
    if "socket" not in request.extensions and isinstance(failure, Cut):
        raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")
    if "socket" not in request.extensions and isinstance(failure, Hang):
        return _hang(request)
    raise failure


async def _hang(request: httpx.Request) -> httpx.Response:
    """No answer, until the client has waited as long as it wants to."""
    limit = request.extensions.get("timeout", {}).get("read")
    await asyncio.sleep(limit if limit is not None else 86_400)
    raise httpx.ReadTimeout("no answer")
