"""The register of commands: each one once, for every face.

An entry says what a command is called, what it is for, where its options are declared, what it makes, the view it opens
on screen and what runs it. What it names is imported when it is needed, so that this file costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mediatui.commands.command import Command


def _tool(name: str, about: str, options: str) -> Command:
    return Command(
        name, about, "plan", options=f"maintain:{options}", view="maintenance",
        headless="maintenance:run_tool", screen="on_screen:run_tool",
    )  # fmt: skip


COMMANDS: Final[Mapping[str, Command]] = {
    command.name: command
    for command in (
        Command(
            "sync", "Bring the local archive up to date.", "job",
            options="sync:Sync", view="torrents", headless="account:run_sync", screen="on_screen:sync",
        ),
        Command(
            "torrents", "List the torrents that match QUERY.", "rows",
            options="torrents:Torrents", view="torrents", headless="archive:run_torrents", screen="on_screen:torrents",
            more="A query that begins with - goes after --, or begins with NOT.",
        ),
        Command(
            "show", "Show one torrent, whole.", "rows",
            options="torrents:Show", view="torrents", headless="archive:run_show", screen="on_screen:show",
        ),
        Command(
            "refresh", "Fetch torrents again, one request each.", "rows",
            options="refresh:Refresh", answer="refresh:refresh",
        ),
        Command(
            "stats", "Show the figures of the archive.", "rows",
            options="torrents:Stats", view="stats", headless="archive:run_stats", screen="on_screen:stats",
        ),
        Command(
            "diagnose", "List every torrent with a problem: class, reason, what to do.", "rows",
            options="torrents:Diagnose", view="problems", headless="problems:run_diagnose", screen="on_screen:diagnose",
        ),
        Command(
            "check", "Check whether links still open, within the request budget.", "job",
            options="torrents:Check", view="torrents", headless="problems:run_check", screen="on_screen:check",
            more="Of a torrent named by id all links are checked.",
        ),
        Command(
            "repair",
            "Add broken torrents again with the same files; the old entry goes once the new one is verified.", "plan",
            options="repair:Repair", view="torrents", plan="repair:make_plan",
        ),
        Command(
            "dedupe", "Show what the account holds twice, and delete copies once the kept one is proven.", "plan",
            options="dedupe:Dedupe", view="duplicates", plan="dedupe:make_plan", screen="on_screen:dedupe",
        ),
        Command(
            "delete", "Delete torrents from the account. A tombstone stays, and undo brings them back.", "plan",
            options="delete:Delete", view="torrents", plan="delete:make_plan",
        ),
        Command(
            "add", "Add torrents to the account and select their files, at once.", "plan",
            options="add:Add", plan="add:make_plan", at_once=True,
        ),
        Command(
            "search", "Search releases with the indexers of Prowlarr: each is asked alone, and says how it answered.",
            "rows", options="search:SearchReleases", view="search", answer="search:search", screen="on_screen:search",
            more="What is found is kept for seven days under its numbers (r1234). With --json rows come as they are "
            "found, unless --where, --sort or --limit is given. --media asks TMDB and TVDB in place of indexers.",
        ),
        Command(
            "search list", "Show the searches that are kept.", "rows",
            view="search", answer="search:list_searches", screen="on_screen:search_list",
        ),
        Command(
            "search show", "Show what search N found, and what is known of it now.", "rows",
            options="search:ShowSearch", view="search", answer="search:show_search", screen="on_screen:search_show",
        ),
        Command(
            "grab", "Send torrents to the account, or through Sonarr or Radarr, and follow them as transfers.", "plan",
            options="grab:Grab", plan="grab:make_plan",
            more="Each hash is sent once. What the account has already is taken over, by its files.",
        ),
        Command(
            "import", "Bring what is staged into the library, or take on torrents that the account has.", "plan",
            options="import_:Import", plan="import_:make_plan", screen="on_screen:import_",
            more="Nothing is sent. N is the number of a staged transfer: its links are placed in the library. PATH is "
            "any folder of downloads, or one file: each file is shown, what is ready is stored and linked. Without a "
            "query the torrents that no link leads into are taken on (is:unlinked class:ok). A transfer that rests "
            "at the account goes on.",
        ),
        Command(
            "map", "Show what transfers or releases may be for, with points and reasons; with --to, store it.", "rows",
            options="map:Map", answer="map:map_targets",
            more="A transfer that waited for that goes on with the next run; what was sent already stays as it is. "
            "--to auto stores for each what fits without a question, --to before takes the last choice back.",
        ),
        Command(
            "transfers", "List the transfers that match QUERY, and why each is where it is.", "rows",
            options="transfers:Transfers", view="transfers", answer="transfers:list_transfers",
            screen="on_screen:list_transfers",
            more="Words match the name and what it is for; fields are state, hold, waits, code, route, for (dune, "
            "tvdb:81189, none), hash and id.",
        ),
        Command(
            "transfers show", "Show transfer N, whole.", "rows",
            options="transfers:OneTransfer", answer="transfers:show_transfer",
        ),
        Command(
            "transfers history", "Show what happened to transfer N.", "rows",
            options="transfers:OneTransfer", answer="transfers:show_history",
        ),
        Command(
            "transfers run",
            "Move transfers on as far as they may: send, look what came, link it in staging, say what each waits for.",
            "job", options="transfers:Follow", headless="transfers:run_follow", screen="on_screen:follow_transfers",
            more="Without --once it goes on until nothing is left that moves by itself. Exit code 1: something waits "
            "for an answer.",
        ),
        Command(
            "staging", "List what lies in staging, and whose it is.", "rows",
            options="staging:Staging", view="staging", answer="staging:list_staging", screen="on_screen:list_staging",
        ),
        Command(
            "staging clean", "Take out of staging what is left of ended transfers, or what lies at PATH.", "plan",
            options="staging:Clean", plan="staging:make_plan",
            more="What no transfer placed there stays unless it is named. A link comes back with an undo, a file does "
            "not.",
        ),
        Command(
            "staging again", "Fetch staged transfers again: their links go, their files are looked for anew.", "plan",
            options="staging:Again", plan="staging:plan_to_fetch_again",
        ),
        Command(
            "transfers pause", "Put transfers aside until they are resumed.", "rows",
            options="transfers:SomeTransfers", answer="transfers:pause",
        ),
        Command(
            "transfers resume", "Let paused transfers go on from where they were.", "rows",
            options="transfers:SomeTransfers", answer="transfers:resume",
        ),
        Command(
            "transfers retry", "Try transfers again at once; ended ones are taken up where they were.", "rows",
            options="transfers:SomeTransfers", answer="transfers:retry",
        ),
        Command(
            "transfers pick", "Say from which of several places that fit the files of a transfer are taken.", "rows",
            options="transfers:OnePlace", answer="transfers:pick",
        ),
        Command(
            "transfers forget", "End transfers; nothing is deleted.", "rows",
            options="transfers:SomeTransfers", answer="transfers:forget",
        ),
        Command(
            "transfers done", "End transfers as dealt with by hand.", "rows",
            options="transfers:SomeTransfers", answer="transfers:done",
        ),
        Command(
            "transfers ignore", "Leave transfers, or info-hashes, alone from now on.", "rows",
            options="transfers:SomeHashes", answer="transfers:ignore",
        ),
        Command(
            "transfers unignore", "Take that back.", "rows",
            options="transfers:SomeHashes", answer="transfers:unignore",
        ),
        Command(
            "select", "Select files of a torrent that waits for it.", "plan",
            options="select:Select", view="torrents", plan="select:make_plan",
        ),
        Command(
            "unrestrict", "Print direct links of a torrent. Whoever has them can download: they count as secrets.",
            "rows", options="export:Unrestrict", answer="export:unrestrict",
        ),
        Command(
            "play", "Play a file of a torrent: in play.player, else mpv, vlc or what the desktop opens.", "rows",
            options="play:Play", answer="play:play",
            more="Over SSH without a display the address is copied and printed. It counts as a secret.",
        ),
        Command(
            "stream", "Show at which addresses the service streams a file, and its tracks, codecs and length.", "rows",
            options="play:Stream", answer="play:stream", more="The addresses count as secrets.",
        ),
        Command(
            "download", "Fetch files of a torrent into the folder DIR; an interrupted run is carried on.", "job",
            options="play:Download", headless="account:run_download", screen="on_screen:download",
            more="Nothing that is there is replaced, and a file gets its name once its size is right.",
        ),
        Command(
            "restore", "Put back what a backup (JSON, Debrid Media Manager, magnets) holds and the account lacks.",
            "plan", options="restore:Restore", plan="restore:make_plan",
            more="A sync has to have seen the whole account before.",
        ),
        Command(
            "scan", "Check every link of the library, or of the folders named.", "job",
            options="scan:Scan", view="symlinks", headless="library:run_scan", screen="on_screen:scan",
            more="With --apply links whose target is gone are removed.",
        ),
        Command(
            "scan list", "Show earlier scans.", "rows",
            view="scans", headless="library:run_scan_list", screen="on_screen:scan_list",
        ),
        Command(
            "scan folders", "List the first-level folders of the library, with their links by state.", "rows",
            answer="scan_folders:list_folders",
        ),
        Command(
            "scan show", "Show what scan N found.", "rows",
            options="scan:OneScan", view="scans", headless="library:run_scan_show", screen="on_screen:scan_show",
        ),
        Command(
            "scan diff", "Show what changed since the scan before N of the same folders.", "rows",
            options="scan:OneScan", view="scans", headless="library:run_scan_diff", screen="on_screen:scan_diff",
        ),
        Command(
            "scan rerun", "Scan the folders of scan N again.", "job",
            options="scan:ScanAgain", view="symlinks", headless="library:run_scan_again",
            screen="on_screen:scan_again",
        ),
        Command(
            "scan delete", "Forget scan N; links are not touched.", "rows",
            options="scan:OneScan", view="scans", headless="library:run_scan_delete", screen="on_screen:scan_delete",
        ),
        Command(
            "ask",
            "Have Sonarr or Radarr search for another release for a dead link, or for all dead links in a folder.",
            "plan", options="scan:Ask", plan="scan:plan_to_ask",
            more="A release that they grabbed is put on their blocklist first: what is not there then keeps its link. "
            "The links are removed (undo brings them back), just their series and films rescanned, and just their "
            "episodes and films searched.",
        ),
        Command(
            "replace",
            "Have a dead link, or all dead links in a folder, lead to another file without ever being absent.",
            "plan", options="replace:Replace", plan="replace:make_plan",
            more="In order: its own torrent repaired, another file of the account, a release from the indexers. The "
            "link keeps its path and name, and leads to the new file once that is proven.",
        ),
        _tool(
            "integrity",
            "Find what is known without a file, files nothing points at, and dead links. Changes nothing.",
            "Integrity",
        ),
        _tool(
            "cleanup",
            "Put the library in order: dead, misplaced and duplicate links, folders that are too full or empty.",
            "Cleanup",
        ),
        _tool(
            "repair-links",
            "Point dead links at the files they should lead to, found by name, season and episode.",
            "RepairLinks",
        ),
        _tool(
            "fix-bad-links", "Point links that lead to another episode than their name says at the right file.",
            "FixBadLinks",
        ),
        _tool(
            "fix-symlinks",
            "Make relative links absolute, and move links into the folder beside them that they belong in.",
            "FixSymlinks",
        ),
        _tool("link-movies", "Note for each film the library knows which file it is.", "LinkMovies"),
        Command(
            "library refresh", "Read what Sonarr and Radarr know: films, series, episodes and titles.", "job",
            options="library:LibraryRefresh", headless="refresh:run_refresh", screen="on_screen:refresh_library",
            more="The open app and transfers run do it every automation.arr_every_hours. What a service reported "
            "before stays until it answers well.",
        ),
        Command(
            "journal", "Show what was changed, batch by batch, or everything about one BATCH.", "rows",
            options="journal:Journal", view="journal", headless="journal:run_journal", screen="on_screen:journal",
        ),
        Command(
            "undo", "Take a BATCH back, the last one unless one is named.", "plan",
            options="journal:Undo", view="torrents", plan="journal:plan_to_undo",
        ),
        Command(
            "resume", "Carry on with an unfinished BATCH.", "plan",
            options="journal:Resume", view="journal", headless="changes:run_resume", screen="on_screen:resume",
        ),
        Command(
            "export", "Write the torrents that match QUERY as JSON, CSV, magnets or a Debrid Media Manager backup.",
            "rows", options="export:Export", answer="export:export",
        ),
        Command(
            "import-redriva", "Take over an existing Redriva database.", "rows",
            options="export:ImportRedriva", answer="export:take_over_redriva",
        ),
        Command(
            "doctor", "Check the service, the paths and the database.", "rows",
            options="doctor:Doctor", answer="doctor:doctor",
        ),
        Command(
            "completion", "Print the script that completes mediatui's commands in a shell.", "rows",
            options="completion:Completion", answer="completion:completion",
        ),
        Command(
            "api", "Ask the service's API, below realdebrid.base_url, and show the answer as JSON.", "rows",
            options="api:Api", answer="api:ask_api",
            more="Any verb but GET, and disable_access_token, is only sent with --apply, and has no undo.",
        ),
        Command(
            "login", "Log in to Real-Debrid with a code that is typed on its page, in place of a private token.",
            "settings", options="login:LogIn", answer="login:login", screen="on_screen:login",
            more="The login is kept beside the config file, readable by its owner only, and renewed by itself.",
        ),
        Command(
            "logout", "End the login of this device at Real-Debrid, and forget it here.", "settings",
            options="login:LogOut", answer="login:logout", more="A private token is left as it is.",
        ),
        Command(
            "paths", "List the path rules: which folders other programs have elsewhere.", "rows",
            answer="paths:list_rules",
        ),
        Command("paths list", "The same.", "rows", answer="paths:list_rules"),
        Command(
            "paths test",
            "Ask Sonarr, Radarr, Plex and Jellyfin whether they see PATH, or staging, the library and what rules give.",
            "rows", options="paths:TryPaths", answer="paths:test_paths",
            more="Of what is not seen it says which rule would help, where the end of the path is found elsewhere.",
        ),
        Command(
            "remote", "List a folder of the seedbox, or its root folders.", "rows",
            options="remote:Remote", answer="remote:list_folder",
        ),
        Command(
            "remote fetch", "Fetch a file or a folder of the seedbox into staging; an interrupted run is carried on.",
            "job", options="remote:RemoteFetch", headless="remote:run_fetch", screen="on_screen:remote_fetch",
            more="What is there already stays, and nothing is changed at the seedbox.",
        ),
        Command(
            "sftp trust", "Show the fingerprint of a seedbox's SSH host key, and trust it after a yes.", "settings",
            options="sftp:TrustHost", headless="sftp:run_trust", screen="on_screen:sftp_trust",
            more="Without a terminal it is trusted by its fingerprint. Nothing else ever trusts a key.",
        ),
        Command(
            "sftp forget", "Forget the pinned SSH host key of a server.", "settings",
            options="sftp:ForgetHost", answer="sftp:forget",
        ),
        Command("config path", "Show where the config file is.", "rows", answer="config:path"),
        Command(
            "config show", "Show every setting, its value and where it comes from.", "rows", answer="config:show",
        ),
        Command(
            "config set", "Set KEY to VALUE in the config file.", "settings",
            options="config:ConfigSet", headless="config:run_set", screen="on_screen:config_set",
            more="A secret is asked for, without echo, when VALUE is left out.",
        ),
        Command(
            "config unset", "Take KEY out of the config file.", "settings",
            options="config:ConfigUnset", answer="config:unset",
        ),
        Command(
            "config export", "Write the config file out, secrets as ********.", "rows",
            options="config:ConfigExport", answer="config:export",
        ),
        Command(
            "config reset", "Set SECTION, or every setting, back to the defaults; the old file is kept as .bak.",
            "settings", options="config:ConfigReset", answer="config:reset_settings",
        ),
        Command(
            "config import",
            "Take over the settings of FILE; the old file is kept as .bak, a masked secret keeps its present value.",
            "settings", options="config:ConfigImport", answer="config:import_settings",
        ),
        Command(
            "account adopt",
            "Let the archive follow a token of another account, after the word ADOPT was typed.", "job",
            options="account:Adopt", headless="account:run_adopt", screen="on_screen:adopt",
        ),
        Command(
            "clear", "Empty the archive, after the word CLEAR was typed. The account is not touched.", "job",
            options="account:Clear", headless="account:run_clear", screen="on_screen:clear",
        ),
    )
}  # fmt: skip

GROUPS: Final[Mapping[str, str]] = {
    "config": "See and change the settings.",
    "account": "See to whose account the archive is of.",
    "sftp": "Say which SSH server is your seedbox.",
    "library": "See what the library holds and lacks.",
}
"""What the groups of commands are for: words that are no command alone, only the first word of several."""


def subcommands(name: str) -> dict[str, Command]:
    """The commands whose first word is ``name``, by their second."""
    begin = f"{name} "
    return {one.removeprefix(begin): command for one, command in COMMANDS.items() if one.startswith(begin)}


def reported_as(command: Command) -> str:
    """The name of a command in the result line: the subcommands of one that runs alone too go by that one's."""
    first = command.name.partition(" ")[0]
    return first if first in COMMANDS else command.name
