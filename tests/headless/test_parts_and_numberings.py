"""repair-links and fix-bad-links as commands, in one library of halves, extras and other numberings."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

from tests.worlds.home import Home

VIDEO = b"\x1a\x45\xdf\xa3" + b"v" * 3_008
HALVES = "shows/Rug Rats Too (1991)/Season 01/Rug Rats Too (1991) - "


def furnish(home: Home, links: Mapping[str, str], files: list[str]) -> None:
    """Makes the links (path in the library to target on the mount) and the files of a mount, and names both."""
    root, mount = home.folder / "library", home.folder / "mount"
    root.mkdir()
    mount.mkdir()
    (mount / "version.txt").touch()
    for file in files:
        path = mount / "__all__" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(VIDEO)
    for name, target in links.items():
        link = root / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(mount / "__all__" / target)
    home.monkeypatch.setenv("MEDIATUI_LIBRARY__ROOTS", json.dumps([str(root)]))
    mounts = [{"path": str(mount), "sentinel": "version.txt"}]
    home.monkeypatch.setenv("MEDIATUI_LIBRARY__MOUNTS", json.dumps(mounts))


def leads(home: Home, *names: str) -> dict[str, str]:
    """Where links of the library lead now, below ``__all__`` of the mount."""
    top = home.folder / "mount" / "__all__"
    return {name: os.path.relpath(os.readlink(home.folder / "library" / name), top) for name in names}


def test_a_dead_link_is_not_pointed_at_a_half_or_an_extra(home: Home) -> None:
    """Cases C1 (tvrename#108, MediaElch#535) and C2 (Radarr#4824)."""
    stay = {
        "Red Hill (2001)": "Red.Hill.2001.Trailer.1080p/Red.Hill.2001.Trailer.1080p.mkv",
        "Teal Hill (2003)": "Teal.Hill.2003.Making.Of.1080p/Teal.Hill.2003.Making.Of.1080p.mkv",
        "Pink Hill (2005)": "Pink.Hill.2005.Bonus.Disc/Pink.Hill.2005.Bonus.Disc.mkv",
        "Blue Hill (2002)": "Blue.Hill.2002.1080p/Blue.Hill.2002.1080p-sample.mkv",
        "Gray Hill (2004)": "Gray.Hill.2004.1080p/Extras/Gray.Hill.2004.Deleted.Scenes.mkv",
    }
    taken = {
        "Making Waves (2006)": "Making.Waves.2006.1080p/Making.Waves.2006.1080p.mkv",
        "Trailer Park (2007)": "Trailer.Park.2007.1080p/Trailer.Park.2007.1080p.mkv",
    }
    links = {f"movies/{film}/{film}.mkv": f"gone/{number}.mkv" for number, film in enumerate([*stay, *taken])}
    links |= {
        f"{HALVES}S01E02b - Two.mkv": "gone/Rug.Rats.Too.S01E02b.mkv",
        f"{HALVES}S01E03a - Three.mkv": "gone/Rug.Rats.Too.S01E03a.mkv",
    }
    halves = [f"Rug.Rats.Too.S01/Rug.Rats.Too.{name}.mkv" for name in ("S01E02a", "S01E03a.1080p", "S01E03b.1080p")]
    furnish(home, links, [*stay.values(), *taken.values(), *halves])

    done = home.run("repair-links", "--apply", "--allow", "50")

    assert done.code == 0, done.err
    expected = {
        **links,
        **{f"movies/{film}/{film}.mkv": file for film, file in taken.items()},
        f"{HALVES}S01E03a - Three.mkv": halves[1],
    }
    assert leads(home, *links) == expected
    assert "the other half (a)" in done.out
    assert "a trailer" in done.out


def test_links_of_a_season_that_is_numbered_otherwise_stay_and_are_told(home: Home) -> None:
    """Case B1 (Sonarr#4450, Sonarr#8430)."""
    yank, calm = (
        f"shows/{show}/Season {season}/{show} - "
        for show, season in (("Yank Papa (2005)", "14"), ("Calm Show (2011)", "01"))
    )
    links: dict[str, str] = {}
    files: list[str] = []
    for number in (1, 2, 3, 4):
        own = [f"Yank.Papa.S{season}.1080p/Yank.Papa.S{season}E0{number}.1080p.mkv" for season in (13, 14)]
        its = f"Calm.Show.S01.1080p/Calm.Show.S01E0{number}.1080p.mkv"
        files += [*own, its]
        links[f"{yank}S14E0{number}.mkv"] = own[0]
        links[f"{calm}S01E0{number}.mkv"] = its
    wrong = f"{calm}S01E03.mkv"
    right, links[wrong] = links[wrong], links[f"{calm}S01E01.mkv"]
    furnish(home, links, files)

    done = home.run("fix-bad-links", "--apply", "--allow", "50")

    assert done.code == 0, done.err
    assert leads(home, *links) == {**links, wrong: right}
    assert "numbered otherwise in the release" in done.out
