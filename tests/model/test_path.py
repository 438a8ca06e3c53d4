from mediatui.model.path import is_below, is_within


def test_a_path_is_below_a_folder_by_whole_names() -> None:
    assert is_below(b"/library/Films/a.mkv", b"/library")
    assert not is_below(b"/library", b"/library")
    assert not is_below(b"/library 2/a.mkv", b"/library")


def test_a_folder_is_within_itself() -> None:
    assert is_within(b"/library", b"/library")
    assert is_within(b"/library/Films", b"/library")
    assert not is_within(b"/library 2", b"/library")
