"""Several Sonarrs: what each answers has its name; where two have a link, that of the innermost root counts."""

from __future__ import annotations

from pathlib import Path

from tests.fakes.arr import BROKEN, FakeArr
from tests.worlds.arr import ArrWorld
from tests.worlds.maintenance import MaintenanceWorld


class TwoSonarrs(MaintenanceWorld, ArrWorld):
    """A library with a Sonarr for all series, and one for those in a folder of them."""

    def __init__(self, folder: Path) -> None:
        self.tv, self.anime = FakeArr("sonarr"), FakeArr("sonarr")
        super().__init__(folder, fakes={"tv": self.tv, "anime": self.anime})

    async def __aenter__(self) -> TwoSonarrs:
        await super().__aenter__()
        return self

    def reported_by(self) -> dict[str, list[str]]:
        """The titles each source reported."""
        found: dict[str, list[str]] = {}
        for media in self.known():
            found.setdefault(media.source, []).append(media.title)
        return found


async def test_each_service_reports_under_its_name_and_the_innermost_root_counts(tmp_path: Path) -> None:
    async with TwoSonarrs(tmp_path) as world:
        dark, mushishi = world.episode("Dark", 1, 1), world.episode("Mushishi", 1, 1)
        world.tv.root(world.root)
        world.tv.hold("Dark", dark.parent, [dark])
        world.tv.hold("Mushishi as the wrong one", mushishi.parent, [mushishi])
        world.anime.root(mushishi.parent)
        world.anime.hold("Mushishi", mushishi.parent, [mushishi])
        await world.run("integrity")
        assert world.reported_by() == {"tv": ["Dark"], "anime": ["Mushishi"]}


async def test_what_a_service_reported_goes_with_its_name_once_all_others_have_reported(tmp_path: Path) -> None:
    async with TwoSonarrs(tmp_path) as world:
        dark = world.episode("Dark", 1, 1)
        world.anime.hold("Dark", dark.parent, [dark])
        await world.run("integrity")
        assert world.reported_by() == {"anime": ["Dark"]}
        (tv, _) = world.settings.sonarr
        world.settings = world.settings.model_copy(update={"sonarr": (tv,)})
        world.tv.fail(BROKEN)
        await world.run("integrity")
        assert world.reported_by() == {"anime": ["Dark"]}
        world.tv.well()
        await world.run("integrity")
        assert world.reported_by() == {"tree": ["Dark"]}


async def test_what_sonarr_has_on_record_of_a_release_is_kept(tmp_path: Path) -> None:
    async with TwoSonarrs(tmp_path) as world:
        link = world.episode("Dark", 2, 1, target="Dark.S01.1080p/Dark.S01E11.mkv")
        item = world.tv.hold("Dark", link.parent.parent, [link])
        (record,) = world.tv.records.files_of(item)
        record["sceneName"], record["originalFilePath"] = "Dark.S01E11.1080p-GRP", "Dark.S01/Dark.S01E11.mkv"
        for episode in world.tv.records.episodes_of(item):
            episode["sceneSeasonNumber"], episode["sceneEpisodeNumber"] = 1, 11
        world.file("Dark.S02.1080p/Dark.S02E01.mkv")
        await world.run("fix-bad-links")
        (media,) = [row for row in world.known() if row.source == "tv"]
        assert media.release_names == ("Dark.S01E11.1080p-GRP", "Dark.S01/Dark.S01E11.mkv")
        assert (media.scene_season, media.scene_episodes) == (1, (11,))
        (finding,) = world.findings("fix-bad-links")
        assert finding.category == "numbered otherwise in the release"
