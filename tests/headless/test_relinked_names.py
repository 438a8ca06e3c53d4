"""repair-links over names as releases write them, all in one tree: which links are relinked, and to which file.

Cases J1 (Radarr#5799, Radarr#11202), J2 (Sonarr#7246, Sonarr#8355), J3 (plex_debrid#356, Sonarr#1808), J4
(Simpler-FileBot#79, Sonarr#4366) and J6 (Radarr#5716, Radarr#856, Radarr#3487, Radarr#1867).
"""

from __future__ import annotations

import json
import os

from tests.worlds.home import Home

FILMS = {
    "Station of 1900 (1998)": "Station.of.1900.1998.1080p.BluRay",
    "Class of 1999 (1990)": "Class.of.1999.1990.1080p.BluRay",
    "Airport 1975 (1974)": "Airport.1975.1974.1080p.BluRay",
    "Death Race 2000 (1975)": "Death.Race.2000.1975.1080p.BluRay",
    "Blade Runner 2049 (2017)": "Blade.Runner.2049.2017.1080p.BluRay",
    "2012 (2009)": "2012.2009.1080p.BluRay",
    "Wonder Woman 1984 (2020)": "Wonder Woman 1984 (2020) WEBDL-1080p",
    "Summer of 84 (2018)": "Summer.of.84.2018.1080p.BluRay",
    "Alien³ (1992)": "Alien.3.1992.1080p.BluRay",
    "[REC]⁴ Apocalypse (2014)": "REC.4.Apocalypse.2014.1080p.BluRay",
    "Cube² - Hypercube (2002)": "Cube.2.Hypercube.2002.1080p.BluRay",
    "I'm a Robot, But That's OK (2006)": "Im.a.Robot.But.Thats.OK.2006.1080p.BluRay",
    "Midnight Special (2016)": "Midnight.Special.2016.720p.BluRay",
}
EPISODES = {
    "Card Keeper (1998)/Season 02/Card Keeper (1998) - S02E01.mkv": (
        "[GRP] Card Keeper - 36 - (S02E01) - (BD 1080p HEVC) [35BDC2DA].mkv/"
        "[GRP] Card Keeper - 36 - (S02E01) - (BD 1080p HEVC) [35BDC2DA].mkv"
    ),
    "Dragon Maid (2017)/Season 00/Dragon Maid (2017) - S00E01.mkv": (
        "[GRP] Dragon Maid - 14 (S00E01) (zzz) [AAAA1111].mkv/[GRP] Dragon Maid - 14 (S00E01) (zzz) [AAAA1111].mkv"
    ),
    "At Age 29 (2025)/Season 01/At Age 29 (2025) - S01E03.mkv": (
        "[GRP] At Age 29 S01E03 1080p CR WEB-DL.mkv/[GRP] At Age 29 S01E03 1080p CR WEB-DL.mkv"
    ),
    "The Late Talk (1996)/Season 2024/The Late Talk (1996) - 2024-01-05 - Guest.mkv": (
        "The.Late.Talk.2024.01.05.Guest.1080p.WEB/The.Late.Talk.2024.01.05.Guest.1080p.WEB.mkv"
    ),
    "Chain Man (2022)/Season 01/Chain Man (2022) - S01E02.mkv": (
        "Chain.Man.2022.S01.1080p.BluRay-GRP/[GRP] Chain Man - 02 - Cat [99C0F5FE].mkv"
    ),
    "Promise Land (2019)/Season 01/Promise Land (2019) - S01E02.mkv": (
        "Promise Land/Season 1/[GRP] Promise Land - 02 [720p].mkv"
    ),
    "Copper Moon (2020)/Season 01/Copper Moon (2020) - S01E04.mkv": "Moons/[GRP] Copper Moon - 04 [720p].mkv",
}
STAY = (
    "The Late Talk (1996)/Season 2024/The Late Talk (1996) - 2024-01-08 - Other.mkv",
    "Promise Land (2019)/Season 02/Promise Land (2019) - S02E14.mkv",
    "Copper Moon (2020)/Season 02/Copper Moon (2020) - S02E04.mkv",
    "Copper Sun (2021)/Season 01/Copper Sun (2021) - S01E05.mkv",
)
OTHERS = (
    "The.Late.Talk.2024.01.09.Third.1080p.WEB/The.Late.Talk.2024.01.09.Third.1080p.WEB.mkv",
    "The.Early.Talk.2024.01.08.1080p.WEB/The.Early.Talk.2024.01.08.1080p.WEB.mkv",
    "Chain.Man.2022.S01.1080p.BluRay-GRP/[GRP] Chain Man - 01 - Dog & Chain [99C0F5FD].mkv",
    "Promise Land/Season 2/[GRP] Promise Land - 14 [720p].mkv",
    "Suns/[GRP] Copper Sun 2 - 05 [720p].mkv",
    "Suns/[GRP] Copper Sun S2 - 05 [720p].mkv",
)


def test_links_are_relinked_to_the_release_of_the_same_film_episode_or_date(home: Home) -> None:
    library, mount = home.folder / "library", home.folder / "mount"
    wanted = {library / f"movies/{film}/{film}.mkv": f"{name}/{name}.mkv" for film, name in FILMS.items()}
    wanted |= {library / "shows" / link: file for link, file in EPISODES.items()}
    stay = {library / "shows" / link for link in STAY}
    for file in (*wanted.values(), *OTHERS):
        path = mount / "__all__" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"v" * 2048)
    (mount / ".mounted").touch()
    gone = mount / "__all__/gone"
    for number, link in enumerate((*wanted, *stay)):
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(gone / f"{number}.mkv")
    home.monkeypatch.setenv("MEDIATUI_LIBRARY__ROOTS", json.dumps([str(library)]))
    mounts = [{"path": str(mount), "sentinel": ".mounted"}]
    home.monkeypatch.setenv("MEDIATUI_LIBRARY__MOUNTS", json.dumps(mounts))

    home.run("repair-links", "--apply", "--allow", "50")

    led = {link: os.readlink(link).removeprefix(f"{mount}/__all__/") for link in wanted}
    assert led == wanted
    assert all(os.readlink(link).startswith(str(gone)) for link in stay)
