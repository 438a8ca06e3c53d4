"""The lines that are drawn before the names of a tree."""

from __future__ import annotations

from mediatui.model.tree_diff import Change, tree_diff
from mediatui.tui.views.changes.plan_tree import TreeRows, shortened, totals_of


def test_a_guide_goes_on_where_something_follows_and_each_change_has_a_plain_word() -> None:
    tree = tree_diff(
        [
            Change("relink", "/lib/Films/A/one.mkv", "/mnt/all/New/one.mkv", "/mnt/all/Old/one.mkv"),
            Change("remove", "/lib/Films/A/two.mkv"),
            Change("add", after="/lib/Films/B/C/three.mkv"),
            Change("move", "/lib/Films/B/four.mkv", "/lib/Series/four.mkv"),
        ]
    )
    rows = TreeRows()
    rows.take(tree, (b"/lib", b"/mnt/all"))
    assert [rows.row(at).cells for at in range(rows.count)] == [  # type: ignore[union-attr]
        ("├─ Films/", ""),
        ("│  ├─ A/", ""),
        ("│  │  ├─ one.mkv: Old/one.mkv  →  New/one.mkv", "~ relink"),
        ("│  │  └─ two.mkv", "- remove"),
        ("│  └─ B/", ""),
        ("│     ├─ four.mkv  →  Series/", "→ move"),
        ("│     └─ C/", ""),
        ("│        └─ three.mkv", "+ add"),
        ("└─ Series/", ""),
        ("   └─ four.mkv  (from Films/B/)", "+ move"),
    ]
    assert totals_of(tree) == "1 relinked, 1 moved, 1 removed, 1 added"
    assert shortened("/mnt/all/x → /elsewhere/mnt", (b"/mnt/all",)) == "x → /elsewhere/mnt"
