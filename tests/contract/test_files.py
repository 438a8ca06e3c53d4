"""Files on record: how they are asked for, and what removing one does."""

from __future__ import annotations

import pytest

from tests.contract.server import Server

LEANED_ON = {"id", "path", "relativePath", "size", "dateAdded", "quality", "languages"}


def bulk(server: Server) -> str:
    """The field a removal of several names them in."""
    return "episodeFileIds" if server.kind == "sonarr" else "movieFileIds"


def test_a_record_tells_what_the_program_leans_on(server: Server) -> None:
    held = server.hold()
    (record,) = server.records(held)
    assert LEANED_ON | {server.owner} <= set(record)
    assert (record["path"], record["size"]) == (server.theirs(held.links[0]), held.targets[0].stat().st_size)
    assert record["relativePath"] == held.links[0].name


def test_records_are_asked_for_by_item_or_by_their_ids(server: Server) -> None:
    held = server.hold(files=2)
    ids = server.ids(held)
    by_id = server.get(server.file, **{bulk(server): ids}).body
    assert sorted(row["id"] for row in by_id) == sorted(ids)
    assert server.get(f"{server.file}/{ids[0]}").body["id"] == ids[0]
    assert server.get(server.file).status == 400


def test_episodes_are_not_asked_for_without_naming_any(sonarr: Server) -> None:
    answer = sonarr.get("episode")
    assert (answer.status, answer.body["content"]) == (400, "seriesId or episodeIds must be provided")
    held = sonarr.hold()
    first = sonarr.episodes(held)[0]
    assert sonarr.get("episode", episodeIds=first["id"]).body == [first]


def test_an_episode_names_its_file(sonarr: Server) -> None:
    held = sonarr.hold(files=2)
    rows = [row for row in sonarr.episodes(held) if row["seasonNumber"] == 1]
    assert [row["episodeFileId"] for row in rows[:2]] == sonarr.ids(held)
    assert all(row["episodeFileId"] == 0 and row["hasFile"] is False for row in rows[2:])


@pytest.mark.parametrize("switched", [False, True], ids=["kept", "unmonitored"])
def test_removing_one_takes_the_link_and_the_record_and_never_the_target(server: Server, switched: bool) -> None:
    if switched:
        server.unmonitor_deleted()
    held = server.hold(files=2)
    (first, *rest) = server.ids(held)
    answer = server.delete(f"{server.file}/{first}")
    assert (answer.status, answer.body) == (200, None)
    assert not held.links[0].is_symlink()
    assert held.targets[0].exists()
    assert server.ids(held) == rest
    assert server.marks(held)[0] == (False, not switched)
    assert server.delete(f"{server.file}/{first}").status == 404


def test_removing_one_whose_link_dangles_or_is_gone(server: Server) -> None:
    held = server.hold(files=2)
    for number, link, target in zip(server.ids(held), held.links, held.targets, strict=True):
        target.unlink()
        if link == held.links[-1] and len(held.links) > 1:
            link.unlink()
        assert server.delete(f"{server.file}/{number}").status == 200
        assert not link.is_symlink()
    assert server.records(held) == []


def test_with_a_recycle_bin_a_dangling_link_cannot_be_removed(server: Server) -> None:
    """The record and the link stay."""
    recycled = server.folder / "bin"
    recycled.mkdir()
    recycled.chmod(0o777)
    server.set(recycleBin=server.theirs(recycled))
    held = server.hold()
    held.targets[0].unlink()
    what = "episode" if server.kind == "sonarr" else "movie"
    answer = server.delete(f"{server.file}/{server.ids(held)[0]}")
    assert (answer.status, answer.body["message"]) == (500, f"Unable to delete {what} file")
    assert held.links[0].is_symlink()
    assert len(server.records(held)) == 1


@pytest.mark.parametrize("emptied", [False, True], ids=["missing", "empty"])
def test_nothing_is_removed_while_the_root_folder_is_away(server: Server, emptied: bool) -> None:
    held = server.hold()
    with server.root_away(emptied):
        answer = server.delete(f"{server.file}/{server.ids(held)[0]}")
    assert answer.status == 409
    says = f"root folder ({server.theirs(server.library)}) " + ("is empty." if emptied else "doesn't exist.")
    assert says in answer.body["message"]
    assert len(server.records(held)) == 1


def test_several_are_removed_together_and_all_must_be_there(server: Server) -> None:
    held = server.hold(files=2)
    ids = server.ids(held)
    wrong = server.delete(f"{server.file}/bulk", {bulk(server): [*ids, 99_999_999]})
    count = len(ids) + 1
    assert wrong.status == 500
    assert wrong.body["message"] == f"Expected query to return {count} rows but returned {count - 1}"
    assert server.ids(held) == ids
    done = server.delete(f"{server.file}/bulk", {bulk(server): ids})
    assert (done.status, done.body) == (200, {})
    assert server.records(held) == []
